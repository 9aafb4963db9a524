#include "store/brokers.h"

#include <stddef.h>

#include "store/internal.h"

enum field_type { FIELD_TEXT, FIELD_TERM, FIELD_FLAG, FIELD_NUMBER };

static const struct {
    enum field_type type;
    size_t offset;
    const struct terms *terms; /* of a FIELD_TERM */
} fields[] = {
#define TEXT(name) {FIELD_TEXT, offsetof(struct broker, name), NULL},
#define TERM(type, name) {FIELD_TERM, offsetof(struct broker, name), &type##_terms},
#define FLAG(name) {FIELD_FLAG, offsetof(struct broker, name), NULL},
#define NUMBER(name) {FIELD_NUMBER, offsetof(struct broker, name), NULL},
    BROKER_FIELDS(TEXT, TERM, FLAG, NUMBER)
#undef TEXT
#undef TERM
#undef FLAG
#undef NUMBER
};

enum { HEAD_COLUMNS = 6, FIELDS = sizeof fields / sizeof *fields };

#define FIELD_NAME(name) ", " #name
#define FIELD_PLACE(name) ", ?"
#define TERM_NAME(type, name) ", " #name
#define TERM_PLACE(type, name) ", ?"
#define BROKER_FIELD_NAMES BROKER_FIELDS(FIELD_NAME, TERM_NAME, FIELD_NAME, FIELD_NAME)
#define BROKER_FIELD_PLACES BROKER_FIELDS(FIELD_PLACE, TERM_PLACE, FIELD_PLACE, FIELD_PLACE)
#define BROKER_HEAD "id, account, region, name, state, engine_type"
#define BROKER_COLUMNS BROKER_HEAD BROKER_FIELD_NAMES

/* BROKER_HEAD, the first columns of every query on brokers. */
#define READ_HEAD(stmt, arena, broker)                                 \
    ((broker)->state = statement_term((stmt), 4, &broker_state_terms), \
     (broker)->engine = statement_term((stmt), 5, &engine_terms),      \
     statement_text((stmt), 0, (arena), &(broker)->id) &&              \
         statement_text((stmt), 1, (arena), &(broker)->account) &&     \
         statement_text((stmt), 2, (arena), &(broker)->region) &&      \
         statement_text((stmt), 3, (arena), &(broker)->name))

static int64_t read_number(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_type(stmt, column) == SQLITE_NULL ? BROKER_UNSET
                                                            : sqlite3_column_int64(stmt, column);
}

/* BROKER_COLUMNS. */
static bool read_broker(sqlite3_stmt *stmt, struct arena *arena, struct broker *broker)
{
    if (!READ_HEAD(stmt, arena, broker))
        return false;
    for (int i = 0; i < FIELDS; i++) {
        int column = HEAD_COLUMNS + i;
        void *place = (char *)broker + fields[i].offset;
        switch (fields[i].type) {
        case FIELD_TEXT:
            if (!statement_text(stmt, column, arena, place))
                return false;
            break;
        case FIELD_TERM:
            *(unsigned *)place = statement_term(stmt, column, fields[i].terms);
            break;
        case FIELD_FLAG:
            *(bool *)place = sqlite3_column_int(stmt, column) != 0;
            break;
        case FIELD_NUMBER:
            *(int64_t *)place = read_number(stmt, column);
            break;
        }
    }
    return true;
}

STATEMENT(broker_page_sql,
          "SELECT " BROKER_HEAD ", created, deployment_mode, host_instance_type FROM broker"
          " WHERE account = ?1 AND region = ?2 AND id > ?3 ORDER BY id LIMIT ?4");

static bool read_summary(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct broker *broker = item;
    *broker = (struct broker){.id = {NULL, 0}};
    broker->deployment_mode = statement_term(stmt, HEAD_COLUMNS + 1, &deployment_mode_terms);
    return READ_HEAD(stmt, arena, broker) &&
           statement_text(stmt, HEAD_COLUMNS, arena, &broker->created) &&
           statement_text(stmt, HEAD_COLUMNS + 2, arena, &broker->host_instance_type);
}

static void bind_number(sqlite3_stmt *stmt, int at, int64_t number)
{
    if (number != BROKER_UNSET)
        sqlite3_bind_int64(stmt, at, number);
}

static void bind_fields(sqlite3_stmt *stmt, int first, const struct broker *broker)
{
    for (int i = 0; i < FIELDS; i++) {
        const void *place = (const char *)broker + fields[i].offset;
        int at = first + i;
        switch (fields[i].type) {
        case FIELD_TEXT:
            statement_bind(stmt, at, *(const struct slice *)place);
            break;
        case FIELD_TERM:
            statement_bind(stmt, at, term_text(fields[i].terms, *(const unsigned *)place));
            break;
        case FIELD_FLAG:
            sqlite3_bind_int(stmt, at, *(const bool *)place);
            break;
        case FIELD_NUMBER:
            bind_number(stmt, at, *(const int64_t *)place);
            break;
        }
    }
}

