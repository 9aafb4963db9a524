#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "store/undo.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "store/tables.h"

enum {
    UNDO_MAX = 16 << 20,     /* bytes of rows; beyond, a reset by the seeds costs little more */
    UNDO_ROW_MAX = 80 << 20, /* SQLITE_LIMIT_LENGTH of the store */
    UNDO_BUCKETS = 1024,     /* at first */
};

/* The first change of a row since the log began. */
struct change {
    struct change *next;    /* of the same bucket */
    struct change *earlier; /* in the log */
    size_t table;           /* index in tables[] */
    size_t key_len, row_len;
    bool existed;    /* data has the key, then all columns of the row */
    bool was_missed; /* while the log is played back: the row is to be inserted */
    char data[];     /* encoded values */
};

enum { PLAY_DELETE, PLAY_UPDATE, PLAY_INSERT, PLAYS };

struct undo {
    uint64_t stamp;
    int64_t rows[COUNTS];
    int64_t clock_offset_ms;
    struct change **buckets;
    size_t bucket_count, count, bytes;
    struct change *last;
    struct buffer key, row; /* of the change that is being noted */
    const char *table_name; /* of the last change, as SQLite gave it: it is compared by address */
    size_t table;
    bool is_playing, differs;  /* differs: something else than what is in the log was changed */
    sqlite3_stmt **statements; /* of table_count × PLAYS; compiled at their first use */
};

/* ---- Values ---- */

/* A byte for the type, then 8 bytes of a number or the length and the bytes of a text or blob. */
static void put_value(struct buffer *out, sqlite3_value *value)
{
    char head[1 + sizeof(int64_t)];
    int type = sqlite3_value_type(value);
    head[0] = (char)type;
    if (type == SQLITE_NULL) {
        buffer_append(out, head, 1);
    } else if (type == SQLITE_INTEGER) {
        int64_t number = sqlite3_value_int64(value);
        memcpy(head + 1, &number, sizeof number);
        buffer_append(out, head, sizeof head);
    } else if (type == SQLITE_FLOAT) {
        double number = sqlite3_value_double(value);
        memcpy(head + 1, &number, sizeof number);
        buffer_append(out, head, sizeof head);
    } else {
        /* Not sqlite3_value_text, which would copy the text to terminate it. */
        const void *bytes = sqlite3_value_blob(value);
        int64_t len = sqlite3_value_bytes(value);
        if (len > 0 && !bytes)
            out->failed = RESULT_NO_MEMORY;
        memcpy(head + 1, &len, sizeof len);
        buffer_append(out, head, sizeof head);
        if (len > 0 && bytes)
            buffer_append(out, bytes, (size_t)len);
    }
}

/* Binds the value at *at, or skips it with `place` 0. */
static void take_value(const char **at, sqlite3_stmt *stmt, int place)
{
    int type = (unsigned char)*(*at)++;
    if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
        int64_t number = 0;
        double real = 0;
        memcpy(type == SQLITE_INTEGER ? (void *)&number : (void *)&real, *at, sizeof number);
        *at += sizeof number;
        if (place && type == SQLITE_INTEGER)
            sqlite3_bind_int64(stmt, place, number);
        else if (place)
            sqlite3_bind_double(stmt, place, real);
    } else if (type != SQLITE_NULL) {
        int64_t len = 0;
        memcpy(&len, *at, sizeof len);
        *at += sizeof len;
        if (place && type == SQLITE_TEXT)
            sqlite3_bind_text64(stmt, place, *at, (uint64_t)len, SQLITE_STATIC, SQLITE_UTF8);
        else if (place)
            sqlite3_bind_blob64(stmt, place, *at, (uint64_t)len, SQLITE_STATIC);
        *at += len;
    }
}

/* ---- The log ---- */

static void clear(struct undo *undo)
{
    while (undo->last) {
        struct change *earlier = undo->last->earlier;
        free(undo->last);
        undo->last = earlier;
    }
    if (undo->buckets)
        memset(undo->buckets, 0, undo->bucket_count * sizeof *undo->buckets);
    undo->count = undo->bytes = 0;
}

