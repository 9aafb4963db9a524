/* One-row INSERTs, of which many share a compiled statement: nothing else differs from seeds whose
 * statements are all compiled. */
#include "seed_random.h"

#include "base/text.h"
#include "store/seed_inserts.h"
#include "store/tables.h"

#define BASE                                                                                         \
    "INSERT INTO broker (id, name, created) VALUES"                                                  \
    " ('b-1', 'one', '2020-01-01T00:00:00.000000Z'), ('b-2', 'two', '2020-01-01T00:00:00.000000Z');" \
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'u-111', 'correct-horse-1');"   \
    "DELETE FROM instance_option; DELETE FROM rabbitmq_limit;"                                       \
    "INSERT INTO vpc (id) VALUES ('vpc-1'), ('vpc-2');"
#define USERS "INSERT INTO user (broker_id, username, password) VALUES "

/* ---- no clock and no chance, so that two runs make the same rows ---- */

static int stopped_clock(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    (void)vfs;
    *out = (sqlite3_int64)2461041 * 86400000; /* a day of 2026 */
    return SQLITE_OK;
}

static int no_chance(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    memset(out, 1, (size_t)size);
    return size;
}

static void fix_rows(void)
{
    static sqlite3_vfs fixed;
    fixed = *sqlite3_vfs_find(NULL);
    fixed.zName = "fixed";
    fixed.xCurrentTimeInt64 = stopped_clock;
    fixed.xRandomness = no_chance;
    assert_int_equal(sqlite3_vfs_register(&fixed, 1), SQLITE_OK);
}

/* ---- two worlds ---- */

struct dump {
    char *text;
    size_t len;
};

static void dump_rows(sqlite3_stmt *rows, FILE *out)
{
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            fputc('0' + sqlite3_column_type(rows, i), out);
            const void *data = sqlite3_column_blob(rows, i);
            if (data)
                fwrite(data, 1, (size_t)sqlite3_column_bytes(rows, i), out);
            fputc('|', out);
        }
        fputc('\n', out);
    }
}

/* All rows, with their rowids. The caller frees the text. */
static struct dump dump_world(sqlite3 *db)
{
    struct dump dump = {NULL, 0};
    FILE *out = open_memstream(&dump.text, &dump.len);
    assert_non_null(out);
    for (size_t i = 0; i < table_count; i++) {
        char sql[200];
        sqlite3_stmt *rows = NULL;
        fprintf(out, "%s\n", tables[i].name);
        snprintf(sql, sizeof sql, "SELECT rowid, * FROM %s", tables[i].name);
        if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL)) { /* WITHOUT ROWID */
            snprintf(sql, sizeof sql, "SELECT * FROM %s", tables[i].name);
            assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
        }
        dump_rows(rows, out);
        sqlite3_finalize(rows);
    }
    fclose(out);
    return dump;
}

static sqlite3 *open_based(void)
{
    struct seed_run run;
    sqlite3 *db = open_world();
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    assert_int_equal(apply_text(&run, "base.sql", BASE), RESULT_OK);
    assert_int_equal(seed_end(&run), RESULT_OK);
    must(db, "COMMIT");
    return db;
}

struct outcome {
    enum result result;
    struct seed_run run;
    struct dump dump;
};

/* Applies the seed, of which the bytes from `split` on are a second file, and rolls it back. */
static struct outcome try_seed(sqlite3 *db, struct slice sql, size_t split, int steps_max,
                               bool compiles_all)
{
    struct outcome out;
    sqlite3_randomness(0, NULL); /* starts its numbers anew */
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&out.run, db), RESULT_OK);
    out.run.steps_max = steps_max;
    out.run.idle_max_ms = 3600 * 1000;
    out.run.compiles_all = compiles_all;
    out.result = seed_apply(&out.run, "one.sql", (struct slice){sql.data, split});
    if (!out.result && split < sql.len)
        out.result =
            seed_apply(&out.run, "two.sql", (struct slice){sql.data + split, sql.len - split});
    if (!out.result)
        out.result = seed_end(&out.run);
    out.dump = dump_world(db);
    if (!sqlite3_get_autocommit(db))
        must(db, "ROLLBACK");
    return out;
}

