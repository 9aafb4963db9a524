/* A growing byte buffer with a maximum size. Errors are sticky: append freely, check at the end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct buffer {
    char *data; /* owned; NUL-terminated whenever it is not NULL */
    size_t len;
    size_t size;
    size_t ceiling;     /* the maximum of `len` */
    enum result failed; /* RESULT_NO_MEMORY or RESULT_TOO_LARGE, until buffer_clear */
};

void buffer_init(struct buffer *buffer, size_t ceiling);
void buffer_close(struct buffer *buffer);

/* Empties it and clears the error; the memory is kept. */
void buffer_clear(struct buffer *buffer);

/* Appends `len` bytes, which the caller writes to the result before the next change. NULL if the
 * buffer has failed. */
char *buffer_extend(struct buffer *buffer, size_t len) MUST_CHECK;

void buffer_append(struct buffer *buffer, const void *data, size_t len);
void buffer_append_slice(struct buffer *buffer, struct slice slice);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_append_char(struct buffer *buffer, char c);
void buffer_append_integer(struct buffer *buffer, int64_t number); /* decimal */
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* The content, borrowed until the next change. */
struct slice buffer_slice(const struct buffer *buffer);

#endif
