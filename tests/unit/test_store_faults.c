/* The store when memory or the disk fails: at each place once, and from each place on. What was
 * acknowledged is there, what failed has left nothing, and the store works afterwards. */
#include "store_world.h"

#include "failing.h"
#include "fault_scripts.h"
#include "sweep.h"

#include <sys/stat.h>

/* ---- one tick under a fault ---- */

static char directory[] = "/tmp/amazonmq-faults-XXXXXX";
static char path[64];

static void remove_database(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
        unlink(file);
    }
}

/* The template with a name at each place. */
static const char *fill(struct world *world, const char *template, const char *name)
{
    const char *text = "", *place;
    for (; (place = strstr(template, "{}")); template = place + 2) {
        text =
            arena_printf(&world->arena, "%s%.*s%s", text, (int)(place - template), template, name);
        assert_non_null(text);
    }
    text = arena_printf(&world->arena, "%s%s", text, template);
    assert_non_null(text);
    return text;
}

/* The status of the write with that name. */
static int write_one(struct world *world, const struct script *script, const char *name)
{
    return world_call(world, script->method, fill(world, script->target, name),
                      fill(world, script->body, name))
        .status;
}

static int read_one(struct world *world, const struct script *script, const char *name)
{
    return world_call(world, "GET", fill(world, script->reader, name), "").status;
}

static bool is_success(int status)
{
    return status == 200 || status == 204;
}

/* All of it or, false, nothing. */
static bool is_there(struct world *world, const struct script *script, const char *name)
{
    const char *rows = world_ask(world, fill(world, script->rows, name));
    if (strcmp(rows, script->all) != 0 && strcmp(rows, script->none) != 0)
        fail_msg("%s: a part of %s is there: %s", script->target, name, rows);
    return strcmp(rows, script->all) == 0;
}

/* Two writers, a reader between them. Each call counts as answered well only once the tick is
 * committed. Returns whether the fault struck. */
static bool run_tick(struct world *world, const struct script *script, bool acknowledged[2])
{
    int first = write_one(world, script, "first");
    int reader = read_one(world, script, "first");
    int second = write_one(world, script, "second");
    bool committed = store_tick_commit(world->store) == RESULT_OK;
    bool struck = fault_disarm();
    /* What could not even be rolled back stays open and failed, until the next end of a tick. */
    if (store_tick_is_open(world->store)) {
        assert_true(!committed && store_tick_has_failed(world->store));
        assert_int_equal(store_tick_commit(world->store), RESULT_STORE);
    }
    assert_true(is_success(first) || first == 500);
    assert_true(is_success(second) || second == 500);
    if (committed && is_success(first))
        assert_true(reader == 200 || reader == 500);
    acknowledged[0] = committed && is_success(first);
    acknowledged[1] = committed && is_success(second);
    assert_true(struck || (acknowledged[0] && acknowledged[1]));
    return struck;
}

static void check_writes(struct world *world, const struct script *script,
                         const bool acknowledged[2], const char *when, long n)
{
    static const char *const names[] = {"first", "second"};
    for (size_t i = 0; i < 2; i++)
        if (is_there(world, script, names[i]) != acknowledged[i])
            fail_msg("%s, fault %ld, %s: %s is %s", script->target, n, when, names[i],
                     acknowledged[i] ? "acknowledged and lost" : "failed and there");
    assert_false(store_tick_is_open(world->store));
}

static void check_it_works(struct world *world, const struct script *script)
{
    assert_true(is_success(write_one(world, script, "after")));
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
    assert_true(is_there(world, script, "after"));
    assert_int_equal(store_health(world->store), STORE_HEALTHY);
    assert_string_equal(world_ask(world, "PRAGMA integrity_check"), "ok");
    assert_string_equal(world_ask(world, "PRAGMA foreign_key_check"), "");
}

/* A write, a read, and one that fails where names are unique. */
static void warm_up(struct world *world, const struct script *script)
{
    assert_true(is_success(write_one(world, script, "before")));
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
    assert_int_equal(read_one(world, script, "before"), 200);
    store_operation_begin(world->store, false);
    assert_int_equal(store_prepare_write(world->store), RESULT_OK);
    assert_int_equal(store_operation_end(world->store, false), RESULT_OK);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

/* The n-th event fails: of the shortest write for every n, where the sweep is whole. Each statement
 * has run before, so that SQLite does not prepare it anew under the fault. */
static long fail_at_each(const char *database, const struct script *script, bool lasting)
{
    long tried = 0;
    bool is_short = script == &create_user;
    for (long n = 1;; n = is_short ? sweep_next(n, 40) : n + 1 + n / 5, tried++) {
        struct world w;
        bool acknowledged[2];
        world_open(&w, database, script->seed);
        warm_up(&w, script);
        fault_arm(n, lasting);
        bool struck = run_tick(&w, script, acknowledged);
        check_writes(&w, script, acknowledged, "at once", n);
        check_it_works(&w, script);
        check_writes(&w, script, acknowledged, "afterwards", n);
        world_close(&w);
        if (strcmp(database, ":memory:") != 0) {
            world_open(&w, database, "");
            check_writes(&w, script, acknowledged, "after a restart", n);
            assert_true(is_there(&w, script, "after"));
            world_close(&w);
            remove_database();
        }
        if (!struck)
            return tried;
        assert_true(n < 5000);
    }
}

static void each_allocation_of_a_tick_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        assert_true(fail_at_each(":memory:", scripts[i], false) > 5);
        assert_true(fail_at_each(":memory:", scripts[i], true) > 5);
    }
}

