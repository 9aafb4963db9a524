#include "mq/configurations.h"

#include "api/page.h"
#include "base/clock.h"
#include "base/ids.h"
#include "mq/broker_input.h"
#include "mq/catalogue.h"
#include "mq/configuration_write.h"
#include "mq/engine_versions.h"
#include "mq/rules.h"
#include "mq/tags.h"

/* A row of ListConfigurations, and all of DescribeConfiguration, where `tags` is always there. */
static enum result write_configuration(struct call *call, struct json_writer *writer,
                                       const struct configuration *configuration, bool described)
{
    struct tag *tags = NULL;
    size_t count = 0;
    enum result result =
        tag_list(call->store, TAG_CONFIGURATION, configuration->id, call->scratch, &tags, &count);
    json_object_begin(writer);
    if (!result)
        result = configuration_put_arn(writer, configuration, call->scratch);
    configuration_put_strategy(writer, configuration);
    json_put_string(writer, "created", configuration->created);
    json_put_string(writer, "engineType", engine_name(configuration->engine));
    json_put_string(writer, "engineVersion", configuration->engine_version);
    json_put_string(writer, "id", configuration->id);
    configuration_put_latest_revision(writer, configuration);
    json_put_string(writer, "name", configuration->name);
    tags_write(writer, tags, count, described);
    json_object_end(writer);
    return result;
}

struct create_input {
    struct slice authentication_strategy, engine_type, engine_version, name;
    struct string_map tags;
    enum engine engine; /* read from the texts by the check */
    enum strategy strategy;
};

static const struct member create_list[] = {
    {"authenticationStrategy", MEMBER_STRING,
     offsetof(struct create_input, authentication_strategy), false, NULL},
    {"engineType", MEMBER_STRING, offsetof(struct create_input, engine_type), true, NULL},
    {"engineVersion", MEMBER_STRING, offsetof(struct create_input, engine_version), false, NULL},
    {"name", MEMBER_STRING, offsetof(struct create_input, name), true, NULL},
    {"tags", MEMBER_STRING_MAP, offsetof(struct create_input, tags), false, NULL},
};

const struct members create_configuration_members = MEMBERS(create_list, struct create_input);

static bool check_name(struct call *call, struct slice name)
{
    enum error_id broken = rule_configuration_name(name);
    if (broken)
        call_fail(call, broken);
    return !broken;
}

bool create_configuration_check(struct call *call)
{
    struct create_input *input = call->input;
    if (!input_check_strategy(call, input->authentication_strategy, &input->strategy) ||
        !input_check_engine(call, input->engine_type, &input->engine))
        return false;
    if (input->strategy == STRATEGY_ABSENT)
        input->strategy = STRATEGY_SIMPLE;
    return input_check_strategy_of(call, input->engine, input->strategy) &&
           check_name(call, input->name) && tags_check(call, &input->tags);
}

static enum result insert_configuration(struct call *call, const struct create_input *input,
                                        struct slice version, struct slice id)
{
    char created[CLOCK_DATE_TIME];
    clock_format_us(call->now_ms, created);
    struct configuration configuration = {.id = id,
                                          .account = call->caller.account,
                                          .region = call->caller.region,
                                          .name = input->name,
                                          .created = slice_of(created),
                                          .engine_version = version,
                                          .authentication_strategy = input->strategy,
                                          .engine = input->engine};
    enum result result = configuration_insert(call->store, &configuration);
    return result ? result : tags_put(call->store, TAG_CONFIGURATION, id, &input->tags);
}

static enum result write_created(struct call *call, const struct configuration *configuration)
{
    struct json_writer writer = {.out = call->out};
    json_object_begin(&writer);
    enum result result = configuration_put_arn(&writer, configuration, call->scratch);
    configuration_put_strategy(&writer, configuration);
    json_put_string(&writer, "created", configuration->created);
    json_put_string(&writer, "id", configuration->id);
    configuration_put_latest_revision(&writer, configuration);
    json_put_string(&writer, "name", configuration->name);
    json_object_end(&writer);
    return result;
}

/* The newest one where none is asked for. False: answered. */
static bool choose_version(struct call *call, enum engine engine, struct slice *version)
{
    struct texts versions = {NULL, 0};
    struct slice patch;
    enum result result = version->data ? RESULT_OK : engine_versions_read(call, engine, &versions);
    if (result)
        call_fail_internal(call, result);
    if (versions.count > 0)
        *version = versions.items[0];
    return !result && engine_version_check(call, engine, *version, &patch);
}

void create_configuration(struct call *call)
{
    const struct create_input *input = call->input;
    struct slice version = input->engine_version;
    struct configuration configuration;
    char uuid[ID_UUID];
    if (!choose_version(call, input->engine, &version))
        return;
    id_uuid(uuid);
    struct slice id = slice_of(arena_printf(call->scratch, "c-%s", uuid));
    enum result result =
        id.data ? insert_configuration(call, input, version, id) : RESULT_NO_MEMORY;
    if (!result) /* revision 1 is the store's */
        result = configuration_find(call->store, call->caller.account, call->caller.region, id,
                                    call->scratch, &configuration);
    if (!result)
        result = write_created(call, &configuration);
    call_finish(call, result);
}

void describe_configuration(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct configuration configuration;
    if (configuration_find_called(call, &configuration))
        call_finish(call, write_configuration(call, &writer, &configuration, true));
}

void delete_configuration(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct configuration configuration;
    bool used = false;
    if (!configuration_find_called(call, &configuration))
        return;
    enum result result = configuration_is_used(call->store, configuration.id, &used);
    if (!result && used) {
        call_fail(call, ERROR_CONFIGURATION_IN_USE, configuration.id);
        return;
    }
    if (!result)
        result = configuration_delete(call->store, configuration.id);
    json_object_begin(&writer);
    json_put_string(&writer, "configurationId", configuration.id);
    json_object_end(&writer);
    call_finish(call, result);
}

bool list_configurations_check(struct call *call)
{
    return page_read(call, rule_is_configuration_id);
}

/* Unlike other lists, both of these carry a token on every page that is not empty. */
void list_configurations(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct configuration *rows = NULL;
    size_t count = 0;
    enum result result =
        configuration_page(call->store, call->caller.account, call->caller.region, call->page.after,
                           call->page.max_results, call->scratch, &rows, &count);
    json_object_begin(&writer);
    json_key(&writer, "configurations");
    json_list_begin(&writer);
    for (size_t i = 0; !result && i < count; i++)
        result = write_configuration(call, &writer, &rows[i], false);
    json_list_end(&writer);
    json_put_integer(&writer, "maxResults", call->page.max_results);
    if (!result && count > 0)
        page_put_token(call, &writer, rows[count - 1].id);
    json_object_end(&writer);
    call_finish(call, result);
}
