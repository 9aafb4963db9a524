#include "store/broker_search.h"

#include "store/internal.h"

#define MATCHES_ALL                                                     \
    " AND (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)" \
    " AND (?4 IS NULL OR"                                               \
    " instr(lower(name || ' ' || id || ' ' || state || ' ' || engine_type), lower(?4)))"

STATEMENT(broker_search_sql,
          "SELECT id FROM broker WHERE id > ?3" MATCHES_ALL " ORDER BY id LIMIT ?5 OFFSET ?7");
STATEMENT(broker_search_world_sql, "SELECT id FROM broker WHERE account = ?1 AND region = ?2"
                                   " AND id > ?3 ORDER BY id LIMIT ?5 OFFSET ?7");
STATEMENT(broker_search_sorted_sql, "SELECT id FROM broker WHERE id > ?3" MATCHES_ALL
                                    " ORDER BY CASE ?6 WHEN 1 THEN name WHEN 2 THEN state END,"
                                    " CASE ?6 WHEN 3 THEN created END DESC, id"
                                    " LIMIT ?5 OFFSET ?7");
STATEMENT(broker_search_count_sql, "SELECT count(*) FROM broker WHERE id > ?3" MATCHES_ALL);
STATEMENT(broker_search_world_count_sql,
          "SELECT count(*) FROM broker WHERE account = ?1 AND region = ?2 AND id > ?3");

static void bind_filter(sqlite3_stmt *stmt, const struct broker_filter *filter)
{
    statement_bind(stmt, 1, filter->account);
    statement_bind(stmt, 2, filter->region);
    statement_bind(stmt, 3, filter->after.data ? filter->after : SLICE(""));
    statement_bind(stmt, 4, filter->text);
}

static bool is_world(const struct broker_filter *filter)
{
    return filter->account.data && filter->region.data && !filter->text.data;
}

enum result broker_search(struct store *store, const struct broker_filter *filter,
                          struct arena *arena, struct slice **ids, size_t *count)
{
    const struct statement *statement = filter->order != ORDER_ID ? &broker_search_sorted_sql
                                        : is_world(filter)        ? &broker_search_world_sql
                                                                  : &broker_search_sql;
    sqlite3_stmt *stmt = statement_get(store, statement);
    bind_filter(stmt, filter);
    sqlite3_bind_int64(stmt, 5, filter->limit);
    sqlite3_bind_int64(stmt, 6, (int64_t)filter->order);
    sqlite3_bind_int64(stmt, 7, filter->skip);
    return statement_list(store, stmt, statement_read_text, arena, sizeof **ids, ids, count);
}

enum result broker_search_count(struct store *store, const struct broker_filter *filter,
                                int64_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, is_world(filter) ? &broker_search_world_count_sql
                                                               : &broker_search_count_sql);
    bind_filter(stmt, filter);
    enum result result = statement_step(store, stmt);
    if (!result)
        *count = sqlite3_column_int64(stmt, 0);
    statement_end(stmt);
    return result;
}

STATEMENT(broker_worlds_sql, "SELECT account, region, count(*) FROM broker"
                             " GROUP BY account, region ORDER BY account, region");

static bool read_world(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct broker_world *world = item;
    world->brokers = sqlite3_column_int64(stmt, 2);
    return statement_text(stmt, 0, arena, &world->account) &&
           statement_text(stmt, 1, arena, &world->region);
}

enum result broker_worlds(struct store *store, struct arena *arena, struct broker_world **worlds,
                          size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_worlds_sql);
    return statement_list(store, stmt, read_world, arena, sizeof **worlds, worlds, count);
}
