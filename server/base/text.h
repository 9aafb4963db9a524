/* Characters, numbers and hashes of text. ASCII only, independent of the locale. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdint.h>

#include "base/slice.h"

static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool text_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool text_is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || text_is_digit(c);
}

/* 0 to 15 for a hexadecimal digit in upper or lower case, else -1. */
static inline int text_hex_value(char c)
{
    if (text_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

#define TEXT_DIGITS "0123456789"
#define TEXT_LOWER "abcdefghijklmnopqrstuvwxyz"
#define TEXT_ALPHANUMERIC TEXT_DIGITS TEXT_LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Whether each byte is one of `characters`, which NUL never is. An empty text has none other. */
bool text_has_only(struct slice text, const char *characters);

/* As text_has_only, for ASCII letters, digits and `more`. */
bool text_is_word(struct slice text, const char *more);

/* Without spaces and tabs at both ends; an absent text stays absent. */
struct slice text_trim(struct slice text);

/* Takes the part before the next `separator` off *rest, which becomes what follows it, perhaps
 * empty, or absent where there is no further separator: loop while (rest.data). */
struct slice text_take(struct slice *rest, char separator);

/* Parses the whole text as a decimal number from 0 to `max`; leading zeros are allowed, a sign is
 * not. False: *number is unchanged. */
bool text_number(struct slice text, int64_t max, int64_t *number);

/* Copies the text to a place of `size` bytes and terminates it: cut, if it does not fit. */
void text_copy(char *place, size_t size, struct slice text);

/* The bytes of the control character that UTF-8 text begins with: 0 of any other, 1, or 2 for
 * U+0080 to U+009F. */
size_t text_control(struct slice text);

/* Makes one printable line of a text that may quote anything, such as a path: control characters
 * and bytes that are not UTF-8 become `?`. */
void text_make_line(char *text);

enum { TEXT_HASH = 0 };

/* FNV-1a, 64 bits; `hash` is the hash of the text before, or TEXT_HASH. For hash tables only: it is
 * easy to construct collisions. */
uint64_t text_hash(uint64_t hash, struct slice text);

#endif
