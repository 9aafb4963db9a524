/* mq/activemq_check: types, counts and keys, and the reasons given. */
#include "sanitizer.h"

#include "mq/activemq_check.h"

#define KAHADB(attribute) \
    "<persistenceAdapter><kahaDB " attribute "=\"", "\"/></persistenceAdapter>"

#define ATTRIBUTE_3(element, attribute, type, value)                                           \
    "cvc-attribute.3: The value '" value "' of attribute '" attribute "' on element '" element \
    "' is not valid with respect to its type, '" type "'. and "
#define FACET(facet, limit, type, value)                                                          \
    "cvc-" facet "-valid: Value '" value "' is not facet-valid with respect to " facet " '" limit \
    "' for type '" type "'."

#define CONTENT(element)                                                                         \
    "cvc-complex-type.2.4.d: Invalid content was found starting with element '" element "'. No " \
    "child element is expected at this point."
#define INCOMPLETE(element, expected)                          \
    "cvc-complex-type.2.4.b: The content of element '" element \
    "' is not complete. One of '{" expected "}' is expected."
#define CORE(name) "\"http://activemq.apache.org/schema/core\":" name

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

#define NO_VALUE(element, attribute, type, lexical, value, bare) \
    ATTRIBUTE_3(element, attribute, type, value)                 \
    "cvc-datatype-valid.1.2.1: '" bare "' is not a valid value for '" lexical "'."

static void lexical_forms_are_checked(void **state)
{
    (void)state;
#define TOPICS(value, bare) \
    NO_VALUE("broker", "useVirtualTopics", "boolean", "boolean", value, bare)
#define REPEATS(value, bare) \
    NO_VALUE("broker", "maxSchedulerRepeatAllowed", "integer", "integer", value, bare)
#define TIMEOUT(value, bare) \
    NO_VALUE("broker", "offlineDurableSubscriberTimeout", "long", "integer", value, bare)
#define TIMEOUT_FACET(facet, limit, value)                                  \
    ATTRIBUTE_3("broker", "offlineDurableSubscriberTimeout", "long", value) \
    FACET(facet, limit, "long", value)
    static const struct {
        const char *attribute, *value, *reason;
    } cases[] = {
        {"useVirtualTopics", "true", NULL},
        {"useVirtualTopics", "0", NULL},
        {"useVirtualTopics", " 1&#10;", NULL},
        {"useVirtualTopics", "", TOPICS("", "")},
        {"useVirtualTopics", "maybe", TOPICS("maybe", "maybe")},
        {"useVirtualTopics", " TRUE ", TOPICS(" TRUE ", "TRUE")},
        {"useVirtualTopics", "true 1", TOPICS("true 1", "true 1")},
        {"maxSchedulerRepeatAllowed", "-99999999999999999999", NULL},
        {"maxSchedulerRepeatAllowed", "two", REPEATS("two", "two")},
        {"maxSchedulerRepeatAllowed", " 1  0 ", REPEATS(" 1  0 ", "1  0")},
        {"offlineDurableSubscriberTimeout", "9223372036854775807", NULL},
        {"offlineDurableSubscriberTimeout", "-0009223372036854775808", NULL},
        {"offlineDurableSubscriberTimeout", "1.5", TIMEOUT("1.5", "1.5")},
        {"offlineDurableSubscriberTimeout", "9223372036854775808",
         TIMEOUT_FACET("maxInclusive", "9223372036854775807", "9223372036854775808")},
        {"offlineDurableSubscriberTimeout", "-9223372036854775809",
         TIMEOUT_FACET("minInclusive", "-9223372036854775808", "-9223372036854775809")},
        /* What the schema types as a string is kept. */
        {"persistent", "maybe", NULL},
        {"advisorySupport", " invalid ", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char xml[200];
        struct arena arena;
        struct sanitized out;
        snprintf(xml, sizeof xml, "<broker " XMLNS " %s='%s'/>", cases[i].attribute,
                 cases[i].value);
        arena_init(&arena, ROOM);
        if (cases[i].reason)
            expect_invalid(xml, cases[i].reason);
        else
            assert_int_equal(sanitize(&arena, slice_of(xml), false, &out), RESULT_OK);
        arena_close(&arena);
    }
}

static void doubles_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"1",  "1.", ".5",    "+1",  "-.5e3", "1E5", "1.e1",
                                       "-0", "+0", "1e999", "INF", "-INF",  "NaN", " 1 "};
    static const char *const bad[] = {".",  "1e",  "1e+",  "+INF",     "nan",     "0x1",   "1f",
                                      "1d", "1 2", "",     "-",        "--1",     "1e5.0", "1.2.3",
                                      "e1", "1e-", "+.e1", "Infinity", "\xD9\xA1"};
    const char *before = "<networkConnectors><networkConnector><uri>"
                         "<prefetchRatePendingMessageLimitStrategy multiplier=\"",
               *after = "\"/></uri></networkConnector></networkConnectors>";
    for (size_t i = 0; i < COUNT(good); i++)
        expect_inside(before, good[i], after, NULL);
    for (size_t i = 0; i < COUNT(bad); i++) {
        char reason[400];
        snprintf(reason, sizeof reason,
                 NO_VALUE("prefetchRatePendingMessageLimitStrategy", "multiplier", "double",
                          "double", "%s", "%s"),
                 bad[i], bad[i]);
        expect_inside(before, bad[i], after, reason);
    }
}

