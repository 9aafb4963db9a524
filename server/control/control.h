/* The control API under /_local/: docs/control-api.md. */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include "api/call.h"
#include "observe/events.h"
#include "observe/journal.h"
#include "observe/metrics.h"

struct processes;

enum control_mode { CONTROL_ON, CONTROL_OFF };

/* Owned by the caller, as is everything in it. */
struct control {
    const char *version;
    const char *const *seeds; /* paths, for reset */
    size_t seed_count;
    enum control_mode mode;
    const char *token;        /* required bearer token; NULL: none */
    const char *const *names; /* allowed hosts besides localhost and addresses */
    size_t name_count;
    struct journal *journal;
    struct events events;
    struct metrics *metrics;
    struct processes *processes; /* of real brokers; NULL: none */
};

/* Whether the request may use call->operation, a row of control_operations. False: answered with
 * 404, 403, 401 or 400. */
bool control_admit(struct call *call);

#endif
