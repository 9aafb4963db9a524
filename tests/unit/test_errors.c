/* api/errors and api/call: each error is complete, and written as JSON. */
#include "support.h"

#include <glob.h>

#include "api/call.h"
#include "api/operation.h"

/* A file with a NUL behind it, to be freed. */
static struct slice read_text(const char *path)
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    size_t len = fread(text, 1, (1 << 20) - 1, file);
    assert_int_equal(fclose(file), 0);
    return (struct slice){text, len};
}

static size_t places(const char *text)
{
    size_t count = 0;
    for (; (text = strstr(text, "{}")); text += 2)
        count++;
    return count;
}

/* Plain: it needs no escape in JSON, as the writer takes for granted. */
static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
            return false;
    return true;
}

/* Each bracket is closed in its turn, and each place stands alone or fills a bracket. */
static bool brackets_match(const char *text)
{
    char open[8];
    size_t depth = 0;
    for (; *text; text++) {
        if (strchr("[{(", *text)) {
            if (depth == sizeof open)
                return false;
            open[depth++] = *text;
        } else if (strchr("]})", *text)) {
            char wanted = *text == ']' ? '[' : *text == '}' ? '{' : '(';
            if (depth == 0 || open[--depth] != wanted)
                return false;
        }
        if (*text == '{' && text[1] != '}')
            return false;
    }
    return depth == 0;
}

static void each_error_is_complete(void **state)
{
    (void)state;
    for (int id = ERROR_NONE + 1; id < ERROR_COUNT; id++) {
        const struct error_text *error = error_text((enum error_id)id);
        if (!error->name || !error->text)
            fail_msg("error %d has no name or no text", id);
        size_t len = strlen(error->name);
        assert_true(len > 9 && strcmp(error->name + len - 9, "Exception") == 0);
        assert_true(error->status >= 400 && error->status <= 599);
        assert_true(is_plain(error->name) && is_plain(error->text) && *error->text);
        assert_true(places(error->text) <= ERROR_PLACES);
        if (!brackets_match(error->text))
            fail_msg("%s", error->text);
        assert_int_equal(error_by_name(slice_of(error->name)) == ERROR_NONE, false);
        assert_true(error->grade == GRADE_RECORDED || error->grade == GRADE_DOCUMENTED ||
                    error->grade == GRADE_ASSUMED);
        if (error->attribute) {
            assert_true(is_plain(error->attribute) && *error->attribute);
            /* An attribute that is an argument is the first one of the text. */
            assert_true(!places(error->attribute) || places(error->text) > 0);
            assert_true(places(error->attribute) <= 1);
        }
    }
    assert_string_equal(error_text(ERROR_INTERNAL)->name, "InternalServerErrorException");
}

/* The same name always has the same status: a fault may name any of them. */
static void a_name_has_one_status(void **state)
{
    (void)state;
    for (int id = ERROR_NONE + 1; id < ERROR_COUNT; id++) {
        const struct error_text *error = error_text((enum error_id)id);
        const struct error_text *other = error_text(error_by_name(slice_of(error->name)));
        assert_string_equal(other->name, error->name);
        assert_int_equal(other->status, error->status);
        /* What a fault answers has nothing to fill in but what is given with it. */
        if (error->status != 413 && error->status != 501)
            assert_int_equal(places(other->text), 0);
    }
    assert_int_equal(error_by_name(SLICE("NoSuchException")), ERROR_NONE);
    assert_int_equal(error_by_name(SLICE("")), ERROR_NONE);
    assert_int_equal(error_by_name(SLICE("notfoundexception")), ERROR_NONE);
}

