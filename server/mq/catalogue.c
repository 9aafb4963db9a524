#include "mq/catalogue.h"

#include "api/page.h"
#include "base/text.h"
#include "mq/engine_versions.h"

enum { HOST_INSTANCE_TYPE_MAX = 50 };

/* Lists of the tables. */

bool catalogue_take_string(struct slice *json, struct slice *string)
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
    while (catalogue_take_string(&json, &item))
        if (slice_equal(item, text))
            return true;
    return false;
}

void catalogue_put_list(struct json_writer *writer, const char *name, struct slice json)
{
    struct slice item;
    json_key(writer, name);
    json_list_begin(writer);
    while (catalogue_take_string(&json, &item))
        json_write_string(writer, item);
    json_list_end(writer);
}

/* Instance types. */

static bool has_version(const struct instance_option *option, struct slice version)
{
    return !option->engine_versions.data || list_has(option->engine_versions, version);
}

bool catalogue_read_options(struct call *call, enum engine engine,
                            const struct option_wanted *wanted, struct instance_options *options)
{
    struct option_filter filter = {.host_instance_type = wanted->host_instance_type};
    struct option_filter first = {{NULL, 0}, STORAGE_ABSENT};
    *options = (struct instance_options){.engine = engine};
    enum result result =
        catalogue_options(call->store, call->caller.region, engine, &filter, &first,
                          STORAGE_END - 1, call->scratch, &options->items, &options->count);
    if (result)
        call_fail_internal(call, result);
    return !result;
}

static enum storage_type wanted_storage(enum engine engine, const struct option_wanted *wanted)
{
    if (wanted->storage_type)
        return wanted->storage_type;
    return engine == ENGINE_RABBITMQ ? STORAGE_EBS : STORAGE_EFS;
}

enum result catalogue_default_version(struct call *call, const struct instance_options *options,
                                      const struct option_wanted *wanted, struct slice *version)
{
    struct texts versions = {NULL, 0};
    struct slice mode = term_text(&deployment_mode_terms, wanted->deployment_mode);
    enum storage_type storage = wanted_storage(options->engine, wanted);
    enum result result = engine_versions_read(call, options->engine, &versions);
    if (!result && versions.count > 0)
        *version = versions.items[0];
    for (size_t v = 0; !result && v < versions.count; v++)
        for (size_t i = 0; i < options->count; i++) {
            const struct instance_option *option = &options->items[i];
            if (option->storage_type == storage && has_version(option, versions.items[v]) &&
                list_has(option->deployment_modes, mode)) {
                *version = versions.items[v];
                return RESULT_OK;
            }
        }
    return result;
}

bool catalogue_check_instance(struct call *call, const struct instance_options *options,
                              const struct option_wanted *wanted, struct slice version,
                              struct instance_option *option)
{
    bool has_type = false, has_storage = false;
    struct slice name = engine_name(options->engine);
    struct slice mode = term_text(&deployment_mode_terms, wanted->deployment_mode);
    enum storage_type storage = wanted_storage(options->engine, wanted);
    for (size_t i = 0; i < options->count; i++) {
        if (!has_version(&options->items[i], version))
            continue;
        has_type = true;
        if (options->items[i].storage_type == storage) {
            has_storage = true;
            *option = options->items[i];
        }
    }
    if (!has_type)
        call_fail(call, ERROR_INSTANCE_TYPE, name, wanted->host_instance_type);
    else if (!has_storage)
        call_fail(call, ERROR_STORAGE_TYPE, name, term_text(&storage_type_terms, storage));
    else if (!list_has(option->deployment_modes, mode))
        call_fail(call, ERROR_DEPLOYMENT_MODE, name, mode);
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
    if (text.data && !term_find(&engine_terms, text))
        call_fail(call, ERROR_ENGINE_TYPE, text);
    return !call->failed;
}

static bool passes_engine_filter(const struct call *call, enum engine engine)
{
    struct slice text = get_filter(call, SLICE("engineType"));
    return !text.data || term_find(&engine_terms, text) == engine;
}

/* The value of a text in upper case; 0: none. */
static unsigned read_key(const struct terms *terms, struct slice text)
{
    unsigned value = term_find(terms, text);
    return slice_equal(term_text(terms, value), text) ? value : 0;
}

