/* What happens to brokers as time passes. */
#ifndef MQ_LIFECYCLE_H
#define MQ_LIFECYCLE_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

struct store;

enum { LIFECYCLE_STEP = 256 }; /* requests wait meanwhile */

/* Starts a reboot of a broker that can be rebooted; with `reboot_ms` 0 it is over at once.
 * RESULT_STORE. */
enum result lifecycle_reboot(struct store *store, struct slice broker_id, int64_t now_ms,
                             int64_t reboot_ms) MUST_CHECK;

/* Ends every reboot that is due: pending changes are applied, in the savepoint of the caller.
 * RESULT_STORE. */
enum result lifecycle_advance(struct store *store, int64_t now_ms) MUST_CHECK;

#endif
