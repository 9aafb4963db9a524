/* What exchanges do with libmicrohttpd, beside the listener. */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include "http/connections.h"
#include "http/exchange.h"
#include "http/reply.h"

struct MHD_Response;

/* Stops the exchange's deadline, which is for the client, which now waits for the server. */
void wire_suspend(struct exchange *exchange);
void wire_resume(struct exchange *exchange, struct deadline_list *deadlines);

/* Adds the headers. False: out of memory, and the response is destroyed. */
bool wire_add_headers(struct MHD_Response *response, const struct call *call,
                      const struct reply_ids *ids);

/* Queues a response that is for this exchange alone, NULL if there was no memory for it. False: it
 * cannot be sent. */
bool wire_queue(struct exchange *exchange, struct MHD_Response *response) MUST_CHECK;

#endif
