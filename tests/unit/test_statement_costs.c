/* What calls cost in a large store: no statement scans a table, sorts or builds an index, and the
 * steps of SQLite's machine are in proportion to the rows that a call shows or changes. */
#include "costs.h"
#include "costs_of_lists.h"
#include "large_world.h"
#include "sample_calls.h"

#include "base/clock.h"
#include "mq/clock.h"
#include "mq/lifecycle.h"

struct row {
    const char *method, *target, *body;
    int status;
    int64_t rows;
};

#define ARN "arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3A"
#define PASSWORD "\"password\":\"correct-horse-12\""
#define SHARE "arn:aws:ram:us-east-1:123456789012:resource-share/"

#define NEW_CLUSTER(name)                                                                             \
    "{\"brokerName\":\"" name "\",\"deploymentMode\":\"CLUSTER_MULTI_AZ\","                           \
    "\"engineType\":\"RABBITMQ\",\"hostInstanceType\":\"mq.m7g.large\",\"publiclyAccessible\":false," \
    "\"users\":[{\"username\":\"admin\"," PASSWORD "}]}"

static void open_large_world(struct costs *costs)
{
    open_world(costs, large_world);
    for (size_t i = 0; i < COUNT(large_places); i++)
        world_ask(&costs->world, large_places[i]);
    forget(costs);
}

static void hold_all(struct costs *costs, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hold(costs, rows[i].status, rows[i].rows, rows[i].method, rows[i].target, rows[i].body);
}

static void reads(struct costs *costs)
{
    static const struct row rows[] = {
        {"GET", "/v1/brokers", "", 200, 20},
        {"GET", "/v1/brokers?maxResults=100", "", 200, 100},
        {"GET", "/v1/brokers/b-000", "", 200, MANY_USERS + 20},
        {"GET", "/v1/brokers/b-199", "", 200, 20},
        {"GET", "/v1/brokers/r-19", "", 200, 20},
        {"GET", "/v1/brokers/b-unknown", "", 404, 0},
        {"GET", "/v1/brokers/b-a000", "", 404, 0},
        {"GET", "/v1/brokers/b-000/users", "", 200, 20},
        {"GET", "/v1/brokers/b-000/users/user-4999", "", 200, 1},
        {"GET", "/v1/brokers/b-000/users/unknown", "", 404, 0},
        {"GET", "/v1/brokers/r-00/shared-resources", "", 200, 10},
        {"GET", "/v1/brokers/b-000/shared-resources", "", 200, 0},
        {"GET", "/v1/configurations", "", 200, 20},
        {"GET", "/v1/configurations/c-x1999", "", 200, 3},
        {"GET", "/v1/configurations/c-many", "", 200, 3},
        {"GET", "/v1/configurations/c-unknown", "", 404, 0},
        {"GET", "/v1/configurations/c-many/revisions", "", 200, 20},
        {"GET", "/v1/configurations/c-many/revisions/300", "", 200, 1},
        {"GET", "/v1/configurations/c-many/revisions/301", "", 404, 0},
        {"GET", "/v1/configurations/c-unknown/revisions", "", 404, 0},
        {"GET", "/v1/tags/" ARN "broker%3Aorders-199%3Ab-199", "", 200, 5},
        {"GET", "/v1/tags/" ARN "configuration%3Ac-x1999", "", 200, 2},
        {"GET", "/v1/tags/" ARN "configuration%3Ac-unknown", "", 404, 0},
        {"GET", "/v1/broker-engine-types", "", 200, 5},
        {"GET", "/v1/broker-instance-options", "", 200, 20},
        {"GET", "/v1/broker-instance-options?maxResults=100", "", 200, 100},
        {"GET", "/v1/broker-instance-options?engineType=RABBITMQ", "", 200, 20},
        {"GET", "/v1/broker-instance-options?hostInstanceType=mq.z999.large", "", 200, 1},
        {"GET", "/v1/broker-instance-options?hostInstanceType=mq.unknown", "", 200, 0},
        {"GET", "/v1/broker-instance-options?storageType=EBS", "", 200, 20},
        {"GET", "/_local/health", "", 200, 1},
    };
    hold_all(costs, rows, COUNT(rows));
}

