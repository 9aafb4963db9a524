/* Start and stop of the server. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "base/variables.h"
#include "base/xml.h"
#include "brokers/processes.h"
#include "check_health.h"
#include "control/control.h"
#include "ctl/ctl.h"
#include "gate/gate.h"
#include "http/listener.h"
#include "loop.h"
#include "mq/clock.h"
#include "mq/lifecycle.h"
#include "mq/operations.h"
#include "option_values.h"
#include "options.h"
#include "process/confine.h"
#include "process/limits.h"
#include "process/signals.h"
#include "store/reset.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* With those of the libraries, for bug reports. */
static void print_version(void)
{
    printf("amazonmq-local %s\n"
           "libmicrohttpd %s, SQLite %s, cJSON %s, GnuTLS %s, expat %s\n",
           VERSION, listener_version(), store_version(), json_version(), crypto_version(),
           xml_version());
}

static void complain(const char *reason)
{
    char line[1200];
    snprintf(line, sizeof line, "%s", reason);
    text_make_line(line);
    log_close();
    fprintf(stderr, "amazonmq-local: %s\n", line);
}

static int fail(const char *reason)
{
    complain(reason);
    return EXIT_FAILED;
}

/* 0, or the exit status if stdout could not be written. */
static int finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : fail("cannot write to standard output");
}

/* Before the loop runs nothing is acknowledged, so nothing is lost: an unfinished seed is not
 * committed. */
static void exit_at_once(int number)
{
    (void)number;
    _exit(0);
}

/* Process 1 of a container has no default action for signals. SIGPIPE and SIGXFSZ are ignored, so
 * that write() fails with EPIPE or EFBIG instead. */
