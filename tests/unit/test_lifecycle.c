/* mq/lifecycle: creation, reboot, deletion and the maintenance window, as time passes. */
#include "store_world.h"

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
    struct broker broker;
    world->settings.reboot_ms = reboot_ms;
    assert_int_equal(broker_find(world->store, slice_of(id), &world->arena, &broker), RESULT_OK);
    assert_int_equal(
        lifecycle_reboot(world->store, &broker, &world->settings, now_ms, &world->arena),
        RESULT_OK);
}

/* What is due by then, as one operation of a tick of its own. */
static void advance(struct world *world, int64_t now_ms)
{
    assert_int_equal(world_advance(world, now_ms), RESULT_OK);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

static void time_ends_a_reboot(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    assert_true(world_due_ms(&w) == INT64_MAX);
    start_reboot(&w, "b-1", 1000, 50);
    start_reboot(&w, "b-2", 1000, 30);
    start_reboot(&w, "b-3", 1000, 50);
    assert_string_equal(world_ask(&w, states),
                        "b-1|REBOOT_IN_PROGRESS|1050 b-2|REBOOT_IN_PROGRESS|1030 "
                        "b-3|REBOOT_IN_PROGRESS|1050");
    assert_int_equal(world_due_ms(&w), 1030);
    advance(&w, 1029);
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-2|1 b-3|1 b-4|1");
    advance(&w, 1030);
    assert_string_equal(world_ask(&w, states),
                        "b-1|REBOOT_IN_PROGRESS|1050 b-2|CRITICAL_ACTION_REQUIRED|- "
                        "b-3|REBOOT_IN_PROGRESS|1050");
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-3|1 b-4|1");
    assert_int_equal(world_due_ms(&w), 1050);
    /* Several at once, and long after. */
    advance(&w, INT64_MAX);
    assert_string_equal(world_ask(&w, states),
                        "b-1|RUNNING|- b-2|CRITICAL_ACTION_REQUIRED|- b-3|REPLICA|-");
    assert_string_equal(world_ask(&w, pending), "b-4|1");
    assert_string_equal(
        world_ask(&w, "SELECT username FROM applied_user WHERE broker_id = 'b-1' ORDER BY 1"),
        "aa bb");
    assert_true(world_due_ms(&w) == INT64_MAX);
    world_close(&w);
}

/* Seeded in between, without a due time: it stays there. */
static void a_state_without_due_time_stays(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               WORLD "INSERT INTO broker (id, name, state, creation_step)"
                     " VALUES ('b-5', 'five', 'CREATION_IN_PROGRESS', 0);"
                     "INSERT INTO broker (id, name, state)"
                     " VALUES ('b-6', 'six', 'DELETION_IN_PROGRESS');");
    advance(&w, INT64_MAX);
    assert_string_equal(
        world_ask(&w, "SELECT state, creation_step FROM broker WHERE id > 'b-3' ORDER BY id"),
        "REBOOT_IN_PROGRESS|1 CREATION_IN_PROGRESS|0 DELETION_IN_PROGRESS|1");
    assert_false(store_tick_is_open(w.store));
    world_close(&w);
}

static void no_reboot_time_is_over_at_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    start_reboot(&w, "b-2", 1000, 0);
    assert_string_equal(world_ask(&w, states),
                        "b-1|RUNNING|- b-2|CRITICAL_ACTION_REQUIRED|- b-3|REPLICA|-");
    assert_string_equal(world_ask(&w, pending), "b-1|3 b-3|1 b-4|1");
    w.settings.reboot_ms = 0;
    world_expect(&w, "POST", "/v1/brokers/b-1/reboot", "", "200 {}");
    assert_string_equal(world_ask(&w, pending), "b-3|1 b-4|1");
    w.settings.reboot_ms = 250;
    world_expect(&w, "POST", "/v1/brokers/b-1/reboot", "", "200 {}");
    assert_int_equal(world_due_ms(&w), w.now_ms + 250);
    world_close(&w);
}

