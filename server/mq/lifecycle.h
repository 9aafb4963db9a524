/* What happens to brokers as time passes: creation, reboot, deletion, the maintenance window. */
#ifndef MQ_LIFECYCLE_H
#define MQ_LIFECYCLE_H

#include <stdint.h>

#include "api/call.h"
#include "store/brokers.h"

enum { LIFECYCLE_STEP = 256 }; /* brokers at a time: requests wait meanwhile */

/* All of these: RESULT_STORE, RESULT_NO_MEMORY. Times are those of the service's clock. A duration
 * of 0 in the settings ends what begins before the function returns. */

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

/* When the window opens next, from day, time and zone; never where the zone is unknown or cannot be
 * read. */
void lifecycle_schedule_window(struct broker *broker, int64_t now_ms);

/* When the window of the brokers that were given none opens next after `after_ms`. RESULT_INVALID,
 * RESULT_SYSTEM. */
enum result lifecycle_default_window(int64_t after_ms, int64_t *due_ms) MUST_CHECK;

/* The window opened at `at_ms`: changes of it are counted anew, and a broker with anything pending
 * reboots from then on. Windows missed between then and `now_ms` would find nothing to do. */
enum result lifecycle_open_window(struct store *store, struct broker *broker,
                                  const struct settings *settings, int64_t at_ms, int64_t now_ms,
                                  struct arena *arena) MUST_CHECK;

/* Everything that is due, up to LIFECYCLE_STEP brokers, each an operation of the tick. */
enum result lifecycle_advance(struct store *store, const struct settings *settings,
                              int64_t now_ms) MUST_CHECK;

#endif
