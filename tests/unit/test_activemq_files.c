/* The files of a real broker of ActiveMQ. */
#include "broker_plans.h"

#include "base/xml.h"
#include "brokers/texts.h"

#define NAMESPACE "http://activemq.apache.org/schema/core"
#define BROKER(content) "<broker xmlns=\"" NAMESPACE "\">" content "</broker>"

static const struct user_login users[] = {
    {SLICE_INIT("admin"), SLICE_INIT("admin-password-1"), SLICE_INIT("[\"admins\",\"a\"]"), true},
    {SLICE_INIT("reader"), SLICE_INIT("reader-password-1"), SLICE_INIT("[\"a\"]"), false},
};

static int begin(void **state)
{
    (void)state;
    const struct broker own = {
        .engine = ENGINE_ACTIVEMQ,
        .engine_version = SLICE("5.18"),
        .authentication_strategy = STRATEGY_SIMPLE,
    };
    plan_begin(&own, users, COUNT(users));
    plan.console_password = SLICE("console-1");
    return 0;
}

static struct broker_files files_of(const char *configuration)
{
    struct broker_files files;
    plan.configuration = slice_of(configuration);
    assert_int_equal(activemq_files(&plan, &arena, &files), RESULT_OK);
    return files;
}

static const char *xml_of(const char *configuration)
{
    struct broker_files files = files_of(configuration);
    return text_of(&files, "activemq.xml");
}

#define BEFORE                                                                                    \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                                \
    "<beans xmlns=\"http://www.springframework.org/schema/beans\""                                \
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""                                    \
    " xsi:schemaLocation=\"http://www.springframework.org/schema/beans"                           \
    " http://www.springframework.org/schema/beans/spring-beans.xsd " NAMESPACE " " NAMESPACE      \
    "/activemq-core.xsd\">\n"                                                                     \
    "  <bean class=\"org.springframework.beans.factory.config.PropertyPlaceholderConfigurer\">\n" \
    "    <property name=\"locations\" value=\"file:${activemq.conf}/credentials.properties\"/>\n" \
    "  </bean>\n"
#define LIMITS_OF_CONNECTIONS "?maximumConnections=1000&amp;wireFormat.maxFrameSize=104857600\""
#define CONNECTORS                                                                                   \
    "    <transportConnectors>\n"                                                                    \
    "      <transportConnector name=\"openwire\" uri=\"ssl://0.0.0.0:61717" LIMITS_OF_CONNECTIONS    \
    "/>\n"                                                                                           \
    "      <transportConnector name=\"amqp\" uri=\"amqp+ssl://0.0.0.0:5771" LIMITS_OF_CONNECTIONS    \
    "/>\n"                                                                                           \
    "      <transportConnector name=\"stomp\" uri=\"stomp+ssl://0.0.0.0:61714" LIMITS_OF_CONNECTIONS \
    "/>\n"                                                                                           \
    "      <transportConnector name=\"mqtt\" uri=\"mqtt+ssl://0.0.0.0:8983" LIMITS_OF_CONNECTIONS    \
    "/>\n"                                                                                           \
    "      <transportConnector name=\"wss\" uri=\"wss://0.0.0.0:61719" LIMITS_OF_CONNECTIONS         \
    "/>\n"                                                                                           \
    "    </transportConnectors>\n"
#define OWN                                                                          \
    "    <persistenceAdapter>\n"                                                     \
    "      <kahaDB directory=\"${activemq.data}/kahadb\"/>\n"                        \
    "    </persistenceAdapter>\n"                                                    \
    "    <systemUsage>\n"                                                            \
    "      <systemUsage>\n"                                                          \
    "        <memoryUsage>\n"                                                        \
    "          <memoryUsage percentOfJvmHeap=\"70\"/>\n"                             \
    "        </memoryUsage>\n"                                                       \
    "        <storeUsage>\n"                                                         \
    "          <storeUsage limit=\"1 gb\"/>\n"                                       \
    "        </storeUsage>\n"                                                        \
    "        <tempUsage>\n"                                                          \
    "          <tempUsage limit=\"1 gb\"/>\n"                                        \
    "        </tempUsage>\n"                                                         \
    "      </systemUsage>\n"                                                         \
    "    </systemUsage>\n"                                                           \
    "    <sslContext>\n"                                                             \
    "      <sslContext keyStore=\"/brokers/common/broker.jks\" keyStoreType=\"JKS\"" \
    " keyStorePassword=\"changeit\" keyStoreKeyPassword=\"changeit\""                \
    " trustStore=\"/brokers/common/ca.jks\" trustStoreType=\"JKS\""                  \
    " trustStorePassword=\"changeit\"/>\n"                                           \
    "    </sslContext>\n"                                                            \
    "    <managementContext>\n"                                                      \
    "      <managementContext createConnector=\"false\"/>\n"                         \
    "    </managementContext>\n"
