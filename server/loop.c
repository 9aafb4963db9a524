#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "brokers/processes.h"
#include "process/sandbox.h"
#include "process/signals.h"
#include "observe/metrics.h"
#include "mq/clock.h"
#include "mq/lifecycle.h"
#include "store/brokers.h"
#include "store/store.h"

enum {
    LOOP_GRACE_MS = 4000,    /* for open requests after a stop signal; Docker kills after 10 s */
    LOOP_RETRY_MS = 1000,    /* after a due state change could not be written */
    LOOP_LOG_MS = 100,       /* between attempts to write the log */
    LOOP_SET_BACK_MS = 1000, /* of the wall clock; less is its usual correction */
    LOOP_EVENTS = 64,
};

struct loop {
    struct listener *listener;
    struct store *store;
    const struct settings *settings;
    struct metrics *metrics;
    struct processes *processes; /* NULL: none */
    int epoll;
    int signals;
    bool stopping;
    bool log_pending;      /* the log could not be written completely */
    int64_t stop_by_ms;    /* monotonic */
    int64_t retry_ms;      /* monotonic; when to try due state changes again after a failure */
    int64_t wall_ahead_ms; /* the wall clock less the monotonic one */
};

/* The timeout of epoll_wait: until the next due broker, timer of the listener, retry or attempt to
 * write the log, at most an hour. */
static int wait_ms(const struct loop *loop, int64_t now_ms)
{
    int64_t due_ms = INT64_MAX, wait = INT64_MAX;
    enum broker_due due = DUE_NOTHING;
    int listener_wait = listener_wait_ms(loop->listener, now_ms);
    if (listener_is_busy(loop->listener) || store_tick_is_open(loop->store) ||
        (clock_step_is_open(loop->store) && loop->retry_ms <= now_ms))
        return 0;
    if (!broker_due_first(loop->store, &due, &due_ms) && due_ms != INT64_MAX)
        wait = due_ms > store_now_ms(loop->store) ? due_ms - store_now_ms(loop->store) : 0;
    if (wait < loop->retry_ms - now_ms)
        wait = loop->retry_ms - now_ms;
    if (clock_step_is_open(loop->store) && wait > loop->retry_ms - now_ms)
        wait = loop->retry_ms - now_ms;
    if (loop->processes && wait > processes_due_ms(loop->processes) - now_ms)
        wait = processes_due_ms(loop->processes) - now_ms;
    if (loop->stopping && wait > loop->stop_by_ms - now_ms)
        wait = loop->stop_by_ms - now_ms;
    if (loop->log_pending && wait > LOOP_LOG_MS)
        wait = LOOP_LOG_MS;
    if (wait < 0)
        wait = 0;
    if (wait > 3600000)
        wait = 3600000; /* the wall clock may be changed meanwhile */
    return listener_wait >= 0 && listener_wait < wait ? listener_wait : (int)wait;
}

static void stop(struct loop *loop, int64_t now_ms)
{
    struct signalfd_siginfo info;
    if (read(loop->signals, &info, sizeof info) != sizeof info || loop->stopping)
        return;
    log_event(LOG_INFO, "stop", "signal",
              info.ssi_signo == SIGINT   ? "SIGINT"
              : info.ssi_signo == SIGHUP ? "SIGHUP"
                                         : "SIGTERM");
    loop->stopping = true;
    loop->stop_by_ms = now_ms + LOOP_GRACE_MS;
    listener_stop(loop->listener);
}

static void commit(struct loop *loop)
{
    bool committed = store_tick_commit(loop->store) == RESULT_OK;
    if (!committed)
        log_event(LOG_ERROR, "commit-failed", "answer", "500 for every call of the tick");
    listener_release(loop->listener, committed);
}

/* Performs due creations, reboots, deletions and maintenance windows, in a separate transaction:
 * calls are answered even if it fails. */
static void advance(struct loop *loop, int64_t now_ms)
{
    int64_t due_ms = INT64_MAX, reached_ms = 0, left = LIFECYCLE_SLICE;
    enum broker_due due = DUE_NOTHING;
    if (loop->retry_ms > now_ms || clock_step_is_open(loop->store) ||
        broker_due_first(loop->store, &due, &due_ms) || due_ms > store_now_ms(loop->store))
        return;
    if (store_tick_is_open(loop->store))
        commit(loop); /* the previous round's replies wait for it */
    int64_t at_ms = store_now_ms(loop->store);
    enum result result =
        lifecycle_advance(loop->store, loop->settings, at_ms, at_ms, &left, &reached_ms);
    if (store_tick_commit(loop->store) || result)
        loop->retry_ms = now_ms + LOOP_RETRY_MS;
}

/* Makes a slice of the clock step that is under way. If it fails it is tried again later; until
 * then the calls that wait for it are answered, the one that began it with a 500. */
