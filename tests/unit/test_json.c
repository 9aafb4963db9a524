/* base/json, reading: what is refused, why and where; and that nothing is half read. */
#include "support.h"

#include "base/json.h"
#include "base/json_check.h"

enum { ROOM = 16 << 20 };

/* Parses a copy that ends where the text does. The value lives in `arena`. */
static enum result parse(struct arena *arena, struct slice text, const struct json **object,
                         struct json_error *error)
{
    char *copy = exact_copy(text);
    *error = (struct json_error){NULL, 0};
    *object = NULL;
    enum result result = json_parse(arena, (struct slice){copy, text.len}, object, error);
    free(copy);
    return result;
}

static void expect_error(struct slice text, const char *reason, size_t offset)
{
    struct arena arena;
    struct json_error error;
    const struct json *object;
    arena_init(&arena, ROOM);
    enum result result = parse(&arena, text, &object, &error);
    arena_close(&arena);
    const char *got = error.reason ? error.reason : "nothing";
    if (result != (reason ? RESULT_INVALID : RESULT_OK) ||
        strcmp(got, reason ? reason : "nothing") != 0 || error.offset != offset)
        fail_msg("%.100s\n  result %d: %s at %zu\n  wanted %s at %zu", text.data, (int)result, got,
                 error.offset, reason ? reason : "nothing", offset);
}

#define END "unexpected end"
#define CHARACTER "unexpected character"
#define CONTROL "control character in a string"
#define NUL "NUL character in a string"
#define SURROGATE "unpaired surrogate in a string"

