#include "brokers/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "brokers/run_broker.h"
#include "process/java_stores.h"

enum {
    SCRIPT_BEGIN = 40,
    LINE_MAX_LEN = 512,
    DIRECTORY_MODE = 0700,
    FILE_MODE = 0600,
    SCRIPT_MODE = 0700,
    SLOT_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

/* A running broker compares the time of a file with the time at which it read it: the file is made
 * younger, or a change within the resolution of the clock would never be seen. */
enum { LIVE_AHEAD_S = 2 };

static enum result fail(struct directory_error *error, const char *format, ...) PRINTF_LIKE(2, 3);

static enum result fail(struct directory_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return RESULT_SYSTEM;
}

/* --- Files --- */

static bool set_ahead(int fd)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = clock_wall_ms() / 1000}};
    times[1].tv_sec += LIVE_AHEAD_S;
    return futimens(fd, times) == 0;
}

/* Replaces the file as a whole. */
static bool put_file(int at, const char *name, struct slice text, mode_t mode, bool live)
{
    char made[64];
    snprintf(made, sizeof made, "%s.new", name);
    unlinkat(at, made, 0); /* left by a crash, or by somebody else */
    int fd = openat(at, made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return false;
    bool written = file_write_all(fd, text) && (!live || set_ahead(fd));
    int error = errno;
    written = close(fd) == 0 && written;
    if (written && renameat(at, made, at, name) == 0)
        return true;
    error = written ? errno : error;
    unlinkat(at, made, 0);
    errno = error;
    return false;
}

/* Whether the file has this content. False also if it cannot be read. */
static bool has_content(int at, const char *name, struct slice text)
{
    const char *odd_kind = NULL;
    char part[4096];
    int fd = file_open(at, name, O_RDONLY, false, &odd_kind);
    if (fd < 0)
        return false;
    size_t len = 0;
    ssize_t got;
    while ((got = read(fd, part, sizeof part)) > 0) {
        if ((size_t)got > text.len - len || memcmp(text.data + len, part, (size_t)got) != 0)
            break;
        len += (size_t)got;
    }
    close(fd);
    return got == 0 && len == text.len;
}

static bool put_unless_equal(int at, const char *name, struct slice text, mode_t mode, bool live)
{
    return has_content(at, name, text) || put_file(at, name, text, mode, live);
}

/* The first line of a small file. */
static bool read_line(int at, const char *name, char line[LINE_MAX_LEN])
{
    const char *odd_kind = NULL;
    int fd = file_open(at, name, O_RDONLY, false, &odd_kind);
    ssize_t got = fd < 0 ? -1 : read(fd, line, LINE_MAX_LEN - 1);
    if (fd >= 0)
        close(fd);
    line[got > 0 ? got : 0] = '\0';
    char *end = strchr(line, '\n');
    if (end)
        *end = '\0';
    return end != NULL;
}

/* --- Opening --- */

/* Whether it begins as the script does: with the line for the system and the first of its text. */
static bool has_script(int fd)
{
    char begin[SCRIPT_BEGIN];
    const char *odd_kind = NULL;
    int script = file_open(fd, "run-broker", O_RDONLY | O_NOFOLLOW, false, &odd_kind);
    ssize_t got = script < 0 ? -1 : read(script, begin, sizeof begin);
    if (script >= 0)
        close(script);
    return got == SCRIPT_BEGIN && memcmp(begin, run_broker, SCRIPT_BEGIN) == 0;
}

/* Whether the directory is neither empty nor one of ours. */
static bool holds_something_else(int fd)
{
    static const char *const ignored[] = {".", "..", "lock", "lost+found"};
    if (has_script(fd))
        return false;
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy < 0 ? NULL : fdopendir(copy);
    bool found = false;
    for (struct dirent *entry; list && !found && (entry = readdir(list));) {
        found = true;
        for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
            found = found && strcmp(entry->d_name, ignored[i]) != 0;
    }
    if (list)
        closedir(list);
    return found;
}

static enum result take_lock(struct directory *directory, struct directory_error *error)
{
    directory->lock =
        openat(directory->fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (directory->lock < 0)
        return fail(error, "cannot write %.300s/lock: %s", directory->path, strerror(errno));
    if (flock(directory->lock, LOCK_EX | LOCK_NB) == 0)
        return RESULT_OK;
    if (errno == EWOULDBLOCK)
        return fail(error, "another server uses the directory %.300s", directory->path);
    return fail(error, "cannot lock %.300s/lock: %s", directory->path, strerror(errno));
}

/* It also marks the directory as one of --brokers. */
static enum result put_script(const struct directory *directory, struct directory_error *error)
{
    struct slice script = {(const char *)run_broker, run_broker_len};
    if (put_unless_equal(directory->fd, "run-broker", script, SCRIPT_MODE, false))
        return RESULT_OK;
    return fail(error, "cannot write %.300s/run-broker: %s", directory->path, strerror(errno));
}

/* ActiveMQ takes the path for a part of a URL, and RabbitMQ's configuration has other special
 * characters. */
static bool is_plain(const char *path)
{
    for (; *path; path++)
        if (!text_is_alphanumeric(*path) && !strchr("._-/", *path) && (unsigned char)*path < 0x80)
            return false;
    return true;
}

enum result directory_open(struct directory *directory, const char *path,
                           struct directory_error *error)
{
    *directory = (struct directory){.fd = -1, .lock = -1};
    if (mkdir(path, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return fail(error, "cannot create the directory %.300s: %s", path, strerror(errno));
    directory->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory->fd < 0 || !realpath(path, directory->path))
        return fail(error, "cannot open the directory %.300s: %s", path, strerror(errno));
    if (!is_plain(directory->path))
        return fail(error,
                    "%.300s: the path of --brokers may have letters, digits and . _ - / only",
                    directory->path);
    if (holds_something_else(directory->fd))
        return fail(error, "%.300s is not empty and not a directory of --brokers: name a new one",
                    path);
    if (fchmod(directory->fd, DIRECTORY_MODE) != 0)
        return fail(error, "cannot make the directory %.300s private: %s", path, strerror(errno));
    enum result result = take_lock(directory, error);
    return result ? result : put_script(directory, error);
}

/* The certificate of the CA changes with each new certificate of the server: its key is not kept.
 * The trust store depends on it alone, unlike the key store, which is different each time. */
static enum result put_certificates(const struct directory *directory,
                                    const struct identity *identity, struct directory_error *error)
{
    struct java_stores stores = {.key_store = NULL};
    struct certificate_error reason = {""};
    struct stat status;
    int at = directory->fd;
    enum result result = java_stores_make(identity, identity->ca, 0, &stores, &reason);
    if (result)
        return fail(error, "cannot make the key stores for Java: %.200s", reason.text);
    struct slice trust = {(const char *)stores.trust_store, stores.trust_store_len};
    struct slice keys = {(const char *)stores.key_store, stores.key_store_len};
    bool renewed = !has_content(at, "ca.jks", trust) ||
                   fstatat(at, "broker.jks", &status, AT_SYMLINK_NOFOLLOW) != 0;
    bool written =
        put_unless_equal(at, "ca.pem", slice_of(identity->ca), 0644, false) &&
        put_unless_equal(at, "server.pem", slice_of(identity->certificate), 0644, false) &&
        put_unless_equal(at, "server-key.pem", slice_of(identity->key), FILE_MODE, false) &&
        (!renewed || (put_file(at, "broker.jks", keys, FILE_MODE, false) &&
                      put_file(at, "ca.jks", trust, 0644, false)));
    if (!written)
        fail(error, "cannot write the certificates in %.300s: %s", directory->path,
             strerror(errno));
    java_stores_close(&stores);
    return written ? RESULT_OK : RESULT_SYSTEM;
}

/* A slot that there was at an earlier start. */
static void stop_further(const struct directory *directory, int number, uint16_t port)
{
    struct slot slot = {.engine = ENGINE_ABSENT};
    char name[16];
    snprintf(name, sizeof name, "%d", number);
    struct directory further = *directory;
    further.slots[number] = openat(directory->fd, name, SLOT_FLAGS);
    if (further.slots[number] < 0)
        return;
    directory_adopt(&further, number, &slot);
    if (slot.state == SLOT_STARTING || slot.state == SLOT_UP) {
        slot.generation++;
        if (directory_order(&further, number, &slot, false, port))
            slot.state = SLOT_FREE; /* its runner goes on; nothing else depends on it */
    }
    close(further.slots[number]);
}

enum result directory_prepare(struct directory *directory, size_t slot_count,
                              const struct identity *identity, uint16_t port,
                              struct directory_error *error)
{
    enum result result = put_certificates(directory, identity, error);
    if (result)
        return result;
    for (size_t i = 0; i < slot_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", (int)i);
        if (mkdirat(directory->fd, name, DIRECTORY_MODE) != 0 && errno != EEXIST)
            return fail(error, "cannot create the directory %.300s/%s: %s", directory->path, name,
                        strerror(errno));
        directory->slots[i] = openat(directory->fd, name, SLOT_FLAGS);
        if (directory->slots[i] < 0)
            return fail(error, "cannot open the directory %.300s/%s: %s", directory->path, name,
                        strerror(errno));
        directory->slot_count = i + 1;
    }
    for (size_t i = slot_count; i < SLOTS_MAX; i++)
        stop_further(directory, (int)i, port);
    return RESULT_OK;
}

void directory_close(struct directory *directory)
{
    for (size_t i = 0; i < directory->slot_count; i++)
        close(directory->slots[i]);
    if (directory->lock >= 0)
        close(directory->lock);
    if (directory->fd >= 0)
        close(directory->fd);
    *directory = (struct directory){.fd = -1, .lock = -1};
}

/* --- Slots --- */

/* False: the line is none that directory_order writes. */
static bool read_order(char line[LINE_MAX_LEN], struct slot *slot)
{
    struct slice rest = slice_of(line), number = text_take(&rest, ' ');
    struct slice want = text_take(&rest, ' '), engine = text_take(&rest, ' ');
    struct slice broker_id = text_take(&rest, ' '), secret = text_take(&rest, ' ');
    int64_t generation = 0, port = 0;
    bool runs = slice_equal(want, SLICE("run"));
    if (!text_number(number, INT64_MAX, &generation) || !text_number(rest, UINT16_MAX, &port) ||
        !(runs || slice_equal(want, SLICE("stop"))) || !term_find(&engine_terms, engine) ||
        broker_id.len == 0 || broker_id.len >= SLOT_ID || secret.len != SLOT_SECRET - 1)
        return false;
    slot->state = runs ? SLOT_STARTING : SLOT_STOPPING;
    slot->generation = generation;
    if (!slot->engine)
        slot->engine = term_find(&engine_terms, engine);
    text_copy(slot->broker_id, sizeof slot->broker_id, broker_id);
    text_copy(slot->secret, sizeof slot->secret, secret);
    return true;
}

void directory_adopt(const struct directory *directory, int number, struct slot *slot)
{
    char line[LINE_MAX_LEN];
    int64_t generation = 0;
    int at = directory->slots[number];
    if (!read_line(at, "order", line) || !read_order(line, slot) || slot->state != SLOT_STARTING ||
        !read_line(at, "status", line))
        return;
    struct slice rest = slice_of(line), known = text_take(&rest, ' ');
    struct slice restarts = text_take(&rest, ' ');
    if (!text_number(known, INT64_MAX, &generation) || generation != slot->generation ||
        !text_number(restarts, INT64_MAX, &slot->restarts) || rest.len >= SLOT_VERSION)
        return;
    slot->state = SLOT_UP;
    slot->has_been_up = true;
    text_copy(slot->real_version, sizeof slot->real_version, rest);
}

void directory_compare(const struct directory *directory, int number,
                       const struct broker_files *files, bool *restart, bool *live)
{
    *restart = *live = false;
    for (size_t i = 0; i < files->count; i++) {
        const struct broker_file *file = &files->files[i];
        if (!has_content(directory->slots[number], file->name, file->text))
            *(file->live ? live : restart) = true;
    }
}

enum result directory_write_files(const struct directory *directory, int number,
                                  const struct broker_files *files)
{
    int at = directory->slots[number];
    for (size_t i = 0; i < files->count; i++) {
        const struct broker_file *file = &files->files[i];
        if (!put_unless_equal(at, file->name, file->text, FILE_MODE, file->live))
            return RESULT_SYSTEM;
    }
    return RESULT_OK;
}

enum result directory_order(const struct directory *directory, int number, const struct slot *slot,
                            bool run, uint16_t port)
{
    char line[LINE_MAX_LEN];
    const char *engine = slot->engine == ENGINE_RABBITMQ ? "rabbitmq" : "activemq";
    int len = snprintf(line, sizeof line, "%" PRId64 " %s %s %s %s %d\n", slot->generation,
                       run ? "run" : "stop", engine, slot->broker_id, slot->secret, (int)port);
    return put_file(directory->slots[number], "order", (struct slice){line, (size_t)len}, FILE_MODE,
                    false)
               ? RESULT_OK
               : RESULT_SYSTEM;
}

enum result directory_note_up(const struct directory *directory, int number,
                              const struct slot *slot)
{
    char line[LINE_MAX_LEN];
    int len = snprintf(line, sizeof line, "%" PRId64 " %" PRId64 " %s\n", slot->generation,
                       slot->restarts, slot->real_version);
    return put_file(directory->slots[number], "status", (struct slice){line, (size_t)len},
                    FILE_MODE, false)
               ? RESULT_OK
               : RESULT_SYSTEM;
}

void directory_clear(const struct directory *directory, int number)
{
    unlinkat(directory->slots[number], "order", 0);
    unlinkat(directory->slots[number], "status", 0);
}

struct slice directory_read_log(const struct directory *directory, int number, struct arena *arena)
{
    const char *odd_kind = NULL;
    struct stat status;
    struct slice text = {NULL, 0};
    int fd = file_open(directory->slots[number], "log", O_RDONLY | O_NOFOLLOW, false, &odd_kind);
    char *data = fd < 0 ? NULL : arena_alloc(arena, DIRECTORY_LOG_MAX);
    if (data && fstat(fd, &status) == 0) {
        off_t from = status.st_size > DIRECTORY_LOG_MAX ? status.st_size - DIRECTORY_LOG_MAX : 0;
        ssize_t got = pread(fd, data, DIRECTORY_LOG_MAX, from);
        text = (struct slice){data, got > 0 ? (size_t)got : 0};
        const char *line = from > 0 ? memchr(data, '\n', text.len) : NULL;
        if (line)
            text =
                slice_part(text, (size_t)(line + 1 - data), text.len - (size_t)(line + 1 - data));
    }
    if (fd >= 0)
        close(fd);
    return text;
}