void undo_end(struct store *store)
{
    struct undo *undo = store->undo;
    if (!undo)
        return;
    clear(undo);
    for (size_t i = 0; undo->statements && i < table_count * PLAYS; i++)
        sqlite3_finalize(undo->statements[i]);
    free(undo->statements);
    free(undo->buckets);
    buffer_close(&undo->key);
    buffer_close(&undo->row);
    free(undo);
    store->undo = NULL;
}

void undo_begin(struct store *store, uint64_t stamp)
{
    undo_end(store);
    struct undo *undo = calloc(1, sizeof *undo);
    if (!undo)
        return;
    store->undo = undo;
    undo->stamp = stamp;
    memcpy(undo->rows, store->cached.rows, sizeof undo->rows);
    undo->clock_offset_ms = store->cached.clock_offset_ms;
    undo->bucket_count = UNDO_BUCKETS;
    undo->buckets = calloc(UNDO_BUCKETS, sizeof *undo->buckets);
    undo->statements = calloc(table_count * PLAYS, sizeof *undo->statements);
    buffer_init(&undo->key, UNDO_ROW_MAX);
    buffer_init(&undo->row, UNDO_ROW_MAX);
    if (!undo->buckets || !undo->statements)
        undo_end(store);
}

static struct change **find_place(const struct undo *undo, size_t table, struct slice key)
{
    uint64_t hash = text_hash(TEXT_HASH + table, key);
    struct change **at = &undo->buckets[hash % undo->bucket_count];
    while (*at && ((*at)->table != table ||
                   !slice_equal((struct slice){(*at)->data, (*at)->key_len}, key)))
        at = &(*at)->next;
    return at;
}

/* Doubles the buckets. Without memory the log goes on with those it has. */
static void grow(struct undo *undo)
{
    size_t count = undo->bucket_count * 2;
    struct change **buckets = calloc(count, sizeof *buckets);
    if (!buckets)
        return;
    free(undo->buckets);
    undo->buckets = buckets;
    undo->bucket_count = count;
    for (struct change *change = undo->last; change; change = change->earlier) {
        change->next = NULL;
        *find_place(undo, change->table, (struct slice){change->data, change->key_len}) = change;
    }
}

/* Adds the row of undo->key, and of undo->row if it existed, unless it is in the log already. */
static bool add(struct undo *undo, size_t table, bool existed)
{
    struct slice key = buffer_slice(&undo->key), row = buffer_slice(&undo->row);
    struct change **place = find_place(undo, table, key);
    if (*place)
        return true;
    if (undo->is_playing) {
        undo->differs = true;
        return true;
    }
    size_t row_len = existed ? row.len : 0, size = sizeof(struct change) + key.len + row_len;
    struct change *change = undo->bytes + size <= UNDO_MAX ? malloc(size) : NULL;
    if (!change)
        return false;
    *change = (struct change){.earlier = undo->last,
                              .table = table,
                              .key_len = key.len,
                              .row_len = row_len,
                              .existed = existed};
    memcpy(change->data, key.data, key.len);
    if (row_len > 0)
        memcpy(change->data + key.len, row.data, row_len);
    *place = undo->last = change;
    undo->bytes += size;
    if (++undo->count > undo->bucket_count)
        grow(undo);
    return true;
}

typedef int read_value(sqlite3 *, int, sqlite3_value **);

/* The key of a row before (sqlite3_preupdate_old) or after the change (sqlite3_preupdate_new). */
static bool read_key(struct undo *undo, sqlite3 *db, const struct table *table, read_value *read,
                     int64_t rowid)
{
    sqlite3_value *value = NULL;
    buffer_clear(&undo->key);
    if (table->key_columns == 0)
        buffer_append(&undo->key, &rowid, sizeof rowid);
    for (int i = 0; i < table->key_columns; i++) {
        if (read(db, i, &value) != SQLITE_OK)
            return false;
        put_value(&undo->key, value);
    }
    return !undo->key.failed;
}

