#include "base/json_check.h"

#include <cjson/cJSON.h>

/* Case-insensitive, or unsafe on untrusted input: CVE-2026-67216, and recursion without a limit. */
#pragma GCC poison cJSON_GetObjectItem cJSON_Compare cJSON_Duplicate cJSON_GetErrorPtr

/* The arena of the current parse: cJSON's hooks have no context argument. Not thread-safe. */
static struct arena *parse_arena;

static void *arena_malloc(size_t size)
{
    return parse_arena ? arena_alloc(parse_arena, size) : NULL;
}

static void arena_no_free(void *piece)
{
    (void)piece; /* freed with the arena */
}

enum result json_parse(struct arena *arena, struct slice text, const struct json **object,
                       struct json_error *error)
{
    enum result result = json_check(arena, text, error);
    if (result)
        return result;
    cJSON_InitHooks(&(cJSON_Hooks){arena_malloc, arena_no_free});
    parse_arena = arena;
    /* cJSON requires that the length includes the NUL. */
    const cJSON *root = cJSON_ParseWithLengthOpts(text.data, text.len + 1, NULL, 1);
    parse_arena = NULL;
    if (!root)
        return RESULT_NO_MEMORY; /* the only possible cause, since json_check accepted the text */
    *object = (const struct json *)(const void *)root;
    return RESULT_OK;
}

static const cJSON *item_of(const struct json *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct json *value_of(const cJSON *item)
{
    return (const struct json *)(const void *)item;
}

enum json_type json_type(const struct json *value)
{
    const cJSON *item = item_of(value);
    if (cJSON_IsBool(item))
        return JSON_BOOLEAN;
    if (cJSON_IsNumber(item))
        return JSON_NUMBER;
    if (cJSON_IsString(item))
        return JSON_STRING;
    if (cJSON_IsArray(item))
        return JSON_LIST;
    return cJSON_IsObject(item) ? JSON_OBJECT : JSON_NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
    return value_of(cJSON_GetObjectItemCaseSensitive(item_of(object), name));
}

const struct json *json_first(const struct json *list)
{
    return value_of(item_of(list)->child);
}

const struct json *json_next(const struct json *item)
{
    return value_of(item_of(item)->next);
}

struct slice json_name(const struct json *member)
{
    return slice_of(item_of(member)->string);
}

struct slice json_string(const struct json *string)
{
    return slice_of(cJSON_GetStringValue(item_of(string)));
}

bool json_boolean(const struct json *boolean)
{
    return cJSON_IsTrue(item_of(boolean));
}

double json_number(const struct json *number)
{
    return item_of(number)->valuedouble;
}

const char *json_version(void)
{
    return cJSON_Version();
}
