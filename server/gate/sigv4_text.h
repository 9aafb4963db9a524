/* Cutting slices, for the two files that read and verify a signature. */
#ifndef GATE_SIGV4_TEXT_H
#define GATE_SIGV4_TEXT_H

#include "base/slice.h"

/* `len` bytes of `s` from `from` on; both inside it. */
static inline struct slice sigv4_part(struct slice s, size_t from, size_t len)
{
    return (struct slice){s.data + from, len};
}

static inline bool sigv4_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Without spaces and tabs at both ends; an absent slice stays absent. */
static inline struct slice sigv4_trim(struct slice s)
{
    if (!s.data)
        return s;
    while (s.len > 0 && sigv4_is_blank(s.data[0]))
        s = sigv4_part(s, 1, s.len - 1);
    while (s.len > 0 && sigv4_is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

/* What stands before the next `separator`. *rest becomes what follows it (perhaps empty),
 * or absent where there is no further separator: loop while (rest.data). */
static inline struct slice sigv4_take_until(struct slice *rest, char separator)
{
    struct slice all = *rest;
    const char *found = all.len > 0 ? memchr(all.data, separator, all.len) : NULL;
    *rest = (struct slice){NULL, 0};
    if (!found)
        return all;
    size_t before = (size_t)(found - all.data);
    *rest = sigv4_part(all, before + 1, all.len - before - 1);
    return sigv4_part(all, 0, before);
}

#endif
