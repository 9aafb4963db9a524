/* Every call under a fault at its first event, its second, its third …, until it succeeds without
 * one. A call that fails is a 500 and leaves nothing: neither in the store, nor in what is held
 * beside it, nor in the files as a crash would leave them. The next calls work. */
#ifndef TESTS_UNIT_ANOMALY_H
#define TESTS_UNIT_ANOMALY_H

#include "anomaly_calls.h"
#include "sample_calls.h"
#include "sweep.h"
#include "anomaly_rows.h"
#include "failing.h"
#include "store_world.h"

#include <fcntl.h>

#include "base/clock.h"
#include "control/control.h"
#include "gate/gate.h"
#include "mq/lifecycle.h"
#include "mq/operations.h"
#include "store/snapshot.h"

enum { ANOMALY_PATH = 80, ANOMALY_BREACHES = 40 };

struct anomaly {
    struct world world;
    struct gate *gate;
    struct metrics metrics;
    struct control control;
    struct arena arena; /* of one request, as the listener keeps it */
    const char *seeds[1];
    char directory[ANOMALY_PATH];
    char path[ANOMALY_PATH];  /* the store */
    char base[ANOMALY_PATH];  /* what it is put back to */
    char crash[ANOMALY_PATH]; /* its files, copied while it is open */
    char seed[ANOMALY_PATH];
    struct buffer other;         /* a snapshot */
    struct buffer before, after; /* all rows: before the call, and after one without a fault */
    struct buffer rows;
    struct buffer answer; /* without a fault */
    bool cold;            /* SQLite holds no page when the call begins */
    long points;          /* faults that struck */
    int breaches;
    bool called[64]; /* operations, by row */
};

/* Millions of pieces: their first bytes need not be filled, nor their callers be known all the way.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "max_malloc_fill_size=0:malloc_context_size=8:quarantine_size_mb=16";
}

/* What one attempt came to. */
struct attempt {
    int status;
    bool comparable; /* the body is JSON that says the same each time */
    bool struck;
    struct slice body; /* until the next attempt */
};

/* ---- files ---- */

static inline void copy_file(const char *from, const char *to)
{
    char chunk[65536];
    ssize_t got;
    unlink(to);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return; /* a log that is not there */
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(out >= 0);
    while ((got = read(in, chunk, sizeof chunk)) > 0)
        assert_int_equal(write(out, chunk, (size_t)got), got);
    assert_int_equal(close(in) + close(out), 0);
}

/* With its log. */
static inline void copy_database(const char *from, const char *to)
{
    char from_log[ANOMALY_PATH + 8], to_log[ANOMALY_PATH + 8];
    snprintf(from_log, sizeof from_log, "%s-wal", from);
    snprintf(to_log, sizeof to_log, "%s-wal", to);
    copy_file(from, to);
    copy_file(from_log, to_log);
}

static inline void remove_all(const struct anomaly *anomaly)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    const char *const files[] = {anomaly->path, anomaly->base, anomaly->crash, anomaly->seed};
    for (size_t i = 0; i < COUNT(files); i++) {
        for (size_t k = 0; k < COUNT(suffixes); k++) {
            char file[ANOMALY_PATH + 16];
            snprintf(file, sizeof file, "%s%s", files[i], suffixes[k]);
            unlink(file);
        }
    }
    assert_int_equal(rmdir(anomaly->directory), 0);
}

/* ---- the server's parts ---- */

static inline void open_parts(struct anomaly *anomaly)
{
    struct gate_options options = {.store = anomaly->world.store,
                                   .settings = &anomaly->world.settings,
                                   .control = &anomaly->control};
    assert_int_equal(gate_new(&options, &anomaly->gate), RESULT_OK);
    arena_init(&anomaly->arena, 64 << 20);
}

static inline void close_parts(struct anomaly *anomaly)
{
    gate_free(anomaly->gate);
    arena_close(&anomaly->arena);
}

/* The base world again, from its file. */
static inline void put_back(struct anomaly *anomaly)
{
    if (anomaly->world.store) {
        close_parts(anomaly);
        world_close(&anomaly->world);
    }
    copy_database(anomaly->base, anomaly->path);
    world_open(&anomaly->world, anomaly->path, "");
    /* Some attempts are to meet a checkpoint, and the log stays short. */
    world_ask(&anomaly->world, "PRAGMA wal_autocheckpoint = 20");
    open_parts(anomaly);
    add_all_rows(anomaly->world.store->db, &anomaly->before);
}

static inline struct attempt fire(struct anomaly *anomaly, const struct anomaly_call *call);