static void catch_signals(void)
{
    signals_begin(exit_at_once);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

/* From here on the loop receives them by its signalfd. */
static void block_signals(void)
{
    sigset_t blocked;
    signals_fill(&blocked);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

struct endpoints {
    struct sockets sockets;
    struct sockets tls_sockets; /* none without --tls-port */
    struct identity identity;
    struct processes *processes; /* NULL without --brokers */
};

static enum result open_sockets(const struct options *options, int64_t port,
                                struct sockets *sockets, struct sockets_error *error)
{
    static const char *const pair[] = {"127.0.0.1", "::1"};
    if (options->hosts.count > 0)
        return sockets_open(options->hosts.items, options->hosts.count, (uint16_t)port, false,
                            sockets, error);
    return sockets_open(pair, 2, (uint16_t)port, true, sockets, error);
}

/* The certificate is also for the host of the real brokers. */
static enum result read_identity(const struct options *options, struct identity *identity,
                                 struct certificate_error *error)
{
    const char *directory = options->tls_directory ? options->tls_directory : options->brokers;
    const char *names[OPTIONS_LIST + 1];
    size_t count = options->tls_names.count;
    memcpy(names, options->tls_names.items, count * sizeof *names);
    if (options->brokers)
        names[count++] = options->broker_host;
    if (directory)
        return certificate_load_or_create(directory, names, count, identity, error);
    return certificate_load(options->tls_certificate, options->tls_key, identity, error);
}

static int fail_port(const struct sockets_error *error, const char *flag, const char *variable)
{
    char text[400];
    snprintf(text, sizeof text, "%s; %s or %s selects another", error->text, flag, variable);
    return fail(error->in_use ? text : error->text);
}

/* 0, or the exit status after a message was printed. */
static int open_endpoints(const struct options *options, struct endpoints *endpoints)
{
    struct sockets_error sockets_error = {.text = ""};
    struct certificate_error certificate_error = {""};
    struct directory_error directory_error = {""};
    bool has_tls = options->tls_port >= 0;
    if (open_sockets(options, options->port, &endpoints->sockets, &sockets_error))
        return fail_port(&sockets_error, "--port", "AMAZONMQ_LOCAL_PORT");
    if (has_tls &&
        open_sockets(options, options->tls_port, &endpoints->tls_sockets, &sockets_error))
        return fail_port(&sockets_error, "--tls-port", "AMAZONMQ_LOCAL_TLS_PORT");
    /* Before the certificate, which may be created in it. */
    if (options->brokers && processes_new(options->brokers, options->broker_slots,
                                          &endpoints->processes, &directory_error))
        return fail(directory_error.text);
    if ((has_tls || options->brokers) &&
        read_identity(options, &endpoints->identity, &certificate_error))
        return fail(certificate_error.text);
    return 0;
}

/* 0, or the exit status after a message was printed. */
static int begin_processes(const struct options *options, struct endpoints *endpoints)
{
    struct processes *processes = endpoints->processes;
    struct directory_error error = {""};
    if (!processes)
        return 0;
    processes->slots.host = options->broker_host;
    processes->slots.timeout_ms = options->broker_timeout_ms;
    processes->slots.reload = options->broker_reload;
    /* As the API: on loopback, or where it can be reached from elsewhere too. */
    const char *address = options->hosts.count > 0 ? "0.0.0.0" : "127.0.0.1";
    return processes_begin(processes, &endpoints->identity, address, endpoints->sockets.port,
                           &error)
               ? fail(error.text)
               : 0;
}

static void close_endpoints(struct endpoints *endpoints)
{
    sockets_close(&endpoints->sockets);
    sockets_close(&endpoints->tls_sockets);
    certificate_close(&endpoints->identity);
    processes_free(endpoints->processes);
}

static const char *first_host(const struct options *options)
{
    return options->hosts.count > 0 ? options->hosts.items[0] : "localhost";
}

static void format_url(const char *scheme, const char *host, uint16_t port, char url[256])
{
    bool bracketed = strchr(host, ':') != NULL;
    snprintf(url, 256, "%s://%s%s%s:%d", scheme, bracketed ? "[" : "", host, bracketed ? "]" : "",
             (int)port);
}

static void print_url(const struct options *options, const char *scheme, uint16_t port)
{
    char url[256];
    format_url(scheme, first_host(options), port, url);
    printf("%s\n", url);
}

static bool announce(const struct options *options, uint16_t port, uint16_t tls_port,
                     enum sandbox_state sandbox)
{
    static const char *const sandbox_names[] = {"off", "partial", "on"};
    static char buffer[1024]; /* else the C library calls isatty(), which the sandbox refuses */
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    print_url(options, "http", port);
    if (tls_port != 0)
        print_url(options, "https", tls_port);
    if (finish_output() != 0)
        return false;
    const char *host = first_host(options);
    char page[300];
    format_url("http", value_is_wildcard(host) ? "localhost" : host, port, page);
    strncat(page, "/_local/", sizeof page - strlen(page) - 1);
    if (log_begin(LOG_INFO, "ready")) {
        log_string("version", VERSION);
        log_string("db", options->db);
        log_number("port", port);
        if (tls_port != 0)
            log_number("tls-port", tls_port);
        log_string("sandbox", sandbox_names[sandbox]);
        if (options->control_off)
            log_string("control", "off: neither control API nor page");
        else
            log_string("page", page);
        log_end();
    }
    log_flush();
    return true;
}

/* The host names of the server, other than localhost. */
static size_t list_names(const struct options *options, const char *names[2 * OPTIONS_LIST])
{
    size_t count = 0;
    for (size_t i = 0; i < options->control_hosts.count; i++)
        names[count++] = options->control_hosts.items[i];
    for (size_t i = 0; i < options->tls_names.count; i++)
        names[count++] = options->tls_names.items[i];
    return count;
}

/* What an earlier server has left unfinished in a file: a step of the clock; and brokers that
 * waited for a process, which there are none for without --brokers. False: a message was printed.
 */
static bool complete(struct store *store, const struct settings *settings)
{
    bool completed = clock_complete_step(store, settings) == RESULT_OK &&
                     (store_is_new(store) || lifecycle_resume(store) == RESULT_OK);
    if (!completed)
        fail("what an earlier server has left unfinished cannot be completed");
    return completed;
}

static struct settings make_settings(const struct options *options,
                                     const struct endpoints *endpoints)
{
    return (struct settings){.account = slice_of(options->account),
                             .region = slice_of(options->region),
                             .verify = options->verify,
                             .throttle = options->throttle,
                             .create_ms = options->create_ms,
                             .reboot_ms = options->reboot_ms,
                             .delete_ms = options->delete_ms,
                             .slots = endpoints->processes ? &endpoints->processes->slots : NULL};
}

static int serve(const struct options *options, struct store *store, struct endpoints *endpoints)
{
    struct settings settings = make_settings(options, endpoints);
    const char *names[2 * OPTIONS_LIST];
    struct metrics *metrics = calloc(1, sizeof *metrics);
    struct control control = {.version = VERSION,
                              .seeds = options->seeds.items,
                              .seed_count = options->seeds.count,
                              .mode = options->control_off ? CONTROL_OFF : CONTROL_ON,
                              .token = options->control_token,
                              .names = names,
                              .name_count = list_names(options, names),
                              .metrics = metrics,
                              .events = {.store = store, .slots = settings.slots},
                              .processes = endpoints->processes};
    struct gate_options gate_options = {.store = store, .settings = &settings, .control = &control};
    struct listener_options listener_options = {
        .store = store,
        .sockets = &endpoints->sockets,
        .tls_sockets = options->tls_port < 0 ? NULL : &endpoints->tls_sockets,
        .identity = &endpoints->identity,
        .metrics = metrics,
        .events = &control.events,
        .max_body = (size_t)options->max_body,
        .max_connections = limits_raise_descriptors((size_t)options->max_connections),
        .idle_ms = options->idle_ms,
        .request_ms = options->request_ms};
    struct gate *gate = NULL;
    struct listener *listener = NULL;
    int status = EXIT_FAILED;
    uint16_t port = endpoints->sockets.port, tls_port = endpoints->tls_sockets.port;
    if (!metrics || journal_new((size_t)options->journal, &control.journal) ||
        gate_new(&gate_options, &gate)) {
        fail("out of memory");
        goto out;
    }
    if (!complete(store, &settings))
        goto out;
    metrics_init(metrics, operations, operation_count);
    listener_options.gate = gate;
    control.events.journal = listener_options.journal = control.journal;
    if (listener_new(&listener_options, &listener)) {
        fail("cannot set up the HTTP server");
        goto out;
    }
    block_signals();
    metrics_open();
    const struct confine_files files = {options->seeds.items, options->seeds.count, options->db,
                                        options->brokers};
    enum sandbox_state sandbox = options->sandbox_off ? SANDBOX_OFF : confine(&files);
    if (announce(options, port, tls_port, sandbox))
        status = loop_run(listener, store, &settings, metrics, endpoints->processes)
                     ? fail(strerror(errno))
                     : 0;
out:
    listener_free(listener);
    gate_free(gate);
    journal_free(control.journal);
    free(metrics);
    return status;
}

static int start(const struct options *options)
{
    struct store_options store_options = {options->db, options->durability_full, options->account,
                                          options->region};
    struct store *store = NULL;
    struct store_error store_error = {""};
    struct endpoints endpoints = {.sockets = {.count = 0}};
    /* Before the store: a second server on the same port must not touch the first one's file. */
    int status = open_endpoints(options, &endpoints);
    if (status != 0)
        goto out;
    status = EXIT_FAILED;
    if (store_open(&store_options, &store, &store_error)) {
        fail(store_error.text);
        goto out;
    }
    if (!store_is_new(store) && options->seeds.count > 0)
        log_event(LOG_INFO, "seeds-left-out", "reason", "the database exists already");
    if (store_is_new(store) &&
        store_seed(store, options->seeds.items, options->seeds.count, &store_error)) {
        fail(store_error.text);
        goto out;
    }
    limits_trim_memory();
    status = begin_processes(options, &endpoints);
    if (status == 0)
        status = serve(options, store, &endpoints);
out:
    close_endpoints(&endpoints);
    store_free(store);
    sandbox_tell();
    log_close();
    return status;
}

static void log_variable(struct slice name, const char *meant)
{
    if (!log_begin(LOG_WARN, "unknown-variable"))
        return;
    log_text("name", name);
    log_string("did-you-mean", meant);
    log_end();
}

/* On standard error, as everything of ctl but answers. */
static void tell_variable(struct slice name, const char *meant)
{
    char line[300];
    snprintf(line, sizeof line, "warning: unknown variable %.*s%s%s%s",
             (int)(name.len < 100 ? name.len : 100), name.data, meant ? "; did you mean " : "",
             meant ? meant : "", meant ? "?" : "");
    complain(line);
}

/* The exit status, or -1: the words are those of the server. */
static int run_ctl(int argc, char *const argv[])
{
    char error[256];
    const char *word = argc > 1 ? argv[1] : "", *command = NULL;
    if (strcmp(word, "ctl") == 0) {
        variables_check(options_variable, tell_variable);
        return ctl_run(argc - 1, argv + 1);
    }
    if (strcmp(word, "--ctl") == 0)
        snprintf(error, sizeof error, "unknown option: --ctl; did you mean amazonmq-local ctl?");
    else if (*word != '-' && (command = ctl_nearest_command(word)))
        snprintf(error, sizeof error, "not an option: %s; did you mean amazonmq-local ctl %s?",
                 word, command);
    else
        return -1;
    complain(error);
    return EXIT_USAGE;
}

/* Any user of the machine can see the arguments of a process. */
static void hide_token(char *const argv[], struct options *options)
{
    static char token[256]; /* longer than the maximum */
    const char *given = options->control_token;
    for (size_t i = 1; given && argv[i]; i++) {
        char *end = argv[i] + strlen(argv[i]);
        if (given < argv[i] || given >= end)
            continue;
        snprintf(token, sizeof token, "%s", given);
        options->control_token = token;
        for (char *at = argv[i] + (given - argv[i]); at < end; at++)
            *at = '*';
    }
}

int main(int argc, char *argv[])
{
    struct options options;
    char error[256] = "";
    limits_open_standard_descriptors();
    limits_return_memory();
    int status = run_ctl(argc, argv);
    if (status >= 0)
        return status;
    status = 0;
    if (options_read(argc, argv, &options, error)) {
        complain(error);
        options_close();
        return EXIT_USAGE;
    }
    hide_token(argv, &options);
    log_init(options.log_level);
    log_set_format(options.log_json ? LOG_JSON : LOG_LOGFMT);
    catch_signals();
    if (!options.help && !options.version)
        variables_check(options_variable, log_variable);
    if (options.help)
        options_print_help();
    else if (options.version)
        print_version();
    else if (options.check_health)
        status = check_health(&options);
    else
        status = start(&options);
    if (options.help || options.version)
        status = finish_output();
    options_close();
    return status;
}