/* Reads the only row of a query and ends the statement. */
static enum result find_one(struct store *store, sqlite3_stmt *stmt, struct arena *arena,
                            struct broker *broker)
{
    enum result result = statement_step(store, stmt);
    if (!result && !read_broker(stmt, arena, broker))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

STATEMENT(broker_find_sql, "SELECT " BROKER_COLUMNS " FROM broker WHERE id = ?1");

enum result broker_find(struct store *store, struct slice id, struct arena *arena,
                        struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_find_sql);
    statement_bind(stmt, 1, id);
    return find_one(store, stmt, arena, broker);
}

STATEMENT(broker_find_by_name_sql,
          "SELECT " BROKER_COLUMNS " FROM broker WHERE account = ?1 AND region = ?2 AND name = ?3");

enum result broker_find_by_name(struct store *store, struct slice account, struct slice region,
                                struct slice name, struct arena *arena, struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_find_by_name_sql);
    statement_bind(stmt, 1, account);
    statement_bind(stmt, 2, region);
    statement_bind(stmt, 3, name);
    return find_one(store, stmt, arena, broker);
}

STATEMENT(broker_head_sql,
          "SELECT " BROKER_HEAD ", creation_step, state_due_ms FROM broker WHERE id = ?1");

enum result broker_read_head(struct store *store, struct slice id, struct arena *arena,
                             struct broker_head *head)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_head_sql);
    statement_bind(stmt, 1, id);
    enum result result = statement_step(store, stmt);
    if (!result && !READ_HEAD(stmt, arena, head))
        result = RESULT_NO_MEMORY;
    if (!result) {
        head->creation_step = sqlite3_column_int64(stmt, HEAD_COLUMNS);
        head->state_due_ms = read_number(stmt, HEAD_COLUMNS + 1);
    }
    statement_end(stmt);
    return result;
}

enum result broker_page(struct store *store, struct slice account, struct slice region,
                        struct slice after, int64_t limit, struct arena *arena,
                        struct broker **brokers, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_page_sql);
    statement_bind(stmt, 1, account);
    statement_bind(stmt, 2, region);
    statement_bind(stmt, 3, after.data ? after : SLICE(""));
    sqlite3_bind_int64(stmt, 4, limit);
    return statement_list(store, stmt, read_summary, arena, sizeof **brokers, brokers, count);
}

STATEMENT(broker_history_sql, "SELECT configuration_id, revision FROM broker_configuration_history"
                              " WHERE broker_id = ?1 ORDER BY id");

static bool read_use(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct configuration_use *use = item;
    use->revision = sqlite3_column_int64(stmt, 1);
    return statement_text(stmt, 0, arena, &use->id);
}

enum result broker_history(struct store *store, struct slice id, struct arena *arena,
                           struct configuration_use **uses, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_history_sql);
    statement_bind(stmt, 1, id);
    return statement_list(store, stmt, read_use, arena, sizeof **uses, uses, count);
}

STATEMENT(broker_actions_sql,
          "SELECT code, info FROM broker_action_required WHERE broker_id = ?1 ORDER BY code");

static bool read_action(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    struct action_required *action = item;
    return statement_text(stmt, 0, arena, &action->code) &&
           statement_text(stmt, 1, arena, &action->info);
}

enum result broker_actions_required(struct store *store, struct slice id, struct arena *arena,
                                    struct action_required **actions, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_actions_sql);
    statement_bind(stmt, 1, id);
    return statement_list(store, stmt, read_action, arena, sizeof **actions, actions, count);
}

STATEMENT(broker_insert_sql,
          "INSERT INTO broker (id, account, region, name, engine_type, state" BROKER_FIELD_NAMES ")"
          " VALUES (?, ?, ?, ?, ?, ?" BROKER_FIELD_PLACES ")");

enum result broker_insert(struct store *store, const struct broker *broker)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_insert_sql);
    statement_bind(stmt, 1, broker->id);
    statement_bind(stmt, 2, broker->account);
    statement_bind(stmt, 3, broker->region);
    statement_bind(stmt, 4, broker->name);
    statement_bind(stmt, 5, term_text(&engine_terms, broker->engine));
    statement_bind(stmt, 6, term_text(&broker_state_terms, broker->state));
    bind_fields(stmt, 7, broker);
    return statement_run(store, stmt);
}

STATEMENT(broker_save_sql, "UPDATE broker SET (state" BROKER_FIELD_NAMES
                           ") = (?2" BROKER_FIELD_PLACES ") WHERE id = ?1");

