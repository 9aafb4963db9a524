#include "mq/rabbitmq_configuration.h"

#include "base/text.h"

static const struct slice nothing = {NULL, 0};

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

/* No control characters but tabs and, with `lines`, the ends of lines. */
static bool is_printable(struct slice text, bool lines)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool ends_line = c == '\n' || c == '\r';
        if (ends_line ? !lines : (c < ' ' && c != '\t') || c == 0x7F)
            return false;
    }
    return true;
}

/* What a configuration is made of; comments and blank lines are passed over. */
enum item { ITEM_END, ITEM_SETTING, ITEM_SECTION, ITEM_BAD };

struct reader {
    const char *at, *end;
    size_t number;        /* of lines taken so far */
    size_t line;          /* where the item begins */
    struct slice section; /* the name of the one that is open, else absent */
    size_t section_line;  /* where that begins */
    struct rabbitmq_setting setting;
    enum rabbitmq_limit limit; /* of the setting; RABBITMQ_LIMITS_END: it is none */
};

static struct slice without_return(struct slice line)
{
    bool has_return = line.len > 0 && line.data[line.len - 1] == '\r';
    return (struct slice){line.data, line.len - has_return};
}

static struct slice take_line(struct reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    const char *newline = memchr(reader->at, '\n', left);
    struct slice line = {reader->at, newline ? (size_t)(newline - reader->at) : left};
    reader->at = newline ? newline + 1 : reader->end;
    reader->number++;
    return text_trim(without_return(line));
}

static bool is_blank_or_comment(struct slice line)
{
    return line.len == 0 || line.data[0] == '#';
}

#define QUOTES SLICE("'''")

static const char *find_quotes(const char *at, const char *end)
{
    for (; (at = memchr(at, QUOTES.data[0], (size_t)(end - at))); at++)
        if (slice_starts_with((struct slice){at, (size_t)(end - at)}, QUOTES))
            return at;
    return NULL;
}

/* The value whose quotes open at `open`, in the line that was taken last. */
static bool read_quoted(struct reader *reader, const char *open)
{
    const char *begin = open + QUOTES.len;
    const char *close = find_quotes(begin, reader->end);
    if (!close)
        return false;
    while (reader->at <= close)
        take_line(reader);
    struct slice rest = {close + QUOTES.len, (size_t)(reader->at - close) - QUOTES.len};
    if (rest.len > 0 && rest.data[rest.len - 1] == '\n')
        rest.len--;
    reader->setting.value = (struct slice){begin, (size_t)(close - begin)};
    return is_blank_or_comment(text_trim(without_return(rest))) &&
           is_printable(reader->setting.value, true);
}

static struct slice without_comment(struct slice value)
{
    const char *sign = memchr(value.data, '#', value.len);
    return sign ? text_trim((struct slice){value.data, (size_t)(sign - value.data)}) : value;
}

static bool read_setting(struct reader *reader, struct slice line)
{
    const char *sign = memchr(line.data, '=', line.len);
    if (!sign)
        return false;
    size_t len = (size_t)(sign - line.data);
    struct slice value = text_trim((struct slice){sign + 1, line.len - len - 1});
    struct slice key = text_trim((struct slice){line.data, len});
    bool quoted = slice_starts_with(value, QUOTES);
    reader->setting = (struct rabbitmq_setting){key, without_comment(value), quoted};
    reader->limit = rabbitmq_limit_find(key);
    bool good =
        quoted ? read_quoted(reader, value.data) : value.len > 0 && is_printable(value, false);
    return good && is_key(key) && (!reader->section.data || reader->limit != RABBITMQ_LIMITS_END);
}

enum { SINGLE_INSTANCE = '1', CLUSTER = '3' };

/* Takes the mode off `m7g.large.1`; 0: there is none of the two. */
static char take_mode(struct slice *name)
{
    char mode = name->len > 2 ? name->data[name->len - 1] : 0;
    if ((mode != SINGLE_INSTANCE && mode != CLUSTER) || name->data[name->len - 2] != '.')
        return 0;
    name->len -= 2;
    return mode;
}

