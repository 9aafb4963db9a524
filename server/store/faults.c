#include "store/faults.h"

#include "store/undo.h"

enum { FAULTS_MANY = 100 };

static int64_t read_number(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? FAULT_UNSET
                                                            : sqlite3_column_int64(stmt, column);
}

#define FAULT_COLUMNS                                                                        \
    "id, operation, broker_id, username, error, status, message, delay_ms, drop_connection," \
    " times, probability, seed, matched"

/* FAULT_COLUMNS. */
static bool read_fault(sqlite3_stmt *stmt, struct arena *arena, struct fault *fault)
{
    *fault = (struct fault){.id = sqlite3_column_int64(stmt, 0),
                            .status = read_number(stmt, 5),
                            .delay_ms = sqlite3_column_int64(stmt, 7),
                            .drop_connection = sqlite3_column_int(stmt, 8) != 0,
                            .times = read_number(stmt, 9),
                            .probability = sqlite3_column_double(stmt, 10),
                            .seed = sqlite3_column_int64(stmt, 11),
                            .matched = sqlite3_column_int64(stmt, 12)};
    return statement_text(stmt, 1, arena, &fault->operation) &&
           statement_text(stmt, 2, arena, &fault->broker_id) &&
           statement_text(stmt, 3, arena, &fault->username) &&
           statement_text(stmt, 4, arena, &fault->error) &&
           statement_text(stmt, 6, arena, &fault->message);
}

STATEMENT(fault_count_sql,
          "UPDATE fault SET matched = matched + 1, times = times - ?2 WHERE id = ?1");

static enum result count(struct store *store, int64_t id, bool hit)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &fault_count_sql);
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int(stmt, 2, hit);
    return statement_run(store, stmt);
}

/* Whether the fault hits its next match: a splitmix64 hash of seed and number of the match decides,
 * so the same seed hits the same calls. */
static bool is_hit(const struct fault *fault)
{
    uint64_t x = (uint64_t)fault->seed + ((uint64_t)fault->matched + 1) * 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    x ^= x >> 31;
    return (double)(x >> 11) / (double)(1ULL << 53) < fault->probability;
}

/* clang-format off */
/* A lookup in the index fault_match for each set of columns that may be NULL: one query with `OR`
 * would look at every fault. */
#define FIRST(operation, broker_id, username) \
    "SELECT min(id) AS id FROM fault" \
    " WHERE operation IS " operation " AND broker_id IS " broker_id " AND username IS " username \
    " AND (times IS NULL OR times > 0) AND id > ?4"
#define OR " UNION ALL "
STATEMENT(fault_find_sql,
          "SELECT " FAULT_COLUMNS " FROM fault WHERE id = (SELECT min(id) FROM ("
          FIRST("NULL", "NULL", "NULL") OR FIRST("NULL", "NULL", "?3") OR
          FIRST("NULL", "?2", "NULL") OR FIRST("NULL", "?2", "?3") OR
          FIRST("?1", "NULL", "NULL") OR FIRST("?1", "NULL", "?3") OR
          FIRST("?1", "?2", "NULL") OR FIRST("?1", "?2", "?3") "))");
/* clang-format on */