/* Walks a list by its tokens, each page held to the same cost; the number of rows. */
static int walk(struct costs *costs, const char *path, const char *mark)
{
    char target[2300], token[2000] = "";
    int seen = 0;
    do {
        snprintf(target, sizeof target, "%s?maxResults=100&nextToken=%s", path, token);
        struct reply reply = hold(costs, 200, 100, "GET", target, "");
        const char *body =
            arena_printf(&costs->world.arena, "%.*s", (int)reply.body.len, reply.body.data);
        for (const char *at = body; (at = strstr(at, mark)); at++)
            seen++;
        const char *next = strstr(body, "\"nextToken\":\"");
        size_t len = 0;
        for (next = next ? next + 13 : ""; *next && *next != '"'; next++)
            len += (size_t)snprintf(token + len, sizeof token - len, "%%%02X", (unsigned)*next);
        token[len] = '\0';
    } while (*token);
    return seen;
}

static void lists(struct costs *costs)
{
    assert_int_equal(walk(costs, "/v1/brokers/b-000/users", "\"username\":"), MANY_USERS);
    assert_int_equal(walk(costs, "/v1/brokers", "\"brokerId\":"), 220);
    assert_int_equal(walk(costs, "/v1/configurations", "\"arn\":"), 2222);
    assert_int_equal(walk(costs, "/v1/configurations/c-many/revisions", "\"revision\":"), 300);
    assert_int_equal(walk(costs, "/v1/broker-instance-options", "\"hostInstanceType\":"), 1521);
    assert_true(walk(costs, "/v1/brokers/r-00/shared-resources", "\"resourceArn\":") == 10);
}

static void writes(struct costs *costs)
{
    /* A new broker comes with its configuration and a revision: with indexes, some ten rows. */
    static const struct row rows[] = {
        {"POST", "/v1/brokers/b-199/users/alice", "{" PASSWORD ",\"groups\":[\"g1\",\"g2\"]}", 200,
         1},
        {"POST", "/v1/brokers/b-199/users/alice", "{" PASSWORD "}", 409, 0},
        {"POST", "/v1/brokers/b-unknown/users/alice", "{" PASSWORD "}", 404, 0},
        {"PUT", "/v1/brokers/b-000/users/user-4999", "{\"consoleAccess\":true}", 200, 1},
        {"PUT", "/v1/brokers/b-000/users/unknown", "{\"consoleAccess\":true}", 404, 0},
        {"DELETE", "/v1/brokers/b-000/users/user-0000", "", 200, 1},
        {"DELETE", "/v1/brokers/b-000/users/unknown", "", 404, 0},
        {"POST", "/v1/brokers",
         "{\"brokerName\":\"new\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ACTIVEMQ\","
         "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,\"tags\":{\"a\":\"b\"},"
         "\"users\":[{\"username\":\"admin\"," PASSWORD "}]}",
         200, 10},
        {"POST", "/v1/brokers",
         "{\"brokerName\":\"orders-199\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ACTIVEMQ\","
         "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,"
         "\"users\":[{\"username\":\"admin\"," PASSWORD "}]}",
         409, 0},
        {"PUT", "/v1/brokers/b-199",
         "{\"configuration\":{\"id\":\"c-x1999\"},\"hostInstanceType\":\"mq.m5.xlarge\"}", 200, 1},
        {"PUT", "/v1/brokers/b-199", "{\"configuration\":{\"id\":\"c-many\",\"revision\":301}}",
         400, 0},
        {"PUT", "/v1/brokers/r-18", "{\"configuration\":{\"id\":\"c-limits\",\"revision\":2}}", 200,
         1},
        {"PUT", "/v1/brokers/r-18", "{\"configuration\":{\"id\":\"c-limits\"}}", 400, 0},
        {"PUT", "/v1/brokers/b-unknown", "{}", 404, 0},
        {"PUT", "/v1/brokers/r-19", "{\"resourceShareArns\":[\"" SHARE "10\",\"" SHARE "99\"]}",
         200, 15},
        {"PUT", "/v1/brokers/r-19", "{\"resourceShareArns\":[\"" SHARE "lost-499\"]}", 400, 0},
        {"POST", "/v1/brokers/b-unknown/promote", "{\"mode\":\"FAILOVER\"}", 404, 0},
        {"POST", "/v1/brokers/b-000/promote", "{\"mode\":\"FAILOVER\"}", 400, 0},
        {"POST", "/v1/configurations",
         "{\"name\":\"new\",\"engineType\":\"ACTIVEMQ\",\"engineVersion\":\"5.18\",\"tags\":{\"a\":\"b\"}}",
         200, 4},
        {"PUT", "/v1/configurations/c-x1999",
         "{\"data\":\"PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4=\"}",
         200, 1},
        {"PUT", "/v1/configurations/c-many",
         "{\"data\":\"PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4=\"}",
         400, 0},
        {"DELETE", "/v1/configurations/c-x1999", "", 409, 0},
        {"DELETE", "/v1/configurations/c-x1000", "", 200, 4},
        {"DELETE", "/v1/configurations/c-unknown", "", 404, 0},
        {"POST", "/v1/tags/" ARN "broker%3Aorders-199%3Ab-199",
         "{\"tags\":{\"a\":\"b\",\"c\":\"d\"}}", 204, 2},
        {"POST", "/v1/tags/" ARN "configuration%3Ac-x1999", "{\"tags\":{\"a\":\"b\"}}", 204, 1},
        {"DELETE", "/v1/tags/" ARN "broker%3Aorders-199%3Ab-199?tagKeys=a&tagKeys=z", "", 204, 1},
        {"DELETE", "/v1/tags/" ARN "configuration%3Ac-x1999?tagKeys=a", "", 204, 1},
        {"POST", "/v1/brokers/b-199/reboot", "", 200, 1},
        {"POST", "/v1/brokers/b-199/reboot", "", 400, 0},
        {"POST", "/v1/brokers/r-19/reboot", "", 200, 1},
        {"POST", "/v1/brokers/b-000/reboot", "", 200, 1},
        {"DELETE", "/v1/brokers/b-198", "", 200, 1},
        {"DELETE", "/v1/brokers/b-150", "", 400, 0},
        {"DELETE", "/v1/brokers/b-unknown", "", 404, 0},
    };
    hold_all(costs, rows, COUNT(rows));
}

