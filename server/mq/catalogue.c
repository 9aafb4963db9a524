#include "mq/catalogue.h"

#include <stdlib.h>

#include "api/page.h"
#include "mq/versions.h"

enum { ENGINES = 2, VERSION_MAX = 20, HOST_INSTANCE_TYPE_MAX = 50, DEFAULT_ZONES = 3 };

/* In the order of their types: what is indexed by engine is indexed by `rabbitmq`. */
static const struct slice types[ENGINES] = {SLICE_INIT("ACTIVEMQ"), SLICE_INIT("RABBITMQ")};
static const struct slice names[ENGINES] = {SLICE_INIT("ActiveMQ"), SLICE_INIT("RabbitMQ")};
static const struct slice storage_types[] = {SLICE_INIT("EBS"), SLICE_INIT("EFS")};

struct slice catalogue_engine_name(bool rabbitmq)
{
    return names[rabbitmq];
}

bool catalogue_read_engine_type(struct slice text, bool *rabbitmq)
{
    *rabbitmq = slice_equal_ignoring_case(text, types[true]);
    return *rabbitmq || slice_equal_ignoring_case(text, types[false]);
}

bool catalogue_read_storage_type(struct slice text, struct slice *storage_type)
{
    for (size_t i = 0; i < sizeof storage_types / sizeof *storage_types; i++) {
        *storage_type = storage_types[i];
        if (slice_equal_ignoring_case(text, *storage_type))
            return true;
    }
    return false;
}

/* Lists of the tables. */

/* Takes the next string off the text of a JSON array without escapes. False: there is none. */
static bool take_string(struct slice *json, struct slice *string)
{
    const char *last = json->data + json->len;
    const char *begin = json->len > 0 ? memchr(json->data, '"', json->len) : NULL;
    const char *end = begin ? memchr(begin + 1, '"', (size_t)(last - begin - 1)) : NULL;
    if (!end)
        return false;
    *string = (struct slice){begin + 1, (size_t)(end - begin - 1)};
    *json = (struct slice){end + 1, (size_t)(last - end - 1)};
    return true;
}

static bool list_has(struct slice json, struct slice text)
{
    struct slice item;
    while (take_string(&json, &item))
        if (slice_equal(item, text))
            return true;
    return false;
}

void catalogue_put_list(struct json_writer *writer, const char *name, struct slice json)
{
    struct slice item;
    json_key(writer, name);
    json_list_begin(writer);
    while (take_string(&json, &item))
        json_write_string(writer, item);
    json_list_end(writer);
}

/* Versions. */

struct texts {
    struct slice *items;
    size_t count;
};

static int compare_newest_first(const void *a, const void *b)
{
    const struct slice *left = a, *right = b;
    int order = version_compare(*right, *left);
    if (order != 0)
        return order;
    return left->len < right->len ? -1 : left->len > right->len; /* 5.19 and 5.19.0 */
}

