#include "mq/lifecycle.h"

#include <stdio.h>

#include "api/slots.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/time_zone.h"
#include "mq/replication.h"
#include "mq/rules.h"
#include "store/catalogue.h"
#include "store/shared_resources.h"
#include "store/users.h"

/* What is seen of a creation after each step, and at which part of its time the step comes
 * (recorded: 10, 520, 530 and 650 of 650 seconds). */
static const int64_t creation_percent[] = {2, 80, 82, 100};
enum { CREATION_STEPS = sizeof creation_percent / sizeof *creation_percent };

static const struct slice nothing = {NULL, 0};

void lifecycle_begin_creation(struct broker *broker, const struct settings *settings,
                              int64_t now_ms)
{
    broker->state = STATE_CREATION_IN_PROGRESS;
    broker->creation_step = 0;
    broker->state_due_ms = now_ms + settings->create_ms * creation_percent[0] / 100;
    slots_assign(settings->slots, broker->id, broker->engine, broker->engine_version,
                 clock_monotonic_ms());
}

/* The last step of what a broker is doing comes when its process is ready: processes_settle makes
 * it due again. */
static enum result wait_for_process(struct store *store, struct broker *broker,
                                    const struct settings *settings)
{
    broker->state_due_ms = BROKER_WAITS;
    slots_note(settings->slots, broker->id);
    return broker_save_state(store, broker);
}

static void use_pending_configuration(struct broker *broker)
{
    if (!broker->pending_configuration_id.data)
        return;
    broker->configuration_id = broker->pending_configuration_id;
    broker->configuration_revision = broker->pending_configuration_revision;
    broker->pending_configuration_id = nothing;
    broker->pending_configuration_revision = 1;
}

static enum result step_creation(struct store *store, struct broker *broker,
                                 const struct settings *settings)
{
    int64_t step = broker->creation_step;
    bool more = false;
    enum result result = RESULT_OK;
    if (step + 1 == CREATION_STEPS && slots_hold(settings->slots, broker->id, broker->state))
        return wait_for_process(store, broker, settings);
    if (step == 1)
        result = user_apply_pending(store, broker->id, LIFECYCLE_SLICE, &more);
    if (result || more)
        return result; /* the step remains due */
    if (step == 2)
        use_pending_configuration(broker);
    if (step + 1 < CREATION_STEPS) {
        broker->creation_step = step + 1;
        broker->state_due_ms +=
            settings->create_ms * (creation_percent[step + 1] - creation_percent[step]) / 100;
    } else {
        broker->state = STATE_RUNNING;
        broker->state_due_ms = BROKER_UNSET;
        slots_note(settings->slots, broker->id);
    }
    return step == 2 ? broker_save(store, broker) : broker_save_state(store, broker);
}

enum result lifecycle_end_creation(struct store *store, struct broker *broker,
                                   const struct settings *settings)
{
    enum result result = RESULT_OK;
    while (!result && settings->create_ms == 0 && broker_has_due_time(broker->state_due_ms))
        result = step_creation(store, broker, settings);
    return result;
}

static void take_text(struct slice *value, struct slice *pending)
{
    if (pending->data)
        *value = *pending;
    *pending = nothing;
}

static void take_flag(bool *value, int64_t *pending)
{
    if (*pending != BROKER_UNSET)
        *value = *pending != 0;
    *pending = BROKER_UNSET;
}

static enum result apply_configuration(struct store *store, struct broker *broker)
{
    struct slice before = broker->configuration_id;
    int64_t revision = broker->configuration_revision;
    if (!broker->pending_configuration_id.data)
        return RESULT_OK;
    use_pending_configuration(broker);
    return before.data ? broker_add_history(store, broker->id, before, revision) : RESULT_OK;
}