#define END "  <import resource=\"jetty.xml\"/>\n</beans>\n"
#define NAMED "brokerName=\"localhost\" dataDirectory=\"${activemq.data}\" useJmx=\"true\">\n"
#define LOGIN "      <jaasAuthenticationPlugin configuration=\"activemq\"/>\n"

static void test_a_small_plan(void **state)
{
    static const char *const live[] = {"users.properties", "groups.properties",
                                       "jetty-realm.properties"};
    size_t live_count = 0;
    (void)state;
    struct broker_files files = files_of(NULL);
    assert_text(&files, "activemq.xml",
                BEFORE "  <broker xmlns=\"" NAMESPACE "\" " NAMED "    <plugins>\n" LOGIN
                       "    </plugins>\n" CONNECTORS OWN "  </broker>\n" END);
    assert_text(&files, "login.config",
                "activemq {\n"
                "    org.apache.activemq.jaas.PropertiesLoginModule required\n"
                "        org.apache.activemq.jaas.properties.user=\"users.properties\"\n"
                "        org.apache.activemq.jaas.properties.group=\"groups.properties\"\n"
                "        baseDir=\"/brokers/1\"\n"
                "        reload=\"true\"\n"
                "        ;\n"
                "};\n");
    assert_text(&files, "users.properties",
                "@console=console-1\nadmin=admin-password-1\nreader=reader-password-1\n");
    assert_text(&files, "groups.properties",
                "a=admin,reader\nactivemq-webconsole=@console,admin\nadmins=admin\n");
    assert_text(&files, "credentials.properties",
                "activemq.username=@console\nactivemq.password=console-1\n");
    assert_text(&files, "jetty-realm.properties",
                "admin: OBF:1i271hva1uh41wfq1wu61lit1y0s1v1p1v2p1y0y1lmx1wu81wg81ugm1hs81hzj, "
                "admin\n");
    for (size_t i = 0; i < files.count; i++)
        live_count += files.files[i].live;
    assert_int_equal(live_count, COUNT(live));
    for (size_t i = 0; i < files.count; i++)
        for (size_t j = 0; j < COUNT(live); j++)
            if (strcmp(files.files[i].name, live[j]) == 0)
                assert_true(files.files[i].live);
    assert_int_equal(files.left_out_count, 0);
}

static void test_embedded_texts(void **state)
{
    static const char *const names[] = {"jetty.xml", "jolokia-access.xml", "log4j.properties",
                                        "log4j2.properties", "logging.properties"};
    struct xml_document document;
    struct xml_error error;
    (void)state;
    struct broker_files files = files_of(NULL);
    assert_int_equal(broker_text_count, COUNT(names));
    assert_int_equal(files.count, COUNT(names) + 6);
    assert_true(files.count <= BROKER_FILES_MAX);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_lacks(text_of(&files, names[i]), "@");
    const char *jetty = text_of(&files, "jetty.xml");
    assert_has(jetty, "<property name=\"host\" value=\"0.0.0.0\"/>");
    assert_has(jetty, "<property name=\"port\" value=\"8262\"/>");
    assert_has(jetty, "<property name=\"keyStorePath\" value=\"/brokers/common/broker.jks\"/>");
    assert_has(jetty, "<property name=\"keyStorePassword\" value=\"changeit\"/>");
    assert_int_equal(xml_parse(&arena, slice_of(jetty), SLICE(""), &document, &error), RESULT_OK);
}

