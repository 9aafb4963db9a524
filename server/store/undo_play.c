/* Restores rows by the undo log. */
#include "store/undo_log.h"

#include <stdio.h>

#include "store/tables.h"
#include "store/undo.h"

/* The parameters of each statement. PLACE_KEY: the values of the key, then those of all columns.
 * The account and region are NULL in a playback of the whole log. */
enum { PLACE_ACCOUNT = 1, PLACE_REGION, PLACE_KEY };

enum { UNDO_COST_MAX = 20000 }; /* 40 ms; beyond, a copy of the seeded store takes less time */

/* An account and region. */
struct world {
    struct slice account, region;
};

static int count_key(const struct table *table)
{
    return table->key_columns == 0 ? 1 : table->key_columns;
}

/* `name = ?n` for the columns from `first` on, with `compare` for the sign and `between` two of
 * them. */
static void put_columns(sqlite3_str *sql, sqlite3_stmt *all, int first, int place,
                        const char *compare, const char *between)
{
    for (int i = first; i < sqlite3_column_count(all); i++)
        sqlite3_str_appendf(sql, "%s\"%w\" %s ?%d", i > first ? between : "",
                            sqlite3_column_name(all, i), compare, place + i);
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
    sqlite3_str_appendf(sql, "INSERT INTO %s (", table->name);
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", sqlite3_column_name(all, i));
    sqlite3_str_appendall(sql, table->key_columns == 0 ? ", rowid" : "");
    sqlite3_str_appendall(sql, ") SELECT * FROM (SELECT ");
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(sql, "%s?%d AS \"%w\"", i > 0 ? ", " : "", place + i,
                            sqlite3_column_name(all, i));
    if (table->key_columns == 0)
        sqlite3_str_appendf(sql, ", ?%d", PLACE_KEY);
    sqlite3_str_appendf(sql, ") AS %s", table->name);
}

/* The id in a row belongs to the world. */
static void put_root(sqlite3_str *sql, const struct table *table, const char *id)
{
    sqlite3_str_appendf(sql,
                        "EXISTS (SELECT 1 FROM %s AS root WHERE root.id = %s"
                        " AND root.account = ?%d AND root.region = ?%d)",
                        table_of_root[table->root], id, PLACE_ACCOUNT, PLACE_REGION);
}

/* A row of the table belongs to the world. */
static void put_world(sqlite3_str *sql, const struct table *table, const char *before)
{
    char id[64];
    sqlite3_str_appendall(sql, before);
    if (undo_has_id(table)) {
        sqlite3_str_appendf(sql, "account = ?%d AND region = ?%d", PLACE_ACCOUNT, PLACE_REGION);
    } else {
        snprintf(id, sizeof id, "%s.%s", table->name, table->root_id);
        put_root(sql, table, id);
    }
}

/* The row of the change is not that of the table, does not belong to the world, or did not exist.
 */
static void put_other(sqlite3_str *sql, sqlite3_stmt *all, const struct table *table, int place)
{
    char id[20];
    int column = 0;
    if (undo_has_id(table)) {
        sqlite3_str_appendf(sql, " AND (id, account, region) IS NOT (?%d, ?%d, ?%d)", place,
                            place + 1, place + 2);
        return;
    }
    while (strcmp(sqlite3_column_name(all, column), table->root_id) != 0)
        column++;
    snprintf(id, sizeof id, "?%d", place + column);
    sqlite3_str_appendall(sql, " AND NOT ");
    put_root(sql, table, id);
}

/* The rowid of the row's broker, configuration or VPC, in the first column. */
static void put_find(sqlite3_str *sql, const struct table *table)
{
    if (table->root && !undo_has_id(table))
        sqlite3_str_appendf(sql, "SELECT (SELECT rowid FROM %s AS root WHERE root.id = %s.%s)",
                            table_of_root[table->root], table->name, table->root_id);
    else
        sqlite3_str_appendall(sql, "SELECT NULL");
    sqlite3_str_appendf(sql, " FROM %s", table->name);
}

