/* The store when memory or the disk fails: at each place once, and from each place on. What was
 * acknowledged is there, what failed has left nothing, and the store works afterwards. */
#include "store_world.h"

#include <sys/stat.h>

#define BROKER "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
#define BODY "{\"password\":\"created-pw-12\",\"groups\":[\"readers\",\"auditors\"]}"
#define USERS "/v1/brokers/b-1/users/"

/* What fails: the `countdown`-th event, and all after it where `lasting`. */
static struct {
    bool armed, lasting;
    long countdown;
    long failures;
} fault;

static bool fault_strikes(void)
{
    if (!fault.armed || --fault.countdown > 0 || (!fault.lasting && fault.failures > 0))
        return false;
    fault.failures++;
    return true;
}

static void fault_arm(long countdown, bool lasting)
{
    fault.countdown = countdown;
    fault.lasting = lasting;
    fault.failures = 0;
    fault.armed = true;
}

/* Returns whether it struck. */
static bool fault_disarm(void)
{
    fault.armed = false;
    return fault.failures > 0;
}

/* ---- memory ---- */

static sqlite3_mem_methods memory;

static void *failing_malloc(int size)
{
    return fault_strikes() ? NULL : memory.xMalloc(size);
}

static void *failing_realloc(void *old, int size)
{
    return fault_strikes() ? NULL : memory.xRealloc(old, size);
}

static void install_memory(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory), SQLITE_OK);
    sqlite3_mem_methods failing = memory;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
    /* Small pieces too are to come from there. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

/* ---- disk ---- */

struct disk_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct, in the memory SQLite gave for both */
};

static sqlite3_vfs disk;
static sqlite3_vfs *real_disk;
static int disk_error = SQLITE_IOERR_WRITE;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct disk_file *)(void *)file)->real;
}

static int disk_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int disk_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    return real_of(file)->pMethods->xRead(real_of(file), data, len, at);
}

