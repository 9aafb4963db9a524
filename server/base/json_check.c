/* cJSON 1.7.15 accepts raw control characters, U+0000 (and truncates the string there), `01`, `1.`,
 * a byte order mark and duplicate members. This scan rejects them and reports the offset. */
#include "base/json_check.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/utf8.h"

struct json_name {
    struct slice text; /* decoded */
    size_t object;     /* number of the object it is a member of */
    size_t offset;
};

struct scan {
    const char *text;
    size_t len;
    size_t at;
    size_t values;
    size_t objects;
    struct json_name *names; /* grows */
    size_t name_count;
    size_t name_room;
    struct arena *arena;
    struct json_error *error;
};

static enum result refuse(struct scan *scan, const char *reason, size_t offset)
{
    *scan->error = (struct json_error){reason, offset};
    return RESULT_INVALID;
}

/* At the end of the text this returns the NUL after it. */
static char peek(const struct scan *scan)
{
    return scan->text[scan->at];
}

static enum result refuse_here(struct scan *scan)
{
    if (scan->at >= scan->len)
        return refuse(scan, "unexpected end", scan->len);
    return refuse(scan, "unexpected character", scan->at);
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->len && strchr(" \t\n\r", peek(scan)) && peek(scan) != '\0')
        scan->at++;
}

static bool read_hex4(struct scan *scan, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, scan->at++) {
        int digit = text_hex_value(peek(scan));
        if (digit < 0)
            return false;
        *value = *value * 16 + (unsigned)digit;
    }
    return true;
}

static size_t put_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* After `\u`. An unpaired surrogate has no UTF-8 form, so it is rejected. */
static enum result scan_unicode(struct scan *scan, size_t start, unsigned *code)
{
    if (!read_hex4(scan, code))
        return refuse_here(scan);
    if (*code == 0)
        return refuse(scan, "NUL character in a string", start);
    if (*code < 0xD800 || *code > 0xDFFF)
        return RESULT_OK;
    unsigned low = 0;
    if (*code > 0xDBFF || peek(scan) != '\\' || scan->text[scan->at + 1] != 'u')
        return refuse(scan, "unpaired surrogate in a string", start);
    scan->at += 2;
    if (!read_hex4(scan, &low))
        return refuse_here(scan);
    if (low < 0xDC00 || low > 0xDFFF)
        return refuse(scan, "unpaired surrogate in a string", start);
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return RESULT_OK;
}

/* After a backslash: appends the decoded character to `out` (unless NULL). */
static enum result scan_escape(struct scan *scan, char *out, size_t *out_len)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char decoded[] = "\"\\/\b\f\n\r\t";
    size_t start = scan->at - 1;
    const char *letter = peek(scan) ? strchr(letters, peek(scan)) : NULL;
    unsigned code = 0;
    if (letter) {
        code = (unsigned char)decoded[letter - letters];
        scan->at++;
    } else if (peek(scan) == 'u') {
        scan->at++;
        enum result result = scan_unicode(scan, start, &code);
        if (result)
            return result;
    } else {
        return refuse_here(scan);
    }
    char bytes[4];
    size_t len = put_utf8(bytes, code);
    if (out)
        memcpy(out + *out_len, bytes, len);
    *out_len += len;
    return RESULT_OK;
}

/* A string, from its opening quote. Decodes it into `out`, unless that is NULL; *out_len is set in
 * both cases. */
static enum result scan_string(struct scan *scan, char *out, size_t *out_len)
{
    scan->at++;
    for (*out_len = 0;;) {
        unsigned char c = (unsigned char)peek(scan);
        if (scan->at >= scan->len)
            return refuse_here(scan);
        if (c == '"') {
            scan->at++;
            return RESULT_OK;
        }
        if (c < 0x20)
            return refuse(scan, c ? "control character in a string" : "NUL character in a string",
                          scan->at);
        scan->at++;
        if (c == '\\') {
            enum result result = scan_escape(scan, out, out_len);
            if (result)
                return result;
        } else {
            if (out)
                out[*out_len] = (char)c;
            ++*out_len;
        }
    }
}

static bool scan_digits(struct scan *scan)
{
    size_t start = scan->at;
    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
    return scan->at > start;
}

static enum result scan_number(struct scan *scan)
{
    size_t start = scan->at;
    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else if (!scan_digits(scan))
        return refuse_here(scan);
    if (peek(scan) == '.') {
        scan->at++;
        if (!scan_digits(scan))
            return refuse_here(scan);
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->at++;
        if (!scan_digits(scan))
            return refuse_here(scan);
    }
    if (scan->at - start > JSON_MAX_NUMBER)
        return refuse(scan, "number longer than 63 characters", start);
    return RESULT_OK;
}

static enum result scan_word(struct scan *scan, struct slice word)
{
    for (size_t i = 0; i < word.len; i++, scan->at++)
        if (peek(scan) != word.data[i])
            return refuse_here(scan);
    return RESULT_OK;
}

static enum result add_name(struct scan *scan, struct json_name name)
{
    if (scan->name_count == scan->name_room) {
        size_t room = scan->name_room ? scan->name_room * 4 : 16;
        struct json_name *names = arena_alloc(scan->arena, room * sizeof *names);
        if (!names)
            return RESULT_NO_MEMORY;
        if (scan->name_count > 0)
            memcpy(names, scan->names, scan->name_count * sizeof *names);
        scan->names = names;
        scan->name_room = room;
    }
    scan->names[scan->name_count++] = name;
    return RESULT_OK;
}

