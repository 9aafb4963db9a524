#include "store/policies.h"

#include "store/internal.h"

STATEMENT(policy_page_sql, "SELECT effect = 'allow', action, resource FROM policy"
                           " WHERE access_key = '*' OR access_key = ?1");

static bool read_policy(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct policy *policy = item;
    policy->allow = sqlite3_column_int(stmt, 0) != 0;
    return statement_text(stmt, 1, arena, &policy->action) &&
           statement_text(stmt, 2, arena, &policy->resource);
}

enum result policy_list(struct store *store, struct slice access_key, struct arena *arena,
                        struct policy **policies, size_t *count)
{
    *count = 0;
    *policies = NULL;
    if (!store->cached.policies)
        return RESULT_OK;
    sqlite3_stmt *stmt = statement_get(store, &policy_page_sql);
    statement_bind(stmt, 1, access_key.data ? access_key : SLICE(""));
    return statement_list(store, stmt, read_policy, arena, sizeof **policies, policies, count);
}