enum result broker_save(struct store *store, const struct broker *broker)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_save_sql);
    statement_bind(stmt, 1, broker->id);
    statement_bind(stmt, 2, term_text(&broker_state_terms, broker->state));
    bind_fields(stmt, 3, broker);
    return statement_run(store, stmt);
}

STATEMENT(broker_save_state_sql,
          "UPDATE broker SET (state, state_due_ms, state_after, creation_step, window_due_ms,"
          " window_changes) = (?2, ?3, ?4, ?5, ?6, ?7) WHERE id = ?1");

enum result broker_save_state(struct store *store, const struct broker *broker)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_save_state_sql);
    statement_bind(stmt, 1, broker->id);
    statement_bind(stmt, 2, term_text(&broker_state_terms, broker->state));
    bind_number(stmt, 3, broker->state_due_ms);
    statement_bind(stmt, 4, term_text(&broker_state_terms, broker->state_after));
    sqlite3_bind_int64(stmt, 5, broker->creation_step);
    bind_number(stmt, 6, broker->window_due_ms);
    sqlite3_bind_int64(stmt, 7, broker->window_changes);
    return statement_run(store, stmt);
}

STATEMENT(broker_delete_sql, "DELETE FROM broker WHERE id = ?1");

enum result broker_delete(struct store *store, struct slice id)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_delete_sql);
    statement_bind(stmt, 1, id);
    return statement_run(store, stmt);
}

STATEMENT(broker_add_history_sql,
          "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"
          " VALUES (?1, ?2, ?3)");

enum result broker_add_history(struct store *store, struct slice id, struct slice configuration_id,
                               int64_t revision)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_add_history_sql);
    statement_bind(stmt, 1, id);
    statement_bind(stmt, 2, configuration_id);
    sqlite3_bind_int64(stmt, 3, revision);
    return statement_run(store, stmt);
}

STATEMENT(broker_next_state_due_sql,
          "SELECT " BROKER_COLUMNS
          " FROM broker WHERE state_due_ms <= ?1 ORDER BY state_due_ms LIMIT 1");

enum result broker_next_state_due(struct store *store, int64_t now_ms, struct arena *arena,
                                  struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_next_state_due_sql);
    sqlite3_bind_int64(stmt, 1, now_ms);
    return find_one(store, stmt, arena, broker);
}

STATEMENT(broker_next_window_due_sql,
          "SELECT " BROKER_COLUMNS
          " FROM broker WHERE window_due_ms <= ?1 ORDER BY window_due_ms LIMIT 1");

enum result broker_next_window_due(struct store *store, int64_t now_ms, struct arena *arena,
                                   struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_next_window_due_sql);
    sqlite3_bind_int64(stmt, 1, now_ms);
    return find_one(store, stmt, arena, broker);
}

STATEMENT(broker_next_unscheduled_sql,
          "SELECT " BROKER_COLUMNS
          " FROM broker WHERE day_of_week IS NOT NULL AND window_due_ms IS NULL LIMIT 1");

enum result broker_next_unscheduled(struct store *store, struct arena *arena, struct broker *broker)
{
    return find_one(store, statement_get(store, &broker_next_unscheduled_sql), arena, broker);
}

STATEMENT(broker_next_without_window_sql,
          "SELECT " BROKER_COLUMNS
          " FROM broker WHERE id > ?1 AND day_of_week IS NULL ORDER BY id LIMIT 1");

enum result broker_next_without_window(struct store *store, struct slice after, struct arena *arena,
                                       struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_next_without_window_sql);
    statement_bind(stmt, 1, after.data ? after : SLICE(""));
    return find_one(store, stmt, arena, broker);
}

/* The + makes SQLite walk the ids: by account, it would sort all that follow for every broker. */
STATEMENT(broker_next_half_sql,
          "SELECT " BROKER_COLUMNS " FROM broker"
          " WHERE +account = ?1 AND id > ?3 AND data_replication_role IS NOT NULL"
          " AND (region = ?2 OR data_replication_counterpart_region = ?2) ORDER BY id LIMIT 1");

enum result broker_next_half(struct store *store, struct slice account, struct slice region,
                             struct slice after, struct arena *arena, struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_next_half_sql);
    statement_bind(stmt, 1, account);
    statement_bind(stmt, 2, region);
    statement_bind(stmt, 3, after.data ? after : SLICE(""));
    return find_one(store, stmt, arena, broker);
}

STATEMENT(broker_first_in_use_sql,
          "SELECT " BROKER_COLUMNS " FROM broker WHERE engine_type = ?1"
          " AND (state IN ('RUNNING', 'CRITICAL_ACTION_REQUIRED', 'REPLICA') OR"
          " (state IN ('CREATION_IN_PROGRESS', 'REBOOT_IN_PROGRESS') AND state_due_ms IS NOT NULL))"
          " ORDER BY rowid LIMIT ?2");

