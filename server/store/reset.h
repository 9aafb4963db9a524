/* Reset to the catalogue and the seeds. No tick may be open. */
#ifndef STORE_RESET_H
#define STORE_RESET_H

#include "store/store.h"

/* Empties every table, fills the catalogue, sets the clock to the wall clock and applies the seeds,
 * in one transaction. Results as for store_seed. */
enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error) MUST_CHECK;

/* Called in the transaction of a reset, when the rows are replaced. */
typedef enum result store_settle(struct store *store, struct slice account, struct slice region);

/* Resets the brokers, configurations and VPCs of one account and region by the undo log. Where that
 * does not serve, it applies the seeds to a new store in memory and copies their rows of that
 * account and region. `settle` then mends what others have of the former rows; its error undoes the
 * reset. */
enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region, store_settle *settle,
                              struct store_error *error) MUST_CHECK;

#endif
