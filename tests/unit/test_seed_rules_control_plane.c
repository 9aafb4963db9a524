/* Every rule of schema/0002_control_plane.sql and schema/0007_regions.sql broken once, and what the
 * first fills in by itself. */
#include "seed_rules.h"

static const char base[] = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
                           "INSERT INTO configuration (id, name) VALUES ('c-mine', 'mine');";

#define ENGINE_VERSION(version) \
    "INSERT INTO engine_version (engine_type, version) VALUES ('ACTIVEMQ', " version ")"
#define OPTION(columns, values)                                                    \
    "INSERT INTO instance_option (engine_type, host_instance_type, storage_type, " \
    "deployment_modes, " columns                                                   \
    ") VALUES ('ACTIVEMQ', 'mq.x.large', 'EBS', '[\"SINGLE_INSTANCE\"]', " values ")"
#define ZONE(values) "INSERT INTO availability_zone (region, name) VALUES (" values ")"
#define LIMIT(column, values)                                                                      \
    "INSERT INTO rabbitmq_limit (host_instance_type, deployment_mode, " column ") VALUES (" values \
    ")"
#define NEGATIVE(column) LIMIT(column, "'mq.x', 'SINGLE_INSTANCE', -1")
#define CONFIGURATION(columns, values) \
    "INSERT INTO configuration (id, name, " columns ") VALUES ('c-2', 'two', " values ")"
#define REVISION(columns, values)                                                                  \
    "INSERT INTO configuration_revision (configuration_id, " columns ") VALUES ('c-mine', " values \
    ")"
#define TAG(values) \
    "INSERT INTO configuration_tag (configuration_id, key, value) VALUES ('c-mine', " values ")"
#define ACTION(values) "INSERT INTO broker_action_required VALUES ('b-1', " values ")"
#define SHARED(columns, values) \
    "INSERT INTO shared_resource (broker_id, " columns ") VALUES ('b-1', " values ")"

static const char option_modes[] =
    "deployment_modes: a JSON array of SINGLE_INSTANCE, ACTIVE_STANDBY_MULTI_AZ and "
    "CLUSTER_MULTI_AZ";
static const char option_sizes[] =
    "storage_size_default, storage_size_most: multiples of 5, both or neither";
static const char version_form[] = "version: numbers with dots between them";
static const char arn_form[] = "resource_arn: 1 to 500 characters of [A-Za-z0-9:/_.-]";
static const char both[] = "error_code, error_message: both or neither";

