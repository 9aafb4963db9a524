/* The server without its sockets, with the world of the targets. */
#ifndef TESTS_FUZZ_SERVER_H
#define TESTS_FUZZ_SERVER_H

#include "base/buffer.h"
#include "control/control.h"
#include "fuzz.h"
#include "gate/gate.h"
#include "http/exchange.h"
#include "store/internal.h"

enum option {
    VERIFY = 1,
    THROTTLE = 2,
    AT_ONCE = 4, /* creations, reboots and deletions take no time */
    ONE_TICK = 8,
    TOKEN = 16,
    SMALL = 32,  /* --max-body */
    LOGFMT = 64, /* '@' selects only this one */
};

struct server {
    struct store *store;
    struct settings settings;
    struct metrics metrics;
    struct control control;
    struct gate *gate;
    struct exchange_pool pool;
    struct slice input; /* the whole input */
    size_t options;
    bool rewritten;       /* an exclusive operation ran: it may have replaced the whole store */
    struct buffer answer; /* body of the last reply */
};

void server_open(struct server *server, struct slice input, size_t options);
void server_close(struct server *server);

/* Answers one request (format: request_text.h) and checks the reply. Returns its status; 0: the
 * request was skipped, since it may take long. */
int server_serve(struct server *server, struct slice input);

/* Ends the tick, which is committed. */
void server_commit(struct server *server);

/* From here on neither policies nor faults nor signatures keep a caller from an operation. */
void server_admit_all(struct server *server);

#endif
