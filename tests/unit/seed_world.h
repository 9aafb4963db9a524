/* What the tests of seeds share: a store as the server sets it up, and one seed's way through it.
 */
#ifndef TESTS_UNIT_SEED_WORLD_H
#define TESTS_UNIT_SEED_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <sqlite3.h>

#include "store/seed_run.h"

#ifndef SCHEMA_DIR
#define SCHEMA_DIR "schema"
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The file's text, NUL-terminated; the caller frees it. */
static inline char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long len = ftell(file);
    assert_true(len > 0);
    rewind(file);
    char *text = malloc((size_t)len + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)len, file), (size_t)len);
    text[len] = '\0';
    fclose(file);
    return text;
}

static inline void must(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message))
        fail_msg("%s: %s", sql, message);
}

static inline int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/* Fills an empty database with the schema: the scripts the first time, a copy of the pages after
 * that. */
static inline void fill_world(sqlite3 *db)
{
    static const char *const files[] = {
        SCHEMA_DIR "/0001_initial.sql", SCHEMA_DIR "/0002_control_plane.sql",
        SCHEMA_DIR "/0003_catalogue.sql", SCHEMA_DIR "/0004_rabbitmq_limits.sql"};
    static unsigned char *image;
    static sqlite3_int64 size;
    for (size_t i = 0; !image && i < COUNT(files); i++) {
        char *schema = read_text(files[i]);
        must(db, schema);
        free(schema);
    }
    if (!image) {
        unsigned char *data = sqlite3_serialize(db, "main", &size, 0);
        assert_non_null(data);
        image = malloc((size_t)size); /* not SQLite's: tests make its allocator fail and count it */
        assert_non_null(image);
        memcpy(image, data, (size_t)size);
        sqlite3_free(data);
        return;
    }
    unsigned char *copy = sqlite3_malloc64((sqlite3_uint64)size);
    assert_non_null(copy);
    memcpy(copy, image, (size_t)size);
    assert_int_equal(
        sqlite3_deserialize(db, "main", copy, size, size,
                            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
        SQLITE_OK);
    number_of(db, "SELECT count(*) FROM broker"); /* reads the schema */
}

/* With the schema, outside a transaction. */
static inline sqlite3 *open_world(void)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DML,
                              SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    static const int limits[][2] = {
        {SQLITE_LIMIT_LENGTH, 4 << 20},
        {SQLITE_LIMIT_SQL_LENGTH, 100000},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 100},
        {SQLITE_LIMIT_VDBE_OP, 250000},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 201},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
    };
    sqlite3 *db = NULL;
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    assert_int_equal(sqlite3_open_v2(":memory:", &db, flags, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL), SQLITE_OK);
    for (size_t i = 0; i < COUNT(off); i++)
        assert_int_equal(sqlite3_db_config(db, off[i], 0, NULL), SQLITE_OK);
    for (size_t i = 0; i < COUNT(limits); i++)
        sqlite3_limit(db, limits[i][0], limits[i][1]);
    must(db, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY");
    fill_world(db);
    return db;
}

/* Nothing that watched the seed is left on the connection. */
static inline void assert_unguarded(sqlite3 *db)
{
    assert_null(sqlite3_preupdate_hook(db, NULL, NULL));
    assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1), 4 << 20);
    assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, -1), 100000);
    assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1), 201);
    assert_int_equal(sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, -1), 250000);
    assert_int_equal(sqlite3_soft_heap_limit64(-1), 0);
    assert_int_equal(sqlite3_hard_heap_limit64(-1), 0);
    must(db, "CREATE TEMP TABLE t (x); DROP TABLE t");
    number_of(db, "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5000)"
                  "SELECT count(*) FROM n, default_world");
}

static inline enum result apply_text(struct seed_run *run, const char *name, const char *sql)
{
    enum result result = seed_apply(run, name, slice_of(sql));
    assert_unguarded(run->db);
    return result;
}

/* seed.sql, and what the last file said, in a world where `base` went before; "ok" where all was
 * well. Valid until the next call. */
static inline const char *outcome(const char *base, struct slice sql, enum result *result)
{
    static struct seed_run run;
    sqlite3 *db = open_world();
    must(db, "BEGIN IMMEDIATE");
    assert_int_equal(seed_begin(&run, db), RESULT_OK);
    if (base && apply_text(&run, "base.sql", base))
        fail_msg("%s", run.error.text);
    *result = seed_apply(&run, "seed.sql", sql);
    assert_unguarded(db);
    if (!*result)
        *result = seed_end(&run);
    assert_true(run.scanned <= sql.len + (base ? strlen(base) : 0));
    if (!*result)
        must(db, "COMMIT");
    else if (!sqlite3_get_autocommit(db))
        must(db, "ROLLBACK");
    if (*result)
        assert_int_equal(number_of(db, "SELECT count(*) FROM broker"), 0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return *result ? run.error.text : "ok";
}

/* A seed and all that it says: "ok", or the line of an error that is the seed's own fault. */
static inline void expect_in(const char *base, const char *sql, const char *text)
{
    enum result result = RESULT_OK;
    const char *got = outcome(base, slice_of(sql), &result);
    if (strcmp(got, text) != 0)
        fail_msg("%s\n  says  %s\n  not   %s", sql, got, text);
    assert_int_equal(result, strcmp(text, "ok") == 0 ? RESULT_OK : RESULT_INVALID);
}

static inline void expect(const char *sql, const char *text)
{
    expect_in(NULL, sql, text);
}

#endif
