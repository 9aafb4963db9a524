#include "brokers/processes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"
#include "brokers/plan.h"
#include "mq/rules.h"
#include "store/brokers.h"

enum { PROCESSES_RETRY_MS = 1000, PROCESSES_ARENA = 64 << 20 };

/* --- Opening --- */

enum result processes_new(const char *path, const char *slots, struct processes **out,
                          struct directory_error *error)
{
    struct processes *processes = calloc(1, sizeof *processes);
    *out = processes;
    if (!processes) {
        snprintf(error->text, sizeof error->text, "out of memory");
        return RESULT_NO_MEMORY;
    }
    arena_init(&processes->arena, PROCESSES_ARENA);
    processes->directory = (struct directory){.fd = -1, .lock = -1};
    enum result result = slots_read(&processes->slots, slots);
    return result ? result : directory_open(&processes->directory, path, error);
}

/* The runner learns the port of this server; it reports again that a broker has stopped, which it
 * may have told a server that is gone. */
static enum result order_again(struct processes *processes, struct slot *slot, uint16_t port,
                               struct directory_error *error)
{
    bool runs = slot->state != SLOT_STOPPING;
    int number = slots_number(&processes->slots, slot);
    slot->generation += runs ? 0 : 1;
    enum result result = directory_order(&processes->directory, number, slot, runs, port);
    if (result)
        snprintf(error->text, sizeof error->text, "cannot write %.300s/%d/order: %s",
                 processes->directory.path, number, strerror(errno));
    return result;
}

enum result processes_begin(struct processes *processes, const struct identity *identity,
                            const char *address, uint16_t port, struct directory_error *error)
{
    struct slots *slots = &processes->slots;
    enum result result =
        directory_prepare(&processes->directory, slots->count, identity, port, error);
    if (!result && crypto_sha256(slice_of(identity->key), processes->key)) {
        snprintf(error->text, sizeof error->text, "out of memory");
        result = RESULT_SYSTEM;
    }
    for (size_t i = 0; !result && i < slots->count; i++) {
        directory_adopt(&processes->directory, (int)i, &slots->items[i]);
        slots->items[i].since_ms = clock_monotonic_ms();
        if (slots->items[i].state != SLOT_FREE)
            result = order_again(processes, &slots->items[i], port, error);
    }
    processes->port = port;
    processes->address = address;
    processes->ca = slice_of(identity->ca);
    processes_note_world(processes);
    return result;
}

void processes_free(struct processes *processes)
{
    if (!processes)
        return;
    directory_close(&processes->directory);
    arena_close(&processes->arena);
    explicit_bzero(processes->key, sizeof processes->key);
    free(processes);
}

void processes_note_world(struct processes *processes)
{
    if (!processes)
        return;
    processes->world_changed = true;
    processes->slots.changed = true;
}

/* --- Time limits --- */

static bool is_limited(const struct slot *slot)
{
    return !slot->overdue && (slot->state == SLOT_ASSIGNED || slot->state == SLOT_STARTING ||
                              slot->state == SLOT_STOPPING);
}

static bool is_next_limited(const struct slot *slot)
{
    return slot->next_id[0] && !slot->next_is_overdue;
}

int64_t processes_due_ms(const struct processes *processes)
{
    const struct slots *slots = &processes->slots;
    int64_t due_ms = INT64_MAX;
    if (processes->retry_ms)
        return processes->retry_ms;
    if (slots->changed)
        return 0;
    for (size_t i = 0; i < slots->count; i++) {
        const struct slot *slot = &slots->items[i];
        if (is_limited(slot) && slot->since_ms + slots->timeout_ms < due_ms)
            due_ms = slot->since_ms + slots->timeout_ms;
        if (is_next_limited(slot) && slot->next_since_ms + slots->timeout_ms < due_ms)
            due_ms = slot->next_since_ms + slots->timeout_ms;
    }
    return due_ms;
}

/* --- One slot --- */

/* A visit of a slot by processes_settle. */
struct visit {
    struct processes *processes;
    struct store *store;
    struct slot *slot;
    struct broker broker; /* of slot->broker_id, if there is one */
    int64_t now_ms;       /* monotonic */
};

