#include "gate/gate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "control/control.h"
#include "control/names.h"
#include "control/sts.h"
#include "gate/caller.h"
#include "gate/fault.h"
#include "gate/foreign.h"
#include "gate/policy.h"
#include "gate/router.h"
#include "gate/throttle.h"
#include "mq/brokers.h"
#include "mq/rules.h"
#include "store/broker_heads.h"
#include "store/brokers.h"
#include "store/faults.h"
#include "store/store.h"

enum {
    /* Memory of a handler: enough for DescribeBroker of a seeded broker with 100,000 users. */
    GATE_SCRATCH = 64 << 20,
    /* Parsing 1 MiB of JSON takes up to 2.5 MB; larger bodies get more. */
    GATE_PARSE = 8 << 20,
    GATE_REPLY = 32 << 20,
    GATE_KEPT_REPLY = 256 << 10, /* a larger buffer is freed after the call */
    GATE_LOGGED = 256,
};

struct gate {
    struct store *store;
    const struct settings *settings;
    struct control *control;
    struct throttle throttle;
    struct arena scratch; /* reset when a handler returns */
    struct arena parse;
    struct buffer out;
    uint64_t logged[GATE_LOGGED]; /* hashes of the broker ids already logged */
};

enum result gate_new(const struct gate_options *options, struct gate **out)
{
    struct gate *gate = calloc(1, sizeof *gate);
    if (!gate)
        return RESULT_NO_MEMORY;
    gate->store = options->store;
    gate->settings = options->settings;
    gate->control = options->control;
    arena_init(&gate->scratch, GATE_SCRATCH);
    arena_init(&gate->parse, GATE_PARSE);
    buffer_init(&gate->out, GATE_REPLY);
    *out = gate;
    return RESULT_OK;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    arena_close(&gate->scratch);
    arena_close(&gate->parse);
    buffer_close(&gate->out);
    free(gate);
}

/* Sets what the call uses in gate_enter or gate_perform. */
static void start_step(struct gate *gate, struct call *call)
{
    buffer_clear(&gate->out);
    call->settings = gate->settings;
    call->control = gate->control;
    call->store = gate->store;
    call->arena = call->request->arena;
    call->scratch = &gate->scratch;
    call->out = &gate->out;
    call->now_ms = store_now_ms(gate->store);
}

/* Step 1. After a framing error the start of the next request is unknown: the connection ends. */
static bool check_framing(struct call *call)
{
    const struct request *request = call->request;
    if (request->framing_error) {
        call_fail(call, ERROR_MALFORMED_HTTP, slice_of(request->framing_error));
        call->reply.close = true;
    } else if (request->body_too_large) {
        char limit[24];
        snprintf(limit, sizeof limit, "%zu", request->max_body);
        call_fail(call, ERROR_BODY_TOO_LARGE, slice_of(limit));
    } else if (request->bodies_too_large) {
        call_fail(call, ERROR_BODIES_TOO_LARGE);
    }
    return !call->failed;
}

/* Step 2. */
static bool check_path(struct call *call)
{
    if (call->request->target.malformed)
        call_fail(call, ERROR_MALFORMED_PATH);
    return !call->failed;
}

static void answer_options(struct call *call, struct slice methods)
{
    static const char headers[] =
        "authorization,content-type,x-amz-date,x-amz-security-token,x-amz-content-sha256,"
        "x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request";
    const char *allowed = arena_printf(call->arena, "%s,OPTIONS", methods.data);
    call->reply = (struct reply){.status = 200,
                                 .headers = {{"access-control-allow-methods", allowed},
                                             {"access-control-allow-headers", headers}}};
}

/* The service's quota, with --throttle service. */
static bool check_throttle(struct call *call, struct gate *gate)
{
    if (!call->settings->throttle || throttle_take(&gate->throttle, call->caller.account,
                                                   call->caller.region, clock_monotonic_us()))
        return true;
    call_fail(call, ERROR_TOO_MANY_REQUESTS);
    return false;
}

/* Step 3. False: answered. */
static bool find_route(struct call *call)
{
    struct slice methods = {NULL, 0};
    if (sts_is_request(call->request)) {
        if (caller_read(call))
            sts_answer(call);
        return false;
    }
    if (foreign_is_browser(call))
        return false;
    call->operation = router_find(call->request, &call->labels);
    if (!call->operation && slice_equal(call->request->method, SLICE("OPTIONS")))
        methods = router_methods(&call->request->target, call->arena);
    if (methods.data)
        answer_options(call, methods);
    else if (!call->operation && caller_is_ours(call))
        call_fail(call, ERROR_NO_SUCH_ROUTE);
    return call->operation != NULL;
}

/* Step 5. False: answered. */
static bool apply_fault(struct call *call)
{
    struct fault fault;
    enum result result =
        fault_take(call->store, slice_of(call->operation->name), call->labels.broker_id,
                   call->labels.username, call->arena, &fault);
    if (result == RESULT_NOT_FOUND)
        return true;
    if (result) {
        call_fail_internal(call, result);
        return false;
    }
    call->delay_ms = fault.delay_ms;
    if (fault_answer(call, &fault))
        return false;
    call->drop = fault.drop_connection;
    return true;
}

