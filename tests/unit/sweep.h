/* Sweeps: a test repeated with its n-th allocation, or call to the disk, failing, for n = 1, 2, 3 …
 * until none fails. With AMAZONMQ_LOCAL_ANOMALIES=all (make anomalies) every n is tried; else every
 * n up to `dense` and then fewer and fewer, which takes seconds instead of minutes. */
#ifndef TESTS_UNIT_SWEEP_H
#define TESTS_UNIT_SWEEP_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline bool sweep_is_whole(void)
{
    const char *all = getenv("AMAZONMQ_LOCAL_ANOMALIES");
    return all && strcmp(all, "all") == 0;
}

/* The point after `n`. */
static inline long sweep_next(long n, long dense)
{
    return n < dense || sweep_is_whole() ? n + 1 : n + 1 + n / 10;
}

#endif
