#include "store/seed_authorizer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <sqlite3.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "process/signals.h"
#include "store/internal.h"
#include "store/json_columns.h"

enum {
    ALLOCATION_EXTRA = 64,   /* bytes that SQLite may add to an allocation */
    STEPS_PER_CHECK = 100,   /* between two checks of the budget: about 2 µs */
    STEPS_PER_MS_MIN = 2000, /* what even a slow processor does; time beyond that is in functions */
    LOOK_MS = 10,            /* between two looks at the clock of the processor and at signals */
    LIKE_PATTERN_MAX = 200,  /* a match may take pattern × text comparisons in one step */
    PROGRAM_MAX = 5000000,   /* instructions; beyond, SQLite reports "out of memory" */
};

/* Views and table-valued functions. */
static const char *const readable[] = {"applied_user", "pending_user", "json_each", "json_tree"};

/* Omitted: functions that access files, load code or belong to other modules, and zeroblob, which
 * only allocates. A space around each. */
static const char functions[] =
    " -> ->> abs avg ceil ceiling changes char coalesce count cume_dist current_date"
    " current_time current_timestamp date datetime dense_rank first_value floor format glob"
    " group_concat hex ifnull iif instr json json_array json_array_length json_extract"
    " json_group_array json_group_object json_insert json_object json_patch json_quote"
    " json_remove json_replace json_set json_type json_valid julianday lag last_insert_rowid"
    " last_value lead length like lower ltrim max min mod nth_value ntile nullif"
    " percent_rank printf quote random randomblob rank replace round row_number rtrim sign"
    " strftime substr substring sum time total total_changes trim trunc typeof unicode"
    " unixepoch upper"
    " ";

/* Of these, those whose time grows with the square of the lengths of their arguments. */
static const char *const quadratic[] = {"glob",  "instr",   "json_patch", "like",
                                        "ltrim", "replace", "rtrim",      "trim"};

static const struct {
    int id;
    int max;
} limits[SEED_AUTHORIZER_LIMITS] = {
    {SQLITE_LIMIT_LENGTH, SEED_VALUE_MAX},
    {SQLITE_LIMIT_SQL_LENGTH, SEED_STATEMENT_MAX},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LIKE_PATTERN_MAX},
    {SQLITE_LIMIT_VDBE_OP, PROGRAM_MAX},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool listed(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(name, list[i]) == 0)
            return true;
    }
    return false;
}

static bool is_function(const char *name)
{
    char word[SEED_AUTHORIZER_NAME];
    int len = snprintf(word, sizeof word, " %s ", name);
    return len > 0 && (size_t)len < sizeof word && strstr(functions, word);
}

/* Only the triggers that fill in defaults may read default_world. `inner` is the trigger, or a WITH
 * table to which the seed gave the same name: seed_authorizer_is_bypassed searches the statement
 * for the name once its end is known. Only names of plain characters: others have several
 * spellings. */
static bool remember_trigger(char (*names)[SEED_AUTHORIZER_NAME], const char *inner)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    if (!inner || strlen(inner) >= SEED_AUTHORIZER_NAME || inner[strspn(inner, plain)])
        return false;
    for (size_t i = 0; i < SEED_AUTHORIZER_TRIGGERS; i++) {
        char *slot = names[i];
        if (!*slot)
            snprintf(slot, SEED_AUTHORIZER_NAME, "%s", inner);
        if (strcmp(slot, inner) == 0)
            return true;
    }
    return false;
}

static bool may_read(struct seed_authorizer *authorizer, const char *table, const char *column,
                     const char *database, const char *inner)
{
    const struct table *found = table_find(table);
    /* A FROM without a used column: the name, as written in the seed, of a table or a WITH table.
     * So this is a list of forbidden names; a test compares it with all tables and modules. */
    if (!*column && !database)
        return strncasecmp(table, "sqlite_", 7) != 0 && strncasecmp(table, "pragma_", 7) != 0 &&
               !(found && found->seeds == TABLE_HIDDEN) &&
               !listed(table, (const char *const[]){"dbstat", "fts3tokenize"}, 2);
    if (database && strcasecmp(database, "main") != 0)
        return false;
    if (found)
        return found->seeds != TABLE_HIDDEN || remember_trigger(authorizer->found.triggers, inner);
    return listed(table, readable, COUNT(readable));
}

