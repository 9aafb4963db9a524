/* Reset: the store goes back to the catalogue and the seeds. No tick may be open. */
#ifndef STORE_RESET_H
#define STORE_RESET_H

#include "store/store.h"

/* Every table emptied, the catalogue filled in again, the clock set to the wall's, then the seeds:
 * all or nothing. As store_seed. */
enum result store_reset(struct store *store, const char *const *paths, size_t count,
                        struct store_error *error) MUST_CHECK;

/* The same for what one account has in one region; the seeds are applied elsewhere first and give
 * their rows of that world. */
enum result store_reset_world(struct store *store, const char *const *paths, size_t count,
                              struct slice account, struct slice region,
                              struct store_error *error) MUST_CHECK;

#endif
