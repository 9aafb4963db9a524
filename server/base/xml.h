/* XML: a strict reader into a small tree (the only file that knows libexpat), and the escaping of
 * attribute values. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/arena.h"
#include "base/buffer.h"

enum {
    XML_MAX_TEXT = 1 << 20, /* bytes */
    XML_MAX_DEPTH = 100,
    XML_MAX_NODES = 100000,           /* elements, attributes and comments */
    XML_MAX_NAMESPACE = 1024,         /* bytes of one namespace name */
    XML_MAX_PARSER_MEMORY = 16 << 20, /* bytes libexpat may ask for, in all */
};

/* Names are without prefix; names and values are UTF-8 without U+0000, and NUL-terminated. */

struct xml_attribute {
    struct slice name;
    struct slice value;
    bool foreign; /* in some namespace, which is never that of the document */
};

struct xml_element {
    struct slice name;                /* of a comment its text; nothing else of one is set */
    bool comment;                     /* is no element but a comment */
    bool foreign;                     /* not in the namespace asked for */
    struct xml_attribute *attributes; /* without declarations of namespaces */
    size_t attribute_count;
    struct xml_element *first; /* child; NULL: none */
    struct xml_element *next;  /* sibling; NULL: the last */
};

struct xml_document {
    struct xml_element *first; /* comments, the root, comments */
    struct xml_element *root;
};

struct xml_error {
    const char *reason;  /* never quotes the text */
    size_t line, column; /* from 1; 0 where the text was not read at all */
};

/* Parses a document of XML 1.0 in UTF-8, UTF-16, ISO-8859-1 or US-ASCII. Text and processing
 * instructions are left out. A DOCTYPE, and with it every entity but the predefined ones, is
 * refused, and so is what passes one of the limits above: RESULT_INVALID with *error set.
 * RESULT_NO_MEMORY. The tree lives in the arena and may be changed; within the limits it and the
 * parser take less than 48 MiB of it. One thread at a time. */
enum result xml_parse(struct arena *arena, struct slice text, struct slice namespace,
                      struct xml_document *document, struct xml_error *error) MUST_CHECK;

/* The value of an attribute, to stand between double quotes. */
void xml_append_escaped(struct buffer *out, struct slice value);

/* Of libexpat, as it runs; static. */
const char *xml_version(void);

#endif
