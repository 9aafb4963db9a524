#include "api/call.h"

#include "api/operation.h"
#include "base/log.h"

static bool is_control(const struct call *call)
{
    return call->request && call->request->target.is_control;
}

void call_set_body(struct call *call)
{
    struct slice text = buffer_slice(call->out);
    char *body = call->out->failed ? NULL : arena_copy(call->arena, text);
    if (!body) {
        call->failed = true;
        call->reply = reply_internal_error(is_control(call));
        return;
    }
    call->reply.body = (struct slice){body, text.len};
}

static size_t count_placeholders(const char *text)
{
    size_t count = 0;
    for (; (text = strstr(text, "{}")); text += 2)
        count++;
    return count;
}

void call_fail_with(struct call *call, struct slice path, enum error_id id,
                    const struct slice *args, size_t count)
{
    const struct error_text *error = error_text(id);
    call->failed = true;
    if (count != count_placeholders(error->text)) {
        log_event(LOG_ERROR, "wrong-arguments", "text", error->text);
        call->reply = reply_internal_error(is_control(call));
        return;
    }
    call->reply = (struct reply){.status = error->status, .error = error->name};
    buffer_clear(call->out);
    error_write(call->out, id, path, args, (struct slice){NULL, 0},
                is_control(call) || error_is_compact(id));
    call_set_body(call);
}

struct slice call_number(struct call *call, int64_t number)
{
    const char *text = arena_printf(call->scratch, "%lld", (long long)number);
    return slice_of(text ? text : "?");
}

void call_fail_internal(struct call *call, enum result result)
{
    static const char *const reasons[] = {
        [RESULT_OK] = "none",
        [RESULT_NO_MEMORY] = "out of memory",
        [RESULT_TOO_LARGE] = "too large",
        [RESULT_INVALID] = "invalid",
        [RESULT_NOT_FOUND] = "not found",
        [RESULT_CONFLICT] = "conflict",
        [RESULT_STORE] = "store error",
        [RESULT_SYSTEM] = "system error",
    };
    log_event(LOG_ERROR, "internal-error", "reason", reasons[result]);
    call->failed = true;
    call->reply = reply_internal_error(is_control(call));
}

void call_succeed(struct call *call)
{
    call->failed = false;
    call->reply = (struct reply){.status = 0};
    call_set_body(call);
}

void call_finish(struct call *call, enum result result)
{
    if (result)
        call_fail_internal(call, result);
    else
        call_succeed(call);
}

void call_finish_empty(struct call *call, enum result result)
{
    if (result)
        call_fail_internal(call, result);
    else
        call->reply = (struct reply){.body = SLICE("{}")};
}

void call_run(struct call *call)
{
    call->operation->run(call);
    if (call->reply.status == 0)
        call->reply.status = call->operation->status ? call->operation->status : 200;
}
