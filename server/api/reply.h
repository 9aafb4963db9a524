/* The reply to a call. */
#ifndef API_REPLY_H
#define API_REPLY_H

#include "base/slice.h"

enum { REPLY_HEADERS = 2 };

struct reply_header {
    const char *name;
    const char *value;
};

struct reply {
    int status;
    struct slice body;        /* in the request's arena, or static */
    const char *content_type; /* NULL: application/json */
    const char *error;        /* the exception's name, NULL for a success */
    /* In addition to those of every reply; in the arena or static. */
    struct reply_header headers[REPLY_HEADERS];
    bool is_stream; /* of events, in place of the body */
    bool close;     /* close the connection after this reply */
};

/* A static 500, compact (for /_local/) or indented. */
struct reply reply_internal_error(bool compact);

#endif
