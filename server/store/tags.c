#include "store/tags.h"

#include "store/internal.h"

#define TAG_STATEMENTS(owner, table, column)                                                    \
    STATEMENT(owner##_tag_list_sql,                                                             \
              "SELECT key, value FROM " table " WHERE " column " = ?1 ORDER BY key");           \
    STATEMENT(owner##_tag_count_sql,                                                            \
              "SELECT count(*) FROM (SELECT 1 FROM " table " WHERE " column " = ?1 LIMIT ?2)"); \
    STATEMENT(owner##_tag_put_sql,                                                              \
              "INSERT INTO " table " (" column ", key, value) VALUES (?1, ?2, ?3)"              \
              " ON CONFLICT (" column ", key) DO UPDATE SET value = excluded.value");           \
    STATEMENT(owner##_tag_delete_sql, "DELETE FROM " table " WHERE " column " = ?1 AND key = ?2")

TAG_STATEMENTS(broker, "broker_tag", "broker_id");
TAG_STATEMENTS(configuration, "configuration_tag", "configuration_id");

/* The statements on the tags of each kind of owner. */
static const struct {
    const struct statement *list, *count, *put, *delete;
} statements[] = {
    [TAG_BROKER] = {&broker_tag_list_sql, &broker_tag_count_sql, &broker_tag_put_sql,
                    &broker_tag_delete_sql},
    [TAG_CONFIGURATION] = {&configuration_tag_list_sql, &configuration_tag_count_sql,
                           &configuration_tag_put_sql, &configuration_tag_delete_sql},
};

static bool read_tag(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct tag *tag = item;
    return statement_text(stmt, 0, arena, &tag->key) && statement_text(stmt, 1, arena, &tag->value);
}

enum result tag_list(struct store *store, enum tag_owner owner, struct slice id,
                     struct arena *arena, struct tag **tags, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, statements[owner].list);
    statement_bind(stmt, 1, id);
    return statement_list(store, stmt, read_tag, arena, sizeof **tags, tags, count);
}

enum result tag_count(struct store *store, enum tag_owner owner, struct slice id, int64_t limit,
                      int64_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, statements[owner].count);
    statement_bind(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, limit);
    enum result result = statement_step(store, stmt);
    if (!result)
        *count = sqlite3_column_int64(stmt, 0);
    statement_end(stmt);
    return result;
}

enum result tag_put(struct store *store, enum tag_owner owner, struct slice id, struct slice key,
                    struct slice value)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, statements[owner].put);
    statement_bind(stmt, 1, id);
    statement_bind(stmt, 2, key);
    statement_bind(stmt, 3, value);
    return statement_run(store, stmt);
}

enum result tag_delete(struct store *store, enum tag_owner owner, struct slice id, struct slice key)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, statements[owner].delete);
    statement_bind(stmt, 1, id);
    statement_bind(stmt, 2, key);
    return statement_run(store, stmt);
}
