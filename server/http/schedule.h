/* When a call is carried out and when its reply may be sent: at once, after a delay, between ticks,
 * after the commit. */
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
    struct exchange_queue held;      /* wait for the tick's commit */
    struct exchange_queue exclusive; /* wait for a moment between ticks */
};

/* Both take a call on its way as far as it comes now, schedule_enter from the beginning (head and
 * body are complete), schedule_perform after its delay. exchange->state is EXCHANGE_READY where the
 * reply can be sent, else what it waits for. With `at_once` a delay is left out.
 * RESULT_NO_MEMORY: the exchange waits for nothing and has no reply. */
enum result schedule_enter(struct schedule *schedule, struct exchange *exchange,
                           bool at_once) MUST_CHECK;
void schedule_perform(struct schedule *schedule, struct exchange *exchange);

/* The next one whose waiting is over, with its new state; NULL: none. After the commit (where that
 * failed the reply becomes a 500), between ticks (carried out here), and after a delay. */
struct exchange *schedule_take_held(struct schedule *schedule, bool committed);
struct exchange *schedule_take_exclusive(struct schedule *schedule);
struct exchange *schedule_take_due(struct schedule *schedule, int64_t now_ms);

/* Any that waits; NULL: none. */
struct exchange *schedule_take_any(struct schedule *schedule);

/* Whether one waits for a tick to end. */
bool schedule_is_busy(const struct schedule *schedule);

#endif
