#include "mq/tags.h"

#include "base/utf8.h"
#include "mq/names.h"
#include "store/broker_heads.h"

/* The body of CreateTags. */
struct tags_input {
    struct string_map tags;
};

static const struct member create_list[] = {
    {"tags", MEMBER_STRING_MAP, offsetof(struct tags_input, tags), false, NULL},
};

const struct members create_tags_members = MEMBERS(create_list, struct tags_input);

static enum error_id rule_key(struct slice key)
{
    size_t length = utf8_length(key);
    if (length < 1 || length > TAG_KEY_MAX)
        return ERROR_TAG_KEY_LENGTH;
    bool reserved =
        key.len >= 4 && slice_equal_ignoring_case((struct slice){key.data, 4}, SLICE("aws:"));
    return reserved ? ERROR_TAG_KEY_RESERVED : ERROR_NONE;
}

bool tags_check(struct call *call, const struct string_map *tags)
{
    if (tags->count > TAGS_MAX) {
        call_fail(call, ERROR_TAG_COUNT);
        return false;
    }
    for (size_t i = 0; i < tags->count; i++) {
        const struct string_pair *tag = &tags->items[i];
        enum error_id broken = rule_key(tag->key);
        if (!broken && utf8_length(tag->value) > TAG_VALUE_MAX)
            broken = ERROR_TAG_VALUE_LENGTH;
        if (broken) {
            call_fail(call, broken, tag->key);
            return false;
        }
    }
    return true;
}

enum result tags_put(struct store *store, enum tag_owner owner, struct slice id,
                     const struct string_map *tags)
{
    enum result result = RESULT_OK;
    for (size_t i = 0; !result && i < tags->count; i++)
        result = tag_put(store, owner, id, tags->items[i].key, tags->items[i].value);
    return result;
}

static void write_map(struct json_writer *writer, const struct tag *tags, size_t count)
{
    json_key(writer, "tags");
    json_object_begin(writer);
    for (size_t i = 0; i < count; i++) {
        json_key_text(writer, tags[i].key);
        json_write_string(writer, tags[i].value);
    }
    json_object_end(writer);
}

void tags_write(struct json_writer *writer, const struct tag *tags, size_t count, bool always)
{
    if (count > 0 || always)
        write_map(writer, tags, count);
}

/* What the ARN of the path names. */
struct resource {
    enum tag_owner owner;
    struct slice id;
};

/* The id stands behind the last colon of either form of ARN. */
static struct slice id_in(struct slice arn)
{
    const char *colon = memrchr(arn.data, ':', arn.len);
    const char *id = colon ? colon + 1 : arn.data;
    return (struct slice){id, (size_t)(arn.data + arn.len - id)};
}

static enum result find_broker_arn(struct call *call, struct slice id, struct slice *arn)
{
    struct broker_head head;
    enum result result = broker_find_head(call->store, id, call->scratch, &head);
    if (result)
        return result;
    if (!slice_equal(head.account, call->caller.account) ||
        !slice_equal(head.region, call->caller.region))
        return RESULT_NOT_FOUND;
    struct broker broker = {
        .id = head.id, .account = head.account, .region = head.region, .name = head.name};
    *arn = name_broker_arn(&broker, call->scratch);
    return arn->data ? RESULT_OK : RESULT_NO_MEMORY;
}

static enum result find_configuration_arn(struct call *call, struct slice id, struct slice *arn)
{
    struct configuration configuration;
    enum result result = configuration_find(call->store, call->caller.account, call->caller.region,
                                            id, call->scratch, &configuration);
    if (result)
        return result;
    *arn = name_configuration_arn(&configuration, call->scratch);
    return arn->data ? RESULT_OK : RESULT_NO_MEMORY;
}

/* The ARN of the path names a resource if it is that resource's own, to the letter. False: answered
 * with 404 or 500. */
static bool find_resource(struct call *call, struct resource *resource)
{
    static enum result (*const find[])(struct call *, struct slice, struct slice *) = {
        [TAG_BROKER] = find_broker_arn, [TAG_CONFIGURATION] = find_configuration_arn};
    struct slice arn = {NULL, 0};
    enum result result = RESULT_NOT_FOUND;
    resource->id = id_in(call->labels.resource_arn);
    for (size_t i = 0; result == RESULT_NOT_FOUND && i < sizeof find / sizeof *find; i++) {
        resource->owner = (enum tag_owner)i;
        result = find[i](call, resource->id, &arn);
        if (!result && !slice_equal(arn, call->labels.resource_arn))
            result = RESULT_NOT_FOUND;
    }
    if (result == RESULT_NOT_FOUND)
        call_fail(call, ERROR_RESOURCE_NOT_FOUND);
    else if (result)
        call_fail_internal(call, result);
    return !result;
}

bool create_tags_check(struct call *call)
{
    const struct tags_input *input = call->input;
    return tags_check(call, &input->tags);
}

/* The tags go in first: where there are too many then, the call fails and is rolled back. */
void create_tags(struct call *call)
{
    const struct tags_input *input = call->input;
    struct resource resource;
    int64_t count = 0;
    if (!find_resource(call, &resource))
        return;
    enum result result = tags_put(call->store, resource.owner, resource.id, &input->tags);
    if (!result && input->tags.count > 0)
        result = tag_count(call->store, resource.owner, resource.id, TAGS_MAX + 1, &count);
    if (!result && count > TAGS_MAX)
        call_fail(call, ERROR_TAG_COUNT);
    else
        call_finish(call, result);
}

void list_tags(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct resource resource;
    struct tag *tags = NULL;
    size_t count = 0;
    if (!find_resource(call, &resource))
        return;
    enum result result =
        tag_list(call->store, resource.owner, resource.id, call->scratch, &tags, &count);
    json_object_begin(&writer);
    write_map(&writer, tags, count);
    json_object_end(&writer);
    call_finish(call, result);
}

static const struct slice tag_keys = SLICE_INIT("tagKeys");

bool delete_tags_check(struct call *call)
{
    bool given = request_query(call->request, tag_keys).data != NULL;
    if (!given)
        call_fail(call, ERROR_MISSING_MEMBER, tag_keys);
    return given;
}

void delete_tags(struct call *call)
{
    const struct target *target = &call->request->target;
    struct resource resource;
    enum result result = RESULT_OK;
    if (!find_resource(call, &resource))
        return;
    for (size_t i = 0; !result && i < target->member_count; i++)
        if (slice_equal(target->members[i].name, tag_keys))
            result = tag_delete(call->store, resource.owner, resource.id, target->members[i].value);
    call_finish(call, result);
}
