/* gate/throttle: the burst, the rate, the worlds. */
#include "support.h"

#include "base/text.h"
#include "gate/throttle.h"

static const struct slice account = SLICE_INIT("123456789012"), region = SLICE_INIT("us-east-1");

/* How many of `calls` calls at that time are within the quota. */
static int take(struct throttle *throttle, int calls, int64_t now_us)
{
    int within = 0;
    for (int i = 0; i < calls; i++)
        within += throttle_take(throttle, account, region, now_us);
    return within;
}

static void a_burst_then_the_rate(void **state)
{
    (void)state;
    struct throttle throttle = {0};
    assert_int_equal(take(&throttle, 500, 1000000), THROTTLE_BURST);
    assert_int_equal(take(&throttle, 500, 1000000 + 66000), 0);
    assert_int_equal(take(&throttle, 500, 1000000 + 67000), 1);
    assert_int_equal(take(&throttle, 500, 2000001), THROTTLE_RATE - 1);
    assert_int_equal(take(&throttle, 500, 4000002), 2 * THROTTLE_RATE);
}

static void it_fills_up_to_the_burst_and_no_further(void **state)
{
    (void)state;
    struct throttle throttle = {0};
    assert_int_equal(take(&throttle, 500, 1), THROTTLE_BURST);
    assert_int_equal(take(&throttle, 1000, INT64_C(3600000000)), THROTTLE_BURST);
}

static void worlds_have_their_own(void **state)
{
    (void)state;
    struct throttle throttle = {0};
    assert_int_equal(take(&throttle, 500, 1), THROTTLE_BURST);
    assert_true(throttle_take(&throttle, account, SLICE("us-west-2"), 1));
    assert_true(throttle_take(&throttle, SLICE("210987654321"), region, 1));
    assert_false(throttle_take(&throttle, account, region, 1));
}

static size_t place_of(struct slice other)
{
    return text_hash(text_hash(TEXT_HASH, account), other) % THROTTLE_WORLDS;
}

static void worlds_with_the_same_hash_have_their_own(void **state)
{
    (void)state;
    struct throttle throttle = {0};
    char name[16];
    int number = 0;
    do
        snprintf(name, sizeof name, "r-%d", number);
    while (place_of(slice_of(name)) != place_of(region) && number++ < 1000000);
    assert_int_equal(place_of(slice_of(name)), place_of(region));
    assert_int_equal(take(&throttle, 500, 1), THROTTLE_BURST);
    for (int i = 0; i < THROTTLE_BURST; i++)
        assert_true(throttle_take(&throttle, account, slice_of(name), 1));
    assert_false(throttle_take(&throttle, account, slice_of(name), 1));
    assert_int_equal(take(&throttle, 500, 2000001), 2 * THROTTLE_RATE);
}

/* How many of `count` worlds may make a call, each its first. */
static int take_of_others(struct throttle *throttle, int count, const char *prefix, int64_t now_us)
{
    int within = 0;
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s-%d", prefix, i);
        within += throttle_take(throttle, account, slice_of(name), now_us);
    }
    return within;
}

static void more_worlds_than_places(void **state)
{
    (void)state;
    struct throttle throttle = {0};
    const int count = 3 * THROTTLE_WORLDS;
    assert_int_equal(take(&throttle, 500, 1), THROTTLE_BURST);
    assert_int_equal(take_of_others(&throttle, count, "all-at-once", 1), count);
    assert_int_equal(take(&throttle, 500, 1), 0); /* it has used most: it keeps its place */
    /* The buckets of the others are full again by now, and make room. */
    assert_int_equal(take_of_others(&throttle, THROTTLE_WORLDS - 1, "later", 100001),
                     THROTTLE_WORLDS - 1);
    assert_int_equal(take(&throttle, 500, 100001), 1);
    for (int i = 0; i < THROTTLE_BURST - 1; i++)
        assert_int_equal(take_of_others(&throttle, THROTTLE_WORLDS - 1, "later", 100001),
                         THROTTLE_WORLDS - 1);
    assert_int_equal(take_of_others(&throttle, THROTTLE_WORLDS - 1, "later", 100001), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_then_the_rate),
        cmocka_unit_test(it_fills_up_to_the_burst_and_no_further),
        cmocka_unit_test(worlds_have_their_own),
        cmocka_unit_test(worlds_with_the_same_hash_have_their_own),
        cmocka_unit_test(more_worlds_than_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
