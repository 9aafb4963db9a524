/* api/page: maxResults, and tokens that only their own form opens. */
#include "support.h"

#include "api/page.h"
#include "base/crypto.h"
#include "mq/rules.h"

static struct arena arena;
static struct buffer out;

/* Reads these query members (absent: not there); the call is valid until the next one. */
static struct call *read_page(struct slice max_results, struct slice token,
                              bool (*is_key)(struct slice))
{
    static struct query_member members[2];
    static struct request request;
    static struct call call;
    size_t count = 0;
    arena_reset(&arena);
    if (max_results.data)
        members[count++] = (struct query_member){SLICE("maxResults"), max_results};
    if (token.data)
        members[count++] = (struct query_member){SLICE("nextToken"), token};
    request = (struct request){.target = {.members = members, .member_count = count}};
    call = (struct call){.request = &request, .arena = &arena, .out = &out};
    bool read = page_read(&call, is_key);
    assert_int_equal(read, !call.failed);
    return &call;
}

static const struct slice absent = {NULL, 0};

static void max_results_is_5_to_100(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t wanted; /* 0: refused */
    } cases[] = {
        {NULL, 20},
        {"5", 5},
        {"100", 100},
        {"20", 20},
        {"005", 5},
        {"0000000100", 100},
        {"00000000100", 0},
        {"4", 0},
        {"101", 0},
        {"0", 0},
        {"", 0},
        {"-5", 0},
        {"+5", 0},
        {" 5", 0},
        {"5 ", 0},
        {"5.0", 0},
        {"1e1", 0},
        {"0x10", 0},
        {"five", 0},
        {"99999999999999999999", 0},
        {"4294967301", 0},
        {"18446744073709551621", 0},
        {"\xD9\xA5\xD9\xA0", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call *call = read_page(slice_of(cases[i].text), absent, rule_is_username);
        if (cases[i].wanted) {
            assert_false(call->failed);
            assert_int_equal(call->page.max_results, cases[i].wanted);
            assert_slice(call->page.after, NULL);
            continue;
        }
        char wanted[200];
        snprintf(
            wanted, sizeof wanted,
            "{\n  \"errorAttribute\" : \"maxResults\",\n  \"message\" : \"Invalid max results value [%s]. "
            "Specify an integer between [5] and [100].\"\n}",
            cases[i].text);
        assert_slice(call->reply.body, wanted);
        assert_int_equal(call->reply.status, 400);
    }
}

/* The token as the wire would carry it. */
static void make_token(struct slice key, char token[1024])
{
    struct call call = {.arena = &arena, .out = &out};
    struct json_writer writer = {.out = &out};
    static const char head[] = "{\"nextToken\":\"";
    buffer_clear(&out);
    json_object_begin(&writer);
    page_put_token(&call, &writer, key);
    json_object_end(&writer);
    assert_int_equal(out.failed, RESULT_OK);
    assert_true(out.len < 1024 && out.len > sizeof head + 2);
    assert_memory_equal(out.data, head, sizeof head - 1);
    size_t len = out.len - (sizeof head - 1) - 2;
    memcpy(token, out.data + sizeof head - 1, len);
    token[len] = '\0';
    assert_string_equal(out.data + out.len - 2, "\"}");
}

static void base64_of(const char *text, char *encoded)
{
    crypto_base64_encode(slice_of(text), encoded);
}

static void tokens_round_trip(void **state)
{
    (void)state;
    static char longest[101];
    memset(longest, '~', 100);
    const char *keys[] = {"ab", "alice", "a.b_c~d-e", longest};
    char token[1024], inner[512], outer[1024], text[1024];
    for (size_t i = 0; i < COUNT(keys); i++) {
        make_token(slice_of(keys[i]), token);
        struct call *call = read_page(absent, slice_of(token), rule_is_username);
        assert_false(call->failed);
        assert_slice(call->page.after, keys[i]);
        assert_int_equal(call->page.max_results, 20);
        /* the recorded form */
        snprintf(text, sizeof text, "{\"tokenData\":{\"last-seen-broker-arn\":\"%s\"}}", keys[i]);
        base64_of(text, inner);
        snprintf(text, sizeof text, "{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
                 inner);
        base64_of(text, outer);
        assert_string_equal(token, outer);
    }
    assert_false(read_page(SLICE("7"), SLICE(""), rule_is_username)->failed);
    assert_slice(read_page(absent, SLICE(""), rule_is_username)->page.after, NULL);
}

static void expect_refused(const char *token, bool (*is_key)(struct slice))
{
    struct call *call = read_page(absent, slice_of(token), is_key);
    assert_true(call->failed);
    assert_int_equal(call->reply.status, 400);
    assert_string_equal(call->reply.error, "BadRequestException");
    char *wanted = arena_printf(
        &arena,
        "{\n  \"errorAttribute\" : \"nextToken\",\n  \"message\" : \"Invalid next token [%s]. "
        "Make sure you copied the token correctly.\"\n}",
        token);
    assert_slice(call->reply.body, wanted);
}

static void forged_tokens_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *outer, *inner; /* `%s` is the one inside */
    } forms[] = {
        {"%s", "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}}"},
        {"{\"version\":\"v2\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}}"},
        {"{\"version\":\"v1\", \"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"} ",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}}"},
        {"{\"serializedPaginationToken\":\"%s\",\"version\":\"v1\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker\":\"ab\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"a\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"a b\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"\\u0061b\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}}x"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}",
         "{\"tokenData\":{\"last-seen-broker-arn\":\"ab\"}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}", "\"}}"},
        {"{\"version\":\"v1\",\"serializedPaginationToken\":\"%s\"}", ""},
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        char inner[512], text[1024], token[2048];
        const char *place = strstr(forms[i].outer, "%s");
        base64_of(forms[i].inner, inner);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(place - forms[i].outer), forms[i].outer,
                 inner, place + 2);
        base64_of(text, token);
        expect_refused(token, rule_is_username);
    }
    expect_refused("invalid", rule_is_username);
    expect_refused("=", rule_is_username);
    char token[1024];
    make_token(SLICE("user.name"), token);
    expect_refused(token, rule_is_broker_id);
    static char big[9000];
    memset(big, 'A', sizeof big - 1);
    expect_refused(big, rule_is_username);
}

/* Whatever one byte is changed to, what is opened is the one token of its key. */
static void a_changed_byte_is_refused_or_makes_another_token(void **state)
{
    (void)state;
    char token[1024], again[1024];
    make_token(SLICE("alice-1"), token);
    size_t opened = 0, len = strlen(token);
    for (size_t i = 0; i < len; i++) {
        char kept = token[i];
        for (int c = 1; c < 256; c++) {
            token[i] = (char)c;
            struct call *call = read_page(absent, (struct slice){token, len}, rule_is_username);
            if (call->failed || token[i] == kept)
                continue;
            opened++;
            assert_true(rule_is_username(call->page.after));
            make_token(call->page.after, again);
            assert_string_equal(again, token);
        }
        token[i] = '\0';
        assert_true(read_page(absent, (struct slice){token, len}, rule_is_username)->failed);
        if (i > 0)
            assert_true(read_page(absent, slice_of(token), rule_is_username)->failed);
        token[i] = kept;
    }
    assert_true(opened > 0);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    buffer_init(&out, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    buffer_close(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(max_results_is_5_to_100),
        cmocka_unit_test(tokens_round_trip),
        cmocka_unit_test(forged_tokens_are_refused),
        cmocka_unit_test(a_changed_byte_is_refused_or_makes_another_token),
    };
    return cmocka_run_group_tests_name("page", tests, set_up, tear_down);
}
