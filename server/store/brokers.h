/* Brokers (schema/0001_initial.sql), their dependent rows, and which of their changes are due. */
#ifndef STORE_BROKERS_H
#define STORE_BROKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"
#include "store/terms.h"

/* An integer column that is NULL. */
#define BROKER_UNSET INT64_MIN

/* In state_due_ms: the last step of a creation, reboot or deletion waits for the broker's process,
 * and broker_resume makes it due. */
#define BROKER_WAITS INT64_MAX

/* Whether a state_due_ms is a time. */
static inline bool broker_has_due_time(int64_t state_due_ms)
{
    return state_due_ms != BROKER_UNSET && state_due_ms != BROKER_WAITS;
}

/* The columns after id, account, region, name, state and engine_type: one list for the struct and
 * for every statement. TEXT: a slice, absent for NULL. TERM: a value of that enumeration, 0 for
 * NULL. FLAG: a bool. NUMBER: an int64_t, BROKER_UNSET for NULL. */
/* clang-format off */
#define BROKER_FIELDS(TEXT, TERM, FLAG, NUMBER) \
    TEXT(created) TEXT(engine_version) TEXT(host_instance_type) TERM(storage_type, storage_type) \
    TERM(deployment_mode, deployment_mode) TERM(strategy, authentication_strategy) FLAG(auto_minor_version_upgrade) FLAG(publicly_accessible) FLAG(logs_general) \
    FLAG(logs_audit) FLAG(use_aws_owned_key) TEXT(kms_key_id) TERM(weekday, day_of_week) TEXT(time_of_day) TEXT(time_zone) \
    NUMBER(window_due_ms) NUMBER(window_changes) TEXT(subnet_ids) TEXT(security_groups) TEXT(configuration_id) \
    NUMBER(configuration_revision) NUMBER(state_due_ms) TERM(broker_state, state_after) NUMBER(creation_step) NUMBER(storage_size) \
    TEXT(ldap_server_metadata) TEXT(ldap_service_account_password) TEXT(creator_request_id) \
    TEXT(pending_engine_version) TEXT(pending_host_instance_type) TERM(strategy, pending_authentication_strategy) \
    TEXT(pending_security_groups) NUMBER(pending_storage_size) TEXT(pending_ldap_server_metadata) \
    TEXT(pending_ldap_service_account_password) NUMBER(pending_logs_general) NUMBER(pending_logs_audit) \
    TEXT(pending_configuration_id) NUMBER(pending_configuration_revision) TERM(replication_mode, data_replication_mode) \
    TERM(replication_mode, pending_data_replication_mode) TERM(replication_role, data_replication_role) \
    TEXT(engine_patch) TEXT(pending_engine_patch) TEXT(data_replication_counterpart) \
    TEXT(data_replication_counterpart_region)
/* clang-format on */

/* A broker; members carry the names and values of the columns. */
struct broker {
    struct slice id, account, region, name;
    enum broker_state state;
    enum engine engine;
#define TEXT(name) struct slice name;
#define TERM(type, name) enum type name;
#define FLAG(name) bool name;
#define NUMBER(name) int64_t name;
    BROKER_FIELDS(TEXT, TERM, FLAG, NUMBER)
#undef TEXT
#undef TERM
#undef FLAG
#undef NUMBER
};

/* The columns that the gate checks before every call on a broker. */
struct broker_head {
    struct slice id, account, region, name;
    enum broker_state state;
    enum engine engine;
    int64_t creation_step, state_due_ms; /* may be BROKER_UNSET, BROKER_WAITS */
};

/* A revision of a configuration that a broker used, uses or will use. */
struct configuration_use {
    struct slice id;
    int64_t revision;
};

struct action_required {
    struct slice code, info; /* info may be absent */
};

/* Texts are copied into `arena`. All of these return RESULT_STORE or RESULT_NO_MEMORY on failure;
 * those that read one broker also RESULT_NOT_FOUND. */

/* By id, in any account and region. */
enum result broker_find(struct store *store, struct slice id, struct arena *arena,
                        struct broker *broker) MUST_CHECK;
enum result broker_read_head(struct store *store, struct slice id, struct arena *arena,
                             struct broker_head *head) MUST_CHECK;
