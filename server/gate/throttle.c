#include "gate/throttle.h"

#include "base/text.h"

bool throttle_take(struct throttle *throttle, struct slice account, struct slice region,
                   int64_t now_us)
{
    size_t at = text_hash(text_hash(TEXT_HASH, account), region) % THROTTLE_WORLDS;
    const double rate = THROTTLE_RATE, burst = THROTTLE_BURST;
    double tokens = burst;
    if (throttle->buckets[at].updated_us > 0)
        tokens = throttle->buckets[at].tokens +
                 (double)(now_us - throttle->buckets[at].updated_us) * rate / 1e6;
    if (tokens > burst)
        tokens = burst;
    bool within = tokens >= 1;
    throttle->buckets[at].tokens = within ? tokens - 1 : tokens;
    throttle->buckets[at].updated_us = now_us > 0 ? now_us : 1;
    return within;
}
