/* Every call, when one of its calls to the file system fails. */
#include "anomaly.h"

/* What fails at each place: one call, a write in the middle; or the disk is full from there on. */
static void fail_each(struct anomaly *anomaly, const struct anomaly_call *call)
{
    fault.torn = true;
    fault.write_error = SQLITE_IOERR_WRITE;
    sweep(anomaly, call, FAULT_DISK, false, 0);
    fault.torn = false;
    fault.write_error = SQLITE_FULL;
    sweep(anomaly, call, FAULT_DISK, true, 0);
}

static void each_call_to_the_disk_fails(void **state)
{
    (void)state;
    struct anomaly anomaly;
    install_disk();
    anomaly_open(&anomaly);
    for (int cold = 0; cold < 2; cold++) {
        anomaly.cold = cold;
        for (size_t i = 0; i < COUNT(anomaly_calls); i++)
            fail_each(&anomaly, &anomaly_calls[i]);
    }
    print_message("%ld calls to the disk failed\n", anomaly.points);
    assert_true(anomaly.points > 1000);
    check_all_called(&anomaly);
    assert_int_equal(anomaly.breaches, 0);
    assert_int_equal(fault.shared, 0);
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
