#include "api/members.h"

static const char *const type_names[] = {
    [MEMBER_BOOLEAN] = "boolean",         [MEMBER_INTEGER] = "integer",
    [MEMBER_NUMBER] = "number",           [MEMBER_STRING] = "string",
    [MEMBER_STRINGS] = "list of strings", [MEMBER_STRING_MAP] = "object",
    [MEMBER_OBJECT] = "object",           [MEMBER_OBJECTS] = "list of objects",
};

struct reading {
    struct arena *arena;
    struct member_error *error;
};

static enum result refuse(const struct reading *reading, enum error_id id, const char *path,
                          const char *type)
{
    if (!path)
        return RESULT_NO_MEMORY;
    *reading->error = (struct member_error){id, slice_of(path), type};
    return RESULT_INVALID;
}

static enum result wrong_type(const struct reading *reading, const char *path,
                              enum member_type type)
{
    return refuse(reading, ERROR_WRONG_TYPE, path, type_names[type]);
}

/* `name` within `path`, which is "" at the top; the limit of the arena bounds its length. */
static const char *path_of(const struct reading *reading, const char *path, const char *name)
{
    return *path ? arena_printf(reading->arena, "%s.%s", path, name) : name;
}

static size_t count_of(const struct json *list)
{
    size_t count = 0;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        count++;
    return count;
}

