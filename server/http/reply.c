#include "http/reply.h"

#include "api/operation.h"
#include "base/clock.h"
#include "base/log.h"

void reply_draw_ids(struct reply_ids *ids)
{
    id_uuid(ids->request);
    id_apigw(ids->apigw);
    id_trace(clock_wall_ms() / 1000, ids->trace);
}

size_t reply_headers(const struct call *call, const struct reply_ids *ids,
                     struct reply_header headers[REPLY_ALL_HEADERS])
{
    const struct reply *reply = &call->reply;
    const struct reply_header common[] = {
        {"Content-Type", reply->content_type ? reply->content_type : "application/json"},
        {"x-amzn-RequestId", ids->request},
        {"x-amz-apigw-id", ids->apigw},
        {"x-amzn-trace-id", ids->trace},
        {"access-control-allow-origin", "*"},
        {"access-control-expose-headers",
         "x-amzn-errortype,x-amzn-requestid,x-amzn-errormessage,x-amzn-trace-id,"
         "x-amz-apigw-id,date"},
    };
    size_t count = sizeof common / sizeof *common;
    memcpy(headers, common, sizeof common);
    if (call->request->target.is_control)
        count -= 2;
    for (size_t i = 0; i < REPLY_HEADERS && reply->headers[i].name; i++)
        headers[count++] = reply->headers[i];
    /* As recorded from the service, including the `;` after no-cache. */
    static const struct reply_header success[] = {
        {"cache-control", "no-cache; no-store, must-revalidate, private"},
        {"expires", "0"},
        {"pragma", "no-cache"},
    };
    if (reply->error) {
        headers[count++] = (struct reply_header){"x-amzn-errortype", reply->error};
    } else {
        memcpy(headers + count, success, sizeof success);
        count += sizeof success / sizeof *success;
    }
    if (reply->close)
        headers[count++] = (struct reply_header){"Connection", "close"};
    return count;
}

void reply_log(const struct exchange *exchange, const struct reply_ids *ids)
{
    const struct reply *reply = &exchange->call.reply;
    const struct operation *operation = exchange->call.operation;
    const struct request *request = &exchange->request;
    struct slice path = request->target.path.data ? request->target.path : SLICE("");
    /* A container's health check runs every few seconds. */
    bool routine = reply->status == 200 && slice_equal(path, SLICE("/_local/health"));
    if (!log_begin(routine ? LOG_DEBUG : LOG_INFO, "request"))
        return;
    log_string("id", ids->request);
    log_string("operation", operation ? operation->name : NULL);
    log_text("method", request->method);
    log_text("path", path);
    log_number("status", reply->status);
    log_string("error", reply->error);
    log_flag("dropped", exchange->call.drop);
    log_number("us", clock_monotonic_us() - exchange->started_us);
    log_end();
}

void reply_record(const struct exchange *exchange, const struct reply_ids *ids,
                  struct journal *journal, struct metrics *metrics)
{
    const struct call *call = &exchange->call;
    const struct request *request = &exchange->request;
    int64_t duration_us = clock_monotonic_us() - exchange->started_us;
    metrics_count(metrics, call->operation, call->reply.status, duration_us);
    if (request->target.is_control)
        return;
    struct journal_entry entry = {
        .time_ms = clock_wall_ms(),
        .duration_us = duration_us,
        .status = call->reply.status,
        .dropped = call->drop,
        .id = slice_of(ids->request),
        .operation = slice_of(call->operation ? call->operation->name : NULL),
        .method = request->method,
        .path = request->target.path,
        .account = call->caller.account,
        .region = call->caller.region,
        .access_key = call->caller.access_key,
        .username = call->labels.username,
        .error = slice_of(call->reply.error),
        .body = request->body,
        .body_len = exchange->received,
    };
    journal_add(journal, &entry);
}
