/* store/undo: a reset of one account and region restores its rows of the seeding, leaves all
 * others, and gives what the seeds give in a store without a log. */
#include "seeded_world.h"

#include "mq/replication.h"
#include "store/snapshot.h"
#include "store/undo_log.h"

#define SEED_OTHERS                                                                         \
    "INSERT INTO configuration (id, name, account, region) VALUES"                          \
    " ('c-w1', 'one', '123456789012', 'us-west-2'),"                                        \
    " ('c-o1', 'one', '210987654321', 'us-east-1');"                                        \
    "INSERT INTO broker (id, name, account, region, configuration_id) VALUES"               \
    " ('b-w1', 'one', '123456789012', 'us-west-2', 'c-w1'),"                                \
    " ('b-w2', 'two', '123456789012', 'us-west-2', NULL),"                                  \
    " ('b-o1', 'one', '210987654321', 'us-east-1', 'c-o1');"                                \
    "INSERT INTO broker_tag (broker_id, key) VALUES ('b-w1', 'a'), ('b-o1', 'a');"          \
    "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"      \
    " VALUES ('b-w1', 'c-w1', 1), ('b-o1', 'c-o1', 1);"                                     \
    "INSERT INTO user (broker_id, username, password) VALUES"                               \
    " ('b-w1', 'user1', 'created-pw-12'), ('b-o1', 'user1', 'created-pw-12');"              \
    "INSERT INTO vpc (id, account, region) VALUES ('vpc-w1', '123456789012', 'us-west-2');" \
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-w1', 'vpc-w1');"

#define SEED_PAIR                                                                                \
    "INSERT INTO broker (id, name, region, state, data_replication_mode, data_replication_role," \
    " data_replication_counterpart, data_replication_counterpart_region) VALUES"                 \
    " ('b-p1', 'first', 'us-east-1', 'RUNNING', 'CRDR', 'PRIMARY', 'b-p2', 'us-west-2'),"        \
    " ('b-p2', 'second', 'us-west-2', 'REPLICA', 'CRDR', 'REPLICA', 'b-p1', 'us-east-1');"

#define SEED_ROWIDS                                                                       \
    "INSERT INTO broker (id, name) VALUES ('b-x1', 'x1'), ('b-x2', 'x2');"                \
    "INSERT INTO user (broker_id, username, password) SELECT id, 'same', 'created-pw-12'" \
    " FROM broker WHERE name GLOB 'x?';"

static const struct place {
    const char *account, *region;
} places[] = {{"123456789012", "us-east-1"},
              {"123456789012", "us-west-2"},
              {"210987654321", "us-east-1"},
              {"210987654321", "us-west-2"}};

