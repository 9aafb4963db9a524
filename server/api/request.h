/* A request as received. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

enum { REQUEST_SEGMENTS = 8 };

struct header {
    struct slice name, value;
};

struct query_member {
    struct slice name, value; /* percent-decoded; `+` stays `+`; without `=` the value is empty */
};

/* The request target, split before it is decoded. */
struct target {
    struct slice path;  /* raw, from the first `/` up to `?` */
    struct slice query; /* raw, after the `?`; absent without one */
    bool malformed; /* %zz, %00 or invalid UTF-8 in path or query: the members below are not set */
    struct slice segments[REQUEST_SEGMENTS]; /* decoded once */
    size_t segment_count; /* may exceed REQUEST_SEGMENTS; "/" has 1, which is empty */
    struct query_member *members;
    size_t member_count;
    bool is_control; /* below /_local, even if there is no such endpoint */
};

struct request {
    struct slice method;
    struct slice raw_target; /* as received */
    struct target target;
    const struct header *headers;
    size_t header_count;
    struct slice body;
    const char *framing_error; /* NULL: none */
    bool body_too_large;
    bool bodies_too_large; /* this one together with those of other requests */
    size_t max_body;
    struct arena *arena; /* valid until the reply was sent */
};

/* The first header of that name, ignoring case, or an absent slice. */
static inline struct slice request_header(const struct request *request, struct slice name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (slice_equal_ignoring_case(request->headers[i].name, name))
            return request->headers[i].value;
    return (struct slice){NULL, 0};
}

/* The first query member of that name, or an absent slice. */
static inline struct slice request_query(const struct request *request, struct slice name)
{
    for (size_t i = 0; i < request->target.member_count; i++)
        if (slice_equal(request->target.members[i].name, name))
            return request->target.members[i].value;
    return (struct slice){NULL, 0};
}

#endif
