/* Memory and disks that fail on demand: the n-th event, and all after it where that is asked for.
 */
#ifndef TESTS_UNIT_FAILING_H
#define TESTS_UNIT_FAILING_H

#include "support.h"

#include <sqlite3.h>

/* What counts as an event. */
enum fault_kind {
    FAULT_HEAP = 1 << 0,   /* the server's own allocations: failing_heap.h */
    FAULT_SQLITE = 1 << 1, /* SQLite's */
    FAULT_WRITE = 1 << 2,
    FAULT_TRUNCATE = 1 << 3,
    FAULT_SYNC = 1 << 4,
    FAULT_READ = 1 << 5,
    FAULT_SIZE = 1 << 6, /* asking how long a file is */
    FAULT_OPEN = 1 << 7, /* also: delete, look whether a file is there */
    FAULT_LOCK = 1 << 8,
    FAULT_CHANGE = FAULT_WRITE | FAULT_TRUNCATE | FAULT_SYNC,
    FAULT_MEMORY = FAULT_HEAP | FAULT_SQLITE,
    FAULT_DISK = FAULT_CHANGE | FAULT_READ | FAULT_SIZE | FAULT_OPEN | FAULT_LOCK,
};

/* What fails: the `countdown`-th event of these kinds, and all after it where `lasting`. */
static struct {
    bool armed, lasting;
    unsigned kinds;
    long countdown;
    long failures;
    unsigned struck; /* their kinds */
    bool torn;       /* a failing write has put down the first half */
    int write_error; /* what it answers */
    bool stands;     /* what it was to write was in the file already, as from a commit before */
    long shared;     /* calls for shared memory: the server's locking mode does without */
} fault = {.kinds = FAULT_CHANGE | FAULT_SQLITE, .write_error = SQLITE_IOERR_WRITE};

static inline bool fault_strikes(enum fault_kind kind)
{
    if (!fault.armed || !(fault.kinds & (unsigned)kind) || --fault.countdown > 0 ||
        (!fault.lasting && fault.failures > 0))
        return false;
    fault.failures++;
    fault.struck |= (unsigned)kind;
    return true;
}

static inline void fault_arm(long countdown, bool lasting)
{
    fault.countdown = countdown;
    fault.lasting = lasting;
    fault.failures = 0;
    fault.struck = 0;
    fault.stands = false;
    fault.armed = true;
}

/* Returns whether it struck. */
static inline bool fault_disarm(void)
{
    fault.armed = false;
    return fault.failures > 0;
}

/* ---- SQLite's memory ---- */

static sqlite3_mem_methods sqlite_memory;

static inline void *failing_sqlite_malloc(int size)
{
    return fault_strikes(FAULT_SQLITE) ? NULL : sqlite_memory.xMalloc(size);
}

static inline void *failing_sqlite_realloc(void *old, int size)
{
    return fault_strikes(FAULT_SQLITE) ? NULL : sqlite_memory.xRealloc(old, size);
}

/* Before SQLite is used. */
static inline void install_memory(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory), SQLITE_OK);
    sqlite3_mem_methods failing = sqlite_memory;
    failing.xMalloc = failing_sqlite_malloc;
    failing.xRealloc = failing_sqlite_realloc;
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

static inline sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct disk_file *)(void *)file)->real;
}

static inline int disk_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static inline int disk_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
    return fault_strikes(FAULT_READ) ? SQLITE_IOERR_READ
                                     : real_of(file)->pMethods->xRead(real_of(file), data, len, at);
}

static inline bool stands_in(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    static char there[1 << 16];
    return (size_t)len <= sizeof there &&
           real_of(file)->pMethods->xRead(real_of(file), there, len, at) == SQLITE_OK &&
           memcmp(there, data, (size_t)len) == 0;
}

static inline int disk_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    bool strikes = fault_strikes(FAULT_WRITE);
    int code = SQLITE_OK, part = strikes && fault.torn ? len / 2 : len;
    if (!strikes || fault.torn)
        code = real_of(file)->pMethods->xWrite(real_of(file), data, part, at);
    if (strikes)
        fault.stands |= stands_in(file, data, len, at);
    return strikes ? fault.write_error : code;
}

static inline int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fault_strikes(FAULT_TRUNCATE) ? SQLITE_IOERR_TRUNCATE
                                         : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

/* The machine does not lose its power here: what is written need not reach the disk. */
static inline int disk_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return fault_strikes(FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static inline int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return fault_strikes(FAULT_SIZE) ? SQLITE_IOERR_FSTAT
                                     : real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static inline int disk_lock(sqlite3_file *file, int level)
{
    return fault_strikes(FAULT_LOCK) ? SQLITE_IOERR_LOCK
                                     : real_of(file)->pMethods->xLock(real_of(file), level);
}

static inline int disk_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static inline int disk_check_lock(sqlite3_file *file, int *held)
{
    return fault_strikes(FAULT_LOCK)
               ? SQLITE_IOERR_CHECKRESERVEDLOCK
               : real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
}

static inline int disk_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static inline int disk_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static inline int disk_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static inline int disk_shm_map(sqlite3_file *file, int page, int size, int extend,
                               void volatile **out)
{
    fault.shared++;
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static inline int disk_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    fault.shared++;
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static inline void disk_shm_barrier(sqlite3_file *file)
{
    fault.shared++;
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static inline int disk_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

/* Version 2: with shared memory, as the real one. */
static const sqlite3_io_methods disk_methods = {
    2,
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
    disk_shm_map,
    disk_shm_lock,
    disk_shm_barrier,
    disk_shm_unmap,
    NULL,
    NULL,
};

static inline int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                            int *out_flags)
{
    (void)vfs;
    struct disk_file *opened = (struct disk_file *)(void *)file;
    opened->base.pMethods = NULL;
    opened->real = (sqlite3_file *)(void *)(opened + 1);
    if (fault_strikes(FAULT_OPEN))
        return SQLITE_CANTOPEN;
    int code = real_disk->xOpen(real_disk, name, opened->real, flags, out_flags);
    opened->base.pMethods = opened->real->pMethods ? &disk_methods : NULL;
    return code;
}

static inline int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return fault_strikes(FAULT_OPEN) ? SQLITE_IOERR_DELETE
                                     : real_disk->xDelete(real_disk, name, sync);
}

static inline int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *found)
{
    (void)vfs;
    return fault_strikes(FAULT_OPEN) ? SQLITE_IOERR_ACCESS
                                     : real_disk->xAccess(real_disk, name, flags, found);
}

/* Every database that is opened from now on without naming another is on it. */
static inline void install_disk(void)
{
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    real_disk = sqlite3_vfs_find("unix");
    assert_non_null(real_disk);
    disk = *real_disk;
    disk.zName = "failing";
    disk.pNext = NULL;
    disk.szOsFile += (int)sizeof(struct disk_file);
    disk.xOpen = disk_open;
    disk.xDelete = disk_delete;
    disk.xAccess = disk_access;
    assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

#endif
