/* mq/activemq_grammar: the tables are those of the data, and all they permit is kept. */
#include "sanitizer.h"

#include <cjson/cJSON.h>

#include "mq/activemq_grammar.h"

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

/* The tables against the data they were made from. */

static void compare_type(const cJSON *json, const struct activemq_type *type)
{
    assert_non_null(json);
    assert_string_equal(string_member(json, "base"), type->base);
    const cJSON *values = member(json, "enum"), *value;
    size_t count = 0;
    cJSON_ArrayForEach(value, values)
    {
        assert_true(count < ACTIVEMQ_MOST_VALUES);
        assert_string_equal(cJSON_GetStringValue(value), type->values[count++]);
    }
    if (count < ACTIVEMQ_MOST_VALUES)
        assert_null(type->values[count]);
    if (values)
        return;
    assert_int_equal(member(json, "min")->valueint, type->least);
    assert_int_equal(member(json, "max")->valueint, type->most);
}

static void compare_limits(const cJSON *json, bool required, bool single)
{
    const cJSON *least = member(json, "min"), *most = member(json, "max");
    assert_int_equal(required, least ? least->valueint : 0);
    assert_true(single ? most && most->valueint == 1 : !most || cJSON_IsNull(most));
}

static void compare_collection(const char *element, const cJSON *json,
                               const struct activemq_collection *collection)
{
    const cJSON *any = member(json, "any"), *name;
    size_t count = 0;
    compare_limits(json, collection->required, collection->single);
    cJSON_ArrayForEach(name, member(json, "of"))
    {
        assert_true(count < ACTIVEMQ_MOST_HELD);
        assert_non_null(activemq_element_find(slice_of(cJSON_GetStringValue(name))));
        assert_string_equal(cJSON_GetStringValue(name), collection->of[count++]);
    }
    if (strcmp(element, "authorizationPlugin") == 0)
        assert_string_equal(collection->of[count++], "cachedLDAPAuthorizationMap");
    if (count < ACTIVEMQ_MOST_HELD)
        assert_null(collection->of[count]);
    switch (collection->wildcard) {
    case ACTIVEMQ_NONE:
        assert_null(any);
        break;
    case ACTIVEMQ_ANY:
        assert_string_equal(string_member(any, "namespace"), "##any");
        assert_true(cJSON_IsNull(member(any, "max")));
        break;
    case ACTIVEMQ_OTHER:
        assert_string_equal(string_member(any, "namespace"), "##other");
        assert_int_equal(member(any, "max")->valueint, 1);
        break;
    }
}

static void compare_attributes(const cJSON *json, const struct activemq_element *element)
{
    const char *list = element->attributes;
    struct slice name, type, before = {"", 0};
    int count = 0;
    while (activemq_attribute_next(&list, &name, &type)) {
        char key[100];
        const struct activemq_type *checked = NULL;
        assert_true(activemq_compare(before, name) < 0);
        snprintf(key, sizeof key, "%.*s", (int)name.len, name.data);
        assert_slice(type, string_member(json, key));
        assert_true(activemq_attribute_find(element, name, &checked));
        assert_int_equal(checked != NULL,
                         type.len > strlen("boolean") || slice_equal(type, SLICE("protocol")));
        before = name;
        count++;
    }
    assert_int_equal(count, cJSON_GetArraySize(json));
}

static void compare_element(const cJSON *json, const struct activemq_element *element)
{
    const cJSON *collections = member(json, "collections");
    int count = 0;
    compare_attributes(member(json, "attributes"), element);
    compare_limits(member(json, "content"), element->required, element->single);
    for (const struct activemq_collection *c = element->collections; c && c->name; c++, count++) {
        assert_non_null(member(collections, c->name));
        compare_collection(element->name, member(collections, c->name), c);
    }
    assert_int_equal(count, cJSON_GetArraySize(collections));
    assert_false(element->ldap);
}

/* `name (kind, … entry …`, its attribute and what must hold for it. */
static void compare_key(const cJSON *elements, const char *element, const struct activemq_key *key)
{
    const cJSON *text;
    char begin[100];
    snprintf(begin, sizeof begin, "%s (%s", key->name, key->required ? "key" : "unique");
    cJSON_ArrayForEach(text, member(member(elements, element), "keys"))
    {
        const char *says = cJSON_GetStringValue(text);
        if (strncmp(says, begin, strlen(begin)) != 0)
            continue;
        assert_non_null(strstr(says, key->holder));
        assert_non_null(strstr(says, key->entry));
        assert_non_null(strstr(says, key->attribute));
        return;
    }
    fail_msg("%s", key->name);
}

