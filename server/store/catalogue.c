#include "store/catalogue.h"

#include "store/internal.h"

static sqlite3_stmt *get_for_engine(struct store *store, const struct statement *statement,
                                    enum engine engine)
{
    sqlite3_stmt *stmt = statement_get(store, statement);
    statement_bind(stmt, 1, term_text(&engine_terms, engine));
    return stmt;
}

STATEMENT(version_find_sql,
          "SELECT patch FROM engine_version WHERE engine_type = ?1 AND version = ?2");

enum result catalogue_version_find(struct store *store, enum engine engine, struct slice version,
                                   struct arena *arena, struct slice *patch)
{
    sqlite3_stmt *stmt = get_for_engine(store, &version_find_sql, engine);
    statement_bind(stmt, 2, version);
    enum result result = statement_step(store, stmt);
    if (!result && !statement_text(stmt, 0, arena, patch))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

STATEMENT(versions_sql, "SELECT version FROM engine_version WHERE engine_type = ?1");

enum result catalogue_versions(struct store *store, enum engine engine, struct arena *arena,
                               struct slice **versions, size_t *count)
{
    sqlite3_stmt *stmt = get_for_engine(store, &versions_sql, engine);
    return statement_list(store, stmt, statement_read_text, arena, sizeof **versions, versions,
                          count);
}

STATEMENT(zones_sql, "SELECT name FROM availability_zone WHERE region = ?1 ORDER BY rowid");

enum result catalogue_zones(struct store *store, struct slice region, struct arena *arena,
                            struct slice **zones, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &zones_sql);
    statement_bind(stmt, 1, region);
    return statement_list(store, stmt, statement_read_text, arena, sizeof **zones, zones, count);
}

#define OPTION_COLUMNS                                                     \
    "host_instance_type, storage_type, deployment_modes, engine_versions," \
    " coalesce(storage_size_default, 0), coalesce(storage_size_most, 0)"

/* The options of region ?7: the default list, without the rows that have another in their place,
 * and its own rows. Both halves come in the order of the whole, which merges them. */
#define OPTIONS_WHERE(condition, order)                                                           \
    "SELECT " OPTION_COLUMNS " FROM instance_option AS o WHERE region = '' AND " condition        \
    " AND (NOT EXISTS (SELECT 1 FROM instance_option WHERE region = ?7)" /* once, for all rows */ \
    " OR NOT EXISTS (SELECT 1 FROM instance_option AS own WHERE own.region = ?7"                  \
    " AND own.engine_type = o.engine_type AND own.host_instance_type = o.host_instance_type"      \
    " AND own.storage_type = o.storage_type))"                                                    \
    " UNION ALL SELECT " OPTION_COLUMNS " FROM instance_option WHERE region = ?7 AND " condition  \
    " AND deployment_modes <> '[]' ORDER BY " order " LIMIT ?4"

/* OPTION_COLUMNS. */
static bool read_option(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct instance_option *option = item;
    option->storage_type = statement_term(stmt, 1, &storage_type_terms);
    option->storage_size_default = sqlite3_column_int64(stmt, 4);
    option->storage_size_most = sqlite3_column_int64(stmt, 5);
    return statement_text(stmt, 0, arena, &option->host_instance_type) &&
           statement_text(stmt, 2, arena, &option->deployment_modes) &&
           statement_text(stmt, 3, arena, &option->engine_versions);
}

STATEMENT(option_page_of_host_sql,
          OPTIONS_WHERE("engine_type = ?1 AND host_instance_type = ?6"
                        " AND (+host_instance_type, storage_type) > (?2, ?3)"
                        " AND storage_type = coalesce(?5, storage_type)",
                        "storage_type"));
STATEMENT(option_page_of_storage_sql,
          OPTIONS_WHERE("engine_type = ?1 AND storage_type = ?5 AND host_instance_type >= ?2"
                        " AND (+host_instance_type, +storage_type) > (?2, ?3)",
                        "host_instance_type"));
STATEMENT(option_page_sql,
          OPTIONS_WHERE("engine_type = ?1 AND (host_instance_type, storage_type) > (?2, ?3)",
                        "host_instance_type, storage_type"));

enum result catalogue_options(struct store *store, struct slice region, enum engine engine,
                              const struct option_filter *filter, const struct option_filter *after,
                              int64_t limit, struct arena *arena, struct instance_option **options,
                              size_t *count)
{
    const struct statement *statement = filter->host_instance_type.data ? &option_page_of_host_sql
                                        : filter->storage_type ? &option_page_of_storage_sql
                                                               : &option_page_sql;
    sqlite3_stmt *stmt = get_for_engine(store, statement, engine);
    statement_bind(stmt, 2, after->host_instance_type.data ? after->host_instance_type : SLICE(""));
    statement_bind(stmt, 3,
                   after->storage_type ? term_text(&storage_type_terms, after->storage_type)
                                       : SLICE(""));
    sqlite3_bind_int64(stmt, 4, limit);
    statement_bind(stmt, 5, term_text(&storage_type_terms, filter->storage_type));
    statement_bind(stmt, 6, filter->host_instance_type);
    statement_bind(stmt, 7, region);
    return statement_list(store, stmt, read_option, arena, sizeof **options, options, count);
}

#define LIMIT_KEY(name, key) [LIMIT_##name] = SLICE_INIT(key),
static const struct slice limit_keys[] = {RABBITMQ_LIMITS(LIMIT_KEY)};

enum rabbitmq_limit rabbitmq_limit_find(struct slice key)
{
    enum rabbitmq_limit limit = 0;
    while (limit < RABBITMQ_LIMITS_END && !slice_equal(key, limit_keys[limit]))
        limit++;
    return limit;
}

struct slice rabbitmq_limit_key(enum rabbitmq_limit limit)
{
    return limit_keys[limit];
}

/* In the order of RABBITMQ_LIMITS. */
STATEMENT(rabbitmq_limits_sql,
          "SELECT max_message_size, channel_max_per_node, connection_max, cluster_queue_limit,"
          " vhost_max, consumer_max_per_channel, runtime_parameters_limits_shovel,"
          " cluster_exchange_limit FROM rabbitmq_limit"
          " WHERE host_instance_type = ?1 AND deployment_mode = ?2");

enum result catalogue_rabbitmq_limits(struct store *store, struct slice host_instance_type,
                                      enum deployment_mode deployment_mode,
                                      struct rabbitmq_limits *limits)
{
    sqlite3_stmt *stmt = statement_get(store, &rabbitmq_limits_sql);
    statement_bind(stmt, 1, host_instance_type);
    statement_bind(stmt, 2, term_text(&deployment_mode_terms, deployment_mode));
    enum result result = statement_step(store, stmt);
    for (int i = 0; i < RABBITMQ_LIMITS_END; i++)
        limits->most[i] = result || sqlite3_column_type(stmt, i) == SQLITE_NULL
                              ? RABBITMQ_UNLIMITED
                              : sqlite3_column_int64(stmt, i);
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}
