/* The undo log: what every changed row was after seeding, so that a reset takes the time of what
 * has changed. SQLite's preupdate hook writes it, before each change of a row. */
#ifndef STORE_UNDO_H
#define STORE_UNDO_H

#include <stdint.h>

#include "store/internal.h"

/* Begins an empty log: the present rows are those that undo_play restores. `stamp`: of the seeds
 * they come from. Call it when a transaction was committed. Without memory there is no log. */
void undo_begin(struct store *store, uint64_t stamp);

/* Ends the log: undo_play will do nothing until undo_begin. */
void undo_end(struct store *store);

/* Notes a change, for the hook; its arguments are those of SQLite's preupdate hook. The log ends if
 * it becomes too large, or if it cannot restore this change. */
void undo_note(struct store *store, int action, const char *table, int64_t old_row,
               int64_t new_row);

/* Restores the rows of undo_begin, in a transaction of its own; no tick may be open.
 * RESULT_NOT_FOUND: nothing has changed, as there is no log, or it is of other seeds, its playback
 * would take too long, or SQLite has refused a step (a name that two rows have exchanged, for
 * example). */
enum result undo_play(struct store *store, uint64_t stamp) MUST_CHECK;

/* Restores the brokers, configurations and VPCs of an account and region, in the tick that it
 * opens, and leaves the tick open; no tick may be open. The log goes on. RESULT_NOT_FOUND as above,
 * also if a row of another account or region is in the way. */
enum result undo_play_world(struct store *store, uint64_t stamp, struct slice account,
                            struct slice region) MUST_CHECK;

/* Removes from the log what is again as it was, if the log has grown much since that was done last:
 * resets of an account and region leave their changes in it. No tick may be open. */
void undo_compact(struct store *store);

#endif
