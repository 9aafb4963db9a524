#include "mq/broker_update.h"

#include "mq/broker_configuration.h"
#include "mq/broker_write.h"
#include "mq/brokers.h"
#include "mq/catalogue.h"
#include "mq/engine_versions.h"
#include "mq/lifecycle.h"
#include "mq/names.h"
#include "mq/network.h"
#include "mq/replication.h"
#include "mq/rules.h"
#include "mq/shared_resources.h"
#include "mq/versions.h"

static const struct slice nothing = {NULL, 0};

/* One update: the row as it will be, and which members the answer names. */
struct update {
    struct call *call;
    const struct broker_input *input;
    struct broker broker;
    enum strategy decided; /* by the configuration of a RabbitMQ broker */
    bool strategy, auto_minor, configuration, engine_version, host_instance_type, ldap, logs,
        window, shares, security_groups, storage_size, replication;
};

bool update_broker_check(struct call *call)
{
    struct broker_input *input = call->input;
    size_t groups = input->security_groups.count;
    if (!input_check_strategy(call, input->authentication_strategy, &input->strategy) ||
        !input_check_ldap(call, input->ldap) || !input_check_window(call, input->window) ||
        !shares_check(call, &input->resource_shares))
        return false;
    if (input->security_groups.present && (groups < 1 || groups > SECURITY_GROUPS_MAX)) {
        call_fail(call, ERROR_SECURITY_GROUP_COUNT);
        return false;
    }
    return input_check_ids(call, "securityGroups", &input->security_groups) &&
           input_check_replication(call, input->data_replication_mode, &input->replication);
}

/* What will hold after the next reboot. */
static struct slice target(struct slice pending, struct slice current)
{
    return pending.data ? pending : current;
}

/* Stages a value; false where it is what will hold anyway. */
static bool stage(struct slice *pending, struct slice current, struct slice wanted)
{
    if (!wanted.data || slice_equal(target(*pending, current), wanted))
        return false;
    *pending = slice_equal(current, wanted) ? nothing : wanted;
    return true;
}

/* The same of an enumeration, whose 0 is absent. */
static unsigned target_term(unsigned pending, unsigned current)
{
    return pending ? pending : current;
}

/* The broker as the next reboot will leave it, in what the catalogue looks at. */
static struct broker planned(const struct broker *broker)
{
    struct broker after = *broker;
    after.engine_version = target(broker->pending_engine_version, broker->engine_version);
    after.host_instance_type =
        target(broker->pending_host_instance_type, broker->host_instance_type);
    return after;
}

static struct configuration_use planned_configuration(const struct broker *broker)
{
    if (broker->pending_configuration_id.data)
        return (struct configuration_use){broker->pending_configuration_id,
                                          broker->pending_configuration_revision};
    return (struct configuration_use){broker->configuration_id, broker->configuration_revision};
}

static bool stage_strategy(struct broker *broker, enum strategy wanted)
{
    enum strategy *pending = &broker->pending_authentication_strategy;
    enum strategy current = broker->authentication_strategy;
    if (!wanted || target_term(*pending, current) == wanted)
        return false;
    *pending = current == wanted ? STRATEGY_ABSENT : wanted;
    return true;
}

static bool stage_flag(int64_t *pending, bool current, enum optional wanted)
{
    bool value = wanted == OPTIONAL_TRUE;
    if (wanted == OPTIONAL_ABSENT || (*pending == BROKER_UNSET ? current : *pending != 0) == value)
        return false;
    *pending = value == current ? BROKER_UNSET : value;
    return true;
}

/* engineVersion, autoMinorVersionUpgrade, hostInstanceType: the observed order. */
static bool update_engine(struct update *update)
{
    struct call *call = update->call;
    struct broker *broker = &update->broker;
    struct slice version = update->input->engine_version;
    enum optional upgrade = update->input->auto_minor_version_upgrade;
    if (version.data && !engine_version_check_upgrade(call, broker, version))
        return false;
    update->engine_version =
        stage(&broker->pending_engine_version, broker->engine_version, version);
    if (upgrade != OPTIONAL_ABSENT &&
        broker->auto_minor_version_upgrade != (upgrade == OPTIONAL_TRUE)) {
        broker->auto_minor_version_upgrade = upgrade == OPTIONAL_TRUE;
        update->auto_minor = true;
    }
    if (!update->engine_version && !update->auto_minor)
        return true;
    return input_check_auto_minor(
        call, broker->engine, target(broker->pending_engine_version, broker->engine_version),
        broker->auto_minor_version_upgrade,
        update->engine_version && broker->pending_engine_version.data ? ERROR_AUTO_MINOR_UPGRADE
                                                                      : ERROR_AUTO_MINOR);
}

