/* Requests as text in an input: a request line, headers, an empty line, a body.
 *
 *     POST /v1/brokers/b-orders/users/alice
 *     X-Amz-Date: 20261123T171421Z
 *
 *     {"password":"correct-horse-1"}
 *
 * Lines may end with CR LF; a version may follow the target. As with libmicrohttpd, a target or
 * header has no NUL and no CR: they end it. */
#ifndef TESTS_FUZZ_REQUEST_TEXT_H
#define TESTS_FUZZ_REQUEST_TEXT_H

#include "api/request.h"
#include "fuzz.h"

enum { REQUEST_TEXT_HEADERS = 64 };

struct request_text {
    struct request request;
    struct header headers[REQUEST_TEXT_HEADERS];
    bool old_version; /* HTTP/1.0 */
    struct fuzz_pieces pieces;
};

/* Fills text->request except its arena and target. Every part is a separate copy; with `terminated`
 * the headers are NUL-terminated, as from libmicrohttpd. Free it with request_text_close. */
void request_text_read(struct slice input, bool terminated, struct request_text *text);
void request_text_close(struct request_text *text);

#endif
