/* An operation: one row of a table, which the router, the gate, the metrics, the faults and the
 * policies read. */
#ifndef API_OPERATION_H
#define API_OPERATION_H

#include "api/call.h"
#include "api/members.h"

/* What must hold before an operation runs; the gate checks it. */
enum operation_needs {
    NEEDS_BROKER = 1,   /* the broker of the path exists: 404 */
    NEEDS_ACTIVEMQ = 2, /* and runs ActiveMQ: 400 */
};

/* A row names the members it needs; what is left out is zero. */
struct operation {
    const char *name;
    const char *method;
    const char *path; /* labels in braces */
    int status;       /* of a success; 0: 200 */
    unsigned needs;
    enum error_id
        wrong_state; /* answered unless the broker can be changed; ERROR_NONE: any state will do */
    const struct members *body; /* read into call->input; NULL: the body is ignored */
    bool (*check)(
        struct call *call); /* rules that need no store; false: it answered. May be NULL */
    void (*run)(struct call *call);
};

#endif