/* A member's name and the colon after it. */
static enum result scan_name(struct scan *scan, size_t object)
{
    size_t start = scan->at;
    size_t len = 0;
    if (peek(scan) != '"')
        return refuse_here(scan);
    enum result result = scan_string(scan, NULL, &len);
    if (result)
        return result;
    size_t end = scan->at;
    char *decoded = arena_alloc(scan->arena, len + 1);
    if (!decoded)
        return RESULT_NO_MEMORY;
    scan->at = start;
    result = scan_string(scan, decoded, &len);
    if (result)
        return result;
    scan->at = end;
    result = add_name(scan, (struct json_name){{decoded, len}, object, start});
    if (result)
        return result;
    skip_space(scan);
    if (peek(scan) != ':')
        return refuse_here(scan);
    scan->at++;
    skip_space(scan);
    return RESULT_OK;
}

static enum result scan_value(struct scan *scan, int depth);

/* An object or a list, from its opening bracket. */
static enum result scan_container(struct scan *scan, int depth, char close)
{
    size_t object = scan->objects++;
    if (depth > JSON_MAX_DEPTH)
        return refuse(scan, "nesting deeper than 32", scan->at);
    scan->at++;
    skip_space(scan);
    if (peek(scan) == close) {
        scan->at++;
        return RESULT_OK;
    }
    for (;;) {
        enum result result = close == '}' ? scan_name(scan, object) : RESULT_OK;
        if (!result)
            result = scan_value(scan, depth);
        if (result)
            return result;
        skip_space(scan);
        if (peek(scan) != ',' && peek(scan) != close)
            return refuse_here(scan);
        if (scan->text[scan->at++] == close)
            return RESULT_OK;
        skip_space(scan);
    }
}

/* Recursion is bounded by JSON_MAX_DEPTH. */
static enum result scan_value(struct scan *scan, int depth)
{
    size_t len = 0;
    if (++scan->values > JSON_MAX_VALUES)
        return refuse(scan, "more than 10000 values", scan->at);
    switch (peek(scan)) {
    case '{':
        return scan_container(scan, depth + 1, '}');
    case '[':
        return scan_container(scan, depth + 1, ']');
    case '"':
        return scan_string(scan, NULL, &len);
    case 't':
        return scan_word(scan, SLICE("true"));
    case 'f':
        return scan_word(scan, SLICE("false"));
    case 'n':
        return scan_word(scan, SLICE("null"));
    default:
        return scan_number(scan);
    }
}

static int compare_names(const void *a, const void *b)
{
    const struct json_name *x = a, *y = b;
    if (x->object != y->object)
        return x->object < y->object ? -1 : 1;
    if (x->text.len != y->text.len)
        return x->text.len < y->text.len ? -1 : 1;
    int order = memcmp(x->text.data, y->text.data, x->text.len);
    if (order != 0)
        return order;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static enum result refuse_duplicates(struct scan *scan)
{
    size_t first = SIZE_MAX;
    if (scan->name_count > 1)
        qsort(scan->names, scan->name_count, sizeof *scan->names, compare_names);
    for (size_t i = 1; i < scan->name_count; i++) {
        const struct json_name *a = &scan->names[i - 1], *b = &scan->names[i];
        if (a->object == b->object && slice_equal(a->text, b->text) && b->offset < first)
            first = b->offset;
    }
    return first == SIZE_MAX ? RESULT_OK : refuse(scan, "duplicate member", first);
}

enum result json_check(struct arena *arena, struct slice text, struct json_error *error)
{
    struct scan scan = {.text = text.data, .len = text.len, .arena = arena, .error = error};
    size_t valid = utf8_valid_prefix(text);
    if (valid < text.len)
        return refuse(&scan, "invalid UTF-8", valid);
    if (slice_starts_with(text, SLICE("\xEF\xBB\xBF")))
        return refuse(&scan, "byte order mark", 0);
    skip_space(&scan);
    size_t start = scan.at;
    enum result result = scan_value(&scan, 0);
    if (result)
        return result;
    skip_space(&scan);
    if (scan.at < scan.len)
        return refuse(&scan, "text after the end", scan.at);
    if (text.data[start] != '{')
        return refuse(&scan, "not an object", start);
    return refuse_duplicates(&scan);
}

/* A string and the space after it. */
static bool scan_item(struct scan *scan)
{
    size_t len = 0;
    skip_space(scan);
    if (peek(scan) != '"' || scan_string(scan, NULL, &len))
        return false;
    skip_space(scan);
    return true;
}

bool json_is_string_list(struct slice text)
{
    struct json_error error;
    struct scan scan = {.text = text.data, .len = text.len, .error = &error};
    if (!utf8_valid(text))
        return false;
    skip_space(&scan);
    if (peek(&scan) != '[')
        return false;
    scan.at++;
    skip_space(&scan);
    bool good = peek(&scan) == ']' || scan_item(&scan);
    while (good && peek(&scan) == ',') {
        scan.at++;
        good = scan_item(&scan);
    }
    if (!good || peek(&scan) != ']')
        return false;
    scan.at++;
    skip_space(&scan);
    return scan.at == scan.len;
}