static void the_grammar_is_that_of_the_data(void **state)
{
    (void)state;
    cJSON *json = read_json(TEST_DATA "/activemq-configuration.json");
    const cJSON *elements = member(json, "elements"), *types = member(json, "types"), *element;
    int known = 0, keys = 0;
    assert_string_equal(string_member(json, "namespace"), ACTIVEMQ_NAMESPACE);
    assert_string_equal(string_member(json, "root"), ACTIVEMQ_ROOT);
    assert_int_equal(activemq_type_count, cJSON_GetArraySize(types));
    for (size_t i = 0; i < activemq_type_count; i++)
        compare_type(member(types, activemq_types[i].name), &activemq_types[i]);
    for (size_t i = 0; i < activemq_element_count; i++) {
        const char *name = activemq_elements[i].name;
        if (i > 0)
            assert_true(strcmp(activemq_elements[i - 1].name, name) < 0);
        assert_ptr_equal(activemq_element_find(slice_of(name)), &activemq_elements[i]);
        if (strcmp(name, "cachedLDAPAuthorizationMap") == 0)
            continue;
        assert_non_null(member(elements, name));
        compare_element(member(elements, name), &activemq_elements[i]);
        known++;
    }
    assert_int_equal(known, cJSON_GetArraySize(elements));
    cJSON_ArrayForEach(element, elements) keys += cJSON_GetArraySize(member(element, "keys"));
    assert_int_equal(keys, activemq_key_count);
    for (size_t i = 0; i < activemq_key_count; i++)
        compare_key(elements, i == 0 ? "broker" : "policyMap", &activemq_keys[i]);
    assert_null(activemq_element_find(SLICE("brok")));
    assert_null(activemq_element_find(SLICE("brokers")));
    assert_null(activemq_element_find(SLICE("")));
    cJSON_Delete(json);
}

/* Every element in every place of the grammar, with every attribute, is kept. */
static void keeps_all_that_is_permitted(void **state)
{
    (void)state;
    for (size_t i = 0; i < activemq_element_count; i++) {
        const struct activemq_element *element = &activemq_elements[i];
        struct buffer xml;
        struct arena arena;
        struct sanitized out;
        struct slice name, type;
        const char *list = element->attributes;
        buffer_init(&xml, ROOM);
        arena_init(&arena, ROOM);
        /* A wildcard holds any element, so that one road leads to all. */
        buffer_printf(&xml,
                      HEAD "<broker " XMLNS ">\n  <networkConnectors>\n"
                           "    <networkConnector>\n      <uri>\n        <%s",
                      element->name);
        while (activemq_attribute_next(&list, &name, &type)) {
            const struct activemq_type *checked = NULL;
            assert_true(activemq_attribute_find(element, name, &checked));
            buffer_printf(&xml, " %.*s=\"", (int)name.len, name.data);
            if (checked && !checked->values[0])
                buffer_printf(&xml, "%d\"", (int)checked->most);
            else
                buffer_printf(&xml, "%s\"", checked ? checked->values[0] : "a > b");
        }
        while (strstr(xml.data, "a > b"))
            memcpy(strstr(xml.data, "a > b"), "a - b", 5);
        buffer_append_string(&xml, element->required || !element->collections ? "/>\n" : ">\n");
        if (!element->required && element->collections) {
            for (const struct activemq_collection *c = element->collections; c->name; c++)
                buffer_printf(&xml, "          <%s/>\n", c->name);
            buffer_printf(&xml, "        </%s>\n", element->name);
        }
        buffer_append_string(&xml, "      </uri>\n    </networkConnector>\n"
                                   "  </networkConnectors>\n</broker>\n");
        enum result result = sanitize(&arena, buffer_slice(&xml), element->ldap, &out);
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
        cmocka_unit_test(the_grammar_is_that_of_the_data),
        cmocka_unit_test(keeps_all_that_is_permitted),
    };
    return cmocka_run_group_tests_name("activemq_grammar", tests, NULL, NULL);
}
