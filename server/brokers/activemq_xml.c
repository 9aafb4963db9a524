#include "base/xml.h"
#include "brokers/activemq_parts.h"
#include "brokers/java_text.h"
#include "mq/activemq_configuration.h"
#include "process/java_stores.h"

/* --- Changes of a tree. Errors are sticky, in the maker; then nothing changes. --- */

struct editor {
    struct maker *maker;
    const struct activemq_ldap *ldap;
    struct xml_element spare; /* what stands for an element that there is no memory for */
};

static bool is_element(const struct xml_element *node, const char *name)
{
    return !node->comment && slice_equal(node->name, slice_of(name));
}

static struct xml_element *find(const struct xml_element *parent, const char *name)
{
    struct xml_element *child = parent->first;
    while (child && !is_element(child, name))
        child = child->next;
    return child;
}

static struct xml_element **end_of(struct xml_element *parent)
{
    struct xml_element **link = &parent->first;
    while (*link)
        link = &(*link)->next;
    return link;
}

static struct xml_element *insert(struct editor *editor, struct xml_element **link,
                                  const char *name)
{
    struct maker *maker = editor->maker;
    struct xml_element *element = maker->failed ? NULL : arena_alloc(maker->arena, sizeof *element);
    if (!element) {
        maker->failed = maker->failed ? maker->failed : RESULT_NO_MEMORY;
        editor->spare = (struct xml_element){.name = SLICE("spare")};
        return &editor->spare;
    }
    *element = (struct xml_element){.name = slice_of(name), .next = *link};
    *link = element;
    return element;
}

static struct xml_element *add(struct editor *editor, struct xml_element *parent, const char *name)
{
    return insert(editor, end_of(parent), name);
}

static struct xml_element *find_or_add(struct editor *editor, struct xml_element *parent,
                                       const char *name)
{
    struct xml_element *child = find(parent, name);
    return child ? child : add(editor, parent, name);
}

static struct xml_attribute *find_attribute(const struct xml_element *element, const char *name)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (slice_equal(element->attributes[i].name, slice_of(name)))
            return &element->attributes[i];
    return NULL;
}

static void set_slice(struct editor *editor, struct xml_element *element, struct slice name,
                      struct slice value)
{
    struct xml_attribute *attribute = find_attribute(element, name.data);
    size_t count = element->attribute_count;
    if (attribute) {
        attribute->value = value;
        return;
    }
    if (editor->maker->failed)
        return;
    struct xml_attribute *larger = arena_alloc(editor->maker->arena, (count + 1) * sizeof *larger);
    if (!larger) {
        editor->maker->failed = RESULT_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < count; i++)
        larger[i] = element->attributes[i];
    larger[count] = (struct xml_attribute){.name = name, .value = value};
    element->attributes = larger;
    element->attribute_count = count + 1;
}

static void set(struct editor *editor, struct xml_element *element, const char *name,
                const char *value)
{
    set_slice(editor, element, slice_of(name), slice_of(value));
}

/* A value that Spring is to take as it is. */
static void set_literal(struct editor *editor, struct xml_element *element, const char *name,
                        struct slice text)
{
    struct buffer value;
    buffer_init(&value, MAKER_TEXT_MAX);
    java_append_spring(&value, text);
    struct slice copy = buffer_slice(&value);
    copy.data = value.failed ? NULL : arena_copy(editor->maker->arena, copy);
    buffer_close(&value);
    if (copy.data)
        set_slice(editor, element, slice_of(name), copy);
    else if (!editor->maker->failed)
        editor->maker->failed = RESULT_NO_MEMORY;
}

/* --- The stored document --- */

static void leave_out(struct editor *editor, struct slice element, struct slice attribute,
                      const char *reason)
{
    struct maker *maker = editor->maker;
    const char *name =
        arena_printf(maker->arena, attribute.data ? "%.*s/@%.*s" : "%.*s", (int)element.len,
                     element.data, (int)attribute.len, attribute.data ? attribute.data : "");
    if (name)
        maker_leave_out(maker, slice_of(name), reason);
    else if (!maker->failed)
        maker->failed = RESULT_NO_MEMORY;
}

