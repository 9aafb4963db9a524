/* Columns of JSON text: what RFC 8259 does not allow is refused, also where SQLite takes it, as
 * since version 3.42 JSON5. */
#include "seed_rules.h"

static const char base[] = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
                           "INSERT INTO user (broker_id, username, password)"
                           " VALUES ('b-1', 'ada', 'applied-pw-12');"
                           "UPDATE user SET pending_change = 'UPDATE';"
                           "INSERT INTO shared_resource (broker_id, resource_arn)"
                           " VALUES ('b-1', 'a');"
                           "DELETE FROM instance_option WHERE host_instance_type <> 'mq.m5.large'"
                           " OR engine_type <> 'RABBITMQ' OR region <> '';";

#define LIST ": a JSON array of strings"

struct column {
    const char *table, *name, *string;
    bool is_free; /* the schema looks at its characters only */
};

static const struct column lists[] = {
    {"broker", "subnet_ids", "ab", false},
    {"broker", "security_groups", "ab", false},
    {"broker", "pending_security_groups", "ab", false},
    {"user", "groups", "ab", false},
    {"user", "pending_groups", "ab", false},
    {"instance_option", "deployment_modes", "CLUSTER_MULTI_AZ", true},
    {"instance_option", "engine_versions", "3.13", true},
    {"shared_resource", "dns_names", "a.b", true},
    {"shared_resource", "resource_share_arns", "arn:a", true},
};
static const char *const objects[] = {"ldap_server_metadata", "pending_ldap_server_metadata"};

/* What a seed says that sets the column to the text, in which each $ is a string for it. */
static const char *set(const char *table, const char *name, const char *string, const char *text)
{
    char sql[500];
    enum result result = RESULT_OK;
    int len = snprintf(sql, sizeof sql, "UPDATE %s SET \"%s\" = '", table, name);
    for (const char *at = text; *at; at++) {
        const char piece[2] = {*at, '\0'};
        len += snprintf(sql + len, sizeof sql - (size_t)len, "%s",
                        *at == '$'    ? string
                        : *at == '\'' ? "''"
                                      : piece);
    }
    snprintf(sql + len, sizeof sql - (size_t)len, "'");
    return outcome(base, slice_of(sql), &result);
}

static const char *const no_lists[] = {
    "['$']",         "[$]",        "[\"$\",]",       "[,\"$\"]",  "[\"$\"/**/]", "[\"$\"]//",
    "[0x10]",        "[+1]",       "[.5]",           "[NaN]",     "[Infinity]",  "[\"$\"\v]",
    "\"$\"",         "{\"$\":[]}", "[\"$\\\n\"]",    "[\"$\t\"]", "[1]",         "[[\"$\"]]",
    "[\"$\" \"$\"]", "[\"$\"]\"]", "[\"$\",,\"$\"]",
};