/* In a world with many VPCs, where ids are given and where they are chosen. */
static void brokers_are_placed(struct costs *costs)
{
    static const struct row rows[] = {
        {"POST", "/v1/brokers",
         "{\"brokerName\":\"placed\",\"deploymentMode\":\"CLUSTER_MULTI_AZ\",\"engineType\":\"RABBITMQ\","
         "\"hostInstanceType\":\"mq.m7g.large\",\"publiclyAccessible\":false,"
         "\"subnetIds\":[\"subnet-1200\",\"subnet-1201\"],\"securityGroups\":[\"sg-1200\",\"sg-1201\"],"
         "\"users\":[{\"username\":\"admin\"," PASSWORD "}]}",
         200, 10},
        {"POST", "/v1/brokers", NEW_CLUSTER("default"), 200, 14},
        {"PUT", "/v1/brokers/b-199", "{\"securityGroups\":[\"sg-1999\",\"sg-0\"]}", 200, 1},
        {"PUT", "/v1/brokers/b-199", "{\"securityGroups\":[\"sg-2000\"]}", 400, 0},
    };
    hold_all(costs, rows, COUNT(rows));
}

/* The work of a timer: held to the rows it has changed and looked for. */
static void advance(struct costs *costs, const char *what, int64_t now_ms)
{
    struct store *store = costs->world.store;
    int before = sqlite3_total_changes(store->db);
    store->cached.knows_due = false; /* as if a broker had changed */
    assert_int_equal(world_advance(&costs->world, now_ms), RESULT_OK);
    assert_int_equal(store_tick_commit(store), RESULT_OK);
    check(costs, what, sqlite3_total_changes(store->db) - before);
    world_due_ms(&costs->world);
    check(costs, "when is the next", 0);
}

