/* An arena: memory that is allocated piece by piece and freed as a whole. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/result.h"
#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t used;    /* bytes allocated since the last reset */
    size_t ceiling; /* the maximum of `used` */
};

void arena_init(struct arena *arena, size_t ceiling);

/* Aligned for any type, not zeroed, valid until arena_reset or arena_close.
 * NULL when the ceiling is reached or out of memory. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;

/* A NUL-terminated copy of the slice, or NULL. */
char *arena_copy(struct arena *arena, struct slice slice) MUST_CHECK;

/* A NUL-terminated formatted string, or NULL. */
char *arena_printf(struct arena *arena, const char *format, ...) MUST_CHECK PRINTF_LIKE(2, 3);

/* Frees everything; one small block is kept for the next use. */
void arena_reset(struct arena *arena);

void arena_close(struct arena *arena);

#endif
