/* mq/activemq_configuration: recorded answers, what is removed, and what is stored of the rest. */
#include "sanitizer.h"

#include <cjson/cJSON.h>

static cJSON *read_json(const char *path)
{
    char text[64 << 10];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    text[len] = '\0';
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    return json;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *string_member(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(member(object, name));
}

static void answers_as_recorded(void **state)
{
    (void)state;
    cJSON *cases = read_json(TEST_DATA "/sanitizer-cases.json");
    const cJSON *row, *warning;
    size_t stored = 0, refused = 0;
    cJSON_ArrayForEach(row, cases)
    {
        const char *prefix = "The specified XML configuration data is invalid: ";
        const char *message = string_member(member(row, "error"), "Message");
        if (message) {
            assert_memory_equal(message, prefix, strlen(prefix));
            expect_invalid(string_member(row, "input"), message + strlen(prefix));
            refused++;
            continue;
        }
        struct buffer warnings;
        buffer_init(&warnings, ROOM);
        buffer_append_string(&warnings, "");
        cJSON_ArrayForEach(warning, member(row, "warnings"))
        {
            const char *attribute = string_member(warning, "AttributeName");
            buffer_printf(&warnings, "%s%s%s %s\n", string_member(warning, "ElementName"),
                          attribute ? "@" : "", attribute ? attribute : "",
                          string_member(warning, "Reason"));
        }
        expect(string_member(row, "input"), string_member(row, "stored"), warnings.data);
        buffer_close(&warnings);
        stored++;
    }
    cJSON_Delete(cases);
    assert_int_equal(stored, 24);
    assert_int_equal(refused, 1);
}

/* The recorded cases that are no rows of the file. */
static void sanitizes_as_recorded(void **state)
{
    (void)state;
    expect("<broker " XMLNS
           " zUnknown='1' brokerName='name' aUnknown='2' advisorySupport='false'/>",
           HEAD "<broker advisorySupport=\"false\" " XMLNS "/>\n",
           "broker@aUnknown DISALLOWED_ATTRIBUTE_REMOVED\n"
           "broker@brokerName DISALLOWED_ATTRIBUTE_REMOVED\n"
           "broker@zUnknown DISALLOWED_ATTRIBUTE_REMOVED\n");
    expect("<broker " XMLNS " unknownSetting='1'/>", EMPTY,
           "broker@unknownSetting DISALLOWED_ATTRIBUTE_REMOVED\n");
    expect("<broker " XMLNS " advisorySupport='invalid'/>",
           HEAD "<broker advisorySupport=\"invalid\" " XMLNS "/>\n", "");
    expect(OPEN "<other xmlns='urn:not-activemq'/></broker>", EMPTY,
           "other DISALLOWED_ELEMENT_REMOVED\n");
}

static void removes_what_is_not_permitted(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *stored, *warnings;
    } cases[] = {
        {OPEN "text<?target data?><![CDATA[<plugins/>]]>&amp;</broker>", EMPTY, ""},
        {OPEN "<plugins>text</plugins></broker>",
         HEAD "<broker " XMLNS ">\n  <plugins/>\n</broker>\n", ""},
        /* Another order of the same rules: of the element, then of its children, as they stand. */
        {"<broker " XMLNS " z='1'><x/><plugins b='1' a='1'><y/></plugins><w/></broker>",
         HEAD "<broker " XMLNS ">\n  <plugins/>\n</broker>\n",
         "broker@z DISALLOWED_ATTRIBUTE_REMOVED\nx DISALLOWED_ELEMENT_REMOVED\n"
         "plugins@a DISALLOWED_ATTRIBUTE_REMOVED\nplugins@b DISALLOWED_ATTRIBUTE_REMOVED\n"
         "y DISALLOWED_ELEMENT_REMOVED\nw DISALLOWED_ELEMENT_REMOVED\n"},
        /* A collection holds what it names; its element is not the element of that name. */
        {OPEN "<destinations><queue/><policyEntry/><destinations/></destinations></broker>",
         HEAD "<broker " XMLNS ">\n  <destinations>\n    <queue/>\n  </destinations>\n</broker>\n",
         "policyEntry DISALLOWED_ELEMENT_REMOVED\ndestinations DISALLOWED_ELEMENT_REMOVED\n"},
        {OPEN "<systemUsage sendFailIfNoSpace='true'><systemUsage sendFailIfNoSpace='true'>"
              "<memoryUsage percentOfJvmHeap='1'><memoryUsage percentOfJvmHeap='70'/>"
              "<x xmlns='urn:x'/></memoryUsage></systemUsage></systemUsage></broker>",
         HEAD "<broker " XMLNS ">\n  <systemUsage>\n    <systemUsage sendFailIfNoSpace=\"true\">\n"
              "      <memoryUsage>\n        <memoryUsage percentOfJvmHeap=\"70\"/>\n"
              "      </memoryUsage>\n    </systemUsage>\n  </systemUsage>\n</broker>\n",
         "systemUsage@sendFailIfNoSpace DISALLOWED_ATTRIBUTE_REMOVED\n"
         "memoryUsage@percentOfJvmHeap DISALLOWED_ATTRIBUTE_REMOVED\n"
         "x DISALLOWED_ELEMENT_REMOVED\n"},
        /* A wildcard is strict: only what the grammar knows. */
        {OPEN "<networkConnectors><networkConnector><uri><queue x='1'/><queue DLQ='true'/>"
              "<unknown/><bean xmlns='http://www.springframework.org/schema/beans'/><topic/></uri>"
              "</networkConnector></networkConnectors></broker>",
         HEAD "<broker " XMLNS ">\n  <networkConnectors>\n    <networkConnector>\n      <uri>\n"
              "        <queue/>\n        <queue DLQ=\"true\"/>\n        <topic/>\n      </uri>\n"
              "    </networkConnector>\n  </networkConnectors>\n</broker>\n",
         "queue@x DISALLOWED_ATTRIBUTE_REMOVED\nunknown DISALLOWED_ELEMENT_REMOVED\n"
         "bean DISALLOWED_ELEMENT_REMOVED\n"},
        /* Names are case-sensitive. */
        {"<broker " XMLNS " ADVISORYSUPPORT='false'><Plugins/></broker>", EMPTY,
         "broker@ADVISORYSUPPORT DISALLOWED_ATTRIBUTE_REMOVED\n"
         "Plugins DISALLOWED_ELEMENT_REMOVED\n"},
        /* Sorted by byte. */
        {OPEN "<destinations><queue physicalName='a' DLQ='true'/></destinations></broker>",
         HEAD "<broker " XMLNS ">\n  <destinations>\n    <queue DLQ=\"true\" physicalName=\"a\"/>\n"
              "  </destinations>\n</broker>\n",
         ""},
        /* A second collection of a name stays where it is. */
        {OPEN "<plugins/><destinations/><plugins/></broker>",
         HEAD "<broker " XMLNS ">\n  <plugins/>\n  <destinations/>\n  <plugins/>\n</broker>\n", ""},
        {OPEN "<destinationPolicy/><destinationPolicy/></broker>",
         HEAD "<broker " XMLNS ">\n  <destinationPolicy/>\n  <destinationPolicy/>\n</broker>\n",
         ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].xml, cases[i].stored, cases[i].warnings);
}

