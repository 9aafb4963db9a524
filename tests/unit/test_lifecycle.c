/* mq/lifecycle: what a reboot changes, when, and that it is all of it or nothing. */
#include "store_world.h"

#include "mq/lifecycle.h"

#define USER(broker, name)                                                     \
    "INSERT INTO user (broker_id, username, pending_change, pending_password)" \
    " VALUES ('" broker "', '" name "', 'CREATE', 'created-pw-12');"

#define WORLD                                                                                  \
    "INSERT INTO broker (id, name) VALUES ('b-1', 'one');"                                     \
    "INSERT INTO broker (id, name, state) VALUES ('b-2', 'two', 'CRITICAL_ACTION_REQUIRED');"  \
    "INSERT INTO broker (id, name, state) VALUES ('b-3', 'three', 'REPLICA');"                 \
    "INSERT INTO broker (id, name, state) VALUES ('b-4', 'four', 'REBOOT_IN_PROGRESS');" USER( \
        "b-1", "aa") USER("b-1", "bb") USER("b-2", "aa") USER("b-3", "aa")                     \
        USER("b-4", "aa") "INSERT INTO user (broker_id, username, password, pending_change)"   \
                          " VALUES ('b-1', 'gone', 'created-pw-12', 'DELETE');"

static const char states[] =
    "SELECT id, state, state_due_ms FROM broker WHERE id < 'b-4' ORDER BY id";
static const char pending[] =
    "SELECT broker_id, count(*) FROM user WHERE pending_change IS NOT NULL GROUP BY 1";

static void start_reboot(struct world *world, const char *id, int64_t now_ms, int64_t reboot_ms)
{
    assert_int_equal(lifecycle_reboot(world->store, slice_of(id), now_ms, reboot_ms), RESULT_OK);
}

static int64_t due_ms(struct world *world)
{
    int64_t due = 0;
    assert_int_equal(broker_due_ms(world->store, &due), RESULT_OK);
    return due;
}

static void time_ends_a_reboot(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    assert_true(due_ms(&w) == INT64_MAX);
    start_reboot(&w, "b-1", 1000, 50);
    start_reboot(&w, "b-2", 1000, 30);
    start_reboot(&w, "b-3", 1000, 50);
    assert_string_equal(world_ask(&w, states),
                        "b-1|REBOOT_IN_PROGRESS|1050 b-2|REBOOT_IN_PROGRESS|1030 "
                        "b-3|REBOOT_IN_PROGRESS|1050");
    assert_int_equal(due_ms(&w), 1030);
    assert_int_equal(lifecycle_advance(w.store, 1029), RESULT_OK);
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-2|1 b-3|1 b-4|1");
    assert_int_equal(lifecycle_advance(w.store, 1030), RESULT_OK);
    assert_string_equal(world_ask(&w, states),
                        "b-1|REBOOT_IN_PROGRESS|1050 b-2|CRITICAL_ACTION_REQUIRED|- "
                        "b-3|REBOOT_IN_PROGRESS|1050");
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-3|1 b-4|1");
    assert_int_equal(due_ms(&w), 1050);
    /* Several at once, and long after. */
    assert_int_equal(lifecycle_advance(w.store, INT64_MAX), RESULT_OK);
    assert_string_equal(world_ask(&w, states),
                        "b-1|RUNNING|- b-2|CRITICAL_ACTION_REQUIRED|- b-3|REPLICA|-");
    assert_string_equal(world_ask(&w, pending), "b-4|1");
    assert_string_equal(
        world_ask(&w, "SELECT username FROM applied_user WHERE broker_id = 'b-1' ORDER BY 1"),
        "aa bb");
    assert_true(due_ms(&w) == INT64_MAX);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    world_close(&w);
}

/* Seeded in between, without a due time: it stays there. */
static void a_state_without_due_time_stays(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    assert_int_equal(lifecycle_advance(w.store, INT64_MAX), RESULT_OK);
    assert_string_equal(world_ask(&w, "SELECT state FROM broker WHERE id = 'b-4'"),
                        "REBOOT_IN_PROGRESS");
    assert_false(store_tick_is_open(w.store));
    world_close(&w);
}

static void no_reboot_time_is_over_at_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    w.settings.reboot_ms = 0;
    world_expect(&w, "POST", "/v1/brokers/b-2/reboot", "", "200 {}");
    assert_string_equal(world_ask(&w, states),
                        "b-1|RUNNING|- b-2|CRITICAL_ACTION_REQUIRED|- b-3|REPLICA|-");
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-3|1 b-4|1");
    w.settings.reboot_ms = 250;
    world_expect(&w, "POST", "/v1/brokers/b-3/reboot", "", "200 {}");
    assert_int_equal(due_ms(&w), w.now_ms + 250);
    world_close(&w);
}

/* One operation of the tick: what fails takes all of it back, and the next try does all of it. */
static void a_failed_advance_leaves_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    start_reboot(&w, "b-1", 1000, 10);
    start_reboot(&w, "b-2", 1000, 20);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    const char *before = world_ask(&w, states);
    /* The second broker's users cannot be applied. */
    assert_int_equal(
        sqlite3_exec(w.store->db,
                     "CREATE TEMP TRIGGER stop BEFORE UPDATE ON user WHEN new.broker_id = 'b-2'"
                     " BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END",
                     NULL, NULL, NULL),
        SQLITE_OK);
    store_operation_begin(w.store);
    assert_int_equal(lifecycle_advance(w.store, 2000), RESULT_STORE);
    assert_int_equal(store_operation_end(w.store, false), RESULT_OK);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_string_equal(world_ask(&w, states), before);
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-2|1 b-3|1 b-4|1");
    assert_int_equal(sqlite3_exec(w.store->db, "DROP TRIGGER stop", NULL, NULL, NULL), SQLITE_OK);
    store_operation_begin(w.store);
    assert_int_equal(lifecycle_advance(w.store, 2000), RESULT_OK);
    assert_int_equal(store_operation_end(w.store, true), RESULT_OK);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_string_equal(world_ask(&w, pending), "b-3|1 b-4|1");
    assert_true(due_ms(&w) == INT64_MAX);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_ends_a_reboot),
        cmocka_unit_test(a_state_without_due_time_stays),
        cmocka_unit_test(no_reboot_time_is_over_at_once),
        cmocka_unit_test(a_failed_advance_leaves_nothing),
    };
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
