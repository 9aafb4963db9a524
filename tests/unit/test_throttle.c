/* gate/throttle: the burst, the rate, the worlds. */
#include "support.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_then_the_rate),
        cmocka_unit_test(it_fills_up_to_the_burst_and_no_further),
        cmocka_unit_test(worlds_have_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
