/* Values in the formats that ActiveMQ reads its files in. */
#ifndef BROKERS_JAVA_TEXT_H
#define BROKERS_JAVA_TEXT_H

#include "base/buffer.h"

/* A key or a value of java.util.Properties. */
void java_append_property(struct buffer *out, struct slice text);

/* A string of a JAAS configuration, with its quotes. */
void java_append_jaas(struct buffer *out, struct slice text);

/* Whether a JAAS configuration would put the value of a system property in the place of a part of
 * the text; there is no escape for that. */
bool java_expands_in_jaas(struct slice text);

/* A password as Jetty's realms have it, which hides it from a glance and holds any byte. */
void java_append_obfuscated(struct buffer *out, struct slice password);

/* A value of a Spring bean: as it is, or as an expression if Spring would expand something in it.
 * The text is not escaped for XML. */
void java_append_spring(struct buffer *out, struct slice text);

#endif
