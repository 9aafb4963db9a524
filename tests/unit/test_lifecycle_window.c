/* mq/lifecycle: what a reboot applies, and when a maintenance window brings one. */
#include "store_world.h"

#include "base/clock.h"

static const int64_t monday_ms = 1795392000000; /* 2026-11-23 00:00 UTC */
static const int64_t window_ms = 1795439100000; /* 13:05 of that day */
static const int64_t week_ms = 604800000;

#define WINDOW                                                                \
    "INSERT INTO broker (id, name, day_of_week, time_of_day, window_changes)" \
    " VALUES ('b-1', 'one', 'MONDAY', '13:05', 3);"
#define CONFIGURATION                                                       \
    "INSERT INTO configuration (id, name) VALUES ('c-new', 'new');"         \
    "INSERT INTO configuration_revision (configuration_id, revision, data)" \
    " VALUES ('c-new', 2, '<broker/>');"
#define BOB                                                                    \
    "INSERT INTO user (broker_id, username, pending_change, pending_password)" \
    " VALUES ('b-1', 'bob', 'CREATE', 'created-pw-12');"

static const char window[] =
    "SELECT state, state_due_ms, window_due_ms, window_changes FROM broker WHERE id = 'b-1'";

static void advance(struct world *world, int64_t now_ms)
{
    assert_int_equal(world_advance(world, now_ms), RESULT_OK);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

static void expect_window(struct world *world, const char *format, ...)
{
    char wanted[200];
    va_list args;
    va_start(args, format);
    vsnprintf(wanted, sizeof wanted, format, args);
    va_end(args);
    assert_string_equal(world_ask(world, window), wanted);
}

/* ---- a reboot ---- */

/* Everything that can be pending on a broker, and none of it afterwards. */
static void a_reboot_applies_everything(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               CONFIGURATION
               "INSERT INTO broker (id, name, pending_engine_version,"
               " pending_host_instance_type, pending_authentication_strategy,"
               " pending_security_groups, pending_storage_size,"
               " pending_ldap_server_metadata, pending_ldap_service_account_password,"
               " pending_logs_general, pending_logs_audit, logs_audit)"
               " VALUES ('b-1', 'one', '5.19.1', 'mq.m5.xlarge', 'LDAP', '[\"sg-1\"]', 15,"
               " '{\"hosts\":[\"h\"]}', 'ldap-secret', 1, 0, 1);"
               "UPDATE broker SET pending_configuration_id = 'c-new',"
               " pending_configuration_revision = 2;" BOB);
    w.settings.reboot_ms = 0;
    world_expect(&w, "POST", "/v1/brokers/b-1/reboot", "", "200 {}");
    assert_string_equal(
        world_ask(&w, "SELECT state, engine_version, host_instance_type, authentication_strategy,"
                      " security_groups, storage_size, ldap_server_metadata,"
                      " ldap_service_account_password, logs_general, logs_audit, configuration_id,"
                      " configuration_revision FROM broker"),
        "RUNNING|5.19.1|mq.m5.xlarge|LDAP|[\"sg-1\"]|15|{\"hosts\":[\"h\"]}|ldap-secret|1|0|c-new|"
        "2");
    assert_string_equal(
        world_ask(&w, "SELECT coalesce(pending_engine_version, pending_host_instance_type,"
                      " pending_authentication_strategy, pending_security_groups,"
                      " pending_storage_size, pending_ldap_server_metadata,"
                      " pending_ldap_service_account_password, pending_logs_general,"
                      " pending_logs_audit, pending_configuration_id),"
                      " pending_configuration_revision FROM broker"),
        "-|1");
    assert_string_equal(world_ask(&w, "SELECT broker_id, configuration_id, revision"
                                      " FROM broker_configuration_history"),
                        "b-1|c-1|1");
    assert_string_equal(world_ask(&w, "SELECT username FROM applied_user"), "bob");
    world_close(&w);
}

