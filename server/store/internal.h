/* What the files of the store share. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>

#include "store/store.h"
#include "store/terms.h"

/* An SQL statement of the server: each stands above the function that binds it and reads its
 * columns. */
struct statement {
    const char *name, *sql;
};

/* Defines one, local to its file; all of the program lie in one section of the binary. The
 * alignment is the size so that they lie there without gaps. */
#define STATEMENT(variable, text)                          \
    static const struct statement variable __attribute__(( \
        section("sql_statements"), used, aligned(sizeof(struct statement)))) = {#variable, text}

/* The first of that section and its end: the linker sets them. */
extern const struct statement __start_sql_statements[], __stop_sql_statements[];

/* What is known of the tables without asking. */
struct store_held {
    bool faults;   /* the fault table is not empty */
    bool policies; /* nor the policy table */
    int64_t clock_offset_ms;
};

struct store {
    sqlite3 *db;
    bool is_seeded;              /* the seeds of the first start are in */
    bool tick_open;              /* the tick's transaction was begun and not yet ended by us */
    bool tick_failed;            /* it is gone, or must not be committed */
    bool in_operation;           /* between store_operation_begin and _end */
    bool has_savepoint;          /* that operation has written */
    struct store_held held;      /* as the open tick has it */
    struct store_held committed; /* and what it goes back to */
    int64_t commits;
    struct store_options options; /* its texts belong to the caller of store_open */
    sqlite3_stmt *compiled[];     /* of each statement of the section; NULL: not used so far */
};

/* How many statements the program has. */
static inline size_t statement_count(void)
{
    uintptr_t bytes = (uintptr_t)__stop_sql_statements - (uintptr_t)__start_sql_statements;
    return bytes / sizeof(struct statement);
}

/* The statement compiled, which its first use does, and ready for binding; without memory NULL,
 * which all below take: it fails. */
sqlite3_stmt *statement_get(struct store *store, const struct statement *statement);

void statement_bind(sqlite3_stmt *stmt, int at,
                    struct slice text); /* absent: NULL. Borrowed until the reset */

/* A column's text in the arena; NULL gives an absent slice. False: out of memory. */
bool statement_text(sqlite3_stmt *stmt, int column, struct arena *arena, struct slice *text);

/* The value of a column of an enumeration; 0: NULL. */
unsigned statement_term(sqlite3_stmt *stmt, int column, const struct terms *terms);

/* Room for one more item behind `count` items, in the arena; NULL: out of memory. */
void *statement_grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size);

/* Steps to the next row: RESULT_OK with a row, RESULT_NOT_FOUND at the end, RESULT_CONFLICT on a
 * broken unique constraint, RESULT_INVALID on any other, RESULT_STORE otherwise (both logged).
 * Notices a transaction that SQLite rolled back. */
enum result statement_step(struct store *store, sqlite3_stmt *stmt) MUST_CHECK;

/* Steps a statement that gives no rows, resets it: RESULT_OK when it is done. */
enum result statement_run(struct store *store, sqlite3_stmt *stmt) MUST_CHECK;

/* Reads a row into an item, whose bytes are unset. False: out of memory. */
typedef bool statement_reader(sqlite3_stmt *stmt, struct arena *arena, void *item);

/* All rows of a statement, which is ended: `items` is the address of a pointer to items of `size`
 * bytes, an array in the arena. Without a row, or with RESULT_STORE or RESULT_NO_MEMORY, *count is
 * 0. */
enum result statement_list(struct store *store, sqlite3_stmt *stmt, statement_reader *read,
                           struct arena *arena, size_t size, void *items, size_t *count) MUST_CHECK;

/* Resets and unbinds. */
void statement_end(sqlite3_stmt *stmt);

/* Marks the tick as failed where SQLite has rolled it back: SQLITE_FULL, IOERR, NOMEM and INTERRUPT
 * roll the whole transaction back, the other operations of the tick included. */
void store_notice_lost_transaction(struct store *store);

/* Before the first write: opens the tick's transaction and, within an operation, its savepoint. */
enum result store_prepare_write(struct store *store) MUST_CHECK;

enum { STORE_APPLICATION_ID = 0x416D5131 }; /* "AmQ1": PRAGMA application_id of our files */

/* Looks whose file it is, without writing: RESULT_INVALID for a foreign, damaged, newer or locked
 * one. */
enum result store_examine(struct store *store, const char *path,
                          struct store_error *error) MUST_CHECK;

/* Brings the schema up to date, one transaction a step. */
enum result store_migrate(struct store *store, const char *path,
                          struct store_error *error) MUST_CHECK;

/* Sets the world of fixtures that name none; reads what is held outside the tables: after they may
 * have changed as a whole. */
enum result store_read_back(struct store *store, struct store_error *error) MUST_CHECK;

/* A change of the store as a whole is a transaction of its own, between these two; no tick may be
 * open. Foreign keys are checked at the end. RESULT_STORE with *error set. */
enum result store_change_begin(struct store *store, struct store_error *error) MUST_CHECK;

/* Commits; what went wrong before, which is `result` and returned, or goes wrong now leaves
 * everything as it was. */
enum result store_change_end(struct store *store, enum result result,
                             struct store_error *error) MUST_CHECK;

/* Looks whether there are faults and policies: after the tables may have changed. A tick that fails
 * takes what was found back. */
enum result store_notice_faults(struct store *store) MUST_CHECK;

#endif
