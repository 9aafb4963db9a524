/* Against defects that tests have shown: bodies that never end, and request smuggling. */
#include "http/framing.h"

#include <stdlib.h>

enum {
    FRAMING_MEMBER = 72,      /* bytes of a connection's memory for each query member */
    FRAMING_LINE_REST = 2048, /* for method, version and growth of the line's buffer */
};

static size_t count_headers(const struct request *request, struct slice name)
{
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        count += slice_equal_ignoring_case(request->headers[i].name, name);
    return count;
}

/* A proxy may read `Transfer-Encoding : chunked` as Transfer-Encoding, libmicrohttpd does not: RFC
 * 9112, 5.1. */
static bool has_space_in_name(const struct request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct slice name = request->headers[i].name;
        for (size_t at = 0; at < name.len; at++)
            if (name.data[at] == ' ' || name.data[at] == '\t')
                return true;
    }
    return false;
}

const char *framing_check(const struct request *request, struct slice version)
{
    size_t encodings = count_headers(request, SLICE("Transfer-Encoding"));
    size_t lengths = count_headers(request, SLICE("Content-Length"));
    size_t hosts = count_headers(request, SLICE("Host"));
    struct slice encoding = request_header(request, SLICE("Transfer-Encoding"));
    if (has_space_in_name(request))
        return "white space in a header name";
    if (encodings > 1 || (encodings == 1 && !slice_equal_ignoring_case(encoding, SLICE("chunked"))))
        return "unsupported Transfer-Encoding";
    if (encodings > 0 && lengths > 0)
        return "both Transfer-Encoding and Content-Length";
    if (lengths > 1)
        return "more than one Content-Length";
    if (hosts > 1)
        return "more than one Host";
    if (hosts == 0 && !slice_equal(version, SLICE("HTTP/1.0")))
        return "Host is missing";
    return NULL;
}

/* libmicrohttpd keeps the request line in a buffer of at least half of the memory, and allocates a
 * record for each member. */
bool framing_exhausts(const char *target, size_t memory)
{
    size_t line = strlen(target) + FRAMING_LINE_REST, members = 1;
    const char *at = strchr(target, '?');
    if (!at)
        return false;
    while ((at = strchr(at + 1, '&')))
        members++;
    if (line < memory / 2)
        line = memory / 2;
    return line + members * FRAMING_MEMBER > memory;
}

bool framing_expects_continue(const struct request *request)
{
    return slice_equal_ignoring_case(request_header(request, SLICE("Expect")),
                                     SLICE("100-continue"));
}

bool framing_is_hopeless(const struct request *request)
{
    struct slice length = request_header(request, SLICE("Content-Length"));
    return length.data && framing_expects_continue(request) &&
           strtoull(length.data, NULL, 10) > request->max_body;
}
