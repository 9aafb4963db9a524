/* The steps of every request; gate_enter and gate_perform in gate.c show their order. */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "api/call.h"

struct broker_head;
struct gate;

struct gate_options {
    struct store *store;
    const struct settings *settings; /* must outlive the gate */
    struct control *control;
};

enum result gate_new(const struct gate_options *options, struct gate **gate) MUST_CHECK;
void gate_free(struct gate *gate);

/* Steps 1 to 5: framing, path, route, caller, fault. Call it once, after the complete request was
 * received, with only call->request set. Unless it sets call->answered, call gate_perform next;
 * wait call->delay_ms before that or before the reply. */
void gate_enter(struct gate *gate, struct call *call);

/* Whether gate_enter would answer that request whatever its body is, so that none need be kept.
 * Only for the control API, whose bodies are large and whose steps 1 to 4 depend on the head alone.
 */
bool gate_refuses(struct gate *gate, const struct request *request);

/* Steps 6 to 9: body, broker, rules, write. Sets call->reply. A tick may be open unless the
 * operation is exclusive. */
void gate_perform(struct gate *gate, struct call *call);

/* The part of step 7 that needs no store: sets call->broker, or fails the call where the engine or
 * the state of its broker does not allow the operation. */
void gate_check_broker(struct call *call, const struct broker_head *broker);

#endif
