#include "store/configurations.h"

#include "store/internal.h"

/* Descriptions are unlimited, so a page ends after this many bytes to fit into a reply. */
enum { PAGE_TEXT_MAX = 4 << 20 };

/* With the latest revision; the subquery takes one step of the index of revisions. */
#define CONFIGURATION_COLUMNS                                                                    \
    "c.id, c.account, c.region, c.name, c.created, c.engine_version, c.authentication_strategy," \
    " c.engine_type, r.revision, r.created, r.description"                                       \
    " FROM configuration c CROSS JOIN configuration_revision r ON r.configuration_id = c.id"     \
    " AND r.revision = (SELECT max(revision) FROM configuration_revision"                        \
    " WHERE configuration_id = c.id)"

/* CONFIGURATION_COLUMNS. */
static bool read_configuration(sqlite3_stmt *stmt, struct arena *arena,
                               struct configuration *configuration)
{
    configuration->authentication_strategy = statement_term(stmt, 6, &strategy_terms);
    configuration->engine = statement_term(stmt, 7, &engine_terms);
    configuration->revision = sqlite3_column_int64(stmt, 8);
    return statement_text(stmt, 0, arena, &configuration->id) &&
           statement_text(stmt, 1, arena, &configuration->account) &&
           statement_text(stmt, 2, arena, &configuration->region) &&
           statement_text(stmt, 3, arena, &configuration->name) &&
           statement_text(stmt, 4, arena, &configuration->created) &&
           statement_text(stmt, 5, arena, &configuration->engine_version) &&
           statement_text(stmt, 9, arena, &configuration->revision_created) &&
           statement_text(stmt, 10, arena, &configuration->revision_description);
}

/* Runs a query of CONFIGURATION_COLUMNS for one row, and ends it. */
static enum result find_configuration(struct store *store, sqlite3_stmt *stmt, struct arena *arena,
                                      struct configuration *configuration)
{
    enum result result = statement_step(store, stmt);
    if (!result && !read_configuration(stmt, arena, configuration))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

STATEMENT(configuration_find_sql,
          "SELECT " CONFIGURATION_COLUMNS " WHERE c.id = ?1 AND c.account = ?2 AND c.region = ?3");

enum result configuration_find(struct store *store, struct slice account, struct slice region,
                               struct slice id, struct arena *arena,
                               struct configuration *configuration)
{
    sqlite3_stmt *stmt = statement_get(store, &configuration_find_sql);
    statement_bind(stmt, 1, id);
    statement_bind(stmt, 2, account);
    statement_bind(stmt, 3, region);
    return find_configuration(store, stmt, arena, configuration);
}

STATEMENT(configuration_find_anywhere_sql, "SELECT " CONFIGURATION_COLUMNS " WHERE c.id = ?1");

enum result configuration_find_anywhere(struct store *store, struct slice id, struct arena *arena,
                                        struct configuration *configuration)
{
    sqlite3_stmt *stmt = statement_get(store, &configuration_find_anywhere_sql);
    statement_bind(stmt, 1, id);
    return find_configuration(store, stmt, arena, configuration);
}

STATEMENT(configuration_page_sql,
          "SELECT " CONFIGURATION_COLUMNS
          " WHERE c.account = ?1 AND c.region = ?2 AND c.id > ?3 ORDER BY c.id LIMIT ?4");

enum result configuration_page(struct store *store, struct slice account, struct slice region,
                               struct slice after, int64_t limit, struct arena *arena,
                               struct configuration **configurations, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &configuration_page_sql);
    enum result result = RESULT_OK;
    statement_bind(stmt, 1, account);
    statement_bind(stmt, 2, region);
    statement_bind(stmt, 3, after.data ? after : SLICE(""));
    sqlite3_bind_int64(stmt, 4, limit);
    size_t capacity = 0, text = 0;
    *count = 0;
    *configurations = NULL;
    while (!result && text < PAGE_TEXT_MAX && !(result = statement_step(store, stmt))) {
        *configurations =
            statement_grow(arena, *configurations, *count, &capacity, sizeof **configurations);
        struct configuration *row = *configurations ? &(*configurations)[(*count)++] : NULL;
        if (!row || !read_configuration(stmt, arena, row))
            result = RESULT_NO_MEMORY;
        else
            text += row->revision_description.len;
    }
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

STATEMENT(configuration_insert_sql,
          "INSERT INTO configuration (id, account, region, name, created, engine_version,"
          " authentication_strategy, engine_type) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

enum result configuration_insert(struct store *store, const struct configuration *configuration)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &configuration_insert_sql);
    statement_bind(stmt, 1, configuration->id);
    statement_bind(stmt, 2, configuration->account);
    statement_bind(stmt, 3, configuration->region);
    statement_bind(stmt, 4, configuration->name);
    statement_bind(stmt, 5, configuration->created);
    statement_bind(stmt, 6, configuration->engine_version);
    statement_bind(stmt, 7, term_text(&strategy_terms, configuration->authentication_strategy));
    statement_bind(stmt, 8, term_text(&engine_terms, configuration->engine));
    return statement_run(store, stmt);
}

