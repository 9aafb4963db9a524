#include "base/text.h"

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

uint64_t text_hash(uint64_t hash, struct slice text)
{
    hash ^= 14695981039346656037U; /* so that the initial value TEXT_HASH is 0 */
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211U;
    return hash ^ 14695981039346656037U;
}