static void test_the_document_is_kept(void **state)
{
    (void)state;
    assert_string_equal(
        xml_of("<?xml version=\"1.0\"?><!-- before --><broker useVirtualTopics=\"true\""
               " xmlns=\"" NAMESPACE "\"><!-- in --><plugins><statisticsBrokerPlugin/></plugins>"
               "<destinations><queue physicalName=\"a&amp;&lt;&quot;b&#10;\"/></destinations>"
               "</broker><!-- after -->"),
        BEFORE "  <!-- before -->\n  <broker useVirtualTopics=\"true\" xmlns=\"" NAMESPACE
               "\" " NAMED "    <!-- in -->\n"
               "    <plugins>\n" LOGIN "      <statisticsBrokerPlugin/>\n    </plugins>\n"
               "    <destinations>\n"
               "      <queue physicalName=\"a&amp;&lt;&quot;b&#10;\"/>\n"
               "    </destinations>\n" CONNECTORS OWN "  </broker>\n  <!-- after -->\n" END);
}

static void test_what_is_ours_replaces_the_users(void **state)
{
    (void)state;
    const char *xml =
        xml_of("<broker brokerName=\"b\" useJmx=\"false\" dataDirectory=\"/x\" xmlns=\"" NAMESPACE
               "\"><sslContext><sslContext keyStore=\"x\"/></sslContext><managementContext>"
               "<managementContext createConnector=\"true\"/></managementContext>"
               "<persistenceAdapter><kahaDB checkpointInterval=\"9\" directory=\"/x\"/>"
               "</persistenceAdapter></broker>");
    assert_has(xml, "<broker brokerName=\"localhost\" useJmx=\"true\""
                    " dataDirectory=\"${activemq.data}\" ");
    assert_has(xml, "<kahaDB checkpointInterval=\"9\" directory=\"${activemq.data}/kahadb\"/>");
    assert_lacks(xml, "\"x\"");
    assert_lacks(xml, "createConnector=\"true\"");
}

/* Elements in any order, and several of a name, of which Spring would take the last only. */
static void test_elements_of_one_name_are_merged(void **state)
{
    static const char *const left_out[] = {"transportConnector"};
    (void)state;
    struct broker_files files = files_of(
        BROKER("<transportConnectors><transportConnector name=\"mqtt\" uri=\"x\""
               " updateClusterClients=\"true\"/></transportConnectors>"
               "<plugins><timeStampingBrokerPlugin/></plugins><destinations/>"
               "<plugins/><plugins><redeliveryPlugin/></plugins><transportConnectors>"
               "<!-- c --><transportConnector name=\"openwire\" rebalanceClusterClients=\"true\"/>"
               "<transportConnector name=\"other\"/></transportConnectors>"));
    const char *xml = text_of(&files, "activemq.xml");
    assert_left_out(&files, left_out, COUNT(left_out));
    assert_has(xml, "    <plugins>\n" LOGIN "      <timeStampingBrokerPlugin/>\n"
                    "      <redeliveryPlugin/>\n    </plugins>\n    <destinations/>\n");
    assert_has(xml,
               "\"ssl://0.0.0.0:61717" LIMITS_OF_CONNECTIONS " rebalanceClusterClients=\"true\"/>");
    assert_has(xml, "\"mqtt+ssl://0.0.0.0:8983" LIMITS_OF_CONNECTIONS
                    " updateClusterClients=\"true\"/>");
    assert_lacks(xml, "other");
    assert_ptr_equal(strstr(xml, "<transportConnectors>"), strstr(xml, "<transportConnectors"));
    assert_null(strstr(strstr(xml, "<transportConnectors>") + 1, "<transportConnectors>"));
}

static void test_limits_and_persistence(void **state)
{
    (void)state;
    const char *xml = xml_of(BROKER("<systemUsage><systemUsage sendFailIfNoSpace=\"true\">"
                                    "<memoryUsage><memoryUsage percentOfJvmHeap=\"50\"/>"
                                    "</memoryUsage></systemUsage></systemUsage>"));
    assert_has(xml, "<systemUsage sendFailIfNoSpace=\"true\">\n        <memoryUsage>\n"
                    "          <memoryUsage percentOfJvmHeap=\"50\"/>\n        </memoryUsage>\n"
                    "        <storeUsage>\n          <storeUsage limit=\"1 gb\"/>\n");
    assert_lacks(xml, "\"70\"");
    xml = xml_of("<broker persistent=\"false\" xmlns=\"" NAMESPACE "\"/>");
    assert_lacks(xml, "kahaDB");
    xml = xml_of("<broker persistent=\"true\" xmlns=\"" NAMESPACE "\"/>");
    assert_has(xml, "kahaDB");
}

