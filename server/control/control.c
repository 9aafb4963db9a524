#include "control/control.h"

#include "store/store.h"

bool control_owns(const struct target *target)
{
    return target->segment_count > 0 && slice_equal(target->segments[0], SLICE("_local"));
}

/* GET /_local/health */
static void answer_health(struct call *call, const char *version)
{
    struct json_writer writer = {.out = call->out};
    bool healthy = store_is_healthy(call->store);
    json_object_begin(&writer);
    json_put_string(&writer, "status", healthy ? SLICE("ok") : SLICE("unavailable"));
    json_put_string(&writer, "version", slice_of(version));
    json_object_end(&writer);
    call_succeed(call, healthy ? 200 : 503);
}

void control_answer(struct call *call, const char *version)
{
    const struct target *target = &call->request->target;
    if (slice_equal(call->request->method, SLICE("GET")) && target->segment_count == 2 &&
        slice_equal(target->segments[1], SLICE("health")))
        answer_health(call, version);
    else
        call_fail(call, ERROR_NO_SUCH_ROUTE);
}