/* What is not pending stays, in particular NULL and 0. */
static void a_reboot_leaves_the_rest(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               "INSERT INTO broker (id, name, authentication_strategy, storage_size, logs_general,"
               " ldap_server_metadata, ldap_service_account_password, security_groups)"
               " VALUES ('b-1', 'one', 'LDAP', 10, 1, '{\"a\":1}', 'x', '[\"sg-1\"]');"
               "UPDATE broker SET pending_storage_size = 0, pending_security_groups = '[]';");
    w.settings.reboot_ms = 0;
    world_expect(&w, "POST", "/v1/brokers/b-1/reboot", "", "200 {}");
    assert_string_equal(
        world_ask(&w, "SELECT storage_size, security_groups, logs_general, logs_audit,"
                      " ldap_server_metadata, ldap_service_account_password, engine_version,"
                      " configuration_id FROM broker"),
        "-|[]|1|0|{\"a\":1}|x|5.19|c-1");
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker_configuration_history"), "0");
    world_close(&w);
}

/* One more line of history for each change, the oldest first, of the same configuration too. */
static void history_grows(void **state)
{
    (void)state;
    struct world w;
    world_open(&w,
               ":memory:", CONFIGURATION "INSERT INTO broker (id, name) VALUES ('b-1', 'one');");
    w.settings.reboot_ms = 0;
    static const char *const changes[] = {
        "UPDATE broker SET pending_configuration_id = 'c-new'",
        "UPDATE broker SET pending_configuration_id = 'c-new', pending_configuration_revision = 2",
        "UPDATE broker SET pending_configuration_id = 'c-1'",
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        assert_int_equal(sqlite3_exec(w.store->db, changes[i], NULL, NULL, NULL), SQLITE_OK);
        world_expect(&w, "POST", "/v1/brokers/b-1/reboot", "", "200 {}");
    }
    assert_string_equal(world_ask(&w, "SELECT configuration_id, revision"
                                      " FROM broker_configuration_history ORDER BY id"),
                        "c-1|1 c-new|1 c-new|2");
    assert_string_equal(world_ask(&w, "SELECT configuration_id, configuration_revision"
                                      " FROM broker"),
                        "c-1|1");
    world_close(&w);
}

/* ---- windows ---- */

static void an_unknown_time_is_scheduled_first(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               WINDOW "INSERT INTO broker (id, name) VALUES ('b-2', 'never');"
                      "INSERT INTO broker (id, name, day_of_week, time_of_day, time_zone)"
                      " VALUES ('b-3', 'berlin', 'MONDAY', '13:05', 'Europe/Berlin');");
    assert_int_equal(world_due_ms(&w), 0);
    advance(&w, monday_ms);
    expect_window(&w, "RUNNING|-|%lld|3", (long long)window_ms);
    assert_string_equal(world_ask(&w, "SELECT window_due_ms FROM broker WHERE id = 'b-2'"), "-");
    assert_string_equal(world_ask(&w, "SELECT window_due_ms FROM broker WHERE id = 'b-3'"),
                        "1795435500000");
    assert_true(world_due_ms(&w) == 1795435500000);
    world_close(&w);
}

static void a_window_without_pending_changes_reboots_nothing(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WINDOW);
    advance(&w, monday_ms);
    advance(&w, window_ms - 1);
    expect_window(&w, "RUNNING|-|%lld|3", (long long)window_ms);
    advance(&w, window_ms);
    expect_window(&w, "RUNNING|-|%lld|0", (long long)(window_ms + week_ms));
    /* Weeks without a server: it opens once, and next in the week to come. */
    advance(&w, window_ms + 3 * week_ms + 5);
    expect_window(&w, "RUNNING|-|%lld|0", (long long)(window_ms + 4 * week_ms));
    world_close(&w);
}

