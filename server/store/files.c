/* The files of --db: the database, its write-ahead log, and the rollback journal of other programs.
 */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

enum { PAGE_SIZE_MIN = 512 };

static enum result fail(struct store_error *error, const char *path, const char *reason)
{
    snprintf(error->text, sizeof error->text, "%.500s: %.500s", path, reason);
    return RESULT_STORE;
}

enum result store_files_prepare(const char *path, struct store_error *error)
{
    struct stat found;
    const char *odd_kind = NULL;
    int fd = file_open(AT_FDCWD, path, O_RDWR | O_CREAT, false, &odd_kind);
    if (fd < 0)
        return fail(error, path, odd_kind ? odd_kind : strerror(errno));
    /* It will contain passwords. */
    bool is_private = fstat(fd, &found) == 0 && (found.st_size > 0 || fchmod(fd, 0600) == 0);
    int saved_errno = errno;
    close(fd);
    if (!is_private)
        return fail(error, path, strerror(saved_errno));
    /* SQLite treats a file shorter than its smallest page as an empty database and overwrites it.
     */
    if (found.st_size > 0 && found.st_size < PAGE_SIZE_MIN)
        return fail(error, path, "not a database of amazonmq-local (not a SQLite file)");
    return RESULT_OK;
}

static const char *path_of(const struct store *store)
{
    return sqlite3_db_filename(store->db, "main");
}

enum result store_files_check(struct store *store, struct store_error *error)
{
    const char *const paths[] = {sqlite3_filename_journal(path_of(store)),
                                 sqlite3_filename_wal(path_of(store))};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct stat found;
        const char *odd_kind = stat(paths[i], &found) == 0 ? file_odd_kind(found.st_mode) : NULL;
        if (odd_kind)
            return fail(error, paths[i], odd_kind);
    }
    return RESULT_OK;
}

static bool find(const char *path, struct store_file *file)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return false;
    *file = (struct store_file){found.st_dev, found.st_ino};
    return true;
}

static bool is_same(const char *path, const struct store_file *file)
{
    struct store_file found;
    return find(path, &found) && found.device == file->device && found.number == file->number;
}

enum result store_files_remember(struct store *store, struct store_error *error)
{
    const char *path = path_of(store), *log = sqlite3_filename_wal(path);
    if (!find(path, &store->file))
        return fail(error, path, strerror(errno));
    return find(log, &store->log) ? RESULT_OK : fail(error, log, strerror(errno));
}

bool store_files_are_in_place(struct store *store)
{
    if (store->file.number == 0)
        return true;
    const char *path = path_of(store), *log = sqlite3_filename_wal(path);
    const char *moved = !is_same(path, &store->file) ? path
                        : !is_same(log, &store->log) ? log
                                                     : NULL;
    if (moved && !store->is_moved)
        log_event(LOG_ERROR, "store-moved", "file", moved);
    if (!moved && store->is_moved)
        log_event(LOG_INFO, "store-back", "file", path);
    store->is_moved = moved;
    return !moved;
}

void store_files_leave(struct store *store)
{
    if (store->file.number != 0 && !is_same(path_of(store), &store->file) &&
        sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL))
        log_event(LOG_ERROR, "store-error", "error", sqlite3_errmsg(store->db));
}
