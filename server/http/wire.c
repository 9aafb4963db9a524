#include "http/wire.h"

#include <microhttpd.h>

#include "base/clock.h"

enum { WIRE_DAY_S = 86400 };

void wire_suspend(struct exchange *exchange)
{
    deadline_stop(&exchange->connection->deadline);
    /* After it resumes a connection, libmicrohttpd reads first and then drops a client that has
     * closed its side. It asks for the reply first if the connection has a timeout of its own.
     * Version 1.0 ignores this option once the connection is suspended. */
    MHD_set_connection_option(exchange->wire, MHD_CONNECTION_OPTION_TIMEOUT, WIRE_DAY_S);
    MHD_suspend_connection(exchange->wire);
}

void wire_resume(struct exchange *exchange, struct deadline_list *deadlines)
{
    deadline_start(deadlines, &exchange->connection->deadline, clock_monotonic_ms());
    MHD_resume_connection(exchange->wire);
}

bool wire_add_headers(struct MHD_Response *response, const struct call *call,
                      const struct reply_ids *ids)
{
    struct reply_header headers[REPLY_ALL_HEADERS];
    size_t count = reply_headers(call, ids, headers);
    for (size_t i = 0; i < count; i++) {
        if (MHD_add_response_header(response, headers[i].name, headers[i].value) == MHD_YES)
            continue;
        MHD_destroy_response(response);
        return false;
    }
    return true;
}

bool wire_queue(struct exchange *exchange, struct MHD_Response *response)
{
    if (!response)
        return false;
    bool queued = MHD_queue_response(exchange->wire, (unsigned)exchange->call.reply.status,
                                     response) == MHD_YES;
    MHD_destroy_response(response);
    return queued;
}
