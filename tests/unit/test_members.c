/* api/members: types before required members, in the order of the declaration. */
#include "support.h"

#include "api/members.h"

struct input {
    enum optional flag;
    struct strings list;
    struct slice text;
    enum optional last;
};

static const struct member declared[] = {
    {"flag", MEMBER_BOOLEAN, offsetof(struct input, flag), false},
    {"list", MEMBER_STRINGS, offsetof(struct input, list), true},
    {"text", MEMBER_STRING, offsetof(struct input, text), true},
    {"last", MEMBER_BOOLEAN, offsetof(struct input, last), false},
};

static const struct members members = {declared, COUNT(declared), sizeof(struct input)};

/* The input lives in `arena`. */
static enum result read_body(const char *body, struct arena *arena, struct input *input,
                             struct member_error *error)
{
    struct json_error syntax;
    const struct json *object = NULL;
    *input = (struct input){.flag = OPTIONAL_ABSENT};
    *error = (struct member_error){.id = ERROR_NONE};
    assert_int_equal(json_parse(arena, slice_of(body), &object, &syntax), RESULT_OK);
    return members_read(&members, object, input, arena, error);
}

static void the_first_breach_is_reported(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum error_id id;
        const char *path, *type;
    } cases[] = {
        {"{}", ERROR_MISSING_MEMBER, "list", NULL},
        {"{\"text\":\"x\"}", ERROR_MISSING_MEMBER, "list", NULL},
        {"{\"list\":[]}", ERROR_MISSING_MEMBER, "text", NULL},
        {"{\"list\":null,\"text\":\"x\"}", ERROR_MISSING_MEMBER, "list", NULL},
        {"{\"list\":[],\"text\":null}", ERROR_MISSING_MEMBER, "text", NULL},
        {"{\"List\":[],\"text\":\"x\"}", ERROR_MISSING_MEMBER, "list", NULL},
        {"{\"last\":1}", ERROR_WRONG_TYPE, "last", "boolean"},
        {"{\"last\":1,\"text\":1,\"flag\":1}", ERROR_WRONG_TYPE, "flag", "boolean"},
        {"{\"last\":1,\"text\":true}", ERROR_WRONG_TYPE, "text", "string"},
        {"{\"flag\":\"true\"}", ERROR_WRONG_TYPE, "flag", "boolean"},
        {"{\"flag\":0}", ERROR_WRONG_TYPE, "flag", "boolean"},
        {"{\"flag\":[]}", ERROR_WRONG_TYPE, "flag", "boolean"},
        {"{\"text\":1}", ERROR_WRONG_TYPE, "text", "string"},
        {"{\"text\":{}}", ERROR_WRONG_TYPE, "text", "string"},
        {"{\"list\":\"a\"}", ERROR_WRONG_TYPE, "list", "list of strings"},
        {"{\"list\":{}}", ERROR_WRONG_TYPE, "list", "list of strings"},
        {"{\"list\":true}", ERROR_WRONG_TYPE, "list", "list of strings"},
        {"{\"list\":[1]}", ERROR_WRONG_TYPE, "list[0]", "string"},
        {"{\"list\":[\"a\",null,1]}", ERROR_WRONG_TYPE, "list[1]", "string"},
        {"{\"list\":[\"a\",[\"b\"]]}", ERROR_WRONG_TYPE, "list[1]", "string"},
        {"{\"list\":[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",{}]}",
         ERROR_WRONG_TYPE, "list[10]", "string"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct input input;
        struct member_error error;
        arena_init(&arena, 100000);
        assert_int_equal(read_body(cases[i].body, &arena, &input, &error), RESULT_INVALID);
        if (error.id != cases[i].id || !slice_equal(error.path, slice_of(cases[i].path)))
            fail_msg("%s: %d %s", cases[i].body, (int)error.id, error.path.data);
        if (cases[i].type)
            assert_string_equal(error.type, cases[i].type);
        arena_close(&arena);
    }
}

static void good_bodies_fill_the_input(void **state)
{
    (void)state;
    struct arena arena;
    struct input input;
    struct member_error error;
    arena_init(&arena, 100000);
    const char *full =
        "{\"unknown\":{\"flag\":1},\"last\":false,\"text\":\"\\u00fc\",\"flag\":true,"
        "\"list\":[\"b\",\"a\",\"b\",\"\"]}";
    assert_int_equal(read_body(full, &arena, &input, &error), RESULT_OK);
    assert_int_equal(input.flag, OPTIONAL_TRUE);
    assert_int_equal(input.last, OPTIONAL_FALSE);
    assert_slice(input.text, "\xC3\xBC");
    assert_true(input.list.present);
    assert_int_equal(input.list.count, 4);
    assert_slice(input.list.items[0], "b");
    assert_slice(input.list.items[1], "a");
    assert_slice(input.list.items[2], "b");
    assert_slice(input.list.items[3], "");
    const char *least = "{\"text\":\"\",\"list\":[],\"flag\":null}";
    assert_int_equal(read_body(least, &arena, &input, &error), RESULT_OK);
    assert_int_equal(input.flag, OPTIONAL_ABSENT);
    assert_int_equal(input.last, OPTIONAL_ABSENT);
    assert_slice(input.text, "");
    assert_true(input.list.present);
    assert_int_equal(input.list.count, 0);
    arena_close(&arena);
}

static void no_memory_is_no_error_of_the_client(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{\"text\":\"x\",\"list\":[\"a\",\"b\"]}",
                                         "{\"list\":[\"a\",1]}"};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct arena arena, parsed;
        struct json_error syntax;
        const struct json *object = NULL;
        arena_init(&parsed, 100000);
        assert_int_equal(json_parse(&parsed, slice_of(bodies[i]), &object, &syntax), RESULT_OK);
        for (size_t ceiling = 0; ceiling < 32; ceiling += 8) {
            struct input input = {.flag = OPTIONAL_ABSENT};
            struct member_error error = {.id = ERROR_NONE};
            arena_init(&arena, ceiling);
            assert_int_equal(members_read(&members, object, &input, &arena, &error),
                             RESULT_NO_MEMORY);
            assert_int_equal(error.id, ERROR_NONE);
            arena_close(&arena);
        }
        arena_close(&parsed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_breach_is_reported),
        cmocka_unit_test(good_bodies_fill_the_input),
        cmocka_unit_test(no_memory_is_no_error_of_the_client),
    };
    return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
