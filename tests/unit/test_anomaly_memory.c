/* Every call, when one of its allocations fails: the server's, or SQLite's. */
#include "anomaly.h"

#include "failing_heap.h"

static void sweep_both(struct anomaly *anomaly, const struct anomaly_call *call, unsigned kinds,
                       long stride)
{
    sweep(anomaly, call, kinds, false, stride);
    sweep(anomaly, call, kinds, true, stride);
}

/* Makes each allocation of every call fail, alone and with all that follow. */
static void fail_each(unsigned kinds, long stride)
{
    struct anomaly anomaly;
    struct sample_call sample;
    struct anomaly_call call;
    anomaly_open(&anomaly);
    stride = anomaly_stride(stride);
    for (size_t i = 0; i < COUNT(anomaly_calls); i++)
        sweep_both(&anomaly, &anomaly_calls[i], kinds, stride);
    for (size_t at = 0; find_left_out(&anomaly, &at, &sample, &call);)
        sweep_both(&anomaly, &call, kinds, stride);
    print_message("%ld allocations failed\n", anomaly.points);
    assert_true(anomaly.points > 1000);
    assert_int_equal(anomaly.breaches, 0);
    anomaly_close(&anomaly);
}

static void each_allocation_of_the_server_fails(void **state)
{
    (void)state;
    fail_each(FAULT_HEAP, 0);
}

static void each_allocation_of_sqlite_fails(void **state)
{
    (void)state;
    fail_each(FAULT_SQLITE, 10);
}

static int set_up(void **state)
{
    (void)state;
    install_memory();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_of_the_server_fails),
        cmocka_unit_test(each_allocation_of_sqlite_fails),
    };
    return cmocka_run_group_tests_name("anomaly_memory", tests, set_up, NULL);
}
