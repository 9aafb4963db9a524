/* Sanitizing and what the tests expect of it. */
#ifndef TESTS_UNIT_SANITIZER_H
#define TESTS_UNIT_SANITIZER_H

#include "support.h"

#include "mq/activemq_configuration.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define XMLNS "xmlns=\"http://activemq.apache.org/schema/core\""
#define OPEN "<broker " XMLNS ">"
#define EMPTY HEAD "<broker " XMLNS "/>\n"

enum { ROOM = 64 << 20 }; /* what the header says is enough */

static inline enum result sanitize_for(const char *version, struct arena *arena, struct slice xml,
                                       bool ldap, struct sanitized *out)
{
    struct activemq_grammar grammar = activemq_grammar_of(slice_of(version), ldap);
    char *copy = malloc(xml.len > 0 ? xml.len : 1);
    assert_non_null(copy);
    memcpy(copy, xml.data, xml.len);
    enum result result =
        activemq_configuration_sanitize((struct slice){copy, xml.len}, &grammar, arena, out);
    free(copy);
    return result;
}

static inline enum result sanitize(struct arena *arena, struct slice xml, bool ldap,
                                   struct sanitized *out)
{
    return sanitize_for("5.18", arena, xml, ldap, out);
}

/* One line a warning: element, @attribute where there is one, reason. */
static inline void print_warnings(struct buffer *text, const struct sanitized *out)
{
    for (size_t i = 0; i < out->warning_count; i++) {
        const struct sanitizer_warning *warning = &out->warnings[i];
        buffer_append_slice(text, warning->element);
        if (warning->attribute.data) {
            buffer_append_char(text, '@');
            buffer_append_slice(text, warning->attribute);
        }
        buffer_printf(text, " %s\n", warning->reason);
    }
}

/* The stored text, sanitized again, is itself. */
static inline void expect_stable(struct arena *arena, struct slice stored, bool ldap)
{
    struct sanitized again;
    assert_int_equal(sanitize(arena, stored, ldap, &again), RESULT_OK);
    assert_slice(again.data, stored.data);
    assert_int_equal(again.warning_count, 0);
}

static inline void expect_with(bool ldap, const char *xml, const char *stored, const char *warnings)
{
    struct arena arena;
    struct buffer text;
    struct sanitized out;
    arena_init(&arena, ROOM);
    buffer_init(&text, ROOM);
    if (sanitize(&arena, slice_of(xml), ldap, &out))
        fail_msg("%.300s\n  %s", xml, out.invalid.data);
    assert_slice(out.data, stored);
    assert_null(out.invalid.data);
    print_warnings(&text, &out);
    assert_slice(buffer_slice(&text), warnings);
    expect_stable(&arena, out.data, ldap);
    buffer_close(&text);
    arena_close(&arena);
}

static inline void expect(const char *xml, const char *stored, const char *warnings)
{
    expect_with(false, xml, stored, warnings);
}

static inline void expect_invalid(const char *xml, const char *reason)
{
    struct arena arena;
    struct sanitized out;
    arena_init(&arena, ROOM);
    enum result result = sanitize(&arena, slice_of(xml), false, &out);
    if (result != RESULT_INVALID)
        fail_msg("%.300s\n  result %d", xml, (int)result);
    assert_slice(out.invalid, reason);
    assert_null(out.data.data);
    assert_int_equal(out.warning_count, 0);
    arena_close(&arena);
}

/* A document with the value in it is stored with it, or refused. */
static inline void expect_inside(const char *before, const char *value, const char *after,
                                 const char *reason)
{
    struct buffer xml;
    struct arena arena;
    struct sanitized out;
    buffer_init(&xml, ROOM);
    arena_init(&arena, ROOM);
    buffer_printf(&xml, OPEN "%s%s%s</broker>", before, value, after);
    if (reason) {
        expect_invalid(xml.data, reason);
    } else {
        if (sanitize(&arena, buffer_slice(&xml), false, &out))
            fail_msg("%s: %s", value, out.invalid.data);
        assert_non_null(strstr(out.data.data, value));
        expect_stable(&arena, out.data, false);
    }
    buffer_close(&xml);
    arena_close(&arena);
}

#define CONNECTORS(inside) "<transportConnectors>" inside "</transportConnectors>"
#define CONNECTOR "<transportConnector name='openwire'/>"

/* Made for LDAP, with an attribute too many. */
#define LDAP_MAP                                                                                  \
    OPEN "<plugins><authorizationPlugin><map><cachedLDAPAuthorizationMap topicSearchBase='t' "    \
         "tempSearchBase='e' refreshInterval='0' queueSearchBase='q' legacyGroupMapping='false' " \
         "connectionURL='ldap://x'/></map></authorizationPlugin></plugins></broker>"

/* The first revision of a configuration, as it is generated. */
static const char revision_1[] =
    HEAD "<broker schedulePeriodForDestinationPurge=\"10000\" " XMLNS ">\n"
         "  <destinationPolicy>\n"
         "    <policyMap>\n"
         "      <policyEntries>\n"
         "        <policyEntry gcInactiveDestinations=\"true\" inactiveTimoutBeforeGC=\"600000\" "
         "topic=\"&gt;\">\n"
         "          <pendingMessageLimitStrategy>\n"
         "            <constantPendingMessageLimitStrategy limit=\"1000\"/>\n"
         "          </pendingMessageLimitStrategy>\n"
         "        </policyEntry>\n"
         "        <policyEntry gcInactiveDestinations=\"true\" inactiveTimoutBeforeGC=\"600000\" "
         "queue=\"&gt;\"/>\n"
         "      </policyEntries>\n"
         "    </policyMap>\n"
         "  </destinationPolicy>\n"
         "  <plugins/>\n"
         "</broker>\n";

#endif
