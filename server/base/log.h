/* The log: one line per event on stderr, as logfmt or JSON; log_flush writes the buffered lines. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* Events above `level` are dropped. */
void log_init(enum log_level level);

/* The format of the lines that follow; the default is logfmt. The fields are the same. */
void log_set_format(enum log_format format);

/* Opens a line. False when the level is disabled; then the calls below do nothing. */
bool log_begin(enum log_level level, const char *event);
/* Quoted and escaped if necessary: a line is printable ASCII, so a value cannot forge one. */
void log_text(const char *key, struct slice value);
void log_string(const char *key, const char *value); /* NULL: omitted */
/* For what needs neither: printable ASCII without blank, quotation mark, `=` and backslash. */
void log_bare(const char *key, struct slice value);
void log_number(const char *key, int64_t value);
void log_flag(const char *key, bool value); /* false: omitted */
void log_end(void);

/* A whole line with one field. */
void log_event(enum log_level level, const char *event, const char *key, const char *value);

/* A logging callback for libmicrohttpd: logs the first line of the message at level debug, with its
 * placeholders: some of the arguments are parts of the request. */
void log_library(void *context, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Writes the buffered lines without blocking. False: some are left, call it again soon. Lines that
 * exceed the buffer of 4 MiB are dropped, and a later line says how many. */
bool log_flush(void);

/* Writes the buffered lines before the process ends; gives up on a reader that blocks for 500 ms.
 */
void log_close(void);

#endif
