/* The data of an ActiveMQ configuration: what the service removes from it, refuses in it, and
 * stores of it. */
#ifndef MQ_ACTIVEMQ_CONFIGURATION_H
#define MQ_ACTIVEMQ_CONFIGURATION_H

#include "base/arena.h"
#include "mq/activemq_grammar.h"

enum {
    SANITIZER_MAX_WARNINGS = 20,
    SANITIZER_MAX_DATA = 8 << 20, /* bytes; escapes and indentation make a text longer */
};

/* Something that was removed. */
struct sanitizer_warning {
    struct slice attribute; /* absent where an element was removed */
    struct slice element;
    const char *reason;
};

struct sanitized {
    struct slice data; /* in canonical form, UTF-8 */
    const struct sanitizer_warning *warnings;
    size_t warning_count; /* at most SANITIZER_MAX_WARNINGS, though more may be gone */
    struct slice invalid; /* after RESULT_INVALID: why, UTF-8 without control characters */
};

/* Removes from `xml` what the grammar does not permit, checks the rest against the grammar, and
 * writes it in canonical form: sorted attributes, two spaces a level, comments in their place, no
 * text. The canonical form of a canonical form is itself. RESULT_INVALID: not well-formed, another
 * root or namespace, breaches of the grammar, too large. RESULT_NO_MEMORY. All of *out lives in the
 * arena, of which 64 MiB are enough. */
enum result activemq_configuration_sanitize(struct slice xml,
                                            const struct activemq_grammar *grammar,
                                            struct arena *arena, struct sanitized *out) MUST_CHECK;

#endif
