/* Opening files without waiting for another process, and writing to them. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/slice.h"

/* What a file is that is not regular, as "a socket, not a regular file"; NULL if it is regular.
 * Static. */
const char *file_odd_kind(mode_t mode);

/* As openat() with mode 0600, for regular files, and with `pipes` also for pipes and FIFOs: a FIFO
 * without a writer is at its end. Others are not opened, since opening or reading them may block,
 * never end or have effects: -1 with *odd_kind. If it fails, -1 with errno and a NULL *odd_kind. */
int file_open(int directory, const char *path, int flags, bool pipes, const char **odd_kind);

/* Writes all of it, also if a signal interrupts. False with errno: some of it may be written. */
bool file_write_all(int fd, struct slice content);

#endif
