/* mq/activemq_check: types, counts and keys, and the reasons given. */
#include "sanitizer.h"

#define KAHADB(attribute) \
    "<persistenceAdapter><kahaDB " attribute "=\"", "\"/></persistenceAdapter>"

#define ATTRIBUTE_3(element, attribute, type, value)                                           \
    "cvc-attribute.3: The value '" value "' of attribute '" attribute "' on element '" element \
    "' is not valid with respect to its type, '" type "'. and "
#define FACET(facet, limit, type, value)                                                          \
    "cvc-" facet "-valid: Value '" value "' is not facet-valid with respect to " facet " '" limit \
    "' for type '" type "'."

static void ranges_are_checked(void **state)
{
    (void)state;
#define CHECKPOINT(value) \
    ATTRIBUTE_3("kahaDB", "checkpointInterval", "checkpointIntervalType", value)
#define BELOW(value) \
    CHECKPOINT(value) FACET("minInclusive", "5000", "checkpointIntervalType", value)
#define ABOVE(value) \
    CHECKPOINT(value) FACET("maxInclusive", "25000", "checkpointIntervalType", value)
#define NO_NUMBER(value, bare) \
    CHECKPOINT(value) "cvc-datatype-valid.1.2.1: '" bare "' is not a valid value for 'integer'."
    static const struct {
        const char *value, *reason;
    } cases[] = {
        {"5000", NULL},
        {"25000", NULL},
        {" 5000 ", NULL},
        {"&#9;5000&#10;", NULL},
        {"+5000", NULL},
        {"0000000000000000000000005000", NULL},
        {"4999", BELOW("4999")},
        {"25001", ABOVE("25001")},
        {"1", BELOW("1")},
        {"0", BELOW("0")},
        {"-0", BELOW("-0")},
        {"-5000", BELOW("-5000")},
        {"9223372036854775807", ABOVE("9223372036854775807")},
        {"9223372036854775808", ABOVE("9223372036854775808")},
        {"18446744073709556616", ABOVE("18446744073709556616")}, /* 5000 in 64 bits */
        {"-99999999999999999999999", BELOW("-99999999999999999999999")},
        {"", NO_NUMBER("", "")},
        {" ", NO_NUMBER(" ", "")},
        {"-", NO_NUMBER("-", "-")},
        {"+", NO_NUMBER("+", "+")},
        {"+-5000", NO_NUMBER("+-5000", "+-5000")},
        {"five", NO_NUMBER("five", "five")},
        {"5000.0", NO_NUMBER("5000.0", "5000.0")},
        {"5e3", NO_NUMBER("5e3", "5e3")},
        {"0x1388", NO_NUMBER("0x1388", "0x1388")},
        {"5 000", NO_NUMBER("5 000", "5 000")},
        {" 5x ", NO_NUMBER(" 5x ", "5x")},
        {"\xD9\xA5", NO_NUMBER("\xD9\xA5", "\xD9\xA5")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *parts[] = {KAHADB("checkpointInterval")};
        expect_inside(parts[0], cases[i].value, parts[1], cases[i].reason);
    }
    const char *batch[] = {KAHADB("indexWriteBatchSize")};
    expect_inside(batch[0], "1000", batch[1], NULL);
    expect_inside(batch[0], "3000", batch[1], NULL);
    expect_inside(batch[0], "999", batch[1],
                  ATTRIBUTE_3("kahaDB", "indexWriteBatchSize", "indexWriteBatchSizeType", "999")
                      FACET("minInclusive", "1000", "indexWriteBatchSizeType", "999"));
    expect_inside(batch[0], "3001", batch[1],
                  ATTRIBUTE_3("kahaDB", "indexWriteBatchSize", "indexWriteBatchSizeType", "3001")
                      FACET("maxInclusive", "3000", "indexWriteBatchSizeType", "3001"));
    const char *heap[] = {"<systemUsage><systemUsage><memoryUsage><memoryUsage percentOfJvmHeap=\"",
                          "\"/></memoryUsage></systemUsage></systemUsage>"};
#define HEAP(facet, limit, value)                                                                  \
    ATTRIBUTE_3("memoryUsage", "percentOfJvmHeap", "#AnonType_percentOfJvmHeapmemoryUsage", value) \
    FACET(facet, limit, "#AnonType_percentOfJvmHeapmemoryUsage", value)
    expect_inside(heap[0], "0", heap[1], NULL);
    expect_inside(heap[0], "-0", heap[1], NULL);
    expect_inside(heap[0], "70", heap[1], NULL);
    expect_inside(heap[0], "-1", heap[1], HEAP("minInclusive", "0", "-1"));
    expect_inside(heap[0], "71", heap[1], HEAP("maxInclusive", "70", "71"));
}

static void enumerations_are_checked(void **state)
{
    (void)state;
#define ENUMERATION(value, all)                               \
    "cvc-enumeration-valid: Value '" value                    \
    "' is not facet-valid with respect to enumeration '[" all \
    "]'. It must be a value from the enumeration."
#define SYNC(value)                                                                             \
    ATTRIBUTE_3("kahaDB", "journalDiskSyncStrategy", "#AnonType_journalDiskSyncStrategykahaDB", \
                value)                                                                          \
    ENUMERATION(value, "always, periodic, never")
    const char *sync[] = {KAHADB("journalDiskSyncStrategy")};
    expect_inside(sync[0], "always", sync[1], NULL);
    expect_inside(sync[0], "periodic", sync[1], NULL);
    expect_inside(sync[0], "never", sync[1], NULL);
    expect_inside(sync[0], "", sync[1], SYNC(""));
    expect_inside(sync[0], "ALWAYS", sync[1], SYNC("ALWAYS"));
    expect_inside(sync[0], "always ", sync[1], SYNC("always "));
    expect_inside(sync[0], "alway", sync[1], SYNC("alway"));
    expect_inside(sync[0], "&quot;&lt;\xC3\xA9&gt;", sync[1], SYNC("\"<\xC3\xA9>"));
    const char *preallocation[] = {KAHADB("preallocationStrategy")};
    expect_inside(preallocation[0], "os_kernel_copy", preallocation[1], NULL);
    expect_inside(preallocation[0], "chunked_zeros", preallocation[1],
                  ATTRIBUTE_3("kahaDB", "preallocationStrategy",
                              "#AnonType_preallocationStrategykahaDB", "chunked_zeros")
                      ENUMERATION("chunked_zeros", "sparse_file, os_kernel_copy, zeros"));
    const char *connector[] = {"<transportConnectors><transportConnector name=\"",
                               "\"/></transportConnectors>"};
    expect_inside(connector[0], "openwire", connector[1], NULL);
    expect_inside(connector[0], "amqp", connector[1],
                  ATTRIBUTE_3("transportConnector", "name", "protocol", "amqp")
                      ENUMERATION("amqp", "openwire"));
}

/* Types without a range or an enumeration keep what they are given. */
static void other_types_are_not_checked(void **state)
{
    (void)state;
    expect("<broker " XMLNS " persistent='maybe' useVirtualTopics='maybe' "
           "maxSchedulerRepeatAllowed='two' offlineDurableSubscriberTimeout='1.5'/>",
           HEAD "<broker maxSchedulerRepeatAllowed=\"two\" offlineDurableSubscriberTimeout=\"1.5\" "
                "persistent=\"maybe\" useVirtualTopics=\"maybe\" " XMLNS "/>\n",
           "");
}

/* Control characters and length: a reason goes into JSON and a log. */
static void reasons_are_fit_to_print(void **state)
{
    (void)state;
    char value[700], wanted[2000], shown[300];
    const char *sync[] = {KAHADB("journalDiskSyncStrategy")};
    expect_inside(sync[0],
                  "a&#9;b&#10;c&#13;d\x7F"
                  "e\xC2\x80"
                  "f\xC2\x9F"
                  "g\xC2\xA0h",
                  sync[1], SYNC("a b c d e f g\xC2\xA0h"));
    memset(value, 'v', sizeof value);
    value[200] = '\0';
    snprintf(wanted, sizeof wanted,
             ATTRIBUTE_3("kahaDB", "journalDiskSyncStrategy",
                         "#AnonType_journalDiskSyncStrategykahaDB", "%s")
                 ENUMERATION("%s", "always, periodic, never"),
             value, value);
    expect_inside(sync[0], value, sync[1], wanted);
    /* Cut between characters. */
    for (size_t shift = 0; shift < 4; shift++) {
        memset(value, 'v', shift);
        for (size_t i = 0; i < 100; i++)
            memcpy(value + shift + 4 * i, "\xF0\x9F\x98\x80", 4);
        value[shift + 400] = '\0';
        size_t kept = shift + (200 - shift) / 4 * 4;
        snprintf(shown, sizeof shown, "%.*s...", (int)kept, value);
        snprintf(wanted, sizeof wanted,
                 ATTRIBUTE_3("kahaDB", "journalDiskSyncStrategy",
                             "#AnonType_journalDiskSyncStrategykahaDB", "%s")
                     ENUMERATION("%s", "always, periodic, never"),
                 shown, shown);
        expect_inside(sync[0], value, sync[1], wanted);
    }
}

#define CONTENT(element)                                                                         \
    "cvc-complex-type.2.4.d: Invalid content was found starting with element '" element "'. No " \
    "child element is expected at this point."
#define INCOMPLETE(element, expected)                          \
    "cvc-complex-type.2.4.b: The content of element '" element \
    "' is not complete. One of '{" expected "}' is expected."
#define CORE(name) "\"http://activemq.apache.org/schema/core\":" name

static void counts_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *reason;
    } cases[] = {
        {"<destinationPolicy><policyMap/><policyMap/></destinationPolicy>", CONTENT("policyMap")},
        {"<persistenceAdapter><kahaDB/><kahaDB/></persistenceAdapter>", CONTENT("kahaDB")},
        {"<plugins><authorizationPlugin><map><authorizationMap><defaultEntry><authorizationEntry/>"
         "<tempDestinationAuthorizationEntry/></defaultEntry></authorizationMap></map>"
         "</authorizationPlugin></plugins>",
         CONTENT("tempDestinationAuthorizationEntry")},
        {"<systemUsage><systemUsage/><systemUsage/></systemUsage>", CONTENT("systemUsage")},
        {"<systemUsage><systemUsage><memoryUsage/><memoryUsage/></systemUsage></systemUsage>",
         CONTENT("memoryUsage")},
        {"<systemUsage><systemUsage><memoryUsage><memoryUsage/><memoryUsage/></memoryUsage>"
         "</systemUsage></systemUsage>",
         CONTENT("memoryUsage")},
        {"<destinationInterceptors><virtualDestinationInterceptor/></destinationInterceptors>",
         INCOMPLETE("virtualDestinationInterceptor", CORE("virtualDestinations"))},
        {"<destinationInterceptors><virtualDestinationInterceptor><virtualDestinations/>"
         "</virtualDestinationInterceptor></destinationInterceptors>",
         INCOMPLETE("virtualDestinations",
                    CORE("compositeQueue") ", " CORE("compositeTopic") ", " CORE("virtualTopic"))},
        /* What was removed does not count. */
        {"<destinationInterceptors><virtualDestinationInterceptor><virtualDestinations><queue/>"
         "</virtualDestinations></virtualDestinationInterceptor></destinationInterceptors>",
         INCOMPLETE("virtualDestinations",
                    CORE("compositeQueue") ", " CORE("compositeTopic") ", " CORE("virtualTopic"))},
        /* The first breach of the text answers. */
        {"<persistenceAdapter><kahaDB/><kahaDB journalDiskSyncStrategy='x'/></persistenceAdapter>"
         "<transportConnectors><transportConnector/></transportConnectors>",
         CONTENT("kahaDB")},
        {"<persistenceAdapter><kahaDB journalDiskSyncStrategy='x'/><kahaDB/></persistenceAdapter>",
         SYNC("x")},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_inside(cases[i].xml, "", "", cases[i].reason);
    expect_inside("<destinationPolicy><x/><policyMap/><x/></destinationPolicy>", "", "", NULL);
    expect_inside("<networkConnectors><networkConnector><uri><queue/><topic/><queue/></uri><uri/>"
                  "</networkConnector></networkConnectors>",
                  "", "", NULL);
    expect_inside("<destinations><queue/><queue/><topic/></destinations>", "", "", NULL);
}

