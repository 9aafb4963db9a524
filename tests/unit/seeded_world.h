/* A seeded store that resets bring back to its seeding, and random changes of it. */
#ifndef TESTS_UNIT_SEEDED_WORLD_H
#define TESTS_UNIT_SEEDED_WORLD_H

#include "store_world.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buffer.h"
#include "store/reset.h"
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

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static inline void fill(char *out, size_t size, const char *form, ...)
{
    va_list args;
    va_start(args, form);
    vsnprintf(out, size, form, args);
    va_end(args);
}
#pragma GCC diagnostic pop

/* A world whose seed stays on the disk, as resets look at it. */
struct seeded {
    struct world w;
    char path[40];
    const char *paths[1];
    struct buffer wanted, got;
};

/* The rows of all tables, with their rowids: those for which `filter`, printed with the table of
 * the root and the name of the id of it, is true; NULL: all. `loose`: without what differs in rows
 * that are inserted again from the seeds, and in the order of their ids. */
static inline void dump_rows(struct world *world, const char *filter, bool of_server, bool loose,
                             struct buffer *out)
{
    buffer_clear(out);
    for (size_t t = 0; t < table_count; t++) {
        const struct table *table = &tables[t];
        bool has_rowid = table->key_columns == 0;
        bool is_history = strcmp(table->name, "broker_configuration_history") == 0;
        sqlite3_stmt *stmt = NULL;
        char where[300] = "", sql[500];
        if (!table->root && !of_server)
            continue;
        if (table->root)
            fill(where, sizeof where, filter, table->root_id, table_of_root[table->root]);
        snprintf(sql, sizeof sql, "SELECT %s* FROM %s %s ORDER BY %s", has_rowid ? "rowid, " : "",
                 table->name, where,
                 !loose || !has_rowid ? "1, 2"
                 : is_history         ? "3, 2"
                                      : "2, 3");
        if (sqlite3_prepare_v2(world->store->db, sql, -1, &stmt, NULL))
            fail_msg("%s: %s", sql, sqlite3_errmsg(world->store->db));
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            buffer_append_string(out, table->name);
            for (int i = 0; i < sqlite3_column_count(stmt); i++) {
                const char *text = (const char *)sqlite3_column_text(stmt, i);
                const char *name = sqlite3_column_name(stmt, i);
                /* A trigger fills in the patch from the catalogue, which may have changed. */
                if (loose && ((has_rowid && i == 0) || (is_history && i == 1) ||
                              strcmp(name, "created") == 0 || strcmp(name, "engine_patch") == 0))
                    continue;
                buffer_printf(out, "|%d:%s", sqlite3_column_type(stmt, i), text ? text : "");
            }
            buffer_append_char(out, '\n');
        }
        assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    }
    assert_false(out->failed);
}

static inline void dump(struct world *world, struct buffer *out)
{
    dump_rows(world, "", true, false, out);
}

static inline void open_seeded(struct seeded *s, const char *db, const char *sql)
{
    struct store_error error = {""};
    strcpy(s->path, "/tmp/amazonmq-unit-XXXXXX");
    make_file(s->path, slice_of(sql));
    s->paths[0] = s->path;
    world_init(&s->w);
    if (world_try_open(&s->w, db, &error) || store_seed(s->w.store, s->paths, 1, &error))
        fail_msg("%s", error.text);
    buffer_init(&s->wanted, 4 << 20);
    buffer_init(&s->got, 4 << 20);
    dump(&s->w, &s->wanted);
}

static inline void close_seeded(struct seeded *s)
{
    buffer_close(&s->wanted);
    buffer_close(&s->got);
    world_close(&s->w);
    unlink(s->path);
}

/* Whether the rows are still those of the last seeding: a reset by the seeds renews the times. */
static inline const char *created(struct seeded *s)
{
    return world_ask(&s->w, "SELECT max(created) FROM configuration WHERE id = 'c-1'");
}

/* Whether the world is that of the seeding, `created` times too. */
static inline bool is_restored(struct seeded *s)
{
    dump(&s->w, &s->got);
    return slice_equal(buffer_slice(&s->wanted), buffer_slice(&s->got));
}

/* The counts of rows that the store keeps are right, and the database is sound. */
static inline void expect_counts(struct seeded *s)
{
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

static inline void reset(struct seeded *s)
{
    struct store_error error = {""};
    if (store_reset(s->w.store, s->paths, 1, &error))
        fail_msg("%s", error.text);
    expect_counts(s);
}

static inline void write_sql(struct seeded *s, const char *sql)
{
    assert_int_equal(store_prepare_write(s->w.store), RESULT_OK);
    if (sqlite3_exec(s->w.store->db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(s->w.store->db));
    assert_int_equal(store_tick_commit(s->w.store), RESULT_OK);
}

/* ---- Random changes ---- */

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
static inline void change(struct seeded *s, uint32_t *random, const char *const *forms,
                          size_t count)
{
    struct store *store = s->w.store;
    for (uint32_t left = 1 + next_random(random, 3); left > 0; left--) {
        if (next_random(random, 4) == 0) {
            size_t at = next_random(random, COUNT(calls));
            (void)world_call(&s->w, calls[at].method, calls[at].target, calls[at].body);
            continue;
        }
        char sql[300];
        int first = (int)next_random(random, 6), second = (int)next_random(random, 6);
        fill(sql, sizeof sql, forms[next_random(random, (uint32_t)count)], first, second);
        store_operation_begin(store, false);
        assert_int_equal(store_prepare_write(store), RESULT_OK);
        bool good = sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
        assert_int_equal(store_operation_end(store, good && next_random(random, 8) > 0), RESULT_OK);
    }
    if (next_random(random, 10) == 0)
        store_tick_abort(store);
    (void)!store_tick_commit(store);
}

#endif
