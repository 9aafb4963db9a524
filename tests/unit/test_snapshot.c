/* store/snapshot: out and in again; what is damaged is refused, and the store stays as it was. */
#include "store_world.h"

#include "store/snapshot.h"

static const char seed[] =
    "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'alice', 'applied-pw-12');";

#define USERS "SELECT username FROM user ORDER BY username"

/* A heap copy with nothing behind it, so that the sanitizer sees a byte read too far. */
static enum result restore(struct world *world, struct slice image, size_t len, size_t at,
                           unsigned char flip)
{
    struct store_error error = {""};
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, image.data, len);
    if (at < len)
        copy[at] = (char)((unsigned char)copy[at] ^ flip);
    enum result result = store_restore(world->store, (struct slice){copy, len}, &error);
    free(copy);
    if (result) {
        assert_int_equal(result, RESULT_INVALID);
        assert_int_equal(strncmp(error.text, "snapshot: ", 10), 0);
    }
    return result;
}

static void out_and_in_again(void **state)
{
    (void)state;
    struct world world;
    struct slice image = {NULL, 0};
    world_open(&world, ":memory:", seed);
    assert_int_equal(store_snapshot(world.store, &image), RESULT_OK);
    assert_int_equal(sqlite3_exec(world.store->db, "DELETE FROM user", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_string_equal(world_ask(&world, USERS), "");
    assert_int_equal(restore(&world, image, image.len, SIZE_MAX, 0), RESULT_OK);
    assert_string_equal(world_ask(&world, USERS), "alice");
    store_snapshot_free(image);
    world_close(&world);
}

static void cut_anywhere_it_is_refused(void **state)
{
    (void)state;
    struct world world;
    struct slice image = {NULL, 0};
    world_open(&world, ":memory:", seed);
    assert_int_equal(store_snapshot(world.store, &image), RESULT_OK);
    for (size_t len = 0; len < image.len; len = len < 200 ? len + 1 : len + 1777)
        assert_int_equal(restore(&world, image, len, SIZE_MAX, 0), RESULT_INVALID);
    assert_string_equal(world_ask(&world, USERS), "alice");
    store_snapshot_free(image);
    world_close(&world);
}

static void a_flipped_bit_harms_nothing(void **state)
{
    (void)state;
    struct world world;
    struct slice image = {NULL, 0};
    struct prng prng = {20261124};
    int refused = 0;
    world_open(&world, ":memory:", seed);
    assert_int_equal(store_snapshot(world.store, &image), RESULT_OK);
    for (int round = 0; round < 200; round++) {
        size_t at = round < 100 ? (size_t)round : prng_below(&prng, image.len);
        if (restore(&world, image, image.len, at, (unsigned char)(1U << prng_below(&prng, 8)))) {
            refused++;
            assert_string_equal(world_ask(&world, USERS), "alice");
        } else { /* a place that means nothing, or another value that is right */
            assert_string_equal(world_ask(&world, "PRAGMA integrity_check"), "ok");
            assert_int_equal(restore(&world, image, image.len, SIZE_MAX, 0), RESULT_OK);
        }
    }
    assert_true(refused > 30);
    store_snapshot_free(image);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(out_and_in_again),
        cmocka_unit_test(cut_anywhere_it_is_refused),
        cmocka_unit_test(a_flipped_bit_harms_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
