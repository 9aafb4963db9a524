/* The store: one SQLite connection, the transaction of each tick, the operations in it, and the
 * clock, whose offset is stored. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/slice.h"

struct store;

/* One line, for the operator of the server or the caller of the control API. */
struct store_error {
    char text[1100];
};

struct store_options {
    const char *path; /* a file, not beginning with "file:", or ":memory:" */
    bool durability_full;
    const char *account; /* of seeds that name none */
    const char *region;
};

/* Opens or creates the database, updates its schema and checks its rows. A foreign, newer or locked
 * file is not changed. RESULT_INVALID or RESULT_STORE with *error set, RESULT_NO_MEMORY. */
enum result store_open(const struct store_options *options, struct store **store,
                       struct store_error *error) MUST_CHECK;

/* Of the loaded SQLite library; static. */
const char *store_version(void);

/* Accepts NULL. Rolls back an open tick. */
void store_free(struct store *store);

/* Whether store_seed must still apply the seeds of the first start. */
bool store_is_new(const struct store *store);

enum store_health {
    STORE_HEALTHY,
    STORE_UNREADABLE, /* a query fails */
    STORE_MOVED,      /* a file of the store was removed, renamed or replaced: writes fail */
};

enum store_health store_health(struct store *store);

/* The first write of a tick opens its transaction; no write is durable before store_tick_commit has
 * returned RESULT_OK. */

bool store_tick_is_open(const struct store *store);

/* Whether the tick cannot be committed: it was aborted, or lost by a full disk, an I/O error or
 * lack of memory. */
bool store_tick_has_failed(const struct store *store);

/* Makes store_tick_commit roll back the open tick and fail. Does nothing if no tick is open. */
void store_tick_abort(struct store *store);

/* Commits, or rolls back a failed tick. RESULT_STORE: nothing of the tick was stored. */
enum result store_tick_commit(struct store *store) MUST_CHECK;

/* The writes between these two are one operation, which `keep` = false rolls back within the tick.
 * Without a write they execute no SQL. `writes_once`: the operation writes with one statement,
 * which is its last step, so that it needs no savepoint: another write fails the tick, and so does
 * `keep` = false after that statement has changed a row. RESULT_STORE if the tick has failed. */
void store_operation_begin(struct store *store, bool writes_once);
enum result store_operation_end(struct store *store, bool keep) MUST_CHECK;

/* The service's clock: the wall clock plus a stored offset. It stops at the end of the year 9999.
 */
int64_t store_now_ms(const struct store *store);
int64_t store_clock_offset_ms(const struct store *store);

/* Writes within the tick. RESULT_STORE. */
enum result store_set_clock(struct store *store, int64_t offset_ms) MUST_CHECK;

/* Rows inserted, updated and deleted since the start, by triggers and cascades too. */
int64_t store_rows_written(const struct store *store);

/* Differs from an earlier answer if anything was stored since: a reset, seed or snapshot too. */
int64_t store_revision(const struct store *store);

/* The error of the last failed write, without SQLite's prefix for a CHECK constraint. */
const char *store_broken_rule(const struct store *store);

/* Numbers of rows, of commits since the start, and of bytes allocated by SQLite. */
struct store_counts {
    int64_t brokers, users, configurations, commits, memory_bytes;
};

/* Takes the same time whatever the number of rows. */
void store_count(const struct store *store, struct store_counts *counts);

#endif
