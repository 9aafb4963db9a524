#include "mq/broker_input.h"

#include <stddef.h>

#include "base/time_zone.h"
#include "mq/catalogue.h"
#include "mq/rules.h"
#include "mq/users.h"
#include "mq/versions.h"
#include "store/brokers.h"

#define AT(member) offsetof(struct broker_input, member)

static const struct member configuration_list[] = {
    {"id", MEMBER_STRING, offsetof(struct configuration_input, id), true, NULL},
    {"revision", MEMBER_INTEGER, offsetof(struct configuration_input, revision), false, NULL},
};
static const struct members configuration_members =
    MEMBERS(configuration_list, struct configuration_input);

static const struct member encryption_list[] = {
    {"kmsKeyId", MEMBER_STRING, offsetof(struct encryption_input, kms_key_id), false, NULL},
    {"useAwsOwnedKey", MEMBER_BOOLEAN, offsetof(struct encryption_input, use_aws_owned_key), true,
     NULL},
};
static const struct members encryption_members = MEMBERS(encryption_list, struct encryption_input);

#define LDAP(member) offsetof(struct ldap_input, member)
static const struct member ldap_list[] = {
    {"hosts", MEMBER_STRINGS, LDAP(hosts), true, NULL},
    {"roleBase", MEMBER_STRING, LDAP(role_base), true, NULL},
    {"roleName", MEMBER_STRING, LDAP(role_name), false, NULL},
    {"roleSearchMatching", MEMBER_STRING, LDAP(role_search_matching), true, NULL},
    {"roleSearchSubtree", MEMBER_BOOLEAN, LDAP(role_search_subtree), false, NULL},
    {"serviceAccountPassword", MEMBER_STRING, LDAP(service_account_password), true, NULL},
    {"serviceAccountUsername", MEMBER_STRING, LDAP(service_account_username), true, NULL},
    {"userBase", MEMBER_STRING, LDAP(user_base), true, NULL},
    {"userRoleName", MEMBER_STRING, LDAP(user_role_name), false, NULL},
    {"userSearchMatching", MEMBER_STRING, LDAP(user_search_matching), true, NULL},
    {"userSearchSubtree", MEMBER_BOOLEAN, LDAP(user_search_subtree), false, NULL},
};
static const struct members ldap_members = MEMBERS(ldap_list, struct ldap_input);

static const struct member logs_list[] = {
    {"audit", MEMBER_BOOLEAN, offsetof(struct logs_input, audit), false, NULL},
    {"general", MEMBER_BOOLEAN, offsetof(struct logs_input, general), false, NULL},
};
static const struct members logs_members = MEMBERS(logs_list, struct logs_input);

static const struct member window_list[] = {
    {"dayOfWeek", MEMBER_STRING, offsetof(struct window_input, day_of_week), true, NULL},
    {"timeOfDay", MEMBER_STRING, offsetof(struct window_input, time_of_day), true, NULL},
    {"timeZone", MEMBER_STRING, offsetof(struct window_input, time_zone), false, NULL},
};
static const struct members window_members = MEMBERS(window_list, struct window_input);

/* clang-format off */
#define MEMBER(json, type, place, more) {json, MEMBER_##type, AT(place), false, more}
#define AUTHENTICATION_STRATEGY MEMBER("authenticationStrategy", STRING, authentication_strategy, NULL)
#define AUTO_MINOR_VERSION_UPGRADE MEMBER("autoMinorVersionUpgrade", BOOLEAN, auto_minor_version_upgrade, NULL)
#define CONFIGURATION MEMBER("configuration", OBJECT, configuration, &configuration_members)
#define LDAP_SERVER_METADATA MEMBER("ldapServerMetadata", OBJECT, ldap, &ldap_members)
#define LOGS MEMBER("logs", OBJECT, logs, &logs_members)
#define WINDOW MEMBER("maintenanceWindowStartTime", OBJECT, window, &window_members)
#define SECURITY_GROUPS MEMBER("securityGroups", STRINGS, security_groups, NULL)
#define STORAGE_SIZE MEMBER("storageSize", INTEGER, storage_size, NULL)
#define DATA_REPLICATION_MODE MEMBER("dataReplicationMode", STRING, data_replication_mode, NULL)
/* clang-format on */

