/* Seeds: what they may do, where an error is, and that nothing they do goes further. */
#include "seed_world.h"

#define REFUSED                                                                                               \
    "seeds may only INSERT, UPDATE, DELETE and SELECT on the fixture tables (broker, broker_tag, "            \
    "broker_action_required, broker_configuration_history, user, configuration, "                             \
    "configuration_revision, configuration_tag, engine_version, instance_option, "                            \
    "availability_zone, rabbitmq_limit, shared_resource, resource_share_error, vpc, subnet, security_group, " \
    "access_key, fault, policy): "
#define BOM "\xef\xbb\xbf"
#define BROKER "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
#define BOB \
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'bob', 'bobs-password-1')"

/* ---- what is fine ---- */

static void demo_applies(void **state)
{
    (void)state;
    char *demo = read_text(SCHEMA_DIR "/seeds/demo.sql");
    expect(demo, "ok");
    free(demo);
}

static void texts_that_are_fine(void **state)
{
    (void)state;
    static const char *const fine[] = {
        "",
        BOM,
        "\r\n\t\f ;;; ; ",
        "-- only a comment",
        "/* and ; another */ -- 'x\n/* without an end; INSERT",
        BOM BROKER,
        BROKER "\n" BOB,
        BROKER "/* ; ' */ UPDATE -- ; '\n broker SET name = 'x' -- no semicolon",
        "INSERT INTO fault (delay_ms, message, error) VALUES (1, ';''-- \n/*;', "
        "'NotFoundException');"
        "SELECT 1",
        "SELECT ';' AS \"a;b\", [delay_ms], `id` FROM fault;",
        "VALUES (1), (2);",
        "REPLACE INTO fault (id, delay_ms) VALUES (1, 1), (1, 2);",
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50)"
        "INSERT INTO broker (id, name) SELECT 'b-' || x, printf('name-%02d', x) FROM n;",
        BROKER BOB ";SELECT username FROM applied_user UNION SELECT username FROM pending_user;",
        BROKER BOB " RETURNING username; DELETE FROM user RETURNING *;",
        "WITH unread AS (SELECT 1) SELECT count(*) FROM unread;",
        "INSERT INTO fault (operation, delay_ms) SELECT value, row_number() OVER (ORDER BY value)"
        " FROM json_each('[\"CreateUser\",\"DeleteUser\"]');",
        "SELECT upper(lower(hex(substr(replace(char(65), 'A', 'B'), 1)))), instr('ab', 'b'), "
        "random(),"
        " coalesce(NULL, length('x')), datetime('now'), unixepoch(), strftime('%Y', 'now'), 'a' "
        "LIKE 'A',"
        " json_array(1) ->> 0, iif(1, current_timestamp, abs(-1)), typeof(round(1.5)), "
        "format('%d', 1);",
        "SELECT count(*), min(id), max(id), sum(id), total(id), avg(id), group_concat(id) FROM "
        "fault;",
    };
    for (size_t i = 0; i < COUNT(fine); i++)
        expect(fine[i], "ok");
}

static void one_line_broker_is_complete(void **state)
{
    (void)state;
    struct seed_run run;
    sqlite3 *db = open_world();
    sqlite3_stmt *servers = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT count(*) FROM broker WHERE account = '123456789012'"
                                        " AND region = 'us-east-1' AND storage_type = 'EFS'",
                                        -1, &servers, NULL),
                     SQLITE_OK);
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    assert_int_equal(run.steps_max, SEED_STEPS);
    assert_int_equal(apply_text(&run, "seed.sql", BROKER), RESULT_OK);
    assert_int_equal(seed_end(&run), RESULT_OK);
    must(db, "COMMIT");
    /* The server's own statements outlive the authorizer. */
    assert_int_equal(sqlite3_step(servers), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(servers, 0), 1);
    sqlite3_finalize(servers);
    sqlite3_close(db);
}

/* ---- where it is ---- */