static bool read_row(struct undo *undo, sqlite3 *db)
{
    sqlite3_value *value = NULL;
    buffer_clear(&undo->row);
    for (int i = 0; i < sqlite3_preupdate_count(db); i++) {
        if (sqlite3_preupdate_old(db, i, &value) != SQLITE_OK)
            return false;
        put_value(&undo->row, value);
    }
    return !undo->row.failed;
}

/* An id is left out of the UPDATE that restores a row: SQLite would look at all rows that refer to
 * it. */
static bool has_id(const struct table *table)
{
    return table->key_columns == 0 && table->root_id && strcmp(table->root_id, "id") == 0;
}

/* The id before and after an UPDATE. */
static bool changes_id(sqlite3 *db)
{
    sqlite3_value *before = NULL, *after = NULL;
    if (sqlite3_preupdate_old(db, 0, &before) != SQLITE_OK ||
        sqlite3_preupdate_new(db, 0, &after) != SQLITE_OK)
        return true;
    struct slice ids[] = {{sqlite3_value_blob(before), (size_t)sqlite3_value_bytes(before)},
                          {sqlite3_value_blob(after), (size_t)sqlite3_value_bytes(after)}};
    return !ids[0].data || !ids[1].data || !slice_equal(ids[0], ids[1]);
}

/* The row that is deleted or updated. */
static bool note_old(struct undo *undo, sqlite3 *db, const struct table *table, int64_t rowid)
{
    if (!read_key(undo, db, table, sqlite3_preupdate_old, rowid))
        return false;
    return *find_place(undo, undo->table, buffer_slice(&undo->key)) ||
           (read_row(undo, db) && add(undo, undo->table, true));
}

/* The row that is there after an INSERT or UPDATE, if it was not. */
static bool note_new(struct undo *undo, sqlite3 *db, const struct table *table, int64_t rowid)
{
    return read_key(undo, db, table, sqlite3_preupdate_new, rowid) && add(undo, undo->table, false);
}

static bool note(struct undo *undo, sqlite3 *db, int action, int64_t old_row, int64_t new_row)
{
    const struct table *table = &tables[undo->table];
    bool good = action == SQLITE_INSERT || note_old(undo, db, table, old_row);
    if (!good || action == SQLITE_DELETE)
        return good;
    if (action == SQLITE_UPDATE && table->key_columns == 0 && old_row == new_row)
        return !has_id(table) || !changes_id(db);
    return note_new(undo, db, table, new_row) && (action == SQLITE_INSERT || !has_id(table));
}

void undo_note(struct store *store, int action, const char *table, int64_t old_row, int64_t new_row)
{
    struct undo *undo = store->undo;
    if (!undo)
        return;
    if (undo->table_name != table) {
        const struct table *found = table_find(table);
        if (!found)
            return; /* SQLite's own */
        undo->table_name = table;
        undo->table = (size_t)(found - tables);
    }
    if (!note(undo, store->db, action, old_row, new_row)) {
        undo->differs = true;
        if (!undo->is_playing)
            undo_end(store);
    }
}

/* ---- Playing it back ---- */

/* `name = ?n` for the columns from `first` on, separated by commas. */
static void put_columns(sqlite3_str *sql, sqlite3_stmt *all, int first)
{
    for (int i = first; i < sqlite3_column_count(all); i++)
        sqlite3_str_appendf(sql, "%s\"%w\" = ?%d", i > first ? ", " : "",
                            sqlite3_column_name(all, i), i + 1);
}

/* The values of the key are parameters after those of the columns. */
static void put_key(sqlite3_str *sql, sqlite3_stmt *all, const struct table *table)
{
    int columns = sqlite3_column_count(all);
    if (table->key_columns == 0)
        sqlite3_str_appendf(sql, " WHERE rowid = ?%d", columns + 1);
    for (int i = 0; i < table->key_columns; i++)
        sqlite3_str_appendf(sql, "%s\"%w\" = ?%d", i == 0 ? " WHERE " : " AND ",
                            sqlite3_column_name(all, i), columns + 1 + i);
}

