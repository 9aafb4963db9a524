#include "ctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { FILES_READ = 64 << 10 };

void files_complain(const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_make_line(text);
    fprintf(stderr, "amazonmq-local: %s\n", text);
}

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool fail(const char *what, const char *path)
{
    files_complain("cannot %s %.200s: %s", what, path, strerror(errno));
    return false;
}

bool files_read(const char *path, struct buffer *out)
{
    static char piece[FILES_READ];
    int fd = is_standard(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    if (fd < 0)
        return fail("open", path);
    while (!out->failed &&
           ((got = read(fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0)
            buffer_append(out, piece, (size_t)got);
    if (got < 0)
        fail("read", path);
    else if (out->failed)
        files_complain("%.200s is too large: more than %zu MiB", path, out->ceiling >> 20);
    if (fd != STDIN_FILENO)
        close(fd);
    return got >= 0 && !out->failed;
}

/* For a device, a pipe or a link, which must not be replaced. */
static bool write_in_place(const char *path, struct slice content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail("open", path);
    bool written = file_write_all(fd, content) || fail("write", path);
    return (close(fd) == 0 || !written || fail("write", path)) && written;
}

static bool replace(const char *path, struct slice content)
{
    struct buffer name;
    bool replaced = false;
    buffer_init(&name, 8192);
    buffer_printf(&name, "%s.XXXXXX", path);
    if (name.failed) {
        errno = ENAMETOOLONG;
        fail("write", path);
        goto out;
    }
    int fd = mkostemp(name.data, O_CLOEXEC);
    if (fd < 0) {
        fail("write", path);
        goto out;
    }
    replaced = file_write_all(fd, content);
    if (close(fd) != 0)
        replaced = false;
    replaced = replaced && rename(name.data, path) == 0;
    if (!replaced) {
        fail("write", path);
        unlink(name.data);
    }
out:
    buffer_close(&name);
    return replaced;
}

bool files_write(const char *path, struct slice content)
{
    struct stat found;
    if (is_standard(path))
        return files_print(content, false);
    if (lstat(path, &found) == 0 && !S_ISREG(found.st_mode))
        return write_in_place(path, content);
    return replace(path, content);
}

bool files_print(struct slice text, bool end_line)
{
    fwrite(text.data, 1, text.len, stdout);
    if (end_line)
        fputc('\n', stdout);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    files_complain("cannot write to standard output");
    return false;
}

/* Byte by byte: the next process that reads the same input gets what follows the line. */
static bool read_line(struct buffer *out)
{
    char c = '\0';
    ssize_t got = 0;
    while (!out->failed && ((got = read(STDIN_FILENO, &c, 1)) > 0 || (got < 0 && errno == EINTR))) {
        if (got > 0 && c == '\n')
            break;
        if (got > 0)
            buffer_append_char(out, c);
    }
    return got >= 0 && !out->failed && (got > 0 || out->len > 0);
}

bool files_read_password(struct buffer *out)
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        fputs("Password: ", stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool found = read_line(out);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    if (!found)
        files_complain("no password on standard input");
    return found;
}
