#include "gate/throttle.h"

#include "base/text.h"

/* The tokens of a bucket at that time. */
static double tokens_at(const struct throttle_bucket *bucket, int64_t now_us)
{
    double tokens =
        bucket->tokens + (double)(now_us - bucket->updated_us) * (double)THROTTLE_RATE / 1e6;
    const double burst = THROTTLE_BURST;
    return tokens < burst ? tokens : burst;
}

static size_t append(char *name, size_t used, struct slice text)
{
    size_t len = text.len < THROTTLE_NAME - used ? text.len : THROTTLE_NAME - used;
    if (len > 0)
        memcpy(name + used, text.data, len);
    return used + len;
}

static bool is_same(const struct throttle_bucket *a, const struct throttle_bucket *b)
{
    return a->hash == b->hash && a->len == b->len && memcmp(a->name, b->name, a->len) == 0;
}

/* The bucket of the world of `wanted`, which takes a place if it has none. */
static struct throttle_bucket *find(struct throttle *throttle, const struct throttle_bucket *wanted,
                                    int64_t now_us)
{
    struct throttle_bucket *fullest = NULL;
    double most = 0;
    for (size_t i = 0; i < THROTTLE_WORLDS; i++) {
        struct throttle_bucket *bucket = &throttle->buckets[(wanted->hash + i) % THROTTLE_WORLDS];
        bool unused = bucket->updated_us == 0;
        if (!unused && is_same(bucket, wanted))
            return bucket;
        double tokens = unused ? (double)THROTTLE_BURST : tokens_at(bucket, now_us);
        if (!fullest || tokens > most) {
            fullest = bucket;
            most = tokens;
        }
        if (unused)
            break; /* places are never emptied: the world has none */
    }
    *fullest = *wanted;
    return fullest;
}

bool throttle_take(struct throttle *throttle, struct slice account, struct slice region,
                   int64_t now_us)
{
    now_us = now_us > 0 ? now_us : 1;
    struct throttle_bucket wanted = {.updated_us = now_us, .tokens = THROTTLE_BURST};
    wanted.len = append(wanted.name, append(wanted.name, 0, account), region);
    wanted.hash = text_hash(TEXT_HASH, (struct slice){wanted.name, wanted.len});
    struct throttle_bucket *bucket = find(throttle, &wanted, now_us);
    double tokens = tokens_at(bucket, now_us);
    bool within = tokens >= 1;
    bucket->tokens = within ? tokens - 1 : tokens;
    bucket->updated_us = now_us;
    return within;
}