/* All but the users and the shared resources. */
static enum result apply_pending(struct store *store, struct broker *broker, struct arena *arena)
{
    enum result result = apply_configuration(store, broker);
    if (!result)
        result = replication_apply(store, broker, arena);
    take_text(&broker->engine_patch, &broker->pending_engine_patch);
    if (broker->pending_engine_version.data)
        broker->engine_patch = nothing; /* until the next window */
    take_text(&broker->engine_version, &broker->pending_engine_version);
    take_text(&broker->host_instance_type, &broker->pending_host_instance_type);
    take_text(&broker->security_groups, &broker->pending_security_groups);
    take_text(&broker->ldap_server_metadata, &broker->pending_ldap_server_metadata);
    take_text(&broker->ldap_service_account_password,
              &broker->pending_ldap_service_account_password);
    if (broker->pending_authentication_strategy)
        broker->authentication_strategy = broker->pending_authentication_strategy;
    broker->pending_authentication_strategy = STRATEGY_ABSENT;
    if (broker->authentication_strategy != STRATEGY_LDAP)
        broker->ldap_server_metadata = broker->ldap_service_account_password = nothing;
    take_flag(&broker->logs_general, &broker->pending_logs_general);
    take_flag(&broker->logs_audit, &broker->pending_logs_audit);
    if (broker->pending_storage_size != BROKER_UNSET)
        broker->storage_size =
            broker->pending_storage_size == 0 ? BROKER_UNSET : broker->pending_storage_size;
    broker->pending_storage_size = BROKER_UNSET;
    return result;
}

static bool has_pending(const struct broker *broker)
{
    return broker->pending_configuration_id.data || broker->pending_engine_version.data ||
           broker->pending_engine_patch.data || broker->pending_host_instance_type.data ||
           broker->pending_authentication_strategy || broker->pending_security_groups.data ||
           broker->pending_ldap_server_metadata.data ||
           broker->pending_ldap_service_account_password.data ||
           broker->pending_data_replication_mode || broker->pending_storage_size != BROKER_UNSET ||
           broker->pending_logs_general != BROKER_UNSET ||
           broker->pending_logs_audit != BROKER_UNSET;
}

/* The end remains due while users are left to apply. */
static enum result end_reboot(struct store *store, struct broker *broker,
                              const struct settings *settings, struct arena *arena)
{
    if (slots_hold(settings->slots, broker->id, broker->state))
        return wait_for_process(store, broker, settings);
    bool loses_ldap =
        broker->authentication_strategy != STRATEGY_LDAP && broker->ldap_server_metadata.data;
    bool more = false, changes = has_pending(broker) || loses_ldap;
    enum result result = user_apply_pending(store, broker->id, LIFECYCLE_SLICE, &more);
    if (!result && changes)
        result = apply_pending(store, broker, arena);
    if (!result)
        result = shares_apply(store, broker->id);
    if (!more) {
        broker->state = broker->state_after;
        broker->state_due_ms = BROKER_UNSET;
        slots_note(settings->slots, broker->id);
    }
    if (result)
        return result;
    return changes ? broker_save(store, broker) : broker_save_state(store, broker);
}

enum result lifecycle_reboot(struct store *store, struct broker *broker,
                             const struct settings *settings, int64_t now_ms, struct arena *arena)
{
    broker->state_after = broker->state;
    broker->state = STATE_REBOOT_IN_PROGRESS;
    broker->state_due_ms = now_ms + settings->reboot_ms;
    slots_restart(settings->slots, broker->id);
    return settings->reboot_ms > 0 ? broker_save_state(store, broker)
                                   : end_reboot(store, broker, settings, arena);
}

/* *more: the deletion remains due, as users are left to delete. */
static enum result end_deletion(struct store *store, struct broker *broker,
                                const struct settings *settings, bool *more)
{
    if (slots_hold(settings->slots, broker->id, STATE_DELETION_IN_PROGRESS))
        return wait_for_process(store, broker, settings);
    slots_note(settings->slots, broker->id);
    enum result result = user_delete_some(store, broker->id, LIFECYCLE_SLICE, more);
    return result || *more ? result : broker_delete(store, broker->id);
}

enum result lifecycle_delete(struct store *store, struct broker *broker,
                             const struct settings *settings, int64_t now_ms)
{
    bool more = settings->delete_ms > 0 ||
                slots_hold(settings->slots, broker->id, STATE_DELETION_IN_PROGRESS);
    enum result result = more ? RESULT_OK : end_deletion(store, broker, settings, &more);
    broker->state = STATE_DELETION_IN_PROGRESS;
    broker->state_due_ms = now_ms + settings->delete_ms;
    slots_note(settings->slots, broker->id);
    return !result && more ? broker_save_state(store, broker) : result;
}