/* %1$d and %2$d: two small numbers. */
static const char *const changes_elsewhere[] = {
    "INSERT INTO broker (id, name, region) VALUES ('b-w%1$d', 'n%2$d', 'us-west-2')",
    "INSERT INTO broker (id, name, account) VALUES ('b-o%1$d', 'n%2$d', '210987654321')",
    "INSERT INTO broker (id, name, region) VALUES ('b-%1$d', 'n%2$d', 'us-west-2')",
    "DELETE FROM broker WHERE id = 'b-w%1$d'",
    "DELETE FROM broker WHERE id = 'b-o%1$d'",
    "DELETE FROM broker WHERE id = 'b-p%1$d'",
    "UPDATE broker SET data_replication_mode = NULL, data_replication_role = NULL,"
    " data_replication_counterpart = NULL, data_replication_counterpart_region = NULL"
    " WHERE id = 'b-p%1$d'",
    "UPDATE broker SET data_replication_counterpart = 'b-w1' WHERE id = 'b-p%1$d'",
    "UPDATE broker SET region = 'us-west-2' WHERE id = 'b-%1$d'",
    "UPDATE broker SET account = '210987654321' WHERE id = 'b-w%1$d'",
    "UPDATE broker SET name = 'n%2$d', state = 'DELETION_IN_PROGRESS' WHERE id = 'b-w%1$d'",
    "UPDATE configuration SET region = 'us-west-2' WHERE id = 'c-%1$d'",
    "INSERT INTO configuration (id, name, region) VALUES ('c-w%1$d', 'n%2$d', 'us-west-2')",
    "INSERT INTO configuration_revision (configuration_id, revision, data)"
    " VALUES ('c-w%1$d', %2$d, '<broker/>')",
    "DELETE FROM configuration WHERE id = 'c-w%1$d'",
    "INSERT INTO user (broker_id, username, password)"
    " VALUES ('b-w%1$d', 'user%2$d', 'created-pw-12')",
    "INSERT INTO user (broker_id, username, password)"
    " VALUES ('b-o%1$d', 'user%2$d', 'created-pw-12')",
    "UPDATE user SET groups = '[\"g%2$d\"]' WHERE broker_id IN ('b-w%1$d', 'b-o%1$d')",
    "UPDATE user SET broker_id = 'b-w%2$d' WHERE broker_id = 'b-%1$d' AND username = 'user1'",
    "UPDATE OR IGNORE user SET broker_id = 'b-%2$d' WHERE broker_id = 'b-w%1$d'",
    "DELETE FROM user WHERE broker_id = 'b-o%1$d'",
    "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"
    " VALUES ('b-w%1$d', 'c-w1', %2$d)",
    "UPDATE broker_configuration_history SET broker_id = 'b-w1' WHERE id = %1$d",
    "DELETE FROM broker_configuration_history WHERE broker_id = 'b-o%1$d'",
    "INSERT INTO vpc (id, region) VALUES ('vpc-%1$d', 'us-west-2')",
    "UPDATE vpc SET region = 'us-west-2' WHERE id = 'vpc-%1$d'",
    "UPDATE subnet SET vpc_id = 'vpc-w1' WHERE id = 'subnet-%1$d'",
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-%2$d', 'vpc-w1')",
};

static void change_anywhere(struct seeded *s, uint32_t *random)
{
    for (uint32_t left = 1 + next_random(random, 8); left > 0; left--) {
        if (next_random(random, 2) > 0)
            change(s, random, changes, COUNT(changes));
        else
            change(s, random, changes_elsewhere, COUNT(changes_elsewhere));
    }
}

/* Of the rows of a place. */
static void dump_place(struct world *world, const struct place *place, bool loose,
                       struct buffer *out)
{
    char filter[200];
    fill(filter, sizeof filter,
         "WHERE %%s IN (SELECT id FROM %%s WHERE account = '%s' AND region = '%s')", place->account,
         place->region);
    dump_rows(world, filter, false, loose, out);
}

/* Of the rows of all others, and those that belong to the server. */
static void dump_others(struct world *world, const struct place *place, struct buffer *out)
{
    char filter[200];
    fill(filter, sizeof filter,
         "WHERE %%s NOT IN (SELECT id FROM %%s WHERE account = '%s' AND region = '%s')",
         place->account, place->region);
    dump_rows(world, filter, true, false, out);
}

static const char *created_at(struct world *world, const struct place *place)
{
    char sql[200];
    fill(sql, sizeof sql,
         "SELECT max(created) FROM configuration WHERE account = '%s' AND region = '%s'",
         place->account, place->region);
    return world_ask(world, sql);
}

static enum result keep_pairs(struct store *store, struct slice account, struct slice region)
{
    (void)store, (void)account, (void)region;
    return RESULT_OK;
}

static enum result reset_place(struct store *store, struct seeded *s, const struct place *place,
                               store_settle *settle)
{
    struct store_error error = {""};
    return store_reset_world(store, s->paths, 1, slice_of(place->account), slice_of(place->region),
                             settle, &error);
}

/* Names the first rows that differ. */
static void expect_same(uint32_t world, const char *what, const struct buffer *wanted,
                        const struct buffer *got)
{
    size_t row = 0, i = 0;
    for (; i < wanted->len && i < got->len && wanted->data[i] == got->data[i]; i++)
        if (wanted->data[i] == '\n')
            row = i + 1;
    if (i < wanted->len || i < got->len)
        fail_msg("world %u: %s\n  got    %.400s\n  wanted %.400s", (unsigned)world, what,
                 got->data + row, wanted->data + row);
}

