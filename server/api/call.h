/* A call of an operation: the input of a handler and its means to reply. */
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
struct slots;
struct store;

/* The identity of a caller, who sees only the brokers of this account and region. */
struct caller {
    struct slice account;
    struct slice region;
    struct slice access_key; /* as sent; absent: none */
    struct slice user_name;  /* of a seeded access key; absent: the account's root */
};

/* The options of the command line for the service. */
struct settings {
    struct slice account; /* for callers without one */
    struct slice region;
    bool verify;   /* --auth verify */
    bool throttle; /* --throttle service */
    /* Durations of creations, reboots and deletions; 0: they end before the reply. */
    int64_t create_ms, reboot_ms, delete_ms;
    struct slots *slots; /* of real brokers; NULL without --brokers */
};

/* The broker in the path: the columns that most operations need. */
struct call_broker {
    struct slice id;
    struct slice name;
    enum broker_state state;
    enum engine engine;
    bool shows_users;
    bool shows_users_applied; /* their pending changes too */
};

/* Absent unless the path of the operation has the label. */
struct labels {
    struct slice broker_id;
    struct slice username;
    struct slice configuration_id;
    struct slice configuration_revision;
    struct slice resource_arn;
};

struct page {
    int64_t max_results;
    struct slice after; /* the last key of the previous page; absent on the first page */
};

/* The creator of a call sets `request`, the gate the other members. */
struct call {
    const struct request *request;
    const struct operation *operation; /* NULL: unknown */
    const struct settings *settings;
    struct control *control; /* for the control API */
    struct store *store;
    struct arena *arena;   /* for the reply: that of the request, valid until the reply is sent */
    struct arena *scratch; /* for everything else: valid until the handler returns */
    struct buffer *out;    /* for the body of the reply */
    int64_t now_ms;        /* the service's clock */
    struct labels labels;
    struct caller caller;
    struct call_broker broker; /* set for operations on a broker */
    struct page page;          /* set for lists */
    void *input;               /* the members of the body; NULL if the operation has none */
    struct reply reply;
    bool failed;       /* the reply is an error: the writes of the call are rolled back */
    bool answered;     /* the reply is final: the operation is not run */
    bool unfinished;   /* of an exclusive operation: it is run again once no clock step is open */
    bool drop;         /* close the connection instead of sending the reply */
    bool from_browser; /* a browser looked for the page: no call, so not in the journal */
    int64_t delay_ms;  /* of a fault, before the operation runs or the reply is sent */
};

/* call_fail(call, id, ...) answers with an error of the table. After the id come as many `struct
 * slice` as its text has placeholders; another number is a bug: 500, and a line in the log. */
#define call_fail(call, ...) call_fail_within(call, ((struct slice){NULL, 0}), __VA_ARGS__)

/* call_fail_within(call, path, id, ...) does the same with `path` (with its dot, `users[0].`) as
 * the prefix of the attribute. */
#define call_fail_within(call, path, ...) CALL_FAIL(call, path, __VA_ARGS__, {NULL, 0})

/* The last element, which prevents an empty array, is not counted. */
#define CALL_FAIL(call, path, id, ...)                                  \
    call_fail_with(call, path, id, (const struct slice[]){__VA_ARGS__}, \
                   sizeof((const struct slice[]){__VA_ARGS__}) / sizeof(struct slice) - 1)

/* Implements the two macros above. */
void call_fail_with(struct call *call, struct slice path, enum error_id id,
                    const struct slice *args, size_t count);

/* A number as an argument of call_fail, in call->scratch; `?` if out of memory. */
struct slice call_number(struct call *call, int64_t number);

/* Answers an internal failure: 500, and a line in the log. */
void call_fail_internal(struct call *call, enum result result);

/* Success with call->out as the body; 500 if out of memory. */
void call_succeed(struct call *call);

/* call_succeed for RESULT_OK, else call_fail_internal. */
void call_finish(struct call *call, enum result result);

/* As call_finish, with the static body `{}`: cannot fail after the call has committed. */
void call_finish_empty(struct call *call, enum result result);

/* Copies call->out into the arena as the body of the reply; 500 if out of memory. */
void call_set_body(struct call *call);

/* Runs the operation. The status of a success is that of the operation, unless the handler sets
 * another one. */
void call_run(struct call *call);

#endif
