#include "store/reset.h"

#include <stdio.h>

#include "store/internal.h"
#include "store/seed_files.h"
#include "store/snapshot.h"
#include "store/tables.h"
#include "store/undo.h"

enum { IMAGE_KEPT_MIN = 320 << 10 }; /* bytes; an empty store has 248 KiB */

static enum result fail(struct store_error *error, const char *what, const char *reason,
                        enum result result)
{
    snprintf(error->text, sizeof error->text, "%s: %.500s", what, reason);
    return result;
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

/* Remembers the present rows as those of the seeds. A small image is not kept: applying the seeds
 * again takes little longer. Without memory none is. */
static void remember(struct store *store, uint64_t stamp)
{
    struct store_seeding *kept = &store->seeding;
    struct slice image = {NULL, 0};
    sqlite3_int64 size = 0;
    if (stamp == 0)
        return;
    undo_begin(store, stamp);
    (void)sqlite3_serialize(store->db, "main", &size, SQLITE_SERIALIZE_NOCOPY); /* only its size */
    if (kept->stamp == stamp || size < IMAGE_KEPT_MIN || store_snapshot(store, &image))
        return;
    store_snapshot_free(kept->image);
    *kept = (struct store_seeding){.stamp = stamp, .image = image};
}

enum result store_seed(struct store *store, const char *const *paths, size_t count,
                       struct store_error *error)
{
    uint64_t stamp = seed_files_stamp(paths, count);
    enum result result = seed_files_apply(store, paths, count, error);
    if (!result)
        remember(store, stamp);
    return result;
}

/* A store in memory as the seeds make it, for reading; to be freed with close_seeded. */
struct seeded {
    sqlite3 *db;
    struct store *made; /* has the connection; NULL: `db` reads the image that is kept */
};

static void close_seeded(struct seeded *seeded)
{
    if (!seeded->made)
        sqlite3_close(seeded->db);
    store_free(seeded->made);
}

static enum result make_seeded(const struct store *store, const char *const *paths, size_t count,
                               struct seeded *seeded, struct store_error *error)
{
    struct store_options options = store->options;
    options.path = ":memory:";
    /* The request cannot cause an error of an empty store in memory. */
    if (store_open(&options, &seeded->made, error))
        return RESULT_STORE;
    seeded->db = seeded->made->db;
    return seed_files_apply(seeded->made, paths, count, error);
}

static enum result open_seeded(const struct store *store, uint64_t stamp, const char *const *paths,
                               size_t count, struct seeded *seeded, struct store_error *error)
{
    const struct store_seeding *kept = &store->seeding;
    if (stamp == 0 || kept->stamp != stamp)
        return make_seeded(store, paths, count, seeded, error);
    if (store_open_image(kept->image, 0, &seeded->db))
        return fail(error, "reset", "out of memory", RESULT_NO_MEMORY);
    return RESULT_OK;
}

enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error)
{
    struct seeded seeded = {NULL, NULL};
    uint64_t stamp = seed_files_stamp(paths, count);
    if (stamp != 0 && undo_play(store, stamp) == RESULT_OK)
        return RESULT_OK;
    enum result result = open_seeded(store, stamp, paths, count, &seeded, error);
    if (!result)
        result = store_replace(store, seeded.db, "reset", error);
    close_seeded(&seeded);
    if (!result)
        remember(store, stamp);
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

static enum result reset_world(struct store *store, const char *const *paths, size_t count,
                               struct slice account, struct slice region, store_settle *settle,
                               struct store_error *error)
{
    uint64_t stamp = seed_files_stamp(paths, count);
    if (play_world(store, stamp, account, region, settle))
        return RESULT_OK;
    struct seeded seeded = {NULL, NULL};
    enum result result = open_seeded(store, stamp, paths, count, &seeded, error);
    if (!result)
        result = store_change_begin(store, error);
    if (!result && (!empty_world(store->db, account, region) ||
                    !copy_world(store->db, seeded.db, account, region))) {
        /* An id of the seeds may now exist in another account or region. */
        bool broke_rule = (sqlite3_errcode(store->db) & 0xFF) == SQLITE_CONSTRAINT;
        result = fail(error, "reset", sqlite3_errmsg(store->db),
                      broke_rule ? RESULT_INVALID : RESULT_STORE);
    }
    if (!result && settle(store, account, region))
        result = fail(error, "reset", sqlite3_errmsg(store->db), RESULT_STORE);
    if (!result && store_breaks_foreign_keys(store->db))
        result = fail(error, "reset",
                      "a row of another account or region refers to one that would be gone",
                      RESULT_INVALID);
    close_seeded(&seeded);
    return store_change_end(store, result, error);
}

enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region, store_settle *settle,
                              struct store_error *error)
{
    enum result result = reset_world(store, paths, count, account, region, settle, error);
    if (!result)
        undo_compact(store);
    return result;
}
