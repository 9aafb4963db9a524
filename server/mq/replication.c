#include "mq/replication.h"

#include "mq/broker_input.h"
#include "mq/names.h"
#include "mq/versions.h"

static const struct slice nothing = {NULL, 0};

static bool is_replica(const struct broker *broker)
{
    return broker->data_replication_role == ROLE_REPLICA;
}

static bool can_replicate(const struct broker *broker)
{
    return broker->engine == ENGINE_ACTIVEMQ &&
           version_at_least(broker->engine_version, SLICE("5.17.6")) &&
           broker->deployment_mode == DEPLOYMENT_ACTIVE_STANDBY_MULTI_AZ;
}

/* Every type but mq.m5 and newer ones, whose sizes begin with large. */
static bool is_small(const struct broker *broker)
{
    struct slice type = broker->host_instance_type;
    return slice_starts_with(type, SLICE("mq.t")) || slice_starts_with(type, SLICE("mq.m4."));
}

/* The broker of an ARN: its last field is the id. */
static enum result find_by_arn(struct call *call, struct slice arn, struct broker *broker)
{
    const char *colon = arn.len > 0 ? memrchr(arn.data, ':', arn.len) : NULL;
    if (!colon)
        return RESULT_NOT_FOUND;
    struct slice id = {colon + 1, arn.len - (size_t)(colon + 1 - arn.data)};
    enum result result = broker_find(call->store, id, call->scratch, broker);
    if (result)
        return result;
    struct slice own = name_broker_arn(broker, call->scratch);
    if (!own.data)
        return RESULT_NO_MEMORY;
    return slice_equal(own, arn) ? RESULT_OK : RESULT_NOT_FOUND;
}

/* The account's own, in another region, running, not yet of a pair. */
static bool is_possible_primary(const struct broker *primary, const struct broker *broker)
{
    return slice_equal(primary->account, broker->account) && !is_small(primary) &&
           !slice_equal(primary->region, broker->region) && can_replicate(primary) &&
           primary->state == STATE_RUNNING && !primary->data_replication_role;
}

bool replication_check(struct call *call, struct slice primary_arn, struct broker *broker)
{
    struct broker primary;
    if (is_small(broker)) {
        call_fail(call, ERROR_CRDR_SIZE);
        return false;
    }
    if (!can_replicate(broker)) {
        call_fail(call, ERROR_CRDR_BROKER);
        return false;
    }
    enum result result = find_by_arn(call, primary_arn, &primary);
    if (result && result != RESULT_NOT_FOUND) {
        call_fail_internal(call, result);
        return false;
    }
    if (result || !is_possible_primary(&primary, broker)) {
        call_fail(call, ERROR_CRDR_PRIMARY, primary_arn);
        return false;
    }
    broker->pending_data_replication_mode = REPLICATION_CRDR;
    broker->data_replication_role = ROLE_REPLICA;
    broker->data_replication_counterpart = primary.id;
    broker->data_replication_counterpart_region = primary.region;
    return true;
}

enum result replication_begin(struct store *store, const struct broker *replica,
                              struct arena *arena)
{
    struct broker primary;
    enum result result = broker_find(store, replica->data_replication_counterpart, arena, &primary);
    if (result)
        return result;
    primary.pending_data_replication_mode = REPLICATION_CRDR;
    primary.data_replication_role = ROLE_PRIMARY;
    primary.data_replication_counterpart = replica->id;
    primary.data_replication_counterpart_region = replica->region;
    return broker_save(store, &primary);
}

/* Sets the state of a broker, or the one its reboot will end in. A broker in any other state than
 * these two keeps it. */
static void set_state(struct broker *broker, enum broker_state state)
{
    enum broker_state *place =
        broker->state == STATE_REBOOT_IN_PROGRESS ? &broker->state_after : &broker->state;
    if (*place == STATE_RUNNING || *place == STATE_REPLICA)
        *place = state;
}

static void leave(struct broker *broker)
{
    if (is_replica(broker))
        set_state(broker, STATE_RUNNING);
    broker->data_replication_mode = broker->pending_data_replication_mode = REPLICATION_ABSENT;
    broker->data_replication_role = ROLE_ABSENT;
    broker->data_replication_counterpart = broker->data_replication_counterpart_region = nothing;
}

