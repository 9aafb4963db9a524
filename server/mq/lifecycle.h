/* What happens to brokers as time passes: creation, reboot, deletion, the maintenance window. */
#ifndef MQ_LIFECYCLE_H
#define MQ_LIFECYCLE_H

#include <stdint.h>

#include "api/call.h"
#include "store/brokers.h"
#include "store/clock_step.h"

/* The work that is done at a time, while requests wait, in rows: one for each row that is written,
 * and LIFECYCLE_VISIT for each broker that is looked at. */
enum { LIFECYCLE_SLICE = 512, LIFECYCLE_VISIT = 8 };

/* All of these: RESULT_STORE, RESULT_NO_MEMORY. Times are those of the service's clock. A duration
 * of 0 in the settings ends what begins before the function returns, unless it has to write more
 * than a slice of rows: then it is due at once. */

/* Sets state and due time of a broker that is to be inserted. */
void lifecycle_begin_creation(struct broker *broker, const struct settings *settings,
                              int64_t now_ms);

/* Ends a creation that takes no time, after the broker and its users were inserted. */
enum result lifecycle_end_creation(struct store *store, struct broker *broker,
                                   const struct settings *settings) MUST_CHECK;

/* Saves the broker as well. */
enum result lifecycle_reboot(struct store *store, struct broker *broker,
                             const struct settings *settings, int64_t now_ms,
                             struct arena *arena) MUST_CHECK;
enum result lifecycle_delete(struct store *store, struct broker *broker,
                             const struct settings *settings, int64_t now_ms) MUST_CHECK;

/* Makes due, and commits, what waits for the processes of real brokers: an earlier server, or that
 * of a snapshot, may have had some. What has to wait for one here does so again. No tick may be
 * open. */
enum result lifecycle_resume(struct store *store) MUST_CHECK;

/* When the window opens next, from day, time and zone; never where the zone is unknown or cannot be
 * read. */
void lifecycle_schedule_window(struct broker *broker, int64_t now_ms);

/* When the window of the brokers that were given none opens next after `after_ms`. RESULT_INVALID,
 * RESULT_SYSTEM. */
enum result lifecycle_default_window(int64_t after_ms, int64_t *due_ms) MUST_CHECK;

/* The window opened at `at_ms`: changes of it are counted anew, and a broker with anything pending
 * reboots from then on. The next one is scheduled after *again_ms, before which no window would
 * find anything to do: the end of what the broker is doing, or `until_ms`. */
enum result lifecycle_open_window(struct store *store, struct broker *broker,
                                  const struct settings *settings, int64_t at_ms, int64_t until_ms,
                                  struct arena *arena, int64_t *again_ms) MUST_CHECK;

/* Performs what is due until `until_ms`, in the order of time, each as an operation of the tick, as
 * long as *left is positive; the work done is subtracted from it. Windows that are not yet computed
 * are those after `now_ms`. *reached_ms: nothing before it is due any more. */
enum result lifecycle_advance(struct store *store, const struct settings *settings, int64_t now_ms,
                              int64_t until_ms, int64_t *left, int64_t *reached_ms) MUST_CHECK;

/* Opens the default window at step->window_ms for the brokers by id after step->broker_id, which
 * becomes the last of them, as long as *left is positive. step->again_ms falls to the earliest time
 * after which another window can find something to do. RESULT_NOT_FOUND: no broker is left. */
enum result lifecycle_open_default_windows(struct store *store, const struct settings *settings,
                                           int64_t until_ms, struct clock_step *step,
                                           int64_t *left) MUST_CHECK;

#endif