/* In their place; they count for nothing else. */
static void comments_are_kept(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *stored, *warnings;
    } cases[] = {
        {"<!--a--> <!-- b\r\n-->" OPEN "<!-- c --></broker><!----><!-- <d> && -->",
         HEAD "<!--a-->\n<!-- b\n-->\n<broker " XMLNS "><!-- c --></broker>\n<!---->\n"
              "<!-- <d> && -->\n",
         ""},
        {OPEN "<!--a--><plugins><!--b--><!--c--></plugins>text<!--d\n  e--><destinations>"
              "<queue><!--f--></queue><x/><!--x--></destinations></broker>",
         HEAD "<broker " XMLNS ">\n  <!--a-->\n  <plugins><!--b--><!--c--></plugins>\n"
              "  <!--d\n  e-->\n  <destinations>\n    <queue><!--f--></queue>\n    <!--x-->\n"
              "  </destinations>\n</broker>\n",
         "x DISALLOWED_ELEMENT_REMOVED\n"},
        {OPEN "<x><!-- gone --><!-- too --></x></broker>", EMPTY, "x DISALLOWED_ELEMENT_REMOVED\n"},
        {OPEN "<!--${a}--><!--queue--></broker>",
         HEAD "<broker " XMLNS "><!--${a}--><!--queue--></broker>\n", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect(cases[i].xml, cases[i].stored, cases[i].warnings);
}

static void removes_expressions(void **state)
{
    (void)state;
    static const char *const removed[] = {"${a}",      "#{a}",   "x${a}y",   "x#{a}",   "${}",
                                          "#{}",       "}${a}",  "$${a}",    "${${a}}", "#{'}'}",
                                          "$&#123;a}", "{${a}}", "&#36;{a}", "}}#{x}"};
    static const char *const kept[] = {"$a", "{a}", "}${",  "$ {a}", "#",    "${",
                                       "}",  "${a", "a#{b", "$}{",   "$#a}", "tcp://h?x=%7B"};
    for (size_t i = 0; i < COUNT(removed); i++) {
        char xml[200];
        snprintf(xml, sizeof xml, "<broker " XMLNS " persistent=\"%s\"/>", removed[i]);
        expect(xml, EMPTY, "broker@persistent INVALID_ATTRIBUTE_VALUE_REMOVED\n");
    }
    for (size_t i = 0; i < COUNT(kept); i++) {
        char xml[200], stored[200];
        snprintf(xml, sizeof xml, "<broker " XMLNS " persistent='%s'/>", kept[i]);
        snprintf(stored, sizeof stored, HEAD "<broker persistent=\"%s\" " XMLNS "/>\n", kept[i]);
        expect(xml, stored, "");
    }
    /* An attribute that is not permitted is not permitted, whatever it holds. */
    expect("<broker " XMLNS " x='${a}'/>", EMPTY, "broker@x DISALLOWED_ATTRIBUTE_REMOVED\n");
    /* Removed before the schema is looked at. */
    expect(OPEN "<persistenceAdapter><kahaDB checkpointInterval='${a}'/></persistenceAdapter>"
                "</broker>",
           HEAD "<broker " XMLNS ">\n  <persistenceAdapter>\n    <kahaDB/>\n"
                "  </persistenceAdapter>\n</broker>\n",
           "kahaDB@checkpointInterval INVALID_ATTRIBUTE_VALUE_REMOVED\n");
}

static void namespaces_are_resolved(void **state)
{
    (void)state;
    static const char ns[] = "http://activemq.apache.org/schema/core";
    static const struct {
        const char *format, *stored, *warnings;
    } cases[] = {
        {"<amq:broker xmlns:amq='%s' schedulerSupport='true'><amq:plugins/></amq:broker>",
         HEAD "<broker schedulerSupport=\"true\" " XMLNS ">\n  <plugins/>\n</broker>\n", ""},
        {"<amq:broker xmlns:amq='%s'><plugins/></amq:broker>", EMPTY,
         "plugins DISALLOWED_ELEMENT_REMOVED\n"},
        {"<broker xmlns='%s' xmlns:x='urn:x' xmlns:y='urn:y'><x:plugins/></broker>", EMPTY,
         "plugins DISALLOWED_ELEMENT_REMOVED\n"},
        {"<broker xmlns='%s'><plugins xmlns='http://activemq.apache.org/schema/core'/>"
         "<destinations xmlns=''/></broker>",
         HEAD "<broker " XMLNS ">\n  <plugins/>\n</broker>\n",
         "destinations DISALLOWED_ELEMENT_REMOVED\n"},
        /* An attribute with a prefix is another attribute, with that of the schema too. */
        {"<a:broker xmlns:a='%s' a:schedulerSupport='true' schedulerSupport='false'/>",
         HEAD "<broker schedulerSupport=\"false\" " XMLNS "/>\n",
         "broker@schedulerSupport DISALLOWED_ATTRIBUTE_REMOVED\n"},
        {"<broker xmlns='%s' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
         "xsi:schemaLocation='a b' xml:lang='en'/>",
         EMPTY,
         "broker@lang DISALLOWED_ATTRIBUTE_REMOVED\n"
         "broker@schemaLocation DISALLOWED_ATTRIBUTE_REMOVED\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char xml[400];
        const char *mark = strstr(cases[i].format, "%s");
        snprintf(xml, sizeof xml, "%.*s%s%s", (int)(mark - cases[i].format), cases[i].format, ns,
                 mark + 2);
        expect(xml, cases[i].stored, cases[i].warnings);
    }
}

static void values_survive(void **state)
{
    (void)state;
    expect("<broker " XMLNS " persistent=' &quot;&apos;&lt;&amp;amp;&gt;&#9;&#10;&#13;\xC3\xA9"
           "\xF0\x9F\x98\x80 '/>",
           HEAD "<broker persistent=\" &quot;'&lt;&amp;amp;&gt;&#9;&#10;&#13;\xC3\xA9"
                "\xF0\x9F\x98\x80 \" " XMLNS "/>\n",
           "");
    expect("<?xml version='1.0' encoding='ISO-8859-1' standalone='no'?>"
           "<broker " XMLNS " persistent='\xE9'/>",
           HEAD "<broker persistent=\"\xC3\xA9\" " XMLNS "/>\n", "");
    expect("\xEF\xBB\xBF<broker " XMLNS " persistent=''/>",
           HEAD "<broker persistent=\"\" " XMLNS "/>\n", "");
}

static void ldap_has_a_map_of_its_own(void **state)
{
    (void)state;
    expect_with(true, LDAP_MAP,
                HEAD "<broker " XMLNS ">\n  <plugins>\n    <authorizationPlugin>\n      <map>\n"
                     "        <cachedLDAPAuthorizationMap legacyGroupMapping=\"false\" "
                     "queueSearchBase=\"q\" refreshInterval=\"0\" tempSearchBase=\"e\" "
                     "topicSearchBase=\"t\"/>\n"
                     "      </map>\n    </authorizationPlugin>\n  </plugins>\n</broker>\n",
                "cachedLDAPAuthorizationMap@connectionURL DISALLOWED_ATTRIBUTE_REMOVED\n");
    expect(LDAP_MAP,
           HEAD "<broker " XMLNS ">\n  <plugins>\n    <authorizationPlugin>\n      <map/>\n"
                "    </authorizationPlugin>\n  </plugins>\n</broker>\n",
           "cachedLDAPAuthorizationMap DISALLOWED_ELEMENT_REMOVED\n");
    expect(OPEN "<networkConnectors><networkConnector><uri><cachedLDAPAuthorizationMap/></uri>"
                "</networkConnector></networkConnectors></broker>",
           HEAD "<broker " XMLNS ">\n  <networkConnectors>\n    <networkConnector>\n      <uri/>\n"
                "    </networkConnector>\n  </networkConnectors>\n</broker>\n",
           "cachedLDAPAuthorizationMap DISALLOWED_ELEMENT_REMOVED\n");
}

/* 19, 20, 21 and 50 removed attributes and elements: the first 20 are reported, all are gone. */
static void twenty_warnings_are_reported(void **state)
{
    (void)state;
    static const size_t counts[] = {19, 20, 21, 50};
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct buffer attributes, elements, warnings;
        buffer_init(&attributes, ROOM);
        buffer_init(&elements, ROOM);
        buffer_init(&warnings, ROOM);
        buffer_append_string(&attributes, "<broker " XMLNS);
        buffer_append_string(&elements, OPEN);
        for (size_t n = counts[i]; n-- > 0;)
            buffer_printf(&attributes, " x%02zu='1'", n);
        for (size_t n = 0; n < counts[i]; n++)
            buffer_printf(&elements, "<x%02zu><y/></x%02zu>", n, n);
        buffer_append_string(&attributes, "/>");
        buffer_append_string(&elements, "</broker>");
        for (size_t n = 0; n < counts[i] && n < SANITIZER_MAX_WARNINGS; n++)
            buffer_printf(&warnings, "broker@x%02zu DISALLOWED_ATTRIBUTE_REMOVED\n", n);
        expect(attributes.data, EMPTY, warnings.data);
        buffer_clear(&warnings);
        for (size_t n = 0; n < counts[i] && n < SANITIZER_MAX_WARNINGS; n++)
            buffer_printf(&warnings, "x%02zu DISALLOWED_ELEMENT_REMOVED\n", n);
        expect(elements.data, EMPTY, warnings.data);
        buffer_close(&attributes);
        buffer_close(&elements);
        buffer_close(&warnings);
    }
}

static void refuses_other_documents(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *reason;
    } cases[] = {
        {"", "no element found at line [1], column [1]."},
        {"not xml", "syntax error at line [1], column [1]."},
        {OPEN "\n<plugins></broker>", "mismatched tag at line [2], column [12]."},
        {"<!DOCTYPE broker [<!ENTITY a 'b'>]>" OPEN "&a;</broker>",
         "DOCTYPE is disallowed at line [1], column [18]."},
        {"<broker/>", "cvc-elt.1.a: Cannot find the declaration of element 'broker'."},
        {"<broker xmlns='urn:x'/>",
         "cvc-elt.1.a: Cannot find the declaration of element 'broker'."},
        {"<broker xmlns='http://activemq.apache.org/schema/core/'/>",
         "cvc-elt.1.a: Cannot find the declaration of element 'broker'."},
        {"<queue " XMLNS "/>", "cvc-elt.1.a: Cannot find the declaration of element 'queue'."},
        {"<Broker " XMLNS "/>", "cvc-elt.1.a: Cannot find the declaration of element 'Broker'."},
        {"<beans xmlns='http://www.springframework.org/schema/beans'>" OPEN "</broker></beans>",
         "cvc-elt.1.a: Cannot find the declaration of element 'beans'."},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_invalid(cases[i].xml, cases[i].reason);
}

/* `depth` times a connector inside another, and in the last many small elements. */
static void append_deep(struct buffer *xml, size_t depth, size_t count)
{
    buffer_clear(xml);
    buffer_append_string(xml, OPEN "<networkConnectors>");
    for (size_t i = 0; i < depth; i++)
        buffer_append_string(xml, "<networkConnector><uri>");
    for (size_t i = 0; i < count; i++)
        buffer_append_string(xml, "<vmCursor/>");
    for (size_t i = 0; i < depth; i++)
        buffer_append_string(xml, "</uri></networkConnector>");
    buffer_append_string(xml, "</networkConnectors></broker>");
}

/* The longest text there may be, six times as long with its escapes; and with indentation more than
 * may be stored. */
static void size_is_bounded(void **state)
{
    (void)state;
    enum { LENGTH = 1 << 20 };
    struct buffer xml;
    struct arena arena;
    struct sanitized out;
    buffer_init(&xml, 2 * LENGTH);
    arena_init(&arena, ROOM);
    buffer_append_string(&xml, "<broker " XMLNS " persistent='");
    while (xml.len < LENGTH - 3)
        buffer_append_char(&xml, '"');
    buffer_append_string(&xml, "'/>");
    assert_int_equal(sanitize(&arena, buffer_slice(&xml), false, &out), RESULT_OK);
    assert_true(out.data.len > 6 * (xml.len - 200));
    buffer_append_char(&xml, ' ');
    expect_invalid(xml.data, "longer than 1048576 bytes.");
    append_deep(&xml, 48, 30000);
    arena_reset(&arena);
    assert_int_equal(sanitize(&arena, buffer_slice(&xml), false, &out), RESULT_OK);
    append_deep(&xml, 48, 45000);
    expect_invalid(xml.data, "The configuration is too large.");
    append_deep(&xml, 49, 1);
    expect_invalid(xml.data, "more than 100 levels at line [1], column [1213].");
    buffer_close(&xml);
    arena_close(&arena);
}

static void revision_1_is_canonical(void **state)
{
    (void)state;
    expect(revision_1, revision_1, "");
    expect_with(true, revision_1, revision_1, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_recorded),
        cmocka_unit_test(sanitizes_as_recorded),
        cmocka_unit_test(removes_what_is_not_permitted),
        cmocka_unit_test(comments_are_kept),
        cmocka_unit_test(removes_expressions),
        cmocka_unit_test(namespaces_are_resolved),
        cmocka_unit_test(values_survive),
        cmocka_unit_test(ldap_has_a_map_of_its_own),
        cmocka_unit_test(twenty_warnings_are_reported),
        cmocka_unit_test(refuses_other_documents),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(revision_1_is_canonical),
    };
    return cmocka_run_group_tests_name("activemq_configuration", tests, NULL, NULL);
}
