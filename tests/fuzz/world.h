/* The store of the targets: in memory, with the seed tests/fuzz/corpus/world.sql, restored after
 * every input that changed it. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "fuzz.h"

struct store;

#define FUZZ_WORLD FUZZ_CORPUS "/world.sql"

/* The prefix of every password in the seed: no reply may contain it unless the input does. */
#define FUZZ_SECRET "Zq7-"

/* Opened at the first call. */
struct store *world_store(void);

/* Whether rows were written since the world was opened or restored. */
bool world_has_changed(void);
void world_restore(void);

/* A copy of the store, to be freed with store_snapshot_free, and whether the store equals it. */
struct slice world_image(void);
bool world_is(struct slice image);

/* Checks that no transaction is open and every foreign key is valid. With `thorough` also that all
 * texts are valid UTF-8 without NUL, and that a snapshot can be restored. */
void world_check(bool thorough);

/* Calls `see` with the columns of each row of a query, as texts valid until it returns; NULL for
 * NULL. */
void world_ask(const char *sql, void (*see)(const char *const *columns, void *context),
               void *context);

#endif
