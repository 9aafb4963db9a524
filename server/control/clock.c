/* Reading and setting the service's clock. */
#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>

#include "control/names.h"
#include "control/parts.h"
#include "mq/clock.h"
#include "store/store.h"

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

static const struct slice not_a_step =
    SLICE_INIT("Specify either [advanceMs], milliseconds up to ten years, or [now], a time such as "
               "2026-12-24T18:00:00Z.");
static const struct slice too_far =
    SLICE_INIT("[now] is more than ten years after the time of the clock.");
static const struct slice too_late = SLICE_INIT("The clock can be set up to the end of 9999.");

/* Of different types than these, and a step may exceed 32 bits: not read by members_read. */
static const struct member clock_list[] = {{.name = "advanceMs"}, {.name = "now"}};
static const struct members clock_members = {clock_list, sizeof clock_list / sizeof *clock_list, 1};

/* Sets *to_ms, or *problem. RESULT_INVALID: answered. RESULT_NO_MEMORY. */
static enum result read_step(struct call *call, int64_t from_ms, int64_t *to_ms,
                             struct slice *problem)
{
    const double max_ms = (double)CLOCK_STEP_MAX_MS;
    struct json_error syntax = {NULL, 0};
    const struct json *body = NULL;
    enum result result = json_parse(call->scratch, call->request->body, &body, &syntax);
    if (result == RESULT_NO_MEMORY)
        return result;
    if (!result && !control_knows_members(call, &clock_members, body))
        return RESULT_INVALID;
    const struct json *by = result ? NULL : json_member(body, "advanceMs");
    const struct json *now = result ? NULL : json_member(body, "now");
    double step_ms = by && json_type(by) == JSON_NUMBER ? json_number(by) : -1;
    if (!by == !now) {
        *problem = not_a_step;
    } else if (now) {
        if (json_type(now) != JSON_STRING || !clock_parse_ms(json_string(now), to_ms))
            *problem = not_a_step;
        else if ((double)(*to_ms - from_ms) > max_ms)
            *problem = too_far;
    } else if (!(step_ms >= 0 && step_ms <= max_ms)) {
        *problem = not_a_step;
    } else {
        *to_ms = from_ms + (int64_t)step_ms;
        if (*to_ms > CLOCK_MAX_MS)
            *problem = too_late;
    }
    return RESULT_OK;
}

static void begin_step(struct call *call)
{
    int64_t wall_ms = clock_wall_ms(); /* once, so that a step is exact */
    int64_t from_ms = wall_ms + store_clock_offset_ms(call->store), to_ms = 0;
    int64_t *offset_ms = arena_alloc(call->arena, sizeof *offset_ms);
    struct slice problem = {NULL, 0};
    enum result result = offset_ms ? read_step(call, from_ms, &to_ms, &problem) : RESULT_NO_MEMORY;
    if (result == RESULT_INVALID)
        return;
    if (problem.data) {
        call_fail(call, ERROR_CONTROL_REFUSED, problem);
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

/* A step that has failed is tried again later. */
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
    bool had_failed = clock_step_has_failed(call->store);
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
    if (call->failed)
        clock_step_set_failed(call->store, had_failed);
}
