#include "process/confine.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/time_zone.h"
#include "process/limits.h"

/* The path up to its last `/`, or `.`. */
static void find_parent(const char *path, char parent[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        snprintf(parent, PATH_MAX, ".");
    else
        snprintf(parent, PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static bool is_root(const char *directory)
{
    struct stat found, root;
    return stat(directory, &found) == 0 && stat("/", &root) == 0 && found.st_dev == root.st_dev &&
           found.st_ino == root.st_ino;
}

/* A reset reads a seed again, and an editor may have replaced the file: access is given to its
 * directory, unless that is `/`. */
static void allow_seed_file(struct sandbox *sandbox, const char *path)
{
    char parent[PATH_MAX];
    find_parent(path, parent);
    sandbox_allow(sandbox, is_root(parent) ? path : parent, SANDBOX_READ);
}

/* Includes the target of a symbolic link. */
static void allow_linked_file(struct sandbox *sandbox, const char *path)
{
    char target[PATH_MAX];
    allow_seed_file(sandbox, path);
    if (realpath(path, target))
        allow_seed_file(sandbox, target);
}

/* Includes the targets of symbolic links in it, which may be in other directories. */
static void allow_seed_directory(struct sandbox *sandbox, const char *path)
{
    DIR *directory = opendir(path);
    sandbox_allow(sandbox, path, SANDBOX_READ);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char file[PATH_MAX];
        int len = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && entry->d_type != DT_REG && entry->d_type != DT_DIR &&
            len < (int)sizeof file)
            allow_linked_file(sandbox, file);
    }
    if (directory)
        closedir(directory);
}

static void allow_seeds(struct sandbox *sandbox, const struct confine_files *files)
{
    for (size_t i = 0; i < files->seed_count; i++) {
        const char *path = files->seeds[i];
        struct stat found;
        if (stat(path, &found) != 0)
            continue;
        if (S_ISDIR(found.st_mode))
            allow_seed_directory(sandbox, path);
        else
            allow_linked_file(sandbox, path);
    }
}

/* The database and its WAL are open already; SQLite removes the WAL when it closes. */
static void allow_database(struct sandbox *sandbox, const struct confine_files *files)
{
    char parent[PATH_MAX];
    if (strcmp(files->db, ":memory:") == 0)
        return;
    find_parent(files->db, parent);
    sandbox_allow(sandbox, parent, SANDBOX_REMOVE);
    if (realpath(files->db, parent)) { /* SQLite resolves links before it names the WAL */
        char target[PATH_MAX];
        find_parent(parent, target);
        sandbox_allow(sandbox, target, SANDBOX_REMOVE);
    }
}

static void log_report(enum sandbox_state state, const struct sandbox_report *report)
{
    if (state != SANDBOX_PARTIAL || !log_begin(LOG_INFO, "sandbox-partial"))
        return;
    log_string("privileges", report->privileges ? report->privileges : "on");
    log_string("files", report->files ? report->files : "on");
    log_string("calls", report->calls ? report->calls : "on");
    log_end();
}

enum sandbox_state confine(const struct confine_files *files)
{
    struct sandbox sandbox;
    struct sandbox_report report;
    sandbox_begin(&sandbox);
    allow_seeds(&sandbox, files);
    allow_database(&sandbox, files);
    if (files->brokers)
        sandbox_allow(&sandbox, files->brokers, SANDBOX_READ | SANDBOX_REMOVE | SANDBOX_WRITE);
    sandbox_allow(&sandbox, time_zone_directory(), SANDBOX_READ);
    sandbox_allow(&sandbox, "/etc/localtime", SANDBOX_READ); /* for tzset() in time_zone.c */
    sandbox_allow(&sandbox, "/dev/urandom", SANDBOX_READ);   /* for SQLite */
    if (sandbox_is_built_in())
        limits_forbid_core();
    enum sandbox_state state = sandbox_enter(&sandbox, &report);
    log_report(state, &report);
    return state;
}
