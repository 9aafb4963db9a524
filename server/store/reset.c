#include "store/reset.h"

#include <stdio.h>

#include "store/undo.h"
#include "store/migrations.h"
#include "store/seed_files.h"
#include "store/tables.h"

static enum result fail(struct store_error *error, const char *what, const char *reason)
{
    snprintf(error->text, sizeof error->text, "%s: %.500s", what, reason);
    return RESULT_STORE;
}

/* Frees the text. NULL if it is NULL (out of memory) or cannot be compiled. */
static sqlite3_stmt *prepare(sqlite3 *db, char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (sql)
        sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    sqlite3_free(sql);
    return stmt;
}

static bool run(sqlite3_stmt *stmt)
{
    bool done = stmt && sqlite3_step(stmt) == SQLITE_DONE;
    sqlite3_finalize(stmt);
    return done;
}

/* The rows are deleted with their broker or configuration. */
static bool is_deleted_by_cascade(const struct table *table)
{
    return table->root && strcmp(table->root_id, "id") != 0;
}

/* Deletes rows before those that they refer to: brokers first, each root in reverse order. */
static bool empty_tables(sqlite3 *db)
{
    bool good = run(prepare(db, sqlite3_mprintf("UPDATE default_world SET clock_offset_ms = 0"))) &&
                run(prepare(db, sqlite3_mprintf("DELETE FROM clock_step")));
    for (unsigned root = TABLE_ROOTS; root-- > 0;)
        for (size_t i = table_count; good && i-- > 0;)
            if (tables[i].root == root && tables[i].seeds && !is_deleted_by_cascade(&tables[i]))
                good = run(prepare(db, sqlite3_mprintf("DELETE FROM %s", tables[i].name)));
    return good;
}

static bool fill_catalogue(sqlite3 *db)
{
    bool good = true;
    for (int i = 0; good && i < migration_count; i++)
        if (migration_fills_catalogue[i])
            good = sqlite3_exec(db, (const char *)migrations[i], NULL, NULL, NULL) == SQLITE_OK;
    return good;
}

enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error)
{
    uint64_t stamp = seed_files_stamp(paths, count);
    if (stamp != 0 && undo_play(store, stamp) == RESULT_OK)
        return RESULT_OK;
    undo_end(store);
    enum result result = store_change_begin(store, error);
    if (!result && (!empty_tables(store->db) || !fill_catalogue(store->db)))
        result = fail(error, "reset", sqlite3_errmsg(store->db));
    if (!result)
        result = seed_files_apply(store, paths, count, error);
    result = store_change_end(store, result, error);
    if (!result && stamp != 0)
        undo_begin(store, stamp);
    return result;
}

/* `verb` (SELECT …, DELETE) on the rows of a table that belong to an account and region. */
static sqlite3_stmt *prepare_of_world(sqlite3 *db, const char *verb, const struct table *table,
                                      struct slice account, struct slice region)
{
    sqlite3_stmt *stmt =
        prepare(db, sqlite3_mprintf("%s FROM %s WHERE %s IN"
                                    " (SELECT id FROM %s WHERE account = ?1 AND region = ?2)",
                                    verb, table->name, table->root_id, table_of_root[table->root]));
    if (stmt) {
        statement_bind(stmt, 1, account);
        statement_bind(stmt, 2, region);
    }
    return stmt;
}

static sqlite3_stmt *prepare_insert(sqlite3 *db, const struct table *table, int columns)
{
    sqlite3_str *sql = sqlite3_str_new(db);
    sqlite3_str_appendf(sql, "INSERT%s INTO %s VALUES (?",
                        table->has_first_row ? " OR REPLACE" : "", table->name);
    for (int i = 1; i < columns; i++)
        sqlite3_str_appendall(sql, ", ?");
    sqlite3_str_appendall(sql, ")");
    return prepare(db, sqlite3_str_finish(sql));
}

static bool copy_rows(sqlite3 *to, const struct table *table, sqlite3_stmt *rows)
{
    int columns = sqlite3_column_count(rows), code = SQLITE_ERROR;
    sqlite3_stmt *insert = prepare_insert(to, table, columns);
    while (insert && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        bool good = true;
        for (int i = 0; good && i < columns; i++)
            good = sqlite3_bind_value(insert, i + 1, sqlite3_column_value(rows, i)) == SQLITE_OK;
        if (!good || sqlite3_step(insert) != SQLITE_DONE)
            break;
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return code == SQLITE_DONE;
}

/* Configurations first: brokers refer to them. */
static bool copy_world(sqlite3 *to, sqlite3 *from, struct slice account, struct slice region)
{
    bool good = true;
    for (unsigned root = TABLE_OF_CONFIGURATION; root < TABLE_ROOTS; root++) {
        for (size_t i = 0; good && i < table_count; i++) {
            if (tables[i].root != root)
                continue;
            sqlite3_stmt *rows =
                prepare_of_world(from, tables[i].select, &tables[i], account, region);
            good = rows && copy_rows(to, &tables[i], rows);
            sqlite3_finalize(rows);
        }
    }
    return good;
}

static bool empty_world(sqlite3 *db, struct slice account, struct slice region)
{
    bool good = true;
    for (size_t i = 0; good && i < table_count; i++)
        if (tables[i].root && !is_deleted_by_cascade(&tables[i]))
            good = run(prepare_of_world(db, "DELETE", &tables[i], account, region));
    return good;
}

static bool play_world(struct store *store, uint64_t stamp, struct slice account,
                       struct slice region, store_settle *settle)
{
    if (stamp == 0 || undo_play_world(store, stamp, account, region))
        return false;
    if (settle(store, account, region))
        store_tick_abort(store);
    return store_tick_commit(store) == RESULT_OK;
}

enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region, store_settle *settle,
                              struct store_error *error)
{
    if (play_world(store, seed_files_stamp(paths, count), account, region, settle))
        return RESULT_OK;
    struct store_options options = store->options;
    struct store *fresh = NULL;
    options.path = ":memory:";
    /* The request cannot cause an error of an empty store in memory. */
    enum result result = store_open(&options, &fresh, error) ? RESULT_STORE : RESULT_OK;
    if (!result)
        result = store_seed(fresh, paths, count, error);
    if (!result)
        result = store_change_begin(store, error);
    if (!result && (!empty_world(store->db, account, region) ||
                    !copy_world(store->db, fresh->db, account, region))) {
        /* An id of the seeds may now exist in another account or region. */
        bool broke_rule = (sqlite3_errcode(store->db) & 0xFF) == SQLITE_CONSTRAINT;
        result = fail(error, "reset", sqlite3_errmsg(store->db));
        result = broke_rule ? RESULT_INVALID : result;
    }
    if (!result && settle(store, account, region))
        result = fail(error, "reset", sqlite3_errmsg(store->db));
    if (!result && store_breaks_foreign_keys(store->db)) {
        fail(error, "reset", "a row of another account or region refers to one that would be gone");
        result = RESULT_INVALID;
    }
    store_free(fresh);
    return store_change_end(store, result, error);
}
