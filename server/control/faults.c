/* Listing, adding and deleting faults. */
#include "store/faults.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "control/names.h"
#include "control/parts.h"
#include "store/store.h"

enum {
    FAULTS_MAX = 1000,           /* of an answer */
    FAULT_MESSAGE_MAX = 4 << 10, /* bytes */
};

struct fault_input {
    struct slice operation, broker_id, username, error, message;
    struct optional_integer status, delay_ms, times, seed;
    struct optional_number id; /* of an answer that is sent back; the new fault has its own */
    struct optional_number probability;
    enum optional drop;
};

#define AT(member) offsetof(struct fault_input, member)
static const struct member fault_member_list[] = {
    {"operation", MEMBER_STRING, AT(operation), false, NULL},
    {"brokerId", MEMBER_STRING, AT(broker_id), false, NULL},
    {"username", MEMBER_STRING, AT(username), false, NULL},
    {"error", MEMBER_STRING, AT(error), false, NULL},
    {"status", MEMBER_INTEGER, AT(status), false, NULL},
    {"message", MEMBER_STRING, AT(message), false, NULL},
    {"delayMs", MEMBER_INTEGER, AT(delay_ms), false, NULL},
    {"drop", MEMBER_BOOLEAN, AT(drop), false, NULL},
    {"times", MEMBER_INTEGER, AT(times), false, NULL},
    {"seed", MEMBER_INTEGER, AT(seed), false, NULL},
    {"probability", MEMBER_NUMBER, AT(probability), false, NULL},
    {"id", MEMBER_NUMBER, AT(id), false, NULL},
};
const struct members control_fault_members = MEMBERS(fault_member_list, struct fault_input);

static void put_number(struct json_writer *writer, const char *name, int64_t value)
{
    if (value != FAULT_UNSET)
        json_put_integer(writer, name, value);
}

static void write_fault(struct json_writer *writer, const struct fault *fault)
{
    char probability[32];
    snprintf(probability, sizeof probability, "%.15g", fault->probability);
    json_object_begin(writer);
    json_put_optional(writer, "brokerId", fault->broker_id);
    json_put_integer(writer, "delayMs", fault->delay_ms);
    json_put_boolean(writer, "drop", fault->drop_connection);
    json_put_optional(writer, "error", fault->error);
    json_put_integer(writer, "id", fault->id);
    json_put_optional(writer, "message", fault->message);
    json_put_optional(writer, "operation", fault->operation);
    json_put_raw(writer, "probability", slice_of(probability));
    json_put_integer(writer, "seed", fault->seed);
    put_number(writer, "status", fault->status);
    put_number(writer, "times", fault->times);
    json_put_optional(writer, "username", fault->username);
    json_object_end(writer);
}

void control_list_faults(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct fault fault = {.id = INT64_MIN};
    if (!control_read_number(call, SLICE("since"), &fault.id))
        return;
    enum result result = RESULT_OK;
    json_object_begin(&writer);
    json_key(&writer, "faults");
    json_list_begin(&writer);
    for (int count = 0; !(result = fault_next(call->store, fault.id, call->scratch, &fault)) &&
                        count < FAULTS_MAX && call->out->len < CONTROL_ANSWER_MAX;
         count++) {
        write_fault(&writer, &fault);
        arena_reset(call->scratch); /* texts may be long */
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

/* A rule of the table with the names of the members for those of the columns. */
static void put_rule(struct buffer *out, struct slice rule)
{
    static const struct {
        struct slice column, member;
    } names[] = {{SLICE_INIT("delay_ms"), SLICE_INIT("delayMs")},
                 {SLICE_INIT("drop_connection"), SLICE_INIT("drop")}};
    while (rule.len > 0) {
        size_t taken = 1;
        struct slice shown = {rule.data, 1};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (slice_starts_with(rule, names[i].column)) {
                taken = names[i].column.len;
                shown = names[i].member;
            }
        buffer_append_slice(out, shown);
        rule = slice_part(rule, taken, rule.len - taken);
    }
}

static bool breaks_status_rule(const struct call *call)
{
    return slice_starts_with(slice_of(store_broken_rule(call->store)), SLICE("status: needed"));
}

/* Behind the rule that an unknown error needs a status: the known one that was probably meant. The
 * table says whether that one does: its row is rolled back with the call, which has failed. */
static void ask_for_error(struct call *call, struct fault fault, struct buffer *message)
{
    struct nearest nearest = nearest_to(fault.error);
    for (int id = ERROR_NONE + 1; id < ERROR_COUNT; id++)
        nearest_try(&nearest, error_text((enum error_id)id)->name);
    if (!nearest.name)
        return;
    buffer_append_char(message, '.');
    buffer_append_slice(message, control_question(call, &nearest));
    fault.error = slice_of(nearest.name);
    if (fault_insert(call->store, &fault) == RESULT_INVALID && breaks_status_rule(call))
        buffer_append_string(message, " It needs one too.");
}

static void refuse_fault(struct call *call, const struct fault *fault)
{
    struct buffer message;
    buffer_init(&message, FAULT_MESSAGE_MAX);
    put_rule(&message, slice_of(store_broken_rule(call->store)));
    if (breaks_status_rule(call) && !error_by_name(fault->error))
        ask_for_error(call, *fault, &message);
    if (message.failed)
        call_fail_internal(call, message.failed);
    else
        call_fail(call, ERROR_CONTROL_REFUSED, buffer_slice(&message));
    buffer_close(&message);
}

static int64_t number_of(struct optional_integer number)
{
    return number.present ? number.value : FAULT_UNSET;
}

void control_add_fault(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    const struct fault_input *input = call->input;
    struct fault fault = {.operation = input->operation,
                          .broker_id = input->broker_id,
                          .username = input->username,
                          .error = input->error,
                          .status = number_of(input->status),
                          .message = input->message,
                          .delay_ms = input->delay_ms.present ? input->delay_ms.value : 0,
                          .drop_connection = input->drop == OPTIONAL_TRUE,
                          .times = number_of(input->times),
                          .probability = input->probability.present ? input->probability.value : 1,
                          .seed = input->seed.value};
    if (input->operation.data && !control_knows_operation(call, input->operation))
        return;
    enum result result = fault_insert(call->store, &fault);
    if (result == RESULT_INVALID) {
        refuse_fault(call, &fault);
    } else if (result) {
        call_fail_internal(call, result);
    } else {
        write_fault(&writer, &fault);
        call_succeed(call);
    }
    if (call->failed)
        store_tick_abort(call->store);
    /* A rejected insert has also opened the transaction, which would block a restore. */
    if (store_tick_commit(call->store) && !call->failed)
        call_fail_internal(call, RESULT_STORE);
}

void control_delete_faults(struct call *call)
{
    int64_t id = FAULT_UNSET;
    if (!control_read_number(call, SLICE("id"), &id))
        return;
    enum result result = fault_delete(call->store, id);
    if (store_tick_commit(call->store) && (!result || result == RESULT_NOT_FOUND))
        result = RESULT_STORE;
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_CONTROL_NO_FAULT, request_query(call->request, SLICE("id")));
    else
        call_finish_empty(call, result);
}
