/* UTF-8: validity and length. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/slice.h"

/* Whether the whole slice is valid UTF-8; NUL is allowed. */
bool utf8_valid(struct slice text);

/* Whether it is what a text of the store may be: valid UTF-8 without NUL. */
bool utf8_is_text(struct slice text);

/* The offset of the first byte that is not valid UTF-8; text.len if there is none. */
size_t utf8_valid_prefix(struct slice text);

/* The number of code points of valid UTF-8. */
size_t utf8_length(struct slice text);

#endif