/* Reboots and deletions of both engines and a creation, from the first to the last step. */
static void time_passes(struct costs *costs)
{
    int64_t now_ms = clock_wall_ms();
    for (int64_t passed = 0; passed <= 1500; passed += 50)
        advance(costs, "time passes", now_ms + passed);
    hold(costs, 404, 0, "GET", "/v1/brokers/b-198", "");
    hold(costs, 200, 20, "GET", "/v1/brokers/b-199", "");
    hold(costs, 404, 0, "GET", "/v1/brokers/b-000/users/user-0000", "");
}

static void windows_open(struct costs *costs)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "UPDATE broker SET day_of_week = 'MONDAY', window_due_ms = %lld,"
             " pending_logs_general = 1 WHERE id = 'b-001'",
             (long long)clock_wall_ms());
    world_ask(&costs->world, sql);
    world_ask(&costs->world, "UPDATE broker SET day_of_week = 'MONDAY', window_due_ms = 1"
                             " WHERE id = 'b-000'");
    world_ask(&costs->world, "UPDATE broker SET day_of_week = 'MONDAY' WHERE id = 'b-002'");
    forget(costs);
    advance(costs, "windows open", clock_wall_ms());
    assert_string_equal(world_ask(&costs->world, "SELECT id, state FROM broker WHERE id IN"
                                                 " ('b-000', 'b-001') ORDER BY id"),
                        "b-000|RUNNING b-001|REBOOT_IN_PROGRESS");
    advance(costs, "nothing is due", clock_wall_ms());
}

/* What happens to a broker whose step the schema refuses. */
static void a_broker_is_parked(struct costs *costs)
{
    store_operation_begin(costs->world.store, false);
    assert_int_equal(broker_park(costs->world.store, SLICE("b-100"), INT64_MAX), RESULT_OK);
    assert_int_equal(store_operation_end(costs->world.store, true), RESULT_OK);
    assert_int_equal(store_tick_commit(costs->world.store), RESULT_OK);
    check(costs, "a broker is parked", 1);
}

/* A broker with 5,000 users and all else goes: what belonged to it goes by indexes. */
static void a_broker_goes(struct costs *costs)
{
    hold(costs, 200, 1, "DELETE", "/v1/brokers/b-000", "");
    int64_t now_ms = clock_wall_ms() + 2000;
    while (world_due_ms(&costs->world) <= now_ms) /* its users in slices */
        advance(costs, "a broker goes", now_ms);
    hold(costs, 404, 0, "GET", "/v1/brokers/b-000", "");
}

static void a_fault_strikes(struct costs *costs)
{
    world_ask(&costs->world, "INSERT INTO fault (operation, error, times)"
                             " VALUES ('DescribeUser', 'ForbiddenException', 1)");
    forget(costs);
    hold(costs, 403, 1, "GET", "/v1/brokers/b-001/users/user-1", "");
    hold(costs, 200, 1, "GET", "/v1/brokers/b-001/users/user-1", "");
    /* Many that do not match cost nothing. */
    world_ask(&costs->world,
              "INSERT INTO fault (operation, broker_id, error) WITH RECURSIVE n (x) AS (SELECT 1"
              " UNION ALL SELECT x + 1 FROM n LIMIT 2000)"
              " SELECT 'DescribeUser', 'b-' || x, 'ForbiddenException' FROM n");
    forget(costs);
    hold(costs, 200, 1, "GET", "/v1/brokers/b-001/users/user-1", "");
    hold(costs, 200, 10, "DELETE", "/_local/faults", "");
}

