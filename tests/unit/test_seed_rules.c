/* Every rule of schema/0001_initial.sql and 0013_user_rules.sql broken once. */
#include "seed_rules.h"

#include <ctype.h>

#include "rule_cases.h"

static const char base[] = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
                           "INSERT INTO user (broker_id, username, password)"
                           "  VALUES ('b-1', 'there', 'admin-password-1');"
                           "INSERT INTO access_key (id, secret) VALUES ('AKIA', 'secret');";

#define BROKER(columns, values) \
    "INSERT INTO broker (id, name, " columns ") VALUES ('b-2', 'payments', " values ")"
#define USER(columns, values)                                   \
    "INSERT INTO user (broker_id, username, password, " columns \
    ") VALUES ('b-1', 'bob', 'admin-password-1', " values ")"
#define PENDING(columns, values) USER("pending_change, " columns, "'UPDATE', " values)
#define TAG(values) "INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-1', " values ")"
#define KEY(columns, values) "INSERT INTO access_key (id, " columns ") VALUES ('AKIA2', " values ")"
#define FAULT(columns, values) "INSERT INTO fault (" columns ") VALUES (" values ")"

#define POLICY(columns, values) "INSERT INTO policy (" columns ") VALUES (" values ")"

static const char broker_ids[] =
    "subnet_ids, security_groups: a JSON array of strings of [A-Za-z0-9-]";
static const char defaults[] = "account, region, engine_version, host_instance_type, storage_type: "
                               "the default is for INSERT";

static const char replication[] = "data_replication_role, data_replication_counterpart, "
                                  "data_replication_counterpart_region: all or none";
static const char counterpart[] =
    "data_replication_mode, pending_data_replication_mode: CRDR has a counterpart";

#define GROUPS_RULE "groups: a JSON array of strings of [A-Za-z0-9-._~]"
#define NO_REVISION                                                                    \
    "FOREIGN KEY: broker.configuration_id → configuration_revision.configuration_id" \
    " has no such row"
#define NO_PENDING_REVISION                                                                    \
    "FOREIGN KEY: broker.pending_configuration_id → configuration_revision.configuration_id" \
    " has no such row"

