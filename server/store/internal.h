/* Shared by the files of the store. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>
#include <sys/types.h>

#include "store/store.h"
#include "store/terms.h"

/* An SQL statement, defined next to the function that binds it and reads its columns. */
struct statement {
    const char *name, *sql;
};

/* Defines a statement, local to its file. All are in one section of the binary, as an array: the
 * alignment, equal to the size, prevents gaps. */
#define STATEMENT(variable, text)                          \
    static const struct statement variable __attribute__(( \
        section("sql_statements"), used, aligned(sizeof(struct statement)))) = {#variable, text}

/* Begin and end of that section, defined by the linker. */
extern const struct statement __start_sql_statements[], __stop_sql_statements[];

enum store_count { COUNT_BROKERS, COUNT_USERS, COUNT_CONFIGURATIONS, COUNTS };

/* Values of the tables, cached to save queries. */
struct store_cache {
    bool faults, policies, access_keys, clock_step; /* these tables are not empty */
    int64_t clock_offset_ms;
    int64_t rows[COUNTS]; /* in the tables that the metrics show */
    bool knows_due;       /* the next two are the answer of broker_due_first */
    unsigned due;
    int64_t due_ms;
};

/* A file, whatever its name is. */
struct store_file {
    dev_t device;
    ino_t number;
};

struct broker_heads;
struct undo;

/* The store as the seeds made it. */
struct store_seeding {
    uint64_t stamp;     /* seed_files_stamp of those seeds; 0: no image is kept */
    struct slice image; /* of store_snapshot */
};

struct store {
    sqlite3 *db;
    struct store_file file, log;  /* of --db, and its write-ahead log; 0: in memory */
    bool is_moved;                /* one of them is not in its place: the log says so */
    bool is_seeded;               /* the seeds of the first start are applied */
    bool tick_open;               /* a transaction was begun, and not yet ended by us */
    bool tick_failed;             /* SQLite rolled it back, or it must not be committed */
    bool in_operation;            /* between store_operation_begin and _end */
    bool writes_once;             /* the operation needs no savepoint */
    bool has_written;             /* store_prepare_write was called in the operation */
    bool clock_step_failed;       /* the last slice of the step that is under way */
    struct store_cache cached;    /* as of the open tick */
    struct store_cache savepoint; /* restored if the operation is rolled back */
    int64_t savepoint_rows;       /* store_rows_written then */
    struct store_cache committed; /* restored if the tick fails */
    int64_t commits, restores;
    struct undo *undo;            /* undo.h; NULL: none */
    struct broker_heads *heads;   /* broker_heads.h; NULL: none */
    struct store_seeding seeding; /* reset.h */
    struct store_options options; /* its texts belong to the caller of store_open */
    sqlite3_stmt *compiled[];     /* by index in the section; NULL: not yet used */
};

static inline size_t statement_count(void)
{
    uintptr_t bytes = (uintptr_t)__stop_sql_statements - (uintptr_t)__start_sql_statements;
    return bytes / sizeof(struct statement);
}

/* The compiled statement, ready for binding; the first use compiles it. NULL if out of memory: the
 * functions below accept that, statement_step then fails. */
sqlite3_stmt *statement_get(struct store *store, const struct statement *statement);

/* An absent text is NULL. SQLite uses `text` in place until statement_end. */
void statement_bind(sqlite3_stmt *stmt, int at, struct slice text);

/* Copies a column's text into the arena; NULL gives an absent slice. False: out of memory. */
bool statement_text(sqlite3_stmt *stmt, int column, struct arena *arena, struct slice *text);

/* The value of a column of an enumeration; 0: NULL. */
unsigned statement_term(sqlite3_stmt *stmt, int column, const struct terms *terms);

/* Makes room in an array in the arena for one more than `count` items; NULL: out of memory. */
void *statement_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

/* Steps to the next row: RESULT_OK with a row, RESULT_NOT_FOUND at the end, RESULT_CONFLICT if a
 * unique constraint fails, RESULT_INVALID if another one fails, RESULT_STORE otherwise. The last
 * two are logged once the store is seeded. Detects a rollback by SQLite. */
enum result statement_step(struct store *store, sqlite3_stmt *stmt) MUST_CHECK;

/* As statement_step, for a row that a client may choose freely: a constraint that fails is the
 * client's error, and is not logged. */
enum result statement_try(struct store *store, sqlite3_stmt *stmt) MUST_CHECK;

/* Runs a statement without rows and ends it. */
enum result statement_run(struct store *store, sqlite3_stmt *stmt) MUST_CHECK;

/* Reads a row into an uninitialized item. False: out of memory. */
typedef bool statement_reader(sqlite3_stmt *stmt, struct arena *arena, void *item);

/* Reads the first column, of which NULL is absent, into a struct slice. */
bool statement_read_text(sqlite3_stmt *stmt, struct arena *arena, void *item);

/* Reads all rows and ends the statement. `items` is the address of a pointer that is set to an
 * array of items of `size` bytes in the arena. *count is 0 on RESULT_STORE and RESULT_NO_MEMORY. */
enum result statement_list(struct store *store, sqlite3_stmt *stmt, statement_reader *read,
                           struct arena *arena, size_t size, void *items, size_t *count) MUST_CHECK;

/* Resets and unbinds the statement. */
void statement_end(sqlite3_stmt *stmt);

/* Marks the tick as failed if SQLite has rolled back the transaction: it may do so on SQLITE_FULL,
 * IOERR, NOMEM and INTERRUPT. The other operations of the tick are then lost too. */
void store_detect_rollback(struct store *store);

/* Call before each write: opens the transaction of the tick and the savepoint of the operation, if
 * these are not open; of an operation that writes once, the second call fails the tick. */
enum result store_prepare_write(struct store *store) MUST_CHECK;

/* Checks an existing file, or creates it with mode 0600: SQLite would use the mode of the umask. */
enum result store_files_prepare(const char *path, struct store_error *error) MUST_CHECK;

/* Call before the first read: RESULT_STORE if a file that SQLite would open beside the database is
 * not regular. */
enum result store_files_check(struct store *store, struct store_error *error) MUST_CHECK;

/* Call when SQLite has opened all files. */
enum result store_files_remember(struct store *store, struct store_error *error) MUST_CHECK;

/* Whether the names of the store's files still lead to the open files; true in memory. What is
 * written to others is lost at the stop. Logs a change. */
bool store_files_are_in_place(struct store *store);

/* Call before the connection is closed. If the database was moved, SQLite would leave its log,
 * which the next start would apply to the file that is in its place: empties it into the moved
 * file. */
void store_files_leave(struct store *store);

enum {
    STORE_APPLICATION_ID = 0x416D5131, /* "AmQ1": PRAGMA application_id of our files */
    STORE_PAGE_SIZE = 4096,            /* of every store */
};

/* What an opened database holds. */
enum store_content {
    CONTENT_NONE,      /* not a byte */
    CONTENT_NO_TABLES, /* only what SQLite itself writes */
    CONTENT_STORE,
};

/* Checks the file without writing: RESULT_INVALID if it is foreign, damaged, newer or locked. */
enum result store_examine(struct store *store, const char *path, enum store_content *content,
                          struct store_error *error) MUST_CHECK;

/* Opens a SQLite file in memory, for reading. `flags`: 0, or SQLITE_DESERIALIZE_FREEONCLOSE, which
 * takes ownership of the bytes; *db is to be closed with sqlite3_close even if it fails:
 * RESULT_NO_MEMORY. */
enum result store_open_image(struct slice image, unsigned flags, sqlite3 **db) MUST_CHECK;

/* An empty store in memory with the current schema, for reading; to be closed with sqlite3_close
 * even if it fails: RESULT_NO_MEMORY. */
enum result store_open_fresh(sqlite3 **db) MUST_CHECK;

/* Makes a database of CONTENT_NONE an empty store with the current schema, as a whole or not at
 * all. RESULT_STORE. */
enum result store_fill(struct store *store, const char *path, struct store_error *error) MUST_CHECK;

/* Replaces the content of a database, in which no transaction is open, by that of another: one
 * transaction, to which its locks, log and settings apply. SQLITE_OK or the error's code. */
int store_copy(sqlite3 *to, sqlite3 *from) MUST_CHECK;

/* Replaces the content of the store by that of a database with the current schema, which has the
 * account and region of this server: one transaction, after which nothing may fail. No tick may be
 * open; the undo log ends. RESULT_INVALID: the pages of `from` have another size and the store
 * is in a file; RESULT_STORE, RESULT_NO_MEMORY; *error begins with `what`. A failure changes
 * nothing. */
enum result store_replace(struct store *store, sqlite3 *from, const char *what,
                          struct store_error *error) MUST_CHECK;

/* Updates the schema, one transaction for each version. */
enum result store_migrate(struct store *store, const char *path,
                          struct store_error *error) MUST_CHECK;

/* Call after all tables may have changed: sets the default account and region, fills the cache. */
enum result store_reload(struct store *store, struct store_error *error) MUST_CHECK;

/* Begins a separate transaction for a change of the whole store; no tick may be open. Foreign keys
 * are checked at the commit. RESULT_STORE with *error set. */
enum result store_change_begin(struct store *store, struct store_error *error) MUST_CHECK;

/* Whether the COMMIT would fail because of a foreign key that is checked then; that failure would
 * be logged as an error of the store. */
bool store_breaks_foreign_keys(sqlite3 *db);

/* Commits if `result`, that of the change, is RESULT_OK. Otherwise, or if the commit fails, rolls
 * back and returns the error. */
enum result store_change_end(struct store *store, enum result result,
                             struct store_error *error) MUST_CHECK;

#define STORE_FLAGS_SQL                                                   \
    "SELECT EXISTS (SELECT 1 FROM fault), EXISTS (SELECT 1 FROM policy)," \
    " EXISTS (SELECT 1 FROM access_key), EXISTS (SELECT 1 FROM clock_step)"

/* The row of STORE_FLAGS_SQL, in any database with our schema. */
void store_take_flags(sqlite3_stmt *stmt, struct store_cache *cached);

/* Call after those tables may have changed: updates the cache, which is restored if the tick fails.
 */
enum result store_reload_flags(struct store *store) MUST_CHECK;

/* SQLite's preupdate hook: called before each row that is inserted, updated or deleted, by triggers
 * and cascades too. Notes it in cached.rows, cached.knows_due, the heads and the undo log. `store`
 * is a struct store. A hook that takes its place calls it. */
void store_note_change(void *store, sqlite3 *db, int action, const char *database,
                       const char *table, sqlite3_int64 old_row, sqlite3_int64 new_row);

/* Set that hook, and none. */
void store_counts_follow(struct store *store);
void store_counts_pause(struct store *store);

/* The same, and counts the rows: call it when tables may have changed meanwhile. RESULT_STORE. */
enum result store_counts_reload(struct store *store) MUST_CHECK;

/* Counts the rows of any database with our schema. False: SQLite's error says why. */
bool store_counts_read(sqlite3 *db, int64_t rows[COUNTS]) MUST_CHECK;

#endif
