/* Every call, when one of its calls to the file system fails. */
#include "anomaly.h"

static void warm(struct anomaly *anomaly, const struct anomaly_call *call)
{
    static const struct {
        int error;
        bool torn;
    } writes[] = {{SQLITE_IOERR_WRITE, true}, {SQLITE_FULL, false}};
    for (size_t i = 0; i < COUNT(writes); i++) {
        fault.write_error = writes[i].error;
        fault.torn = writes[i].torn;
        sweep(anomaly, call, FAULT_DISK, false, 1);
        sweep(anomaly, call, FAULT_DISK, true, 1);
    }
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
            warm(&anomaly, &anomaly_calls[i]);
    }
    print_message("%ld calls to the disk failed\n", anomaly.points);
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