static void keys_are_checked(void **state)
{
    (void)state;
#define POLICIES(inside) "<destinationPolicy><policyMap>" inside "</policyMap></destinationPolicy>"
#define ENTRIES(inside) "<policyEntries>" inside "</policyEntries>"
    static const char missing[] =
        "cvc-identity-constraint.4.2.1.a: Element \"transportConnectors\" "
        "has no value for the key \"protocolName\".";
    static const char repeated[] = "cvc-identity-constraint.4.2.2: Duplicate key value [openwire] "
                                   "declared for identity constraint \"protocolName\" of element "
                                   "\"transportConnectors\".";
#define UNIQUE(value, name)                                                                  \
    "cvc-identity-constraint.4.1: Duplicate unique value [" value "] declared for identity " \
    "constraint \"" name "\" of element \"policyMap\"."
    static const struct {
        const char *xml, *reason;
    } cases[] = {
        {CONNECTORS(""), NULL},
        {CONNECTORS(CONNECTOR), NULL},
        {CONNECTORS(CONNECTOR) CONNECTORS(CONNECTOR), NULL},
        {CONNECTORS("<transportConnector/>"), missing},
        {CONNECTORS("<transportConnector updateClusterClients='true'/>"), missing},
        {CONNECTORS(CONNECTOR "<transportConnector/>"), missing},
        {CONNECTORS("<transportConnector name='${openwire}'/>"), missing},
        {CONNECTORS(CONNECTOR CONNECTOR), repeated},
        {CONNECTORS(CONNECTOR) CONNECTORS("<transportConnector/>"), missing},
        {POLICIES(ENTRIES("<policyEntry queue='a'/><policyEntry queue='b'/>")), NULL},
        {POLICIES(ENTRIES("<policyEntry/><policyEntry/>")), NULL},
        {POLICIES(ENTRIES("<policyEntry queue='a'/><policyEntry topic='a'/>")), NULL},
        {POLICIES(
             ENTRIES("<policyEntry queue='a'/><policyEntry queue='A'/><policyEntry queue='a '/>"
                     "<policyEntry queue=''/><policyEntry queue='aa'/>")),
         NULL},
        {POLICIES(ENTRIES("<policyEntry queue='>'/><policyEntry/><policyEntry queue='>'/>")),
         UNIQUE(">", "UniqueQueue")},
        {POLICIES(ENTRIES("<policyEntry topic='t'/><policyEntry topic='t'/>")),
         UNIQUE("t", "UniqueTopic")},
        {POLICIES(ENTRIES("<policyEntry queue=''/><policyEntry queue=''/>")),
         UNIQUE("", "UniqueQueue")},
        /* Among all descendants of one map. */
        {POLICIES("<defaultEntry><policyEntry queue='a'/></defaultEntry>" ENTRIES(
             "<policyEntry queue='b'/>") ENTRIES("<policyEntry queue='a'/>")),
         UNIQUE("a", "UniqueQueue")},
        {POLICIES(ENTRIES("<policyEntry queue='a'/>"))
             POLICIES(ENTRIES("<policyEntry queue='a'/>")),
         NULL},
        /* The first that stands there twice, not the least. */
        {POLICIES(ENTRIES("<policyEntry queue='z'/><policyEntry queue='a'/><policyEntry queue='z'/>"
                          "<policyEntry queue='a'/>")),
         UNIQUE("z", "UniqueQueue")},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_inside(cases[i].xml, "", "", cases[i].reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_checked),          cmocka_unit_test(enumerations_are_checked),
        cmocka_unit_test(other_types_are_not_checked), cmocka_unit_test(reasons_are_fit_to_print),
        cmocka_unit_test(counts_are_checked),          cmocka_unit_test(keys_are_checked),
    };
    return cmocka_run_group_tests_name("activemq_check", tests, NULL, NULL);
}
