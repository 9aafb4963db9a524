/* options: flags and variables, what wins, and values that are refused in one line. */
#include "support.h"

#include "options.h"

enum { WORDS = 80, MINUTE_MS = 60000 };

static struct options options;
static char error[256];

/* Every option of --help that has a variable: all but the three that take no value. */
static char names[WORDS][32];
static size_t name_count;

static int read_names(void **state)
{
    (void)state;
    char line[400], name[32], variable[64];
    FILE *help = tmpfile();
    fflush(stdout);
    int out = dup(STDOUT_FILENO);
    assert_true(help && out >= 0 && dup2(fileno(help), STDOUT_FILENO) >= 0);
    options_print_help();
    fflush(stdout);
    assert_true(dup2(out, STDOUT_FILENO) >= 0);
    close(out);
    rewind(help);
    while (fgets(line, sizeof line, help)) {
        if (sscanf(line, " --%31s ", name) == 1)
            continue;
        if (sscanf(line, " AMAZONMQ_LOCAL_%63s", variable) == 1 && name_count < WORDS)
            strcpy(names[name_count++], name);
    }
    fclose(help);
    return name_count > 20 ? 0 : -1;
}

/* AMAZONMQ_LOCAL_ and the name in capitals. */
static const char *variable_of(const char *name)
{
    static char variable[64] = "AMAZONMQ_LOCAL_";
    size_t len = strlen("AMAZONMQ_LOCAL_");
    for (; *name; name++)
        variable[len++] = *name == '-' ? '_' : (char)(*name - ('a' - 'A'));
    variable[len] = '\0';
    return variable;
}

static int forget_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < name_count; i++)
        unsetenv(variable_of(names[i]));
    return 0;
}

/* Reads a command line whose words are separated by one blank each. */
static enum result read_line(const char *line)
{
    static char text[4000];
    char *argv[WORDS] = {NULL}, program[] = "amazonmq-local";
    int argc = 1;
    argv[0] = program;
    options_close();
    assert_true(strlen(line) < sizeof text);
    strcpy(text, line);
    char *rest = text;
    for (char *word; *line && (word = strsep(&rest, " "));)
        argv[argc++] = word;
    strcpy(error, "unset");
    enum result result = options_read(argc, argv, &options, error);
    assert_null(strchr(error, '\n'));
    return result;
}

static void read_good(const char *line)
{
    if (read_line(line))
        fail_msg("%s: %s", line, error);
}

static void expect_error(const char *line, const char *wanted)
{
    assert_int_equal(read_line(line), RESULT_INVALID);
    if (strcmp(error, wanted) != 0)
        fail_msg("%s\n  got    %s\n  wanted %s", line, error, wanted);
}

static void defaults(void **state)
{
    (void)state;
    read_good("");
    assert_int_equal(options.hosts.count, 0);
    assert_int_equal(options.port, 8267);
    assert_string_equal(options.db, ":memory:");
    assert_int_equal(options.seeds.count, 0);
    assert_true(options.durability_full);
    assert_string_equal(options.account, "123456789012");
    assert_string_equal(options.region, "us-east-1");
    assert_false(options.verify);
    assert_int_equal(options.reboot_ms, 100);
    assert_int_equal(options.max_body, 1 << 20);
    assert_int_equal(options.max_connections, 4096);
    assert_int_equal(options.idle_ms, 2 * MINUTE_MS);
    assert_int_equal(options.request_ms, MINUTE_MS / 2);
    assert_int_equal(options.log_level, LOG_INFO);
    assert_false(options.check_health || options.version || options.help);
}

static void flags_without_a_value(void **state)
{
    (void)state;
    read_good("--check-health --port 1");
    assert_true(options.check_health && !options.version && !options.help);
    read_good("--version");
    assert_true(options.version);
    read_good("--help");
    assert_true(options.help);
    expect_error("--help=yes", "takes no value: --help (see --help)");
    expect_error("--version=", "takes no value: --version (see --help)");
}

#define NUMBER(member) offsetof(struct options, member)

static int64_t number_at(size_t offset)
{
    int64_t number;
    memcpy(&number, (const char *)&options + offset, sizeof number);
    return number;
}

