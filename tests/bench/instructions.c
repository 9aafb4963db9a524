/* Every operation, from the gate to the commit, on fixed inputs; callgrind counts the instructions
 * of each and dumps them under the operation's name. Started by tests/bench/instructions. */
#include "../unit/costs.h"
#include "../unit/sample_calls.h"

#include <valgrind/callgrind.h>

#include "base/clock.h"
#include "observe/journal.h"

enum { CALLS = 8 };

#define ARN "arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3A"
#define XML "PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4="

static const char world_sql[] =
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 40)"
    " INSERT INTO broker (id, name) SELECT printf('b-%03d', x), printf('orders-%03d', x) FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 40)"
    " INSERT INTO user (broker_id, username, password, groups)"
    " SELECT 'b-000', printf('user-%03d', x), 'correct-horse-12', '[\"g1\",\"g2\"]' FROM n;"
    "WITH RECURSIVE n (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n LIMIT 40)"
    " INSERT INTO configuration (id, name) SELECT printf('c-x%03d', x), printf('shop-%03d', x) FROM n;"
    "INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-000', 'a', 'b');";

/* Any other operation is called as tests/data/operations.json says. `%03d` in target and body is
 * the number of the call. */
static const struct {
    const char *operation, *method, *target, *body;
    int status;
} calls[] = {
    {"CreateUser", "POST", "/v1/brokers/b-000/users/new-%03d",
     "{\"consoleAccess\":true,\"groups\":[\"g1\",\"g2\"],\"password\":\"correct-horse-12\"}", 200},
    {"DescribeUser", "GET", "/v1/brokers/b-000/users/user-%03d", "", 200},
    {"ListUsers", "GET", "/v1/brokers/b-000/users", "", 200},
    {"UpdateUser", "PUT", "/v1/brokers/b-000/users/user-%03d", "{\"groups\":[\"g3\"]}", 200},
    {"DeleteUser", "DELETE", "/v1/brokers/b-000/users/user-%03d", "", 200},
    {"CreateBroker", "POST", "/v1/brokers",
     "{\"brokerName\":\"new-%03d\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ACTIVEMQ\","
     "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,"
     "\"users\":[{\"username\":\"admin\",\"password\":\"correct-horse-12\"}]}",
     200},
    {"DescribeBroker", "GET", "/v1/brokers/b-%03d", "", 200},
    {"ListBrokers", "GET", "/v1/brokers", "", 200},
    {"UpdateBroker", "PUT", "/v1/brokers/b-%03d", "{\"hostInstanceType\":\"mq.m5.xlarge\"}", 200},
    {"RebootBroker", "POST", "/v1/brokers/b-%03d/reboot", "", 200},
    {"Promote", "POST", "/v1/brokers/b-000/promote", "{\"mode\":\"FAILOVER\"}", 400},
    {"CreateConfiguration", "POST", "/v1/configurations",
     "{\"name\":\"new-%03d\",\"engineType\":\"ACTIVEMQ\",\"engineVersion\":\"5.18\"}", 200},
    {"DescribeConfiguration", "GET", "/v1/configurations/c-x%03d", "", 200},
    {"ListConfigurations", "GET", "/v1/configurations", "", 200},
    {"UpdateConfiguration", "PUT", "/v1/configurations/c-x%03d", "{\"data\":\"" XML "\"}", 200},
    {"DescribeConfigurationRevision", "GET", "/v1/configurations/c-x%03d/revisions/1", "", 200},
    {"ListConfigurationRevisions", "GET", "/v1/configurations/c-x%03d/revisions", "", 200},
    {"DeleteConfiguration", "DELETE", "/v1/configurations/c-x%03d", "", 200},
    {"CreateTags", "POST", "/v1/tags/" ARN "configuration%3Ac-x039", "{\"tags\":{\"k%03d\":\"v\"}}",
     204},
    {"ListTags", "GET", "/v1/tags/" ARN "configuration%3Ac-x039", "", 200},
    {"DeleteTags", "DELETE", "/v1/tags/" ARN "configuration%3Ac-x039?tagKeys=k%03d", "", 204},
    {"DescribeBrokerEngineTypes", "GET", "/v1/broker-engine-types", "", 200},
    {"DescribeBrokerInstanceOptions", "GET", "/v1/broker-instance-options", "", 200},
    {"DescribeSharedResources", "GET", "/v1/brokers/b-000/shared-resources", "", 200},
    {"DeleteBroker", "DELETE", "/v1/brokers/b-01%d", "", 200},
};

