/* When a call runs (at once, after a delay, or between ticks) and when its reply may be sent (at
 * once or after the commit). */
#ifndef HTTP_SCHEDULE_H
#define HTTP_SCHEDULE_H

#include "gate/gate.h"
#include "http/delays.h"
#include "http/exchange.h"

/* First in, first out. */
struct exchange_queue {
    struct exchange *first, *last;
};

struct schedule {
    struct gate *gate;
    struct store *store;
    struct delays delays;
    struct exchange_queue held;      /* replies that wait for the tick's commit */
    struct exchange_queue exclusive; /* calls that wait until no transaction is open */
};

/* schedule_enter starts a call whose head and body are complete, schedule_perform continues it
 * after its delay. They set exchange->state to EXCHANGE_READY if the reply can be sent, else to
 * what it waits for. With `at_once` there is no delay. RESULT_NO_MEMORY: the exchange has no reply.
 */
enum result schedule_enter(struct schedule *schedule, struct exchange *exchange,
                           bool at_once) MUST_CHECK;
void schedule_perform(struct schedule *schedule, struct exchange *exchange);

/* Remove and return an exchange, with its new state; NULL: none. _held: after the commit; if that
 * failed the reply becomes a 500. _exclusive: runs its call; NULL also if that is unfinished, then
 * it remains the first. _due: its delay is over. */
struct exchange *schedule_take_held(struct schedule *schedule, bool committed);
struct exchange *schedule_take_exclusive(struct schedule *schedule);
struct exchange *schedule_take_due(struct schedule *schedule, int64_t now_ms);

/* Ends the delay of an exchange and performs its call; see schedule_perform. */
void schedule_end_delay(struct schedule *schedule, struct exchange *exchange);

/* Removes and returns any exchange; NULL: none. */
struct exchange *schedule_take_any(struct schedule *schedule);

/* Whether an exchange waits for the end of the tick. */
bool schedule_is_busy(const struct schedule *schedule);

#endif
