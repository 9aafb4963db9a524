/* store/brokers: every column goes in and comes out, pages, names, and what is due. */
#include "store_world.h"

#define CONFIGURATIONS                                                          \
    "INSERT INTO configuration (id, name, engine_type, account, region) VALUES" \
    " ('c-1', 'one', 'ACTIVEMQ', '210987654321', 'eu-west-1'),"                 \
    " ('c-2', 'two', 'ACTIVEMQ', '210987654321', 'eu-west-1'),"                 \
    " ('c-3', 'three', 'RABBITMQ', '', '');"                                    \
    "INSERT INTO configuration_revision (configuration_id, revision, data)"     \
    " VALUES ('c-1', 2, ''), ('c-2', 2, ''), ('c-2', 3, '');"

/* No two values alike, as far as the rules let them. */
static const struct broker full = {
    .id = SLICE_INIT("b-full"),
    .account = SLICE_INIT("210987654321"),
    .region = SLICE_INIT("eu-west-1"),
    .name = SLICE_INIT("full"),
    .state = STATE_REBOOT_IN_PROGRESS,
    .engine = ENGINE_ACTIVEMQ,
    .created = SLICE_INIT("2026-01-02T03:04:05.678901Z"),
    .engine_version = SLICE_INIT("5.18"),
    .host_instance_type = SLICE_INIT("mq.m5.2xlarge"),
    .storage_type = STORAGE_EBS,
    .deployment_mode = DEPLOYMENT_ACTIVE_STANDBY_MULTI_AZ,
    .authentication_strategy = STRATEGY_LDAP,
    .auto_minor_version_upgrade = true,
    .publicly_accessible = true,
    .logs_general = true,
    .logs_audit = true,
    .use_aws_owned_key = false,
    .kms_key_id = SLICE_INIT("a-key"),
    .day_of_week = WEEKDAY_FRIDAY,
    .time_of_day = SLICE_INIT("03:04"),
    .time_zone = SLICE_INIT("Europe/Berlin"),
    .window_due_ms = 1001,
    .window_changes = 1002,
    .subnet_ids = SLICE_INIT("[\"subnet-1\"]"),
    .security_groups = SLICE_INIT("[\"sg-1\"]"),
    .configuration_id = SLICE_INIT("c-1"),
    .configuration_revision = 2,
    .state_due_ms = 1003,
    .state_after = STATE_CRITICAL_ACTION_REQUIRED,
    .creation_step = 0,
    .storage_size = 1005,
    .ldap_server_metadata = SLICE_INIT("{\"a\":1}"),
    .ldap_service_account_password = SLICE_INIT("secret-1"),
    .creator_request_id = SLICE_INIT("request-1"),
    .pending_engine_version = SLICE_INIT("5.19"),
    .pending_host_instance_type = SLICE_INIT("mq.m5.4xlarge"),
    .pending_authentication_strategy = STRATEGY_SIMPLE,
    .pending_security_groups = SLICE_INIT("[\"sg-2\"]"),
    .pending_storage_size = 1010,
    .pending_ldap_server_metadata = SLICE_INIT("{\"b\":2}"),
    .pending_ldap_service_account_password = SLICE_INIT("secret-2"),
    .pending_logs_general = 0,
    .pending_logs_audit = 1,
    .pending_configuration_id = SLICE_INIT("c-2"),
    .pending_configuration_revision = 3,
    .engine_patch = SLICE_INIT("5.18.3"),
    .pending_engine_patch = SLICE_INIT("5.18.4"),
    .data_replication_mode = REPLICATION_CRDR,
    .pending_data_replication_mode = REPLICATION_NONE,
    .data_replication_role = ROLE_PRIMARY,
    .data_replication_counterpart = SLICE_INIT("b-other"),
    .data_replication_counterpart_region = SLICE_INIT("us-west-2"),
};

