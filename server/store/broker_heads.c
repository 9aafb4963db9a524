#include "store/broker_heads.h"

#include <stdlib.h>

#include "base/text.h"
#include "store/internal.h"

enum {
    HEADS = 4096,
    HEAD_TEXTS = 200, /* bytes of the texts of a head: 100, 12, 32 and 50 at most */
};

struct kept_head {
    uint64_t generation; /* another one than that of the heads: forgotten */
    struct broker_head head;
    char texts[HEAD_TEXTS];
};

/* `kept` is filled from its beginning, since memory that was never written to takes no room. */
struct broker_heads {
    uint64_t generation;    /* from 1 */
    uint16_t count;         /* entries of this generation: at most one for each place */
    uint16_t places[HEADS]; /* by the hash of the id: an index in kept */
    struct kept_head kept[HEADS];
};

struct broker_heads *broker_heads_new(void)
{
    struct broker_heads *heads = calloc(1, sizeof *heads);
    if (heads)
        heads->generation = 1;
    return heads;
}

void broker_heads_free(struct broker_heads *heads)
{
    free(heads);
}

void broker_heads_forget(struct broker_heads *heads)
{
    if (!heads)
        return;
    heads->generation++;
    heads->count = 0;
}

static uint16_t *place_of(struct broker_heads *heads, struct slice id)
{
    return &heads->places[text_hash(TEXT_HASH, id) % HEADS];
}

/* Whether the place has an entry of this generation. */
static bool is_used(struct broker_heads *heads, const uint16_t *place)
{
    const struct kept_head *kept = &heads->kept[*place];
    return kept->generation == heads->generation && place_of(heads, kept->head.id) == place;
}

static bool copy_text(struct arena *arena, struct slice *text)
{
    text->data = arena_copy(arena, *text);
    return text->data != NULL;
}

static enum result find(struct broker_heads *heads, struct slice id, struct arena *arena,
                        struct broker_head *head)
{
    const struct kept_head *kept = heads ? &heads->kept[*place_of(heads, id)] : NULL;
    if (!kept || kept->generation != heads->generation || !slice_equal(kept->head.id, id))
        return RESULT_NOT_FOUND;
    *head = kept->head;
    bool good = copy_text(arena, &head->id) && copy_text(arena, &head->account) &&
                copy_text(arena, &head->region) && copy_text(arena, &head->name);
    return good ? RESULT_OK : RESULT_NO_MEMORY;
}

static void keep(struct broker_heads *heads, const struct broker_head *head)
{
    if (!heads || head->id.len + head->account.len + head->region.len + head->name.len > HEAD_TEXTS)
        return;
    uint16_t *place = place_of(heads, head->id);
    if (!is_used(heads, place))
        *place = heads->count++;
    struct kept_head *kept = &heads->kept[*place];
    struct slice *const texts[] = {&kept->head.id, &kept->head.account, &kept->head.region,
                                   &kept->head.name};
    char *end = kept->texts;
    kept->generation = heads->generation;
    kept->head = *head;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        memcpy(end, texts[i]->data, texts[i]->len);
        texts[i]->data = end;
        end += texts[i]->len;
    }
}

enum result broker_find_head(struct store *store, struct slice id, struct arena *arena,
                             struct broker_head *head)
{
    enum result result = find(store->heads, id, arena, head);
    if (result != RESULT_NOT_FOUND)
        return result;
    result = broker_read_head(store, id, arena, head);
    if (!result)
        keep(store->heads, head);
    return result;
}
