#include "http/reply.h"

#include "api/operation.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "http/target.h"

static void draw_ids(int64_t wall_ms, struct reply_ids *ids)
{
    id_uuid(ids->request);
    id_apigw(ids->apigw);
    id_trace(wall_ms / 1000, ids->trace);
}

static size_t add(struct reply_header *headers, size_t count, const struct reply_header *more,
                  size_t more_count)
{
    memcpy(headers + count, more, more_count * sizeof *more);
    return count + more_count;
}

void reply_own_headers(const struct reply_ids *ids, struct reply_header headers[REPLY_OWN_HEADERS])
{
    headers[0] = (struct reply_header){"x-amzn-RequestId", ids->request};
    headers[1] = (struct reply_header){"x-amz-apigw-id", ids->apigw};
    headers[2] = (struct reply_header){"x-amzn-trace-id", ids->trace};
}

size_t reply_headers(const struct call *call, const struct reply_ids *ids,
                     struct reply_header headers[REPLY_ALL_HEADERS])
{
    const struct reply *reply = &call->reply;
    static const struct reply_header cors[] = {
        {"access-control-allow-origin", "*"},
        {"access-control-expose-headers",
         "x-amzn-errortype,x-amzn-requestid,x-amzn-errormessage,x-amzn-trace-id,"
         "x-amz-apigw-id,date"},
    };
    /* As recorded from the service, including the `;` after no-cache. */
    static const struct reply_header success[] = {
        {"cache-control", "no-cache; no-store, must-revalidate, private"},
        {"expires", "0"},
        {"pragma", "no-cache"},
    };
    size_t count = 0;
    headers[count++] = (struct reply_header){
        "Content-Type", reply->content_type ? reply->content_type : "application/json"};
    if (!call->request->target.is_control)
        count = add(headers, count, cors, sizeof cors / sizeof *cors);
    for (size_t i = 0; i < REPLY_HEADERS && reply->headers[i].name; i++)
        headers[count++] = reply->headers[i];
    if (reply->error)
        headers[count++] = (struct reply_header){"x-amzn-errortype", reply->error};
    else
        count = add(headers, count, success, sizeof success / sizeof *success);
    if (reply->close)
        headers[count++] = (struct reply_header){"Connection", "close"};
    reply_own_headers(ids, headers + count);
    return count + REPLY_OWN_HEADERS;
}

bool reply_is_common(const struct call *call)
{
    const struct reply *reply = &call->reply;
    return !call->request->target.is_control && !reply->content_type && !reply->headers[0].name &&
           !reply->error && !reply->close;
}

/* In the place of a method or path that is not shown. */
#define HIDDEN SLICE("-")

/* A body that a client sends without its length, or with a wrong one, is read as the next request:
 * its first words stand where the method and the path do, and may contain a password. */
static bool is_method(struct slice text)
{
    static const struct slice known[] = {
        SLICE_INIT("GET"),   SLICE_INIT("HEAD"),    SLICE_INIT("POST"),
        SLICE_INIT("PUT"),   SLICE_INIT("DELETE"),  SLICE_INIT("CONNECT"),
        SLICE_INIT("TRACE"), SLICE_INIT("OPTIONS"), SLICE_INIT("PATCH")};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (slice_equal_ignoring_case(text, known[i]))
            return true;
    return false;
}

/* What the log and the journal show of a request line. */
struct shown {
    struct slice method, path;
    bool has_path; /* else HIDDEN */
};

static struct shown shown_line(const struct request *request)
{
    bool has_method = is_method(request->method);
    bool has_path = has_method && !request->framing_error && !request->target.malformed &&
                    target_is_path(request->target.path);
    return (struct shown){has_method ? request->method : HIDDEN,
                          has_path ? request->target.path : HIDDEN, has_path};
}

/* An access key that a client has confused with its secret, which has 40 characters, is not. */
static struct slice shown_access_key(struct slice key)
{
    bool shown = text_is_word(key, "_") && key.len <= 128 && key.len != 40;
    return shown ? key : (struct slice){NULL, 0};
}

/* One line, without body and query, which may have a password or a signature. */
static void log_request(const struct exchange *exchange, const struct reply_ids *ids,
                        const struct shown *shown, int64_t duration_us)
{
    const struct reply *reply = &exchange->call.reply;
    const struct operation *operation = exchange->call.operation;
    /* A container's health check runs every few seconds. */
    bool routine = reply->status == 200 && slice_equal(shown->path, SLICE("/_local/health"));
    if (!log_begin(routine ? LOG_DEBUG : LOG_INFO, "request"))
        return;
    log_bare("id", slice_of(ids->request));
    if (operation && operation->name)
        log_bare("operation", slice_of(operation->name));
    log_bare("method", shown->method);
    log_text("path", shown->path);
    log_number("status", reply->status);
    log_string("error", reply->error);
    log_flag("dropped", exchange->call.drop);
    log_number("us", duration_us);
    log_end();
}

static void record(const struct exchange *exchange, const struct reply_ids *ids,
                   const struct shown *shown, int64_t wall_ms, int64_t duration_us,
                   struct journal *journal)
{
    const struct call *call = &exchange->call;
    const struct request *request = &exchange->request;
    struct journal_entry entry = {
        .time_ms = wall_ms,
        .duration_us = duration_us,
        .status = call->reply.status,
        .dropped = call->drop,
        .from_page =
            slice_equal(request_header(request, SLICE("x-amazonmq-local-origin")), SLICE("page")),
        .id = slice_of(ids->request),
        .operation = slice_of(call->operation ? call->operation->name : NULL),
        .method = shown->method,
        .path = shown->path,
        .account = call->caller.account,
        .region = call->caller.region,
        .access_key = shown_access_key(call->caller.access_key),
        .username = shown->has_path ? call->labels.username : (struct slice){NULL, 0},
        .error = slice_of(call->reply.error),
        .body = request->body,
        .body_len = exchange->received,
        .answer = call->reply.body,
        .answer_len = call->reply.body.len,
    };
    journal_add(journal, &entry);
}

void reply_tell(const struct exchange *exchange, struct journal *journal, struct metrics *metrics,
                struct reply_ids *ids)
{
    const struct call *call = &exchange->call;
    int64_t wall_ms = clock_wall_ms();
    struct shown shown = shown_line(&exchange->request);
    int64_t duration_us = clock_monotonic_us() - exchange->started_us;
    draw_ids(wall_ms, ids);
    log_request(exchange, ids, &shown, duration_us);
    metrics_count(metrics, call->operation, call->reply.status, duration_us);
    if (!exchange->request.target.is_control && !call->from_browser)
        record(exchange, ids, &shown, wall_ms, duration_us, journal);
}
