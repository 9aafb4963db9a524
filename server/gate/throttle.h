/* The service's quota of calls (Amazon MQ endpoints and quotas): 15 a second with a burst of 100,
 * for each account and region. */
#ifndef GATE_THROTTLE_H
#define GATE_THROTTLE_H

#include <stdint.h>

#include "base/slice.h"

enum {
    THROTTLE_WORLDS = 1024,
    THROTTLE_RATE = 15,
    THROTTLE_BURST = 100,
    THROTTLE_NAME = 12 + 32, /* bytes of an account and a region: api/world.h */
};

/* Initialized with zeros. A fixed table: a world that has all its tokens again needs no place, and
 * gives it up for another. If 1024 worlds have called so recently that none has all its tokens
 * (one call is back after 1/15 s, all 100 after 7 s), a new one takes the place of the one with the
 * most tokens. That one may then exceed the quota; no world ever gets less than its quota. */
struct throttle {
    struct throttle_bucket {
        int64_t updated_us; /* monotonic; 0: the place was never used */
        double tokens;
        uint64_t hash; /* of account and region */
        size_t len;
        char name[THROTTLE_NAME]; /* account and region, one after the other */
    } buckets[THROTTLE_WORLDS];
};

/* Counts a call at `now_us` (monotonic); false if it exceeds the quota. The account has 12 digits,
 * the region up to 32 characters; of longer texts only the first bytes count. */
bool throttle_take(struct throttle *throttle, struct slice account, struct slice region,
                   int64_t now_us);

#endif
