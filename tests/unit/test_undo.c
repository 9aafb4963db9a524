/* store/undo: after any changes a reset restores the rows of the seeding, rowids included, from the
 * log; where the log does not serve, from the seeds. */
#include "seeded_world.h"

#include "store/seed_files.h"
#include "store/snapshot.h"

/* Some worlds end in what SQLite refuses to restore row by row, such as exchanged names: those are
 * made again from the seeds. */
static void reset_random_worlds(const char *db, int worlds)
{
    struct seeded s;
    int from_seeds = 0;
    open_seeded(&s, db, SEED);
    for (uint32_t world = 1; world <= (uint32_t)worlds; world++) {
        uint32_t random = world;
        arena_reset(&s.w.arena);
        const char *before = created(&s);
        for (uint32_t left = 1 + next_random(&random, 12); left > 0; left--)
            change(&s, &random, changes, COUNT(changes));
        reset(&s);
        bool by_log = strcmp(before, created(&s)) == 0;
        if (is_restored(&s) != by_log)
            fail_msg("world %u: the rows are not those of the seeding", (unsigned)world);
        if (by_log)
            continue;
        from_seeds++;
        buffer_clear(&s.wanted);
        dump(&s.w, &s.wanted);
    }
    print_message("%d of %d worlds were made again from the seeds\n", from_seeds, worlds);
    assert_in_range(from_seeds, 0, worlds / 10);
    close_seeded(&s);
}

static void random_worlds_in_memory(void **state)
{
    (void)state;
    reset_random_worlds(":memory:", 1500);
}

static void random_worlds_in_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/amazonmq-unit-XXXXXX";
    make_file(path, SLICE(""));
    reset_random_worlds(path, 200);
    unlink(path);
}

/* ---- Where the log does not serve ---- */

static void change_something(struct seeded *s)
{
    world_expect(&s->w, "POST", "/v1/brokers/b-1/users/new1", "{\"password\":\"created-pw-12\"}",
                 "200 {}");
}

static void the_log_serves_again_and_again(void **state)
{
    (void)state;
    struct seeded s;
    open_seeded(&s, ":memory:", SEED);
    for (int i = 0; i < 3; i++) {
        assert_non_null(s.w.store->undo);
        change_something(&s);
        assert_false(is_restored(&s));
        reset(&s);
        assert_true(is_restored(&s));
    }
    close_seeded(&s);
}

/* SQLite gives the rowid of a deleted last row to the next one. */
static void another_row_with_the_same_rowid_is_deleted(void **state)
{
    (void)state;
    static const char *const replacements[] = {
        "DELETE FROM broker WHERE id = 'r-1'; INSERT INTO broker (id, name) VALUES ('b-9', 'nine')",
        "DELETE FROM broker WHERE id = 'r-1'; INSERT INTO broker (id, name) VALUES ('b-9', 'nine');"
        "DELETE FROM broker WHERE id = 'b-9'; INSERT INTO broker (id, name, engine_type)"
        " VALUES ('r-1', 'nine', 'RABBITMQ')",
        "DELETE FROM vpc WHERE id = 'vpc-2'; INSERT INTO vpc (id) VALUES ('vpc-3')",
    };
    struct seeded s;
    open_seeded(&s, ":memory:", SEED);
    for (size_t i = 0; i < COUNT(replacements); i++) {
        write_sql(&s, replacements[i]);
        reset(&s);
        if (!is_restored(&s))
            fail_msg("%s", replacements[i]);
    }
    close_seeded(&s);
}

static void edited_seeds_are_read(void **state)
{
    (void)state;
    struct seeded s;
    open_seeded(&s, ":memory:", SEED);
    change_something(&s);
    FILE *file = fopen(s.path, "a");
    assert_non_null(file);
    assert_true(fputs("INSERT INTO broker (id, name) VALUES ('b-late', 'late');", file) >= 0);
    assert_int_equal(fclose(file), 0);
    reset(&s);
    assert_string_equal(world_ask(&s.w, "SELECT count(*) FROM broker WHERE id = 'b-late'"), "1");
    dump(&s.w, &s.wanted);
    change_something(&s);
    reset(&s);
    assert_true(is_restored(&s));
    close_seeded(&s);
}

static void too_many_changes_end_the_log(void **state)
{
    (void)state;
    struct seeded s;
    open_seeded(&s, ":memory:", SEED);
    write_sql(&s, "INSERT INTO user (broker_id, username, password)"
                  " WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
                  " WHERE x < 300000) SELECT 'b-4', 'u' || x, 'created-pw-12' FROM n");
    assert_null(s.w.store->undo);
    reset(&s);
    assert_string_equal(world_ask(&s.w, "SELECT count(*) FROM user"), "4");
    assert_non_null(s.w.store->undo);
    close_seeded(&s);
}

/* A world of this many users is large enough for its image to be kept. */
#define SEED_LARGE                                                                           \
    SEED "INSERT INTO user (broker_id, username, password)"                                  \
         " WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 10000)" \
         " SELECT 'b-3', 'u' || x, 'created-pw-12' FROM n;"

static void empty(struct seeded *s)
{
    struct store_error error = {""};
    assert_int_equal(store_reset(s->w.store, NULL, 0, &error), RESULT_OK);
    assert_string_equal(world_ask(&s->w, "SELECT count(*) FROM broker"), "0");
}

