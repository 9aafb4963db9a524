#include "brokers/java_text.h"

#include <stdint.h>

/* --- Properties: ISO-8859-1, other characters as units of UTF-16 --- */

/* Takes a character off the text; what is not UTF-8 becomes U+FFFD. */
static uint32_t take_character(struct slice *text)
{
    unsigned char first = (unsigned char)text->data[0];
    size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t character = more == 0 ? first : first & (0x3FU >> more);
    if (more >= text->len || (first >= 0x80 && first < 0xC2) || first > 0xF4)
        more = 0, character = 0xFFFD;
    for (size_t i = 1; i <= more; i++)
        character = character << 6 | ((unsigned char)text->data[i] & 0x3F);
    *text = slice_part(*text, more + 1, text->len - more - 1);
    return character;
}

static void append_escaped(struct buffer *out, uint32_t character)
{
    if (character < 0x10000) {
        buffer_printf(out, "\\u%04x", (unsigned)character);
        return;
    }
    character -= 0x10000;
    buffer_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (character >> 10)),
                  (unsigned)(0xDC00 + (character & 0x3FF)));
}

void java_append_property(struct buffer *out, struct slice text)
{
    while (text.len > 0) {
        uint32_t character = take_character(&text);
        if (character < ' ' || character > '~') {
            append_escaped(out, character);
            continue;
        }
        if (strchr("\\#!=: ", (int)character))
            buffer_append_char(out, '\\');
        buffer_append_char(out, (char)character);
    }
}

/* --- JAAS --- */

void java_append_jaas(struct buffer *out, struct slice text)
{
    buffer_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if ((unsigned char)c < ' ') {
            buffer_printf(out, "\\%03o", (unsigned)c);
            continue;
        }
        if (c == '"' || c == '\\')
            buffer_append_char(out, '\\');
        buffer_append_char(out, c);
    }
    buffer_append_char(out, '"');
}

bool java_expands_in_jaas(struct slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.data[i] == '$' && text.data[i + 1] == '{')
            return memchr(text.data + i, '}', text.len - i) != NULL;
    return false;
}

/* --- Jetty --- */

static void append_base36(struct buffer *out, unsigned number, int digits)
{
    char text[5];
    for (int i = digits - 1; i >= 0; i--, number /= 36)
        text[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    buffer_append(out, text, (size_t)digits);
}

void java_append_obfuscated(struct buffer *out, struct slice password)
{
    buffer_append_string(out, "OBF:");
    for (size_t i = 0; i < password.len; i++) {
        unsigned a = (unsigned char)password.data[i];
        unsigned b = (unsigned char)password.data[password.len - 1 - i];
        if (a < 0x80 && b < 0x80) {
            append_base36(out, (127 + a + b) * 256 + (127 + a - b), 4);
        } else {
            buffer_append_char(out, 'U');
            append_base36(out, a * 256 + b, 4);
        }
    }
}

/* --- Spring --- */

static bool begins_expression(struct slice text, size_t at)
{
    return at + 1 < text.len && (text.data[at] == '$' || text.data[at] == '#') &&
           text.data[at + 1] == '{';
}

/* XBean takes a value that begins with # for the name of a bean. */
static bool is_special(struct slice text)
{
    if (text.len > 0 && text.data[0] == '#')
        return true;
    for (size_t i = 0; i < text.len; i++)
        if (begins_expression(text, i))
            return true;
    return false;
}

/* A property of a file would not do: Spring expands what stands in its value, too. Before the
 * expression stands a property that does not exist, with its default, nothing: for XBean. In the
 * literal quotes are doubled, and both beginnings are split. */
void java_append_spring(struct buffer *out, struct slice text)
{
    if (!is_special(text)) {
        buffer_append_slice(out, text);
        return;
    }
    buffer_append_string(out, "${-:}#{'");
    for (size_t i = 0; i < text.len; i++) {
        buffer_append_char(out, text.data[i]);
        if (text.data[i] == '\'')
            buffer_append_char(out, '\'');
        else if (begins_expression(text, i))
            buffer_append_string(out, "'+'");
    }
    buffer_append_string(out, "'}");
}
