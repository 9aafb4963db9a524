/* Opening of the database, the tick, the clock. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/broker_heads.h"
#include "store/seed_functions.h"
#include "store/snapshot.h"
#include "store/undo.h"
#include "store/validate.h"

static enum result run(struct store *store, const struct statement *statement)
{
    return statement_run(store, statement_get(store, statement));
}

bool store_tick_is_open(const struct store *store)
{
    return store->tick_open;
}

bool store_tick_has_failed(const struct store *store)
{
    return store->tick_failed;
}

STATEMENT(begin_sql, "BEGIN IMMEDIATE");
STATEMENT(savepoint_sql, "SAVEPOINT operation");

/* Begins the savepoint of the operation, if it needs one, at its first write. */
static bool begin_operation_write(struct store *store)
{
    if (store->has_written)
        return !store->writes_once;
    if (!store->writes_once && run(store, &savepoint_sql))
        return false;
    store->has_written = true;
    store->savepoint = store->cached;
    store->savepoint_rows = store_rows_written(store);
    return true;
}

enum result store_prepare_write(struct store *store)
{
    store_detect_rollback(store);
    if (store->tick_failed)
        return RESULT_STORE;
    if (!store->tick_open) {
        if (!store_files_are_in_place(store) || run(store, &begin_sql))
            return RESULT_STORE;
        store->tick_open = true;
    }
    store->tick_failed = store->in_operation && !begin_operation_write(store);
    return store->tick_failed ? RESULT_STORE : RESULT_OK;
}

void store_tick_abort(struct store *store)
{
    store->tick_failed = store->tick_open;
}

STATEMENT(commit_sql, "COMMIT");
STATEMENT(rollback_sql, "ROLLBACK");

enum result store_tick_commit(struct store *store)
{
    if (!store->tick_open)
        return RESULT_OK;
    enum result result = store->tick_failed ? RESULT_STORE : run(store, &commit_sql);
    store->commits += !result;
    *(result ? &store->cached : &store->committed) = result ? store->committed : store->cached;
    if (result)
        broker_heads_forget(store->heads);
    if (!sqlite3_get_autocommit(store->db) && run(store, &rollback_sql))
        log_event(LOG_ERROR, "store-error", "error",
                  "a transaction can be neither committed nor rolled back");
    /* When memory is exhausted, the ROLLBACK may fail too: the tick stays open until one succeeds.
     */
    store->tick_open = !sqlite3_get_autocommit(store->db);
    store->tick_failed = store->tick_open;
    return result ? RESULT_STORE : RESULT_OK;
}

void store_operation_begin(struct store *store, bool writes_once)
{
    store->in_operation = true;
    store->writes_once = writes_once;
    store->has_written = false;
}

STATEMENT(savepoint_rollback_sql, "ROLLBACK TO operation");
STATEMENT(savepoint_release_sql, "RELEASE operation");

static bool end_savepoint(struct store *store, bool keep)
{
    return (keep || !run(store, &savepoint_rollback_sql)) && !run(store, &savepoint_release_sql);
}

enum result store_operation_end(struct store *store, bool keep)
{
    bool has_written = store->has_written;
    store->in_operation = false;
    store->has_written = false;
    store_detect_rollback(store);
    if (store->tick_failed)
        return RESULT_STORE;
    if (!has_written)
        return RESULT_OK;
    bool changed = store_rows_written(store) != store->savepoint_rows;
    if (!keep)
        store->cached = store->savepoint;
    if (!keep && changed)
        broker_heads_forget(store->heads);
    /* Without a savepoint, a change cannot be taken back. */
    if (store->writes_once ? !keep && changed : !end_savepoint(store, keep)) {
        store->tick_failed = true;
        return RESULT_STORE;
    }
    return RESULT_OK;
}

bool store_is_new(const struct store *store)
{
    return !store->is_seeded;
}

static enum result fail(struct store_error *error, const char *path, const char *reason)
{
    snprintf(error->text, sizeof error->text, "%.500s: %.500s", path, reason);
    return RESULT_STORE;
}

enum result store_change_begin(struct store *store, struct store_error *error)
{
    if (store_prepare_write(store) ||
        sqlite3_exec(store->db, "PRAGMA defer_foreign_keys = ON", NULL, NULL, NULL))
        return fail(error, "store", sqlite3_errmsg(store->db));
    return RESULT_OK;
}

bool store_breaks_foreign_keys(sqlite3 *db)
{
    int now = 0, most = 0;
    return sqlite3_db_status(db, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &most, false) != SQLITE_OK ||
           now != 0;
}

enum result store_change_end(struct store *store, enum result result, struct store_error *error)
{
    if (!result)
        result = store_reload(store, error); /* before the commit, after which nothing may fail */
    if (result)
        store_tick_abort(store);
    if (store_tick_commit(store) && !result)
        result = fail(error, "commit", sqlite3_errmsg(store->db));
    return result;
}

STATEMENT(health_sql, "SELECT count(*) FROM default_world");