static void places(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *text;
    } cases[] = {
        {"INSERT INTO user (broker_id) VALEUS (1)",
         "seed.sql:1:30: statement 1: near \"VALEUS\": syntax error"},
        {BROKER "\r\n-- two\r\n;;\r\n  DELETE FORM user;",
         "seed.sql:4:10: statement 2: near \"FORM\": syntax error"},
        {BOM "DELETE FORM user", "seed.sql:1:8: statement 1: near \"FORM\": syntax error"},
        {"/* a\n b */ SELECT '\xc3\xa9\xe2\x82\xac', x",
         "seed.sql:2:20: statement 1: no such column: x"},
        {"SELECT\n  1,\n  foo(1)", "seed.sql:3:3: statement 1: no such function: foo"},
        {BROKER "\n  INSERT INTO user (broker_id, pasword) VALUES (1, 2)",
         "seed.sql:2:3: statement 2: table user has no column named pasword"},
        {"INSERT INTO broker (id) VALUES ('a', 'b')",
         "seed.sql:1:1: statement 1: 2 values for 1 columns"},
        {"SELECT * FROM brokers;", "seed.sql:1:1: statement 1: no such table: brokers"},
        {"INSERT INTO broker (id, name) VALUES", "seed.sql:1:1: statement 1: incomplete input"},
        {"SELECT 'a", "seed.sql:1:8: statement 1: unrecognized token: \"'a\""},
        {"SELECT 1;\nSELECT /* open", "seed.sql:2:1: statement 2: incomplete input"},
        {".read more.sql", "seed.sql:1:1: statement 1: near \".\": syntax error"},
        {BROKER "\n\n" BOB ",\n('b-1', 'c', 'bobs-password-1')",
         "seed.sql:3: statement 2, row 2: username: 2 to 100 characters"},
        {"INSERT INTO broker (id, name) VALUES ('b-1', 'a'), ('b-2', 'b'), ('b-3', 'b')",
         "seed.sql:1: statement 1, row 3: name: a broker name is unique in its account and region"},
        {"INSERT INTO fault (id, delay_ms) VALUES (1, 1), (2, 1);"
         "REPLACE INTO fault (id, delay_ms) VALUES (1, 1), (2, 1), (3, -1)",
         "seed.sql:1: statement 2, row 3: delay_ms: 0 to 600000"},
        {"INSERT INTO fault (id, delay_ms) VALUES (1, 1), (2, 1);"
         "UPDATE fault SET delay_ms = iif(id = 2, -1, 5)",
         "seed.sql:1: statement 2, row 2: delay_ms: 0 to 600000"},
        {"INSERT INTO fault (id, delay_ms) VALUES (1, 1), (1, 2), (2, 3) ON CONFLICT (id) DO UPDATE"
         " SET delay_ms = 4; INSERT INTO fault (id, delay_ms) VALUES (1, 1), (3, -1)"
         " ON CONFLICT (id) DO UPDATE SET delay_ms = 4",
         "seed.sql:1: statement 2, row 2: delay_ms: 0 to 600000"},
        {"INSERT INTO fault (delay_ms) SELECT json_extract(value, '$') FROM "
         "json_each('[\"1\",\"x\"]')",
         "seed.sql:1: statement 1, row 2: malformed JSON"},
        /* A SELECT runs to its end. */
        {"SELECT json_extract(value, '$') FROM json_each('[\"1\",\"2\",\"x\"]')",
         "seed.sql:1: statement 1: malformed JSON"},
        {BROKER "UPDATE broker SET name = ?1",
         "seed.sql:1:56: statement 2: "
         "a parameter (?, :name, @name, $name) has no value in a seed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].sql, cases[i].text);
}

static void broken_texts(void **state)
{
    (void)state;
    static const struct {
        struct slice sql;
        const char *text;
    } cases[] = {
        {SLICE_INIT("SELECT 1;\n \0"), "seed.sql:2:2: a NUL byte: a seed is UTF-8 text"},
        {SLICE_INIT("-- \xc3\xa9\n'\xff\0"), "seed.sql:2:2: not valid UTF-8"},
        {SLICE_INIT("\xff\xfeS\0E\0"), "seed.sql:1:1: not valid UTF-8"},
        {SLICE_INIT("-- \xed\xa0\x80"), "seed.sql:1:4: not valid UTF-8"},
        {SLICE_INIT("SELECT '\xc3"), "seed.sql:1:9: not valid UTF-8"},
        {{"", (size_t)SEED_FILE_MAX + 1}, "seed.sql: larger than 64 MiB"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum result result = RESULT_OK;
        assert_string_equal(outcome(NULL, cases[i].sql, &result), cases[i].text);
        assert_int_equal(result, RESULT_INVALID);
    }
}

/* SQLite stores what CAST and char() make of bytes without a look. */
static void broken_values(void **state)
{
    (void)state;
    static const char *const made[] = {"CAST(x'ff' AS TEXT)", "char(55296)", "'a' || x'c3'"};
    for (size_t i = 0; i < COUNT(made); i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 BROKER "INSERT INTO broker_tag (broker_id, key) VALUES ('b-1', 'k'), ('b-1', %s)",
                 made[i]);
        expect(
            sql,
            "seed.sql:1: statement 2, row 2: broker_tag: a text contains a NUL or is not valid UTF-8");
    }
    expect("INSERT INTO fault (delay_ms, username) VALUES (1, 'a'); UPDATE fault SET username = "
           "'b' || char(0)",
           "seed.sql:1: statement 2, row 1: fault: a text contains a NUL or is not valid UTF-8");
}

static void odd_names(void **state)
{
    (void)state;
    char name[1200];
    struct seed_run run;
    sqlite3 *db = open_world();
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    assert_int_equal(apply_text(&run, "a\nb\x1b\xff\xc2\x85.sql", "x"), RESULT_INVALID);
    assert_string_equal(run.error.text, "a?b????.sql:1:1: statement 1: near \"x\": syntax error");
    memset(name, '/', sizeof name);
    memcpy(name + sizeof name - 9, "last.sql", 9);
    assert_int_equal(apply_text(&run, name, "x"), RESULT_INVALID);
    assert_non_null(strstr(run.error.text, "/last.sql:1:1: statement 1: near \"x\": syntax error"));
    sqlite3_close(db);
}

/* ---- foreign keys ---- */

static void children_before_parents(void **state)
{
    (void)state;
    static const char orphan[] =
        "base.sql:2: statement 2: FOREIGN KEY: user.broker_id → broker.id has no such row (b-1)";
    expect(BOB ";" BROKER, "ok");
    expect_in(BOB, BROKER, "ok");
    expect_in(BOB, "DELETE FROM user", "ok");
    expect_in("SELECT 1;\n" BOB, "SELECT 2", orphan);
    expect_in(BROKER BOB, "SELECT 1;\nDELETE FROM user; UPDATE broker SET id = 'b-2'", "ok");
    expect_in(
        BROKER BOB, "SELECT 1;\nUPDATE broker SET id = 'b-2'",
        "seed.sql:2: statement 2: FOREIGN KEY: user.broker_id → broker.id has no such row (b-1)");
    /* What was missing came, then something else was. */
    expect_in(BOB, BROKER "\nINSERT INTO broker_tag (broker_id, key) VALUES ('b-typo', 'k')",
              "seed.sql:2: statement 2: FOREIGN KEY: broker_tag.broker_id → broker.id has no such "
              "row (b-typo)");
    /* A password in the wrong column is not shown. */
    expect("INSERT INTO user VALUES ('bobs-password-1', 'bob', 'b-1-b-1-b-1x', 0, '[]', 0,"
           " NULL, NULL, NULL, NULL, NULL)",
           "seed.sql:1: statement 1: FOREIGN KEY: user.broker_id → broker.id has no such row");
}

/* ---- what is refused ---- */

static void expect_refused(const char *sql, const char *what)
{
    char text[512];
    snprintf(text, sizeof text, "seed.sql:1:1: statement 1: " REFUSED "%s is not allowed", what);
    expect(sql, text);
}

static void statements_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *what;
    } cases[] = {
        {"CREATE TABLE t (x)", "CREATE TABLE"},
        {"create /* a */ temp table t (x)", "CREATE TEMP"},
        {"CREATE TRIGGER t AFTER INSERT ON broker BEGIN SELECT 1; SELECT 2; END", "CREATE TRIGGER"},
        {"CREATE VIRTUAL TABLE t USING fts5(x)", "CREATE VIRTUAL"},
        {"DROP INDEX broker_page", "DROP INDEX"},
        {"ALTER TABLE user RENAME TO u", "ALTER TABLE"},
        {"ATTACH 'x.db' AS x", "ATTACH"},
        {"DETACH main", "DETACH"},
        {"PRAGMA foreign_keys = OFF", "PRAGMA"},
        {"BEGIN TRANSACTION", "BEGIN"},
        {"COMMIT", "COMMIT"},
        {"END", "END"},
        {"ROLLBACK", "ROLLBACK"},
        {"SAVEPOINT s", "SAVEPOINT"},
        {"RELEASE s", "RELEASE"},
        {"VACUUM INTO 'copy.db'", "VACUUM"},
        {"ANALYZE", "ANALYZE"},
        {"REINDEX", "REINDEX"},
        {"EXPLAIN QUERY PLAN SELECT 1", "EXPLAIN"},
        {"UPDATE sqlite_master SET sql = ''", "changing an internal table of SQLite"},
        {"DELETE FROM sqlite_schema", "changing an internal table of SQLite"},
        {"UPDATE default_world SET account = '1'", "UPDATE on default_world"},
        {"INSERT INTO default_world DEFAULT VALUES", "INSERT on default_world"},
        {"DELETE FROM default_world", "DELETE on default_world"},
        {"SELECT account FROM default_world", "reading default_world"},
        {"SELECT sql FROM sqlite_master", "reading sqlite_master"},
        {"SELECT name FROM temp.sqlite_master", "reading sqlite_temp_master"},
        {"SELECT load_extension('x')", "the function load_extension"},
        {"SELECT zeroblob(1)", "the function zeroblob"},
        {"SELECT fts3_tokenizer('x')", "the function fts3_tokenizer"},
        {"SELECT sqlite_version()", "the function sqlite_version"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_refused(cases[i].sql, cases[i].what);
    expect("SELECT writefile('x', 'y')", "seed.sql:1:8: statement 1: no such function: writefile");
    expect("SELECT * FROM generate_series(1, 2)", "seed.sql:1:1: statement 1: no such table: …");
}

/* A byte order mark inside a file is a blank to SQLite but not to us: the first word is not seen,
 * and the authorizer stands alone. */
static void statements_refused_by_the_authorizer(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "CREATE TABLE t (x)",
        "CREATE TEMP TABLE t (x)",
        "CREATE INDEX i ON user (username)",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE user",
        "ALTER TABLE user RENAME TO u",
        "ATTACH 'x.db' AS x",
        "DETACH main",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA user_version",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT s",
        "RELEASE s",
        "ANALYZE",
        "REINDEX",
        "EXPLAIN SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON broker BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE t USING fts5(x)",
    };
    for (size_t i = 0; i < COUNT(statements); i++) {
        char sql[200];
        enum result result = RESULT_OK;
        snprintf(sql, sizeof sql, ";" BOM "%s", statements[i]);
        const char *text = outcome(NULL, slice_of(sql), &result);
        assert_int_equal(result, RESULT_INVALID);
        if (!strstr(text, REFUSED))
            fail_msg("%s: %s", statements[i], text);
    }
    expect(";" BOM "VACUUM",
           "seed.sql:1: statement 1, row 1: cannot VACUUM from within a transaction");
}