static const struct rule broker_rules[] = {
    {"INSERT INTO broker (id, name) VALUES ('', 'x')", "id: 1 to 100 characters of [A-Za-z0-9-]"},
    {"INSERT INTO broker (id, name) VALUES ('b_1', 'x')",
     "id: 1 to 100 characters of [A-Za-z0-9-]"},
    {"INSERT INTO broker (id, name) VALUES ('b' || char(0), 'x')",
     "id: 1 to 100 characters of [A-Za-z0-9-]"},
    {"INSERT INTO broker (id, name) VALUES (printf('%0101d', 1), 'x')",
     "id: 1 to 100 characters of [A-Za-z0-9-]"},
    {"INSERT INTO broker (name) VALUES ('x')", "id: required in every row of broker"},
    {"INSERT INTO broker (id) VALUES ('b-2')", "name: required in every row of broker"},
    {"INSERT INTO broker (id, name) VALUES ('b-1', 'x')", "id: another row of broker has the same"},
    {"INSERT INTO broker (id, name) VALUES ('b-2', 'orders')",
     "name: a broker name is unique in its account and region"},
    {"INSERT OR IGNORE INTO broker (id, name) VALUES ('b-2', 'orders')",
     "name: a broker name is unique in its account and region"},
    {"INSERT INTO broker (id, name, account) VALUES ('b-2', 'orders', '123456789012')",
     "name: a broker name is unique in its account and region"},
    {"INSERT INTO broker (id, name, account, region)"
     " VALUES ('b-2', 'orders', '123456789012', 'us-east-1')",
     "account, region, name: another row of broker has the same"},
    {BROKER("account", "'12345'"), "account: 12 digits"},
    {BROKER("account", "'12345678901x'"), "account: 12 digits"},
    {BROKER("account", "'123456789012' || char(0) || 'x'"), "account: 12 digits"},
    {BROKER("region", "'US-EAST-1'"), "region: up to 32 characters of [a-z0-9-]"},
    {BROKER("region", "printf('%033d', 1)"), "region: up to 32 characters of [a-z0-9-]"},
    {BROKER("state", "'STOPPED'"), "state: a broker state of the API"},
    {BROKER("state_due_ms", "1"),
     "state_due_ms: only while CREATION_IN_PROGRESS, REBOOT_IN_PROGRESS or DELETION_IN_PROGRESS"},
    {BROKER("state_after", "'CREATION_FAILED'"),
     "state_after: RUNNING, CRITICAL_ACTION_REQUIRED or REPLICA"},
    {BROKER("created", "'2026-01-02'"), "created: YYYY-MM-DDTHH:MM:SS.ffffffZ"},
    {BROKER("created", "'2026-02-30T00:00:00.000000Z'"), "created: YYYY-MM-DDTHH:MM:SS.ffffffZ"},
    {BROKER("engine_type", "'ActiveMQ'"), "engine_type: ACTIVEMQ or RABBITMQ"},
    {BROKER("engine_version", "'5.19a'"), "engine_version: digits and dots"},
    {BROKER("engine_version", "'5.19' || char(0)"), "engine_version: digits and dots"},
    {BROKER("host_instance_type", "'m5.large'"), "host_instance_type: mq. and a size"},
    {BROKER("host_instance_type", "'mq.m5' || char(0)"), "host_instance_type: mq. and a size"},
    {BROKER("storage_type", "'efs'"), "storage_type: EFS or EBS"},
    {BROKER("engine_type, storage_type", "'RABBITMQ', 'EFS'"),
     "storage_type: RABBITMQ brokers use EBS"},
    {BROKER("deployment_mode", "'PAIR'"),
     "deployment_mode: SINGLE_INSTANCE, ACTIVE_STANDBY_MULTI_AZ or CLUSTER_MULTI_AZ"},
    {BROKER("deployment_mode", "'CLUSTER_MULTI_AZ'"),
     "deployment_mode: ACTIVE_STANDBY_MULTI_AZ is for ACTIVEMQ, CLUSTER_MULTI_AZ for RABBITMQ"},
    {BROKER("engine_type, deployment_mode", "'RABBITMQ', 'ACTIVE_STANDBY_MULTI_AZ'"),
     "deployment_mode: ACTIVE_STANDBY_MULTI_AZ is for ACTIVEMQ, CLUSTER_MULTI_AZ for RABBITMQ"},
    {BROKER("authentication_strategy", "'simple'"),
     "authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED"},
    {BROKER("auto_minor_version_upgrade", "2"), "auto_minor_version_upgrade: 0 or 1"},
    {BROKER("publicly_accessible", "2"), "publicly_accessible: 0 or 1"},
    {BROKER("publicly_accessible", "'yes'"),
     "cannot store TEXT value in INTEGER column broker.publicly_accessible"},
    {BROKER("logs_general", "2"), "logs_general: 0 or 1"},
    {BROKER("logs_audit", "2"), "logs_audit: 0 or 1"},
    {BROKER("engine_type, logs_audit", "'RABBITMQ', 1"),
     "logs_audit: RABBITMQ brokers have no audit log"},
    {BROKER("use_aws_owned_key", "2"), "use_aws_owned_key: 0 or 1"},
    {BROKER("use_aws_owned_key, kms_key_id", "0, ''"),
     "kms_key_id: 1 to 2048 printable ASCII characters"},
    {BROKER("kms_key_id", "'k'"), "kms_key_id: only with use_aws_owned_key = 0"},
    {BROKER("day_of_week", "'Sunday'"), "day_of_week: MONDAY to SUNDAY"},
    {BROKER("time_of_day", "'24:00'"), "time_of_day: HH:MM, 00:00 to 23:59"},
    {BROKER("time_zone", "'Europe Paris'"), "time_zone: 1 to 64 characters of [A-Za-z0-9_+:/-]"},
    {BROKER("subnet_ids", "'[\"a\\u0041\"]'"), "subnet_ids: a JSON array without escapes"},
    {BROKER("security_groups", "'[\"a\\u0041\"]'"),
     "security_groups: a JSON array without escapes"},
    {BROKER("subnet_ids", "'{}'"), broker_ids},
    {BROKER("subnet_ids", "'[1]'"), broker_ids},
    {BROKER("subnet_ids", "'[\"\"]'"), broker_ids},
    {BROKER("security_groups", "'[\"sg_1\"]'"), broker_ids},
    {BROKER("subnet_ids", "'[\"a\"'"), "malformed JSON"},
    {BROKER("subnet_ids, security_groups", "'[\"a\"', '\"b\"], [\"c\"]'"), "malformed JSON"},
    {"UPDATE broker SET subnet_ids = '[[]]'", broker_ids},
    {"UPDATE broker SET subnet_ids = '[\"a\"', security_groups = '\"b\"], [\"c\"]'",
     "malformed JSON"},
    {BROKER("security_groups", "'{\"a\":\"b\"}'"), broker_ids},
    {BROKER("pending_security_groups", "'[\"a\\u0041\"]'"),
     "pending_security_groups: a JSON array without escapes"},
    {BROKER("pending_security_groups", "'[\"sg.1\"]'"), broker_ids},
    {BROKER("pending_security_groups", "'\"sg-1\"'"), broker_ids},
    {"UPDATE broker SET pending_security_groups = '[1]'", broker_ids},
    {BROKER("pending_engine_version", "'x'"), "pending_engine_version: digits and dots"},
    {BROKER("pending_engine_version", "''"), "pending_engine_version: digits and dots"},
    {BROKER("pending_host_instance_type", "'m5'"), "pending_host_instance_type: mq. and a size"},
    {BROKER("engine_type, pending_logs_audit", "'RABBITMQ', 1"),
     "pending_logs_audit: RABBITMQ brokers have no audit log"},
    {BROKER("engine_type, authentication_strategy", "'RABBITMQ', 'LDAP'"),
     "authentication_strategy: LDAP is for ACTIVEMQ, CONFIG_MANAGED for RABBITMQ"},
    {BROKER("pending_authentication_strategy", "'CONFIG_MANAGED'"),
     "authentication_strategy: LDAP is for ACTIVEMQ, CONFIG_MANAGED for RABBITMQ"},
    {BROKER("creation_step", "4"), "creation_step: 0 to 3"},
    {BROKER("creation_step", "-1"), "creation_step: 0 to 3"},
    {BROKER("window_changes", "-1"), "window_changes: 0 or more"},
    {BROKER("window_due_ms", "1"), "window_due_ms: only with day_of_week"},
    {BROKER("storage_size", "0"), "storage_size: a multiple of 5"},
    {BROKER("storage_size", "7"), "storage_size: a multiple of 5"},
    {BROKER("storage_size", "-5"), "storage_size: a multiple of 5"},
    {BROKER("pending_storage_size", "-5"), "pending_storage_size: a multiple of 5"},
    {BROKER("pending_storage_size", "1"), "pending_storage_size: a multiple of 5"},
    {BROKER("ldap_server_metadata", "'[]'"), "ldap_server_metadata: a JSON object"},
    {BROKER("ldap_server_metadata", "'{\"hosts\":}'"), "malformed JSON"},
    {BROKER("pending_ldap_server_metadata", "'[1]'"),
     "pending_ldap_server_metadata: a JSON object"},
    {"UPDATE broker SET pending_ldap_server_metadata = '{,}'", "malformed JSON"},
    {BROKER("pending_authentication_strategy", "'NONE'"),
     "pending_authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED"},
    {BROKER("pending_logs_general", "2"), "pending_logs_general: 0 or 1"},
    {BROKER("pending_logs_audit", "-1"), "pending_logs_audit: 0 or 1"},
    {BROKER("data_replication_mode", "'crdr'"), "data_replication_mode: NONE or CRDR"},
    {BROKER("pending_data_replication_mode", "''"), "pending_data_replication_mode: NONE or CRDR"},
    {BROKER("data_replication_role", "'replica'"), "data_replication_role: PRIMARY or REPLICA"},
    {BROKER("data_replication_role", "'REPLICA'"), replication},
    {BROKER("data_replication_counterpart", "'b-1'"), replication},
    {BROKER("data_replication_role, data_replication_counterpart", "'PRIMARY', 'b-1'"),
     replication},
    {BROKER("data_replication_mode", "'CRDR'"), counterpart},
    {BROKER("pending_data_replication_mode", "'CRDR'"), counterpart},
    {BROKER("configuration_id", "'c-9'"), NO_REVISION},
    {BROKER("configuration_id, configuration_revision", "'c-1', 2"), NO_REVISION},
    {BROKER("configuration_revision", "301"), NO_REVISION},
    {BROKER("pending_configuration_id", "'c-9'"), NO_PENDING_REVISION},
    {BROKER("state, pending_configuration_revision", "'CREATION_IN_PROGRESS', 2"),
     NO_PENDING_REVISION},
    {"UPDATE broker SET account = ''", defaults},
    {"UPDATE OR IGNORE broker SET region = ''", defaults},
    {"UPDATE broker SET storage_type = NULL", defaults},
};

