/* The server's own allocations, made to fail: the linker puts these in the place of the C library's
 * and the arena's (see the Makefile). Each piece an arena hands out counts, not only its blocks. */
#ifndef TESTS_UNIT_FAILING_HEAP_H
#define TESTS_UNIT_FAILING_HEAP_H

#include "failing.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_arena_alloc(struct arena *arena, size_t size);
char *__real_arena_copy(struct arena *arena, struct slice slice);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size);
char *__wrap_arena_copy(struct arena *arena, struct slice slice);
char *__wrap_arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

void *__wrap_malloc(size_t size)
{
    return fault_strikes(FAULT_HEAP) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fault_strikes(FAULT_HEAP) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fault_strikes(FAULT_HEAP) ? NULL : __real_realloc(old, size);
}

void *__wrap_arena_alloc(struct arena *arena, size_t size)
{
    return fault_strikes(FAULT_HEAP) ? NULL : __real_arena_alloc(arena, size);
}

char *__wrap_arena_copy(struct arena *arena, struct slice slice)
{
    return fault_strikes(FAULT_HEAP) ? NULL : __real_arena_copy(arena, slice);
}

char *__wrap_arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || fault_strikes(FAULT_HEAP))
        return NULL;
    char *text = __real_arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

#endif
