/* Counters of the process, shown as Prometheus text. */
#ifndef OBSERVE_METRICS_H
#define OBSERVE_METRICS_H

#include "api/call.h"

enum { METRICS_OPERATIONS = 32, METRICS_STATUSES = 500, METRICS_BUCKETS = 14 };

struct metrics {
    const struct operation *operations; /* the table whose rows are counted; borrowed */
    size_t operation_count;
    /* By row of the operations table, the last for what is no operation, and by status from 100. */
    uint64_t requests[METRICS_OPERATIONS][METRICS_STATUSES];
    uint64_t buckets[METRICS_BUCKETS]; /* not cumulative; what is longer counts only in the sum */
    uint64_t duration_us, count;
    uint64_t ticks;
    uint64_t connections; /* open now */
};

/* All zero, for a table of fewer than METRICS_OPERATIONS rows. */
void metrics_init(struct metrics *metrics, const struct operation *operations, size_t count);

/* `operation` may be NULL, or a row of the control API. */
void metrics_count(struct metrics *metrics, const struct operation *operation, int status,
                   int64_t duration_us);

/* Opens what tells the process's memory, for good; without it metrics_write does. */
void metrics_open(void);

/* The text of /_local/metrics. */
struct store_counts;
void metrics_write(const struct metrics *metrics, const struct store_counts *counts,
                   struct buffer *out);

#endif
