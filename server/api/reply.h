/* What a call is answered with. */
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
    struct reply_header
        headers[REPLY_HEADERS]; /* beyond those of every reply; in the arena or static */
    bool close;                 /* the connection ends with this reply */
};

/* The answer when nothing else can be said, compact (below /_local/) or laid out; needs no memory.
 */
struct reply reply_internal_error(bool compact);

#endif