static char *make_sql(sqlite3 *db, const struct table *table, enum undo_kind kind, bool of_world)
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
        if (of_world)
            put_other(sql, all, table, place);
        else if (undo_has_id(table)) /* what existed goes if the rowid is now that of another */
            sqlite3_str_appendf(sql, " AND id IS NOT ?%d", place);
    } else if (kind == UNDO_UPDATE) {
        sqlite3_str_appendf(sql, "UPDATE %s SET ", table->name);
        put_columns(sql, all, undo_has_id(table) ? 1 : table->key_columns, place, "=", ", ");
        put_key(sql, all, table);
    } else if (kind == UNDO_INSERT) {
        put_insert(sql, all, table, place);
    } else if (kind == UNDO_FIRST) {
        sqlite3_str_appendf(sql, "DELETE FROM %s WHERE %s = ?1", table->name, table->root_id);
    } else {
        put_find(sql, table);
        put_key(sql, all, table);
        sqlite3_str_appendall(sql, kind == UNDO_SAME ? " AND " : "");
        if (kind == UNDO_SAME)
            put_columns(sql, all, 0, place, "COLLATE BINARY IS", " AND ");
    }
    if (of_world && kind != UNDO_FIRST)
        put_world(sql, table, kind == UNDO_INSERT ? " WHERE " : " AND ");
    sqlite3_finalize(all);
    return sqlite3_str_finish(sql);
}

