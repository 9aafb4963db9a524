/* A store with fixtures, and calls that reach the handlers as the gate lets them. */
#ifndef TESTS_UNIT_STORE_WORLD_H
#define TESTS_UNIT_STORE_WORLD_H

#include "support.h"

#include "gate/gate.h"
#include "gate/router.h"
#include "http/target.h"
#include "mq/lifecycle.h"
#include "store/broker_heads.h"
#include "store/brokers.h"
#include "store/internal.h"
#include "store/reset.h"

struct world {
    struct store *store;
    struct settings settings;
    struct arena arena;   /* of replies and answers to questions; never reset */
    struct arena scratch; /* of one call */
    struct buffer out;
    int64_t now_ms;
};

static inline void world_init(struct world *world)
{
    *world = (struct world){.settings = {.account = SLICE("123456789012"),
                                         .region = SLICE("us-east-1"),
                                         .create_ms = 1000,
                                         .reboot_ms = 1000,
                                         .delete_ms = 1000},
                            .now_ms = 1000000};
    arena_init(&world->arena, 16 << 20);
    arena_init(&world->scratch, 16 << 20);
    buffer_init(&world->out, 1 << 20);
}

static inline enum result world_try_open(struct world *world, const char *path,
                                         struct store_error *error)
{
    struct store_options options = {path, true, "123456789012", "us-east-1"};
    return store_open(&options, &world->store, error);
}

/* Opens the database; a new one is seeded with `sql`. */
static inline void world_open(struct world *world, const char *path, const char *sql)
{
    char seed[] = "/tmp/amazonmq-unit-XXXXXX";
    const char *const seeds[] = {seed};
    struct store_error error = {""};
    world_init(world);
    if (world_try_open(world, path, &error))
        fail_msg("%s", error.text);
    if (!store_is_new(world->store))
        return;
    make_file(seed, slice_of(sql));
    enum result result = store_seed(world->store, seeds, 1, &error);
    unlink(seed);
    if (result)
        fail_msg("%s", error.text);
}

static inline void world_close(struct world *world)
{
    store_free(world->store);
    arena_close(&world->arena);
    arena_close(&world->scratch);
    buffer_close(&world->out);
}

/* The rows of a query: columns separated by `|`, NULL as `-`, rows by a blank. */
static inline const char *world_ask(struct world *world, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    const char *text = "";
    if (sqlite3_prepare_v2(world->store->db, sql, -1, &stmt, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(world->store->db));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *value = (const char *)sqlite3_column_text(stmt, i);
            const char *before = i ? "|" : *text ? " " : "";
            text = arena_printf(&world->arena, "%s%s%s", text, before, value ? value : "-");
            assert_non_null(text);
        }
    }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    return text;
}

/* Performs a slice of what is due by then, within the tick. */
static inline enum result world_advance(struct world *world, int64_t now_ms)
{
    int64_t left = LIFECYCLE_SLICE, reached_ms = 0;
    return lifecycle_advance(world->store, &world->settings, now_ms, now_ms, &left, &reached_ms);
}

/* What is due first, which must be what the rows say. */
static inline int64_t world_due_ms(struct world *world)
{
    enum broker_due due = DUE_NOTHING;
    int64_t due_ms = 0;
    char text[32];
    assert_int_equal(broker_due_first(world->store, &due, &due_ms), RESULT_OK);
    snprintf(text, sizeof text, "%lld", (long long)due_ms);
    assert_string_equal(
        text, world_ask(world, "SELECT min(coalesce(min(state_due_ms), 9223372036854775807),"
                               " coalesce(min(window_due_ms), 9223372036854775807),"
                               " iif(total(day_of_week IS NOT NULL AND window_due_ms IS NULL), 0,"
                               " 9223372036854775807)) FROM broker"));
    return due_ms;
}

/* The members of a body; the test's own bodies are good ones. */
static inline void world_read_body(struct call *call, const char *body, struct arena *arena)
{
    const struct members *members = call->operation->body;
    const struct json *object = NULL;
    struct json_error syntax = {NULL, 0};
    struct member_error error = {.id = ERROR_NONE};
    if (!members)
        return;
    call->input = arena_alloc(arena, members->size);
    assert_non_null(call->input);
    memset(call->input, 0, members->size);
    assert_int_equal(json_parse(arena, slice_of(body), &object, &syntax), RESULT_OK);
    assert_int_equal(members_read(members, object, call->input, arena, &error), RESULT_OK);
}

static inline bool world_find_broker(struct call *call)
{
    const struct operation *operation = call->operation;
    struct broker_head broker;
    if (!(operation->needs & NEEDS_BROKER))
        return true;
    enum result result =
        broker_find_head(call->store, call->labels.broker_id, call->scratch, &broker);
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_BROKER_NOT_FOUND, call->labels.broker_id);
    else if (result)
        call_fail_internal(call, result);
    else
        gate_check_broker(call, &broker);
    return !call->failed;
}

/* Carries a call out, within the open tick or a new one; the reply counts once that is committed.
 */
static inline struct reply world_call(struct world *world, const char *method, const char *target,
                                      const char *body)
{
    struct request request = {.method = slice_of(method), .arena = &world->arena};
    struct labels labels;
    assert_int_equal(target_parse(slice_of(target), &world->arena, &request.target), RESULT_OK);
    const struct operation *operation = router_find(&request, &labels);
    assert_true(operation && operation->run);
    struct call call = {
        .operation = operation,
        .request = &request,
        .settings = &world->settings,
        .store = world->store,
        .arena = &world->arena,
        .scratch = &world->scratch,
        .out = &world->out,
        .now_ms = world->now_ms,
        .labels = labels,
        .caller = {.account = world->settings.account, .region = world->settings.region}};
    buffer_clear(&world->out);
    world_read_body(&call, body, &world->arena);
    store_operation_begin(world->store, operation->writes_once);
    if ((!operation->check || operation->check(&call)) && world_find_broker(&call))
        call_run(&call);
    if (store_operation_end(world->store, !call.failed) && !call.failed)
        call_fail_internal(&call, RESULT_STORE);
    arena_reset(&world->scratch);
    return call.reply;
}

/* Names what differs from "status body". */
static inline void world_expect(struct world *world, const char *method, const char *target,
                                const char *body, const char *wanted)
{
    struct reply reply = world_call(world, method, target, body);
    world_due_ms(world);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
    world_due_ms(world);
    const char *got = arena_printf(&world->arena, "%d %s", reply.status, reply.body.data);
    if (strcmp(got, wanted) != 0)
        fail_msg("%s %s %s\n  got    %s\n  wanted %s", method, target, body, got, wanted);
}

/* 0 to below - 1, the same from the same state. */
static inline uint32_t next_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

#endif
