/* Recognizes our files and updates older schemas. */
#include "store/internal.h"

#include <stdio.h>

#include "store/migrations.h"

static enum result fail(struct store_error *error, const char *path, const char *reason)
{
    snprintf(error->text, sizeof error->text, "%.500s: %.500s", path, reason);
    return RESULT_INVALID;
}

static bool read_number(sqlite3 *db, const char *sql, int64_t *number)
{
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW;
    if (good)
        *number = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return good;
}

/* Runs before any write, including those of a PRAGMA. */
enum result store_examine(struct store *store, const char *path, enum store_content *content,
                          struct store_error *error)
{
    int64_t application_id = 0, version = 0, tables = 0, pages = 0;
    if (!read_number(store->db, "PRAGMA application_id", &application_id) ||
        !read_number(store->db, "PRAGMA user_version", &version) ||
        !read_number(store->db, "SELECT count(*) FROM sqlite_schema", &tables) ||
        !read_number(store->db, "PRAGMA page_count", &pages)) {
        int code = sqlite3_errcode(store->db);
        if (code == SQLITE_BUSY || (code & 0xFF) == SQLITE_BUSY)
            return fail(error, path, "another process uses this database");
        if ((code & 0xFF) == SQLITE_NOTADB)
            return fail(error, path, "not a database of amazonmq-local (not a SQLite file)");
        return fail(error, path, sqlite3_errmsg(store->db));
    }
    bool is_new = application_id == 0 && version == 0 && tables == 0;
    *content = !is_new ? CONTENT_STORE : pages ? CONTENT_NO_TABLES : CONTENT_NONE;
    if (is_new)
        return RESULT_OK;
    if (application_id != STORE_APPLICATION_ID)
        return fail(error, path,
                    "not a database of amazonmq-local (another application's SQLite file)");
    if (version > migration_count)
        return fail(error, path, "made by a newer version of amazonmq-local");
    return RESULT_OK;
}

static bool apply(sqlite3 *db, int64_t number)
{
    char head[128];
    snprintf(head, sizeof head, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             STORE_APPLICATION_ID, (int)number);
    return sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_exec(db, (const char *)migrations[number - 1], NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_exec(db, head, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

enum result store_migrate(struct store *store, const char *path, struct store_error *error)
{
    int64_t version = 0;
    if (!read_number(store->db, "PRAGMA user_version", &version))
        return fail(error, path, sqlite3_errmsg(store->db));
    for (int64_t number = version + 1; number <= migration_count; number++) {
        if (apply(store->db, number))
            continue;
        enum result result = fail(error, path, sqlite3_errmsg(store->db));
        if (!sqlite3_get_autocommit(store->db))
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        return result;
    }
    return RESULT_OK;
}
