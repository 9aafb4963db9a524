/* Seeds: untrusted SQL, run with limits; errors name file, line, statement and row.
 *
 *     BEGIN IMMEDIATE
 *     seed_begin → seed_apply for each file → seed_end
 *     COMMIT if all succeed, else ROLLBACK (unless sqlite3_get_autocommit: SQLite has rolled back)
 *
 * Rows may refer to rows of a later file; seed_end checks that all exist. docs/seeding.md says what
 * a seed may do. */
#ifndef STORE_SEED_RUN_H
#define STORE_SEED_RUN_H

#include <stdbool.h>

#include "base/result.h"
#include "base/slice.h"

struct sqlite3;

enum {
    /* Virtual machine steps of one file: a million tags, or two seconds; stops an endless WITH. */
    SEED_STEPS = 100 * 1000 * 1000,
    SEED_FILE_MAX = 64 * 1024 * 1024,
};

/* One line of valid UTF-8 without control characters, and without text of the seed that could be a
 * password. */
struct seed_error {
    char text[1024];
};

struct seed_run {
    struct sqlite3 *db;     /* borrowed */
    int steps_max;          /* per file; SEED_STEPS unless the caller lowers it after seed_begin */
    int idle_max_ms;        /* SEED_IDLE_MS unless the caller changes it then */
    bool compiles_all;      /* false unless the caller sets it then: one-row INSERTs too */
    size_t compiled;        /* statements that SQLite compiled */
    size_t scanned;         /* bytes read to count lines: never more than the files have */
    char orphan_place[384]; /* the first statement since which a parent is missing; "" = none */
    struct seed_error error;
};

/* The functions below return RESULT_OK, or with run->error set
 *   RESULT_INVALID    the seed breaks a rule
 *   RESULT_STORE      the database failed (disk full, I/O error)
 *   RESULT_NO_MEMORY
 * After a failure the caller must roll back, unless SQLite has done so, and not use the run again.
 */

/* Requires an open transaction and foreign_keys on. Defers foreign keys to its end. */
enum result seed_begin(struct seed_run *run, struct sqlite3 *db) MUST_CHECK;

/* Runs one SQL text. Messages contain the last 300 bytes of `name`. Sets an authorizer, a progress
 * handler, a preupdate hook, limits and SQLite's heap limit of the process; removes the first three
 * and restores the limits at the end. Needs SQLite's memory statistics (on by default). No other
 * statement may be stepped meanwhile. */
enum result seed_apply(struct seed_run *run, const char *name, struct slice sql) MUST_CHECK;

/* Checks that the parent of every row exists. The error names the first statement since which one
 * has been missing; if several are missing, the reported row may be of a later statement. */
enum result seed_end(struct seed_run *run) MUST_CHECK;

#endif