static const struct rule catalogue_rules[] = {
    {ENGINE_VERSION("''"), version_form},
    {ENGINE_VERSION("'5'"), version_form},
    {ENGINE_VERSION("'5.'"), version_form},
    {ENGINE_VERSION("'.5'"), version_form},
    {ENGINE_VERSION("'5..1'"), version_form},
    {ENGINE_VERSION("'5.1a'"), version_form},
    {ENGINE_VERSION("'5.1' || char(0)"), version_form},
    {ENGINE_VERSION("printf('%021d', 1)"), version_form},
    {ENGINE_VERSION("'5.19'"), "engine_type, version: another row of engine_version has the same"},
    {"INSERT INTO engine_version (engine_type, version) VALUES ('KAFKA', '1.0')",
     "FOREIGN KEY: engine_version.engine_type → engine.type has no such row"},
    {"UPDATE instance_option SET host_instance_type = 'm5.large'",
     "host_instance_type: mq. and a size"},
    {"UPDATE instance_option SET host_instance_type = 'mq.M5'",
     "host_instance_type: mq. and a size"},
    {"UPDATE instance_option SET storage_type = 'efs'", "storage_type: EFS or EBS"},
    {"UPDATE instance_option SET deployment_modes = '[]'", option_modes},
    {"UPDATE instance_option SET deployment_modes = '[\"PAIR\"]'", option_modes},
    {"UPDATE instance_option SET deployment_modes = '\"SINGLE_INSTANCE\"'", option_modes},
    {OPTION("region", "'EU'"), "region: up to 32 characters of [a-z0-9-]"},
    {OPTION("region", "printf('%033d', 1)"), "region: up to 32 characters of [a-z0-9-]"},
    {"INSERT INTO instance_option SELECT * FROM instance_option WHERE region = 'ap-east-2'",
     "region, engine_type, host_instance_type, storage_type: another row of instance_option has the"
     " same"},
    {OPTION("engine_versions", "'[]'"), "engine_versions: a JSON array of versions"},
    {OPTION("engine_versions", "'5.19'"), "engine_versions: a JSON array of versions"},
    {OPTION("engine_versions", "'[\"5.x\"]'"), "engine_versions: a JSON array of versions"},
    {OPTION("storage_size_default", "5"), option_sizes},
    {OPTION("storage_size_most", "5"), option_sizes},
    {OPTION("storage_size_default, storage_size_most", "7, 10"), option_sizes},
    {OPTION("storage_size_default, storage_size_most", "5, 11"), option_sizes},
    {OPTION("storage_size_default, storage_size_most", "15, 10"), option_sizes},
    {OPTION("storage_size_default, storage_size_most", "0, 10"), option_sizes},
    {ZONE("'', 'a'"), "region: 1 to 32 characters of [a-z0-9-]"},
    {ZONE("'EU', 'a'"), "region: 1 to 32 characters of [a-z0-9-]"},
    {ZONE("printf('%033d', 1), 'a'"), "region: 1 to 32 characters of [a-z0-9-]"},
    {ZONE("'eu', ''"), "name: 1 to 40 characters of [a-z0-9-]"},
    {ZONE("'eu', 'eu_a'"), "name: 1 to 40 characters of [a-z0-9-]"},
    {ZONE("'eu', printf('%041d', 1)"), "name: 1 to 40 characters of [a-z0-9-]"},
    {ZONE("'us-west-1', 'us-west-1a'"),
     "region, name: another row of availability_zone has the same"},
    {LIMIT("vhost_max", "'m7g.large', 'SINGLE_INSTANCE', 1"), "host_instance_type: mq. and a size"},
    {LIMIT("vhost_max", "'mq.x', 'ACTIVE_STANDBY_MULTI_AZ', 1"),
     "deployment_mode: SINGLE_INSTANCE or CLUSTER_MULTI_AZ"},
    {LIMIT("vhost_max", "'mq.m7g.large', 'SINGLE_INSTANCE', 1"),
     "host_instance_type, deployment_mode: another row of rabbitmq_limit has the same"},
    {NEGATIVE("max_message_size"), "max_message_size: 0 or more"},
    {NEGATIVE("channel_max_per_node"), "channel_max_per_node: 0 or more"},
    {NEGATIVE("connection_max"), "connection_max: 0 or more"},
    {NEGATIVE("cluster_queue_limit"), "cluster_queue_limit: 0 or more"},
    {NEGATIVE("vhost_max"), "vhost_max: 0 or more"},
    {NEGATIVE("consumer_max_per_channel"), "consumer_max_per_channel: 0 or more"},
    {NEGATIVE("runtime_parameters_limits_shovel"), "runtime_parameters_limits_shovel: 0 or more"},
    {NEGATIVE("cluster_exchange_limit"), "cluster_exchange_limit: 0 or more"},
};

