/* JSON: a strict parser, which uses cJSON, and a writer with a sticky error. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"

/* Reading. Values are allocated in the arena given to json_parse. */

struct json;

enum json_type { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT };

enum { JSON_MAX_DEPTH = 32, JSON_MAX_VALUES = 10000, JSON_MAX_NUMBER = 63 };

struct json_error {
    const char *reason; /* static; does not quote the text */
    size_t offset;      /* in bytes */
};

/* Parses one object; `text.data[text.len]` must be a NUL. RESULT_INVALID with *error set for what
 * RFC 8259 does not allow, a byte order mark, U+0000, invalid UTF-8, duplicate members, and more
 * than JSON_MAX_DEPTH levels, JSON_MAX_VALUES values or JSON_MAX_NUMBER characters of a number.
 * RESULT_NO_MEMORY. */
enum result json_parse(struct arena *arena, struct slice text, const struct json **object,
                       struct json_error *error) MUST_CHECK;

enum json_type json_type(const struct json *value);
const struct json *json_member(const struct json *object, const char *name); /* NULL: absent */
const struct json *json_first(const struct json *list); /* or object; NULL: empty */
const struct json *json_next(const struct json *item);
struct slice json_name(const struct json *member); /* of an object */
struct slice json_string(const struct json *string);
bool json_boolean(const struct json *boolean);
double json_number(const struct json *number);

/* Writing: compact, into a buffer; check the buffer's error at the end. */

struct json_writer {
    struct buffer *out;
    bool separate; /* the next member or item needs a comma before it */
};

void json_object_begin(struct json_writer *writer);
void json_object_end(struct json_writer *writer);
void json_list_begin(struct json_writer *writer);
void json_list_end(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *name); /* that needs no escapes */
void json_key_text(struct json_writer *writer, struct slice name);
void json_write_string(struct json_writer *writer, struct slice value);
void json_write_boolean(struct json_writer *writer, bool value);
void json_write_integer(struct json_writer *writer, int64_t value);
/* JSON text, copied without the white space outside strings. */
void json_write_raw(struct json_writer *writer, struct slice json);

/* A string's characters without the quotes. A byte that is not UTF-8, such as in a header, becomes
 * U+FFFD. */
void json_append_escaped(struct buffer *out, struct slice value);

/* A member of an object, key and value; json_put_optional and json_put_lower omit an absent value.
 * json_put_lower puts ASCII letters in lower case; values of up to 32 bytes. */
void json_put_string(struct json_writer *writer, const char *name, struct slice value);
void json_put_optional(struct json_writer *writer, const char *name, struct slice value);
void json_put_lower(struct json_writer *writer, const char *name, struct slice value);
void json_put_boolean(struct json_writer *writer, const char *name, bool value);
void json_put_integer(struct json_writer *writer, const char *name, int64_t value);
void json_put_raw(struct json_writer *writer, const char *name, struct slice json);

/* The version of cJSON at run time; static. */
const char *json_version(void);

#endif
