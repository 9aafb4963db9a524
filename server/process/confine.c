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

/* The directory that a path names its last part in. */
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

/* A seed is read again by a reset, when an editor may have put a new file in its place: the right
 * goes to its directory, unless that would be to everything. */
static void allow_seed_file(const struct sandbox *sandbox, const char *path)
{
    char parent[PATH_MAX];
    find_parent(path, parent);
    sandbox_allow(sandbox, is_root(parent) ? path : parent, SANDBOX_READ);
}

/* And the file behind a symbolic link. */
static void allow_linked_file(const struct sandbox *sandbox, const char *path)
{
    char target[PATH_MAX];
    allow_seed_file(sandbox, path);
    if (realpath(path, target))
        allow_seed_file(sandbox, target);
}

/* What the links of a directory lead to may be anywhere. */
static void allow_seed_directory(const struct sandbox *sandbox, const char *path)
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

static void allow_seeds(const struct sandbox *sandbox, const struct confine_files *files)
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

/* The file and its log are open; the log goes when the server ends. */
static void allow_database(const struct sandbox *sandbox, const struct confine_files *files)
{
    char parent[PATH_MAX];
    if (strcmp(files->db, ":memory:") == 0)
        return;
    find_parent(files->db, parent);
    sandbox_allow(sandbox, parent, SANDBOX_REMOVE);
    if (realpath(files->db, parent)) { /* SQLite follows a link before it names the log */
        char target[PATH_MAX];
        find_parent(parent, target);
        sandbox_allow(sandbox, target, SANDBOX_REMOVE);
    }
}

static void tell(enum sandbox_state state, const struct sandbox_report *report)
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
    sandbox_allow(&sandbox, time_zone_directory(), SANDBOX_READ);
    sandbox_allow(&sandbox, "/etc/localtime",
                  SANDBOX_READ);                           /* the C library's, after a TZ of ours */
    sandbox_allow(&sandbox, "/dev/urandom", SANDBOX_READ); /* SQLite's */
    if (sandbox_is_built_in())
        limits_forbid_core();
    enum sandbox_state state = sandbox_enter(&sandbox, &report);
    tell(state, &report);
    return state;
}
