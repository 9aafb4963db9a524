/* Reset, seed and snapshot. */
#include <stdio.h>

#include "api/world.h"
#include "base/log.h"
#include "brokers/processes.h"
#include "control/parts.h"
#include "mq/lifecycle.h"
#include "mq/replication.h"
#include "store/reset.h"
#include "store/seed_files.h"
#include "store/snapshot.h"

/* Answers an invalid request with the reason, an internal failure with 500. */
static void answer(struct call *call, enum result result, const struct store_error *error)
{
    if (!result)
        processes_note_world(call->control->processes);
    if (result == RESULT_INVALID)
        call_fail(call, ERROR_CONTROL_REFUSED, slice_of(error->text));
    else
        call_finish_empty(call, result);
}

void control_reset(struct call *call)
{
    const struct control *control = call->control;
    struct store_error error = {""};
    struct slice account = request_query(call->request, SLICE("account"));
    struct slice region = request_query(call->request, SLICE("region"));
    bool empty = false;
    if (!control_read_flag(call, SLICE("empty"), &empty))
        return;
    size_t count = empty ? 0 : control->seed_count;
    if (!account.data && !region.data) {
        answer(call, store_reset(call->store, control->seeds, count, &error), &error);
        return;
    }
    if (!account.data)
        account = call->settings->account;
    if (!region.data)
        region = call->settings->region;
    if (!world_is_account(account))
        call_fail(call, ERROR_CONTROL_VALUE, SLICE("account"), SLICE("must be 12 digits"));
    else if (!world_is_region(region))
        call_fail(call, ERROR_CONTROL_VALUE, SLICE("region"),
                  SLICE("must be 1 to 32 characters of [a-z0-9-]"));
    else if (!world_is_region_name(region) && !slice_equal(region, call->settings->region))
        call_fail(call, ERROR_CONTROL_VALUE, SLICE("region"),
                  SLICE("must be a region such as us-east-1"));
    else
        answer(call,
               store_reset_world(call->store, control->seeds, count, account, region,
                                 replication_settle, &error),
               &error);
}

void control_seed(struct call *call)
{
    struct store_error error = {""};
    struct slice name = request_query(call->request, SLICE("name"));
    const char *shown = name.data ? arena_copy(call->scratch, name) : "body";
    if (!shown)
        call_fail_internal(call, RESULT_NO_MEMORY);
    else
        answer(call, store_apply_sql(call->store, shown, call->request->body, &error), &error);
}

void control_get_snapshot(struct call *call)
{
    struct slice image = {NULL, 0};
    enum result result = store_snapshot(call->store, &image);
    char *copy = result ? NULL : arena_copy(call->arena, image);
    if (!result)
        store_snapshot_free(image);
    if (result == RESULT_TOO_LARGE) {
        call_fail(call, ERROR_CONTROL_REFUSED,
                  SLICE("The state is too large for a snapshot: more than 60 MiB."));
        return;
    }
    if (!copy) {
        call_fail_internal(call, RESULT_NO_MEMORY);
        return;
    }
    call->reply =
        (struct reply){.body = {copy, image.len}, .content_type = "application/vnd.sqlite3"};
}

void control_put_snapshot(struct call *call)
{
    struct store_error error = {""};
    answer(call, store_restore(call->store, call->request->body, &error), &error);
    /* The state is that of the snapshot, whatever becomes of this. */
    if (!call->failed && lifecycle_resume(call->store))
        log_event(LOG_ERROR, "brokers-not-resumed", "effect",
                  "those that waited for a process wait");
}
