#include "store/validate.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "store/json_columns.h"
#include "store/seed_messages.h"

static enum result refuse(struct store_error *error, const char *table, const char *reason)
{
    snprintf(error->text, sizeof error->text, "%s%s%.500s", table, *table ? ": " : "", reason);
    return RESULT_INVALID;
}

/* Converts the last error of SQLite. */
static enum result fail(sqlite3 *db, struct store_error *error, const char *table)
{
    int code = sqlite3_errcode(db) & 0xFF;
    char rule[400];
    if (code == SQLITE_NOMEM) {
        refuse(error, "", "out of memory");
        return RESULT_NO_MEMORY;
    }
    if (code == SQLITE_INTERRUPT)
        return refuse(error, "", "checking it takes too long");
    if (code == SQLITE_ERROR)
        return refuse(error, table, seed_message_of_run(sqlite3_errmsg(db)));
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return refuse(error, "", "damaged");
    if (code != SQLITE_CONSTRAINT) {
        bool is_ours = code == SQLITE_IOERR || code == SQLITE_CANTOPEN || code == SQLITE_FULL;
        refuse(error, "", sqlite3_errmsg(db));
        return is_ours ? RESULT_STORE : RESULT_INVALID;
    }
    seed_message_explain(sqlite3_errmsg(db), rule, sizeof rule);
    return refuse(error, table, rule);
}

static bool prepare(sqlite3 *db, const char *sql, sqlite3_stmt **stmt)
{
    return sqlite3_prepare_v2(db, sql, -1, stmt, NULL) == SQLITE_OK;
}

/* RESULT_OK if the query gives no row. */
static enum result expect_none(sqlite3 *db, const char *sql, struct store_error *error,
                               const char *reason)
{
    sqlite3_stmt *stmt = NULL;
    int code = prepare(db, sql, &stmt) ? sqlite3_step(stmt) : SQLITE_ERROR;
    enum result result = code == SQLITE_DONE  ? RESULT_OK
                         : code == SQLITE_ROW ? refuse(error, "", reason)
                                              : fail(db, error, "");
    sqlite3_finalize(stmt);
    return result;
}

/* The service's clock, the wall clock plus an offset, must be in the years 1970 to 9999. It stops
 * at the end of 9999, and may have been there for some time. */
static enum result check_clock(sqlite3 *db, struct store_error *error)
{
    static const char *const columns[][2] = {{"default_world", "clock_offset_ms"},
                                             {"clock_step", "offset_ms"}};
    char sql[160], reason[100];
    int64_t wall_ms = clock_wall_ms();
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && i < sizeof columns / sizeof *columns; i++) {
        snprintf(sql, sizeof sql, "SELECT 1 FROM %s WHERE %s NOT BETWEEN %lld AND %lld",
                 columns[i][0], columns[i][1], (long long)-wall_ms, (long long)CLOCK_MAX_MS);
        snprintf(reason, sizeof reason, "%s: %s: within the years 1970 to 9999", columns[i][0],
                 columns[i][1]);
        result = expect_none(db, sql, error, reason);
    }
    return result;
}

/* Checks pages and indexes. Its messages on constraints are ignored: check_rules checks more. */
static enum result check_structure(sqlite3 *db, struct store_error *error)
{
    /* A page that there was no memory for (7) is a finding to SQLite, not a failure. */
    static const char sql[] =
        "SELECT integrity_check || char(10) GLOB '*error code=7[^0-9]*' FROM pragma_integrity_check"
        " WHERE integrity_check <> 'ok'"
        " AND integrity_check NOT GLOB 'CHECK constraint failed in *'"
        " AND integrity_check NOT GLOB 'NULL value in *'";
    sqlite3_stmt *stmt = NULL;
    enum result result = RESULT_OK;
    int code = prepare(db, sql, &stmt) ? sqlite3_step(stmt) : SQLITE_ERROR;
    if (code == SQLITE_ROW && sqlite3_column_int(stmt, 0) != 0) {
        refuse(error, "", "out of memory");
        result = RESULT_NO_MEMORY;
    } else if (code == SQLITE_ROW) {
        result = refuse(error, "", "damaged");
    } else if (code != SQLITE_DONE) {
        result = fail(db, error, "");
    }
    sqlite3_finalize(stmt);
    return result;
}

