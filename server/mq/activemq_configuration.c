#include "mq/activemq_configuration.h"

#include <stdlib.h>

#include "base/xml.h"
#include "mq/activemq_check.h"

struct work {
    struct arena *arena;
    const struct activemq_grammar *grammar;
    struct sanitized *out;
    struct sanitizer_warning *warnings;
};

/* First: what is not permitted goes. */

static void warn(struct work *work, struct slice attribute, struct slice element,
                 const char *reason)
{
    if (work->out->warning_count < SANITIZER_MAX_WARNINGS)
        work->warnings[work->out->warning_count++] =
            (struct sanitizer_warning){attribute, element, reason};
}

static int compare_attributes(const void *a, const void *b)
{
    return activemq_compare(((const struct xml_attribute *)a)->name,
                            ((const struct xml_attribute *)b)->name);
}

/* ${…} or #{…}: Spring would put something else in its place. */
static bool holds_expression(struct slice value)
{
    const char *end = value.len > 0 ? memrchr(value.data, '}', value.len) : NULL;
    for (const char *at = value.data; end && at + 1 < end; at++)
        if ((at[0] == '$' || at[0] == '#') && at[1] == '{')
            return true;
    return false;
}

static bool permits(const struct work *work, struct activemq_place place,
                    const struct xml_attribute *attribute)
{
    return place.element && !attribute->foreign &&
           activemq_attribute_type(work->grammar, place.element, attribute->name);
}

static void filter_attributes(struct work *work, struct xml_element *node,
                              struct activemq_place place)
{
    size_t kept = 0;
    if (node->attribute_count > 1)
        qsort(node->attributes, node->attribute_count, sizeof *node->attributes,
              compare_attributes);
    for (size_t i = 0; i < node->attribute_count; i++) {
        const struct xml_attribute *attribute = &node->attributes[i];
        if (!permits(work, place, attribute))
            warn(work, attribute->name, node->name, "DISALLOWED_ATTRIBUTE_REMOVED");
        else if (holds_expression(attribute->value))
            warn(work, attribute->name, node->name, "INVALID_ATTRIBUTE_VALUE_REMOVED");
        else
            node->attributes[kept++] = *attribute;
    }
    node->attribute_count = kept;
}

static void filter(struct work *work, struct xml_element *node, struct activemq_place place)
{
    filter_attributes(work, node, place);
    for (struct xml_element **link = &node->first; *link;) {
        struct xml_element *child = *link;
        if (child->comment) {
            link = &child->next;
            continue;
        }
        struct activemq_place inside = activemq_place_inside(work->grammar, place, child);
        if (inside.element || inside.collection) {
            filter(work, child, inside);
            link = &child->next;
        } else {
            warn(work, (struct slice){NULL, 0}, child->name, "DISALLOWED_ELEMENT_REMOVED");
            *link = child->next;
        }
    }
}

/* Last: what is left is written. */

/* The namespace is declared once, and sorted like any attribute. */
static bool declare_namespace(struct arena *arena, struct xml_element *root)
{
    size_t count = root->attribute_count;
    struct xml_attribute *attributes = arena_alloc(arena, (count + 1) * sizeof *attributes);
    if (!attributes)
        return false;
    for (size_t i = 0; i < count; i++)
        attributes[i] = root->attributes[i];
    attributes[count] = (struct xml_attribute){
        .name = SLICE("xmlns"),
        .value = SLICE(ACTIVEMQ_NAMESPACE),
    };
    qsort(attributes, count + 1, sizeof *attributes, compare_attributes);
    root->attributes = attributes;
    root->attribute_count = count + 1;
    return true;
}

static enum result invalid(struct sanitized *out, const char *reason)
{
    if (!reason)
        return RESULT_NO_MEMORY;
    *out = (struct sanitized){.invalid = slice_of(reason)};
    return RESULT_INVALID;
}

static enum result write_document(struct work *work, const struct xml_document *document)
{
    struct buffer text;
    if (!declare_namespace(work->arena, document->root))
        return RESULT_NO_MEMORY;
    buffer_init(&text, SANITIZER_MAX_DATA);
    buffer_append_string(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    for (const struct xml_element *node = document->first; node; node = node->next) {
        xml_append_node(&text, node, 0);
        buffer_append_char(&text, '\n');
    }
    enum result result = text.failed;
    if (result == RESULT_OK) {
        char *copy = arena_copy(work->arena, buffer_slice(&text));
        work->out->data = (struct slice){copy, text.len};
        result = copy ? RESULT_OK : RESULT_NO_MEMORY;
    }
    buffer_close(&text);
    if (result == RESULT_TOO_LARGE)
        return invalid(work->out, "The configuration is too large.");
    return result;
}

static enum result parse(struct work *work, struct slice xml, struct xml_document *document)
{
    struct xml_error error;
    enum result result = xml_parse(work->arena, xml, SLICE(ACTIVEMQ_NAMESPACE), document, &error);
    if (result != RESULT_INVALID)
        return result;
    return invalid(work->out, error.line == 0
                                  ? arena_printf(work->arena, "%s.", error.reason)
                                  : arena_printf(work->arena, "%s at line [%zu], column [%zu].",
                                                 error.reason, error.line, error.column));
}

static enum result check_root(struct work *work, const struct xml_element *root)
{
    if (!root->foreign && slice_equal(root->name, SLICE(ACTIVEMQ_ROOT)))
        return RESULT_OK;
    struct buffer reason;
    buffer_init(&reason, SANITIZER_MAX_DATA);
    buffer_append_string(&reason, "cvc-elt.1.a: Cannot find the declaration of element '");
    activemq_append_quotable(&reason, root->name);
    buffer_append_string(&reason, "'.");
    const char *copy = reason.failed ? NULL : arena_copy(work->arena, buffer_slice(&reason));
    buffer_close(&reason);
    return invalid(work->out, copy);
}

enum result activemq_configuration_sanitize(struct slice xml,
                                            const struct activemq_grammar *grammar,
                                            struct arena *arena, struct sanitized *out)
{
    struct work work = {.arena = arena, .grammar = grammar, .out = out};
    struct xml_document document = {NULL, NULL};
    *out = (struct sanitized){.warning_count = 0};
    enum result result = parse(&work, xml, &document);
    if (result == RESULT_OK)
        result = check_root(&work, document.root);
    if (result)
        return result;
    work.warnings = arena_alloc(arena, SANITIZER_MAX_WARNINGS * sizeof *work.warnings);
    if (!work.warnings)
        return RESULT_NO_MEMORY;
    out->warnings = work.warnings;
    const struct activemq_element *root = activemq_element_find(grammar, document.root->name);
    filter(&work, document.root, (struct activemq_place){root, NULL});
    struct slice reason = {NULL, 0};
    result = activemq_check(grammar, document.root, arena, &reason);
    if (result == RESULT_INVALID)
        return invalid(out, reason.data);
    if (result == RESULT_OK)
        result = write_document(&work, &document);
    if (result == RESULT_NO_MEMORY)
        *out = (struct sanitized){.warning_count = 0};
    return result;
}
