/* What watches a seed while it runs: the authorizer, the budget of steps and memory, limits, and a
 * hook that sees each row before it is changed. For seed.c only. */
#ifndef STORE_SEED_GUARD_H
#define STORE_SEED_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct sqlite3;

enum { SEED_GUARD_LIMITS = 4, SEED_GUARD_TRIGGERS = 8, SEED_GUARD_NAME = 64 };

struct seed_guard {
    struct sqlite3 *db;
    int64_t steps_max;
    int64_t steps; /* of the statements that are done */

    /* Of the statement that runs. */
    int64_t steps_here;
    size_t rows;      /* that it inserted or updated so far, without those its triggers did */
    char denied[160]; /* what the authorizer refused first; "" = nothing */
    char bad_text[SEED_GUARD_NAME]; /* the table that was given a broken text in that row; "" = none
                                     */
    enum result hook_failed;
    char triggers[SEED_GUARD_TRIGGERS][SEED_GUARD_NAME]; /* what read default_world */

    int limits_before[SEED_GUARD_LIMITS];
    int64_t soft_heap_before;
    int64_t hard_heap_before;
};

/* The tables a seed may write to, ", " between them. */
extern const char seed_guard_tables[];

/* The guard must stay where it is until it is removed. */
void seed_guard_install(struct seed_guard *guard, struct sqlite3 *db, int64_t steps_max);
void seed_guard_remove(struct seed_guard *guard);

/* Before a statement is prepared. */
void seed_guard_start(struct seed_guard *guard);

/* Whether a statement, just prepared, has a name in it that was let into default_world as that of a
 * trigger: it must not be run. */
bool seed_guard_was_fooled(const struct seed_guard *guard, const char *statement) MUST_CHECK;

#endif
