/* XML: a strict parser into a small tree, which uses libexpat, and a writer of such trees. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/arena.h"
#include "base/buffer.h"

enum {
    XML_MAX_TEXT = 1 << 20, /* bytes */
    XML_MAX_DEPTH = 100,
    XML_MAX_NODES = 100000,           /* elements, attributes and comments */
    XML_MAX_NAMESPACE = 1024,         /* bytes of one namespace name */
    XML_MAX_PARSER_MEMORY = 16 << 20, /* bytes that libexpat may allocate in total */
};

/* Names have no prefix; names and values are NUL-terminated UTF-8 without U+0000. */

struct xml_attribute {
    struct slice name;
    struct slice value;
    bool foreign; /* it has a namespace; attributes without a prefix have none */
};

struct xml_element {
    struct slice name;                /* of a comment its text; a comment has nothing else */
    bool comment;                     /* it is a comment, not an element */
    bool foreign;                     /* not in the namespace given to xml_parse */
    struct xml_attribute *attributes; /* without namespace declarations */
    size_t attribute_count;
    struct xml_element *first; /* first child, or NULL */
    struct xml_element *next;  /* next sibling, or NULL */
};

struct xml_document {
    struct xml_element *first; /* comments, the root, comments */
    struct xml_element *root;
};

struct xml_error {
    const char *reason;  /* static; does not quote the text */
    size_t line, column; /* from 1; 0 if the text is too long and was not parsed */
};

/* Parses an XML 1.0 document in UTF-8, UTF-16, ISO-8859-1 or US-ASCII. Text and processing
 * instructions are ignored. RESULT_INVALID with *error set for what is not well-formed,
 * exceeds a limit above, or has a DOCTYPE (so there are no entities but the predefined ones).
 * RESULT_NO_MEMORY. The tree is in the arena and may be modified; with the parser it takes less
 * than 48 MiB. Not thread-safe. */
enum result xml_parse(struct arena *arena, struct slice text, struct slice namespace,
                      struct xml_document *document, struct xml_error *error) MUST_CHECK;

/* The value of an attribute, escaped for double quotes. */
void xml_append_escaped(struct buffer *out, struct slice value);

/* An element or a comment and all inside it, `indent` spaces from the left, two more for each
 * level; no line feed at the end. */
void xml_append_node(struct buffer *out, const struct xml_element *node, int indent);

/* The version of libexpat at run time; static. */
const char *xml_version(void);

#endif
