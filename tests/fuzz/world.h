/* The store in which the targets work: in memory, with the fixtures of tests/fuzz/corpus/world.sql,
 * put back after every input that changed it. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "fuzz.h"

struct store;

#define FUZZ_WORLD FUZZ_CORPUS "/world.sql"

/* The beginning of every password in the fixtures: an input that does not hold it must not be
 * answered with it. */
#define FUZZ_SECRET "Zq7-"

/* Opened at the first call. */
struct store *world_store(void);

/* Whether rows were written since the world was opened or put back. */
bool world_has_changed(void);
void world_put_back(void);

/* All that is stored, and whether it still is that; the caller frees it with store_snapshot_free.
 */
struct slice world_image(void);
bool world_is(struct slice image);

/* Ends the process unless the store is whole: no transaction is open and every row has its parent.
 * With `thorough` also: all texts are valid UTF-8 without NUL, and a snapshot is taken back. */
void world_check(bool thorough);

/* Calls `see` with the columns of each row of a query, as texts that last until it returns; NULL
 * stands for NULL. */
void world_ask(const char *sql, void (*see)(const char *const *columns, void *context),
               void *context);

#endif
