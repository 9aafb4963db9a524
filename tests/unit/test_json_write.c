/* base/json, writing: escapes, commas, raw text, and the error that sticks. */
#include "support.h"

#include "base/json.h"

static void expect_escaped(struct slice plain, const char *wanted)
{
    struct buffer out;
    buffer_init(&out, 4096);
    json_append_escaped(&out, plain);
    assert_slice(buffer_slice(&out), wanted);
    buffer_close(&out);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    expect_escaped((struct slice){NULL, 0}, "");
    expect_escaped(SLICE(""), "");
    expect_escaped(SLICE("plain /'\x7f"), "plain /'\x7f");
    expect_escaped(SLICE("\"\\\b\f\n\r\t"), "\\\"\\\\\\b\\f\\n\\r\\t");
    expect_escaped(SLICE("a\0b\x01\x1f"), "a\\u0000b\\u0001\\u001f");
    expect_escaped(SLICE("\xC3\xBC\xF0\x9F\x98\x80"), "\xC3\xBC\xF0\x9F\x98\x80");
    expect_escaped(SLICE("\"middle\" end"), "\\\"middle\\\" end");
}

/* A raw byte of a request line or a header must not make an answer that no reader takes. */
static void what_is_not_utf8_is_replaced(void **state)
{
    (void)state;
    expect_escaped(SLICE("\xEC/v1"), "\xEF\xBF\xBD/v1");
    expect_escaped(SLICE("a\xFF\xFE"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_escaped(SLICE("\xC3\xBC\xC3"), "\xC3\xBC\xEF\xBF\xBD");
    expect_escaped(SLICE("\xC3\""), "\xEF\xBF\xBD\\\"");
    expect_escaped(SLICE("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* What is written can be read, and reads as what was meant: every byte but NUL. */
static void what_is_escaped_reads_back(void **state)
{
    (void)state;
    for (int c = 1; c < 0x80; c++) {
        const char plain[] = {'x', (char)c, 'y', '\0'};
        struct arena arena;
        struct buffer out;
        struct json_error error;
        const struct json *object = NULL;
        struct json_writer writer = {.out = &out};
        arena_init(&arena, 10000);
        buffer_init(&out, 1000);
        json_object_begin(&writer);
        json_key_text(&writer, slice_of(plain));
        json_write_string(&writer, slice_of(plain));
        json_object_end(&writer);
        assert_int_equal(json_parse(&arena, buffer_slice(&out), &object, &error), RESULT_OK);
        assert_slice(json_string(json_member(object, plain)), plain);
        buffer_close(&out);
        arena_close(&arena);
    }
}

/* Returns the room that the text took. */
static size_t write_document(struct buffer *out)
{
    struct json_writer writer = {.out = out};
    json_object_begin(&writer);
    json_put_string(&writer, "a", SLICE("x\ny"));
    json_put_boolean(&writer, "b", true);
    json_key(&writer, "c");
    json_list_begin(&writer);
    json_write_integer(&writer, INT64_MIN);
    json_write_boolean(&writer, false);
    json_write_raw(&writer, SLICE("[ 1, 2 ]"));
    json_list_begin(&writer);
    json_list_end(&writer);
    json_object_begin(&writer);
    json_object_end(&writer);
    json_write_string(&writer, SLICE(""));
    json_list_end(&writer);
    json_put_integer(&writer, "d", 0);
    json_put_raw(&writer, "e", SLICE("{ }"));
    json_object_end(&writer);
    return out->len;
}

static const char written[] =
    "{\"a\":\"x\\ny\",\"b\":true,\"c\":[-9223372036854775808,false,[1,2],[],{},\"\"],"
    "\"d\":0,\"e\":{}}";

static void commas_stand_between(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 4096);
    write_document(&out);
    assert_slice(buffer_slice(&out), written);
    buffer_close(&out);
}

static void no_shortened_text_goes_unnoticed(void **state)
{
    (void)state;
    for (size_t ceiling = 0; ceiling <= sizeof written; ceiling++) {
        struct buffer out;
        buffer_init(&out, ceiling);
        size_t len = write_document(&out);
        assert_true(len <= ceiling);
        assert_int_equal(out.failed, ceiling < sizeof written - 1 ? RESULT_TOO_LARGE : RESULT_OK);
        assert_memory_equal(buffer_slice(&out).data, written, len);
        buffer_close(&out);
    }
}

static void raw_text_loses_white_space_outside_strings(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *wanted;
    } cases[] = {
        {"[]", "[]"},
        {" [ \"a\" ,\t\"b\"\r\n] ", "[\"a\",\"b\"]"},
        {"[\"a b\", \" \\n\t\"]", "[\"a b\",\" \\n\t\"]"},
        {"[\"a \\\" b\", \"c d\"]", "[\"a \\\" b\",\"c d\"]"},
        {"[\"a \\\\\", \"b c\"]", "[\"a \\\\\",\"b c\"]"},
        {"[\"\\\\\\\" x\", 1]", "[\"\\\\\\\" x\",1]"},
        {"{ \"k\" : { \"l m\" : null } }", "{\"k\":{\"l m\":null}}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out;
        struct json_writer writer = {.out = &out};
        buffer_init(&out, 4096);
        json_write_raw(&writer, slice_of(cases[i].raw));
        assert_slice(buffer_slice(&out), cases[i].wanted);
        buffer_close(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(what_is_not_utf8_is_replaced),
        cmocka_unit_test(what_is_escaped_reads_back),
        cmocka_unit_test(commas_stand_between),
        cmocka_unit_test(no_shortened_text_goes_unnoticed),
        cmocka_unit_test(raw_text_loses_white_space_outside_strings),
    };
    return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
