/* Time. Wall time is for what clients see and for due times, monotonic time for durations. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { CLOCK_DATE_TIME = 32 };

/* 9999-12-31T23:59:59.999Z, the last moment that any of the forms below can say. */
#define CLOCK_MAX_MS INT64_C(253402300799999)

int64_t clock_wall_ms(void);
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* 2026-11-23T19:42:36.123Z into `out`. */
void clock_format_ms(int64_t wall_ms, char out[CLOCK_DATE_TIME]);

/* 2026-11-23T19:42:36.123456Z into `out`; below the millisecond it is the moment of the call. */
void clock_format_us(int64_t wall_ms, char out[CLOCK_DATE_TIME]);

/* Reads 2026-12-24T18:00:00Z, with a fraction of up to six digits or without. False: anything else,
 * or outside the years 1970 to 9999. */
bool clock_parse_ms(struct slice text, int64_t *wall_ms);

/* 20261123T194236Z, the form of X-Amz-Date. */
void clock_format_basic(int64_t wall_s, char out[CLOCK_DATE_TIME]);

#endif
