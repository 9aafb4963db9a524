/* Responses that stay open: the events of /_local/events. Each connection is suspended until
 * something has changed. */
#ifndef HTTP_STREAMS_H
#define HTTP_STREAMS_H

#include "http/exchange.h"
#include "http/reply.h"
#include "observe/events.h"

struct MHD_Response;
struct deadline_list;

struct streams {
    struct events *events;
    struct deadline_list *deadlines; /* while an event is sent */
    struct exchange *first;
    bool ending; /* none waits any longer */
};

/* The response of an exchange, whose state becomes EXCHANGE_STREAM. NULL: out of memory. */
struct MHD_Response *streams_open(struct streams *streams, struct exchange *exchange,
                                  const struct reply_ids *ids);

/* Call when the exchange ends. */
void streams_forget(struct streams *streams, struct exchange *exchange);

/* Resumes those that have an event to send, or all after streams->ending was set; true: there are
 * some. No tick may be open. */
bool streams_wake(struct streams *streams);

/* Ends one, since its client has closed its side. Does nothing if it is ending already. */
void streams_end(struct streams *streams, struct exchange *exchange);

#endif
