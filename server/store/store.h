/* The store: one SQLite connection, its tick transaction and the savepoint of each operation, and
 * the clock, whose offset it keeps. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "base/slice.h"

struct store;

/* One line for the person who started the server. */
struct store_error {
    char text[1100];
};

struct store_options {
    const char *path; /* a file, not beginning with "file:", or ":memory:" */
    bool durability_full;
    const char *account; /* of fixtures that name none */
    const char *region;
};

/* Opens or creates the database and migrates it. A foreign, newer or locked file is refused and
 * left untouched: RESULT_INVALID or RESULT_STORE with *error set. RESULT_NO_MEMORY. */
enum result store_open(const struct store_options *options, struct store **store,
                       struct store_error *error) MUST_CHECK;

/* Of SQLite, as it runs; static. */
const char *store_version(void);

/* NULL is fine. An open tick is rolled back. */
void store_free(struct store *store);

/* Whether the seeds of the first start are still to be applied, by store_seed. */
bool store_is_new(const struct store *store);

/* Whether the database answers a question. */
bool store_is_healthy(struct store *store);

/* The tick. The first write opens its transaction; nothing counts before store_tick_commit returned
 * RESULT_OK. */

bool store_tick_is_open(const struct store *store);

/* The transaction of the tick is lost (full disk, I/O error, no memory): all of it has failed. */
bool store_tick_has_failed(const struct store *store);

/* Nothing of the open tick is to remain: its commit fails. Without one this does nothing. */
void store_tick_give_up(struct store *store);

/* Commits or, after a failure, cleans up: RESULT_STORE means that nothing of the tick remains. */
enum result store_tick_commit(struct store *store) MUST_CHECK;

/* An operation's writes between these two are kept together or not at all. Without a write both
 * cost nothing. store_operation_end returns RESULT_STORE when what should be kept could not be. */
void store_operation_begin(struct store *store);
enum result store_operation_end(struct store *store, bool keep) MUST_CHECK;

/* The service's clock: the wall clock and an offset that is kept. */
int64_t store_now_ms(const struct store *store);
int64_t store_clock_offset_ms(const struct store *store);

/* A write within the tick: RESULT_STORE. */
enum result store_set_clock(struct store *store, int64_t offset_ms) MUST_CHECK;

/* The rule of the schema that the last failed write broke, without SQLite's words before it. */
const char *store_broken_rule(const struct store *store);

/* Rows, the commits so far, and the bytes that SQLite has allocated. */
struct store_counts {
    int64_t brokers, users, configurations, commits, memory_bytes;
};

enum result store_count(struct store *store, struct store_counts *counts) MUST_CHECK;

#endif
