/* A world is an account and a region: their syntax, and the AWS partition of a region, the second
 * field of every ARN. */
#ifndef API_WORLD_H
#define API_WORLD_H

#include "base/slice.h"

static inline bool world_has_only(struct slice text, const char *characters, size_t min, size_t max)
{
    if (text.len < min || text.len > max)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!memchr(characters, text.data[i], strlen(characters)))
            return false;
    return true;
}

static inline bool world_is_account(struct slice text)
{
    return world_has_only(text, "0123456789", 12, 12);
}

static inline bool world_is_region(struct slice text)
{
    return world_has_only(text, "abcdefghijklmnopqrstuvwxyz0123456789-", 1, 32);
}

/* As us-east-1 and us-gov-west-1: words of letters and a number, at least three parts. */
static inline bool world_is_region_name(struct slice text)
{
    size_t parts = 1, letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool last = i + 1 == text.len;
        if (c == '-' && letters > 0 && !last) {
            parts++;
            letters = 0;
        } else if (c >= 'a' && c <= 'z') {
            letters++;
        } else {
            return last && parts > 2 && letters == 0 && c >= '0' && c <= '9';
        }
    }
    return false;
}

static inline const char *partition_of(struct slice region)
{
    if (slice_starts_with(region, SLICE("cn-")))
        return "aws-cn";
    return slice_starts_with(region, SLICE("us-gov-")) ? "aws-us-gov" : "aws";
}

#endif
