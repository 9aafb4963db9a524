/* The recorded shapes of DescribeBroker and ListBrokers; members in alphabetical order. */
#include "mq/broker_write.h"

#include "mq/catalogue.h"
#include "mq/names.h"
#include "mq/network.h"
#include "mq/rules.h"
#include "mq/tags.h"
#include "mq/users.h"

/* Instances come with the second step of a creation. */
static bool has_instances(const struct broker *broker)
{
    return broker->state != STATE_CREATION_FAILED &&
           (broker->state != STATE_CREATION_IN_PROGRESS || broker->creation_step >= 2);
}

static bool has_just_begun(const struct broker *broker)
{
    return broker->state == STATE_CREATION_IN_PROGRESS && broker->creation_step == 0;
}

static enum result put_name(struct json_writer *writer, const char *name, struct slice value)
{
    if (!value.data)
        return RESULT_NO_MEMORY;
    json_put_string(writer, name, value);
    return RESULT_OK;
}

struct endpoint {
    const char *scheme;
    int port; /* 0: that of the scheme, which is not shown */
};

/* In the recorded order; the console last. */
static const struct endpoint activemq_endpoints[] = {
    {"ssl", PORT_OPENWIRE},  {"amqp+ssl", PORT_AMQP}, {"stomp+ssl", PORT_STOMP},
    {"mqtt+ssl", PORT_MQTT}, {"wss", PORT_WSS},       {"https", PORT_ACTIVEMQ_CONSOLE}};
static const struct endpoint rabbitmq_endpoints[] = {{"amqps", PORT_AMQP}, {"https", 0}};

struct broker_place broker_find_place(struct slots *slots, struct slice broker_id)
{
    const struct slot *slot = slots_find(slots, broker_id);
    if (!slot)
        return (struct broker_place){.host = NULL};
    return (struct broker_place){slots->host, slots_number(slots, slot) * PORTS_OF_SLOT};
}

/* Of an instance of a broker. */
struct instance {
    struct slice host;
    bool is_real; /* it is in a slot */
    int shift;
};

/* Without memory it fails for the endpoints behind it too: `text` keeps that. */
static void write_endpoint(struct json_writer *writer, const struct endpoint *endpoint,
                           const struct instance *instance, struct buffer *text)
{
    bool is_bracketed = memchr(instance->host.data, ':', instance->host.len);
    int port = endpoint->port || !instance->is_real ? endpoint->port : PORT_RABBITMQ_CONSOLE;
    if (text->failed)
        return;
    buffer_clear(text);
    buffer_append_string(text, endpoint->scheme);
    buffer_append_string(text, is_bracketed ? "://[" : "://");
    buffer_append_slice(text, instance->host);
    buffer_append_string(text, is_bracketed ? "]" : "");
    if (port) {
        buffer_append_char(text, ':');
        buffer_append_integer(text, port + instance->shift);
    }
    json_write_string(writer, buffer_slice(text));
}

static enum result write_instance(struct json_writer *writer, const struct broker *broker,
                                  int number, const struct broker_place *place, struct arena *arena)
{
    bool is_rabbitmq = broker->engine == ENGINE_RABBITMQ;
    const struct endpoint *endpoints = is_rabbitmq ? rabbitmq_endpoints : activemq_endpoints;
    size_t count = is_rabbitmq ? sizeof rabbitmq_endpoints / sizeof *rabbitmq_endpoints
                               : sizeof activemq_endpoints / sizeof *activemq_endpoints;
    struct instance instance = {
        .host = place->host ? slice_of(place->host) : name_host(broker, number, arena),
        .is_real = place->host != NULL,
        .shift = place->shift + (number > 1 && place->host ? PORTS_OF_STANDBY : 0)};
    struct slice address = name_ip_address(broker, number, arena);
    struct buffer text;
    if (!instance.host.data || !address.data)
        return RESULT_NO_MEMORY;
    buffer_init(&text, instance.host.len + 64);
    json_object_begin(writer);
    json_key(writer, "consoleURL");
    write_endpoint(writer, &endpoints[count - 1], &instance, &text);
    json_key(writer, "endpoints");
    json_list_begin(writer);
    for (size_t i = 0; i + 1 < count; i++)
        write_endpoint(writer, &endpoints[i], &instance, &text);
    json_list_end(writer);
    if (!is_rabbitmq)
        json_put_string(writer, "ipAddress", address);
    json_object_end(writer);
    enum result result = text.failed;
    buffer_close(&text);
    return result;
}

