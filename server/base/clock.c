#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t now_us(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return now_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return now_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return now_us(CLOCK_MONOTONIC);
}

void clock_format_ms(int64_t wall_ms, char out[CLOCK_DATE_TIME])
{
    time_t seconds = wall_ms / 1000;
    struct tm date = {0};
    gmtime_r(&seconds, &date);
    size_t len = strftime(out, CLOCK_DATE_TIME, "%Y-%m-%dT%H:%M:%S", &date);
    snprintf(out + len, CLOCK_DATE_TIME - len, ".%03dZ", (int)(wall_ms % 1000));
}

void clock_format_us(int64_t wall_ms, char out[CLOCK_DATE_TIME])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_format_ms(wall_ms, out);
    snprintf(strchr(out, '.') + 4, 8, "%03ldZ", now.tv_nsec / 1000 % 1000);
}

void clock_format_basic(int64_t wall_s, char out[CLOCK_DATE_TIME])
{
    time_t seconds = wall_s;
    struct tm date = {0};
    gmtime_r(&seconds, &date);
    strftime(out, CLOCK_DATE_TIME, "%Y%m%dT%H%M%SZ", &date);
}
