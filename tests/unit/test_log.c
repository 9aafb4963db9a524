/* base/log: quoting, lines nobody can forge, levels, and lines that are lost. */
#include "support.h"

#include "base/log.h"

enum { CAPTURE = 8 << 20 };

static char captured[CAPTURE];

/* Flushes the log into `captured`, whose text it returns. */
static const char *flush(void)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int kept = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    log_flush();
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    captured[fread(captured, 1, CAPTURE - 1, file)] = '\0';
    fclose(file);
    return captured;
}

/* The line behind its time and level. */
static const char *only_line(const char *level)
{
    static const char form[] = "time=dddd-dd-ddTdd:dd:dd.dddZ level=";
    const char *line = flush();
    size_t head = sizeof form - 1;
    assert_true(strlen(line) > head);
    for (size_t i = 0; i < head; i++)
        assert_true(form[i] == 'd' && i > 4 ? line[i] >= '0' && line[i] <= '9'
                                            : line[i] == form[i]);
    assert_memory_equal(line + head, level, strlen(level));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    return line + head + strlen(level);
}

static void values_are_quoted_where_they_must_be(void **state)
{
    (void)state;
    static const struct {
        struct slice value;
        const char *wanted;
    } cases[] = {
        {SLICE_INIT("bare-/.:'{}"), "bare-/.:'{}"},
        {SLICE_INIT(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {SLICE_INIT("a b"), "\"a b\""},
        {SLICE_INIT("a=b"), "\"a=b\""},
        {SLICE_INIT("a\"b"), "\"a\\\"b\""},
        {SLICE_INIT("a\\b"), "\"a\\\\b\""},
        {SLICE_INIT("a\nb\r\0c"), "\"a\\x0ab\\x0d\\x00c\""},
        {SLICE_INIT("x\ntime=1 level=error event=forged"),
         "\"x\\x0atime=1 level=error event=forged\""},
        {SLICE_INIT("\x1b[31m"), "\"\\x1b[31m\""},
        {SLICE_INIT("\xC3\xBC\x7f\xff"), "\"\\xc3\\xbc\\x7f\\xff\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char wanted[200];
        snprintf(wanted, sizeof wanted, " event=test key=%s n=-7\n", cases[i].wanted);
        assert_true(log_begin(LOG_INFO, "test"));
        log_text("key", cases[i].value);
        log_string("absent", NULL);
        log_number("n", -7);
        log_end();
        assert_string_equal(only_line("info"), wanted);
    }
}

static void events_above_the_level_are_dropped(void **state)
{
    (void)state;
    static const char *const names[] = {"error", "warn", "info", "debug"};
    for (int level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        log_init((enum log_level)level);
        for (int event = LOG_ERROR; event <= LOG_DEBUG; event++) {
            assert_int_equal(log_begin((enum log_level)event, "test"), event <= level);
            log_number("n", event);
            log_text("key", SLICE("text"));
            log_bare("bare", SLICE("text"));
            log_end();
            log_end();
            if (event > level)
                assert_string_equal(flush(), "");
            else
                assert_non_null(strstr(only_line(names[event]), " event=test n="));
        }
    }
    log_event(LOG_DEBUG, "short", "key", "a b");
    assert_string_equal(only_line("debug"), " event=short key=\"a b\"\n");
    log_init(LOG_INFO);
}

static void what_is_flushed_is_written_once(void **state)
{
    (void)state;
    log_event(LOG_INFO, "first", "k", "v");
    log_event(LOG_INFO, "second", "k", "v");
    const char *text = flush();
    const char *first = strstr(text, "event=first k=v\ntime=");
    assert_non_null(first);
    assert_non_null(strstr(first, "event=second k=v\n"));
    assert_string_equal(flush(), "");
}

static size_t count(const char *text, const char *part)
{
    /* Not strstr, of which the address sanitizer reads the whole rest at each call. */
    size_t count = 0, len = strlen(part);
    const char *end = text + strlen(text);
    for (; (text = memmem(text, (size_t)(end - text), part, len)); text += len)
        count++;
    return count;
}

static size_t lines_reported_lost(const char *text)
{
    size_t sum = 0;
    for (; (text = strstr(text, "event=log-lines-lost lines=")); text++)
        sum += strtoul(strstr(text, "lines=") + 6, NULL, 10);
    return sum;
}

/* However full the log is, each line is there as a whole or is counted. */
static void lost_lines_are_counted(void **state)
{
    (void)state;
    static char value[8192];
    for (size_t size = 4000; size < 4080; size += 7) {
        enum { EVENTS = 1200 };
        memset(value, 'x', size);
        for (int i = 0; i < EVENTS; i++) {
            log_begin(LOG_INFO, "many");
            log_text("key", (struct slice){value, size});
            log_end();
        }
        /* Fills what room there is for short lines as well. */
        for (int i = 0; i < 200; i++)
            log_event(LOG_INFO, "many", "key", "short");
        const char *text = flush();
        size_t whole = count(text, "event=many key=");
        size_t lost = lines_reported_lost(text);
        assert_int_equal(count(text, "\n"), count(text, "time="));
        lost += lines_reported_lost(flush());
        assert_true(whole < EVENTS);
        assert_int_equal(whole + lost, EVENTS + 200);
    }
}

static void json_strings_are_printable(void **state)
{
    (void)state;
    static const struct {
        struct slice value;
        const char *wanted;
    } cases[] = {
        {SLICE_INIT("a\"b\\n"), "\"a\\\"b\\\\n\""},
        {SLICE_INIT("\x01\x1b[31m\x7f"), "\"\\u0001\\u001b[31m\\u007f\""},
        {SLICE_INIT("\xC3\xBC\xC2\x85\xF0\x9F\x98\x80z"), "\"\\u00fc\\u0085\\ud83d\\ude00z\""},
        {SLICE_INIT("\xFF"), "\"\\\\xff\""},
        {SLICE_INIT("\xC3"), "\"\\\\xc3\""},
        {SLICE_INIT("a\xE2\x82z\xFF\xFEz\xC3\xBC"), "\"a\\\\xe2\\\\x82z\\\\xff\\\\xfez\\u00fc\""},
        {SLICE_INIT("\xED\xA0\x80"), "\"\\\\xed\\\\xa0\\\\x80\""},
        {SLICE_INIT("\xC0\x80"), "\"\\\\xc0\\\\x80\""},
    };
    log_set_format(LOG_JSON);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char wanted[200];
        snprintf(wanted, sizeof wanted, "\"event\":\"e\",\"x\":%s}\n", cases[i].wanted);
        assert_true(log_begin(LOG_INFO, "e"));
        log_text("x", cases[i].value);
        log_end();
        assert_string_equal(strstr(flush(), "\"event\""), wanted);
    }
    assert_true(log_begin(LOG_INFO, "e"));
    log_bare("x", SLICE("POST"));
    log_end();
    assert_string_equal(strstr(flush(), "\"event\""), "\"event\":\"e\",\"x\":\"POST\"}\n");
    log_set_format(LOG_LOGFMT);
}

PRINTF_LIKE(1, 2) static void log_as_library(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_library(NULL, format, args);
    va_end(args);
}

/* libmicrohttpd quotes the URL when it fails to send. */
static void the_library_s_arguments_are_not_shown(void **state)
{
    (void)state;
    log_init(LOG_DEBUG);
    log_as_library("Failed to send data in request for %s.\nmore\n", "/secret");
    assert_string_equal(only_line("debug"),
                        " event=http text=\"Failed to send data in request for %s.\"\n");
    log_init(LOG_INFO);
    log_as_library("%s", "text");
    assert_string_equal(flush(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_quoted_where_they_must_be),
        cmocka_unit_test(events_above_the_level_are_dropped),
        cmocka_unit_test(what_is_flushed_is_written_once),
        cmocka_unit_test(lost_lines_are_counted),
        cmocka_unit_test(json_strings_are_printable),
        cmocka_unit_test(the_library_s_arguments_are_not_shown),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
