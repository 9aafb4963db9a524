#include "http/reply.h"

#include "api/operation.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/control.h"

void reply_draw_ids(struct reply_ids *ids)
{
    id_uuid(ids->request);
    id_apigw(ids->apigw);
    id_trace(clock_wall_ms() / 1000, ids->trace);
}

size_t reply_headers(const struct reply *reply, const struct reply_ids *ids,
                     struct reply_header headers[REPLY_ALL_HEADERS])
{
    /* The recorded set; the odd `;` behind no-cache is the service's. */
    const struct reply_header common[] = {
        {"Content-Type", reply->content_type ? reply->content_type : "application/json"},
        {"x-amzn-RequestId", ids->request},
        {"x-amz-apigw-id", ids->apigw},
        {"x-amzn-trace-id", ids->trace},
        {"cache-control", "no-cache; no-store, must-revalidate, private"},
        {"expires", "0"},
        {"pragma", "no-cache"},
        {"access-control-allow-origin", "*"},
        {"access-control-expose-headers",
         "x-amzn-errortype,x-amzn-requestid,x-amzn-errormessage,x-amzn-trace-id,"
         "x-amz-apigw-id,date"},
    };
    size_t count = sizeof common / sizeof *common;
    memcpy(headers, common, sizeof common);
    if (reply->same_origin)
        count -= 2;
    for (size_t i = 0; i < REPLY_HEADERS && reply->headers[i].name; i++)
        headers[count++] = reply->headers[i];
    if (reply->error)
        headers[count++] = (struct reply_header){"x-amzn-ErrorType", reply->error};
    if (reply->close)
        headers[count++] = (struct reply_header){"Connection", "close"};
    return count;
}

void reply_log(const struct exchange *exchange, const struct reply_ids *ids)
{
    const struct reply *reply = &exchange->passage.reply;
    const struct operation *operation = exchange->passage.operation;
    const struct request *request = &exchange->request;
    struct slice path = request->target.path.data ? request->target.path : SLICE("");
    /* A container asks for its health every few seconds. */
    bool routine = reply->status == 200 && slice_equal(path, SLICE("/_local/health"));
    if (!log_begin(routine ? LOG_DEBUG : LOG_INFO, "request"))
        return;
    log_string("id", ids->request);
    log_string("operation", operation ? operation->name : NULL);
    log_text("method", request->method);
    log_text("path", path);
    log_number("status", reply->status);
    log_string("error", reply->error);
    log_flag("dropped", reply->drop);
    log_number("us", clock_monotonic_us() - exchange->started_us);
    log_end();
}

void reply_record(const struct exchange *exchange, const struct reply_ids *ids,
                  struct journal *journal, struct metrics *metrics)
{
    const struct passage *passage = &exchange->passage;
    const struct request *request = &exchange->request;
    int64_t duration_us = clock_monotonic_us() - exchange->started_us;
    metrics_count(metrics, passage->operation, passage->reply.status, duration_us);
    if (control_owns(&request->target))
        return;
    struct journal_entry entry = {
        .time_ms = clock_wall_ms(),
        .duration_us = duration_us,
        .status = passage->reply.status,
        .dropped = passage->reply.drop,
        .id = slice_of(ids->request),
        .operation = slice_of(passage->operation ? passage->operation->name : NULL),
        .method = request->method,
        .path = request->target.path,
        .account = passage->caller.account,
        .region = passage->caller.region,
        .access_key = passage->caller.access_key,
        .username = passage->labels.username,
        .error = slice_of(passage->reply.error),
        .body = request->body,
        .body_len = request->body.len,
    };
    journal_add(journal, &entry);
}
