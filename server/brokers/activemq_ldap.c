#include "base/json.h"
#include "brokers/activemq_parts.h"

static enum result read_metadata(const struct maker *maker, const struct json **metadata)
{
    struct json_error error;
    const char *text = arena_copy(maker->arena, maker->plan->broker->ldap_server_metadata);
    if (!text)
        return RESULT_NO_MEMORY;
    enum result result = json_parse(maker->arena, slice_of(text), metadata, &error);
    return result == RESULT_INVALID ? json_parse(maker->arena, SLICE("{}"), metadata, &error)
                                    : result;
}

/* The service talks to its servers by TLS; a host with a scheme, as of a server without, is kept.
 */
static void append_url(struct buffer *out, struct slice host)
{
    if (out->len > 0)
        buffer_append_char(out, ' ');
    if (!memmem(host.data, host.len, "://", 3))
        buffer_append_string(out, "ldaps://");
    buffer_append_slice(out, host);
}

enum result activemq_ldap_read(const struct maker *maker, struct activemq_ldap *ldap)
{
    *ldap = (struct activemq_ldap){.metadata = NULL};
    if (maker->plan->broker->authentication_strategy != STRATEGY_LDAP)
        return RESULT_OK;
    enum result result = read_metadata(maker, &ldap->metadata);
    if (result)
        return result;
    struct buffer url;
    buffer_init(&url, MAKER_TEXT_MAX);
    const struct json *hosts = json_member(ldap->metadata, "hosts");
    bool is_list = hosts && json_type(hosts) == JSON_LIST;
    for (const struct json *host = is_list ? json_first(hosts) : NULL; host; host = json_next(host))
        if (json_type(host) == JSON_STRING)
            append_url(&url, json_string(host));
    ldap->url = buffer_slice(&url);
    ldap->url.data = url.failed ? NULL : arena_copy(maker->arena, ldap->url);
    buffer_close(&url);
    return ldap->url.data ? RESULT_OK : RESULT_NO_MEMORY;
}

struct slice activemq_ldap_text(const struct activemq_ldap *ldap, const char *name)
{
    const struct json *member = json_member(ldap->metadata, name);
    if (member && json_type(member) == JSON_STRING)
        return json_string(member);
    if (member && json_type(member) == JSON_BOOLEAN)
        return json_boolean(member) ? SLICE("true") : SLICE("false");
    return (struct slice){NULL, 0};
}
