/* A call of an operation: what a handler gets and how it answers. */
#ifndef API_CALL_H
#define API_CALL_H

#include <stdint.h>

#include "api/errors.h"
#include "api/reply.h"
#include "api/request.h"
#include "base/json.h"
#include "store/terms.h"

struct control;
struct operation;
struct store;

/* Who calls, and so which brokers exist for them. */
struct caller {
    struct slice account;
    struct slice region;
    struct slice access_key; /* as sent; absent: none */
    struct slice user_name;  /* of a seeded access key; absent: the account's root */
};

/* What the command line says about the service. */
struct settings {
    struct slice account; /* of a caller that names none */
    struct slice region;
    bool verify;   /* --auth verify */
    bool throttle; /* --throttle service */
    /* How long creations, reboots and deletions take; 0: over before the call is answered. */
    int64_t create_ms, reboot_ms, delete_ms;
};

/* The broker a path names, as far as every operation wants to know it. */
struct call_broker {
    struct slice id;
    struct slice name;
    enum broker_state state;
    enum engine engine;
    bool shows_users;
};

/* Path labels that the operation does not have are absent. */
struct labels {
    struct slice broker_id;
    struct slice username;
    struct slice configuration_id;
    struct slice configuration_revision;
    struct slice resource_arn;
};

struct page {
    int64_t max_results;
    struct slice after; /* the last key of the page before; absent on the first page */
};

/* One call from the first byte of its request to the last of its reply. Who makes one sets
 * `request`; the gate sets the rest. */
struct call {
    const struct request *request;
    const struct operation *operation; /* NULL: there is none, or none yet */
    const struct settings *settings;
    struct control *control; /* what the endpoints of the control API work with */
    struct store *store;
    struct arena *arena;   /* the request's, lives until the reply is sent: for the reply */
    struct arena *scratch; /* lives until the handler returns: for everything else */
    struct buffer *out;    /* the reply's body is written here */
    int64_t now_ms;        /* the service's clock */
    struct labels labels;
    struct caller caller;
    struct call_broker broker; /* set for operations on a broker */
    struct page page;          /* set for lists */
    void *input;               /* the operation's members; NULL where it has none */
    struct reply reply;
    bool failed;      /* the reply is an error: nothing of the call may remain */
    bool answered;    /* the reply is final: the operation is not to be run */
    bool drop;        /* the connection ends instead of the reply */
    int64_t delay_ms; /* a fault's, before the operation is run or the reply sent */
};

/* call_fail(call, id, ...) answers with an error of the table. Behind the id stand as many
 * `struct slice` as its text has places; another number is a mistake in the caller: 500, and a line
 * in the log. */
#define call_fail(call, ...) call_fail_within(call, ((struct slice){NULL, 0}), __VA_ARGS__)

/* call_fail_within(call, path, id, ...) does the same for a part of the body: `path` (with its dot,
 * `users[0].`) goes before the attribute. */
#define call_fail_within(call, path, ...) CALL_FAIL(call, path, __VA_ARGS__, {NULL, 0})

/* The last one is no argument: an array has at least one element. */
#define CALL_FAIL(call, path, id, ...)                                  \
    call_fail_with(call, path, id, (const struct slice[]){__VA_ARGS__}, \
                   sizeof((const struct slice[]){__VA_ARGS__}) / sizeof(struct slice) - 1)

/* What the two above call. */
void call_fail_with(struct call *call, struct slice path, enum error_id id,
                    const struct slice *args, size_t count);

/* As call_fail, where a step of the call failed for a reason of ours: 500, and a line in the log.
 */
void call_fail_internal(struct call *call, enum result result);

/* Success with what was written to call->out; 500 where there is no memory for it. */
void call_succeed(struct call *call);

/* The same where the last step of the call succeeded, else as call_fail_internal. */
void call_finish(struct call *call, enum result result);

/* As call_finish, with the body `{}`, which needs no memory: what the call has committed stays
 * answered. */
void call_finish_empty(struct call *call, enum result result);

/* Moves call->out into the arena as the body of the reply. */
void call_take_body(struct call *call);

/* Runs the operation. A success has the status of the operation's row, unless the handler has set
 * another one. */
void call_run(struct call *call);

#endif