static bool read_item(sqlite3_stmt *stmt, struct arena *arena, void *item)
{
    return read_broker(stmt, arena, item);
}

enum result broker_first_in_use(struct store *store, enum engine engine, int64_t limit,
                                struct arena *arena, struct broker **brokers, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_first_in_use_sql);
    statement_bind(stmt, 1, term_text(&engine_terms, engine));
    sqlite3_bind_int64(stmt, 2, limit);
    return statement_list(store, stmt, read_item, arena, sizeof **brokers, brokers, count);
}

STATEMENT(broker_any_waits_sql,
          "SELECT 1 FROM broker WHERE state_due_ms = 9223372036854775807 LIMIT 1");
STATEMENT(broker_resume_sql,
          "UPDATE broker SET state_due_ms = ?1 WHERE state_due_ms = 9223372036854775807");

enum result broker_resume(struct store *store, int64_t now_ms)
{
    sqlite3_stmt *stmt = statement_get(store, &broker_any_waits_sql);
    enum result result = statement_step(store, stmt);
    statement_end(stmt);
    if (result)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    result = store_prepare_write(store);
    if (result)
        return result;
    stmt = statement_get(store, &broker_resume_sql);
    sqlite3_bind_int64(stmt, 1, now_ms);
    return statement_run(store, stmt);
}

STATEMENT(broker_park_sql,
          "UPDATE broker SET"
          " state_due_ms = CASE WHEN state_due_ms <= ?1 THEN NULL ELSE state_due_ms END,"
          " window_due_ms = CASE WHEN day_of_week IS NOT NULL AND coalesce(window_due_ms, 0) <= ?1"
          " THEN 9223372036854775807 ELSE window_due_ms END WHERE id = ?2");

enum result broker_park(struct store *store, struct slice id, int64_t now_ms)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_park_sql);
    sqlite3_bind_int64(stmt, 1, now_ms);
    statement_bind(stmt, 2, id);
    return statement_run(store, stmt);
}

STATEMENT(broker_state_due_sql, "SELECT state_due_ms FROM broker WHERE state_due_ms IS NOT NULL"
                                " ORDER BY state_due_ms LIMIT 1");
STATEMENT(broker_window_due_sql, "SELECT window_due_ms FROM broker WHERE window_due_ms IS NOT NULL"
                                 " ORDER BY window_due_ms LIMIT 1");
STATEMENT(broker_unscheduled_due_sql,
          "SELECT 0 FROM broker WHERE day_of_week IS NOT NULL AND window_due_ms IS NULL LIMIT 1");

static enum result find_due(struct store *store, enum broker_due *due, int64_t *due_ms)
{
    static const struct {
        enum broker_due due;
        const struct statement *query;
    } rows[] = {{DUE_SCHEDULE, &broker_unscheduled_due_sql},
                {DUE_STATE, &broker_state_due_sql},
                {DUE_WINDOW, &broker_window_due_sql}};
    *due = DUE_NOTHING;
    *due_ms = INT64_MAX;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sqlite3_stmt *stmt = statement_get(store, rows[i].query);
        enum result result = statement_step(store, stmt);
        int64_t found_ms = result ? INT64_MAX : sqlite3_column_int64(stmt, 0);
        statement_end(stmt);
        if (result && result != RESULT_NOT_FOUND)
            return result;
        if (found_ms < *due_ms) {
            *due = rows[i].due;
            *due_ms = found_ms;
        }
    }
    return RESULT_OK;
}

enum result broker_due_first(struct store *store, enum broker_due *due, int64_t *due_ms)
{
    struct store_cache *cached = &store->cached;
    if (!cached->knows_due) {
        enum result result = find_due(store, due, due_ms);
        if (result)
            return result;
        cached->knows_due = true;
        cached->due = (unsigned)*due;
        cached->due_ms = *due_ms;
    }
    *due = (enum broker_due)cached->due;
    *due_ms = cached->due_ms;
    return RESULT_OK;
}

STATEMENT(broker_set_back_sql, "UPDATE broker SET state_due_ms = state_due_ms - ?1"
                               " WHERE state_due_ms < 9223372036854775807");
STATEMENT(broker_unschedule_sql,
          "UPDATE broker SET window_due_ms = NULL WHERE window_due_ms < 9223372036854775807");

enum result broker_set_back(struct store *store, int64_t by_ms)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, &broker_set_back_sql);
    sqlite3_bind_int64(stmt, 1, by_ms);
    result = statement_run(store, stmt);
    return result ? result : statement_run(store, statement_get(store, &broker_unschedule_sql));
}
