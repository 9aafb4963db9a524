/* The recorded shapes of DescribeBroker and ListBrokers; members in alphabetical order. */
#include "mq/broker_write.h"

#include "mq/names.h"
#include "mq/users.h"

static bool is_being_created(const struct broker *broker)
{
    return slice_equal(broker->state, SLICE("CREATION_IN_PROGRESS")) ||
           slice_equal(broker->state, SLICE("CREATION_FAILED"));
}

static struct slice engine_name(const struct broker *broker)
{
    return broker->rabbitmq ? SLICE("RabbitMQ") : SLICE("ActiveMQ");
}

/* The service answers these enums in lower case. */
static void put_lower(struct json_writer *writer, const char *name, struct slice value)
{
    char lower[32] = "";
    size_t len = value.len < sizeof lower ? value.len : sizeof lower;
    for (size_t i = 0; i < len; i++)
        lower[i] = value.data[i] >= 'A' && value.data[i] <= 'Z' ? (char)(value.data[i] | 0x20)
                                                                : value.data[i];
    json_put_string(writer, name, (struct slice){lower, len});
}

static enum result put_name(struct json_writer *writer, const char *name, struct slice value)
{
    if (!value.data)
        return RESULT_NO_MEMORY;
    json_put_string(writer, name, value);
    return RESULT_OK;
}

/* Protocol and port of each endpoint, in the recorded order. */
static const char *const activemq_endpoints[] = {"ssl://%s:61617", "amqp+ssl://%s:5671",
                                                 "stomp+ssl://%s:61614", "mqtt+ssl://%s:8883",
                                                 "wss://%s:61619"};

static void write_endpoint(struct json_writer *writer, const char *form, struct slice host,
                           struct buffer *text)
{
    const char *place = strstr(form, "%s");
    buffer_clear(text);
    buffer_append(text, form, (size_t)(place - form));
    buffer_append_slice(text, host);
    buffer_append_string(text, place + 2);
    json_write_string(writer, buffer_slice(text));
}

static enum result write_instance(struct json_writer *writer, const struct broker *broker,
                                  int number, struct arena *arena)
{
    struct slice host = name_host(broker, number, arena);
    struct slice address = name_ip_address(broker, number, arena);
    struct buffer text;
    if (!host.data || !address.data)
        return RESULT_NO_MEMORY;
    buffer_init(&text, host.len + 64);
    json_object_begin(writer);
    json_key(writer, "consoleURL");
    write_endpoint(writer, broker->rabbitmq ? "https://%s" : "https://%s:8162", host, &text);
    json_key(writer, "endpoints");
    json_list_begin(writer);
    if (broker->rabbitmq)
        write_endpoint(writer, "amqps://%s:5671", host, &text);
    for (size_t i = 0;
         !broker->rabbitmq && i < sizeof activemq_endpoints / sizeof *activemq_endpoints; i++)
        write_endpoint(writer, activemq_endpoints[i], host, &text);
    json_list_end(writer);
    if (!broker->rabbitmq)
        json_put_string(writer, "ipAddress", address);
    json_object_end(writer);
    enum result result = text.failed;
    buffer_close(&text);
    return result;
}

static enum result put_instances(struct json_writer *writer, const struct broker *broker,
                                 struct arena *arena)
{
    bool pair = slice_equal(broker->deployment_mode, SLICE("ACTIVE_STANDBY_MULTI_AZ"));
    int instances = is_being_created(broker) ? 0 : pair ? 2 : 1;
    enum result result = RESULT_OK;
    json_key(writer, "brokerInstances");
    json_list_begin(writer);
    for (int number = 1; !result && number <= instances; number++)
        result = write_instance(writer, broker, number, arena);
    json_list_end(writer);
    return result;
}

static enum result put_configuration(struct json_writer *writer, const char *name,
                                     const struct broker *broker, struct arena *arena)
{
    json_key(writer, name);
    json_object_begin(writer);
    enum result result = put_name(writer, "id", name_configuration_id(broker, arena));
    json_put_integer(writer, "revision", broker->configuration_revision);
    json_object_end(writer);
    return result;
}

static enum result put_configurations(struct json_writer *writer, const struct broker *broker,
                                      struct arena *arena)
{
    bool pending = is_being_created(broker);
    enum result result = RESULT_OK;
    json_key(writer, "configurations");
    json_object_begin(writer);
    if (!pending)
        result = put_configuration(writer, "current", broker, arena);
    json_put_raw(writer, "history", SLICE("[]"));
    if (!result && pending)
        result = put_configuration(writer, "pending", broker, arena);
    json_object_end(writer);
    return result;
}

static enum result put_encryption(struct json_writer *writer, const struct broker *broker,
                                  struct arena *arena)
{
    enum result result = RESULT_OK;
    json_key(writer, "encryptionOptions");
    json_object_begin(writer);
    if (!broker->use_aws_owned_key)
        result = put_name(writer, "kmsKeyId", name_kms_key(broker, arena));
    json_put_boolean(writer, "useAwsOwnedKey", broker->use_aws_owned_key);
    json_object_end(writer);
    return result;
}

