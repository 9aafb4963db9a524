/* store/store: whose file it is, seeds, the tick, and the savepoint of each operation. */
#include "store_world.h"

#include <sys/stat.h>

#include "store/migrations.h"
#include "store/users.h"

#define BROKER "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
#define CALL_BODY "{\"password\":\"created-pw-12\"}"
#define USERS "/v1/brokers/b-1/users/"

static char directory[] = "/tmp/amazonmq-store-XXXXXX";
static char path[64];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/mq.db", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
        unlink(file);
    }
    return rmdir(directory);
}

static const char names[] = "SELECT username FROM user ORDER BY username";

static int status_of(struct world *world, const char *method, const char *target, const char *body)
{
    return world_call(world, method, target, body).status;
}

static void a_failed_operation_leaves_its_neighbours(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", BROKER);
    assert_int_equal(status_of(&w, "POST", USERS "first", CALL_BODY), 200);
    /* One that fails after it has written. */
    store_operation_begin(w.store, false);
    assert_int_equal(broker_delete(w.store, SLICE("b-1")), RESULT_OK);
    assert_int_equal(store_operation_end(w.store, false), RESULT_OK);
    assert_int_equal(status_of(&w, "POST", USERS "first", CALL_BODY), 409);
    assert_int_equal(status_of(&w, "POST", USERS "second", CALL_BODY), 200);
    assert_true(store_tick_is_open(w.store));
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_false(store_tick_is_open(w.store));
    assert_string_equal(world_ask(&w, names), "first second");
    assert_string_equal(world_ask(&w, "SELECT state FROM broker"), "RUNNING");
    world_close(&w);
}

static void without_a_savepoint_the_whole_tick_is_rolled_back(void **state)
{
    (void)state;
    struct world w;
    const struct user_change change = {SLICE_INIT("admin-password-1"), -1, {NULL, 0}, -1};
    world_open(&w, ":memory:", BROKER);
    assert_int_equal(status_of(&w, "POST", USERS "first", CALL_BODY), 200);
    /* What fails in its only statement leaves nothing to roll back. */
    store_operation_begin(w.store, true);
    assert_int_equal(user_insert(w.store, SLICE("b-1"), SLICE("first"), &change), RESULT_CONFLICT);
    assert_int_equal(store_operation_end(w.store, false), RESULT_OK);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_int_equal(status_of(&w, "POST", USERS "second", CALL_BODY), 200);
    store_operation_begin(w.store, true);
    assert_int_equal(user_insert(w.store, SLICE("b-1"), SLICE("third"), &change), RESULT_OK);
    assert_int_equal(store_operation_end(w.store, false), RESULT_STORE);
    assert_int_equal(store_tick_commit(w.store), RESULT_STORE);
    assert_string_equal(world_ask(&w, names), "first");
    store_operation_begin(w.store, true);
    assert_int_equal(user_insert(w.store, SLICE("b-1"), SLICE("third"), &change), RESULT_OK);
    assert_int_equal(user_insert(w.store, SLICE("b-1"), SLICE("fourth"), &change), RESULT_STORE);
    assert_int_equal(store_operation_end(w.store, true), RESULT_STORE);
    assert_int_equal(store_tick_commit(w.store), RESULT_STORE);
    assert_int_equal(status_of(&w, "POST", USERS "third", CALL_BODY), 200);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_string_equal(world_ask(&w, names), "first third");
    world_close(&w);
}

static void reads_open_no_tick(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", BROKER);
    assert_int_equal(status_of(&w, "GET", "/v1/brokers/b-1/users", ""), 200);
    assert_int_equal(status_of(&w, "DELETE", USERS "nobody", ""), 404);
    assert_int_equal(status_of(&w, "POST", USERS "x", CALL_BODY), 400);
    assert_false(store_tick_is_open(w.store));
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_int_equal(store_health(w.store), STORE_HEALTHY);
    world_close(&w);
}

/* The transaction is gone under two writers: whatever came first, and what comes after, has failed.
 */
static void a_lost_transaction_fails_the_whole_tick(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", BROKER);
    assert_int_equal(status_of(&w, "POST", USERS "first", CALL_BODY), 200);
    /* As a full disk does. */
    assert_int_equal(
        sqlite3_exec(w.store->db,
                     "CREATE TEMP TRIGGER lose BEFORE INSERT ON user WHEN new.username = 'second'"
                     " BEGIN SELECT RAISE(ROLLBACK, 'lost by the test'); END",
                     NULL, NULL, NULL),
        SQLITE_OK);
    int second = status_of(&w, "POST", USERS "second", CALL_BODY);
    assert_true(store_tick_has_failed(w.store));
    assert_int_equal(second, 500);
    assert_int_equal(status_of(&w, "POST", USERS "third", CALL_BODY), 500);
    assert_int_equal(store_tick_commit(w.store), RESULT_STORE);
    assert_string_equal(world_ask(&w, names), "");
    /* The next tick is a new one. */
    assert_int_equal(status_of(&w, "POST", USERS "fourth", CALL_BODY), 200);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_string_equal(world_ask(&w, names), "fourth");
    world_close(&w);
}

