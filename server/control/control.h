/* The emulator's own endpoints under /_local/: docs/control-api.md. */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include "api/call.h"
#include "observe/journal.h"
#include "observe/metrics.h"

enum control_mode { CONTROL_ON, CONTROL_OFF };

/* What the endpoints work with; everything is borrowed. */
struct control {
    const char *version;
    const char *const *seeds; /* paths, for reset */
    size_t seed_count;
    enum control_mode mode;
    const char *token;        /* that requests must bear; NULL: none */
    const char *const *names; /* hosts beside loopback names and literal addresses */
    size_t name_count;
    struct journal *journal;
    struct metrics *metrics;
};

/* Whether the request may use call->operation, a row of control_operations; false: it is answered,
 * with 404, 403, 401 or 400. */
bool control_admit(struct call *call);

#endif
