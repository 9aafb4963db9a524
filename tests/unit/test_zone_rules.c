/* base/zone_rules: the zones that are compiled in, against the C library's reading of the system's
 * files, and damaged files. */
#include "support.h"

#include <limits.h>
#include <time.h>
#include <unistd.h>

#include "base/time_zone.h"
#include "base/zone_compiled.h"
#include "base/zone_rules.h"

enum { INSTANTS_MAX = 4000, DAY_S = 86400 };

static const int64_t last_s = 4417977600; /* 2110-01-01 */

struct instants {
    int64_t at_s[INSTANTS_MAX], offset_s[INSTANTS_MAX];
    int count;
};

static void add_instant(struct instants *instants, int64_t at_s)
{
    assert_in_range(instants->count, 0, INSTANTS_MAX - 1);
    if (at_s >= 0)
        instants->at_s[instants->count++] = at_s;
}

/* All 20 days, and on both sides of each transition of the file. */
static void choose_instants(struct instants *instants, const struct zone_rules *rules)
{
    instants->count = 0;
    for (int64_t at_s = 0; at_s < last_s; at_s += 20 * DAY_S)
        add_instant(instants, at_s);
    for (size_t i = 0; i < rules->time_count; i++) {
        uint64_t at = 0;
        for (int j = 0; j < 8; j++)
            at = at << 8 | (unsigned char)rules->times[8 * i + (size_t)j];
        add_instant(instants, (int64_t)at - 1);
        add_instant(instants, (int64_t)at);
    }
}

static int64_t offset_by_library(int64_t at_s)
{
    struct tm local;
    time_t instant = at_s;
    assert_non_null(localtime_r(&instant, &local));
    return local.tm_gmtoff;
}

static void use_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void compiled_zones_are_those_of_the_system(void **state)
{
    (void)state;
    static struct instants instants;
    int compared = 0;
    for (const char *name = zone_names; *name; name += strlen(name) + 1) {
        char path[PATH_MAX];
        struct zone_rules rules;
        if (!zone_rules_read(&rules, zone_compiled(slice_of(name))))
            fail_msg("%s cannot be read", name);
        snprintf(path, sizeof path, ":%s/%s", time_zone_directory(), name);
        if (access(path + 1, R_OK) != 0)
            continue; /* Debian has some names in a package of their own */
        choose_instants(&instants, &rules);
        use_zone(path);
        for (int i = 0; i < instants.count; i++)
            instants.offset_s[i] = offset_by_library(instants.at_s[i]);
        use_zone(rules.rule);
        for (int i = 0; i < instants.count; i++) {
            int64_t offset_s = 0;
            if (!zone_rules_find(&rules, instants.at_s[i], &offset_s))
                offset_s = offset_by_library(instants.at_s[i]);
            if (offset_s != instants.offset_s[i])
                fail_msg("%s at %lld: %lld, and not %lld s", name, (long long)instants.at_s[i],
                         (long long)offset_s, (long long)instants.offset_s[i]);
        }
        compared++;
    }
    unsetenv("TZ");
    tzset();
    assert_in_range(compared, 300, 1000);
}

static void names_that_are_not_compiled(void **state)
{
    (void)state;
    static const char *const names[] = {"", "Europe", "Europe/Berlin/", "europe/berlin",
                                        "zone.tab"};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_null(zone_compiled(slice_of(names[i])).data);
    assert_null(zone_compiled((struct slice){NULL, 0}).data);
    assert_non_null(zone_compiled(SLICE("US/Eastern")).data);
}

/* Cut off anywhere, or with any byte changed: refused, or read within its bounds. */
static void damaged_files(void **state)
{
    (void)state;
    struct slice file = zone_compiled(SLICE("Europe/Berlin"));
    for (size_t len = 0; len < file.len; len++) {
        char *part = malloc(len + 1); /* the sanitizer sees what is read behind it */
        struct zone_rules rules;
        assert_non_null(part);
        memcpy(part, file.data, len);
        bool good = zone_rules_read(&rules, (struct slice){part, len});
        free(part);
        assert_false(good);
    }
    for (size_t at = 0; at < file.len; at++)
        for (int bit = 0; bit < 8; bit++) {
            char *copy = malloc(file.len);
            struct zone_rules rules;
            int64_t offset_s = 0;
            assert_non_null(copy);
            memcpy(copy, file.data, file.len);
            copy[at] = (char)(copy[at] ^ 1 << bit);
            if (zone_rules_read(&rules, (struct slice){copy, file.len}))
                for (int64_t at_s = -last_s; at_s < last_s; at_s += 1000 * DAY_S)
                    zone_rules_find(&rules, at_s, &offset_s);
            free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiled_zones_are_those_of_the_system),
        cmocka_unit_test(names_that_are_not_compiled),
        cmocka_unit_test(damaged_files),
    };
    return cmocka_run_group_tests_name("zone_rules", tests, NULL, NULL);
}
