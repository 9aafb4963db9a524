/* One broker: what the service shows of it and what only its rows and its process tell. */
#include "base/clock.h"
#include "control/parts.h"
#include "mq/brokers.h"
#include "mq/lifecycle.h"
#include "store/broker_heads.h"
#include "store/configurations.h"
#include "store/users.h"

enum { LISTED_USERS = 1000 };

static void put_values(struct json_writer *writer, const char *name, bool console_access,
                       struct slice groups)
{
    json_key(writer, name);
    json_object_begin(writer);
    json_put_boolean(writer, "consoleAccess", console_access);
    json_put_raw(writer, "groups", groups);
    json_object_end(writer);
}

static enum result put_users(struct call *call, struct json_writer *writer, struct slice broker_id)
{
    struct user *users = NULL;
    size_t count = 0;
    enum result result = user_list(call->store, broker_id, call->broker.shows_users_applied,
                                   LISTED_USERS + 1, call->scratch, &users, &count);
    json_key(writer, "users");
    json_list_begin(writer);
    for (size_t i = 0; i < count && i < LISTED_USERS; i++) {
        const struct user *user = &users[i];
        bool stays = !slice_equal(user->pending_change, SLICE("DELETE"));
        json_object_begin(writer);
        if (user->applied)
            put_values(writer, "applied", user->console_access, user->groups);
        if (user->pending_change.data && stays)
            put_values(writer, "pending", user->pending_console_access, user->pending_groups);
        json_put_optional(writer, "pendingChange", user->pending_change);
        json_put_boolean(writer, "replicationUser", user->replication_user);
        json_put_string(writer, "username", user->username);
        json_object_end(writer);
    }
    json_list_end(writer);
    if (count > LISTED_USERS)
        json_put_boolean(writer, "usersTruncated", true);
    return result;
}

/* Nothing if the broker has none. */
static enum result put_text(struct call *call, struct json_writer *writer, const char *name,
                            const struct broker *broker, struct slice id, int64_t number)
{
    struct configuration_revision revision;
    if (!id.data)
        return RESULT_OK;
    enum result result = configuration_revision_find(call->store, broker->account, broker->region,
                                                     id, number, call->scratch, &revision);
    if (result)
        return result == RESULT_NOT_FOUND ? RESULT_OK : result;
    json_key(writer, name);
    json_object_begin(writer);
    json_put_string(writer, "created", revision.created);
    json_put_optional(writer, "description", revision.description);
    json_put_string(writer, "id", id);
    json_put_integer(writer, "revision", number);
    json_put_string(writer, "text", revision.data);
    json_object_end(writer);
    return RESULT_OK;
}

static enum result put_configurations(struct call *call, struct json_writer *writer,
                                      const struct broker *broker)
{
    json_key(writer, "configurations");
    json_object_begin(writer);
    enum result result = put_text(call, writer, "current", broker, broker->configuration_id,
                                  broker->configuration_revision);
    if (!result)
        result = put_text(call, writer, "pending", broker, broker->pending_configuration_id,
                          broker->pending_configuration_revision);
    json_object_end(writer);
    return result;
}

/* When the maintenance window opens next; nothing if that is not known. */
static void put_window(struct call *call, struct json_writer *writer, const struct broker *broker)
{
    struct broker copy = *broker;
    int64_t due_ms = BROKER_UNSET;
    if (broker->day_of_week) {
        lifecycle_schedule_window(&copy, call->now_ms);
        due_ms = copy.window_due_ms;
    } else if (lifecycle_default_window(call->now_ms, &due_ms)) {
        due_ms = BROKER_UNSET;
    }
    if (due_ms != BROKER_UNSET && due_ms <= CLOCK_MAX_MS)
        json_put_integer(writer, "windowDueMs", due_ms);
}

/* Members in alphabetical order. */
static enum result write_broker(struct call *call, struct json_writer *writer,
                                const struct broker *broker)
{
    json_put_string(writer, "account", broker->account);
    json_key(writer, "broker");
    enum result result = brokers_write(call, broker, writer);
    if (!result)
        result = put_configurations(call, writer, broker);
    control_put_process(call, writer, broker, true);
    json_put_string(writer, "region", broker->region);
    control_put_remaining(call, writer, broker->state_due_ms);
    if (!result)
        result = put_users(call, writer, broker->id);
    put_window(call, writer, broker);
    return result;
}

void control_get_broker(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker_head head;
    struct broker broker;
    enum result result =
        broker_find_head(call->store, call->labels.broker_id, call->scratch, &head);
    if (!result)
        result = broker_find(call->store, head.id, call->scratch, &broker);
    if (result == RESULT_NOT_FOUND) {
        call_fail(call, ERROR_BROKER_NOT_FOUND, call->labels.broker_id);
        return;
    }
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    brokers_set(call, &head);
    json_object_begin(&writer);
    result = write_broker(call, &writer, &broker);
    json_object_end(&writer);
    call_finish(call, result);
}