static bool is_downgrade(const struct broker *broker, struct slice wanted)
{
    return broker->engine == ENGINE_RABBITMQ && slice_equal(wanted, SLICE("mq.t3.micro")) &&
           !slice_equal(broker->host_instance_type, wanted);
}

/* The size that is asked for or, with another type or version, the one that was. */
static bool update_storage_size(struct update *update, const struct broker *after,
                                const struct instance_option *option)
{
    struct broker *broker = &update->broker;
    int64_t current = broker->storage_size == BROKER_UNSET ? 0 : broker->storage_size;
    int64_t planned =
        broker->pending_storage_size == BROKER_UNSET ? current : broker->pending_storage_size;
    struct optional_integer wanted = update->input->storage_size;
    int64_t size = BROKER_UNSET;
    if (!wanted.present)
        wanted = (struct optional_integer){planned != 0, planned};
    if (planned != 0 && wanted.value == 0)
        wanted.present = false; /* back to the type's own, whatever the type */
    if (!input_check_storage_size(update->call, &wanted, after, option, &size))
        return false;
    if (size == BROKER_UNSET)
        size = 0;
    update->storage_size = update->input->storage_size.present && size != planned;
    broker->pending_storage_size = size == current ? BROKER_UNSET : size;
    return true;
}

/* Only what is asked for is held against the catalogue: a fixture may be of what is no longer sold.
 */
static bool update_instance(struct update *update)
{
    struct call *call = update->call;
    struct broker *broker = &update->broker;
    const struct broker_input *input = update->input;
    struct instance_options options;
    struct instance_option option;
    if (!input->host_instance_type.data && !input->storage_size.present && !update->engine_version)
        return true;
    if (input->host_instance_type.data && is_downgrade(broker, input->host_instance_type)) {
        call_fail(call, ERROR_DOWNGRADE, broker->host_instance_type, input->host_instance_type);
        return false;
    }
    update->host_instance_type = stage(&broker->pending_host_instance_type,
                                       broker->host_instance_type, input->host_instance_type);
    struct broker after = planned(broker);
    /* Back to what the broker has, though it is no longer sold. */
    if (!broker->pending_engine_version.data && !broker->pending_host_instance_type.data &&
        !input->storage_size.present)
        return true;
    struct option_wanted wanted = {after.host_instance_type, broker->deployment_mode,
                                   broker->storage_type};
    if (!catalogue_read_options(call, broker->engine, &wanted, &options) ||
        !catalogue_check_instance(call, &options, &wanted, after.engine_version, &option))
        return false;
    return update_storage_size(update, &after, &option);
}

/* Another version or instance type must suit the configuration that will be used. */
static bool check_kept_configuration(struct update *update, const struct broker *after)
{
    const struct broker *broker = &update->broker;
    struct configuration_use use = planned_configuration(broker);
    struct configuration_input kept = {use.id, {true, use.revision}};
    struct broker_configuration found;
    if (broker->engine != ENGINE_RABBITMQ || !kept.id.data ||
        (!update->engine_version && !update->host_instance_type))
        return true;
    return broker_configuration_find(update->call, after, &kept, &found);
}

static bool update_configuration_of_broker(struct update *update)
{
    struct broker *broker = &update->broker;
    struct configuration_use use = planned_configuration(broker);
    struct broker after = planned(broker);
    struct broker_configuration found;
    update->decided =
        target_term(broker->pending_authentication_strategy, broker->authentication_strategy);
    if (!update->input->configuration)
        return check_kept_configuration(update, &after);
    if (!broker_configuration_find(update->call, &after, update->input->configuration, &found))
        return false;
    bool is_current = slice_equal(found.id, broker->configuration_id) &&
                      found.revision == broker->configuration_revision;
    /* What it has may be a seed's, whatever the configuration says. */
    update->decided = is_current ? broker->authentication_strategy : found.strategy;
    if (slice_equal(found.id, use.id) && found.revision == use.revision)
        return true;
    update->configuration = true;
    broker->pending_configuration_id = is_current ? nothing : found.id;
    broker->pending_configuration_revision = is_current ? 1 : found.revision;
    return true;
}

