/* Options are defined in one table. */
#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/slots.h"
#include "api/world.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/variables.h"
#include "option_values.h"

#define ENV VARIABLE("")

enum option_type {
    OPTION_LIST,
    OPTION_CHOICE,
    OPTION_COUNT,
    OPTION_SIZE,
    OPTION_DURATION,
    OPTION_FLAG,
    OPTION_ACCOUNT,
    OPTION_REGION,
    OPTION_HOST,
    OPTION_NAME,
    OPTION_FILE,
    OPTION_TOKEN,
    OPTION_SLOTS,
    OPTION_ENDPOINT
};

struct option {
    const char *flag;
    const char *environment;
    enum option_type type;
    size_t offset;
    const char *value;         /* as --help shows it */
    const char *default_value; /* as on the command line; NULL: none */
    const char *help;
    const char *choices; /* OPTION_CHOICE: separated by `|`, the value is the index;
                            OPTION_DURATION: word=value, or NULL */
    int64_t min, max;    /* of numbers, in bytes or milliseconds */
    char separator;      /* of the items in the environment variable of a list */
};

#define AT(member) offsetof(struct options, member)
#define DAY_MS ((int64_t)86400000)

static const struct option table[] = {
    {"host", ENV "HOST", OPTION_HOST, AT(hosts), "ADDRESS", NULL,
     "listen on this address (repeatable; default 127.0.0.1 and ::1)", NULL, 0, 0, ','},
    {"port", ENV "PORT", OPTION_COUNT, AT(port), "N", DEFAULT_PORT,
     "listen on this port; 0: any free port", NULL, 0, 65535, 0},
    {"tls-port", ENV "TLS_PORT", OPTION_COUNT, AT(tls_port), "N", NULL,
     "also listen for HTTPS on this port; 0: any free port", NULL, 0, 65535, 0},
    {"tls-cert", ENV "TLS_CERT", OPTION_FILE, AT(tls_certificate), "FILE", NULL,
     "certificate for HTTPS in PEM, may be followed by its issuers", NULL, 0, 0, 0},
    {"tls-key", ENV "TLS_KEY", OPTION_FILE, AT(tls_key), "FILE", NULL,
     "private key of that certificate in PEM", NULL, 0, 0, 0},
    {"tls-dir", ENV "TLS_DIR", OPTION_FILE, AT(tls_directory), "DIR", NULL,
     "create a certificate here, once, and ca.pem for clients to trust", NULL, 0, 0, 0},
    {"tls-name", ENV "TLS_NAME", OPTION_NAME, AT(tls_names), "NAME", NULL,
     "name or address for that certificate, besides localhost (repeatable)", NULL, 0, 0, ','},
    {"db", ENV "DB", OPTION_FILE, AT(db), "FILE", ":memory:", "store the state in this file", NULL,
     0, 0, 0},
    {"seed", ENV "SEED", OPTION_LIST, AT(seeds), "FILE|DIR", NULL,
     "SQL for a new store, up to 64MiB a file (repeatable); DIR: all its *.sql", NULL, 0, 0, ':'},
    {"durability", ENV "DURABILITY", OPTION_CHOICE, AT(durability_full), "full|normal", "full",
     "full: an acknowledged write survives a power failure", "normal|full", 0, 0, 0},
    {"account", ENV "ACCOUNT", OPTION_ACCOUNT, AT(account), "ID", "123456789012",
     "account of callers and seeds that name none", NULL, 0, 0, 0},
    {"region", ENV "REGION", OPTION_REGION, AT(region), "NAME", "us-east-1",
     "region of callers and seeds that name none", NULL, 0, 0, 0},
    {"auth", ENV "AUTH", OPTION_CHOICE, AT(verify), "none|verify", "none",
     "verify: check signatures against the seeded access keys", "none|verify", 0, 0, 0},
    {"throttle", ENV "THROTTLE", OPTION_CHOICE, AT(throttle), "none|service", "none",
     "service: 15 calls a second, burst 100, for each account and region, then 429", "none|service",
     0, 0, 0},
    {"control", ENV "CONTROL", OPTION_CHOICE, AT(control_off), "on|off", "on",
     "off: only health and the reports of runners are answered", "on|off", 0, 0, 0},
    {"control-token", ENV "CONTROL_TOKEN", OPTION_TOKEN, AT(control_token), "TOKEN", NULL,
     "bearer token required for /_local/", NULL, 0, 0, 0},
    {"control-host", ENV "CONTROL_HOST", OPTION_LIST, AT(control_hosts), "NAME", NULL,
     "host name allowed for /_local/, besides localhost and addresses (repeatable)", NULL, 0, 0,
     ','},
    {"journal", ENV "JOURNAL", OPTION_COUNT, AT(journal), "N", "1000",
     "number of calls kept for /_local/requests", NULL, 0, 1000000, 0},
    {"create-time", ENV "CREATE_TIME", OPTION_DURATION, AT(create_ms), "TIME", "100ms",
     "how long creating a broker takes: 0, 100ms, 10s, 5m, or `real` (650s)", "real=650s", 0,
     DAY_MS, 0},
    {"reboot-time", ENV "REBOOT_TIME", OPTION_DURATION, AT(reboot_ms), "TIME", "100ms",
     "how long a reboot takes: 0, 100ms, 10s, 5m, or `real` (300s)", "real=300s", 0, DAY_MS, 0},
    {"delete-time", ENV "DELETE_TIME", OPTION_DURATION, AT(delete_ms), "TIME", "100ms",
     "how long deleting a broker takes: 0, 100ms, 10s, 5m, or `real` (300s)", "real=300s", 0,
     DAY_MS, 0},
    {"max-body", ENV "MAX_BODY", OPTION_SIZE, AT(max_body), "SIZE", "1MiB",
     "largest request body, up to 64MiB: 1048576, 64KiB, 1MiB", NULL, 1, 64 << 20, 0},
    {"max-connections", ENV "MAX_CONNECTIONS", OPTION_COUNT, AT(max_connections), "N", "4096",
     "maximum number of connections", NULL, 1, 1000000, 0},
    {"idle-timeout", ENV "IDLE_TIMEOUT", OPTION_DURATION, AT(idle_ms), "TIME", "120s",
     "how long a connection may be idle", NULL, 1, DAY_MS, 0},
    {"request-timeout", ENV "REQUEST_TIMEOUT", OPTION_DURATION, AT(request_ms), "TIME", "30s",
     "how long receiving a request may take", NULL, 1, DAY_MS, 0},
    {"sandbox", ENV "SANDBOX", OPTION_CHOICE, AT(sandbox_off), "on|off", "on",
     "on: after the start, deny new sockets, programs and most files", "on|off", 0, 0, 0},
    {"brokers", ENV "BROKERS", OPTION_FILE, AT(brokers), "DIR", NULL,
     "real brokers: write their files here for run-broker, which runs them", NULL, 0, 0, 0},
    {"broker-slots", ENV "BROKER_SLOTS", OPTION_SLOTS, AT(broker_slots), "LIST",
     "activemq,rabbitmq", "places for real brokers, up to 32: activemq,activemq=5.18,rabbitmq",
     NULL, 0, 0, 0},
    {"broker-host", ENV "BROKER_HOST", OPTION_ENDPOINT, AT(broker_host), "NAME", "localhost",
     "host of their endpoints, also a name of the certificate", NULL, 0, 0, 0},
    {"broker-timeout", ENV "BROKER_TIMEOUT", OPTION_DURATION, AT(broker_timeout_ms), "TIME", "2m",
     "how long a real broker may take to start or to stop", NULL, 1, DAY_MS, 0},
    {"broker-reboot", ENV "BROKER_REBOOT", OPTION_CHOICE, AT(broker_reload), "restart|reload",
     "restart", "reload: a reboot that changes users only does not restart ActiveMQ",
     "restart|reload", 0, 0, 0},
    {"log-level", ENV "LOG_LEVEL", OPTION_CHOICE, AT(log_level), "error|warn|info|debug", "info",
     "lowest severity to log", "error|warn|info|debug", 0, 0, 0},
    {"log-format", ENV "LOG_FORMAT", OPTION_CHOICE, AT(log_json), "logfmt|json", "logfmt",
     "format of the log", "logfmt|json", 0, 0, 0},
    {"check-health", NULL, OPTION_FLAG, AT(check_health), NULL, NULL,
     "check the running server with these settings; exit 0 or 1", NULL, 0, 0, 0},
    {"version", NULL, OPTION_FLAG, AT(version), NULL, NULL,
     "print the versions of the server and the libraries", NULL, 0, 0, 0},
    {"help", NULL, OPTION_FLAG, AT(help), NULL, NULL, "print this text", NULL, 0, 0, 0},
};

