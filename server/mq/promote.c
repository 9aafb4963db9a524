#include "mq/promote.h"

#include <stddef.h>

#include "mq/broker_input.h"
#include "mq/brokers.h"
#include "mq/replication.h"

struct promote_input {
    struct slice mode;
};

static const struct member promote_list[] = {
    {"mode", MEMBER_STRING, offsetof(struct promote_input, mode), true, NULL},
};
const struct members promote_members = MEMBERS(promote_list, struct promote_input);

bool promote_check(struct call *call)
{
    const struct promote_input *input = call->input;
    return input_read_term(call, "mode", input->mode, &promote_mode_terms) != PROMOTE_ABSENT;
}

/* Either mode does the same. */
void promote(struct call *call)
{
    struct broker broker;
    if (!brokers_find(call, &broker))
        return;
    enum result result = replication_switch(call->store, &broker, call->scratch);
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_NO_REPLICA, broker.name);
    else
        brokers_finish(call, result);
}