/* Updates every column of every row to its own value, so that constraints and triggers run. */
static enum result check_rules(sqlite3 *db, const struct table *table, struct store_error *error)
{
    sqlite3_stmt *columns = NULL, *update = NULL;
    bool good =
        prepare(db,
                "SELECT format('UPDATE %s SET %s', ?1, group_concat(format('\"%w\" = \"%w\"',"
                " name, name))) FROM pragma_table_info(?1)",
                &columns) &&
        sqlite3_bind_text(columns, 1, table->name, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(columns) == SQLITE_ROW &&
        prepare(db, (const char *)sqlite3_column_text(columns, 0), &update) &&
        sqlite3_step(update) == SQLITE_DONE;
    enum result result = good ? RESULT_OK : fail(db, error, table->name);
    sqlite3_finalize(update);
    sqlite3_finalize(columns);
    return result;
}

static enum result check_text(const struct table *table, int column, struct slice text,
                              struct store_error *error)
{
    char rule[160];
    if (!utf8_is_text(text))
        return refuse(error, table->name, TEXT_RULE);
    enum result result = json_column_check(table, column, text, rule, sizeof rule);
    if (result == RESULT_INVALID)
        refuse(error, table->name, rule);
    else if (result)
        refuse(error, "", "out of memory");
    return result;
}

/* Checks each text of a table as seed_authorizer does for seeds: after the rules of the schema. */
static enum result check_texts(sqlite3 *db, const struct table *table, struct store_error *error)
{
    char sql[64];
    sqlite3_stmt *stmt = NULL;
    enum result result = RESULT_OK;
    snprintf(sql, sizeof sql, "SELECT * FROM %s", table->name);
    int code = prepare(db, sql, &stmt) ? SQLITE_ROW : SQLITE_ERROR;
    while (!result && code == SQLITE_ROW && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (int i = 0; !result && i < sqlite3_column_count(stmt); i++) {
            if (sqlite3_column_type(stmt, i) != SQLITE_TEXT)
                continue;
            const char *text = (const char *)sqlite3_column_text(stmt, i);
            result = text ? check_text(table, i,
                                       (struct slice){text, (size_t)sqlite3_column_bytes(stmt, i)},
                                       error)
                          : fail(db, error, table->name);
        }
    }
    if (!result && code != SQLITE_DONE)
        result = fail(db, error, table->name);
    sqlite3_finalize(stmt);
    return result;
}

static enum result check_tables(sqlite3 *db, struct store_error *error)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && i < table_count; i++) {
        result = check_rules(db, &tables[i], error);
        if (!result)
            result = check_texts(db, &tables[i], error);
    }
    return result;
}

/* The schema as one text, valid until *stmt is finalized; NULL if it cannot be read. */
static const char *read_schema(sqlite3 *db, sqlite3_stmt **stmt)
{
    static const char sql[] =
        "SELECT group_concat(line, char(10)) FROM (SELECT type || '|' || name || '|' || tbl_name "
        "|| '|' || coalesce(sql, '') AS line FROM sqlite_schema ORDER BY type, name)";
    bool good = sqlite3_prepare_v2(db, sql, -1, stmt, NULL) == SQLITE_OK &&
                sqlite3_step(*stmt) == SQLITE_ROW;
    return good ? (const char *)sqlite3_column_text(*stmt, 0) : NULL;
}

enum result store_validate_schema(sqlite3 *db, sqlite3 *own, struct store_error *error)
{
    sqlite3_stmt *stmts[2] = {NULL, NULL};
    const char *expected = read_schema(own, &stmts[0]);
    const char *found = read_schema(db, &stmts[1]);
    enum result result = !expected ? RESULT_STORE
                         : !found  ? refuse(error, "", "damaged")
                         : strcmp(found, expected) == 0
                             ? RESULT_OK
                             : refuse(error, "", "its tables are not those of amazonmq-local");
    sqlite3_finalize(stmts[0]);
    sqlite3_finalize(stmts[1]);
    return result;
}

enum result store_validate(sqlite3 *db, struct store_error *error)
{
    enum result result = check_structure(db, error);
    if (!result)
        result = expect_none(db, "SELECT 1 FROM pragma_foreign_key_check", error,
                             "a row refers to a missing row");
    if (!result)
        result = expect_none(db, "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM default_world)", error,
                             "default_world has no row");
    if (!result)
        result = check_clock(db, error);
    if (result)
        return result;
    /* Without cache spill, the changes of the transaction are never written to disk. */
    if (sqlite3_exec(db, "PRAGMA cache_spill = OFF; BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, error, "");
    result = check_tables(db, error);
    if ((!sqlite3_get_autocommit(db) &&
         sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK) ||
        sqlite3_exec(db, "PRAGMA cache_spill = ON", NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, error, "");
    return result;
}
