/* store/undo: after any changes a reset restores the rows of the seeding, rowids included, from the
 * log; where the log does not serve, from the seeds. */
#include "store_world.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "store/reset.h"
#include "store/snapshot.h"
#include "store/tables.h"
#include "store/undo.h"

#define SEED                                                                                       \
    "INSERT INTO configuration (id, name) VALUES ('c-1', 'one'), ('c-2', 'two');"                  \
    "INSERT INTO configuration_revision (configuration_id, revision, data)"                        \
    " VALUES ('c-1', 2, '<broker/>'), ('c-1', 3, '<broker/>');"                                    \
    "INSERT INTO configuration_tag (configuration_id, key, value) VALUES ('c-1', 'a', 'b');"       \
    "INSERT INTO broker (id, name, configuration_id) VALUES ('b-1', 'one', 'c-1'),"                \
    " ('b-2', 'two', 'c-2'), ('b-3', 'three', NULL), ('b-4', 'four', NULL);"                       \
    "INSERT INTO broker (id, name, engine_type) VALUES ('r-1', 'rabbit', 'RABBITMQ');"             \
    "INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-1', 'a', 'b'), ('b-2', 'c', 'd');"  \
    "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"             \
    " VALUES ('b-1', 'c-1', 2), ('b-2', 'c-1', 3);"                                                \
    "INSERT INTO broker_action_required (broker_id, code) VALUES ('b-1', 'BROKER_OOM');"           \
    "INSERT INTO user (broker_id, username, password, groups) VALUES"                              \
    " ('b-1', 'user1', 'created-pw-12', '[\"admins\"]'), ('b-1', 'user2', 'created-pw-12', '[]')," \
    " ('b-2', 'user1', 'created-pw-12', '[]'), ('b-3', 'user3', 'created-pw-12', '[]');"           \
    "INSERT INTO shared_resource (broker_id, resource_arn, status)"                                \
    " VALUES ('b-2', 'arn:x', 'AVAILABLE');"                                                       \
    "INSERT INTO vpc (id, is_default) VALUES ('vpc-1', 1), ('vpc-2', 0);"                          \
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-1', 'vpc-1'), ('subnet-2', 'vpc-2');"         \
    "INSERT INTO security_group (id, vpc_id) VALUES ('sg-1', 'vpc-1');"                            \
    "INSERT INTO access_key (id, secret) VALUES ('AKID', 'secret');"                               \
    "INSERT INTO fault (operation, error, times) VALUES ('CreateUser', 'ForbiddenException', 5);"

/* A world whose seed stays on the disk, as resets look at it. */
struct seeded {
    struct world w;
    char path[40];
    const char *paths[1];
    struct buffer wanted, got;
};

/* All rows of all tables, with their rowids. */
static void dump(struct world *world, struct buffer *out)
{
    buffer_clear(out);
    for (size_t t = 0; t < table_count; t++) {
        sqlite3_stmt *stmt = NULL;
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT %s* FROM %s ORDER BY 1, 2",
                 tables[t].key_columns == 0 ? "rowid, " : "", tables[t].name);
        assert_int_equal(sqlite3_prepare_v2(world->store->db, sql, -1, &stmt, NULL), SQLITE_OK);
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            buffer_append_string(out, tables[t].name);
            for (int i = 0; i < sqlite3_column_count(stmt); i++) {
                const char *text = (const char *)sqlite3_column_text(stmt, i);
                buffer_printf(out, "|%d:%s", sqlite3_column_type(stmt, i), text ? text : "");
            }
            buffer_append_char(out, '\n');
        }
        assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    }
    assert_false(out->failed);
}

static void open_seeded(struct seeded *s, const char *db, const char *sql)
{
    struct store_error error = {""};
    strcpy(s->path, "/tmp/amazonmq-unit-XXXXXX");
    make_file(s->path, slice_of(sql));
    s->paths[0] = s->path;
    world_init(&s->w);
    if (world_try_open(&s->w, db, &error) || store_seed(s->w.store, s->paths, 1, &error))
        fail_msg("%s", error.text);
    buffer_init(&s->wanted, 1 << 20);
    buffer_init(&s->got, 1 << 20);
    dump(&s->w, &s->wanted);
}

