/* Injected faults. */
#ifndef STORE_FAULTS_H
#define STORE_FAULTS_H

#include "store/store.h"

#define FAULT_UNSET INT64_MIN /* an integer column that is NULL */

/* A row of the fault table; NULL texts are absent. */
struct fault {
    int64_t id;
    struct slice operation, broker_id, username; /* what it matches */
    struct slice error;                          /* the exception's name; absent: no error */
    int64_t status;                              /* FAULT_UNSET: that of the exception */
    struct slice message;                        /* absent: that of the exception */
    int64_t delay_ms;
    bool drop_connection;
    int64_t times; /* FAULT_UNSET: for ever */
    double probability;
    int64_t seed, matched;
};

/* The oldest fault that matches, has times left and hits by its probability. The counters of the
 * matches are written in the tick, outside any operation. An absent broker_id or username matches
 * only faults without one. RESULT_NOT_FOUND if none hits. */
enum result fault_take(struct store *store, struct slice operation, struct slice broker_id,
                       struct slice username, struct arena *arena, struct fault *fault) MUST_CHECK;

/* The oldest fault with an id above `after` (INT64_MIN: the oldest of all). RESULT_NOT_FOUND if
 * there is none. */
enum result fault_next(struct store *store, int64_t after, struct arena *arena,
                       struct fault *fault) MUST_CHECK;

/* Sets fault->id. RESULT_INVALID if a constraint of the table fails: see store_broken_rule. */
enum result fault_insert(struct store *store, struct fault *fault) MUST_CHECK;

/* Deletes all faults with FAULT_UNSET. RESULT_NOT_FOUND if there is no such fault. */
enum result fault_delete(struct store *store, int64_t id) MUST_CHECK;

#endif
