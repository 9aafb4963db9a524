#include "store/seed_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sqlite3.h>

#include "base/text.h"
#include "base/utf8.h"
#include "store/seed_authorizer.h"
#include "store/seed_inserts.h"
#include "store/seed_messages.h"
#include "store/tables.h"

enum { REASON_MAX = 600, NAME_SHOWN_MAX = 300 };

/* Statements are rejected by their first word, so that the message can name it. The authorizer also
 * denies them, except EXPLAIN and VACUUM, for which SQLite does not call it. */
static const char *const refused_words[] = {
    "ALTER", "ANALYZE", "ATTACH", "BEGIN",   "COMMIT",  "CREATE",   "DETACH",    "DROP",
    "END",   "EXPLAIN", "PRAGMA", "REINDEX", "RELEASE", "ROLLBACK", "SAVEPOINT", "VACUUM",
};

/* A seed text being run. */
struct file {
    struct seed_run *run;
    const char *name;
    char *text; /* owned copy with a NUL: without one SQLite would copy the rest at every statement
                 */
    char *end;
    char *at;         /* start of a statement or of an error in it; lines are counted up to here */
    char *line_start; /* of the line `at` is on */
    size_t line;
    size_t statement;
    struct seed_authorizer authorizer;
    struct seed_inserts inserts;
};

/* ---- messages ---- */

static void set_error(struct seed_run *run, const char *format, ...) PRINTF_LIKE(2, 3);

static void set_error(struct seed_run *run, const char *format, ...)
{
    char *text = run->error.text;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof run->error.text, format, args);
    va_end(args);
    text_make_line(text);
}

/* Moves file->at and counts lines up to it. */
static void advance(struct file *file, const char *to)
{
    file->run->scanned += (size_t)(to - file->at);
    char *newline;
    while ((newline = memchr(file->at, '\n', (size_t)(to - file->at)))) {
        file->at = file->line_start = newline + 1;
        file->line++;
    }
    file->at += to - file->at;
}

/* RESULT_INVALID with "name:line:column: statement 2: reason". */
static enum result fail_at(struct file *file, const char *reason)
{
    struct slice before = {file->line_start, (size_t)(file->at - file->line_start)};
    char statement[40] = "";
    if (file->statement > 0)
        snprintf(statement, sizeof statement, " statement %zu:", file->statement);
    set_error(file->run, "%s:%zu:%zu:%s %s", file->name, file->line, utf8_length(before) + 1,
              statement, reason);
    return RESULT_INVALID;
}

/* RESULT_INVALID with "name:line: statement 2, row 3: reason"; row 0: none. */
static enum result fail_row(struct file *file, size_t row, const char *reason)
{
    char row_text[40] = "";
    if (row > 0)
        snprintf(row_text, sizeof row_text, ", row %zu", row);
    set_error(file->run, "%s:%zu: statement %zu%s: %s", file->name, file->line, file->statement,
              row_text, reason);
    return RESULT_INVALID;
}

static enum result fail_refused(struct file *file, const char *what)
{
    char reason[REASON_MAX], names[REASON_MAX - 200] = "";
    for (size_t i = 0, used = 0; i < table_count; i++)
        if (tables[i].seeds == TABLE_WRITABLE && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     tables[i].name);
    snprintf(reason, sizeof reason,
             "seeds may only INSERT, UPDATE, DELETE and SELECT on the fixture tables (%s): %s is "
             "not allowed",
             names, what);
    return fail_at(file, reason);
}

static enum result fail_budget(struct file *file)
{
    char reason[REASON_MAX];
    if (file->authorizer.is_stopped)
        return fail_at(file, "interrupted: the server is asked to stop");
    if (file->authorizer.is_idle) {
        snprintf(reason, sizeof reason, "the statement has run for %d ms without writing a row",
                 SEED_IDLE_MS);
        return fail_at(file, reason);
    }
    snprintf(reason, sizeof reason, "more than %d steps in this file (an endless recursive WITH?)",
             file->run->steps_max);
    return fail_at(file, reason);
}

/* Sets the message for an error that the seed did not cause; else RESULT_INVALID without one. */
static enum result fail_store(struct seed_run *run, const char *name, int code)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        set_error(run, "%s: out of memory", name);
        return RESULT_NO_MEMORY;
    case SQLITE_FULL:
        set_error(run, "%s: the disk is full", name);
        return RESULT_STORE;
    case SQLITE_OK:
    case SQLITE_ERROR:
    case SQLITE_ABORT:
    case SQLITE_AUTH:
    case SQLITE_CONSTRAINT:
    case SQLITE_INTERRUPT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_SCHEMA:
    case SQLITE_TOOBIG:
        return RESULT_INVALID;
    default:
        set_error(run, "%s: %s (%d)", name, sqlite3_errstr(code), code);
        return RESULT_STORE;
    }
}

