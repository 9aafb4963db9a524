/* gate/router: every operation by its own path, and no other path. */
#include "support.h"

#include "control/endpoints.h"
#include "gate/router.h"
#include "http/target.h"
#include "mq/operations.h"

static struct arena arena;

static struct request make_request(const char *method, const char *raw)
{
    struct request request = {.method = slice_of(method), .raw_target = slice_of(raw)};
    assert_int_equal(target_parse(request.raw_target, &arena, &request.target), RESULT_OK);
    assert_false(request.target.malformed);
    return request;
}

static const struct operation *find(const char *method, const char *raw, struct labels *labels)
{
    struct request request = make_request(method, raw);
    return router_find(&request, labels);
}

static const char *name_of(const char *method, const char *raw)
{
    struct labels labels;
    const struct operation *operation = find(method, raw, &labels);
    return operation ? operation->name : "none";
}

/* A path of the pattern: each label is replaced by its own name and an odd character. */
static const char *path_of(const char *pattern)
{
    char *path = arena_copy(&arena, slice_of(pattern));
    for (char *at = path; *at; at++)
        if (*at == '{' || *at == '}')
            *at = *at == '{' ? '~' : '.';
    return path;
}

static void each_operation_is_found_by_its_pattern(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        size_t offset;
    } labels_of[] = {
        {"broker-id", offsetof(struct labels, broker_id)},
        {"username", offsetof(struct labels, username)},
        {"configuration-id", offsetof(struct labels, configuration_id)},
        {"configuration-revision", offsetof(struct labels, configuration_revision)},
        {"resource-arn", offsetof(struct labels, resource_arn)},
    };
    assert_true(operation_count >= 25); /* tests/api/test_tables.py has their names */
    for (size_t i = 0; i < operation_count; i++) {
        struct labels labels;
        assert_ptr_equal(find(operations[i].method, path_of(operations[i].path), &labels),
                         &operations[i]);
        for (size_t label = 0; label < COUNT(labels_of); label++) {
            struct slice value;
            memcpy(&value, (const char *)&labels + labels_of[label].offset, sizeof value);
            const char *pattern = arena_printf(&arena, "{%s}", labels_of[label].label);
            bool has = strstr(operations[i].path, pattern) != NULL;
            assert_slice(value, has ? path_of(pattern) : NULL);
        }
    }
}

/* The control API's rows have no name, and no methods of theirs are listed. */
static void each_control_endpoint_is_found_by_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < control_operation_count; i++) {
        const struct operation *row = &control_operations[i];
        struct labels labels;
        struct request request = make_request(row->method, row->path);
        assert_null(row->name);
        assert_true(request.target.is_control);
        assert_ptr_equal(router_find(&request, &labels), row);
        assert_slice(router_methods(&request.target, &arena), NULL);
        assert_null(find(row->method, arena_printf(&arena, "/v1%s", row->path), &labels));
        const struct operation *below =
            find(row->method, arena_printf(&arena, "%s/x", row->path), &labels);
        assert_true(!below || strchr(below->path, '{')); /* a list, and one of it */
        assert_null(find("HEAD", row->path, &labels));
    }
}

/* No segment may be missing, too many or empty, but for the username. */
static void other_paths_are_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < operation_count; i++) {
        const char *method = operations[i].method, *path = path_of(operations[i].path);
        const char *name = operations[i].name;
        bool has_user = strstr(operations[i].path, "{username}") != NULL;
        for (const char *at = path; *at; at++) {
            if (*at != '/')
                continue;
            const char *end = at + 1 + strcspn(at + 1, "/");
            const char *emptied = arena_printf(&arena, "%.*s%s", (int)(at + 1 - path), path, end);
            const char *wanted = has_user && *end == '\0' ? name : "none";
            assert_string_equal(name_of(method, emptied), wanted);
            const char *inserted = arena_printf(&arena, "%.*s/%s", (int)(at - path), path, at);
            assert_string_equal(name_of(method, inserted), "none");
        }
        assert_string_equal(name_of(method, arena_printf(&arena, "%s/", path)),
                            strcmp(name, "ListUsers") == 0 ? "DescribeUser" : "none");
        assert_string_equal(name_of(method, arena_printf(&arena, "%s/x/y", path)), "none");
        assert_string_equal(name_of("HEAD", path), "none");
        assert_string_equal(name_of("PATCH", path), "none");
    }
}

