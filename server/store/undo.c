#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "store/undo_log.h"

#include <stdlib.h>

#include "base/text.h"
#include "store/tables.h"
#include "store/undo.h"

enum {
    UNDO_MAX = 4 << 20,      /* bytes of rows */
    UNDO_COST_OLD = 9,       /* of a row that existed: to insert it again takes 18 us */
    UNDO_COST_NEW = 1,       /* of one that did not: to delete it takes 2 us */
    UNDO_ROW_MAX = 80 << 20, /* SQLITE_LIMIT_LENGTH of the store */
    UNDO_BUCKETS = 1024,     /* at first */
};

static void put_number(struct buffer *out, int type, const void *number)
{
    char data[1 + sizeof(int64_t)] = {(char)type};
    memcpy(data + 1, number, sizeof(int64_t));
    buffer_append(out, data, sizeof data);
}

static void put_value(struct buffer *out, sqlite3_value *value)
{
    int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        buffer_append_char(out, (char)type);
    } else if (type == SQLITE_INTEGER) {
        int64_t number = sqlite3_value_int64(value);
        put_number(out, type, &number);
    } else if (type == SQLITE_FLOAT) {
        double number = sqlite3_value_double(value);
        put_number(out, type, &number);
    } else {
        /* Not sqlite3_value_text, which would copy the text to terminate it. */
        const void *bytes = sqlite3_value_blob(value);
        int64_t len = sqlite3_value_bytes(value);
        if (len > 0 && !bytes)
            out->failed = RESULT_NO_MEMORY;
        put_number(out, type, &len);
        if (len > 0 && bytes)
            buffer_append(out, bytes, (size_t)len);
    }
}

void undo_clear(struct undo *undo)
{
    memset(undo->last, 0, table_count * sizeof *undo->last);
    memset(undo->buckets, 0, undo->bucket_count * sizeof *undo->buckets);
    undo->count = undo->cost = 0;
    arena_reset(&undo->changes);
}

void undo_end(struct store *store)
{
    struct undo *undo = store->undo;
    if (!undo)
        return;
    for (size_t form = 0; form < 2; form++) {
        for (size_t i = 0; undo->statements[form] && i < table_count * UNDO_KINDS; i++)
            sqlite3_finalize(undo->statements[form][i]);
        free(undo->statements[form]);
    }
    free(undo->buckets);
    free(undo->last);
    buffer_close(&undo->key);
    buffer_close(&undo->row);
    arena_close(&undo->changes);
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
    undo->clock_offset_ms = store->cached.clock_offset_ms;
    undo->bucket_count = UNDO_BUCKETS;
    undo->compact_at = UNDO_COMPACT_MIN;
    undo->buckets = calloc(UNDO_BUCKETS, sizeof *undo->buckets);
    undo->last = calloc(table_count, sizeof *undo->last);
    for (size_t form = 0; form < 2; form++)
        undo->statements[form] = calloc(table_count * UNDO_KINDS, sizeof(sqlite3_stmt *));
    buffer_init(&undo->key, UNDO_ROW_MAX);
    buffer_init(&undo->row, UNDO_ROW_MAX);
    arena_init(&undo->changes, UNDO_MAX);
    if (!undo->buckets || !undo->last || !undo->statements[0] || !undo->statements[1])
        undo_end(store);
}

static struct slice key_of(const struct change *change)
{
    return (struct slice){change->data, change->key_len};
}

static size_t cost_of(const struct change *change)
{
    return change->existed ? UNDO_COST_OLD : UNDO_COST_NEW;
}

static struct change **find_place(const struct undo *undo, size_t table, struct slice key)
{
    uint64_t hash = text_hash(TEXT_HASH + table, key);
    struct change **at = &undo->buckets[hash % undo->bucket_count];
    while (*at && ((*at)->table != table || !slice_equal(key_of(*at), key)))
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
    for (size_t i = 0; i < table_count; i++) {
        for (struct change *change = undo->last[i]; change; change = change->earlier) {
            change->next = NULL;
            *find_place(undo, i, key_of(change)) = change;
        }
    }
}

bool undo_has_row(const struct undo *undo, size_t table, int64_t rowid)
{
    char key[1 + sizeof rowid] = {SQLITE_INTEGER};
    memcpy(key + 1, &rowid, sizeof rowid);
    return *find_place(undo, table, (struct slice){key, sizeof key}) != NULL;
}

static struct change *copy(struct arena *arena, const struct change *change)
{
    size_t size = sizeof *change + change->key_len + change->row_len;
    struct change *made = arena_alloc(arena, size);
    if (made) {
        memcpy(made, change, size);
        made->earlier = made->next = NULL;
    }
    return made;
}

void undo_keep(struct store *store, undo_filter *keeps)
{
    struct undo *undo = store->undo, kept = *undo;
    kept.count = kept.cost = 0;
    kept.last = calloc(table_count, sizeof *kept.last);
    kept.buckets = calloc(kept.bucket_count, sizeof *kept.buckets);
    arena_init(&kept.changes, UNDO_MAX);
    bool good = kept.last && kept.buckets;
    for (size_t i = 0; good && i < table_count; i++) {
        struct change **end = &kept.last[i];
        for (struct change *change = undo->last[i]; good && change; change = change->earlier) {
            if (!keeps(store, change))
                continue;
            struct change *made = copy(&kept.changes, change);
            good = made != NULL;
            if (!good)
                break;
            *find_place(&kept, i, key_of(made)) = *end = made;
            end = &made->earlier;
            kept.count++;
            kept.cost += cost_of(made);
        }
    }
    struct undo *unused = good ? undo : &kept;
    arena_close(&unused->changes);
    free(unused->last);
    free(unused->buckets);
    if (good)
        *undo = kept;
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
    struct change *change = arena_alloc(&undo->changes, size);
    if (!change)
        return false;
    *change = (struct change){.earlier = undo->last[table],
                              .table = table,
                              .key_len = key.len,
                              .row_len = row_len,
                              .existed = existed};
    memcpy(change->data, key.data, key.len);
    if (row_len > 0)
        memcpy(change->data + key.len, row.data, row_len);
    *place = undo->last[table] = change;
    if (++undo->count > undo->bucket_count)
        grow(undo);
    undo->cost += cost_of(change);
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
        put_number(&undo->key, SQLITE_INTEGER, &rowid);
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

bool undo_has_id(const struct table *table)
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
        return !undo_has_id(table) || !changes_id(db);
    return note_new(undo, db, table, new_row) && (action == SQLITE_INSERT || !undo_has_id(table));
}

void undo_note(struct store *store, int action, const char *table, int64_t old_row, int64_t new_row)
{
    struct undo *undo = store->undo;
    if (!undo || undo->is_paused)
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
