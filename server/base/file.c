#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

const char *file_odd_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return NULL;
    case S_IFDIR:
        return "a directory, not a regular file";
    case S_IFIFO:
        return "a pipe or FIFO, not a regular file";
    case S_IFSOCK:
        return "a socket, not a regular file";
    default:
        return "a device, not a regular file";
    }
}

/* False if the kind is wrong, or it fails: then *odd_kind is NULL. */
static bool accept_opened(int fd, bool pipes, const char **odd_kind)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return false;
    if (!pipes || !S_ISFIFO(found.st_mode))
        return !(*odd_kind = file_odd_kind(found.st_mode));
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

int file_open(int directory, const char *path, int flags, bool pipes, const char **odd_kind)
{
    struct stat found;
    *odd_kind = NULL;
    if (fstatat(directory, path, &found, 0) == 0 && !(pipes && S_ISFIFO(found.st_mode)) &&
        (*odd_kind = file_odd_kind(found.st_mode)))
        return -1;
    /* O_NONBLOCK: the file may have been replaced since, and FIFOs wait for a writer. */
    int fd = openat(directory, path, flags | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0 || accept_opened(fd, pipes, odd_kind))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

bool file_write_all(int fd, struct slice content)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0)
            content = (struct slice){content.data + put, content.len - (size_t)put};
    }
    return true;
}
