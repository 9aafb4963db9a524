#include "base/xml.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/ids.h"

#ifdef XML_UNICODE
#error "this libexpat reports UTF-16; UTF-8 is required"
#endif

/* expat 2.9 deprecates the older functions; Debian 12 has only those. */
#define EXPAT_AT_LEAST(minor) \
    (XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= (minor)))
#if EXPAT_AT_LEAST(9)
#define current_line XML_GetCurrentLineNumber64
#define current_column XML_GetCurrentColumnNumber64
#else
#define current_line XML_GetCurrentLineNumber
#define current_column XML_GetCurrentColumnNumber
#endif

/* Between namespace and name. XML 1.0 does not allow this character, so no namespace has it. */
enum { SEPARATOR = 1 };

/* The state of the current parse: libexpat's allocator has no context argument. */
static struct {
    struct arena *arena;
    size_t left;  /* of XML_MAX_PARSER_MEMORY */
    bool refused; /* libexpat needed more than that */
    bool failed;  /* the arena was exhausted */
} memory;

/* The header of each allocation, for realloc. */
struct piece {
    alignas(max_align_t) size_t size;
};

static void *piece_malloc(size_t size)
{
    if (size > memory.left) {
        memory.refused = true;
        return NULL;
    }
    struct piece *piece = arena_alloc(memory.arena, sizeof *piece + size);
    if (!piece) {
        memory.failed = true;
        return NULL;
    }
    memory.left -= size;
    piece->size = size;
    return piece + 1;
}

static void *piece_realloc(void *old, size_t size)
{
    size_t old_size = old ? ((struct piece *)old)[-1].size : 0;
    if (old && size <= old_size)
        return old;
    void *new = piece_malloc(size);
    if (new &&old_size > 0)
        memcpy(new, old, old_size);
    return new;
}

static void piece_no_free(void *piece)
{
    (void)piece; /* freed with the arena */
}

struct open_element {
    struct xml_element *element;
    struct xml_element **next_child;
};

struct builder {
    XML_Parser parser;
    struct arena *arena;
    struct slice namespace;
    struct xml_document document;
    struct xml_element **next_outside; /* the root, and comments around it */
    struct open_element open[XML_MAX_DEPTH];
    size_t depth;
    size_t nodes;
    const char *reason; /* why this file stopped the parser */
    bool stopped;       /* libexpat may still call handlers after it was stopped */
    bool no_memory;
};

static void stop(struct builder *builder, const char *reason)
{
    if (builder->stopped)
        return;
    builder->stopped = true;
    builder->reason = reason;
    builder->no_memory = !reason;
    XML_StopParser(builder->parser, XML_FALSE);
}

static bool copy(struct builder *builder, struct slice text, struct slice *out)
{
    *out = (struct slice){arena_copy(builder->arena, text), text.len};
    return out->data != NULL;
}

/* The name without its namespace; *namespace is absent if there is none. */
static struct slice split_name(const char *name, struct slice *namespace)
{
    const char *separator = strchr(name, SEPARATOR);
    *namespace = (struct slice){NULL, 0};
    if (!separator)
        return slice_of(name);
    *namespace = (struct slice){name, (size_t)(separator - name)};
    return slice_of(separator + 1);
}

static bool copy_attributes(struct builder *builder, struct xml_element *element,
                            const char **attributes)
{
    if (element->attribute_count == 0)
        return true;
    element->attributes =
        arena_alloc(builder->arena, element->attribute_count * sizeof *element->attributes);
    if (!element->attributes)
        return false;
    for (size_t i = 0; i < element->attribute_count; i++) {
        struct xml_attribute *attribute = &element->attributes[i];
        struct slice namespace;
        if (!copy(builder, split_name(attributes[2 * i], &namespace), &attribute->name) ||
            !copy(builder, slice_of(attributes[2 * i + 1]), &attribute->value))
            return false;
        attribute->foreign = namespace.data != NULL;
    }
    return true;
}

static struct xml_element *new_element(struct builder *builder, const char *name,
                                       const char **attributes, size_t count)
{
    struct xml_element *element = arena_alloc(builder->arena, sizeof *element);
    struct slice namespace;
    if (!element)
        return NULL;
    *element = (struct xml_element){.attribute_count = count};
    if (!copy(builder, split_name(name, &namespace), &element->name) ||
        !copy_attributes(builder, element, attributes))
        return NULL;
    element->foreign = !slice_equal(namespace, builder->namespace);
    return element;
}

/* False: too many, and the parser was stopped. */
static bool count_nodes(struct builder *builder, size_t count)
{
    if (count > XML_MAX_NODES - builder->nodes) {
        stop(builder, "more than 100000 elements, attributes and comments");
        return false;
    }
    builder->nodes += count;
    return true;
}

/* Behind what stands there, in the element that is open or outside the root. */
static void append(struct builder *builder, struct xml_element *node)
{
    struct xml_element ***next =
        builder->depth > 0 ? &builder->open[builder->depth - 1].next_child : &builder->next_outside;
    **next = node;
    *next = &node->next;
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct builder *builder = data;
    size_t count = 0;
    if (builder->stopped)
        return;
    while (attributes[2 * count])
        count++;
    if (builder->depth == XML_MAX_DEPTH) {
        stop(builder, "more than 100 levels");
        return;
    }
    struct xml_element *element =
        count_nodes(builder, count + 1) ? new_element(builder, name, attributes, count) : NULL;
    if (!element) {
        stop(builder, NULL);
        return;
    }
    if (builder->depth == 0)
        builder->document.root = element;
    append(builder, element);
    builder->open[builder->depth++] = (struct open_element){element, &element->first};
}