static void refuses_what_is_no_json(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        const char *reason;
        size_t offset;
    } cases[] = {
#define CASE(text, reason, offset) {SLICE_INIT(text), reason, offset}
        /* ends too early */
        CASE("", END, 0),
        CASE("  ", END, 2),
        CASE("{", END, 1),
        CASE("{ ", END, 2),
        CASE("{\"", END, 2),
        CASE("{\"a", END, 3),
        CASE("{\"a\"", END, 4),
        CASE("{\"a\":", END, 5),
        CASE("{\"a\": ", END, 6),
        CASE("{\"a\":1", END, 6),
        CASE("{\"a\":1,", END, 7),
        CASE("{\"a\":-", END, 6),
        CASE("{\"a\":1.", END, 7),
        CASE("{\"a\":1e", END, 7),
        CASE("{\"a\":1e+", END, 8),
        CASE("{\"a\":tru", END, 8),
        CASE("{\"a\":[", END, 6),
        CASE("{\"a\":[1", END, 7),
        CASE("{\"a\":[1,", END, 8),
        CASE("{\"a\":\"\\", END, 7),
        CASE("{\"a\":\"\\u", END, 8),
        CASE("{\"a\":\"\\u00e", END, 11),
        CASE("{\"a\":\"\\ud83d\\ude0", END, 17),
        /* punctuation */
        CASE("}", CHARACTER, 0),
        CASE("{,}", CHARACTER, 1),
        CASE("{a:1}", CHARACTER, 1),
        CASE("{'a':1}", CHARACTER, 1),
        CASE("{1:1}", CHARACTER, 1),
        CASE("{\"a\" 1}", CHARACTER, 5),
        CASE("{\"a\"::1}", CHARACTER, 5),
        CASE("{\"a\":}", CHARACTER, 5),
        CASE("{\"a\":1,}", CHARACTER, 7),
        CASE("{\"a\":1 \"b\":2}", CHARACTER, 7),
        CASE("{\"a\":[,]}", CHARACTER, 6),
        CASE("{\"a\":[1,]}", CHARACTER, 8),
        CASE("{\"a\":[1}", CHARACTER, 7),
        CASE("{\"a\":[1 2]}", CHARACTER, 8),
        CASE("{\"a\":1]", CHARACTER, 6),
        CASE("{\"a\":1}}", "text after the end", 7),
        CASE("{} x", "text after the end", 3),
        CASE("{}{}", "text after the end", 2),
        CASE("{}\0", "text after the end", 2),
        CASE("{}//", "text after the end", 2),
        CASE("/**/{}", CHARACTER, 0),
        CASE("{\"a\":1/**/}", CHARACTER, 6),
        CASE("\v{}", CHARACTER, 0),
        CASE("{\f}", CHARACTER, 1),
        CASE("{\0}", CHARACTER, 1),
        CASE("\xC2\xA0{}", CHARACTER, 0),
        /* words and numbers */
        CASE("{\"a\":True}", CHARACTER, 5),
        CASE("{\"a\":trux}", CHARACTER, 8),
        CASE("{\"a\":truex}", CHARACTER, 9),
        CASE("{\"a\":NULL}", CHARACTER, 5),
        CASE("{\"a\":nul}", CHARACTER, 8),
        CASE("{\"a\":NaN}", CHARACTER, 5),
        CASE("{\"a\":Infinity}", CHARACTER, 5),
        CASE("{\"a\":-Infinity}", CHARACTER, 6),
        CASE("{\"a\":01}", CHARACTER, 6),
        CASE("{\"a\":-01}", CHARACTER, 7),
        CASE("{\"a\":+1}", CHARACTER, 5),
        CASE("{\"a\":.5}", CHARACTER, 5),
        CASE("{\"a\":1.}", CHARACTER, 7),
        CASE("{\"a\":1.e1}", CHARACTER, 7),
        CASE("{\"a\":1e}", CHARACTER, 7),
        CASE("{\"a\":1e+}", CHARACTER, 8),
        CASE("{\"a\":0x10}", CHARACTER, 6),
        CASE("{\"a\":1_0}", CHARACTER, 6),
        CASE("{\"a\":--1}", CHARACTER, 6),
        /* strings */
        CASE("{\"a\":\"\\x\"}", CHARACTER, 7),
        CASE("{\"a\":\"\\'\"}", CHARACTER, 7),
        CASE("{\"a\":\"\\U0041\"}", CHARACTER, 7),
        CASE("{\"a\":\"\\u00g1\"}", CHARACTER, 10),
        CASE("{\"a\":\"\\\0\"}", CHARACTER, 7),
        CASE("{\"a\":\"\n\"}", CONTROL, 6),
        CASE("{\"a\":\"x\x1f\"}", CONTROL, 7),
        CASE("{\"\t\":1}", CONTROL, 2),
        CASE("{\"a\":\"\0\"}", NUL, 6),
        CASE("{\"a\":\"x\\u0000\"}", NUL, 7),
        CASE("{\"\\u0000\":1}", NUL, 2),
        CASE("{\"a\":\"\\ud800\"}", SURROGATE, 6),
        CASE("{\"a\":\"\\ud800x\"}", SURROGATE, 6),
        CASE("{\"a\":\"\\udc00\"}", SURROGATE, 6),
        CASE("{\"a\":\"\\ud800\\n\"}", SURROGATE, 6),
        CASE("{\"a\":\"\\ud800\\u0041\"}", SURROGATE, 6),
        CASE("{\"a\":\"\\udbff\\udbff\"}", SURROGATE, 6),
        CASE("{\"a\":\"\\ud800\\u00\"}", CHARACTER, 16),
        /* encoding */
        CASE("\xEF\xBB\xBF{}", "byte order mark", 0),
        CASE("\xFF\xFE{}", "invalid UTF-8", 0),
        CASE("{\"a\":\"\xC3\"}", "invalid UTF-8", 6),
        CASE("{\"\xC0\x80\":1}", "invalid UTF-8", 2),
        CASE("{\"a\":\"\xED\xA0\x80\"}", "invalid UTF-8", 6),
        CASE("{\"a\":\"\xF4\x90\x80\x80\"}", "invalid UTF-8", 6),
        CASE("{\"a\":1} \x80", "invalid UTF-8", 8),
        /* no object */
        CASE("null", "not an object", 0),
        CASE(" 1", "not an object", 1),
        CASE("\"{}\"", "not an object", 0),
        CASE("[]", "not an object", 0),
        CASE("\n[{}]", "not an object", 1),
        CASE("true", "not an object", 0),
        CASE("01", "text after the end", 1),
        /* duplicate members: the second of the first pair that ends */
        CASE("{\"a\":1,\"a\":2}", "duplicate member", 7),
        CASE("{\"a\":1,\"\\u0061\":2}", "duplicate member", 7),
        CASE("{\"\\u00fc\":1, \"\xC3\xBC\":2}", "duplicate member", 13),
        CASE("{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", "duplicate member", 18),
        CASE("{\"\\/\":1,\"/\":2}", "duplicate member", 8),
        CASE("{\"\":1,\"\":2}", "duplicate member", 6),
        CASE("{\"b\":{\"a\":1,\"c\":2,\"a\":3}}", "duplicate member", 18),
        CASE("{\"b\":[{},{\"a\":1,\"a\":1}]}", "duplicate member", 16),
        CASE("{\"a\":1,\"b\":{\"c\":1,\"c\":1},\"a\":1}", "duplicate member", 18),
        CASE("{\"a\":1,\"a\":1,\"a\":1}", "duplicate member", 7),
#undef CASE
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_error(cases[i].text, cases[i].reason, cases[i].offset);
}