/* In the order of the model. */
static const struct member create_list[] = {
    AUTHENTICATION_STRATEGY,
    AUTO_MINOR_VERSION_UPGRADE,
    {"brokerName", MEMBER_STRING, AT(broker_name), true, NULL},
    CONFIGURATION,
    {"creatorRequestId", MEMBER_STRING, AT(creator_request_id), false, NULL},
    {"deploymentMode", MEMBER_STRING, AT(deployment_mode), true, NULL},
    {"encryptionOptions", MEMBER_OBJECT, AT(encryption), false, &encryption_members},
    {"engineType", MEMBER_STRING, AT(engine_type), true, NULL},
    {"engineVersion", MEMBER_STRING, AT(engine_version), false, NULL},
    {"hostInstanceType", MEMBER_STRING, AT(host_instance_type), true, NULL},
    LDAP_SERVER_METADATA,
    LOGS,
    WINDOW,
    {"publiclyAccessible", MEMBER_BOOLEAN, AT(publicly_accessible), true, NULL},
    SECURITY_GROUPS,
    STORAGE_SIZE,
    {"storageType", MEMBER_STRING, AT(storage_type), false, NULL},
    {"subnetIds", MEMBER_STRINGS, AT(subnet_ids), false, NULL},
    {"tags", MEMBER_STRING_MAP, AT(tags), false, NULL},
    {"users", MEMBER_OBJECTS, AT(users), false, &named_user_members},
    DATA_REPLICATION_MODE,
    {"dataReplicationPrimaryBrokerArn", MEMBER_STRING, AT(data_replication_primary), false, NULL},
};

static const struct member update_list[] = {
    AUTHENTICATION_STRATEGY,
    AUTO_MINOR_VERSION_UPGRADE,
    CONFIGURATION,
    {"engineVersion", MEMBER_STRING, AT(engine_version), false, NULL},
    {"hostInstanceType", MEMBER_STRING, AT(host_instance_type), false, NULL},
    LDAP_SERVER_METADATA,
    LOGS,
    WINDOW,
    {"resourceShareArns", MEMBER_STRINGS, AT(resource_shares), false, NULL},
    SECURITY_GROUPS,
    STORAGE_SIZE,
    DATA_REPLICATION_MODE,
};

const struct members create_broker_members = MEMBERS(create_list, struct broker_input);
const struct members update_broker_members = MEMBERS(update_list, struct broker_input);

bool input_check_engine(struct call *call, struct slice text, enum engine *engine)
{
    *engine = term_find(&engine_terms, text);
    if (*engine == ENGINE_ABSENT)
        call_fail(call, ERROR_ENGINE_TYPE, text);
    return !call->failed;
}

unsigned input_read_term(struct call *call, const char *member, struct slice text,
                         const struct terms *terms)
{
    unsigned value = term_find(terms, text);
    if (text.data && value == 0)
        call_fail(call, ERROR_ENUM, slice_of(member), text, terms->list);
    return value;
}

bool input_check_strategy(struct call *call, struct slice text, enum strategy *strategy)
{
    *strategy = input_read_term(call, "authenticationStrategy", text, &strategy_terms);
    return !call->failed;
}

/* LDAP of RabbitMQ goes through the configuration; only RabbitMQ has a strategy of that name. */
bool input_check_strategy_of(struct call *call, enum engine engine, enum strategy strategy)
{
    if (strategy != (engine == ENGINE_RABBITMQ ? STRATEGY_LDAP : STRATEGY_CONFIG_MANAGED))
        return true;
    call_fail(call, ERROR_STRATEGY_OF_ENGINE, engine_name(engine),
              term_text(&strategy_terms, strategy));
    return false;
}

bool input_check_ldap(struct call *call, const struct ldap_input *ldap)
{
    if (!ldap)
        return true;
    if (ldap->hosts.count < 1 || ldap->hosts.count > 2) {
        call_fail(call, ERROR_LDAP_HOSTS);
        return false;
    }
    for (size_t i = 0; i < ldap->hosts.count; i++)
        if (!rule_is_host(ldap->hosts.items[i])) {
            call_fail(call, ERROR_LDAP_HOST, ldap->hosts.items[i]);
            return false;
        }
    return true;
}

/* The time before the day (recorded). The time is kept as HH:MM, whichever form it was given in. */
bool input_check_window(struct call *call, struct window_input *window)
{
    if (!window)
        return true;
    int minute = rule_minute(window->time_of_day);
    window->day = term_find(&weekday_terms, window->day_of_week);
    if (minute < 0)
        call_fail(call, ERROR_WINDOW_TIME, window->time_of_day);
    else if (window->day == WEEKDAY_ABSENT)
        call_fail(call, ERROR_WINDOW_DAY, window->day_of_week);
    else if (window->time_zone.data && !time_zone_exists(window->time_zone))
        call_fail(call, ERROR_WINDOW_ZONE, window->time_zone);
    if (!window->time_zone.data)
        window->time_zone = SLICE(WINDOW_ZONE);
    if (call->failed)
        return false;
    const char *time = arena_printf(call->scratch, "%02d:%02d", minute / 60, minute % 60);
    window->time_of_day = slice_of(time);
    if (!time)
        call_fail_internal(call, RESULT_NO_MEMORY);
    return !call->failed;
}