struct run {
    struct seeded s;
    struct world twin; /* has no log */
    bool has_twin;
    struct buffer seeded[COUNT(places)], before, wanted, got;
    const char *times[COUNT(places)]; /* of the seeding */
    struct arena arena;
    int resets, refused, from_seeds;
};

static void remember_seeding(struct run *run)
{
    buffer_clear(&run->s.wanted);
    dump(&run->s.w, &run->s.wanted);
    arena_reset(&run->arena);
    for (size_t i = 0; i < COUNT(places); i++) {
        dump_place(&run->s.w, &places[i], false, &run->seeded[i]);
        run->times[i] = arena_printf(&run->arena, "%s", created_at(&run->s.w, &places[i]));
    }
}

static void copy_to_twin(struct run *run)
{
    struct slice image;
    struct store_error error = {""};
    assert_int_equal(store_snapshot(run->s.w.store, &image), RESULT_OK);
    if (store_restore(run->twin.store, image, &error))
        fail_msg("%s", error.text);
    store_snapshot_free(image);
    assert_null(run->twin.store->undo);
}

static void compare_with_twin(struct run *run, uint32_t world, const struct place *place,
                              enum result result)
{
    enum result twin = reset_place(run->twin.store, &run->s, place, replication_settle);
    if (twin != result)
        fail_msg("world %u: result %d, with the seeds %d", (unsigned)world, result, twin);
    dump_place(&run->twin, place, true, &run->wanted);
    dump_place(&run->s.w, place, true, &run->got);
    expect_same(world, "not what the seeds give", &run->wanted, &run->got);
    dump_others(&run->twin, place, &run->wanted);
    dump_others(&run->s.w, place, &run->got);
    expect_same(world, "not what the seeds leave", &run->wanted, &run->got);
}

static void reset_and_compare(struct run *run, uint32_t world, size_t at)
{
    const struct place *place = &places[at];
    struct world *w = &run->s.w;
    if (run->has_twin)
        copy_to_twin(run);
    dump(w, &run->before);
    dump_others(w, place, &run->wanted);
    if (w->store->undo)
        w->store->undo->compact_at = 0;
    enum result result =
        reset_place(w->store, &run->s, place, run->has_twin ? replication_settle : keep_pairs);
    run->resets++;
    run->refused += result != RESULT_OK;
    expect_counts(&run->s);
    if (result) {
        /* An id of the seeds is elsewhere, or another place refers to a row that goes. */
        assert_true(result == RESULT_INVALID || result == RESULT_STORE);
        dump(w, &run->got);
        expect_same(world, "a refused reset has changed something", &run->before, &run->got);
    }
    if (run->has_twin) {
        compare_with_twin(run, world, place, result);
    } else if (!result) {
        bool by_log = strcmp(run->times[at], created_at(w, place)) == 0;
        dump_others(w, place, &run->got);
        expect_same(world, "others have changed", &run->wanted, &run->got);
        dump_place(w, place, false, &run->got);
        if (by_log)
            expect_same(world, "not the rows of the seeding", &run->seeded[at], &run->got);
        run->from_seeds += !by_log;
    }
}