static bool is_engine_type(struct slice key)
{
    return read_key(&engine_terms, key) != 0;
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

static enum result write_engine(struct call *call, struct json_writer *writer, enum engine engine)
{
    struct texts versions;
    enum result result = engine_versions_read(call, engine, &versions);
    if (result)
        return result;
    json_object_begin(writer);
    json_put_string(writer, "engineType", term_text(&engine_terms, engine));
    json_key(writer, "engineVersions");
    write_names(writer, &versions);
    json_object_end(writer);
    return RESULT_OK;
}

/* The smallest page has room for all engines: no page follows it. */
_Static_assert(ENGINE_END - 1 <= (int)PAGE_MIN, "a page follows");

void describe_broker_engine_types(struct call *call)
{
    struct json_writer writer = {.out = call->out};
    enum result result = RESULT_OK;
    bool skip = call->page.after.data != NULL;
    json_object_begin(&writer);
    json_key(&writer, "brokerEngineTypes");
    json_list_begin(&writer);
    for (enum engine engine = 1; !result && engine < ENGINE_END; engine++) {
        if (!skip && passes_engine_filter(call, engine))
            result = write_engine(call, &writer, engine);
        skip = skip && !slice_equal(call->page.after, term_text(&engine_terms, engine));
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

static bool is_host_instance_type(struct slice text)
{
    return text.len <= HOST_INSTANCE_TYPE_MAX && text.len >= 4 &&
           slice_starts_with(text, SLICE("mq.")) && text_has_only(text, TEXT_LOWER TEXT_DIGITS ".");
}

/* ACTIVEMQ/mq.m5.large/EBS: the columns of the primary key. */
static bool read_option_key(struct slice key, enum engine *engine, struct option_filter *option)
{
    struct slice type = text_take(&key, '/'), host = text_take(&key, '/'), storage = key;
    *engine = read_key(&engine_terms, type);
    *option = (struct option_filter){host, read_key(&storage_type_terms, storage)};
    return *engine && is_host_instance_type(host) && option->storage_type;
}

static bool is_option_key(struct slice key)
{
    enum engine engine;
    struct option_filter option;
    return read_option_key(key, &engine, &option);
}

bool describe_broker_instance_options_check(struct call *call)
{
    return check_engine_filter(call) && page_read(call, is_option_key);
}

static const char *make_option_key(struct call *call, enum engine engine,
                                   const struct instance_option *option)
{
    return arena_printf(call->scratch, "%s/%.*s/%s", term_text(&engine_terms, engine).data,
                        (int)option->host_instance_type.len, option->host_instance_type.data,
                        term_text(&storage_type_terms, option->storage_type).data);
}

/* Up to `most` options behind the page before, of both engines together. */
static enum result read_offers(struct call *call, size_t most, struct offer offers[ENGINE_END])
{
    struct option_filter filter = {.host_instance_type =
                                       get_filter(call, SLICE("hostInstanceType"))};
    struct option_filter after = {{NULL, 0}, STORAGE_ABSENT};
    struct slice storage = get_filter(call, SLICE("storageType"));
    enum result result = RESULT_OK;
    enum engine engine = 1;
    filter.storage_type = term_find(&storage_type_terms, storage);
    if (storage.data && !filter.storage_type)
        return RESULT_OK;
    if (call->page.after.data && !read_option_key(call->page.after, &engine, &after))
        return RESULT_INVALID;
    for (; !result && most > 0 && engine < ENGINE_END; engine++) {
        struct offer *offer = &offers[engine];
        if (passes_engine_filter(call, engine))
            result =
                catalogue_options(call->store, call->caller.region, engine, &filter, &after,
                                  (int64_t)most, call->scratch, &offer->options, &offer->count);
        if (!result && offer->count > 0)
            result = engine_versions_read(call, engine, &offer->versions);
        most -= offer->count;
        after = (struct option_filter){{NULL, 0}, STORAGE_ABSENT};
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
    zones->items = arena_alloc(call->scratch, CATALOGUE_ZONES * sizeof *zones->items);
    for (; zones->items && zones->count < CATALOGUE_ZONES; zones->count++) {
        const char *name = arena_printf(call->scratch, "%.*s%c", (int)region.len, region.data,
                                        (int)('a' + zones->count));
        if (!name)
            return RESULT_NO_MEMORY;
        zones->items[zones->count] = slice_of(name);
    }
    return zones->items ? RESULT_OK : RESULT_NO_MEMORY;
}

static void write_option(struct json_writer *writer, enum engine engine,
                         const struct instance_option *option, const struct texts *versions,
                         const struct texts *zones)
{
    json_object_begin(writer);
    json_key(writer, "availabilityZones");
    write_names(writer, zones);
    json_put_string(writer, "engineType", term_text(&engine_terms, engine));
    json_put_string(writer, "hostInstanceType", option->host_instance_type);
    json_put_lower(writer, "storageType", term_text(&storage_type_terms, option->storage_type));
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
                          const struct offer offers[ENGINE_END], const struct texts *zones,
                          const char **key)
{
    for (enum engine engine = 1; engine < ENGINE_END; engine++) {
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
    struct offer offers[ENGINE_END] = {{.count = 0}};
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
