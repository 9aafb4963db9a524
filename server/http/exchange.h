/* An exchange: one request and its reply. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "api/call.h"

struct connection;
struct response;
struct stream;

enum exchange_state {
    EXCHANGE_NEW,       /* the request line was received */
    EXCHANGE_BODY,      /* the head was checked, the body is being received */
    EXCHANGE_HELD,      /* the reply waits for the tick's commit */
    EXCHANGE_EXCLUSIVE, /* the operation waits until no transaction is open */
    EXCHANGE_DELAYED,   /* the operation waits for the delay of a fault */
    EXCHANGE_DUE,       /* that delay is over */
    EXCHANGE_READY,     /* the reply can be sent */
    EXCHANGE_SENT,
    EXCHANGE_STREAM, /* the reply is a stream of events, and open */
};

struct exchange {
    enum exchange_state state;
    struct connection *connection;
    void *wire; /* struct MHD_Connection */
    int64_t started_us;
    struct arena arena;
    struct request request;
    struct call call;
    struct buffer body;
    size_t received;            /* bytes of the body, including discarded ones */
    bool has_trailers;          /* the reply closes the connection */
    bool takes_interim;         /* the client reads an interim reply: HTTP/1.1 */
    bool is_probed;             /* see connections_shut_down_gone */
    bool is_discarded;          /* the body is read to its end, but not kept */
    struct response *response;  /* see responses.h; NULL if it has none of those */
    struct stream *stream;      /* of EXCHANGE_STREAM, in the arena */
    struct exchange *next_held; /* in a queue of schedule.h, of streams.h, or in the pool */
};

/* Exchanges for reuse; each keeps a small block of memory. */
struct exchange_pool {
    struct exchange *spare;
    size_t spare_count;
    size_t body_bytes; /* of the bodies of all exchanges in use */
};

/* Copies and parses the request's target. `max_body` is not for the control API, which has its own
 * limit. NULL: out of memory. If there is no memory for the target, request.raw_target is absent.
 */
struct exchange *exchange_take(struct exchange_pool *pool, struct slice raw_target,
                               size_t max_body);
void exchange_give(struct exchange_pool *pool, struct exchange *exchange); /* NULL is allowed */
void exchange_pool_close(struct exchange_pool *pool);

/* Frees what was kept of the body, and keeps no more of it: the reply is known to need none. */
void exchange_discard(struct exchange_pool *pool, struct exchange *exchange);

/* Appends to the body. Discards a body that exceeds its limit, or that of all bodies together (sets
 * request.bodies_too_large; a body of up to 16 KiB always has room), since a client reads the error
 * only after it has sent the body. False: the body is too large even for that. */
bool exchange_receive(struct exchange_pool *pool, struct exchange *exchange, const char *data,
                      size_t len);

#endif
