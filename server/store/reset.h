/* Seeding, and the reset to the seeds. No tick may be open. */
#ifndef STORE_RESET_H
#define STORE_RESET_H

#include "store/store.h"

/* Applies the seeds to a new store, as seed_files_apply does, and remembers what a reset restores.
 */
enum result store_seed(struct store *store, const char *const *paths, size_t count,
                       struct store_error *error) MUST_CHECK;

/* Restores what the seeds have made of a new store: by the undo log, whose time is that of what has
 * changed; where that does not serve, by a copy of what they make, in the time of its size. Seeds
 * that were edited are applied again. The clock shows the time of the machine. Results as for
 * store_seed; a failure changes nothing. */
enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error) MUST_CHECK;

/* Called in the transaction of a reset, when the rows are replaced. */
typedef enum result store_settle(struct store *store, struct slice account, struct slice region);

/* Resets the brokers, configurations and VPCs of one account and region by the undo log. Where that
 * does not serve, its rows are deleted, and those of the seeds copied. `settle` then mends what
 * others have of the former rows; its error undoes the reset. */
enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region, store_settle *settle,
                              struct store_error *error) MUST_CHECK;

#endif