enum result lifecycle_resume(struct store *store)
{
    enum result result = broker_resume(store, store_now_ms(store));
    if (result)
        store_tick_abort(store);
    return store_tick_commit(store) ? RESULT_STORE : result;
}

/* When a window opens next after `after_ms`, or after the end of 9999, where the clock stops:
 * RESULT_INVALID, RESULT_SYSTEM. */
static enum result next_window(enum weekday day, struct slice time, struct slice zone,
                               int64_t after_ms, int64_t *due_ms)
{
    return time_zone_next(zone, (int)(day % 7), rule_minute(time), clock_until_max(after_ms),
                          due_ms); /* SUNDAY is 0 */
}

enum result lifecycle_default_window(int64_t after_ms, int64_t *due_ms)
{
    return next_window(WINDOW_DAY, SLICE(WINDOW_TIME), SLICE(WINDOW_ZONE), after_ms, due_ms);
}

void lifecycle_schedule_window(struct broker *broker, int64_t now_ms)
{
    broker->window_due_ms = BROKER_UNSET;
    if (!broker->day_of_week)
        return;
    enum result result = next_window(broker->day_of_week, broker->time_of_day, broker->time_zone,
                                     now_ms, &broker->window_due_ms);
    if (!result)
        return;
    if (log_begin(LOG_ERROR, "window-without-time-zone")) {
        log_text("broker", broker->id);
        log_text("zone", broker->time_zone);
        log_string("reason", result == RESULT_INVALID ? "unknown" : "its file cannot be read");
        log_end();
    }
    broker->window_due_ms = INT64_MAX;
}

/* Stages the patch of the catalogue where the broker lets itself be upgraded, or has none. */
static enum result plan_patch(struct store *store, struct broker *broker, struct arena *arena)
{
    struct slice patch = nothing;
    enum result result =
        catalogue_version_find(store, broker->engine, broker->engine_version, arena, &patch);
    bool wanted = patch.data && !slice_equal(patch, broker->engine_patch) &&
                  (broker->auto_minor_version_upgrade || !broker->engine_patch.data);
    broker->pending_engine_patch = wanted ? patch : nothing;
    return result == RESULT_NOT_FOUND ? RESULT_OK : result; /* it may be no longer sold */
}

/* Whether the window reboots the broker. */
static enum result find_work(struct store *store, struct broker *broker, struct arena *arena,
                             bool *found)
{
    bool users_pending = false, shares_pending = false;
    *found = false;
    if (!rule_state_allows_change(broker->state))
        return RESULT_OK;
    enum result result = plan_patch(store, broker, arena);
    if (!result)
        result = user_any_pending(store, broker->id, &users_pending);
    if (!result)
        result = shares_any_pending(store, broker->id, &shares_pending);
    *found = users_pending || shares_pending || has_pending(broker);
    return result;
}

enum result lifecycle_open_window(struct store *store, struct broker *broker,
                                  const struct settings *settings, int64_t at_ms, int64_t until_ms,
                                  struct arena *arena, int64_t *again_ms)
{
    bool work = false, changed = broker->window_changes > 0;
    int64_t due_ms = broker->window_due_ms;
    struct slice patch = broker->pending_engine_patch;
    enum result result = find_work(store, broker, arena, &work);
    if (result)
        return result;
    *again_ms = work                                         ? at_ms + settings->reboot_ms
                : !broker_has_due_time(broker->state_due_ms) ? until_ms
                : broker->state_due_ms > at_ms               ? broker->state_due_ms
                                                             : at_ms;
    lifecycle_schedule_window(broker, *again_ms);
    broker->window_changes = 0;
    if (!slice_equal(broker->pending_engine_patch, patch))
        result = broker_save(store, broker);
    if (result || work)
        return result ? result : lifecycle_reboot(store, broker, settings, at_ms, arena);
    changed = changed || broker->window_due_ms != due_ms; /* the default window has no due time */
    return changed ? broker_save_state(store, broker) : RESULT_OK;
}

static enum result change_state(struct store *store, struct broker *broker,
                                const struct settings *settings, struct arena *arena)
{
    bool more = false;
    if (broker->state == STATE_CREATION_IN_PROGRESS)
        return step_creation(store, broker, settings);
    if (broker->state == STATE_REBOOT_IN_PROGRESS)
        return end_reboot(store, broker, settings, arena);
    return end_deletion(store, broker, settings, &more);
}

