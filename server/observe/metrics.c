#include "observe/metrics.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/operation.h"
#include "api/slots.h"
#include "store/store.h"

static const int64_t bucket_us[METRICS_BUCKETS] = {
    50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000, 250000, 500000, 1000000, 5000000};

void metrics_init(struct metrics *metrics, const struct operation *operations, size_t count)
{
    memset(metrics, 0, sizeof *metrics);
    metrics->operations = operations;
    metrics->operation_count = count;
}

void metrics_count(struct metrics *metrics, const struct operation *operation, int status,
                   int64_t duration_us)
{
    size_t row = operation && operation->name ? (size_t)(operation - metrics->operations)
                                              : METRICS_OPERATIONS - 1;
    size_t bucket = 0;
    if (status >= 100 && status < 100 + METRICS_STATUSES)
        metrics->requests[row][status - 100]++;
    while (bucket < METRICS_BUCKETS && duration_us > bucket_us[bucket])
        bucket++;
    if (bucket < METRICS_BUCKETS)
        metrics->buckets[bucket]++;
    metrics->duration_us += (uint64_t)duration_us;
    metrics->count++;
}

static void write_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP amazonmq_local_%s %s\n# TYPE amazonmq_local_%s %s\n", name, help,
                  name, type);
}

static void write_requests(const struct metrics *metrics, struct buffer *out)
{
    write_head(out, "requests_total", "counter", "Requests answered.");
    for (size_t row = 0; row < METRICS_OPERATIONS; row++)
        for (size_t status = 0; status < METRICS_STATUSES; status++)
            if (metrics->requests[row][status] > 0)
                buffer_printf(
                    out, "amazonmq_local_requests_total{operation=\"%s\",status=\"%zu\"} %llu\n",
                    row < metrics->operation_count ? metrics->operations[row].name : "",
                    status + 100, (unsigned long long)metrics->requests[row][status]);
}

static void write_histogram(const struct metrics *metrics, struct buffer *out)
{
    static const char name[] = "amazonmq_local_request_duration_seconds";
    uint64_t so_far = 0;
    write_head(out, "request_duration_seconds", "histogram", "From the request line to the reply.");
    for (size_t i = 0; i < METRICS_BUCKETS; i++) {
        so_far += metrics->buckets[i];
        buffer_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name, (double)bucket_us[i] / 1e6,
                      (unsigned long long)so_far);
    }
    buffer_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %.6f\n%s_count %llu\n", name,
                  (unsigned long long)metrics->count, name, (double)metrics->duration_us / 1e6,
                  name, (unsigned long long)metrics->count);
}

static void write_number(struct buffer *out, const char *name, const char *type, const char *help,
                         int64_t value)
{
    write_head(out, name, type, help);
    buffer_printf(out, "amazonmq_local_%s %lld\n", name, (long long)value);
}

static int memory_file = -1; /* stays open */

void metrics_open(void)
{
    if (memory_file < 0)
        memory_file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

/* 0 if there is no /proc. */
static int64_t resident_bytes(void)
{
    char text[100] = "", *resident = text;
    metrics_open();
    if (pread(memory_file, text, sizeof text - 1, 0) > 0)
        (void)strtoll(text, &resident, 10); /* skips the total size */
    return strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static void write_slots(const struct slots *slots, struct buffer *out)
{
    static const struct {
        const char *name, *type, *help;
    } rows[] = {{"broker_process_up", "gauge", "1 if the process of the slot's broker is up."},
                {"broker_process_restarts", "gauge",
                 "How often the process has ended by itself, since the broker has the slot."}};
    for (size_t row = 0; slots && row < 2; row++) {
        write_head(out, rows[row].name, rows[row].type, rows[row].help);
        for (size_t i = 0; i < slots->count; i++) {
            const struct slot *slot = &slots->items[i];
            buffer_printf(out, "amazonmq_local_%s{slot=\"%zu\"} %lld\n", rows[row].name, i,
                          row ? (long long)slot->restarts : slot->state == SLOT_UP);
        }
    }
}

void metrics_write(const struct metrics *metrics, const struct store_counts *counts,
                   const struct slots *slots, struct buffer *out)
{
    write_requests(metrics, out);
    write_histogram(metrics, out);
    write_number(out, "connections", "gauge", "Connections open.", (int64_t)metrics->connections);
    write_number(out, "ticks_total", "counter", "Rounds of the loop.", (int64_t)metrics->ticks);
    write_number(out, "commits_total", "counter", "Transactions committed.", counts->commits);
    write_head(out, "rows", "gauge", "Rows of the store.");
    buffer_printf(out, "amazonmq_local_rows{table=\"broker\"} %lld\n", (long long)counts->brokers);
    buffer_printf(out, "amazonmq_local_rows{table=\"user\"} %lld\n", (long long)counts->users);
    buffer_printf(out, "amazonmq_local_rows{table=\"configuration\"} %lld\n",
                  (long long)counts->configurations);
    write_slots(slots, out);
    write_number(out, "sqlite_memory_bytes", "gauge", "Memory SQLite has allocated.",
                 counts->memory_bytes);
    write_number(out, "resident_memory_bytes", "gauge", "Memory of the process.", resident_bytes());
}
