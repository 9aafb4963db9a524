/* Whether a configuration of ActiveMQ that holds only what is permitted keeps to the schema: types,
 * how many, and keys. */
#ifndef MQ_ACTIVEMQ_CHECK_H
#define MQ_ACTIVEMQ_CHECK_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/xml.h"
#include "mq/activemq_grammar.h"

enum { ACTIVEMQ_MAX_BREACHES = 20 }; /* more are not told */

/* Where an element of a text stands in the grammar: an element, a collection, or nowhere. */
struct activemq_place {
    const struct activemq_element *element;
    const struct activemq_collection *collection;
};

/* Where `child` stands inside `outer`, which is not nowhere. */
struct activemq_place activemq_place_inside(const struct activemq_grammar *grammar,
                                            struct activemq_place outer,
                                            const struct xml_element *child);

/* `root` is the root element of the grammar, and nothing below it stands nowhere.
 * RESULT_INVALID: *reason has the breaches in the order of the text. RESULT_NO_MEMORY. */
enum result activemq_check(const struct activemq_grammar *grammar, const struct xml_element *root,
                           struct arena *arena, struct slice *reason) MUST_CHECK;

/* A copy fit for a reason: cut if long, spaces for control characters. */
void activemq_append_quotable(struct buffer *out, struct slice text);

#endif