/* A step that breaks a rule is called off: the other brokers go on, and nothing of it remains. */
static void a_refused_step_is_called_off(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    start_reboot(&w, "b-2", 1000, 10);
    start_reboot(&w, "b-1", 1000, 20);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    /* The first broker's users cannot be applied. */
    assert_int_equal(
        sqlite3_exec(w.store->db,
                     "CREATE TEMP TRIGGER stop BEFORE UPDATE ON user WHEN new.broker_id = 'b-2'"
                     " BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END",
                     NULL, NULL, NULL),
        SQLITE_OK);
    advance(&w, 2000);
    assert_string_equal(world_ask(&w, states),
                        "b-1|RUNNING|- b-2|REBOOT_IN_PROGRESS|- b-3|REPLICA|-");
    assert_string_equal(world_ask(&w, pending), "b-2|1 b-3|1 b-4|1");
    assert_true(world_due_ms(&w) == INT64_MAX);
    world_close(&w);
}

/* ---- creation ---- */

#define CREATE_BODY                                                                               \
    "{\"brokerName\":\"new\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ActiveMQ\"," \
    "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,"                          \
    "\"users\":[{\"username\":\"alice\",\"password\":\"created-pw-12\"},"                         \
    "{\"username\":\"bob\",\"password\":\"created-pw-12\"}]}"

static const char creation[] =
    "SELECT state, creation_step, state_due_ms, configuration_id IS NOT NULL,"
    " pending_configuration_id IS NOT NULL,"
    " (SELECT count(*) FROM user WHERE broker_id = b.id AND pending_change = 'CREATE'),"
    " (SELECT count(*) FROM applied_user WHERE broker_id = b.id),"
    " (SELECT count(*) FROM broker_configuration_history) FROM broker b WHERE name = 'new'";

static void create(struct world *world, int64_t create_ms)
{
    world->settings.create_ms = create_ms;
    assert_int_equal(world_call(world, "POST", "/v1/brokers", CREATE_BODY).status, 200);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

/* Due at 2, 80, 82 and 100 per cent; at each due time one step, and nothing before it. */
static void each_step_of_a_creation_has_its_time(void **state)
{
    (void)state;
    static const struct {
        int64_t now_ms;
        const char *picture;
    } steps[] = {
        {1000000, "CREATION_IN_PROGRESS|0|1013000|0|1|2|0|0"},
        {1012999, "CREATION_IN_PROGRESS|0|1013000|0|1|2|0|0"},
        {1013000, "CREATION_IN_PROGRESS|1|1520000|0|1|2|0|0"},
        {1519999, "CREATION_IN_PROGRESS|1|1520000|0|1|2|0|0"},
        {1520000, "CREATION_IN_PROGRESS|2|1533000|0|1|0|2|0"},
        {1533000, "CREATION_IN_PROGRESS|3|1650000|1|0|0|2|0"},
        {1649999, "CREATION_IN_PROGRESS|3|1650000|1|0|0|2|0"},
        {1650000, "RUNNING|3|-|1|0|0|2|0"},
    };
    struct world w;
    world_open(&w, ":memory:", "");
    create(&w, 650000);
    for (size_t i = 0; i < COUNT(steps); i++) {
        advance(&w, steps[i].now_ms);
        assert_string_equal(world_ask(&w, creation), steps[i].picture);
    }
    assert_true(world_due_ms(&w) == INT64_MAX);
    world_close(&w);
}

static void steps_that_are_due_come_all_in_one_go(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", "");
    create(&w, 100);
    advance(&w, w.now_ms + 81);
    assert_string_equal(world_ask(&w, creation), "CREATION_IN_PROGRESS|2|1000082|0|1|0|2|0");
    /* Late: later steps count from when the last one was due. */
    advance(&w, w.now_ms + 99);
    assert_string_equal(world_ask(&w, creation), "CREATION_IN_PROGRESS|3|1000100|1|0|0|2|0");
    advance(&w, w.now_ms + 5000);
    assert_string_equal(world_ask(&w, creation), "RUNNING|3|-|1|0|0|2|0");
    world_close(&w);
}

/* The due times neither drift nor run backwards where the parts are no whole milliseconds. */
static void short_creations_end_in_time(void **state)
{
    (void)state;
    for (int64_t create_ms = 1; create_ms < 120; create_ms += 7) {
        struct world w;
        int64_t last_ms = 0;
        world_open(&w, ":memory:", "");
        create(&w, create_ms);
        for (int left = 10; left > 0 && world_due_ms(&w) != INT64_MAX; left--) {
            assert_true(world_due_ms(&w) >= last_ms && world_due_ms(&w) >= w.now_ms);
            last_ms = world_due_ms(&w);
            advance(&w, last_ms);
        }
        assert_true(last_ms <= w.now_ms + create_ms && last_ms + 4 > w.now_ms + create_ms);
        assert_string_equal(world_ask(&w, creation), "RUNNING|3|-|1|0|0|2|0");
        world_close(&w);
    }
}

static void no_creation_time_is_over_at_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", "");
    create(&w, 0);
    assert_string_equal(world_ask(&w, creation), "RUNNING|3|-|1|0|0|2|0");
    assert_true(world_due_ms(&w) == INT64_MAX);
    world_close(&w);
}

