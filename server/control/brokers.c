/* Brokers with what the service knows of them and what their processes do; reports of runners. */
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "brokers/reports.h"
#include "control/parts.h"
#include "mq/broker_write.h"
#include "mq/brokers.h"

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

/* The member `process`, if the broker has a slot. */
static void put_process(struct call *call, struct json_writer *writer, struct slice broker_id,
                        bool with_log)
{
    struct slots *slots = call->settings->slots;
    const struct slot *slot = slots_find(slots, broker_id);
    if (!slot)
        return;
    bool waits = !slot_is_current(slot, broker_id);
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
    if (!waits && slot->real_version[0])
        json_put_string(writer, "version", slice_of(slot->real_version));
    json_object_end(writer);
}

static enum result write_row(struct call *call, struct json_writer *writer,
                             const struct broker *broker)
{
    struct broker_place place = broker_find_place(call->settings->slots, broker->id);
    json_object_begin(writer);
    json_put_string(writer, "account", broker->account);
    json_put_string(writer, "brokerId", broker->id);
    enum result result = broker_put_instances(writer, broker, &place, call->scratch);
    json_put_string(writer, "brokerName", broker->name);
    json_put_string(writer, "brokerState", term_text(&broker_state_terms, broker->state));
    json_put_string(writer, "engineType", engine_name(broker->engine));
    json_put_string(writer, "engineVersion",
                    broker->engine_patch.data ? broker->engine_patch : broker->engine_version);
    put_process(call, writer, broker->id, false);
    json_put_string(writer, "region", broker->region);
    json_object_end(writer);
    return result;
}

void control_list_brokers(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker broker = {.id = request_query(call->request, SLICE("after"))};
    char last[SLOT_ID];
    enum result result = RESULT_OK;
    json_object_begin(&writer);
    json_key(&writer, "brokers");
    json_list_begin(&writer);
    while (!result && call->out->len < CONTROL_ANSWER_MAX) {
        result = broker_next(call->store, broker.id, call->scratch, &broker);
        if (result)
            break;
        result = write_row(call, &writer, &broker);
        snprintf(last, sizeof last, "%s", broker.id.data);
        arena_reset(call->scratch);
        broker.id = slice_of(last);
    }
    json_list_end(&writer);
    if (!result)
        json_put_boolean(&writer, "truncated", true);
    json_object_end(&writer);
    if (result && result != RESULT_NOT_FOUND)
        call_fail_internal(call, result);
    else
        call_succeed(call);
}

void control_get_broker(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker_head head;
    struct broker broker;
    enum result result =
        broker_find_head(call->store, call->labels.broker_id, call->scratch, &head);
    if (!result)
        result = broker_find(call->store, head.id, call->scratch, &broker);
    if (result == RESULT_NOT_FOUND) {
        call_fail(call, ERROR_BROKER_NOT_FOUND, call->labels.broker_id);
        return;
    }
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    brokers_set(call, &head);
    json_object_begin(&writer);
    json_put_string(&writer, "account", broker.account);
    json_key(&writer, "broker");
    result = brokers_write(call, &broker, &writer);
    put_process(call, &writer, broker.id, true);
    json_put_string(&writer, "region", broker.region);
    json_object_end(&writer);
    call_finish(call, result);
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
