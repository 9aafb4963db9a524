#include "base/json.h"

#include "base/utf8.h"

static void separate(struct json_writer *writer)
{
    if (writer->separate)
        buffer_append_char(writer->out, ',');
    writer->separate = true;
}

static void begin(struct json_writer *writer, char bracket)
{
    separate(writer);
    buffer_append_char(writer->out, bracket);
    writer->separate = false;
}

static void end(struct json_writer *writer, char bracket)
{
    buffer_append_char(writer->out, bracket);
    writer->separate = true;
}

void json_object_begin(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_object_end(struct json_writer *writer)
{
    end(writer, '}');
}

void json_list_begin(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_list_end(struct json_writer *writer)
{
    end(writer, ']');
}

static void append_escape(struct buffer *out, unsigned char c)
{
    static const char short_form[] = "\b\f\n\r\t\"\\";
    static const char letter[] = "bfnrt\"\\";
    const char *found = c ? strchr(short_form, c) : NULL;
    if (found) {
        buffer_append_char(out, '\\');
        buffer_append_char(out, letter[found - short_form]);
    } else {
        buffer_printf(out, "\\u%04x", c);
    }
}

void json_append_escaped(struct buffer *out, struct slice value)
{
    size_t plain = 0; /* start of the run that needs no escape */
    size_t valid = 0; /* end of the bytes known to be valid UTF-8 */
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c >= 0x80 && i >= valid)
            valid = i + utf8_valid_prefix((struct slice){value.data + i, value.len - i});
        bool invalid = c >= 0x80 && i >= valid;
        if (!invalid && c >= 0x20 && c != '"' && c != '\\')
            continue;
        buffer_append(out, value.data + plain, i - plain);
        if (invalid)
            buffer_append_string(out, "\xEF\xBF\xBD");
        else
            append_escape(out, c);
        plain = i + 1;
    }
    buffer_append(out, value.data ? value.data + plain : "", value.len - plain);
}

static void append_string(struct buffer *out, struct slice value)
{
    buffer_append_char(out, '"');
    json_append_escaped(out, value);
    buffer_append_char(out, '"');
}

void json_key(struct json_writer *writer, const char *name)
{
    struct slice text = slice_of(name);
    separate(writer);
    char *at = buffer_extend(writer->out, text.len + 3);
    if (at) {
        at[0] = '"';
        memcpy(at + 1, text.data, text.len);
        at[text.len + 1] = '"';
        at[text.len + 2] = ':';
    }
    writer->separate = false;
}

void json_key_text(struct json_writer *writer, struct slice name)
{
    separate(writer);
    append_string(writer->out, name);
    buffer_append_char(writer->out, ':');
    writer->separate = false;
}

void json_write_string(struct json_writer *writer, struct slice value)
{
    separate(writer);
    append_string(writer->out, value);
}

void json_write_boolean(struct json_writer *writer, bool value)
{
    separate(writer);
    buffer_append_string(writer->out, value ? "true" : "false");
}

void json_write_integer(struct json_writer *writer, int64_t value)
{
    separate(writer);
    buffer_append_integer(writer->out, value);
}

void json_write_raw(struct json_writer *writer, struct slice json)
{
    separate(writer);
    bool in_string = false;
    size_t begin = 0; /* of the bytes since the last blank that was left out */
    for (size_t i = 0; i < json.len; i++) {
        char c = json.data[i];
        if (c == '"') {
            in_string = !in_string;
        } else if (in_string && c == '\\') {
            i++;
        } else if (!in_string && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            buffer_append(writer->out, json.data + begin, i - begin);
            begin = i + 1;
        }
    }
    if (begin < json.len)
        buffer_append(writer->out, json.data + begin, json.len - begin);
}

void json_put_string(struct json_writer *writer, const char *name, struct slice value)
{
    json_key(writer, name);
    json_write_string(writer, value);
}

void json_put_optional(struct json_writer *writer, const char *name, struct slice value)
{
    if (value.data)
        json_put_string(writer, name, value);
}

void json_put_lower(struct json_writer *writer, const char *name, struct slice value)
{
    char lower[32] = "";
    size_t len = value.len < sizeof lower ? value.len : sizeof lower;
    for (size_t i = 0; i < len; i++)
        lower[i] = value.data[i] >= 'A' && value.data[i] <= 'Z' ? (char)(value.data[i] | 0x20)
                                                                : value.data[i];
    json_put_optional(writer, name, (struct slice){value.data ? lower : NULL, len});
}

void json_put_boolean(struct json_writer *writer, const char *name, bool value)
{
    json_key(writer, name);
    json_write_boolean(writer, value);
}

void json_put_integer(struct json_writer *writer, const char *name, int64_t value)
{
    json_key(writer, name);
    json_write_integer(writer, value);
}

void json_put_raw(struct json_writer *writer, const char *name, struct slice json)
{
    json_key(writer, name);
    json_write_raw(writer, json);
}