static enum result put_log_group(struct json_writer *writer, const char *name, const char *log,
                                 const struct broker *broker, struct arena *arena)
{
    return put_name(
        writer, name,
        slice_of(arena_printf(arena, "/aws/amazonmq/broker/%s/%s", broker->id.data, log)));
}

static enum result put_logs(struct json_writer *writer, const struct broker *broker,
                            struct arena *arena)
{
    enum result result = RESULT_OK;
    json_key(writer, "logs");
    json_object_begin(writer);
    if (!broker->rabbitmq) {
        json_put_boolean(writer, "audit", broker->logs_audit);
        result = put_log_group(writer, "auditLogGroup", "audit", broker, arena);
    }
    json_put_boolean(writer, "general", broker->logs_general);
    if (!result)
        result = put_log_group(writer, "generalLogGroup", "general", broker, arena);
    json_object_end(writer);
    return result;
}

static void put_window(struct json_writer *writer, const struct broker *broker)
{
    json_key(writer, "maintenanceWindowStartTime");
    json_object_begin(writer);
    json_put_string(writer, "dayOfWeek", broker->day_of_week);
    json_put_string(writer, "timeOfDay", broker->time_of_day);
    json_put_string(writer, "timeZone", broker->time_zone);
    json_object_end(writer);
}

/* The given ids or, where none were given, `count` of the default VPC. */
static enum result put_network_ids(struct json_writer *writer, const char *name, struct slice given,
                                   const char *prefix, int count, const struct broker *broker,
                                   struct arena *arena)
{
    if (given.data) {
        json_put_raw(writer, name, given);
        return RESULT_OK;
    }
    json_key(writer, name);
    json_list_begin(writer);
    for (int number = 1; number <= count; number++) {
        struct slice id = name_network_id(broker, prefix, number, arena);
        if (!id.data)
            return RESULT_NO_MEMORY;
        json_write_string(writer, id);
    }
    json_list_end(writer);
    return RESULT_OK;
}

/* A pair has two, a private cluster one in each of three zones, a public cluster none. */
static int default_subnets(const struct broker *broker)
{
    if (slice_equal(broker->deployment_mode, SLICE("CLUSTER_MULTI_AZ")))
        return broker->publicly_accessible ? 0 : 3;
    return slice_equal(broker->deployment_mode, SLICE("ACTIVE_STANDBY_MULTI_AZ")) ? 2 : 1;
}

static void put_tags(struct json_writer *writer, const struct broker_parts *parts)
{
    if (parts->tag_count == 0)
        return;
    json_key(writer, "tags");
    json_object_begin(writer);
    for (size_t i = 0; i < parts->tag_count; i++)
        json_put_string(writer, parts->tags[i].key.data, parts->tags[i].value);
    json_object_end(writer);
}

/* brokerArn to brokerState, which both shapes begin with. */
static enum result put_identity(struct json_writer *writer, const struct broker *broker,
                                bool instances, struct arena *arena)
{
    enum result result = put_name(writer, "brokerArn", name_broker_arn(broker, arena));
    json_put_string(writer, "brokerId", broker->id);
    if (!result && instances)
        result = put_instances(writer, broker, arena);
    json_put_string(writer, "brokerName", broker->name);
    json_put_string(writer, "brokerState", broker->state);
    return result;
}

enum result broker_write(struct json_writer *writer, const struct broker *broker,
                         const struct broker_parts *parts, struct arena *arena)
{
    json_object_begin(writer);
    put_lower(writer, "authenticationStrategy", broker->authentication_strategy);
    json_put_boolean(writer, "autoMinorVersionUpgrade", broker->auto_minor_version_upgrade);
    enum result result = put_identity(writer, broker, true, arena);
    if (!result)
        result = put_configurations(writer, broker, arena);
    json_put_string(writer, "created", broker->created);
    json_put_string(writer, "deploymentMode", broker->deployment_mode);
    if (!result)
        result = put_encryption(writer, broker, arena);
    json_put_string(writer, "engineType", engine_name(broker));
    json_put_string(writer, "engineVersion", broker->engine_version);
    json_put_string(writer, "hostInstanceType", broker->host_instance_type);
    if (!result)
        result = put_logs(writer, broker, arena);
    put_window(writer, broker);
    json_put_boolean(writer, "publiclyAccessible", broker->publicly_accessible);
    if (!result)
        result = put_network_ids(writer, "securityGroups", broker->security_groups, "sg-", 1,
                                 broker, arena);
    put_lower(writer, "storageType", broker->storage_type);
    if (!result)
        result = put_network_ids(writer, "subnetIds", broker->subnet_ids, "subnet-",
                                 default_subnets(broker), broker, arena);
    put_tags(writer, parts);
    write_user_summaries(writer, parts->users, parts->user_count);
    json_object_end(writer);
    return result;
}

enum result broker_write_summary(struct json_writer *writer, const struct broker *broker,
                                 struct arena *arena)
{
    json_object_begin(writer);
    enum result result = put_identity(writer, broker, false, arena);
    json_put_string(writer, "created", broker->created);
    json_put_string(writer, "deploymentMode", broker->deployment_mode);
    json_put_string(writer, "engineType", engine_name(broker));
    json_put_string(writer, "hostInstanceType", broker->host_instance_type);
    json_object_end(writer);
    return result;
}