/* The strategy and what LDAP needs to know. */
static bool update_strategy(struct update *update)
{
    struct call *call = update->call;
    struct broker *broker = &update->broker;
    const struct ldap_input *ldap = update->input->ldap;
    struct slice shown = nothing;
    enum strategy strategy = update->input->strategy;
    if (strategy && !input_check_strategy_of(call, broker->engine, strategy))
        return false;
    if (broker->engine == ENGINE_RABBITMQ) {
        if (!broker_configuration_check_strategy(call, strategy, update->decided))
            return false;
        strategy = update->decided;
    }
    update->strategy = stage_strategy(broker, strategy);
    bool is_ldap = target_term(broker->pending_authentication_strategy,
                               broker->authentication_strategy) == STRATEGY_LDAP;
    if (!is_ldap)
        broker->pending_ldap_server_metadata = broker->pending_ldap_service_account_password =
            nothing;
    if (ldap && broker->engine == ENGINE_RABBITMQ)
        call_fail(call, ERROR_LDAP_ENGINE);
    else if (ldap && !is_ldap)
        call_fail(call, ERROR_LDAP_SIMPLE);
    else if (!ldap && update->strategy && is_ldap && !broker->ldap_server_metadata.data &&
             !broker->pending_ldap_server_metadata.data)
        call_fail(call, ERROR_LDAP_MISSING);
    else if (ldap && input_encode_ldap(call, ldap, &shown))
        call_fail_internal(call, RESULT_NO_MEMORY);
    if (call->failed || !ldap)
        return !call->failed;
    update->ldap =
        stage(&broker->pending_ldap_server_metadata, broker->ldap_server_metadata, shown);
    stage(&broker->pending_ldap_service_account_password, broker->ldap_service_account_password,
          ldap->service_account_password);
    return true;
}

static bool update_logs(struct update *update)
{
    struct broker *broker = &update->broker;
    const struct logs_input *logs = update->input->logs;
    if (!logs)
        return true;
    if (logs->audit != OPTIONAL_ABSENT && broker->engine == ENGINE_RABBITMQ) {
        call_fail(update->call, ERROR_AUDIT_UPDATE);
        return false;
    }
    bool audit = stage_flag(&broker->pending_logs_audit, broker->logs_audit, logs->audit);
    bool general = stage_flag(&broker->pending_logs_general, broker->logs_general, logs->general);
    update->logs = audit || general;
    return true;
}

/* At once, four times until the window has opened. Once the four are used up, naming an unchanged
 * window is refused too (recorded). */
static bool update_window(struct update *update)
{
    struct broker *broker = &update->broker;
    const struct window_input *window = update->input->window;
    if (!window)
        return true;
    if (broker->window_changes >= WINDOW_CHANGES_MAX) {
        call_fail(update->call, ERROR_WINDOW_CHANGES);
        return false;
    }
    update->window = broker_day_shown(broker) != window->day ||
                     !slice_equal(broker->time_of_day, window->time_of_day) ||
                     !slice_equal(broker->time_zone, window->time_zone);
    broker->day_of_week = window->day;
    broker->time_of_day = window->time_of_day;
    broker->time_zone = window->time_zone;
    broker->window_changes += update->window;
    lifecycle_schedule_window(broker, update->call->now_ms);
    return true;
}

/* Whether it names just the group that a broker without given ones has. */
static bool is_default_group(const struct update *update)
{
    const struct strings *groups = &update->input->security_groups;
    return !update->broker.security_groups.data && groups->count == 1 &&
           slice_equal(groups->items[0],
                       name_network_id(&update->broker, "sg-", 1, update->call->scratch));
}

/* At once, without a reboot (seen by Terraform's maintainers). */
static bool update_security_groups(struct update *update)
{
    struct broker *broker = &update->broker;
    struct slice wanted = nothing;
    if (!update->input->security_groups.present)
        return true;
    if (broker->engine == ENGINE_RABBITMQ) {
        call_fail(update->call, ERROR_SECURITY_GROUPS_CHANGE);
        return false;
    }
    if (input_encode_strings(update->call, &update->input->security_groups, &wanted)) {
        call_fail_internal(update->call, RESULT_NO_MEMORY);
        return false;
    }
    if (is_default_group(update))
        return true;
    update->security_groups = !slice_equal(broker->security_groups, wanted);
    if (update->security_groups &&
        !network_check_changed(update->call, broker, &update->input->security_groups))
        return false;
    broker->security_groups = wanted;
    broker->pending_security_groups = nothing;
    return true;
}

