#include "mq/broker_create.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/ids.h"
#include "mq/broker_configuration.h"
#include "mq/catalogue.h"
#include "mq/engine_versions.h"
#include "mq/lifecycle.h"
#include "mq/names.h"
#include "mq/network.h"
#include "mq/replication.h"
#include "mq/rules.h"
#include "mq/tags.h"
#include "mq/users.h"
#include "store/configurations.h"
#include "store/users.h"

static bool is_rabbitmq(const struct broker_input *input)
{
    return input->engine == ENGINE_RABBITMQ;
}

static bool check_name(struct call *call, const struct broker_input *input)
{
    enum error_id broken = rule_broker_name(input->broker_name);
    if (broken)
        call_fail(call, broken);
    return !broken;
}

static bool check_deployment_mode(struct call *call, struct broker_input *input)
{
    input->mode = term_find(&deployment_mode_terms, input->deployment_mode);
    if (input->mode == DEPLOYMENT_ABSENT)
        call_fail(call, ERROR_DEPLOYMENT_MODE, engine_name(input->engine), input->deployment_mode);
    return !call->failed;
}

static bool is_printable(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return text.len >= 1 && text.len <= 2048;
}

static bool check_encryption(struct call *call, const struct encryption_input *encryption)
{
    if (!encryption || !encryption->kms_key_id.data)
        return true;
    if (encryption->use_aws_owned_key == OPTIONAL_TRUE)
        call_fail(call, ERROR_KMS_KEY_OWNED);
    else if (!is_printable(encryption->kms_key_id))
        call_fail(call, ERROR_KMS_KEY);
    return !call->failed;
}

/* LDAP needs to be told where, and nothing else wants to know. */
static bool check_ldap(struct call *call, const struct broker_input *input)
{
    bool is_ldap = input->strategy == STRATEGY_LDAP;
    if (input->ldap && is_rabbitmq(input))
        call_fail(call, ERROR_LDAP_ENGINE);
    else if (input->ldap && !is_ldap)
        call_fail(call, ERROR_LDAP_SIMPLE);
    else if (!input->ldap && is_ldap)
        call_fail(call, ERROR_LDAP_MISSING);
    return !call->failed && input_check_ldap(call, input->ldap);
}

/* Even `false` is refused (recorded). */
static bool check_logs(struct call *call, const struct broker_input *input)
{
    if (input->logs && input->logs->audit != OPTIONAL_ABSENT && is_rabbitmq(input))
        call_fail(call, ERROR_AUDIT_CREATE);
    return !call->failed;
}

static bool check_security_groups(struct call *call, const struct broker_input *input)
{
    if (input->security_groups.count > SECURITY_GROUPS_MAX)
        call_fail(call, ERROR_SECURITY_GROUP_COUNT);
    else if (input->security_groups.count > 0 && is_rabbitmq(input) &&
             input->publicly_accessible == OPTIONAL_TRUE)
        call_fail(call, ERROR_SECURITY_GROUPS_PUBLIC);
    return !call->failed && input_check_ids(call, "securityGroups", &input->security_groups);
}

/* One, a pair, or for a cluster any number. */
static bool check_subnets(struct call *call, const struct broker_input *input)
{
    size_t count = input->subnet_ids.count;
    bool pair = input->mode == DEPLOYMENT_ACTIVE_STANDBY_MULTI_AZ;
    bool cluster = input->mode == DEPLOYMENT_CLUSTER_MULTI_AZ;
    if (count > 0 && !cluster && count != (pair ? 2 : 1)) {
        call_fail(call, ERROR_SUBNET_COUNT, pair ? SLICE("2") : SLICE("1"),
                  term_text(&deployment_mode_terms, input->mode));
        return false;
    }
    return input_check_ids(call, "subnetIds", &input->subnet_ids);
}

/* How many a RabbitMQ broker has depends on its configuration. */
static bool check_user_count(struct call *call, const struct broker_input *input)
{
    if (is_rabbitmq(input))
        return true;
    if (input->users.count > USERS_MAX)
        call_fail(call, ERROR_USER_COUNT, input->broker_name);
    else if (input->strategy == STRATEGY_SIMPLE && input->users.count == 0)
        call_fail(call, ERROR_ONE_USER);
    return !call->failed;
}

