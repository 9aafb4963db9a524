#include "store/shared_resources.h"

#include "store/internal.h"

static bool read_resource(sqlite3_stmt *stmt, struct arena *arena, struct shared_resource *resource)
{
    return statement_text(stmt, 0, arena, &resource->resource_arn) &&
           statement_text(stmt, 1, arena, &resource->type) &&
           statement_text(stmt, 2, arena, &resource->status) &&
           statement_text(stmt, 3, arena, &resource->dns_names) &&
           statement_text(stmt, 4, arena, &resource->resource_share_arns) &&
           statement_text(stmt, 5, arena, &resource->error_code) &&
           statement_text(stmt, 6, arena, &resource->error_message);
}

enum result shared_resource_page(struct store *store, struct slice broker_id, struct slice after,
                                 int64_t most, struct arena *arena,
                                 struct shared_resource **resources, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_SHARED_RESOURCE_PAGE);
    enum result result = RESULT_OK;
    size_t room = 0;
    statement_bind(stmt, 1, broker_id);
    statement_bind(stmt, 2, after.data ? after : SLICE(""));
    sqlite3_bind_int64(stmt, 3, most);
    *count = 0;
    *resources = NULL;
    while (!result && !(result = statement_step(store, stmt))) {
        *resources = statement_grow(arena, *resources, *count, &room, sizeof **resources);
        if (!*resources || !read_resource(stmt, arena, &(*resources)[(*count)++]))
            result = RESULT_NO_MEMORY;
    }
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

enum result share_error_find(struct store *store, struct slice resource_share_arn,
                             struct arena *arena, struct slice *code, struct slice *status)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_SHARE_ERROR_FIND);
    statement_bind(stmt, 1, resource_share_arn);
    enum result result = statement_step(store, stmt);
    if (!result &&
        (!statement_text(stmt, 0, arena, code) || !statement_text(stmt, 1, arena, status)))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

/* Runs statements on one broker's shared resources; `arns` is parameter 2 of those that have one.
 */
static enum result run_steps(struct store *store, const enum statement *steps, size_t count,
                             struct slice broker_id, struct slice arns)
{
    enum result result = store_prepare_write(store);
    for (size_t i = 0; !result && i < count; i++) {
        sqlite3_stmt *stmt = statement_get(store, steps[i]);
        statement_bind(stmt, 1, broker_id);
        statement_bind(stmt, 2, arns);
        result = statement_run(store, stmt);
    }
    return result;
}

enum result shared_resource_set(struct store *store, struct slice broker_id, struct slice arns)
{
    static const enum statement steps[] = {STATEMENT_SHARES_FORGET, STATEMENT_SHARES_LEAVE_OUT,
                                           STATEMENT_SHARES_TAKE_BACK, STATEMENT_SHARES_ADD};
    return run_steps(store, steps, sizeof steps / sizeof *steps, broker_id, arns);
}

enum result shares_any_pending(struct store *store, struct slice broker_id, bool *pending)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_SHARES_ANY_PENDING);
    statement_bind(stmt, 1, broker_id);
    enum result result = statement_step(store, stmt);
    *pending = !result && sqlite3_column_int(stmt, 0) != 0;
    statement_end(stmt);
    return result;
}

enum result shares_apply(struct store *store, struct slice broker_id)
{
    static const enum statement steps[] = {STATEMENT_SHARES_REMOVE, STATEMENT_SHARES_SET_UP};
    return run_steps(store, steps, sizeof steps / sizeof *steps, broker_id,
                     (struct slice){NULL, 0});
}
