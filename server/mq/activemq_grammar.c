#include "mq/activemq_grammar.h"

#include <stdlib.h>

#include "base/text.h"

/* 518 of 5.18.4; 0 of what is no version. */
static unsigned minor_line(struct slice version)
{
    enum { MOST = 99 };
    int64_t numbers[2] = {0, 0};
    for (size_t i = 0; i < 2; i++)
        if (!text_number(text_take(&version, '.'), MOST, &numbers[i]))
            return 0;
    return (unsigned)(100 * numbers[0] + numbers[1]);
}

struct activemq_grammar activemq_grammar_of(struct slice engine_version, bool ldap)
{
    unsigned version = minor_line(engine_version);
    return (struct activemq_grammar){version > activemq_oldest ? version : activemq_oldest, ldap};
}

int activemq_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool activemq_word_next(const char **list, struct slice *word)
{
    if (!*list || **list == '\0')
        return false;
    *word = (struct slice){*list, strcspn(*list, " ")};
    *list += word->len;
    *list += **list == ' ';
    return true;
}

static int compare_with_element(const void *name, const void *element)
{
    return activemq_compare(*(const struct slice *)name,
                            slice_of(((const struct activemq_element *)element)->name));
}

const struct activemq_element *activemq_element_find(const struct activemq_grammar *grammar,
                                                     struct slice name)
{
    const struct activemq_element *element =
        bsearch(&name, activemq_elements, activemq_element_count, sizeof activemq_elements[0],
                compare_with_element);
    return element && (!element->ldap || grammar->ldap) ? element : NULL;
}

static const struct activemq_type *find_type(struct slice name)
{
    for (size_t i = 0; i < activemq_type_count; i++)
        if (slice_equal(name, slice_of(activemq_types[i].name)))
            return &activemq_types[i];
    return NULL;
}

bool activemq_attribute_next(const char **list, struct activemq_attribute *attribute)
{
    struct slice word;
    if (!activemq_word_next(list, &word))
        return false;
    attribute->name = (struct slice){word.data, strcspn(word.data, ":")};
    attribute->type.data = word.data + attribute->name.len + 1;
    attribute->type.len = strcspn(attribute->type.data, ": ");
    const char *end = attribute->type.data + attribute->type.len;
    attribute->since = *end == ':' ? (unsigned)strtoul(end + 1, NULL, 10) : 0;
    return true;
}

const struct activemq_type *activemq_attribute_type(const struct activemq_grammar *grammar,
                                                    const struct activemq_element *element,
                                                    struct slice name)
{
    const char *list = element->attributes;
    struct activemq_attribute known;
    while (activemq_attribute_next(&list, &known))
        if (slice_equal(name, known.name))
            return known.since <= grammar->version ? find_type(known.type) : NULL;
    return NULL;
}

const struct activemq_collection *activemq_collection_find(const struct activemq_grammar *grammar,
                                                           const struct activemq_element *element,
                                                           struct slice name)
{
    for (const struct activemq_collection *c = element->collections; c && c->name; c++)
        if (slice_equal(name, slice_of(c->name)))
            return c->since <= grammar->version ? c : NULL;
    return NULL;
}

bool activemq_collection_holds(const struct activemq_collection *collection,
                               const struct activemq_element *element)
{
    const char *list = collection->of;
    struct slice name;
    while (activemq_word_next(&list, &name))
        if (slice_equal(name, SLICE(ACTIVEMQ_ANY)) || slice_equal(name, slice_of(element->name)))
            return true;
    return false;
}