static bool update_shares(struct update *update)
{
    const struct strings *shares = &update->input->resource_shares;
    if (!shares->present)
        return true;
    if (update->broker.engine != ENGINE_RABBITMQ) {
        call_fail(update->call, ERROR_SHARES_ENGINE);
        return false;
    }
    if (!shares_check_store(update->call, shares))
        return false;
    update->shares = true;
    enum result result = shares_set(update->call->store, update->broker.id, shares);
    if (result)
        call_fail_internal(update->call, result);
    return !result;
}

/* A pair begins with CreateBroker; here the primary can only end it, or think better of that. */
static bool update_replication(struct update *update)
{
    struct broker *broker = &update->broker;
    enum replication_mode mode = update->input->replication;
    bool is_paired = broker->data_replication_role != ROLE_ABSENT;
    enum replication_mode planned = target_term(broker->pending_data_replication_mode,
                                                is_paired ? REPLICATION_CRDR : REPLICATION_NONE);
    if (!mode || mode == planned)
        return true;
    if (broker->data_replication_role != ROLE_PRIMARY) {
        call_fail(update->call, ERROR_CRDR_UPDATE);
        return false;
    }
    update->replication = true;
    enum result result = replication_plan(update->call->store, broker, mode == REPLICATION_NONE,
                                          update->call->scratch);
    if (result)
        call_fail_internal(update->call, result);
    return !result;
}

/* The members that changed, with what will hold. */
static void answer(const struct update *update)
{
    const struct broker *broker = &update->broker;
    struct configuration_use use = planned_configuration(broker);
    struct json_writer writer = {.out = update->call->out};
    json_object_begin(&writer);
    if (update->strategy)
        json_put_lower(
            &writer, "authenticationStrategy",
            term_text(&strategy_terms, target_term(broker->pending_authentication_strategy,
                                                   broker->authentication_strategy)));
    if (update->auto_minor)
        json_put_boolean(&writer, "autoMinorVersionUpgrade", broker->auto_minor_version_upgrade);
    json_put_string(&writer, "brokerId", broker->id);
    if (update->configuration)
        broker_put_configuration(&writer, "configuration", use.id, use.revision);
    if (update->replication && !broker->pending_data_replication_mode)
        json_put_string(&writer, "dataReplicationMode",
                        term_text(&replication_mode_terms, update->input->replication));
    if (update->engine_version)
        json_put_string(&writer, "engineVersion",
                        target(broker->pending_engine_version, broker->engine_version));
    if (update->host_instance_type)
        json_put_string(&writer, "hostInstanceType",
                        target(broker->pending_host_instance_type, broker->host_instance_type));
    if (update->ldap)
        json_put_raw(&writer, "ldapServerMetadata",
                     target(broker->pending_ldap_server_metadata, broker->ldap_server_metadata));
    if (update->logs) {
        json_key(&writer, "logs");
        broker_write_planned_logs(&writer, broker);
    }
    if (update->window)
        broker_put_window(&writer, broker);
    if (update->replication && broker->pending_data_replication_mode)
        broker_put_replication(&writer, broker, true);
    if (update->shares)
        input_put_strings(&writer, "resourceShareArns", &update->input->resource_shares);
    if (update->security_groups)
        json_put_raw(&writer, "securityGroups", broker->security_groups);
    if (update->storage_size)
        json_put_integer(&writer, "storageSize", update->input->storage_size.value);
    json_object_end(&writer);
    call_succeed(update->call);
}

void update_broker(struct call *call)
{
    struct update update = {.call = call, .input = call->input};
    if (!brokers_find(call, &update.broker) || !update_engine(&update) ||
        !update_instance(&update) || !update_configuration_of_broker(&update) ||
        !update_strategy(&update) || !update_logs(&update) || !update_window(&update) ||
        !update_security_groups(&update) || !update_shares(&update) || !update_replication(&update))
        return;
    enum result result = broker_save(call->store, &update.broker);
    if (result)
        call_fail_internal(call, result);
    else
        answer(&update);
}
