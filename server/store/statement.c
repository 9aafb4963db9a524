/* Statements: compiling, binding, stepping. */
#include "store/internal.h"

#include "base/log.h"
#include "store/broker_heads.h"

void store_detect_rollback(struct store *store)
{
    if (store->tick_open && sqlite3_get_autocommit(store->db)) {
        store->tick_failed = true;
        broker_heads_forget(store->heads);
    }
}

sqlite3_stmt *statement_get(struct store *store, const struct statement *statement)
{
    sqlite3_stmt **place = &store->compiled[statement - __start_sql_statements];
    if (!*place &&
        sqlite3_prepare_v3(store->db, statement->sql, -1, SQLITE_PREPARE_PERSISTENT, place, NULL))
        store_detect_rollback(store);
    return *place;
}

void statement_bind(sqlite3_stmt *stmt, int at, struct slice text)
{
    if (text.data)
        sqlite3_bind_text64(stmt, at, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

bool statement_text(sqlite3_stmt *stmt, int column, struct arena *arena, struct slice *text)
{
    const char *data = (const char *)sqlite3_column_text(stmt, column);
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);
    *text = (struct slice){NULL, 0};
    if (!data)
        return sqlite3_column_type(stmt, column) == SQLITE_NULL;
    char *copy = arena_copy(arena, (struct slice){data, len});
    if (copy)
        *text = (struct slice){copy, len};
    return copy != NULL;
}

bool statement_read_text(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    return statement_text(stmt, 0, arena, item);
}

unsigned statement_term(sqlite3_stmt *stmt, int column, const struct terms *terms)
{
    const char *data = (const char *)sqlite3_column_text(stmt, column);
    return term_find(terms, (struct slice){data, (size_t)sqlite3_column_bytes(stmt, column)});
}

void *statement_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t more = *capacity * 2 + 16;
    void *grown = arena_alloc(arena, more * size);
    if (grown && count > 0)
        memcpy(grown, items, count * size);
    *capacity = more;
    return grown;
}

static void log_error(const struct store *store)
{
    if (store->is_seeded) /* during the start the caller prints the error */
        log_event(LOG_ERROR, "store-error", "error", sqlite3_errmsg(store->db));
}

enum result statement_try(struct store *store, sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        return RESULT_OK;
    if (code == SQLITE_DONE)
        return RESULT_NOT_FOUND;
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return RESULT_CONFLICT;
    store_detect_rollback(store);
    if ((code & 0xFF) == SQLITE_CONSTRAINT)
        return RESULT_INVALID;
    log_error(store);
    return RESULT_STORE;
}

enum result statement_step(struct store *store, sqlite3_stmt *stmt)
{
    enum result result = statement_try(store, stmt);
    if (result == RESULT_INVALID)
        log_error(store);
    return result;
}

enum result statement_run(struct store *store, sqlite3_stmt *stmt)
{
    enum result result = statement_step(store, stmt);
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

void statement_end(sqlite3_stmt *stmt)
{
    if (!stmt)
        return; /* sqlite3_clear_bindings does not accept NULL */
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

enum result statement_list(struct store *store, sqlite3_stmt *stmt, statement_reader *read,
                           struct arena *arena, size_t size, void *items, size_t *count)
{
    enum result result = RESULT_OK;
    char *array = NULL;
    size_t capacity = 0;
    *count = 0;
    while (!result && !(result = statement_step(store, stmt))) {
        array = statement_grow(arena, array, *count, &capacity, size);
        if (!array || !read(stmt, arena, array + (*count)++ * size))
            result = RESULT_NO_MEMORY;
    }
    statement_end(stmt);
    memcpy(items, &array, sizeof array);
    if (result == RESULT_NOT_FOUND)
        return RESULT_OK;
    *count = 0; /* the last item may be incomplete */
    return result;
}
