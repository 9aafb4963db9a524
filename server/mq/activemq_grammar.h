/* What a configuration of ActiveMQ may hold, and of which type: elements, their attributes, and the
 * collections in which they hold other elements. Source: the configuration schema of Amazon MQ for
 * ActiveMQ 5.18.4, and for the one element of LDAP the Terraform provider's acceptance test. */
#ifndef MQ_ACTIVEMQ_GRAMMAR_H
#define MQ_ACTIVEMQ_GRAMMAR_H

#include <stdint.h>

#include "base/slice.h"

#define ACTIVEMQ_NAMESPACE "http://activemq.apache.org/schema/core"
#define ACTIVEMQ_ROOT "broker"

enum { ACTIVEMQ_MOST_VALUES = 3, ACTIVEMQ_MOST_HELD = 7 };

/* A type whose values are checked, against its values where it has any, else against its range. */
struct activemq_type {
    const char *name;
    const char *reported; /* its name in a validator's message */
    const char *base;
    const char *values[ACTIVEMQ_MOST_VALUES]; /* fewer: the rest are NULL */
    int64_t least, most;                      /* both included */
};

/* The schema's wildcards are strict: of any namespace they let in only what the schema declares,
 * and it declares nothing outside its own. */
enum activemq_wildcard {
    ACTIVEMQ_NONE,
    ACTIVEMQ_ANY,   /* ##any: each element of the grammar */
    ACTIVEMQ_OTHER, /* ##other: nothing */
};

/* `<destinations>`, say: an element without attributes that holds elements. */
struct activemq_collection {
    const char *name;
    bool required; /* at least one */
    bool single;   /* at most one; does not bind ACTIVEMQ_ANY */
    enum activemq_wildcard wildcard;
    const char *of[ACTIVEMQ_MOST_HELD]; /* fewer: the rest are NULL */
};

struct activemq_element {
    const char *name;
    const char *attributes;                        /* `name:type`, a space, and so on; NULL: none */
    const struct activemq_collection *collections; /* ends with a name of NULL; NULL: none */
    bool required;                                 /* at least one collection */
    bool single;                                   /* at most one collection */
    bool ldap;                                     /* permitted with LDAP only */
};

/* No two `entry` elements anywhere inside one `holder` have the same value of the attribute. */
struct activemq_key {
    const char *name;
    const char *holder, *entry, *attribute;
    bool required; /* every entry has the attribute */
};

extern const struct activemq_type activemq_types[];
extern const size_t activemq_type_count;
extern const struct activemq_element activemq_elements[];
extern const size_t activemq_element_count;
extern const struct activemq_key activemq_keys[];
extern const size_t activemq_key_count;

/* NULL: the grammar has none of that name. */
const struct activemq_element *activemq_element_find(struct slice name);
const struct activemq_collection *activemq_collection_find(const struct activemq_element *element,
                                                           struct slice name);

/* Whether the element has such an attribute; *type is NULL where its values are not checked. */
bool activemq_attribute_find(const struct activemq_element *element, struct slice name,
                             const struct activemq_type **type);

/* The next attribute of a list of them, which then starts behind it. False: there is none. */
bool activemq_attribute_next(const char **list, struct slice *name, struct slice *type);

/* Byte order: negative, 0 or positive. */
int activemq_compare(struct slice a, struct slice b);

bool activemq_collection_holds(const struct activemq_collection *collection,
                               const struct activemq_element *element);

#endif
