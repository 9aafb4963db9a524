/* mq/lifecycle, mq/clock: work that grows is done in slices, and callers see nothing of them. The
 * work is counted in rows, never timed. */
#include "store_world.h"

#include "base/clock.h"
#include "base/text.h"
#include "mq/clock.h"

#define NUMBERS(most) \
    " WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < " #most ")"
#define BROKERS "INSERT INTO broker (id, name) VALUES ('b-1', 'one'), ('b-2', 'two');"
#define USERS(columns, values)                        \
    "INSERT INTO user (broker_id, username, " columns \
    ")" NUMBERS(10000) " SELECT 'b-1', printf('u%05d', x), " values " FROM n;"

enum { MOST_ROWS = 2 * LIFECYCLE_SLICE + 10 }; /* those of a slice, and of the last broker in it */

static const int64_t sunday_ms = 1796554800000; /* a default window: 2026-12-06 11:00 UTC */
static const int64_t day_ms = 86400000;

static void settle(struct world *world)
{
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

/* Advances until nothing is due, calls `between` after all slices but the last, and returns how
 * many there were. */
static int count_slices(struct world *world, int64_t now_ms, void (*between)(struct world *))
{
    int slices = 0;
    while (world_due_ms(world) <= now_ms) {
        int64_t before = store_rows_written(world->store);
        assert_int_equal(world_advance(world, now_ms), RESULT_OK);
        settle(world);
        assert_in_range(store_rows_written(world->store) - before, 1, MOST_ROWS);
        assert_in_range(++slices, 1, 50);
        if (world_due_ms(world) <= now_ms)
            between(world);
    }
    return slices;
}

static void nothing(struct world *world)
{
    (void)world;
}

static void brokers_in_order(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               "INSERT INTO broker (id, name, state, state_due_ms)" NUMBERS(
                   1000) " SELECT 'b-' || x, 'n' || x, 'DELETION_IN_PROGRESS', x FROM n;");
    assert_int_equal(world_advance(&w, 2000), RESULT_OK);
    settle(&w);
    const char *left = world_ask(&w, "SELECT count(*) || '|' || (1001 - count(*)) FROM broker");
    assert_string_equal(world_ask(&w, "SELECT count(*), min(state_due_ms) FROM broker"), left);
    assert_in_range(count_slices(&w, 2000, nothing), 2, 20);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker"), "0");
    world_close(&w);
}

static void expect_deletion(struct world *world)
{
    world->now_ms = 3000000;
    world_expect(world, "GET", "/v1/brokers/b-1/users", "",
                 "200 {\"brokerId\":\"b-1\",\"maxResults\":20,\"users\":[]}");
    world_expect(world, "DELETE", "/v1/brokers/b-1", "", "200 {\"brokerId\":\"b-1\"}");
}

static void a_broker_of_many_users_is_deleted(void **state)
{
    (void)state;
    for (int64_t delete_ms = 0; delete_ms <= 1000; delete_ms += 1000) {
        struct world w;
        world_open(&w, ":memory:", BROKERS USERS("password", "'created-pw-12'"));
        w.settings.delete_ms = delete_ms;
        world_expect(&w, "DELETE", "/v1/brokers/b-1", "", "200 {\"brokerId\":\"b-1\"}");
        assert_in_range(count_slices(&w, 3000000, expect_deletion), 15, 25);
        assert_string_equal(world_ask(&w, "SELECT count(*) FROM user"), "0");
        assert_string_equal(world_ask(&w, "SELECT id FROM broker"), "b-2");
        world_close(&w);
    }
}

#define MISSING(name)                                                            \
    "404 {\n  \"errorAttribute\" : \"username\",\n  \"message\" : \"Can't find " \
    "requested user [" name "]. Make sure your user exists.\"\n}"
#define APPLIED(name)                                                        \
    "200 {\"brokerId\":\"b-1\",\"consoleAccess\":false,\"groups\":[\"new\"]" \
    ",\"replicationUser\":false,\"username\":\"" name "\"}"

/* Of three users one is created, one changed, one deleted; from the first slice on all of it is
 * seen, also what is still pending. */
static void expect_applied(struct world *world)
{
    static const char *const users[][2] = {
        {"u00001", APPLIED("u00001")}, {"u00002", APPLIED("u00002")}, {"u00003", MISSING("u00003")},
        {"u09997", APPLIED("u09997")}, {"u09998", APPLIED("u09998")}, {"u09999", MISSING("u09999")},
    };
    world->now_ms = 3000000;
    for (size_t i = 0; i < COUNT(users); i++)
        world_expect(world, "GET",
                     arena_printf(&world->arena, "/v1/brokers/b-1/users/%s", users[i][0]), "",
                     users[i][1]);
    const char *list = world_call(world, "GET", "/v1/brokers/b-1/users?maxResults=5", "").body.data;
    if (strstr(list, "pendingChange") || strstr(list, "u00003") || !strstr(list, "u00004"))
        fail_msg("%s", list);
    const char *broker = world_call(world, "GET", "/v1/brokers/b-1", "").body.data;
    if (strstr(broker, "pendingChange") || strstr(broker, "u00003") || !strstr(broker, "u00004"))
        fail_msg("%s", broker);
}

