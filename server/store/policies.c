#include "store/policies.h"

#include "store/internal.h"

STATEMENT(policy_page_sql, "SELECT effect = 'allow', action, resource FROM policy"
                           " WHERE access_key = '*' OR access_key = ?1");

enum result policy_list(struct store *store, struct slice access_key, struct arena *arena,
                        struct policy **policies, size_t *count)
{
    enum result result = RESULT_OK;
    size_t room = 0;
    *count = 0;
    *policies = NULL;
    if (!store->held.policies)
        return RESULT_OK;
    sqlite3_stmt *stmt = statement_get(store, &policy_page_sql);
    statement_bind(stmt, 1, access_key.data ? access_key : SLICE(""));
    while (!result && !(result = statement_step(store, stmt))) {
        *policies = statement_grow(arena, *policies, *count, &room, sizeof **policies);
        struct policy *policy = *policies ? &(*policies)[(*count)++] : NULL;
        if (!policy || !statement_text(stmt, 1, arena, &policy->action) ||
            !statement_text(stmt, 2, arena, &policy->resource))
            result = RESULT_NO_MEMORY;
        else
            policy->allow = sqlite3_column_int(stmt, 0) != 0;
    }
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}
