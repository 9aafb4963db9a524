/* Each check answers to a measured defect: bodies that never end, request smuggling, values cut at
 * a NUL. */
#include "http/framing.h"

static size_t count_headers(const struct request *request, struct slice name)
{
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        count += slice_equal_ignoring_case(request->headers[i].name, name);
    return count;
}

const char *framing_check(const struct request *request, struct slice version)
{
    size_t encodings = count_headers(request, SLICE("Transfer-Encoding"));
    size_t lengths = count_headers(request, SLICE("Content-Length"));
    size_t hosts = count_headers(request, SLICE("Host"));
    struct slice encoding = request_header(request, SLICE("Transfer-Encoding"));
    if (encodings > 1 || (encodings == 1 && !slice_equal_ignoring_case(encoding, SLICE("chunked"))))
        return "unsupported Transfer-Encoding";
    if (encodings > 0 && lengths > 0)
        return "both Transfer-Encoding and Content-Length";
    if (lengths > 1)
        return "more than one Content-Length";
    if (hosts > 1)
        return "more than one Host";
    if (hosts == 0 && slice_equal(version, SLICE("HTTP/1.1")))
        return "Host is missing";
    return NULL;
}