/* From wherever a seed has put it. */
static void seeded_creations_go_on(void **state)
{
    (void)state;
    static const char *const pictures[] = {
        "CREATION_IN_PROGRESS|1|1780|0|1|1|0|0",
        "CREATION_IN_PROGRESS|2|1020|0|1|0|1|0",
        "CREATION_IN_PROGRESS|3|1180|1|0|1|0|0",
    };
    for (int step = 0; step < 4; step++) {
        struct world w;
        char seed[300];
        snprintf(seed, sizeof seed,
                 "INSERT INTO broker (id, name, state, creation_step, state_due_ms)"
                 " VALUES ('b-1', 'new', 'CREATION_IN_PROGRESS', %d, 1000);" USER("b-1", "aa"),
                 step);
        world_open(&w, ":memory:", seed);
        w.settings.create_ms = 1000;
        advance(&w, 1000);
        if (step < 3)
            assert_string_equal(world_ask(&w, creation), pictures[step]);
        advance(&w, 1000 + 1000);
        assert_string_equal(
            world_ask(&w, "SELECT state, configuration_id, pending_configuration_id FROM broker"),
            "RUNNING|c-1|-");
        world_close(&w);
    }
}

static void a_refused_step_of_a_creation_is_called_off(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", "");
    create(&w, 100);
    assert_int_equal(sqlite3_exec(w.store->db,
                                  "CREATE TEMP TRIGGER stop BEFORE UPDATE ON broker"
                                  " WHEN new.creation_step = 3"
                                  " BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    advance(&w, w.now_ms + 100);
    assert_string_equal(world_ask(&w, creation), "CREATION_IN_PROGRESS|2|-|0|1|0|2|0");
    world_close(&w);
}

/* ---- deletion ---- */

static void time_ends_a_deletion(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WORLD);
    w.settings.delete_ms = 300;
    world_expect(&w, "DELETE", "/v1/brokers/b-1", "", "200 {\"brokerId\":\"b-1\"}");
    advance(&w, w.now_ms + 299);
    assert_string_equal(world_ask(&w, "SELECT state, state_due_ms FROM broker WHERE id = 'b-1'"),
                        "DELETION_IN_PROGRESS|1000300");
    /* Again: not any longer for that. */
    w.now_ms += 200;
    world_expect(&w, "DELETE", "/v1/brokers/b-1", "", "200 {\"brokerId\":\"b-1\"}");
    advance(&w, 1000300);
    static const char left[] =
        "SELECT (SELECT count(*) FROM broker WHERE id = 'b-1'),"
        " (SELECT count(*) FROM user WHERE broker_id = 'b-1'),"
        " (SELECT count(*) FROM configuration WHERE id = 'c-1'), (SELECT count(*) FROM broker)";
    assert_string_equal(world_ask(&w, left), "0|0|1|3");
    w.settings.delete_ms = 0;
    world_expect(&w, "DELETE", "/v1/brokers/b-2", "", "200 {\"brokerId\":\"b-2\"}");
    assert_string_equal(world_ask(&w, left), "0|0|1|2");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_ends_a_reboot),
        cmocka_unit_test(a_state_without_due_time_stays),
        cmocka_unit_test(no_reboot_time_is_over_at_once),
        cmocka_unit_test(a_refused_step_is_called_off),
        cmocka_unit_test(each_step_of_a_creation_has_its_time),
        cmocka_unit_test(steps_that_are_due_come_all_in_one_go),
        cmocka_unit_test(short_creations_end_in_time),
        cmocka_unit_test(no_creation_time_is_over_at_once),
        cmocka_unit_test(seeded_creations_go_on),
        cmocka_unit_test(a_refused_step_of_a_creation_is_called_off),
        cmocka_unit_test(time_ends_a_deletion),
    };
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