static void log_slot(const struct visit *visit, enum log_level level, const char *event,
                     const char *effect)
{
    if (!log_begin(level, event))
        return;
    log_number("slot", slots_number(&visit->processes->slots, visit->slot));
    log_string("broker", visit->slot->broker_id);
    if (effect)
        log_string("effect", effect);
    log_end();
}

static void note_limit(const struct visit *visit)
{
    struct slot *slot = visit->slot;
    if (!is_limited(slot) || visit->now_ms < slot->since_ms + visit->processes->slots.timeout_ms)
        return;
    slot->overdue = true;
    if (slot->state == SLOT_STOPPING)
        log_slot(visit, LOG_ERROR, "broker-process-stays", "the slot is not given away");
    else
        log_slot(visit, LOG_ERROR, "broker-process-missing", "its endpoints do not answer");
}

/* A new generation: what the runner reports of an earlier one counts no more. */
static enum result order(const struct visit *visit, bool run)
{
    struct slot *slot = visit->slot;
    struct directory *directory = &visit->processes->directory;
    unsigned char secret[(SLOT_SECRET - 1) / 2];
    int64_t now_s = clock_wall_ms() / 1000;
    id_random(secret, sizeof secret);
    crypto_hex(secret, sizeof secret, slot->secret);
    slot->generation = slot->generation < now_s ? now_s : slot->generation + 1;
    enum result result = directory_order(directory, slots_number(&visit->processes->slots, slot),
                                         slot, run, visit->processes->port);
    if (result)
        return result;
    slot->state = run ? SLOT_STARTING : SLOT_STOPPING;
    slot->since_ms = visit->now_ms;
    slot->overdue = false;
    slot->has_been_up = slot->has_been_up && run;
    log_slot(visit, LOG_INFO, run ? "broker-process-ordered" : "broker-process-stop-ordered", NULL);
    return RESULT_OK;
}

static enum result stop(const struct visit *visit)
{
    bool runs = visit->slot->state == SLOT_STARTING || visit->slot->state == SLOT_UP;
    return runs ? order(visit, false) : RESULT_OK;
}

/* Writes the files and starts the broker with them. `anew`: also if nothing in them has changed
 * that a running broker would not read again. */
static enum result start(const struct visit *visit, bool planned, bool anew)
{
    struct processes *processes = visit->processes;
    struct slot *slot = visit->slot;
    struct broker_files files;
    bool restart = false, live = false;
    int number = slots_number(&processes->slots, slot);
    const struct plan_base base = {.directory = processes->directory.path,
                                   .key = {(const char *)processes->key, sizeof processes->key},
                                   .ca = processes->ca,
                                   .address = processes->address,
                                   .store = visit->store,
                                   .arena = &processes->arena};
    enum result result = plan_files(&base, slot, number, &visit->broker, planned, &files);
    if (result)
        return result;
    directory_compare(&processes->directory, number, &files, &restart, &live);
    restart = restart || anew || (live && !processes->slots.reload);
    if (!restart && !live)
        return RESULT_OK;
    plan_log(visit->broker.id, &files, slot->left_out);
    result = directory_write_files(&processes->directory, number, &files);
    return result || !restart ? result : order(visit, true);
}

/* The slot is free, or its next broker's. */
static void release(const struct visit *visit)
{
    struct slot *slot = visit->slot;
    memcpy(slot->broker_id, slot->next_id, sizeof slot->broker_id);
    slot->next_id[0] = '\0';
    slot->is_shown_running = false;
    slot_begin(slot, visit->now_ms);
    if (!slot->broker_id[0])
        slot->state = SLOT_FREE;
    visit->processes->slots.changed = true;
}

/* The last step of what the broker is doing is made. */
static enum result make_due(struct visit *visit)
{
    if (visit->broker.state_due_ms != BROKER_WAITS)
        return RESULT_OK;
    visit->broker.state_due_ms = store_now_ms(visit->store);
    return broker_save_state(visit->store, &visit->broker);
}

static enum result fail_creation(struct store *store, struct broker *broker)
{
    broker->state = STATE_CREATION_FAILED;
    broker->state_due_ms = BROKER_UNSET;
    return broker_save_state(store, broker);
}

