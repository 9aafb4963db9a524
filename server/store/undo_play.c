/* Restores rows by the undo log. */
#include "store/undo_log.h"

#include <stdio.h>

#include "store/tables.h"

/* The parameters of each statement, without gaps: the values of the key, then those of the columns.
 */
enum { PLACE_KEY = 1 };

static int count_key(const struct table *table)
{
    return table->key_columns == 0 ? 1 : table->key_columns;
}

/* `name = ?n` for the columns from `first` on, separated by commas. */
static void put_columns(sqlite3_str *sql, sqlite3_stmt *all, int first, int place)
{
    for (int i = first; i < sqlite3_column_count(all); i++)
        sqlite3_str_appendf(sql, "%s\"%w\" = ?%d", i > first ? ", " : "",
                            sqlite3_column_name(all, i), place + i);
}

static void put_key(sqlite3_str *sql, sqlite3_stmt *all, const struct table *table)
{
    if (table->key_columns == 0)
        sqlite3_str_appendf(sql, " WHERE rowid = ?%d", PLACE_KEY);
    for (int i = 0; i < table->key_columns; i++)
        sqlite3_str_appendf(sql, "%s\"%w\" = ?%d", i == 0 ? " WHERE " : " AND ",
                            sqlite3_column_name(all, i), PLACE_KEY + i);
}

static void put_insert(sqlite3_str *sql, sqlite3_stmt *all, const struct table *table, int place)
{
    int columns = sqlite3_column_count(all);
    sqlite3_str_appendf(sql, "INSERT%s INTO %s (", table->has_first_row ? " OR REPLACE" : "",
                        table->name);
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", sqlite3_column_name(all, i));
    sqlite3_str_appendall(sql, table->key_columns == 0 ? ", rowid) SELECT " : ") SELECT ");
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(sql, "%s?%d", i > 0 ? ", " : "", place + i);
    if (table->key_columns == 0)
        sqlite3_str_appendf(sql, ", ?%d", PLACE_KEY);
}

static char *make_sql(sqlite3 *db, const struct table *table, enum undo_kind kind)
{
    char select[64];
    sqlite3_stmt *all = NULL;
    int place = PLACE_KEY + count_key(table); /* of the first column */
    snprintf(select, sizeof select, "SELECT * FROM %s", table->name);
    if (sqlite3_prepare_v2(db, select, -1, &all, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_str *sql = sqlite3_str_new(db);
    if (kind == UNDO_DELETE) {
        sqlite3_str_appendf(sql, "DELETE FROM %s", table->name);
        put_key(sql, all, table);
        if (undo_has_id(table)) /* what existed is deleted if the rowid is now that of another */
            sqlite3_str_appendf(sql, " AND id IS NOT ?%d", place);
    } else if (kind == UNDO_UPDATE) {
        sqlite3_str_appendf(sql, "UPDATE %s SET ", table->name);
        put_columns(sql, all, undo_has_id(table) ? 1 : table->key_columns, place);
        put_key(sql, all, table);
    } else {
        put_insert(sql, all, table, place);
    }
    sqlite3_finalize(all);
    return sqlite3_str_finish(sql);
}

static sqlite3_stmt *get_statement(struct undo *undo, sqlite3 *db, size_t table,
                                   enum undo_kind kind)
{
    sqlite3_stmt **place = &undo->statements[table * UNDO_KINDS + kind];
    if (!*place) {
        char *sql = make_sql(db, &tables[table], kind);
        if (sql)
            sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, place, NULL);
        sqlite3_free(sql);
    }
    return *place;
}

/* Binds the value at *at and moves *at behind it. */
static void take_value(const char **at, sqlite3_stmt *stmt, int place)
{
    int type = (unsigned char)*(*at)++;
    if (type == SQLITE_NULL)
        return;
    int64_t number = 0;
    double real = 0;
    memcpy(type == SQLITE_FLOAT ? (void *)&real : (void *)&number, *at, sizeof number);
    *at += sizeof number;
    if (type == SQLITE_INTEGER) {
        sqlite3_bind_int64(stmt, place, number);
    } else if (type == SQLITE_FLOAT) {
        sqlite3_bind_double(stmt, place, real);
    } else {
        if (type == SQLITE_TEXT)
            sqlite3_bind_text64(stmt, place, *at, (uint64_t)number, SQLITE_STATIC, SQLITE_UTF8);
        else
            sqlite3_bind_blob64(stmt, place, *at, (uint64_t)number, SQLITE_STATIC);
        *at += number;
    }
}

/* Deletes, updates or inserts the row of a change. False: SQLite refuses it. */
static bool play(struct store *store, const struct change *change, enum undo_kind kind)
{
    sqlite3_stmt *stmt = get_statement(store->undo, store->db, change->table, kind);
    const char *at = change->data, *end = at + change->key_len + change->row_len;
    int places = stmt ? sqlite3_bind_parameter_count(stmt) : 0;
    for (int i = PLACE_KEY; i <= places && at < end; i++)
        take_value(&at, stmt, i);
    bool done = stmt && sqlite3_step(stmt) == SQLITE_DONE;
    statement_end(stmt);
    return done;
}

static bool is_due(const struct change *change, enum undo_kind kind)
{
    if (kind == UNDO_DELETE)
        return !change->existed || undo_has_id(&tables[change->table]);
    return change->existed && (kind == UNDO_UPDATE || change->was_missed);
}

/* A row that is missing is inserted later: first all that is in its way goes or changes. */
static bool play_table(struct store *store, size_t table, enum undo_kind kind)
{
    bool good = true;
    for (struct change *change = store->undo->last[table]; good && change;
         change = change->earlier) {
        if (!is_due(change, kind))
            continue;
        good = play(store, change, kind);
        if (kind == UNDO_UPDATE)
            change->was_missed = sqlite3_changes64(store->db) == 0;
        else if (kind == UNDO_INSERT && good) /* a trigger may have filled in what was NULL */
            good = play(store, change, UNDO_UPDATE);
    }
    return good;
}

/* Foreign keys are checked at the commit. The PRAGMA takes effect when it is compiled; its
 * execution would expire all other statements. */
static bool defer_foreign_keys(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool good =
        sqlite3_prepare_v2(db, "PRAGMA defer_foreign_keys = ON", -1, &stmt, NULL) == SQLITE_OK;
    sqlite3_finalize(stmt);
    return good;
}

static bool play_all(struct store *store)
{
    bool good = store_prepare_write(store) == RESULT_OK && defer_foreign_keys(store->db);
    for (enum undo_kind kind = 0; kind < UNDO_KINDS; kind++)
        for (size_t i = 0; good && i < table_count; i++)
            good = play_table(store, i, kind);
    return good && !store->undo->differs;
}

enum result undo_play(struct store *store, uint64_t stamp)
{
    struct undo *undo = store->undo;
    if (!undo || undo->stamp != stamp)
        return RESULT_NOT_FOUND;
    undo->is_playing = true;
    undo->differs = false;
    bool good = play_all(store);
    undo->is_playing = false;
    if (good) {
        memcpy(store->cached.rows, undo->rows, sizeof undo->rows);
        store->cached.clock_offset_ms = undo->clock_offset_ms;
        good = store_reload_flags(store) == RESULT_OK;
    }
    if (!good)
        store_tick_abort(store);
    if (store_tick_commit(store) || !good) /* without an open tick the commit succeeds */
        return RESULT_NOT_FOUND;
    undo_clear(undo);
    return RESULT_OK;
}
