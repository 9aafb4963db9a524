#include "mq/clock.h"

#include "base/clock.h"
#include "mq/lifecycle.h"

/* The default window that opens first after `after_ms`. */
static int64_t window_after(int64_t after_ms)
{
    int64_t window_ms = CLOCK_STEP_NEVER;
    if (after_ms == CLOCK_STEP_NEVER || lifecycle_default_window(after_ms, &window_ms) ||
        window_ms > CLOCK_MAX_MS)
        return CLOCK_STEP_NEVER;
    return window_ms;
}

/* Windows in which nothing can happen are left out: where none of the brokers has anything pending
 * or under way, that remains so until the end of the step. */
static void pass_window(struct clock_step *step)
{
    step->window_ms = window_after(step->again_ms);
    step->again_ms = CLOCK_STEP_NEVER;
    step->broker_id[0] = '\0';
}

static enum result step_forward(struct store *store, const struct settings *settings,
                                struct clock_step *step, int64_t to_ms, bool *done)
{
    int64_t left = LIFECYCLE_SLICE, reached_ms = 0;
    enum result result = RESULT_OK;
    while (!result && left > 0) {
        bool has_window = step->window_ms <= to_ms;
        result = lifecycle_advance(store, settings, store_now_ms(store),
                                   has_window ? step->window_ms : to_ms, &left, &reached_ms);
        *done = !result && left > 0 && !has_window;
        if (result || left <= 0 || *done)
            break;
        result = lifecycle_open_default_windows(store, settings, to_ms, step, &left);
        if (result == RESULT_NOT_FOUND) {
            pass_window(step);
            result = RESULT_OK;
        }
    }
    if (!result && !*done && reached_ms > store_now_ms(store))
        result = store_set_clock(store, reached_ms - clock_wall_ms());
    return result;
}

/* The clock shows the end of the step, and no step is under way. */
static enum result arrive(struct store *store, int64_t offset_ms)
{
    enum result result = store_set_clock(store, offset_ms);
    return !result && clock_step_is_open(store) ? clock_step_close(store) : result;
}

static enum result make_slice(struct store *store, const struct settings *settings,
                              struct clock_step *step)
{
    bool done = false;
    int64_t to_ms = clock_until_max(clock_wall_ms() + step->offset_ms);
    enum result result = step_forward(store, settings, step, to_ms, &done);
    if (result)
        return result;
    return done ? arrive(store, step->offset_ms) : clock_step_save(store, step);
}

enum result clock_begin_step(struct store *store, const struct settings *settings,
                             int64_t offset_ms)
{
    struct clock_step step = {.window_ms = window_after(store_now_ms(store)),
                              .again_ms = CLOCK_STEP_NEVER};
    enum result result = RESULT_OK;
    int64_t back_ms = store_clock_offset_ms(store) - offset_ms;
    if (back_ms > 0) {
        result = broker_set_back(store, back_ms);
        return result ? result : arrive(store, offset_ms);
    }
    if (clock_step_is_open(store))
        result = clock_step_find(store, &step);
    step.offset_ms = offset_ms;
    if (!result)
        result = make_slice(store, settings, &step);
    if (!result)
        clock_step_set_failed(store, false);
    return result;
}

enum result clock_continue_step(struct store *store, const struct settings *settings)
{
    struct clock_step step;
    enum result result = clock_step_find(store, &step);
    return result ? result : make_slice(store, settings, &step);
}

enum result clock_complete_step(struct store *store, const struct settings *settings)
{
    enum result result = RESULT_OK;
    while (!result && clock_step_is_open(store)) {
        result = clock_continue_step(store, settings);
        if (result)
            store_tick_abort(store);
        if (store_tick_commit(store) && !result)
            result = RESULT_STORE;
    }
    return result;
}