static void accepts_all_that_is_json(void **state)
{
    (void)state;
    static const struct slice cases[] = {
        SLICE_INIT("{}"),
        SLICE_INIT(" \t\r\n{ \t\r\n} \t\r\n"),
        SLICE_INIT("{\"\":\"\"}"),
        SLICE_INIT("{\"a\":0,\"A\":-0,\"b\":-0.0e-00,\"c\":1E5,\"d\":1e+5,\"e\":10.25}"),
        SLICE_INIT("{\"a\":1e999,\"b\":-1e999,\"c\":1e-999}"),
        SLICE_INIT("{\"a\":[ ] , \"b\" : [ 1 , [ { } ] ]}"),
        SLICE_INIT("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u00e9\\uFFFF\\ud83d\\uDE00\"}"),
        SLICE_INIT("{\"a\":\"\x7f\xC3\xBC\xE2\x82\xAC\xEF\xBF\xBF\xF4\x8F\xBF\xBF\"}"),
        SLICE_INIT("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}"),
        SLICE_INIT("{\"a\":null,\"b\":true,\"c\":false}"),
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_error(cases[i], NULL, 0);
}

/* {"a":[[…]]}: `depth` levels in all. */
static void expect_depth(size_t depth, const char *reason, size_t offset)
{
    char text[200] = "{\"a\":";
    memset(text + 5, '[', depth - 1);
    memset(text + 4 + depth, ']', depth - 1);
    strcpy(text + 3 + 2 * depth, "}");
    expect_error(slice_of(text), reason, offset);
}

/* {"a":[1,…]}: `values` in all, the object and the list among them. */
static void expect_values(size_t values, const char *reason, size_t offset)
{
    struct buffer text;
    buffer_init(&text, ROOM);
    buffer_append_string(&text, "{\"a\":[1");
    for (size_t i = 3; i < values; i++)
        buffer_append_string(&text, ",1");
    buffer_append_string(&text, "]}");
    expect_error(buffer_slice(&text), reason, offset);
    buffer_close(&text);
}

static void limits_are_exact(void **state)
{
    (void)state;
    expect_depth(32, NULL, 0);
    expect_depth(33, "nesting deeper than 32", 5 + 31);
    expect_depth(90, "nesting deeper than 32", 5 + 31);
    expect_values(10000, NULL, 0);
    expect_values(10001, "more than 10000 values", 6 + 2 * 9998);
    char number[80] = "{\"a\":1";
    memset(number + 6, '0', 62);
    strcpy(number + 68, "}");
    expect_error(slice_of(number), NULL, 0);
    strcpy(number + 68, "0}");
    expect_error(slice_of(number), "number longer than 63 characters", 5);
    memcpy(number + 5, "-0.", 3);
    memcpy(number + 60, "5e-12345", 8);
    strcpy(number + 68, "}");
    expect_error(slice_of(number), NULL, 0);
}

/* 10,000 different names, and the last one twice. */
static void many_names_are_compared(void **state)
{
    (void)state;
    struct buffer text;
    buffer_init(&text, ROOM);
    for (int twice = 0; twice < 2; twice++) {
        buffer_clear(&text);
        buffer_append_string(&text, "{\"first\":1");
        for (int i = 0; i < 9997; i++)
            buffer_printf(&text, ",\"%d\":%d", i, i);
        size_t offset = text.len + 1;
        buffer_append_string(&text, twice ? ",\"\\u0030\":1}" : ",\"last\":1}");
        expect_error(buffer_slice(&text), twice ? "duplicate member" : NULL, twice ? offset : 0);
    }
    buffer_close(&text);
}

static const char document[] =
    " {\"consoleAccess\":true,\"groups\":[\"admins\",\"\\u00fc\\ud83d\\ude00\\n\"],\"n\":-12.5e+1,"
    "\"deep\":{\"list\":[[],{\"x\":null,\"\\\"\":false}],\"\xC3\xBC\":0}} ";

static void values_can_be_read(void **state)
{
    (void)state;
    struct arena arena;
    struct json_error error;
    const struct json *object;
    arena_init(&arena, ROOM);
    assert_int_equal(parse(&arena, slice_of(document), &object, &error), RESULT_OK);
    assert_int_equal(json_type(object), JSON_OBJECT);
    assert_null(json_member(object, "consoleaccess"));
    assert_null(json_member(object, "x"));
    assert_true(json_boolean(json_member(object, "consoleAccess")));
    assert_true(json_number(json_member(object, "n")) == -125.0);
    const struct json *groups = json_member(object, "groups");
    assert_int_equal(json_type(groups), JSON_LIST);
    assert_slice(json_string(json_first(groups)), "admins");
    assert_slice(json_string(json_next(json_first(groups))), "\xC3\xBC\xF0\x9F\x98\x80\n");
    assert_null(json_next(json_next(json_first(groups))));
    const struct json *list = json_member(json_member(object, "deep"), "list");
    assert_null(json_first(json_first(list)));
    const struct json *last = json_next(json_first(list));
    assert_int_equal(json_type(json_member(last, "x")), JSON_NULL);
    assert_int_equal(json_type(json_member(last, "\"")), JSON_BOOLEAN);
    assert_false(json_boolean(json_member(last, "\"")));
    assert_int_equal(json_type(json_member(json_member(object, "deep"), "\xC3\xBC")), JSON_NUMBER);
    arena_close(&arena);
}

static void every_prefix_is_refused_at_its_end(void **state)
{
    (void)state;
    size_t whole = strlen(document) - 1; /* without the white space at the end */
    size_t cuts = 0;
    for (size_t len = 0; len < whole; len++) {
        struct arena arena;
        struct json_error error;
        const struct json *object;
        arena_init(&arena, ROOM);
        assert_int_equal(parse(&arena, (struct slice){document, len}, &object, &error),
                         RESULT_INVALID);
        /* Inside of a character or between its surrogates, that is what is seen first. */
        bool cut =
            strcmp(error.reason, "invalid UTF-8") == 0 || strcmp(error.reason, SURROGATE) == 0;
        cuts += cut;
        if (!cut && (strcmp(error.reason, END) != 0 || error.offset != len))
            fail_msg("prefix of %zu: %s at %zu", len, error.reason, error.offset);
        arena_close(&arena);
    }
    assert_int_equal(cuts, 3);
}

/* Whatever the text, it is read or refused at a place inside of it; a good text never runs out of
 * memory, so cJSON accepts whatever the scan accepted. */
static void mutations_are_read_or_refused(void **state)
{
    (void)state;
    static const char likely[] = "{}[]\",:\\u0dD89tfn.eE+-\xC3\xBC\xF0\x00 \n";
    struct prng prng = {20261123};
    size_t accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char text[sizeof document];
        size_t len = sizeof document - 1;
        memcpy(text, document, sizeof document);
        for (size_t i = prng_below(&prng, 4) + 1; i > 0; i--) {
            size_t at = prng_below(&prng, len);
            switch (prng_below(&prng, 3)) {
            case 0:
                text[at] = likely[prng_below(&prng, sizeof likely - 1)];
                break;
            case 1:
                text[at] = (char)prng_below(&prng, 256);
                break;
            default:
                memmove(text + at, text + at + 1, len-- - at);
            }
        }
        struct arena arena;
        struct json_error error;
        const struct json *object;
        arena_init(&arena, ROOM);
        enum result result = parse(&arena, (struct slice){text, len}, &object, &error);
        accepted += result == RESULT_OK;
        assert_true(result == RESULT_OK || result == RESULT_INVALID);
        assert_true(result ? error.reason && error.offset <= len
                           : json_type(object) == JSON_OBJECT);
        arena_close(&arena);
    }
    assert_true(accepted > 500 && accepted < 19500);
}

