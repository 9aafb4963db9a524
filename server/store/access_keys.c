#include "store/access_keys.h"

#include "store/internal.h"

enum result access_key_find(struct store *store, struct slice id, struct arena *arena,
                            struct access_key *key)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_ACCESS_KEY_FIND);
    statement_bind(stmt, 1, id);
    enum result result = statement_step(store, stmt);
    if (!result && !(statement_text(stmt, 0, arena, &key->secret) &&
                     statement_text(stmt, 1, arena, &key->account) &&
                     statement_text(stmt, 2, arena, &key->user_name)))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}