enum store_health store_health(struct store *store)
{
    sqlite3_stmt *stmt = statement_get(store, &health_sql);
    bool readable = statement_step(store, stmt) == RESULT_OK;
    statement_end(stmt);
    if (!readable)
        return STORE_UNREADABLE;
    return store_files_are_in_place(store) ? STORE_HEALTHY : STORE_MOVED;
}

/* The limits and settings that SQLite's documentation recommends for untrusted SQL. */
static bool harden(sqlite3 *db)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DML,
                              SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    static const int limits[][2] = {
        {SQLITE_LIMIT_LENGTH, 80 << 20},
        {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 500},
        {SQLITE_LIMIT_VDBE_OP, 250000},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200},
        {SQLITE_LIMIT_FUNCTION_ARG, 16},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
    };
    bool good = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
                sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) == SQLITE_OK;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        good = good && sqlite3_db_config(db, off[i], 0, NULL) == SQLITE_OK;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(db, limits[i][0], limits[i][1]);
    return good && !seed_functions_install(db);
}

static enum result exec(struct store *store, const char *path, const char *sql,
                        struct store_error *error)
{
    char *message = NULL;
    int code = sqlite3_exec(store->db, sql, NULL, NULL, &message);
    if (code == SQLITE_OK)
        return RESULT_OK;
    fail(error, path,
         (code & 0xFF) == SQLITE_BUSY     ? "another process uses this database"
         : (code & 0xFF) == SQLITE_NOTADB ? "not a database of amazonmq-local (not a SQLite file)"
         : message                        ? message
                                          : sqlite3_errstr(code));
    sqlite3_free(message);
    return RESULT_STORE;
}

/* SQLite silently keeps another mode if a file system does not support WAL. */
static bool has_wal(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    struct slice mode = {NULL, 0};
    bool good = sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW;
    if (good)
        mode = slice_of((const char *)sqlite3_column_text(stmt, 0));
    good = slice_equal(mode, SLICE("wal")) || slice_equal(mode, SLICE("memory"));
    sqlite3_finalize(stmt);
    return good;
}

static enum result set_up(struct store *store, const struct store_options *options,
                          struct store_error *error)
{
    static const char settings[] =
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA temp_store = MEMORY;"
        "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;"
        "PRAGMA cell_size_check = ON;";
    enum result result = exec(store, options->path, settings, error);
    if (!result)
        result = exec(store, options->path,
                      options->durability_full ? "PRAGMA synchronous = FULL"
                                               : "PRAGMA synchronous = NORMAL",
                      error);
    if (!result && !has_wal(store->db))
        result = fail(error, options->path, "this file system does not support a write-ahead log");
    return result;
}

/* Another program may have given the file pages of another size, into which no copy of a store
 * fits. */
static enum result unify_pages(struct store *store, const char *path, struct store_error *error)
{
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(store->db, "PRAGMA page_size", -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW;
    bool differs = good && sqlite3_column_int(stmt, 0) != STORE_PAGE_SIZE;
    sqlite3_finalize(stmt);
    if (!good)
        return fail(error, path, sqlite3_errmsg(store->db));
    if (!differs)
        return RESULT_OK;
    log_event(LOG_INFO, "file-rewritten", "reason", "its pages have not 4096 bytes");
    sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM attaches the new database */
    enum result result = exec(store, path,
                              "PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM;"
                              "PRAGMA journal_mode = WAL; SELECT count(*) FROM sqlite_schema",
                              error);
    sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
    return result;
}

/* Compiles the statements that end a transaction now: they must work when memory is exhausted. */
static enum result prepare_transaction_ends(struct store *store, const char *path,
                                            struct store_error *error)
{
    static const struct statement *const ends[] = {&commit_sql, &rollback_sql,
                                                   &savepoint_release_sql, &savepoint_rollback_sql};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!statement_get(store, ends[i]))
            return fail(error, path, sqlite3_errmsg(store->db));
    return RESULT_OK;
}

STATEMENT(flags_sql, STORE_FLAGS_SQL);

void store_take_flags(sqlite3_stmt *stmt, struct store_cache *cached)
{
    bool *const places[] = {&cached->faults, &cached->policies, &cached->access_keys,
                            &cached->clock_step};
    for (int i = 0; i < (int)(sizeof places / sizeof *places); i++)
        *places[i] = sqlite3_column_int(stmt, i) != 0;
}

enum result store_reload_flags(struct store *store)
{
    sqlite3_stmt *stmt = statement_get(store, &flags_sql);
    enum result result = statement_step(store, stmt);
    if (!result)
        store_take_flags(stmt, &store->cached);
    statement_end(stmt);
    if (!result && !store->tick_open)
        store->committed = store->cached;
    return result;
}

STATEMENT(world_set_sql, "UPDATE default_world SET account = ?1, region = ?2");
STATEMENT(seeded_sql, "SELECT seeded, clock_offset_ms FROM default_world");

