/* control/metrics: where a call is counted, and the text. */
#include "support.h"

#include "observe/metrics.h"
#include "mq/operations.h"
#include "store/store.h"

static const char *text_of(const struct metrics *metrics, struct buffer *out)
{
    struct store_counts counts = {
        .brokers = 2, .users = 3, .configurations = 4, .commits = 5, .memory_bytes = 6};
    buffer_clear(out);
    metrics_write(metrics, &counts, NULL, out);
    assert_int_equal(out->failed, RESULT_OK);
    return out->data;
}

static void expect_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);
    if (!at || (at > text && at[-1] != '\n') || at[strlen(line)] != '\n')
        fail_msg("%s\nis not in\n%s", line, text);
}

static void calls_are_counted_where_they_belong(void **state)
{
    (void)state;
    struct metrics *metrics = calloc(1, sizeof *metrics);
    struct buffer out;
    char line[200];
    assert_non_null(metrics);
    assert_true(operation_count < METRICS_OPERATIONS);
    metrics_init(metrics, operations, operation_count);
    buffer_init(&out, 1 << 20);
    for (size_t i = 0; i < operation_count; i++)
        for (size_t n = 0; n <= i; n++)
            metrics_count(metrics, &operations[i], 599, 1);
    metrics_count(metrics, NULL, 100, 1);
    metrics_count(metrics, NULL, 99, 1); /* no status there is: only the time counts */
    metrics_count(metrics, NULL, 600, 1);
    const char *text = text_of(metrics, &out);
    for (size_t i = 0; i < operation_count; i++) {
        snprintf(line, sizeof line,
                 "amazonmq_local_requests_total{operation=\"%s\",status=\"599\"} %zu",
                 operations[i].name, i + 1);
        expect_line(text, line);
    }
    expect_line(text, "amazonmq_local_requests_total{operation=\"\",status=\"100\"} 1");
    expect_line(text, "amazonmq_local_rows{table=\"broker\"} 2");
    expect_line(text, "amazonmq_local_rows{table=\"user\"} 3");
    expect_line(text, "amazonmq_local_rows{table=\"configuration\"} 4");
    expect_line(text, "amazonmq_local_commits_total 5");
    expect_line(text, "amazonmq_local_sqlite_memory_bytes 6");
    buffer_close(&out);
    free(metrics);
}

static void the_histogram_is_cumulative(void **state)
{
    (void)state;
#define NAME "amazonmq_local_request_duration_seconds"
    struct metrics *metrics = calloc(1, sizeof *metrics);
    struct buffer out;
    assert_non_null(metrics);
    buffer_init(&out, 1 << 20);
    static const int64_t durations_us[] = {0, 50, 51, 100, 1000, 1001, 5000000, 5000001};
    for (size_t i = 0; i < COUNT(durations_us); i++)
        metrics_count(metrics, NULL, 200, durations_us[i]);
    const char *text = text_of(metrics, &out);
    expect_line(text, NAME "_bucket{le=\"5e-05\"} 2");
    expect_line(text, NAME "_bucket{le=\"0.0001\"} 4");
    expect_line(text, NAME "_bucket{le=\"0.0005\"} 4");
    expect_line(text, NAME "_bucket{le=\"0.001\"} 5");
    expect_line(text, NAME "_bucket{le=\"0.0025\"} 6");
    expect_line(text, NAME "_bucket{le=\"5\"} 7");
    expect_line(text, NAME "_bucket{le=\"+Inf\"} 8");
    expect_line(text, NAME "_count 8");
    expect_line(text, NAME "_sum 10.002203");
    buffer_close(&out);
    free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_counted_where_they_belong),
        cmocka_unit_test(the_histogram_is_cumulative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
