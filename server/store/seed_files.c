#include "store/seed_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "process/sandbox.h"
#include "store/internal.h"
#include "store/seed_run.h"

static enum result fail(struct store_error *error, const char *path, const char *reason)
{
    snprintf(error->text, sizeof error->text, "seed %.500s: %s", path, reason);
    return RESULT_INVALID;
}

/* Resets read the seeds again: what comes from a pipe is gone then. */
static enum result fail_kind(struct store_error *error, const char *path, const char *odd_kind)
{
    char reason[100];
    snprintf(reason, sizeof reason, "%s: resets read it again", odd_kind);
    return fail(error, path, reason);
}

static enum result fail_memory(struct store_error *error, const char *path)
{
    (void)fail(error, path, "out of memory");
    return RESULT_NO_MEMORY;
}

/* Returns the result of a step of the run; sets *error if it failed. */
static enum result fail_run(struct store_error *error, const struct seed_run *run,
                            enum result result)
{
    if (result)
        snprintf(error->text, sizeof error->text, "seed %s", run->error.text);
    return result;
}

static enum result fail_store(struct store_error *error, const struct store *store)
{
    snprintf(error->text, sizeof error->text, "seed: %s", sqlite3_errmsg(store->db));
    return RESULT_STORE;
}

static enum result read_file(const char *path, struct buffer *text, struct store_error *error)
{
    char chunk[65536];
    ssize_t got = 0;
    const char *odd_kind = NULL;
    int fd = file_open(AT_FDCWD, path, O_RDONLY, false, &odd_kind);
    if (fd < 0)
        return odd_kind ? fail_kind(error, path, odd_kind)
                        : fail(error, path, sandbox_explain(errno));
    while (!text->failed && (got = read(fd, chunk, sizeof chunk)) > 0)
        buffer_append(text, chunk, (size_t)got);
    int saved_errno = errno;
    close(fd);
    if (!text->failed && got < 0)
        return fail(error, path, sandbox_explain(saved_errno));
    if (text->failed == RESULT_NO_MEMORY)
        return fail_memory(error, path);
    return text->failed ? fail(error, path, "larger than 64 MiB") : RESULT_OK;
}

static enum result apply_file(struct seed_run *run, const char *path, struct store_error *error)
{
    struct buffer text;
    buffer_init(&text, SEED_FILE_MAX);
    enum result result = read_file(path, &text, error);
    if (!result)
        result = fail_run(error, run, seed_apply(run, path, buffer_slice(&text)));
    buffer_close(&text);
    return result;
}

static int is_sql(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The image has such a file where seeds are mounted: what is mounted hides it. */
static void warn_of_no_seeds(const char *path)
{
    struct stat found;
    char *meant = sqlite3_mprintf("%s/.empty", path);
    if (!meant || stat(meant, &found) != 0)
        log_event(LOG_WARN, "seed-directory-without-sql", "path", path);
    sqlite3_free(meant);
}

static enum result apply_directory(struct seed_run *run, const char *path,
                                   struct store_error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_sql, by_name);
    if (count == 0)
        warn_of_no_seeds(path);
    if (count < 0)
        return errno == ENOMEM ? fail_memory(error, path)
                               : fail(error, path, sandbox_explain(errno));
    enum result result = RESULT_OK;
    for (int i = 0; i < count; i++) {
        char *file = sqlite3_mprintf("%s/%s", path, entries[i]->d_name);
        if (!result)
            result = file ? apply_file(run, file, error) : fail_memory(error, path);
        sqlite3_free(file);
        free(entries[i]);
    }
    free(entries);
    return result;
}

static enum result apply_paths(struct store *store, const char *const *paths, size_t count,
                               struct store_error *error)
{
    struct seed_run run = {.db = store->db};
    enum result result = fail_run(error, &run, seed_begin(&run, store->db));
    for (size_t i = 0; !result && i < count; i++) {
        struct stat found;
        if (stat(paths[i], &found) != 0)
            return fail(error, paths[i], sandbox_explain(errno));
        result = S_ISDIR(found.st_mode) ? apply_directory(&run, paths[i], error)
                                        : apply_file(&run, paths[i], error);
    }
    return result ? result : fail_run(error, &run, seed_end(&run));
}

static uint64_t stamp_file(uint64_t stamp, const char *path)
{
    struct stat found;
    if (stamp == 0 || stat(path, &found) != 0)
        return 0;
    const int64_t numbers[] = {(int64_t)found.st_dev,          (int64_t)found.st_ino,
                               (int64_t)found.st_size,         (int64_t)found.st_mtim.tv_sec,
                               (int64_t)found.st_mtim.tv_nsec, (int64_t)found.st_ctim.tv_sec,
                               (int64_t)found.st_ctim.tv_nsec};
    stamp = text_hash(text_hash(stamp, slice_of(path)),
                      (struct slice){(const char *)numbers, sizeof numbers});
    return stamp ? stamp : 1;
}

static uint64_t stamp_directory(uint64_t stamp, const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_sql, by_name);
    stamp = count < 0 ? 0 : stamp_file(stamp, path);
    for (int i = 0; i < count; i++) {
        char *file = sqlite3_mprintf("%s/%s", path, entries[i]->d_name);
        stamp = file ? stamp_file(stamp, file) : 0;
        sqlite3_free(file);
        free(entries[i]);
    }
    free(entries);
    return stamp;
}

uint64_t seed_files_stamp(const char *const *paths, size_t count)
{
    uint64_t stamp = 1;
    for (size_t i = 0; stamp != 0 && i < count; i++) {
        struct stat found;
        stamp = stat(paths[i], &found) != 0 ? 0
                : S_ISDIR(found.st_mode)    ? stamp_directory(stamp, paths[i])
                                            : stamp_file(stamp, paths[i]);
    }
    return stamp;
}

STATEMENT(seeded_set_sql, "UPDATE default_world SET seeded = 1");

enum result seed_files_apply(struct store *store, const char *const *paths, size_t count,
                             struct store_error *error)
{
    if (store_prepare_write(store))
        return fail_store(error, store);
    enum result result = apply_paths(store, paths, count, error);
    if (!result && statement_run(store, statement_get(store, &seeded_set_sql)))
        result = fail_store(error, store);
    if (result)
        store->tick_failed = true;
    if ((store_tick_commit(store) || store_counts_reload(store) || store_reload_flags(store)) &&
        !result)
        result = fail_store(error, store);
    store->is_seeded = !result;
    return result;
}

enum result store_apply_sql(struct store *store, const char *name, struct slice sql,
                            struct store_error *error)
{
    struct seed_run run = {.db = store->db};
    enum result result = store_change_begin(store, error);
    if (!result) {
        result = seed_begin(&run, store->db);
        if (!result)
            result = seed_apply(&run, name, sql);
        if (!result)
            result = seed_end(&run);
        if (result)
            snprintf(error->text, sizeof error->text, "%s", run.error.text);
    }
    return store_change_end(store, result, error);
}
