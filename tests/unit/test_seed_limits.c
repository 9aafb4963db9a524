/* Seeds: budgets, failures of the database, and what errors must not tell. */
#include "seed_world.h"
#include "sweep.h"

#include "store/seed_messages.h"

#define BROKER "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
#define ENDLESS "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
#define MEGABYTE "printf('%.*c', 1000000, 'x')"

/* A run in an open transaction, with a budget that is soon used up. */
static sqlite3 *begin_run(struct seed_run *run, int steps_max)
{
    sqlite3 *db = open_world();
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(run, db), RESULT_OK);
    run->steps_max = steps_max;
    run->idle_max_ms = 3600 * 1000; /* what is slower here is none of what is tested */
    return db;
}

static void endless_statements_end(void **state)
{
    (void)state;
    static const char *const endless[] = {
        ENDLESS "SELECT x FROM n",
        ENDLESS "SELECT count(*) FROM n",
        ENDLESS "INSERT INTO broker (id, name) SELECT 'b-' || x, 'name-' || x FROM n",
        ENDLESS "UPDATE broker SET name = (SELECT max(x) FROM n)",
        ENDLESS "DELETE FROM broker WHERE id IN (SELECT x FROM n)",
    };
    for (size_t i = 0; i < COUNT(endless); i++) {
        struct seed_run run;
        sqlite3 *db = begin_run(&run, 1000000);
        assert_int_equal(apply_text(&run, "base.sql", BROKER), RESULT_OK);
        assert_int_equal(apply_text(&run, "seed.sql", endless[i]), RESULT_INVALID);
        assert_string_equal(run.error.text,
                            "seed.sql:1:1: statement 1: more than 1000000 steps in this "
                            "file (an endless recursive WITH?)");
        if (!sqlite3_get_autocommit(db))
            must(db, "ROLLBACK");
        assert_int_equal(number_of(db, "SELECT count(*) FROM broker"), 0);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
    }
}

/* A statement too short for the progress handler counts as well; each file has a budget of its own.
 */
static void small_statements_add_up(void **state)
{
    (void)state;
    char sql[1200] = "";
    for (size_t i = 0; i < 100; i++)
        strcat(sql, "SELECT 1;\n");
    struct seed_run run;
    sqlite3 *db = begin_run(&run, 300);
    assert_int_equal(apply_text(&run, "seed.sql", sql), RESULT_INVALID);
    assert_non_null(strstr(run.error.text, "more than 300 steps in this file"));
    run.steps_max = 1500;
    assert_int_equal(apply_text(&run, "seed.sql", sql), RESULT_OK);
    assert_int_equal(apply_text(&run, "seed.sql", sql), RESULT_OK);
    sqlite3_close(db);
}

static void sizes(void **state)
{
    (void)state;
    static const char *const too_big[] = {
        "SELECT randomblob(1e9)",
        "SELECT length(" MEGABYTE " || " MEGABYTE ")",
        "SELECT group_concat(" MEGABYTE ") FROM json_each('[1,2]')",
        "SELECT length(hex(" MEGABYTE "))",
        "INSERT INTO fault (delay_ms, username) VALUES (1, " MEGABYTE " || " MEGABYTE ")",
    };
    for (size_t i = 0; i < COUNT(too_big); i++) {
        enum result result = RESULT_OK;
        const char *text = outcome(NULL, slice_of(too_big[i]), &result);
        assert_int_equal(result, RESULT_INVALID);
        if (!strstr(text, ": a statement or a value is larger than 1048576 bytes"))
            fail_msg("%s: %s", too_big[i], text);
    }
    expect("SELECT 'a' GLOB printf('%.*c', 500, '*')",
           "seed.sql:1: statement 1: LIKE or GLOB pattern too complex");
}

/* A statement of the given number of times the text, between two others. */
static char *repeat(const char *before, const char *text, size_t times, const char *after)
{
    size_t len = strlen(text);
    char *sql = malloc(strlen(before) + len * times + strlen(after) + 1);
    assert_non_null(sql);
    char *at = stpcpy(sql, before);
    for (size_t i = 0; i < times; i++)
        at = stpcpy(at, text);
    strcpy(at, after);
    return sql;
}

