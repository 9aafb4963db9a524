#include "mq/activemq_check.h"

#include <stdlib.h>

#include "base/text.h"

enum {
    QUOTED_MAX = 200,            /* bytes of a value or name in a reason */
    MOST_IN_REASONS = 128 << 10, /* bytes; that many breaches need less */
};

/* In the words of Xerces. Recorded is the pair for an enumeration; the others are the messages of
 * the same validator, which tells all breaches. */

/* Of one key, while the check is inside its holder. */
struct open_key {
    bool *repeats; /* for each value, in the order of the text; NULL: it is outside */
    size_t next;
};

struct check {
    const struct activemq_grammar *grammar;
    struct arena *arena;
    struct buffer reasons;
    size_t breaches;
    struct open_key open[ACTIVEMQ_KEYS];
    bool no_memory;
};

struct activemq_place activemq_place_inside(const struct activemq_grammar *grammar,
                                            struct activemq_place outer,
                                            const struct xml_element *child)
{
    struct activemq_place inside = {NULL, NULL};
    if (child->foreign)
        return inside;
    if (outer.element) {
        inside.collection = activemq_collection_find(grammar, outer.element, child->name);
        return inside;
    }
    inside.element = activemq_element_find(grammar, child->name);
    if (inside.element && !activemq_collection_holds(outer.collection, inside.element))
        inside.element = NULL;
    return inside;
}

void activemq_append_quotable(struct buffer *out, struct slice text)
{
    bool cut = text.len > QUOTED_MAX;
    if (cut)
        for (text.len = QUOTED_MAX; ((unsigned char)text.data[text.len] & 0xC0) == 0x80;)
            text.len--;
    for (size_t i = 0; i < text.len;) {
        size_t control = text_control(slice_part(text, i, text.len - i));
        buffer_append_char(out, control > 0 ? ' ' : text.data[i]);
        i += control > 0 ? control : 1;
    }
    buffer_append_string(out, cut ? "..." : "");
}

/* False: no more is told. */
static bool begin_breach(struct check *check)
{
    if (check->breaches == ACTIVEMQ_MAX_BREACHES)
        return false;
    buffer_append_string(&check->reasons, check->breaches++ > 0 ? " and " : "");
    return true;
}

/* `before`, the text, `after`. */
static void quote(struct check *check, const char *before, struct slice text, const char *after)
{
    buffer_append_string(&check->reasons, before);
    activemq_append_quotable(&check->reasons, text);
    buffer_append_string(&check->reasons, after);
}

/* --- Values --- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice without_outer_space(struct slice text)
{
    while (text.len > 0 && is_space(text.data[text.len - 1]))
        text.len--;
    while (text.len > 0 && is_space(text.data[0]))
        text = (struct slice){text.data + 1, text.len - 1};
    return text;
}

/* Takes a sign off the text. */
static bool take_sign(struct slice *text, char *sign)
{
    *sign = text->len > 0 && (*text->data == '-' || *text->data == '+') ? *text->data : '\0';
    if (*sign)
        *text = (struct slice){text->data + 1, text->len - 1};
    return *sign != '\0';
}

static size_t take_digits(struct slice *text)
{
    size_t count = 0;
    while (count < text->len && text_is_digit(text->data[count]))
        count++;
    *text = (struct slice){text->data + count, text->len - count};
    return count;
}

static bool take_character(struct slice *text, const char *any_of)
{
    if (text->len == 0 || !*text->data || !strchr(any_of, *text->data))
        return false;
    *text = (struct slice){text->data + 1, text->len - 1};
    return true;
}

static bool is_integer(struct slice text)
{
    char sign;
    take_sign(&text, &sign);
    return take_digits(&text) > 0 && text.len == 0;
}

static bool is_double(struct slice text)
{
    char sign;
    if (slice_equal(text, SLICE("INF")) || slice_equal(text, SLICE("-INF")) ||
        slice_equal(text, SLICE("NaN")))
        return true;
    take_sign(&text, &sign);
    size_t digits = take_digits(&text);
    if (take_character(&text, "."))
        digits += take_digits(&text);
    if (digits == 0)
        return false;
    if (take_character(&text, "eE")) {
        take_sign(&text, &sign);
        if (take_digits(&text) == 0)
            return false;
    }
    return text.len == 0;
}

/* Two integers of any length: negative, 0 or positive. */
static int compare_integers(struct slice a, struct slice b)
{
    char sign_a, sign_b;
    take_sign(&a, &sign_a);
    take_sign(&b, &sign_b);
    while (take_character(&a, "0"))
        continue;
    while (take_character(&b, "0"))
        continue;
    bool negative_a = sign_a == '-' && a.len > 0, negative_b = sign_b == '-' && b.len > 0;
    if (negative_a != negative_b)
        return negative_a ? -1 : 1;
    int order = a.len != b.len ? (a.len > b.len) - (a.len < b.len) : activemq_compare(a, b);
    return negative_a ? -order : order;
}

