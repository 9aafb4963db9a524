#include "brokers/rabbitmq_settings.h"

#include "base/text.h"
#include "brokers/rabbitmq_keys.h"
#include "mq/rabbitmq_configuration.h"

enum { RELEASE_WITH_QUOTES = 40201 }; /* values in three single quotes: cuttlefish 3.6 */

struct translation {
    struct maker *maker;
    unsigned release, plugins;
};

/* What of the service's keys is not a stock RabbitMQ's, and what is not the user's to set. A key
 * without a rule is kept if the release knows it. */

struct rule {
    const char *key;    /* with a dot at its end: all that begin so */
    const char *value;  /* the only one that the rule is for; NULL: any */
    const char *lines;  /* what stands in its place; NULL: it is left out */
    const char *reason; /* why it is left out */
};

static const char ours[] = "set by amazonmq-local";
static const char log_is_read[] = "its log tells when the broker is up";
static const char one_node[] = "the broker has one node";
static const char no_plain_port[] = "the broker has TLS ports only";

static const struct rule rules[] = {
    {"secure.management.http.headers.enabled", "true",
     "management.headers.content_type_options = nosniff\n"
     "management.headers.frame_options = DENY\n"
     "management.hsts.policy = max-age=47304000; includeSubDomains\n",
     NULL},
    {"secure.management.http.headers.enabled", NULL, "", NULL},
    /* The service's "infinite"; RabbitMQ refuses 0. The largest value that the service takes. */
    {"consumer_timeout", "0", "consumer_timeout = 2147483647\n", NULL},
    {"aws.", NULL, NULL, "a stock RabbitMQ lacks the plugin rabbitmq_aws"},
    {"cluster_formation.", NULL, NULL, one_node},
    {"definitions.", NULL, NULL, ours},
    {"listeners.", NULL, NULL, ours},
    {"load_definitions", NULL, NULL, ours},
    {"log.", NULL, NULL, log_is_read},
    {"loopback_users", NULL, NULL, ours},
    {"loopback_users.", NULL, NULL, ours},
    {"management.listener.", NULL, NULL, no_plain_port},
    {"management.load_definitions", NULL, NULL, ours},
    {"management.ssl.cacertfile", NULL, NULL, ours},
    {"management.ssl.certfile", NULL, NULL, ours},
    {"management.ssl.ip", NULL, NULL, ours},
    {"management.ssl.keyfile", NULL, NULL, ours},
    {"management.ssl.port", NULL, NULL, ours},
    {"management.tcp.", NULL, NULL, no_plain_port},
    {"ssl_options", NULL, NULL, ours},
    {"ssl_options.cacertfile", NULL, NULL, ours},
    {"ssl_options.certfile", NULL, NULL, ours},
    {"ssl_options.fail_if_no_peer_cert", NULL, NULL, ours},
    {"ssl_options.keyfile", NULL, NULL, ours},
    {"ssl_options.verify", NULL, NULL, ours},
};

static bool is_for(const struct rule *rule, const struct rabbitmq_setting *setting)
{
    struct slice key = slice_of(rule->key);
    bool prefix = key.data[key.len - 1] == '.';
    return (prefix ? slice_starts_with(setting->key, key) : slice_equal(setting->key, key)) &&
           (!rule->value || slice_equal(setting->value, slice_of(rule->value)));
}

static const struct rule *find_rule(const struct rabbitmq_setting *setting)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (is_for(&rules[i], setting))
            return &rules[i];
    return NULL;
}

/* Backends and mechanisms that are plugins. The short names are not those of every release, so the
 * lines have the names of the modules. */

#define MODULE "rabbit_auth_backend_"

static const struct {
    const char *key;    /* what the key of such a value begins with */
    const char *value;  /* or MODULE and this */
    const char *module; /* what the line says */
    const char *plugin; /* NULL: none */
} backends[] = {
    {"auth_backends.", "internal", "internal", NULL},
    {"auth_backends.", "ldap", MODULE "ldap", "rabbitmq_auth_backend_ldap"},
    {"auth_backends.", "http", MODULE "http", "rabbitmq_auth_backend_http"},
    {"auth_backends.", "oauth2", MODULE "oauth2", "rabbitmq_auth_backend_oauth2"},
    {"auth_backends.", "oauth", MODULE "oauth2", "rabbitmq_auth_backend_oauth2"},
    {"auth_backends.", "cache", MODULE "cache", "rabbitmq_auth_backend_cache"},
    {"auth_cache.cached_backend", "internal", "internal", NULL},
    {"auth_cache.cached_backend", "ldap", MODULE "ldap", "rabbitmq_auth_backend_ldap"},
    {"auth_cache.cached_backend", "http", MODULE "http", "rabbitmq_auth_backend_http"},
    {"auth_cache.cached_backend", "oauth2", MODULE "oauth2", "rabbitmq_auth_backend_oauth2"},
    {"auth_mechanisms.", "EXTERNAL", "EXTERNAL", "rabbitmq_auth_mechanism_ssl"},
};