static void odd_requests(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *wanted;
    } cases[] = {
        {"GET", "", "none"},
        {"GET", "/", "none"},
        {"GET", "//", "none"},
        {"GET", "/V1/brokers", "none"},
        {"GET", "/v1/Brokers", "none"},
        {"get", "/v1/brokers", "none"},
        {"GET", "/v1/brokers?maxResults=5", "ListBrokers"},
        {"GET", "/v1%2Fbrokers", "none"},
        {"GET", "/v1/%62rokers", "ListBrokers"},
        {"GET", "/v1/brokers/.", "DescribeBroker"},
        {"GET", "/v1/brokers/..", "DescribeBroker"},
        {"GET", "/v1/brokers/x/users/..", "DescribeUser"},
        {"POST", "/v1/brokers/x/reboot", "RebootBroker"},
        {"POST", "/v1/brokers/x/reboot/", "none"},
        {"GET", "/v1/tags/arn%3Aaws%3Amq%3Aus-east-1%3A1%3Abroker%3Ax%2Fy", "ListTags"},
        {"GET", "/v1/tags/arn:aws:mq:x/y", "none"},
        {"POST", "/v1/brokers/x/users/", "CreateUser"},
        {"GET", "/v1/brokers/x/users//", "none"},
        {"GET", "/1/2/3/4/5/6/7/8/9/10", "none"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (strcmp(name_of(cases[i].method, cases[i].path), cases[i].wanted) != 0)
            fail_msg("%s %s is %s", cases[i].method, cases[i].path,
                     name_of(cases[i].method, cases[i].path));
}

static void labels_are_decoded_or_empty(void **state)
{
    (void)state;
    struct labels labels;
    assert_non_null(find("PUT", "/v1/brokers/b%2F1/users/a%20%C3%BC", &labels));
    assert_slice(labels.broker_id, "b/1");
    assert_slice(labels.username, "a \xC3\xBC");
    assert_slice(labels.resource_arn, NULL);
    assert_non_null(find("PUT", "/v1/brokers/b/users/", &labels));
    assert_slice(labels.username, "");
    assert_non_null(find("GET", "/v1/brokers/b/users", &labels));
    assert_slice(labels.username, NULL);
}

static void methods_of_a_path(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *methods[4];
    } cases[] = {
        {"/v1/brokers", {"GET", "POST"}},
        {"/v1/brokers/x", {"GET", "PUT", "DELETE"}},
        {"/v1/brokers/x/users", {"GET"}},
        {"/v1/brokers/x/users/y", {"GET", "POST", "PUT", "DELETE"}},
        {"/v1/brokers/x/users/", {"GET", "POST", "PUT", "DELETE"}},
        {"/v1/brokers/x/reboot", {"POST"}},
        {"/v1/tags/x", {"GET", "POST", "DELETE"}},
        {"/v1/brokers/", {NULL}},
        {"/v2/brokers", {NULL}},
        {"/", {NULL}},
        {"*", {NULL}},
        {"/1/2/3/4/5/6/7/8/9", {NULL}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct request request = make_request("OPTIONS", cases[i].path);
        struct slice list = router_methods(&request.target, &arena);
        size_t len = 0;
        for (size_t m = 0; m < COUNT(cases[i].methods) && cases[i].methods[m]; m++) {
            const char *at = strstr(list.data ? list.data : "", cases[i].methods[m]);
            assert_non_null(at);
            assert_true(at == list.data || at[-1] == ',');
            len += strlen(cases[i].methods[m]) + (m > 0);
        }
        assert_int_equal(list.len, len);
        assert_int_equal(list.data != NULL, len > 0);
    }
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_is_found_by_its_pattern),
        cmocka_unit_test(each_control_endpoint_is_found_by_its_path),
        cmocka_unit_test(other_paths_are_none),
        cmocka_unit_test(odd_requests),
        cmocka_unit_test(labels_are_decoded_or_empty),
        cmocka_unit_test(methods_of_a_path),
    };
    return cmocka_run_group_tests_name("router", tests, set_up, tear_down);
}