static const struct rule user_rules[] = {
    {"INSERT INTO user (broker_id, username, password)"
     " VALUES ('b-1', 'there', 'admin-password-1')",
     "broker_id, username: another row of user has the same"},
    {"UPDATE user SET username = NULL", "username: required in every row of user"},
    {"UPDATE user SET password = NULL", "password: a user without a pending change has one"},
    {USER("console_access", "2"), "console_access: 0 or 1"},
    {USER("console_access", "'yes'"),
     "cannot store TEXT value in INTEGER column user.console_access"},
    {USER("replication_user", "2"), "replication_user: 0 or 1"},
    {USER("console_access, replication_user", "1, 1"), "replication_user: excludes console_access"},
    {USER("groups", "NULL"), "groups: required in every row of user"},
    {USER("groups", "'[\"\\u0041b\"]'"), "groups: a JSON array without escapes"},
    {USER("groups", "'{}'"), GROUPS_RULE},
    {USER("groups", "'\"ab\"'"), GROUPS_RULE},
    {USER("groups", "'[1]'"), GROUPS_RULE},
    {USER("groups", "'[[\"ab\"]]'"), GROUPS_RULE},
    {USER("groups", "'[\"ab\",\"a b\"]'"), GROUPS_RULE},
    {USER("groups", "''"), GROUPS_RULE},
    {USER("groups", "'[\"ab\"'"), GROUPS_RULE},
    {USER("groups", "'[\"ab\"]]' || char(0)"), GROUPS_RULE},
    {USER("groups", "'[\"ab\"],[\"cd\"]'"), GROUPS_RULE},
    {"INSERT INTO user (broker_id, username, password, groups) SELECT 'b-1', 'bob',"
     " 'admin-password-1', json_group_array('g' || value) FROM json_each('[1,2,3,4,5,6,7,8,9,10,"
     "11,12,13,14,15,16,17,18,19,20,21]')",
     "groups: no more than 20, in up to 10000 characters"},
    {"UPDATE user SET pending_change = 'UPDATE', pending_groups = (SELECT json_group_array('g' || "
     "value) FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]'))",
     "pending_groups: no more than 20, in up to 10000 characters"},
    {"UPDATE user SET groups = '[' || printf('%9995s', '') || '\"ab\"]'",
     "groups: no more than 20, in up to 10000 characters"},
    {"UPDATE user SET groups = '[\"a\"]'", "groups: 2 to 100 characters each"},
    {"UPDATE user SET groups = '[2]'", GROUPS_RULE},
    {"UPDATE user SET groups = '[\"a,b\"]'", GROUPS_RULE},
    {"UPDATE user SET pending_change = 'UPDATE',"
     " groups = '[\"ab\"', pending_groups = '\"cd\"], []'",
     GROUPS_RULE},
    {USER("pending_change", "'GONE'"), "pending_change: CREATE, UPDATE or DELETE"},
    {USER("pending_change", "'CREATE'"),
     "pending_change: CREATE is for a user without password, UPDATE for one with password"},
    {"INSERT INTO user (broker_id, username, pending_change) VALUES ('b-1', 'bob', 'CREATE')",
     "pending_password: a user without password has one"},
    {USER("pending_groups", "'[]'"),
     "pending_change: CREATE, UPDATE or DELETE where a pending_ column is set"},
    {"INSERT INTO user (broker_id, username, pending_change, pending_password, groups)"
     " VALUES ('b-1', 'bob', 'CREATE', 'admin-password-1', '[\"ab\"]')",
     "console_access, groups, replication_user: a user without password has only pending ones"},
    {PENDING("pending_console_access", "2"), "pending_console_access: 0 or 1"},
    {PENDING("pending_replication_user", "2"), "pending_replication_user: 0 or 1"},
    {PENDING("console_access, pending_replication_user", "1, 1"),
     "pending_replication_user: excludes pending_console_access"},
    {PENDING("pending_groups", "'[\"\\u0041b\"]'"), "pending_groups: a JSON array without escapes"},
    {PENDING("pending_groups", "'[null]'"), "pending_" GROUPS_RULE},
    {PENDING("groups, pending_groups", "'[\"ab\"', '\"cd\"], []'"), GROUPS_RULE},
};