/* The document as the version that runs takes it, if that has another schema than the broker's.
 * One that it cannot take is left as it is: ActiveMQ says more of it than a schema. */
static struct slice fit(struct editor *editor, struct slice text)
{
    const struct broker_plan *plan = editor->maker->plan;
    bool ldap = editor->ldap->metadata != NULL;
    struct activemq_grammar runs = activemq_grammar_of(plan->version, ldap);
    struct activemq_grammar stored = activemq_grammar_of(plan->broker->engine_version, ldap);
    struct sanitized sanitized = {.warning_count = 0};
    if (!plan->version.data || runs.version == stored.version)
        return text;
    enum result result =
        activemq_configuration_sanitize(text, &runs, editor->maker->arena, &sanitized);
    if (result == RESULT_NO_MEMORY)
        editor->maker->failed = result;
    for (size_t i = 0; i < sanitized.warning_count; i++)
        leave_out(editor, sanitized.warnings[i].element, sanitized.warnings[i].attribute,
                  "not in the schema of the version that runs");
    return result == RESULT_OK ? sanitized.data : text;
}

static struct xml_document read_document(struct editor *editor)
{
    struct maker *maker = editor->maker;
    struct xml_document document = {NULL, NULL};
    struct xml_error error;
    struct slice text = maker->plan->configuration;
    text = text.data ? fit(editor, text) : SLICE("<broker xmlns=\"" ACTIVEMQ_NAMESPACE "\"/>");
    if (!maker->failed)
        maker->failed = xml_parse(maker->arena, text, SLICE(ACTIVEMQ_NAMESPACE), &document, &error);
    if (!maker->failed && (document.root->foreign || !is_element(document.root, ACTIVEMQ_ROOT)))
        maker->failed = RESULT_INVALID;
    return document;
}

/* Only a seed has something of another namespace; the tree does not know which one. */
static void remove_foreign(struct editor *editor, struct xml_element *element)
{
    static const char reason[] = "of another namespace";
    size_t kept = 0;
    for (size_t i = 0; i < element->attribute_count; i++) {
        if (element->attributes[i].foreign)
            leave_out(editor, element->name, element->attributes[i].name, reason);
        else
            element->attributes[kept++] = element->attributes[i];
    }
    element->attribute_count = kept;
    for (struct xml_element **link = &element->first; *link;) {
        struct xml_element *child = *link;
        if (child->foreign && !child->comment) {
            leave_out(editor, child->name, (struct slice){NULL, 0}, reason);
            *link = child->next;
            continue;
        }
        remove_foreign(editor, child);
        link = &child->next;
    }
}