/* All that can be NULL is, and every flag is another. */
static const struct broker least = {
    .id = SLICE_INIT("b-least"),
    .account = SLICE_INIT("123456789012"),
    .region = SLICE_INIT("us-east-1"),
    .name = SLICE_INIT("least"),
    .state = STATE_RUNNING,
    .engine = ENGINE_RABBITMQ,
    .created = SLICE_INIT("2026-02-03T04:05:06.000001Z"),
    .engine_version = SLICE_INIT("4.2"),
    .host_instance_type = SLICE_INIT("mq.m5.large"),
    .storage_type = STORAGE_EBS,
    .deployment_mode = DEPLOYMENT_CLUSTER_MULTI_AZ,
    .authentication_strategy = STRATEGY_SIMPLE,
    .use_aws_owned_key = true,
    .time_of_day = SLICE_INIT("11:00"),
    .time_zone = SLICE_INIT("UTC"),
    .window_due_ms = BROKER_UNSET,
    .configuration_id = SLICE_INIT("c-3"),
    .configuration_revision = 1,
    .state_due_ms = BROKER_UNSET,
    .state_after = STATE_RUNNING,
    .creation_step = 3,
    .storage_size = BROKER_UNSET,
    .pending_storage_size = BROKER_UNSET,
    .pending_logs_general = BROKER_UNSET,
    .pending_logs_audit = BROKER_UNSET,
    .pending_configuration_revision = 1,
};

static void check_text(const char *name, struct slice got, struct slice wanted)
{
    bool same = wanted.data ? got.data && slice_equal(got, wanted) : !got.data;
    if (!same)
        fail_msg("%s: got %s, wanted %s", name, got.data ? got.data : "(absent)",
                 wanted.data ? wanted.data : "(absent)");
    /* Handlers hand them to %s as well. */
    assert_true(!got.data || got.data[got.len] == '\0');
}

static void check_number(const char *name, int64_t got, int64_t wanted)
{
    if (got != wanted)
        fail_msg("%s: got %lld, wanted %lld", name, (long long)got, (long long)wanted);
}

static void check_broker(const struct broker *got, const struct broker *wanted)
{
    check_text("id", got->id, wanted->id);
    check_text("account", got->account, wanted->account);
    check_text("region", got->region, wanted->region);
    check_text("name", got->name, wanted->name);
    check_number("state", got->state, wanted->state);
    check_number("engine", got->engine, wanted->engine);
#define TEXT(name) check_text(#name, got->name, wanted->name);
#define NUMBER(name) check_number(#name, got->name, wanted->name);
#define TERM(type, name) check_number(#name, got->name, wanted->name);
    BROKER_FIELDS(TEXT, TERM, NUMBER, NUMBER)
#undef TEXT
#undef TERM
#undef NUMBER
}

