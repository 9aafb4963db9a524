/* What watches a seed while it runs: the authorizer, the budget of steps and memory, limits, and a
 * hook that sees each row before it is changed. For seed_run.c only. */
#ifndef STORE_SEED_AUTHORIZER_H
#define STORE_SEED_AUTHORIZER_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct sqlite3;

enum {
    SEED_STATEMENT_MAX = 1024 * 1024,
    /* Any value a statement works with. What one call of a string function costs is not counted:
     * replace() of two such values may take seconds, and so may printf('%.*c'), whatever comes of
     * it. */
    SEED_VALUE_MAX = 1024 * 1024,
    /* What SQLite may allocate above what it holds when the file begins: rows, sorts, queues. */
    SEED_MEMORY_MAX = 256 * 1024 * 1024,
};

enum { SEED_AUTHORIZER_LIMITS = 4, SEED_AUTHORIZER_TRIGGERS = 8, SEED_AUTHORIZER_NAME = 64 };

struct seed_authorizer {
    struct sqlite3 *db;
    int64_t steps_max;
    int64_t steps; /* of the statements that are done */

    /* Of the statement that runs. */
    int64_t steps_here;
    size_t rows;      /* that it inserted or updated so far, without those its triggers did */
    char denied[160]; /* what the authorizer refused first; "" = nothing */
    /* The table that was given a broken text in that row; "" = none. */
    char bad_text[SEED_AUTHORIZER_NAME];
    enum result hook_failed;
    char triggers[SEED_AUTHORIZER_TRIGGERS][SEED_AUTHORIZER_NAME]; /* what read default_world */

    int limits_before[SEED_AUTHORIZER_LIMITS];
    int64_t soft_heap_before;
    int64_t hard_heap_before;
};

/* It must stay where it is until it is removed. */
void seed_authorizer_install(struct seed_authorizer *authorizer, struct sqlite3 *db,
                             int64_t steps_max);
void seed_authorizer_remove(struct seed_authorizer *authorizer);

/* Before a statement is prepared. */
void seed_authorizer_start(struct seed_authorizer *authorizer);

/* Whether a statement, just prepared, has a name in it that was let into default_world as that of a
 * trigger: it must not be run. */
bool seed_authorizer_was_fooled(const struct seed_authorizer *authorizer,
                                const char *statement) MUST_CHECK;

#endif
