/* What the unit tests share: reproducible randomness, exact copies, and a store with handlers. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The slice holds exactly this text; NULL: it is absent. Names the text on a failure. */
#define assert_slice(slice, text) check_slice((slice), (text), __FILE__, __LINE__)

static inline void check_slice(struct slice got, const char *wanted, const char *file, int line)
{
    bool same = wanted ? got.data && slice_equal(got, slice_of(wanted)) : !got.data;
    if (same)
        return;
    print_error("got    %.*s\nwanted %s\n", got.data ? (int)got.len : 8,
                got.data ? got.data : "(absent)", wanted ? wanted : "(absent)");
    _fail(file, line);
}

/* Xorshift: the same numbers on every run. */
struct prng {
    uint64_t state; /* not 0 */
};

static inline size_t prng_below(struct prng *prng, size_t limit)
{
    prng->state ^= prng->state << 13;
    prng->state ^= prng->state >> 7;
    prng->state ^= prng->state << 17;
    return (size_t)((prng->state * 2685821657736338717U >> 33) % limit);
}

/* A heap copy with nothing behind its NUL, so that the sanitizer sees a byte read too far. */
static inline char *exact_copy(struct slice text)
{
    char *copy = malloc(text.len + 1);
    assert_non_null(copy);
    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* A new file's path, from a template that ends with XXXXXX. */
static inline void make_file(char path[], struct slice content)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.data, content.len), (ssize_t)content.len);
    assert_int_equal(close(fd), 0);
}

#endif