enum result broker_find_by_name(struct store *store, struct slice account, struct slice region,
                                struct slice name, struct arena *arena,
                                struct broker *broker) MUST_CHECK;

/* Up to `limit` brokers of that account and region, by id, after `after` (absent: from the first).
 * Only the head, created, deployment_mode and host_instance_type of each are set. */
enum result broker_page(struct store *store, struct slice account, struct slice region,
                        struct slice after, int64_t limit, struct arena *arena,
                        struct broker **brokers, size_t *count) MUST_CHECK;

enum result broker_history(struct store *store, struct slice id, struct arena *arena,
                           struct configuration_use **uses, size_t *count) MUST_CHECK;
enum result broker_actions_required(struct store *store, struct slice id, struct arena *arena,
                                    struct action_required **actions, size_t *count) MUST_CHECK;

enum result broker_insert(struct store *store, const struct broker *broker) MUST_CHECK;

/* Updates the state and all BROKER_FIELDS. */
enum result broker_save(struct store *store, const struct broker *broker) MUST_CHECK;

/* Updates only state, state_due_ms, state_after, creation_step, window_due_ms and window_changes,
 * for which the schema checks less. */
enum result broker_save_state(struct store *store, const struct broker *broker) MUST_CHECK;

/* Also deletes the rows that refer to it. */
enum result broker_delete(struct store *store, struct slice id) MUST_CHECK;

/* Adds a configuration that the broker used. */
enum result broker_add_history(struct store *store, struct slice id, struct slice configuration_id,
                               int64_t revision) MUST_CHECK;

/* The first `limit` brokers of an engine, in the order in which they were stored, that are neither
 * failed, nor being deleted, nor for ever in a state of transition. */
enum result broker_first_in_use(struct store *store, enum engine engine, int64_t limit,
                                struct arena *arena, struct broker **brokers,
                                size_t *count) MUST_CHECK;

/* Makes due at `now_ms` what waits for a process, of all brokers. */
enum result broker_resume(struct store *store, int64_t now_ms) MUST_CHECK;

/* What is due first of all brokers. */
enum broker_due {
    DUE_NOTHING,
    DUE_SCHEDULE, /* the next window is not yet computed: due at 0 */
    DUE_STATE,    /* the next step of a creation, reboot or deletion */
    DUE_WINDOW,   /* a maintenance window */
};

/* *due_ms is INT64_MAX for DUE_NOTHING. Of equal times, the state comes before the window. Runs SQL
 * only if a broker has changed since the last call. */
enum result broker_due_first(struct store *store, enum broker_due *due, int64_t *due_ms) MUST_CHECK;

/* The broker whose state change or window is due first, if by `now_ms`; and one whose next window
 * is not yet computed. */
enum result broker_next_state_due(struct store *store, int64_t now_ms, struct arena *arena,
                                  struct broker *broker) MUST_CHECK;
enum result broker_next_window_due(struct store *store, int64_t now_ms, struct arena *arena,
                                   struct broker *broker) MUST_CHECK;
enum result broker_next_unscheduled(struct store *store, struct arena *arena,
                                    struct broker *broker) MUST_CHECK;

/* The first broker by id, after `after` (absent: of all), without a maintenance window of its own.
 */
enum result broker_next_without_window(struct store *store, struct slice after, struct arena *arena,
                                       struct broker *broker) MUST_CHECK;

/* The first broker by id, after `after` (absent: of all), that is half of a pair for data
 * replication and is of that account and region, or whose counterpart is. */
enum result broker_next_half(struct store *store, struct slice account, struct slice region,
                             struct slice after, struct arena *arena,
                             struct broker *broker) MUST_CHECK;

/* Cancels what is due by `now_ms` on a broker whose step failed: it would fail again for ever. */
enum result broker_park(struct store *store, struct slice id, int64_t now_ms) MUST_CHECK;

/* For a step of the clock back by `by_ms`: what is due keeps its remaining time, and windows are to
 * be computed anew. Takes some microseconds for each broker with a state or a window that is due.
 */
enum result broker_set_back(struct store *store, int64_t by_ms) MUST_CHECK;

#endif