enum result broker_put_instances(struct json_writer *writer, const struct broker *broker,
                                 const struct broker_place *place, struct arena *arena)
{
    bool pair = broker->deployment_mode == DEPLOYMENT_ACTIVE_STANDBY_MULTI_AZ;
    int instances = !has_instances(broker) ? 0 : pair ? 2 : 1;
    enum result result = RESULT_OK;
    json_key(writer, "brokerInstances");
    json_list_begin(writer);
    for (int number = 1; !result && number <= instances; number++)
        result = write_instance(writer, broker, number, place, arena);
    json_list_end(writer);
    return result;
}

void broker_put_configuration(struct json_writer *writer, const char *name, struct slice id,
                              int64_t revision)
{
    if (name)
        json_key(writer, name);
    json_object_begin(writer);
    json_put_string(writer, "id", id);
    json_put_integer(writer, "revision", revision);
    json_object_end(writer);
}

static void put_configurations(struct json_writer *writer, const struct broker *broker,
                               const struct broker_parts *parts)
{
    json_key(writer, "configurations");
    json_object_begin(writer);
    if (broker->configuration_id.data)
        broker_put_configuration(writer, "current", broker->configuration_id,
                                 broker->configuration_revision);
    json_key(writer, "history");
    json_list_begin(writer);
    for (size_t i = 0; i < parts->history_count; i++)
        broker_put_configuration(writer, NULL, parts->history[i].id, parts->history[i].revision);
    json_list_end(writer);
    if (broker->pending_configuration_id.data && !has_just_begun(broker))
        broker_put_configuration(writer, "pending", broker->pending_configuration_id,
                                 broker->pending_configuration_revision);
    json_object_end(writer);
}