#define PENDING_USERS                                                                \
    USERS("password, pending_change, pending_password, pending_groups",              \
          "iif(x % 3 = 1, NULL, 'created-pw-12'),"                                   \
          " CASE x % 3 WHEN 1 THEN 'CREATE' WHEN 2 THEN 'UPDATE' ELSE 'DELETE' END," \
          " iif(x % 3 = 1, 'created-pw-12', NULL), '[\"new\"]'")

static void a_reboot_applies_many_users(void **state)
{
    (void)state;
    for (int64_t reboot_ms = 0; reboot_ms <= 1000; reboot_ms += 1000) {
        struct world w;
        world_open(&w, ":memory:", BROKERS PENDING_USERS);
        w.settings.reboot_ms = reboot_ms;
        world_expect(&w, "POST", "/v1/brokers/b-1/reboot", "", "200 {}");
        assert_in_range(count_slices(&w, 3000000, expect_applied), 15, 25);
        expect_applied(&w);
        assert_string_equal(world_ask(&w, "SELECT state FROM broker WHERE id = 'b-1'"), "RUNNING");
        assert_string_equal(world_ask(&w, "SELECT count(*), count(pending_change) FROM user"),
                            "6667|0");
        world_close(&w);
    }
}

static void a_creation_applies_many_users(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               BROKERS "UPDATE broker SET state = 'CREATION_IN_PROGRESS', creation_step = 1,"
                       " state_due_ms = 1 WHERE id = 'b-1';" PENDING_USERS);
    assert_in_range(count_slices(&w, 3000000, expect_applied), 15, 25);
    assert_string_equal(world_ask(&w, "SELECT state FROM broker WHERE id = 'b-1'"), "RUNNING");
    world_close(&w);
}

/* ---- the clock ---- */

/* Makes the step, counts its slices, and checks in each the rows and that the clock never leads. */
static int step_to(struct world *world, int64_t to_ms, void (*between)(struct world *, int64_t))
{
    int64_t offset_ms = to_ms - clock_wall_ms();
    int slices = 1;
    if (clock_begin_step(world->store, &world->settings, offset_ms))
        fail_msg("%s", sqlite3_errmsg(world->store->db));
    settle(world);
    while (clock_step_is_open(world->store)) {
        int64_t before = store_rows_written(world->store);
        if (between)
            between(world, to_ms);
        if (clock_continue_step(world->store, &world->settings))
            fail_msg("%s", sqlite3_errmsg(world->store->db));
        settle(world);
        assert_in_range(store_rows_written(world->store) - before, 1, MOST_ROWS);
        assert_in_range(++slices, 1, 1000);
    }
    assert_int_equal(store_clock_offset_ms(world->store), offset_ms);
    return slices;
}

static void set_clock(struct world *world, int64_t to_ms)
{
    if (store_set_clock(world->store, to_ms - clock_wall_ms()))
        fail_msg("%s", sqlite3_errmsg(world->store->db));
    settle(world);
}

/* At sunday_ms, with brokers whose reboots end one after the other in the hours that follow. */
static void open_rebooting(struct world *world, const char *path)
{
    world_open(world, path,
               "INSERT INTO broker (id, name, state, state_due_ms)" NUMBERS(
                   2000) " SELECT 'b-' || x, 'n' || x, 'REBOOT_IN_PROGRESS',"
                         " 1796554800000 + x * 10000 FROM n;");
    set_clock(world, sunday_ms);
}

/* Makes the first slice of a step of a day, and returns the offset that the clock will have. */
static int64_t begin_day(struct world *world)
{
    int64_t offset_ms = store_clock_offset_ms(world->store) + day_ms;
    assert_int_equal(clock_begin_step(world->store, &world->settings, offset_ms), RESULT_OK);
    settle(world);
    assert_true(clock_step_is_open(world->store));
    return offset_ms;
}

/* Ten years over brokers with and without a window of their own: the windows in which nothing can
 * happen are not visited. */
