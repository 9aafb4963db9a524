/* Reading and setting the service's clock. */
#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>

#include "control/parts.h"
#include "mq/lifecycle.h"
#include "store/brokers.h"
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

/* Performs all due changes of brokers. */
static enum result advance(struct call *call, int64_t now_ms)
{
    int64_t due_ms = 0;
    enum result result = RESULT_OK;
    while (!result && !(result = broker_due_ms(call->store, &due_ms)) && due_ms <= now_ms)
        result = lifecycle_advance(call->store, call->settings, now_ms);
    return result;
}

/* Default windows open only here: when the clock is set past one. All brokers without a window of
 * their own have the same. */
static enum result open_default_windows(struct call *call, int64_t at_ms)
{
    struct slice after = {NULL, 0};
    struct broker broker;
    enum result result = RESULT_OK;
    while (!result &&
           !(result = broker_next_without_window(call->store, after, call->scratch, &broker))) {
        result = lifecycle_open_window(call->store, &broker, call->settings, at_ms, at_ms,
                                       call->scratch);
        after = broker.id;
    }
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

/* Performs what is due between `from_ms` and `to_ms`, and opens the default windows in between. */
static enum result step(struct call *call, int64_t from_ms, int64_t to_ms)
{
    int64_t window_ms = 0;
    enum result result = RESULT_OK;
    while (!result && !lifecycle_default_window(from_ms, &window_ms) && window_ms <= to_ms) {
        result = advance(call, window_ms);
        if (!result)
            result = open_default_windows(call, window_ms);
        from_ms = window_ms;
    }
    return result ? result : advance(call, to_ms);
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

void control_set_clock(struct call *call)
{
    int64_t wall_ms = clock_wall_ms(); /* once, so that a step is exact */
    int64_t from_ms = wall_ms + store_clock_offset_ms(call->store), to_ms = 0;
    enum result result = read_step(call, from_ms, &to_ms);
    if (result == RESULT_INVALID) {
        call_fail(call, ERROR_CONTROL_REFUSED,
                  SLICE("Specify either [advanceMs], milliseconds up to ten years, or [now], a "
                        "time such as 2026-12-24T18:00:00Z."));
        return;
    }
    /* One transaction, so that a failure does not leave the clock between two windows. */
    if (!result)
        result = store_set_clock(call->store, to_ms - wall_ms);
    if (!result)
        result = step(call, from_ms, to_ms);
    if (result)
        call_fail_internal(call, result);
    else
        answer_clock(call);
    if (call->failed)
        store_tick_abort(call->store);
    if (store_tick_commit(call->store) && !call->failed)
        call_fail_internal(call, RESULT_STORE);
}
