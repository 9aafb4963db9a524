/* mq/replication: who can be a pair, and how a pair begins, joins, changes places and ends. */
#include "store_world.h"

#include "mq/lifecycle.h"
#include "mq/promote.h"
#include "mq/replication.h"

#define PRIMARY_ARN "arn:aws:mq:us-west-2:123456789012:broker:primary:b-1"

#define COUNTERPARTS \
    "data_replication_role, data_replication_counterpart, data_replication_counterpart_region"

/* A primary of another region, alone. */
#define PRIMARY                                              \
    "INSERT INTO broker (id, name, region, deployment_mode)" \
    " VALUES ('b-1', 'primary', 'us-west-2', 'ACTIVE_STANDBY_MULTI_AZ');"

/* The replica behind it: the pair is pending. */
#define PENDING_PAIR                                                                  \
    PRIMARY                                                                           \
    "INSERT INTO broker (id, name, deployment_mode, pending_data_replication_mode,"   \
    " " COUNTERPARTS ") VALUES ('b-2', 'replica', 'ACTIVE_STANDBY_MULTI_AZ', 'CRDR'," \
    " 'REPLICA', 'b-1', 'us-west-2');"                                                \
    "UPDATE broker SET pending_data_replication_mode = 'CRDR', (" COUNTERPARTS ") ="  \
    " ('PRIMARY', 'b-2', 'us-east-1') WHERE id = 'b-1';"

/* The pair that has joined. */
#define PAIR                                            \
    PENDING_PAIR                                        \
    "UPDATE broker SET data_replication_mode = 'CRDR'," \
    " pending_data_replication_mode = NULL;"            \
    "UPDATE broker SET state = 'REPLICA' WHERE id = 'b-2';"

static const char pair[] =
    "SELECT id, state, data_replication_mode, pending_data_replication_mode, " COUNTERPARTS
    " FROM broker ORDER BY id";

static const char alone[] = "b-1|RUNNING|-|-|-|-|- b-2|RUNNING|-|-|-|-|-";
static const char waiting[] = "b-1|RUNNING|-|CRDR|PRIMARY|b-2|us-east-1 "
                              "b-2|RUNNING|-|CRDR|REPLICA|b-1|us-west-2";
static const char joined[] = "b-1|RUNNING|CRDR|-|PRIMARY|b-2|us-east-1 "
                             "b-2|REPLICA|CRDR|-|REPLICA|b-1|us-west-2";

static void change(struct world *world, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(world->store->db, sql, NULL, NULL, &message))
        fail_msg("%s: %s", sql, message);
}

static void expect_pair(struct world *world, const char *wanted)
{
    assert_string_equal(world_ask(world, pair), wanted);
}

static struct broker find(struct world *world, const char *id)
{
    struct broker broker;
    assert_int_equal(broker_find(world->store, slice_of(id), &world->arena, &broker), RESULT_OK);
    return broker;
}