static void XMLCALL on_comment(void *data, const XML_Char *text)
{
    struct builder *builder = data;
    if (builder->stopped || !count_nodes(builder, 1))
        return;
    struct xml_element *comment = arena_alloc(builder->arena, sizeof *comment);
    if (comment)
        *comment = (struct xml_element){.comment = true};
    if (comment && copy(builder, slice_of(text), &comment->name))
        append(builder, comment);
    else
        stop(builder, NULL);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    struct builder *builder = data;
    (void)name;
    if (!builder->stopped)
        builder->depth--;
}

static void XMLCALL on_namespace(void *data, const XML_Char *prefix, const XML_Char *namespace)
{
    (void)prefix;
    /* libexpat copies it for every element. */
    if (namespace && strlen(namespace) > XML_MAX_NAMESPACE)
        stop(data, "a namespace name longer than 1024 bytes");
}

/* Without a DOCTYPE there are no entities to expand and no external files to read. */
static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    stop(data, "DOCTYPE is disallowed");
}

static enum result refuse(struct xml_error *error, const char *reason, size_t line, size_t column)
{
    *error = (struct xml_error){reason, line, column};
    return RESULT_INVALID;
}

/* A random salt for each parser, so that no document can be built whose names collide. */
static void set_salt(XML_Parser parser)
{
#if EXPAT_AT_LEAST(8)
    uint8_t salt[16];
    id_random(salt, sizeof salt);
    XML_SetHashSalt16Bytes(parser, salt);
#else
    unsigned long salt = 0;
    id_random(&salt, sizeof salt);
    XML_SetHashSalt(parser, salt);
#endif
}

static enum result read_document(struct builder *builder, struct slice text,
                                 struct xml_error *error)
{
    XML_Parser parser = builder->parser;
    set_salt(parser);
    XML_SetUserData(parser, builder);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCommentHandler(parser, on_comment);
    XML_SetStartNamespaceDeclHandler(parser, on_namespace);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    enum XML_Status status = XML_Parse(parser, text.data, (int)text.len, XML_TRUE);
    if (builder->no_memory || memory.failed)
        return RESULT_NO_MEMORY;
    size_t line = current_line(parser), column = current_column(parser) + 1;
    if (builder->reason)
        return refuse(error, builder->reason, line, column);
    if (memory.refused)
        return refuse(error, "too many names", line, column);
    if (status != XML_STATUS_OK)
        return refuse(error, XML_ErrorString(XML_GetErrorCode(parser)), line, column);
    return RESULT_OK;
}

enum result xml_parse(struct arena *arena, struct slice text, struct slice namespace,
                      struct xml_document *document, struct xml_error *error)
{
    static const XML_Memory_Handling_Suite suite = {piece_malloc, piece_realloc, piece_no_free};
    static const XML_Char separator[] = {SEPARATOR, '\0'};
    if (text.len > XML_MAX_TEXT)
        return refuse(error, "longer than 1048576 bytes", 0, 0);
    struct builder *builder = arena_alloc(arena, sizeof *builder);
    if (!builder)
        return RESULT_NO_MEMORY;
    *builder = (struct builder){.arena = arena, .namespace = namespace};
    builder->next_outside = &builder->document.first;
    memory.arena = arena;
    memory.left = XML_MAX_PARSER_MEMORY;
    memory.refused = memory.failed = false;
    builder->parser = XML_ParserCreate_MM(NULL, &suite, separator);
    if (!builder->parser)
        return RESULT_NO_MEMORY;
    enum result result = read_document(builder, text, error);
    XML_ParserFree(builder->parser);
    memory.arena = NULL;
    if (result == RESULT_OK)
        *document = builder->document;
    return result;
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    /* A parser would normalize unescaped white space to spaces. */
    case '\t':
        return "&#9;";
    case '\n':
        return "&#10;";
    case '\r':
        return "&#13;";
    default:
        return NULL;
    }
}

void xml_append_escaped(struct buffer *out, struct slice value)
{
    size_t done = 0;
    for (size_t i = 0; i < value.len; i++) {
        const char *escape = escape_of(value.data[i]);
        if (!escape)
            continue;
        buffer_append(out, value.data + done, i - done);
        buffer_append_string(out, escape);
        done = i + 1;
    }
    buffer_append(out, value.data + done, value.len - done);
}

/* White space stands between elements only: in one that holds none the schema may forbid it. */
static bool holds_elements(const struct xml_element *node)
{
    for (const struct xml_element *child = node->first; child; child = child->next)
        if (!child->comment)
            return true;
    return false;
}

static void write_children(struct buffer *out, const struct xml_element *node, int indent)
{
    bool spaced = holds_elements(node);
    buffer_append_string(out, spaced ? ">\n" : ">");
    for (const struct xml_element *child = node->first; child; child = child->next) {
        xml_append_node(out, child, spaced ? indent + 2 : 0);
        buffer_append_string(out, spaced ? "\n" : "");
    }
    buffer_printf(out, "%*s</%s>", spaced ? indent : 0, "", node->name.data);
}

void xml_append_node(struct buffer *out, const struct xml_element *node, int indent)
{
    if (node->comment) {
        buffer_printf(out, "%*s<!--%s-->", indent, "", node->name.data);
        return;
    }
    buffer_printf(out, "%*s<%s", indent, "", node->name.data);
    for (size_t i = 0; i < node->attribute_count; i++) {
        buffer_printf(out, " %s=\"", node->attributes[i].name.data);
        xml_append_escaped(out, node->attributes[i].value);
        buffer_append_char(out, '"');
    }
    if (node->first)
        write_children(out, node, indent);
    else
        buffer_append_string(out, "/>");
}

const char *xml_version(void)
{
    const char *text = XML_ExpatVersion(); /* expat_2.5.0 */
    return text + strcspn(text, "0123456789");
}
