#include "mq/lifecycle.h"

#include "store/brokers.h"
#include "store/users.h"

static enum result end_reboot(struct store *store, struct slice broker_id)
{
    enum result result = user_apply_pending(store, broker_id);
    return result ? result : broker_end_reboot(store, broker_id);
}

enum result lifecycle_reboot(struct store *store, struct slice broker_id, int64_t now_ms,
                             int64_t reboot_ms)
{
    enum result result = broker_begin_reboot(store, broker_id, now_ms + reboot_ms);
    return result || reboot_ms > 0 ? result : end_reboot(store, broker_id);
}

enum result lifecycle_advance(struct store *store, int64_t now_ms)
{
    struct arena arena;
    struct slice broker_id;
    enum result result = RESULT_OK;
    arena_init(&arena, SIZE_MAX / 2);
    int left = LIFECYCLE_STEP;
    while (left-- > 0 && !(result = broker_next_due(store, now_ms, &arena, &broker_id))) {
        result = end_reboot(store, broker_id);
        if (result)
            break;
        arena_reset(&arena);
    }
    arena_close(&arena);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}