static void the_control_api_is_called(struct costs *costs)
{
    ask(costs, "POST", "/_local/seed",
        "INSERT INTO policy (effect, resource) VALUES ('allow', '*'), ('deny', 'arn:*:b-199')");
    forget(costs);
    hold(costs, 403, 2, "GET", "/v1/brokers/b-199", "");
    hold(costs, 200, 1, "GET", "/v1/brokers/b-001/users/user-1", "");
    hold(costs, 201, 1, "POST", "/_local/faults", "{\"delayMs\":1,\"brokerId\":\"b-9\"}");
    hold(costs, 200, 2, "GET", "/_local/faults", "");
    hold(costs, 200, 1, "DELETE", "/_local/faults?id=1", "");
    hold(costs, 201, 1, "POST", "/_local/faults", "{\"delayMs\":1,\"brokerId\":\"b-9\"}");
    hold(costs, 200, 2, "DELETE", "/_local/faults", "");
    hold(costs, 200, 1, "POST", "/_local/authenticate",
         "{\"brokerId\":\"b-001\",\"username\":\"user-1\",\"password\":\"x\"}");
    hold(costs, 200, 1, "GET", "/_local/metrics", "");
    /* Halves of pairs that the reset parts are looked for among the brokers of the account. */
    hold(costs, 200, 420, "POST", "/_local/reset?region=eu-north-1", "");
}

/* `brokers`: how many a slice looks at. */
static void step_clock(struct costs *costs, const char *body, int64_t brokers)
{
    hold(costs, 200, brokers, "POST", "/_local/clock", body);
    assert_true(clock_step_is_open(costs->world.store));
    while (clock_step_is_open(costs->world.store)) {
        assert_int_equal(clock_continue_step(costs->world.store, &costs->world.settings),
                         RESULT_OK);
        assert_int_equal(store_tick_commit(costs->world.store), RESULT_OK);
        check(costs, "the clock steps", brokers);
    }
}

/* A Sunday is stepped over: the window of some 420 brokers opens, and finds nothing to do. */
static void the_clock_is_set(struct costs *costs)
{
    step_clock(costs, "{\"advanceMs\":604800000}", LIFECYCLE_SLICE / LIFECYCLE_VISIT);
    hold(costs, 200, 420, "POST", "/_local/clock", "{\"now\":\"2026-01-01T00:00:00Z\"}");
}

static void many_users_are_applied(struct costs *costs)
{
    world_ask(&costs->world, "UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = 1"
                             " WHERE id = 'b-001'");
    forget(costs);
    hold(costs, 200, 1, "GET", "/v1/brokers/b-001/users/user-1", "");
    hold(costs, 200, 100, "GET", "/v1/brokers/b-001/users?maxResults=100", "");
    advance(costs, "users are applied", clock_wall_ms());
}

/* Operations that nothing above calls. */
static void the_rest_is_called(struct costs *costs)
{
    static const struct sample_names names = {
        "b-150", "user-1", "c-many",
        "arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3Abroker%3Ax%3Ab-150"};
    for (size_t i = 0; i < operation_count; i++) {
        struct sample_call call;
        if (costs->called[i])
            continue;
        sample_make(&operations[i], &names, &call);
        hold(costs, call.status, 20, operations[i].method, call.target, call.body);
    }
}

static void no_call_scans_or_sorts(void **state)
{
    (void)state;
    struct costs costs;
    open_large_world(&costs);
    reads(&costs);
    lists(&costs);
    writes(&costs);
    time_passes(&costs);
    windows_open(&costs);
    a_broker_is_parked(&costs);
    a_fault_strikes(&costs);
    brokers_are_placed(&costs);
    a_broker_goes(&costs);
    the_page_is_shown(&costs);
    processes_are_ordered(&costs);
    the_control_api_is_called(&costs);
    many_users_are_applied(&costs);
    the_clock_is_set(&costs);
    the_rest_is_called(&costs);
    int unseen = 0;
    for (size_t i = 0; i < statement_count(); i++) {
        if (!costs.ran[i] && !is_of_start_or_failure(&__start_sql_statements[i])) {
            print_error("no call ran %s\n", __start_sql_statements[i].name);
            unseen++;
        }
    }
    for (size_t i = 0; i < operation_count; i++) {
        if (!costs.called[i]) {
            print_error("nobody called %s\n", operations[i].name);
            unseen++;
        }
    }
    assert_int_equal(unseen, 0);
    close_world(&costs);
}

/* Every index of the schema that is not a constraint's own, by name, and a call that needs it; no
 * method: the work of the timer does. */
