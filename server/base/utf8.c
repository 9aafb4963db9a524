#include "base/utf8.h"

#include <stdint.h>
#include <unistr.h>

size_t utf8_valid_prefix(struct slice text)
{
    if (text.len == 0)
        return 0;
    const uint8_t *start = (const uint8_t *)text.data;
    /* Parentheses, to call the function: newer versions also have a macro, whose casts warn. */
    const uint8_t *bad = (u8_check)(start, text.len);
    return bad ? (size_t)(bad - start) : text.len;
}

bool utf8_valid(struct slice text)
{
    return utf8_valid_prefix(text) == text.len;
}

bool utf8_is_text(struct slice text)
{
    return utf8_valid(text) && (text.len == 0 || !memchr(text.data, '\0', text.len));
}

size_t utf8_length(struct slice text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++)
        length += ((unsigned char)text.data[i] & 0xC0) != 0x80; /* every byte but a continuation */
    return length;
}
