#include "http/delays.h"

#include <stdlib.h>

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
    size_t at = delays->count++;
    for (; at > 0 && delays->heap[(at - 1) / 2].due_ms > due_ms; at = (at - 1) / 2)
        delays->heap[at] = delays->heap[(at - 1) / 2];
    delays->heap[at] = (struct delay){due_ms, item};
    return RESULT_OK;
}

void *delays_take(struct delays *delays, int64_t now_ms)
{
    if (delays->count == 0 || delays->heap[0].due_ms > now_ms)
        return NULL;
    void *item = delays->heap[0].item;
    struct delay last = delays->heap[--delays->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < delays->count; at = child) {
        if (child + 1 < delays->count &&
            delays->heap[child + 1].due_ms < delays->heap[child].due_ms)
            child++;
        if (delays->heap[child].due_ms >= last.due_ms)
            break;
        delays->heap[at] = delays->heap[child];
    }
    if (delays->count > 0)
        delays->heap[at] = last;
    return item;
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
