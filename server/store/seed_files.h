/* Seeds: which files, in which order, and all of them or none. No tick may be open, but for
 * seed_files_apply. */
#ifndef STORE_SEED_FILES_H
#define STORE_SEED_FILES_H

#include "store/store.h"

/* Applies files, and the *.sql of directories in name order, in one transaction: all or nothing.
 * Without any the store counts as seeded too. RESULT_INVALID, RESULT_STORE or RESULT_NO_MEMORY with
 * *error set. */
enum result store_seed(struct store *store, const char *const *paths, size_t count,
                       struct store_error *error) MUST_CHECK;

/* Applies one SQL text like a seed file of that name. RESULT_INVALID with *error set where it
 * breaks a rule. */
enum result store_apply_sql(struct store *store, const char *name, struct slice sql,
                            struct store_error *error) MUST_CHECK;

/* Applies files as store_seed does, in the transaction that is open. */
enum result seed_files_apply(struct store *store, const char *const *paths, size_t count,
                             struct store_error *error) MUST_CHECK;

#endif
