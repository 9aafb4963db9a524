/* gate/sigv4: no request verifies after a change in what its signature covers. */
#include "signed_requests.h"

static void check_wrong_secret(struct sample *sample)
{
    static const char *const wrong[] = {"secreu", "secre", "secrets", "Secret", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(verify(sample, own_text(wrong[i]), sample->now_s), SIGV4_MISMATCH);
}

static void test_wrong_secret(void **state)
{
    (void)state;
    for_each_sample(check_wrong_secret);
}

static void check_changed_body(struct sample *sample)
{
    struct slice body = sample->request.body;
    enum sigv4_verdict expected = leaves_body_out(sample) ? SIGV4_OK : SIGV4_MISMATCH;
    for (size_t i = 0; i < body.len; i += 7) {
        sample->request.body = flip(body, (ptrdiff_t)i);
        expect(sample, expected, "body");
    }
    sample->request.body = body.len > 0 ? (struct slice){body.data, body.len - 1} : SLICE(" ");
    expect(sample, expected, "length of the body");
}

static void test_changed_body(void **state)
{
    (void)state;
    for_each_sample(check_changed_body);
}

static void check_changed_path(struct sample *sample)
{
    struct slice path = sample->request.target.path;
    /* Of a path with dot segments, some bytes are not signed. The version always is. */
    size_t most = signs_normalized_path(sample) ? strlen("/v1") : path.len;
    size_t first = slice_starts_with(path, SLICE("//")) ? 2 : 1;
    for (size_t i = first; i < most; i++) {
        sample->request.target.path = flip(path, (ptrdiff_t)i);
        expect(sample, SIGV4_MISMATCH, "path");
    }
    sample->request.target.path = path;
    sample->request.method = flip(sample->request.method, 0);
    expect(sample, SIGV4_MISMATCH, "method");
}

static void test_changed_path_and_method(void **state)
{
    (void)state;
    for_each_sample(check_changed_path);
}

static void check_changed_query(struct sample *sample)
{
    struct slice query = sample->request.target.query;
    struct slice rest = query;
    struct slice given = cut(&rest, "X-Amz-Algorithm");
    if (is_presigned(sample) && given.len > 0)
        given.len--; /* the & belongs to the signature */
    /* The last bit turns & into ', = into < and % into $: each a different query. */
    for (size_t i = 0; i < given.len; i++) {
        sample_set_query(sample, flip(query, (ptrdiff_t)i));
        expect(sample, SIGV4_MISMATCH, "query");
    }
    char longer[2048];
    snprintf(longer, sizeof longer, "%.*s%sx=", (int)query.len, query.len ? query.data : "",
             query.len ? "&" : "");
    sample_set_query(sample, own_text(longer));
    expect(sample, SIGV4_MISMATCH, "longer query");
}

static void test_changed_query(void **state)
{
    (void)state;
    for_each_sample(check_changed_query);
}

static void check_changed_headers(struct sample *sample)
{
    struct sigv4 sigv4;
    sigv4_read(&sample->request, &sigv4);
    struct slice names = sigv4.signed_headers;
    while (names.len > 0) {
        struct header *header = header_of(sample, cut(&names, ";"));
        assert_non_null(header);
        if (slice_equal_ignoring_case(header->name, SLICE("date")) ||
            slice_equal_ignoring_case(header->name, SLICE("x-amz-date")))
            continue; /* test_changed_date */
        struct header kept = *header;
        for (size_t i = 0; i < kept.value.len; i++) {
            header->value = flip(kept.value, (ptrdiff_t)i);
            expect(sample, SIGV4_MISMATCH, "signed header");
        }
        header->value = kept.value;
        header->name = flip(kept.name, -1);
        expect(sample, SIGV4_MISMATCH, "name of a signed header");
        *header = kept;
    }
    sample_add_header(sample, SLICE("X-Unsigned"), SLICE("1"));
    expect(sample, SIGV4_OK, "unsigned header");
    sample_add_header(sample, SLICE("hOST"), SLICE("127.0.0.1:18601"));
    expect(sample, SIGV4_MISMATCH, "repeated signed header");
}

static void test_changed_headers(void **state)
{
    (void)state;
    for_each_sample(check_changed_headers);
}

/* Replaces a part of the signature, wherever it stands. */
static void change_signature(struct sample *sample, const char *from, const char *to)
{
    if (!is_presigned(sample)) {
        struct header *header = header_of(sample, SLICE("Authorization"));
        header->value = replace(header->value, from, to);
        return;
    }
    char texts[2][128] = {"", ""};
    for (size_t i = 0; i < 2; i++)
        for (const char *c = i == 0 ? from : to; *c; c++)
            snprintf(texts[i] + strlen(texts[i]), sizeof texts[i] - strlen(texts[i]), "%s%c",
                     *c == '/' ? "%2" : "", *c == '/' ? 'F' : *c);
    sample_set_query(sample, replace(sample->request.target.query, texts[0], texts[1]));
}

static void check_changed_scope(struct sample *sample)
{
    static const struct {
        const char *from, *to;
        enum sigv4_verdict expected;
    } changes[] = {
        {"/20261123/", "/20261122/", SIGV4_WRONG_SCOPE},
        {"/20261123/", "/2026112/", SIGV4_WRONG_SCOPE},
        {"/20261123/", "/20261123T/", SIGV4_WRONG_SCOPE},
        {"/20261123/", "//", SIGV4_WRONG_SCOPE},
        {"/us-east-1/", "/us-east-0/", SIGV4_MISMATCH},
        {"/us-east-1/", "/us-east-1 /", SIGV4_MISMATCH},
        {"/us-east-1/", "//", SIGV4_WRONG_SCOPE},
        {"/mq/", "/lq/", SIGV4_WRONG_SCOPE},
        {"/mq/", "/MQ/", SIGV4_WRONG_SCOPE},
        {"/mq/", "//", SIGV4_WRONG_SCOPE},
        {"/aws4_request", "/aws4_requesu", SIGV4_WRONG_SCOPE},
        {"/aws4_request", "/", SIGV4_WRONG_SCOPE},
        {"/aws4_request", "/aws4_request/", SIGV4_INCOMPLETE},
        {"/aws4_request", "", SIGV4_INCOMPLETE},
        {"AKIDEXAMPLE/", "/", SIGV4_INCOMPLETE},
        {"AKIDEXAMPLE/", "AKID/EXAMPLE/", SIGV4_INCOMPLETE},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct sample kept = *sample;
        change_signature(sample, changes[i].from, changes[i].to);
        expect(sample, changes[i].expected, changes[i].to);
        *sample = kept;
    }
}

static void test_changed_scope(void **state)
{
    (void)state;
    for_each_sample(check_changed_scope);
}

static void check_changed_signature(struct sample *sample)
{
    struct sigv4 sigv4;
    sigv4_read(&sample->request, &sigv4);
    sigv4.signature = own(sigv4.signature);
    assert_int_equal(sigv4.signature.len, 64);
    struct sigv4 changed = sigv4;
    for (size_t i = 0; i <= sigv4.signature.len; i++) {
        changed.signature =
            i < 64 ? flip(sigv4.signature, (ptrdiff_t)i) : (struct slice){sigv4.signature.data, 63};
        int64_t limit_s = 0;
        enum sigv4_verdict verdict = SIGV4_OK;
        arena_reset(&arena);
        assert_int_equal(
            sigv4_verify(&sample->request, &changed, SECRET, sample->now_s, &limit_s, &verdict),
            RESULT_OK);
        assert_int_equal(verdict, SIGV4_MISMATCH);
    }
}

static void test_changed_signature(void **state)
{
    (void)state;
    for_each_sample(check_changed_signature);
}

/* One second or one day off, with a scope and a clock that fit. */
static void check_changed_date(struct sample *sample)
{
    struct sample kept = *sample;
    struct header *header = header_of(sample, SLICE("X-Amz-Date"));
    if (is_presigned(sample)) {
        change_signature(sample, "171421Z", "171420Z");
    } else if (header) {
        header->value = flip(header->value, -2);
    } else {
        header = header_of(sample, SLICE("Date"));
        header->value = replace(header->value, "17:14:21", "17:14:20");
    }
    expect(sample, SIGV4_MISMATCH, "second of the date");
    *sample = kept;
    if (!header)
        return;
    header->value = replace(header->value, header->value.data[1] == '2' ? "20261123" : "23 Nov",
                            header->value.data[1] == '2' ? "20261122" : "22 Nov");
    expect(sample, SIGV4_WRONG_SCOPE, "day of the date");
    change_signature(sample, "/20261123/", "/20261122/");
    sample->now_s -= 86400;
    expect(sample, SIGV4_MISMATCH, "day of the date and the scope");
}

static void test_changed_date(void **state)
{
    (void)state;
    for_each_sample(check_changed_date);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Bytes set, dropped, doubled or taken from elsewhere in the head. */
static struct slice mutate(struct slice head, uint32_t *seed, char *out, size_t room)
{
    static const char signs[] = " \t,;=/&%+.\n:-09azAZ~\xc3\x80\x7f";
    size_t len = head.len < room - 64 ? head.len : room - 64;
    memcpy(out, head.data, len);
    for (uint32_t changes = 1 + next_random(seed) % 4; changes > 0 && len > 32; changes--) {
        size_t at = next_random(seed) % (len - 16), from = next_random(seed) % (len - 16);
        size_t run = 1 + next_random(seed) % 16;
        switch (next_random(seed) % 4) {
        case 0:
            out[at] = signs[next_random(seed) % (sizeof signs - 1)];
            break;
        case 1:
            memmove(out + at, out + at + run, len - at - run);
            len -= run;
            break;
        case 2:
            memmove(out + at + run, out + at, len - at);
            len += run;
            break;
        default:
            memmove(out + at, out + from, run);
        }
    }
    return (struct slice){out, len};
}

static void test_mutated_heads(void **state)
{
    (void)state;
    uint32_t seed = 20261123;
    size_t seen[SIGV4_MISMATCH + 1] = {0};
    for (size_t i = 0; i < CLIENT_COUNT; i++) {
        size_t count = load_samples(CLIENTS[i].file);
        for (size_t j = 0; j < 60 * count; j++) {
            const struct sample *source = &samples[j % count];
            const struct piece *last = pieces;
            char head[4096];
            struct sample mutant = {.now_s = source->now_s};
            sample_parse(&mutant, mutate(source->head, &seed, head, sizeof head), source->body);
            enum sigv4_verdict verdict = verify(&mutant, SECRET, mutant.now_s);
            assert_in_range(verdict, SIGV4_OK, SIGV4_MISMATCH);
            seen[verdict]++;
            release(last);
            arena_reset(&arena);
        }
    }
    /* All of the code was reached. */
    for (size_t i = 0; i <= SIGV4_MISMATCH; i++)
        if (i != SIGV4_EXPIRED && i != SIGV4_NOT_YET_CURRENT)
            assert_in_range(seen[i], 1, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_wrong_secret, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_body, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_path_and_method, sample_setup,
                                        sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_query, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_headers, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_scope, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_signature, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_changed_date, sample_setup, sample_teardown),
        cmocka_unit_test_setup_teardown(test_mutated_heads, sample_setup, sample_teardown),
    };
    return cmocka_run_group_tests_name("sigv4_changed", tests, NULL, NULL);
}
