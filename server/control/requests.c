/* The journal as JSON: bodies without the passwords in them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "control/parts.h"

/* Names of members whose values are never shown. */
static const char *const secrets[] = {"password", "serviceAccountPassword"};

static bool is_secret(struct slice name)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (slice_equal_ignoring_case(name, slice_of(secrets[i])))
            return true;
    return false;
}

/* json_parse bounds the depth. */
static void write_masked(struct json_writer *writer, const struct json *value)
{
    char number[40];
    switch (json_type(value)) {
    case JSON_NULL:
        json_write_raw(writer, SLICE("null"));
        return;
    case JSON_BOOLEAN:
        json_write_boolean(writer, json_boolean(value));
        return;
    case JSON_NUMBER:
        snprintf(number, sizeof number, "%.15g", json_number(value));
        json_write_raw(writer, slice_of(number));
        return;
    case JSON_STRING:
        json_write_string(writer, json_string(value));
        return;
    case JSON_LIST:
        json_list_begin(writer);
        for (const struct json *item = json_first(value); item; item = json_next(item))
            write_masked(writer, item);
        json_list_end(writer);
        return;
    case JSON_OBJECT:
        json_object_begin(writer);
        for (const struct json *item = json_first(value); item; item = json_next(item)) {
            json_key(writer, json_name(item).data);
            if (is_secret(json_name(item)))
                json_write_string(writer, SLICE("***"));
            else
                write_masked(writer, item);
        }
        json_object_end(writer);
        return;
    }
}

/* A body that is no JSON may hold a password anywhere: only its length is shown. */
static void put_body(struct call *call, struct json_writer *writer,
                     const struct journal_entry *entry)
{
    struct json_error syntax = {NULL, 0};
    const struct json *body = NULL;
    if (entry->body.len > 0 && !json_parse(call->scratch, entry->body, &body, &syntax)) {
        json_key(writer, "body");
        write_masked(writer, body);
    }
    json_put_integer(writer, "bodyBytes", (int64_t)entry->body_len);
}

static void put_text(struct json_writer *writer, const char *name, struct slice value)
{
    if (value.data)
        json_put_string(writer, name, value);
}

static void write_entry(struct call *call, struct json_writer *writer,
                        const struct journal_entry *entry)
{
    char time[CLOCK_DATE_TIME];
    clock_format_ms(entry->time_ms, time);
    json_object_begin(writer);
    put_text(writer, "accessKey", entry->access_key);
    put_text(writer, "account", entry->account);
    put_body(call, writer, entry);
    if (entry->dropped)
        json_put_boolean(writer, "dropped", true);
    json_put_integer(writer, "durationUs", entry->duration_us);
    put_text(writer, "error", entry->error);
    put_text(writer, "method", entry->method);
    json_put_integer(writer, "number", entry->number);
    put_text(writer, "operation", entry->operation);
    put_text(writer, "path", entry->path);
    put_text(writer, "region", entry->region);
    json_put_string(writer, "requestId", entry->id);
    json_put_integer(writer, "status", entry->status);
    json_put_string(writer, "time", slice_of(time));
    put_text(writer, "username", entry->username);
    json_object_end(writer);
}

/* What the query asks for; absent members ask for nothing. */
struct filter {
    struct slice operation, username;
    int64_t status, since_ms, since_number;
};

static bool read_filter(struct call *call, struct filter *filter)
{
    struct slice status = request_query(call->request, SLICE("status"));
    struct slice since = request_query(call->request, SLICE("since"));
    char text[24], *end = text;
    *filter = (struct filter){.operation = request_query(call->request, SLICE("operation")),
                              .username = request_query(call->request, SLICE("username"))};
    if (status.data) {
        snprintf(text, sizeof text, "%.*s", (int)(status.len < 20 ? status.len : 20), status.data);
        filter->status = strtol(text, &end, 10);
        if (end == text || *end != '\0') {
            control_refuse(call, "[status] is a number.");
            return false;
        }
    }
    if (!since.data || clock_parse_ms(since, &filter->since_ms))
        return true;
    snprintf(text, sizeof text, "%.*s", (int)(since.len < 20 ? since.len : 20), since.data);
    filter->since_number = strtoll(text, &end, 10);
    if (end != text && *end == '\0')
        return true;
    control_refuse(call, "[since] is the number of a request or a time such as "
                         "2026-12-24T18:00:00Z.");
    return false;
}

static bool passes(const struct filter *filter, const struct journal_entry *entry)
{
    return (!filter->operation.data || slice_equal(filter->operation, entry->operation)) &&
           (!filter->username.data || slice_equal(filter->username, entry->username)) &&
           (filter->status == 0 || filter->status == entry->status) &&
           entry->time_ms >= filter->since_ms && entry->number > filter->since_number;
}

void control_list_requests(struct control *control, struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct slice count_only = request_query(call->request, SLICE("count"));
    struct filter filter;
    int64_t count = 0;
    if (!read_filter(call, &filter))
        return;
    bool listed = !slice_equal(count_only, SLICE("true"));
    json_object_begin(&writer);
    if (listed) {
        json_key(&writer, "requests");
        json_list_begin(&writer);
    }
    for (size_t i = 0; i < journal_count(control->journal); i++) {
        const struct journal_entry *entry = journal_get(control->journal, i);
        if (!passes(&filter, entry))
            continue;
        count++;
        if (listed)
            write_entry(call, &writer, entry);
    }
    if (listed)
        json_list_end(&writer);
    else
        json_put_integer(&writer, "count", count);
    json_object_end(&writer);
    call_succeed(call, 200);
}

void control_clear_requests(struct control *control, struct call *call)
{
    journal_clear(control->journal);
    control_answer_empty(call, RESULT_OK);
}
