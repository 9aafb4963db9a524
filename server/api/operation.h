/* An operation: a row of a table, used by the router, gate, metrics, faults and policies. */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include "api/errors.h"
#include "api/members.h"

struct call;

/* Preconditions of an operation, checked by the gate. */
enum operation_needs {
    NEEDS_BROKER = 1,  /* the broker in the path exists; else 404 */
    NEEDS_RUNNING = 2, /* and is RUNNING, where other operations need a state that allows changes */
};

struct operation {
    const char *name; /* NULL in the control API: metrics, log and journal show no operation */
    const char *method;
    const char *path; /* labels in braces */
    int status;       /* of a success; 0: 200 */
    unsigned needs;
    enum error_id wrong_engine; /* the error for a RabbitMQ broker; or ERROR_NONE */
    enum error_id wrong_state;  /* the error if the broker's state forbids it; or ERROR_NONE */
    const struct members *body; /* read into call->input; NULL: the body is ignored */
    bool (*check)(struct call *call); /* rules without the store; false: answered. May be NULL */
    void (*run)(struct call *call);
    /* With one statement at most, and nothing fails after it: store_operation_begin. If something
     * did, all calls of the tick would be answered with 500. */
    bool writes_once;

    /* Only for the control API: */
    bool exclusive;    /* runs between ticks, as the only user of the store */
    bool open;         /* allowed with --control off, from any host and origin, without token */
    bool tokenless;    /* allowed without token: a browser sends none for an address typed in */
    bool linkable;     /* a link on a page of another site may open it: a page without data */
    const char *query; /* allowed parameters, a space around each; NULL: all are ignored */
};

#endif