static void anything_pending_makes_it_reboot(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE broker SET pending_engine_version = '5.18';",
        "UPDATE broker SET pending_host_instance_type = 'mq.m5.xlarge';",
        "UPDATE broker SET pending_authentication_strategy = 'SIMPLE';",
        "UPDATE broker SET pending_security_groups = '[]';",
        "UPDATE broker SET pending_storage_size = 0;",
        "UPDATE broker SET pending_ldap_server_metadata = '{}';",
        "UPDATE broker SET pending_ldap_service_account_password = 'x';",
        "UPDATE broker SET pending_logs_general = 0;",
        "UPDATE broker SET pending_logs_audit = 0;",
        "UPDATE broker SET pending_configuration_id = 'c-1';",
        "UPDATE broker SET pending_data_replication_mode = 'NONE';",
        BOB,
        "INSERT INTO shared_resource (broker_id, resource_arn, status)"
        " VALUES ('b-1', 'arn:x', 'SETUP_IN_PROGRESS');",
        "INSERT INTO shared_resource (broker_id, resource_arn, status)"
        " VALUES ('b-1', 'arn:x', 'PENDING_DELETE');",
    };
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct world w;
        char seed[1000];
        snprintf(seed, sizeof seed, WINDOW "%s", changes[i]);
        world_open(&w, ":memory:", seed);
        w.settings.reboot_ms = 50;
        advance(&w, monday_ms);
        advance(&w, window_ms + 7);
        char wanted[100];
        snprintf(wanted, sizeof wanted, "REBOOT_IN_PROGRESS|%lld|%lld|0",
                 (long long)(window_ms + 50), (long long)(window_ms + week_ms));
        if (strcmp(world_ask(&w, window), wanted) != 0)
            fail_msg("%s\n  got    %s\n  wanted %s", changes[i], world_ask(&w, window), wanted);
        advance(&w, window_ms + 50);
        expect_window(&w, "RUNNING|-|%lld|0", (long long)(window_ms + week_ms));
        world_close(&w);
    }
}

/* Of brokers that cannot be rebooted nothing but the time changes. */
static void a_window_leaves_busy_brokers(void **state)
{
    (void)state;
    static const char *const states[] = {"CREATION_IN_PROGRESS", "CREATION_FAILED",
                                         "REBOOT_IN_PROGRESS", "DELETION_IN_PROGRESS"};
    for (size_t i = 0; i < COUNT(states); i++) {
        struct world w;
        char seed[1000];
        snprintf(seed, sizeof seed, WINDOW BOB "UPDATE broker SET state = '%s', window_due_ms = 1;",
                 states[i]);
        world_open(&w, ":memory:", seed);
        advance(&w, monday_ms);
        expect_window(&w, "%s|-|%lld|0", states[i], (long long)window_ms);
        assert_string_equal(world_ask(&w, "SELECT count(*) FROM pending_user"), "1");
        world_close(&w);
    }
}

/* In the two other states that a reboot returns to as well. */
static void a_window_keeps_the_state_it_meets(void **state)
{
    (void)state;
    static const char *const states[] = {"CRITICAL_ACTION_REQUIRED", "REPLICA"};
    for (size_t i = 0; i < COUNT(states); i++) {
        struct world w;
        char seed[1000];
        snprintf(seed, sizeof seed, WINDOW BOB "UPDATE broker SET state = '%s', window_due_ms = 1;",
                 states[i]);
        world_open(&w, ":memory:", seed);
        w.settings.reboot_ms = 0;
        advance(&w, monday_ms);
        expect_window(&w, "%s|-|%lld|0", states[i], (long long)window_ms);
        assert_string_equal(world_ask(&w, "SELECT username FROM applied_user"), "bob");
        world_close(&w);
    }
}

