#include "base/time_zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/zone_rules.h"

enum {
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    WEEK_S = 7 * DAY_S,
    FIRST_SUNDAY_S = 3 * DAY_S,   /* 1970-01-04 */
    OFFSET_MAX_S = 18 * HOUR_S,   /* of a zone named by its offset */
    OFFSET_LIMIT_S = 26 * HOUR_S, /* of any zone: RFC 9636, section 3.2 */
    NAME_MAX_LEN = 64,
};

/* 0001-01-01 and 10000-01-01. */
static const int64_t first_ms = -62135596800000, end_ms = 253402300800000;

struct zone {
    bool has_rules;   /* of the zone database */
    int64_t offset_s; /* else: positive if ahead of UTC */
    struct zone_rules rules;
};

static bool take_digit(struct slice *text, int *number)
{
    if (text->len == 0 || *text->data < '0' || *text->data > '9')
        return false;
    *number = *number * 10 + (*text->data - '0');
    text->data++;
    text->len--;
    return true;
}

static bool read_offset(struct slice text, int64_t *offset_s)
{
    if (slice_starts_with(text, SLICE("UTC")) || slice_starts_with(text, SLICE("GMT"))) {
        text = (struct slice){text.data + 3, text.len - 3};
        *offset_s = 0;
        if (text.len == 0)
            return true;
    }
    if (text.len == 0 || (*text.data != '+' && *text.data != '-'))
        return false;
    int sign = *text.data == '-' ? -1 : 1, hours = 0, minutes = 0;
    text = (struct slice){text.data + 1, text.len - 1};
    if (!take_digit(&text, &hours))
        return false;
    take_digit(&text, &hours);
    if (text.len > 0) {
        bool colon = *text.data == ':';
        text = (struct slice){text.data + 1, text.len - 1};
        if (!colon || !take_digit(&text, &minutes) || !take_digit(&text, &minutes) || text.len > 0)
            return false;
    }
    *offset_s = (int64_t)sign * (hours * HOUR_S + minutes * 60);
    return minutes < 60 && llabs(*offset_s) <= OFFSET_MAX_S;
}

static bool is_database_name(struct slice name)
{
    if (name.len == 0 || name.len > NAME_MAX_LEN)
        return false;
    for (struct slice rest = name; rest.data;) {
        struct slice segment = text_take(&rest, '/');
        if (segment.len == 0 || !text_is_word(segment, "_+-"))
            return false;
    }
    /* The last two are copies of the system's default zone. */
    return !slice_starts_with(name, SLICE("posix/")) && !slice_starts_with(name, SLICE("right/")) &&
           !slice_equal(name, SLICE("posixrules")) && !slice_equal(name, SLICE("localtime"));
}

/* The file of a zone, in a buffer that the next call uses again. RESULT_INVALID: there is none;
 * RESULT_SYSTEM: it cannot be read. */