static const char *const fixtures[] = {"broker",
                                       "broker_tag",
                                       "broker_action_required",
                                       "broker_configuration_history",
                                       "user",
                                       "configuration",
                                       "configuration_revision",
                                       "configuration_tag",
                                       "engine",
                                       "engine_version",
                                       "instance_option",
                                       "availability_zone",
                                       "rabbitmq_limit",
                                       "shared_resource",
                                       "resource_share_error",
                                       "vpc",
                                       "subnet",
                                       "security_group",
                                       "access_key",
                                       "fault",
                                       "policy",
                                       "applied_user",
                                       "pending_user",
                                       "json_each",
                                       "json_tree"};

/* With a column and without: the authorizer is asked differently. */
static void assert_unreadable(sqlite3 *db, const char *table)
{
    static const char *const forms[][2] = {{"SELECT * FROM ", ""},
                                           {"SELECT count(*) FROM ", ""},
                                           {"SELECT 1 FROM main.", ""},
                                           {"SELECT 1 FROM (SELECT 2 FROM ", ")"}};
    for (size_t i = 0; i < COUNT(fixtures); i++) {
        if (strcmp(fixtures[i], table) == 0)
            return;
    }
    for (size_t i = 0; i < COUNT(forms); i++) {
        char sql[200];
        struct seed_run run;
        snprintf(sql, sizeof sql, "%s%s%s", forms[i][0], table, forms[i][1]);
        must(db, "BEGIN IMMEDIATE");
        assert_int_equal(seed_begin(&run, db), RESULT_OK);
        if (apply_text(&run, "seed.sql", sql) != RESULT_INVALID)
            fail_msg("%s is allowed", sql);
        must(db, "ROLLBACK");
    }
}