/* The column of that name says so as well, so no two are mistaken for each other both ways. */
static void check_columns(struct world *world, const struct broker *wanted)
{
    char sql[200], number[24];
    const char *got;
#define ASK(name)                                                                                \
    (snprintf(sql, sizeof sql, "SELECT " #name " FROM broker WHERE id = '%s'", wanted->id.data), \
     world_ask(world, sql))
#define TEXT(name) \
    check_text(#name, slice_of(ASK(name)), wanted->name.data ? wanted->name : SLICE("-"));
#define TERM(type, name)                   \
    check_text(#name, slice_of(ASK(name)), \
               wanted->name ? term_text(&type##_terms, wanted->name) : SLICE("-"));
#define FLAG(name) assert_string_equal(ASK(name), wanted->name ? "1" : "0");
#define NUMBER(name)                                                  \
    got = ASK(name);                                                  \
    snprintf(number, sizeof number, "%lld", (long long)wanted->name); \
    assert_string_equal(got, wanted->name == BROKER_UNSET ? "-" : number);
    BROKER_FIELDS(TEXT, TERM, FLAG, NUMBER)
#undef TEXT
#undef TERM
#undef FLAG
#undef NUMBER
}

static struct broker find(struct world *world, const char *id)
{
    struct broker broker;
    memset(&broker, 0x5a, sizeof broker);
    assert_int_equal(broker_find(world->store, slice_of(id), &world->arena, &broker), RESULT_OK);
    return broker;
}

static void every_field_is_inserted_and_read(void **state)
{
    (void)state;
    static const struct broker *const brokers[] = {&full, &least};
    struct world w;
    world_open(&w, ":memory:", CONFIGURATIONS);
    for (size_t i = 0; i < COUNT(brokers); i++) {
        assert_int_equal(broker_insert(w.store, brokers[i]), RESULT_OK);
        struct broker broker = find(&w, brokers[i]->id.data);
        check_broker(&broker, brokers[i]);
        check_columns(&w, brokers[i]);
    }
    assert_int_equal(broker_insert(w.store, &full), RESULT_CONFLICT);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    world_close(&w);
}

/* Into each other's place and back: what is NULL is cleared. */
static void every_field_is_saved(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", CONFIGURATIONS);
    assert_int_equal(broker_insert(w.store, &full), RESULT_OK);
    struct broker changed = least;
    changed.id = full.id;
    changed.account = full.account;
    changed.region = full.region;
    changed.name = full.name;
    changed.engine = full.engine;
    changed.deployment_mode = DEPLOYMENT_SINGLE_INSTANCE;
    const struct broker *const saved[] = {&changed, &full};
    for (size_t i = 0; i < COUNT(saved); i++) {
        assert_int_equal(broker_save(w.store, saved[i]), RESULT_OK);
        struct broker broker = find(&w, "b-full");
        check_broker(&broker, saved[i]);
        check_columns(&w, saved[i]);
    }
    world_close(&w);
}

static void brokers_are_found(void **state)
{
    (void)state;
    struct world w;
    struct broker broker;
    struct broker_head head;
    world_open(&w, ":memory:", CONFIGURATIONS);
    assert_int_equal(broker_insert(w.store, &full), RESULT_OK);
    assert_int_equal(broker_insert(w.store, &least), RESULT_OK);
    assert_int_equal(broker_find_head(w.store, SLICE("b-least"), &w.arena, &head), RESULT_OK);
    assert_slice(head.id, "b-least");
    assert_slice(head.account, "123456789012");
    assert_slice(head.region, "us-east-1");
    assert_slice(head.name, "least");
    assert_int_equal(head.state, STATE_RUNNING);
    assert_true(head.engine == ENGINE_RABBITMQ && head.creation_step == 3);
    static const struct {
        const char *account, *region, *name;
        enum result wanted;
    } cases[] = {
        {"210987654321", "eu-west-1", "full", RESULT_OK},
        {"210987654321", "eu-west-1", "Full", RESULT_NOT_FOUND},
        {"210987654321", "eu-west-1", "ful", RESULT_NOT_FOUND},
        {"210987654321", "us-east-1", "full", RESULT_NOT_FOUND},
        {"123456789012", "eu-west-1", "full", RESULT_NOT_FOUND},
        {"", "", "", RESULT_NOT_FOUND},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(broker_find_by_name(w.store, slice_of(cases[i].account),
                                             slice_of(cases[i].region), slice_of(cases[i].name),
                                             &w.arena, &broker),
                         cases[i].wanted);
        if (cases[i].wanted == RESULT_OK)
            check_broker(&broker, &full);
    }
    static const char *const strangers[] = {"", "b-", "b-full ", "B-FULL", "b-none"};
    for (size_t i = 0; i < COUNT(strangers); i++) {
        struct slice id = slice_of(strangers[i]);
        assert_int_equal(broker_find(w.store, id, &w.arena, &broker), RESULT_NOT_FOUND);
        assert_int_equal(broker_find_head(w.store, id, &w.arena, &head), RESULT_NOT_FOUND);
    }
    world_close(&w);
}

/* Ids of a page, separated by blanks. */
static const char *page(struct world *world, const char *region, const char *after, int64_t most)
{
    struct broker *brokers = NULL;
    size_t count = 0;
    const char *text = "";
    struct slice key = {NULL, 0};
    if (after)
        key = slice_of(after);
    assert_int_equal(broker_page(world->store, SLICE("123456789012"), slice_of(region), key, most,
                                 &world->arena, &brokers, &count),
                     RESULT_OK);
    for (size_t i = 0; i < count; i++) {
        text = arena_printf(&world->arena, "%s%s%s", text, i ? " " : "", brokers[i].id.data);
        assert_slice(brokers[i].region, region);
    }
    return text;
}

/* What ListBrokers shows of a broker. */
static void check_summary(const struct broker *got, const struct broker *wanted)
{
    check_text("id", got->id, wanted->id);
    check_text("account", got->account, wanted->account);
    check_text("region", got->region, wanted->region);
    check_text("name", got->name, wanted->name);
    check_number("state", got->state, wanted->state);
    check_number("engine", got->engine, wanted->engine);
    check_text("created", got->created, wanted->created);
    check_number("deployment_mode", got->deployment_mode, wanted->deployment_mode);
    check_text("host_instance_type", got->host_instance_type, wanted->host_instance_type);
}

static void a_page_has_what_a_summary_shows(void **state)
{
    (void)state;
    static const struct broker *const all[] = {&full, &least};
    struct world w;
    world_open(&w, ":memory:", CONFIGURATIONS);
    for (size_t i = 0; i < COUNT(all); i++) {
        struct broker *brokers = NULL;
        size_t count = 0;
        assert_int_equal(broker_insert(w.store, all[i]), RESULT_OK);
        assert_int_equal(broker_page(w.store, all[i]->account, all[i]->region, SLICE(""), 5,
                                     &w.arena, &brokers, &count),
                         RESULT_OK);
        assert_int_equal(count, 1);
        check_summary(&brokers[0], all[i]);
    }
    world_close(&w);
}

static void pages_are_in_byte_order_of_ids(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               "INSERT INTO broker (id, name) VALUES ('b', 'n1'), ('B', 'n2'), ('9', 'n3'),"
               " ('a-1', 'n4'), ('a', 'n5'), ('-', 'n6');"
               "INSERT INTO broker (id, name, region) VALUES ('a0', 'n1', 'eu-west-1');"
               "INSERT INTO broker (id, name, account) VALUES ('a2', 'n1', '210987654321');");
    assert_string_equal(page(&w, "us-east-1", NULL, 100), "- 9 B a a-1 b");
    assert_string_equal(page(&w, "us-east-1", NULL, 2), "- 9");
    assert_string_equal(page(&w, "us-east-1", "9", 3), "B a a-1");
    assert_string_equal(page(&w, "us-east-1", "a0", 100), "b");
    assert_string_equal(page(&w, "us-east-1", "b", 100), "");
    assert_string_equal(page(&w, "us-east-1", NULL, 0), "");
    assert_string_equal(page(&w, "eu-west-1", NULL, 100), "a0");
    assert_string_equal(page(&w, "us-west-2", NULL, 100), "");
    world_close(&w);
}

static void what_is_due_first(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int64_t due_ms;
    } steps[] = {
        {"SELECT 1", INT64_MAX},
        {"UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = 50 WHERE id = 'b-1'", 50},
        {"UPDATE broker SET state = 'CREATION_IN_PROGRESS', state_due_ms = 40 WHERE id = 'b-2'",
         40},
        {"UPDATE broker SET day_of_week = 'MONDAY', window_due_ms = 45 WHERE id = 'b-3'", 40},
        {"UPDATE broker SET window_due_ms = 30 WHERE id = 'b-3'", 30},
        {"UPDATE broker SET window_due_ms = NULL WHERE id = 'b-3'", 0},
        {"UPDATE broker SET day_of_week = NULL WHERE id = 'b-3'", 40},
        {"UPDATE broker SET state_due_ms = NULL", INT64_MAX},
        {"UPDATE broker SET day_of_week = 'MONDAY', window_due_ms = -5 WHERE id = 'b-1'", -5},
    };
    struct world w;
    world_open(&w, ":memory:",
               "INSERT INTO broker (id, name) VALUES ('b-1', 'n1'), ('b-2', 'n2'),"
               " ('b-3', 'n3');");
    for (size_t i = 0; i < COUNT(steps); i++) {
        assert_int_equal(sqlite3_exec(w.store->db, steps[i].sql, NULL, NULL, NULL), SQLITE_OK);
        if (world_due_ms(&w) != steps[i].due_ms)
            fail_msg("%s: %lld", steps[i].sql, (long long)world_due_ms(&w));
    }
    world_close(&w);
}

static void the_next_one_is_the_oldest(void **state)
{
    (void)state;
    struct world w;
    struct broker broker;
    world_open(
        &w, ":memory:",
        "INSERT INTO broker (id, name, state, state_due_ms) VALUES"
        " ('b-1', 'n1', 'REBOOT_IN_PROGRESS', 50), ('b-2', 'n2', 'REBOOT_IN_PROGRESS', 40);"
        "INSERT INTO broker (id, name, day_of_week, window_due_ms) VALUES"
        " ('b-3', 'n3', 'MONDAY', 60), ('b-4', 'n4', 'MONDAY', 55), ('b-5', 'n5', 'SUNDAY', NULL);");
    static const struct {
        int64_t now_ms;
        const char *state, *window; /* NULL: none */
    } cases[] = {{39, NULL, NULL},         {40, "b-2", NULL},   {54, "b-2", NULL},
                 {55, "b-2", "b-4"},       {100, "b-2", "b-4"}, {INT64_MIN, NULL, NULL},
                 {INT64_MAX, "b-2", "b-4"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(broker_next_state_due(w.store, cases[i].now_ms, &w.arena, &broker),
                         cases[i].state ? RESULT_OK : RESULT_NOT_FOUND);
        if (cases[i].state)
            assert_slice(broker.id, cases[i].state);
        assert_int_equal(broker_next_window_due(w.store, cases[i].now_ms, &w.arena, &broker),
                         cases[i].window ? RESULT_OK : RESULT_NOT_FOUND);
        if (cases[i].window)
            assert_slice(broker.id, cases[i].window);
    }
    assert_int_equal(broker_next_unscheduled(w.store, &w.arena, &broker), RESULT_OK);
    assert_slice(broker.id, "b-5");
    world_close(&w);
}

static void history_and_actions_belong_to_their_broker(void **state)
{
    (void)state;
    struct world w;
    struct configuration_use *uses = NULL;
    struct action_required *actions = NULL;
    size_t count = 99;
    world_open(&w, ":memory:",
               "INSERT INTO broker (id, name) VALUES ('b-1', 'n1'), ('b-2', 'n2');"
               "INSERT INTO broker_action_required VALUES ('b-1', 'Z_LAST', NULL),"
               " ('b-1', 'A_FIRST', 'why'), ('b-2', 'OTHER', '');");
    assert_int_equal(broker_history(w.store, SLICE("b-1"), &w.arena, &uses, &count), RESULT_OK);
    assert_int_equal(count, 0);
    assert_int_equal(broker_add_history(w.store, SLICE("b-1"), SLICE("c-z"), 7), RESULT_OK);
    assert_int_equal(broker_add_history(w.store, SLICE("b-2"), SLICE("c-2"), 1), RESULT_OK);
    assert_int_equal(broker_add_history(w.store, SLICE("b-1"), SLICE("c-a"), 300), RESULT_OK);
    assert_int_equal(broker_add_history(w.store, SLICE("b-9"), SLICE("c-a"), 1), RESULT_INVALID);
    assert_int_equal(broker_history(w.store, SLICE("b-1"), &w.arena, &uses, &count), RESULT_OK);
    assert_int_equal(count, 2);
    assert_slice(uses[0].id, "c-z");
    assert_slice(uses[1].id, "c-a");
    assert_true(uses[0].revision == 7 && uses[1].revision == 300);
    assert_int_equal(broker_actions_required(w.store, SLICE("b-1"), &w.arena, &actions, &count),
                     RESULT_OK);
    assert_int_equal(count, 2);
    assert_slice(actions[0].code, "A_FIRST");
    assert_slice(actions[0].info, "why");
    assert_slice(actions[1].code, "Z_LAST");
    assert_slice(actions[1].info, NULL);
    assert_int_equal(broker_delete(w.store, SLICE("b-1")), RESULT_OK);
    assert_int_equal(broker_history(w.store, SLICE("b-1"), &w.arena, &uses, &count), RESULT_OK);
    assert_int_equal(count, 0);
    assert_string_equal(world_ask(&w, "SELECT (SELECT count(*) FROM broker_configuration_history),"
                                      " (SELECT count(*) FROM broker_action_required)"),
                        "1|1");
    world_close(&w);
}

/* Whatever the arena's ceiling: found whole, or out of memory; the statement is free again. */
static void reading_runs_out_of_memory_cleanly(void **state)
{
    (void)state;
    struct world w;
    size_t short_of = 0, enough = 0;
    world_open(&w, ":memory:", CONFIGURATIONS);
    assert_int_equal(broker_insert(w.store, &full), RESULT_OK);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    for (size_t ceiling = 0; ceiling < 40000; ceiling += 256) {
        struct arena arena;
        struct broker broker, *brokers = NULL;
        size_t count = 0;
        arena_init(&arena, ceiling);
        enum result result = broker_find(w.store, full.id, &arena, &broker);
        assert_true(result == RESULT_OK || result == RESULT_NO_MEMORY);
        if (result == RESULT_OK)
            check_broker(&broker, &full);
        arena_reset(&arena);
        result =
            broker_page(w.store, full.account, full.region, SLICE(""), 9, &arena, &brokers, &count);
        assert_true(result == RESULT_OK || result == RESULT_NO_MEMORY);
        if (result == RESULT_OK)
            check_summary(&brokers[0], &full);
        short_of += result == RESULT_NO_MEMORY;
        enough += result == RESULT_OK;
        arena_close(&arena);
    }
    assert_true(short_of > 0 && enough > 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_inserted_and_read),
        cmocka_unit_test(every_field_is_saved),
        cmocka_unit_test(brokers_are_found),
        cmocka_unit_test(a_page_has_what_a_summary_shows),
        cmocka_unit_test(pages_are_in_byte_order_of_ids),
        cmocka_unit_test(what_is_due_first),
        cmocka_unit_test(the_next_one_is_the_oldest),
        cmocka_unit_test(history_and_actions_belong_to_their_broker),
        cmocka_unit_test(reading_runs_out_of_memory_cleanly),
    };
    return cmocka_run_group_tests_name("brokers_store", tests, NULL, NULL);
}