static bool is_named_before(const struct user_input *users, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (slice_equal(users[i].username, users[at].username))
            return true;
    return false;
}

static bool check_users(struct call *call, const struct broker_input *input)
{
    const struct user_input *users = input->users.items;
    if (!check_user_count(call, input))
        return false;
    for (size_t i = 0; i < input->users.count; i++) {
        char path[32];
        snprintf(path, sizeof path, "users[%zu].", i);
        enum error_id broken = is_rabbitmq(input) ? rule_rabbitmq_username(users[i].username)
                                                  : rule_username(users[i].username);
        if (!user_check(call, slice_of(path), &users[i], broken))
            return false;
        if (is_named_before(users, i)) {
            call_fail_within(call, slice_of(path), ERROR_USER_EXISTS, users[i].username);
            return false;
        }
    }
    return true;
}

static bool check_replication(struct call *call, struct broker_input *input)
{
    if (!input_check_replication(call, input->data_replication_mode, &input->replication))
        return false;
    if (input->replication == REPLICATION_CRDR && !input->data_replication_primary.data)
        call_fail(call, ERROR_MISSING_MEMBER, SLICE("dataReplicationPrimaryBrokerArn"));
    return !call->failed;
}

static bool check_storage_type(struct call *call, struct broker_input *input)
{
    input->storage = term_find(&storage_type_terms, input->storage_type);
    if (input->storage_type.data && input->storage == STORAGE_ABSENT)
        call_fail(call, ERROR_STORAGE_TYPE, engine_name(input->engine), input->storage_type);
    return !call->failed;
}

bool create_broker_check(struct call *call)
{
    struct broker_input *input = call->input;
    if (!input_check_engine(call, input->engine_type, &input->engine) ||
        !input_check_strategy(call, input->authentication_strategy, &input->strategy))
        return false;
    if (input->strategy == STRATEGY_ABSENT && !is_rabbitmq(input))
        input->strategy = STRATEGY_SIMPLE;
    return input_check_strategy_of(call, input->engine, input->strategy) &&
           check_name(call, input) && check_deployment_mode(call, input) &&
           check_encryption(call, input->encryption) && check_ldap(call, input) &&
           check_logs(call, input) && input_check_window(call, input->window) &&
           check_security_groups(call, input) && check_storage_type(call, input) &&
           check_subnets(call, input) && tags_check(call, &input->tags) &&
           check_users(call, input) && check_replication(call, input);
}

/* Against the catalogue, in the order that was observed. */
static bool check_catalogue(struct call *call, struct broker_input *input, struct broker *broker)
{
    struct instance_options options;
    struct instance_option option;
    struct option_wanted wanted = {input->host_instance_type, input->mode, input->storage};
    bool upgrade = input->auto_minor_version_upgrade != OPTIONAL_FALSE;
    if (!catalogue_read_options(call, broker->engine, &wanted, &options))
        return false;
    broker->engine_version = input->engine_version;
    enum result result =
        broker->engine_version.data
            ? RESULT_OK
            : catalogue_default_version(call, &options, &wanted, &broker->engine_version);
    if (result) {
        call_fail_internal(call, result);
        return false;
    }
    if (!engine_version_check(call, broker->engine, broker->engine_version,
                              &broker->engine_patch) ||
        !input_check_auto_minor(call, broker->engine, broker->engine_version, upgrade,
                                ERROR_AUTO_MINOR) ||
        !catalogue_check_instance(call, &options, &wanted, broker->engine_version, &option))
        return false;
    broker->storage_type = option.storage_type;
    broker->auto_minor_version_upgrade = upgrade;
    broker->host_instance_type = input->host_instance_type;
    broker->deployment_mode = input->mode;
    return input_check_storage_size(call, &input->storage_size, broker, &option,
                                    &broker->storage_size);
}