/* Reads the only value of a query and ends the statement. */
static enum result read_flag(struct store *store, sqlite3_stmt *stmt, bool *flag)
{
    enum result result = statement_step(store, stmt);
    if (!result)
        *flag = sqlite3_column_int(stmt, 0) != 0;
    statement_end(stmt);
    return result;
}

STATEMENT(configuration_is_used_sql,
          "SELECT EXISTS (SELECT 1 FROM broker WHERE configuration_id = ?1)"
          " OR EXISTS (SELECT 1 FROM broker WHERE pending_configuration_id = ?1)");

enum result configuration_is_used(struct store *store, struct slice id, bool *used)
{
    sqlite3_stmt *stmt = statement_get(store, &configuration_is_used_sql);
    statement_bind(stmt, 1, id);
    return read_flag(store, stmt, used);
}

STATEMENT(configuration_delete_sql, "DELETE FROM configuration WHERE id = ?1");

enum result configuration_delete(struct store *store, struct slice id)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &configuration_delete_sql);
    statement_bind(stmt, 1, id);
    return statement_run(store, stmt);
}

STATEMENT(revision_exists_sql, "SELECT EXISTS (SELECT 1 FROM configuration_revision"
                               " WHERE configuration_id = ?1 AND revision = ?2)");

enum result configuration_revision_exists(struct store *store, struct slice id, int64_t revision,
                                          bool *exists)
{
    sqlite3_stmt *stmt = statement_get(store, &revision_exists_sql);
    statement_bind(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, revision);
    return read_flag(store, stmt, exists);
}

static bool read_revision(sqlite3_stmt *stmt, struct arena *arena,
                          struct configuration_revision *revision)
{
    *revision = (struct configuration_revision){.revision = sqlite3_column_int64(stmt, 0)};
    return statement_text(stmt, 1, arena, &revision->created) &&
           statement_text(stmt, 2, arena, &revision->description);
}

STATEMENT(revision_find_sql, "SELECT r.revision, r.created, r.description, r.data"
                             " FROM configuration c CROSS JOIN configuration_revision r"
                             " ON r.configuration_id = c.id AND r.revision = ?4"
                             " WHERE c.id = ?1 AND c.account = ?2 AND c.region = ?3");

enum result configuration_revision_find(struct store *store, struct slice account,
                                        struct slice region, struct slice id, int64_t revision,
                                        struct arena *arena, struct configuration_revision *found)
{
    sqlite3_stmt *stmt = statement_get(store, &revision_find_sql);
    statement_bind(stmt, 1, id);
    statement_bind(stmt, 2, account);
    statement_bind(stmt, 3, region);
    sqlite3_bind_int64(stmt, 4, revision);
    enum result result = statement_step(store, stmt);
    if (!result &&
        !(read_revision(stmt, arena, found) && statement_text(stmt, 3, arena, &found->data)))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

STATEMENT(revision_page_sql,
          "SELECT revision, created, description FROM configuration_revision"
          " WHERE configuration_id = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3");

enum result configuration_revision_page(struct store *store, struct slice id, int64_t after,
                                        int64_t limit, struct arena *arena,
                                        struct configuration_revision **revisions, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &revision_page_sql);
    enum result result = RESULT_OK;
    statement_bind(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, after);
    sqlite3_bind_int64(stmt, 3, limit);
    size_t capacity = 0, text = 0;
    *count = 0;
    *revisions = NULL;
    while (!result && text < PAGE_TEXT_MAX && !(result = statement_step(store, stmt))) {
        *revisions = statement_grow(arena, *revisions, *count, &capacity, sizeof **revisions);
        struct configuration_revision *row = *revisions ? &(*revisions)[(*count)++] : NULL;
        if (!row || !read_revision(stmt, arena, row))
            result = RESULT_NO_MEMORY;
        else
            text += row->description.len;
    }
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

STATEMENT(revision_insert_sql,
          "INSERT INTO configuration_revision (configuration_id, revision, created, description,"
          " data) VALUES (?1, ?2, ?3, ?4, ?5)");

enum result configuration_revision_insert(struct store *store, struct slice id,
                                          const struct configuration_revision *revision)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &revision_insert_sql);
    statement_bind(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, revision->revision);
    statement_bind(stmt, 3, revision->created);
    statement_bind(stmt, 4, revision->description);
    statement_bind(stmt, 5, revision->data);
    return statement_run(store, stmt);
}
