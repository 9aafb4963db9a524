/* A client for one HTTP/1.1 call over a connection of its own. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stdint.h>

#include "base/buffer.h"

enum { CLIENT_HEAD = 64 << 10, CLIENT_BODY = 256 << 20 }; /* bytes of an answer, at most */

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
    int64_t limit_ms; /* for all of it: connection, request, answer */
};

struct client_answer {
    int status;
    struct slice body; /* in `bytes` */
    struct buffer bytes;
};

struct client_error {
    char text[400]; /* one line without its end */
};

/* Reads http://HOST[:PORT][/]. False: anything else. */
bool client_read_url(const char *text, struct client_url *url);

/* Sends the request and receives the whole answer. RESULT_SYSTEM: nobody there, too late, or no
 * HTTP answer; RESULT_NO_MEMORY; RESULT_TOO_LARGE; *error is set for each. The answer is to be
 * closed in any case. */
enum result client_call(const struct client_request *request, struct client_answer *answer,
                        struct client_error *error) MUST_CHECK;

void client_close(struct client_answer *answer);

#endif
