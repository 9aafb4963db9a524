/* Time. Wall time is for timestamps and due times, monotonic time for durations. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { CLOCK_DATE_TIME = 32 };

/* 9999-12-31T23:59:59.999Z, the last moment that any of the forms below can say. */
#define CLOCK_MAX_MS INT64_C(253402300799999)

/* The longest step of the clock: 3660 days. */
#define CLOCK_STEP_MAX_MS (INT64_C(3660) * 86400000)

/* That moment, if `time_ms` is later. */
static inline int64_t clock_until_max(int64_t time_ms)
{
    return time_ms < CLOCK_MAX_MS ? time_ms : CLOCK_MAX_MS;
}

int64_t clock_wall_ms(void);
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* As clock_monotonic_ms, but it may be some milliseconds late; does not ask the kernel. */
int64_t clock_coarse_ms(void);

/* The processor time of this thread. */
int64_t clock_processor_ms(void);

/* 2026-11-23T19:42:36.123Z into `out`. */
void clock_format_ms(int64_t wall_ms, char out[CLOCK_DATE_TIME]);

/* 2026-11-23T19:42:36.123456Z into `out`; the last three digits are those of the current time. */
void clock_format_us(int64_t wall_ms, char out[CLOCK_DATE_TIME]);

/* Parses 2026-12-24T18:00:00Z, optionally with a fraction of up to six digits. False for anything
 * else and for years outside 1970 to 9999. */
bool clock_parse_ms(struct slice text, int64_t *wall_ms);

/* 20261123T194236Z, the form of X-Amz-Date. */
void clock_format_basic(int64_t wall_s, char out[CLOCK_DATE_TIME]);

#endif
