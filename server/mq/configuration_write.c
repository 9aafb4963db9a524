#include "mq/configuration_write.h"

#include "mq/names.h"

bool configuration_find_called(struct call *call, struct configuration *configuration)
{
    struct slice id = call->labels.configuration_id;
    enum result result = configuration_find(call->store, call->caller.account, call->caller.region,
                                            id, call->scratch, configuration);
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_CONFIGURATION_NOT_FOUND, id);
    else if (result)
        call_fail_internal(call, result);
    return !result;
}

void configuration_put_strategy(struct json_writer *writer,
                                const struct configuration *configuration)
{
    json_put_lower(writer, "authenticationStrategy",
                   term_text(&strategy_terms, configuration->authentication_strategy));
}

void configuration_write_revision(struct json_writer *writer, int64_t revision,
                                  struct slice created, struct slice description)
{
    json_object_begin(writer);
    json_put_string(writer, "created", created);
    json_put_optional(writer, "description", description);
    json_put_integer(writer, "revision", revision);
    json_object_end(writer);
}

void configuration_put_latest_revision(struct json_writer *writer,
                                       const struct configuration *configuration)
{
    json_key(writer, "latestRevision");
    configuration_write_revision(writer, configuration->revision, configuration->revision_created,
                                 configuration->revision_description);
}

enum result configuration_put_arn(struct json_writer *writer,
                                  const struct configuration *configuration, struct arena *arena)
{
    struct slice arn = name_configuration_arn(configuration, arena);
    if (!arn.data)
        return RESULT_NO_MEMORY;
    json_put_string(writer, "arn", arn);
    return RESULT_OK;
}
