/* The store as a whole: reset, seed, snapshot, clock. Each is a transaction of its own, so no tick
 * may be open. */
#ifndef STORE_WHOLE_H
#define STORE_WHOLE_H

#include "store/store.h"

enum { SNAPSHOT_MOST = 60 << 20 }; /* bytes: looking through it takes the loop's time */

/* Every table emptied, the catalogue filled in again, the clock set to the wall's, then the seeds:
 * all or nothing. As store_seed. */
enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error) MUST_CHECK;

/* The same for what one account has in one region; the seeds are applied elsewhere first and give
 * their rows of that world. */
enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region,
                              struct store_error *error) MUST_CHECK;

/* Applies one SQL text like a seed file of that name. RESULT_INVALID with *error set where it
 * breaks a rule. */
enum result store_apply_sql(struct store *store, const char *name, struct slice sql,
                            struct store_error *error) MUST_CHECK;

/* The whole state as a SQLite file, which sqlite3_free of the data ends: store_snapshot_free.
 * RESULT_TOO_LARGE, RESULT_NO_MEMORY. */
enum result store_snapshot(struct store *store, struct slice *image) MUST_CHECK;
void store_snapshot_free(struct slice image);

/* Puts a snapshot in the place of everything. A foreign, damaged, newer, older or UTF-16 file:
 * RESULT_INVALID with *error set, and nothing has changed. */
enum result store_restore(struct store *store, struct slice image,
                          struct store_error *error) MUST_CHECK;

/* The service's clock: the wall clock and an offset that is kept. */
int64_t store_now_ms(const struct store *store);
int64_t store_clock_offset_ms(const struct store *store);
enum result store_set_clock(struct store *store, int64_t offset_ms) MUST_CHECK;

/* The rule of the schema that the last failed write broke, without SQLite's words before it. */
const char *store_broken_rule(const struct store *store);

struct store_counts {
    int64_t brokers, users, configurations, commits, memory_bytes;
};

enum result store_count(struct store *store, struct store_counts *counts) MUST_CHECK;

#endif
