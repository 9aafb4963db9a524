/* The log: one line per event on stderr, logfmt or a JSON object, written together by log_flush. */
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

/* How the lines from here on are written; logfmt until it is called. The fields are the same. */
void log_set_format(enum log_format format);

/* Opens a line; false when nobody will read it (then the calls below do nothing). */
bool log_begin(enum log_level level, const char *event);
/* Quoted and escaped where need be: a value cannot forge a line, and a line is printable ASCII. */
void log_text(const char *key, struct slice value);
void log_string(const char *key, const char *value); /* NULL: left out */
void log_number(const char *key, int64_t value);
void log_flag(const char *key, bool value); /* false: left out */
void log_end(void);

/* A line with one text. */
void log_event(enum log_level level, const char *event, const char *key, const char *value);

/* A line at the level debug of a library's own message, without what follows its line end; has the
 * shape of its callbacks. */
void log_library(void *context, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Writes what has gathered, once a tick. Never waits for a reader: false when something is left, to
 * be tried again soon. What exceeds the ceiling is lost line by line, and the number of lost lines
 * is told later. */
bool log_flush(void);

/* Before the process ends: waits a little for the reader. */
void log_close(void);

#endif