/* A change that is the same each time, so that it may follow every attempt. */
static const struct anomaly_call anomaly_probe = {"PUT", "/v1/brokers/b-1/users/probe",
                                                  "{\"consoleAccess\":true}", 200};

static inline void make_base(struct anomaly *anomaly)
{
    world_open(&anomaly->world, anomaly->path, anomaly_world);
    open_parts(anomaly);
    assert_int_equal(fire(anomaly, &anomaly_probe).status, 200);
    close_parts(anomaly);
    world_close(&anomaly->world);
    anomaly->world.store = NULL;
    copy_database(anomaly->path, anomaly->base);
}

static inline void make_other(struct anomaly *anomaly)
{
    struct world other;
    struct slice image = {NULL, 0};
    world_open(&other, ":memory:", anomaly_other_world);
    assert_int_equal(store_snapshot(other.store, &image), RESULT_OK);
    buffer_append_slice(&anomaly->other, image);
    store_snapshot_free(image);
    world_close(&other);
}

static inline void anomaly_open(struct anomaly *anomaly)
{
    struct buffer *const buffers[] = {&anomaly->other, &anomaly->before, &anomaly->after,
                                      &anomaly->rows, &anomaly->answer};
    *anomaly = (struct anomaly){.directory = "/tmp/amazonmq-anomaly-XXXXXX"};
    assert_true(operation_count <= COUNT(anomaly->called));
    for (size_t i = 0; i < COUNT(buffers); i++)
        buffer_init(buffers[i], 64 << 20);
    assert_non_null(mkdtemp(anomaly->directory));
    snprintf(anomaly->path, ANOMALY_PATH, "%.40s/store.db", anomaly->directory);
    snprintf(anomaly->base, ANOMALY_PATH, "%.40s/base.db", anomaly->directory);
    snprintf(anomaly->crash, ANOMALY_PATH, "%.40s/crash.db", anomaly->directory);
    snprintf(anomaly->seed, ANOMALY_PATH, "%.40s/XXXXXX", anomaly->directory);
    make_file(anomaly->seed, slice_of(anomaly_other_world));
    anomaly->seeds[0] = anomaly->seed;
    metrics_init(&anomaly->metrics, operations, operation_count);
    anomaly->control = (struct control){
        .version = "0", .seeds = anomaly->seeds, .seed_count = 1, .metrics = &anomaly->metrics};
    assert_int_equal(journal_new(4, &anomaly->control.journal), RESULT_OK);
    make_other(anomaly);
    make_base(anomaly);
}

static inline void anomaly_close(struct anomaly *anomaly)
{
    close_parts(anomaly);
    world_close(&anomaly->world);
    journal_free(anomaly->control.journal);
    buffer_close(&anomaly->other);
    buffer_close(&anomaly->before);
    buffer_close(&anomaly->after);
    buffer_close(&anomaly->rows);
    buffer_close(&anomaly->answer);
    remove_all(anomaly);
}

/* ---- one attempt ---- */

/* As the listener: head, gate, commit, reply. */
static inline struct reply request_reply(struct anomaly *anomaly, const struct anomaly_call *call)
{
    static const struct header headers[] = {
        {SLICE_INIT("Authorization"),
         SLICE_INIT("AWS4-HMAC-SHA256 Credential=AKIDANOMALY/20260930/us-east-1/mq/aws4_request,"
                    " SignedHeaders=host, Signature=00")}};
    struct request request = {.method = slice_of(call->method),
                              .raw_target = slice_of(call->target),
                              .headers = headers,
                              .header_count = COUNT(headers),
                              .body =
                                  call->body ? slice_of(call->body) : buffer_slice(&anomaly->other),
                              .max_body = 1 << 20,
                              .arena = &anomaly->arena};
    struct call under_way = {.request = &request};
    if (target_parse(request.raw_target, request.arena, &request.target))
        return reply_internal_error(false);
    gate_enter(anomaly->gate, &under_way);
    if (under_way.operation && under_way.operation->name)
        anomaly->called[under_way.operation - operations] = true;
    if (!under_way.answered)
        gate_perform(anomaly->gate, &under_way);
    return under_way.reply;
}

static inline struct reply timer_reply(struct anomaly *anomaly)
{
    enum result result = world_advance(&anomaly->world, clock_wall_ms() + 86400000);
    return result ? reply_internal_error(false) : (struct reply){.status = 200};
}

