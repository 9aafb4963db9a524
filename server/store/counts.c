/* The numbers of rows that the metrics show, kept up to date: counting a million rows takes too
 * long. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "store/broker_heads.h"
#include "store/undo.h"

static const char *const counted[] = {
    [COUNT_BROKERS] = "broker", [COUNT_USERS] = "user", [COUNT_CONFIGURATIONS] = "configuration"};

void store_note_change(void *context, sqlite3 *db, int action, const char *database,
                       const char *table, sqlite3_int64 old_row, sqlite3_int64 new_row)
{
    struct store *store = context;
    (void)db, (void)database;
    undo_note(store, action, table, old_row, new_row);
    if (strcmp(table, counted[COUNT_BROKERS]) == 0) {
        store->cached.knows_due = false;
        broker_heads_forget(store->heads);
    }
    if (action == SQLITE_UPDATE)
        return;
    for (size_t i = 0; i < COUNTS; i++)
        if (strcmp(table, counted[i]) == 0)
            store->cached.rows[i] += action == SQLITE_INSERT ? 1 : -1;
}

void store_counts_pause(struct store *store)
{
    sqlite3_preupdate_hook(store->db, NULL, NULL);
}

void store_counts_follow(struct store *store)
{
    sqlite3_preupdate_hook(store->db, store_note_change, store);
}

enum result store_counts_reload(struct store *store)
{
    store_counts_follow(store);
    store->cached.knows_due = false;
    broker_heads_forget(store->heads);
    return store_counts_read(store->db, store->cached.rows) ? RESULT_OK : RESULT_STORE;
}

bool store_counts_read(sqlite3 *db, int64_t rows[COUNTS])
{
    sqlite3_stmt *stmt = NULL;
    bool good =
        sqlite3_prepare_v2(db,
                           "SELECT (SELECT count(*) FROM broker), (SELECT count(*) FROM user),"
                           " (SELECT count(*) FROM configuration)",
                           -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW;
    for (int i = 0; good && i < COUNTS; i++)
        rows[i] = sqlite3_column_int64(stmt, i);
    sqlite3_finalize(stmt);
    return good;
}

void store_count(const struct store *store, struct store_counts *counts)
{
    *counts = (struct store_counts){.brokers = store->cached.rows[COUNT_BROKERS],
                                    .users = store->cached.rows[COUNT_USERS],
                                    .configurations = store->cached.rows[COUNT_CONFIGURATIONS],
                                    .commits = store->commits,
                                    .memory_bytes = sqlite3_memory_used()};
}
