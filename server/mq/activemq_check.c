#include "mq/activemq_check.h"

#include <inttypes.h>
#include <stdlib.h>

enum { QUOTED_MAX = 200 }; /* bytes of a value or name in a reason */

/* The first breach answers, in the words of Xerces. Recorded is the pair for an enumeration; the
 * others are the messages of the same validator. */

struct check {
    struct arena *arena;
    struct slice *reason;
    bool ldap;
};

struct activemq_place activemq_place_inside(struct activemq_place outer,
                                            const struct xml_element *child, bool ldap)
{
    struct activemq_place nowhere = {NULL, NULL};
    if (child->foreign)
        return nowhere;
    if (outer.element)
        return (struct activemq_place){NULL, activemq_collection_find(outer.element, child->name)};
    const struct activemq_element *element = activemq_element_find(child->name);
    if (!element || !activemq_collection_holds(outer.collection, element) ||
        (element->ldap && !ldap))
        return nowhere;
    return (struct activemq_place){element, NULL};
}

static enum result invalid(struct check *check, const char *reason)
{
    if (!reason)
        return RESULT_NO_MEMORY;
    *check->reason = slice_of(reason);
    return RESULT_INVALID;
}

/* The bytes of the control character that begins here: 0, 1 or, for U+0080 to U+009F, 2. */
static size_t control_character(struct slice text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    if (*bytes < ' ' || *bytes == 0x7F)
        return 1;
    return *bytes == 0xC2 && at + 1 < text.len && bytes[1] < 0xA0 ? 2 : 0;
}

const char *activemq_quotable(struct arena *arena, struct slice text)
{
    bool cut = text.len > QUOTED_MAX;
    if (cut)
        for (text.len = QUOTED_MAX; ((unsigned char)text.data[text.len] & 0xC0) == 0x80;)
            text.len--;
    char *copy = arena_alloc(arena, text.len + sizeof "...");
    if (!copy)
        return NULL;
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        size_t control = control_character(text, i);
        copy[len++] = control > 0 ? ' ' : text.data[i];
        i += control > 0 ? control : 1;
    }
    memcpy(copy + len, cut ? "..." : "", cut ? sizeof "..." : 1);
    return copy;
}

static struct slice without_outer_space(struct slice text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.data[text.len - 1]))
        text.len--;
    while (text.len > 0 && strchr(" \t\r\n", text.data[0]))
        text = (struct slice){text.data + 1, text.len - 1};
    return text;
}

/* False: no integer. One too large for the type is the largest. */
static bool read_integer(struct slice text, int64_t *number)
{
    enum { ROOM = 18 }; /* that many digits always fit */
    bool negative = text.len > 0 && text.data[0] == '-';
    size_t at = negative || (text.len > 0 && text.data[0] == '+');
    if (at == text.len)
        return false;
    *number = 0;
    for (size_t digits = 0; at < text.len; at++) {
        if (text.data[at] < '0' || text.data[at] > '9')
            return false;
        digits += digits > 0 || text.data[at] != '0';
        *number = digits > ROOM ? INT64_MAX : *number * 10 + (text.data[at] - '0');
    }
    *number = negative ? -*number : *number;
    return true;
}

/* What is wrong with the value, or "". NULL: no memory. */
static const char *range_fault(struct check *check, struct slice value,
                               const struct activemq_type *type)
{
    int64_t number;
    value = without_outer_space(value);
    const char *quoted = activemq_quotable(check->arena, value);
    if (!quoted)
        return NULL;
    if (!read_integer(value, &number))
        return arena_printf(check->arena,
                            "cvc-datatype-valid.1.2.1: '%s' is not a valid value for 'integer'.",
                            quoted);
    if (number >= type->least && number <= type->most)
        return "";
    const char *facet = number < type->least ? "minInclusive" : "maxInclusive";
    return arena_printf(check->arena,
                        "cvc-%s-valid: Value '%s' is not facet-valid with respect to %s "
                        "'%" PRId64 "' for type '%s'.",
                        facet, quoted, facet, number < type->least ? type->least : type->most,
                        type->reported);
}

static const char *enumeration_fault(struct check *check, struct slice value,
                                     const struct activemq_type *type)
{
    const char *all = "", *quoted = activemq_quotable(check->arena, value);
    for (size_t i = 0; i < ACTIVEMQ_MOST_VALUES && type->values[i]; i++) {
        if (slice_equal(value, slice_of(type->values[i])))
            return "";
        all = arena_printf(check->arena, "%s%s%s", all, i > 0 ? ", " : "", type->values[i]);
        if (!all)
            return NULL;
    }
    if (!quoted)
        return NULL;
    return arena_printf(check->arena,
                        "cvc-enumeration-valid: Value '%s' is not facet-valid with respect to "
                        "enumeration '[%s]'. It must be a value from the enumeration.",
                        quoted, all);
}

static enum result check_attributes(struct check *check, const struct xml_element *node,
                                    const struct activemq_element *element)
{
    for (size_t i = 0; i < node->attribute_count; i++) {
        const struct xml_attribute *attribute = &node->attributes[i];
        const struct activemq_type *type = NULL;
        if (!activemq_attribute_find(element, attribute->name, &type) || !type)
            continue;
        const char *fault = type->values[0] ? enumeration_fault(check, attribute->value, type)
                                            : range_fault(check, attribute->value, type);
        const char *value = activemq_quotable(check->arena, attribute->value);
        if (!fault || !value)
            return RESULT_NO_MEMORY;
        if (*fault)
            return invalid(check, arena_printf(check->arena,
                                               "cvc-attribute.3: The value '%s' of attribute '%s' "
                                               "on element '%s' is not valid with respect to its "
                                               "type, '%s'. and %s",
                                               value, attribute->name.data, node->name.data,
                                               type->reported, fault));
    }
    return RESULT_OK;
}