/* Zeroed; NULL: out of memory. */
static void *allocate(const struct reading *reading, size_t count, size_t size)
{
    void *memory = arena_alloc(reading->arena, count * size);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

static enum result read_strings(const struct reading *reading, const char *path,
                                const struct json *value, struct strings *out)
{
    *out = (struct strings){.present = true, .count = count_of(value)};
    out->items = allocate(reading, out->count, sizeof *out->items);
    if (!out->items)
        return RESULT_NO_MEMORY;
    size_t i = 0;
    for (const struct json *item = json_first(value); item; item = json_next(item), i++) {
        if (json_type(item) != JSON_STRING)
            return wrong_type(reading, arena_printf(reading->arena, "%s[%zu]", path, i),
                              MEMBER_STRING);
        out->items[i] = json_string(item);
    }
    return RESULT_OK;
}

static enum result read_string_map(const struct reading *reading, const char *path,
                                   const struct json *value, struct string_map *out)
{
    *out = (struct string_map){.present = true, .count = count_of(value)};
    out->items = allocate(reading, out->count, sizeof *out->items);
    if (!out->items)
        return RESULT_NO_MEMORY;
    size_t i = 0;
    for (const struct json *item = json_first(value); item; item = json_next(item), i++) {
        if (json_type(item) != JSON_STRING)
            return wrong_type(reading, path_of(reading, path, json_name(item).data), MEMBER_STRING);
        out->items[i] = (struct string_pair){json_name(item), json_string(item)};
    }
    return RESULT_OK;
}

static enum result read_types(const struct reading *reading, const struct members *members,
                              const char *path, const struct json *body, char *input);

static enum result read_objects(const struct reading *reading, const struct members *inner,
                                const char *path, const struct json *value, struct objects *out)
{
    *out = (struct objects){.present = true, .count = count_of(value)};
    out->items = allocate(reading, out->count, inner->size);
    if (!out->items)
        return RESULT_NO_MEMORY;
    char *place = out->items;
    enum result result = RESULT_OK;
    size_t i = 0;
    for (const struct json *item = json_first(value); !result && item; item = json_next(item)) {
        const char *at = arena_printf(reading->arena, "%s[%zu]", path, i++);
        if (!at || json_type(item) != JSON_OBJECT)
            return wrong_type(reading, at, MEMBER_OBJECT);
        result = read_types(reading, inner, at, item, place);
        place += inner->size;
    }
    return result;
}

static enum result read_object(const struct reading *reading, const struct members *inner,
                               const char *path, const struct json *value, void **out)
{
    *out = allocate(reading, 1, inner->size);
    return *out ? read_types(reading, inner, path, value, *out) : RESULT_NO_MEMORY;
}

static bool read_integer(const struct json *value, struct optional_integer *out)
{
    double number = json_number(value);
    *out = (struct optional_integer){.present = true};
    if (!(number >= INT32_MIN && number <= INT32_MAX))
        return false;
    out->value = (int64_t)number;
    return (double)out->value == number;
}

static enum result read_member(const struct reading *reading, const struct member *member,
                               const char *path, const struct json *value, void *place)
{
    static const enum json_type json_types[] = {
        [MEMBER_BOOLEAN] = JSON_BOOLEAN, [MEMBER_INTEGER] = JSON_NUMBER,
        [MEMBER_NUMBER] = JSON_NUMBER,   [MEMBER_STRING] = JSON_STRING,
        [MEMBER_STRINGS] = JSON_LIST,    [MEMBER_STRING_MAP] = JSON_OBJECT,
        [MEMBER_OBJECT] = JSON_OBJECT,   [MEMBER_OBJECTS] = JSON_LIST,
    };
    if (!path)
        return RESULT_NO_MEMORY;
    if (json_type(value) != json_types[member->type])
        return wrong_type(reading, path, member->type);
    switch (member->type) {
    case MEMBER_BOOLEAN:
        *(enum optional *)place = json_boolean(value) ? OPTIONAL_TRUE : OPTIONAL_FALSE;
        return RESULT_OK;
    case MEMBER_INTEGER:
        return read_integer(value, place) ? RESULT_OK : wrong_type(reading, path, member->type);
    case MEMBER_NUMBER:
        *(struct optional_number *)place = (struct optional_number){true, json_number(value)};
        return RESULT_OK;
    case MEMBER_STRING:
        *(struct slice *)place = json_string(value);
        return RESULT_OK;
    case MEMBER_STRINGS:
        return read_strings(reading, path, value, place);
    case MEMBER_STRING_MAP:
        return read_string_map(reading, path, value, place);
    case MEMBER_OBJECT:
        return read_object(reading, member->inner, path, value, place);
    case MEMBER_OBJECTS:
        return read_objects(reading, member->inner, path, value, place);
    }
    return RESULT_INVALID;
}

static bool is_absent(const struct json *body, const char *name)
{
    const struct json *value = json_member(body, name);
    return !value || json_type(value) == JSON_NULL;
}

static enum result read_types(const struct reading *reading, const struct members *members,
                              const char *path, const struct json *body, char *input)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && i < members->count; i++) {
        const struct member *member = &members->list[i];
        if (!is_absent(body, member->name))
            result = read_member(reading, member, path_of(reading, path, member->name),
                                 json_member(body, member->name), input + member->offset);
    }
    return result;
}

static enum result check_required(const struct reading *reading, const struct members *members,
                                  const char *path, const struct json *body)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && path && i < members->count; i++) {
        const struct member *member = &members->list[i];
        const char *at = path_of(reading, path, member->name);
        if (is_absent(body, member->name)) {
            if (member->required)
                result = refuse(reading, ERROR_MISSING_MEMBER, at, NULL);
            continue;
        }
        const struct json *value = json_member(body, member->name);
        if (!at)
            result = RESULT_NO_MEMORY;
        else if (member->type == MEMBER_OBJECT)
            result = check_required(reading, member->inner, at, value);
        size_t number = 0;
        if (member->type == MEMBER_OBJECTS)
            for (value = json_first(value); !result && value; value = json_next(value))
                result =
                    check_required(reading, member->inner,
                                   arena_printf(reading->arena, "%s[%zu]", at, number++), value);
    }
    return path ? result : RESULT_NO_MEMORY;
}

enum result members_read(const struct members *members, const struct json *body, void *input,
                         struct arena *arena, struct member_error *error)
{
    struct reading reading = {arena, error};
    enum result result = read_types(&reading, members, "", body, input);
    return result ? result : check_required(&reading, members, "", body);
}