/* As flag with a blank, as flag with `=`, and as variable. */
static void numbers(void **state)
{
    static const struct {
        const char *name, *text;
        size_t offset;
        int64_t wanted;
    } cases[] = {
        {"port", "0", NUMBER(port), 0},
        {"port", "65535", NUMBER(port), 65535},
        {"port", "0080", NUMBER(port), 80},
        {"reboot-time", "0", NUMBER(reboot_ms), 0},
        {"reboot-time", "0s", NUMBER(reboot_ms), 0},
        {"reboot-time", "1ms", NUMBER(reboot_ms), 1},
        {"reboot-time", "10s", NUMBER(reboot_ms), 10000},
        {"reboot-time", "5m", NUMBER(reboot_ms), 5 * MINUTE_MS},
        {"reboot-time", "24h", NUMBER(reboot_ms), 1440 * MINUTE_MS},
        {"reboot-time", "real", NUMBER(reboot_ms), 5 * MINUTE_MS},
        {"max-body", "1", NUMBER(max_body), 1},
        {"max-body", "1048577", NUMBER(max_body), 1048577},
        {"max-body", "64KiB", NUMBER(max_body), 65536},
        {"max-body", "64MiB", NUMBER(max_body), 64 << 20},
        {"max-connections", "1", NUMBER(max_connections), 1},
        {"max-connections", "1000000", NUMBER(max_connections), 1000000},
        {"idle-timeout", "1ms", NUMBER(idle_ms), 1},
        {"idle-timeout", "1h", NUMBER(idle_ms), 60 * MINUTE_MS},
        {"request-timeout", "2m", NUMBER(request_ms), 2 * MINUTE_MS},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[100];
        for (int way = 0; way < 3; way++) {
            snprintf(line, sizeof line, way ? "--%s=%s" : "--%s %s", cases[i].name, cases[i].text);
            if (way == 2)
                setenv(variable_of(cases[i].name), cases[i].text, 1);
            read_good(way == 2 ? "" : line);
            if (number_at(cases[i].offset) != cases[i].wanted)
                fail_msg("%s is %lld", line, (long long)number_at(cases[i].offset));
        }
        forget_environment(state);
    }
}

static void texts_and_choices(void **state)
{
    (void)state;
    read_good("--db=/tmp/a=b.db --durability normal --account 000000000000 --region eu-central-1 "
              "--auth verify --log-level debug");
    assert_string_equal(options.db, "/tmp/a=b.db");
    assert_false(options.durability_full);
    assert_string_equal(options.account, "000000000000");
    assert_string_equal(options.region, "eu-central-1");
    assert_true(options.verify);
    assert_int_equal(options.log_level, LOG_DEBUG);
    read_good("--durability=normal --durability=full --auth verify --auth none --log-level error");
    assert_true(options.durability_full);
    assert_false(options.verify);
    assert_int_equal(options.log_level, LOG_ERROR);
    read_good("--log-level warn --db --port");
    assert_int_equal(options.log_level, LOG_WARN);
    assert_string_equal(options.db, "--port");
}