static bool may_write(const char *table)
{
    const struct table *found = table_find(table);
    return found && found->seeds == TABLE_WRITABLE;
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *inner)
{
    struct seed_authorizer *authorizer = context;
    const char *verb = "this statement";
    bool allowed = false;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        verb = "the function";
        first = second;
        allowed = first && is_function(first);
        if (first && listed(first, quadratic, COUNT(quadratic)) &&
            !remember_trigger(authorizer->found.callers, inner))
            authorizer->found.is_quadratic = true;
        break;
    case SQLITE_READ:
        verb = "reading";
        allowed = first && second && may_read(authorizer, first, second, database, inner);
        break;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        verb = action == SQLITE_INSERT   ? "INSERT on"
               : action == SQLITE_UPDATE ? "UPDATE on"
                                         : "DELETE on";
        allowed = first && database && strcmp(database, "main") == 0 && may_write(first);
        /* SQLite reports the first use of a table-valued function as this UPDATE. */
        if (first && action == SQLITE_UPDATE && strcmp(first, "sqlite_master") == 0) {
            verb = "UPDATE on sqlite_master or a table-valued function other than json_each and "
                   "json_tree";
            first = NULL;
        }
        break;
    default:
        first = NULL;
    }
    if (allowed)
        return SQLITE_OK;
    if (!*authorizer->denied)
        snprintf(authorizer->denied, sizeof authorizer->denied, "%s%s%s", verb, first ? " " : "",
                 first ? first : "");
    return SQLITE_DENY;
}

/* Not more often than each 10 ms, for it asks the kernel. */
static bool must_stop(struct seed_authorizer *authorizer)
{
    int64_t now_ms = clock_coarse_ms();
    if (now_ms - authorizer->looked_ms < LOOK_MS)
        return false;
    authorizer->looked_ms = now_ms;
    authorizer->is_stopped = signal_is_pending();
    int64_t used_ms = clock_processor_ms();
    if (authorizer->rows != authorizer->rows_before || authorizer->idle_from_ms < 0) {
        authorizer->idle_from_ms = used_ms;
        authorizer->idle_from_step = authorizer->steps_here;
    }
    authorizer->rows_before = authorizer->rows;
    int64_t steps = authorizer->steps_here - authorizer->idle_from_step;
    authorizer->is_idle =
        used_ms - authorizer->idle_from_ms - steps / STEPS_PER_MS_MIN > authorizer->idle_max_ms;
    return authorizer->is_stopped || authorizer->is_idle;
}

static int check_budget(void *context)
{
    struct seed_authorizer *authorizer = context;
    authorizer->steps_here += STEPS_PER_CHECK;
    return authorizer->steps + authorizer->steps_here > authorizer->steps_max ||
           must_stop(authorizer);
}

/* SQLite checks no text, as in CAST(x'ff' AS TEXT). */
static void check_text(struct seed_authorizer *authorizer, const struct table *table, int column,
                       struct slice text)
{
    char *rule = authorizer->broken_rule;
    size_t size = sizeof authorizer->broken_rule;
    if (!utf8_is_text(text))
        snprintf(rule, size, "%s: " TEXT_RULE, table->name);
    else if (json_column_check(table, column, text, rule, size) == RESULT_NO_MEMORY)
        authorizer->hook_failed = RESULT_NO_MEMORY;
}

/* Counts rows and checks every stored text. */
static void before_change(void *context, sqlite3 *db, int action, const char *database,
                          const char *table, sqlite3_int64 old_row, sqlite3_int64 new_row)
{
    struct seed_authorizer *authorizer = context;
    if (authorizer->store)
        store_note_change(authorizer->store, db, action, database, table, old_row, new_row);
    if (action == SQLITE_DELETE || sqlite3_preupdate_depth(db) > 0)
        return;
    if (*authorizer->broken_rule || authorizer->hook_failed)
        return;
    authorizer->rows++;
    const struct table *found = table_find(table);
    int columns = found ? sqlite3_preupdate_count(db) : 0;
    for (int i = 0; i < columns && !*authorizer->broken_rule; i++) {
        sqlite3_value *value = NULL;
        if (sqlite3_preupdate_new(db, i, &value)) {
            authorizer->hook_failed = RESULT_NO_MEMORY;
            return;
        }
        if (sqlite3_value_type(value) != SQLITE_TEXT)
            continue;
        const char *text = (const char *)sqlite3_value_text(value);
        if (text)
            check_text(authorizer, found, i,
                       (struct slice){text, (size_t)sqlite3_value_bytes(value)});
        else
            authorizer->hook_failed = RESULT_NO_MEMORY;
    }
}