static const struct rule configuration_rules[] = {
    {"INSERT INTO configuration (id, name) VALUES ('', 'x')",
     "id: 1 to 106 characters of [A-Za-z0-9-]"},
    {"INSERT INTO configuration (id, name) VALUES ('c_1', 'x')",
     "id: 1 to 106 characters of [A-Za-z0-9-]"},
    {"INSERT INTO configuration (id, name) VALUES (printf('%0107d', 1), 'x')",
     "id: 1 to 106 characters of [A-Za-z0-9-]"},
    {"INSERT INTO configuration (id, name) VALUES ('c-mine', 'x')",
     "id: another row of configuration has the same"},
    {"INSERT INTO configuration (id, name) VALUES ('c-2', '')",
     "name: 1 to 150 characters of [A-Za-z0-9._~-]"},
    {"INSERT INTO configuration (id, name) VALUES ('c-2', 'a b')",
     "name: 1 to 150 characters of [A-Za-z0-9._~-]"},
    {"INSERT INTO configuration (id, name) VALUES ('c-2', printf('%0151d', 1))",
     "name: 1 to 150 characters of [A-Za-z0-9._~-]"},
    {CONFIGURATION("account", "'12345'"), "account: 12 digits"},
    {CONFIGURATION("region", "'EU'"), "region: up to 32 characters of [a-z0-9-]"},
    {CONFIGURATION("created", "'2026-02-30T00:00:00.000000Z'"),
     "created: YYYY-MM-DDTHH:MM:SS.ffffffZ"},
    {CONFIGURATION("engine_type", "'KAFKA'"), "engine_type: ACTIVEMQ or RABBITMQ"},
    {CONFIGURATION("engine_version", "'5.x'"), "engine_version: digits and dots"},
    {CONFIGURATION("authentication_strategy", "'ldap'"),
     "authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED"},
    {CONFIGURATION("authentication_strategy", "'CONFIG_MANAGED'"),
     "authentication_strategy: LDAP is for ACTIVEMQ, CONFIG_MANAGED for RABBITMQ"},
    {"INSERT INTO broker (id, name, engine_type) VALUES ('b-mine', 'seven', 'RABBITMQ')",
     "configuration_id, pending_configuration_id: of the engine, account and region of the broker"},
    {"INSERT INTO broker (id, name, region, configuration_id)"
     " VALUES ('b-7', 'seven', 'eu-west-1', 'c-mine')",
     "configuration_id, pending_configuration_id: of the engine, account and region of the broker"},
    {"UPDATE configuration SET account = ''",
     "account, region, engine_version: the default is for INSERT"},
    {"UPDATE configuration SET engine_version = NULL",
     "account, region, engine_version: the default is for INSERT"},
    {REVISION("revision, data", "0, ''"), "revision: 1 to 300"},
    {REVISION("revision, data", "301, ''"), "revision: 1 to 300"},
    {REVISION("revision, data", "1, ''"),
     "configuration_id, revision: another row of configuration_revision has the same"},
    {REVISION("revision, data, created", "2, '', '2026-01-02T03:04:05.678901Z'"),
     "created: YYYY-MM-DDTHH:MM:SS.fffZ"},
    {REVISION("revision, data, created", "2, '', '2026-02-29T03:04:05.678Z'"),
     "created: YYYY-MM-DDTHH:MM:SS.fffZ"},
    {REVISION("revision, data, description", "2, '', 'a' || char(0)"),
     "description: without U+0000"},
    {REVISION("revision", "2"), "data: required in every row of configuration_revision"},
    {REVISION("revision, data", "2, hex(randomblob(524289))"),
     "a statement or a value is larger than 1048576 bytes"},
    {"INSERT INTO configuration_revision (configuration_id, revision, data) VALUES ('c-9', 1, '')",
     "FOREIGN KEY: configuration_revision.configuration_id → configuration.id has no such row"},
    {TAG("'', 'v'"), "key: 1 to 128 characters, not beginning with aws:"},
    {TAG("'Aws:k', 'v'"), "key: 1 to 128 characters, not beginning with aws:"},
    {TAG("printf('%0129d', 1), 'v'"), "key: 1 to 128 characters, not beginning with aws:"},
    {TAG("'k', printf('%0257d', 1)"), "value: up to 256 characters"},
};

static const struct rule broker_rules[] = {
    {ACTION("'', NULL"), "code: 1 to 100 characters of [A-Z0-9_]"},
    {ACTION("'Kms', NULL"), "code: 1 to 100 characters of [A-Z0-9_]"},
    {ACTION("'KMS_KEY', printf('%01001d', 1)"), "info: up to 1000 characters"},
    {ACTION("'KMS_KEY', char(0)"), "info: up to 1000 characters"},
    {SHARED("resource_arn", "''"), arn_form},
    {SHARED("resource_arn", "'arn *'"), arn_form},
    {SHARED("resource_arn", "printf('%0501d', 1)"), arn_form},
    {SHARED("resource_arn, type", "'a', 'SHARE'"), "type: RESOURCE_SHARE or RESOURCE"},
    {SHARED("resource_arn, status", "'a', 'READY'"), "status: a shared resource status of the API"},
    {SHARED("resource_arn, dns_names", "'a', 'a.b'"), "dns_names: a JSON array of names"},
    {SHARED("resource_arn, dns_names", "'a', '[\"a b\\\"]'"), "dns_names: a JSON array of names"},
    {SHARED("resource_arn, resource_share_arns", "'a', '{}'"),
     "resource_share_arns: a JSON array of ARNs"},
    {SHARED("resource_arn, error_code, error_message", "'a', 'BAD', 'x'"),
     "error_code: a shared resource error code of the API"},
    {SHARED("resource_arn, error_code, error_message",
            "'a', 'INTERNAL_ERROR', printf('%01001d', 1)"),
     "error_message: up to 1000 characters"},
    {SHARED("resource_arn, error_code", "'a', 'INTERNAL_ERROR'"), both},
    {SHARED("resource_arn, error_message", "'a', 'x'"), both},
};

static const struct rules all_rules[] = {
    {catalogue_rules, COUNT(catalogue_rules)},
    {configuration_rules, COUNT(configuration_rules)},
    {broker_rules, COUNT(broker_rules)},
};