static void a_broken_constraint_is_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        enum result wanted;
    } cases[] = {
        {"INSERT INTO broker (id, name) VALUES ('b-1', 'other')", RESULT_CONFLICT},
        {"INSERT INTO broker_tag (broker_id, key) VALUES ('b-1', 'key'), ('b-1', 'key')",
         RESULT_CONFLICT},
        {"INSERT INTO broker (id, name) VALUES ('b 2', 'other')", RESULT_INVALID},
        {"INSERT INTO broker_tag (broker_id, key) VALUES ('b-9', 'key')", RESULT_INVALID},
        {"SELECT id FROM broker", RESULT_OK},
        {"SELECT id FROM broker WHERE id = 'b-9'", RESULT_NOT_FOUND},
        {"DELETE FROM broker", RESULT_NOT_FOUND},
    };
    struct world w;
    world_open(&w, ":memory:", BROKER);
    for (size_t i = 0; i < COUNT(cases); i++) {
        sqlite3_stmt *stmt = NULL;
        assert_int_equal(sqlite3_prepare_v2(w.store->db, cases[i].sql, -1, &stmt, NULL), SQLITE_OK);
        enum result result = statement_step(w.store, stmt);
        if (result != cases[i].wanted)
            fail_msg("%s: %d", cases[i].sql, (int)result);
        assert_false(store_tick_has_failed(w.store));
        sqlite3_finalize(stmt);
    }
    world_close(&w);
}

/* Closing rolls back what was not committed; what was is there again, and the seed is not read
 * twice. */
static void what_is_committed_is_kept(void **state)
{
    (void)state;
    struct world w;
    struct stat found;
    world_open(&w, path, BROKER);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(status_of(&w, "POST", USERS "kept", CALL_BODY), 200);
    assert_int_equal(store_tick_commit(w.store), RESULT_OK);
    assert_int_equal(status_of(&w, "POST", USERS "lost", CALL_BODY), 200);
    world_close(&w);
    world_open(&w, path, "this is not SQL");
    assert_false(store_is_new(w.store));
    assert_string_equal(world_ask(&w, names), "kept");
    world_close(&w);
}

static void one_store_at_a_time(void **state)
{
    (void)state;
    struct world first, second;
    struct store_error error = {""};
    char wanted[200];
    world_open(&first, path, BROKER);
    world_init(&second);
    assert_int_not_equal(world_try_open(&second, path, &error), RESULT_OK);
    snprintf(wanted, sizeof wanted, "%s: another process uses this database", path);
    assert_string_equal(error.text, wanted);
    assert_null(second.store);
    assert_int_equal(status_of(&first, "POST", USERS "alice", CALL_BODY), 200);
    assert_int_equal(store_tick_commit(first.store), RESULT_OK);
    world_close(&second);
    world_close(&first);
}

