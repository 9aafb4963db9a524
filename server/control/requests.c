/* The journal as JSON, with passwords masked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "control/names.h"
#include "control/parts.h"

/* Members whose values are masked. */
static const char *const secrets[] = {"password", "serviceAccountPassword"};

static bool is_secret(struct slice name)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (slice_equal_ignoring_case(name, slice_of(secrets[i])))
            return true;
    return false;
}

/* Writes the shortest text that parses to the same number. */
static void write_number(struct json_writer *writer, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    json_write_raw(writer, slice_of(text));
}

/* False if a number is infinite, such as 1e999, which JSON cannot represent. json_parse limits the
 * depth of the recursion. */
static bool is_finite(const struct json *value)
{
    if (json_type(value) == JSON_NUMBER)
        return isfinite(json_number(value));
    if (json_type(value) == JSON_LIST || json_type(value) == JSON_OBJECT)
        for (const struct json *item = json_first(value); item; item = json_next(item))
            if (!is_finite(item))
                return false;
    return true;
}

static void write_masked(struct json_writer *writer, const struct json *value)
{
    switch (json_type(value)) {
    case JSON_NULL:
        json_write_raw(writer, SLICE("null"));
        return;
    case JSON_BOOLEAN:
        json_write_boolean(writer, json_boolean(value));
        return;
    case JSON_NUMBER:
        write_number(writer, json_number(value));
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
            json_key_text(writer, json_name(item));
            if (is_secret(json_name(item)))
                json_write_string(writer, SLICE("***"));
            else
                write_masked(writer, item);
        }
        json_object_end(writer);
        return;
    }
}

/* Only the length is shown of a body that is not JSON, which may contain a password anywhere, or
 * has a number that JSON cannot represent. */
static void put_body(struct call *call, struct json_writer *writer,
                     const struct journal_entry *entry, bool is_shown)
{
    struct json_error syntax = {NULL, 0};
    const struct json *body = NULL;
    /* A parsed body takes many times its length. */
    arena_reset(call->scratch);
    if (is_shown && entry->body.len > 0 &&
        !json_parse(call->scratch, entry->body, &body, &syntax) && is_finite(body)) {
        json_key(writer, "body");
        write_masked(writer, body);
    }
    json_put_integer(writer, "bodyBytes", (int64_t)entry->body_len);
}

/* The part of an answer before the first member that is masked: what follows a cut is unknown. */
static struct slice before_secrets(struct slice text)
{
    for (size_t at = 0; at < text.len; at++)
        for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
            struct slice secret = slice_of(secrets[i]);
            if (text.len - at >= secret.len + 2 && text.data[at] == '"' &&
                text.data[at + 1 + secret.len] == '"' &&
                slice_equal_ignoring_case((struct slice){text.data + at + 1, secret.len}, secret))
                return (struct slice){text.data, at};
        }
    return text;
}

/* As JSON, or as text if the journal has only its beginning. */
static void put_answer(struct call *call, struct json_writer *writer,
                       const struct journal_entry *entry)
{
    struct json_error syntax = {NULL, 0};
    const struct json *answer = NULL;
    bool is_whole = entry->answer.len == entry->answer_len;
    arena_reset(call->scratch);
    if (is_whole && entry->answer.len > 0 &&
        !json_parse(call->scratch, entry->answer, &answer, &syntax)) {
        json_key(writer, "answer");
        write_masked(writer, answer);
    }
    json_put_integer(writer, "answerBytes", (int64_t)entry->answer_len);
    if (!is_whole)
        json_put_string(writer, "answerStart", before_secrets(entry->answer));
}

enum shown_bodies { SHOW_REQUESTS, SHOW_NONE, SHOW_BOTH };

static void write_entry(struct call *call, struct json_writer *writer,
                        const struct journal_entry *entry, enum shown_bodies shown)
{
    char time[CLOCK_DATE_TIME];
    clock_format_ms(entry->time_ms, time);
    json_object_begin(writer);
    json_put_optional(writer, "accessKey", entry->access_key);
    json_put_optional(writer, "account", entry->account);
    if (shown == SHOW_BOTH)
        put_answer(call, writer, entry);
    put_body(call, writer, entry, shown != SHOW_NONE);
    if (entry->dropped)
        json_put_boolean(writer, "dropped", true);
    json_put_integer(writer, "durationUs", entry->duration_us);
    json_put_optional(writer, "error", entry->error);
    json_put_optional(writer, "method", entry->method);
    json_put_integer(writer, "number", entry->number);
    json_put_optional(writer, "operation", entry->operation);
    if (entry->from_page)
        json_put_boolean(writer, "page", true);
    json_put_optional(writer, "path", entry->path);
    json_put_optional(writer, "region", entry->region);
    json_put_string(writer, "requestId", entry->id);
    json_put_integer(writer, "status", entry->status);
    json_put_string(writer, "time", slice_of(time));
    json_put_optional(writer, "username", entry->username);
    json_object_end(writer);
}

