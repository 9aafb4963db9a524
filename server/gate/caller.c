#include "gate/caller.h"

#include "api/world.h"
#include "base/clock.h"
#include "gate/foreign.h"
#include "gate/sigv4.h"
#include "store/access_keys.h"

/* An absent or invalid scope means the default account and region. */
static void read_world(struct call *call, const struct sigv4 *sigv4, const struct access_key *key)
{
    call->caller = (struct caller){.account = call->settings->account,
                                   .region = call->settings->region,
                                   .access_key = sigv4->access_key,
                                   .user_name = key->user_name};
    if (world_is_region(sigv4->region))
        call->caller.region = sigv4->region;
    if (key->account.data)
        call->caller.account = key->account;
    else if (world_is_account(sigv4->access_key))
        call->caller.account = sigv4->access_key;
}

/* The arguments of the error: X-Amz-Date, the limit that it exceeds, the current time. */
static void fail_date(struct call *call, enum error_id id, const struct sigv4 *sigv4,
                      int64_t limit_s, int64_t now_s)
{
    char limit[CLOCK_DATE_TIME], now[CLOCK_DATE_TIME];
    clock_format_basic(limit_s, limit);
    clock_format_basic(now_s, now);
    call_fail(call, id, sigv4->date, slice_of(limit), slice_of(now));
}

static bool verify(struct call *call, const struct sigv4 *sigv4, struct slice secret)
{
    static const enum error_id errors[] = {
        [SIGV4_MISSING] = ERROR_SIGNATURE_MISSING,
        [SIGV4_INCOMPLETE] = ERROR_SIGNATURE_INCOMPLETE,
        [SIGV4_WRONG_SCOPE] = ERROR_SIGNATURE_SCOPE,
        [SIGV4_EXPIRED] = ERROR_SIGNATURE_EXPIRED,
        [SIGV4_NOT_YET_CURRENT] = ERROR_SIGNATURE_TOO_EARLY,
        [SIGV4_MISMATCH] = ERROR_SIGNATURE_MISMATCH,
    };
    int64_t now_s = clock_wall_ms() / 1000, limit_s = 0;
    enum sigv4_verdict verdict = sigv4_check_form(sigv4);
    enum result result = RESULT_OK;
    if (verdict == SIGV4_OK && !secret.data) {
        call_fail(call, ERROR_SIGNATURE_UNKNOWN_KEY);
        return false;
    }
    if (verdict == SIGV4_OK)
        result = sigv4_verify(call->request, sigv4, secret, now_s, &limit_s, &verdict);
    if (result)
        call_fail_internal(call, result);
    else if (verdict == SIGV4_EXPIRED || verdict == SIGV4_NOT_YET_CURRENT)
        fail_date(call, errors[verdict], sigv4, limit_s, now_s);
    else if (verdict != SIGV4_OK)
        call_fail(call, errors[verdict]);
    return !result && verdict == SIGV4_OK;
}

static bool read_caller(struct call *call, struct sigv4 *sigv4, struct access_key *key)
{
    *key = (struct access_key){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    sigv4_read(call->request, sigv4);
    enum result result = RESULT_NOT_FOUND;
    if (sigv4->access_key.len > 0)
        result = access_key_find(call->store, sigv4->access_key, call->arena, key);
    if (result && result != RESULT_NOT_FOUND) {
        call_fail_internal(call, result);
        return false;
    }
    read_world(call, sigv4, key);
    return true;
}

bool caller_read(struct call *call)
{
    struct sigv4 sigv4;
    struct access_key key;
    return read_caller(call, &sigv4, &key);
}

/* STS is asked for one thing only: control/sts.h. */
static bool check_service(struct call *call, const struct sigv4 *sigv4)
{
    if (sigv4->service.len == 0 || slice_equal(sigv4->service, SLICE("mq")))
        return true;
    foreign_answer(call, sigv4->service);
    return false;
}

bool caller_is_ours(struct call *call)
{
    struct sigv4 sigv4;
    sigv4_read(call->request, &sigv4);
    return check_service(call, &sigv4);
}

bool caller_identify(struct call *call)
{
    struct sigv4 sigv4;
    struct access_key key;
    return read_caller(call, &sigv4, &key) && check_service(call, &sigv4) &&
           (!call->settings->verify || verify(call, &sigv4, key.secret));
}