/* All breaches in the order of the text, the first twenty of them. */
static void breaches_are_joined(void **state)
{
    (void)state;
    expect_invalid(
        "<broker " XMLNS " useVirtualTopics='x' maxSchedulerRepeatAllowed='y'>"
        "<plugins/><persistenceAdapter><kahaDB/><kahaDB cleanupOnStop='z'/>"
        "</persistenceAdapter></broker>",
        REPEATS("y", "y") " and " TOPICS("x", "x") " and " CONTENT("kahaDB") " and " NO_VALUE(
            "kahaDB", "cleanupOnStop", "boolean", "boolean", "z", "z"));
    for (size_t count = 19; count < 23; count++) {
        struct buffer xml, reason;
        buffer_init(&xml, ROOM);
        buffer_init(&reason, ROOM);
        buffer_append_string(&xml, OPEN "<destinations>");
        for (size_t i = 0; i < count; i++) {
            buffer_append_string(&xml, "<queue DLQ='x'/>");
            if (i < ACTIVEMQ_MAX_BREACHES)
                buffer_printf(&reason, "%s%s", i > 0 ? " and " : "",
                              NO_VALUE("queue", "DLQ", "boolean", "boolean", "x", "x"));
        }
        buffer_append_string(&xml, "</destinations></broker>");
        expect_invalid(xml.data, reason.data);
        buffer_close(&xml);
        buffer_close(&reason);
    }
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
        /* Once for all that are too many, before what is wrong inside. */
        {"<persistenceAdapter><kahaDB/><kahaDB journalDiskSyncStrategy='x'/><kahaDB/>"
         "</persistenceAdapter>",
         CONTENT("kahaDB") " and " SYNC("x")},
        {"<persistenceAdapter><kahaDB journalDiskSyncStrategy='x'/><kahaDB/></persistenceAdapter>",
         SYNC("x") " and " CONTENT("kahaDB")},
        /* Comments are no content. */
        {"<persistenceAdapter><!-- a --><kahaDB/><!-- b --></persistenceAdapter>", NULL},
        {"<destinationInterceptors><virtualDestinationInterceptor><!-- a -->"
         "</virtualDestinationInterceptor></destinationInterceptors>",
         INCOMPLETE("virtualDestinationInterceptor", CORE("virtualDestinations"))},
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
         UNIQUE("z", "UniqueQueue") " and " UNIQUE("a", "UniqueQueue")},
        {POLICIES(ENTRIES("<policyEntry queue='a' topic='b'/><policyEntry topic='b' queue='a'/>"
                          "<!--policyEntry--><policyEntry queue='a'/>")),
         UNIQUE("a", "UniqueQueue") " and " UNIQUE("b", "UniqueTopic") " and " UNIQUE(
             "a", "UniqueQueue")},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_inside(cases[i].xml, "", "", cases[i].reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_checked),        cmocka_unit_test(enumerations_are_checked),
        cmocka_unit_test(lexical_forms_are_checked), cmocka_unit_test(doubles_are_checked),
        cmocka_unit_test(breaches_are_joined),       cmocka_unit_test(reasons_are_fit_to_print),
        cmocka_unit_test(counts_are_checked),        cmocka_unit_test(keys_are_checked),
    };
    return cmocka_run_group_tests_name("activemq_check", tests, NULL, NULL);
}
