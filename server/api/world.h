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

static inline bool world_is_direction(struct slice word)
{
    static const struct slice directions[] = {
        SLICE_INIT("central"),   SLICE_INIT("north"), SLICE_INIT("northeast"),
        SLICE_INIT("northwest"), SLICE_INIT("south"), SLICE_INIT("southeast"),
        SLICE_INIT("southwest"), SLICE_INIT("east"),  SLICE_INIT("west")};
    for (size_t i = 0; i < sizeof directions / sizeof *directions; i++)
        if (slice_equal(word, directions[i]))
            return true;
    return false;
}

/* As us-east-1 and us-gov-west-1: words of letters, the last one a direction, and a digit. */
static inline bool world_is_region_name(struct slice text)
{
    const char *word = text.data;
    bool directed = false;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.data + i;
        if (*at == '-' && at > word) {
            directed =
                word > text.data && world_is_direction((struct slice){word, (size_t)(at - word)});
            word = at + 1;
        } else if (*at < 'a' || *at > 'z') {
            return directed && at == word && i + 1 == text.len && *at >= '0' && *at <= '9';
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