static void close_seeded(struct seeded *s)
{
    buffer_close(&s->wanted);
    buffer_close(&s->got);
    world_close(&s->w);
    unlink(s->path);
}

/* Whether the rows are still those of the last seeding: a reset by the seeds renews the times. */
static const char *created(struct seeded *s)
{
    return world_ask(&s->w, "SELECT max(created) FROM configuration WHERE id = 'c-1'");
}

/* Whether the world is that of the seeding, `created` times too. */
static bool is_restored(struct seeded *s)
{
    dump(&s->w, &s->got);
    return slice_equal(buffer_slice(&s->wanted), buffer_slice(&s->got));
}

static void reset(struct seeded *s)
{
    struct store_error error = {""};
    if (store_reset(s->w.store, s->paths, 1, &error))
        fail_msg("%s", error.text);
    struct store_counts counts;
    store_count(s->w.store, &counts);
    assert_string_equal(world_ask(&s->w,
                                  "SELECT (SELECT count(*) FROM broker), (SELECT count(*) FROM"
                                  " user), (SELECT count(*) FROM configuration)"),
                        arena_printf(&s->w.arena, "%d|%d|%d", (int)counts.brokers,
                                     (int)counts.users, (int)counts.configurations));
    assert_string_equal(world_ask(&s->w, "PRAGMA integrity_check"), "ok");
    assert_string_equal(world_ask(&s->w, "PRAGMA foreign_key_check"), "");
}

/* ---- Random changes ---- */

static uint32_t next_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

/* %1$d and %2$d: two small numbers. */
static const char *const changes[] = {
    "INSERT INTO broker (id, name) VALUES ('b-%1$d', 'n%2$d')",
    "INSERT INTO broker (id, name, configuration_id) VALUES ('b-1%1$d', 'n%2$d', 'c-%2$d')",
    "DELETE FROM broker WHERE id = 'b-%1$d'",
    "DELETE FROM broker WHERE rowid = (SELECT max(rowid) FROM broker)",
    "UPDATE broker SET name = 'm%2$d' WHERE id = 'b-%1$d'",
    "UPDATE broker SET state = 'REBOOT_IN_PROGRESS', state_due_ms = %2$d WHERE id = 'b-%1$d'",
    "UPDATE broker SET configuration_id = 'c-%2$d', configuration_revision = 1 WHERE id = 'b-%1$d'",
    "UPDATE broker SET engine_patch = NULL, pending_engine_version = '5.18' WHERE id = 'b-%1$d'",
    "UPDATE broker SET security_groups = '[\"sg-%2$d\"]' WHERE id = 'b-%1$d'",
    "INSERT INTO user (broker_id, username, password) VALUES ('b-%1$d', 'user%2$d', 'created-pw-12')",
    "UPDATE user SET pending_change = 'DELETE' WHERE broker_id = 'b-%1$d' AND username = 'user%2$d'",
    "UPDATE user SET username = 'name%2$d' WHERE broker_id = 'b-%1$d' AND username = 'user%2$d'",
    "UPDATE user SET broker_id = 'b-%2$d' WHERE broker_id = 'b-%1$d' AND username = 'user1'",
    "DELETE FROM user WHERE username = 'user%2$d'",
    "DELETE FROM user",
    "INSERT INTO configuration (id, name) VALUES ('c-%1$d', 'n%2$d')",
    "UPDATE configuration SET name = 'n%2$d' WHERE id = 'c-%1$d'",
    "DELETE FROM configuration WHERE id = 'c-%1$d'",
    "DELETE FROM configuration WHERE rowid = (SELECT max(rowid) FROM configuration)",
    "INSERT INTO configuration_revision (configuration_id, revision, data)"
    " VALUES ('c-%1$d', %2$d, '<broker/>')",
    "INSERT OR REPLACE INTO configuration_tag (configuration_id, key, value)"
    " VALUES ('c-%1$d', 'a', '%2$d')",
    "INSERT OR REPLACE INTO broker_tag (broker_id, key, value) VALUES ('b-%1$d', 'a', '%2$d')",
    "DELETE FROM broker_tag WHERE broker_id = 'b-%1$d'",
    "INSERT INTO broker_configuration_history (broker_id, configuration_id, revision)"
    " VALUES ('b-%1$d', 'c-1', %2$d)",
    "DELETE FROM broker_configuration_history WHERE id = %1$d",
    "UPDATE broker_configuration_history SET id = id + %2$d WHERE id = %1$d",
    "DELETE FROM broker_action_required",
    "UPDATE shared_resource SET status = 'PENDING_DELETE'",
    "DELETE FROM vpc WHERE id = 'vpc-%1$d'",
    "INSERT INTO vpc (id) VALUES ('vpc-%1$d')",
    "UPDATE vpc SET is_default = 1 - is_default WHERE id = 'vpc-%1$d'",
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-%2$d', 'vpc-%1$d')",
    "DELETE FROM fault",
    "INSERT INTO fault (operation, error) VALUES ('DeleteUser', 'ForbiddenException')",
    "UPDATE fault SET matched = matched + 1, times = times - 1",
    "INSERT OR REPLACE INTO access_key (id, secret) VALUES ('AKID%1$d', 'x%2$d')",
    "INSERT INTO policy (effect, resource) VALUES ('allow', '*')",
    "DELETE FROM engine_version WHERE version = '5.%1$d'",
    "UPDATE engine_version SET patch = version || '.%2$d'",
    "UPDATE default_world SET clock_offset_ms = %1$d%2$d",
    "UPDATE broker SET name = CASE name WHEN 'one' THEN 'two' ELSE name END WHERE id <> 'b-2'",
};

