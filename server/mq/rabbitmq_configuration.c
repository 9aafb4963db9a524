#include "mq/rabbitmq_configuration.h"

#include "base/text.h"

static bool is_key_character(char c)
{
    return text_is_alphanumeric(c) || c == '_' || c == '$' || c == '-';
}

/* One or more parts with dots between them. */
static bool is_key(struct slice text)
{
    bool part = false; /* a part has begun */
    for (size_t i = 0; i < text.len; i++) {
        bool dot = text.data[i] == '.';
        if (dot ? !part : !is_key_character(text.data[i]))
            return false;
        part = !dot;
    }
    return part;
}

static bool is_printable(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7F)
            return false;
    }
    return text.len > 0;
}

static bool is_setting(struct slice line)
{
    const char *sign = memchr(line.data, '=', line.len);
    if (!sign)
        return false;
    size_t len = (size_t)(sign - line.data);
    return is_key(text_trim((struct slice){line.data, len})) &&
           is_printable(text_trim((struct slice){sign + 1, line.len - len - 1}));
}

static bool is_section(struct slice line)
{
    return line.len > 2 && line.data[0] == '[' && line.data[line.len - 1] == ']' &&
           is_key(text_trim((struct slice){line.data + 1, line.len - 2}));
}

bool rabbitmq_configuration_check(struct slice text, bool sections, size_t *line)
{
    const char *at = text.data, *end = text.data + text.len;
    for (*line = 1; at < end; ++*line) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        struct slice content = {at, (size_t)(stop - at)};
        if (content.len > 0 && content.data[content.len - 1] == '\r')
            content.len--;
        content = text_trim(content);
        if (content.len > 0 && content.data[0] != '#' && !is_setting(content) &&
            !(sections && is_section(content)))
            return false;
        at = newline ? newline + 1 : end;
    }
    return true;
}
