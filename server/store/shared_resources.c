#include "store/shared_resources.h"

#include "store/internal.h"

STATEMENT(shared_resource_page_sql,
          "SELECT resource_arn, type, status, dns_names, resource_share_arns, error_code,"
          " error_message FROM shared_resource"
          " WHERE broker_id = ?1 AND resource_arn > ?2 ORDER BY resource_arn LIMIT ?3");

static bool read_resource(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct shared_resource *resource = item;
    return statement_text(stmt, 0, arena, &resource->resource_arn) &&
           statement_text(stmt, 1, arena, &resource->type) &&
           statement_text(stmt, 2, arena, &resource->status) &&
           statement_text(stmt, 3, arena, &resource->dns_names) &&
           statement_text(stmt, 4, arena, &resource->resource_share_arns) &&
           statement_text(stmt, 5, arena, &resource->error_code) &&
           statement_text(stmt, 6, arena, &resource->error_message);
}

enum result shared_resource_page(struct store *store, struct slice broker_id, struct slice after,
                                 int64_t limit, struct arena *arena,
                                 struct shared_resource **resources, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &shared_resource_page_sql);
    statement_bind(stmt, 1, broker_id);
    statement_bind(stmt, 2, after.data ? after : SLICE(""));
    sqlite3_bind_int64(stmt, 3, limit);
    return statement_list(store, stmt, read_resource, arena, sizeof **resources, resources, count);
}

STATEMENT(share_error_find_sql,
          "SELECT error_code, status FROM resource_share_error WHERE resource_share_arn = ?1");

enum result share_error_find(struct store *store, struct slice resource_share_arn,
                             struct arena *arena, struct slice *code, struct slice *status)
{
    sqlite3_stmt *stmt = statement_get(store, &share_error_find_sql);
    statement_bind(stmt, 1, resource_share_arn);
    enum result result = statement_step(store, stmt);
    if (!result &&
        (!statement_text(stmt, 0, arena, code) || !statement_text(stmt, 1, arena, status)))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

/* Runs statements with the parameters `broker_id` and, if they have a second one, `arns`. */
static enum result run_steps(struct store *store, const struct statement *const *steps,
                             size_t count, struct slice broker_id, struct slice arns)
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

/* Whether ?2, a JSON array of ARNs, contains the share, or a share of the resource; a resource
 * without shares is in all of them. */
#define IS_SHARED                                                                            \
    "CASE type WHEN 'RESOURCE_SHARE' THEN resource_arn IN (SELECT value FROM json_each(?2))" \
    " ELSE EXISTS (SELECT 1 FROM json_each(?2)"                                              \
    " WHERE instr(coalesce(resource_share_arns, '\"' || value || '\"'),"                     \
    " '\"' || value || '\"') > 0) END"

STATEMENT(shares_forget_sql,
          "DELETE FROM shared_resource WHERE broker_id = ?1 AND status = 'SETUP_IN_PROGRESS'"
          " AND NOT " IS_SHARED);
STATEMENT(shares_leave_out_sql,
          "UPDATE shared_resource SET status = 'PENDING_DELETE'"
          " WHERE broker_id = ?1 AND status <> 'DELETION_IN_PROGRESS' AND NOT " IS_SHARED);
STATEMENT(shares_cancel_removal_sql,
          "UPDATE shared_resource SET error_code = NULL, error_message = NULL,"
          " status = CASE WHEN status = 'PENDING_DELETE' AND error_code IS NULL THEN 'AVAILABLE'"
          " ELSE 'SETUP_IN_PROGRESS' END"
          " WHERE broker_id = ?1 AND status IN ('PENDING_DELETE', 'DELETION_IN_PROGRESS', 'ERROR')"
          " AND " IS_SHARED);
STATEMENT(shares_add_sql, "INSERT INTO shared_resource (broker_id, resource_arn, status)"
                          " SELECT ?1, value, 'SETUP_IN_PROGRESS' FROM json_each(?2) WHERE true"
                          " ON CONFLICT DO NOTHING");

enum result shared_resource_set(struct store *store, struct slice broker_id, struct slice arns)
{
    static const struct statement *const steps[] = {&shares_forget_sql, &shares_leave_out_sql,
                                                    &shares_cancel_removal_sql, &shares_add_sql};
    return run_steps(store, steps, sizeof steps / sizeof *steps, broker_id, arns);
}

STATEMENT(shares_any_pending_sql,
          "SELECT EXISTS (SELECT 1 FROM shared_resource"
          " WHERE broker_id = ?1 AND status IN ('SETUP_IN_PROGRESS', 'PENDING_DELETE'))");

enum result shares_any_pending(struct store *store, struct slice broker_id, bool *pending)
{
    sqlite3_stmt *stmt = statement_get(store, &shares_any_pending_sql);
    statement_bind(stmt, 1, broker_id);
    enum result result = statement_step(store, stmt);
    *pending = !result && sqlite3_column_int(stmt, 0) != 0;
    statement_end(stmt);
    return result;
}

STATEMENT(shares_set_up_sql, "UPDATE shared_resource SET status = 'AVAILABLE' WHERE broker_id = ?1"
                             " AND status = 'SETUP_IN_PROGRESS'");
STATEMENT(shares_remove_sql,
          "DELETE FROM shared_resource WHERE broker_id = ?1 AND status = 'PENDING_DELETE'");

enum result shares_apply(struct store *store, struct slice broker_id)
{
    static const struct statement *const steps[] = {&shares_remove_sql, &shares_set_up_sql};
    return run_steps(store, steps, sizeof steps / sizeof *steps, broker_id,
                     (struct slice){NULL, 0});
}
