/* A world with something for every operation to do, and one call of each that succeeds in it. */
#ifndef TESTS_UNIT_ANOMALY_CALLS_H
#define TESTS_UNIT_ANOMALY_CALLS_H

#include <stddef.h>

#define ANOMALY_ARN "arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3A"
#define ANOMALY_SHARE "arn:aws:ram:us-east-1:123456789012:resource-share/"

/* b-1 has all a broker can have and changes that wait; b-2 is a replica of b-0, b-3 is about to go
 * through its window; r-1 is of RabbitMQ. Callers need the policy. */
static const char anomaly_world[] =
    "INSERT INTO configuration (id, name) VALUES ('c-mine', 'mine'), ('c-spare', 'spare');"
    "INSERT INTO configuration_revision (configuration_id, revision, data)"
    " VALUES ('c-mine', 2, '<broker/>');"
    "INSERT INTO configuration (id, name, engine_type) VALUES ('c-limits', 'limits', 'RABBITMQ');"
    "INSERT INTO configuration_revision (configuration_id, revision, data)"
    " VALUES ('c-limits', 2, 'connection_max = 300');"
    "INSERT INTO broker (id, name, region, deployment_mode)"
    " VALUES ('b-0', 'primary', 'us-west-2', 'ACTIVE_STANDBY_MULTI_AZ');"
    "INSERT INTO broker (id, name, configuration_id, subnet_ids)"
    " VALUES ('b-1', 'orders', 'c-mine', '[\"subnet-1\"]');"
    "INSERT INTO broker (id, name, deployment_mode, data_replication_mode, data_replication_role,"
    " data_replication_counterpart, data_replication_counterpart_region, state)"
    " VALUES ('b-2', 'replica', 'ACTIVE_STANDBY_MULTI_AZ', 'CRDR', 'REPLICA', 'b-0', 'us-west-2',"
    " 'REPLICA');"
    "UPDATE broker SET data_replication_mode = 'CRDR', data_replication_role = 'PRIMARY',"
    " data_replication_counterpart = 'b-2', data_replication_counterpart_region = 'us-east-1'"
    " WHERE id = 'b-0';"
    "INSERT INTO broker (id, name, pending_logs_general) VALUES ('b-3', 'windowed', 1);"
    "INSERT INTO broker (id, name, state, state_due_ms)"
    " VALUES ('b-4', 'rebooting', 'REBOOT_IN_PROGRESS', 1);"
    "INSERT INTO broker (id, name, engine_type) VALUES ('r-1', 'events', 'RABBITMQ');"
    "INSERT INTO user (broker_id, username, password, groups)"
    " VALUES ('b-1', 'alice', 'correct-horse-12', '[\"readers\",\"auditors\"]'),"
    " ('b-1', 'probe', 'correct-horse-12', '[]'), ('b-4', 'staged', 'correct-horse-12', '[]');"
    "UPDATE user SET pending_change = 'UPDATE', pending_console_access = 1, pending_groups = '[]'"
    " WHERE username = 'staged';"
    "INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-1', 'team', 'checkout');"
    "INSERT INTO configuration_tag (configuration_id, key, value) VALUES ('c-mine', 'team', 'shop');"
    "INSERT INTO shared_resource (broker_id, resource_arn) VALUES ('r-1', '" ANOMALY_SHARE "10');"
    "INSERT INTO vpc (id, is_default) VALUES ('vpc-1', 1);"
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-1', 'vpc-1');"
    "INSERT INTO security_group (id, vpc_id, is_default)"
    " VALUES ('sg-1', 'vpc-1', 1), ('sg-2', 'vpc-1', 0);"
    "INSERT INTO access_key (id, secret) VALUES ('AKIDANOMALY', 'secret');"
    "INSERT INTO policy (access_key, effect, action, resource)"
    " VALUES ('AKIDANOMALY', 'allow', 'mq:*', '*');"
    "INSERT INTO fault (operation, username, error, times)"
    " VALUES ('DescribeUser', 'nobody', 'ForbiddenException', 3);";

/* What takes the place of it. */
static const char anomaly_other_world[] =
    "INSERT INTO broker (id, name) VALUES ('b-9', 'other');"
    "INSERT INTO user (broker_id, username, password) VALUES ('b-9', 'bob', 'correct-horse-12');";

struct anomaly_call {
    const char *method; /* NULL: what is due happens, as on a timer */
    const char *target;
    const char *body; /* NULL: the snapshot of the other world */
    int status;
};

#define ANOMALY_CONFIGURATION \
    "PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4="