static inline struct attempt fire(struct anomaly *anomaly, const struct anomaly_call *call)
{
    struct store *store = anomaly->world.store;
    struct reply reply = call->method ? request_reply(anomaly, call) : timer_reply(anomaly);
    if (store_tick_commit(store))
        reply = reply_internal_error(false);
    bool struck = fault_disarm();
    /* What could be neither committed nor rolled back is open and failed until the next tick. */
    if (store_tick_is_open(store)) {
        assert_int_equal(reply.status, 500);
        assert_true(store_tick_has_failed(store));
        assert_int_equal(store_tick_commit(store), RESULT_STORE);
    }
    assert_false(store_tick_is_open(store));
    return (struct attempt){.status = reply.status,
                            .comparable = !reply.content_type,
                            .struck = struck,
                            .body = reply.body};
}

/* ---- what is looked at afterwards ---- */

static inline void PRINTF_LIKE(4, 5)
    breach(struct anomaly *anomaly, const struct anomaly_call *call, long n, const char *format,
           ...)
{
    va_list args;
    char what[600];
    unsigned struck = fault.struck;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (++anomaly->breaches <= ANOMALY_BREACHES)
        print_error("%s %.60s, fault %ld%s of kind %x: %s\n", call->method ? call->method : "",
                    call->target, n, fault.lasting ? " and on" : "", struck, what);
}

/* The first line that is not in both. */
static inline const char *first_difference(const struct buffer *a, const struct buffer *b)
{
    static char line[200];
    size_t i = 0, begin = 0;
    for (; i < a->len && i < b->len && a->data[i] == b->data[i]; i++)
        begin = a->data[i] == '\n' ? i + 1 : begin;
    snprintf(line, sizeof line, "%.80s / %.80s", a->data ? a->data + begin : "",
             b->data ? b->data + begin : "");
    return line;
}

/* What the store holds outside its tables says what stands in them. */
static inline bool holds_what_is_stored(struct anomaly *anomaly)
{
    char cached[100];
    const struct store *store = anomaly->world.store;
    snprintf(cached, sizeof cached, "%d|%d|%lld", store->cached.faults, store->cached.policies,
             (long long)store->cached.clock_offset_ms);
    const char *stored = world_ask(
        &anomaly->world, "SELECT EXISTS (SELECT 1 FROM fault), EXISTS (SELECT 1 FROM policy),"
                         " clock_offset_ms FROM default_world");
    return strcmp(cached, stored) == 0;
}

