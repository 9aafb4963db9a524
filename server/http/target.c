#include "http/target.h"

#include <stdint.h>

#include "base/text.h"
#include "base/utf8.h"

/* RESULT_INVALID for a malformed escape, a NUL or invalid UTF-8. */
static enum result decode(struct slice raw, struct arena *arena, struct slice *decoded)
{
    char *out = arena_alloc(arena, raw.len + 1);
    size_t len = 0;
    unsigned char bits = 0;
    if (!out)
        return RESULT_NO_MEMORY;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];
        if (c == '%') {
            if (raw.len - i < 3 || text_hex_value(raw.data[i + 1]) < 0 ||
                text_hex_value(raw.data[i + 2]) < 0)
                return RESULT_INVALID;
            c = (char)(text_hex_value(raw.data[i + 1]) << 4 | text_hex_value(raw.data[i + 2]));
            i += 2;
        }
        if (c == '\0')
            return RESULT_INVALID;
        out[len++] = c;
        bits |= (unsigned char)c;
    }
    out[len] = '\0';
    *decoded = (struct slice){out, len};
    return bits < 0x80 || utf8_valid(*decoded) ? RESULT_OK : RESULT_INVALID;
}

static struct slice without_authority(struct slice raw)
{
    static const struct slice schemes[] = {SLICE_INIT("http://"), SLICE_INIT("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (raw.len < schemes[i].len || strncasecmp(raw.data, schemes[i].data, schemes[i].len) != 0)
            continue;
        size_t at = schemes[i].len;
        while (at < raw.len && raw.data[at] != '/' && raw.data[at] != '?')
            at++;
        return (struct slice){raw.data + at, raw.len - at};
    }
    return raw;
}

static enum result parse_path(struct arena *arena, struct target *target)
{
    struct slice rest = target->path;
    if (rest.len == 0 || rest.data[0] != '/')
        return RESULT_OK; /* without segments no route matches */
    rest = (struct slice){rest.data + 1, rest.len - 1};
    while (rest.data) {
        struct slice segment = text_take(&rest, '/'), decoded;
        enum result result = decode(segment, arena, &decoded);
        if (result)
            return result;
        if (target->segment_count < REQUEST_SEGMENTS)
            target->segments[target->segment_count] = decoded;
        target->segment_count++;
    }
    return RESULT_OK;
}

static enum result parse_query(struct arena *arena, struct target *target)
{
    struct slice rest = target->query;
    size_t room = 1;
    for (size_t i = 0; i < rest.len; i++)
        room += rest.data[i] == '&';
    target->members = arena_alloc(arena, room * sizeof *target->members);
    if (!target->members)
        return RESULT_NO_MEMORY;
    while (rest.data) {
        struct slice member = text_take(&rest, '&'), value = member;
        struct slice name = text_take(&value, '=');
        struct query_member *place = &target->members[target->member_count];
        if (member.len == 0)
            continue;
        enum result result = decode(name, arena, &place->name);
        if (!result)
            result = decode(value, arena, &place->value);
        if (result)
            return result;
        target->member_count++;
    }
    return RESULT_OK;
}

enum result target_parse(struct slice raw, struct arena *arena, struct target *target)
{
    *target = (struct target){.malformed = false};
    target->query = without_authority(raw);
    target->path = text_take(&target->query, '?');
    enum result result = parse_path(arena, target);
    if (!result && target->query.data)
        result = parse_query(arena, target);
    target->malformed = result == RESULT_INVALID;
    target->is_control =
        target->segment_count > 0 && slice_equal(target->segments[0], SLICE("_local"));
    return target->malformed ? RESULT_OK : result;
}

/* A bit for each character of "!$%&'()*+,-./:;=" */
#define PUNCTUATION UINT64_C(0x2C00FFF200000000)

static bool is_path_character(unsigned char c)
{
    if (c < 0x40)
        return (PUNCTUATION >> c & 1) != 0 || text_is_digit((char)c);
    return text_is_alphanumeric((char)c) || c >= 0x80 || c == '@' || c == '_' || c == '~';
}

bool target_is_path(struct slice path)
{
    if (path.len == 0 || path.data[0] != '/')
        return false;
    for (size_t i = 0; i < path.len; i++)
        if (!is_path_character((unsigned char)path.data[i]))
            return false;
    return true;
}
