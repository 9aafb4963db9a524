/* base/time_zone: which names are zones, and when a window begins. The expected instants were
 * computed with Python's zoneinfo, second by second. All lie in the past or in a zone made here:
 * what a country will do next year is not for a test to say. */
#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/time_zone.h"

enum { SUN, MON, TUE, WED, THU, FRI, SAT };

/* 64 characters */
#define LONGEST_NAME "Test/A-name-of-sixty-four-characters-is-as-long-as-a-name-can-be"

static const int64_t week_ms = 7 * 86400 * 1000LL;

struct window {
    const char *zone;
    int weekday;
    const char *time, *after, *at;
};

static int64_t instant_ms(const char *date_time)
{
    struct tm date = {0};
    const char *end = strptime(date_time, "%Y-%m-%dT%H:%M:%SZ", &date);
    assert_non_null(end);
    assert_int_equal(*end, '\0');
    return timegm(&date) * 1000;
}

static int minute_of(const char *time)
{
    return (time[0] - '0') * 600 + (time[1] - '0') * 60 + (time[3] - '0') * 10 + (time[4] - '0');
}

static void check_windows(const struct window *windows, size_t count)
{
    for (const struct window *row = windows; row < windows + count; row++) {
        int64_t at_ms = -1, at_wanted_ms = instant_ms(row->at);
        enum result result = time_zone_next(slice_of(row->zone), row->weekday, minute_of(row->time),
                                            instant_ms(row->after), &at_ms);
        if (result != RESULT_OK || at_ms != at_wanted_ms)
            fail_msg("%s, day %d, %s after %s: result %d, %+lld s", row->zone, row->weekday,
                     row->time, row->after, (int)result, (long long)(at_ms - at_wanted_ms) / 1000);
    }
}

