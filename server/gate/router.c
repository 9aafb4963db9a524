#include "gate/router.h"

#include <stddef.h>

#include "control/endpoints.h"
#include "mq/operations.h"

static const struct {
    struct slice name;
    size_t offset;
    bool may_be_empty;
} label_names[] = {
    {SLICE_INIT("{broker-id}"), offsetof(struct labels, broker_id), false},
    /* SDKs can send an empty username (`…/users/`): the user does not exist, but the route does. */
    {SLICE_INIT("{username}"), offsetof(struct labels, username), true},
    {SLICE_INIT("{configuration-id}"), offsetof(struct labels, configuration_id), false},
    {SLICE_INIT("{configuration-revision}"), offsetof(struct labels, configuration_revision),
     false},
    {SLICE_INIT("{resource-arn}"), offsetof(struct labels, resource_arn), false},
};

/* Takes the next segment, without its slash, from the pattern. */
static struct slice next_segment(const char **pattern)
{
    const char *start = *pattern + 1;
    size_t len = strcspn(start, "/");
    *pattern = start + len;
    return (struct slice){start, len};
}

static bool set_label(struct slice name, struct slice value, struct labels *labels)
{
    for (size_t i = 0; i < sizeof label_names / sizeof *label_names; i++) {
        if (!slice_equal(label_names[i].name, name))
            continue;
        *(struct slice *)(void *)((char *)labels + label_names[i].offset) = value;
        return value.len > 0 || label_names[i].may_be_empty;
    }
    return false;
}

static bool matches(const char *pattern, const struct target *target, struct labels *labels)
{
    *labels = (struct labels){{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    for (size_t i = 0; i < target->segment_count; i++) {
        if (*pattern == '\0')
            return false;
        struct slice expected = next_segment(&pattern);
        struct slice given = target->segments[i];
        if (expected.data[0] == '{' ? !set_label(expected, given, labels)
                                    : !slice_equal(expected, given))
            return false;
    }
    return *pattern == '\0';
}

const struct operation *router_find(const struct request *request, struct labels *labels)
{
    if (request->target.segment_count > REQUEST_SEGMENTS)
        return NULL;
    bool is_control = request->target.is_control;
    const struct operation *row = is_control ? control_operations : operations;
    for (size_t left = is_control ? control_operation_count : operation_count; left > 0;
         left--, row++)
        if (slice_equal(request->method, slice_of(row->method)) &&
            matches(row->path, &request->target, labels))
            return row;
    return NULL;
}

struct slice router_methods(const struct target *target, struct arena *arena)
{
    struct labels labels;
    const char *list = NULL;
    if (target->segment_count > REQUEST_SEGMENTS)
        return (struct slice){NULL, 0};
    for (size_t i = 0; i < operation_count; i++) {
        if (!matches(operations[i].path, target, &labels))
            continue;
        list =
            list ? arena_printf(arena, "%s,%s", list, operations[i].method) : operations[i].method;
        if (!list)
            break;
    }
    return slice_of(list);
}