enum { OPTIONS = sizeof table / sizeof *table };

static char *list_texts[OPTIONS]; /* copies of environment variables, split into items */

/* The index of `text` among the choices, or -1. */
static int find_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);
    for (int index = 0;; index++) {
        size_t choice_len = strcspn(choices, "|");
        if (len == choice_len && memcmp(choices, text, len) == 0)
            return index;
        if (choices[choice_len] == '\0')
            return -1;
        choices += choice_len + 1;
    }
}

static bool set_number(const struct option *option, const struct unit *units, const char *text,
                       int64_t *place)
{
    static const struct unit plain[] = {{"", 1}, {NULL, 0}};
    const char *word = option->choices ? strchr(option->choices, '=') : NULL;
    if (word && strncmp(text, option->choices, (size_t)(word - option->choices)) == 0 &&
        text[word - option->choices] == '\0')
        text = word + 1;
    return value_read_quantity(text, units ? units : plain, place) && *place >= option->min &&
           *place <= option->max;
}

static bool set_choice(const struct option *option, const char *text, void *place)
{
    int found = find_choice(option->choices, text);
    if (found < 0)
        return false;
    if (place == NULL)
        return true;
    if (option->offset == AT(log_level))
        *(enum log_level *)place = (enum log_level)found;
    else
        *(bool *)place = found > 0;
    return true;
}

