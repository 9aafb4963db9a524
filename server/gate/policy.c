#include "gate/policy.h"

#include "api/operation.h"
#include "api/world.h"
#include "mq/names.h"
#include "store/broker_heads.h"
#include "store/brokers.h"
#include "store/configurations.h"
#include "store/policies.h"

bool policy_matches(struct slice pattern, struct slice text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.len && (pattern.data[p] == '?' || pattern.data[p] == text.data[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}

/* The ARN of the broker in the path, with the name `*` if it does not exist. */
static enum result name_broker(struct call *call, struct slice *arn)
{
    struct broker_head head;
    struct broker broker = {.account = call->caller.account,
                            .region = call->caller.region,
                            .name = SLICE("*"),
                            .id = call->labels.broker_id};
    enum result result = broker_find_head(call->store, broker.id, call->arena, &head);
    if (!result && slice_equal(head.account, broker.account) &&
        slice_equal(head.region, broker.region))
        broker.name = head.name;
    else if (result && result != RESULT_NOT_FOUND)
        return result;
    *arn = name_broker_arn(&broker, call->arena);
    return arn->data ? RESULT_OK : RESULT_NO_MEMORY;
}

/* The ARN in the path, or `*` if there is none. */
static enum result name_resource(struct call *call, struct slice *arn)
{
    *arn = SLICE("*");
    if (call->labels.broker_id.data)
        return name_broker(call, arn);
    if (call->labels.configuration_id.data) {
        struct configuration configuration = {.account = call->caller.account,
                                              .region = call->caller.region,
                                              .id = call->labels.configuration_id};
        *arn = name_configuration_arn(&configuration, call->arena);
    } else if (call->labels.resource_arn.data) {
        *arn = call->labels.resource_arn;
    }
    return arn->data ? RESULT_OK : RESULT_NO_MEMORY;
}

static const char *name_caller(struct call *call)
{
    const struct caller *caller = &call->caller;
    const char *partition = partition_of(caller->region);
    if (caller->user_name.data)
        return arena_printf(call->arena, "arn:%s:iam::%.*s:user/%.*s", partition,
                            (int)caller->account.len, caller->account.data,
                            (int)caller->user_name.len, caller->user_name.data);
    return arena_printf(call->arena, "arn:%s:iam::%.*s:root", partition, (int)caller->account.len,
                        caller->account.data);
}

/* At least one policy allows and none denies. */
static bool is_allowed(const struct policy *policies, size_t count, struct slice action,
                       struct slice resource)
{
    bool allowed = false;
    for (size_t i = 0; i < count; i++) {
        if (!policy_matches(policies[i].action, action) ||
            !policy_matches(policies[i].resource, resource))
            continue;
        if (!policies[i].allow)
            return false;
        allowed = true;
    }
    return allowed;
}

bool policy_check(struct call *call)
{
    struct policy *policies = NULL;
    struct slice resource = {NULL, 0};
    size_t count = 0;
    enum result result =
        policy_list(call->store, call->caller.access_key, call->arena, &policies, &count);
    if (!result && count == 0)
        return true;
    const char *action = arena_printf(call->arena, "mq:%s", call->operation->name);
    const char *user = name_caller(call);
    if (!result)
        result = action && user ? name_resource(call, &resource) : RESULT_NO_MEMORY;
    if (result)
        call_fail_internal(call, result);
    else if (!is_allowed(policies, count, slice_of(action), resource))
        call_fail(call, ERROR_ACCESS_DENIED, slice_of(user), slice_of(call->operation->name),
                  resource);
    return !call->failed;
}