static int disk_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    return fault_strikes() ? disk_error
                           : real_of(file)->pMethods->xWrite(real_of(file), data, len, at);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fault_strikes() ? SQLITE_IOERR_TRUNCATE
                           : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int disk_sync(sqlite3_file *file, int flags)
{
    return fault_strikes() ? SQLITE_IOERR_FSYNC
                           : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int disk_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int disk_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int disk_check_lock(sqlite3_file *file, int *held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
}

static int disk_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int disk_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int disk_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* Version 1, without shared memory: the server's locking mode does without. */
static const sqlite3_io_methods disk_methods = {
    1,
    disk_close,
    disk_read,
    disk_write,
    disk_truncate,
    disk_sync,
    disk_size,
    disk_lock,
    disk_unlock,
    disk_check_lock,
    disk_control,
    disk_sector_size,
    disk_characteristics,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    (void)vfs;
    struct disk_file *opened = (struct disk_file *)(void *)file;
    opened->real = (sqlite3_file *)(void *)(opened + 1);
    int code = real_disk->xOpen(real_disk, name, opened->real, flags, out_flags);
    opened->base.pMethods = opened->real->pMethods ? &disk_methods : NULL;
    return code;
}

static void install_disk(void)
{
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    real_disk = sqlite3_vfs_find("unix");
    assert_non_null(real_disk);
    disk = *real_disk;
    disk.zName = "failing";
    disk.pNext = NULL;
    disk.szOsFile += (int)sizeof(struct disk_file);
    disk.xOpen = disk_open;
    assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

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

static bool is_there(struct world *world, const char *name)
{
    const char *sql =
        arena_printf(&world->arena, "SELECT count(*) FROM user WHERE username = '%s'", name);
    return strcmp(world_ask(world, sql), "1") == 0;
}

/* Two writers, a reader between them. Each call counts as answered well only once the tick is
 * committed. Returns whether the fault struck. */
static bool run_tick(struct world *world, bool acknowledged[2])
{
    struct reply first = world_call(world, "POST", USERS "first", BODY);
    struct reply reader = world_call(world, "GET", USERS "first", "");
    struct reply second = world_call(world, "POST", USERS "second", BODY);
    bool committed = store_tick_commit(world->store) == RESULT_OK;
    bool struck = fault_disarm();
    /* What could not even be rolled back stays open and failed, until the next end of a tick. */
    if (store_tick_is_open(world->store)) {
        assert_true(!committed && store_tick_has_failed(world->store));
        assert_int_equal(store_tick_commit(world->store), RESULT_STORE);
    }
    assert_true(first.status == 200 || first.status == 500);
    assert_true(second.status == 200 || second.status == 500);
    if (committed && first.status == 200)
        assert_true(reader.status == 200 || reader.status == 500);
    acknowledged[0] = committed && first.status == 200;
    acknowledged[1] = committed && second.status == 200;
    assert_true(struck || (acknowledged[0] && acknowledged[1]));
    return struck;
}

static void check_users(struct world *world, const bool acknowledged[2], const char *when, long n)
{
    static const char *const names[] = {"first", "second"};
    for (size_t i = 0; i < 2; i++)
        if (is_there(world, names[i]) != acknowledged[i])
            fail_msg("fault %ld, %s: %s is %s", n, when, names[i],
                     acknowledged[i] ? "acknowledged and lost" : "failed and there");
    assert_false(store_tick_is_open(world->store));
}

static void check_it_works(struct world *world)
{
    world_expect(world, "POST", USERS "after", BODY, "200 {}");
    assert_true(is_there(world, "after"));
    assert_true(store_is_healthy(world->store));
    assert_string_equal(world_ask(world, "PRAGMA integrity_check"), "ok");
}

static void warm_up(struct world *world)
{
    world_expect(world, "POST", USERS "before", BODY, "200 {}");
    assert_int_equal(world_call(world, "GET", USERS "before", "").status, 200);
    world_call(world, "POST", USERS "before", BODY);
    assert_int_equal(store_tick_commit(world->store), RESULT_OK);
}

/* The n-th event fails, for every n that there is. Each statement has run before, so that SQLite
 * does not prepare it anew under the fault. */
static long fail_at_each(const char *database, bool lasting)
{
    for (long n = 1;; n++) {
        struct world w;
        bool acknowledged[2];
        world_open(&w, database, BROKER);
        warm_up(&w);
        fault_arm(n, lasting);
        bool struck = run_tick(&w, acknowledged);
        check_users(&w, acknowledged, "at once", n);
        check_it_works(&w);
        check_users(&w, acknowledged, "afterwards", n);
        world_close(&w);
        if (strcmp(database, ":memory:") != 0) {
            world_open(&w, database, "");
            check_users(&w, acknowledged, "after a restart", n);
            assert_true(is_there(&w, "after"));
            world_close(&w);
            remove_database();
        }
        if (!struck)
            return n - 1;
        assert_true(n < 5000);
    }
}

static void each_allocation_of_a_tick_fails(void **state)
{
    (void)state;
    assert_true(fail_at_each(":memory:", false) > 5);
    assert_true(fail_at_each(":memory:", true) > 5);
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
        struct reply reply = world_call(&w, "POST", USERS "first", BODY);
        assert_int_equal(reply.status, 200);
        sqlite3_set_authorizer(w.store->db, allow, NULL);
        sqlite3_set_authorizer(w.store->db, NULL, NULL);
        fault_arm(1, lasting);
        bool committed = store_tick_commit(w.store) == RESULT_OK;
        fault_disarm();
        if (store_tick_is_open(w.store)) {
            assert_true(!committed && store_tick_has_failed(w.store));
            assert_int_equal(store_tick_commit(w.store), RESULT_STORE);
        }
        assert_int_equal(is_there(&w, "first"), committed);
        check_it_works(&w);
        world_close(&w);
    }
}

static void each_write_of_a_tick_fails(void **state)
{
    (void)state;
    static const int errors[] = {SQLITE_IOERR_WRITE, SQLITE_FULL};
    install_disk();
    for (size_t i = 0; i < COUNT(errors); i++) {
        disk_error = errors[i];
        assert_true(fail_at_each(path, false) > 2);
        assert_true(fail_at_each(path, true) > 2);
    }
    sqlite3_vfs_unregister(&disk);
}

/* Opening fails with a text or succeeds; the same file can be opened afterwards. Every event near
 * the beginning, then fewer and fewer. */
static long fail_while_opening(const char *database)
{
    long tried = 0;
    for (long n = 1;; n += 1 + n / 10, tried++) {
        struct world w;
        struct store_error error = {""};
        world_init(&w);
        fault_arm(n, false);
        enum result result = world_try_open(&w, database, &error);
        bool struck = fault_disarm();
        assert_true(struck || !result);
        assert_int_equal(w.store != NULL, !result);
        assert_int_equal(*error.text != '\0' || result == RESULT_NO_MEMORY, result != RESULT_OK);
        world_close(&w);
        world_open(&w, database, BROKER);
        check_it_works(&w);
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
    assert_true(fail_while_opening(":memory:") > 30);
    install_disk();
    disk_error = SQLITE_FULL;
    assert_true(fail_while_opening(path) > 5);
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
    };
    return cmocka_run_group_tests_name("store_faults", tests, set_up, tear_down);
}