/* The name between the braces; absent: it is none. */
static struct slice section_name(struct slice line)
{
    if (line.len < 4 || memcmp(line.data + line.len - 2, "}}", 2) != 0)
        return nothing;
    struct slice name = slice_part(line, 2, line.len - 4), type = name;
    char mode = take_mode(&type);
    struct slice size = type, family = text_take(&size, '.');
    bool good = mode && family.len > 0 && size.len > 0 &&
                text_has_only(family, TEXT_LOWER TEXT_DIGITS) &&
                text_has_only(size, TEXT_LOWER TEXT_DIGITS) && !slice_equal(family, SLICE("mq"));
    return good ? name : nothing;
}

static bool read_section(struct reader *reader, struct slice line)
{
    struct slice name = section_name(line);
    bool is_open = reader->section.data != NULL;
    if (!name.data || (is_open && !slice_equal(name, reader->section)))
        return false;
    reader->section = is_open ? nothing : name;
    reader->section_line = reader->line;
    return true;
}

static enum item next_item(struct reader *reader)
{
    while (reader->at < reader->end) {
        struct slice line = take_line(reader);
        reader->line = reader->number;
        if (is_blank_or_comment(line))
            continue;
        if (slice_starts_with(line, SLICE("{{")))
            return read_section(reader, line) ? ITEM_SECTION : ITEM_BAD;
        return read_setting(reader, line) ? ITEM_SETTING : ITEM_BAD;
    }
    if (!reader->section.data)
        return ITEM_END;
    reader->section = nothing;
    reader->line = reader->section_line;
    return ITEM_BAD;
}

bool rabbitmq_configuration_check(struct slice text, bool sections, size_t *line)
{
    struct reader reader = {.at = text.data, .end = text.data + text.len};
    enum item item;
    do {
        item = next_item(&reader);
    } while (item == ITEM_SETTING || (item == ITEM_SECTION && sections));
    *line = reader.line;
    return item == ITEM_END;
}

/* Whether the open section, if any, is for such brokers. */
static bool applies(const struct reader *reader, struct slice host_instance_type,
                    enum deployment_mode mode)
{
    struct slice type = reader->section, prefix = SLICE("mq.");
    if (!type.data)
        return true;
    char wanted = mode == DEPLOYMENT_CLUSTER_MULTI_AZ ? CLUSTER : SINGLE_INSTANCE;
    return take_mode(&type) == wanted && slice_starts_with(host_instance_type, prefix) &&
           slice_equal(type, slice_part(host_instance_type, prefix.len,
                                        host_instance_type.len - prefix.len));
}

static int64_t read_limit(struct slice value)
{
    int64_t number = INT64_MAX; /* what is larger, too */
    if (value.len == 0 || !text_has_only(value, TEXT_DIGITS))
        return RABBITMQ_UNLIMITED;
    text_number(value, INT64_MAX, &number);
    return number;
}

void rabbitmq_configuration_read(struct slice text, struct slice host_instance_type,
                                 enum deployment_mode mode, struct rabbitmq_settings *settings)
{
    struct reader reader = {.at = text.data, .end = text.data + text.len};
    *settings = (struct rabbitmq_settings){.strategy = STRATEGY_SIMPLE};
    for (int i = 0; i < RABBITMQ_LIMITS_END; i++)
        settings->limits.most[i] = RABBITMQ_UNLIMITED;
    for (enum item item; (item = next_item(&reader)) != ITEM_END;) {
        settings->has_sections |= item == ITEM_SECTION;
        if (item != ITEM_SETTING)
            continue;
        if (reader.limit != RABBITMQ_LIMITS_END && applies(&reader, host_instance_type, mode))
            settings->limits.most[reader.limit] = read_limit(reader.setting.value);
        if (slice_starts_with(reader.setting.key, SLICE("auth_backends.")) &&
            !slice_equal(reader.setting.value, SLICE("internal")))
            settings->strategy = STRATEGY_CONFIG_MANAGED;
    }
}

void rabbitmq_configuration_each(
    struct slice text, struct slice host_instance_type, enum deployment_mode mode,
    void (*take)(void *context, const struct rabbitmq_setting *setting), void *context)
{
    struct slice given = text.data ? text : SLICE("");
    struct reader reader = {.at = given.data, .end = given.data + given.len};
    for (enum item item; (item = next_item(&reader)) != ITEM_END;)
        if (item == ITEM_SETTING && applies(&reader, host_instance_type, mode))
            take(context, &reader.setting);
}