static const struct rule other_rules[] = {
    {TAG("'', 'v'"), "key: 1 to 128 characters, not beginning with aws:"},
    {TAG("'AWS:x', 'v'"), "key: 1 to 128 characters, not beginning with aws:"},
    {TAG("printf('%0129d', 1), 'v'"), "key: 1 to 128 characters, not beginning with aws:"},
    {TAG("'k', printf('%0257d', 1)"), "value: up to 256 characters"},
    {TAG("'k', char(0)"), "value: up to 256 characters"},
    {TAG("'k', 'v'), ('b-1', 'k', 'w'"), "broker_id, key: another row of broker_tag has the same"},
    {"INSERT INTO access_key (id, secret) VALUES ('A-1', 'x')",
     "id: 1 to 128 characters of [A-Za-z0-9_]"},
    {"INSERT INTO access_key (id) VALUES ('A1')", "secret: required in every row of access_key"},
    {KEY("secret", "''"), "secret: 1 to 256 printable ASCII characters"},
    {KEY("secret, account", "'s', '1'"), "account: 12 digits"},
    {KEY("secret, account", "'s', '123456789012' || char(0)"), "account: 12 digits"},
    {KEY("secret, user_name", "'s', 'a b'"), "user_name: 1 to 64 characters of [A-Za-z0-9+=,.@_-]"},
    {"UPDATE access_key SET account = ''", "account: the default is for INSERT"},
    {FAULT("operation, delay_ms", "'CreateUsers', 1"),
     "operation: the name of an operation of the API"},
    {FAULT("error", "'a.b'"), "error: 1 to 100 letters and digits"},
    {FAULT("error, status", "'TeapotException', 399"), "status: 400 to 599"},
    {FAULT("error, message", "'NotFoundException', printf('%01001d', 1)"),
     "message: up to 1000 characters"},
    {FAULT("delay_ms", "600001"), "delay_ms: 0 to 600000"},
    {FAULT("delay_ms", "-1"), "delay_ms: 0 to 600000"},
    {FAULT("drop_connection", "2"), "drop_connection: 0 or 1"},
    {FAULT("delay_ms, times", "1, -1"), "times: 0 or more"},
    {FAULT("delay_ms, status", "1, 400"), "error: needed with status or message"},
    {FAULT("error", "'TeapotException'"), "status: needed with an error the server does not know"},
    {FAULT("error, drop_connection", "'NotFoundException', 1"), "drop_connection: excludes error"},
    {FAULT("delay_ms, probability", "1, 1.01"), "probability: 0.0 to 1.0"},
    {FAULT("delay_ms, probability", "1, -0.01"), "probability: 0.0 to 1.0"},
    {POLICY("access_key, effect", "'A-1', 'deny'"),
     "access_key: * or 1 to 128 characters of [A-Za-z0-9_]"},
    {POLICY("access_key, effect", "'', 'deny'"),
     "access_key: * or 1 to 128 characters of [A-Za-z0-9_]"},
    {POLICY("effect", "'Deny'"), "effect: allow or deny"},
    {POLICY("effect, action", "'deny', 's3:*'"), "action: mq: and a pattern"},
    {POLICY("effect, action", "'deny', 'mq:'"), "action: mq: and a pattern"},
    {POLICY("effect, resource", "'deny', ''"), "resource: 1 to 500 characters"},
    {POLICY("effect, resource", "'deny', printf('%0501d', 1)"), "resource: 1 to 500 characters"},
    {FAULT("operation", "'CreateUser'"), "fault: give error, delay_ms or drop_connection"},
};