static bool add_item(struct string_list *list, const char *item)
{
    if (list->count == OPTIONS_LIST || *item == '\0')
        return false;
    list->items[list->count++] = item;
    return true;
}

static bool is_list(const struct option *option)
{
    return option->type == OPTION_LIST || option->type == OPTION_HOST ||
           option->type == OPTION_NAME;
}

static bool set(const struct option *option, const char *text, struct options *options)
{
    void *place = (char *)options + option->offset;
    switch (option->type) {
    case OPTION_FILE: /* Debian's SQLite would take "file:…" for a URI */
        *(const char **)place = text;
        return *text != '\0' && strncmp(text, "file:", 5) != 0;
    case OPTION_TOKEN:
        *(const char **)place = text;
        return value_is_token(text);
    case OPTION_LIST:
        return add_item(place, text);
    case OPTION_HOST:
        return value_is_host(text) && add_item(place, text);
    case OPTION_NAME:
        return (value_is_host(text) || value_is_dns_name(text)) && add_item(place, text);
    case OPTION_ENDPOINT:
        *(const char **)place = text;
        return (value_is_host(text) && !strchr(text, ':')) ||
               (value_is_dns_name(text) && *text != '*');
    case OPTION_SLOTS: {
        struct slots slots;
        *(const char **)place = text;
        return slots_read(&slots, text) == RESULT_OK;
    }
    case OPTION_CHOICE:
        return set_choice(option, text, place);
    case OPTION_COUNT:
        return set_number(option, NULL, text, place);
    case OPTION_SIZE:
        return set_number(option, unit_sizes, text, place);
    case OPTION_DURATION:
        return set_number(option, unit_times, text, place);
    case OPTION_ACCOUNT:
        *(const char **)place = text;
        return world_is_account(slice_of(text));
    case OPTION_REGION:
        *(const char **)place = text;
        return world_is_region(slice_of(text));
    case OPTION_FLAG:
        *(bool *)place = true;
        return true;
    }
    return false;
}

static enum result one_line(char error[256])
{
    text_make_line(error);
    return RESULT_INVALID;
}

/* Describes a valid value. */
static void describe(const struct option *option, char text[128])
{
    static const char *const words[] = {
        [OPTION_LIST] = "a file or directory",
        [OPTION_SIZE] = "a size up to 64MiB, such as 65536 or 64KiB",
        [OPTION_ACCOUNT] = "12 digits",
        [OPTION_REGION] = "a region such as us-east-1",
        [OPTION_HOST] = "an IP address or localhost",
        [OPTION_NAME] = "a host name or an IP address, such as a.test or *.mq.test",
        [OPTION_ENDPOINT] = "a host name or an IPv4 address",
        [OPTION_SLOTS] = "up to 32 of activemq and rabbitmq, also with a version: activemq=5.18",
        [OPTION_TOKEN] = "8 to 200 printable characters without blanks",
        [OPTION_FILE] = "a file name that does not begin with file:",
    };
    if (option->type == OPTION_COUNT)
        snprintf(text, 128, "a number from %lld to %lld", (long long)option->min,
                 (long long)option->max);
    else if (option->type == OPTION_DURATION)
        snprintf(text, 128, "a time from %s to 24h, such as 100ms or 10s",
                 option->min > 0 ? "1ms" : "0");
    else
        snprintf(text, 128, "%s",
                 option->type == OPTION_CHOICE ? option->value : words[option->type]);
}

