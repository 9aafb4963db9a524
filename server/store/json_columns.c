#include "store/json_columns.h"

#include <stdio.h>

#include "base/json_check.h"

/* Bytes for the list of the names in an object, of which there are JSON_MAX_VALUES at most; the
 * text of the names is added. */
enum { NAMES_MAX = 4 * 1024 * 1024 };

static enum result check_object(struct slice text)
{
    struct arena arena;
    struct json_error error;
    arena_init(&arena, NAMES_MAX + text.len);
    enum result result = json_check(&arena, text, &error);
    arena_close(&arena);
    return result;
}

static const struct table_json *find(const struct table *table, int column)
{
    for (size_t i = 0; i < TABLE_JSON_MAX && table->json[i].name; i++)
        if (table->json[i].column == column)
            return &table->json[i];
    return NULL;
}

enum result json_column_check(const struct table *table, int column, struct slice text, char *rule,
                              size_t size)
{
    const struct table_json *json = find(table, column);
    enum result result = !json                       ? RESULT_OK
                         : json->is_object           ? check_object(text)
                         : json_is_string_list(text) ? RESULT_OK
                                                     : RESULT_INVALID;
    if (result == RESULT_INVALID)
        snprintf(rule, size, "%s: a JSON %s", json->name,
                 json->is_object ? "object" : "array of strings");
    return result;
}
