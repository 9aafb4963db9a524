#include "base/text.h"
#include "brokers/rabbitmq_keys.h"

unsigned rabbitmq_release_of(struct slice version)
{
    int64_t parts[] = {0, 0, RABBITMQ_NEWEST_PATCH};
    for (size_t i = 0; i < sizeof parts / sizeof *parts && version.data; i++)
        if (!text_number(text_take(&version, '.'), RABBITMQ_NEWEST_PATCH, &parts[i]))
            return RABBITMQ_NEWEST;
    return (unsigned)(parts[0] * 10000 + parts[1] * 100 + parts[2]);
}

/* A part that varies is any word of the format. */
static bool matches_part(struct slice part, struct slice pattern)
{
    return slice_equal(pattern, SLICE("$")) ? part.len > 0 && text_is_word(part, "_-")
                                            : slice_equal(part, pattern);
}

/* Takes what `prefix` matches off *key. */
static bool take_prefix(struct slice *key, const char *prefix)
{
    struct slice rest = slice_of(prefix);
    while (rest.len > 0)
        if (!key->data || !matches_part(text_take(key, '.'), text_take(&rest, '.')))
            return false;
    return key->data != NULL;
}

static bool matches_any(struct slice name, const char *names)
{
    for (struct slice rest = slice_of(names); rest.data;)
        if (matches_part(name, text_take(&rest, ' ')))
            return true;
    return false;
}

bool rabbitmq_key_known(struct slice key, unsigned release)
{
    for (size_t i = 0; i < rabbitmq_keys_count; i++) {
        const struct rabbitmq_keys *keys = &rabbitmq_keys[i];
        struct slice name = key;
        if (release >= keys->since && (keys->until == 0 || release < keys->until) &&
            take_prefix(&name, keys->prefix) && matches_any(name, keys->names))
            return true;
    }
    return false;
}
