/* The way in: every request passes here, and one screen of gate.c shows in which order. */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "api/call.h"

struct broker_head;
struct gate;

struct gate_options {
    struct store *store;
    const struct settings *settings; /* borrowed for the gate's life */
    struct control *control;
};

enum result gate_new(const struct gate_options *options, struct gate **gate) MUST_CHECK;
void gate_free(struct gate *gate);

/* Steps 1 to 5: framing, path, route, caller, fault. Call it once, when head and body are complete;
 * of `call` only `request` is set before. Afterwards call->answered says whether there is a second
 * step, call->delay_ms how long to wait before it or before the reply. */
void gate_enter(struct gate *gate, struct call *call);

/* Steps 6 to 9: body, broker, rules, the write. Unless the operation is exclusive it may run while
 * a tick is open. Sets call->reply. */
void gate_perform(struct gate *gate, struct call *call);

/* The part of step 7 that needs no store: sets call->broker, or fails the call where the engine or
 * the state of its broker does not allow the operation. */
void gate_meet_broker(struct call *call, const struct broker_head *broker);

#endif