static const struct rules all_rules[] = {
    {broker_rules, COUNT(broker_rules)},
    {user_rules, COUNT(user_rules)},
    {other_rules, COUNT(other_rules)},
};

static void each_rule_names_itself(void **state)
{
    (void)state;
    check_rules(base, all_rules, COUNT(all_rules));
}

/* What begins so ends with the value, as a list of one if `is_list`. */
static void check_with(const struct rule_case *one, const char *begin, bool is_list,
                       const char *prefix)
{
    static char sql[2 * RULE_VALUE + 400];
    char wanted[400] = "ok";
    size_t len = (size_t)snprintf(sql, sizeof sql, "%s CAST(x'", begin);
    const struct slice parts[] = {is_list ? SLICE("[\"") : SLICE(""), one->value,
                                  is_list ? SLICE("\"]") : SLICE("")};
    for (size_t part = 0; part < COUNT(parts); part++)
        for (size_t i = 0; i < parts[part].len; i++)
            len += (size_t)snprintf(sql + len, sizeof sql - len, "%02X",
                                    (unsigned)(unsigned char)parts[part].data[i]);
    snprintf(sql + len, sizeof sql - len, "' AS TEXT)");
    if (one->broken)
        snprintf(wanted, sizeof wanted, "seed.sql:1: statement 1, row 1: %s%s", prefix,
                 one->broken->seed);
    enum result result = RESULT_OK;
    const char *got = outcome(base, slice_of(sql), &result);
    if (strcmp(got, wanted) != 0)
        fail_msg("tests/data/rules.tsv:%d: %s\n  not %s", one->line, got, wanted);
}

