/* http/delays against a model that looks at every delay. */
#include "support.h"

#include "http/delays.h"

enum { EXCHANGES = 400 };

static int64_t due_ms[EXCHANGES]; /* -1: does not wait */
static char exchanges[EXCHANGES]; /* their addresses stand for exchanges */

static int64_t model_next(void)
{
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < EXCHANGES; i++)
        if (due_ms[i] >= 0 && due_ms[i] < next_ms)
            next_ms = due_ms[i];
    return next_ms;
}

/* Takes all that is due, in the order of time. */
static size_t take_due(struct delays *delays, int64_t now_ms)
{
    size_t taken = 0;
    for (char *what; (what = delays_take(delays, now_ms)); taken++) {
        size_t i = (size_t)(what - exchanges);
        assert_true(i < EXCHANGES && due_ms[i] >= 0);
        assert_int_equal(due_ms[i], model_next());
        assert_true(due_ms[i] <= now_ms);
        due_ms[i] = -1;
    }
    assert_true(model_next() > now_ms);
    return taken;
}

static void agrees_with_the_model(void **state)
{
    (void)state;
    struct delays delays = {.heap = NULL};
    struct prng prng = {99};
    size_t waiting = 0;
    int64_t now_ms = 0;
    memset(due_ms, -1, sizeof due_ms);
    for (int step = 0; step < 3000; step++) {
        size_t i = prng_below(&prng, EXCHANGES);
        if (due_ms[i] < 0) {
            due_ms[i] = now_ms + (int64_t)prng_below(&prng, 300);
            assert_int_equal(delays_add(&delays, due_ms[i], &exchanges[i]), RESULT_OK);
            waiting++;
        }
        if (prng_below(&prng, 10) == 0) {
            size_t left = prng_below(&prng, EXCHANGES); /* maybe one that does not wait */
            delays_remove(&delays, &exchanges[left]);
            waiting -= due_ms[left] >= 0;
            due_ms[left] = -1;
        }
        if (prng_below(&prng, 3) == 0)
            now_ms += (int64_t)prng_below(&prng, 4);
        waiting -= take_due(&delays, now_ms);
        assert_int_equal(delays.count, waiting);
        assert_true(delays_next_ms(&delays) == model_next());
    }
    assert_true(waiting > 50);
    assert_int_equal(take_due(&delays, INT64_MAX - 1), waiting);
    delays_close(&delays);
}

static void an_empty_heap_has_nothing(void **state)
{
    (void)state;
    struct delays delays = {.heap = NULL};
    assert_null(delays_take(&delays, INT64_MAX));
    assert_true(delays_next_ms(&delays) == INT64_MAX);
    assert_int_equal(delays_add(&delays, 5, &exchanges[0]), RESULT_OK);
    assert_null(delays_take(&delays, 4));
    assert_ptr_equal(delays_take(&delays, 5), &exchanges[0]);
    assert_null(delays_take(&delays, 5));
    delays_close(&delays);
    delays_close(&delays);
    assert_int_equal(delays_add(&delays, 1, &exchanges[1]), RESULT_OK);
    delays_close(&delays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_model),
        cmocka_unit_test(an_empty_heap_has_nothing),
    };
    return cmocka_run_group_tests_name("delays", tests, NULL, NULL);
}
