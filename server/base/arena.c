#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* AddressSanitizer then detects accesses to the unused part of a block. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

enum { ARENA_BLOCK = 4096 - 64, ARENA_ALIGN = alignof(max_align_t) };

struct arena_block {
    struct arena_block *older;
    size_t size; /* bytes in data */
    size_t used;
    alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena, size_t ceiling)
{
    *arena = (struct arena){.ceiling = ceiling};
}

static struct arena_block *add_block(struct arena *arena, size_t min_size)
{
    size_t size = min_size > ARENA_BLOCK ? min_size : ARENA_BLOCK;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->older = arena->newest;
    block->size = size;
    block->used = 0;
    arena->newest = block;
    ASAN_POISON_MEMORY_REGION(block->data, size);
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t requested = size;
    if (size > arena->ceiling || size > SIZE_MAX / 2)
        return NULL;
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (size > arena->ceiling - arena->used)
        return NULL;
    struct arena_block *block = arena->newest;
    if (!block || size > block->size - block->used) {
        block = add_block(arena, size);
        if (!block)
            return NULL;
    }
    void *piece = block->data + block->used;
    block->used += size;
    arena->used += size;
    ASAN_UNPOISON_MEMORY_REGION(piece, requested);
    return piece;
}

char *arena_copy(struct arena *arena, struct slice slice)
{
    char *copy = arena_alloc(arena, slice.len + 1);
    if (!copy)
        return NULL;
    if (slice.len > 0)
        memcpy(copy, slice.data, slice.len);
    copy[slice.len] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void arena_reset(struct arena *arena)
{
    while (arena->newest && (arena->newest->older || arena->newest->size > ARENA_BLOCK)) {
        struct arena_block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    if (arena->newest) {
        arena->newest->used = 0;
        ASAN_POISON_MEMORY_REGION(arena->newest->data, arena->newest->size);
    }
    arena->used = 0;
}

void arena_close(struct arena *arena)
{
    while (arena->newest) {
        struct arena_block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    arena->used = 0;
}
