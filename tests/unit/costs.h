/* Calls through the gate, and what SQLite counted of each statement meanwhile. */
#ifndef TESTS_UNIT_COSTS_H
#define TESTS_UNIT_COSTS_H

#include "store_world.h"

#include "control/control.h"
#include "gate/gate.h"
#include "mq/operations.h"

enum {
    STEPS_A_ROW = 100,
    STEPS_A_CALL = 2000,
};

static inline bool is_one_of(const struct statement *statement, const char *const *names,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(statement->name, names[i]) == 0)
            return true;
    return false;
}

/* Tables of one row; all faults are deleted; policies, of which a test has a few; the lists of the
 * page, which are counted, filtered or sorted over all brokers; the first brokers, for the slots of
 * real ones. All are held to the steps of a call below. */
static inline bool may_scan(const struct statement *statement)
{
    static const char *const names[] = {"health_sql",
                                        "world_set_sql",
                                        "seeded_sql",
                                        "seeded_set_sql",
                                        "clock_set_sql",
                                        "fault_delete_all_sql",
                                        "fault_has_many_sql",
                                        "policy_page_sql",
                                        "broker_worlds_sql",
                                        "broker_search_sql",
                                        "broker_search_sorted_sql",
                                        "broker_search_count_sql",
                                        "broker_first_in_use_sql"};
    return is_one_of(statement, names, COUNT(names));
}

/* The zones of one region, all of which the answer shows: a handful. Lists of the page. */
static inline bool may_sort(const struct statement *statement)
{
    static const char *const names[] = {"zones_sql", "broker_worlds_sql",
                                        "broker_search_sorted_sql"};
    return is_one_of(statement, names, COUNT(names));
}

/* Not on the way of a request that succeeds or is refused: the start, and what follows a failing
 * disk. */
static inline bool is_of_start_or_failure(const struct statement *statement)
{
    static const char *const names[] = {"world_set_sql",         "seeded_sql",     "seeded_set_sql",
                                        "fault_any_sql",         "policy_any_sql", "rollback_sql",
                                        "savepoint_rollback_sql"};
    return is_one_of(statement, names, COUNT(names));
}

struct costs {
    struct world world;
    struct gate *gate;
    struct metrics metrics;
    struct control control;
    bool ran[200];   /* statements, by their place in the section */
    bool called[64]; /* operations, by row */
    bool quiet;      /* a breach is counted instead of being a failure */
    int breaches;
};

static inline int take(struct costs *costs, size_t statement, int counter)
{
    sqlite3_stmt *compiled = costs->world.store->compiled[statement];
    return compiled ? sqlite3_stmt_status(compiled, counter, 1) : 0;
}

static inline void breach(struct costs *costs, const char *what, int count, size_t statement,
                          const char *call)
{
    costs->breaches++;
    if (!costs->quiet)
        print_error("%s: %s %d\n    %s %s\n", call, what, count,
                    __start_sql_statements[statement].name, __start_sql_statements[statement].sql);
}

/* Looks at what was counted since the last look; `rows` as shown or changed by `call`. */
static inline void check(struct costs *costs, const char *call, int64_t rows)
{
    int64_t steps = 0;
    size_t most_at = 0;
    int most = 0, breaches = costs->breaches;
    for (size_t i = 0; i < statement_count(); i++) {
        int scans = take(costs, i, SQLITE_STMTSTATUS_FULLSCAN_STEP);
        int sorts = take(costs, i, SQLITE_STMTSTATUS_SORT);
        int indexed = take(costs, i, SQLITE_STMTSTATUS_AUTOINDEX);
        int here = take(costs, i, SQLITE_STMTSTATUS_VM_STEP);
        if (take(costs, i, SQLITE_STMTSTATUS_RUN) > 0)
            costs->ran[i] = true;
        if (scans > 0 && !may_scan(&__start_sql_statements[i]))
            breach(costs, "steps of a scan:", scans, i, call);
        if (sorts > 0 && !may_sort(&__start_sql_statements[i]))
            breach(costs, "sorts:", sorts, i, call);
        if (indexed > 0)
            breach(costs, "rows of an index for the call:", indexed, i, call);
        if (here > most) {
            most = here;
            most_at = i;
        }
        steps += here;
    }
    if (steps > rows * STEPS_A_ROW + STEPS_A_CALL) {
        breach(costs, "of all steps:", most, most_at, call);
        if (!costs->quiet)
            print_error("    %lld steps, %lld rows\n", (long long)steps, (long long)rows);
    }
    if (costs->breaches > breaches && !costs->quiet)
        fail_msg("%s costs too much", call);
}

static inline void forget(struct costs *costs)
{
    for (size_t i = 0; i < statement_count(); i++)
        for (int counter = SQLITE_STMTSTATUS_FULLSCAN_STEP; counter <= SQLITE_STMTSTATUS_RUN;
             counter++)
            take(costs, i, counter);
}

static inline void open_world(struct costs *costs, const char *sql)
{
    *costs = (struct costs){.gate = NULL};
    assert_true(operation_count <= COUNT(costs->called));
    assert_true(statement_count() <= COUNT(costs->ran));
    world_open(&costs->world, ":memory:", sql);
    metrics_init(&costs->metrics, operations, operation_count);
    costs->control = (struct control){.version = "0", .metrics = &costs->metrics};
    struct gate_options options = {.store = costs->world.store,
                                   .settings = &costs->world.settings,
                                   .control = &costs->control};
    assert_int_equal(gate_new(&options, &costs->gate), RESULT_OK);
    forget(costs);
}

static inline void close_world(struct costs *costs)
{
    gate_free(costs->gate);
    world_close(&costs->world);
}

/* One request from the gate to the commit; the reply lives until the next one. */
static inline struct reply ask(struct costs *costs, const char *method, const char *target,
                               const char *body)
{
    static const struct header headers[] = {
        {SLICE_INIT("Authorization"),
         SLICE_INIT("AWS4-HMAC-SHA256 Credential=AKID0500/20260930/us-east-1/mq/aws4_request,"
                    " SignedHeaders=host, Signature=00")}};
    struct request request = {.method = slice_of(method),
                              .raw_target = slice_of(target),
                              .headers = headers,
                              .header_count = COUNT(headers),
                              .body = slice_of(body),
                              .max_body = 1 << 20,
                              .arena = &costs->world.arena};
    struct call call = {.request = &request};
    arena_reset(&costs->world.arena);
    assert_int_equal(target_parse(slice_of(target), &costs->world.arena, &request.target),
                     RESULT_OK);
    gate_enter(costs->gate, &call);
    if (call.operation && call.operation->name)
        costs->called[call.operation - operations] = true;
    if (!call.answered)
        gate_perform(costs->gate, &call);
    assert_int_equal(store_tick_commit(costs->world.store), RESULT_OK);
    return call.reply;
}

/* Asks, and holds the call to what showing or changing `rows` rows may cost. */
static inline struct reply hold(struct costs *costs, int status, int64_t rows, const char *method,
                                const char *target, const char *body)
{
    char call[400];
    struct reply reply = ask(costs, method, target, body);
    snprintf(call, sizeof call, "%s %.250s %.100s", method, target, body);
    if (reply.status != status)
        fail_msg("%s: %d %.*s", call, reply.status, (int)reply.body.len, reply.body.data);
    check(costs, call, rows);
    return reply;
}

#endif