enum { BACKENDS = sizeof backends / sizeof *backends };

static bool has_backend(const struct rabbitmq_setting *setting)
{
    return slice_starts_with(setting->key, SLICE("auth_backends.")) ||
           slice_starts_with(setting->key, SLICE("auth_cache.cached_backend"));
}

/* The index in `backends`; BACKENDS: it is none of them. */
static size_t find_backend(const struct rabbitmq_setting *setting)
{
    struct slice value = setting->value, module = SLICE(MODULE);
    if (slice_starts_with(value, module))
        value = slice_part(value, module.len, value.len - module.len);
    size_t i = 0;
    while (i < BACKENDS && (!slice_starts_with(setting->key, slice_of(backends[i].key)) ||
                            !slice_equal(value, slice_of(backends[i].value))))
        i++;
    return i;
}

void rabbitmq_append_plugins(struct buffer *text, unsigned plugins)
{
    for (size_t i = 0; i < BACKENDS; i++) {
        bool before = false; /* another row has the same plugin */
        if (!(plugins & 1U << i))
            continue;
        for (size_t j = 0; j < i; j++)
            before |= plugins & 1U << j && strcmp(backends[j].plugin, backends[i].plugin) == 0;
        if (!before)
            buffer_printf(text, ",%s", backends[i].plugin);
    }
}

static void append_line(struct buffer *text, struct slice key, const char *quotes,
                        struct slice value)
{
    buffer_append_slice(text, key);
    buffer_append_string(text, " = ");
    buffer_append_string(text, quotes);
    buffer_append_slice(text, value);
    buffer_append_string(text, quotes);
    buffer_append_char(text, '\n');
}

static bool is_one_line(struct slice value)
{
    return !memchr(value.data, '\n', value.len) && !memchr(value.data, '\r', value.len);
}

static void append_quoted(struct translation *translation, const struct rabbitmq_setting *setting)
{
    struct slice value = setting->value, trimmed = text_trim(value);
    if (translation->release >= RELEASE_WITH_QUOTES)
        append_line(&translation->maker->text, setting->key, "'''", value);
    else if (trimmed.len > 0 && is_one_line(value) && !memchr(value.data, '#', value.len))
        append_line(&translation->maker->text, setting->key, "", trimmed);
    else
        maker_leave_out(translation->maker, setting->key,
                        "before RabbitMQ 4.2.1 a value has one line, without #");
}

/* Lines of ours; the release may not know all of their keys. */
static void append_lines(struct translation *translation, const char *lines)
{
    for (struct slice rest = slice_of(lines); rest.data;) {
        struct slice line = text_take(&rest, '\n'), after = line;
        if (!rabbitmq_key_known(text_trim(text_take(&after, '=')), translation->release))
            continue;
        buffer_append_slice(&translation->maker->text, line);
        buffer_append_char(&translation->maker->text, '\n');
    }
}

/* A setting that the release knows, as it is but for the name of a backend. */
static void keep(struct translation *translation, const struct rabbitmq_setting *setting)
{
    struct buffer *text = &translation->maker->text;
    size_t backend = find_backend(setting);
    if (backend < BACKENDS) {
        append_line(text, setting->key, "", slice_of(backends[backend].module));
        translation->plugins |= backends[backend].plugin ? 1U << backend : 0;
    } else if (has_backend(setting)) {
        maker_leave_out(translation->maker, setting->key, "a stock RabbitMQ has no such backend");
    } else if (setting->quoted) {
        append_quoted(translation, setting);
    } else {
        append_line(text, setting->key, "", setting->value);
    }
}

static void translate(void *context, const struct rabbitmq_setting *setting)
{
    struct translation *translation = context;
    const struct rule *rule = find_rule(setting);
    if (rule && rule->lines)
        append_lines(translation, rule->lines);
    else if (rule)
        maker_leave_out(translation->maker, setting->key, rule->reason);
    else if (rabbitmq_key_known(setting->key, translation->release))
        keep(translation, setting);
    else
        maker_leave_out(translation->maker, setting->key,
                        "this release of RabbitMQ has no such key");
}

void rabbitmq_append_settings(struct maker *maker, unsigned release, unsigned *plugins)
{
    struct translation translation = {.maker = maker, .release = release};
    const struct broker *broker = maker->plan->broker;
    rabbitmq_configuration_each(maker->plan->configuration, broker->host_instance_type,
                                broker->deployment_mode, translate, &translation);
    *plugins = translation.plugins;
}
