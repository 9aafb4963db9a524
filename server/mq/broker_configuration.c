#include "mq/broker_configuration.h"

#include "mq/catalogue.h"
#include "mq/rabbitmq_configuration.h"
#include "mq/versions.h"
#include "store/configurations.h"

/* Against the maxima of the catalogue, which only a configuration with limits asks for. */
static bool check_limits(struct call *call, const struct broker *broker, int64_t revision,
                         const struct rabbitmq_limits *limits)
{
    struct rabbitmq_limits most;
    bool any = false;
    for (enum rabbitmq_limit i = 0; i < RABBITMQ_LIMITS_END; i++)
        any |= limits->most[i] != RABBITMQ_UNLIMITED;
    if (!any)
        return true;
    enum result result = catalogue_rabbitmq_limits(call->store, broker->host_instance_type,
                                                   broker->deployment_mode, &most);
    if (result)
        call_fail_internal(call, result);
    for (enum rabbitmq_limit i = 0; !call->failed && i < RABBITMQ_LIMITS_END; i++)
        if (most.most[i] != RABBITMQ_UNLIMITED && limits->most[i] > most.most[i])
            call_fail(call, ERROR_REVISION_LIMIT, call_number(call, revision),
                      rabbitmq_limit_key(i), call_number(call, limits->most[i]),
                      call_number(call, most.most[i]));
    return !call->failed;
}

static bool check_rabbitmq(struct call *call, const struct broker *broker, struct slice data,
                           struct broker_configuration *found)
{
    struct rabbitmq_settings settings;
    rabbitmq_configuration_read(data, broker->host_instance_type, broker->deployment_mode,
                                &settings);
    found->strategy = settings.strategy;
    if (version_at_least(broker->engine_version, SLICE("4")))
        return check_limits(call, broker, found->revision, &settings.limits);
    if (settings.has_sections)
        call_fail(call, ERROR_REVISION_SECTIONS, found->id, call_number(call, found->revision),
                  broker->engine_version);
    return !call->failed;
}

/* The data of a RabbitMQ configuration; of ActiveMQ it is enough that the revision is there. */
static enum result find_revision(struct call *call, enum engine engine,
                                 const struct broker_configuration *found, struct slice *data)
{
    struct configuration_revision revision = {.data = {NULL, 0}};
    bool exists = true;
    enum result result =
        engine == ENGINE_RABBITMQ
            ? configuration_revision_find(call->store, call->caller.account, call->caller.region,
                                          found->id, found->revision, call->scratch, &revision)
            : configuration_revision_exists(call->store, found->id, found->revision, &exists);
    *data = revision.data;
    return result ? result : exists ? RESULT_OK : RESULT_NOT_FOUND;
}

bool broker_configuration_find(struct call *call, const struct broker *broker,
                               const struct configuration_input *input,
                               struct broker_configuration *found)
{
    struct configuration configuration;
    struct slice data = {NULL, 0};
    enum result result = configuration_find(call->store, call->caller.account, call->caller.region,
                                            input->id, call->scratch, &configuration);
    if (result == RESULT_NOT_FOUND) {
        call_fail(call, ERROR_CONFIGURATION_UNKNOWN, input->id);
        return false;
    }
    if (!result && configuration.engine != broker->engine) {
        call_fail(call, ERROR_CONFIGURATION_ENGINE, input->id, engine_name(broker->engine));
        return false;
    }
    if (!result) {
        found->id = configuration.id;
        found->revision = input->revision.present ? input->revision.value : configuration.revision;
        found->strategy = STRATEGY_ABSENT;
        result = find_revision(call, broker->engine, found, &data);
    }
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_REVISION_UNKNOWN, call_number(call, found->revision), input->id);
    else if (result)
        call_fail_internal(call, result);
    else if (broker->engine == ENGINE_RABBITMQ)
        return check_rabbitmq(call, broker, data, found);
    return !call->failed;
}

bool broker_configuration_check_strategy(struct call *call, enum strategy given,
                                         enum strategy decided)
{
    if (!given || given == decided)
        return true;
    call_fail(call, ERROR_STRATEGY_DIFFERS, term_text(&strategy_terms, given),
              term_text(&strategy_terms, decided));
    return false;
}
