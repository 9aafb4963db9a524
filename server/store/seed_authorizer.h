/* Restricts a running seed: the authorizer, the budget of steps and memory, limits, and a hook that
 * checks each row before it is changed. For seed_run.c only. */
#ifndef STORE_SEED_AUTHORIZER_H
#define STORE_SEED_AUTHORIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct sqlite3;

enum {
    SEED_STATEMENT_MAX = 1024 * 1024,
    SEED_VALUE_MAX = 1024 * 1024, /* of a value */
    /* Of a value in a statement with a function whose time grows with the square of the lengths,
     * all of it within one step: at 16 KiB a call takes 0.2 s at most, at 1 MiB minutes. */
    SEED_VALUE_QUADRATIC_MAX = 16 * 1024,
    /* Processor time of a statement in which no row is written, beyond what its steps take. */
    SEED_IDLE_MS = 1000,
    /* What SQLite may allocate in addition while a file runs: rows, sorts, queues. */
    SEED_MEMORY_MAX = 256 * 1024 * 1024,
};

enum { SEED_AUTHORIZER_LIMITS = 4, SEED_AUTHORIZER_TRIGGERS = 8, SEED_AUTHORIZER_NAME = 64 };

/* What was found while a statement was compiled. */
struct seed_authorizer_found {
    bool is_quadratic; /* it calls one of those functions */
    char triggers[SEED_AUTHORIZER_TRIGGERS][SEED_AUTHORIZER_NAME]; /* that read default_world */
    char callers[SEED_AUTHORIZER_TRIGGERS][SEED_AUTHORIZER_NAME];  /* of quadratic functions */
};

struct seed_authorizer {
    struct sqlite3 *db;
    void *store; /* whose hook this one calls; NULL: none */
    int64_t steps_max;
    int64_t steps; /* of the finished statements */
    int64_t idle_max_ms;

    /* Of the running statement. */
    int64_t steps_here;
    struct seed_authorizer_found found;
    bool is_stopped;    /* by a signal for the process to end */
    bool is_idle;       /* no row was written for idle_max_ms */
    size_t rows_before; /* at the last look at the clocks */
    int64_t looked_ms, idle_from_ms, idle_from_step;
    size_t rows;           /* inserted or updated so far, except by triggers */
    char denied[160];      /* the first denied action; "" = none */
    char broken_rule[160]; /* by a text in the current row; "" = none */
    enum result hook_failed;

    int limits_before[SEED_AUTHORIZER_LIMITS];
    int64_t soft_heap_before;
    int64_t hard_heap_before;
    int64_t hard_heap; /* bytes: that of the running file */
};

/* The struct must not move before seed_authorizer_remove. */
void seed_authorizer_install(struct seed_authorizer *authorizer, struct sqlite3 *db,
                             int64_t steps_max, int64_t idle_max_ms);
void seed_authorizer_remove(struct seed_authorizer *authorizer);

/* Whether SQLite's memory has reached the limit of the file, so that "out of memory" means that
 * limit and not the machine. */
bool seed_authorizer_is_over_memory(const struct seed_authorizer *authorizer) MUST_CHECK;

/* Call before a statement is prepared, or run again: then set `found` to what it was when the
 * statement had been prepared. */
void seed_authorizer_start(struct seed_authorizer *authorizer);

/* Call before that statement runs, with its text: sets the limit of its values. */
void seed_authorizer_prepared(struct seed_authorizer *authorizer, const char *statement);

/* Whether the prepared statement contains a name that was allowed to read default_world as that of
 * a trigger: the statement must not run. */
bool seed_authorizer_is_bypassed(struct seed_authorizer *authorizer,
                                 const char *statement) MUST_CHECK;

#endif