static int allow(void *data, int what, const char *a, const char *b, const char *c, const char *d)
{
    (void)data, (void)what, (void)a, (void)b, (void)c, (void)d;
    return SQLITE_OK;
}

/* After a seed's authorizer SQLite prepares each statement anew when it runs next, COMMIT and
 * ROLLBACK too, and that needs memory. */
static void a_first_commit_without_memory_is_cleaned_up(void **state)
{
    (void)state;
    for (int lasting = 0; lasting < 2; lasting++) {
        struct world w;
        world_open(&w, ":memory:", BROKER);
        assert_int_equal(write_one(&w, &create_user, "first"), 200);
        sqlite3_set_authorizer(w.store->db, allow, NULL);
        sqlite3_set_authorizer(w.store->db, NULL, NULL);
        fault_arm(1, lasting);
        bool committed = store_tick_commit(w.store) == RESULT_OK;
        fault_disarm();
        if (store_tick_is_open(w.store)) {
            assert_true(!committed && store_tick_has_failed(w.store));
            assert_int_equal(store_tick_commit(w.store), RESULT_STORE);
        }
        assert_int_equal(is_there(&w, &create_user, "first"), committed);
        check_it_works(&w, &create_user);
        world_close(&w);
    }
}

static void each_write_of_a_tick_fails(void **state)
{
    (void)state;
    static const int errors[] = {SQLITE_IOERR_WRITE, SQLITE_FULL};
    install_disk();
    for (size_t i = 0; i < COUNT(errors); i++) {
        fault.write_error = errors[i];
        for (size_t k = 0; k < COUNT(scripts); k++) {
            assert_true(fail_at_each(path, scripts[k], false) > 2);
            assert_true(fail_at_each(path, scripts[k], true) > 2);
        }
    }
    sqlite3_vfs_unregister(&disk);
}

/* Opening fails with a text or succeeds; the same file can be opened afterwards. Every event near
 * the beginning, then fewer and fewer. Where all events after it fail too, the files are as a crash
 * leaves them. */
static long fail_while_opening(const char *database, bool lasting)
{
    long tried = 0;
    for (long n = 1;; n += 1 + n / 10, tried++) {
        struct world w;
        struct store_error error = {""};
        world_init(&w);
        fault_arm(n, lasting);
        enum result result = world_try_open(&w, database, &error);
        bool struck = fault_disarm();
        assert_true(struck || !result);
        assert_int_equal(w.store != NULL, !result);
        assert_int_equal(*error.text != '\0' || result == RESULT_NO_MEMORY, result != RESULT_OK);
        world_close(&w);
        world_open(&w, database, BROKER);
        check_it_works(&w, &create_user);
        world_close(&w);
        remove_database();
        if (!struck)
            return tried;
        assert_true(n < 1000000);
    }
}

static void opening_fails_cleanly(void **state)
{
    (void)state;
    assert_true(fail_while_opening(":memory:", false) > 30);
    install_disk();
    fault.write_error = SQLITE_FULL;
    assert_true(fail_while_opening(path, false) > 5);
    sqlite3_vfs_unregister(&disk);
}

/* What is half written is never taken for a store: the next start makes it anew. */
static void a_crash_while_a_file_is_made_leaves_a_new_one(void **state)
{
    (void)state;
    install_disk();
    fault.kinds = FAULT_CHANGE | FAULT_OPEN;
    fault.torn = true;
    assert_true(fail_while_opening(path, true) > 5);
    fault.torn = false;
    fault.kinds = FAULT_CHANGE | FAULT_SQLITE;
    sqlite3_vfs_unregister(&disk);
}

static int set_up(void **state)
{
    (void)state;
    install_memory();
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/mq.db", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_database();
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_of_a_tick_fails),
        cmocka_unit_test(a_first_commit_without_memory_is_cleaned_up),
        cmocka_unit_test(each_write_of_a_tick_fails),
        cmocka_unit_test(opening_fails_cleanly),
        cmocka_unit_test(a_crash_while_a_file_is_made_leaves_a_new_one),
    };
    return cmocka_run_group_tests_name("store_faults", tests, set_up, tear_down);
}