static const struct anomaly_call anomaly_calls[] = {
    {"POST", "/v1/brokers/b-1/users/carol",
     "{\"password\":\"correct-horse-12\",\"groups\":[\"g1\",\"g2\"],\"consoleAccess\":true}", 200},
    {"GET", "/v1/brokers/b-1/users/alice", "", 200},
    {"PUT", "/v1/brokers/b-1/users/alice", "{\"groups\":[\"g1\"],\"consoleAccess\":true}", 200},
    {"DELETE", "/v1/brokers/b-1/users/alice", "", 200},
    {"GET", "/v1/brokers/b-1/users?maxResults=5", "", 200},
    {"POST", "/v1/brokers",
     "{\"brokerName\":\"new\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ACTIVEMQ\","
     "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,"
     "\"maintenanceWindowStartTime\":{\"dayOfWeek\":\"MONDAY\",\"timeOfDay\":\"01:00\"},"
     "\"users\":[{\"username\":\"admin\",\"password\":\"correct-horse-12\"},"
     "{\"username\":\"bob\",\"password\":\"correct-horse-12\",\"groups\":[\"readers\"]}],"
     "\"tags\":{\"a\":\"1\",\"b\":\"2\"}}",
     200},
    {"GET", "/v1/brokers/b-1", "", 200},
    {"GET", "/v1/brokers?maxResults=5", "", 200},
    {"PUT", "/v1/brokers/b-1",
     "{\"configuration\":{\"id\":\"c-mine\",\"revision\":2},\"hostInstanceType\":\"mq.m5.xlarge\","
     "\"logs\":{\"audit\":true},\"securityGroups\":[\"sg-1\",\"sg-2\"]}",
     200},
    {"PUT", "/v1/brokers/r-1", "{\"configuration\":{\"id\":\"c-limits\"}}", 200},
    {"PUT", "/v1/brokers/r-1", "{\"resourceShareArns\":[\"" ANOMALY_SHARE "11\"]}", 200},
    {"POST", "/v1/brokers/b-1/reboot", "", 200},
    {"POST", "/v1/brokers/b-2/promote", "{\"mode\":\"FAILOVER\"}", 200},
    {"DELETE", "/v1/brokers/b-1", "", 200},
    {"GET", "/v1/brokers/r-1/shared-resources", "", 200},
    {"POST", "/v1/configurations",
     "{\"name\":\"new\",\"engineType\":\"ACTIVEMQ\",\"engineVersion\":\"5.18\",\"tags\":{\"a\":\"b\"}}",
     200},
    {"GET", "/v1/configurations", "", 200},
    {"GET", "/v1/configurations/c-mine", "", 200},
    {"PUT", "/v1/configurations/c-mine",
     "{\"description\":\"better\",\"data\":\"" ANOMALY_CONFIGURATION "\"}", 200},
    {"DELETE", "/v1/configurations/c-spare", "", 200},
    {"GET", "/v1/configurations/c-mine/revisions", "", 200},
    {"GET", "/v1/configurations/c-mine/revisions/2", "", 200},
    {"POST", "/v1/tags/" ANOMALY_ARN "broker%3Aorders%3Ab-1",
     "{\"tags\":{\"a\":\"b\",\"team\":\"d\"}}", 204},
    {"GET", "/v1/tags/" ANOMALY_ARN "broker%3Aorders%3Ab-1", "", 200},
    {"DELETE", "/v1/tags/" ANOMALY_ARN "configuration%3Ac-mine?tagKeys=team", "", 204},
    {"GET", "/v1/broker-engine-types", "", 200},
    {"GET", "/v1/broker-instance-options?maxResults=5&engineType=RABBITMQ", "", 200},
    /* A fault of the table is counted down, whatever comes of its answer. */
    {"GET", "/v1/brokers/b-1/users/nobody", "", 403},
    {NULL, "what is due", "", 200},
    {"POST", "/_local/reset", "", 200},
    {"POST", "/_local/reset?empty=true", "", 200},
    {"POST", "/_local/reset?account=123456789012&region=us-east-1", "", 200},
    {"POST", "/_local/seed",
     "INSERT INTO broker (id, name) VALUES ('b-9', 'seeded');"
     "INSERT INTO user (broker_id, username, password) VALUES ('b-9', 'bob', 'correct-horse-12');"
     "INSERT INTO policy (effect, resource) VALUES ('allow', '*'); DELETE FROM fault",
     200},
    {"GET", "/_local/snapshot", "", 200},
    {"PUT", "/_local/snapshot", NULL, 200},
    {"POST", "/_local/clock", "{\"advanceMs\":1209600000}", 200},
    {"GET", "/_local/clock", "", 200},
    {"POST", "/_local/faults",
     "{\"operation\":\"ListUsers\",\"brokerId\":\"b-1\",\"error\":\"ForbiddenException\","
     "\"times\":2,\"probability\":0.5}",
     201},
    {"GET", "/_local/faults", "", 200},
    {"DELETE", "/_local/faults?id=1", "", 200},
    {"DELETE", "/_local/faults", "", 200},
    {"POST", "/_local/authenticate",
     "{\"brokerId\":\"b-1\",\"username\":\"alice\",\"password\":\"correct-horse-12\"}", 200},
    {"GET", "/_local/metrics", "", 200},
    {"GET", "/_local/requests", "", 200},
};

#endif