static enum result read_file(const char *path, struct slice *file)
{
    static char buffer[1 << 16];
    enum result result = RESULT_SYSTEM;
    struct stat status;
    /* O_NONBLOCK: a FIFO of that name must not block the server. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ENXIO ? RESULT_INVALID
                                                                     : RESULT_SYSTEM;
    if (fstat(fd, &status) == 0)
        result = S_ISREG(status.st_mode) ? RESULT_OK : RESULT_INVALID;
    ssize_t got = result ? 0 : read(fd, buffer, sizeof buffer);
    if (got < 0)
        result = RESULT_SYSTEM;
    *file = (struct slice){buffer, got < 0 ? 0 : (size_t)got};
    close(fd);
    return result;
}

const char *time_zone_directory(void)
{
    const char *directory = getenv("TZDIR");
    return directory && *directory == '/' ? directory : "/usr/share/zoneinfo";
}

/* The system's file, or else the one that is compiled in. A file of another kind is not a zone. */
static enum result find_zone(struct slice name, struct zone *zone)
{
    char path[PATH_MAX];
    struct slice file;
    zone->has_rules = false;
    if (read_offset(name, &zone->offset_s))
        return RESULT_OK;
    if (!is_database_name(name))
        return RESULT_INVALID;
    zone->has_rules = true;
    int len =
        snprintf(path, sizeof path, "%s/%.*s", time_zone_directory(), (int)name.len, name.data);
    enum result result =
        len < 0 || (size_t)len >= sizeof path ? RESULT_INVALID : read_file(path, &file);
    if (!result && !slice_starts_with(file, SLICE("TZif")))
        result = RESULT_INVALID;
    else if (!result && !zone_rules_read(&zone->rules, file))
        result = RESULT_SYSTEM;
    if (result && zone_rules_read(&zone->rules, zone_compiled(name)))
        result = RESULT_OK;
    return result;
}

bool time_zone_exists(struct slice name)
{
    struct zone zone;
    return find_zone(name, &zone) == RESULT_OK;
}

/* The offset of the zone from UTC at that instant. The zone's rule must be the C library's zone. */
static int64_t offset_at(const struct zone *zone, int64_t at_s)
{
    int64_t offset_s = zone->offset_s;
    struct tm local = {0};
    time_t instant = at_s;
    if (!zone->has_rules || zone_rules_find(&zone->rules, at_s, &offset_s))
        return offset_s;
    localtime_r(&instant, &local);
    return local.tm_gmtoff;
}

/* glibc reports no error when it does not understand a rule: it uses UTC with an empty name. */
static bool is_understood(void)
{
    struct tm local = {0};
    time_t instant = 0;
    return localtime_r(&instant, &local) && local.tm_zone && *local.tm_zone;
}

/* The first instant after `from_s` with another offset, at most `limit_s`. */
static int64_t next_transition(const struct zone *zone, int64_t from_s, int64_t limit_s)
{
    int64_t offset_s = offset_at(zone, from_s);
    while (from_s < limit_s) {
        /* No zone has ever changed its offset and changed it back within a day. */
        int64_t probe_s = limit_s - from_s < DAY_S ? limit_s : from_s + DAY_S;
        if (offset_at(zone, probe_s) == offset_s) {
            from_s = probe_s;
            continue;
        }
        while (probe_s - from_s > 1) {
            int64_t middle_s = from_s + (probe_s - from_s) / 2;
            if (offset_at(zone, middle_s) == offset_s)
                from_s = middle_s;
            else
                probe_s = middle_s;
        }
        return probe_s;
    }
    return limit_s;
}

/* The first instant at which the local clock shows `wall_s` (in seconds since 1970) or later. */
static int64_t first_reached(const struct zone *zone, int64_t wall_s)
{
    int64_t from_s = wall_s - OFFSET_LIMIT_S;
    for (;;) {
        int64_t at_s = wall_s - offset_at(zone, from_s);
        if (at_s <= from_s)
            return from_s;
        from_s = next_transition(zone, from_s, at_s);
    }
}

static int64_t floor_divide(int64_t number, int64_t divisor)
{
    return number / divisor - (number % divisor < 0);
}

static int64_t next_ms(const struct zone *zone, int weekday, int minute, int64_t after_ms)
{
    int64_t after_s = floor_divide(after_ms, 1000);
    int64_t now_wall_s = after_s + offset_at(zone, after_s);
    int64_t phase_s = FIRST_SUNDAY_S + (int64_t)weekday * DAY_S + (int64_t)minute * 60;
    int64_t weeks = floor_divide(now_wall_s - phase_s, WEEK_S) + 1;
    int64_t at_s = first_reached(zone, phase_s + weeks * WEEK_S);
    /* The local clock was set back and shows that time again: the first one was this week's. */
    if (at_s <= after_s)
        at_s = first_reached(zone, phase_s + (weeks + 1) * WEEK_S);
    return at_s * 1000;
}

enum result time_zone_next(struct slice zone_name, int weekday, int minute, int64_t after_ms,
                           int64_t *at_ms)
{
    struct zone zone;
    if (weekday < 0 || weekday > 6 || minute < 0 || minute >= DAY_S / 60 || after_ms < first_ms ||
        after_ms >= end_ms)
        return RESULT_INVALID;
    enum result result = find_zone(zone_name, &zone);
    if (result)
        return result;
    if (!zone.has_rules || !*zone.rules.rule) {
        *at_ms = next_ms(&zone, weekday, minute, after_ms);
        return RESULT_OK;
    }

    /* Not setenv, which allocates and so could fail to restore TZ. */
    char setting[sizeof "TZ=" + ZONE_RULE_MAX];
    snprintf(setting, sizeof setting, "TZ=%s", zone.rules.rule);
    char *zone_environment[] = {setting, NULL};
    char **environment = environ;
    environ = zone_environment;
    tzset();
    if (is_understood())
        *at_ms = next_ms(&zone, weekday, minute, after_ms);
    else
        result = RESULT_SYSTEM;
    environ = environment;
    tzset();
    return result;
}