static void expect_same(const struct outcome *kept, const struct outcome *compiled,
                        struct slice sql)
{
    if (kept->result != compiled->result ||
        (kept->result && strcmp(kept->run.error.text, compiled->run.error.text) != 0))
        fail_msg("%.*s\n  says  %s\n  not   %s", (int)sql.len, sql.data,
                 kept->result ? kept->run.error.text : "ok",
                 compiled->result ? compiled->run.error.text : "ok");
    assert_string_equal(kept->run.orphan_place, compiled->run.orphan_place);
    assert_int_equal(kept->run.scanned, compiled->run.scanned);
    if (kept->dump.len != compiled->dump.len ||
        memcmp(kept->dump.text, compiled->dump.text, kept->dump.len) != 0)
        fail_msg("%.*s\n  makes  %s\n  not  %s", (int)sql.len, sql.data, kept->dump.text,
                 compiled->dump.text);
}

/* Both ways. Returns the number of statements that were compiled with kept ones. */
static size_t compare(sqlite3 *const db[2], struct slice sql, size_t split, int steps_max,
                      struct outcome *out)
{
    struct outcome kept = try_seed(db[0], sql, split, steps_max, false);
    struct outcome compiled = try_seed(db[1], sql, split, steps_max, true);
    expect_same(&kept, &compiled, sql);
    assert_int_equal(sqlite3_total_changes64(db[0]), sqlite3_total_changes64(db[1]));
    free(kept.dump.text);
    free(compiled.dump.text);
    if (out)
        *out = compiled;
    return kept.run.compiled;
}

static void close_both(sqlite3 *const db[2])
{
    assert_int_equal(sqlite3_close(db[0]), SQLITE_OK);
    assert_int_equal(sqlite3_close(db[1]), SQLITE_OK);
}

/* The beginning of a line; mostly the end. */
static size_t place_in(struct maker *maker, struct slice sql)
{
    size_t place = pick(maker, 4) == 0 ? pick(maker, (unsigned)sql.len + 1) : sql.len;
    while (place > 0 && place < sql.len && sql.data[place - 1] != '\n')
        place--;
    return place;
}

static void random_seeds_are_the_same(void **state)
{
    (void)state;
    enum { SEEDS = 3000 };
    static struct maker maker = {.random = 20261128};
    sqlite3 *const db[2] = {open_based(), open_based()};
    size_t applied = 0, out_of_steps = 0, compiled = 0, statements = 0;
    for (size_t i = 0; i < SEEDS; i++) {
        struct slice sql = make_seed(&maker);
        size_t split = place_in(&maker, sql);
        int steps_max = pick(&maker, 4) == 0 ? 20 + (int)pick(&maker, 3000) : SEED_STEPS;
        struct outcome out;
        compiled += compare(db, sql, split, steps_max, &out);
        statements += out.run.compiled;
        applied += !out.result;
        out_of_steps += out.result && strstr(out.run.error.text, " steps in this file");
    }
    /* The seeds are what this test is about. */
    assert_in_range(applied, SEEDS / 4, SEEDS * 3 / 4);
    assert_in_range(out_of_steps, SEEDS / 50, SEEDS / 4);
    assert_in_range(compiled, 1, statements * 2 / 3);
    close_both(db);
}

/* ---- which statements share ---- */

/* How many statements are compiled where they may share. */
static size_t compiled_of(sqlite3 *const db[2], const char *sql)
{
    struct slice text = slice_of(sql);
    return compare(db, text, text.len, SEED_STEPS, NULL);
}

static void same_beginnings_are_compiled_once(void **state)
{
    (void)state;
    static const char *const once[] = {
        "('b-1', 'ann', 'correct-horse-1')",
        "(\t'b-1'\r\n,\f'ann' , 'correct-horse-1' ) ",
        "('b-1', 'ann', 'it''s-a-secret')",
        "('b-1', 12, 123456789012345678)",
        "('b-1', 12, NULL)",
        "('b-1', -12, 'short')",
        "('b-1', 'ann', x'00ff')",
        "('b-1', 'ann', X'')",
        "(null, 'ann', +5)",
        "('b-nowhere', 'ann', 'correct-horse-1')",
    };
    sqlite3 *const db[2] = {open_based(), open_based()};
    for (size_t i = 0; i < COUNT(once); i++) {
        char sql[400];
        snprintf(sql, sizeof sql,
                 USERS "('b-1', 'first', 'correct-horse-1');\n-- second\n" USERS "%s%s", once[i],
                 i % 2 ? ";" : "");
        if (compiled_of(db, sql) != 1)
            fail_msg("%s", sql);
    }
    close_both(db);
}