static void each_rule_names_itself(void **state)
{
    (void)state;
    check_rules(base, all_rules, COUNT(all_rules));
}

static void no_rule_is_untested(void **state)
{
    (void)state;
    /* The type of an engine, which no seed writes; the data, which the seed's own limit meets. */
    static const char *const out_of_reach[] = {"type: ACTIVEMQ or", "data: up to 1 MiB", NULL};
    check_no_rule_is_untested(all_rules, COUNT(all_rules), SCHEMA_DIR "/0002_control_plane.sql",
                              NULL, NULL, out_of_reach);
    char *regions = read_text(SCHEMA_DIR "/0007_regions.sql");
    assert_int_equal(
        find_untested(all_rules, COUNT(all_rules), regions, "CONSTRAINT \"", "\"", out_of_reach),
        0);
    free(regions);
}

static void the_server_stores_no_more_than_1_mib(void **state)
{
    (void)state;
    sqlite3 *db = open_world();
    must(db, base);
    must(db, REVISION("revision, data", "2, hex(zeroblob(524288))"));
    char *message = NULL;
    assert_int_equal(sqlite3_exec(db, REVISION("revision, data", "3, hex(zeroblob(524288)) || 'x'"),
                                  NULL, NULL, &message),
                     SQLITE_CONSTRAINT_CHECK);
    assert_string_equal(message, "CHECK constraint failed: data: up to 1 MiB");
    sqlite3_free(message);
    sqlite3_close(db);
}

static void what_is_just_allowed(void **state)
{
    (void)state;
    static const char *const allowed[] = {
        ENGINE_VERSION("'10'"),
        ENGINE_VERSION("'5.17.6'"),
        "DELETE FROM engine_version",
        "DELETE FROM instance_option",
        OPTION("engine_versions", "'[\"5.17.6\", \"5.18\"]'"),
        OPTION("storage_size_default, storage_size_most", "5, 5"),
        OPTION("region", "'eu-west-1'"),
        "UPDATE instance_option SET deployment_modes = '[]' WHERE region <> ''",
        ZONE("'us-west-1', 'us-west-1b'"),
        "INSERT INTO configuration (id, name) VALUES (printf('%0106d', 1), printf('%0150d', 1))",
        CONFIGURATION("engine_type, authentication_strategy", "'RABBITMQ', 'CONFIG_MANAGED'"),
        REVISION("revision, data", "300, ''"),
        REVISION("revision, data", "2, hex(randomblob(524000))"),
        "UPDATE configuration_revision SET data = 'x', description = NULL",
        TAG("printf('%0128d', 1), printf('%0256d', 1)"),
        ACTION("'KMS_KEY', NULL"),
        SHARED("resource_arn, dns_names, resource_share_arns",
               "'arn:aws:ram:x:1:resource/a_b.c', '[\"*.a-b.c\"]', '[]'"),
        SHARED("resource_arn, error_code, error_message", "'a', 'SHARE_NOT_FOUND', ''"),
        "INSERT INTO resource_share_error (resource_share_arn) VALUES ('arn:x')",
        "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"
        " VALUES ('b-1', 'c-gone', 7)",
    };
    for (size_t i = 0; i < COUNT(allowed); i++)
        expect_in(base, allowed[i], "ok");
}

