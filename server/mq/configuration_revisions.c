/* UpdateConfiguration, which makes a revision, and the two operations that read them. */
#include "mq/configurations.h"

#include <stdio.h>

#include "api/page.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "base/utf8.h"
#include "mq/activemq_configuration.h"
#include "mq/configuration_write.h"
#include "mq/rabbitmq_configuration.h"
#include "mq/versions.h"

struct update_input {
    struct slice data; /* decoded by the check */
    struct slice description;
};

static const struct member update_list[] = {
    {"data", MEMBER_STRING, offsetof(struct update_input, data), true, NULL},
    {"description", MEMBER_STRING, offsetof(struct update_input, description), false, NULL},
};

const struct members update_configuration_members = MEMBERS(update_list, struct update_input);

static bool check_size(struct call *call, size_t size)
{
    if (size <= CONFIGURATION_DATA_MAX)
        return true;
    call_fail(call, ERROR_BODY_TOO_LARGE, call_number(call, CONFIGURATION_DATA_MAX));
    return false;
}

bool update_configuration_check(struct call *call)
{
    struct update_input *input = call->input;
    struct slice base64 = input->data;
    if (base64.len == 0) {
        call_fail(call, ERROR_MISSING_MEMBER, SLICE("data"));
        return false;
    }
    if (!check_size(call, base64.len / 4 * 3 > 2 ? base64.len / 4 * 3 - 2 : 0))
        return false; /* before there is a copy of it */
    char *data = arena_alloc(call->scratch, base64.len);
    size_t len = 0;
    if (!data) {
        call_fail_internal(call, RESULT_NO_MEMORY);
        return false;
    }
    if (crypto_base64_decode(base64, data, &len)) {
        call_fail(call, ERROR_CONFIGURATION_BASE64);
        return false;
    }
    input->data = (struct slice){data, len};
    return check_size(call, len) && check_size(call, input->description.len);
}

/* RabbitMQ data is stored as it was sent. False: answered. */
static bool check_rabbitmq(struct call *call, const struct configuration *configuration,
                           struct sanitized *sanitized)
{
    struct slice data = sanitized->data;
    bool sections = version_at_least(configuration->engine_version, SLICE("4"));
    size_t line = 0;
    if (!utf8_is_text(data))
        call_fail(call, ERROR_CONFIGURATION_UTF8);
    else if (!rabbitmq_configuration_check(data, sections, &line))
        call_fail(call, ERROR_CONFIGURATION_LINE, call_number(call, (int64_t)line));
    return !call->failed;
}

/* What ActiveMQ data leaves behind. False: answered. */
static bool sanitize_activemq(struct call *call, const struct configuration *configuration,
                              struct sanitized *sanitized)
{
    struct slice data = sanitized->data;
    struct activemq_grammar grammar = activemq_grammar_of(
        configuration->engine_version, configuration->authentication_strategy == STRATEGY_LDAP);
    enum result result = activemq_configuration_sanitize(data, &grammar, call->scratch, sanitized);
    if (result == RESULT_INVALID)
        call_fail(call, ERROR_CONFIGURATION_XML, sanitized->invalid);
    else if (result)
        call_fail_internal(call, result);
    return !result && check_size(call, sanitized->data.len);
}

static void put_warnings(struct json_writer *writer, const struct sanitized *sanitized)
{
    json_key(writer, "warnings");
    json_list_begin(writer);
    for (size_t i = 0; i < sanitized->warning_count; i++) {
        const struct sanitizer_warning *warning = &sanitized->warnings[i];
        json_object_begin(writer);
        json_put_optional(writer, "attributeName", warning->attribute);
        json_put_string(writer, "elementName", warning->element);
        json_put_string(writer, "reason", slice_of(warning->reason));
        json_object_end(writer);
    }
    json_list_end(writer);
}

/* `created` is the configuration's own, not the revision's. */
static enum result write_updated(struct call *call, const struct configuration *configuration,
                                 const struct sanitized *sanitized)
{
    struct json_writer writer = {.out = call->out};
    json_object_begin(&writer);
    enum result result = configuration_put_arn(&writer, configuration, call->scratch);
    json_put_string(&writer, "created", configuration->created);
    json_put_string(&writer, "id", configuration->id);
    configuration_put_latest_revision(&writer, configuration);
    json_put_string(&writer, "name", configuration->name);
    put_warnings(&writer, sanitized);
    json_object_end(&writer);
    return result;
}

