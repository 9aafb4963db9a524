/* The processes of real brokers, and the reports of their runners. */
#include <stddef.h>

#include "base/clock.h"
#include "base/text.h"
#include "brokers/reports.h"
#include "control/parts.h"

static const char *const process_states[] = {
    [SLOT_FREE] = "FREE", [SLOT_ASSIGNED] = "ASSIGNED", [SLOT_STARTING] = "STARTING",
    [SLOT_UP] = "UP",     [SLOT_STOPPING] = "STOPPING", [SLOT_GONE] = "GONE"};

static void put_log(struct call *call, struct json_writer *writer, int number)
{
    struct slice rest =
        directory_read_log(&call->control->processes->directory, number, call->scratch);
    json_key(writer, "log");
    json_list_begin(writer);
    while (rest.len > 0) {
        char *line = arena_copy(call->scratch, text_take(&rest, '\n'));
        if (line)
            text_make_line(line);
        json_write_string(writer, slice_of(line ? line : ""));
    }
    json_list_end(writer);
}

void control_put_process(struct call *call, struct json_writer *writer, const struct broker *broker,
                         bool with_log)
{
    struct slots *slots = call->settings->slots;
    const struct slot *slot = slots_find(slots, broker->id);
    if (!slot)
        return;
    bool waits = !slot_is_current(slot, broker->id);
    int number = slots_number(slots, slot);
    json_key(writer, "process");
    json_object_begin(writer);
    if (!waits)
        json_put_integer(writer, "generation", slot->generation);
    if (with_log && !waits)
        put_log(call, writer, number);
    json_put_boolean(writer, "overdue", !waits && slot->overdue);
    json_put_integer(writer, "restarts", waits ? 0 : slot->restarts);
    json_put_integer(writer, "slot", number);
    json_put_string(writer, "state", slice_of(waits ? "WAITING" : process_states[slot->state]));
    if (!waits && slot->real_version[0]) {
        struct slice version = slice_of(slot->real_version);
        json_put_string(writer, "version", version);
        if (!slots_same_line(broker->engine_version, version))
            json_put_boolean(writer, "versionDiffers", true);
    }
    json_object_end(writer);
}

/* --- Reports of runners --- */

struct report_input {
    struct optional_number generation;
    struct slice secret, state, version;
};

#define AT(member) offsetof(struct report_input, member)
static const struct member report_member_list[] = {
    {"generation", MEMBER_NUMBER, AT(generation), true, NULL},
    {"secret", MEMBER_STRING, AT(secret), true, NULL},
    {"state", MEMBER_STRING, AT(state), true, NULL},
    {"version", MEMBER_STRING, AT(version), false, NULL},
};
const struct members control_report_members = MEMBERS(report_member_list, struct report_input);

static bool read_state(struct slice text, enum report_state *state)
{
    static const struct slice states[] = {[REPORT_STARTING] = SLICE_INIT("starting"),
                                          [REPORT_UP] = SLICE_INIT("up"),
                                          [REPORT_ENDED] = SLICE_INIT("ended"),
                                          [REPORT_GONE] = SLICE_INIT("gone")};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (slice_equal(text, states[i])) {
            *state = (enum report_state)i;
            return true;
        }
    return false;
}

/* -1, which is none, if it is not an integer. */
static int64_t read_generation(double number)
{
    bool is_exact = number >= 0 && number <= (double)(INT64_C(1) << 53);
    int64_t generation = is_exact ? (int64_t)number : -1;
    return is_exact && (double)generation == number ? generation : -1;
}

void control_report_broker(struct call *call)
{
    const struct report_input *input = call->input;
    struct report report = {.broker_id = call->labels.broker_id,
                            .generation = read_generation(input->generation.value),
                            .secret = input->secret,
                            .version = input->version};
    if (!read_state(input->state, &report.state)) {
        call_fail(call, ERROR_CONTROL_VALUE, SLICE("state"),
                  SLICE("must be starting, up, ended or gone"));
        return;
    }
    enum result result = call->control->processes ? processes_report(call->control->processes,
                                                                     &report, clock_monotonic_ms())
                                                  : RESULT_NOT_FOUND;
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_CONTROL_NO_SLOT, report.broker_id);
    else if (result == RESULT_CONFLICT)
        call_fail(call, ERROR_CONTROL_STALE_REPORT);
    else
        call_finish_empty(call, result);
}