static void shapes(void **state)
{
    (void)state;
    const struct {
        const char *before, *text, *after;
        size_t times;
        const char *reason;
    } cases[] = {
        {"SELECT 1", "+1", "", 5000, "Expression tree is too large (maximum depth 100)"},
        /* The parser's stack grows from 3.46 on; then the depth is what is limited. */
        {"SELECT ", "- ", "1", 5000,
         sqlite3_libversion_number() < 3046000
             ? "parser stack overflow"
             : "Expression tree is too large (maximum depth 100)"},
        {"SELECT 1", " UNION ALL SELECT 1", "", 500, "too many terms in compound SELECT"},
        {"SELECT '", "x", "'", 2000000, "a statement or a value is larger than 1048576 bytes"},
        {"SELECT 1 FROM user", ", user", "", 100, "at most 64 tables in a join"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum result result = RESULT_OK;
        char *sql = repeat(cases[i].before, cases[i].text, cases[i].times, cases[i].after);
        const char *text = outcome(NULL, slice_of(sql), &result);
        assert_int_equal(result, RESULT_INVALID);
        if (!strstr(text, cases[i].reason))
            fail_msg("%s…: %s", cases[i].before, text);
        free(sql);
    }
    char *rows = repeat("INSERT INTO fault (delay_ms) VALUES (1)", ",(1)", 200000, "");
    expect(rows, "ok");
    free(rows);
}

/* Tables of a WITH are copied wherever they are named: ten each, seven deep, are ten millions. */
static void memory_is_limited(void **state)
{
    (void)state;
    static const char *const greedy[] = {
        "WITH RECURSIVE n (x) AS (SELECT " MEGABYTE " UNION ALL SELECT x FROM n)"
        "SELECT x FROM n ORDER BY 1",
        "WITH a AS (SELECT 1), b AS (SELECT 1 FROM a,a,a,a,a,a,a,a,a,a),"
        "c AS (SELECT 1 FROM b,b,b,b,b,b,b,b,b,b), d AS (SELECT 1 FROM c,c,c,c,c,c,c,c,c,c),"
        "e AS (SELECT 1 FROM d,d,d,d,d,d,d,d,d,d), f AS (SELECT 1 FROM e,e,e,e,e,e,e,e,e,e),"
        "g AS (SELECT 1 FROM f,f,f,f,f,f,f,f,f,f) SELECT 1 FROM g,g,g,g,g,g,g,g,g,g",
    };
    for (size_t i = 0; i < COUNT(greedy); i++) {
        enum result result = RESULT_OK;
        assert_string_equal(outcome(BROKER, slice_of(greedy[i]), &result),
                            "seed.sql:1: statement 1: needs more than 256 MiB of memory, the"
                            " limit for a file");
        assert_int_equal(result, RESULT_INVALID);
    }
}

/* A file of many statements costs its length: lines are counted once, and SQLite is handed no text
 * that it would copy to the end at each statement (its largest piece of memory stays small). */
static void many_statements_are_not_quadratic(void **state)
{
    (void)state;
    enum { STATEMENTS = 100000 };
    char *sql = malloc((size_t)STATEMENTS * 80);
    assert_non_null(sql);
    char *at = sql;
    for (int i = 0; i < STATEMENTS; i++)
        at += sprintf(at, "INSERT INTO broker_tag (broker_id, key)\n  VALUES ('b-1', '%d');\n", i);
    at = stpcpy(at, "SELEC");
    size_t len = (size_t)(at - sql);
    assert_true(len > 4 << 20);

    struct seed_run run;
    sqlite3 *db = begin_run(&run, SEED_STEPS);
    assert_int_equal(apply_text(&run, "base.sql", BROKER), RESULT_OK);
    run.scanned = 0;
    int now = 0;
    int largest = 0;
    sqlite3_status(SQLITE_STATUS_MALLOC_SIZE, &now, &largest, 1);
    assert_int_equal(seed_apply(&run, "seed.sql", (struct slice){sql, len}), RESULT_INVALID);
    sqlite3_status(SQLITE_STATUS_MALLOC_SIZE, &now, &largest, 0);
    assert_string_equal(run.error.text,
                        "seed.sql:200001:1: statement 100001: near \"SELEC\": syntax error");
    assert_in_range(run.scanned, len - 100, len);
    assert_in_range(largest, 1, 1 << 20);
    assert_int_equal(number_of(db, "SELECT count(*) FROM broker_tag"), STATEMENTS);
    sqlite3_close(db);
    free(sql);
}

/* ---- the database ---- */

static void full_disk(void **state)
{
    (void)state;
    struct seed_run run;
    sqlite3 *db = open_world();
    must(db, "PRAGMA max_page_count = 1");
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    assert_int_equal(apply_text(&run, "seed.sql",
                                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
                                " LIMIT 10000) INSERT INTO fault (delay_ms) SELECT x FROM n"),
                     RESULT_STORE);
    assert_string_equal(run.error.text, "seed.sql: the disk is full");
    sqlite3_close(db);
}

static void rollback_by_the_seed(void **state)
{
    (void)state;
    struct seed_run run;
    sqlite3 *db = begin_run(&run, SEED_STEPS);
    assert_int_equal(apply_text(&run, "seed.sql",
                                BROKER
                                "INSERT OR ROLLBACK INTO broker (id, name) VALUES ('b-2', 'x y');"
                                "INSERT INTO broker (id, name) VALUES ('b-3', 'x')"),
                     RESULT_INVALID);
    assert_string_equal(run.error.text, "seed.sql:1: statement 2, row 1: "
                                        "name: 1 to 50 characters of [A-Za-z0-9_-]");
    assert_int_equal(sqlite3_get_autocommit(db), 1);
    assert_int_equal(number_of(db, "SELECT count(*) FROM broker"), 0);
    sqlite3_close(db);
}

static void unfit_connections(void **state)
{
    (void)state;
    struct seed_run run;
    sqlite3 *db = open_world();
    assert_int_equal(seed_begin(&run, db), RESULT_STORE);
    must(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_STORE);
    assert_string_equal(run.error.text, "seeds: need an open transaction and foreign_keys on");
    sqlite3_close(db);
}

/* SQLite's allocator, of which the n-th call from now fails; 0: none does. */
static sqlite3_mem_methods true_memory;
static long fail_in;

static bool fails_now(void)
{
    return fail_in > 0 && --fail_in == 0;
}

static void *failing_malloc(int size)
{
    return fails_now() ? NULL : true_memory.xMalloc(size);
}

static void *failing_realloc(void *memory, int size)
{
    return fails_now() ? NULL : true_memory.xRealloc(memory, size);
}

static void each_allocation_fails_once(void **state)
{
    (void)state;
    static const char sql[] = BROKER
        "UPDATE broker SET name = 'x';"
        "INSERT INTO user (broker_id, username, password, groups) VALUES"
        " ('b-1', 'bob', 'bobs-password-1', '[\"ab\"]'), ('b-2', 'bob', 'bobs-password-1', '[]');"
        "SELECT group_concat(username) FROM user;";
    size_t failures = 0;
    for (long n = 1;; n = sweep_next(n, 150)) {
        struct seed_run run;
        sqlite3 *db = open_world();
        must(db, "BEGIN IMMEDIATE");
        fail_in = n;
        enum result result = seed_begin(&run, db);
        if (!result)
            result = seed_apply(&run, "seed.sql", slice_of(sql));
        if (!result)
            result = seed_end(&run);
        bool over = fail_in > 0;
        fail_in = 0;
        assert_unguarded(db);
        failures += result == RESULT_NO_MEMORY;
        if (result == RESULT_NO_MEMORY)
            assert_non_null(strstr(run.error.text, ": out of memory"));
        else
            assert_non_null(strstr(run.error.text, "seed.sql:1: statement 3: FOREIGN KEY"));
        sqlite3_close(db);
        if (over)
            break;
    }
    /* 156 with Debian 12's SQLite; 58 where SQLite takes small blocks from memory of its own. */
    assert_true(failures > 50);
}

/* ---- secrets ---- */

/* Whether no piece of the secret of that length stands in the text. */
static bool is_kept(const char *text, const char *secret, size_t len)
{
    for (size_t i = 0; i + len <= strlen(secret); i++) {
        char piece[16] = "";
        memcpy(piece, secret + i, len);
        if (strstr(text, piece))
            return false;
    }
    return true;
}

static const char *const secrets[] = {"zq1-Zebra-77-q", "correcthorsebattery", "q9 zebra & wolf",
                                      "#q9!zebra%wolf", "zebra_stork_wolf"};
static const char *const quotes[][2] = {{"'", "'"}, {"\"", "\""},    {"`", "`"}, {"[", "]"},
                                        {"", ""},   {"'", ""},       {"\"", ""}, {"x'", "'"},
                                        {"''", ""}, {"\"\"\"", "\""}};
static const char *const around[][2] = {
    {"INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'bob', ", ")"},
    {"INSERT INTO user VALUES (", ")"},
    {"INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'bob' ", ")"},
    {"INSERT INTO user (broker_id, ", ") VALUES (1, 2)"},
    {"INSERT INTO user (broker_id, username, password) VALUES (", ", 'x', 'y')"},
    {"INSERT INTO user ", " VALUES (1, 2)"},
    {"INSERT INTO ", " VALUES (1, 2)"},
    {"UPDATE user SET password = ", " WHERE username = 'bob'"},
    {"UPDATE user SET password == ", ""},
    {"SELECT ", ""},
    {"SELECT 1 AS x FROM user WHERE password = ", " COLLATE nothing"},
    {"SELECT nothing(", ")"},
    {"SELECT 'a' COLLATE ", ""},
    {"SELECT ", "(1)"},
    {"SELECT json_extract('{}', ", ")"},
    {"SELECT json_extract('{}', '$.' || ", ")"},
    {"SELECT * FROM json_each(", ")"},
    {"SELECT 1 FROM user INDEXED BY ", ""},
    {"WITH ", " AS (SELECT 1) SELECT 1"},
    {"CREATE ", ""},
    {"", ""},
};

/* What a failing seed says, in a world that is as it was afterwards. */
static const char *say(sqlite3 *db, const char *sql)
{
    static struct seed_run run;
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    enum result result = seed_apply(&run, "seed.sql", slice_of(sql));
    assert_unguarded(db);
    if (!result)
        result = seed_end(&run);
    if (!sqlite3_get_autocommit(db))
        must(db, "ROLLBACK");
    return result ? run.error.text : "ok";
}

static void errors_keep_passwords(void **state)
{
    (void)state;
    sqlite3 *db = open_world();
    for (size_t s = 0; s < COUNT(secrets); s++) {
        for (size_t q = 0; q < COUNT(quotes); q++) {
            for (size_t i = 0; i < COUNT(around); i++) {
                char sql[300];
                snprintf(sql, sizeof sql, "%s%s%s%s%s", around[i][0], quotes[q][0], secrets[s],
                         quotes[q][1], around[i][1]);
                const char *text = say(db, sql);
                /* Outside of quotes it is several words, and a short one may be named. */
                bool bare = strcmp(quotes[q][0], "") == 0 || strcmp(quotes[q][0], "''") == 0;
                if (!is_kept(text, secrets[s], bare ? 12 : 5))
                    fail_msg("%s\n  says  %s", sql, text);
            }
        }
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    /* SQLite undoubles the quotes inside. */
    expect("SELECT \"zebra\"\"wolf\"\"stork\"", "seed.sql:1:8: statement 1: no such column: …");
    expect_in(BROKER "INSERT INTO user (broker_id, username, password)"
                     " VALUES ('b-1', 'bob', '$zebra-wolf-1')",
              "SELECT json_extract('{}', password) FROM user",
              "seed.sql:1: statement 1: malformed JSON path");
    assert_string_equal(seed_message_of_run("a new message: '$zebra-wolf-1'"),
                        "SQLite rejected the statement");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endless_statements_end),
        cmocka_unit_test(small_statements_add_up),
        cmocka_unit_test(sizes),
        cmocka_unit_test(shapes),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(many_statements_are_not_quadratic),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(rollback_by_the_seed),
        cmocka_unit_test(unfit_connections),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(errors_keep_passwords),
    };
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &true_memory);
    sqlite3_mem_methods memory = true_memory;
    memory.xMalloc = failing_malloc;
    memory.xRealloc = failing_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
