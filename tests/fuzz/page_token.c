/* Page tokens: the first byte selects a list operation, the rest is its query. An accepted token is
 * identical to the one written for its key, and reading a written token gives the same key. */
#include "fuzz.h"

#include "api/page.h"
#include "base/json.h"
#include "http/target.h"
#include "json_oracle.h"
#include "mq/operations.h"

static const struct operation *pick(struct slice *input)
{
    size_t count = 0;
    for (size_t i = 0; i < operation_count; i++)
        count += !operations[i].body && operations[i].check;
    size_t choice = fuzz_take_choice(input, count);
    for (size_t i = 0;; i++)
        if (!operations[i].body && operations[i].check && choice-- == 0)
            return &operations[i];
}

static bool is_any(struct slice key)
{
    return key.data != NULL;
}

/* The token of `key`; false if the key is too long. */
static bool write_token(struct call *call, struct slice key, struct slice *token)
{
    static const struct slice begin = SLICE_INIT("\"nextToken\":\"");
    struct json_writer writer = {.out = call->out};
    buffer_clear(call->out);
    page_put_token(call, &writer, key);
    if (call->out->failed)
        return false;
    struct slice text = buffer_slice(call->out);
    FUZZ_CHECK(slice_starts_with(text, begin) && text.data[text.len - 1] == '"');
    *token = (struct slice){
        arena_copy(call->arena, (struct slice){text.data + begin.len, text.len - begin.len - 1}),
        text.len - begin.len - 1};
    buffer_clear(call->out);
    return true;
}

static void expect_canonical(struct call *call)
{
    struct slice sent = request_query(call->request, SLICE("nextToken")), token;
    FUZZ_CHECK(write_token(call, call->page.after, &token));
    FUZZ_CHECK_SEEN(slice_equal(sent, token), "%.*s", (int)sent.len, sent.data);
}

static void expect_key_back(struct call *call, struct slice key)
{
    struct query_member member = {SLICE("nextToken"), {NULL, 0}};
    struct request request = {.target = {.members = &member, .member_count = 1},
                              .arena = call->arena};
    if (!write_token(call, key, &member.value)) {
        FUZZ_CHECK_SEEN(key.len > 512, "%zu", key.len);
        return;
    }
    call->request = &request;
    call->failed = false;
    FUZZ_CHECK(page_read(call, is_any) && slice_equal(call->page.after, key));
}

void fuzz_page_token(struct slice input)
{
    static const struct settings settings = {.account = SLICE_INIT("123456789012"),
                                             .region = SLICE_INIT("us-east-1")};
    struct fuzz_pieces pieces = {.count = 0};
    struct arena arena, scratch;
    struct buffer out, raw;
    const struct operation *operation = pick(&input);
    arena_init(&arena, FUZZ_ROOM);
    arena_init(&scratch, FUZZ_ROOM);
    buffer_init(&out, FUZZ_ROOM);
    buffer_init(&raw, FUZZ_ROOM);
    buffer_append_string(&raw, "/?");
    buffer_append_slice(&raw, input);
    struct request request = {.method = slice_of(operation->method), .arena = &arena};
    struct call call = {.operation = operation,
                        .request = &request,
                        .settings = &settings,
                        .arena = &arena,
                        .scratch = &scratch,
                        .out = &out,
                        .labels = {SLICE("b-orders"), SLICE("alice"), SLICE("c-orders"), SLICE("1"),
                                   SLICE("arn:aws:mq:us-east-1:123456789012:broker:orders:b-1")},
                        .caller = {.account = settings.account, .region = settings.region}};
    FUZZ_CHECK(target_parse(fuzz_copy(&pieces, buffer_slice(&raw)), &arena, &request.target) ==
               RESULT_OK);
    if (!request.target.malformed) {
        if (!operation->check(&call)) {
            struct json_facts facts = json_oracle(call.reply.body);
            FUZZ_CHECK_SEEN(call.failed && call.reply.status == 400, "%d", call.reply.status);
            FUZZ_CHECK(facts.is_json && facts.is_object);
        } else if (call.page.after.data) {
            expect_canonical(&call);
        }
    }
    expect_key_back(&call, fuzz_copy(&pieces, input));
    buffer_close(&raw);
    buffer_close(&out);
    arena_close(&scratch);
    arena_close(&arena);
    fuzz_free(&pieces);
}
