/* Setting the service's clock. Forward: what is due on the way happens, in the order of time. If
 * that is much, the step is made in slices, between which calls are answered. They see a clock in
 * between and everything done that was due until then. Back: what is under way keeps its remaining
 * time, and windows follow the clock; this is one transaction. */
#ifndef MQ_CLOCK_H
#define MQ_CLOCK_H

#include "api/call.h"
#include "store/clock_step.h"

/* Begins a step to the wall clock plus `offset_ms`, in the years 1970 to 9999, and makes its first
 * slice. A step is under way afterwards (clock_step_is_open) if there is more to do. One that was
 * under way before, because it had failed, ends here: a step back leaves nothing of it, a step
 * forward visits the brokers that it has not yet visited.
 * RESULT_STORE, RESULT_NO_MEMORY. */
enum result clock_begin_step(struct store *store, const struct settings *settings,
                             int64_t offset_ms) MUST_CHECK;

/* Makes the next slice of the step that is under way, within the tick. */
enum result clock_continue_step(struct store *store, const struct settings *settings) MUST_CHECK;

/* Completes the step that a crash has interrupted, if any, in transactions of its own. */
enum result clock_complete_step(struct store *store, const struct settings *settings) MUST_CHECK;

#endif
