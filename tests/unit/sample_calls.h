/* A call of any operation, for lists of calls that do not have it: its path with names of the
 * test's world, and the `example` of its row in tests/data/operations.json, if it has one. */
#ifndef TESTS_UNIT_SAMPLE_CALLS_H
#define TESTS_UNIT_SAMPLE_CALLS_H

#include "support.h"

#include <cjson/cJSON.h>

#include "mq/operations.h"

/* What the labels of a path stand for. */
struct sample_names {
    const char *broker, *username, *configuration, *arn;
};

struct sample_call {
    char target[400], body[4000];
    int status;
};

static inline void sample_append(struct sample_call *call, const char *text)
{
    assert_true(strlen(call->target) + strlen(text) < sizeof call->target);
    strcat(call->target, text);
}

static inline void sample_fill(struct sample_call *call, const char *pattern,
                               const struct sample_names *names)
{
    const struct {
        const char *label, *name;
    } labels[] = {
        {"{broker-id}", names->broker},
        {"{username}", names->username},
        {"{configuration-id}", names->configuration},
        {"{configuration-revision}", "1"},
        {"{resource-arn}", names->arn},
    };
    while (*pattern) {
        const char *text = NULL;
        for (size_t i = 0; !text && i < COUNT(labels); i++)
            if (strncmp(pattern, labels[i].label, strlen(labels[i].label)) == 0) {
                text = labels[i].name;
                pattern += strlen(labels[i].label);
            }
        const char one[] = {text ? '\0' : *pattern++, '\0'};
        sample_append(call, text ? text : one);
    }
}

/* Adds query and body of the example of this operation. */
static inline void sample_read_example(struct sample_call *call, const char *operation)
{
    static char text[200000];
    FILE *file = fopen(TEST_DATA "/operations.json", "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cJSON_InitHooks(NULL); /* json_parse sets its own, each time */
    cJSON *list = cJSON_Parse(text);
    const cJSON *row = NULL;
    assert_non_null(list);
    cJSON_ArrayForEach(row, list)
    {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(row, "operation"));
        const cJSON *example = cJSON_GetObjectItem(row, "example");
        const char *query = cJSON_GetStringValue(cJSON_GetObjectItem(example, "query"));
        cJSON *body = cJSON_GetObjectItem(example, "body");
        if (!name || strcmp(name, operation) != 0)
            continue;
        if (query)
            sample_append(call, query);
        if (body)
            assert_true(cJSON_PrintPreallocated(body, call->body, sizeof call->body, false));
    }
    cJSON_Delete(list);
}

static inline void sample_make(const struct operation *operation, const struct sample_names *names,
                               struct sample_call *call)
{
    *call = (struct sample_call){.status = operation->status ? operation->status : 200};
    sample_fill(call, operation->path, names);
    sample_read_example(call, operation->name);
    if (operation->body && !*call->body)
        fail_msg("tests/data/operations.json: %s has a body and needs an example of it",
                 operation->name);
}

#endif