/* The configuration, and what that of RabbitMQ decides: the strategy and how many users there are.
 * One of the broker's own holds the default, which has nothing but users. */
static bool check_configuration(struct call *call, const struct broker_input *input,
                                struct broker *broker)
{
    struct broker_configuration found = {.revision = 1, .strategy = STRATEGY_SIMPLE};
    if (input->configuration &&
        !broker_configuration_find(call, broker, input->configuration, &found))
        return false;
    broker->pending_configuration_id = found.id;
    broker->pending_configuration_revision = found.revision;
    broker->authentication_strategy = is_rabbitmq(input) ? found.strategy : input->strategy;
    if (!is_rabbitmq(input))
        return true;
    if (!broker_configuration_check_strategy(call, input->strategy, found.strategy))
        return false;
    if (found.strategy == STRATEGY_SIMPLE && input->users.count != 1)
        call_fail(call, ERROR_RABBITMQ_ONE_USER);
    else if (input->users.count > 1)
        call_fail(call, ERROR_RABBITMQ_MOST_ONE_USER);
    return !call->failed;
}

static enum result fill_texts(struct call *call, const struct broker_input *input,
                              struct broker *broker)
{
    char uuid[ID_UUID], created[CLOCK_DATE_TIME];
    enum result result = RESULT_OK;
    id_uuid(uuid);
    clock_format_us(call->now_ms, created);
    broker->id = slice_of(arena_printf(call->scratch, "b-%s", uuid));
    broker->created = slice_of(arena_copy(call->scratch, slice_of(created)));
    if (!broker->id.data || !broker->created.data)
        return RESULT_NO_MEMORY;
    if (input->security_groups.count > 0)
        result = input_encode_strings(call, &input->security_groups, &broker->security_groups);
    if (!result && input->subnet_ids.count > 0)
        result = input_encode_strings(call, &input->subnet_ids, &broker->subnet_ids);
    if (!result && input->ldap) {
        result = input_encode_ldap(call, input->ldap, &broker->ldap_server_metadata);
        broker->ldap_service_account_password = input->ldap->service_account_password;
    }
    return result;
}

/* What the request says plainly. */
static enum result fill(struct call *call, const struct broker_input *input, struct broker *broker)
{
    broker->account = call->caller.account;
    broker->region = call->caller.region;
    broker->name = input->broker_name;
    broker->publicly_accessible = input->publicly_accessible == OPTIONAL_TRUE;
    broker->logs_general = input->logs && input->logs->general == OPTIONAL_TRUE;
    broker->logs_audit = input->logs && input->logs->audit == OPTIONAL_TRUE;
    broker->use_aws_owned_key =
        !input->encryption || input->encryption->use_aws_owned_key == OPTIONAL_TRUE;
    if (input->encryption)
        broker->kms_key_id = input->encryption->kms_key_id;
    broker->time_of_day = input->window ? input->window->time_of_day : SLICE(WINDOW_TIME);
    broker->time_zone = input->window ? input->window->time_zone : SLICE(WINDOW_ZONE);
    if (input->window) {
        broker->day_of_week = input->window->day;
        lifecycle_schedule_window(broker, call->now_ms);
    }
    if (input->creator_request_id.len > 0)
        broker->creator_request_id = input->creator_request_id;
    return fill_texts(call, input, broker);
}

static void answer(struct call *call, const struct broker *broker)
{
    struct json_writer writer = {.out = call->out};
    struct slice arn = name_broker_arn(broker, call->scratch);
    if (!arn.data) {
        call_fail_internal(call, RESULT_NO_MEMORY);
        return;
    }
    json_object_begin(&writer);
    json_put_string(&writer, "brokerArn", arn);
    json_put_string(&writer, "brokerId", broker->id);
    json_object_end(&writer);
    call_succeed(call);
}

/* Recorded: users, tags and the window of a repeated request may differ, the instance type may not.
 * What else makes another broker of it is taken to count as well. */