/* What the server itself relies on: read, never written. */
static void engines_are_not_changed(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *text;
    } cases[] = {
        {"INSERT INTO engine SELECT 'X', name, '1', '1', '' FROM engine", "INSERT on engine"},
        {"UPDATE engine SET fixture_version = '5.17'", "UPDATE on engine"},
        {"DELETE FROM engine", "DELETE on engine"},
    };
    expect("INSERT INTO broker (id, name) SELECT 'b-' || type, name FROM engine", "ok");
    for (size_t i = 0; i < COUNT(cases); i++) {
        char wanted[600];
        snprintf(wanted, sizeof wanted, "seed.sql:1:1: statement 1: " REFUSED "%s is not allowed",
                 cases[i].text);
        expect(cases[i].sql, wanted);
    }
}

static void no_other_table_is_readable(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')",
        "SELECT name FROM pragma_module_list WHERE name NOT LIKE 'json%'",
        "VALUES ('sqlite_master'), ('SQLITE_SCHEMA'), ('sqlite_temp_master'), "
        "('pragma_table_info'),"
        "('Default_World'), ('pragma_function_list'), ('sqlite_stmt'), ('dbstat'), ('bytecode')",
    };
    sqlite3 *db = open_world();
    size_t tables = 0;
    /* Twice: a table-valued function that was used before no longer declares itself. */
    for (size_t i = 0; i < 2 * COUNT(lists); i++) {
        sqlite3_stmt *names = NULL;
        char known[200][64];
        size_t count = 0;
        assert_int_equal(sqlite3_prepare_v2(db, lists[i % COUNT(lists)], -1, &names, NULL),
                         SQLITE_OK);
        while (sqlite3_step(names) == SQLITE_ROW && count < COUNT(known))
            snprintf(known[count++], sizeof known[0], "%s",
                     (const char *)sqlite3_column_text(names, 0));
        sqlite3_finalize(names);
        assert_in_range(count, 1, COUNT(known) - 1);
        for (size_t k = 0; k < count; k++)
            assert_unreadable(db, known[k]);
        tables += count;
        number_of(db, "SELECT count(*) FROM pragma_table_info('user'), dbstat, sqlite_stmt, "
                      "pragma_module_list");
    }
    assert_true(tables > 20);
    sqlite3_close(db);
}

