/* The headers of a reply, and its entries in the log, the journal and the metrics. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "api/reply.h"
#include "base/ids.h"
#include "observe/journal.h"
#include "observe/metrics.h"
#include "http/exchange.h"

enum { REPLY_ALL_HEADERS = 16, REPLY_OWN_HEADERS = 3 };

struct reply_ids {
    char request[ID_UUID];
    char apigw[ID_APIGW];
    char trace[ID_TRACE];
};

/* Fills in the headers that no other reply has, those with the ids. */
void reply_own_headers(const struct reply_ids *ids, struct reply_header headers[REPLY_OWN_HEADERS]);

/* Fills in all headers of the call's reply except Date and Content-Length; returns their number.
 * The own ones are the last. Replies of the control API have no CORS headers. */
size_t reply_headers(const struct call *call, const struct reply_ids *ids,
                     struct reply_header headers[REPLY_ALL_HEADERS]);

/* Whether the headers are those of most replies, which differ only in their own ones. Not for a
 * stream. */
bool reply_is_common(const struct call *call);

/* Draws the ids, logs the request, and adds it to the metrics and, if it is not for the control
 * API, to the journal. */
void reply_tell(const struct exchange *exchange, struct journal *journal, struct metrics *metrics,
                struct reply_ids *ids);

#endif
