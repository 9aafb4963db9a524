#include "mq/shared_resources.h"

#include "api/page.h"
#include "base/text.h"
#include "mq/catalogue.h"

/* What the column takes: the form of a key in a page token too. */
enum { ARN_MAX = 500 };

#define LOWER_CASE TEXT_LOWER TEXT_DIGITS "-"

static bool is_resource_arn(struct slice text)
{
    return text.len >= 1 && text.len <= ARN_MAX && text_is_word(text, "-_.:/");
}

/* arn:<partition>:ram:<region>:<account>:resource-share/<id> */
static bool is_share_arn(struct slice arn)
{
    if (!is_resource_arn(arn))
        return false;
    struct slice begin = text_take(&arn, ':'), partition = text_take(&arn, ':'),
                 service = text_take(&arn, ':'), region = text_take(&arn, ':'),
                 account = text_take(&arn, ':');
    return slice_equal(begin, SLICE("arn")) && slice_starts_with(partition, SLICE("aws")) &&
           text_has_only(partition, LOWER_CASE) && slice_equal(service, SLICE("ram")) &&
           region.len > 0 && text_has_only(region, LOWER_CASE) && account.len == 12 &&
           text_has_only(account, TEXT_DIGITS) &&
           slice_starts_with(arn, SLICE("resource-share/")) && arn.len > strlen("resource-share/");
}

bool shares_check(struct call *call, const struct strings *arns)
{
    if (arns->count > SHARES_MAX) {
        call_fail(call, ERROR_SHARE_COUNT);
        return false;
    }
    for (size_t i = 0; i < arns->count; i++) {
        if (!is_share_arn(arns->items[i])) {
            call_fail(call, ERROR_SHARE_ARN, arns->items[i]);
            return false;
        }
    }
    return true;
}

struct share_error {
    struct slice code, arn, status;
};

static void append_member(struct buffer *out, const char *name, struct slice value)
{
    buffer_append_string(out, name);
    buffer_append_string(out, " : \"");
    json_append_escaped(out, value);
    buffer_append_char(out, '"');
}

/* The third member of an error, which only this operation has, behind the other two: laid out like
 * them. */
static void refuse_shares(struct call *call, const struct share_error *errors, size_t count)
{
    const struct error_text *error = error_text(ERROR_SHARES_REFUSED);
    static const struct slice nothing = {NULL, 0}, end = SLICE_INIT("\n}");
    struct buffer *out = call->out;
    buffer_clear(out);
    error_write(out, ERROR_SHARES_REFUSED, nothing, NULL, nothing, false);
    if (!out->failed)
        out->len -= end.len;
    buffer_append_string(out, ",\n  \"resourceShareErrors\" : [ ");
    for (size_t i = 0; i < count; i++) {
        append_member(out, i > 0 ? ", {\n    \"errorCode\"" : "{\n    \"errorCode\"",
                      errors[i].code);
        append_member(out, ",\n    \"resourceShareArn\"", errors[i].arn);
        append_member(out, ",\n    \"status\"", errors[i].status);
        buffer_append_string(out, "\n  }");
    }
    buffer_append_string(out, " ]\n}");
    call->failed = true;
    call->reply = (struct reply){.status = error->status, .error = error->name};
    call_set_body(call);
}

bool shares_check_store(struct call *call, const struct strings *arns)
{
    struct share_error errors[SHARES_MAX];
    size_t count = 0;
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && i < arns->count && i < SHARES_MAX; i++) {
        struct share_error *error = &errors[count];
        error->arn = arns->items[i];
        result =
            share_error_find(call->store, error->arn, call->scratch, &error->code, &error->status);
        if (!result)
            count++;
        else if (result == RESULT_NOT_FOUND)
            result = RESULT_OK;
    }
    if (result)
        call_fail_internal(call, result);
    else if (count > 0)
        refuse_shares(call, errors, count);
    return !result && count == 0;
}

enum result shares_set(struct store *store, struct slice broker_id, const struct strings *arns)
{
    struct buffer text;
    struct json_writer writer = {.out = &text};
    buffer_init(&text, (size_t)SHARES_MAX * (ARN_MAX + 3) + 2);
    json_list_begin(&writer);
    for (size_t i = 0; i < arns->count; i++)
        json_write_string(&writer, arns->items[i]);
    json_list_end(&writer);
    enum result result =
        text.failed ? text.failed : shared_resource_set(store, broker_id, buffer_slice(&text));
    buffer_close(&text);
    return result;
}

bool describe_shared_resources_check(struct call *call)
{
    return page_read(call, is_resource_arn);
}

static void write_resource(struct json_writer *writer, const struct shared_resource *resource)
{
    json_object_begin(writer);
    if (resource->dns_names.data)
        catalogue_put_list(writer, "dnsNames", resource->dns_names);
    if (resource->error_code.data) {
        json_key(writer, "error");
        json_object_begin(writer);
        json_put_string(writer, "code", resource->error_code);
        json_put_string(writer, "message", resource->error_message);
        json_object_end(writer);
    }
    json_put_string(writer, "resourceArn", resource->resource_arn);
    if (resource->resource_share_arns.data)
        catalogue_put_list(writer, "resourceShareArns", resource->resource_share_arns);
    json_put_string(writer, "status", resource->status);
    json_put_string(writer, "type", resource->type);
    json_object_end(writer);
}

void describe_shared_resources(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct shared_resource *resources = NULL;
    size_t count = 0, most = (size_t)call->page.max_results;
    enum result result = RESULT_OK;
    if (call->broker.engine == ENGINE_RABBITMQ) /* one row more tells whether a page follows */
        result =
            shared_resource_page(call->store, call->broker.id, call->page.after,
                                 call->page.max_results + 1, call->scratch, &resources, &count);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    json_object_begin(&writer);
    if (count > most)
        page_put_token(call, &writer, resources[most - 1].resource_arn);
    json_key(&writer, "sharedResources");
    json_list_begin(&writer);
    for (size_t i = 0; i < count && i < most; i++)
        write_resource(&writer, &resources[i]);
    json_list_end(&writer);
    json_object_end(&writer);
    call_succeed(call);
}
