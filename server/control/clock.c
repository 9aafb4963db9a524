/* Reading and setting the service's clock. */
#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>

#include "control/parts.h"
#include "mq/clock.h"
#include "store/store.h"

enum { CLOCK_STEP_MAX_DAYS = 3660 };

static void answer_clock(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    char now[CLOCK_DATE_TIME];
    int64_t now_ms = store_now_ms(call->store);
    clock_format_ms(now_ms, now);
    json_object_begin(&writer);
    json_put_string(&writer, "now", slice_of(now));
    json_put_integer(&writer, "nowMs", now_ms);
    json_put_integer(&writer, "offsetMs", store_clock_offset_ms(call->store));
    json_object_end(&writer);
    call_succeed(call);
}

void control_get_clock(struct call *call)
{
    answer_clock(call);
}

/* Not read by members_read, as a step may exceed 32 bits. RESULT_INVALID: no valid step or time,
 * more than ten years ahead, or after the year 9999. */
static enum result read_step(struct call *call, int64_t from_ms, int64_t *to_ms)
{
    const double max_ms = (double)CLOCK_STEP_MAX_DAYS * 86400000;
    struct json_error syntax = {NULL, 0};
    const struct json *body = NULL;
    enum result result = json_parse(call->scratch, call->request->body, &body, &syntax);
    if (result)
        return result;
    const struct json *by = json_member(body, "advanceMs"), *now = json_member(body, "now");
    if (!by == !now)
        return RESULT_INVALID;
    if (now) {
        if (json_type(now) != JSON_STRING || !clock_parse_ms(json_string(now), to_ms))
            return RESULT_INVALID;
        return (double)(*to_ms - from_ms) <= max_ms ? RESULT_OK : RESULT_INVALID;
    }
    double step_ms = json_type(by) == JSON_NUMBER ? json_number(by) : -1;
    if (!(step_ms >= 0 && step_ms <= max_ms))
        return RESULT_INVALID;
    *to_ms = from_ms + (int64_t)step_ms;
    return *to_ms <= CLOCK_MAX_MS ? RESULT_OK : RESULT_INVALID;
}

static void begin_step(struct call *call)
{
    int64_t wall_ms = clock_wall_ms(); /* once, so that a step is exact */
    int64_t from_ms = wall_ms + store_clock_offset_ms(call->store), to_ms = 0;
    int64_t *offset_ms = arena_alloc(call->arena, sizeof *offset_ms);
    enum result result = offset_ms ? read_step(call, from_ms, &to_ms) : RESULT_NO_MEMORY;
    if (result == RESULT_INVALID) {
        call_fail(call, ERROR_CONTROL_REFUSED,
                  SLICE("Specify either [advanceMs], milliseconds up to ten years, or [now], a "
                        "time such as 2026-12-24T18:00:00Z."));
        return;
    }
    if (!result) {
        *offset_ms = to_ms - wall_ms;
        call->input = offset_ms;
        result = clock_begin_step(call->store, call->settings, *offset_ms);
    }
    if (result)
        call_fail_internal(call, result);
    else if (clock_step_is_open(call->store))
        call->unfinished = true;
    else
        answer_clock(call);
}

/* A step that failed was closed before it came to its end. */
static void end_step(struct call *call)
{
    call->unfinished = false;
    if (store_clock_offset_ms(call->store) == *(const int64_t *)call->input)
        answer_clock(call);
    else
        call_fail_internal(call, RESULT_STORE);
}

void control_set_clock(struct call *call)
{
    if (call->unfinished)
        end_step(call);
    else
        begin_step(call);
    if (call->failed)
        store_tick_abort(call->store);
    if (store_tick_commit(call->store) && !call->failed) {
        call->unfinished = false;
        call_fail_internal(call, RESULT_STORE);
    }
}
