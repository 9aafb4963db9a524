/* api/members: types before required members, in the order of the declaration, in depth. */
#include "support.h"

#include "api/members.h"

struct input {
    enum optional flag;
    struct strings list;
    struct slice text;
    enum optional last;
};

static const struct member declared[] = {
    {"flag", MEMBER_BOOLEAN, offsetof(struct input, flag), false, NULL},
    {"list", MEMBER_STRINGS, offsetof(struct input, list), true, NULL},
    {"text", MEMBER_STRING, offsetof(struct input, text), true, NULL},
    {"last", MEMBER_BOOLEAN, offsetof(struct input, last), false, NULL},
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

/* ---- objects, lists of objects, maps and integers ---- */

struct person {
    struct slice name;
    struct strings groups;
};

struct logs {
    enum optional audit;
    struct optional_integer size;
};

struct outer {
    struct optional_integer number;
    struct objects people;
    struct logs *logs;
    struct string_map tags;
    struct slice text;
};

static const struct member person_list[] = {
    {"name", MEMBER_STRING, offsetof(struct person, name), true, NULL},
    {"groups", MEMBER_STRINGS, offsetof(struct person, groups), true, NULL},
};
static const struct members person_members = MEMBERS(person_list, struct person);

static const struct member logs_list[] = {
    {"audit", MEMBER_BOOLEAN, offsetof(struct logs, audit), true, NULL},
    {"size", MEMBER_INTEGER, offsetof(struct logs, size), false, NULL},
};
static const struct members logs_members = MEMBERS(logs_list, struct logs);

static const struct member outer_list[] = {
    {"number", MEMBER_INTEGER, offsetof(struct outer, number), false, NULL},
    {"people", MEMBER_OBJECTS, offsetof(struct outer, people), false, &person_members},
    {"logs", MEMBER_OBJECT, offsetof(struct outer, logs), false, &logs_members},
    {"tags", MEMBER_STRING_MAP, offsetof(struct outer, tags), false, NULL},
    {"text", MEMBER_STRING, offsetof(struct outer, text), true, NULL},
};
static const struct members outer_members = MEMBERS(outer_list, struct outer);

static enum result read_outer(const char *body, struct arena *arena, struct outer *input,
                              struct member_error *error)
{
    struct json_error syntax;
    const struct json *object = NULL;
    *input = (struct outer){.logs = NULL};
    *error = (struct member_error){.id = ERROR_NONE};
    assert_int_equal(json_parse(arena, slice_of(body), &object, &syntax), RESULT_OK);
    return members_read(&outer_members, object, input, arena, error);
}

#define SOMEONE "{\"name\":\"n\",\"groups\":[]}"

static void breaches_are_found_in_depth(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *path, *type; /* type NULL: it is missing */
    } cases[] = {
        {"{\"people\":{}}", "people", "list of objects"},
        {"{\"people\":\"x\"}", "people", "list of objects"},
        {"{\"people\":[1]}", "people[0]", "object"},
        {"{\"people\":[" SOMEONE ",null]}", "people[1]", "object"},
        {"{\"people\":[" SOMEONE ",[]]}", "people[1]", "object"},
        {"{\"people\":[" SOMEONE ",{\"groups\":[1]}]}", "people[1].groups[0]", "string"},
        {"{\"people\":[" SOMEONE ",{\"groups\":[\"a\",null]}]}", "people[1].groups[1]", "string"},
        {"{\"people\":[{\"name\":1,\"groups\":1}]}", "people[0].name", "string"},
        {"{\"people\":[{\"groups\":1},{\"name\":1}]}", "people[0].groups", "list of strings"},
        {"{\"logs\":[]}", "logs", "object"},
        {"{\"logs\":true}", "logs", "object"},
        {"{\"logs\":{\"audit\":1}}", "logs.audit", "boolean"},
        {"{\"logs\":{\"size\":\"1\"}}", "logs.size", "integer"},
        {"{\"logs\":{\"size\":0.5}}", "logs.size", "integer"},
        {"{\"tags\":[]}", "tags", "object"},
        {"{\"tags\":\"x\"}", "tags", "object"},
        {"{\"tags\":{\"a\":\"b\",\"c\":1}}", "tags.c", "string"},
        {"{\"tags\":{\"a.b\":null}}", "tags.a.b", "string"},
        {"{\"tags\":{\"\":{}}}", "tags.", "string"},
        {"{\"number\":\"1\"}", "number", "integer"},
        {"{\"number\":true}", "number", "integer"},
        /* The whole tree of types before anything that is missing. */
        {"{\"people\":[{}],\"logs\":{},\"text\":1}", "text", "string"},
        {"{\"people\":[{},{\"name\":{}}]}", "people[1].name", "string"},
        {"{\"people\":[{}],\"logs\":{}}", "people[0].name", NULL},
        {"{\"people\":[" SOMEONE ",{\"name\":\"n\"}]}", "people[1].groups", NULL},
        {"{\"people\":[" SOMEONE ",{\"name\":null,\"groups\":[]}]}", "people[1].name", NULL},
        {"{\"people\":[" SOMEONE "],\"logs\":{}}", "logs.audit", NULL},
        {"{\"logs\":{\"audit\":null,\"size\":1}}", "logs.audit", NULL},
        {"{\"people\":[],\"logs\":null,\"tags\":{}}", "text", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct outer input;
        struct member_error error;
        arena_init(&arena, 100000);
        assert_int_equal(read_outer(cases[i].body, &arena, &input, &error), RESULT_INVALID);
        if (!slice_equal(error.path, slice_of(cases[i].path)))
            fail_msg("%s: %s", cases[i].body, error.path.data);
        assert_int_equal(error.id, cases[i].type ? ERROR_WRONG_TYPE : ERROR_MISSING_MEMBER);
        if (cases[i].type)
            assert_string_equal(error.type, cases[i].type);
        arena_close(&arena);
    }
}

static void integers_are_whole_and_fit_32_bits(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        bool good;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"1", true, 1},
        {"1.0", true, 1},
        {"1e2", true, 100},
        {"2147483647", true, INT32_MAX},
        {"2147483647.0", true, INT32_MAX},
        {"-2147483648", true, INT32_MIN},
        {"1.5", false, 0},
        {"-0.1", false, 0},
        {"2147483647.5", false, 0},
        {"2147483648", false, 0},
        {"-2147483649", false, 0},
        {"-2147483648.5", false, 0},
        {"9007199254740993", false, 0},
        {"1e300", false, 0},
        {"-1e300", false, 0},
        {"1e999", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        struct outer input;
        struct member_error error;
        char body[80];
        arena_init(&arena, 100000);
        snprintf(body, sizeof body, "{\"number\":%s,\"text\":\"\"}", cases[i].number);
        enum result result = read_outer(body, &arena, &input, &error);
        if (result != (cases[i].good ? RESULT_OK : RESULT_INVALID))
            fail_msg("%s", body);
        if (!cases[i].good)
            assert_slice(error.path, "number");
        else
            assert_true(input.number.present && input.number.value == cases[i].value);
        arena_close(&arena);
    }
}