static void idle_windows_are_left_out(void **state)
{
    (void)state;
    struct world w;
    world_open(
        &w, ":memory:",
        "INSERT INTO broker (id, name, day_of_week, ldap_server_metadata)" NUMBERS(
            400) " SELECT 'b-' || x, 'n' || x, iif(x % 2, 'MONDAY', NULL),"
                 " '{\"hosts\":[\"a.example\"],\"roleBase\":\"b\",\"roleSearchMatching\":\"c\","
                 "\"serviceAccountUsername\":\"d\",\"userBase\":\"e\",\"userSearchMatching\":\"f\"}'"
                 " FROM n;"
                 "INSERT INTO user (broker_id, username, pending_change, pending_password)"
                 " SELECT id, 'bob', 'CREATE', 'created-pw-12' FROM broker;");
    w.settings.reboot_ms = 3600000;
    set_clock(&w, sunday_ms - day_ms);
    assert_int_equal(world_advance(&w, store_now_ms(w.store)), RESULT_OK);
    settle(&w);
    int64_t before = store_rows_written(w.store);
    assert_in_range(step_to(&w, sunday_ms + 3650 * day_ms, NULL), 2, 30);
    assert_in_range(store_rows_written(w.store) - before, 400 * 3, 400 * 5);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker WHERE state = 'RUNNING'"),
                        "400");
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM pending_user"), "0");
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM clock_step"), "0");
    /* Each Monday broker waits for the first Monday after the step. */
    assert_string_equal(world_ask(&w,
                                  "SELECT DISTINCT strftime('%Y-%m-%d %H:%M', window_due_ms / 1000,"
                                  " 'unixepoch') FROM broker WHERE window_due_ms IS NOT NULL"),
                        "2036-12-08 11:00");
    world_close(&w);
}

/* Nothing that is due at the time the clock shows is still to be done. */
static void expect_done(struct world *world, int64_t to_ms)
{
    int64_t now_ms = store_now_ms(world->store);
    assert_true(now_ms <= to_ms);
    assert_true(world_due_ms(world) >= now_ms - 1000);
    world->now_ms = now_ms;
}

static void calls_see_the_clock_on_its_way(void **state)
{
    (void)state;
    struct world w;
    open_rebooting(&w, ":memory:");
    assert_in_range(step_to(&w, sunday_ms + day_ms, expect_done), 5, 40);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker WHERE state = 'RUNNING'"),
                        "2000");
    world_close(&w);
}

/* An upgrade takes two windows: the first brings the version, the next its patch. */
static void a_window_can_follow_a_window(void **state)
{
    (void)state;
    struct world w;
    world_open(
        &w, ":memory:",
        "INSERT INTO broker (id, name, day_of_week, engine_version, pending_engine_version)"
        " VALUES ('b-1', 'one', NULL, '5.17', '5.18'), ('b-2', 'two', 'MONDAY', '5.17', '5.18');");
    set_clock(&w, sunday_ms - day_ms);
    step_to(&w, sunday_ms + 6 * day_ms, NULL);
    assert_string_equal(world_ask(&w, "SELECT engine_version, engine_patch FROM broker"),
                        "5.18|- 5.18|-");
    step_to(&w, sunday_ms + 30 * day_ms, NULL);
    assert_string_equal(world_ask(&w, "SELECT engine_version, engine_patch FROM broker"),
                        "5.18|5.18.7 5.18|5.18.7");
    world_close(&w);
}

static const char dues[] =
    "SELECT id, state_due_ms, window_due_ms FROM broker WHERE id < 'b-2' OR id > 'b-29' ORDER BY id";

static void a_step_back_keeps_what_remains(void **state)
{
    (void)state;
    struct world w;
    world_open(
        &w, ":memory:",
        "INSERT INTO broker (id, name, state, state_due_ms, day_of_week, time_zone, window_due_ms)"
        " VALUES ('b-1', 'one', 'REBOOT_IN_PROGRESS', 1796554805000, 'SUNDAY', 'UTC', 1797159600000),"
        " ('b-3', 'two', 'RUNNING', NULL, 'SUNDAY', 'Mars/Base', 9223372036854775807);"
        "INSERT INTO broker (id, name)" NUMBERS(1000) " SELECT 'b-2-' || x, 'n' || x FROM n;");
    set_clock(&w, sunday_ms);
    assert_int_equal(step_to(&w, sunday_ms - 8 * day_ms, NULL), 1);
    assert_int_equal(world_advance(&w, store_now_ms(w.store)), RESULT_OK);
    settle(&w);
    /* Five seconds remain, and the next window is that of the Sunday before. */
    int64_t due_ms = 0;
    assert_true(
        text_number(slice_of(world_ask(&w, "SELECT state_due_ms FROM broker WHERE id = 'b-1'")),
                    INT64_MAX, &due_ms));
    assert_in_range(due_ms - store_now_ms(w.store), 1, 5000);
    assert_string_equal(world_ask(&w, "SELECT window_due_ms FROM broker WHERE id = 'b-1'"),
                        "1795950000000");
    assert_non_null(strstr(world_ask(&w, dues), "b-3|-|9223372036854775807"));
    world_close(&w);
}

