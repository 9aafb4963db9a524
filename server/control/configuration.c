/* One configuration: its revisions, or one of them with its text. */
#include "control/parts.h"
#include "store/configurations.h"

static void put_revision(struct json_writer *writer, const struct configuration_revision *revision)
{
    json_object_begin(writer);
    json_put_string(writer, "created", revision->created);
    json_put_optional(writer, "description", revision->description);
    json_put_integer(writer, "revision", revision->revision);
    json_put_optional(writer, "text", revision->data);
    json_object_end(writer);
}

/* All of them; the list ends early where store/configurations.h says. */
static enum result put_revisions(struct call *call, struct json_writer *writer,
                                 const struct configuration *configuration, bool *more)
{
    struct configuration_revision *revisions = NULL;
    size_t count = 0;
    enum result result =
        configuration_revision_page(call->store, configuration->id, 0, CONFIGURATION_REVISIONS_MAX,
                                    call->scratch, &revisions, &count);
    for (size_t i = 0; i < count; i++)
        put_revision(writer, &revisions[i]);
    *more = count > 0 && revisions[count - 1].revision < configuration->revision;
    return result;
}

static enum result put_one(struct call *call, struct json_writer *writer,
                           const struct configuration *configuration, int64_t number)
{
    struct configuration_revision revision;
    enum result result =
        configuration_revision_find(call->store, configuration->account, configuration->region,
                                    configuration->id, number, call->scratch, &revision);
    if (!result)
        put_revision(writer, &revision);
    return result;
}

/* `number`: 0 for all revisions. */
static enum result write_configuration(struct call *call, const struct configuration *configuration,
                                       int64_t number)
{
    struct json_writer writer = {.out = call->out};
    bool more = false;
    json_object_begin(&writer);
    json_put_string(&writer, "account", configuration->account);
    json_put_string(&writer, "id", configuration->id);
    json_put_string(&writer, "name", configuration->name);
    json_put_string(&writer, "region", configuration->region);
    json_key(&writer, "revisions");
    json_list_begin(&writer);
    enum result result = number ? put_one(call, &writer, configuration, number)
                                : put_revisions(call, &writer, configuration, &more);
    json_list_end(&writer);
    if (more)
        json_put_boolean(&writer, "truncated", true);
    json_object_end(&writer);
    return result;
}

void control_get_configuration(struct call *call)
{
    struct slice id = call->labels.configuration_id;
    struct configuration configuration;
    struct slice text = request_query(call->request, SLICE("revision"));
    int64_t number = 0;
    if (!control_read_number(call, SLICE("revision"), &number))
        return;
    if (text.data && number == 0) {
        call_fail(call, ERROR_CONTROL_VALUE, SLICE("revision"), SLICE("must be at least 1"));
        return;
    }
    enum result result =
        configuration_find_anywhere(call->store, id, call->scratch, &configuration);
    if (result == RESULT_NOT_FOUND) {
        call_fail(call, ERROR_CONFIGURATION_NOT_FOUND, id);
        return;
    }
    if (!result)
        result = write_configuration(call, &configuration, number);
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_REVISION_NOT_FOUND, call_number(call, number), id);
    else
        call_finish(call, result);
}