/* A reboot without delay. */
static void reboot(struct world *world, const char *id)
{
    struct broker broker = find(world, id);
    world->settings.reboot_ms = 0;
    assert_int_equal(
        lifecycle_reboot(world->store, &broker, &world->settings, world->now_ms, &world->arena),
        RESULT_OK);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

/* ---- who ---- */

static void who_can_be_a_pair(void **state)
{
    (void)state;
    static const char none[] = "Data replication requires";
    static const char unknown[] = "Primary broker [";
    static const struct {
        const char *change; /* of the primary, or NULL */
        struct broker broker;
        const char *arn;
        const char *message; /* NULL: it can */
    } cases[] = {
#define NEW(version, mode, kind)            \
    {.account = SLICE_INIT("123456789012"), \
     .region = SLICE_INIT("us-east-1"),     \
     .engine_version = SLICE_INIT(version), \
     .deployment_mode = DEPLOYMENT_##mode,  \
     .engine = ENGINE_##kind}
#define GOOD NEW("5.19", ACTIVE_STANDBY_MULTI_AZ, ACTIVEMQ)
        {NULL, GOOD, PRIMARY_ARN, NULL},
        {NULL, NEW("5.17.6", ACTIVE_STANDBY_MULTI_AZ, ACTIVEMQ), PRIMARY_ARN, NULL},
        {NULL, NEW("5.17.5", ACTIVE_STANDBY_MULTI_AZ, ACTIVEMQ), PRIMARY_ARN, none},
        {NULL, NEW("5.9", ACTIVE_STANDBY_MULTI_AZ, ACTIVEMQ), PRIMARY_ARN, none},
        {NULL, NEW("5.19", SINGLE_INSTANCE, ACTIVEMQ), PRIMARY_ARN, none},
        {NULL, NEW("5.19", ACTIVE_STANDBY_MULTI_AZ, RABBITMQ), PRIMARY_ARN, none},
        {NULL, GOOD, "", unknown},
        {NULL, GOOD, "b-1", unknown},
        {NULL, GOOD, ":b-1", unknown},
        {NULL, GOOD, ":", unknown},
        {NULL, GOOD, PRIMARY_ARN ":", unknown},
        {NULL, GOOD, PRIMARY_ARN "0", unknown},
        {NULL, GOOD, " " PRIMARY_ARN, unknown},
        {NULL, GOOD, "arn:aws-cn:mq:us-west-2:123456789012:broker:primary:b-1", unknown},
        {NULL, GOOD, "arn:aws:mq:us-west-1:123456789012:broker:primary:b-1", unknown},
        {NULL, GOOD, "arn:aws:mq:us-west-2:210987654321:broker:primary:b-1", unknown},
        {NULL, GOOD, "arn:aws:mq:us-west-2:123456789012:broker:other:b-1", unknown},
        {"region = 'us-east-1'", GOOD, "arn:aws:mq:us-east-1:123456789012:broker:primary:b-1",
         unknown},
        {"account = '210987654321'", GOOD, "arn:aws:mq:us-west-2:210987654321:broker:primary:b-1",
         unknown},
        {"engine_version = '5.17.5'", GOOD, PRIMARY_ARN, unknown},
        {"engine_version = '5.17.6'", GOOD, PRIMARY_ARN, NULL},
        {"deployment_mode = 'SINGLE_INSTANCE'", GOOD, PRIMARY_ARN, unknown},
        {"state = 'REBOOT_IN_PROGRESS'", GOOD, PRIMARY_ARN, unknown},
        {"state = 'CREATION_IN_PROGRESS'", GOOD, PRIMARY_ARN, unknown},
        {"state = 'CRITICAL_ACTION_REQUIRED'", GOOD, PRIMARY_ARN, unknown},
        {"(" COUNTERPARTS ") = ('PRIMARY', 'b-7', 'eu-west-1')", GOOD, PRIMARY_ARN, unknown},
        {"(" COUNTERPARTS ") = ('REPLICA', 'b-7', 'eu-west-1')", GOOD, PRIMARY_ARN, unknown},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w;
        struct broker broker = cases[i].broker;
        char sql[300];
        world_open(&w, ":memory:", PRIMARY);
        if (cases[i].change) {
            snprintf(sql, sizeof sql, "UPDATE broker SET %s", cases[i].change);
            change(&w, sql);
        }
        struct call call = {
            .store = w.store, .arena = &w.arena, .scratch = &w.scratch, .out = &w.out};
        bool good = replication_check(&call, slice_of(cases[i].arn), &broker);
        if (good != !cases[i].message || call.failed == good)
            fail_msg("row %zu: %s", i, call.reply.body.data);
        if (good) {
            assert_int_equal(broker.pending_data_replication_mode, REPLICATION_CRDR);
            assert_int_equal(broker.data_replication_role, ROLE_REPLICA);
            assert_slice(broker.data_replication_counterpart, "b-1");
            assert_slice(broker.data_replication_counterpart_region, "us-west-2");
            assert_int_equal(broker.data_replication_mode, REPLICATION_ABSENT);
        } else {
            assert_int_equal(call.reply.status, 400);
            if (!strstr(call.reply.body.data, cases[i].message))
                fail_msg("row %zu: %s", i, call.reply.body.data);
            assert_int_equal(broker.data_replication_role, ROLE_ABSENT);
        }
        world_close(&w);
    }
}

/* ---- beginning and joining ---- */

#define CREATE(name, arn)                                                          \
    "{\"brokerName\":\"" name "\",\"deploymentMode\":\"ACTIVE_STANDBY_MULTI_AZ\"," \
    "\"engineType\":\"ACTIVEMQ\",\"hostInstanceType\":\"mq.m5.large\","            \
    "\"publiclyAccessible\":false,\"dataReplicationMode\":\"crdr\","               \
    "\"dataReplicationPrimaryBrokerArn\":\"" arn "\","                             \
    "\"users\":[{\"username\":\"alice\",\"password\":\"created-pw-12\"}]}"

static const char by_name[] =
    "SELECT b.name, b.state, b.data_replication_mode, b.pending_data_replication_mode,"
    " b.data_replication_role, (SELECT name FROM broker WHERE id = b.data_replication_counterpart),"
    " b.data_replication_counterpart_region FROM broker b ORDER BY b.name";

static void creating_a_replica_begins_a_pair(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", PRIMARY);
    w.settings.create_ms = 100;
    assert_int_equal(world_call(&w, "POST", "/v1/brokers", CREATE("replica", PRIMARY_ARN)).status,
                     200);
    assert_string_equal(world_ask(&w, by_name),
                        "primary|RUNNING|-|CRDR|PRIMARY|replica|us-east-1 "
                        "replica|CREATION_IN_PROGRESS|-|CRDR|REPLICA|primary|us-west-2");
    /* While the replica is not there yet the pair waits. */
    reboot(&w, "b-1");
    assert_string_equal(world_ask(&w, by_name),
                        "primary|RUNNING|-|CRDR|PRIMARY|replica|us-east-1 "
                        "replica|CREATION_IN_PROGRESS|-|CRDR|REPLICA|primary|us-west-2");
    assert_int_equal(world_advance(&w, w.now_ms + 100), RESULT_OK);
    assert_string_equal(world_ask(&w, by_name), "primary|RUNNING|-|CRDR|PRIMARY|replica|us-east-1 "
                                                "replica|RUNNING|-|CRDR|REPLICA|primary|us-west-2");
    reboot(&w, "b-1");
    assert_string_equal(world_ask(&w, by_name), "primary|RUNNING|CRDR|-|PRIMARY|replica|us-east-1 "
                                                "replica|REPLICA|CRDR|-|REPLICA|primary|us-west-2");
    /* A primary has one replica. */
    assert_int_equal(world_call(&w, "POST", "/v1/brokers", CREATE("second", PRIMARY_ARN)).status,
                     400);
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker"), "2");
    world_close(&w);
}

static void a_refused_replica_leaves_the_primary_alone(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", PRIMARY);
    change(&w, "CREATE TEMP TRIGGER stop BEFORE INSERT ON user"
               " BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END");
    assert_int_equal(world_call(&w, "POST", "/v1/brokers", CREATE("replica", PRIMARY_ARN)).status,
                     500);
    assert_string_equal(world_ask(&w, by_name), "primary|RUNNING|-|-|-|-|-");
    world_close(&w);
}

/* Only the primary's reboot does, in whatever state it meets the replica. */
static void the_primary_s_reboot_joins_both(void **state)
{
    (void)state;
    static const struct {
        const char *change, *wanted;
    } cases[] = {
        {"SELECT 1", joined},
        {"UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = 7 WHERE id = 'b-2'",
         "b-1|RUNNING|CRDR|-|PRIMARY|b-2|us-east-1 "
         "b-2|REBOOT_IN_PROGRESS|CRDR|-|REPLICA|b-1|us-west-2"},
        {"UPDATE broker SET state = 'CREATION_IN_PROGRESS' WHERE id = 'b-2'",
         "b-1|RUNNING|-|CRDR|PRIMARY|b-2|us-east-1 "
         "b-2|CREATION_IN_PROGRESS|-|CRDR|REPLICA|b-1|us-west-2"},
        /* It has vanished: there is no pair. */
        {"DELETE FROM broker WHERE id = 'b-2'", "b-1|RUNNING|-|-|-|-|-"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w;
        world_open(&w, ":memory:", PENDING_PAIR);
        expect_pair(&w, waiting);
        reboot(&w, "b-2");
        expect_pair(&w, waiting);
        change(&w, cases[i].change);
        reboot(&w, "b-1");
        expect_pair(&w, cases[i].wanted);
        if (i == 1) {
            /* The reboot of the replica ends as a replica. */
            assert_int_equal(world_advance(&w, 7), RESULT_OK);
            expect_pair(&w, joined);
        }
        world_close(&w);
    }
}

/* ---- the end ---- */

#define NONE_BODY "{\"dataReplicationMode\":\"none\"}"

static void a_pair_that_never_joined_ends_at_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", PENDING_PAIR);
    w.settings.region = SLICE("us-west-2");
    assert_int_equal(world_call(&w, "PUT", "/v1/brokers/b-1", NONE_BODY).status, 200);
    expect_pair(&w, alone);
    world_close(&w);
}

static void a_pair_ends_with_the_primary_s_reboot(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", PAIR);
    expect_pair(&w, joined);
    w.settings.region = SLICE("us-west-2");
    assert_int_equal(world_call(&w, "PUT", "/v1/brokers/b-1", NONE_BODY).status, 200);
    expect_pair(&w, "b-1|RUNNING|CRDR|NONE|PRIMARY|b-2|us-east-1 "
                    "b-2|REPLICA|CRDR|NONE|REPLICA|b-1|us-west-2");
    reboot(&w, "b-2");
    expect_pair(&w, "b-1|RUNNING|CRDR|NONE|PRIMARY|b-2|us-east-1 "
                    "b-2|REPLICA|CRDR|NONE|REPLICA|b-1|us-west-2");
    reboot(&w, "b-1");
    expect_pair(&w, alone);
    world_close(&w);
}

static void a_primary_ends_what_its_replica_left(void **state)
{
    (void)state;
    static const char *const seeds[] = {PENDING_PAIR, PAIR};
    for (size_t i = 0; i < COUNT(seeds); i++) {
        struct world w;
        world_open(&w, ":memory:", seeds[i]);
        w.settings.region = SLICE("us-west-2");
        change(&w, "DELETE FROM broker WHERE id = 'b-2'");
        assert_int_equal(world_call(&w, "PUT", "/v1/brokers/b-1", NONE_BODY).status, 200);
        reboot(&w, "b-1");
        expect_pair(&w, "b-1|RUNNING|-|-|-|-|-");
        world_close(&w);
    }
}

/* ---- promote ---- */

static void promote_swaps_the_roles(void **state)
{
    (void)state;
    static const char *const modes[] = {"SWITCHOVER", "FAILOVER", "switchOver", "failover"};
    for (size_t i = 0; i < COUNT(modes); i++) {
        struct world w;
        char body[40];
        world_open(&w, ":memory:", PAIR);
        snprintf(body, sizeof body, "{\"mode\":\"%s\"}", modes[i]);
        world_expect(&w, "POST", "/v1/brokers/b-2/promote", body, "200 {\"brokerId\":\"b-2\"}");
        expect_pair(&w, "b-1|REPLICA|CRDR|-|REPLICA|b-2|us-east-1 "
                        "b-2|RUNNING|CRDR|-|PRIMARY|b-1|us-west-2");
        /* And back, from the other side. */
        world_expect(&w, "POST", "/v1/brokers/b-1/promote", body, "200 {\"brokerId\":\"b-1\"}");
        expect_pair(&w, joined);
        world_close(&w);
    }
}

static void only_a_replica_is_promoted(void **state)
{
    (void)state;
    static const char seconds[] =
        "400 {\n  \"errorAttribute\" : \"mode\",\n  \"message\" : \"Value of [mode] is invalid: [%s]. "
        "Valid values are: [SWITCHOVER, FAILOVER].\"\n}";
    static const char *const bad[] = {"", "SWITCH", "SWITCHOVER, FAILOVER", "SWITCHOVER "};
    struct world w;
    world_open(&w, ":memory:", PAIR "INSERT INTO broker (id, name) VALUES ('b-3', 'single');");
    for (size_t i = 0; i < COUNT(bad); i++) {
        char body[80], wanted[300];
        snprintf(body, sizeof body, "{\"mode\":\"%s\"}", bad[i]);
        snprintf(wanted, sizeof wanted, seconds, bad[i]);
        world_expect(&w, "POST", "/v1/brokers/b-2/promote", body, wanted);
    }
    const char *const others[][2] = {{"b-1", "primary"}, {"b-3", "single"}};
    for (size_t i = 0; i < COUNT(others); i++) {
        char target[80], wanted[300];
        snprintf(target, sizeof target, "/v1/brokers/%s/promote", others[i][0]);
        snprintf(
            wanted, sizeof wanted,
            "400 {\n  \"errorAttribute\" : \"broker-id\",\n  \"message\" : \"Broker [%s] is not a data "
            "replication replica.\"\n}",
            others[i][1]);
        world_expect(&w, "POST", target, "{\"mode\":\"FAILOVER\"}", wanted);
    }
    world_close(&w);
    /* A replica that has not joined is none yet. */
    world_open(&w, ":memory:", PENDING_PAIR);
    assert_int_equal(
        world_call(&w, "POST", "/v1/brokers/b-2/promote", "{\"mode\":\"FAILOVER\"}").status, 400);
    expect_pair(&w, waiting);
    world_close(&w);
}

/* The primary is rebooting: it comes back as the replica. It has vanished: there is no pair. */
static void promote_meets_any_primary(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", PAIR);
    change(&w, "UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = 7 WHERE id = 'b-1'");
    world_expect(&w, "POST", "/v1/brokers/b-2/promote", "{\"mode\":\"FAILOVER\"}",
                 "200 {\"brokerId\":\"b-2\"}");
    assert_int_equal(world_advance(&w, 7), RESULT_OK);
    expect_pair(&w, "b-1|REPLICA|CRDR|-|REPLICA|b-2|us-east-1 "
                    "b-2|RUNNING|CRDR|-|PRIMARY|b-1|us-west-2");
    change(&w, "DELETE FROM broker WHERE id = 'b-2'");
    world_expect(&w, "POST", "/v1/brokers/b-1/promote", "{\"mode\":\"FAILOVER\"}",
                 "200 {\"brokerId\":\"b-1\"}");
    expect_pair(&w, "b-1|RUNNING|-|-|-|-|-");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_can_be_a_pair),
        cmocka_unit_test(creating_a_replica_begins_a_pair),
        cmocka_unit_test(a_refused_replica_leaves_the_primary_alone),
        cmocka_unit_test(the_primary_s_reboot_joins_both),
        cmocka_unit_test(a_pair_that_never_joined_ends_at_once),
        cmocka_unit_test(a_pair_ends_with_the_primary_s_reboot),
        cmocka_unit_test(a_primary_ends_what_its_replica_left),
        cmocka_unit_test(promote_swaps_the_roles),
        cmocka_unit_test(only_a_replica_is_promoted),
        cmocka_unit_test(promote_meets_any_primary),
    };
    return cmocka_run_group_tests_name("replication", tests, NULL, NULL);
}
