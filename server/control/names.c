#include "control/names.h"

#include <stdio.h>

#include "mq/operations.h"

const struct members control_no_members = {NULL, 0, 1};

bool control_has_parameter(const struct operation *operation, struct slice name)
{
    char word[32];
    if (!operation->query)
        return true;
    snprintf(word, sizeof word, " %.*s ", (int)(name.len < 24 ? name.len : 24), name.data);
    return name.len > 0 && name.len < 24 && !memchr(name.data, ' ', name.len) &&
           strstr(operation->query, word);
}

struct slice control_question(struct call *call, const struct nearest *nearest)
{
    if (!nearest->name)
        return SLICE("");
    return slice_of(arena_printf(call->scratch, " Did you mean [%s]?", nearest->name));
}

/* The first member that is not in the table; NULL: there is none. */
static const struct json *find_unknown(const struct members *members, const struct json *body)
{
    for (const struct json *item = json_first(body); item; item = json_next(item)) {
        size_t i = 0;
        while (i < members->count && !slice_equal(json_name(item), slice_of(members->list[i].name)))
            i++;
        if (i == members->count)
            return item;
    }
    return NULL;
}

bool control_knows_members(struct call *call, const struct members *members,
                           const struct json *body)
{
    const struct json *unknown = find_unknown(members, body);
    if (!unknown)
        return true;
    struct nearest nearest = nearest_to(json_name(unknown));
    for (size_t i = 0; i < members->count; i++)
        nearest_try(&nearest, members->list[i].name);
    bool in_query = call->operation->query && control_has_parameter(call->operation, nearest.given);
    call_fail(call, ERROR_CONTROL_MEMBER, nearest.given,
              in_query ? SLICE(" It is a query parameter.") : control_question(call, &nearest));
    return false;
}

bool control_knows_operation(struct call *call, struct slice name)
{
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < operation_count; i++) {
        if (slice_equal(name, slice_of(operations[i].name)))
            return true;
        nearest_try(&nearest, operations[i].name);
    }
    call_fail(call, ERROR_CONTROL_NO_OPERATION, name, control_question(call, &nearest));
    return false;
}
