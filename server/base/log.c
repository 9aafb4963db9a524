#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

enum { LOG_CEILING = 4 << 20, LOG_CLOSE_MS = 500 };

static struct {
    enum log_level level;
    enum log_format format;
    bool open; /* a line is being written */
    size_t line_start;
    size_t lost;
    struct buffer lines;
    int64_t second; /* of the time in `date` */
    char date[CLOCK_DATE_TIME];
} log_state = {.level = LOG_INFO, .lines = {.ceiling = LOG_CEILING}};

void log_init(enum log_level level)
{
    log_state.level = level;
}

void log_set_format(enum log_format format)
{
    log_state.format = format;
}

/* The date is formatted once a second, the milliseconds for each line. */
static void append_time(void)
{
    int64_t now_ms = clock_wall_ms();
    if (now_ms / 1000 != log_state.second) {
        clock_format_ms(now_ms, log_state.date);
        log_state.second = now_ms / 1000;
    }
    char *fraction = log_state.date + 20;
    int ms = (int)(now_ms % 1000);
    fraction[0] = (char)('0' + ms / 100);
    fraction[1] = (char)('0' + ms / 10 % 10);
    fraction[2] = (char)('0' + ms % 10);
    buffer_append(&log_state.lines, log_state.date, 24);
}

bool log_begin(enum log_level level, const char *event)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    if (level > log_state.level)
        return false;
    log_state.open = true;
    log_state.line_start = log_state.lines.len;
    bool json = log_state.format == LOG_JSON;
    buffer_append_string(&log_state.lines, json ? "{\"time\":\"" : "time=");
    append_time();
    buffer_append_string(&log_state.lines, json ? "\",\"level\":\"" : " level=");
    buffer_append_string(&log_state.lines, names[level]);
    buffer_append_string(&log_state.lines, json ? "\",\"event\":\"" : " event=");
    buffer_append_string(&log_state.lines, event);
    buffer_append_string(&log_state.lines, json ? "\"" : "");
    return true;
}

static bool is_bare(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c <= ' ' || c >= 0x7F || c == '"' || c == '=' || c == '\\')
            return false;
    }
    return value.len > 0;
}

static void append_quoted(struct buffer *out, struct slice value)
{
    buffer_append_char(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c == '"' || c == '\\')
            buffer_append_char(out, '\\');
        if (c < ' ' || c >= 0x7F)
            buffer_printf(out, "\\x%02x", c);
        else
            buffer_append_char(out, (char)c);
    }
    buffer_append_char(out, '"');
}

/* One character of valid UTF-8 as \uXXXX, or as a surrogate pair. Returns its length in bytes. */
static size_t append_unicode(struct buffer *out, const char *text)
{
    unsigned char first = (unsigned char)*text;
    size_t len = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    unsigned code = len == 1 ? first : first & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    if (code > 0xFFFF) {
        code -= 0x10000;
        buffer_printf(out, "\\u%04x", 0xD800 + (code >> 10));
        code = 0xDC00 + (code & 0x3FF);
    }
    buffer_printf(out, "\\u%04x", code);
    return len;
}

static void append_json(struct buffer *out, struct slice value)
{
    size_t valid = utf8_valid_prefix(value);
    buffer_append_char(out, '"');
    for (size_t i = 0; i < value.len;) {
        unsigned char c = (unsigned char)value.data[i];
        if (i > valid)
            valid = i + utf8_valid_prefix((struct slice){value.data + i, value.len - i});
        if (c < 0x7F)
            json_append_escaped(out, (struct slice){value.data + i++, 1});
        else if (i < valid)
            i += append_unicode(out, value.data + i);
        else
            buffer_printf(out, "\\\\x%02x", (unsigned char)value.data[i++]);
    }
    buffer_append_char(out, '"');
}

static void append_key(const char *key)
{
    bool json = log_state.format == LOG_JSON;
    struct slice name = slice_of(key);
    size_t before = json ? 2 : 1;
    char *at = buffer_extend(&log_state.lines, before + name.len + before);
    if (!at)
        return;
    memcpy(at, json ? ",\"" : " ", before);
    memcpy(at + before, name.data, name.len);
    memcpy(at + before + name.len, json ? "\":" : "=", before);
}

void log_text(const char *key, struct slice value)
{
    if (!log_state.open)
        return;
    append_key(key);
    if (log_state.format == LOG_JSON)
        append_json(&log_state.lines, value);
    else if (is_bare(value))
        buffer_append_slice(&log_state.lines, value);
    else
        append_quoted(&log_state.lines, value);
}

void log_bare(const char *key, struct slice value)
{
    if (!log_state.open)
        return;
    bool json = log_state.format == LOG_JSON;
    append_key(key);
    if (json)
        buffer_append_char(&log_state.lines, '"');
    buffer_append_slice(&log_state.lines, value);
    if (json)
        buffer_append_char(&log_state.lines, '"');
}

void log_string(const char *key, const char *value)
{
    if (value)
        log_text(key, slice_of(value));
}

void log_number(const char *key, int64_t value)
{
    if (!log_state.open)
        return;
    append_key(key);
    buffer_append_integer(&log_state.lines, value);
}

void log_flag(const char *key, bool value)
{
    if (!log_state.open || !value)
        return;
    append_key(key);
    buffer_append_string(&log_state.lines, "true");
}

void log_end(void)
{
    if (!log_state.open)
        return;
    log_state.open = false;
    buffer_append_string(&log_state.lines, log_state.format == LOG_JSON ? "}\n" : "\n");
    if (!log_state.lines.failed)
        return;
    log_state.lost++;
    log_state.lines.failed = RESULT_OK;
    log_state.lines.len = log_state.line_start;
}

void log_event(enum log_level level, const char *event, const char *key, const char *value)
{
    if (!log_begin(level, event))
        return;
    log_string(key, value);
    log_end();
}

/* Stops when stderr is not writable for that time. A writable pipe takes PIPE_BUF bytes without
 * blocking. */
static void write_lines(int timeout_ms)
{
    struct buffer *lines = &log_state.lines;
    size_t written = 0;
    while (written < lines->len) {
        struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
        size_t left = lines->len - written;
        if (poll(&ready, 1, timeout_ms) == 0)
            break;
        ssize_t n = write(STDERR_FILENO, lines->data + written, left < PIPE_BUF ? left : PIPE_BUF);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            written = lines->len; /* stderr is closed: drop the lines */
        if (n > 0)
            written += (size_t)n;
    }
    if (written > 0 && written < lines->len)
        memmove(lines->data, lines->data + written, lines->len - written);
    lines->len -= written;
}

static void flush(int timeout_ms)
{
    write_lines(timeout_ms);
    if (log_state.lost == 0 || log_state.lines.len > 0)
        return;
    size_t lost = log_state.lost;
    log_state.lost = 0;
    if (log_begin(LOG_WARN, "log-lines-lost")) {
        log_number("lines", (int64_t)lost);
        log_end();
    }
    write_lines(timeout_ms);
}

void log_library(void *context, const char *format, va_list args)
{
    (void)context;
    (void)args;
    if (!log_begin(LOG_DEBUG, "http"))
        return;
    log_text("text", (struct slice){format, strcspn(format, "\n")});
    log_end();
}

bool log_flush(void)
{
    flush(0);
    return log_state.lines.len == 0;
}

void log_close(void)
{
    flush(LOG_CLOSE_MS);
    buffer_close(&log_state.lines);
}
