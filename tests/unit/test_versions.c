/* mq/versions: versions are compared by their numbers. */
#include "support.h"

#include "mq/versions.h"

/* Each older than the next; those with `=` before them are as old as the one before. */
static const char *const in_order[] = {
    "",
    "=0",
    "=0.0",
    "=000",
    "0.0.1",
    "0.9",
    "0.10",
    "1",
    "=1.0",
    "=01",
    "=1.",
    "=1..0",
    "1.0.1",
    "3.8.22",
    "3.12",
    "3.13",
    "=3.013",
    "4.2",
    "4.3",
    "5.9",
    "5.15.6",
    "5.17.6",
    "5.17.16",
    "5.18",
    "=5.18.",
    "5.19",
    "5.19.1",
    "5.19.9",
    "5.20",
    "10",
    "10.0.0.1",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
};

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void every_pair(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(in_order); i++) {
        for (size_t j = 0; j < COUNT(in_order); j++) {
            const char *left = in_order[i] + (in_order[i][0] == '=');
            const char *right = in_order[j] + (in_order[j][0] == '=');
            size_t low = i < j ? i : j, high = i < j ? j : i;
            bool equal = true;
            for (size_t k = low + 1; k <= high; k++)
                equal = equal && in_order[k][0] == '=';
            int wanted = equal ? 0 : i < j ? -1 : 1;
            char *a = exact_copy(slice_of(left)), *b = exact_copy(slice_of(right));
            if (sign(version_compare(slice_of(a), slice_of(b))) != wanted)
                fail_msg("\"%s\" and \"%s\": not %d", left, right, wanted);
            assert_int_equal(version_at_least(slice_of(a), slice_of(b)), wanted >= 0);
            free(a);
            free(b);
        }
    }
}

static void absent_is_the_oldest(void **state)
{
    (void)state;
    static const struct slice absent = {NULL, 0};
    assert_int_equal(version_compare(absent, absent), 0);
    assert_int_equal(version_compare(absent, SLICE("0")), 0);
    assert_true(version_compare(absent, SLICE("0.1")) < 0);
    assert_true(version_compare(SLICE("0.1"), absent) > 0);
    assert_true(version_at_least(SLICE("5.18"), absent));
    assert_false(version_at_least(absent, SLICE("5.18")));
}

static void minor_versions(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"3.13.7", "3.13"}, {"5.19.1.2", "5.19"}, {"4.2", "4.2"},
                                           {"4", "4"},         {"4.", "4."},         {"", ""},
                                           {"5..1", "5."}};
    for (size_t i = 0; i < COUNT(cases); i++)
        if (!slice_equal(version_minor(slice_of(cases[i][0])), slice_of(cases[i][1])))
            fail_msg("%s", cases[i][0]);
}

/* Slices are not terminated: nothing behind them counts. */
static void only_the_slice_counts(void **state)
{
    (void)state;
    const char text[] = "5.18.7";
    assert_int_equal(version_compare((struct slice){text, 4}, SLICE("5.18")), 0);
    assert_int_equal(version_compare((struct slice){text, 3}, SLICE("5.1")), 0);
    assert_int_equal(version_compare((struct slice){text, 5}, SLICE("5.18")), 0);
    assert_true(version_compare((struct slice){text, 6}, SLICE("5.18")) > 0);
}

static void thresholds_of_the_service(void **state)
{
    (void)state;
    assert_true(version_at_least(SLICE("5.17.6"), SLICE("5.17.6")));
    assert_true(version_at_least(SLICE("5.18"), SLICE("5.17.6")));
    assert_false(version_at_least(SLICE("5.17"), SLICE("5.17.6")));
    assert_false(version_at_least(SLICE("5.9"), SLICE("5.18")));
    assert_true(version_at_least(SLICE("3.13"), SLICE("3.13")));
    assert_true(version_at_least(SLICE("4.2"), SLICE("4")));
    assert_false(version_at_least(SLICE("3.13"), SLICE("4")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair),
        cmocka_unit_test(absent_is_the_oldest),
        cmocka_unit_test(minor_versions),
        cmocka_unit_test(only_the_slice_counts),
        cmocka_unit_test(thresholds_of_the_service),
    };
    return cmocka_run_group_tests_name("versions", tests, NULL, NULL);
}
