#include "json_oracle.h"

#include "base/utf8.h"

struct reader {
    const char *at, *end;
    int depth;
    struct json_facts facts;
};

static bool see(const struct reader *reader, char c)
{
    return reader->at < reader->end && *reader->at == c;
}

static bool take(struct reader *reader, char c)
{
    if (!see(reader, c))
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, struct slice word)
{
    if ((size_t)(reader->end - reader->at) < word.len ||
        memcmp(reader->at, word.data, word.len) != 0)
        return false;
    reader->at += word.len;
    return true;
}

static void skip_space(struct reader *reader)
{
    while (see(reader, ' ') || see(reader, '\t') || see(reader, '\n') || see(reader, '\r'))
        reader->at++;
}

static size_t take_digits(struct reader *reader)
{
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return (size_t)(reader->at - start);
}

static bool take_number(struct reader *reader)
{
    take(reader, '-');
    if (!take(reader, '0') && take_digits(reader) == 0)
        return false;
    if (take(reader, '.') && take_digits(reader) == 0)
        return false;
    if (!take(reader, 'e') && !take(reader, 'E'))
        return true;
    if (!take(reader, '+'))
        take(reader, '-');
    return take_digits(reader) > 0;
}

static bool take_hex4(struct reader *reader)
{
    for (int i = 0; i < 4; i++, reader->at++)
        if (reader->at == reader->end || !memchr("0123456789abcdefABCDEF", *reader->at, 22))
            return false;
    return true;
}

/* *raw: the text between the quotes. */
static bool take_string(struct reader *reader, struct slice *raw)
{
    const char *start = reader->at + 1;
    if (!take(reader, '"'))
        return false;
    while (reader->at < reader->end && *reader->at != '"') {
        unsigned char c = (unsigned char)*reader->at++;
        if (c < 0x20)
            return false;
        if (c != '\\')
            continue;
        if (reader->at == reader->end)
            return false;
        char escaped = *reader->at++;
        if (escaped == 'u' ? !take_hex4(reader) : !memchr("\"\\/bfnrt", escaped, 8))
            return false;
    }
    *raw = (struct slice){start, (size_t)(reader->at - start)};
    return take(reader, '"');
}

static bool is_before(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order < 0 || (order == 0 && a.len < b.len);
}

static bool take_value(struct reader *reader);

static bool take_container(struct reader *reader, char close)
{
    struct slice before = {NULL, 0}, name;
    reader->at++;
    skip_space(reader);
    if (take(reader, close))
        return true;
    do {
        skip_space(reader);
        if (close == '}') {
            if (!take_string(reader, &name))
                return false;
            if (before.data && !is_before(before, name))
                reader->facts.sorted = false;
            before = name;
            skip_space(reader);
            if (!take(reader, ':'))
                return false;
            skip_space(reader);
        }
        if (!take_value(reader))
            return false;
        skip_space(reader);
    } while (take(reader, ','));
    return take(reader, close);
}

/* JSON_ORACLE_DEPTH limits the recursion. */
static bool take_value(struct reader *reader)
{
    struct slice raw;
    bool good;
    if (see(reader, '{') || see(reader, '[')) {
        if (++reader->depth > JSON_ORACLE_DEPTH) {
            reader->facts.too_deep = true;
            return false;
        }
        good = take_container(reader, see(reader, '{') ? '}' : ']');
        reader->depth--;
        return good;
    }
    if (see(reader, '"'))
        return take_string(reader, &raw);
    if (take_word(reader, SLICE("null"))) {
        reader->facts.has_null = true;
        return true;
    }
    return take_word(reader, SLICE("true")) || take_word(reader, SLICE("false")) ||
           take_number(reader);
}

struct json_facts json_oracle(struct slice text)
{
    struct reader reader = {
        .at = text.data, .end = text.data + text.len, .facts = {.sorted = true}};
    if (!text.data || !utf8_valid(text))
        return reader.facts;
    skip_space(&reader);
    reader.facts.is_object = see(&reader, '{');
    bool good = take_value(&reader);
    skip_space(&reader);
    reader.facts.is_json = good && reader.at == reader.end;
    return reader.facts;
}