void broker_put_replication(struct json_writer *writer, const struct broker *broker, bool pending)
{
    enum replication_mode mode =
        pending ? broker->pending_data_replication_mode : broker->data_replication_mode;
    if (!mode)
        return;
    if (mode == REPLICATION_CRDR) {
        json_key(writer, pending ? "pendingDataReplicationMetadata" : "dataReplicationMetadata");
        json_object_begin(writer);
        json_key(writer, "dataReplicationCounterpart");
        json_object_begin(writer);
        json_put_string(writer, "brokerId", broker->data_replication_counterpart);
        json_put_string(writer, "region", broker->data_replication_counterpart_region);
        json_object_end(writer);
        json_put_string(writer, "dataReplicationRole",
                        term_text(&replication_role_terms, broker->data_replication_role));
        json_object_end(writer);
    }
    json_put_string(writer, pending ? "pendingDataReplicationMode" : "dataReplicationMode",
                    term_text(&replication_mode_terms, mode));
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

static bool planned(int64_t pending, bool current)
{
    return pending == BROKER_UNSET ? current : pending != 0;
}

void broker_write_planned_logs(struct json_writer *writer, const struct broker *broker)
{
    json_object_begin(writer);
    if (broker->engine == ENGINE_ACTIVEMQ)
        json_put_boolean(writer, "audit", planned(broker->pending_logs_audit, broker->logs_audit));
    json_put_boolean(writer, "general",
                     planned(broker->pending_logs_general, broker->logs_general));
    json_object_end(writer);
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
    if (broker->engine == ENGINE_ACTIVEMQ) {
        json_put_boolean(writer, "audit", broker->logs_audit);
        result = put_log_group(writer, "auditLogGroup", "audit", broker, arena);
    }
    json_put_boolean(writer, "general", broker->logs_general);
    if (!result)
        result = put_log_group(writer, "generalLogGroup", "general", broker, arena);
    if (broker->pending_logs_audit != BROKER_UNSET ||
        broker->pending_logs_general != BROKER_UNSET) {
        json_key(writer, "pending");
        broker_write_planned_logs(writer, broker);
    }
    json_object_end(writer);
    return result;
}

enum weekday broker_day_shown(const struct broker *broker)
{
    return broker->day_of_week ? broker->day_of_week : WINDOW_DAY;
}

void broker_put_window(struct json_writer *writer, const struct broker *broker)
{
    json_key(writer, "maintenanceWindowStartTime");
    json_object_begin(writer);
    json_put_string(writer, "dayOfWeek", term_text(&weekday_terms, broker_day_shown(broker)));
    json_put_string(writer, "timeOfDay", broker->time_of_day);
    json_put_string(writer, "timeZone", broker->time_zone);
    json_object_end(writer);
}

/* The given ids or, where none were given, `count` of the default VPC. */
static enum result put_network_ids(struct json_writer *writer, const char *name, struct slice given,
                                   const char *prefix, size_t count, const struct broker *broker,
                                   struct arena *arena)
{
    if (given.data) {
        json_put_raw(writer, name, given);
        return RESULT_OK;
    }
    json_key(writer, name);
    json_list_begin(writer);
    for (size_t number = 1; number <= count; number++) {
        struct slice id = name_network_id(broker, prefix, (int)number, arena);
        if (!id.data)
            return RESULT_NO_MEMORY;
        json_write_string(writer, id);
    }
    json_list_end(writer);
    return RESULT_OK;
}

static void put_actions(struct json_writer *writer, const struct broker_parts *parts)
{
    if (parts->action_count == 0)
        return;
    json_key(writer, "actionsRequired");
    json_list_begin(writer);
    for (size_t i = 0; i < parts->action_count; i++) {
        json_object_begin(writer);
        json_put_string(writer, "actionRequiredCode", parts->actions[i].code);
        json_put_optional(writer, "actionRequiredInfo", parts->actions[i].info);
        json_object_end(writer);
    }
    json_list_end(writer);
}

static void put_given(struct json_writer *writer, const char *name, struct slice value)
{
    if (value.data)
        json_put_string(writer, name, value);
}

static void put_hosts(struct json_writer *writer, const struct json *hosts)
{
    json_list_begin(writer);
    for (const struct json *host = json_first(hosts); host; host = json_next(host))
        if (json_type(host) == JSON_STRING)
            json_write_string(writer, json_string(host));
    json_list_end(writer);
}

enum result broker_put_ldap(struct json_writer *writer, const char *name, struct slice metadata,
                            struct arena *arena)
{
    static const struct {
        const char *name;
        enum json_type type;
    } members[] = {
        {"hosts", JSON_LIST},
        {"roleBase", JSON_STRING},
        {"roleName", JSON_STRING},
        {"roleSearchMatching", JSON_STRING},
        {"roleSearchSubtree", JSON_BOOLEAN},
        {"serviceAccountUsername", JSON_STRING},
        {"userBase", JSON_STRING},
        {"userRoleName", JSON_STRING},
        {"userSearchMatching", JSON_STRING},
        {"userSearchSubtree", JSON_BOOLEAN},
    };
    const struct json *object = NULL;
    struct json_error error;
    const char *text = metadata.data ? arena_copy(arena, metadata) : NULL; /* ends with a NUL */
    if (!text)
        return metadata.data ? RESULT_NO_MEMORY : RESULT_OK;
    if (json_parse(arena, (struct slice){text, metadata.len}, &object, &error) == RESULT_NO_MEMORY)
        return RESULT_NO_MEMORY;
    json_key(writer, name);
    json_object_begin(writer);
    for (size_t i = 0; object && i < sizeof members / sizeof *members; i++) {
        const struct json *value = json_member(object, members[i].name);
        if (!value || json_type(value) != members[i].type)
            continue;
        json_key(writer, members[i].name);
        if (members[i].type == JSON_LIST)
            put_hosts(writer, value);
        else if (members[i].type == JSON_STRING)
            json_write_string(writer, json_string(value));
        else
            json_write_boolean(writer, json_boolean(value));
    }
    json_object_end(writer);
    return RESULT_OK;
}

/* pendingAuthenticationStrategy to pendingStorageSize. */
static enum result put_pending(struct json_writer *writer, const struct broker *broker,
                               struct arena *arena)
{
    if (broker->pending_authentication_strategy)
        json_put_lower(writer, "pendingAuthenticationStrategy",
                       term_text(&strategy_terms, broker->pending_authentication_strategy));
    broker_put_replication(writer, broker, true);
    put_given(writer, "pendingEngineVersion", broker->pending_engine_version);
    put_given(writer, "pendingHostInstanceType", broker->pending_host_instance_type);
    enum result result = broker_put_ldap(writer, "pendingLdapServerMetadata",
                                         broker->pending_ldap_server_metadata, arena);
    if (broker->pending_security_groups.data)
        json_put_raw(writer, "pendingSecurityGroups", broker->pending_security_groups);
    if (broker->pending_storage_size > 0) /* 0: the type's own, which is never shown */
        json_put_integer(writer, "pendingStorageSize", broker->pending_storage_size);
    return result;
}

/* brokerArn to brokerState, which both shapes begin with. Without `place`, no instances. */
static enum result put_identity(struct json_writer *writer, const struct broker *broker,
                                const struct broker_place *place, struct arena *arena)
{
    enum result result = put_name(writer, "brokerArn", name_broker_arn(broker, arena));
    json_put_string(writer, "brokerId", broker->id);
    if (!result && place)
        result = broker_put_instances(writer, broker, place, arena);
    json_put_string(writer, "brokerName", broker->name);
    json_put_string(writer, "brokerState", term_text(&broker_state_terms, broker->state));
    return result;
}

enum result broker_write(struct json_writer *writer, const struct broker *broker,
                         const struct broker_parts *parts, struct arena *arena)
{
    json_object_begin(writer);
    put_actions(writer, parts);
    json_put_lower(writer, "authenticationStrategy",
                   term_text(&strategy_terms, broker->authentication_strategy));
    json_put_boolean(writer, "autoMinorVersionUpgrade", broker->auto_minor_version_upgrade);
    enum result result = put_identity(writer, broker, &parts->place, arena);
    put_configurations(writer, broker, parts);
    json_put_string(writer, "created", broker->created);
    broker_put_replication(writer, broker, false);
    json_put_string(writer, "deploymentMode",
                    term_text(&deployment_mode_terms, broker->deployment_mode));
    if (!result)
        result = put_encryption(writer, broker, arena);
    json_put_string(writer, "engineType", engine_name(broker->engine));
    json_put_string(writer, "engineVersion",
                    broker->engine_patch.data ? broker->engine_patch : broker->engine_version);
    json_put_string(writer, "hostInstanceType", broker->host_instance_type);
    if (!result)
        result = broker_put_ldap(writer, "ldapServerMetadata", broker->ldap_server_metadata, arena);
    if (!result)
        result = put_logs(writer, broker, arena);
    broker_put_window(writer, broker);
    if (!result)
        result = put_pending(writer, broker, arena);
    json_put_boolean(writer, "publiclyAccessible", broker->publicly_accessible);
    if (!result)
        result = put_network_ids(writer, "securityGroups", broker->security_groups, "sg-",
                                 network_security_groups(broker), broker, arena);
    if (broker->storage_size != BROKER_UNSET)
        json_put_integer(writer, "storageSize", broker->storage_size);
    json_put_lower(writer, "storageType", term_text(&storage_type_terms, broker->storage_type));
    if (!result)
        result = put_network_ids(writer, "subnetIds", broker->subnet_ids, "subnet-",
                                 network_subnets(broker), broker, arena);
    tags_write(writer, parts->tags, parts->tag_count, false);
    write_user_summaries(writer, parts->users, parts->user_count);
    json_object_end(writer);
    return result;
}

enum result broker_write_summary(struct json_writer *writer, const struct broker *broker,
                                 struct arena *arena)
{
    json_object_begin(writer);
    enum result result = put_identity(writer, broker, NULL, arena);
    json_put_string(writer, "created", broker->created);
    json_put_string(writer, "deploymentMode",
                    term_text(&deployment_mode_terms, broker->deployment_mode));
    json_put_string(writer, "engineType", engine_name(broker->engine));
    json_put_string(writer, "hostInstanceType", broker->host_instance_type);
    json_object_end(writer);
    return result;
}
