#include "store/access_keys.h"

#include "store/internal.h"

STATEMENT(access_key_find_sql, "SELECT secret, account, user_name FROM access_key WHERE id = ?1");

enum result access_key_find(struct store *store, struct slice id, struct arena *arena,
                            struct access_key *key)
{
    if (!store->cached.access_keys)
        return RESULT_NOT_FOUND;
    sqlite3_stmt *stmt = statement_get(store, &access_key_find_sql);
    statement_bind(stmt, 1, id);
    enum result result = statement_step(store, stmt);
    if (!result && !(statement_text(stmt, 0, arena, &key->secret) &&
                     statement_text(stmt, 1, arena, &key->account) &&
                     statement_text(stmt, 2, arena, &key->user_name)))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}