static void reset_random_places(const char *seed, bool has_twin, int worlds)
{
    struct run run = {.has_twin = has_twin};
    struct store_error error = {""};
    struct buffer *const buffers[] = {&run.before,    &run.wanted,    &run.got,      &run.seeded[0],
                                      &run.seeded[1], &run.seeded[2], &run.seeded[3]};
    for (size_t i = 0; i < COUNT(buffers); i++)
        buffer_init(buffers[i], 1 << 20);
    arena_init(&run.arena, 1 << 20);
    open_seeded(&run.s, ":memory:", seed);
    world_init(&run.twin);
    assert_int_equal(world_try_open(&run.twin, ":memory:", &error), RESULT_OK);
    remember_seeding(&run);
    for (uint32_t world = 1; world <= (uint32_t)worlds; world++) {
        uint32_t random = world;
        arena_reset(&run.s.w.arena);
        const char *before = created(&run.s);
        for (uint32_t left = 1 + next_random(&random, 3); left > 0; left--) {
            change_anywhere(&run.s, &random);
            reset_and_compare(&run, world, next_random(&random, COUNT(places)));
        }
        reset(&run.s);
        bool by_log = strcmp(before, created(&run.s)) == 0;
        if (is_restored(&run.s) != by_log)
            fail_msg("world %u: a full reset does not give the seeding", (unsigned)world);
        if (!by_log)
            remember_seeding(&run);
    }
    print_message("%d resets: %d refused, %d others from the seeds\n", run.resets, run.refused,
                  run.from_seeds);
    assert_in_range(run.from_seeds, 0, run.resets / 10);
    for (size_t i = 0; i < COUNT(buffers); i++)
        buffer_close(buffers[i]);
    arena_close(&run.arena);
    world_close(&run.twin);
    close_seeded(&run.s);
}

static void the_rows_are_those_of_the_seeding(void **state)
{
    (void)state;
    reset_random_places(SEED SEED_OTHERS, false, 300);
}

static void the_rows_are_those_that_the_seeds_give(void **state)
{
    (void)state;
    reset_random_places(SEED SEED_OTHERS SEED_PAIR, true, 40);
}

/* What resets have restored does not stay in the log, which would end one day. */
static void the_log_does_not_grow_with_resets(void **state)
{
    (void)state;
    const struct place *place = &places[1];
    struct seeded s;
    open_seeded(&s, ":memory:", SEED SEED_OTHERS);
    for (int i = 0; i < 2000; i++) {
        char sql[200];
        snprintf(sql, sizeof sql,
                 "INSERT INTO user (broker_id, username, password)"
                 " VALUES ('b-w1', 'new%d', 'created-pw-12'); DELETE FROM broker WHERE id = 'b-w2'",
                 i);
        write_sql(&s, sql);
        arena_reset(&s.w.arena);
        assert_int_equal(reset_place(s.w.store, &s, place, replication_settle), RESULT_OK);
        assert_non_null(s.w.store->undo);
        assert_in_range(s.w.store->undo->count, 0, 2 * UNDO_COMPACT_MIN);
    }
    assert_true(is_restored(&s));
    close_seeded(&s);
}

/* Two brokers that were inserted again have exchanged their rowids: a playback deletes both, with
 * their users, who are as they were. */
static void what_is_deleted_with_its_broker_stays_in_the_log(void **state)
{
    (void)state;
    struct seeded s;
    open_seeded(&s, ":memory:", SEED SEED_OTHERS SEED_ROWIDS);
    write_sql(&s,
              "DELETE FROM broker WHERE id IN ('b-x1', 'b-x2');"
              "INSERT INTO broker (id, name) VALUES ('b-x2', 'x2'), ('b-x1', 'x1');"
              "INSERT INTO user (broker_id, username, password) SELECT id, 'same', 'created-pw-12'"
              " FROM broker WHERE name GLOB 'x?';"
              "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100)"
              " INSERT INTO user (broker_id, username, password)"
              " SELECT 'b-2', 'new' || x, 'created-pw-12' FROM n;");
    assert_int_equal(reset_place(s.w.store, &s, &places[1], replication_settle), RESULT_OK);
    reset(&s);
    assert_true(is_restored(&s));
    close_seeded(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_are_those_of_the_seeding),
        cmocka_unit_test(the_rows_are_those_that_the_seeds_give),
        cmocka_unit_test(the_log_does_not_grow_with_resets),
        cmocka_unit_test(what_is_deleted_with_its_broker_stays_in_the_log),
    };
    return cmocka_run_group_tests_name("undo of one account and region", tests, NULL, NULL);
}