static sqlite3_stmt *get_statement(struct undo *undo, sqlite3 *db, size_t table,
                                   enum undo_kind kind, bool of_world)
{
    sqlite3_stmt **place = &undo->statements[of_world][table * UNDO_KINDS + kind];
    if (!*place) {
        char *sql = make_sql(db, &tables[table], kind, of_world);
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

/* The table of which a trigger makes the first row together with a row of `table`. */
static const struct table *find_first(const struct table *table)
{
    for (size_t i = 0; undo_has_id(table) && i < table_count; i++)
        if (tables[i].has_first_row && tables[i].root == table->root)
            return &tables[i];
    return NULL;
}

/* Deletes it: the row of the log comes with its own rowid. */
static bool drop_first(struct store *store, const struct table *first, const struct change *change)
{
    sqlite3_stmt *stmt =
        get_statement(store->undo, store->db, (size_t)(first - tables), UNDO_FIRST, false);
    const char *id = change->data + change->key_len; /* the first column */
    if (stmt)
        take_value(&id, stmt, 1);
    bool done = stmt && sqlite3_step(stmt) == SQLITE_DONE;
    statement_end(stmt);
    return done;
}

/* Binds the key and the row of the change. */
static void bind_change(sqlite3_stmt *stmt, const struct change *change)
{
    const char *at = change->data, *end = at + change->key_len + change->row_len;
    int places = sqlite3_bind_parameter_count(stmt);
    for (int i = PLACE_KEY; i <= places && at < end; i++)
        take_value(&at, stmt, i);
}

/* Deletes, updates or inserts the row of a change; with a world, if it belongs to that. *missed:
 * there was nothing to do. False: SQLite refuses it. */
static bool play(struct store *store, const struct change *change, enum undo_kind kind,
                 const struct world *world, bool *missed)
{
    const struct table *first = kind == UNDO_INSERT ? find_first(&tables[change->table]) : NULL;
    sqlite3_stmt *stmt = get_statement(store->undo, store->db, change->table, kind, world);
    if (stmt && world) {
        statement_bind(stmt, PLACE_ACCOUNT, world->account);
        statement_bind(stmt, PLACE_REGION, world->region);
    }
    if (stmt)
        bind_change(stmt, change);
    store->undo->is_paused = first;
    bool done = stmt && sqlite3_step(stmt) == SQLITE_DONE;
    *missed = sqlite3_changes64(store->db) == 0;
    statement_end(stmt);
    if (done && first && !*missed)
        done = drop_first(store, first, change);
    store->undo->is_paused = false;
    return done;
}

static bool is_due(const struct change *change, enum undo_kind kind, const struct world *world)
{
    if (kind == UNDO_DELETE)
        return world || !change->existed || undo_has_id(&tables[change->table]);
    return change->existed && (kind == UNDO_UPDATE || change->was_missed);
}

/* A row that is missing is inserted later: first all that is in its way goes or changes. */
static bool play_table(struct store *store, size_t table, enum undo_kind kind,
                       const struct world *world)
{
    bool good = true;
    for (struct change *change = store->undo->last[table]; good && change;
         change = change->earlier) {
        if (!is_due(change, kind, world))
            continue;
        bool missed = false;
        good = play(store, change, kind, world, &missed);
        if (kind == UNDO_UPDATE)
            change->was_missed = missed;
        else if (kind == UNDO_INSERT && good && !missed)
            good = play(store, change, UNDO_UPDATE, world, &missed); /* a trigger filled in NULLs */
    }
    return good;
}

/* Foreign keys are checked at the end. The PRAGMA takes effect when it is compiled; its execution
 * would expire all other statements. */
static bool defer_foreign_keys(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    bool good =
        sqlite3_prepare_v2(db, "PRAGMA defer_foreign_keys = ON", -1, &stmt, NULL) == SQLITE_OK;
    sqlite3_finalize(stmt);
    return good;
}

/* Deletions begin with the roots, so that those of a world are the seeded ones when it is decided
 * which other rows belong to it. */
static bool play_all(struct store *store, const struct world *world)
{
    struct undo *undo = store->undo;
    bool good = store_prepare_write(store) == RESULT_OK && defer_foreign_keys(store->db);
    undo->is_playing = true;
    undo->differs = false;
    for (enum undo_kind kind = UNDO_DELETE; kind <= UNDO_INSERT; kind++)
        for (size_t i = 0; good && i < table_count; i++)
            good = (world && !tables[i].root) || play_table(store, i, kind, world);
    undo->is_playing = false;
    return good && !undo->differs && !store_breaks_foreign_keys(store->db);
}

static bool has_log(const struct store *store, uint64_t stamp)
{
    return store->undo && store->undo->stamp == stamp;
}

enum result undo_play(struct store *store, uint64_t stamp)
{
    if (!has_log(store, stamp) || store->undo->cost > UNDO_COST_MAX)
        return RESULT_NOT_FOUND;
    bool good = play_all(store, NULL);
    if (good) {
        store->cached.clock_offset_ms = store->undo->clock_offset_ms;
        good = store_reload_flags(store) == RESULT_OK;
    }
    if (!good)
        store_tick_abort(store);
    if (store_tick_commit(store) || !good) /* without an open tick the commit succeeds */
        return RESULT_NOT_FOUND;
    undo_clear(store->undo);
    return RESULT_OK;
}

enum result undo_play_world(struct store *store, uint64_t stamp, struct slice account,
                            struct slice region)
{
    const struct world world = {account, region};
    if (!has_log(store, stamp))
        return RESULT_NOT_FOUND;
    if (play_all(store, &world))
        return RESULT_OK;
    store_tick_abort(store);
    (void)!store_tick_commit(store);
    return RESULT_NOT_FOUND;
}

/* Whether the playback still needs the change: the row is not as it was, or may be deleted together
 * with its broker, configuration or VPC, or that cannot be found out. */
static bool is_needed(struct store *store, const struct change *change)
{
    enum undo_kind kind = change->existed ? UNDO_SAME : UNDO_FIND;
    sqlite3_stmt *stmt = get_statement(store->undo, store->db, change->table, kind, false);
    if (stmt)
        bind_change(stmt, change);
    int code = stmt ? sqlite3_step(stmt) : SQLITE_NOMEM;
    bool needed = code != (change->existed ? SQLITE_ROW : SQLITE_DONE);
    if (code == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER) {
        const char *root = table_of_root[tables[change->table].root];
        needed = needed || undo_has_row(store->undo, (size_t)(table_find(root) - tables),
                                        sqlite3_column_int64(stmt, 0));
    }
    statement_end(stmt);
    return needed;
}

void undo_compact(struct store *store)
{
    struct undo *undo = store->undo;
    if (!undo || undo->count < undo->compact_at)
        return;
    undo_keep(store, is_needed);
    undo->compact_at = undo->count * 2 > UNDO_COMPACT_MIN ? undo->count * 2 : UNDO_COMPACT_MIN;
}