/* Such characters are escaped in JSON, which a seed may not do. */
static bool has_escape(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == '"' || text.data[i] == '\\')
            return true;
    return false;
}

/* Of a list, the schema looks at the characters first, and only then at the lengths of the names.
 */
static void check_group(const struct rule_case *one)
{
    static const struct rule_text characters = {.seed = GROUPS_RULE};
    struct rule_case group = *one;
    for (size_t i = 0; i < one->value.len; i++)
        if (!isalnum((unsigned char)one->value.data[i]) && !strchr("-._~", one->value.data[i]))
            group.broken = &characters;
    check_with(&group, "UPDATE user SET groups =", true, "");
    check_with(&group, "UPDATE user SET pending_change = 'UPDATE', pending_groups =", true,
               "pending_");
}

static void check_case(const struct rule_case *one)
{
    if (strcmp(one->rule, "username") == 0)
        check_with(one, "UPDATE user SET username =", false, "");
    else if (strcmp(one->rule, "broker-name") == 0)
        check_with(one, "UPDATE broker SET name =", false, "");
    else if (strcmp(one->rule, "group") == 0 && !has_escape(one->value))
        check_group(one);
    else if (strcmp(one->rule, "password") == 0) {
        check_with(one, "UPDATE user SET password =", false, "");
        check_with(one, "UPDATE user SET pending_change = 'UPDATE', pending_password =", false,
                   "pending_");
    }
}

static void cases_of_the_table(void **state)
{
    (void)state;
    size_t count = 0;
    each_rule_case(check_case, &count);
}