/* Another application's file, a newer one, and what is no database: untouched. */
static void foreign_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *sql; /* NULL: no database at all */
        const char *reason;
    } cases[] = {
        {NULL, "not a database of amazonmq-local (not a SQLite file)"},
        {"CREATE TABLE mine (x)",
         "not a database of amazonmq-local (another application's SQLite file)"},
        {"PRAGMA user_version = 1",
         "not a database of amazonmq-local (another application's SQLite file)"},
        {"PRAGMA application_id = 42",
         "not a database of amazonmq-local (another application's SQLite file)"},
        {"PRAGMA application_id = 0x416D5131; PRAGMA user_version = 1000; CREATE TABLE broker (x)",
         "made by a newer version of amazonmq-local"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world w;
        struct store_error error = {""};
        struct stat before, after;
        char wanted[200];
        sqlite3 *db = NULL;
        unlink(path);
        if (cases[i].sql) {
            assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
            assert_int_equal(sqlite3_exec(db, cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
            sqlite3_close(db);
        } else {
            FILE *file = fopen(path, "w");
            assert_true(file && fprintf(file, "%2000s", "no database") > 0);
            fclose(file);
        }
        assert_int_equal(stat(path, &before), 0);
        world_init(&w);
        assert_int_equal(world_try_open(&w, path, &error), RESULT_INVALID);
        snprintf(wanted, sizeof wanted, "%s: %s", path, cases[i].reason);
        assert_string_equal(error.text, wanted);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(before.st_size, after.st_size);
        assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
        world_close(&w);
    }
}

/* A file that stopped at `version`, with one row of what was there then. */
static void make_older_file(int version)
{
    sqlite3 *db = NULL;
    char pragmas[200];
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (int i = 0; i < version; i++)
        assert_int_equal(sqlite3_exec(db, (const char *)migrations[i], NULL, NULL, NULL),
                         SQLITE_OK);
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA application_id = 0x416D5131; PRAGMA user_version = %d;"
             "INSERT INTO access_key (id, secret) VALUES ('AKIA', 'kept');",
             version);
    assert_int_equal(sqlite3_exec(db, pragmas, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static const char kept[] = "SELECT (SELECT secret FROM access_key), user_version,"
                           " (SELECT count(*) FROM engine) FROM pragma_user_version";

/* From every version there was to the present one, with what was in it. */
static void older_files_are_migrated(void **state)
{
    (void)state;
    assert_true(migration_count >= 2);
    for (int version = 1; version <= migration_count; version++) {
        struct world w;
        char wanted[40];
        unlink(path);
        make_older_file(version);
        world_open(&w, path, BROKER);
        snprintf(wanted, sizeof wanted, "kept|%d|2", migration_count);
        assert_string_equal(world_ask(&w, kept), wanted);
        assert_string_equal(world_ask(&w, "SELECT configuration_id FROM broker"), "c-1");
        assert_string_equal(world_ask(&w, "PRAGMA integrity_check"), "ok");
        assert_string_equal(world_ask(&w, "PRAGMA foreign_key_check"), "");
        assert_int_equal(status_of(&w, "POST", USERS "first", CALL_BODY), 200);
        assert_int_equal(store_tick_commit(w.store), RESULT_OK);
        world_close(&w);
        world_open(&w, path, "this is not SQL");
        assert_string_equal(world_ask(&w, kept), wanted);
        world_close(&w);
    }
}

/* A step that fails leaves the version before it, whole. */
static void a_failed_migration_leaves_the_older_file(void **state)
{
    (void)state;
    struct world w;
    struct store_error error = {""};
    char wanted[200];
    sqlite3 *db = NULL;
    make_older_file(1);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE shared_resource (x)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    world_init(&w);
    assert_int_equal(world_try_open(&w, path, &error), RESULT_INVALID);
    snprintf(wanted, sizeof wanted, "%s: table shared_resource already exists", path);
    assert_string_equal(error.text, wanted);
    world_close(&w);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "DROP TABLE shared_resource; SELECT * FROM engine", NULL, NULL, NULL),
        SQLITE_ERROR);
    sqlite3_close(db);
    world_open(&w, path, BROKER);
    snprintf(wanted, sizeof wanted, "kept|%d|2", migration_count);
    assert_string_equal(world_ask(&w, kept), wanted);
    world_close(&w);
}

/* A bad second file takes the first one back; the store is as new as before. */
static void seeds_are_all_or_nothing(void **state)
{
    (void)state;
    struct world w;
    struct store_error error = {""};
    char good[] = "/tmp/amazonmq-unit-XXXXXX", bad[] = "/tmp/amazonmq-unit-XXXXXX";
    const char *const paths[] = {good, bad};
    make_file(good, SLICE(BROKER));
    make_file(bad, SLICE("INSERT INTO broker (id, name) VALUES ('b 2', 'x');"));
    world_init(&w);
    assert_int_equal(world_try_open(&w, ":memory:", &error), RESULT_OK);
    assert_true(store_is_new(w.store));
    assert_int_equal(store_seed(w.store, paths, 2, &error), RESULT_INVALID);
    assert_non_null(strstr(error.text, "id: 1 to 100 characters of [A-Za-z0-9-]"));
    assert_true(store_is_new(w.store));
    assert_false(store_tick_is_open(w.store));
    assert_string_equal(world_ask(&w, "SELECT count(*) FROM broker"), "0");
    assert_int_equal(store_seed(w.store, paths, 1, &error), RESULT_OK);
    assert_false(store_is_new(w.store));
    assert_string_equal(world_ask(&w, "SELECT id, account, region FROM broker"),
                        "b-1|123456789012|us-east-1");
    unlink(good);
    assert_int_equal(store_seed(w.store, paths, 1, &error), RESULT_INVALID);
    unlink(bad);
    world_close(&w);
}

static void without_seeds_a_store_counts_as_seeded(void **state)
{
    (void)state;
    struct world w;
    struct store_error error = {""};
    world_init(&w);
    assert_int_equal(world_try_open(&w, path, &error), RESULT_OK);
    assert_int_equal(store_seed(w.store, NULL, 0, &error), RESULT_OK);
    world_close(&w);
    world_init(&w);
    assert_int_equal(world_try_open(&w, path, &error), RESULT_OK);
    assert_false(store_is_new(w.store));
    world_close(&w);
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_operation_leaves_its_neighbours),
        cmocka_unit_test(without_a_savepoint_the_whole_tick_is_rolled_back),
        cmocka_unit_test(reads_open_no_tick),
        cmocka_unit_test(a_lost_transaction_fails_the_whole_tick),
        cmocka_unit_test(a_broken_constraint_is_told_apart),
        ON_DISK(what_is_committed_is_kept),
        ON_DISK(one_store_at_a_time),
        ON_DISK(foreign_files_are_refused),
        ON_DISK(older_files_are_migrated),
        ON_DISK(a_failed_migration_leaves_the_older_file),
        cmocka_unit_test(seeds_are_all_or_nothing),
        ON_DISK(without_seeds_a_store_counts_as_seeded),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
