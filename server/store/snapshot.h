/* Snapshots: saving the store as a SQLite file and restoring it. No tick may be open. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "store/store.h"

enum { SNAPSHOT_MAX = 60 << 20 }; /* bytes: checking it blocks the event loop */

/* The whole state as a SQLite file, to be freed with store_snapshot_free. RESULT_TOO_LARGE,
 * RESULT_NO_MEMORY. */
enum result store_snapshot(struct store *store, struct slice *image) MUST_CHECK;
void store_snapshot_free(struct slice image);

/* Replaces the whole state by a snapshot. RESULT_INVALID with *error set if the file is foreign,
 * damaged, of another version or UTF-16, or a row breaks a rule; RESULT_STORE, RESULT_NO_MEMORY.
 * A failure changes nothing. */
enum result store_restore(struct store *store, struct slice image,
                          struct store_error *error) MUST_CHECK;

#endif