/* All rows, into anomaly->rows, of the files as a crash at this moment would leave them. */
static inline void read_crashed(struct anomaly *anomaly)
{
    sqlite3 *db = NULL;
    copy_database(anomaly->path, anomaly->crash);
    assert_int_equal(sqlite3_open_v2(anomaly->crash, &db, SQLITE_OPEN_READWRITE, "unix"),
                     SQLITE_OK);
    add_all_rows(db, &anomaly->rows);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline void check_store(struct anomaly *anomaly, const struct anomaly_call *call, long n)
{
    if (!holds_what_is_stored(anomaly))
        breach(anomaly, call, n, "the cache differs from the tables");
    if (strcmp(world_ask(&anomaly->world, "PRAGMA integrity_check"), "ok") != 0)
        breach(anomaly, call, n, "the file is damaged");
    if (*world_ask(&anomaly->world, "PRAGMA foreign_key_check") != '\0')
        breach(anomaly, call, n, "a row refers to a missing row");
}

/* Whether anomaly->rows are those that the call leaves where it succeeds. */
static inline bool are_after(struct anomaly *anomaly)
{
    blur(&anomaly->rows);
    sort_lines(&anomaly->rows);
    return same(&anomaly->rows, &anomaly->after);
}

/* Where the log could not be synced, or the last write to it failed but would have changed nothing,
 * the frames stand in it all the same: until the next commit writes over them, a crash brings them
 * back, all of them. */
static inline void check_failed(struct anomaly *anomaly, const struct anomaly_call *call, long n)
{
    bool stands = (fault.struck & FAULT_SYNC) || fault.stands;
    add_all_rows(anomaly->world.store->db, &anomaly->rows);
    bool counted = call->status == 403 && !same(&anomaly->rows, &anomaly->before);
    if (!same(&anomaly->rows, &anomaly->before) && !(counted && are_after(anomaly)))
        breach(anomaly, call, n, "failed and changed: %s",
               first_difference(&anomaly->before, &anomaly->rows));
    check_store(anomaly, call, n);
    /* Where nothing was to be written, a look at some of the files does. */
    bool on_disk = (fault.struck & FAULT_CHANGE) || n % 8 == 1;
    if (on_disk)
        read_crashed(anomaly);
    if (on_disk && !same(&anomaly->rows, &anomaly->before) &&
        !((counted || stands) && are_after(anomaly)))
        breach(anomaly, call, n, "failed and changed on disk: %s",
               first_difference(&anomaly->before, &anomaly->rows));
    if (fire(anomaly, &anomaly_probe).status != 200)
        breach(anomaly, call, n, "the next call fails");
    if (stands)
        read_crashed(anomaly);
    if (stands && !same(&anomaly->rows, &anomaly->before) && !(counted && are_after(anomaly)))
        breach(anomaly, call, n, "failed, and is there after the next call: %s",
               first_difference(&anomaly->before, &anomaly->rows));
    if (anomaly->breaches > 0 || counted)
        put_back(anomaly); /* so that one breach is one message */
}

/* Succeeded, though perhaps under a fault: as if there had been none, in memory and on disk. */
static inline void check_succeeded(struct anomaly *anomaly, const struct anomaly_call *call,
                                   const struct attempt *attempt, long n)
{
    struct buffer *rows = &anomaly->rows;
    if (attempt->comparable) {
        buffer_clear(rows);
        buffer_append_slice(rows, attempt->body);
        blur(rows);
        if (!same(rows, &anomaly->answer))
            breach(anomaly, call, n, "succeeded with another answer: %.*s", (int)attempt->body.len,
                   attempt->body.data);
    }
    read_crashed(anomaly);
    if (!are_after(anomaly))
        breach(anomaly, call, n, "succeeded and changed something else: %s",
               first_difference(&anomaly->after, rows));
    check_store(anomaly, call, n);
    put_back(anomaly);
}

/* What the call answers and leaves without a fault. */
static inline void learn(struct anomaly *anomaly, const struct anomaly_call *call)
{
    put_back(anomaly);
    struct attempt attempt = fire(anomaly, call);
    if (attempt.status != call->status)
        fail_msg("%s %s: %d %.*s", call->method ? call->method : "", call->target, attempt.status,
                 (int)attempt.body.len, attempt.body.data);
    buffer_clear(&anomaly->answer);
    buffer_append_slice(&anomaly->answer, attempt.body);
    blur(&anomaly->answer);
    add_all_rows(anomaly->world.store->db, &anomaly->after);
    blur(&anomaly->after);
    sort_lines(&anomaly->after);
    put_back(anomaly);
}

/* Makes the first event of these kinds fail, then the second …, until the call ends before it
 * comes. Returns how many there are, about. With a `stride` fewer and fewer are tried: of those
 * behind n, one of n / stride. */
static inline long sweep(struct anomaly *anomaly, const struct anomaly_call *call, unsigned kinds,
                         bool lasting, long stride)
{
    fault.kinds = kinds;
    fault.lasting = lasting;
    learn(anomaly, call);
    for (long n = 1;; n += 1 + (stride ? n / stride : 0)) {
        close_parts(anomaly); /* nothing is kept from the attempt before */
        open_parts(anomaly);
        if (anomaly->cold)
            sqlite3_db_release_memory(anomaly->world.store->db);
        fault_arm(n, lasting);
        struct attempt attempt = fire(anomaly, call);
        anomaly->points += attempt.struck;
        if (attempt.status == call->status)
            check_succeeded(anomaly, call, &attempt, n);
        else if (attempt.status == 500 && attempt.struck)
            check_failed(anomaly, call, n);
        else
            breach(anomaly, call, n, "%d %.*s", attempt.status, (int)attempt.body.len,
                   attempt.body.data);
        if (attempt.status != call->status && attempt.status != 500)
            put_back(anomaly);
        if (!attempt.struck)
            return n - 1;
        assert_true(n < 100000);
    }
}

/* A call of the next operation, from *at on, that anomaly_calls has none of. False: no more. */
static inline bool find_left_out(const struct anomaly *anomaly, size_t *at,
                                 struct sample_call *sample, struct anomaly_call *call)
{
    static const struct sample_names names = {"b-1", "alice", "c-mine",
                                              ANOMALY_ARN "broker%3Aorders%3Ab-1"};
    while (*at < operation_count && anomaly->called[*at])
        (*at)++;
    if (*at == operation_count)
        return false;
    sample_make(&operations[*at], &names, sample);
    *call =
        (struct anomaly_call){operations[*at].method, sample->target, sample->body, sample->status};
    (*at)++;
    return true;
}

/* 0: every point, however long it takes. */
static inline long anomaly_stride(long stride)
{
    return sweep_is_whole() ? 0 : stride;
}

#endif
