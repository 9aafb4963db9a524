#include "http/delays.h"

#include <stdlib.h>

static void sift_up(struct delays *delays, size_t at, struct delay delay)
{
    for (; at > 0 && delays->heap[(at - 1) / 2].due_ms > delay.due_ms; at = (at - 1) / 2)
        delays->heap[at] = delays->heap[(at - 1) / 2];
    delays->heap[at] = delay;
}

/* Removes the last delay of the heap and puts it at `at`, whose delay is dropped. */
static void put_last_at(struct delays *delays, size_t at)
{
    struct delay last = delays->heap[--delays->count];
    if (at == delays->count)
        return;
    for (size_t child; (child = 2 * at + 1) < delays->count; at = child) {
        if (child + 1 < delays->count &&
            delays->heap[child + 1].due_ms < delays->heap[child].due_ms)
            child++;
        if (delays->heap[child].due_ms >= last.due_ms)
            break;
        delays->heap[at] = delays->heap[child];
    }
    sift_up(delays, at, last);
}

enum result delays_add(struct delays *delays, int64_t due_ms, void *item)
{
    if (delays->count == delays->room) {
        size_t room = delays->room ? delays->room * 2 : 64;
        struct delay *heap = realloc(delays->heap, room * sizeof *heap);
        if (!heap)
            return RESULT_NO_MEMORY;
        delays->heap = heap;
        delays->room = room;
    }
    sift_up(delays, delays->count++, (struct delay){due_ms, item});
    return RESULT_OK;
}

void *delays_take(struct delays *delays, int64_t now_ms)
{
    if (delays->count == 0 || delays->heap[0].due_ms > now_ms)
        return NULL;
    void *item = delays->heap[0].item;
    put_last_at(delays, 0);
    return item;
}

void delays_remove(struct delays *delays, const void *item)
{
    size_t at = 0;
    while (at < delays->count && delays->heap[at].item != item)
        at++;
    if (at < delays->count)
        put_last_at(delays, at);
}

int64_t delays_next_ms(const struct delays *delays)
{
    return delays->count > 0 ? delays->heap[0].due_ms : INT64_MAX;
}

void delays_close(struct delays *delays)
{
    free(delays->heap);
    *delays = (struct delays){.heap = NULL};
}