static size_t count_values(const struct json *value)
{
    size_t count = 1;
    if (json_type(value) == JSON_LIST || json_type(value) == JSON_OBJECT)
        for (const struct json *item = json_first(value); item; item = json_next(item))
            count += count_values(item);
    return count;
}

static void no_memory_gives_no_partial_tree(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t ceiling = 0;; ceiling += 8, failures++) {
        struct arena arena;
        struct json_error error;
        const struct json *object;
        arena_init(&arena, ceiling);
        enum result result = parse(&arena, slice_of(document), &object, &error);
        if (result)
            assert_int_equal(result, RESULT_NO_MEMORY);
        assert_int_equal(object ? count_values(object) : 0, result ? 0 : 13);
        assert_null(error.reason);
        arena_close(&arena);
        if (!result)
            break;
        assert_true(ceiling < 100000);
    }
    assert_true(failures > 50);
}

/* The scan alone, as the parser uses it. */
static void the_scan_reports_the_same(void **state)
{
    (void)state;
    struct arena arena;
    struct json_error error = {NULL, 0};
    arena_init(&arena, 0);
    assert_int_equal(json_check(&arena, SLICE("{ }"), &error), RESULT_OK);
    assert_int_equal(json_check(&arena, SLICE("{\"a\":1}"), &error), RESULT_NO_MEMORY);
    assert_int_equal(json_check(&arena, SLICE("{]"), &error), RESULT_INVALID);
    assert_string_equal(error.reason, CHARACTER);
    assert_int_equal(error.offset, 1);
    arena_close(&arena);
}

