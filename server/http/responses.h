/* Responses of libmicrohttpd kept for reuse. libmicrohttpd copies name and value of each header of
 * a new response, nine of them for most replies; a kept one gets only new ids. */
#ifndef HTTP_RESPONSES_H
#define HTTP_RESPONSES_H

#include "http/exchange.h"
#include "http/reply.h"

enum { RESPONSES_BODY_MAX = 512 }; /* a reply with a longer body gets a response of its own */

struct responses {
    struct response *spare[RESPONSES_BODY_MAX + 1]; /* lists, by the length of the body */
    size_t spare_count;
};

/* Queues the exchange's reply, which is no stream. False: it cannot be sent, out of memory. */
bool responses_queue(struct responses *responses, struct exchange *exchange,
                     const struct reply_ids *ids) MUST_CHECK;

/* Call when the exchange ends: its response can be reused. */
void responses_give(struct responses *responses, struct exchange *exchange);
void responses_close(struct responses *responses);

#endif
