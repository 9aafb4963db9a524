/* The partition of AWS a region belongs to: the second field of every ARN. */
#ifndef API_PARTITION_H
#define API_PARTITION_H

#include "base/slice.h"

static inline const char *partition_of(struct slice region)
{
    if (slice_starts_with(region, SLICE("cn-")))
        return "aws-cn";
    return slice_starts_with(region, SLICE("us-gov-")) ? "aws-us-gov" : "aws";
}

#endif
