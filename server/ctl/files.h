/* What ctl reads and writes beside the connection: files, standard input and output, a password. */
#ifndef CTL_FILES_H
#define CTL_FILES_H

#include "base/buffer.h"

/* One line on standard error, whatever the text holds. */
void files_complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* The whole content of a file, or of standard input for `-`, behind what `out` holds. False: it has
 * been said why. */
bool files_read(const char *path, struct buffer *out) MUST_CHECK;

/* Puts the content in the place of the file's; only the owner may read a new one. Where that fails
 * the old content stays. `-` is standard output. False: it has been said why. */
bool files_write(const char *path, struct slice content) MUST_CHECK;

/* To standard output; false: it has been said why. */
bool files_print(struct slice text, bool end_line) MUST_CHECK;

/* The first line of standard input without its end; at a terminal it is asked for and not shown.
 * False: it has been said why. */
bool files_read_password(struct buffer *out) MUST_CHECK;

#endif