void update_configuration(struct call *call)
{
    const struct update_input *input = call->input;
    struct sanitized sanitized = {.data = input->data};
    struct configuration configuration;
    char created[CLOCK_DATE_TIME];
    if (!configuration_find_called(call, &configuration) ||
        !(configuration.engine == ENGINE_RABBITMQ ? check_rabbitmq : sanitize_activemq)(
            call, &configuration, &sanitized))
        return;
    if (configuration.revision >= CONFIGURATION_REVISIONS_MAX) {
        call_fail(call, ERROR_REVISION_COUNT, configuration.id);
        return;
    }
    clock_format_ms(call->now_ms, created);
    struct configuration_revision revision = {.revision = configuration.revision + 1,
                                              .created = slice_of(created),
                                              .description = input->description,
                                              .data = sanitized.data};
    enum result result = configuration_revision_insert(call->store, configuration.id, &revision);
    configuration.revision = revision.revision;
    configuration.revision_created = revision.created;
    configuration.revision_description = revision.description;
    call_finish(call, result ? result : write_updated(call, &configuration, &sanitized));
}

/* A 32-bit integer with any number of leading zeros, as the service reads it: without a plus sign.
 */
static bool read_number(struct slice text, int64_t *number)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    struct slice digits = {text.data + negative, text.len - negative};
    bool good = text_number(digits, (int64_t)INT32_MAX + negative, number);
    if (good && negative)
        *number = -*number;
    return good;
}

bool describe_configuration_revision_check(struct call *call)
{
    int64_t number = 0;
    bool good = read_number(call->labels.configuration_revision, &number);
    if (!good)
        call_fail(call, ERROR_REVISION_NUMBER);
    return good;
}

static enum result put_base64(struct call *call, struct json_writer *writer, struct slice data)
{
    char *base64 = arena_alloc(call->scratch, crypto_base64_size(data.len));
    if (!base64)
        return RESULT_NO_MEMORY;
    crypto_base64_encode(data, base64);
    json_put_string(writer, "data", slice_of(base64));
    return RESULT_OK;
}

void describe_configuration_revision(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct slice id = call->labels.configuration_id;
    struct configuration_revision revision;
    int64_t number = 0;
    enum result result = read_number(call->labels.configuration_revision, &number)
                             ? RESULT_OK
                             : RESULT_INVALID; /* the check let it pass */
    if (!result)
        result = configuration_revision_find(call->store, call->caller.account, call->caller.region,
                                             id, number, call->scratch, &revision);
    if (result == RESULT_NOT_FOUND) { /* with the number as it was understood */
        call_fail(call, ERROR_REVISION_NOT_FOUND, call_number(call, number), id);
        return;
    }
    if (!result) {
        json_object_begin(&writer);
        json_put_string(&writer, "configurationId", id);
        json_put_string(&writer, "created", revision.created);
        result = put_base64(call, &writer, revision.data);
        json_put_optional(&writer, "description", revision.description);
        json_object_end(&writer);
    }
    call_finish(call, result);
}

/* 1 to 300, in the form a token of ours has. */
static bool is_revision_key(struct slice key)
{
    int64_t number = 0;
    return key.len >= 1 && key.len <= 3 && key.data[0] != '0' && read_number(key, &number) &&
           number >= 1 && number <= CONFIGURATION_REVISIONS_MAX;
}

bool list_configuration_revisions_check(struct call *call)
{
    return page_read(call, is_revision_key);
}

void list_configuration_revisions(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct configuration configuration;
    struct configuration_revision *rows = NULL;
    int64_t after = 0;
    size_t count = 0;
    if (!configuration_find_called(call, &configuration))
        return;
    enum result result = call->page.after.data && !read_number(call->page.after, &after)
                             ? RESULT_INVALID
                             : RESULT_OK;
    if (!result)
        result = configuration_revision_page(call->store, configuration.id, after,
                                             call->page.max_results, call->scratch, &rows, &count);
    json_object_begin(&writer);
    json_put_string(&writer, "configurationId", configuration.id);
    json_put_integer(&writer, "maxResults", call->page.max_results);
    if (!result && count > 0) {
        char last[24];
        snprintf(last, sizeof last, "%lld", (long long)rows[count - 1].revision);
        page_put_token(call, &writer, slice_of(last));
    }
    json_key(&writer, "revisions");
    json_list_begin(&writer);
    for (size_t i = 0; !result && i < count; i++)
        configuration_write_revision(&writer, rows[i].revision, rows[i].created,
                                     rows[i].description);
    json_list_end(&writer);
    json_object_end(&writer);
    call_finish(call, result);
}
