#include "http/exchange.h"

#include <stdlib.h>

enum {
    EXCHANGE_ARENA = 64 << 20, /* the longest reply and its head fit */
    EXCHANGE_SPARES = 256,
    EXCHANGE_DRAIN = 64 << 20,     /* of a body that is too large */
    EXCHANGE_KEPT_BODY = 16 << 10, /* a larger body buffer is not kept */
};

void exchange_queue_add(struct exchange_queue *queue, struct exchange *exchange)
{
    exchange->next_held = NULL;
    *(queue->last ? &queue->last->next_held : &queue->first) = exchange;
    queue->last = exchange;
}

struct exchange *exchange_queue_take(struct exchange_queue *queue)
{
    struct exchange *exchange = queue->first;
    if (!exchange)
        return NULL;
    queue->first = exchange->next_held;
    if (!queue->first)
        queue->last = NULL;
    return exchange;
}

struct exchange *exchange_take(struct exchange_pool *pool, size_t max_body)
{
    struct exchange *exchange = pool->spare;
    if (exchange) {
        pool->spare = exchange->next_held;
        pool->spare_count--;
    } else {
        exchange = calloc(1, sizeof *exchange);
        if (!exchange)
            return NULL;
        arena_init(&exchange->arena, EXCHANGE_ARENA);
        buffer_init(&exchange->body, 0);
    }
    exchange->body.ceiling = max_body; /* paths differ in what they take */
    exchange->state = EXCHANGE_NEW;
    exchange->next_held = NULL;
    exchange->received = 0;
    exchange->request = (struct request){.arena = &exchange->arena, .max_body = max_body};
    exchange->passage = (struct passage){.operation = NULL};
    return exchange;
}

static void destroy(struct exchange *exchange)
{
    arena_close(&exchange->arena);
    buffer_close(&exchange->body);
    free(exchange);
}

void exchange_give(struct exchange_pool *pool, struct exchange *exchange)
{
    if (!exchange)
        return;
    if (pool->spare_count >= EXCHANGE_SPARES) {
        destroy(exchange);
        return;
    }
    arena_reset(&exchange->arena);
    if (exchange->body.size > EXCHANGE_KEPT_BODY)
        buffer_close(&exchange->body);
    else
        buffer_clear(&exchange->body);
    exchange->next_held = pool->spare;
    pool->spare = exchange;
    pool->spare_count++;
}

void exchange_pool_close(struct exchange_pool *pool)
{
    while (pool->spare) {
        struct exchange *next = pool->spare->next_held;
        destroy(pool->spare);
        pool->spare = next;
    }
    pool->spare_count = 0;
}

bool exchange_receive(struct exchange *exchange, const char *data, size_t len)
{
    exchange->received += len;
    if (exchange->received > EXCHANGE_DRAIN)
        return false;
    if (!exchange->body.failed)
        buffer_append(&exchange->body, data, len);
    return true;
}