static bool is_list(struct slice text)
{
    char *copy = exact_copy(text);
    bool is = json_is_string_list((struct slice){copy, text.len});
    free(copy);
    return is;
}

static void lists_of_strings(void **state)
{
    (void)state;
    static const struct slice good[] = {
        SLICE_INIT("[]"),
        SLICE_INIT(" [ ]\n"),
        SLICE_INIT("[\"\"]"),
        SLICE_INIT("[\"a\",\"\\u00e9\\n\"]"),
        SLICE_INIT("\t[\r\n\"a\" , \"[,]\" ] "),
    };
    static const struct slice bad[] = {
        SLICE_INIT(""),
        SLICE_INIT(" "),
        SLICE_INIT("{}"),
        SLICE_INIT("\"a\""),
        SLICE_INIT("["),
        SLICE_INIT("]"),
        SLICE_INIT("[\"a\""),
        SLICE_INIT("[\"a"),
        SLICE_INIT("[\"a\","),
        SLICE_INIT("[\"a\",]"),
        SLICE_INIT("[,\"a\"]"),
        SLICE_INIT("[\"a\" \"b\"]"),
        SLICE_INIT("[\"a\"]]"),
        SLICE_INIT("[\"a\"],[]"),
        SLICE_INIT("[\"a\"]\0"),
        SLICE_INIT("[\"a\0\"]"),
        SLICE_INIT("[\0\"a\"]"),
        SLICE_INIT("[\"\\u0000\"]"),
        SLICE_INIT("[\"\\ud800\"]"),
        SLICE_INIT("[\"\\x41\"]"),
        SLICE_INIT("[\"\t\"]"),
        SLICE_INIT("[\"\xff\"]"),
        SLICE_INIT("\xEF\xBB\xBF[]"),
        SLICE_INIT("[null]"),
        SLICE_INIT("[1]"),
        SLICE_INIT("[[]]"),
        SLICE_INIT("['a']"),
        SLICE_INIT("[a]"),
        SLICE_INIT("[]//"),
        SLICE_INIT("[/**/]"),
        SLICE_INIT("[\v]"),
        SLICE_INIT("[\xc2\xa0]"),
    };
    for (size_t i = 0; i < COUNT(good); i++)
        if (!is_list(good[i]))
            fail_msg("refused: %s", good[i].data);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (is_list(bad[i]))
            fail_msg("accepted: %zu, %s", i, bad[i].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_no_json),
        cmocka_unit_test(accepts_all_that_is_json),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(many_names_are_compared),
        cmocka_unit_test(values_can_be_read),
        cmocka_unit_test(every_prefix_is_refused_at_its_end),
        cmocka_unit_test(mutations_are_read_or_refused),
        cmocka_unit_test(no_memory_gives_no_partial_tree),
        cmocka_unit_test(the_scan_reports_the_same),
        cmocka_unit_test(lists_of_strings),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
