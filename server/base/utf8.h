/* UTF-8: validity and length. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/slice.h"

/* Whether the whole slice is valid UTF-8 (NUL is a character like any other). */
bool utf8_valid(struct slice text);

/* The offset of the first byte that is not valid UTF-8; text.len where all is. */
size_t utf8_valid_prefix(struct slice text);

/* Unicode code points in valid UTF-8. */
size_t utf8_length(struct slice text);

#endif