static void remove_all(struct xml_element *parent, const char *name)
{
    for (struct xml_element **link = &parent->first; *link;) {
        if (is_element(*link, name))
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
}

/* Of several elements of the name Spring takes the last only: the first gets what all hold. */
static void merge(struct xml_element *parent, const char *name)
{
    struct xml_element *first = find(parent, name);
    for (struct xml_element **link = first ? &first->next : NULL; link && *link;) {
        struct xml_element *other = *link;
        if (is_element(other, name)) {
            *end_of(first) = other->first;
            *link = other->next;
        } else {
            link = &other->next;
        }
    }
}

/* --- What is ours --- */

static void add_login(struct editor *editor, struct xml_element *broker)
{
    merge(broker, "plugins");
    /* First, since the others need its groups. */
    struct xml_element *plugins = find_or_add(editor, broker, "plugins");
    set(editor, insert(editor, &plugins->first, "jaasAuthenticationPlugin"), "configuration",
        "activemq");
}

static const struct connector {
    const char *name, *scheme;
    int port;
} connectors[] = {
    {"openwire", "ssl", PORT_OPENWIRE}, {"amqp", "amqp+ssl", PORT_AMQP},
    {"stomp", "stomp+ssl", PORT_STOMP}, {"mqtt", "mqtt+ssl", PORT_MQTT},
    {"wss", "wss", PORT_WSS},
};

enum { CONNECTORS = sizeof connectors / sizeof *connectors };

static size_t find_connector(const struct xml_element *given)
{
    const struct xml_attribute *name = find_attribute(given, "name");
    size_t i = 0;
    while (i < CONNECTORS && (!name || !slice_equal(name->value, slice_of(connectors[i].name))))
        i++;
    return i;
}

/* All five, with the attributes that the user gave to the one of that name. */
static void add_connectors(struct editor *editor, struct xml_element *broker)
{
    struct xml_element *added[CONNECTORS];
    struct xml_element *given = find(broker, "transportConnectors");
    merge(broker, "transportConnectors");
    struct xml_element *child = given ? given->first : NULL;
    if (given)
        given->first = NULL;
    else
        given = add(editor, broker, "transportConnectors");
    for (size_t i = 0; i < CONNECTORS; i++) {
        const char *uri =
            arena_printf(editor->maker->arena,
                         "%s://%s:%d?maximumConnections=1000&wireFormat.maxFrameSize=104857600",
                         connectors[i].scheme, editor->maker->plan->address,
                         maker_port(editor->maker, connectors[i].port));
        if (!uri && !editor->maker->failed)
            editor->maker->failed = RESULT_NO_MEMORY;
        added[i] = add(editor, given, "transportConnector");
        set(editor, added[i], "name", connectors[i].name);
        set(editor, added[i], "uri", uri ? uri : "");
    }
    for (; child; child = child->next) {
        size_t which = find_connector(child);
        if (which == CONNECTORS && !child->comment)
            leave_out(editor, child->name, (struct slice){NULL, 0},
                      "not one of the service's connectors");
        for (size_t i = 0; which < CONNECTORS && i < child->attribute_count; i++)
            if (!slice_equal(child->attributes[i].name, SLICE("uri")))
                set_slice(editor, added[which], child->attributes[i].name,
                          child->attributes[i].value);
    }
}

static void add_store(struct editor *editor, struct xml_element *broker)
{
    const struct xml_attribute *persistent = find_attribute(broker, "persistent");
    struct xml_element *adapter = find(broker, "persistenceAdapter");
    /* An adapter would keep the messages of a broker that is to keep none. */
    if (!adapter && persistent && slice_equal(persistent->value, SLICE("false")))
        return;
    if (!adapter)
        adapter = add(editor, broker, "persistenceAdapter");
    struct xml_element *store = find_or_add(editor, adapter, "kahaDB");
    set(editor, store, "directory", "${activemq.data}/kahadb");
}

/* The default limits are more than a small disk has, which ActiveMQ logs as an error. */
static void add_limits(struct editor *editor, struct xml_element *broker)
{
    static const struct {
        const char *name, *attribute, *value;
    } limits[] = {
        {"memoryUsage", "percentOfJvmHeap", "70"},
        {"storeUsage", "limit", "1 gb"},
        {"tempUsage", "limit", "1 gb"},
    };
    struct xml_element *usage =
        find_or_add(editor, find_or_add(editor, broker, "systemUsage"), "systemUsage");
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (find(usage, limits[i].name))
            continue;
        struct xml_element *limit = add(editor, add(editor, usage, limits[i].name), limits[i].name);
        set(editor, limit, limits[i].attribute, limits[i].value);
    }
}

static void set_store(struct editor *editor, struct xml_element *context, const char *name,
                      const char *file)
{
    const char *path =
        arena_printf(editor->maker->arena, "%s/%s", editor->maker->plan->common, file);
    if (path)
        set_literal(editor, context, name, slice_of(path));
    else if (!editor->maker->failed)
        editor->maker->failed = RESULT_NO_MEMORY;
}

/* With a trust store, so that a network of brokers may lead to another one of ours. */
static void add_tls(struct editor *editor, struct xml_element *broker)
{
    remove_all(broker, "sslContext");
    struct xml_element *context = add(editor, add(editor, broker, "sslContext"), "sslContext");
    set_store(editor, context, "keyStore", "broker.jks");
    set(editor, context, "keyStoreType", "JKS");
    set(editor, context, "keyStorePassword", JAVA_STORE_PASSWORD);
    set(editor, context, "keyStoreKeyPassword", JAVA_STORE_PASSWORD);
    set_store(editor, context, "trustStore", "ca.jks");
    set(editor, context, "trustStoreType", "JKS");
    set(editor, context, "trustStorePassword", JAVA_STORE_PASSWORD);
}