static void windows_of_the_zone_database(void **state)
{
    (void)state;
    static const struct window windows[] = {
        /* winter, summer */
        {"Europe/Berlin", MON, "02:00", "2025-01-15T12:00:00Z", "2025-01-20T01:00:00Z"},
        {"Europe/Berlin", MON, "02:00", "2025-07-16T12:00:00Z", "2025-07-21T00:00:00Z"},
        /* strictly after */
        {"Europe/Berlin", MON, "02:00", "2025-07-20T23:59:59Z", "2025-07-21T00:00:00Z"},
        {"Europe/Berlin", MON, "02:00", "2025-07-21T00:00:00Z", "2025-07-28T00:00:00Z"},
        /* the hour from 02:00 to 03:00 that 2025-03-30 does not have, and its neighbours */
        {"Europe/Berlin", SUN, "01:59", "2025-03-29T12:00:00Z", "2025-03-30T00:59:00Z"},
        {"Europe/Berlin", SUN, "02:00", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z"},
        {"Europe/Berlin", SUN, "02:59", "2025-03-30T00:59:59Z", "2025-03-30T01:00:00Z"},
        {"Europe/Berlin", SUN, "03:00", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-03-30T01:00:00Z", "2025-04-06T00:30:00Z"},
        /* the hour that 2025-10-26 has twice: the first one, then a week later */
        {"Europe/Berlin", SUN, "02:00", "2025-10-25T12:00:00Z", "2025-10-26T00:00:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-10-25T12:00:00Z", "2025-10-26T00:30:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-10-26T00:30:00Z", "2025-11-02T01:30:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-10-26T01:00:00Z", "2025-11-02T01:30:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-10-26T01:29:59Z", "2025-11-02T01:30:00Z"},
        {"Europe/Berlin", SUN, "02:30", "2025-10-26T01:30:00Z", "2025-11-02T01:30:00Z"},
        /* 03:00 is shown once, an hour after it would have been */
        {"Europe/Berlin", SUN, "03:00", "2025-10-25T12:00:00Z", "2025-10-26T02:00:00Z"},
        {"Europe/Berlin", SUN, "03:00", "2025-10-26T01:00:00Z", "2025-10-26T02:00:00Z"},
        /* behind UTC */
        {"America/New_York", SUN, "02:30", "2025-03-03T00:00:00Z", "2025-03-09T07:00:00Z"},
        {"America/New_York", SUN, "01:30", "2025-11-01T12:00:00Z", "2025-11-02T05:30:00Z"},
        {"America/New_York", SUN, "01:30", "2025-11-02T05:30:00Z", "2025-11-09T06:30:00Z"},
        /* south of the equator */
        {"Australia/Sydney", SUN, "02:30", "2025-10-04T00:00:00Z", "2025-10-04T16:00:00Z"},
        {"Australia/Sydney", SUN, "02:30", "2025-04-05T00:00:00Z", "2025-04-05T15:30:00Z"},
        {"Australia/Sydney", SUN, "02:30", "2025-04-05T16:00:00Z", "2025-04-12T16:30:00Z"},
        /* a change by half an hour */
        {"Australia/Lord_Howe", SUN, "02:15", "2025-10-04T00:00:00Z", "2025-10-04T15:30:00Z"},
        {"Australia/Lord_Howe", SUN, "01:45", "2025-04-05T00:00:00Z", "2025-04-05T14:45:00Z"},
        {"Australia/Lord_Howe", SUN, "01:45", "2025-04-05T14:50:00Z", "2025-04-12T15:15:00Z"},
        /* offsets of three quarters and of half an hour */
        {"Asia/Kathmandu", WED, "00:10", "2025-05-06T18:25:00Z", "2025-05-13T18:25:00Z"},
        {"Asia/Kolkata", SAT, "23:59", "2025-11-23T00:00:00Z", "2025-11-29T18:29:00Z"},
        {"America/St_Johns", TUE, "12:00", "2025-11-23T00:00:00Z", "2025-11-25T15:30:00Z"},
        /* Sunday begins at 01:00 */
        {"America/Santiago", SUN, "00:30", "2025-09-06T12:00:00Z", "2025-09-07T04:00:00Z"},
        /* the hour twice at the end of Saturday */
        {"America/Santiago", SAT, "23:30", "2025-04-05T12:00:00Z", "2025-04-06T02:30:00Z"},
        {"America/Santiago", SAT, "23:30", "2025-04-06T03:00:00Z", "2025-04-13T03:30:00Z"},
        /* less in Ramadan than in the rest of the year */
        {"Africa/Casablanca", SUN, "02:30", "2024-03-09T12:00:00Z", "2024-03-10T01:30:00Z"},
        {"Africa/Casablanca", SUN, "02:30", "2024-04-13T12:00:00Z", "2024-04-14T02:00:00Z"},
        /* summer time is the standard, winter time the exception */
        {"Europe/Dublin", SUN, "01:30", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z"},
        {"Europe/Dublin", SUN, "01:30", "2025-10-25T12:00:00Z", "2025-10-26T00:30:00Z"},
        /* Friday 2011-12-30 was left out */
        {"Pacific/Apia", FRI, "10:00", "2011-12-29T00:00:00Z", "2011-12-30T10:00:00Z"},
        {"Pacific/Apia", FRI, "10:00", "2011-12-30T10:00:00Z", "2012-01-05T20:00:00Z"},
        /* Tuesday 1969-09-30 lasted 47 hours */
        {"Pacific/Kwajalein", TUE, "12:00", "1969-09-29T00:00:00Z", "1969-09-30T01:00:00Z"},
        {"Pacific/Kwajalein", TUE, "12:00", "1969-09-30T12:59:59Z", "1969-10-08T00:00:00Z"},
        {"Pacific/Kwajalein", TUE, "12:00", "1969-09-30T13:00:00Z", "1969-10-08T00:00:00Z"},
        /* ahead of UTC by 14 hours */
        {"Pacific/Kiritimati", SUN, "00:00", "2025-11-22T09:59:59Z", "2025-11-22T10:00:00Z"},
        /* no more summer time */
        {"America/Sao_Paulo", SUN, "00:30", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"},
        {"America/Sao_Paulo", SUN, "00:30", "2025-11-03T12:00:00Z", "2025-11-09T03:30:00Z"},
        /* the past */
        {"Europe/Berlin", WED, "10:00", "1945-05-24T12:00:00Z", "1945-05-30T07:00:00Z"},
        {"Europe/London", THU, "12:00", "1970-01-01T00:00:00Z", "1970-01-01T11:00:00Z"},
        {"America/New_York", THU, "23:59", "1969-12-31T23:59:59Z", "1970-01-02T04:59:00Z"},
        {"America/New_York", MON, "12:00", "1850-01-01T00:00:00Z", "1850-01-07T16:56:02Z"},
        /* other forms of names */
        {"CET", SUN, "02:30", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z"},
        {"Etc/GMT+5", SUN, "00:00", "2025-11-22T00:00:00Z", "2025-11-23T05:00:00Z"},
        {"America/Argentina/Buenos_Aires", SUN, "00:00", "2025-11-22T00:00:00Z",
         "2025-11-23T03:00:00Z"},
    };
    check_windows(windows, COUNT(windows));
}

static void windows_of_offsets(void **state)
{
    (void)state;
    static const struct window windows[] = {
        {"UTC", SUN, "00:00", "2025-11-22T00:00:00Z", "2025-11-23T00:00:00Z"},
        {"GMT", SAT, "23:59", "2025-11-22T23:59:00Z", "2025-11-29T23:59:00Z"},
        {"+02:00", MON, "01:00", "2025-11-22T00:00:00Z", "2025-11-23T23:00:00Z"},
        {"UTC+2", MON, "01:00", "2025-11-22T00:00:00Z", "2025-11-23T23:00:00Z"},
        {"UTC+02:00", MON, "01:00", "2025-11-23T23:00:00Z", "2025-11-30T23:00:00Z"},
        {"GMT+02:00", MON, "01:00", "2025-11-23T22:59:59Z", "2025-11-23T23:00:00Z"},
        {"GMT-3", SUN, "22:00", "2025-11-22T00:00:00Z", "2025-11-24T01:00:00Z"},
        {"-05:30", SAT, "20:00", "2025-11-22T00:00:00Z", "2025-11-23T01:30:00Z"},
        {"+18:00", THU, "12:00", "1969-12-31T00:00:00Z", "1969-12-31T18:00:00Z"},
        {"-18:00", THU, "12:00", "1969-12-31T00:00:00Z", "1970-01-02T06:00:00Z"},
    };
    check_windows(windows, COUNT(windows));
}

static int64_t next_ms(const char *zone, int minute, int64_t after_ms)
{
    int64_t at_ms = 0;
    assert_int_equal(time_zone_next(slice_of(zone), SUN, minute, after_ms, &at_ms), RESULT_OK);
    return at_ms;
}

/* Every week has one window, whatever the clock does, also when asked in the middle of a second. */
static void no_week_is_left_out_or_has_two(void **state)
{
    (void)state;
    static const char *const zones[] = {"Europe/Berlin",     "Australia/Lord_Howe", "Pacific/Apia",
                                        "Africa/Casablanca", "America/Santiago",    "-05:30"};
    const int64_t drift_limit_ms = 26 * 3600 * 1000; /* Samoa: a day and an hour of summer time */
    for (size_t i = 0; i < COUNT(zones); i++) {
        for (int minute = 0; minute < 180; minute += 45) {
            int64_t first_ms = next_ms(zones[i], minute, instant_ms("2009-12-31T00:00:00Z"));
            int64_t at_ms = first_ms;
            for (int week = 1; week < 4 * 52; week++) {
                int64_t before_ms = at_ms;
                at_ms = next_ms(zones[i], minute, before_ms);
                int64_t drift_ms = at_ms - (first_ms + week * week_ms);
                assert_true(drift_ms > -drift_limit_ms && drift_ms < drift_limit_ms);
                assert_int_equal(next_ms(zones[i], minute, before_ms + 999), at_ms);
                assert_int_equal(next_ms(zones[i], minute, at_ms - 1), at_ms);
            }
        }
    }
}

static void zones_that_exist(void **state)
{
    (void)state;
    /* clang-format off */
    static const char *const names[] = {
        "UTC", "GMT", "Europe/Berlin", "America/Argentina/Buenos_Aires", "America/Port-au-Prince",
        "CET", "Etc/UTC", "Etc/GMT+5", "Etc/GMT-14", "GMT+0", "GMT-0", "+02:00", "-05:30", "+2",
        "-0:30", "+00:00", "-00:00", "+18:00", "-18", "UTC+2", "UTC+02:00", "UTC-18:00", "GMT-3",
        "GMT+5:45",
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(names); i++)
        if (!time_zone_exists(slice_of(names[i])))
            fail_msg("%s is a zone", names[i]);
}

static void names_that_are_no_zones(void **state)
{
    (void)state;
    /* clang-format off */
    static const char *const names[] = {
        "", "Mars/Base", "Europe/Atlantis", "europe/berlin", "EUROPE/BERLIN", "utc", "UTC ", " UTC",
        "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin", "Europe/Berlin/",
        "Europe/./Berlin", "../zoneinfo/Europe/Berlin", "Europe/../CET", ".", "..", "/",
        "/usr/share/zoneinfo/Europe/Berlin", ":Europe/Berlin", "CET-1CEST", "EST5",
        "CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berl\xC3\xADn", "Europe\\Berlin", "Europe/Berlin\n",
        "posix/Europe/Berlin", "right/Europe/Berlin", "posixrules", "localtime", "leapseconds",
        "leap-seconds.list", "tzdata.zi", "zone.tab", "zone1970.tab", "iso3166.tab", "+", "-", "2",
        "02:00", "+:30", "+2:", "+2:5", "+2:60", "+200", "+0200", "+002:00", "+02:000", "+02:00:00",
        "+2:0a", "+18:01", "-18:01", "+19", "+99:00", "++2", "UTC+", "UTC2", "UTC 2", "UTC+-2",
        "utc+2", "UTC+2 ", "UTCUTC", "GMT/Berlin", "Etc/GMT+5:00",
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(names); i++) {
        int64_t at_ms = 0;
        /* Without a NUL behind it. */
        size_t len = strlen(names[i]);
        char *exact = malloc(len + (len == 0));
        assert_non_null(exact);
        memcpy(exact, names[i], len);
        struct slice zone = {exact, len};
        if (time_zone_exists(zone))
            fail_msg("\"%s\" is no zone", names[i]);
        assert_int_equal(time_zone_next(zone, SUN, 0, 0, &at_ms), RESULT_INVALID);
        free(exact);
    }
    assert_false(time_zone_exists((struct slice){NULL, 0}));
    assert_false(time_zone_exists(SLICE("Europe/Berlin\0")));
    assert_false(time_zone_exists(SLICE("UTC\0")));
}

static void arguments_out_of_range(void **state)
{
    (void)state;
    static const struct {
        int weekday, minute;
        int64_t after_ms;
        enum result wanted;
    } rows[] = {
        {6, 1439, 0, RESULT_OK},
        {-1, 0, 0, RESULT_INVALID},
        {7, 0, 0, RESULT_INVALID},
        {0, -1, 0, RESULT_INVALID},
        {0, 1440, 0, RESULT_INVALID},
        {0, 0, -62135596800000, RESULT_OK},
        {0, 0, -62135596800001, RESULT_INVALID},
        {0, 0, 253402300799999, RESULT_OK},
        {0, 0, 253402300800000, RESULT_INVALID},
        {0, 0, INT64_MAX, RESULT_INVALID},
        {0, 0, INT64_MIN, RESULT_INVALID},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t at_ms = INT64_MIN;
        assert_int_equal(time_zone_next(SLICE("Europe/Berlin"), rows[i].weekday, rows[i].minute,
                                        rows[i].after_ms, &at_ms),
                         rows[i].wanted);
        if (rows[i].wanted == RESULT_OK)
            assert_true(at_ms > rows[i].after_ms && at_ms <= rows[i].after_ms + 2 * week_ms);
    }
}

/* The zone of the process, its environment and what the C library makes of it stay what they are.
 */
static void leaves_the_own_zone_alone(void **state)
{
    (void)state;
    static const char *const own[] = {NULL, "Asia/Tokyo", "XYZ-3", ""};
    for (size_t i = 0; i < COUNT(own); i++) {
        if (own[i])
            assert_int_equal(setenv("TZ", own[i], 1), 0);
        else
            assert_int_equal(unsetenv("TZ"), 0);
        tzset();
        char **environment = environ;
        time_t instant = 1750000000;
        struct tm before, after;
        assert_non_null(localtime_r(&instant, &before));
        int64_t at_ms = 0;
        assert_int_equal(time_zone_next(SLICE("America/New_York"), SUN, 0, 0, &at_ms), RESULT_OK);
        assert_non_null(localtime_r(&instant, &after));
        assert_int_equal(after.tm_gmtoff, before.tm_gmtoff);
        assert_string_equal(after.tm_zone, before.tm_zone);
        assert_ptr_equal(environ, environment);
        if (own[i])
            assert_string_equal(getenv("TZ"), own[i]);
        else
            assert_null(getenv("TZ"));
    }
    unsetenv("TZ");
    tzset();
}

/* A zone directory of our own, for the environment's TZDIR. */
static char directory[] = "/tmp/amazonmq-local-zones-XXXXXX";

static void write_zone(const char *name, const void *content, size_t len)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, len), (ssize_t)len);
    assert_int_equal(close(fd), 0);
}

static char *put_number(char *out, uint64_t number, int bytes)
{
    while (bytes-- > 0)
        *out++ = (char)(number >> 8 * bytes);
    return out;
}

static char *put_header(char *out, uint64_t changes)
{
    memcpy(out, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    memset(out + 20, 0, 12); /* indicators and leap seconds */
    out = put_number(out + 32, changes, 4);
    return put_number(put_number(out, 1, 4), sizeof "CET",
                      4); /* types, characters of their names */
}

static char *put_type(char *out, uint64_t offset_s)
{
    out = put_number(put_number(out, offset_s, 4), 0, 2);
    memcpy(out, "CET", sizeof "CET");
    return out + sizeof "CET";
}

/* A zone file by RFC 9636 that says all about its future in the POSIX form. */
static void write_rules(const char *name, const char *rules)
{
    char file[256];
    char *at = put_type(put_header(file, 0), 3600); /* for readers of version 1 */
    at = put_number(put_header(at, 1), 0, 8);       /* from 1970 on, */
    at = put_type(put_number(at, 0, 1), 3600);      /* one hour ahead */
    at += snprintf(at, 64, "\n%s\n", rules);
    write_zone(name, file, (size_t)(at - file));
}

static int make_directory(void **state)
{
    (void)state;
    char path[128];
    assert_non_null(mkdtemp(directory));
    static const char *const folders[] = {"Test", "posix", "right", "Test/Folder", "Asia"};
    for (size_t i = 0; i < COUNT(folders); i++) {
        snprintf(path, sizeof path, "%s/%s", directory, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    static const char *const zones[] = {"Test/Rules", "posix/Rules",  "right/Rules", "posixrules",
                                        "localtime",  "Dotted.Rules", "leapseconds"};
    for (size_t i = 0; i < COUNT(zones); i++)
        write_rules(zones[i], "CET-1CEST,M3.5.0,M10.5.0/3");
    write_rules(LONGEST_NAME, "CET-1");
    write_rules(LONGEST_NAME "A", "CET-1");
    write_zone("Test/Text", "Rule of thumb", 13);
    write_zone("Test/Short", "TZi", 3);
    write_zone("Test/Empty", "", 0);
    write_zone("Test/Broken", "TZif2 and no more", 17);
    write_rules("Asia/Tokyo", "CET-3");
    write_zone("Asia/Dubai", "TZif2 and no more", 17);
    snprintf(path, sizeof path, "%s/Test/Pipe", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/Test/Link", directory);
    assert_int_equal(symlink("Rules", path), 0);
    return setenv("TZDIR", directory, 1);
}

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    (void)status, (void)flag, (void)walk;
    return remove(path);
}

static int remove_directory(void **state)
{
    (void)state;
    return unsetenv("TZDIR") || nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Berlin's rules as they are in 2025, whatever becomes of the real ones. */
static void windows_of_the_far_future(void **state)
{
    (void)state;
    static const struct window windows[] = {
        {"Test/Rules", SUN, "02:30", "2100-03-27T12:00:00Z", "2100-03-28T01:00:00Z"},
        {"Test/Rules", SUN, "02:30", "2100-03-28T01:00:00Z", "2100-04-04T00:30:00Z"},
        {"Test/Rules", SUN, "02:30", "2100-10-30T12:00:00Z", "2100-10-31T00:30:00Z"},
        {"Test/Rules", SUN, "02:30", "2100-10-31T00:30:00Z", "2100-11-07T01:30:00Z"},
        {"Test/Rules", MON, "00:00", "2500-07-01T00:00:00Z", "2500-07-04T22:00:00Z"},
        {"Test/Rules", MON, "00:00", "9990-07-01T00:00:00Z", "9990-07-01T22:00:00Z"},
    };
    check_windows(windows, COUNT(windows));
}

static void only_zone_files_are_zones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool wanted;
    } rows[] = {
        {"Test/Rules", true},      {"Test/Link", true},     {LONGEST_NAME, true},
        {LONGEST_NAME "A", false}, {"Test", false},         {"Test/Folder", false},
        {"Test/Pipe", false},      {"Test/Text", false},    {"Test/Short", false},
        {"Test/Empty", false},     {"Test/None", false},    {"Test/Rules/More", false},
        {"posix/Rules", false},    {"right/Rules", false},  {"posixrules", false},
        {"localtime", false},      {"Dotted.Rules", false}, {"Test/../Test/Rules", false},
        {"Test/Broken", false},    {"UTC", true},           {"+02:00", true},
        {"Europe/Berlin", true}, /* compiled in */
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (time_zone_exists(slice_of(rows[i].name)) != rows[i].wanted)
            fail_msg("%s: %s", rows[i].name, rows[i].wanted ? "is a zone" : "is no zone");
}

/* The C library would take an unreadable zone for UTC. */
static void a_broken_file_is_reported(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        int64_t at_ms = 0;
        assert_int_equal(time_zone_next(SLICE("Test/Broken"), SUN, 0, 0, &at_ms), RESULT_SYSTEM);
        assert_int_equal(time_zone_next(SLICE("Test/Rules"), THU, 60, 0, &at_ms), RESULT_OK);
        assert_int_equal(at_ms, week_ms); /* at 1970 itself it is Thursday, 01:00 */
    }
}

static void no_free_descriptor_is_no_missing_zone(void **state)
{
    (void)state;
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){0, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int64_t at_ms = 0;
    enum result result = time_zone_next(SLICE("Test/Rules"), SUN, 0, 0, &at_ms);
    enum result offset = time_zone_next(SLICE("+01:00"), SUN, 0, 0, &at_ms);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result, RESULT_SYSTEM);
    assert_int_equal(offset, RESULT_OK);
}

/* The system's file is used where there is one, unless it is broken. */
static void the_system_is_preferred(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *at;
    } rows[] = {
        {"Europe/Berlin", "2025-07-21T00:00:00Z"}, /* not in the directory */
        {"Asia/Tokyo", "2025-07-20T23:00:00Z"},    /* another offset there */
        {"Asia/Dubai", "2025-07-20T22:00:00Z"},    /* broken there */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct window row = {rows[i].zone, MON, "02:00", "2025-07-16T12:00:00Z", rows[i].at};
        check_windows(&row, 1);
    }
}

/* Only an absolute TZDIR counts. */
static void other_directories(void **state)
{
    (void)state;
    static const char *const others[] = {"", "zones", NULL};
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(others[i] ? setenv("TZDIR", others[i], 1) : unsetenv("TZDIR"), 0);
        assert_string_equal(time_zone_directory(), "/usr/share/zoneinfo");
    }
    static char endless[2 * PATH_MAX];
    memset(endless, '/', sizeof endless - 1);
    assert_int_equal(setenv("TZDIR", endless, 1), 0);
    bool found = time_zone_exists(SLICE("Test/Rules"));
    assert_int_equal(setenv("TZDIR", directory, 1), 0);
    assert_string_equal(time_zone_directory(), directory);
    assert_false(found);
}

int main(void)
{
    const struct CMUnitTest of_the_database[] = {
        cmocka_unit_test(windows_of_the_zone_database),   cmocka_unit_test(windows_of_offsets),
        cmocka_unit_test(no_week_is_left_out_or_has_two), cmocka_unit_test(zones_that_exist),
        cmocka_unit_test(names_that_are_no_zones),        cmocka_unit_test(arguments_out_of_range),
        cmocka_unit_test(leaves_the_own_zone_alone),
    };
    const struct CMUnitTest of_a_directory[] = {
        cmocka_unit_test(windows_of_the_far_future),
        cmocka_unit_test(only_zone_files_are_zones),
        cmocka_unit_test(a_broken_file_is_reported),
        cmocka_unit_test(no_free_descriptor_is_no_missing_zone),
        cmocka_unit_test(the_system_is_preferred),
        cmocka_unit_test(other_directories),
    };
    int failed = cmocka_run_group_tests_name("time_zone", of_the_database, NULL, NULL);
    return failed + cmocka_run_group_tests_name("time_zone, own directory", of_a_directory,
                                                make_directory, remove_directory);
}