/* For a column read within WITH x AS (…) the authorizer is told "x" where it is told a trigger's
 * name for a trigger. */
static void with_is_no_way_in(void **state)
{
    (void)state;
    static const char *const names[] = {
        "n",       "broker_defaults",        "access_key_defaults", "BROKER_Defaults",
        "\"a b\"", "\"broker\"\"defaults\"", "[broker_defaults]",   "applied_user"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "WITH %s (x) AS (SELECT account FROM default_world)"
                 " INSERT INTO broker (id, name) SELECT 'b-' || x, x FROM %s",
                 names[i], names[i]);
        expect_refused(sql, "reading default_world");
        snprintf(sql, sizeof sql, "WITH %s (x) AS (SELECT sql FROM sqlite_master) SELECT x FROM %s",
                 names[i], names[i]);
        expect_refused(sql, "reading sqlite_master");
        snprintf(sql, sizeof sql, "WITH %s (x) AS (SELECT sqlite_version()) SELECT x FROM %s",
                 names[i], names[i]);
        expect_refused(sql, "the function sqlite_version");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo_applies),
        cmocka_unit_test(texts_that_are_fine),
        cmocka_unit_test(one_line_broker_is_complete),
        cmocka_unit_test(places),
        cmocka_unit_test(broken_texts),
        cmocka_unit_test(broken_values),
        cmocka_unit_test(odd_names),
        cmocka_unit_test(children_before_parents),
        cmocka_unit_test(statements_refused_by_name),
        cmocka_unit_test(statements_refused_by_the_authorizer),
        cmocka_unit_test(engines_are_not_changed),
        cmocka_unit_test(no_other_table_is_readable),
        cmocka_unit_test(with_is_no_way_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
