#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUFFER_FIRST = 256 };

void buffer_init(struct buffer *buffer, size_t ceiling)
{
    *buffer = (struct buffer){.ceiling = ceiling};
}

void buffer_close(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){.ceiling = buffer->ceiling};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = RESULT_OK;
    if (buffer->data)
        buffer->data[0] = '\0';
}

/* A function of its own, so that make_room can be inlined. */
static bool grow(struct buffer *buffer, size_t need)
{
    size_t size = buffer->size ? buffer->size : BUFFER_FIRST;
    while (size < need)
        size *= 2;
    char *data = realloc(buffer->data, size);
    if (!data) {
        buffer->failed = RESULT_NO_MEMORY;
        return false;
    }
    buffer->data = data;
    buffer->size = size;
    return true;
}

/* Makes room for `more` bytes and the NUL after them. */
static inline bool make_room(struct buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more > buffer->ceiling - buffer->len) {
        buffer->failed = RESULT_TOO_LARGE;
        return false;
    }
    size_t need = buffer->len + more + 1;
    return need <= buffer->size || grow(buffer, need);
}

/* For the most frequent calls, which then need no other. */
static inline char *extend(struct buffer *buffer, size_t len)
{
    if (!make_room(buffer, len))
        return NULL;
    char *at = buffer->data + buffer->len;
    buffer->len += len;
    at[len] = '\0';
    return at;
}

char *buffer_extend(struct buffer *buffer, size_t len)
{
    return extend(buffer, len);
}

void buffer_append(struct buffer *buffer, const void *data, size_t len)
{
    char *at = extend(buffer, len);
    if (at && len > 0)
        memcpy(at, data, len);
}

void buffer_append_slice(struct buffer *buffer, struct slice slice)
{
    buffer_append(buffer, slice.data, slice.len);
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_append_char(struct buffer *buffer, char c)
{
    char *at = extend(buffer, 1);
    if (at)
        *at = c;
}

void buffer_append_integer(struct buffer *buffer, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    buffer_append(buffer, digits + at, sizeof digits - at);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !make_room(buffer, (size_t)len))
        return;
    va_start(args, format);
    vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len += (size_t)len;
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data ? buffer->data : "", buffer->len};
}
