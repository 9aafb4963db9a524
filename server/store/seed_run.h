/* Seeds: SQL from outside, run inside limits, with errors that name file, line, statement and row.
 *
 *     BEGIN IMMEDIATE
 *     seed_begin → seed_apply for each file → seed_end
 *     COMMIT if all went well, else ROLLBACK (when sqlite3_get_autocommit says there is one left)
 *
 * Several files are one act: rows may name rows of a later file, seed_end tells whether all were
 * found. What a seed may do is in docs/seeding.md. */
#ifndef STORE_SEED_RUN_H
#define STORE_SEED_RUN_H

#include "base/result.h"
#include "base/slice.h"

struct sqlite3;

enum {
    /* Virtual machine steps of one file: a million tags, or two seconds; ends an endless WITH. */
    SEED_STEPS = 100 * 1000 * 1000,
    SEED_FILE_MAX = 64 * 1024 * 1024,
};

/* One line of valid UTF-8 without control characters and without any text of the seed long enough
 * to be a password. */
struct seed_error {
    char text[1024];
};

struct seed_run {
    struct sqlite3 *db;     /* borrowed */
    int steps_max;          /* per file; SEED_STEPS unless the caller lowers it after seed_begin */
    size_t scanned;         /* bytes looked at to count lines: never more than the files hold */
    char orphan_place[384]; /* where a row came in whose parent was missing ever since; "" = none */
    struct seed_error error;
};

/* The three below return RESULT_OK, or with run->error set
 *   RESULT_INVALID    the seed broke a rule
 *   RESULT_STORE      the database failed (disk full, I/O error)
 *   RESULT_NO_MEMORY
 * After a failure the caller rolls back and drops the run. SQLite may have rolled back itself. */

/* The caller's transaction must be open, foreign_keys on. Defers foreign keys to the end of the
 * transaction. */
enum result seed_begin(struct seed_run *run, struct sqlite3 *db) MUST_CHECK;

/* Runs one SQL text. `name` (its last 300 bytes) stands for it in messages. While this runs an
 * authorizer, a progress handler, a preupdate hook, limits and the process's SQLite heap limit are
 * set; none is when it returns, limits are as before. Needs SQLite's memory statistics (on by
 * default). No other statement may be stepped meanwhile. */
enum result seed_apply(struct seed_run *run, const char *name, struct slice sql) MUST_CHECK;

/* Whether every row's parent is there. The statement named is the first after which one was missing
 * ever since: where several rows lack theirs, the offender may stand in a later one. */
enum result seed_end(struct seed_run *run) MUST_CHECK;

#endif
