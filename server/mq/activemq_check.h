/* Whether a configuration of ActiveMQ that holds only what is permitted keeps to the schema:
 * ranges, enumerations, how many, and keys. */
#ifndef MQ_ACTIVEMQ_CHECK_H
#define MQ_ACTIVEMQ_CHECK_H

#include "base/arena.h"
#include "base/xml.h"
#include "mq/activemq_grammar.h"

/* Where an element of a text stands in the grammar: an element, a collection, or nowhere. */
struct activemq_place {
    const struct activemq_element *element;
    const struct activemq_collection *collection;
};

/* Where `child` stands inside `outer`, which is not nowhere. */
struct activemq_place activemq_place_inside(struct activemq_place outer,
                                            const struct xml_element *child, bool ldap);

/* `root` is the root element of the grammar, and nothing below it stands nowhere.
 * RESULT_INVALID: *reason is the first breach. RESULT_NO_MEMORY. */
enum result activemq_check(const struct xml_element *root, bool ldap, struct arena *arena,
                           struct slice *reason) MUST_CHECK;

/* A copy fit for a reason: cut if long, spaces for control characters. NULL: no memory. */
const char *activemq_quotable(struct arena *arena, struct slice text) MUST_CHECK;

#endif
