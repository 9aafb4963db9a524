/* Seeds: files and directories, applied in one transaction. No tick may be open. */
#ifndef STORE_SEED_FILES_H
#define STORE_SEED_FILES_H

#include "store/store.h"

/* Applies files, and the *.sql of directories in the order of their names, in one transaction, and
 * marks the store as seeded, even with no path. RESULT_INVALID, RESULT_STORE or RESULT_NO_MEMORY
 * with *error set. */
enum result seed_files_apply(struct store *store, const char *const *paths, size_t count,
                             struct store_error *error) MUST_CHECK;

/* Applies one SQL text like a seed file of that name. Results as for
 * seed_files_apply. */
enum result store_apply_sql(struct store *store, const char *name, struct slice sql,
                            struct store_error *error) MUST_CHECK;

/* A number that changes when one of these files does, by size, time or inode, or the files of a
 * directory. 0: they cannot be looked at. */
uint64_t seed_files_stamp(const char *const *paths, size_t count);

#endif
