/* The input and output of ctl: files, standard input and output, a password. */
#ifndef CTL_FILES_H
#define CTL_FILES_H

#include "base/buffer.h"

/* Prints one line on standard error; control characters become `?`. */
void files_complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* These functions print a message if they return false. A path `-` is standard input or output. */

/* Appends the content of a file. */
bool files_read(const char *path, struct buffer *out) MUST_CHECK;

/* Replaces the file, with mode 0600. If that fails, a regular file keeps its content. */
bool files_write(const char *path, struct slice content) MUST_CHECK;

/* Writes to standard output. */
bool files_print(struct slice text, bool end_line) MUST_CHECK;

/* Reads a line from standard input; prompts for it, without echo, on a terminal. */
bool files_read_password(struct buffer *out) MUST_CHECK;

#endif