bool input_check_ids(struct call *call, const char *member, const struct strings *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        if (!rule_is_id(ids->items[i])) {
            call_fail(call, ERROR_NETWORK_ID, slice_of(member), ids->items[i]);
            return false;
        }
    return true;
}

bool input_check_replication(struct call *call, struct slice text, enum replication_mode *mode)
{
    *mode = input_read_term(call, "dataReplicationMode", text, &replication_mode_terms);
    return !call->failed;
}

/* The text of a buffer, which is closed, in the arena. */
static enum result keep(struct call *call, struct buffer *text, struct slice *kept)
{
    char *copy = text->failed ? NULL : arena_copy(call->scratch, buffer_slice(text));
    *kept = (struct slice){copy, text->len};
    buffer_close(text);
    return copy ? RESULT_OK : RESULT_NO_MEMORY;
}

static void write_strings(struct json_writer *writer, const struct strings *strings)
{
    json_list_begin(writer);
    for (size_t i = 0; i < strings->count; i++)
        json_write_string(writer, strings->items[i]);
    json_list_end(writer);
}

void input_put_strings(struct json_writer *writer, const char *name, const struct strings *strings)
{
    json_key(writer, name);
    write_strings(writer, strings);
}

enum result input_encode_strings(struct call *call, const struct strings *strings,
                                 struct slice *json)
{
    struct buffer text;
    struct json_writer writer = {.out = &text};
    buffer_init(&text, 1 << 20);
    write_strings(&writer, strings);
    return keep(call, &text, json);
}

static void put_flag(struct json_writer *writer, const char *name, enum optional value)
{
    if (value != OPTIONAL_ABSENT)
        json_put_boolean(writer, name, value == OPTIONAL_TRUE);
}

enum result input_encode_ldap(struct call *call, const struct ldap_input *ldap, struct slice *json)
{
    struct buffer text;
    struct json_writer writer = {.out = &text};
    buffer_init(&text, 8 << 20);
    json_object_begin(&writer);
    input_put_strings(&writer, "hosts", &ldap->hosts);
    json_put_optional(&writer, "roleBase", ldap->role_base);
    json_put_optional(&writer, "roleName", ldap->role_name);
    json_put_optional(&writer, "roleSearchMatching", ldap->role_search_matching);
    put_flag(&writer, "roleSearchSubtree", ldap->role_search_subtree);
    json_put_optional(&writer, "serviceAccountUsername", ldap->service_account_username);
    json_put_optional(&writer, "userBase", ldap->user_base);
    json_put_optional(&writer, "userRoleName", ldap->user_role_name);
    json_put_optional(&writer, "userSearchMatching", ldap->user_search_matching);
    put_flag(&writer, "userSearchSubtree", ldap->user_search_subtree);
    json_object_end(&writer);
    return keep(call, &text, json);
}

bool input_check_auto_minor(struct call *call, enum engine engine, struct slice version,
                            bool upgrade, enum error_id error)
{
    struct slice least = engine == ENGINE_RABBITMQ ? SLICE("3.13") : SLICE("5.18");
    if (upgrade || !version_at_least(version, least))
        return true;
    call_fail(call, error, engine_name(engine), version);
    return false;
}

bool input_check_storage_size(struct call *call, const struct optional_integer *wanted,
                              const struct broker *broker, const struct instance_option *option,
                              int64_t *size)
{
    *size = BROKER_UNSET;
    if (!wanted->present)
        return true;
    if (broker->engine != ENGINE_RABBITMQ || option->storage_size_most == 0 ||
        !version_at_least(broker->engine_version, SLICE("4")) ||
        broker->deployment_mode != DEPLOYMENT_CLUSTER_MULTI_AZ) {
        call_fail(call, ERROR_STORAGE_SIZE_BROKER);
        return false;
    }
    if (wanted->value < 0 || wanted->value % 5 != 0 || wanted->value > option->storage_size_most) {
        call_fail(call, ERROR_STORAGE_SIZE, call_number(call, option->storage_size_most));
        return false;
    }
    if (wanted->value != 0 && wanted->value != option->storage_size_default)
        *size = wanted->value;
    return true;
}