/* The console reads queues by JMX, inside the process; nothing needs a port for it. */
static void add_management(struct editor *editor, struct xml_element *broker)
{
    remove_all(broker, "managementContext");
    set(editor, add(editor, add(editor, broker, "managementContext"), "managementContext"),
        "createConnector", "false");
}

/* --- Secrets that the service fills in --- */

static void set_password(struct editor *editor, struct xml_element *connector)
{
    const struct broker_plan *plan = editor->maker->plan;
    const struct xml_attribute *name = find_attribute(connector, "userName");
    for (size_t i = 0; name && i < plan->user_count; i++)
        if (slice_equal(plan->users[i].username, name->value))
            set_literal(editor, connector, "password", plan->users[i].password);
}

static void set_server(struct editor *editor, struct xml_element *map)
{
    const struct activemq_ldap *ldap = editor->ldap;
    if (!ldap->metadata)
        return;
    set_literal(editor, map, "connectionURL", ldap->url);
    set_literal(editor, map, "connectionUsername",
                activemq_ldap_text(ldap, "serviceAccountUsername"));
    set_literal(editor, map, "connectionPassword",
                editor->maker->plan->broker->ldap_service_account_password);
}

static void fill_in(struct editor *editor, struct xml_element *element)
{
    if (is_element(element, "networkConnector"))
        set_password(editor, element);
    if (is_element(element, "cachedLDAPAuthorizationMap"))
        set_server(editor, element);
    for (struct xml_element *child = element->first; child; child = child->next)
        fill_in(editor, child);
}

/* --- The file --- */

/* Without Spring's hook of the stock file: with it the Java process may not end while the console
 * still starts. */
static void write_document(struct maker *maker, const struct xml_document *document)
{
    buffer_append_string(
        &maker->text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<beans xmlns=\"http://www.springframework.org/schema/beans\""
        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
        " xsi:schemaLocation=\"http://www.springframework.org/schema/beans"
        " http://www.springframework.org/schema/beans/spring-beans.xsd"
        " http://activemq.apache.org/schema/core"
        " http://activemq.apache.org/schema/core/activemq-core.xsd\">\n"
        "  <bean class=\"org.springframework.beans.factory.config.PropertyPlaceholderConfigurer\">\n"
        "    <property name=\"locations\""
        " value=\"file:${activemq.conf}/credentials.properties\"/>\n"
        "  </bean>\n");
    for (const struct xml_element *node = document->first; node; node = node->next) {
        xml_append_node(&maker->text, node, 2);
        buffer_append_char(&maker->text, '\n');
    }
    buffer_append_string(&maker->text, "  <import resource=\"jetty.xml\"/>\n</beans>\n");
}

void activemq_make_xml(struct maker *maker, const struct activemq_ldap *ldap)
{
    struct editor editor = {.maker = maker, .ldap = ldap};
    struct xml_document document = read_document(&editor);
    if (maker->failed)
        return;
    struct xml_element *broker = document.root;
    remove_foreign(&editor, broker);
    fill_in(&editor, broker);
    set(&editor, broker, "xmlns", ACTIVEMQ_NAMESPACE);
    /* The console connects to vm://localhost, a broker of that name. */
    set(&editor, broker, "brokerName", "localhost");
    set(&editor, broker, "dataDirectory", "${activemq.data}");
    set(&editor, broker, "useJmx", "true");
    add_login(&editor, broker);
    add_connectors(&editor, broker);
    add_store(&editor, broker);
    add_limits(&editor, broker);
    add_tls(&editor, broker);
    add_management(&editor, broker);
    if (!maker->failed)
        write_document(maker, &document);
    maker_add(maker, "activemq.xml", false);
}