/* Even the times are those of the seeding, which is not made again. */
static void a_large_world_is_copied_without_the_log(void **state)
{
    (void)state;
    static const char *const stores[] = {":memory:", "/tmp/amazonmq-unit-XXXXXX"};
    for (size_t i = 0; i < COUNT(stores); i++) {
        struct seeded s;
        char db[64];
        strcpy(db, stores[i]);
        if (i > 0)
            make_file(db, SLICE(""));
        open_seeded(&s, db, SEED_LARGE);
        undo_end(s.w.store);
        change_something(&s);
        reset(&s);
        assert_true(is_restored(&s));
        change_something(&s); /* by the log, which begins again */
        reset(&s);
        assert_true(is_restored(&s));
        empty(&s);
        write_sql(&s, "INSERT INTO broker (id, name) VALUES ('b-8', 'eight')");
        reset(&s);
        assert_true(is_restored(&s));
        close_seeded(&s);
        if (i > 0)
            unlink(db);
    }
}

/* A playback would insert them again, one by one: they are copied. */
static void many_deleted_rows_are_copied(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int copies;
    } cases[] = {{"DELETE FROM user WHERE username GLOB 'u1?'", 0},
                 {"DELETE FROM user WHERE username GLOB 'u[1-3]*'", 1}};
    struct seeded s;
    open_seeded(&s, ":memory:", SEED_LARGE);
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t before = s.w.store->restores;
        write_sql(&s, cases[i].sql);
        assert_non_null(s.w.store->undo);
        reset(&s);
        assert_true(is_restored(&s));
        assert_int_equal(s.w.store->restores - before, cases[i].copies);
    }
    close_seeded(&s);
}

static void a_changed_id_ends_the_log(void **state)
{
    (void)state;
    struct seeded s;
    open_seeded(&s, ":memory:", SEED);
    write_sql(&s, "UPDATE broker SET id = 'b-5' WHERE id = 'b-4'");
    assert_null(s.w.store->undo);
    close_seeded(&s);
}

static void a_restore_ends_the_log(void **state)
{
    (void)state;
    struct seeded s;
    struct slice image;
    struct store_error error = {""};
    open_seeded(&s, ":memory:", SEED);
    assert_int_equal(store_snapshot(s.w.store, &image), RESULT_OK);
    if (store_restore(s.w.store, image, &error))
        fail_msg("%s", error.text);
    store_snapshot_free(image);
    assert_null(s.w.store->undo);
    reset(&s);
    assert_non_null(s.w.store->undo);
    close_seeded(&s);
}

/* Seeds of POST seed are noted too, whether they succeed or not. */
static void seeds_are_noted(void **state)
{
    (void)state;
    struct seeded s;
    struct store_error error = {""};
    open_seeded(&s, ":memory:", SEED);
    assert_int_equal(store_apply_sql(s.w.store, "body",
                                     SLICE("INSERT INTO broker (id, name) VALUES ('b-9', 'nine');"
                                           "DELETE FROM broker WHERE id = 'b-1';"),
                                     &error),
                     RESULT_OK);
    assert_int_equal(store_apply_sql(s.w.store, "body",
                                     SLICE("DELETE FROM broker WHERE id = 'b-2';"
                                           "INSERT INTO broker (id, name) VALUES ('b-8', '');"),
                                     &error),
                     RESULT_INVALID);
    reset(&s);
    assert_true(is_restored(&s));
    close_seeded(&s);
}

/* The table of keys is that of the schema, and the first columns of roots are those expected. */
static void the_keys_are_those_of_the_schema(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", "");
    for (size_t t = 0; t < table_count; t++) {
        char sql[300], wanted[20];
        snprintf(
            sql, sizeof sql,
            "SELECT iif(sql LIKE '%%WITHOUT ROWID%%',"
            " (SELECT max(iif(pk = cid + 1, pk, iif(pk, 99, 0))) FROM pragma_table_info('%s')),"
            " 0) FROM sqlite_schema WHERE name = '%s'",
            tables[t].name, tables[t].name);
        snprintf(wanted, sizeof wanted, "%d", tables[t].key_columns);
        if (strcmp(world_ask(&w, sql), wanted) != 0)
            fail_msg("%s: %s, not %s", tables[t].name, world_ask(&w, sql), wanted);
        snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s') LIMIT 3",
                 tables[t].name);
        if (tables[t].root_id && strcmp(tables[t].root_id, "id") == 0)
            assert_string_equal(world_ask(&w, sql), "id account region");
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_are_those_of_the_schema),
        cmocka_unit_test(the_log_serves_again_and_again),
        cmocka_unit_test(another_row_with_the_same_rowid_is_deleted),
        cmocka_unit_test(edited_seeds_are_read),
        cmocka_unit_test(too_many_changes_end_the_log),
        cmocka_unit_test(a_large_world_is_copied_without_the_log),
        cmocka_unit_test(many_deleted_rows_are_copied),
        cmocka_unit_test(a_changed_id_ends_the_log),
        cmocka_unit_test(a_restore_ends_the_log),
        cmocka_unit_test(seeds_are_noted),
        cmocka_unit_test(random_worlds_in_memory),
        cmocka_unit_test(random_worlds_in_a_file),
    };
    return cmocka_run_group_tests_name("undo", tests, NULL, NULL);
}