static const struct {
    const char *name, *method, *target, *before, *body;
} indexes[] = {
    {"broker_configuration_history_of", "GET", "/v1/brokers/b-199", "", ""},
    {"broker_configured", "DELETE", "/v1/configurations/c-x0001", "", ""},
    {"broker_due", NULL, NULL, "", ""},
    {"broker_page", "GET", "/v1/brokers", "", ""},
    {"broker_pending_configured", "DELETE", "/v1/configurations/c-x0002", "", ""},
    {"broker_window_due", NULL, NULL, "", ""},
    {"broker_window_unknown", NULL, NULL, "", ""},
    {"configuration_page", "GET", "/v1/configurations", "", ""},
    {"fault_match", "GET", "/v1/brokers/b-199",
     "INSERT INTO fault (operation, error) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1"
     " FROM n LIMIT 2000) SELECT 'CreateUser', 'ForbiddenException' FROM n",
     ""},
    {"instance_option_by_storage", "GET", "/v1/broker-instance-options?storageType=EFS", "", ""},
    {"security_group_default", "POST", "/v1/brokers", "", NEW_CLUSTER("one")},
    {"subnet_of_vpc", "POST", "/v1/brokers", "", NEW_CLUSTER("two")},
    {"user_pending", NULL, NULL,
     "UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = 1 WHERE id = 'b-000'", ""},
    {"vpc_of_world", "POST", "/v1/brokers", "", NEW_CLUSTER("three")},
};

static int count_breaches(struct costs *costs, const char *method, const char *target,
                          const char *body)
{
    costs->quiet = true;
    costs->breaches = 0;
    if (method) {
        assert_int_equal(ask(costs, method, target, body).status, 200);
        check(costs, target, 20);
    } else {
        advance(costs, "time passes", clock_wall_ms());
    }
    costs->quiet = false;
    return costs->breaches;
}

/* What was measured above would be noticed. */
static void each_index_is_missed(void **state)
{
    (void)state;
    struct costs costs;
    open_large_world(&costs);
    for (size_t i = 0; i < COUNT(indexes); i++) {
        char sql[200], again[500];
        snprintf(sql, sizeof sql, "SELECT sql FROM sqlite_master WHERE name = '%s'",
                 indexes[i].name);
        snprintf(again, sizeof again, "%s", world_ask(&costs.world, sql));
        snprintf(sql, sizeof sql, "DROP INDEX %s", indexes[i].name);
        world_ask(&costs.world, sql);
        world_ask(&costs.world, indexes[i].before);
        assert_int_equal(store_reload_flags(costs.world.store), RESULT_OK);
        forget(&costs);
        if (count_breaches(&costs, indexes[i].method, indexes[i].target, indexes[i].body) == 0)
            fail_msg("nobody misses %s", indexes[i].name);
        world_ask(&costs.world, again);
        forget(&costs);
    }
    close_world(&costs);
}

static void each_index_is_named(void **state)
{
    (void)state;
    struct costs costs;
    char names[1000] = "";
    for (size_t i = 0; i < COUNT(indexes); i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? " " : "",
                 indexes[i].name);
    open_world(&costs, "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');");
    assert_string_equal(world_ask(&costs.world,
                                  "SELECT name FROM sqlite_master WHERE type = 'index'"
                                  " AND sql IS NOT NULL ORDER BY name"),
                        names);
    close_world(&costs);
}

/* Without a gap between them, which a sanitizer or the compiler might leave. */
static void each_statement_compiles_and_has_a_name_of_its_own(void **state)
{
    (void)state;
    struct costs costs;
    open_world(&costs, "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');");
    assert_true(statement_count() > 70);
    for (size_t i = 0; i < statement_count(); i++) {
        const struct statement *statement = &__start_sql_statements[i];
        assert_non_null(statement->name);
        if (!statement_get(costs.world.store, statement))
            fail_msg("%s: %s", statement->name, sqlite3_errmsg(costs.world.store->db));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(statement->name, __start_sql_statements[k].name);
    }
    close_world(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_call_scans_or_sorts),
        cmocka_unit_test(each_index_is_missed),
        cmocka_unit_test(each_index_is_named),
        cmocka_unit_test(each_statement_compiles_and_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests_name("statement costs", tests, NULL, NULL);
}