static enum result settle_absent(struct visit *visit)
{
    visit->slot->is_shown_running = false;
    visit->slot->is_lost = true;
    if (visit->slot->state == SLOT_ASSIGNED || visit->slot->state == SLOT_GONE)
        release(visit);
    return stop(visit);
}

/* DELETION_IN_PROGRESS, CREATION_FAILED: the broker gives its slot back. */
static enum result settle_end(struct visit *visit)
{
    struct slot *slot = visit->slot;
    enum result result = stop(visit);
    if (result)
        return result;
    if (slot->state == SLOT_ASSIGNED)
        slot->state = SLOT_GONE;
    bool is_free = slot->state == SLOT_GONE;
    if (visit->broker.state == STATE_DELETION_IN_PROGRESS && (is_free || slot->overdue))
        result = make_due(visit);
    if (!result && is_free)
        release(visit);
    return result;
}

static enum result settle_creation(struct visit *visit)
{
    struct slot *slot = visit->slot;
    if (slot->state == SLOT_UP)
        return make_due(visit);
    if (slot->overdue) {
        enum result result = fail_creation(visit->store, &visit->broker);
        return result ? result : settle_end(visit);
    }
    return slot->state == SLOT_ASSIGNED ? start(visit, true, true) : RESULT_OK;
}

static enum result settle_reboot(struct visit *visit)
{
    struct slot *slot = visit->slot;
    bool runs = slot->state == SLOT_STARTING || slot->state == SLOT_UP;
    if (slot->state == SLOT_ASSIGNED || (runs && !slot->restarted)) {
        bool anew = slot->state != SLOT_UP || !visit->processes->slots.reload;
        enum result result = start(visit, true, anew);
        slot->restarted = !result;
        if (result)
            return result;
    }
    return slot->state == SLOT_UP ? make_due(visit) : RESULT_OK;
}

static enum result settle_running(struct visit *visit)
{
    struct slot *slot = visit->slot;
    slot->restarted = false;
    if (slot->state == SLOT_ASSIGNED)
        return start(visit, false, true);
    return visit->processes->world_changed ? start(visit, false, false) : RESULT_OK;
}

static void compare_version(const struct visit *visit)
{
    struct slot *slot = visit->slot;
    if (slot->state != SLOT_UP || slot->version_compared || !slot->real_version[0])
        return;
    slot->version_compared = true;
    if (slots_same_line(visit->broker.engine_version, slice_of(slot->real_version)) ||
        !log_begin(LOG_WARN, "broker-version-differs"))
        return;
    log_text("broker", visit->broker.id);
    log_text("shown", visit->broker.engine_version);
    log_string("real", slot->real_version);
    log_end();
}

/* The runner has told which version it starts: the files may have to leave out less or more. */
static enum result plan_again(struct visit *visit, enum broker_state state)
{
    bool planned = state == STATE_CREATION_IN_PROGRESS || state == STATE_REBOOT_IN_PROGRESS;
    enum result result =
        visit->slot->state == SLOT_STARTING ? start(visit, planned, false) : RESULT_OK;
    visit->slot->version_heard = result != RESULT_OK;
    return result;
}

static enum result settle_present(struct visit *visit)
{
    enum broker_state state = visit->broker.state;
    bool ends = state == STATE_DELETION_IN_PROGRESS || state == STATE_CREATION_FAILED;
    if (!ends && (visit->slot->state == SLOT_STOPPING || visit->slot->state == SLOT_GONE))
        return settle_absent(visit); /* it is there again, and gets a slot as a new one does */
    compare_version(visit);
    visit->slot->is_shown_running = rule_state_allows_change(state);
    if (visit->slot->version_heard && !ends) {
        enum result result = plan_again(visit, state);
        if (result)
            return result;
    }
    if (visit->slot->is_shown_running)
        return settle_running(visit);
    if (state == STATE_CREATION_IN_PROGRESS)
        return settle_creation(visit);
    return ends ? settle_end(visit) : settle_reboot(visit);
}