static void bad_values_are_refused(void **state)
{
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"port", "65536", "a number from 0 to 65535"},
        {"port", "-1", "a number from 0 to 65535"},
        {"port", "+1", "a number from 0 to 65535"},
        {"port", "1.0", "a number from 0 to 65535"},
        {"port", "1s", "a number from 0 to 65535"},
        {"port", "0x10", "a number from 0 to 65535"},
        {"port", "99999999999999999999999", "a number from 0 to 65535"},
        {"port", "18446744073709551617", "a number from 0 to 65535"},
        {"port", "http", "a number from 0 to 65535"},
        {"durability", "Full", "full|normal"},
        {"durability", "full|normal", "full|normal"},
        {"durability", "ful", "full|normal"},
        {"auth", "on", "none|verify"},
        {"log-level", "trace", "error|warn|info|debug"},
        {"log-level", "1", "error|warn|info|debug"},
        {"account", "12345678901", "12 digits"},
        {"account", "1234567890123", "12 digits"},
        {"account", "12345678901x", "12 digits"},
        {"region", "us_east_1", "a region such as us-east-1"},
        {"region", "US-EAST-1", "a region such as us-east-1"},
        {"region", "a23456789012345678901234567890123", "a region such as us-east-1"},
        {"reboot-time", "100",
         "a time from 0 to 24h, such as 100ms or 10s; did you mean 100ms, 100s or 100m?"},
        {"reboot-time", "01",
         "a time from 0 to 24h, such as 100ms or 10s; did you mean 1ms, 1s, 1m or 1h?"},
        {"reboot-time", "86400000",
         "a time from 0 to 24h, such as 100ms or 10s; did you mean 86400000ms?"},
        {"reboot-time", "86400001", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "18446744073709551617", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "25h", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "86400001ms", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "1.5s", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "-1s", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "reall", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "s", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "9223372036854775807h", "a time from 0 to 24h, such as 100ms or 10s"},
        {"reboot-time", "real=300s", "a time from 0 to 24h, such as 100ms or 10s"},
        {"max-body", "0", "a size up to 64MiB, such as 65536 or 64KiB"},
        {"max-body", "65MiB", "a size up to 64MiB, such as 65536 or 64KiB"},
        {"max-body", "1MB", "a size up to 64MiB, such as 65536 or 64KiB"},
        {"max-body", "1mib", "a size up to 64MiB, such as 65536 or 64KiB"},
        {"max-body", "576460752303423488MiB", "a size up to 64MiB, such as 65536 or 64KiB"},
        {"max-connections", "0", "a number from 1 to 1000000"},
        {"max-connections", "1000001", "a number from 1 to 1000000"},
        {"idle-timeout", "7",
         "a time from 1ms to 24h, such as 100ms or 10s; did you mean 7ms, 7s, 7m or 7h?"},
        {"idle-timeout", "0", "a time from 1ms to 24h, such as 100ms or 10s"},
        {"idle-timeout", "real", "a time from 1ms to 24h, such as 100ms or 10s"},
        {"request-timeout", "0ms", "a time from 1ms to 24h, such as 100ms or 10s"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char flag[200], wanted[256];
        snprintf(flag, sizeof flag, "--%s=%s", cases[i].name, cases[i].text);
        snprintf(wanted, sizeof wanted, "--%s: bad value '%s', expected %s", cases[i].name,
                 cases[i].text, cases[i].expected);
        expect_error(flag, wanted);
        const char *variable = variable_of(cases[i].name);
        setenv(variable, cases[i].text, 1);
        snprintf(wanted, sizeof wanted, "%s: bad value '%s', expected %s", variable, cases[i].text,
                 cases[i].expected);
        expect_error("", wanted);
        forget_environment(state);
    }
}

/* An empty flag is a mistake, an empty variable is one that is not set. */
static void empty_values(void **state)
{
    for (size_t i = 0; i < name_count; i++) {
        char line[100];
        snprintf(line, sizeof line, "--%.31s=", names[i]);
        assert_int_equal(read_line(line), RESULT_INVALID);
        snprintf(line, sizeof line, "--%.31s", names[i]);
        assert_int_equal(read_line(line), RESULT_INVALID);
        setenv(variable_of(names[i]), "", 1);
    }
    defaults(state);
}

static void wrong_arguments_are_named(void **state)
{
    (void)state;
    expect_error("--prot 1", "unknown option: --prot; did you mean --port?");
    expect_error("--PORT=1", "unknown option: --PORT; did you mean --port?");
    expect_error("--por=1", "unknown option: --por; did you mean --port?");
    expect_error("--port", "needs a value: --port (see --help)");
    expect_error("-p 1", "unknown option: -p (see --help)");
    expect_error("8267", "not an option: 8267 (see --help)");
    expect_error("--", "unknown option: -- (see --help)");
    expect_error("-port 1", "unknown option: -port; did you mean --port?");
    expect_error("--db  --port",
                 "--db: bad value '', expected a file name that does not begin with file:");
}

