/* Snapshots from outside: bytes or pages of a good one changed, or values of its rows that no rule
 * has seen. A rejected one changes nothing, says why in one printable line, and the server answers
 * as before. One that is accepted is a world like any other: all of it can be read, every operation
 * and endpoint answers without a 5xx, and time goes on. */
#include "world.h"

#include "base/utf8.h"
#include "snapshot_changes.h"
#include "store/internal.h"
#include "store/snapshot.h"

static void expect_line(const char *text)
{
    FUZZ_CHECK_SEEN(*text && utf8_valid(slice_of(text)), "%s", text);
    for (const char *at = text; *at; at++)
        FUZZ_CHECK_SEEN((unsigned char)*at >= ' ' && *at != 0x7F, "%s", text);
}

static void expect_unchanged(struct store *store, const struct store_cache *cached,
                             struct slice before, const char *reason)
{
    expect_line(reason);
    FUZZ_CHECK_SEEN(world_is(before), "%s", reason);
    FUZZ_CHECK(store->cached.faults == cached->faults &&
               store->cached.policies == cached->policies &&
               store->cached.clock_offset_ms == cached->clock_offset_ms);
    fuzz_check_described();
}

void fuzz_snapshot(struct slice input)
{
    static struct slice (*const changes[])(struct slice image, struct slice input) = {
        change_bytes, change_column, change_pages, change_rows};
    struct store *store = world_store();
    struct store_error error = {""};
    struct store_cache cached = store->cached;
    struct slice image = {NULL, 0}, before = world_image(), rest = input;
    fuzz_check_described();
    FUZZ_CHECK(store_snapshot(store, &image) == RESULT_OK);
    size_t choice = fuzz_take_choice(&rest, sizeof changes / sizeof *changes);
    image = changes[choice](image, rest);
    enum result result = store_restore(store, image, &error);
    store_snapshot_free(image);
    FUZZ_CHECK_SEEN(result == RESULT_OK || result == RESULT_INVALID, "%d %s", result, error.text);
    if (result) {
        expect_unchanged(store, &cached, before, error.text);
    } else {
        world_check(true);
        fuzz_check_operations(input);
        fuzz_check_readable(input);
        world_restore();
    }
    store_snapshot_free(before);
}
