/* What a configuration of ActiveMQ may hold, and of which type: elements, their attributes, and the
 * collections in which they hold other elements, for each version of the engine. Source: the
 * configuration schemas of Amazon MQ for ActiveMQ, and for the one element of LDAP the Terraform
 * provider's acceptance test. schema/activemq/derive makes the tables. */
#ifndef MQ_ACTIVEMQ_GRAMMAR_H
#define MQ_ACTIVEMQ_GRAMMAR_H

#include "base/slice.h"

#define ACTIVEMQ_NAMESPACE "http://activemq.apache.org/schema/core"
#define ACTIVEMQ_ROOT "broker"
#define ACTIVEMQ_ANY \
    "##any" /* each element of the grammar, and nothing else: the schema is strict */

enum { ACTIVEMQ_KEYS = 3 };

/* A minor line of ActiveMQ as a number: 518 is 5.18. `since` and `required` hold from that one on;
 * 0: `since` always, `required` never. Lists of words have a space between two. */

enum activemq_lexical { ACTIVEMQ_STRING, ACTIVEMQ_BOOLEAN, ACTIVEMQ_INTEGER, ACTIVEMQ_DOUBLE };

struct activemq_type {
    const char *name;
    const char *reported; /* its name in a validator's message */
    enum activemq_lexical lexical;
    const char *values;       /* the only ones; NULL: any */
    const char *least, *most; /* both included; NULL: no limit */
};

/* `<destinations>`, say: an element without attributes that holds elements. */
struct activemq_collection {
    const char *name;
    unsigned since;
    unsigned required; /* at least one */
    bool single;       /* at most one */
    const char *of;    /* names of elements, or ACTIVEMQ_ANY */
};

struct activemq_element {
    const char *name;
    const char *attributes; /* `name:type` or `name:type:since`, a space, and so on; NULL: none */
    const struct activemq_collection *collections; /* ends with a name of NULL; NULL: none */
    unsigned required;                             /* at least one collection */
    bool single;                                   /* at most one collection */
    bool ldap;                                     /* permitted with LDAP only */
};

/* No two `entry` elements anywhere inside one `holder` have the same value of the attribute. No
 * holder stands inside another. */
struct activemq_key {
    const char *name;
    const char *holder, *entry, *attribute;
    bool required; /* every entry has the attribute */
};

extern const unsigned activemq_oldest; /* minor line that has a schema */
extern const struct activemq_type activemq_types[];
extern const size_t activemq_type_count;
extern const struct activemq_element activemq_elements[];
extern const size_t activemq_element_count;
extern const struct activemq_key activemq_keys[ACTIVEMQ_KEYS];

/* Which of the rows hold. */
struct activemq_grammar {
    unsigned version;
    bool ldap; /* the configuration's authentication strategy is LDAP */
};

/* That of the version's minor line (5.18.4: of 5.18), else of the nearest line below that has a
 * schema, else of the oldest. */
struct activemq_grammar activemq_grammar_of(struct slice engine_version, bool ldap);

struct activemq_attribute {
    struct slice name, type;
    unsigned since;
};

/* The next attribute of an element's list, which then starts behind it. False: there is none. */
bool activemq_attribute_next(const char **list, struct activemq_attribute *attribute);

/* NULL: the grammar has none of that name. */
const struct activemq_type *activemq_attribute_type(const struct activemq_grammar *grammar,
                                                    const struct activemq_element *element,
                                                    struct slice name);
const struct activemq_element *activemq_element_find(const struct activemq_grammar *grammar,
                                                     struct slice name);
const struct activemq_collection *activemq_collection_find(const struct activemq_grammar *grammar,
                                                           const struct activemq_element *element,
                                                           struct slice name);

bool activemq_collection_holds(const struct activemq_collection *collection,
                               const struct activemq_element *element);

/* The next word of a list, which then starts behind it. False: there is none. */
bool activemq_word_next(const char **list, struct slice *word);

/* Byte order: negative, 0 or positive. */
int activemq_compare(struct slice a, struct slice b);

#endif
