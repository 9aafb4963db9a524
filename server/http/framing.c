/* Against defects that tests have shown: bodies that never end, and request smuggling. */
#include "http/framing.h"

#include <stdlib.h>

#include "base/text.h"

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
static bool has_only_tokens(const struct request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct slice name = request->headers[i].name;
        if (name.len == 0 || !text_is_word(name, "!#$%&'*+-.^_`|~"))
            return false;
    }
    return true;
}

/* Some readers take it for the end of a line: RFC 9112, 2.2. */
static bool has_bare_cr(const struct request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct slice value = request->headers[i].value;
        if (value.len > 0 && memchr(value.data, '\r', value.len))
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
    if (!has_only_tokens(request))
        return "a header name that is not a token";
    if (has_bare_cr(request))
        return "CR in a header";
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

/* The zeros that replace a line end, from *at on: CRLF or LF. */
static bool skip_line_end(const char **at, const char *end)
{
    const char *start = *at;
    while (*at < end && *at - start < 2 && **at == '\0')
        (*at)++;
    return *at > start;
}

/* The zero that replaces the colon, and blanks. */
static bool skip_colon(const char **at, const char *end)
{
    if (*at >= end || **at != '\0')
        return false;
    for ((*at)++; *at < end && text_is_blank(**at);)
        (*at)++;
    return true;
}

bool framing_hides_lines(const struct request *request, const char *end)
{
    const char *at = request->header_count > 0 ? request->headers[0].name.data : NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct header *header = &request->headers[i];
        if (at != header->name.data || (size_t)(end - at) < header->name.len)
            return true;
        at += header->name.len;
        if (!skip_colon(&at, end) || at != header->value.data ||
            (size_t)(end - at) < header->value.len)
            return true;
        for (at += header->value.len; at < end && text_is_blank(*at);)
            at++;
        if (!skip_line_end(&at, end))
            return true;
    }
    /* The empty line; with LF alone, its zero was taken for the second one of the last header. */
    return at && at != end && !(skip_line_end(&at, end) && at == end);
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

void framing_trim(struct header *header)
{
    if (slice_equal_ignoring_case(header->name, SLICE("Transfer-Encoding")))
        return;
    while (header->value.len > 0 && text_is_blank(header->value.data[header->value.len - 1]))
        header->value.len--;
}
