/* Lists of brokers and of the accounts and regions that have some. */
#include <stdio.h>

#include "api/slots.h"
#include "base/text.h"
#include "control/parts.h"
#include "mq/broker_write.h"
#include "store/broker_search.h"

enum { BROKERS_PART = 100 }; /* brokers that are read at a time */

void control_put_remaining(struct call *call, struct json_writer *writer, int64_t state_due_ms)
{
    int64_t left_ms = state_due_ms - call->now_ms;
    if (!broker_has_due_time(state_due_ms))
        return;
    json_put_integer(writer, "remainingMs", left_ms > 0 ? left_ms : 0);
    json_put_integer(writer, "stateDueMs", state_due_ms);
}

static enum result write_row(struct call *call, struct json_writer *writer,
                             const struct broker *broker)
{
    struct broker_place place = broker_find_place(call->settings->slots, broker->id);
    json_object_begin(writer);
    json_put_string(writer, "account", broker->account);
    json_put_string(writer, "brokerId", broker->id);
    enum result result = broker_put_instances(writer, broker, &place, call->scratch);
    json_put_string(writer, "brokerName", broker->name);
    json_put_string(writer, "brokerState", term_text(&broker_state_terms, broker->state));
    json_put_string(writer, "created", broker->created);
    json_put_string(writer, "deploymentMode",
                    term_text(&deployment_mode_terms, broker->deployment_mode));
    json_put_string(writer, "engineType", engine_name(broker->engine));
    json_put_string(writer, "engineVersion",
                    broker->engine_patch.data ? broker->engine_patch : broker->engine_version);
    json_put_string(writer, "hostInstanceType", broker->host_instance_type);
    control_put_process(call, writer, broker, false);
    json_put_string(writer, "region", broker->region);
    control_put_remaining(call, writer, broker->state_due_ms);
    json_object_end(writer);
    return result;
}

static bool read_order(struct call *call, enum broker_order *order)
{
    static const struct slice names[] = {[ORDER_ID] = SLICE_INIT("id"),
                                         [ORDER_NAME] = SLICE_INIT("name"),
                                         [ORDER_STATE] = SLICE_INIT("state"),
                                         [ORDER_CREATED] = SLICE_INIT("created")};
    struct slice text = request_query(call->request, SLICE("sort"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(text, names[i]))
            *order = (enum broker_order)i;
    if (!text.data || slice_equal(text, names[*order]))
        return true;
    call_fail(call, ERROR_CONTROL_VALUE, SLICE("sort"),
              SLICE("must be id, name, state or created"));
    return false;
}

static bool read_filter(struct call *call, struct broker_filter *filter)
{
    const struct request *request = call->request;
    struct slice text = request_query(request, SLICE("text"));
    *filter = (struct broker_filter){.account = request_query(request, SLICE("account")),
                                     .region = request_query(request, SLICE("region")),
                                     .text = text.len > 0 ? text : (struct slice){NULL, 0},
                                     .after = request_query(request, SLICE("after")),
                                     .limit = INT64_MAX};
    return read_order(call, &filter->order) &&
           control_read_number(call, SLICE("skip"), &filter->skip) &&
           control_read_number(call, SLICE("limit"), &filter->limit);
}

/* In parts, since each takes memory. *more: the list has ended before its last broker. */
static enum result write_rows(struct call *call, struct json_writer *writer,
                              const struct broker_filter *filter, bool *more)
{
    char last[SLOT_ID];
    struct broker_filter part = *filter;
    int64_t left = filter->limit;
    enum result result = RESULT_OK;
    for (*more = true; !result && *more && left > 0 && call->out->len < CONTROL_ANSWER_MAX;) {
        struct slice *ids = NULL;
        size_t count = 0;
        part.limit = (left < BROKERS_PART ? left : BROKERS_PART) + 1; /* tells whether more */
        result = broker_search(call->store, &part, call->scratch, &ids, &count);
        *more = (int64_t)count == part.limit;
        count -= *more;
        for (size_t i = 0; !result && i < count; i++) {
            struct broker broker;
            result = broker_find(call->store, ids[i], call->scratch, &broker);
            result = result ? result : write_row(call, writer, &broker);
        }
        left -= (int64_t)count;
        if (part.order != ORDER_ID) {
            part.skip += (int64_t)count;
        } else if (count > 0) {
            part.skip = 0;
            snprintf(last, sizeof last, "%s", ids[count - 1].data);
            part.after = slice_of(last);
        }
        arena_reset(call->scratch);
    }
    return result;
}

void control_list_brokers(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker_filter filter;
    int64_t count = 0;
    bool more = false;
    if (!read_filter(call, &filter))
        return;
    bool has_limit = filter.limit != INT64_MAX;
    enum result result = has_limit ? broker_search_count(call->store, &filter, &count) : RESULT_OK;
    json_object_begin(&writer);
    json_key(&writer, "brokers");
    json_list_begin(&writer);
    if (!result)
        result = write_rows(call, &writer, &filter, &more);
    json_list_end(&writer);
    if (has_limit)
        json_put_integer(&writer, "count", count);
    if (more)
        json_put_boolean(&writer, "truncated", true);
    json_object_end(&writer);
    call_finish(call, result);
}

void control_list_worlds(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct broker_world *worlds = NULL;
    size_t count = 0;
    enum result result = broker_worlds(call->store, call->scratch, &worlds, &count);
    json_object_begin(&writer);
    json_put_string(&writer, "account", call->settings->account);
    json_put_string(&writer, "region", call->settings->region);
    json_key(&writer, "worlds");
    json_list_begin(&writer);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&writer);
        json_put_string(&writer, "account", worlds[i].account);
        json_put_integer(&writer, "brokers", worlds[i].brokers);
        json_put_string(&writer, "region", worlds[i].region);
        json_object_end(&writer);
    }
    json_list_end(&writer);
    json_object_end(&writer);
    call_finish(call, result);
}