static void test_network_connectors_get_the_password(void **state)
{
    static const struct user_login odd[] = {
        {SLICE_INIT("plain"), SLICE_INIT("a'\"<&>\\$#{"), SLICE_INIT("[]"), false},
        {SLICE_INIT("spring"), SLICE_INIT("it's ${x}#{'1'}"), SLICE_INIT("[]"), false},
        {SLICE_INIT("xbean"), SLICE_INIT("#bean"), SLICE_INIT("[]"), false},
        {SLICE_INIT("simple"), SLICE_INIT("x$y#z"), SLICE_INIT("[]"), false},
    };
    (void)state;
    plan.users = odd;
    plan.user_count = COUNT(odd);
    const char *xml =
        xml_of(BROKER("<networkConnectors><networkConnector userName=\"simple\" name=\"1\"/>"
                      "<networkConnector userName=\"spring\" password=\"old\"/>"
                      "<networkConnector userName=\"xbean\"/>"
                      "<networkConnector userName=\"plain\"/><networkConnector userName=\"none\"/>"
                      "<networkConnector name=\"2\"/></networkConnectors>"));
    assert_has(xml, "userName=\"simple\" name=\"1\" password=\"x$y#z\"/>");
    assert_has(xml, "userName=\"spring\" password=\"${-:}#{'it''s $'+'{x}#'+'{''1''}'}\"/>");
    assert_has(xml, "userName=\"xbean\" password=\"${-:}#{'#bean'}\"/>");
    assert_has(xml, "userName=\"plain\" password=\"${-:}#{'a''&quot;&lt;&amp;&gt;\\$#'+'{'}\"/>");
    assert_has(xml, "userName=\"none\"/>");
    assert_has(xml, "<networkConnector name=\"2\"/>");
}

static void test_paths_with_expressions(void **state)
{
    (void)state;
    plan.common = "/a \"b\"/${c}";
    struct broker_files files = files_of(NULL);
    assert_has(text_of(&files, "activemq.xml"),
               "keyStore=\"${-:}#{'/a &quot;b&quot;/$'+'{c}/broker.jks'}\"");
    assert_has(text_of(&files, "jetty.xml"),
               "value=\"${-:}#{'/a &quot;b&quot;/$'+'{c}/broker.jks'}\"");
}

static void test_another_version_has_another_schema(void **state)
{
    static const char *const left_out[] = {"broker/@maxUncommittedCount", "sslContext"};
    static const char text[] =
        "<broker maxUncommittedCount=\"5\" xmlns=\"" NAMESPACE "\"><sslContext/></broker>";
    (void)state;
    broker.engine_version = SLICE("5.19");
    plan.version = SLICE("5.18.3");
    struct broker_files files = files_of(text);
    assert_left_out(&files, left_out, COUNT(left_out));
    assert_lacks(text_of(&files, "activemq.xml"), "maxUncommittedCount");
    plan.version = SLICE("5.19.1");
    files = files_of(text);
    assert_int_equal(files.left_out_count, 0);
    assert_has(text_of(&files, "activemq.xml"), "maxUncommittedCount");
    /* What that schema refuses as a whole is left to the broker. */
    plan.version = SLICE("5.18.3");
    files = files_of(
        "<broker useJmx=\"x\" advisorySupport=\"true\" useVirtualTopics=\"no\" xmlns=\"" NAMESPACE
        "\"/>");
    assert_int_equal(files.left_out_count, 0);
    assert_has(text_of(&files, "activemq.xml"), "useVirtualTopics=\"no\"");
}

static void test_other_namespaces_are_left_out(void **state)
{
    static const char *const left_out[] = {"broker/@a", "b", "queue/@c"};
    (void)state;
    struct broker_files files =
        files_of("<broker xmlns=\"" NAMESPACE "\" xmlns:o=\"other\" o:a=\"1\"><o:b/><destinations>"
                 "<queue o:c=\"1\" physicalName=\"q\"/></destinations></broker>");
    assert_left_out(&files, left_out, COUNT(left_out));
    assert_has(text_of(&files, "activemq.xml"), "<queue physicalName=\"q\"/>");
}