/* The highest value that a counter of SQLite has had since the last call with `reset` 1. */
static int64_t most(int counter, int reset)
{
    sqlite3_int64 now = 0, highest = 0;
    sqlite3_status64(counter, &now, &highest, reset);
    return highest;
}

/* The counters do not say which allocation failed: the limit is reached if the largest one, with
 * what SQLite adds to it, could not have been made when most was in use. */
bool seed_authorizer_is_over_memory(const struct seed_authorizer *authorizer)
{
    return most(SQLITE_STATUS_MEMORY_USED, 0) + most(SQLITE_STATUS_MALLOC_SIZE, 0) +
               ALLOCATION_EXTRA >=
           authorizer->hard_heap;
}

void seed_authorizer_install(struct seed_authorizer *authorizer, sqlite3 *db, int64_t steps_max,
                             int64_t idle_max_ms)
{
    *authorizer =
        (struct seed_authorizer){.db = db, .steps_max = steps_max, .idle_max_ms = idle_max_ms};
    for (size_t i = 0; i < COUNT(limits); i++)
        authorizer->limits_before[i] = sqlite3_limit(db, limits[i].id, limits[i].max);
    authorizer->soft_heap_before = sqlite3_soft_heap_limit64(-1);
    authorizer->hard_heap_before = sqlite3_hard_heap_limit64(-1);
    authorizer->hard_heap = sqlite3_memory_used() + SEED_MEMORY_MAX;
    if (authorizer->hard_heap_before == 0 || authorizer->hard_heap < authorizer->hard_heap_before)
        sqlite3_hard_heap_limit64(authorizer->hard_heap);
    else
        authorizer->hard_heap = authorizer->hard_heap_before;
    most(SQLITE_STATUS_MEMORY_USED, 1);
    most(SQLITE_STATUS_MALLOC_SIZE, 1);
    sqlite3_set_authorizer(db, authorize, authorizer);
    sqlite3_progress_handler(db, STEPS_PER_CHECK, check_budget, authorizer);
    authorizer->store = sqlite3_preupdate_hook(db, before_change, authorizer);
}

void seed_authorizer_remove(struct seed_authorizer *authorizer)
{
    sqlite3_preupdate_hook(authorizer->db, authorizer->store ? store_note_change : NULL,
                           authorizer->store);
    sqlite3_progress_handler(authorizer->db, 0, NULL, NULL);
    sqlite3_set_authorizer(authorizer->db, NULL, NULL);
    sqlite3_hard_heap_limit64(authorizer->hard_heap_before);
    /* Setting the hard limit also lowered the soft one. */
    sqlite3_soft_heap_limit64(authorizer->soft_heap_before);
    for (size_t i = 0; i < COUNT(limits); i++)
        sqlite3_limit(authorizer->db, limits[i].id, authorizer->limits_before[i]);
}

void seed_authorizer_start(struct seed_authorizer *authorizer)
{
    authorizer->steps_here = 0;
    authorizer->is_stopped = authorizer->is_idle = false;
    authorizer->rows = authorizer->rows_before = 0;
    authorizer->idle_from_ms = -1;
    sqlite3_limit(authorizer->db, SQLITE_LIMIT_LENGTH, SEED_VALUE_MAX);
    authorizer->denied[0] = '\0';
    authorizer->broken_rule[0] = '\0';
    authorizer->hook_failed = RESULT_OK;
    authorizer->found = (struct seed_authorizer_found){.is_quadratic = false};
}

static bool has_name(char (*names)[SEED_AUTHORIZER_NAME], const char *statement)
{
    for (size_t i = 0; i < SEED_AUTHORIZER_TRIGGERS && *names[i]; i++) {
        if (strcasestr(statement, names[i]))
            return true;
    }
    return false;
}

/* A caller whose name is in the statement may be a WITH table, else it is a trigger: these compare
 * with short texts only. */
void seed_authorizer_prepared(struct seed_authorizer *authorizer, const char *statement)
{
    authorizer->found.is_quadratic |= has_name(authorizer->found.callers, statement);
    if (authorizer->found.is_quadratic)
        sqlite3_limit(authorizer->db, SQLITE_LIMIT_LENGTH, SEED_VALUE_QUADRATIC_MAX);
}

bool seed_authorizer_is_bypassed(struct seed_authorizer *authorizer, const char *statement)
{
    return has_name(authorizer->found.triggers, statement);
}