static bool is_listed(const char *values, struct slice value)
{
    struct slice listed;
    while (activemq_word_next(&values, &listed))
        if (slice_equal(listed, value))
            return true;
    return false;
}

/* What a type says of a value: NULL is nothing, else the facet or lexical form that is missed. */
static const char *fault_of(const struct activemq_type *type, struct slice value)
{
    switch (type->lexical) {
    case ACTIVEMQ_STRING:
        return type->values && !is_listed(type->values, value) ? "enumeration" : NULL;
    case ACTIVEMQ_BOOLEAN:
        return is_listed("true false 1 0", value) ? NULL : "boolean";
    case ACTIVEMQ_DOUBLE:
        return is_double(value) ? NULL : "double";
    case ACTIVEMQ_INTEGER:
        break;
    }
    if (!is_integer(value))
        return "integer";
    if (type->most && compare_integers(value, slice_of(type->most)) > 0)
        return "maxInclusive";
    return type->least && compare_integers(value, slice_of(type->least)) < 0 ? "minInclusive"
                                                                             : NULL;
}

/* The second half of a pair. */
static void tell_fault(struct check *check, const struct activemq_type *type, struct slice value,
                       const char *fault)
{
    struct buffer *out = &check->reasons;
    const char *limit = strcmp(fault, "minInclusive") == 0 ? type->least : type->most;
    if (strcmp(fault, "enumeration") == 0) {
        quote(check, "cvc-enumeration-valid: Value '", value,
              "' is not facet-valid with respect to enumeration '[");
        const char *values = type->values;
        for (struct slice listed; activemq_word_next(&values, &listed);) {
            buffer_append_slice(out, listed);
            buffer_append_string(out, *values ? ", " : "");
        }
        buffer_append_string(out, "]'. It must be a value from the enumeration.");
    } else if (strstr(fault, "Inclusive")) {
        buffer_printf(out, "cvc-%s-valid: Value '", fault);
        quote(check, "", value, "' is not facet-valid with respect to ");
        buffer_printf(out, "%s '%s' for type '%s'.", fault, limit, type->reported);
    } else {
        quote(check, "cvc-datatype-valid.1.2.1: '", value, "' is not a valid value for '");
        buffer_printf(out, "%s'.", fault);
    }
}

static void check_attribute(struct check *check, const struct xml_element *node,
                            const struct activemq_element *element,
                            const struct xml_attribute *attribute)
{
    const struct activemq_type *type =
        activemq_attribute_type(check->grammar, element, attribute->name);
    if (!type)
        return;
    struct slice value =
        type->lexical == ACTIVEMQ_STRING ? attribute->value : without_outer_space(attribute->value);
    const char *fault = fault_of(type, value);
    if (!fault || !begin_breach(check))
        return;
    quote(check, "cvc-attribute.3: The value '", attribute->value, "' of attribute '");
    buffer_printf(&check->reasons,
                  "%s' on element '%s' is not valid with respect to its type, '%s'. and ",
                  attribute->name.data, node->name.data, type->reported);
    tell_fault(check, type, value, fault);
}

/* --- Keys --- */

static const struct xml_attribute *attribute_of(const struct xml_element *node, const char *name)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (slice_equal(node->attributes[i].name, slice_of(name)))
            return &node->attributes[i];
    return NULL;
}

struct key_value {
    struct slice value;
    size_t order; /* in the text */
};

/* Counts the values of a key below the node, and collects them where there are `values`. */
static size_t collect(struct key_value *values, size_t count, const struct xml_element *node,
                      const struct activemq_key *key)
{
    for (const struct xml_element *child = node->first; child; child = child->next) {
        const struct xml_attribute *attribute = NULL;
        if (!child->comment && slice_equal(child->name, slice_of(key->entry)))
            attribute = attribute_of(child, key->attribute);
        if (attribute && values)
            values[count] = (struct key_value){attribute->value, count};
        count = collect(values, count + (attribute != NULL), child, key);
    }
    return count;
}