static bool is_repeated(const struct broker *broker, const struct broker *before)
{
    return broker->creator_request_id.data && before->creator_request_id.data &&
           slice_equal(broker->creator_request_id, before->creator_request_id) &&
           broker->engine == before->engine &&
           slice_equal(broker->engine_version, before->engine_version) &&
           slice_equal(broker->host_instance_type, before->host_instance_type) &&
           broker->deployment_mode == before->deployment_mode &&
           broker->storage_type == before->storage_type &&
           broker->publicly_accessible == before->publicly_accessible &&
           before->state != STATE_DELETION_IN_PROGRESS;
}

/* True: there is no broker of that name; else it answered. */
static bool check_unique(struct call *call, const struct broker *broker)
{
    struct broker before;
    enum result result = broker_find_by_name(call->store, broker->account, broker->region,
                                             broker->name, call->scratch, &before);
    if (result == RESULT_NOT_FOUND)
        return true;
    if (result)
        call_fail_internal(call, result);
    else if (is_repeated(broker, &before))
        answer(call, &before);
    else
        call_fail(call, ERROR_BROKER_EXISTS, broker->name);
    return false;
}

/* The one the request names or, made here, one of its own. */
static enum result make_configuration(struct call *call, struct broker *broker)
{
    char uuid[ID_UUID];
    if (broker->pending_configuration_id.data)
        return RESULT_OK;
    id_uuid(uuid);
    struct configuration own = {
        .id = slice_of(arena_printf(call->scratch, "c-%s", uuid)),
        .account = broker->account,
        .region = broker->region,
        .name = slice_of(arena_printf(call->scratch, "%.*s-configuration", (int)broker->name.len,
                                      broker->name.data)),
        .created = broker->created,
        .engine_version = broker->engine_version,
        .authentication_strategy = broker->authentication_strategy,
        .engine = broker->engine,
    };
    if (!own.id.data || !own.name.data)
        return RESULT_NO_MEMORY;
    broker->pending_configuration_id = own.id;
    broker->pending_configuration_revision = 1;
    return configuration_insert(call->store, &own);
}

static enum result insert_users(struct call *call, const struct broker_input *input,
                                struct slice broker_id)
{
    const struct user_input *users = input->users.items;
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && i < input->users.count; i++) {
        struct user_change change;
        result = user_read_change(call, &users[i], &change);
        if (!result)
            result = user_insert(call->store, broker_id, users[i].username, &change);
    }
    return result;
}

static enum result insert(struct call *call, const struct broker_input *input,
                          struct broker *broker)
{
    enum result result = make_configuration(call, broker);
    lifecycle_begin_creation(broker, call->settings, call->now_ms);
    if (!result)
        result = broker_insert(call->store, broker);
    if (!result)
        result = insert_users(call, input, broker->id);
    if (!result)
        result = tags_put(call->store, TAG_BROKER, broker->id, &input->tags);
    if (!result && broker->data_replication_role)
        result = replication_begin(call->store, broker, call->scratch);
    return result ? result : lifecycle_end_creation(call->store, broker, call->settings);
}

void create_broker(struct call *call)
{
    struct broker_input *input = call->input;
    struct broker broker = {.engine = input->engine,
                            .window_due_ms = BROKER_UNSET,
                            .configuration_revision = 1,
                            .state_after = STATE_RUNNING,
                            .storage_size = BROKER_UNSET,
                            .pending_storage_size = BROKER_UNSET,
                            .pending_logs_general = BROKER_UNSET,
                            .pending_logs_audit = BROKER_UNSET};
    enum result result = RESULT_OK;
    if (!check_catalogue(call, input, &broker) || !check_configuration(call, input, &broker))
        return;
    result = fill(call, input, &broker);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    /* Before the primary is looked at: a repeated request finds it paired already. */
    if (!check_unique(call, &broker) || !network_check_created(call, input, &broker))
        return;
    if (input->replication == REPLICATION_CRDR &&
        !replication_check(call, input->data_replication_primary, &broker))
        return;
    result = insert(call, input, &broker);
    if (result)
        call_fail_internal(call, result);
    else
        answer(call, &broker);
}