static void no_rule_is_untested(void **state)
{
    (void)state;
    static char pending[RULE_TEXTS][200];
    static struct rule in_table[2 * RULE_TEXTS];
    struct rules every[COUNT(all_rules) + 1];
    size_t count = 0;
    const struct rule_text *texts = each_rule_case(NULL, &count);
    for (size_t i = 0; i < count; i++) {
        snprintf(pending[i], sizeof pending[i], "pending_%s", texts[i].seed);
        in_table[2 * i].message = texts[i].seed;
        in_table[2 * i + 1].message = pending[i];
    }
    memcpy(every, all_rules, sizeof all_rules);
    every[COUNT(all_rules)] = (struct rules){in_table, 2 * count};
    /* The region of default_world alone, which no seed reaches. */
    check_no_rule_is_untested(every, COUNT(every), SCHEMA_DIR "/0001_initial.sql",
                              "CREATE TABLE user (", "-- What a tester asks",
                              (const char *const[]){"region: 1 to 32", NULL});
    char *users = read_text(SCHEMA_DIR "/0013_user_rules.sql");
    assert_int_equal(find_untested(every, COUNT(every), users, "CONSTRAINT \"", "\"",
                                   (const char *const[]){NULL}),
                     0);
    free(users);
}

static void what_is_just_allowed(void **state)
{
    (void)state;
    static const char *const allowed[] = {
        "INSERT INTO broker (id, name) VALUES (printf('%0100d', 1), printf('%050d', 1))",
        "INSERT INTO broker (id, name, region) VALUES ('b-2', 'orders', 'eu-west-1')",
        "INSERT INTO broker (id, name, account) VALUES ('b-2', 'orders', '210987654321')",
        "INSERT OR REPLACE INTO broker (id, name) VALUES ('b-1', 'orders')",
        "INSERT INTO broker (id, name) VALUES ('b-1', 'x') ON CONFLICT (id) DO UPDATE"
        " SET name = excluded.name",
        BROKER("state, state_due_ms", "'REBOOT_IN_PROGRESS', 1"),
        BROKER("state, state_due_ms, creation_step", "'CREATION_IN_PROGRESS', 1, 0"),
        BROKER("state, state_due_ms, creation_step", "'DELETION_IN_PROGRESS', 1, 3"),
        BROKER("day_of_week, window_due_ms", "'MONDAY', 1"),
        BROKER("storage_size, pending_storage_size, window_changes", "5, 0, 4"),
        BROKER("ldap_server_metadata, pending_ldap_server_metadata", "'{}', '{\"a\":[{}]}'"),
        BROKER("pending_security_groups, pending_logs_general, pending_logs_audit", "'[]', 0, 1"),
        BROKER("data_replication_mode, pending_data_replication_mode, data_replication_role, "
               "data_replication_counterpart, data_replication_counterpart_region",
               "'CRDR', 'NONE', 'REPLICA', 'b-1', 'us-west-2'"),
        BROKER("data_replication_mode", "'NONE'"),
        BROKER("configuration_id", "'c-1'"),
        BROKER("pending_configuration_id", "'c-1'"),
        BROKER("use_aws_owned_key, kms_key_id", "0, 'k'"),
        BROKER("subnet_ids, security_groups", "'[]', '[\"sg-1\",\"sg-2\"]'"),
        BROKER("engine_type, deployment_mode, storage_type",
               "'RABBITMQ', 'CLUSTER_MULTI_AZ', 'EBS'"),
        BROKER("time_of_day", "'23:59'"),
        USER("groups", "'[\"ab\",\"ab\"]'"),
        USER("groups", "'[' || printf('%9994s', '') || '\"ab\"]'"),
        PENDING("groups, pending_groups", "'[\"ab\"]', '[]'"),
        PENDING("console_access, pending_console_access, pending_replication_user", "1, 0, 1"),
        TAG("printf('%0128d', 1), printf('%0256d', 1)"),
        FAULT("delay_ms, times", "600000, 0"),
        FAULT("error, status, message", "'TeapotException', 418, printf('%01000d', 1)"),
        "DELETE FROM broker",
    };
    for (size_t i = 0; i < COUNT(allowed); i++)
        expect_in(base, allowed[i], "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_names_itself),
        cmocka_unit_test(cases_of_the_table),
        cmocka_unit_test(no_rule_is_untested),
        cmocka_unit_test(what_is_just_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
