/* base/arena: alignment, ceilings, and pieces that keep to themselves. */
#include "support.h"

#include <stdalign.h>

enum { UNIT = alignof(max_align_t) };

/* A size that no allocator has must come back as NULL, also from the sanitizer's. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void pieces_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    struct prng prng = {1};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (int round = 0; round < 20; round++) {
        unsigned char *pieces[40];
        size_t sizes[40];
        for (size_t i = 0; i < COUNT(pieces); i++) {
            sizes[i] = prng_below(&prng, i % 8 == 0 ? 9000 : 200);
            pieces[i] = arena_alloc(&arena, sizes[i]);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % UNIT, 0);
            memset(pieces[i], (int)i, sizes[i]);
        }
        for (size_t i = 0; i < COUNT(pieces); i++)
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(pieces[i][at], i);
        arena_reset(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_close(&arena);
}

static void the_ceiling_is_exact(void **state)
{
    (void)state;
    static const struct {
        size_t ceiling, first, second;
        bool first_fits, second_fits;
    } cases[] = {
        {0, 1, 0, false, true},
        {UNIT, UNIT, 0, true, true},
        {UNIT, UNIT, 1, true, false},
        {UNIT, 1, 1, true, false},
        {2 * UNIT, 1, UNIT, true, true},
        {2 * UNIT, UNIT + 1, 1, true, false},
        {100000, 100001, 90000, false, true},
        {100000, 50000, 50000, true, true},
        {100000, 50000, 50016, true, false},
        {SIZE_MAX / 2, SIZE_MAX, 1, false, true},
        {SIZE_MAX / 2, SIZE_MAX / 2, 1, false, true},
        {SIZE_MAX, SIZE_MAX, 1, false, true},
        {SIZE_MAX, SIZE_MAX - UNIT, 1, false, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena;
        arena_init(&arena, cases[i].ceiling);
        if ((arena_alloc(&arena, cases[i].first) != NULL) != cases[i].first_fits ||
            (arena_alloc(&arena, cases[i].second) != NULL) != cases[i].second_fits)
            fail_msg("row %zu", i);
        assert_true(arena.used <= arena.ceiling);
        arena_close(&arena);
    }
}

/* What was refused takes nothing away, and a reset gives everything back. */
static void a_reset_gives_everything_back(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 10000);
    for (int round = 0; round < 3; round++) {
        assert_non_null(arena_alloc(&arena, 6000));
        assert_null(arena_alloc(&arena, 6000));
        assert_non_null(arena_alloc(&arena, 4000));
        assert_null(arena_alloc(&arena, 1));
        arena_reset(&arena);
    }
    arena_close(&arena);
    assert_non_null(arena_alloc(&arena, 100)); /* usable again */
    arena_close(&arena);
}

static void copies_end_with_a_nul(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256);
    const char *copy = arena_copy(&arena, SLICE("a\0b"));
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(arena_copy(&arena, (struct slice){NULL, 0}), "");
    assert_string_equal(arena_printf(&arena, "%s-%d", "instance", 12), "instance-12");
    assert_null(arena_printf(&arena, "%300d", 1));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(the_ceiling_is_exact),
        cmocka_unit_test(a_reset_gives_everything_back),
        cmocka_unit_test(copies_end_with_a_nul),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
