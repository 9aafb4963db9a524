/* Bodies: the first byte selects an operation, the rest is its body, which is checked as in the
 * gate, without the store: syntax, types, required members, rules.
 *
 * The parser accepts a body only if a second parser does, and rejects its syntax only if that one
 * does. A rejection is an error of the table as valid JSON, never a 500. */
#include "fuzz.h"

#include "api/call.h"
#include "json_oracle.h"
#include "mq/operations.h"

static const struct operation *pick(struct slice *input)
{
    size_t count = 0;
    for (size_t i = 0; i < operation_count; i++)
        count += operations[i].body != NULL;
    size_t choice = fuzz_take_choice(input, count);
    for (size_t i = 0;; i++)
        if (operations[i].body && choice-- == 0)
            return &operations[i];
}

/* Whether the reason is invalid JSON, not one of our limits. */
static bool is_syntax(const char *reason)
{
    static const char *const reasons[] = {"unexpected end", "unexpected character",
                                          "control character in a string", "invalid UTF-8",
                                          "text after the end"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    return false;
}

static void expect_refusal(const struct call *call)
{
    struct json_facts facts = json_oracle(call->reply.body);
    FUZZ_CHECK_SEEN(call->reply.status >= 400 && call->reply.status < 500, "%d",
                    call->reply.status);
    FUZZ_CHECK(call->reply.error);
    FUZZ_CHECK_SEEN(facts.is_json && facts.is_object && !facts.has_null, "%.*s",
                    (int)call->reply.body.len, call->reply.body.data);
}

static void expect_members(struct call *call, const struct json *body, struct arena *arena)
{
    const struct members *members = call->operation->body;
    struct member_error error = {.id = ERROR_NONE};
    call->input = arena_alloc(arena, members->size);
    FUZZ_CHECK(call->input);
    memset(call->input, 0, members->size);
    enum result result = members_read(members, body, call->input, arena, &error);
    if (result) {
        FUZZ_CHECK_SEEN(result == RESULT_INVALID && error.id && error.path.len > 0, "%d",
                        (int)result);
        FUZZ_CHECK(error.id == ERROR_MISSING_MEMBER ||
                   (error.id == ERROR_WRONG_TYPE && error.type));
        if (error.type)
            call_fail(call, error.id, error.path, slice_of(error.type));
        else
            call_fail(call, error.id, error.path);
    } else if (call->operation->check && !call->operation->check(call)) {
        FUZZ_CHECK(call->failed);
    }
    if (call->failed)
        expect_refusal(call);
}

void fuzz_json_body(struct slice input)
{
    static const struct settings settings = {.account = SLICE_INIT("123456789012"),
                                             .region = SLICE_INIT("us-east-1")};
    struct fuzz_pieces pieces = {.count = 0};
    struct arena arena, scratch, parse;
    struct buffer out;
    const struct operation *operation = pick(&input);
    struct slice text = fuzz_copy_terminated(&pieces, input);
    struct request request = {.method = slice_of(operation->method), .body = text, .arena = &arena};
    struct call call = {
        .operation = operation,
        .request = &request,
        .settings = &settings,
        .arena = &arena,
        .scratch = &scratch,
        .out = &out,
        .now_ms = 1795454061000,
        .labels = {SLICE("b-orders"), SLICE("alice"), SLICE("c-orders"), SLICE("1"),
                   SLICE("arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders")},
        .caller = {.account = settings.account, .region = settings.region}};
    const struct json *body = NULL;
    struct json_error syntax = {NULL, 0};
    arena_init(&arena, FUZZ_ROOM);
    arena_init(&scratch, FUZZ_ROOM);
    arena_init(&parse, FUZZ_ROOM);
    buffer_init(&out, FUZZ_ROOM);
    enum result result = json_parse(&parse, text, &body, &syntax);
    struct json_facts facts = json_oracle(text);
    if (result) {
        FUZZ_CHECK(result == RESULT_INVALID && syntax.reason && syntax.offset <= text.len);
        FUZZ_CHECK_SEEN(!is_syntax(syntax.reason) || !facts.is_json || facts.too_deep, "%s at %zu",
                        syntax.reason, syntax.offset);
    } else {
        FUZZ_CHECK(facts.is_json && facts.is_object);
        expect_members(&call, body, &parse);
    }
    buffer_close(&out);
    arena_close(&parse);
    arena_close(&scratch);
    arena_close(&arena);
    fuzz_free(&pieces);
}