void gate_enter(struct gate *gate, struct call *call)
{
    start_step(gate, call);
    bool continues = check_framing(call)  /* 1 */
                     && check_path(call)  /* 2 */
                     && find_route(call); /* 3 */
    if (continues && call->request->target.is_control)
        continues = control_admit(call); /* 4 */
    else if (continues)
        continues = caller_identify(call)         /* 4 */
                    && check_throttle(call, gate) /* 4 */
                    && policy_check(call)         /* 4 */
                    && apply_fault(call);         /* 5 */
    call->answered = !continues;
}

bool gate_refuses(struct gate *gate, const struct request *request)
{
    struct call call = {.request = request};
    if (!request->target.is_control)
        return false;
    gate_enter(gate, &call);
    return call.answered;
}

static void fail_body(struct call *call, const struct member_error *error)
{
    if (error->id == ERROR_WRONG_TYPE)
        call_fail(call, error->id, error->path, slice_of(error->type));
    else
        call_fail(call, error->id, error->path);
}

/* Step 6: syntax, types, required members, then the rules that need no store. */
static bool check_body(struct call *call, struct gate *gate)
{
    const struct members *members = call->operation->body;
    struct json_error syntax = {NULL, 0};
    struct member_error error = {.id = ERROR_NONE};
    const struct json *body = NULL;
    struct slice text =
        text_has_only(call->request->body, " \t\r\n") ? SLICE("{}") : call->request->body;
    enum result result = RESULT_OK;
    gate->parse.ceiling = GATE_PARSE + 4 * call->request->max_body;
    if (members) {
        call->input = arena_alloc(&gate->parse, members->size);
        if (call->input)
            memset(call->input, 0, members->size);
        result = call->input ? json_parse(&gate->parse, text, &body, &syntax) : RESULT_NO_MEMORY;
        if (!result && call->request->target.is_control &&
            !control_knows_members(call, members, body))
            return false;
        if (!result)
            result = members_read(members, body, call->input, &gate->parse, &error);
    }
    if (syntax.reason) {
        char offset[24];
        snprintf(offset, sizeof offset, "%zu", syntax.offset);
        call_fail(call, ERROR_MALFORMED_BODY, slice_of(syntax.reason), slice_of(offset));
    } else if (error.id) {
        fail_body(call, &error);
    } else if (result) {
        call_fail_internal(call, result);
    } else if (call->operation->check) {
        return call->operation->check(call);
    }
    return !call->failed;
}

static bool belongs_to_caller(const struct call *call, const struct broker_head *broker)
{
    return slice_equal(broker->account, call->caller.account) &&
           slice_equal(broker->region, call->caller.region);
}

static void log_foreign_broker(struct gate *gate, const struct broker_head *broker)
{
    uint64_t hash = text_hash(TEXT_HASH, broker->id);
    uint64_t *slot = &gate->logged[hash % GATE_LOGGED];
    if (*slot == hash || !log_begin(LOG_WARN, "broker-of-another-world"))
        return;
    *slot = hash;
    log_text("broker", broker->id);
    log_text("account", broker->account);
    log_text("region", broker->region);
    log_end();
}

void gate_check_broker(struct call *call, const struct broker_head *broker)
{
    const struct operation *operation = call->operation;
    bool has_state = operation->needs & NEEDS_RUNNING ? broker->state == STATE_RUNNING
                                                      : rule_state_allows_change(broker->state);
    if (operation->wrong_engine && broker->engine == ENGINE_RABBITMQ)
        call_fail(call, operation->wrong_engine);
    else if (operation->wrong_state && !has_state)
        call_fail(call, operation->wrong_state, broker->name,
                  term_text(&broker_state_terms, broker->state));
    brokers_set(call, broker);
}

/* Step 7: the broker exists and has the engine and state that the operation requires. */
static bool check_broker(struct call *call, struct gate *gate)
{
    const struct operation *operation = call->operation;
    struct broker_head broker;
    if (!(operation->needs & NEEDS_BROKER))
        return true;
    enum result result =
        broker_find_head(call->store, call->labels.broker_id, call->scratch, &broker);
    if (!result && !belongs_to_caller(call, &broker)) {
        log_foreign_broker(gate, &broker);
        result = RESULT_NOT_FOUND;
    }
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_BROKER_NOT_FOUND, call->labels.broker_id);
    else if (result)
        call_fail_internal(call, result);
    else
        gate_check_broker(call, &broker);
    return !call->failed;
}

void gate_perform(struct gate *gate, struct call *call)
{
    bool is_control = call->request->target.is_control; /* its operations commit themselves */
    start_step(gate, call);
    call->answered = true;
    if (!is_control)
        store_operation_begin(gate->store, call->operation->writes_once);
    if (check_body(call, gate)       /* 6 */
        && check_broker(call, gate)) /* 7 */
        call_run(call);              /* 8, 9 */
    if (!is_control && store_operation_end(gate->store, !call->failed) && !call->failed)
        call_fail_internal(call, RESULT_STORE);
    arena_reset(&gate->scratch);
    arena_reset(&gate->parse);
    if (gate->out.size > GATE_KEPT_REPLY)
        buffer_close(&gate->out); /* call->reply has a copy */
}
