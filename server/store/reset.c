#include "store/reset.h"

#include <stdio.h>

#include "store/internal.h"
#include "store/migrations.h"
#include "store/seed_files.h"

enum { MIGRATION_CATALOGUE = 3 }; /* the script that fills the catalogue, and nothing else */

static enum result fail(struct store_error *error, const char *what, const char *reason)
{
    snprintf(error->text, sizeof error->text, "%s: %.500s", what, reason);
    return RESULT_STORE;
}

static bool exec(struct store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error)
{
    static const char everything[] =
        "DELETE FROM broker; DELETE FROM configuration; DELETE FROM access_key; DELETE FROM fault;"
        "DELETE FROM policy; DELETE FROM resource_share_error; DELETE FROM availability_zone;"
        "DELETE FROM instance_option; DELETE FROM engine_version; DELETE FROM engine;"
        "UPDATE default_world SET clock_offset_ms = 0";
    enum result result = store_change_begin(store, error);
    if (!result && (!exec(store, everything) ||
                    !exec(store, (const char *)migrations[MIGRATION_CATALOGUE - 1])))
        result = fail(error, "reset", sqlite3_errmsg(store->db));
    if (!result)
        result = seed_files_apply(store, paths, count, error);
    return store_change_end(store, result, error);
}

/* The rows of a world, parents first. `?1` is the account, `?2` the region. History rows get new
 * numbers. */
#define OF_BROKER " WHERE broker_id IN (SELECT id FROM broker WHERE account = ?1 AND region = ?2)"
#define OF_CONFIGURATION \
    " WHERE configuration_id IN (SELECT id FROM configuration WHERE account = ?1 AND region = ?2)"
static const struct {
    const char *table, *select;
} world_tables[] = {
    {"configuration", "SELECT * FROM configuration WHERE account = ?1 AND region = ?2"},
    {"configuration_revision", "SELECT * FROM configuration_revision" OF_CONFIGURATION},
    {"configuration_tag", "SELECT * FROM configuration_tag" OF_CONFIGURATION},
    {"broker", "SELECT * FROM broker WHERE account = ?1 AND region = ?2"},
    {"user", "SELECT * FROM user" OF_BROKER},
    {"broker_tag", "SELECT * FROM broker_tag" OF_BROKER},
    {"broker_configuration_history",
     "SELECT NULL, broker_id, configuration_id, revision FROM broker_configuration_history" OF_BROKER},
    {"broker_action_required", "SELECT * FROM broker_action_required" OF_BROKER},
    {"shared_resource", "SELECT * FROM shared_resource" OF_BROKER},
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    return sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK ? stmt : NULL;
}

static sqlite3_stmt *prepare_insert(sqlite3 *db, const char *table, int columns)
{
    sqlite3_str *sql = sqlite3_str_new(db);
    /* Revision 1 of a configuration is there already: a trigger has made it. */
    bool again = strcmp(table, "configuration_revision") == 0;
    sqlite3_str_appendf(sql, "INSERT%s INTO %s VALUES (?", again ? " OR REPLACE" : "", table);
    for (int i = 1; i < columns; i++)
        sqlite3_str_appendall(sql, ", ?");
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    sqlite3_stmt *stmt = text ? prepare(db, text) : NULL;
    sqlite3_free(text);
    return stmt;
}

static bool copy_rows(sqlite3 *to, const char *table, sqlite3_stmt *rows)
{
    int columns = sqlite3_column_count(rows), code = SQLITE_ERROR;
    sqlite3_stmt *insert = prepare_insert(to, table, columns);
    while (insert && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        for (int i = 0; i < columns; i++)
            sqlite3_bind_value(insert, i + 1, sqlite3_column_value(rows, i));
        if (sqlite3_step(insert) != SQLITE_DONE)
            break;
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return code == SQLITE_DONE;
}

static bool copy_world(sqlite3 *to, sqlite3 *from, struct slice account, struct slice region)
{
    bool good = true;
    for (size_t i = 0; good && i < sizeof world_tables / sizeof *world_tables; i++) {
        sqlite3_stmt *rows = prepare(from, world_tables[i].select);
        if (rows) {
            statement_bind(rows, 1, account);
            statement_bind(rows, 2, region);
        }
        good = rows && copy_rows(to, world_tables[i].table, rows);
        sqlite3_finalize(rows);
    }
    return good;
}

static bool empty_world(struct store *store, struct slice account, struct slice region)
{
    static const char *const deletes[] = {
        "DELETE FROM broker WHERE account = ?1 AND region = ?2",
        "DELETE FROM configuration WHERE account = ?1 AND region = ?2"};
    bool good = true;
    for (size_t i = 0; good && i < sizeof deletes / sizeof *deletes; i++) {
        sqlite3_stmt *stmt = prepare(store->db, deletes[i]);
        if (stmt) {
            statement_bind(stmt, 1, account);
            statement_bind(stmt, 2, region);
        }
        good = stmt && sqlite3_step(stmt) == SQLITE_DONE;
        sqlite3_finalize(stmt);
    }
    return good;
}

enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region, struct store_error *error)
{
    struct store_options options = store->options;
    struct store *fresh = NULL;
    options.path = ":memory:";
    /* Whatever is wrong with an empty store in memory is no fault of the request. */
    enum result result = store_open(&options, &fresh, error) ? RESULT_STORE : RESULT_OK;
    if (!result)
        result = store_seed(fresh, paths, count, error);
    if (!result)
        result = store_change_begin(store, error);
    if (!result && (!empty_world(store, account, region) ||
                    !copy_world(store->db, fresh->db, account, region))) {
        /* An id of the seeds may be another world's now. */
        bool broke_rule = (sqlite3_errcode(store->db) & 0xFF) == SQLITE_CONSTRAINT;
        result = fail(error, "reset", sqlite3_errmsg(store->db));
        result = broke_rule ? RESULT_INVALID : result;
    }
    store_free(fresh);
    return store_change_end(store, result, error);
}
