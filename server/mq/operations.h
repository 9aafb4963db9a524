/* The operations of the API: one row each, which every part of the server reads. */
#ifndef MQ_OPERATIONS_H
#define MQ_OPERATIONS_H

#include "api/call.h"
#include "api/members.h"

/* What must hold before an operation runs; the gate checks it. */
enum operation_needs {
    NEEDS_BROKER = 1,   /* the broker of the path exists: 404 */
    NEEDS_ACTIVEMQ = 2, /* and runs ActiveMQ: 400 */
};

struct operation {
    const char *name;
    const char *method;
    const char *path; /* labels in braces */
    int status;       /* of a success */
    unsigned needs;
    enum error_id
        wrong_state; /* answered unless the broker can be changed; ERROR_NONE: any state will do */
    const struct members *members; /* of the body; NULL: the body is ignored */
    bool (*check)(
        struct call *call); /* rules that need no store; false: it answered. May be NULL */
    void (*run)(struct call *call);
};

extern const struct operation operations[];
extern const size_t operation_count;

#endif