static void test_what_is_no_broker_is_invalid(void **state)
{
    static const char *const bad[] = {
        "",
        "broker",
        "<broker/>",
        "<broker xmlns=\"other\"/>",
        "<beans xmlns=\"" NAMESPACE "\"/>",
        "<broker xmlns=\"" NAMESPACE "\">",
        "<!DOCTYPE broker><broker xmlns=\"" NAMESPACE "\"/>",
    };
    struct broker_files files;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        plan.configuration = slice_of(bad[i]);
        plan.version = i % 2 == 0 ? SLICE("5.16.7") : (struct slice){NULL, 0};
        assert_int_equal(activemq_files(&plan, &arena, &files), RESULT_INVALID);
        assert_int_equal(files.count, 0);
    }
}

/* --- Users --- */

static void test_passwords_of_every_character(void **state)
{
    static const struct user_login odd[] = {
        {SLICE_INIT("a~b"),
         SLICE_INIT(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                    "abcdefghijklmnopqrstuvwxyz{|}~ "),
         SLICE_INIT("[]"), true},
        {SLICE_INIT("b"), SLICE_INIT("\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff\xc3"),
         SLICE_INIT("[]"), false},
    };
    (void)state;
    plan.users = odd;
    plan.user_count = COUNT(odd);
    struct broker_files files = files_of(NULL);
    assert_text(
        &files, "users.properties",
        "@console=console-1\n"
        "a~b=\\ \\!\"\\#$%&'()*+,-./0123456789\\:;<\\=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`"
        "abcdefghijklmnopqrstuvwxyz{|}~\\ \n"
        "b=\\u0009\\u00e9\\u20ac\\ud83d\\ude00\\ufffd\\ufffd\n");
    assert_has(text_of(&files, "jetty-realm.properties"), "a~b: OBF:");
}

static void test_groups(void **state)
{
    static const struct user_login odd[] = {
        {SLICE_INIT("z"), SLICE_INIT("p"), SLICE_INIT("[\"activemq-webconsole\",\"g\",\"g\"]"),
         true},
        {SLICE_INIT("y"), SLICE_INIT("p"), SLICE_INIT("[\"activemq-webconsole\",\"a b\"]"), false},
        {SLICE_INIT("x"), SLICE_INIT("p"), SLICE_INIT("not a list"), false},
        {SLICE_INIT("w"), SLICE_INIT("p"), SLICE_INIT("{}"), false},
        {SLICE_INIT("v"), SLICE_INIT("p"), SLICE_INIT("[1,\"g\"]"), false},
        {SLICE_INIT("u"), SLICE_INIT("p"), {NULL, 0}, false},
    };
    (void)state;
    plan.users = odd;
    plan.user_count = COUNT(odd);
    struct broker_files files = files_of(NULL);
    assert_text(&files, "groups.properties", "a\\ b=y\nactivemq-webconsole=@console,y,z\ng=v,z\n");
    plan.user_count = 0;
    files = files_of(NULL);
    assert_text(&files, "groups.properties", "activemq-webconsole=@console\n");
    assert_text(&files, "users.properties", "@console=console-1\n");
    assert_text(&files, "jetty-realm.properties", "");
}

/* --- LDAP --- */