static void good_trees_fill_the_input(void **state)
{
    (void)state;
    struct arena arena;
    struct outer input;
    struct member_error error;
    arena_init(&arena, 100000);
    const char *full = "{\"people\":[{\"groups\":[\"a\",\"b\"],\"name\":\"first\",\"age\":[]},"
                       "{\"name\":\"second\",\"groups\":[]}],"
                       "\"logs\":{\"audit\":false,\"size\":null},\"number\":null,"
                       "\"tags\":{\"k\":\"v\",\"K\":\"\"},\"text\":\"t\"}";
    assert_int_equal(read_outer(full, &arena, &input, &error), RESULT_OK);
    const struct person *people = input.people.items;
    assert_true(input.people.present && input.people.count == 2);
    assert_slice(people[0].name, "first");
    assert_int_equal(people[0].groups.count, 2);
    assert_slice(people[0].groups.items[1], "b");
    assert_slice(people[1].name, "second");
    assert_true(people[1].groups.present && people[1].groups.count == 0);
    assert_non_null(input.logs);
    assert_int_equal(input.logs->audit, OPTIONAL_FALSE);
    assert_false(input.logs->size.present);
    assert_false(input.number.present);
    assert_true(input.tags.present && input.tags.count == 2);
    assert_slice(input.tags.items[0].key, "k");
    assert_slice(input.tags.items[0].value, "v");
    assert_slice(input.tags.items[1].key, "K");
    assert_slice(input.tags.items[1].value, "");
    assert_slice(input.text, "t");
    const char *least = "{\"people\":[],\"tags\":{},\"logs\":null,\"text\":\"\"}";
    assert_int_equal(read_outer(least, &arena, &input, &error), RESULT_OK);
    assert_true(input.people.present && input.people.count == 0);
    assert_true(input.tags.present && input.tags.count == 0);
    assert_null(input.logs);
    assert_int_equal(read_outer("{\"text\":\"\"}", &arena, &input, &error), RESULT_OK);
    assert_false(input.people.present || input.tags.present || input.number.present);
    arena_close(&arena);
}

/* Under each ceiling of the arena: all of it, the client's fault, or out of memory. */
static void no_memory_in_depth(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum result wanted;
    } cases[] = {
        {"{\"people\":[" SOMEONE "," SOMEONE "],\"logs\":{\"audit\":true},"
         "\"tags\":{\"k\":\"v\"},\"text\":\"t\"}",
         RESULT_OK},
        {"{\"text\":\"t\",\"people\":[" SOMEONE ",{\"name\":\"n\"}]}", RESULT_INVALID},
        {"{\"text\":\"t\",\"people\":[" SOMEONE ",1]}", RESULT_INVALID},
        {"{\"text\":\"t\",\"tags\":{\"k\":1}}", RESULT_INVALID},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena parsed;
        struct json_error syntax;
        const struct json *object = NULL;
        size_t short_of = 0, enough = 0;
        arena_init(&parsed, 100000);
        assert_int_equal(json_parse(&parsed, slice_of(cases[i].body), &object, &syntax), RESULT_OK);
        for (size_t ceiling = 0; ceiling < 1000; ceiling += 8) {
            struct arena arena;
            struct outer input = {.logs = NULL};
            struct member_error error = {.id = ERROR_NONE};
            arena_init(&arena, ceiling);
            enum result result = members_read(&outer_members, object, &input, &arena, &error);
            assert_true(result == cases[i].wanted || result == RESULT_NO_MEMORY);
            assert_int_equal(error.id != ERROR_NONE, result == RESULT_INVALID);
            short_of += result == RESULT_NO_MEMORY;
            enough += result == cases[i].wanted;
            arena_close(&arena);
        }
        assert_true(short_of > 0 && enough > 0);
        arena_close(&parsed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_breach_is_reported),
        cmocka_unit_test(good_bodies_fill_the_input),
        cmocka_unit_test(no_memory_is_no_error_of_the_client),
        cmocka_unit_test(breaches_are_found_in_depth),
        cmocka_unit_test(integers_are_whole_and_fit_32_bits),
        cmocka_unit_test(good_trees_fill_the_input),
        cmocka_unit_test(no_memory_in_depth),
    };
    return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