static enum result bad_value(char error[256], const char *name, const char *text,
                             const struct option *option)
{
    char expected[128], suggestion[UNITS_SUGGESTION] = "";
    describe(option, expected);
    if (option->type == OPTION_DURATION)
        units_suggest(text, unit_times, option->min, option->max, suggestion);
    if (option->type == OPTION_TOKEN) /* a secret, even if it is wrong */
        snprintf(error, 256, "%s: bad value, expected %s", name, expected);
    else
        snprintf(error, 256, "%s: bad value '%.60s', expected %s", name, text, expected);
    strncat(error, suggestion, 255 - strlen(error));
    return one_line(error);
}

/* Splits a copy of the variable into items. */
static enum result set_list(size_t row, const char *text, struct options *options, char error[256])
{
    const struct option *option = &table[row];
    char *copy = strdup(text), separator[2] = {option->separator, '\0'};
    list_texts[row] = copy;
    if (!copy) {
        snprintf(error, 256, "out of memory");
        return RESULT_NO_MEMORY;
    }
    for (char *item; (item = strsep(&copy, separator));)
        if (!set(option, item, options))
            return bad_value(error, option->environment, text, option);
    return RESULT_OK;
}

/* For options that are not on the command line. */
static enum result read_environment(struct options *options, const bool given[], char error[256])
{
    for (size_t row = 0; row < OPTIONS; row++) {
        const struct option *option = &table[row];
        const char *text = option->environment ? variable_get(option->environment) : NULL;
        if (!text || given[row])
            continue;
        enum result result = RESULT_OK;
        if (is_list(option))
            result = set_list(row, text, options, error);
        else if (!set(option, text, options))
            result = bad_value(error, option->environment, text, option);
        if (result)
            return result;
    }
    return RESULT_OK;
}

static const struct option *find_flag(const char *name, size_t len)
{
    for (size_t row = 0; row < OPTIONS; row++)
        if (strlen(table[row].flag) == len && memcmp(table[row].flag, name, len) == 0)
            return &table[row];
    return NULL;
}

/* Does not quote what follows a `=`, which may be a token. */
static enum result complain(char error[256], const char *what, const char *argument)
{
    size_t len = strcspn(argument, "=");
    snprintf(error, 256, "%s: %.*s (see --help)", what, len < 80 ? (int)len : 80, argument);
    return one_line(error);
}

/* What other programs call --help and --version. */
static const char *expand(const char *argument)
{
    static const char *const words[][2] = {{"-h", "--help"},    {"-?", "--help"},
                                           {"help", "--help"},  {"-v", "--version"},
                                           {"-V", "--version"}, {"version", "--version"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(argument, words[i][0]) == 0)
            return words[i][1];
    return argument;
}

/* Of an argument with one dash or two. */
static enum result complain_of_flag(char error[256], const char *argument)
{
    const char *name = argument + strspn(argument, "-");
    struct nearest nearest = nearest_to((struct slice){name, strcspn(name, "=")});
    for (size_t row = 0; row < OPTIONS; row++)
        nearest_try(&nearest, table[row].flag);
    if (!nearest.name)
        return complain(error, "unknown option", argument);
    snprintf(error, 256, "unknown option: %.*s; did you mean --%s?",
             (int)(name - argument + (int)nearest.given.len), argument, nearest.name);
    return one_line(error);
}

static enum result complain_of_word(char error[256], const char *argument)
{
    static const char *const starts[] = {"start", "run", "serve", "server", "up"};
    struct nearest nearest = nearest_to((struct slice){argument, strcspn(argument, "=")});
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strcmp(argument, starts[i]) == 0) {
            snprintf(error, 256, "not an option: %s; without it the server starts (see --help)",
                     argument);
            return RESULT_INVALID;
        }
    for (size_t row = 0; row < OPTIONS; row++)
        nearest_try(&nearest, table[row].flag);
    if (!nearest.name)
        return complain(error, "not an option", argument);
    snprintf(error, 256, "not an option: %.*s; did you mean --%s?", (int)nearest.given.len,
             argument, nearest.name);
    return one_line(error);
}

