#include "mq/engine_versions.h"

#include <stdlib.h>

#include "mq/versions.h"
#include "store/catalogue.h"

enum { VERSION_MAX = 20 };

static int compare_newest_first(const void *a, const void *b)
{
    const struct slice *left = a, *right = b;
    int order = version_compare(*right, *left);
    if (order != 0)
        return order;
    return left->len < right->len ? -1 : left->len > right->len; /* 5.19 and 5.19.0 */
}

enum result engine_versions_read(struct call *call, enum engine engine, struct texts *versions)
{
    enum result result =
        catalogue_versions(call->store, engine, call->scratch, &versions->items, &versions->count);
    if (!result && versions->count > 1)
        qsort(versions->items, versions->count, sizeof *versions->items, compare_newest_first);
    return result;
}

static enum result join_versions(struct call *call, const struct texts *versions,
                                 struct slice *joined)
{
    struct buffer text;
    buffer_init(&text, versions->count * (VERSION_MAX + 2));
    for (size_t i = 0; i < versions->count; i++) {
        buffer_append_string(&text, i > 0 ? ", " : "");
        buffer_append_slice(&text, versions->items[i]);
    }
    char *copy = text.failed ? NULL : arena_copy(call->scratch, buffer_slice(&text));
    *joined = (struct slice){copy, text.len};
    buffer_close(&text);
    return copy ? RESULT_OK : RESULT_NO_MEMORY;
}

bool engine_version_check(struct call *call, enum engine engine, struct slice version,
                          struct slice *patch)
{
    struct texts versions = {NULL, 0};
    struct slice valid = {NULL, 0};
    enum result result = catalogue_version_find(call->store, engine, version, call->scratch, patch);
    if (!result)
        return true;
    if (result == RESULT_NOT_FOUND)
        result = engine_versions_read(call, engine, &versions);
    if (!result)
        result = join_versions(call, &versions, &valid);
    if (result)
        call_fail_internal(call, result);
    else
        call_fail(call, ERROR_ENGINE_VERSION, version.data ? version : SLICE(""),
                  term_text(&engine_terms, engine), valid);
    return false;
}

/* The newest version of the catalogue of the next minor version; absent: there is none. */
static struct slice next_version(const struct texts *versions, struct slice version)
{
    struct slice next = {NULL, 0};
    for (size_t i = versions->count; i-- > 0;) {
        struct slice minor = version_minor(versions->items[i]);
        if (version_compare(minor, version_minor(version)) > 0 &&
            (!next.data || version_compare(minor, version_minor(next)) == 0))
            next = versions->items[i];
    }
    return next;
}

/* RabbitMQ is upgraded from one minor version to the next (developer guide). */
static void check_step(struct call *call, const struct broker *broker, struct slice version)
{
    struct texts versions = {NULL, 0};
    enum result result = engine_versions_read(call, broker->engine, &versions);
    struct slice next = next_version(&versions, broker->engine_version);
    if (result)
        call_fail_internal(call, result);
    else if (next.data && version_compare(version, next) > 0)
        call_fail(call, ERROR_VERSION_SKIPPED, engine_name(broker->engine), broker->engine_version,
                  version, next);
}

bool engine_version_check_upgrade(struct call *call, const struct broker *broker,
                                  struct slice version)
{
    struct slice patch;
    if (broker->data_replication_role == ROLE_REPLICA) {
        call_fail(call, ERROR_VERSION_OF_REPLICA);
        return false;
    }
    /* The broker may be told what it has, though it is no longer sold. */
    if (slice_equal(version, broker->engine_version))
        return true;
    if (!engine_version_check(call, broker->engine, version, &patch))
        return false;
    if (version_compare(version, broker->engine_version) < 0)
        call_fail(call, ERROR_VERSION_LOWER, version, broker->engine_version);
    else if (broker->engine == ENGINE_RABBITMQ)
        check_step(call, broker, version);
    return !call->failed;
}