/* All versions of an engine, the newest first. */
static enum result read_versions(struct call *call, bool rabbitmq, struct texts *versions)
{
    enum result result = catalogue_versions(call->store, rabbitmq, call->scratch, &versions->items,
                                            &versions->count);
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

bool catalogue_check_version(struct call *call, bool rabbitmq, struct slice *version)
{
    struct texts versions = {NULL, 0};
    struct slice valid = {NULL, 0};
    enum result result =
        version->data ? catalogue_version_find(call->store, rabbitmq, *version) : RESULT_NOT_FOUND;
    if (!result)
        return true;
    if (result == RESULT_NOT_FOUND)
        result = read_versions(call, rabbitmq, &versions);
    if (!result && !version->data && versions.count > 0) {
        *version = versions.items[0];
        return true;
    }
    if (!result)
        result = join_versions(call, &versions, &valid);
    if (result)
        call_fail_internal(call, result);
    else
        call_fail(call, ERROR_ENGINE_VERSION, version->data ? *version : SLICE(""), types[rabbitmq],
                  valid);
    return false;
}

/* Instance types. */

static bool has_version(const struct instance_option *option, struct slice version)
{
    return !option->engine_versions.data || list_has(option->engine_versions, version);
}

bool catalogue_check_instance(struct call *call, bool rabbitmq, struct slice version,
                              struct slice host_instance_type, struct slice deployment_mode,
                              struct slice *storage_type, struct instance_option *option)
{
    static const struct option_filter first = {{NULL, 0}, {NULL, 0}};
    struct instance_option *options = NULL;
    size_t count = 0;
    bool has_type = false, has_storage = false;
    if (!storage_type->data)
        *storage_type = rabbitmq ? SLICE("EBS") : SLICE("EFS");
    enum result result = catalogue_options(
        call->store, rabbitmq, &(struct option_filter){.host_instance_type = host_instance_type},
        &first, sizeof storage_types / sizeof *storage_types, call->scratch, &options, &count);
    for (size_t i = 0; !result && i < count; i++) {
        if (!has_version(&options[i], version))
            continue;
        has_type = true;
        if (slice_equal(options[i].storage_type, *storage_type)) {
            has_storage = true;
            *option = options[i];
        }
    }
    if (result)
        call_fail_internal(call, result);
    else if (!has_type)
        call_fail(call, ERROR_INSTANCE_TYPE, names[rabbitmq], host_instance_type);
    else if (!has_storage)
        call_fail(call, ERROR_STORAGE_TYPE, names[rabbitmq], *storage_type);
    else if (!list_has(option->deployment_modes, deployment_mode))
        call_fail(call, ERROR_DEPLOYMENT_MODE, names[rabbitmq], deployment_mode);
    else
        return true;
    return false;
}

/* The two operations. */

/* A member of the query; absent where it is empty. */
static struct slice get_filter(const struct call *call, struct slice name)
{
    struct slice text = request_query(call->request, name);
    return text.len > 0 ? text : (struct slice){NULL, 0};
}

static bool check_engine_filter(struct call *call)
{
    struct slice text = get_filter(call, SLICE("engineType"));
    bool rabbitmq = false;
    if (!text.data || catalogue_read_engine_type(text, &rabbitmq))
        return true;
    call_fail(call, ERROR_ENGINE_TYPE, text);
    return false;
}

static bool passes_engine_filter(const struct call *call, bool rabbitmq)
{
    struct slice text = get_filter(call, SLICE("engineType"));
    bool wanted = false;
    return !text.data || (catalogue_read_engine_type(text, &wanted) && wanted == rabbitmq);
}

static bool is_engine_type(struct slice key)
{
    return slice_equal(key, types[false]) || slice_equal(key, types[true]);
}

bool describe_broker_engine_types_check(struct call *call)
{
    return check_engine_filter(call) && page_read(call, is_engine_type);
}

/* A list of `{"name":…}`. */
static void write_names(struct json_writer *writer, const struct texts *texts)
{
    json_list_begin(writer);
    for (size_t i = 0; i < texts->count; i++) {
        json_object_begin(writer);
        json_put_string(writer, "name", texts->items[i]);
        json_object_end(writer);
    }
    json_list_end(writer);
}

static enum result write_engine(struct call *call, struct json_writer *writer, bool rabbitmq)
{
    struct texts versions;
    enum result result = read_versions(call, rabbitmq, &versions);
    if (result)
        return result;
    json_object_begin(writer);
    json_put_string(writer, "engineType", types[rabbitmq]);
    json_key(writer, "engineVersions");
    write_names(writer, &versions);
    json_object_end(writer);
    return RESULT_OK;
}

/* The smallest page has room for all engines: no page follows it. */
_Static_assert((int)ENGINES <= (int)PAGE_MIN, "a page follows");

void describe_broker_engine_types(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    enum result result = RESULT_OK;
    bool skip = call->page.after.data != NULL;
    json_object_begin(&writer);
    json_key(&writer, "brokerEngineTypes");
    json_list_begin(&writer);
    for (size_t i = 0; !result && i < ENGINES; i++) {
        if (!skip && passes_engine_filter(call, i))
            result = write_engine(call, &writer, i);
        skip = skip && !slice_equal(call->page.after, types[i]);
    }
    json_list_end(&writer);
    json_put_integer(&writer, "maxResults", call->page.max_results);
    json_object_end(&writer);
    call_finish(call, result);
}

/* The options of one engine, and what writing them takes. */
struct offer {
    struct instance_option *options;
    size_t count;
    struct texts versions;
};

/* Takes the part up to the next `/` off `text`. */
static struct slice take_part(struct slice *text)
{
    const char *slash = text->len > 0 ? memchr(text->data, '/', text->len) : NULL;
    struct slice part = *text;
    if (!slash) {
        *text = (struct slice){NULL, 0};
        return part;
    }
    part.len = (size_t)(slash - part.data);
    *text = (struct slice){slash + 1, text->len - part.len - 1};
    return part;
}

static bool is_host_instance_type(struct slice text)
{
    if (text.len > HOST_INSTANCE_TYPE_MAX || text.len < 4 || !slice_starts_with(text, SLICE("mq.")))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.", text.data[i]) || !text.data[i])
            return false;
    return true;
}

/* ACTIVEMQ/mq.m5.large/EBS: the columns of the primary key. */
static bool read_option_key(struct slice key, bool *rabbitmq, struct option_filter *option)
{
    struct slice type = take_part(&key), host = take_part(&key), storage = key;
    *option = (struct option_filter){.host_instance_type = host};
    return catalogue_read_engine_type(type, rabbitmq) && is_engine_type(type) &&
           is_host_instance_type(host) &&
           catalogue_read_storage_type(storage, &option->storage_type) &&
           slice_equal(storage, option->storage_type);
}

static bool is_option_key(struct slice key)
{
    bool rabbitmq = false;
    struct option_filter option;
    return read_option_key(key, &rabbitmq, &option);
}

bool describe_broker_instance_options_check(struct call *call)
{
    return check_engine_filter(call) && page_read(call, is_option_key);
}

static const char *make_option_key(struct call *call, bool rabbitmq,
                                   const struct instance_option *option)
{
    return arena_printf(call->scratch, "%s/%.*s/%.*s", types[rabbitmq].data,
                        (int)option->host_instance_type.len, option->host_instance_type.data,
                        (int)option->storage_type.len, option->storage_type.data);
}

/* Up to `most` options behind the page before, of both engines together. */
static enum result read_offers(struct call *call, size_t most, struct offer offers[ENGINES])
{
    struct option_filter filter = {.host_instance_type =
                                       get_filter(call, SLICE("hostInstanceType"))};
    struct option_filter after = {{NULL, 0}, {NULL, 0}};
    struct slice storage = get_filter(call, SLICE("storageType"));
    enum result result = RESULT_OK;
    bool begin = false;
    if (storage.data && !catalogue_read_storage_type(storage, &filter.storage_type))
        return RESULT_OK;
    if (call->page.after.data && !read_option_key(call->page.after, &begin, &after))
        return RESULT_INVALID;
    for (size_t i = begin; !result && most > 0 && i < ENGINES; i++) {
        struct offer *offer = &offers[i];
        if (passes_engine_filter(call, i))
            result = catalogue_options(call->store, i, &filter, &after, (int64_t)most,
                                       call->scratch, &offer->options, &offer->count);
        if (!result && offer->count > 0)
            result = read_versions(call, i, &offer->versions);
        most -= offer->count;
        after = (struct option_filter){{NULL, 0}, {NULL, 0}};
    }
    return result;
}

static enum result read_zones(struct call *call, struct texts *zones)
{
    struct slice region = call->caller.region;
    enum result result =
        catalogue_zones(call->store, region, call->scratch, &zones->items, &zones->count);
    if (result || zones->count > 0)
        return result;
    zones->items = arena_alloc(call->scratch, DEFAULT_ZONES * sizeof *zones->items);
    for (; zones->items && zones->count < DEFAULT_ZONES; zones->count++) {
        const char *name = arena_printf(call->scratch, "%.*s%c", (int)region.len, region.data,
                                        (int)('a' + zones->count));
        if (!name)
            return RESULT_NO_MEMORY;
        zones->items[zones->count] = slice_of(name);
    }
    return zones->items ? RESULT_OK : RESULT_NO_MEMORY;
}

static void write_option(struct json_writer *writer, bool rabbitmq,
                         const struct instance_option *option, const struct texts *versions,
                         const struct texts *zones)
{
    struct slice storage_type =
        slice_equal(option->storage_type, SLICE("EFS")) ? SLICE("efs") : SLICE("ebs");
    json_object_begin(writer);
    json_key(writer, "availabilityZones");
    write_names(writer, zones);
    json_put_string(writer, "engineType", types[rabbitmq]);
    json_put_string(writer, "hostInstanceType", option->host_instance_type);
    json_put_string(writer, "storageType", storage_type);
    catalogue_put_list(writer, "supportedDeploymentModes", option->deployment_modes);
    json_key(writer, "supportedEngineVersions");
    json_list_begin(writer);
    for (size_t i = 0; i < versions->count; i++)
        if (has_version(option, versions->items[i]))
            json_write_string(writer, versions->items[i]);
    json_list_end(writer);
    json_object_end(writer);
}

/* Writes up to `most` options. False: there are more, and *key is that of the last one written. */
static bool write_options(struct call *call, struct json_writer *writer, size_t most,
                          const struct offer offers[ENGINES], const struct texts *zones,
                          const char **key)
{
    for (size_t engine = 0; engine < ENGINES; engine++) {
        const struct offer *offer = &offers[engine];
        for (size_t i = 0; i < offer->count; i++, most--) {
            if (most == 0)
                return false;
            write_option(writer, engine, &offer->options[i], &offer->versions, zones);
            if (most == 1)
                *key = make_option_key(call, engine, &offer->options[i]);
        }
    }
    return true;
}

void describe_broker_instance_options(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    struct offer offers[ENGINES] = {{.count = 0}};
    struct texts zones = {NULL, 0};
    size_t most = (size_t)call->page.max_results;
    const char *key = NULL;
    /* one more tells whether a page follows */
    enum result result = read_offers(call, most + 1, offers);
    if (!result)
        result = read_zones(call, &zones);
    if (result) {
        call_fail_internal(call, result);
        return;
    }
    json_object_begin(&writer);
    json_key(&writer, "brokerInstanceOptions");
    json_list_begin(&writer);
    bool is_last = write_options(call, &writer, most, offers, &zones, &key);
    json_list_end(&writer);
    json_put_integer(&writer, "maxResults", call->page.max_results);
    if (!is_last)
        page_put_token(call, &writer, slice_of(key));
    json_object_end(&writer);
    call_finish(call, !is_last && !key ? RESULT_NO_MEMORY : RESULT_OK);
}
