/* The service's quota of calls (Amazon MQ endpoints and quotas): 15 a second with a burst of 100,
 * for each account and region. */
#ifndef GATE_THROTTLE_H
#define GATE_THROTTLE_H

#include <stdint.h>

#include "base/slice.h"

enum { THROTTLE_WORLDS = 256, THROTTLE_RATE = 15, THROTTLE_BURST = 100 };

/* Initialized with zeros. Accounts and regions with the same hash share a bucket. */
struct throttle {
    struct {
        int64_t updated_us; /* monotonic; 0: never */
        double tokens;
    } buckets[THROTTLE_WORLDS];
};

/* Counts a call at `now_us` (monotonic); false if it exceeds the quota. */
bool throttle_take(struct throttle *throttle, struct slice account, struct slice region,
                   int64_t now_us);

#endif