static void other_texts_are_compiled_each(void **state)
{
    (void)state;
    static const char *const each[] = {
        "insert into user (broker_id, username, password) VALUES ('b-1', 'ann', 'secret-secret')",
        "INSERT INTO user(broker_id, username, password) VALUES ('b-1', 'ann', 'secret-secret')",
        "INSERT INTO user (broker_id, username, password)VALUES ('b-1', 'ann', 'secret-secret')",
        "INSERT OR IGNORE INTO user (broker_id, username, password) VALUES ('b-1', 'ann', NULL)",
        "INSERT INTO \"user\" (broker_id, username, password) VALUES ('b-1', 'ann', NULL)",
        "INSERT INTO user VALUES ('b-1', 'ann', NULL)",
        USERS "('b-1', 'ann', 'secret-secret'), ('b-1', 'bob', 'secret-secret')",
        USERS "('b-1', 'ann', 'secret-secret') RETURNING username",
        USERS "('b-1', 'ann', 'secret-secret') /* end */",
        USERS "('b-1', 'ann')",
        USERS "('b-1', 'ann', NULL, NULL)",
        USERS "('b-1', 'ann', 1234567890123456789)",
        USERS "('b-1', 'ann', 1.0)",
        USERS "('b-1', 'ann', TRUE)",
        USERS "('b-1', 'ann', 'secret' || 'secret')",
        USERS "('b-1', 'ann', x'0')",
        USERS "('b-1', 'ann', x'00 ')",
        USERS "('b-1', 'ann', 'secret-secret'",
        USERS "('b-1', 'ann', 'secret-secret",
        USERS "('b-1', 'ann', -",
        USERS "(",
        USERS,
    };
    sqlite3 *const db[2] = {open_based(), open_based()};
    for (size_t i = 0; i < COUNT(each); i++) {
        char sql[400];
        snprintf(sql, sizeof sql, USERS "('b-1', 'first', 'correct-horse-1');%s", each[i]);
        if (compiled_of(db, sql) != 2)
            fail_msg("%s", sql);
    }
    /* The rowid of a NULL is chosen in fewer steps if SQLite sees the NULL. */
    assert_int_equal(compiled_of(db, "INSERT INTO fault (id, delay_ms) VALUES (1, 1);"
                                     "INSERT INTO fault (id, delay_ms) VALUES (NULL, 1);"),
                     2);
    close_both(db);
}

/* Of nine beginnings in turn each is forgotten before it comes again; of eight none is. */
static void eight_are_kept(void **state)
{
    (void)state;
    sqlite3 *const db[2] = {open_based(), open_based()};
    for (size_t heads = 8; heads <= 9; heads++) {
        char sql[8000];
        char *at = sql;
        for (size_t i = 0; i < 10 * heads; i++)
            at += sprintf(at, "INSERT INTO vpc (id%.*s) VALUES ('v-%zu');", (int)(i % heads),
                          "         ", i);
        assert_int_equal(compiled_of(db, sql), heads == 8 ? 8 : 90);
    }
    close_both(db);
}

/* Each file compiles its own. */
static void files_share_nothing(void **state)
{
    (void)state;
    static const char sql[] =
        "INSERT INTO vpc (id) VALUES ('v-1');INSERT INTO vpc (id) VALUES ('v-2');"
        "INSERT INTO vpc (id) VALUES ('v-3');";
    sqlite3 *const db[2] = {open_based(), open_based()};
    assert_int_equal(compare(db, slice_of(sql), sizeof sql / 3, SEED_STEPS, NULL), 2);
    close_both(db);
}

/* ---- limits ---- */

