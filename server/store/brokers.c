#include "store/brokers.h"

#include <stddef.h>

#include "store/internal.h"

/* Columns 0 to 5 of every query on brokers. */
static bool read_head(sqlite3_stmt *stmt, struct arena *arena, struct broker *broker)
{
    broker->rabbitmq = sqlite3_column_int(stmt, 5) != 0;
    return statement_text(stmt, 0, arena, &broker->id) &&
           statement_text(stmt, 1, arena, &broker->account) &&
           statement_text(stmt, 2, arena, &broker->region) &&
           statement_text(stmt, 3, arena, &broker->name) &&
           statement_text(stmt, 4, arena, &broker->state);
}

/* The columns behind the head in BROKER_COLUMNS, in their order. */
static const struct {
    bool is_boolean;
    size_t offset;
} columns[] = {
#define TEXT(member)                           \
    {                                          \
        false, offsetof(struct broker, member) \
    }
#define BOOLEAN(member)                       \
    {                                         \
        true, offsetof(struct broker, member) \
    }
    TEXT(created),
    TEXT(engine_version),
    TEXT(host_instance_type),
    TEXT(storage_type),
    TEXT(deployment_mode),
    TEXT(authentication_strategy),
    BOOLEAN(auto_minor_version_upgrade),
    BOOLEAN(publicly_accessible),
    BOOLEAN(logs_general),
    BOOLEAN(logs_audit),
    BOOLEAN(use_aws_owned_key),
    TEXT(kms_key_id),
    TEXT(day_of_week),
    TEXT(time_of_day),
    TEXT(time_zone),
    TEXT(subnet_ids),
    TEXT(security_groups),
    TEXT(configuration_id),
#undef TEXT
#undef BOOLEAN
};

enum { HEAD_COLUMNS = 6, COLUMNS = sizeof columns / sizeof *columns };

static bool read_broker(sqlite3_stmt *stmt, struct arena *arena, struct broker *broker)
{
    if (!read_head(stmt, arena, broker))
        return false;
    for (int i = 0; i < COLUMNS; i++) {
        char *place = (char *)broker + columns[i].offset;
        if (columns[i].is_boolean)
            *(bool *)place = sqlite3_column_int(stmt, HEAD_COLUMNS + i) != 0;
        else if (!statement_text(stmt, HEAD_COLUMNS + i, arena, (struct slice *)(void *)place))
            return false;
    }
    broker->configuration_revision = sqlite3_column_int64(stmt, HEAD_COLUMNS + COLUMNS);
    return true;
}

enum result broker_find(struct store *store, struct slice account, struct slice region,
                        struct slice id, struct arena *arena, struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_FIND);
    statement_bind(stmt, 1, id);
    statement_bind(stmt, 2, account);
    statement_bind(stmt, 3, region);
    enum result result = statement_step(store, stmt);
    if (!result && !read_broker(stmt, arena, broker))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

enum result broker_find_head(struct store *store, struct slice id, struct arena *arena,
                             struct broker *broker)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_HEAD);
    statement_bind(stmt, 1, id);
    enum result result = statement_step(store, stmt);
    if (!result && !read_head(stmt, arena, broker))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

enum result broker_page(struct store *store, struct slice account, struct slice region,
                        struct slice after, int64_t most, struct arena *arena,
                        struct broker **brokers, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_PAGE);
    enum result result = RESULT_OK;
    statement_bind(stmt, 1, account);
    statement_bind(stmt, 2, region);
    statement_bind(stmt, 3, after.data ? after : SLICE(""));
    sqlite3_bind_int64(stmt, 4, most);
    size_t room = 0;
    *count = 0;
    *brokers = NULL;
    while (!result && !(result = statement_step(store, stmt))) {
        *brokers = statement_grow(arena, *brokers, *count, &room, sizeof **brokers);
        if (!*brokers || !read_broker(stmt, arena, &(*brokers)[(*count)++]))
            result = RESULT_NO_MEMORY;
    }
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

enum result broker_tags(struct store *store, struct slice id, struct arena *arena,
                        struct tag **tags, size_t *count)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_TAGS);
    enum result result = RESULT_OK;
    size_t room = 0;
    statement_bind(stmt, 1, id);
    *count = 0;
    *tags = NULL;
    while (!result && !(result = statement_step(store, stmt))) {
        *tags = statement_grow(arena, *tags, *count, &room, sizeof **tags);
        struct tag *tag = *tags ? &(*tags)[(*count)++] : NULL;
        if (!tag || !statement_text(stmt, 0, arena, &tag->key) ||
            !statement_text(stmt, 1, arena, &tag->value))
            result = RESULT_NO_MEMORY;
    }
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

enum result broker_begin_reboot(struct store *store, struct slice id, int64_t due_ms)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_BEGIN_REBOOT);
    statement_bind(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, due_ms);
    return statement_run(store, stmt);
}

enum result broker_end_reboot(struct store *store, struct slice id)
{
    enum result result = store_prepare_write(store);
    if (result)
        return result;
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_END_REBOOT);
    statement_bind(stmt, 1, id);
    return statement_run(store, stmt);
}

enum result broker_next_due(struct store *store, int64_t now_ms, struct arena *arena,
                            struct slice *id)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_NEXT_DUE);
    sqlite3_bind_int64(stmt, 1, now_ms);
    enum result result = statement_step(store, stmt);
    if (!result && !statement_text(stmt, 0, arena, id))
        result = RESULT_NO_MEMORY;
    statement_end(stmt);
    return result;
}

enum result broker_due_ms(struct store *store, int64_t *due_ms)
{
    sqlite3_stmt *stmt = statement_get(store, STATEMENT_BROKER_DUE);
    enum result result = statement_step(store, stmt);
    *due_ms = result ? INT64_MAX : sqlite3_column_int64(stmt, 0);
    statement_end(stmt);
    return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}