const char *options_variable(size_t row)
{
    return row < OPTIONS ? table[row].environment : NULL;
}

static enum result read_argument(char *const argv[], int *at, bool given[], struct options *options,
                                 char error[256])
{
    const char *argument = expand(argv[*at]);
    if (strncmp(argument, "--", 2) != 0 || argument[2] == '\0') {
        if (options->control_token)
            return complain(error, "not an option", "an argument after a token");
        return *argument == '-' ? complain_of_flag(error, argument)
                                : complain_of_word(error, argument);
    }
    size_t len = strcspn(argument + 2, "=");
    const struct option *option = find_flag(argument + 2, len);
    const char *text = argument[2 + len] == '=' ? argument + 3 + len : NULL;
    if (!option)
        return complain_of_flag(error, argument);
    if (option->type == OPTION_FLAG && text)
        return complain(error, "takes no value", argument);
    if (option->type != OPTION_FLAG && !text) {
        text = argv[++*at];
        if (!text)
            return complain(error, "needs a value", argument);
    }
    given[option - table] = true;
    char name[64];
    snprintf(name, sizeof name, "--%s", option->flag);
    return set(option, text, options) ? RESULT_OK : bad_value(error, name, text, option);
}

/* HTTPS needs a port and exactly one source of a certificate. */
static enum result check_tls(const struct options *options, char error[256])
{
    bool files = options->tls_certificate || options->tls_key;
    const char *wrong = NULL;
    if (options->brokers && files)
        wrong = "--brokers needs a certificate with its CA, of --tls-dir: it excludes --tls-cert "
                "and --tls-key";
    else if (options->brokers)
        return RESULT_OK;
    else if (options->tls_port < 0 &&
             (files || options->tls_directory || options->tls_names.count > 0))
        wrong = "--tls-cert, --tls-key, --tls-dir and --tls-name need --tls-port";
    else if (options->tls_port >= 0 && !files && !options->tls_directory)
        wrong = "--tls-port needs --tls-dir, or --tls-cert and --tls-key";
    else if (files && options->tls_directory)
        wrong = "--tls-dir makes its own certificate: it excludes --tls-cert and --tls-key";
    else if (files && !(options->tls_certificate && options->tls_key))
        wrong = "--tls-cert and --tls-key need each other";
    else if (files && options->tls_names.count > 0)
        wrong = "--tls-name is for the certificate that --tls-dir makes";
    if (!wrong)
        return RESULT_OK;
    snprintf(error, 256, "%s (see --help)", wrong);
    return RESULT_INVALID;
}

enum result options_read(int argc, char *const argv[], struct options *options, char error[256])
{
    bool given[OPTIONS] = {false};
    *options = (struct options){.tls_port = -1};
    for (size_t row = 0; row < OPTIONS; row++)
        if (table[row].default_value && !set(&table[row], table[row].default_value, options))
            return bad_value(error, table[row].flag, table[row].default_value, &table[row]);
    enum result result = RESULT_OK;
    for (int at = 1; !result && at < argc; at++)
        result = read_argument(argv, &at, given, options, error);
    if (!result && !options->help && !options->version)
        result = read_environment(options, given, error);
    if (!result && !options->help && !options->version)
        result = check_tls(options, error);
    return result;
}

void options_close(void)
{
    for (size_t row = 0; row < OPTIONS; row++) {
        free(list_texts[row]);
        list_texts[row] = NULL;
    }
}

void options_print_help(void)
{
    printf(
        "Usage: amazonmq-local [OPTION]...\n"
        "       amazonmq-local ctl COMMAND...   calls a running server: amazonmq-local ctl --help\n"
        "A stand-in for the Amazon MQ API.\n\n"
        "Each option has the environment variable below it; the option takes precedence.\n\n");
    for (size_t row = 0; row < OPTIONS; row++) {
        const struct option *option = &table[row];
        char left[64];
        snprintf(left, sizeof left, "--%s %s", option->flag, option->value ? option->value : "");
        printf("  %-34s %s", left, option->help);
        if (option->default_value)
            printf(" (default %s)", option->default_value);
        printf("\n");
        if (option->environment)
            printf("  %-34s   %s%s\n", "", option->environment,
                   option->separator == ','   ? ", separated by commas"
                   : option->separator == ':' ? ", separated by colons"
                                              : "");
    }
    printf(
        "\nExit status: 0 after SIGTERM, SIGINT or SIGHUP, 1 when it could not start, 2 for a wrong option.\n");
}