static enum result not_complete(struct check *check, const struct xml_element *node,
                                struct activemq_place place)
{
    const char *expected = "", *name;
    for (size_t i = 0;; i++) {
        if (place.element)
            name = place.element->collections[i].name;
        else
            name = i < ACTIVEMQ_MOST_HELD ? place.collection->of[i] : NULL;
        if (!name)
            break;
        expected = arena_printf(check->arena, "%s%s\"%s\":%s", expected, i > 0 ? ", " : "",
                                ACTIVEMQ_NAMESPACE, name);
        if (!expected)
            return RESULT_NO_MEMORY;
    }
    return invalid(check, arena_printf(check->arena,
                                       "cvc-complex-type.2.4.b: The content of element '%s' is not "
                                       "complete. One of '{%s}' is expected.",
                                       node->name.data, expected));
}

static bool is_single(struct activemq_place place)
{
    if (place.collection)
        return place.collection->single && place.collection->wildcard != ACTIVEMQ_ANY;
    return place.element && place.element->single;
}

static bool is_required(struct activemq_place place)
{
    return place.collection ? place.collection->required : place.element && place.element->required;
}

struct key_value {
    struct slice value;
    size_t order; /* in the text */
};

struct key_values {
    struct key_value *values; /* NULL: to be counted only */
    size_t count;
    bool missing; /* an entry has none */
};

static void collect(struct key_values *found, const struct xml_element *node,
                    const struct activemq_key *key)
{
    for (const struct xml_element *child = node->first; child; child = child->next) {
        size_t i = 0;
        collect(found, child, key);
        if (!slice_equal(child->name, slice_of(key->entry)))
            continue;
        while (i < child->attribute_count &&
               !slice_equal(child->attributes[i].name, slice_of(key->attribute)))
            i++;
        if (i == child->attribute_count) {
            found->missing = true;
            continue;
        }
        if (found->values)
            found->values[found->count] =
                (struct key_value){child->attributes[i].value, found->count};
        found->count++;
    }
}

static int compare_values(const void *a, const void *b)
{
    const struct key_value *x = a, *y = b;
    int order = activemq_compare(x->value, y->value);
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* The first in the text that stands there already; NULL: none. Sorts them. */
static const struct key_value *first_repeated(struct key_values *found)
{
    const struct key_value *first = NULL;
    qsort(found->values, found->count, sizeof *found->values, compare_values);
    for (size_t i = 1; i < found->count; i++) {
        const struct key_value *value = &found->values[i];
        if (slice_equal(value[-1].value, value->value) && (!first || value->order < first->order))
            first = value;
    }
    return first;
}

static enum result check_key(struct check *check, const struct xml_element *node,
                             const struct activemq_key *key)
{
    struct key_values found = {NULL, 0, false};
    collect(&found, node, key);
    if (found.missing && key->required)
        return invalid(check, arena_printf(check->arena,
                                           "cvc-identity-constraint.4.2.1.a: Element \"%s\" has "
                                           "no value for the key \"%s\".",
                                           key->holder, key->name));
    if (found.count < 2)
        return RESULT_OK;
    found.values = arena_alloc(check->arena, found.count * sizeof *found.values);
    if (!found.values)
        return RESULT_NO_MEMORY;
    found.count = 0;
    collect(&found, node, key);
    const struct key_value *repeated = first_repeated(&found);
    if (!repeated)
        return RESULT_OK;
    const char *quoted = activemq_quotable(check->arena, repeated->value);
    if (!quoted)
        return RESULT_NO_MEMORY;
    return invalid(check,
                   arena_printf(check->arena,
                                "cvc-identity-constraint.%s value [%s] declared for "
                                "identity constraint \"%s\" of element \"%s\".",
                                key->required ? "4.2.2: Duplicate key" : "4.1: Duplicate unique",
                                quoted, key->name, key->holder));
}

static enum result check_children(struct check *check, const struct xml_element *node,
                                  struct activemq_place place);

static enum result check_node(struct check *check, const struct xml_element *node,
                              struct activemq_place place)
{
    enum result result = RESULT_OK;
    if (place.element)
        result = check_attributes(check, node, place.element);
    if (result == RESULT_OK)
        result = check_children(check, node, place);
    for (size_t i = 0; result == RESULT_OK && i < activemq_key_count; i++)
        if (slice_equal(node->name, slice_of(activemq_keys[i].holder)))
            result = check_key(check, node, &activemq_keys[i]);
    return result;
}

static enum result check_children(struct check *check, const struct xml_element *node,
                                  struct activemq_place place)
{
    if (!node->first && is_required(place))
        return not_complete(check, node, place);
    for (const struct xml_element *child = node->first; child; child = child->next) {
        if (child != node->first && is_single(place))
            return invalid(check, arena_printf(check->arena,
                                               "cvc-complex-type.2.4.d: Invalid content was found "
                                               "starting with element '%s'. No child element is "
                                               "expected at this point.",
                                               child->name.data));
        enum result result =
            check_node(check, child, activemq_place_inside(place, child, check->ldap));
        if (result)
            return result;
    }
    return RESULT_OK;
}

enum result activemq_check(const struct xml_element *root, bool ldap, struct arena *arena,
                           struct slice *reason)
{
    struct check check = {arena, reason, ldap};
    struct activemq_place place = {activemq_element_find(root->name), NULL};
    return check_node(&check, root, place);
}