static int compare_values(const void *a, const void *b)
{
    const struct key_value *x = a, *y = b;
    int order = activemq_compare(x->value, y->value);
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* Finds out which values stand in the holder before. */
static bool open_key(struct check *check, struct open_key *open, const struct activemq_key *key,
                     const struct xml_element *holder)
{
    size_t count = collect(NULL, 0, holder, key);
    struct key_value *values = arena_alloc(check->arena, (count + 1) * sizeof *values);
    bool *repeats = arena_alloc(check->arena, (count + 1) * sizeof *repeats);
    if (!values || !repeats)
        return false;
    *open = (struct open_key){repeats, 0};
    collect(values, 0, holder, key);
    qsort(values, count, sizeof *values, compare_values);
    for (size_t i = 0; i < count; i++)
        repeats[values[i].order] = i > 0 && slice_equal(values[i - 1].value, values[i].value);
    return true;
}

static void tell_repeated(struct check *check, const struct activemq_key *key, struct slice value)
{
    if (!begin_breach(check))
        return;
    buffer_printf(&check->reasons, "cvc-identity-constraint.%s value [",
                  key->required ? "4.2.2: Duplicate key" : "4.1: Duplicate unique");
    quote(check, "", value, "] declared for identity constraint ");
    buffer_printf(&check->reasons, "\"%s\" of element \"%s\".", key->name, key->holder);
}

static void tell_missing(struct check *check, const struct activemq_key *key)
{
    if (begin_breach(check))
        buffer_printf(&check->reasons,
                      "cvc-identity-constraint.4.2.1.a: Element \"%s\" has no value for the key "
                      "\"%s\".",
                      key->holder, key->name);
}

/* The node begins: it may be an entry of the keys whose holder it stands in, or a holder. */
static void begin_keys(struct check *check, const struct xml_element *node)
{
    for (size_t i = 0; i < ACTIVEMQ_KEYS; i++) {
        const struct activemq_key *key = &activemq_keys[i];
        struct open_key *open = &check->open[i];
        const struct xml_attribute *attribute = attribute_of(node, key->attribute);
        if (slice_equal(node->name, slice_of(key->holder)))
            check->no_memory |= !open_key(check, open, key, node);
        else if (open->repeats && attribute && slice_equal(node->name, slice_of(key->entry)) &&
                 open->repeats[open->next++])
            tell_repeated(check, key, attribute->value);
    }
}

static void end_keys(struct check *check, const struct xml_element *node)
{
    for (size_t i = 0; i < ACTIVEMQ_KEYS; i++) {
        const struct activemq_key *key = &activemq_keys[i];
        if (slice_equal(node->name, slice_of(key->holder)))
            check->open[i].repeats = NULL;
        else if (key->required && check->open[i].repeats &&
                 slice_equal(node->name, slice_of(key->entry)) &&
                 !attribute_of(node, key->attribute))
            tell_missing(check, key);
    }
}

/* --- Content --- */

static void tell_incomplete(struct check *check, const struct xml_element *node,
                            struct activemq_place place)
{
    if (!begin_breach(check))
        return;
    struct buffer *out = &check->reasons;
    const char *before = "", *list = place.collection ? place.collection->of : NULL;
    buffer_printf(out,
                  "cvc-complex-type.2.4.b: The content of element '%s' is not complete. One of '{",
                  node->name.data);
    for (struct slice name; activemq_word_next(&list, &name); before = ", ") {
        buffer_printf(out, "%s\"%s\":", before, ACTIVEMQ_NAMESPACE);
        buffer_append_slice(out, name);
    }
    const struct activemq_collection *c = place.element ? place.element->collections : NULL;
    for (; c && c->name; c++, before = ", ")
        if (c->since <= check->grammar->version)
            buffer_printf(out, "%s\"%s\":%s", before, ACTIVEMQ_NAMESPACE, c->name);
    buffer_append_string(out, "}' is expected.");
}

static void tell_one_too_many(struct check *check, const struct xml_element *child)
{
    if (begin_breach(check))
        buffer_printf(&check->reasons,
                      "cvc-complex-type.2.4.d: Invalid content was found starting with element "
                      "'%s'. No child element is expected at this point.",
                      child->name.data);
}

/* An element begins, then what is in it, then it ends: that is the order of the breaches. */
static void check_node(struct check *check, const struct xml_element *node,
                       struct activemq_place place)
{
    const struct activemq_element *element = place.element;
    const struct activemq_collection *collection = place.collection;
    bool single = element ? element->single : collection && collection->single;
    unsigned required = element ? element->required : collection ? collection->required : 0;
    size_t count = 0;
    for (size_t i = 0; element && i < node->attribute_count; i++)
        check_attribute(check, node, element, &node->attributes[i]);
    begin_keys(check, node);
    for (const struct xml_element *child = node->first; child; child = child->next) {
        if (child->comment)
            continue;
        if (++count == 2 && single)
            tell_one_too_many(check, child); /* once: what follows is not looked at as content */
        check_node(check, child, activemq_place_inside(check->grammar, place, child));
    }
    if (count == 0 && required != 0 && required <= check->grammar->version)
        tell_incomplete(check, node, place);
    end_keys(check, node);
}

enum result activemq_check(const struct activemq_grammar *grammar, const struct xml_element *root,
                           struct arena *arena, struct slice *reason)
{
    struct check check = {.grammar = grammar, .arena = arena};
    buffer_init(&check.reasons, MOST_IN_REASONS);
    check_node(&check, root,
               (struct activemq_place){activemq_element_find(grammar, root->name), NULL});
    enum result result = check.no_memory ? RESULT_NO_MEMORY : check.reasons.failed;
    if (result == RESULT_OK && check.breaches > 0) {
        char *copy = arena_copy(arena, buffer_slice(&check.reasons));
        *reason = (struct slice){copy, check.reasons.len};
        result = copy ? RESULT_INVALID : RESULT_NO_MEMORY;
    }
    buffer_close(&check.reasons);
    return result;
}
