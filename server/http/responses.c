#include "http/responses.h"

#include <microhttpd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/wire.h"

enum { RESPONSES_SPARES_MAX = 256 };

struct response {
    struct MHD_Response *wire;
    struct response *next;
    struct reply_ids ids; /* which its headers have */
    size_t len;
    char body[];
};

static void destroy(struct response *response)
{
    MHD_destroy_response(response->wire);
    free(response);
}

/* `body` has the length of the reply's. NULL: out of memory. */
static struct MHD_Response *build(const struct call *call, const struct reply_ids *ids,
                                  const char *body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        call->reply.body.len, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    return response && wire_add_headers(response, call, ids) ? response : NULL;
}

static struct response *create(const struct call *call, const struct reply_ids *ids)
{
    size_t len = call->reply.body.len;
    struct response *response = malloc(sizeof *response + len);
    if (!response)
        return NULL;
    response->len = len;
    response->ids = *ids;
    response->wire = build(call, ids, response->body);
    if (response->wire)
        return response;
    free(response);
    return NULL;
}

/* Out of memory it has lost some, and false is returned. */
static bool renew_ids(struct response *response, const struct reply_ids *ids)
{
    struct reply_header before[REPLY_OWN_HEADERS], now[REPLY_OWN_HEADERS];
    reply_own_headers(&response->ids, before);
    reply_own_headers(ids, now);
    for (size_t i = 0; i < REPLY_OWN_HEADERS; i++)
        if (MHD_del_response_header(response->wire, before[i].name, before[i].value) != MHD_YES ||
            MHD_add_response_header(response->wire, now[i].name, now[i].value) != MHD_YES)
            return false;
    response->ids = *ids;
    return true;
}

static struct response *take(struct responses *responses, const struct call *call,
                             const struct reply_ids *ids)
{
    struct response **spare = &responses->spare[call->reply.body.len], *response = *spare;
    if (!response)
        return create(call, ids);
    *spare = response->next;
    responses->spare_count--;
    if (renew_ids(response, ids))
        return response;
    destroy(response);
    return NULL;
}

bool responses_queue(struct responses *responses, struct exchange *exchange,
                     const struct reply_ids *ids)
{
    const struct call *call = &exchange->call;
    size_t len = call->reply.body.len;
    /* A long body stays where it is: it belongs to the exchange, or is static. */
    const char *body = call->reply.body.data ? call->reply.body.data : "";
    if (len > RESPONSES_BODY_MAX || !reply_is_common(call))
        return wire_queue(exchange, build(call, ids, body));
    struct response *response = take(responses, call, ids);
    if (!response)
        return false;
    memcpy(response->body, body, len);
    exchange->response = response;
    return MHD_queue_response(exchange->wire, (unsigned)call->reply.status, response->wire) ==
           MHD_YES;
}

void responses_give(struct responses *responses, struct exchange *exchange)
{
    struct response *response = exchange->response;
    if (!response)
        return;
    exchange->response = NULL;
    /* Lengths that are no longer asked for take no room from the others. */
    if (responses->spare_count >= RESPONSES_SPARES_MAX)
        responses_close(responses);
    response->next = responses->spare[response->len];
    responses->spare[response->len] = response;
    responses->spare_count++;
}

void responses_close(struct responses *responses)
{
    for (size_t len = 0; len <= RESPONSES_BODY_MAX; len++)
        while (responses->spare[len]) {
            struct response *next = responses->spare[len]->next;
            destroy(responses->spare[len]);
            responses->spare[len] = next;
        }
    responses->spare_count = 0;
}