static void join(struct broker *broker)
{
    if (is_replica(broker))
        set_state(broker, STATE_REPLICA);
    broker->data_replication_mode = REPLICATION_CRDR;
    broker->pending_data_replication_mode = REPLICATION_ABSENT;
}

/* Both sides; a replica that is still being created joins when it is there and the primary is
 * rebooted again. */
static enum result change_both(struct store *store, struct broker *broker,
                               void (*change)(struct broker *), struct arena *arena)
{
    struct broker other;
    enum result result = broker_find(store, broker->data_replication_counterpart, arena, &other);
    if (!result && !slice_equal(other.data_replication_counterpart, broker->id))
        result = RESULT_NOT_FOUND; /* a seed has paired one side only */
    if (result == RESULT_NOT_FOUND) {
        leave(broker);
        return RESULT_OK;
    }
    if (result)
        return result;
    if (change == join && other.state == STATE_CREATION_IN_PROGRESS)
        return RESULT_OK;
    change(broker);
    change(&other);
    return broker_save(store, &other);
}

enum result replication_apply(struct store *store, struct broker *broker, struct arena *arena)
{
    enum replication_mode pending = broker->pending_data_replication_mode;
    if (!pending || is_replica(broker))
        return RESULT_OK;
    return change_both(store, broker, pending == REPLICATION_NONE ? leave : join, arena);
}

enum result replication_plan(struct store *store, struct broker *primary, bool end,
                             struct arena *arena)
{
    struct broker replica;
    if (!primary->data_replication_mode)
        return change_both(store, primary, leave, arena);
    primary->pending_data_replication_mode = end ? REPLICATION_NONE : REPLICATION_ABSENT;
    enum result result = broker_find(store, primary->data_replication_counterpart, arena, &replica);
    if (result)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    replica.pending_data_replication_mode = primary->pending_data_replication_mode;
    return broker_save(store, &replica);
}

static void swap(struct broker *broker)
{
    bool was_replica = is_replica(broker);
    broker->data_replication_role = was_replica ? ROLE_PRIMARY : ROLE_REPLICA;
    set_state(broker, was_replica ? STATE_RUNNING : STATE_REPLICA);
}

enum result replication_switch(struct store *store, struct broker *broker, struct arena *arena)
{
    if (!is_replica(broker) || !broker->data_replication_mode)
        return RESULT_NOT_FOUND;
    enum result result = change_both(store, broker, swap, arena);
    return result ? result : broker_save(store, broker);
}

static bool is_same_pair(const struct broker *broker, const struct broker *other)
{
    return slice_equal(other->data_replication_counterpart, broker->id) &&
           slice_equal(other->data_replication_counterpart_region, broker->region) &&
           slice_equal(broker->data_replication_counterpart_region, other->region) &&
           slice_equal(broker->account, other->account) &&
           is_replica(broker) != is_replica(other) &&
           broker->data_replication_mode == other->data_replication_mode &&
           broker->pending_data_replication_mode == other->pending_data_replication_mode;
}

static enum result settle_half(struct store *store, struct broker *broker, struct arena *arena)
{
    struct broker other;
    enum result result = broker_find(store, broker->data_replication_counterpart, arena, &other);
    if (!result && is_same_pair(broker, &other))
        return RESULT_OK;
    if (result && result != RESULT_NOT_FOUND)
        return result;
    leave(broker);
    return broker_save(store, broker);
}

enum result replication_settle(struct store *store, struct slice account, struct slice region)
{
    char last[100]; /* bytes of a broker's id, at most */
    struct slice after = nothing;
    struct arena arena;
    struct broker broker;
    enum result result = RESULT_OK;
    arena_init(&arena, SIZE_MAX / 2);
    while (!result &&
           !(result = broker_next_half(store, account, region, after, &arena, &broker))) {
        result = settle_half(store, &broker, &arena);
        after = (struct slice){last, broker.id.len < sizeof last ? broker.id.len : sizeof last};
        memcpy(last, broker.id.data, after.len);
        arena_reset(&arena);
    }
    arena_close(&arena);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}