static void errors_are_written_as_json(void **state)
{
    (void)state;
    const struct slice args[ERROR_PLACES] = {SLICE("a\"b"), SLICE("c\\d"), SLICE("\n{}")};
    static const struct {
        enum error_id id;
        struct slice prefix, message;
        const char *wanted;
    } cases[] = {
        {ERROR_MALFORMED_PATH,
         {NULL, 0},
         {NULL, 0},
         "{\"message\":\"Unable to parse the request path.\"}"},
        {ERROR_MISSING_MEMBER,
         {NULL, 0},
         {NULL, 0},
         "{\"errorAttribute\":\"a\\\"b\",\"message\":\"[a\\\"b] is required.\"}"},
        {ERROR_WRONG_TYPE,
         {NULL, 0},
         {NULL, 0},
         "{\"errorAttribute\":\"a\\\"b\",\"message\":\"Invalid value for [a\\\"b]. Specify a c\\\\d.\"}"},
        {ERROR_SIGNATURE_EXPIRED,
         {NULL, 0},
         {NULL, 0},
         "{\"message\":\"Signature expired: a\\\"b is now earlier than c\\\\d (\\n{} - 5 min.)\"}"},
        {ERROR_USER_EXISTS,
         {NULL, 0},
         SLICE_INIT("my {} \"text\""),
         "{\"errorAttribute\":\"username\",\"message\":\"my {} \\\"text\\\"\"}"},
        {ERROR_ANY_CONFLICT, {NULL, 0}, SLICE_INIT(""), "{\"message\":\"\"}"},
        /* A prefix stands before the attribute only. */
        {ERROR_PASSWORD_LENGTH,
         SLICE_INIT("users[3]."),
         {NULL, 0},
         "{\"errorAttribute\":\"users[3].password\",\"message\":\"Password is invalid. "
         "Enter a password 12 to 250 characters long.\"}"},
        {ERROR_MISSING_MEMBER,
         SLICE_INIT("b\"[{}]."),
         {NULL, 0},
         "{\"errorAttribute\":\"b\\\"[{}].a\\\"b\",\"message\":\"[a\\\"b] is required.\"}"},
        {ERROR_REPLICATION_CONSOLE, SLICE_INIT("users[0]."), SLICE_INIT("x"),
         "{\"message\":\"x\"}"},
        {ERROR_USER_EXISTS, SLICE_INIT(""), SLICE_INIT("x"),
         "{\"errorAttribute\":\"username\",\"message\":\"x\"}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buffer out;
        buffer_init(&out, 1000);
        error_write(&out, cases[i].id, cases[i].prefix, args, cases[i].message, true);
        assert_slice(buffer_slice(&out), cases[i].wanted);
        buffer_close(&out);
    }
}

/* With each ceiling of the body and of the request's arena: the whole error, or the one that needs
 * no memory. */
static void a_failing_call_always_has_an_answer(void **state)
{
    (void)state;
    static const char wanted[] =
        "{\n  \"errorAttribute\" : \"username\",\n  \"message\" : \"Can't find requested user [bob]. "
        "Make sure your user exists.\"\n}";
    static const char internal[] = "{\n  \"message\" : \"Unexpected internal server error. "
                                   "Retrying your request might resolve the issue.\"\n}";
    size_t whole = 0;
    for (size_t ceiling = 0; ceiling < 300; ceiling++) {
        struct arena arena;
        struct buffer out;
        arena_init(&arena, ceiling % 2 ? 10000 : ceiling);
        buffer_init(&out, ceiling % 2 ? ceiling : 10000);
        struct call call = {.arena = &arena, .out = &out};
        call_fail(&call, ERROR_USER_NOT_FOUND, SLICE("bob"));
        assert_true(call.failed);
        whole += call.reply.status == 404;
        assert_slice(call.reply.body, call.reply.status == 404 ? wanted : internal);
        assert_string_equal(call.reply.error, call.reply.status == 404
                                                  ? "NotFoundException"
                                                  : "InternalServerErrorException");
        buffer_close(&out);
        arena_close(&arena);
    }
    assert_true(whole > 50 && whole < 250);
}

/* The arguments fill the text in their order, and the prefix goes before the attribute. */
static void a_call_fails_with_all_arguments(void **state)
{
    (void)state;
    struct arena arena;
    struct buffer out;
    arena_init(&arena, 10000);
    buffer_init(&out, 10000);
    struct call call = {.arena = &arena, .out = &out};
    buffer_append_string(&out, "half a reply");
    call_fail_within(&call, SLICE("users[12]."), ERROR_GROUP_LENGTH, SLICE("x"));
    assert_slice(call.reply.body,
                 "{\n  \"errorAttribute\" : \"users[12].groups\",\n  \"message\" : \"Group [x] is "
                 "invalid. Enter a group name 2 to 100 characters long.\"\n}");
    call_fail(&call, ERROR_ENGINE_VERSION, SLICE("5.1"), SLICE("ACTIVEMQ"), SLICE("5.19, 5.18"));
    assert_slice(
        call.reply.body,
        "{\n  \"errorAttribute\" : \"engineVersion\",\n  \"message\" : \"Broker engine version [5.1] is "
        "invalid for broker engine type [ACTIVEMQ]. Valid values: [5.19, 5.18].\"\n}");
    assert_int_equal(call.reply.status, 400);
    call_fail(&call, ERROR_NETWORK_ID, SLICE("subnetIds"), SLICE("a b"));
    assert_slice(call.reply.body, "{\n  \"errorAttribute\" : \"subnetIds\",\n  \"message\" : "
                                  "\"Invalid value for [subnetIds]: [a b] is no ID.\"\n}");
    buffer_close(&out);
    arena_close(&arena);
}

/* One argument too few or too many is no answer of the table. */
static void a_text_takes_as_many_arguments_as_it_has_places(void **state)
{
    (void)state;
    const struct slice args[ERROR_PLACES + 1] = {SLICE("a"), SLICE("b"), SLICE("c"), SLICE("d")};
    for (int id = ERROR_NONE + 1; id < ERROR_COUNT; id++) {
        const struct error_text *error = error_text((enum error_id)id);
        for (size_t count = 0; count < COUNT(args); count++) {
            struct arena arena;
            struct buffer out;
            arena_init(&arena, 10000);
            buffer_init(&out, 10000);
            struct call call = {.arena = &arena, .out = &out};
            call_fail_with(&call, (struct slice){NULL, 0}, (enum error_id)id, args, count);
            bool right = count == places(error->text);
            assert_int_equal(call.reply.status, right ? error->status : 500);
            assert_true(call.failed);
            buffer_close(&out);
            arena_close(&arena);
        }
    }
}

/* The name of each error, in the order of the enumeration. */
static void read_names(const char *header, char names[ERROR_COUNT][64])
{
    const char *at = header;
    for (int id = 0; id < ERROR_COUNT; id++) {
        at = strstr(at, "\n    ERROR_") + 5;
        assert_int_equal(sscanf(at, "%63[A-Z_]", names[id]), 1);
    }
    assert_string_equal(names[ERROR_NONE], "ERROR_NONE");
}

/* Arguments behind the id, up to the parenthesis that closes the call. */
static size_t count_arguments(const char *at)
{
    size_t count = 0;
    for (int depth = 0; depth > 0 || *at != ')'; at++) {
        depth += *at == '(' || *at == '{';
        depth -= *at == ')' || *at == '}';
        count += *at == ',' && depth == 0;
    }
    return count;
}

static int check_calls(const char *path, char names[ERROR_COUNT][64])
{
    struct slice text = read_text(path);
    int calls = 0;
    for (const char *at = text.data; (at = strstr(at, "call_fail")); at++) {
        const char *end = strchr(at, ';'), *id = strstr(at, " ERROR_");
        char name[64];
        if (at[9] != '(' && strncmp(at, "call_fail_within(", 17) != 0)
            continue;
        if (!end || !id || id > end || sscanf(id, " %63[A-Z_]", name) != 1)
            continue; /* the id is a variable */
        int found = 0;
        while (found < ERROR_COUNT && strcmp(names[found], name) != 0)
            found++;
        assert_true(found < ERROR_COUNT);
        if (count_arguments(id) != places(error_text((enum error_id)found)->text))
            fail_msg("%s: %.*s", path, (int)(end - at), at);
        calls++;
    }
    free((char *)(uintptr_t)text.data);
    return calls;
}

/* Also those that no test reaches. */
static void each_call_gives_the_arguments_of_its_text(void **state)
{
    (void)state;
    static char names[ERROR_COUNT][64];
    struct slice header = read_text("server/api/errors.h");
    int calls = 0;
    glob_t files;
    read_names(header.data, names);
    assert_int_equal(glob("server/*/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        calls += check_calls(files.gl_pathv[i], names);
    globfree(&files);
    free((char *)(uintptr_t)header.data);
    assert_true(calls > 80);
}

static void a_success_may_still_run_out_of_memory(void **state)
{
    static const struct operation operation = {.run = call_succeed};
    (void)state;
    for (size_t ceiling = 0; ceiling < 4; ceiling++) {
        struct arena arena;
        struct buffer out;
        arena_init(&arena, 1000);
        buffer_init(&out, ceiling);
        struct call call = {.operation = &operation, .arena = &arena, .out = &out};
        buffer_append_string(&out, "{}");
        call_run(&call);
        assert_int_equal(call.failed, ceiling < 2);
        assert_int_equal(call.reply.status, ceiling < 2 ? 500 : 200);
        assert_slice(call.reply.body, ceiling < 2 ? reply_internal_error(false).body.data : "{}");
        buffer_close(&out);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_is_complete),
        cmocka_unit_test(a_name_has_one_status),
        cmocka_unit_test(errors_are_written_as_json),
        cmocka_unit_test(a_failing_call_always_has_an_answer),
        cmocka_unit_test(a_call_fails_with_all_arguments),
        cmocka_unit_test(a_text_takes_as_many_arguments_as_it_has_places),
        cmocka_unit_test(each_call_gives_the_arguments_of_its_text),
        cmocka_unit_test(a_success_may_still_run_out_of_memory),
    };
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