/* The broker that waits for the slot: it may have vanished, or waited too long. */
static enum result settle_next(struct visit *visit)
{
    struct slot *slot = visit->slot;
    struct broker broker;
    enum result result =
        broker_find(visit->store, slice_of(slot->next_id), &visit->processes->arena, &broker);
    if (result && result != RESULT_NOT_FOUND)
        return result;
    bool wants = !result && broker.state != STATE_DELETION_IN_PROGRESS &&
                 broker.state != STATE_CREATION_FAILED && broker.engine == slot->engine;
    if (!wants) {
        slot->next_id[0] = '\0';
        return RESULT_OK;
    }
    slot->next_is_shown_running = rule_state_allows_change(broker.state);
    if (!is_next_limited(slot) ||
        visit->now_ms < slot->next_since_ms + visit->processes->slots.timeout_ms)
        return RESULT_OK;
    slot->next_is_overdue = true;
    log_slot(visit, LOG_ERROR, "broker-process-stays", "another broker waits for the slot");
    if (broker.state != STATE_CREATION_IN_PROGRESS)
        return RESULT_OK;
    slot->next_id[0] = '\0';
    return fail_creation(visit->store, &broker);
}

static enum result settle_slot(struct visit *visit)
{
    struct slot *slot = visit->slot;
    enum result result = slot->next_id[0] ? settle_next(visit) : RESULT_OK;
    if (result || slot->state == SLOT_FREE)
        return result;
    note_limit(visit);
    if (slot->is_lost)
        return settle_absent(visit);
    result = broker_find(visit->store, slice_of(slot->broker_id), &visit->processes->arena,
                         &visit->broker);
    if (result == RESULT_NOT_FOUND || (!result && visit->broker.engine != slot->engine))
        return settle_absent(visit);
    return result ? result : settle_present(visit);
}

/* --- All slots --- */

static enum result settle_slots(struct processes *processes, struct store *store, int64_t now_ms)
{
    enum result first = RESULT_OK;
    for (size_t i = 0; i < processes->slots.count; i++) {
        struct visit visit = {.processes = processes,
                              .store = store,
                              .slot = &processes->slots.items[i],
                              .now_ms = now_ms};
        store_operation_begin(store, false);
        enum result result = settle_slot(&visit);
        int reason = errno;
        if (store_operation_end(store, !result) && !result)
            result = RESULT_STORE;
        if (result && !processes->retry_ms)
            log_slot(&visit, LOG_ERROR, "broker-process-not-ordered",
                     result == RESULT_SYSTEM ? strerror(reason) : "the store has failed");
        arena_reset(&processes->arena);
        first = first ? first : result;
    }
    return first;
}

/* Brokers that no call has created: those of seeds and snapshots. */
static enum result assign_slots(struct processes *processes, struct store *store, int64_t now_ms)
{
    enum result result = RESULT_OK;
    for (enum engine engine = ENGINE_ACTIVEMQ; !result && engine < ENGINE_END; engine++) {
        struct broker *brokers = NULL;
        size_t count = 0;
        result = broker_first_in_use(store, engine, (int64_t)2 * SLOTS_MAX, &processes->arena,
                                     &brokers, &count);
        for (size_t i = 0; !result && i < count; i++)
            if (!slots_find(&processes->slots, brokers[i].id))
                slots_assign(&processes->slots, brokers[i].id, engine, brokers[i].engine_version,
                             now_ms);
        arena_reset(&processes->arena);
    }
    return result;
}

void processes_settle(struct processes *processes, struct store *store, int64_t now_ms)
{
    bool world_changed = processes->world_changed;
    processes->slots.changed = false;
    enum result result = settle_slots(processes, store, now_ms);
    processes->world_changed = false;
    if (!result && world_changed)
        result = assign_slots(processes, store, now_ms);
    if (!result && (world_changed || processes->slots.changed)) {
        processes->slots.changed = false;
        result = settle_slots(processes, store, now_ms);
    }
    if (result)
        processes->world_changed = world_changed;
    processes->retry_ms = result ? now_ms + PROCESSES_RETRY_MS : 0;
}

void processes_retry(struct processes *processes, int64_t now_ms)
{
    processes->world_changed = true;
    processes->retry_ms = now_ms + PROCESSES_RETRY_MS;
}
