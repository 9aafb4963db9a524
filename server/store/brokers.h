/* Brokers and their tags (schema/0001_initial.sql). */
#ifndef STORE_BROKERS_H
#define STORE_BROKERS_H

#include "store/store.h"

/* A broker as read; members carry the names and values of the columns. JSON arrays may be absent.
 */
struct broker {
    struct slice id, account, region, name, state, created;
    bool rabbitmq;
    struct slice engine_version, host_instance_type, storage_type, deployment_mode,
        authentication_strategy;
    bool auto_minor_version_upgrade, publicly_accessible, logs_general, logs_audit,
        use_aws_owned_key;
    struct slice kms_key_id, day_of_week, time_of_day, time_zone;
    struct slice subnet_ids, security_groups;
    struct slice configuration_id;
    int64_t configuration_revision;
};

struct tag {
    struct slice key, value;
};

/* Everything about one broker of that account and region. RESULT_NOT_FOUND also where it is another
 * world's. What is found lives in `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result broker_find(struct store *store, struct slice account, struct slice region,
                        struct slice id, struct arena *arena, struct broker *broker) MUST_CHECK;

/* As broker_find, but reads no more than id, name, state, rabbitmq, account and region, of any
 * world. */
enum result broker_find_head(struct store *store, struct slice id, struct arena *arena,
                             struct broker *broker) MUST_CHECK;

/* Up to `most` brokers of that account and region, by id, behind `after` (absent: from the first).
 */
enum result broker_page(struct store *store, struct slice account, struct slice region,
                        struct slice after, int64_t most, struct arena *arena,
                        struct broker **brokers, size_t *count) MUST_CHECK;

/* A broker's tags by key. */
enum result broker_tags(struct store *store, struct slice id, struct arena *arena,
                        struct tag **tags, size_t *count) MUST_CHECK;

/* REBOOT_IN_PROGRESS until `due_ms`; the state it had is what it returns to. */
enum result broker_begin_reboot(struct store *store, struct slice id, int64_t due_ms) MUST_CHECK;

/* Back to the state before the reboot. */
enum result broker_end_reboot(struct store *store, struct slice id) MUST_CHECK;

/* The broker whose state is due first, if it is due by `now_ms`: RESULT_NOT_FOUND where none is. */
enum result broker_next_due(struct store *store, int64_t now_ms, struct arena *arena,
                            struct slice *id) MUST_CHECK;

/* When the next state is due, INT64_MAX where none is. */
enum result broker_due_ms(struct store *store, int64_t *due_ms) MUST_CHECK;

#endif
