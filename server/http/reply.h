/* What stands on every reply, and its line in the log. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "api/reply.h"
#include "base/ids.h"
#include "observe/journal.h"
#include "observe/metrics.h"
#include "http/exchange.h"

enum { REPLY_ALL_HEADERS = 16 };

struct reply_ids {
    char request[ID_UUID];
    char apigw[ID_APIGW];
    char trace[ID_TRACE];
};

void reply_draw_ids(struct reply_ids *ids);

/* The headers of the call's reply but for Date and Content-Length; returns how many. Pages of other
 * sites may read the service's replies, not the control API's. */
size_t reply_headers(const struct call *call, const struct reply_ids *ids,
                     struct reply_header headers[REPLY_ALL_HEADERS]);

/* Counts the request and keeps it in the journal; the control API's own are only counted. */
void reply_record(const struct exchange *exchange, const struct reply_ids *ids,
                  struct journal *journal, struct metrics *metrics);

/* One line per request: never its body or query, which may hold a password or a signature. */
void reply_log(const struct exchange *exchange, const struct reply_ids *ids);

#endif