/* The texts hold one number, or none. */
static const char *fill(struct arena *arena, const char *format, int number)
{
    char *text = arena_copy(arena, slice_of(format)), *at = strstr(text, "%03d");
    char *brief = strstr(text, "%d"), digits[8];
    snprintf(digits, sizeof digits, "%03d", number);
    if (at)
        return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, digits, at + 4);
    if (brief)
        return arena_printf(arena, "%.*s%d%s", (int)(brief - text), text, number, brief + 2);
    return text;
}

static void call_all(struct costs *costs, struct arena *arena, size_t row, int first, int count)
{
    for (int i = first; i < first + count; i++) {
        const char *target = fill(arena, calls[row].target, i);
        struct reply reply = ask(costs, calls[row].method, target, fill(arena, calls[row].body, i));
        if (reply.status != calls[row].status)
            fail_msg("%s %s: %d %.*s", calls[row].operation, target, reply.status,
                     (int)reply.body.len, reply.body.data);
    }
}

/* What the journal and the metrics add to every call. */
static void record_calls(struct journal *journal, struct metrics *metrics, int count)
{
    for (int i = 0; i < count; i++) {
        struct journal_entry entry = {.status = 200,
                                      .id = SLICE("5e51a6fe-fe0a-4e88-999b-0c896a12ea83"),
                                      .operation = SLICE("CreateUser"),
                                      .method = SLICE("POST"),
                                      .path = SLICE("/v1/brokers/b-000/users/new-000"),
                                      .account = SLICE("123456789012"),
                                      .region = SLICE("us-east-1"),
                                      .username = SLICE("new-000"),
                                      .body = slice_of(calls[0].body)};
        metrics_count(metrics, &operations[0], 200, 100);
        journal_add(journal, &entry);
    }
}

static void call_sample(struct costs *costs, const struct operation *operation, int count)
{
    static const struct sample_names names = {"b-030", "user-039", "c-x039",
                                              ARN "configuration%3Ac-x039"};
    struct sample_call sample;
    sample_make(operation, &names, &sample);
    for (int i = 0; i < count; i++) {
        struct reply reply = ask(costs, operation->method, sample.target, sample.body);
        if (reply.status != sample.status)
            fail_msg("%s %s: %d", operation->name, sample.target, reply.status);
    }
}

static void call_the_rest(struct costs *costs)
{
    for (size_t i = 0; i < operation_count; i++) {
        if (costs->called[i])
            continue;
        call_sample(costs, &operations[i], 2);
        CALLGRIND_ZERO_STATS;
        call_sample(costs, &operations[i], CALLS);
        CALLGRIND_DUMP_STATS_AT(operations[i].name);
    }
}

static void counts(void **state)
{
    (void)state;
    struct costs costs;
    struct arena arena;
    struct journal *journal = NULL;
    open_world(&costs, world_sql);
    costs.world.settings.reboot_ms = costs.world.settings.create_ms = 1;
    arena_init(&arena, 1 << 20);
    CALLGRIND_START_INSTRUMENTATION;
    for (size_t i = 0; i < COUNT(calls); i++) {
        call_all(&costs, &arena, i, 0, 2); /* compiles its statements */
        CALLGRIND_ZERO_STATS;
        call_all(&costs, &arena, i, 2, CALLS);
        CALLGRIND_DUMP_STATS_AT(calls[i].operation);
    }
    call_the_rest(&costs);
    assert_int_equal(journal_new(4, &journal), RESULT_OK);
    record_calls(journal, &costs.metrics, 4);
    CALLGRIND_ZERO_STATS;
    record_calls(journal, &costs.metrics, CALLS);
    CALLGRIND_DUMP_STATS_AT("journal and metrics");
    CALLGRIND_STOP_INSTRUMENTATION;
    journal_free(journal);
    arena_close(&arena);
    close_world(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