static void put_insert(sqlite3_str *sql, sqlite3_stmt *all, const struct table *table)
{
    int columns = sqlite3_column_count(all);
    sqlite3_str_appendf(sql, "INSERT%s INTO %s (", table->has_first_row ? " OR REPLACE" : "",
                        table->name);
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", sqlite3_column_name(all, i));
    sqlite3_str_appendall(sql, table->key_columns == 0 ? ", rowid) VALUES (" : ") VALUES (");
    for (int i = 0; i < columns + (table->key_columns == 0); i++)
        sqlite3_str_appendf(sql, "%s?%d", i > 0 ? ", " : "", i + 1);
    sqlite3_str_appendall(sql, ")");
}

static char *make_sql(sqlite3 *db, const struct table *table, int play)
{
    char select[64];
    sqlite3_stmt *all = NULL;
    snprintf(select, sizeof select, "SELECT * FROM %s", table->name);
    if (sqlite3_prepare_v2(db, select, -1, &all, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_str *sql = sqlite3_str_new(db);
    if (play == PLAY_DELETE) {
        sqlite3_str_appendf(sql, "DELETE FROM %s", table->name);
        put_key(sql, all, table);
    } else if (play == PLAY_UPDATE) {
        sqlite3_str_appendf(sql, "UPDATE %s SET ", table->name);
        put_columns(sql, all, has_id(table) ? 1 : table->key_columns);
        put_key(sql, all, table);
    } else {
        put_insert(sql, all, table);
    }
    sqlite3_finalize(all);
    return sqlite3_str_finish(sql);
}

static sqlite3_stmt *get_statement(struct undo *undo, sqlite3 *db, size_t table, int play,
                                   int *columns)
{
    sqlite3_stmt **place = &undo->statements[table * PLAYS + (size_t)play];
    if (!*place) {
        char *sql = make_sql(db, &tables[table], play);
        if (sql)
            sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, place, NULL);
        sqlite3_free(sql);
    }
    *columns = *place ? sqlite3_bind_parameter_count(*place) : 0;
    *columns -= tables[table].key_columns == 0 ? 1
                : play == PLAY_INSERT          ? 0
                                               : tables[table].key_columns;
    return *place;
}

/* Deletes, updates or inserts the row of a change. False: SQLite refuses it. */
static bool play(struct store *store, const struct change *change, int play)
{
    int columns = 0, key_columns = tables[change->table].key_columns;
    sqlite3_stmt *stmt = get_statement(store->undo, store->db, change->table, play, &columns);
    const char *key = change->data, *row = change->data + change->key_len;
    int64_t rowid = 0;
    if (!stmt)
        return false;
    if (key_columns == 0) {
        memcpy(&rowid, key, sizeof rowid);
        sqlite3_bind_int64(stmt, columns + 1, rowid);
    }
    for (int i = 0; play != PLAY_INSERT && i < key_columns; i++)
        take_value(&key, stmt, columns + 1 + i);
    for (int i = 1; change->row_len > 0 && i <= columns; i++)
        take_value(&row, stmt, i);
    bool done = sqlite3_step(stmt) == SQLITE_DONE;
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return done;
}

/* A row that is missing is inserted later: first all that is in its way goes or changes. */
static bool play_table(struct store *store, size_t table, int kind)
{
    bool good = true;
    for (struct change *change = store->undo->last; good && change; change = change->earlier) {
        if (change->table != table || change->existed != (kind != PLAY_DELETE) ||
            (kind == PLAY_INSERT && !change->was_missed))
            continue;
        good = play(store, change, kind);
        if (kind == PLAY_UPDATE)
            change->was_missed = sqlite3_changes64(store->db) == 0;
        else if (kind == PLAY_INSERT && good) /* a trigger may have filled in what was NULL */
            good = play(store, change, PLAY_UPDATE);
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
    for (size_t i = table_count; good && i-- > 0;)
        good = play_table(store, i, PLAY_DELETE);
    for (size_t i = 0; good && i < table_count; i++)
        good = play_table(store, i, PLAY_UPDATE);
    for (size_t i = 0; good && i < table_count; i++)
        good = play_table(store, i, PLAY_INSERT);
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
    clear(undo);
    return RESULT_OK;
}
