#include "base/text.h"

#include "base/utf8.h"

static bool is_one_of(char c, const char *characters)
{
    return c != '\0' && strchr(characters, c);
}

bool text_has_only(struct slice text, const char *characters)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_one_of(text.data[i], characters))
            return false;
    return true;
}

bool text_is_word(struct slice text, const char *more)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text_is_alphanumeric(text.data[i]) && !is_one_of(text.data[i], more))
            return false;
    return true;
}

struct slice text_trim(struct slice text)
{
    while (text.len > 0 && text_is_blank(text.data[0]))
        text = (struct slice){text.data + 1, text.len - 1};
    while (text.len > 0 && text_is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

struct slice text_take(struct slice *rest, char separator)
{
    struct slice part = *rest;
    const char *found = part.len > 0 ? memchr(part.data, separator, part.len) : NULL;
    *rest = (struct slice){NULL, 0};
    if (!found)
        return part;
    size_t before = (size_t)(found - part.data);
    *rest = (struct slice){found + 1, part.len - before - 1};
    return (struct slice){part.data, before};
}

bool text_number(struct slice text, int64_t max, int64_t *number)
{
    int64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!text_is_digit(text.data[i]))
            return false;
        int digit = text.data[i] - '0';
        if (value > max / 10 || value * 10 > max - digit)
            return false;
        value = value * 10 + digit;
    }
    if (text.len > 0)
        *number = value;
    return text.len > 0;
}

void text_copy(char *place, size_t size, struct slice text)
{
    size_t len = text.len < size ? text.len : size - 1;
    if (len > 0)
        memcpy(place, text.data, len);
    place[len] = '\0';
}

size_t text_control(struct slice text)
{
    unsigned char first = text.len > 0 ? (unsigned char)text.data[0] : 'x';
    if (first < ' ' || first == 0x7F)
        return 1;
    return first == 0xC2 && text.len > 1 && (unsigned char)text.data[1] < 0xA0 ? 2 : 0;
}

void text_make_line(char *text)
{
    size_t valid = 0;
    while (text[valid = utf8_valid_prefix(slice_of(text))])
        text[valid] = '?';
    for (size_t i = 0; i < valid; i++)
        for (size_t len = text_control((struct slice){text + i, valid - i}); len > 0; len--)
            text[i + len - 1] = '?';
}

uint64_t text_hash(uint64_t hash, struct slice text)
{
    hash ^= 14695981039346656037U; /* so that the initial value TEXT_HASH is 0 */
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211U;
    return hash ^ 14695981039346656037U;
}
