/* The writes that are made to fail, each with what must be there of it: all or nothing. */
#ifndef FAULT_SCRIPTS_H
#define FAULT_SCRIPTS_H

/* A write, twice in a tick with a reader between. `{}` is a name, another for each call. */
struct script {
    const char *seed;
    const char *method, *target, *body;
    const char *reader;
    const char *rows; /* a query for all that the write leaves */
    const char *none, *all;
};

#define BROKER "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"

static const struct script create_user = {
    BROKER,
    "POST",
    "/v1/brokers/b-1/users/{}",
    "{\"password\":\"created-pw-12\",\"groups\":[\"readers\",\"auditors\"]}",
    "/v1/brokers/b-1/users/{}",
    "SELECT count(*) FROM user WHERE username = '{}'",
    "0",
    "1",
};

/* A broker, its configuration with a revision, two users and two tags. */
static const struct script create_broker = {
    "",
    "POST",
    "/v1/brokers",
    "{\"brokerName\":\"{}\",\"deploymentMode\":\"SINGLE_INSTANCE\",\"engineType\":\"ACTIVEMQ\","
    "\"hostInstanceType\":\"mq.m5.large\",\"publiclyAccessible\":false,"
    "\"maintenanceWindowStartTime\":{\"dayOfWeek\":\"MONDAY\",\"timeOfDay\":\"01:00\"},"
    "\"users\":[{\"username\":\"alice\",\"password\":\"created-pw-12\"},"
    "{\"username\":\"bob\",\"password\":\"created-pw-12\",\"groups\":[\"readers\"]}],"
    "\"tags\":{\"a\":\"1\",\"b\":\"2\"}}",
    "/v1/brokers",
    "SELECT (SELECT count(*) FROM broker WHERE name = '{}'),"
    " (SELECT count(*) FROM configuration c JOIN configuration_revision ON configuration_id = c.id"
    " WHERE name = '{}-configuration'),"
    " (SELECT count(*) FROM user JOIN broker b ON b.id = broker_id WHERE name = '{}'),"
    " (SELECT count(*) FROM broker_tag JOIN broker b ON b.id = broker_id WHERE name = '{}')",
    "0|0|0|0",
    "1|1|2|2",
};

/* The data is <broker xmlns="http://activemq.apache.org/schema/core"/>. */
static const struct script update_configuration = {
    "INSERT INTO configuration (id, name) VALUES ('c-1', 'mine');",
    "PUT",
    "/v1/configurations/c-1",
    "{\"description\":\"{}\",\"data\":"
    "\"PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4=\"}",
    "/v1/configurations/c-1",
    "SELECT count(*) FROM configuration_revision WHERE description = '{}'",
    "0",
    "1",
};

static const struct script create_tags = {
    "INSERT INTO configuration (id, name) VALUES ('c-1', 'mine');",
    "POST",
    "/v1/tags/arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3Aconfiguration%3Ac-1",
    "{\"tags\":{\"{}-1\":\"x\",\"{}-2\":\"y\",\"{}-3\":\"z\"}}",
    "/v1/tags/arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3Aconfiguration%3Ac-1",
    "SELECT count(*) FROM configuration_tag WHERE key LIKE '{}-_'",
    "0",
    "3",
};

static const struct script *const scripts[] = {&create_user, &create_broker, &update_configuration,
                                               &create_tags};

#endif