static char *repeat(char *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        out = stpcpy(out, text);
    return out;
}

static void limits_of_a_statement(void **state)
{
    (void)state;
    static char sql[3 * SEED_INSERTS_TEXT];
    sqlite3 *const db[2] = {open_based(), open_based()};
    for (size_t columns = SEED_INSERTS_COLUMNS; columns <= SEED_INSERTS_COLUMNS + 1; columns++) {
        char *at = sql;
        for (size_t i = 0; i < 2; i++) {
            at = repeat(stpcpy(at, "INSERT INTO vpc (id"), ",is_default", columns - 1);
            at += sprintf(at, ") VALUES ('v-%zu'", i);
            at = stpcpy(repeat(at, ",0", columns - 1), ");");
        }
        assert_int_equal(compiled_of(db, sql), columns > SEED_INSERTS_COLUMNS ? 2 : 1);
    }
    static const char head[] =
        "INSERT INTO configuration_revision (configuration_id, revision, data)"
        " VALUES ('c-1', ";
    for (size_t over = 0; over <= 1; over++) {
        for (size_t closed = 0; closed <= 1; closed++) {
            char *at = stpcpy(stpcpy(sql, head), "2, 'x');");
            size_t used = strlen(head) + strlen("3, '')") + closed;
            at = repeat(stpcpy(stpcpy(at, head), "3, '"), "x", SEED_INSERTS_TEXT - used + over);
            stpcpy(at, closed ? "');" : "')");
            assert_int_equal(compiled_of(db, sql), 1 + over);
        }
    }
    close_both(db);
}

/* A statement with the name of a trigger in a text is refused, or its values are limited, as it is
 * when it is compiled for itself; and the next is not. */
static void names_of_triggers_are_looked_for(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"INSERT INTO access_key (id, secret) VALUES ('%', '", "');"},
        {"INSERT INTO broker (id, name) VALUES ('b-%%%', '", "');"},
        {"INSERT INTO broker_tag (broker_id, key) VALUES ('b-1', '", "');"},
    };
    static struct maker maker = {.random = 1};
    sqlite3 *const db[2] = {open_based(), open_based()};
    size_t refused = 0;
    sqlite3_stmt *names = NULL;
    static const char query[] = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
    assert_int_equal(sqlite3_prepare_v2(db[1], query, -1, &names, NULL), SQLITE_OK);
    while (sqlite3_step(names) == SQLITE_ROW) {
        const char *const texts[] = {"x", (const char *)sqlite3_column_text(names, 0), "y"};
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct outcome out;
            maker.len = 0;
            for (size_t k = 0; k < COUNT(texts); k++) {
                put(&maker, rows[i][0]);
                put(&maker, texts[k]);
                put(&maker, rows[i][1]);
            }
            struct slice sql = {maker.text, maker.len};
            assert_int_equal(compare(db, sql, sql.len, SEED_STEPS, &out), 1);
            refused += out.result && strstr(out.run.error.text, "statement 2: ") &&
                       strstr(out.run.error.text, "reading default_world is not allowed");
        }
    }
    assert_true(refused > 2);
    sqlite3_finalize(names);
    close_both(db);
}

/* The columns for which a NULL is left to SQLite. */
static void rowids_are_called_id(void **state)
{
    (void)state;
    sqlite3 *db = open_world();
    for (size_t i = 0; i < table_count; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM pragma_table_info('%s') WHERE pk AND type = 'INTEGER'"
                 " AND name <> 'id'",
                 tables[i].name);
        if (tables[i].seeds == TABLE_WRITABLE)
            assert_int_equal(number_of(db, sql), 0);
    }
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_seeds_are_the_same),
        cmocka_unit_test(same_beginnings_are_compiled_once),
        cmocka_unit_test(other_texts_are_compiled_each),
        cmocka_unit_test(eight_are_kept),
        cmocka_unit_test(files_share_nothing),
        cmocka_unit_test(limits_of_a_statement),
        cmocka_unit_test(names_of_triggers_are_looked_for),
        cmocka_unit_test(rowids_are_called_id),
    };
    fix_rows();
    sqlite3_close(
        open_world()); /* the first is filled in another way, which total_changes() tells */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
