/* Faults: what goes wrong on purpose. */
#ifndef STORE_FAULTS_H
#define STORE_FAULTS_H

#include "store/store.h"

#define FAULT_UNSET INT64_MIN /* an integer column that is NULL */

/* A row; texts that are NULL are absent. */
struct fault {
    int64_t id;
    struct slice operation, broker_id, username; /* what it matches */
    struct slice error;                          /* the exception's name; absent: no error */
    int64_t status;                              /* FAULT_UNSET: that of the name */
    struct slice message;                        /* absent: that of the name */
    int64_t delay_ms;
    bool drop_connection;
    int64_t times; /* FAULT_UNSET: for ever */
    double probability;
    int64_t seed, matched;
};

/* The oldest fault that matches, has times left and is drawn; it is counted in the tick, outside
 * any operation. Absent broker_id or username match only faults that name none. RESULT_NOT_FOUND
 * where none hits. */
enum result fault_take(struct store *store, struct slice operation, struct slice broker_id,
                       struct slice username, struct arena *arena, struct fault *fault) MUST_CHECK;

/* All of them, the oldest first. */
enum result fault_list(struct store *store, struct arena *arena, struct fault **faults,
                       size_t *count) MUST_CHECK;

/* Adds one, whose id is set. RESULT_INVALID where it breaks a rule of the table, which
 * store_broken_rule
 * names. */
enum result fault_insert(struct store *store, struct fault *fault) MUST_CHECK;

/* Deletes one, or with FAULT_UNSET all. RESULT_NOT_FOUND: there is no such fault. */
enum result fault_delete(struct store *store, int64_t id) MUST_CHECK;

#endif
