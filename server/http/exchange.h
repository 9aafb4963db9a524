/* One request and its reply on their way through the server. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "api/call.h"

struct connection;

enum exchange_state {
    EXCHANGE_NEW,       /* the request line is known */
    EXCHANGE_BODY,      /* the head is checked, the body arrives */
    EXCHANGE_HELD,      /* the reply waits for the tick's commit */
    EXCHANGE_EXCLUSIVE, /* the operation waits until no tick is open */
    EXCHANGE_DELAYED,   /* a fault's delay runs */
    EXCHANGE_DUE,       /* and is over */
    EXCHANGE_READY,     /* the reply can be sent */
    EXCHANGE_SENT,
};

struct exchange {
    enum exchange_state state;
    struct connection *connection;
    void *wire; /* libmicrohttpd's side of it */
    int64_t started_us;
    struct arena arena;
    struct request request;
    struct call call;
    struct buffer body;
    size_t received;            /* bytes of the body, also those thrown away */
    struct exchange *next_held; /* or the next spare one */
};

/* Spare exchanges keep their first block of memory. */
struct exchange_pool {
    struct exchange *spare;
    size_t spare_count;
};

/* Begins with the request's target, which is copied; the control API has its own limit of a body.
 * NULL: out of memory. Where the memory does not suffice for the target, it is absent. */
struct exchange *exchange_take(struct exchange_pool *pool, struct slice raw_target,
                               size_t max_body);
void exchange_give(struct exchange_pool *pool, struct exchange *exchange); /* NULL is none */
void exchange_pool_close(struct exchange_pool *pool);

/* More of the body. What passes its ceiling is thrown away, so that the client reads the refusal;
 * false: it is too much even for that. */
bool exchange_receive(struct exchange *exchange, const char *data, size_t len);

#endif