static const struct {
    const char *method, *target, *body;
} calls[] = {
    {"POST", "/v1/brokers/b-1/users/new1", "{\"password\":\"created-pw-12\",\"groups\":[\"g1\"]}"},
    {"POST", "/v1/brokers/b-2/users/new2", "{\"password\":\"created-pw-12\"}"},
    {"PUT", "/v1/brokers/b-1/users/user1", "{\"consoleAccess\":true}"},
    {"DELETE", "/v1/brokers/b-1/users/user2", ""},
    {"POST", "/v1/brokers/b-1/reboot", ""},
    {"POST", "/v1/brokers/b-2/reboot", ""},
    {"DELETE", "/v1/brokers/b-3", ""},
    {"PUT", "/v1/brokers/b-1", "{\"engineVersion\":\"5.19\"}"},
    {"POST", "/v1/configurations",
     "{\"name\":\"new\",\"engineType\":\"ACTIVEMQ\",\"engineVersion\":\"5.18\"}"},
    {"DELETE", "/v1/configurations/c-2", ""},
    {"POST", "/v1/tags/arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3Abroker%3Aone%3Ab-1",
     "{\"tags\":{\"x\":\"y\"}}"},
};

/* One or several changes of a tick; some operations, and some ticks, are rolled back. */
static void change(struct seeded *s, uint32_t *random)
{
    struct store *store = s->w.store;
    for (uint32_t left = 1 + next_random(random, 3); left > 0; left--) {
        if (next_random(random, 4) == 0) {
            size_t at = next_random(random, COUNT(calls));
            (void)world_call(&s->w, calls[at].method, calls[at].target, calls[at].body);
            continue;
        }
        char sql[300];
        const char *form = changes[next_random(random, COUNT(changes))];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(sql, sizeof sql, form, (int)next_random(random, 6), (int)next_random(random, 6));
#pragma GCC diagnostic pop
        store_operation_begin(store);
        assert_int_equal(store_prepare_write(store), RESULT_OK);
        bool good = sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
        assert_int_equal(store_operation_end(store, good && next_random(random, 8) > 0), RESULT_OK);
    }
    if (next_random(random, 10) == 0)
        store_tick_abort(store);
    (void)!store_tick_commit(store);
}

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
            change(&s, &random);
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

static void write_sql(struct seeded *s, const char *sql)
{
    assert_int_equal(store_prepare_write(s->w.store), RESULT_OK);
    if (sqlite3_exec(s->w.store->db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(s->w.store->db));
    assert_int_equal(store_tick_commit(s->w.store), RESULT_OK);
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

/* The table of keys is that of the schema. */
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
        cmocka_unit_test(a_changed_id_ends_the_log),
        cmocka_unit_test(a_restore_ends_the_log),
        cmocka_unit_test(seeds_are_noted),
        cmocka_unit_test(random_worlds_in_memory),
        cmocka_unit_test(random_worlds_in_a_file),
    };
    return cmocka_run_group_tests_name("undo", tests, NULL, NULL);
}