/* A step that could not be completed does not come back after another one. */
static void a_step_back_replaces_a_step(void **state)
{
    (void)state;
    struct world w;
    open_rebooting(&w, ":memory:");
    begin_day(&w);
    assert_int_equal(step_to(&w, sunday_ms - 8 * day_ms, NULL), 1);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM clock_step"), "0");
    world_close(&w);
}

/* Within a default window: the brokers that it has not yet reached are not left out. */
static void a_step_forward_goes_on_from_a_step(void **state)
{
    (void)state;
    struct world w;
    int parts = 1;
    world_open(&w, ":memory:",
               "INSERT INTO broker (id, name)" NUMBERS(
                   1000) " SELECT 'b-' || x, 'n' || x FROM n;"
                         "INSERT INTO user (broker_id, username, pending_change, pending_password)"
                         " SELECT id, 'bob', 'CREATE', 'created-pw-12' FROM broker;");
    set_clock(&w, sunday_ms - day_ms);
    int64_t offset_ms = store_clock_offset_ms(w.store) + 2 * day_ms;
    assert_int_equal(clock_begin_step(w.store, &w.settings, offset_ms), RESULT_OK);
    settle(&w);
    while (strcmp(world_ask(&w, "SELECT count(*) > 0 FROM broker WHERE state <> 'RUNNING'"), "1")) {
        assert_int_equal(clock_continue_step(w.store, &w.settings), RESULT_OK);
        settle(&w);
        assert_in_range(++parts, 1, 100);
    }
    assert_true(clock_step_is_open(w.store));
    step_to(&w, sunday_ms + day_ms / 2, NULL);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM pending_user"), "0");
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker WHERE state = 'RUNNING'"),
                        "1000");
    world_close(&w);
}

/* A failed step is one until a slice of it, or another step, is made: other calls do not wait. */
static void a_failure_is_remembered(void **state)
{
    (void)state;
    struct world w;
    open_rebooting(&w, ":memory:");
    int64_t offset_ms = begin_day(&w);
    assert_false(clock_step_has_failed(w.store));
    assert_int_equal(clock_continue_step(w.store, &w.settings), RESULT_OK);
    store_tick_abort(w.store);
    assert_int_equal(store_tick_commit(w.store), RESULT_STORE);
    clock_step_set_failed(w.store, true);
    assert_int_equal(store_reload_flags(w.store), RESULT_OK);
    assert_true(clock_step_has_failed(w.store));
    assert_int_equal(clock_begin_step(w.store, &w.settings, offset_ms + day_ms), RESULT_OK);
    settle(&w);
    assert_true(clock_step_is_open(w.store));
    assert_false(clock_step_has_failed(w.store));
    world_close(&w);
}

/* What a crash interrupts between two slices, the next start completes. */
static void a_step_survives_a_crash(void **state)
{
    (void)state;
    char path[] = "/tmp/amazonmq-unit-XXXXXX";
    struct world w;
    make_file(path, SLICE(""));
    open_rebooting(&w, path);
    int64_t offset_ms = begin_day(&w);
    /* This slice is lost. */
    assert_int_equal(clock_continue_step(w.store, &w.settings), RESULT_OK);
    world_close(&w);
    world_open(&w, path, "");
    assert_true(clock_step_is_open(w.store));
    assert_int_equal(clock_complete_step(w.store, &w.settings), RESULT_OK);
    assert_false(clock_step_is_open(w.store));
    assert_int_equal(store_clock_offset_ms(w.store), offset_ms);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker WHERE state = 'RUNNING'"),
                        "2000");
    world_close(&w);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brokers_in_order),
        cmocka_unit_test(a_broker_of_many_users_is_deleted),
        cmocka_unit_test(a_reboot_applies_many_users),
        cmocka_unit_test(a_creation_applies_many_users),
        cmocka_unit_test(idle_windows_are_left_out),
        cmocka_unit_test(calls_see_the_clock_on_its_way),
        cmocka_unit_test(a_window_can_follow_a_window),
        cmocka_unit_test(a_step_back_keeps_what_remains),
        cmocka_unit_test(a_step_back_replaces_a_step),
        cmocka_unit_test(a_step_forward_goes_on_from_a_step),
        cmocka_unit_test(a_failure_is_remembered),
        cmocka_unit_test(a_step_survives_a_crash),
    };
    return cmocka_run_group_tests_name("slices", tests, NULL, NULL);
}
