/* An operation: one row of a table, which the router, the gate, the metrics, the faults and the
 * policies read. */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include "api/errors.h"
#include "api/members.h"

struct call;

/* What must hold before an operation runs; the gate checks it. */
enum operation_needs {
    NEEDS_BROKER = 1, /* the broker of the path exists: 404 */
    NEEDS_RUNNING =
        2, /* wrong_state in any state but RUNNING, not only where it cannot be changed */
};

/* A row names the members it needs; what is left out is zero. */
struct operation {
    const char *name; /* of the API; NULL: counted, logged and kept as no operation */
    const char *method;
    const char *path; /* labels in braces */
    int status;       /* of a success; 0: 200 */
    unsigned needs;
    enum error_id wrong_engine; /* where the broker runs RabbitMQ; ERROR_NONE: it may */
    enum error_id wrong_state;  /* where the broker cannot be changed; ERROR_NONE: it need not be */
    const struct members *body; /* read into call->input; NULL: the body is ignored */
    bool (*check)(struct call *call); /* rules that need no store; false: answered. May be NULL */
    void (*run)(struct call *call);

    /* Of the control API's rows, which have no name: */
    bool exclusive; /* needs the store for itself: it runs between ticks */
    bool open;      /* answered also with --control off, from anywhere, without token */
    bool tokenless; /* answered without token: a browser sends none when it is given an address */
    const char *query; /* its members, a blank around each; NULL: all are ignored */
};

#endif
