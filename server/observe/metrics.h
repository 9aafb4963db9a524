/* Counters of the process, in Prometheus text format. */
#ifndef OBSERVE_METRICS_H
#define OBSERVE_METRICS_H

#include "api/call.h"

enum { METRICS_OPERATIONS = 32, METRICS_STATUSES = 500, METRICS_BUCKETS = 14 };

struct metrics {
    const struct operation *operations; /* borrowed */
    size_t operation_count;
    /* By index in `operations`, the last one for all other requests, and by status minus 100. */
    uint64_t requests[METRICS_OPERATIONS][METRICS_STATUSES];
    uint64_t buckets[METRICS_BUCKETS]; /* not cumulative; +Inf is `count` */
    uint64_t duration_us, count;
    uint64_t ticks;
    uint64_t connections; /* open now */
};

/* Sets all counters to 0. `count` must be less than METRICS_OPERATIONS. */
void metrics_init(struct metrics *metrics, const struct operation *operations, size_t count);

/* `operation` may be NULL, or one of the control API, which has no name. */
void metrics_count(struct metrics *metrics, const struct operation *operation, int status,
                   int64_t duration_us);

/* Opens /proc/self/statm, which the sandbox forbids later; else metrics_write tries to. */
void metrics_open(void);

/* The text of /_local/metrics. `slots` may be NULL. */
struct slots;
struct store_counts;
void metrics_write(const struct metrics *metrics, const struct store_counts *counts,
                   const struct slots *slots, struct buffer *out);

#endif
