#include "mq/brokers.h"

#include "api/page.h"
#include "mq/broker_write.h"
#include "mq/lifecycle.h"
#include "mq/operations.h"
#include "mq/rules.h"

/* Users a DescribeBroker shows; the quota is 250, and seeds may exceed it. */
enum { DESCRIBED_USERS = 100000 };

/* RabbitMQ keeps its users itself, and a broker that goes away has none any more. */
static bool shows_users(const struct broker *broker)
{
    return !broker->rabbitmq && !slice_equal(broker->state, SLICE("DELETION_IN_PROGRESS"));
}

void describe_broker(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker_parts parts = {.tags = NULL};
    struct broker broker;
    struct tag *tags = NULL;
    struct user *users = NULL;
    enum result result = broker_find(call->store, call->caller.account, call->caller.region,
                                     call->broker.id, call->scratch, &broker);
    if (!result)
        result = broker_tags(call->store, broker.id, call->scratch, &tags, &parts.tag_count);
    if (!result && shows_users(&broker))
        result = user_page(call->store, broker.id, (struct slice){NULL, 0}, DESCRIBED_USERS,
                           call->scratch, &users, &parts.user_count);
    parts.tags = tags;
    parts.users = users;
    if (!result)
        result = broker_write(&writer, &broker, &parts, call->scratch);
    if (result)
        call_fail_internal(call, result);
    else
        call_succeed(call, call->operation->status);
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
    if (result)
        call_fail_internal(call, result);
    else
        call_succeed(call, call->operation->status);
}

void reboot_broker(struct call *call)
{
    enum result result =
        lifecycle_reboot(call->store, call->broker.id, call->now_ms, call->settings->reboot_ms);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    buffer_append_string(call->out, "{}");
    call_succeed(call, call->operation->status);
}
