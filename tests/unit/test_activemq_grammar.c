/* mq/activemq_grammar: the tables are whole, versions choose among their rows, and all that they
 * permit is kept. tests/api/test_configurations_schema.py compares them with the schemas. */
#include "sanitizer.h"

#include "mq/activemq_grammar.h"

static const char *const versions[] = {"5.15", "5.16", "5.17", "5.18", "5.19"};

static void expect_elements(const struct activemq_collection *collection)
{
    const char *list = collection->of;
    size_t count = 0;
    const struct activemq_grammar ldap = activemq_grammar_of(SLICE("5.19"), true);
    for (struct slice name; activemq_word_next(&list, &name); count++)
        if (!slice_equal(name, SLICE(ACTIVEMQ_ANY)))
            assert_non_null(activemq_element_find(&ldap, name));
    assert_true(count > 0);
}

static void the_tables_are_whole(void **state)
{
    (void)state;
    const struct activemq_grammar newest = activemq_grammar_of(SLICE("5.19"), true);
    for (size_t i = 0; i < activemq_element_count; i++) {
        const struct activemq_element *element = &activemq_elements[i];
        struct activemq_attribute attribute;
        struct slice before = {"", 0};
        if (i > 0)
            assert_true(strcmp(activemq_elements[i - 1].name, element->name) < 0);
        assert_ptr_equal(activemq_element_find(&newest, slice_of(element->name)), element);
        for (const char *list = element->attributes; activemq_attribute_next(&list, &attribute);) {
            assert_true(activemq_compare(before, attribute.name) < 0);
            assert_non_null(activemq_attribute_type(&newest, element, attribute.name));
            before = attribute.name;
        }
        for (const struct activemq_collection *c = element->collections; c && c->name; c++)
            expect_elements(c);
    }
    assert_null(activemq_element_find(&newest, SLICE("brok")));
    assert_null(activemq_element_find(&newest, SLICE("brokers")));
    assert_null(activemq_element_find(&newest, SLICE("")));
}

static void versions_choose_their_grammar(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        unsigned chosen;
        bool uncommitted, repeats; /* from 5.19 on, from 5.16 on */
    } cases[] = {
        {"5.15", 515, false, false},   {"5.16.7", 516, false, true}, {"5.18", 518, false, true},
        {"5.18.99", 518, false, true}, {"5.19.1", 519, true, true},  {"5.20", 520, true, true},
        {"6.0.1", 600, true, true},    {"5.9", 515, false, false},   {"4.1", 515, false, false},
        {"5", 515, false, false},      {"", 515, false, false},      {"x.y", 515, false, false},
        {"999.1", 515, false, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct activemq_grammar grammar = activemq_grammar_of(slice_of(cases[i].version), false);
        const struct activemq_element *broker = activemq_element_find(&grammar, SLICE("broker"));
        assert_int_equal(grammar.version, cases[i].chosen);
        assert_int_equal(activemq_attribute_type(&grammar, broker, SLICE("maxUncommittedCount")) !=
                             NULL,
                         cases[i].uncommitted);
        assert_int_equal(
            activemq_attribute_type(&grammar, broker, SLICE("maxSchedulerRepeatAllowed")) != NULL,
            cases[i].repeats);
    }
}

static const char *good_value(const struct activemq_type *type)
{
    static char first[40];
    struct slice value;
    const char *values = type->values;
    if (type->most)
        return type->most;
    if (!activemq_word_next(&values, &value))
        return type->lexical == ACTIVEMQ_STRING ? "a - b" : "1";
    snprintf(first, sizeof first, "%.*s", (int)value.len, value.data);
    return first;
}

/* A wildcard holds any element, so that one road leads to all. */
#define ROAD                                                                   \
    HEAD "<broker " XMLNS ">\n  <networkConnectors>\n    <networkConnector>\n" \
         "      <connectionFilter>\n        <"
#define ROAD_BACK \
    "      </connectionFilter>\n    </networkConnector>\n  </networkConnectors>\n</broker>\n"

/* The element with every attribute and every collection that may be empty. */
static void append_all(struct buffer *xml, const struct activemq_grammar *grammar,
                       const struct activemq_element *element)
{
    struct activemq_attribute attribute;
    size_t collections = 0;
    buffer_append_string(xml, element->name);
    for (const char *list = element->attributes; activemq_attribute_next(&list, &attribute);) {
        const struct activemq_type *type =
            activemq_attribute_type(grammar, element, attribute.name);
        if (type)
            buffer_printf(xml, " %.*s=\"%s\"", (int)attribute.name.len, attribute.name.data,
                          good_value(type));
    }
    for (const struct activemq_collection *c = element->collections; c && c->name; c++)
        if (c->since <= grammar->version && (c->required == 0 || c->required > grammar->version))
            buffer_printf(xml, "%s          <%s/>\n", collections++ > 0 ? "" : ">\n", c->name);
    if (collections > 0)
        buffer_printf(xml, "        </%s>\n", element->name);
    else
        buffer_append_string(xml, "/>\n");
}

static void keeps_all_that_is_permitted(void **state)
{
    (void)state;
    for (size_t i = 0; i < activemq_element_count * COUNT(versions); i++) {
        const struct activemq_element *element = &activemq_elements[i / COUNT(versions)];
        const char *version = versions[i % COUNT(versions)];
        struct activemq_grammar grammar = activemq_grammar_of(slice_of(version), element->ldap);
        struct buffer xml;
        struct arena arena;
        struct sanitized out;
        buffer_init(&xml, ROOM);
        arena_init(&arena, ROOM);
        buffer_append_string(&xml, ROAD);
        append_all(&xml, &grammar, element);
        buffer_append_string(&xml, ROAD_BACK);
        enum result result = sanitize_for(version, &arena, buffer_slice(&xml), element->ldap, &out);
        if (element->required)
            assert_int_equal(result, RESULT_INVALID); /* its content is missing */
        else
            assert_slice(out.data, xml.data);
        assert_int_equal(out.warning_count, 0);
        buffer_close(&xml);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_are_whole),
        cmocka_unit_test(versions_choose_their_grammar),
        cmocka_unit_test(keeps_all_that_is_permitted),
    };
    return cmocka_run_group_tests_name("activemq_grammar", tests, NULL, NULL);
}
