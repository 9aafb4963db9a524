/* Exchanges that wait for their time: a binary heap. */
#ifndef HTTP_DELAYS_H
#define HTTP_DELAYS_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct delay {
    int64_t due_ms; /* monotonic */
    void *what;
};

struct delays {
    struct delay *heap;
    size_t count, room;
};

enum result delays_add(struct delays *delays, int64_t due_ms, void *what) MUST_CHECK;

/* Takes out the first one that is due by `now_ms`; NULL where none is. */
void *delays_take(struct delays *delays, int64_t now_ms);

int64_t delays_next_ms(const struct delays *delays); /* INT64_MAX: none */

void delays_close(struct delays *delays);

#endif
