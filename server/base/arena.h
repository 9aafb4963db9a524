/* Memory that is handed out piece by piece and given back at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/result.h"
#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t used;    /* bytes asked for since the last reset */
    size_t ceiling; /* more than this is refused */
};

void arena_init(struct arena *arena, size_t ceiling);

/* Aligned for any type, not zeroed, valid until arena_reset or arena_close.
 * NULL when the ceiling is reached or memory is out. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;

/* A NUL-terminated copy of the slice, or NULL. */
char *arena_copy(struct arena *arena, struct slice slice) MUST_CHECK;

/* A NUL-terminated formatted string, or NULL. */
char *arena_printf(struct arena *arena, const char *format, ...) MUST_CHECK PRINTF_LIKE(2, 3);

/* Frees everything but one small block, which is kept for the next use. */
void arena_reset(struct arena *arena);

void arena_close(struct arena *arena);

#endif
