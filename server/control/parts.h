/* What the files of the control API share. */
#ifndef CONTROL_PARTS_H
#define CONTROL_PARTS_H

#include "api/members.h"
#include "control/control.h"

void control_reset(struct control *control, struct call *call);
void control_seed(struct control *control, struct call *call);
void control_get_snapshot(struct control *control, struct call *call);
void control_put_snapshot(struct control *control, struct call *call);
void control_get_clock(struct control *control, struct call *call);
void control_set_clock(struct control *control, struct call *call);
void control_list_faults(struct control *control, struct call *call);
void control_add_fault(struct control *control, struct call *call);
void control_delete_faults(struct control *control, struct call *call);
void control_list_requests(struct control *control, struct call *call);
void control_clear_requests(struct control *control, struct call *call);
void control_authenticate(struct control *control, struct call *call);
void control_metrics(struct control *control, struct call *call);
void control_page(struct control *control, struct call *call);

/* The body's members, or an answer and false. `input` is zeroed and filled. */
bool control_read_body(struct call *call, const struct members *members, void *input);

/* A member of the query, or an answer and false. An absent one is false, and leaves the number. */
bool control_read_flag(struct call *call, struct slice name, bool *flag);
bool control_read_number(struct call *call, struct slice name, int64_t *number);

/* False where the text is no number; an absent one leaves it. */
bool control_number(struct slice text, int64_t *number);

/* 400 with a reason of ours. */
void control_refuse(struct call *call, const char *reason);

#endif
