#include "http/schedule.h"

#include "api/operation.h"
#include "base/clock.h"
#include "store/store.h"

static void enqueue(struct exchange_queue *queue, struct exchange *exchange,
                    enum exchange_state state)
{
    exchange->state = state;
    exchange->next_held = NULL;
    *(queue->last ? &queue->last->next_held : &queue->first) = exchange;
    queue->last = exchange;
}

static struct exchange *dequeue(struct exchange_queue *queue)
{
    struct exchange *exchange = queue->first;
    if (!exchange)
        return NULL;
    queue->first = exchange->next_held;
    if (!queue->first)
        queue->last = NULL;
    exchange->state = EXCHANGE_READY;
    return exchange;
}

/* While a transaction is open, replies of reads are held too: they may show uncommitted data. */
void schedule_perform(struct schedule *schedule, struct exchange *exchange)
{
    if (!exchange->call.answered)
        gate_perform(schedule->gate, &exchange->call);
    if (store_tick_is_open(schedule->store))
        enqueue(&schedule->held, exchange, EXCHANGE_HELD);
    else
        exchange->state = EXCHANGE_READY;
}

enum result schedule_enter(struct schedule *schedule, struct exchange *exchange, bool at_once)
{
    struct call *call = &exchange->call;
    if (!exchange->is_discarded)
        exchange->request.body = buffer_slice(&exchange->body);
    gate_enter(schedule->gate, call);
    if (!call->answered && call->operation->exclusive) {
        enqueue(&schedule->exclusive, exchange, EXCHANGE_EXCLUSIVE);
    } else if (call->delay_ms > 0 && !at_once) {
        exchange->state = EXCHANGE_DELAYED;
        return delays_add(&schedule->delays, clock_monotonic_ms() + call->delay_ms, exchange);
    } else {
        schedule_perform(schedule, exchange);
    }
    return RESULT_OK;
}

struct exchange *schedule_take_held(struct schedule *schedule, bool committed)
{
    struct exchange *exchange = dequeue(&schedule->held);
    if (exchange && !committed) {
        exchange->call.reply = reply_internal_error(exchange->request.target.is_control);
        exchange->call.drop = false;
    }
    return exchange;
}

struct exchange *schedule_take_exclusive(struct schedule *schedule)
{
    struct exchange_queue *queue = &schedule->exclusive;
    if (!queue->first)
        return NULL;
    gate_perform(schedule->gate, &queue->first->call);
    return queue->first->call.unfinished ? NULL : dequeue(queue);
}

struct exchange *schedule_take_due(struct schedule *schedule, int64_t now_ms)
{
    struct exchange *exchange = delays_take(&schedule->delays, now_ms);
    if (exchange)
        exchange->state = EXCHANGE_DUE;
    return exchange;
}

void schedule_end_delay(struct schedule *schedule, struct exchange *exchange)
{
    delays_remove(&schedule->delays, exchange);
    schedule_perform(schedule, exchange);
}

struct exchange *schedule_take_any(struct schedule *schedule)
{
    struct exchange *exchange = schedule_take_due(schedule, INT64_MAX);
    if (!exchange)
        exchange = dequeue(&schedule->held);
    return exchange ? exchange : dequeue(&schedule->exclusive);
}

bool schedule_is_busy(const struct schedule *schedule)
{
    return schedule->held.first || schedule->exclusive.first;
}