static void no_text_but_a_list_of_strings(void **state)
{
    (void)state;
    static const char *const weak[] = {"[\"$\" \"$\"]", "[\"$\",,\"$\"]", "[\"$\"\"$\"]"};
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(lists); i++) {
        const struct column *column = &lists[i];
        char want[200];
        snprintf(want, sizeof want, "seed.sql:1: statement 1, row 1: %s" LIST, column->name);
        for (size_t k = 0; k < COUNT(no_lists); k++) {
            const char *got = set(column->table, column->name, column->string, no_lists[k]);
            if (strncmp(got, want, strlen("seed.sql:1: statement 1, row 1: ")) != 0) {
                print_error("%s = %s: %s\n", column->name, no_lists[k], got);
                wrong++;
            }
        }
        for (size_t k = 0; column->is_free && k < COUNT(weak); k++) {
            const char *got = set(column->table, column->name, column->string, weak[k]);
            if (strcmp(got, want) != 0) {
                print_error("%s = %s: %s\n", column->name, weak[k], got);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void no_text_but_an_object(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"a\":'b'}",
        "{\"a\":0x10}",
        "{\"a\":+1}",
        "{\"a\":1/**/}",
        "{\"a\":NaN}",
        "{\"a\":.5}",
        "{\"a\":\"b\\\n\"}",
        "{\"a\":01}",
        "{} {}",
        "{\"a\":\"\\x41\"}",
        "{,}",
        /* What no answer could show. */
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
    };
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(objects); i++) {
        for (size_t k = 0; k < COUNT(texts); k++) {
            const char *got = set("broker", objects[i], "", texts[k]);
            if (strncmp(got, "seed.sql:1: statement 1, row 1: ", 32) != 0) {
                print_error("%s = %s: %s\n", objects[i], texts[k], got);
                wrong++;
            }
        }
        char want[200];
        snprintf(want, sizeof want, "seed.sql:1: statement 1, row 1: %s: a JSON object",
                 objects[i]);
        assert_string_equal(set("broker", objects[i], "", "{\"a\":1,\"a\":2}"), want);
    }
    assert_int_equal(wrong, 0);
}

/* SQLite takes it since version 3.42, so that the message is ours; before, it refuses it itself. */
static const char *json5_refused(const char *ours)
{
    return sqlite3_libversion_number() < 3042000 ? "seed.sql:1: statement 1, row 1: malformed JSON"
                                                 : ours;
}

static void json5_is_named_by_its_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        /* The rule of groups is the schema's alone, without functions of JSON. */
        bool is_groups = strcmp(lists[i].table, "user") == 0;
        char want[200];
        snprintf(want, sizeof want, "seed.sql:1: statement 1, row 1: %s" LIST "%s", lists[i].name,
                 is_groups ? " of [A-Za-z0-9-._~]" : "");
        if (!lists[i].is_free)
            assert_string_equal(set(lists[i].table, lists[i].name, lists[i].string, "['$']"),
                                is_groups ? want : json5_refused(want));
    }
    for (size_t i = 0; i < COUNT(objects); i++) {
        char want[200];
        snprintf(want, sizeof want, "seed.sql:1: statement 1, row 1: %s: a JSON object",
                 objects[i]);
        assert_string_equal(set("broker", objects[i], "", "{a:1}"), json5_refused(want));
    }
}

static void each_row_is_looked_at(void **state)
{
    (void)state;
    expect_in(base,
              "INSERT INTO shared_resource (broker_id, resource_arn, dns_names)"
              " VALUES ('b-1', 'b', '[]'), ('b-1', 'c', '[a.b]')",
              "seed.sql:1: statement 1, row 2: dns_names" LIST);
    expect_in(base,
              "INSERT OR REPLACE INTO shared_resource (broker_id, resource_arn, dns_names)"
              " VALUES ('b-1', 'a', '[a.b]')",
              "seed.sql:1: statement 1, row 1: dns_names" LIST);
    expect_in(base,
              "INSERT INTO shared_resource (broker_id, resource_arn) VALUES ('b-1', 'a')"
              " ON CONFLICT DO UPDATE SET dns_names = '[a.b]'",
              "seed.sql:1: statement 1, row 1: dns_names" LIST);
}

static void what_is_just_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        const struct column *column = &lists[i];
        assert_string_equal(set(column->table, column->name, column->string, "[\"$\", \"$\"]"),
                            "ok");
        if (column->is_free)
            continue;
        assert_string_equal(set(column->table, column->name, column->string, "[ ]"), "ok");
        assert_string_equal(
            set(column->table, column->name, column->string, " [ \"$\"\n,\t\"$\" ] "), "ok");
    }
    for (size_t i = 0; i < COUNT(objects); i++)
        assert_string_equal(
            set("broker", objects[i], "",
                "{ \"a\\u00e4\" : [ -1.5e+3, true, null, {\"a\":\"\\ud83d\\ude00\"} ] }"),
            "ok");
    /* More strings than a body may have values. */
    expect_in(base,
              "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 10001)"
              " UPDATE broker SET subnet_ids = (SELECT json_group_array('a') FROM n)",
              "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_but_a_list_of_strings), cmocka_unit_test(no_text_but_an_object),
        cmocka_unit_test(json5_is_named_by_its_column),  cmocka_unit_test(each_row_is_looked_at),
        cmocka_unit_test(what_is_just_allowed),
    };
    return cmocka_run_group_tests_name("seed_json", tests, NULL, NULL);
}