static enum result read_world(struct store *store)
{
    sqlite3_stmt *world = statement_get(store, &world_set_sql);
    statement_bind(world, 1, slice_of(store->options.account));
    statement_bind(world, 2, slice_of(store->options.region));
    if (statement_run(store, world))
        return RESULT_STORE;
    sqlite3_stmt *seeded = statement_get(store, &seeded_sql);
    enum result result = statement_step(store, seeded);
    if (!result) {
        store->is_seeded = sqlite3_column_int(seeded, 0) != 0;
        store->cached.clock_offset_ms = sqlite3_column_int64(seeded, 1);
    }
    statement_end(seeded);
    return result || store_counts_reload(store) ? RESULT_STORE : store_reload_flags(store);
}

enum result store_reload(struct store *store, struct store_error *error)
{
    return read_world(store) ? fail(error, store->options.path, sqlite3_errmsg(store->db))
                             : RESULT_OK;
}

/* Another program may have changed the file. */
static enum result validate(struct store *store, const char *path, struct store_error *error)
{
    struct store_error reason = {"out of memory"};
    sqlite3 *fresh = NULL;
    enum result result = store_open_fresh(&fresh);
    if (!result)
        result = store_validate_schema(store->db, fresh, &reason);
    if (!result)
        result = store_validate(store->db, &reason);
    if (result)
        fail(error, path, reason.text);
    sqlite3_close(fresh);
    return result;
}

static enum result open_database(struct store *store, const struct store_options *options,
                                 struct store_error *error)
{
    bool in_memory = strcmp(options->path, ":memory:") == 0;
    enum store_content content = CONTENT_NONE;
    enum result result = in_memory ? RESULT_OK : store_files_prepare(options->path, error);
    if (result)
        return result;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(options->path, &store->db,
                               in_memory ? flags | SQLITE_OPEN_CREATE : flags, NULL);
    if (code != SQLITE_OK)
        return fail(error, options->path,
                    store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
    if (!harden(store->db))
        return fail(error, options->path, "SQLite refuses a setting");
    result = in_memory ? RESULT_OK : store_files_check(store, error);
    if (result)
        return result;
    /* Before the first read, so that SQLite needs no shared memory for the WAL. */
    result = exec(store, options->path, "PRAGMA locking_mode = EXCLUSIVE", error);
    if (!result)
        result = store_examine(store, options->path, &content, error);
    if (!result)
        result = set_up(store, options, error);
    if (!result && content == CONTENT_NONE)
        result = store_fill(store, options->path, error);
    if (!result)
        result = store_migrate(store, options->path, error);
    if (!result && content == CONTENT_STORE)
        result = validate(store, options->path, error);
    if (!result && !in_memory)
        result = unify_pages(store, options->path, error);
    if (!result)
        result = prepare_transaction_ends(store, options->path, error);
    if (!result && !in_memory)
        result = store_files_remember(store, error);
    return result ? result : store_reload(store, error);
}

enum result store_open(const struct store_options *options, struct store **out,
                       struct store_error *error)
{
    struct store *store = calloc(1, sizeof *store + statement_count() * sizeof *store->compiled);
    if (!store) {
        fail(error, options->path, "out of memory");
        return RESULT_NO_MEMORY;
    }
    store->options = *options;
    store->heads = broker_heads_new();
    /* The process has one thread. For a second store the call fails, but the setting remains. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    enum result result = open_database(store, options, error);
    if (result) {
        store_free(store);
        return result;
    }
    *out = store;
    return RESULT_OK;
}

int64_t store_now_ms(const struct store *store)
{
    return clock_until_max(clock_wall_ms() + store->cached.clock_offset_ms);
}

int64_t store_clock_offset_ms(const struct store *store)
{
    return store->cached.clock_offset_ms;
}

STATEMENT(clock_set_sql, "UPDATE default_world SET clock_offset_ms = ?1");

enum result store_set_clock(struct store *store, int64_t offset_ms)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &clock_set_sql);
    sqlite3_bind_int64(stmt, 1, offset_ms);
    result = statement_run(store, stmt);
    if (!result)
        store->cached.clock_offset_ms = offset_ms;
    return result;
}

int64_t store_rows_written(const struct store *store)
{
    return sqlite3_total_changes64(store->db);
}

int64_t store_revision(const struct store *store)
{
    return sqlite3_total_changes64(store->db) + store->restores;
}

const char *store_broken_rule(const struct store *store)
{
    static const char check[] = "CHECK constraint failed: ";
    const char *text = sqlite3_errmsg(store->db);
    return strncmp(text, check, sizeof check - 1) == 0 ? text + sizeof check - 1 : text;
}

const char *store_version(void)
{
    return sqlite3_libversion();
}

void store_free(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < statement_count(); i++)
        sqlite3_finalize(store->compiled[i]);
    undo_end(store);
    broker_heads_free(store->heads);
    store_snapshot_free(store->seeding.image);
    store_files_leave(store);
    sqlite3_close(store->db);
    free(store);
}
