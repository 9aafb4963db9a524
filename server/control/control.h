/* The emulator's own endpoints under /_local/: docs/control-api.md. */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include "api/call.h"
#include "control/journal.h"
#include "control/metrics.h"

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

struct control_operation {
    const char *method;
    const char *path; /* behind /_local/ */
    bool alone;       /* needs the store for itself: it is run between ticks */
    bool open;        /* answered also with --control off, from anywhere, without token */
    bool tokenless;   /* answered without token: a browser sends none when it is given an address */
    const char *query; /* its members, a blank around each; NULL: all are ignored */
    void (*run)(struct control *control, struct call *call);
};

/* Whether the path is below /_local. */
bool control_owns(const struct target *target);

/* The operation of the path, once the request may use it; NULL: it is answered, with 403, 401 or
 * the methods of OPTIONS. */
const struct control_operation *control_enter(struct control *control, struct call *call);

#endif
