/* Delayed exchanges: a binary heap ordered by due time. */
#ifndef HTTP_DELAYS_H
#define HTTP_DELAYS_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct delay {
    int64_t due_ms; /* monotonic */
    void *item;
};

struct delays {
    struct delay *heap;
    size_t count, room;
};

enum result delays_add(struct delays *delays, int64_t due_ms, void *item) MUST_CHECK;

/* Removes and returns the earliest item that is due by `now_ms`; NULL: none. */
void *delays_take(struct delays *delays, int64_t now_ms);

/* Removes that item, if it is there; looks at every item. */
void delays_remove(struct delays *delays, const void *item);

int64_t delays_next_ms(const struct delays *delays); /* INT64_MAX: none */

void delays_close(struct delays *delays);

#endif