static void continue_step(struct loop *loop, int64_t now_ms)
{
    bool has_failed = clock_step_has_failed(loop->store);
    enum result result = clock_continue_step(loop->store, loop->settings);
    if (result)
        store_tick_abort(loop->store);
    bool made = store_tick_commit(loop->store) == RESULT_OK && !result;
    clock_step_set_failed(loop->store, !made);
    if (made)
        return;
    loop->retry_ms = now_ms + LOOP_RETRY_MS;
    if (!has_failed)
        log_event(LOG_ERROR, "clock-step-failed", "next", "tried again each second");
}

/* Orders what is to be changed of the processes of real brokers, in a transaction of its own. */
static void settle_processes(struct loop *loop, int64_t now_ms)
{
    if (!loop->processes || processes_due_ms(loop->processes) > now_ms ||
        clock_step_is_open(loop->store))
        return;
    processes_settle(loop->processes, loop->store, now_ms);
    if (store_tick_commit(loop->store))
        processes_retry(loop->processes, now_ms);
}

/* Runs the calls that need the store alone, or the clock step that they wait for. */
static void work_alone(struct loop *loop, int64_t now_ms)
{
    bool has_step = clock_step_is_open(loop->store);
    if (has_step && loop->retry_ms <= now_ms)
        continue_step(loop, now_ms);
    if (!store_tick_is_open(loop->store) &&
        (clock_step_has_failed(loop->store) || !clock_step_is_open(loop->store)))
        listener_perform_exclusive(loop->listener);
}

/* The clock of the machine was set back: to the service that is a step back as any other. */
static void follow_wall_clock(struct loop *loop, int64_t now_ms)
{
    int64_t ahead_ms = clock_wall_ms() - now_ms, back_ms = loop->wall_ahead_ms - ahead_ms;
    int64_t offset_ms = store_clock_offset_ms(loop->store);
    if (back_ms >= LOOP_SET_BACK_MS && !clock_step_is_open(loop->store) &&
        !store_tick_is_open(loop->store)) {
        enum result result = store_set_clock(loop->store, offset_ms + back_ms);
        if (!result)
            result = clock_begin_step(loop->store, loop->settings, offset_ms);
        if (result)
            store_tick_abort(loop->store);
        if (store_tick_commit(loop->store) == RESULT_OK)
            back_ms = 0;
    }
    if (back_ms < LOOP_SET_BACK_MS)
        loop->wall_ahead_ms = ahead_ms;
}

static void tick(struct loop *loop)
{
    struct epoll_event events[LOOP_EVENTS];
    int count = epoll_wait(loop->epoll, events, LOOP_EVENTS, wait_ms(loop, clock_monotonic_ms()));
    int64_t now_ms = clock_monotonic_ms();
    for (int i = 0; i < count; i++)
        if (events[i].data.fd == loop->signals)
            stop(loop, now_ms);
        else
            listener_notice(loop->listener, events[i].data.fd);
    listener_expire(loop->listener, now_ms);
    if (store_tick_has_failed(loop->store))
        commit(loop); /* a rollback failed: end the transaction before new calls join it */
    follow_wall_clock(loop, now_ms);
    advance(loop, now_ms);
    listener_run(loop->listener);
    if (store_tick_is_open(loop->store)) {
        /* One round only: looping until nothing is held would starve signals and timers under load.
         */
        commit(loop);
        listener_run(loop->listener);
    }
    if (!store_tick_is_open(loop->store))
        work_alone(loop, now_ms);
    if (!store_tick_is_open(loop->store))
        settle_processes(loop, now_ms);
    if (!store_tick_is_open(loop->store))
        listener_tell(loop->listener);
    loop->metrics->ticks++;
    sandbox_tell();
    loop->log_pending = !log_flush();
}

static enum result set_up(struct loop *loop)
{
    sigset_t signals;
    signals_fill(&signals);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (loop->epoll < 0 || loop->signals < 0)
        return RESULT_SYSTEM;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = loop->signals};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->signals, &event))
        return RESULT_SYSTEM;
    return listener_watch(loop->listener, loop->epoll);
}

enum result loop_run(struct listener *listener, struct store *store,
                     const struct settings *settings, struct metrics *metrics,
                     struct processes *processes)
{
    struct loop loop = {.listener = listener,
                        .store = store,
                        .settings = settings,
                        .metrics = metrics,
                        .processes = processes,
                        .wall_ahead_ms = clock_wall_ms() - clock_monotonic_ms(),
                        .epoll = -1,
                        .signals = -1};
    enum result result = set_up(&loop);
    settle_processes(&loop, clock_monotonic_ms()); /* before the first call asks for health */
    log_flush();
    while (!result && !(loop.stopping && (listener_connections(listener) == 0 ||
                                          clock_monotonic_ms() >= loop.stop_by_ms)))
        tick(&loop);
    commit(&loop);
    if (loop.signals >= 0)
        close(loop.signals);
    if (loop.epoll >= 0)
        close(loop.epoll);
    return result;
}
