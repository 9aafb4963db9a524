/* One-row INSERTs of a seed: most of their time is that of compiling them, so one compiled
 * statement serves all that begin with the same text and have the same number of literals. For
 * seed_run.c only. */
#ifndef STORE_SEED_INSERTS_H
#define STORE_SEED_INSERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"
#include "store/seed_authorizer.h"

struct sqlite3_stmt;

enum {
    SEED_INSERTS_KEPT = 8,
    SEED_INSERTS_COLUMNS = 64,
    /* Bytes of a statement: no value in it can be beyond a limit of values. */
    SEED_INSERTS_TEXT = SEED_VALUE_QUADRATIC_MAX,
};

struct seed_insert {
    struct sqlite3_stmt *statement; /* NULL: none is kept here */
    char *head;                     /* owned: the text up to and with VALUES */
    size_t head_len;
    size_t columns;
    uint64_t rowids; /* bit i: column i may be the rowid by its name */
    struct seed_authorizer_found found;
    uint64_t used; /* the higher, the later */
};

/* Zero-initialized: nothing is kept. */
struct seed_inserts {
    bool compiles_all; /* for tests: nothing is ever kept */
    bool is_kept;      /* the last prepared statement */
    struct seed_insert kept[SEED_INSERTS_KEPT];
    uint64_t used;
    size_t compiled;               /* statements, so far */
    char bound[SEED_INSERTS_TEXT]; /* the strings, NUL-terminated, and blobs that are bound */
};

/* As sqlite3_prepare_v2 for the first statement of the text, which is NUL-terminated and does not
 * begin with a blank: sets *statement and *next, or returns SQLite's error. Call
 * seed_authorizer_start before. If the text begins with
 *
 *     INSERT INTO name (name, …) VALUES (literal, …)
 *
 * and ends there or goes on with a semicolon, *statement may be a kept one, with its values bound.
 * A literal is a whole number of up to 18 digits, a string, a blob or NULL; between the words are
 * blanks, no comments. SQLite compiles everything else, so that it says what is wrong with it. */
int seed_inserts_prepare(struct seed_inserts *inserts, struct seed_authorizer *authorizer,
                         struct slice text, struct sqlite3_stmt **statement,
                         const char **next) MUST_CHECK;

/* Call when that statement has run: keeps it, or finalizes it. It may be NULL. */
void seed_inserts_end(struct seed_inserts *inserts, struct sqlite3_stmt *statement);

/* Finalizes the statements. Call before the authorizer is removed, since that expires them. */
void seed_inserts_close(struct seed_inserts *inserts);

#endif
