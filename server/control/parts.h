/* Shared by the files of the control API. */
#ifndef CONTROL_PARTS_H
#define CONTROL_PARTS_H

#include "api/members.h"
#include "control/control.h"

struct broker;

extern const struct members control_authenticate_members, control_fault_members,
    control_report_members;

/* Bytes. A list ends with the entry that reaches this size, well below the limit of a reply: one
 * with every character escaped can take 100 KiB in the journal, 12 MiB among the faults. */
enum { CONTROL_ANSWER_MAX = 16 << 20 };

void control_reset(struct call *call);
void control_seed(struct call *call);
void control_get_snapshot(struct call *call);
void control_put_snapshot(struct call *call);
void control_get_clock(struct call *call);
void control_set_clock(struct call *call);
void control_list_faults(struct call *call);
void control_add_fault(struct call *call);
void control_delete_faults(struct call *call);
void control_list_requests(struct call *call);
void control_clear_requests(struct call *call);
void control_authenticate(struct call *call);
void control_metrics(struct call *call);
void control_list_brokers(struct call *call);
void control_get_broker(struct call *call);
void control_get_configuration(struct call *call);
void control_list_worlds(struct call *call);
void control_events(struct call *call);
void control_report_broker(struct call *call);
void control_page(struct call *call);

/* Reads a query parameter. An absent flag is false; an absent number is not changed. False:
 * answered with an error. */
bool control_read_flag(struct call *call, struct slice name, bool *flag);
bool control_read_number(struct call *call, struct slice name, int64_t *number);

/* False if the text is not a number; an absent text does not change *number. */
bool control_number(struct slice text, int64_t *number);

/* The member `process` of a broker that has a slot, with its last lines or without. */
void control_put_process(struct call *call, struct json_writer *writer, const struct broker *broker,
                         bool with_log);

/* The members `remainingMs` and `stateDueMs` of a broker whose state changes by itself. */
void control_put_remaining(struct call *call, struct json_writer *writer, int64_t state_due_ms);

#endif
