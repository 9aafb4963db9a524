/* A borrowed pointer and a length; the bytes may include NULs and are not NUL-terminated. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct slice {
    const char *data; /* NULL: absent, which differs from empty */
    size_t len;
};

#define SLICE_INIT(literal)            \
    {                                  \
        (literal), sizeof(literal) - 1 \
    } /* for static data */
#define SLICE(literal) ((struct slice)SLICE_INIT(literal))

static inline struct slice slice_of(const char *string)
{
    return (struct slice){string, string ? strlen(string) : 0};
}

/* `len` bytes from `from` on; both inside it. */
static inline struct slice slice_part(struct slice s, size_t from, size_t len)
{
    return (struct slice){s.data + from, len};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* ASCII only: header names, enum values. */
static inline bool slice_equal_ignoring_case(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

static inline bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}

#endif