/* The query; absent parameters match every entry. */
struct filter {
    struct slice operation, username;
    int64_t status, number, since_ms, since_number, last;
    bool count_only, errors_only;
    enum shown_bodies bodies;
};

static bool read_bodies(struct call *call, struct filter *filter)
{
    bool both = false;
    if (!control_read_flag(call, SLICE("bodies"), &both))
        return false;
    if (request_query(call->request, SLICE("bodies")).data)
        filter->bodies = both ? SHOW_BOTH : SHOW_NONE;
    return true;
}

/* A status that no call can have would match nothing, and pass for a call that was not made. */
static bool read_status(struct call *call, struct filter *filter)
{
    struct slice text = request_query(call->request, SLICE("status"));
    if (!text.data ||
        (control_number(text, &filter->status) && filter->status >= 100 && filter->status <= 599))
        return true;
    call_fail(call, ERROR_CONTROL_VALUE, SLICE("status"),
              SLICE("must be a number from 100 to 599"));
    return false;
}

static bool read_filter(struct call *call, struct filter *filter)
{
    struct slice since = request_query(call->request, SLICE("since"));
    *filter = (struct filter){.operation = request_query(call->request, SLICE("operation")),
                              .username = request_query(call->request, SLICE("username")),
                              .last = INT64_MAX};
    if (!read_status(call, filter) ||
        !control_read_number(call, SLICE("number"), &filter->number) ||
        !control_read_flag(call, SLICE("errors"), &filter->errors_only) ||
        !read_bodies(call, filter) || !control_read_number(call, SLICE("last"), &filter->last) ||
        !control_read_flag(call, SLICE("count"), &filter->count_only))
        return false;
    if (filter->operation.len > 0 && !control_knows_operation(call, filter->operation))
        return false;
    if (!clock_parse_ms(since, &filter->since_ms) && !control_number(since, &filter->since_number))
        call_fail(call, ERROR_CONTROL_VALUE, SLICE("since"),
                  SLICE("must be a number or a time such as 2026-12-24T18:00:00Z"));
    return !call->failed;
}

static bool matches(const struct filter *filter, const struct journal_entry *entry)
{
    return (!filter->operation.data || slice_equal(filter->operation, entry->operation)) &&
           (!filter->username.data || slice_equal(filter->username, entry->username)) &&
           (filter->status == 0 || filter->status == entry->status) &&
           (filter->number == 0 || filter->number == entry->number) &&
           (!filter->errors_only || entry->status >= 400 || entry->dropped) &&
           entry->time_ms >= filter->since_ms && entry->number > filter->since_number;
}

static int64_t count_matching(const struct journal *journal, const struct filter *filter)
{
    int64_t count = 0;
    for (size_t i = 0; i < journal_count(journal); i++)
        count += matches(filter, journal_get(journal, i));
    return count < filter->last ? count : filter->last;
}

/* Writes the last `count` entries that match, until CONTROL_ANSWER_MAX. */
static void write_matching(struct call *call, struct json_writer *writer,
                           const struct journal *journal, const struct filter *filter,
                           int64_t count)
{
    size_t start = journal_count(journal);
    for (int64_t left = count; left > 0;)
        left -= matches(filter, journal_get(journal, --start));
    json_key(writer, "requests");
    json_list_begin(writer);
    for (; start < journal_count(journal) && call->out->len < CONTROL_ANSWER_MAX; start++) {
        if (!matches(filter, journal_get(journal, start)))
            continue;
        write_entry(call, writer, journal_get(journal, start), filter->bodies);
        count--;
    }
    json_list_end(writer);
    if (count > 0)
        json_put_boolean(writer, "truncated", true);
}

void control_list_requests(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct filter filter;
    if (!read_filter(call, &filter))
        return;
    const struct journal *journal = call->control->journal;
    int64_t count = count_matching(journal, &filter);
    json_object_begin(&writer);
    if (filter.count_only)
        json_put_integer(&writer, "count", count);
    else
        write_matching(call, &writer, journal, &filter, count);
    json_object_end(&writer);
    call_succeed(call);
}

void control_clear_requests(struct call *call)
{
    journal_clear(call->control->journal);
    call_finish_empty(call, RESULT_OK);
}
