/* The service's quota of calls: 15 a second, a burst of 100, for each account and region
 * (Amazon MQ endpoints and quotas). */
#ifndef GATE_THROTTLE_H
#define GATE_THROTTLE_H

#include <stdint.h>

#include "base/slice.h"

enum { THROTTLE_WORLDS = 256, THROTTLE_RATE = 15, THROTTLE_BURST = 100 };

/* Zeroed, no call has been made. Worlds whose hashes meet share a bucket. */
struct throttle {
    struct {
        int64_t updated_us; /* monotonic; 0: never */
        double tokens;
    } buckets[THROTTLE_WORLDS];
};

/* Whether one more call of that world is within the quota at `now_us` (monotonic). */
bool throttle_take(struct throttle *throttle, struct slice account, struct slice region,
                   int64_t now_us);

#endif