/* Whatever stands in an argument, one line tells of it; read_line looks for a second one. */
static void errors_are_one_line(void **state)
{
    static const char *const lines[] = {
        "--port=1\n2", "--port=\x1b[31m", "--prot\nlevel=info", "stray\nword", "--help=\n",
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_int_equal(read_line(lines[i]), RESULT_INVALID);
        for (const char *at = error; *at; at++)
            assert_true((unsigned char)*at >= ' ');
    }
    setenv("AMAZONMQ_LOCAL_AUTH", "none\nverify", 1);
    expect_error("", "AMAZONMQ_LOCAL_AUTH: bad value 'none?verify', expected none|verify");
    char line[2000] = "--port=";
    memset(line + 7, '9', 1900);
    line[1907] = '\0';
    forget_environment(state);
    assert_int_equal(read_line(line), RESULT_INVALID);
    assert_true(strlen(error) < 150);
}

static void the_flag_wins(void **state)
{
    (void)state;
    setenv("AMAZONMQ_LOCAL_PORT", "1000", 1);
    setenv("AMAZONMQ_LOCAL_AUTH", "verify", 1);
    setenv("AMAZONMQ_LOCAL_HOST", "10.0.0.1,10.0.0.2", 1);
    setenv("AMAZONMQ_LOCAL_SEED", "a.sql:b,c.sql", 1);
    read_good("");
    assert_int_equal(options.port, 1000);
    assert_true(options.verify);
    read_good("--port=2000 --port 3000 --auth none --host ::1 --host 0.0.0.0 --seed x:y");
    assert_int_equal(options.port, 3000);
    assert_false(options.verify);
    assert_int_equal(options.hosts.count, 2);
    assert_string_equal(options.hosts.items[0], "::1");
    assert_string_equal(options.hosts.items[1], "0.0.0.0");
    assert_int_equal(options.seeds.count, 1);
    assert_string_equal(options.seeds.items[0], "x:y");
}

static void lists(void **state)
{
    (void)state;
    setenv("AMAZONMQ_LOCAL_HOST", "10.0.0.1,::1", 1);
    setenv("AMAZONMQ_LOCAL_SEED", "a.sql:b,c.sql:/d", 1);
    read_good("");
    assert_int_equal(options.hosts.count, 2);
    assert_string_equal(options.hosts.items[1], "::1");
    assert_int_equal(options.seeds.count, 3);
    assert_string_equal(options.seeds.items[0], "a.sql");
    assert_string_equal(options.seeds.items[1], "b,c.sql");
    assert_string_equal(options.seeds.items[2], "/d");
    /* The variable is cut in a copy. */
    assert_string_equal(getenv("AMAZONMQ_LOCAL_SEED"), "a.sql:b,c.sql:/d");
    static const char *const bad[] = {"a,,b", ",a", "a,", ","};
    for (size_t i = 0; i < COUNT(bad); i++) {
        char wanted[200];
        setenv("AMAZONMQ_LOCAL_HOST", bad[i], 1);
        snprintf(wanted, sizeof wanted,
                 "AMAZONMQ_LOCAL_HOST: bad value '%s', expected an IP address or localhost",
                 bad[i]);
        expect_error("", wanted);
    }
}

static void a_list_has_room_for_64(void **state)
{
    (void)state;
    char line[2000] = "--seed=a";
    for (int i = 1; i < OPTIONS_LIST; i++)
        strcat(line, " --seed=b");
    read_good(line);
    assert_int_equal(options.seeds.count, 64);
    strcat(line, " --seed=c");
    expect_error(line, "--seed: bad value 'c', expected a file or directory");
}

static int close_options(void **state)
{
    options_close();
    options_close();
    return forget_environment(state);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, forget_environment, close_options)
    const struct CMUnitTest tests[] = {
        TEST(defaults),
        TEST(flags_without_a_value),
        TEST(numbers),
        TEST(texts_and_choices),
        TEST(bad_values_are_refused),
        TEST(empty_values),
        TEST(wrong_arguments_are_named),
        TEST(errors_are_one_line),
        TEST(the_flag_wins),
        TEST(lists),
        TEST(a_list_has_room_for_64),
    };
    return cmocka_run_group_tests_name("options", tests, read_names, NULL);
}
