#include "http/exchange.h"

#include <stdlib.h>

#include "http/target.h"
#include "process/limits.h"

enum {
    EXCHANGE_ARENA = 64 << 20, /* enough for the longest reply and its headers */
    EXCHANGE_SPARES_MAX = 256,
    EXCHANGE_CONTROL_BODY_MAX = 64 << 20, /* seeds and snapshots */
    EXCHANGE_DRAIN_MAX = 64 << 20,        /* bytes read of a body that is too large */
    EXCHANGE_BODIES_MAX = 256 << 20,      /* all bodies together: four of the largest */
    EXCHANGE_KEPT_BODY_MAX = 16 << 10,    /* a larger body buffer is freed after the request */
    EXCHANGE_LARGE = 1 << 20, /* bytes of a request and its reply: the heap is trimmed after it */
};

static void read_target(struct exchange *exchange, struct slice raw)
{
    struct request *request = &exchange->request;
    const char *copy = arena_copy(&exchange->arena, raw);
    request->raw_target = (struct slice){copy, copy ? raw.len : 0};
    if (copy && target_parse(request->raw_target, &exchange->arena, &request->target))
        request->raw_target = (struct slice){NULL, 0};
}

struct exchange *exchange_take(struct exchange_pool *pool, struct slice raw_target, size_t max_body)
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
    exchange->state = EXCHANGE_NEW;
    exchange->next_held = NULL;
    exchange->received = 0;
    exchange->has_trailers = false;
    exchange->takes_interim = exchange->is_probed = exchange->is_discarded = false;
    exchange->request = (struct request){.arena = &exchange->arena};
    exchange->call = (struct call){.request = &exchange->request};
    read_target(exchange, raw_target);
    exchange->request.max_body =
        exchange->request.target.is_control ? EXCHANGE_CONTROL_BODY_MAX : max_body;
    exchange->body.ceiling = exchange->request.max_body;
    return exchange;
}

static void destroy(struct exchange *exchange)
{
    arena_close(&exchange->arena);
    buffer_close(&exchange->body);
    free(exchange);
}

/* To the spare ones, if there are not enough. */
static void put_back(struct exchange_pool *pool, struct exchange *exchange)
{
    pool->body_bytes -= exchange->body.len;
    if (pool->spare_count >= EXCHANGE_SPARES_MAX) {
        destroy(exchange);
        return;
    }
    arena_reset(&exchange->arena);
    if (exchange->body.size > EXCHANGE_KEPT_BODY_MAX)
        buffer_close(&exchange->body);
    else
        buffer_clear(&exchange->body);
    exchange->next_held = pool->spare;
    pool->spare = exchange;
    pool->spare_count++;
}

void exchange_give(struct exchange_pool *pool, struct exchange *exchange)
{
    if (!exchange)
        return;
    bool was_large = exchange->arena.used > EXCHANGE_LARGE;
    put_back(pool, exchange);
    if (was_large)
        limits_trim_memory();
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

void exchange_discard(struct exchange_pool *pool, struct exchange *exchange)
{
    enum result failed = exchange->body.failed;
    pool->body_bytes -= exchange->body.len;
    buffer_close(&exchange->body);
    exchange->body.failed = failed;
    exchange->is_discarded = true;
}

bool exchange_receive(struct exchange_pool *pool, struct exchange *exchange, const char *data,
                      size_t len)
{
    size_t before = exchange->body.len;
    exchange->received += len;
    if (exchange->received > EXCHANGE_DRAIN_MAX)
        return false;
    if (exchange->is_discarded)
        return true;
    exchange->request.bodies_too_large =
        before + len > EXCHANGE_KEPT_BODY_MAX && pool->body_bytes + len > EXCHANGE_BODIES_MAX;
    if (!exchange->request.bodies_too_large)
        buffer_append(&exchange->body, data, len);
    pool->body_bytes += exchange->body.len - before;
    if (exchange->request.bodies_too_large || exchange->body.failed)
        exchange_discard(pool, exchange);
    return true;
}
