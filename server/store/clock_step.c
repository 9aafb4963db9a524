#include "store/clock_step.h"

#include <stdio.h>

#include "store/internal.h"

static int64_t read_time(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? CLOCK_STEP_NEVER
                                                            : sqlite3_column_int64(stmt, column);
}

static void bind_time(sqlite3_stmt *stmt, int at, int64_t time_ms)
{
    if (time_ms != CLOCK_STEP_NEVER)
        sqlite3_bind_int64(stmt, at, time_ms);
}

bool clock_step_is_open(const struct store *store)
{
    return store->cached.clock_step;
}

void clock_step_set_failed(struct store *store, bool has_failed)
{
    store->clock_step_failed = has_failed;
}

bool clock_step_has_failed(const struct store *store)
{
    return store->cached.clock_step && store->clock_step_failed;
}

STATEMENT(clock_step_find_sql, "SELECT offset_ms, window_ms, again_ms, broker_id FROM clock_step");

enum result clock_step_find(struct store *store, struct clock_step *step)
{
    sqlite3_stmt *stmt = statement_get(store, &clock_step_find_sql);
    enum result result = statement_step(store, stmt);
    if (!result) {
        const char *id = (const char *)sqlite3_column_text(stmt, 3);
        *step = (struct clock_step){.offset_ms = sqlite3_column_int64(stmt, 0),
                                    .window_ms = read_time(stmt, 1),
                                    .again_ms = read_time(stmt, 2)};
        snprintf(step->broker_id, sizeof step->broker_id, "%s", id ? id : "");
    }
    statement_end(stmt);
    return result;
}

STATEMENT(clock_step_save_sql,
          "INSERT OR REPLACE INTO clock_step (one, offset_ms, window_ms, again_ms, broker_id)"
          " VALUES (1, ?1, ?2, ?3, ?4)");

enum result clock_step_save(struct store *store, const struct clock_step *step)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &clock_step_save_sql);
    sqlite3_bind_int64(stmt, 1, step->offset_ms);
    bind_time(stmt, 2, step->window_ms);
    bind_time(stmt, 3, step->again_ms);
    statement_bind(stmt, 4, slice_of(step->broker_id));
    result = statement_run(store, stmt);
    if (result)
        return result;
    store->cached.clock_step = true;
    return RESULT_OK;
}

STATEMENT(clock_step_close_sql, "DELETE FROM clock_step");

enum result clock_step_close(struct store *store)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    result = statement_run(store, statement_get(store, &clock_step_close_sql));
    if (result)
        return result;
    store->cached.clock_step = false;
    return RESULT_OK;
}
