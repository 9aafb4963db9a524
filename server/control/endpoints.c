#include "control/endpoints.h"

#include "api/slots.h"
#include "control/names.h"
#include "control/parts.h"
#include "store/store.h"

/* Absent: the store is healthy. */
static struct slice find_problem(struct call *call)
{
    static const struct slice reasons[] = {
        [STORE_HEALTHY] = {NULL, 0},
        [STORE_UNREADABLE] = SLICE_INIT("The store cannot be read."),
        [STORE_MOVED] = SLICE_INIT(
            "The file of --db or its write-ahead log was removed, renamed or replaced. Writes are "
            "refused; GET /_local/snapshot has the state."),
    };
    struct slice reason = reasons[store_health(call->store)];
    const struct slots *slots = call->settings->slots;
    const struct slot *slot = NULL;
    struct slice broker_id = reason.data ? (struct slice){NULL, 0} : slots_missing(slots, &slot);
    if (!broker_id.data)
        return reason;
    const char *why = !slot_is_current(slot, broker_id) ? ": the slot still has another broker"
                      : slot->overdue                   ? ": its runner has not reported it in time"
                                                        : " yet";
    return slice_of(arena_printf(call->scratch, "Broker [%s] in slot %d is not up%s.",
                                 broker_id.data, slots_number(slots, slot), why));
}

static void answer_health(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct slice problem = find_problem(call);
    json_object_begin(&writer);
    json_put_optional(&writer, "reason", problem);
    json_put_string(&writer, "status", problem.data ? SLICE("unavailable") : SLICE("ok"));
    json_put_string(&writer, "version", slice_of(call->control->version));
    json_object_end(&writer);
    call_succeed(call);
    if (problem.data && !call->failed)
        call->reply.status = 503;
}

#define LOCAL "/_local/"

/* clang-format off */
const struct operation control_operations[] = {
    {.method = "GET", .path = LOCAL "health", .open = true, .run = answer_health},
    {.method = "GET", .path = LOCAL, .tokenless = true, .linkable = true, .run = control_page},
    {.method = "POST", .path = LOCAL "reset", .exclusive = true,
     .query = " empty account region ", .body = &control_no_members, .run = control_reset},
    {.method = "POST", .path = LOCAL "seed", .exclusive = true, .query = " name ", .run = control_seed},
    {.method = "GET", .path = LOCAL "snapshot", .exclusive = true, .query = "",
     .run = control_get_snapshot},
    {.method = "PUT", .path = LOCAL "snapshot", .exclusive = true, .query = "",
     .run = control_put_snapshot},
    {.method = "GET", .path = LOCAL "clock", .query = "", .run = control_get_clock},
    {.method = "POST", .path = LOCAL "clock", .exclusive = true, .query = "",
     .run = control_set_clock},
    {.method = "GET", .path = LOCAL "faults", .query = " since ", .run = control_list_faults},
    {.method = "POST", .path = LOCAL "faults", .status = 201, .exclusive = true, .query = "",
     .body = &control_fault_members, .run = control_add_fault},
    {.method = "DELETE", .path = LOCAL "faults", .exclusive = true, .query = " id ",
     .body = &control_no_members, .run = control_delete_faults},
    {.method = "GET", .path = LOCAL "requests",
     .query = " bodies count errors last number operation since status username ",
     .run = control_list_requests},
    {.method = "DELETE", .path = LOCAL "requests", .query = "", .body = &control_no_members,
     .run = control_clear_requests},
    {.method = "POST", .path = LOCAL "authenticate", .query = "",
     .body = &control_authenticate_members, .run = control_authenticate},
    {.method = "GET", .path = LOCAL "metrics", .query = "", .run = control_metrics},
    {.method = "GET", .path = LOCAL "brokers",
     .query = " account after limit region skip sort text ", .run = control_list_brokers},
    {.method = "GET", .path = LOCAL "brokers/{broker-id}", .query = "",
     .run = control_get_broker},
    {.method = "GET", .path = LOCAL "configurations/{configuration-id}", .query = " revision ",
     .run = control_get_configuration},
    {.method = "GET", .path = LOCAL "worlds", .query = "", .run = control_list_worlds},
    {.method = "GET", .path = LOCAL "events", .query = "", .run = control_events},
    /* The secret of the order is the permission. */
    {.method = "POST", .path = LOCAL "brokers/{broker-id}", .exclusive = true, .open = true,
     .body = &control_report_members, .run = control_report_broker},
};
/* clang-format on */

const size_t control_operation_count = sizeof control_operations / sizeof *control_operations;
