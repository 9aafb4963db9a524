/* The way in: every request passes here, and one screen of gate.c shows in which order. */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "api/call.h"

struct gate;

struct gate_options {
    struct store *store;
    const struct settings *settings; /* borrowed for the gate's life */
    struct control *control;
};

enum result gate_new(const struct gate_options *options, struct gate **gate) MUST_CHECK;
void gate_free(struct gate *gate);

/* A request on its way, kept by the listener between the two steps below. Everything in it lives in
 * the request's arena. */
struct passage {
    const struct operation *operation;       /* NULL: no operation of the API */
    const struct control_operation *control; /* or one of the control API */
    struct labels labels;
    struct caller caller;
    bool answered;    /* the reply is final: there is no second step */
    bool alone;       /* the second step needs the store for itself, between ticks */
    bool drop;        /* carry the call out, then close the connection */
    int64_t delay_ms; /* wait that long before the second step */
    struct reply reply;
};

/* Steps 1 to 5: framing, path, route, caller, fault. Call it once, when head and body are complete.
 */
void gate_enter(struct gate *gate, const struct request *request, struct passage *passage);

/* Steps 6 to 9: body, broker, rules, the write. Sets passage->reply. */
void gate_perform(struct gate *gate, const struct request *request, struct passage *passage);

#endif