/* A visit of a broker. */
struct visit {
    enum broker_due due;
    int64_t at_ms;    /* when it became due */
    int64_t now_ms;   /* windows are scheduled after it */
    int64_t until_ms; /* the end of the step */
    struct broker broker;
    struct arena arena;
};

static enum result perform(struct store *store, const struct settings *settings,
                           struct visit *visit)
{
    int64_t again_ms = 0;
    enum result result = RESULT_OK;
    switch (visit->due) {
    case DUE_NOTHING:
        return RESULT_NOT_FOUND;
    case DUE_STATE:
        result = broker_next_state_due(store, visit->at_ms, &visit->arena, &visit->broker);
        return result ? result : change_state(store, &visit->broker, settings, &visit->arena);
    case DUE_WINDOW:
        result = broker_next_window_due(store, visit->at_ms, &visit->arena, &visit->broker);
        return result ? result
                      : lifecycle_open_window(store, &visit->broker, settings, visit->at_ms,
                                              visit->until_ms, &visit->arena, &again_ms);
    case DUE_SCHEDULE:
        result = broker_next_unscheduled(store, &visit->arena, &visit->broker);
        if (result)
            return result;
        lifecycle_schedule_window(&visit->broker, visit->now_ms);
    }
    return broker_save_state(store, &visit->broker);
}

/* Ends the operation of a visit and counts its work. A broker whose step the store refuses, because
 * a seed has given it what no broker can have, must not keep the others waiting: what is due of it
 * is cancelled. */
static enum result end_visit(struct store *store, struct visit *visit, enum result result,
                             int64_t written, int64_t *left)
{
    if (store_operation_end(store, !result))
        return RESULT_STORE;
    if (result == RESULT_INVALID || result == RESULT_CONFLICT) {
        if (log_begin(LOG_ERROR, "broker-step-refused")) {
            log_text("broker", visit->broker.id);
            log_text("state", term_text(&broker_state_terms, visit->broker.state));
            log_end();
        }
        result = broker_park(store, visit->broker.id, visit->at_ms);
    }
    *left -= LIFECYCLE_VISIT + store_rows_written(store) - written;
    arena_reset(&visit->arena);
    return result;
}

enum result lifecycle_advance(struct store *store, const struct settings *settings, int64_t now_ms,
                              int64_t until_ms, int64_t *left, int64_t *reached_ms)
{
    struct visit visit = {.now_ms = now_ms, .until_ms = until_ms};
    enum result result = RESULT_OK;
    bool finished = false;
    arena_init(&visit.arena, SIZE_MAX / 2);
    *reached_ms = now_ms;
    while (!result && !finished && *left > 0) {
        result = broker_due_first(store, &visit.due, &visit.at_ms);
        finished = !result && (visit.due == DUE_NOTHING || visit.at_ms > until_ms);
        if (visit.at_ms > *reached_ms)
            *reached_ms = finished ? until_ms : visit.at_ms;
        if (result || finished)
            break;
        int64_t written = store_rows_written(store);
        visit.broker = (struct broker){.id = {NULL, 0}};
        store_operation_begin(store, false);
        result = end_visit(store, &visit, perform(store, settings, &visit), written, left);
    }
    arena_close(&visit.arena);
    return result;
}

enum result lifecycle_open_default_windows(struct store *store, const struct settings *settings,
                                           int64_t until_ms, struct clock_step *step, int64_t *left)
{
    struct visit visit = {.at_ms = step->window_ms};
    enum result result = RESULT_OK;
    arena_init(&visit.arena, SIZE_MAX / 2);
    while (!result && *left > 0) {
        int64_t written = store_rows_written(store), again_ms = until_ms;
        store_operation_begin(store, false);
        result = broker_next_without_window(store, slice_of(step->broker_id), &visit.arena,
                                            &visit.broker);
        if (!result) {
            snprintf(step->broker_id, sizeof step->broker_id, "%s", visit.broker.id.data);
            result = lifecycle_open_window(store, &visit.broker, settings, visit.at_ms, until_ms,
                                           &visit.arena, &again_ms);
        }
        if (again_ms < until_ms && again_ms < step->again_ms)
            step->again_ms = again_ms;
        result = end_visit(store, &visit, result, written, left);
    }
    arena_close(&visit.arena);
    return result;
}
