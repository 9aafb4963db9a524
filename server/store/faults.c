#include "store/faults.h"

#include "store/internal.h"

enum result store_notice_faults(struct store *store)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_FAULT_ANY);
    enum result result = statement_step(store, stmt);
    if (!result)
        store->has_faults = sqlite3_column_int(stmt, 0) != 0;
    statement_end(stmt);
    return result;
}

static enum result count_down(struct store *store, int64_t id)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_FAULT_COUNT_DOWN);
    sqlite3_bind_int64(stmt, 1, id);
    return statement_run(store, stmt);
}

enum result fault_take(struct store *store, struct slice operation, struct slice broker_id,
                       struct slice username, struct arena *arena, struct fault *fault)
{
    if (!store->has_faults)
        return RESULT_NOT_FOUND;
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_FAULT_FIND);
    statement_bind(stmt, 1, operation);
    statement_bind(stmt, 2, broker_id);
    statement_bind(stmt, 3, username);
    enum result result = statement_step(store, stmt);
    int64_t id = 0;
    bool counted = false;
    if (!result) {
        id = sqlite3_column_int64(stmt, 0);
        *fault = (struct fault){.status = sqlite3_column_int(stmt, 2),
                                .delay_ms = sqlite3_column_int64(stmt, 4),
                                .drop_connection = sqlite3_column_int(stmt, 5) != 0};
        counted = sqlite3_column_type(stmt, 6) != SQLITE_NULL;
        if (!statement_text(stmt, 1, arena, &fault->error) ||
            !statement_text(stmt, 3, arena, &fault->message))
            result = RESULT_NO_MEMORY;
    }
    statement_end(stmt);
    return !result && counted ? count_down(store, id) : result;
}
