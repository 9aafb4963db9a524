/* Snapshots: the store as a SQLite file and back. No tick may be open. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "store/store.h"

enum { SNAPSHOT_MAX = 60 << 20 }; /* bytes: looking through it takes the loop's time */

/* The whole state as a SQLite file, which sqlite3_free of the data ends: store_snapshot_free.
 * RESULT_TOO_LARGE, RESULT_NO_MEMORY. */
enum result store_snapshot(struct store *store, struct slice *image) MUST_CHECK;
void store_snapshot_free(struct slice image);

/* Puts a snapshot in the place of everything. A foreign, damaged, newer, older or UTF-16 file:
 * RESULT_INVALID with *error set, and nothing has changed. */
enum result store_restore(struct store *store, struct slice image,
                          struct store_error *error) MUST_CHECK;

#endif
