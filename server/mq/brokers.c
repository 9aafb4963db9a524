#include "mq/brokers.h"

#include "api/page.h"
#include "mq/broker_write.h"
#include "mq/lifecycle.h"
#include "mq/rules.h"

/* Users a DescribeBroker shows; the quota is 250, and seeds may exceed it. */
enum { DESCRIBED_USERS = 100000 };

bool brokers_find(struct call *call, struct broker *broker)
{
    enum result result = broker_find(call->store, call->broker.id, call->scratch, broker);
    if (result)
        call_fail_internal(call, result);
    return !result;
}

static enum result find_parts(struct call *call, struct broker_parts *parts)
{
    struct slice id = call->broker.id;
    parts->place = broker_find_place(call->settings->slots, id);
    enum result result = broker_actions_required(call->store, id, call->scratch, &parts->actions,
                                                 &parts->action_count);
    if (!result)
        result =
            broker_history(call->store, id, call->scratch, &parts->history, &parts->history_count);
    if (!result)
        result =
            tag_list(call->store, TAG_BROKER, id, call->scratch, &parts->tags, &parts->tag_count);
    if (!result && call->broker.shows_users)
        result =
            user_page(call->store, id, call->broker.shows_users_applied, (struct slice){NULL, 0},
                      DESCRIBED_USERS, call->scratch, &parts->users, &parts->user_count);
    return result;
}

void brokers_set(struct call *call, const struct broker_head *broker)
{
    call->broker =
        (struct call_broker){broker->id,
                             broker->name,
                             broker->state,
                             broker->engine,
                             rule_shows_users(broker, call->settings->delete_ms, call->now_ms),
                             rule_shows_users_applied(broker, call->now_ms) &&
                                 !slots_hold(call->settings->slots, broker->id, broker->state)};
}

enum result brokers_write(struct call *call, const struct broker *broker,
                          struct json_writer *writer)
{
    struct broker_parts parts = {.actions = NULL};
    enum result result = find_parts(call, &parts);
    return result ? result : broker_write(writer, broker, &parts, call->scratch);
}

void describe_broker(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker broker;
    if (brokers_find(call, &broker))
        call_finish(call, brokers_write(call, &broker, &writer));
}

bool list_brokers_check(struct call *call)
{
    return page_read(call, rule_is_broker_id);
}

void list_brokers(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker *brokers = NULL;
    size_t count = 0, most = (size_t)call->page.max_results;
    enum result result =
        broker_page(call->store, call->caller.account, call->caller.region, call->page.after,
                    call->page.max_results + 1, call->scratch, &brokers, &count);
    json_object_begin(&writer);
    json_key(&writer, "brokerSummaries");
    json_list_begin(&writer);
    for (size_t i = 0; !result && i < count && i < most; i++)
        result = broker_write_summary(&writer, &brokers[i], call->scratch);
    json_list_end(&writer);
    if (!result && count > most)
        page_put_token(call, &writer, brokers[most - 1].id);
    json_object_end(&writer);
    call_finish(call, result);
}

void brokers_finish(struct call *call, enum result result)
{
    struct json_writer writer = {.out = call->out};
    json_object_begin(&writer);
    json_put_string(&writer, "brokerId", call->broker.id);
    json_object_end(&writer);
    call_finish(call, result);
}

void reboot_broker(struct call *call)
{
    struct broker broker;
    if (brokers_find(call, &broker))
        call_finish_empty(call, lifecycle_reboot(call->store, &broker, call->settings, call->now_ms,
                                                 call->scratch));
}

void delete_broker(struct call *call)
{
    struct broker broker;
    enum result result = RESULT_OK;
    if (!brokers_find(call, &broker))
        return;
    if (broker.state == STATE_CREATION_IN_PROGRESS || broker.state == STATE_REBOOT_IN_PROGRESS) {
        call_fail(call, ERROR_BROKER_DELETE_STATE, broker.name,
                  term_text(&broker_state_terms, broker.state));
        return;
    }
    if (broker.data_replication_role) {
        call_fail(call, ERROR_BROKER_PAIRED, broker.name);
        return;
    }
    if (broker.state != STATE_DELETION_IN_PROGRESS)
        result = lifecycle_delete(call->store, &broker, call->settings, call->now_ms);
    brokers_finish(call, result);
}