/* SQLite's message about the statement at `start`, without text that could be a password.
 * `compiled`: the error occurred at runtime. */
static void describe(struct file *file, const char *start, int code, bool compiled, char *out,
                     size_t size)
{
    const char *message = sqlite3_errmsg(file->run->db);
    size_t rest = (size_t)(file->end - start);
    bool quadratic = file->authorizer.found.is_quadratic;
    if ((code & 0xff) == SQLITE_TOOBIG)
        snprintf(out, size, "a statement or a value is larger than %d bytes%s",
                 quadratic ? SEED_VALUE_QUADRATIC_MAX : SEED_VALUE_MAX,
                 quadratic
                     ? ", the limit for statements with glob, instr, json_patch, like, replace "
                       "or trim"
                     : "");
    else if ((code & 0xff) == SQLITE_CONSTRAINT)
        seed_message_explain(message, out, size);
    else if (compiled)
        snprintf(out, size, "%s", seed_message_of_run(message));
    else
        seed_message_hide(
            message, (struct slice){start, rest < SEED_STATEMENT_MAX ? rest : SEED_STATEMENT_MAX},
            out, size);
}

/* ---- statements ---- */

/* Skips blanks, comments and empty statements, as SQLite reads them. */
static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end) {
        if (strchr(" \t\n\f\r;", *at)) {
            at++;
        } else if (end - at > 1 && at[0] == '-' && at[1] == '-') {
            at = memchr(at, '\n', (size_t)(end - at));
            if (!at)
                return end;
        } else if (end - at > 2 && at[0] == '/' && at[1] == '*') {
            at = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);
            if (!at)
                return end;
            at += 2;
        } else {
            return at;
        }
    }
    return end;
}

/* Appends the upper-case form of the word at `from`; false if there is none or it does not fit. */
static bool append_word(char *out, size_t size, const char *from)
{
    size_t used = strlen(out);
    size_t len = strspn(from, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");
    if (len == 0 || len >= size - used)
        return false;
    for (size_t i = 0; i < len; i++)
        out[used + i] = (char)(from[i] >= 'a' && from[i] <= 'z' ? from[i] - 'a' + 'A' : from[i]);
    out[used + len] = '\0';
    return true;
}

static enum result refuse_by_first_word(struct file *file)
{
    char what[12 + SEED_MESSAGE_PASSWORD] = "";
    if (!append_word(what, 12, file->at))
        return RESULT_OK;
    bool refused = false;
    for (size_t i = 0; i < sizeof refused_words / sizeof refused_words[0]; i++)
        refused |= strcmp(what, refused_words[i]) == 0;
    if (!refused)
        return RESULT_OK;
    size_t len = strlen(what);
    if (strcmp(what, "CREATE") == 0 || strcmp(what, "ALTER") == 0 || strcmp(what, "DROP") == 0) {
        what[len] = ' ';
        what[len + 1] = '\0';
        if (!append_word(what, len + SEED_MESSAGE_PASSWORD, skip_blanks(file->at + len, file->end)))
            what[len] = '\0';
    }
    return fail_refused(file, what);
}

/* The limit is on the memory of SQLite, wherever in the file it is reached. */
static bool is_over_memory(const struct file *file, int code)
{
    return (code & 0xff) == SQLITE_NOMEM && seed_authorizer_is_over_memory(&file->authorizer);
}

static enum result fail_memory(struct file *file)
{
    char reason[REASON_MAX];
    snprintf(reason, sizeof reason, "needs more than %d MiB of memory, the limit for a file",
             SEED_MEMORY_MAX >> 20);
    return fail_row(file, 0, reason);
}

static enum result fail_prepare(struct file *file, int code)
{
    if (is_over_memory(file, code))
        return fail_memory(file);
    enum result failed = fail_store(file->run, file->name, code);
    if (failed != RESULT_INVALID)
        return failed;
    if (*file->authorizer.denied)
        return fail_refused(file, file->authorizer.denied);
    if (strstr(sqlite3_errmsg(file->run->db),
               " may not be modified")) /* checked before the authorizer is called */
        return fail_refused(file, "changing an internal table of SQLite");
    const char *start = file->at;
    int offset = sqlite3_error_offset(file->run->db);
    if (offset > 0)
        advance(file, start + offset);
    char reason[REASON_MAX];
    describe(file, start, code, false, reason, sizeof reason);
    return fail_at(file, reason);
}

static enum result fail_step(struct file *file, int code, bool writes)
{
    if (is_over_memory(file, code))
        return fail_memory(file);
    enum result failed = fail_store(file->run, file->name, code);
    if (failed != RESULT_INVALID)
        return failed;
    if (*file->authorizer.denied)
        return fail_refused(file, file->authorizer.denied);
    if ((code & 0xff) == SQLITE_INTERRUPT)
        return fail_budget(file);
    char reason[REASON_MAX];
    describe(file, file->at, code, true, reason, sizeof reason);
    return fail_row(file, writes ? file->authorizer.rows + 1 : 0, reason);
}

static enum result step_to_end(struct file *file, sqlite3_stmt *statement)
{
    bool writes = !sqlite3_stmt_readonly(statement);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            return fail_step(file, code, writes);
        if (file->authorizer.hook_failed)
            return fail_step(file, SQLITE_NOMEM, writes);
        if (*file->authorizer.broken_rule)
            return fail_row(file, file->authorizer.rows, file->authorizer.broken_rule);
    }
    return RESULT_OK;
}