/* The first fault after id `after` that matches. */
static enum result find(struct store *store, const struct slice match[3], int64_t after,
                        struct arena *arena, struct fault *fault)
{
    sqlite3_stmt *stmt = statement_get(store, &fault_find_sql);
    for (int i = 0; i < 3; i++)
        statement_bind(stmt, i + 1, match[i]);
    sqlite3_bind_int64(stmt, 4, after);
    enum result result = statement_step(store, stmt);
    if (!result && !read_fault(stmt, arena, fault))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

enum result fault_take(struct store *store, struct slice operation, struct slice broker_id,
                       struct slice username, struct arena *arena, struct fault *fault)
{
    const struct slice match[3] = {operation, broker_id, username};
    enum result result = store->cached.faults ? RESULT_OK : RESULT_NOT_FOUND;
    fault->id = INT64_MIN;
    while (!result && !(result = find(store, match, fault->id, arena, fault))) {
        bool hit = fault->probability >= 1 || is_hit(fault);
        if (fault->times != FAULT_UNSET || fault->probability < 1)
            result = count(store, fault->id, hit);
        if (hit)
            return result;
    }
    return result;
}

STATEMENT(fault_next_sql, "SELECT " FAULT_COLUMNS " FROM fault WHERE id > ?1 ORDER BY id LIMIT 1");

enum result fault_next(struct store *store, int64_t after, struct arena *arena, struct fault *fault)
{
    sqlite3_stmt *stmt = statement_get(store, &fault_next_sql);
    sqlite3_bind_int64(stmt, 1, after);
    enum result result = statement_step(store, stmt);
    if (!result && !read_fault(stmt, arena, fault))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

static void bind_number(sqlite3_stmt *stmt, int at, int64_t number)
{
    if (number != FAULT_UNSET)
        sqlite3_bind_int64(stmt, at, number);
}

STATEMENT(fault_insert_sql,
          "INSERT INTO fault (operation, broker_id, username, error, status, message, delay_ms,"
          " drop_connection, times, probability, seed) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
          " coalesce(?7, 0), coalesce(?8, 0), ?9, coalesce(?10, 1.0), coalesce(?11, 0))"
          " RETURNING id");

enum result fault_insert(struct store *store, struct fault *fault)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &fault_insert_sql);
    statement_bind(stmt, 1, fault->operation);
    statement_bind(stmt, 2, fault->broker_id);
    statement_bind(stmt, 3, fault->username);
    statement_bind(stmt, 4, fault->error);
    bind_number(stmt, 5, fault->status);
    statement_bind(stmt, 6, fault->message);
    bind_number(stmt, 7, fault->delay_ms);
    sqlite3_bind_int(stmt, 8, fault->drop_connection);
    bind_number(stmt, 9, fault->times);
    sqlite3_bind_double(stmt, 10, fault->probability);
    bind_number(stmt, 11, fault->seed);
    result = statement_try(store, stmt);
    if (!result)
        fault->id = sqlite3_column_int64(stmt, 0);
    statement_end(stmt);
    store->cached.faults = store->cached.faults || !result;
    return result;
}

STATEMENT(fault_delete_sql, "DELETE FROM fault WHERE id = ?1");
STATEMENT(fault_delete_all_sql, "DELETE FROM fault");
STATEMENT(fault_truncate_sql, "DELETE FROM fault");
STATEMENT(fault_has_many_sql, "SELECT count(*) FROM (SELECT 1 FROM fault LIMIT ?1)");

/* Whether there are more than are deleted one by one. */
static enum result count_faults(struct store *store, bool *many)
{
    sqlite3_stmt *stmt = statement_get(store, &fault_has_many_sql);
    sqlite3_bind_int(stmt, 1, FAULTS_MANY);
    enum result result = statement_step(store, stmt);
    *many = !result && sqlite3_column_int(stmt, 0) == FAULTS_MANY;
    statement_end(stmt);
    return result;
}

/* Without a hook SQLite frees the pages of a table instead of deleting row by row. It decides when
 * it compiles the statement, which is not used otherwise. */
static enum result delete_all(struct store *store)
{
    bool many = false;
    enum result result = count_faults(store, &many);
    if (result || !many)
        return result ? result : statement_run(store, statement_get(store, &fault_delete_all_sql));
    undo_end(store);
    store_counts_pause(store);
    result = statement_run(store, statement_get(store, &fault_truncate_sql));
    store_counts_follow(store);
    return result;
}

enum result fault_delete(struct store *store, int64_t id)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    if (id == FAULT_UNSET) {
        result = delete_all(store);
    } else {
        sqlite3_stmt *stmt = statement_get(store, &fault_delete_sql);
        sqlite3_bind_int64(stmt, 1, id);
        result = statement_run(store, stmt);
        if (!result && sqlite3_changes(store->db) == 0)
            result = RESULT_NOT_FOUND;
    }
    return result ? result : store_reload_flags(store);
}
