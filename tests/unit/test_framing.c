/* http/framing: what a request must not look like. */
#include "support.h"

#include "http/framing.h"

#define TRANSFER "unsupported Transfer-Encoding"
#define BOTH "both Transfer-Encoding and Content-Length"
#define LENGTHS "more than one Content-Length"
#define HOSTS "more than one Host"
#define NO_HOST "Host is missing"

#define H(name, value)                      \
    {                                       \
        SLICE_INIT(name), SLICE_INIT(value) \
    }
#define HOST H("Host", "localhost")

static void bad_framing_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *version, *wanted;
        struct header headers[4];
    } cases[] = {
        {"HTTP/1.1", NULL, {HOST}},
        {"HTTP/1.1", NULL, {H("hOST", "")}},
        {"HTTP/1.1", NO_HOST, {H("Hosts", "x")}},
        {"HTTP/1.0", NULL, {H("Accept", "x")}},
        {"HTTP/1.1", HOSTS, {HOST, H("host", "localhost")}},
        {"HTTP/1.0", HOSTS, {HOST, HOST}},
        {"HTTP/1.1", NULL, {HOST, H("Content-Length", "3")}},
        {"HTTP/1.1", LENGTHS, {HOST, H("Content-Length", "3"), H("content-length", "3")}},
        {"HTTP/1.1", NULL, {HOST, H("Transfer-Encoding", "chunked")}},
        {"HTTP/1.1", NULL, {HOST, H("transfer-encoding", "CHUNKED")}},
        {"HTTP/1.1", BOTH, {HOST, H("Transfer-Encoding", "chunked"), H("Content-Length", "3")}},
        {"HTTP/1.1", BOTH, {HOST, H("Content-Length", "3"), H("TRANSFER-ENCODING", "chunked")}},
        {"HTTP/1.1", TRANSFER, {HOST, H("Transfer-Encoding", "gzip")}},
        {"HTTP/1.1", TRANSFER, {HOST, H("Transfer-Encoding", "gzip, chunked")}},
        {"HTTP/1.1", TRANSFER, {HOST, H("Transfer-Encoding", "identity")}},
        {"HTTP/1.1", TRANSFER, {HOST, H("Transfer-Encoding", "")}},
        {"HTTP/1.1", TRANSFER, {HOST, H("Transfer-Encoding", "xchunked")}},
        {"HTTP/1.1",
         TRANSFER,
         {HOST, H("Transfer-Encoding", "chunked"), H("Transfer-Encoding", "chunked")}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct request request = {.headers = cases[i].headers};
        while (request.header_count < 4 && cases[i].headers[request.header_count].name.data)
            request.header_count++;
        const char *got = framing_check(&request, slice_of(cases[i].version));
        const char *wanted = cases[i].wanted;
        if (strcmp(got ? got : "nothing", wanted ? wanted : "nothing") != 0)
            fail_msg("row %zu: %s", i, got ? got : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_framing_is_named)};
    return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
