/* Requests as text, the way an input holds them: a request line, headers, an empty line, a body.
 *
 *     POST /v1/brokers/b-orders/users/alice
 *     X-Amz-Date: 20261123T171421Z
 *
 *     {"password":"correct-horse-1"}
 *
 * Lines may end with CR LF; the version may stand behind the target. What libmicrohttpd never
 * delivers does not come out either: a NUL ends the target and a header, a CR a header. */
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

/* Fills text->request but for its arena and target. Every part is a copy of its own; with
 * `terminated` the headers too have the NUL that libmicrohttpd puts behind them. End it with
 * request_text_close. */
void request_text_read(struct slice input, bool terminated, struct request_text *text);
void request_text_close(struct request_text *text);

#endif