static void test_ldap(void **state)
{
    (void)state;
    broker.authentication_strategy = STRATEGY_LDAP;
    broker.ldap_server_metadata =
        SLICE("{\"hosts\":[\"one.example.com\",\"ldap://two:389\"],\"roleBase\":\"ou=r\","
              "\"roleName\":\"cn\",\"roleSearchMatching\":\"(member={0})\","
              "\"roleSearchSubtree\":true,\"serviceAccountUsername\":\"cn=a\\\\b\\\"c\","
              "\"userBase\":\"ou=u\",\"userSearchMatching\":\"(uid={0})\"}");
    broker.ldap_service_account_password = SLICE("pass${wo\nrd");
    struct broker_files files =
        files_of(BROKER("<plugins><authorizationPlugin><map><cachedLDAPAuthorizationMap"
                        " queueSearchBase=\"q\"/></map></authorizationPlugin></plugins>"));
    assert_text(&files, "login.config",
                "activemq {\n"
                "    org.apache.activemq.jaas.PropertiesLoginModule sufficient\n"
                "        org.apache.activemq.jaas.properties.user=\"users.properties\"\n"
                "        org.apache.activemq.jaas.properties.group=\"groups.properties\"\n"
                "        baseDir=\"/brokers/1\"\n"
                "        reload=\"true\"\n"
                "        ;\n"
                "    org.apache.activemq.jaas.LDAPLoginModule required\n"
                "        initialContextFactory=\"com.sun.jndi.ldap.LdapCtxFactory\"\n"
                "        connectionURL=\"ldaps://one.example.com ldap://two:389\"\n"
                "        connectionUsername=\"cn=a\\\\b\\\"c\"\n"
                "        connectionPassword=\"pass${wo\\012rd\"\n"
                "        connectionProtocol=\"s\"\n"
                "        authentication=\"simple\"\n"
                "        userBase=\"ou=u\"\n"
                "        userSearchMatching=\"(uid={0})\"\n"
                "        roleBase=\"ou=r\"\n"
                "        roleSearchMatching=\"(member={0})\"\n"
                "        roleName=\"cn\"\n"
                "        userSearchSubtree=\"false\"\n"
                "        roleSearchSubtree=\"true\"\n"
                "        ;\n"
                "};\n");
    assert_text(&files, "users.properties", "@console=console-1\n");
    assert_text(&files, "groups.properties", "activemq-webconsole=@console\n");
    assert_has(text_of(&files, "activemq.xml"),
               "<cachedLDAPAuthorizationMap queueSearchBase=\"q\""
               " connectionURL=\"ldaps://one.example.com ldap://two:389\""
               " connectionUsername=\"cn=a\\b&quot;c\""
               " connectionPassword=\"${-:}#{'pass$'+'{wo&#10;rd'}\"/>");
    assert_int_equal(files.left_out_count, 0);
}

static void test_ldap_that_jaas_cannot_say(void **state)
{
    static const char *const left_out[] = {"connectionPassword"};
    (void)state;
    broker.authentication_strategy = STRATEGY_LDAP;
    broker.ldap_server_metadata = SLICE("not an object");
    broker.ldap_service_account_password = SLICE("a${b}c");
    struct broker_files files = files_of(NULL);
    assert_left_out(&files, left_out, COUNT(left_out));
    assert_lacks(text_of(&files, "login.config"), "connectionPassword");
    assert_has(text_of(&files, "login.config"), "connectionURL=\"\"\n");
    broker.ldap_server_metadata = SLICE("{\"hosts\":{\"a\":\"b\"},\"roleBase\":1}");
    files = files_of(BROKER("<cachedLDAPAuthorizationMap/>"));
    assert_lacks(text_of(&files, "login.config"), "roleBase");
    /* Without LDAP the map is the user's own affair. */
    broker.authentication_strategy = STRATEGY_SIMPLE;
    assert_has(xml_of(BROKER("<cachedLDAPAuthorizationMap/>")), "<cachedLDAPAuthorizationMap/>");
}

static void test_memory(void **state)
{
    (void)state;
    plan.configuration =
        SLICE("<broker maxUncommittedCount=\"5\" xmlns=\"" NAMESPACE "\"><networkConnectors>"
              "<networkConnector userName=\"admin\"/></networkConnectors><plugins/><plugins/>"
              "</broker>");
    assert_sound(activemq_files, &plan);
    broker.engine_version = SLICE("5.19");
    broker.authentication_strategy = STRATEGY_LDAP;
    broker.ldap_server_metadata = SLICE("{\"hosts\":[\"a\",\"b\"]}");
    plan.version = SLICE("5.15.16");
    assert_sound(activemq_files, &plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_small_plan, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_embedded_texts, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_the_document_is_kept, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_what_is_ours_replaces_the_users, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_elements_of_one_name_are_merged, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_limits_and_persistence, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_network_connectors_get_the_password, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_paths_with_expressions, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_another_version_has_another_schema, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_other_namespaces_are_left_out, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_what_is_no_broker_is_invalid, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_passwords_of_every_character, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_groups, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_ldap, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_ldap_that_jaas_cannot_say, begin, plan_end),
        cmocka_unit_test_setup_teardown(test_memory, begin, plan_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
