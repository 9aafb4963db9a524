/* Copying of whole databases. */
#include "store/internal.h"

#include <stdio.h>

#include "base/log.h"
#include "process/limits.h"
#include "store/broker_heads.h"
#include "store/undo.h"

int store_copy(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(to);
    int end = sqlite3_backup_finish(backup);
    return end != SQLITE_OK ? end : code == SQLITE_DONE ? SQLITE_OK : code;
}

/* What the store remembers of the tables. */
static bool read_cache(sqlite3 *db, struct store_cache *cached)
{
    sqlite3_stmt *flags = NULL, *clock = NULL;
    bool good = sqlite3_prepare_v2(db, STORE_FLAGS_SQL, -1, &flags, NULL) == SQLITE_OK &&
                sqlite3_step(flags) == SQLITE_ROW &&
                sqlite3_prepare_v2(db, "SELECT clock_offset_ms FROM default_world", -1, &clock,
                                   NULL) == SQLITE_OK &&
                sqlite3_step(clock) == SQLITE_ROW && store_counts_read(db, cached->rows);
    if (good) {
        store_take_flags(flags, cached);
        cached->clock_offset_ms = sqlite3_column_int64(clock, 0);
    }
    sqlite3_finalize(flags);
    sqlite3_finalize(clock);
    return good;
}

static enum result fail(struct store_error *error, const char *what, const char *reason,
                        enum result result)
{
    snprintf(error->text, sizeof error->text, "%s: %.500s", what, reason);
    if (result == RESULT_STORE)
        log_event(LOG_ERROR, "store-error", "error", error->text);
    return result;
}

enum result store_replace(struct store *store, sqlite3 *from, const char *what,
                          struct store_error *error)
{
    struct store_cache cached = {.clock_offset_ms = 0};
    if (!read_cache(from, &cached)) {
        bool no_memory = (sqlite3_errcode(from) & 0xFF) == SQLITE_NOMEM;
        return fail(error, what, sqlite3_errmsg(from), no_memory ? RESULT_NO_MEMORY : RESULT_STORE);
    }
    if (!store_files_are_in_place(store))
        return fail(error, what, "the file of the store was moved", RESULT_STORE);
    undo_end(store); /* the hook sees nothing of the copy */
    store->restores++;
    int code = store_copy(store->db, from);
    if (code == SQLITE_READONLY)
        return fail(error, what, "its pages have another size than 4096 bytes", RESULT_INVALID);
    if (code != SQLITE_OK)
        return fail(error, what, sqlite3_errstr(code), RESULT_STORE);
    store->cached = store->committed = cached;
    broker_heads_forget(store->heads);
    store->is_seeded = true;
    store->commits++;
    limits_trim_memory(); /* the former content had much of it */
    return RESULT_OK;
}