/* The error of a deferred foreign key names no row, so the statement is recorded here. */
static void note_orphans(struct file *file)
{
    struct seed_run *run = file->run;
    int open = 0;
    int highest = 0;
    sqlite3_db_status(run->db, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
    if (!open)
        run->orphan_place[0] = '\0';
    else if (!run->orphan_place[0])
        snprintf(run->orphan_place, sizeof run->orphan_place, "%s:%zu: statement %zu", file->name,
                 file->line, file->statement);
}

/* RESULT_INVALID if the prepared statement, which ends at `tail`, must not run. */
static enum result refuse_prepared(struct file *file, sqlite3_stmt *statement, const char *tail)
{
    char *end = file->text + (tail - file->text);
    char after = *end;
    *end = '\0';
    bool bypassed = seed_authorizer_is_bypassed(&file->authorizer, file->at);
    seed_authorizer_prepared(&file->authorizer, file->at);
    *end = after;
    if (bypassed)
        return fail_refused(file, "reading default_world");
    if (!file->inserts.is_kept && sqlite3_bind_parameter_count(statement) > 0)
        return fail_at(file, "a parameter (?, :name, @name, $name) has no value in a seed");
    /* Not found by its first word if SQLite skips blanks that skip_blanks does not. */
    if (sqlite3_stmt_isexplain(statement))
        return fail_refused(file, "EXPLAIN");
    return RESULT_OK;
}

/* Runs the statement at file->at; *next is set to its end. */
static enum result run_statement(struct file *file, const char **next)
{
    file->statement++;
    seed_authorizer_start(&file->authorizer);
    enum result result = refuse_by_first_word(file);
    if (result)
        return result;

    sqlite3_stmt *statement = NULL;
    struct slice rest = {file->at, (size_t)(file->end - file->at)};
    int code = seed_inserts_prepare(&file->inserts, &file->authorizer, rest, &statement, next);
    result = code ? fail_prepare(file, code) : refuse_prepared(file, statement, *next);
    if (!result && statement) {
        result = step_to_end(file, statement);
        file->authorizer.steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    }
    seed_inserts_end(&file->inserts, statement);
    if (!result && file->authorizer.steps > file->authorizer.steps_max)
        result = fail_budget(file);
    if (!result)
        note_orphans(file);
    return result;
}

static enum result run_statements(struct file *file)
{
    const char *next = file->at;
    for (;;) {
        advance(file, skip_blanks(next, file->end));
        if (file->at == file->end)
            return RESULT_OK;
        enum result failed = run_statement(file, &next);
        if (failed)
            return failed;
    }
}

static enum result check_encoding(struct file *file)
{
    struct slice text = {file->text, (size_t)(file->end - file->text)};
    const char *nul = memchr(text.data, '\0', text.len);
    size_t valid = utf8_valid_prefix(text);
    if (nul && (size_t)(nul - text.data) < valid) {
        advance(file, nul);
        return fail_at(file, "a NUL byte: a seed is UTF-8 text");
    }
    if (valid < text.len) {
        advance(file, file->text + valid);
        return fail_at(file, "not valid UTF-8");
    }
    return RESULT_OK;
}

enum result seed_apply(struct seed_run *run, const char *name, struct slice sql)
{
    size_t name_len = strlen(name);
    if (name_len > NAME_SHOWN_MAX)
        name += name_len - NAME_SHOWN_MAX;
    if (sql.len > SEED_FILE_MAX) {
        set_error(run, "%s: larger than %d MiB", name, SEED_FILE_MAX >> 20);
        return RESULT_INVALID;
    }
    if (slice_starts_with(sql, SLICE("\xef\xbb\xbf")))
        sql = (struct slice){sql.data + 3, sql.len - 3};
    char *text = malloc(sql.len + 1);
    if (!text)
        return fail_store(run, name, SQLITE_NOMEM);
    if (sql.len > 0)
        memcpy(text, sql.data, sql.len);
    text[sql.len] = '\0';
    struct file file = {
        .run = run,
        .name = name,
        .text = text,
        .end = text + sql.len,
        .at = text,
        .line_start = text,
        .line = 1,
        .inserts.compiles_all = run->compiles_all,
    };
    enum result result = check_encoding(&file);
    if (!result) {
        seed_authorizer_install(&file.authorizer, run->db, run->steps_max, run->idle_max_ms);
        result = run_statements(&file);
        run->compiled += file.inserts.compiled;
        seed_inserts_close(&file.inserts);
        seed_authorizer_remove(&file.authorizer);
    }
    free(text);
    return result;
}

/* ---- the run ---- */

enum result seed_begin(struct seed_run *run, sqlite3 *db)
{
    *run = (struct seed_run){.db = db, .steps_max = SEED_STEPS, .idle_max_ms = SEED_IDLE_MS};
    int foreign_keys = 0;
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &foreign_keys);
    if (sqlite3_get_autocommit(db) || !foreign_keys) {
        set_error(run, "seeds: need an open transaction and foreign_keys on");
        return RESULT_STORE;
    }
    /* The first use of json_each and json_tree declares them, which the authorizer would deny as an
     * UPDATE of sqlite_master. */
    int code = sqlite3_exec(db,
                            "PRAGMA defer_foreign_keys = ON;"
                            "SELECT 1 FROM json_each('[]'), json_tree('[]');",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return RESULT_OK;
    enum result failed = fail_store(run, "seeds", code);
    if (failed == RESULT_INVALID) {
        set_error(run, "seeds: %s", sqlite3_errmsg(db));
        failed = RESULT_STORE;
    }
    return failed;
}

/* " (b-1234)": the id that does not exist. Only if it looks like the id of a broker: if the seed
 * mixed up columns, it may be a password. */
static void describe_missing_id(sqlite3 *db, const char *query, char *out, size_t size)
{
    sqlite3_stmt *statement = NULL;
    out[0] = '\0';
    if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(statement, 0);
        if (id && strncmp(id, "b-", 2) == 0 && !id[strspn(id, TEXT_ALPHANUMERIC "-")])
            snprintf(out, size, " (%.100s)", id);
    }
    sqlite3_finalize(statement);
}

