#include "api/members.h"

static const char *const wanted[] = {
    [MEMBER_BOOLEAN] = "boolean", [MEMBER_STRING] = "string", [MEMBER_STRINGS] = "list of strings"};

static enum result wrong_type(struct member_error *error, const char *path, enum member_type type)
{
    if (!path)
        return RESULT_NO_MEMORY;
    *error = (struct member_error){ERROR_WRONG_TYPE, slice_of(path), wanted[type]};
    return RESULT_INVALID;
}

static enum result read_strings(const struct member *member, const struct json *value,
                                struct strings *out, struct arena *arena,
                                struct member_error *error)
{
    *out = (struct strings){.present = true};
    if (json_type(value) != JSON_LIST)
        return wrong_type(error, member->name, MEMBER_STRINGS);
    for (const struct json *item = json_first(value); item; item = json_next(item))
        out->count++;
    out->items = arena_alloc(arena, out->count * sizeof *out->items);
    if (!out->items)
        return RESULT_NO_MEMORY;
    size_t i = 0;
    for (const struct json *item = json_first(value); item; item = json_next(item), i++) {
        if (json_type(item) != JSON_STRING)
            return wrong_type(error, arena_printf(arena, "%s[%zu]", member->name, i),
                              MEMBER_STRING);
        out->items[i] = json_string(item);
    }
    return RESULT_OK;
}

static enum result read_member(const struct member *member, const struct json *value, char *input,
                               struct arena *arena, struct member_error *error)
{
    void *place = input + member->offset;
    switch (member->type) {
    case MEMBER_BOOLEAN:
        if (json_type(value) != JSON_BOOLEAN)
            break;
        *(enum optional *)place = json_boolean(value) ? OPTIONAL_TRUE : OPTIONAL_FALSE;
        return RESULT_OK;
    case MEMBER_STRING:
        if (json_type(value) != JSON_STRING)
            break;
        *(struct slice *)place = json_string(value);
        return RESULT_OK;
    case MEMBER_STRINGS:
        return read_strings(member, value, place, arena, error);
    }
    return wrong_type(error, member->name, member->type);
}

static bool is_absent(const struct json *body, const char *name)
{
    const struct json *value = json_member(body, name);
    return !value || json_type(value) == JSON_NULL;
}

enum result members_read(const struct members *members, const struct json *body, void *input,
                         struct arena *arena, struct member_error *error)
{
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->list[i];
        if (is_absent(body, member->name))
            continue;
        enum result result =
            read_member(member, json_member(body, member->name), input, arena, error);
        if (result)
            return result;
    }
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->list[i];
        if (!member->required || !is_absent(body, member->name))
            continue;
        *error = (struct member_error){.id = ERROR_MISSING_MEMBER, .path = slice_of(member->name)};
        return RESULT_INVALID;
    }
    return RESULT_OK;
}
