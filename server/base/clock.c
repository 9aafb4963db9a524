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

int64_t clock_coarse_ms(void)
{
    return now_us(CLOCK_MONOTONIC_COARSE) / 1000;
}

int64_t clock_processor_ms(void)
{
    return now_us(CLOCK_THREAD_CPUTIME_ID) / 1000;
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

bool clock_parse_ms(struct slice text, int64_t *wall_ms)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    char copy[CLOCK_DATE_TIME] = "", again[CLOCK_DATE_TIME];
    struct tm time = {.tm_isdst = 0};
    size_t len = sizeof form - 1;
    if (text.len <= len || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.len);
    for (size_t i = 0; i < len; i++)
        if (form[i] == 'd' ? copy[i] < '0' || copy[i] > '9' : copy[i] != form[i])
            return false;
    const char *at = strptime(copy, "%Y-%m-%dT%H:%M:%S", &time);
    if (at != copy + len || time.tm_year < 70)
        return false;
    int64_t fraction_ms = 0, digits = 0;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++)
            if (digits++ < 3)
                fraction_ms = fraction_ms * 10 + (*at - '0');
    if (strcmp(at, "Z") != 0 || (copy[len] == '.' && (digits < 1 || digits > 6)))
        return false;
    for (; digits > 0 && digits < 3; digits++)
        fraction_ms *= 10;
    *wall_ms = (int64_t)timegm(&time) * 1000 + fraction_ms;
    clock_format_ms(*wall_ms, again); /* timegm turns 31 June into 1 July */
    return memcmp(again, copy, len) == 0;
}
