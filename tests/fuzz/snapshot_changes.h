/* What an input changes in a snapshot, for the target snapshot. */
#ifndef TESTS_FUZZ_SNAPSHOT_CHANGES_H
#define TESTS_FUZZ_SNAPSHOT_CHANGES_H

#include "fuzz.h"

/* Each takes an image of sqlite3_serialize or sqlite3_malloc and returns another or the same one,
 * to be freed with store_snapshot_free. */

/* Four bytes of the input a change: three say where, one is added bit by bit. */
struct slice change_bytes(struct slice image, struct slice input);

/* Pages overwritten, swapped, doubled, emptied or cut off, and fields of the headers of the file
 * and of pages set: enum page_change. */
struct slice change_pages(struct slice image, struct slice input);

/* One value in one column of all rows of one table, as far as the types of the tables allow. */
struct slice change_column(struct slice image, struct slice input);

/* Values of any type in columns of one row or all, rows of other tables' keys, rows missing: no
 * type and no rule of the tables holds meanwhile. Every table has rows. */
struct slice change_rows(struct slice image, struct slice input);

#endif