enum result seed_end(struct seed_run *run)
{
    int open = 0;
    int highest = 0;
    sqlite3_db_status(run->db, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
    if (!open)
        return RESULT_OK;
    set_error(run, "%s: FOREIGN KEY constraint failed", run->orphan_place);
    sqlite3_stmt *statement = NULL;
    static const char query[] =
        "SELECT format('%s.%s → %s.%s', c.\"table\", l.\"from\", c.parent, l.\"to\"), "
        "format('SELECT c.\"%w\" FROM \"%w\" AS c LEFT JOIN \"%w\" AS p ON p.\"%w\" = c.\"%w\" "
        "WHERE p.\"%w\" IS NULL AND c.\"%w\" IS NOT NULL', "
        "l.\"from\", c.\"table\", c.parent, l.\"to\", l.\"from\", l.\"to\", l.\"from\") "
        "FROM pragma_foreign_key_check AS c JOIN pragma_foreign_key_list(c.\"table\") AS l ON l.id "
        "= c.fkid";
    if (sqlite3_prepare_v2(run->db, query, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 1)) {
        char id[120];
        describe_missing_id(run->db, (const char *)sqlite3_column_text(statement, 1), id,
                            sizeof id);
        set_error(run, "%s: FOREIGN KEY: %s has no such row%s", run->orphan_place,
                  (const char *)sqlite3_column_text(statement, 0), id);
    }
    sqlite3_finalize(statement);
    return RESULT_INVALID;
}
