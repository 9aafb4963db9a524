/* An HTTP/1.1 client: one connection for each request. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

enum { CLIENT_HEAD_MAX = 64 << 10, CLIENT_BODY_MAX = 256 << 20 }; /* bytes of an answer */

struct client_url {
    char host[256]; /* a literal IPv6 address without its brackets */
    char port[6];
};

struct client_request {
    const struct client_url *url;
    const char *method;
    const char *target; /* path and query, percent-encoded */
    const char *token;  /* sent as a bearer token; NULL: none */
    struct slice body;
    int64_t limit_ms; /* for connection, request and answer together */
};

struct client_answer {
    int status;
    struct slice body; /* part of `bytes` */
    struct buffer bytes;
};

struct client_error {
    char text[400];   /* one line without a line feed */
    bool unreachable; /* there is no connection */
};

/* Parses http://HOST[:PORT][/]; false for anything else. */
bool client_read_url(const char *text, struct client_url *url);

/* Sends the request and receives the whole answer. RESULT_SYSTEM: no connection, a timeout, or no
 * valid HTTP answer; RESULT_NO_MEMORY; RESULT_TOO_LARGE; *error is set for each. Call client_close
 * in any case. */
enum result client_call(const struct client_request *request, struct client_answer *answer,
                        struct client_error *error) MUST_CHECK;

void client_close(struct client_answer *answer);

#endif