/* The rows of a query after a seed: columns separated by `|`, NULL as `-`, rows by a blank. */
static void check_rows(const char *seed, const char *query, const char *wanted)
{
    static struct seed_run run;
    char got[2000] = "";
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = open_world();
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    if (apply_text(&run, "seed.sql", seed) || seed_end(&run))
        fail_msg("%s: %s", seed, run.error.text);
    assert_int_equal(sqlite3_prepare_v2(db, query, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *value = (const char *)sqlite3_column_text(stmt, i);
            size_t len = strlen(got);
            snprintf(got + len, sizeof got - len, "%s%s",
                     i     ? "|"
                     : len ? " "
                           : "",
                     value ? value : "-");
        }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    must(db, "ROLLBACK");
    sqlite3_close(db);
    if (strcmp(got, wanted) != 0)
        fail_msg("%s\n  gives %s\n  not   %s", seed, got, wanted);
}

#define USES                                                                                    \
    "SELECT id, configuration_id, configuration_revision, pending_configuration_id FROM broker" \
    " ORDER BY id"

static void each_broker_has_a_configuration(void **state)
{
    (void)state;
    check_rows("INSERT INTO broker (id, name) VALUES ('b-12', 'orders')", USES, "b-12|c-12|1|-");
    /* Any other id, so that no two ids lead to the same one. */
    check_rows("INSERT INTO broker (id, name) VALUES ('12', 'a'), ('b-12', 'b'), ('B-12', 'c')",
               USES, "12|c-of-12|1|- B-12|c-of-B-12|1|- b-12|c-12|1|-");
    check_rows("INSERT INTO broker (id, name, state) VALUES ('b-1', 'a', 'CREATION_IN_PROGRESS'),"
               " ('b-2', 'b', 'CREATION_FAILED'), ('b-3', 'c', 'DELETION_IN_PROGRESS')",
               USES, "b-1|-|1|c-1 b-2|-|1|c-2 b-3|c-3|1|-");
    check_rows("INSERT INTO configuration (id, name) VALUES ('c-mine', 'mine');"
               "INSERT INTO broker (id, name, configuration_id) VALUES ('b-1', 'a', 'c-mine');"
               "INSERT INTO broker (id, name, pending_configuration_id)"
               " VALUES ('b-2', 'b', 'c-mine')",
               USES, "b-1|c-mine|1|- b-2|-|1|c-mine");
    check_rows("INSERT INTO broker (id, name) VALUES (printf('b-%098d', 1), 'longest'),"
               " (printf('%0100d', 1), 'longest-2')",
               "SELECT length(id) FROM configuration ORDER BY 1", "100 105");
    /* It survives its broker. */
    check_rows("INSERT INTO broker (id, name) VALUES ('b-1', 'a'); DELETE FROM broker",
               "SELECT id, (SELECT count(*) FROM configuration_revision) FROM configuration",
               "c-1|1");
}

static void configurations_are_like_their_broker(void **state)
{
    (void)state;
    static const char query[] = "SELECT c.account, c.region, c.name, c.engine_type,"
                                " c.engine_version, b.created = c.created FROM configuration c"
                                " JOIN broker b ON b.configuration_id = c.id";
    check_rows("INSERT INTO broker (id, name) VALUES ('b-1', 'orders')", query,
               "123456789012|us-east-1|orders-configuration|ACTIVEMQ|5.19|1");
    check_rows("INSERT INTO broker (id, name, account, region, engine_type, engine_version)"
               " VALUES ('b-1', 'orders', '210987654321', 'cn-north-1', 'RABBITMQ', '3.13')",
               query, "210987654321|cn-north-1|orders-configuration|RABBITMQ|3.13|1");
    check_rows("INSERT INTO configuration (id, name, engine_type, created)"
               " VALUES ('c-1', 'mine', 'RABBITMQ', '2026-01-02T03:04:05.678901Z')",
               "SELECT r.revision, r.created, r.description,"
               " r.data = (SELECT default_configuration FROM engine WHERE type = 'RABBITMQ')"
               " FROM configuration_revision r",
               "1|2026-01-02T03:04:05.678Z|Auto-generated default for mine on RabbitMQ 4.3|1");
    check_rows("INSERT INTO broker (id, name, engine_version) VALUES ('b-1', 'a', '5.18');"
               "UPDATE configuration_revision SET data = 'mine' WHERE configuration_id = 'c-1'",
               "SELECT description, data FROM configuration_revision",
               "Auto-generated default for a-configuration on ActiveMQ 5.18|mine");
}

static void a_broker_takes_what_is_its_own_with_it(void **state)
{
    (void)state;
    check_rows("INSERT INTO broker (id, name) VALUES ('b-1', 'a'), ('b-2', 'b');"
               "INSERT INTO broker_action_required (broker_id, code) SELECT id, 'X' FROM broker;"
               "INSERT INTO shared_resource (broker_id, resource_arn) SELECT id, 'arn' FROM broker;"
               "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"
               " SELECT id, 'c-old', 1 FROM broker; DELETE FROM broker WHERE id = 'b-1'",
               "SELECT a.broker_id, s.broker_id, h.broker_id FROM broker_action_required a,"
               " shared_resource s, broker_configuration_history h",
               "b-2|b-2|b-2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_names_itself),
        cmocka_unit_test(no_rule_is_untested),
        cmocka_unit_test(the_server_stores_no_more_than_1_mib),
        cmocka_unit_test(what_is_just_allowed),
        cmocka_unit_test(each_broker_has_a_configuration),
        cmocka_unit_test(configurations_are_like_their_broker),
        cmocka_unit_test(a_broker_takes_what_is_its_own_with_it),
    };
    return cmocka_run_group_tests_name("seed_rules_control_plane", tests, NULL, NULL);
}
