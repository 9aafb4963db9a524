/* http/target: split first, decoded once. */
#include "support.h"

#include "http/target.h"

/* The target as one text: its segments, each behind a slash, then `?name=value` and `&name=value`.
 */
static const char *describe(const struct target *target, struct arena *arena)
{
    const char *text = "";
    if (target->malformed)
        return "malformed";
    for (size_t i = 0; i < target->segment_count && i < REQUEST_SEGMENTS; i++)
        text = arena_printf(arena, "%s/%s", text, target->segments[i].data);
    for (size_t i = 0; i < target->member_count; i++)
        text = arena_printf(arena, "%s%s%s=%s", text, i ? "&" : "?", target->members[i].name.data,
                            target->members[i].value.data);
    return text;
}

static void expect(const char *raw, const char *wanted, size_t segments)
{
    struct arena arena;
    struct target target;
    char *copy = exact_copy(slice_of(raw));
    arena_init(&arena, 100000);
    assert_int_equal(target_parse((struct slice){copy, strlen(raw)}, &arena, &target), RESULT_OK);
    const char *got = describe(&target, &arena);
    if (strcmp(got, wanted) != 0 || (!target.malformed && target.segment_count != segments))
        fail_msg("%s\n  got    %s (%zu)\n  wanted %s (%zu)", raw, got, target.segment_count, wanted,
                 segments);
    free(copy);
    arena_close(&arena);
}

static void targets_are_split_then_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *wanted;
        size_t segments;
    } cases[] = {
        {"", "", 0},
        {"*", "", 0},
        {"v1/brokers", "", 0},
        {"/", "/", 1},
        {"//", "//", 2},
        {"/v1/brokers", "/v1/brokers", 2},
        {"/v1/brokers/", "/v1/brokers/", 3},
        {"/v1//brokers", "/v1//brokers", 3},
        {"/v1/./..", "/v1/./..", 3},
        {"/a%2Fb%2f%3F%23/c", "/a/b/?#/c", 2},
        {"/%C3%BC%e2%82%ac", "/\xC3\xBC\xE2\x82\xAC", 1},
        {"/\xC3\xBC", "/\xC3\xBC", 1},
        {"/a%20+%2B%25%32%35", "/a ++%25", 1},
        {"/%2541", "/%41", 1},
        {"/a;b=c&d", "/a;b=c&d", 1},
        {"/1/2/3/4/5/6/7/8", "/1/2/3/4/5/6/7/8", 8},
        {"/1/2/3/4/5/6/7/8/9/%31%30", "/1/2/3/4/5/6/7/8", 10},
        /* absolute form */
        {"http://localhost:8267/v1/brokers?a=b", "/v1/brokers?a=b", 2},
        {"HTTPS://h/v1", "/v1", 1},
        {"http://[::1]:80/v1", "/v1", 1},
        {"http://h", "", 0},
        {"http://h?a", "?a=", 0},
        {"http:/v1", "", 0},
        /* query */
        {"/?", "/", 1},
        {"/?a", "/?a=", 1},
        {"/?a=", "/?a=", 1},
        {"/?=x", "/?=x", 1},
        {"/?=", "/?=", 1},
        {"/?&&", "/", 1},
        {"/?a=1&&b=2&", "/?a=1&b=2", 1},
        {"/?a=b=c", "/?a=b=c", 1},
        {"/?a=1&a=2", "/?a=1&a=2", 1},
        {"/?a+b=c+d", "/?a+b=c+d", 1},
        {"/?a%26b%3Dc=%26%3d", "/?a&b=c=&=", 1},
        {"/?a?b=/c//", "/?a?b=/c//", 1},
        {"/v1?%C3%BC=%20", "/v1?\xC3\xBC= ", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].raw, cases[i].wanted, cases[i].segments);
}

static void what_cannot_be_decoded_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "%",     "%4",  "%zz",  "%4g", "%g4",  "% 41",   "%%41",      "%u0041",       "%00",
        "a%00b", "%C3", "%C3(", "%ff", "\xff", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "\xC3%20",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        static const char *const places[] = {
            "/%s",    "/a/%s/b",    "/1/2/3/4/5/6/7/8/9/%s", "/?%s",
            "/?%s=1", "/?a=%s&b=1", "/?a=1&&b=%s",           "http://h/%s",
        };
        for (size_t place = 0; place < COUNT(places); place++) {
            const char *at = strstr(places[place], "%s");
            char raw[200];
            snprintf(raw, sizeof raw, "%.*s%s%s", (int)(at - places[place]), places[place],
                     texts[i], at + 2);
            expect(raw, "malformed", 0);
        }
    }
}

/* An escape cut in two by a separator is no escape. */
static void escapes_do_not_cross_separators(void **state)
{
    (void)state;
    expect("/%2/F", "malformed", 0);
    expect("/?a=%4&1", "malformed", 0);
    expect("/%C3/%BC", "malformed", 0);
    expect("/a%3", "malformed", 0);
    expect("/a?%3=f", "malformed", 0);
}

static void the_raw_parts_are_kept(void **state)
{
    (void)state;
    struct arena arena;
    struct target target;
    arena_init(&arena, 100000);
    assert_int_equal(target_parse(SLICE("http://h/a%2Fb?c=%20?d"), &arena, &target), RESULT_OK);
    assert_slice(target.path, "/a%2Fb");
    assert_slice(target.query, "c=%20?d");
    assert_int_equal(target_parse(SLICE("/a?"), &arena, &target), RESULT_OK);
    assert_slice(target.query, "");
    assert_int_equal(target_parse(SLICE("/a"), &arena, &target), RESULT_OK);
    assert_slice(target.query, NULL);
    arena_close(&arena);
}

static void no_memory_is_no_malformed_path(void **state)
{
    (void)state;
    for (size_t ceiling = 0;; ceiling += 8) {
        struct arena arena;
        struct target target;
        arena_init(&arena, ceiling);
        enum result result = target_parse(SLICE("/v1/brokers?a=1&b=2"), &arena, &target);
        arena_close(&arena);
        assert_false(target.malformed);
        if (!result)
            break;
        assert_int_equal(result, RESULT_NO_MEMORY);
        assert_true(ceiling < 10000);
    }
}

static void a_path_has_the_characters_of_rfc_3986(void **state)
{
    (void)state;
    const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                           "/%-._~!$&'()*+,;=:@";
    for (int c = 0; c < 256; c++) {
        const char path[] = {'/', (char)c, 'a'};
        bool wanted = c >= 0x80 || (c && strchr(allowed, c));
        if (target_is_path((struct slice){path, sizeof path}) != wanted)
            fail_msg("character %d", c);
    }
    assert_false(target_is_path(SLICE("")));
    assert_false(target_is_path(SLICE("a/")));
    assert_true(target_is_path(SLICE("/")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_split_then_decoded),
        cmocka_unit_test(what_cannot_be_decoded_is_malformed),
        cmocka_unit_test(escapes_do_not_cross_separators),
        cmocka_unit_test(the_raw_parts_are_kept),
        cmocka_unit_test(no_memory_is_no_malformed_path),
        cmocka_unit_test(a_path_has_the_characters_of_rfc_3986),
    };
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
