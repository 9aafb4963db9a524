/* Every call, when one of its calls to the file system fails. */
#include "anomaly.h"

/* What fails at each place: one call, a write in the middle; or the disk is full from there on. */
static void fail_call(struct anomaly *anomaly, const struct anomaly_call *call, unsigned kinds)
{
    fault.torn = true;
    fault.write_error = SQLITE_IOERR_WRITE;
    sweep(anomaly, call, kinds, false, 0);
    fault.torn = false;
    fault.write_error = SQLITE_FULL;
    sweep(anomaly, call, kinds, true, 0);
}

static void fail_each(struct anomaly *anomaly, unsigned kinds)
{
    struct sample_call sample;
    struct anomaly_call call;
    memset(anomaly->called, 0, sizeof anomaly->called);
    for (size_t i = 0; i < COUNT(anomaly_calls); i++)
        fail_call(anomaly, &anomaly_calls[i], kinds);
    for (size_t at = 0; find_left_out(anomaly, &at, &sample, &call);)
        fail_call(anomaly, &call, kinds);
}

static void each_call_to_the_disk_fails(void **state)
{
    (void)state;
    struct anomaly anomaly;
    install_disk();
    anomaly_open(&anomaly);
    fail_each(&anomaly, FAULT_DISK);
    anomaly.cold = true; /* there is something to read */
    fail_each(&anomaly, anomaly_stride(1) == 0 ? FAULT_DISK : FAULT_READ);
    print_message("%ld calls to the disk failed\n", anomaly.points);
    assert_true(anomaly.points > 1000);
    assert_int_equal(anomaly.breaches, 0);
    assert_int_equal(fault.shared, 0); /* the server's locking mode does without shared memory */
    anomaly_close(&anomaly);
    sqlite3_vfs_unregister(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_to_the_disk_fails),
    };
    return cmocka_run_group_tests_name("anomaly_disk", tests, NULL, NULL);
}
