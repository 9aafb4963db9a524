/* http/framing: what a request must not look like. */
#include "support.h"

#include "http/framing.h"

#define TRANSFER "unsupported Transfer-Encoding"
#define BOTH "both Transfer-Encoding and Content-Length"
#define LENGTHS "more than one Content-Length"
#define HOSTS "more than one Host"
#define NAME "a header name that is not a token"
#define CR "CR in a header"
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
        {"HTTP/1.1", NAME, {HOST, H("", "")}},
        {"HTTP/1.1", NAME, {HOST, H("Content-Length ", "3")}},
        {"HTTP/1.1", NAME, {HOST, H("X\tY", "")}},
        {"HTTP/1.1", NAME, {HOST, H("X\xC3\xA4", "")}},
        {"HTTP/1.1", NULL, {HOST, H("!#$%&'*+-.^_`|~09azAZ", "")}},
        {"HTTP/1.1", CR, {HOST, H("X", "a\rb")}},
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

/* Heads as libmicrohttpd 0.9.75 leaves them: zeros for the first colon of a line and its end. */
static void hidden_lines_are_found(void **state)
{
    (void)state;
    static const struct {
        bool hides;
        struct slice head;
        size_t headers[2][4]; /* name, its length, value, its length */
    } cases[] = {
        {false, SLICE_INIT("A\0 b\0\0\0\0"), {{0, 1, 3, 1}}},
        {false, SLICE_INIT("A\0b\0\0"), {{0, 1, 2, 1}}},
        {false, SLICE_INIT("A\0\0\0\0\0"), {{0, 1, 2, 0}}},
        {false, SLICE_INIT("A\0\t b \t\0\0\0\0"), {{0, 1, 4, 1}}},
        {false, SLICE_INIT("A\0b\0\0C\0d\0\0\0\0"), {{0, 1, 2, 1}, {5, 1, 7, 1}}},
        {false, SLICE_INIT("A\0b\0C\0d\0\0"), {{0, 1, 2, 1}, {4, 1, 6, 1}}},
        {true, SLICE_INIT("A\0b\0\0\0v\0\0"), {{0, 1, 2, 1}}}, /* an empty name */
        {true, SLICE_INIT("A\0b\0\0\0\0\0"), {{0, 1, 2, 1}}},  /* and value */
        {true, SLICE_INIT("A\0b\0c\0\0\0\0"), {{0, 1, 2, 1}}}, /* a NUL */
        {true, SLICE_INIT("A\0b\0c\0\0D\0e\0\0\0\0"), {{0, 1, 2, 1}, {7, 1, 9, 1}}},
        {true, SLICE_INIT("A\0b\0\0 \0\0\0\0"), {{0, 1, 2, 1}}},      /* a fold */
        {true, SLICE_INIT("\0\0b\0\0 c\0\0\0\0Ac"), {{11, 2, 2, 1}}}, /* moved by it */
        {true, SLICE_INIT("A\0b"), {{0, 1, 2, 1}}},
        {true, SLICE_INIT("A\0b\0\0\0\0"), {{0, 1, 2, 9}}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct header headers[2];
        struct request request = {.headers = headers};
        const char *head = cases[i].head.data;
        for (const size_t(*at)[4] = cases[i].headers; request.header_count < 2 && (*at)[1] > 0;
             at++)
            headers[request.header_count++] =
                (struct header){{head + (*at)[0], (*at)[1]}, {head + (*at)[2], (*at)[3]}};
        if (framing_hides_lines(&request, head + cases[i].head.len) != cases[i].hides)
            fail_msg("row %zu", i);
    }
    assert_false(framing_hides_lines(&(struct request){.header_count = 0}, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_framing_is_named),
                                       cmocka_unit_test(hidden_lines_are_found)};
    return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