/* A seed may name a zone that this machine does not have: its window never opens. */
static void an_unknown_zone_has_no_window(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", WINDOW BOB "UPDATE broker SET time_zone = 'Mars/Base';");
    assert_int_equal(world_due_ms(&w), 0);
    advance(&w, monday_ms);
    expect_window(&w, "RUNNING|-|9223372036854775807|3");
    assert_true(world_due_ms(&w) == INT64_MAX);
    advance(&w, window_ms + week_ms);
    expect_window(&w, "RUNNING|-|9223372036854775807|3");
    world_close(&w);
}

/* The clock stops at the end of 9999. A window that would open later is computed anew when the
 * clock is set back, whatever has scheduled it. */
static void a_window_after_9999_can_be_rescheduled(void **state)
{
    (void)state;
    static const struct {
        int64_t at_ms, window_ms;
    } cases[] = {
        {CLOCK_MAX_MS, 0},
        {CLOCK_MAX_MS - 1000, 0},
        {CLOCK_MAX_MS - 1000, CLOCK_MAX_MS - 1000}, /* it opens, and its reboot would end later */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w;
        char seed[500];
        snprintf(seed, sizeof seed, WINDOW BOB "UPDATE broker SET window_due_ms = %lld WHERE %d;",
                 (long long)cases[i].window_ms, cases[i].window_ms > 0);
        world_open(&w, ":memory:", seed);
        w.settings.reboot_ms = 3600000;
        advance(&w, cases[i].at_ms);
        assert_string_equal(
            world_ask(&w, "SELECT window_due_ms > 253402300799999,"
                          " window_due_ms < 9223372036854775807 FROM broker WHERE id = 'b-1'"),
            "1|1");
        assert_int_equal(broker_set_back(w.store, CLOCK_MAX_MS - monday_ms), RESULT_OK);
        advance(&w, monday_ms);
        assert_string_equal(world_ask(&w, "SELECT window_due_ms FROM broker WHERE id = 'b-1'"),
                            "1795439100000");
        world_close(&w);
    }
}

/* A window the settings of which change is scheduled anew, without one there is none. */
static void windows_are_scheduled_from_their_settings(void **state)
{
    (void)state;
    static const struct {
        const char *day, *time, *zone;
        int64_t after_ms, wanted_ms;
    } cases[] = {
        {"MONDAY", "13:05", "UTC", 1795392000000, 1795439100000},
        {"MONDAY", "13:05", "UTC", 1795439100000, 1796043900000},
        {"MONDAY", "00:00", "UTC", 1795392000000, 1795996800000},
        {"SUNDAY", "23:59", "UTC", 1795392000000, 1795996740000},
        {"MONDAY", "13:05", "+01:00", 1795392000000, 1795435500000},
        {NULL, "13:05", "UTC", 1795392000000, BROKER_UNSET},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct broker broker = {.time_of_day = slice_of(cases[i].time),
                                .time_zone = slice_of(cases[i].zone),
                                .window_due_ms = 42};
        if (cases[i].day)
            broker.day_of_week = term_find(&weekday_terms, slice_of(cases[i].day));
        lifecycle_schedule_window(&broker, cases[i].after_ms);
        if (broker.window_due_ms != cases[i].wanted_ms)
            fail_msg("row %zu: %lld", i, (long long)broker.window_due_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reboot_applies_everything),
        cmocka_unit_test(a_reboot_leaves_the_rest),
        cmocka_unit_test(history_grows),
        cmocka_unit_test(an_unknown_time_is_scheduled_first),
        cmocka_unit_test(a_window_without_pending_changes_reboots_nothing),
        cmocka_unit_test(anything_pending_makes_it_reboot),
        cmocka_unit_test(a_window_leaves_busy_brokers),
        cmocka_unit_test(a_window_keeps_the_state_it_meets),
        cmocka_unit_test(an_unknown_zone_has_no_window),
        cmocka_unit_test(a_window_after_9999_can_be_rescheduled),
        cmocka_unit_test(windows_are_scheduled_from_their_settings),
    };
    return cmocka_run_group_tests_name("lifecycle_window", tests, NULL, NULL);
}
