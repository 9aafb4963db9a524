/* Wiring: options, store, listeners, loop, shutdown. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check_health.h"
#include "gate/gate.h"
#include "http/listener.h"
#include "loop.h"
#include "options.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const size_t spare_descriptors = 64; /* beside the connections */

/* One line, whatever a path or a message holds. */
static void complain(const char *reason)
{
    log_close();
    fputs("amazonmq-local: ", stderr);
    for (const char *at = reason; *at; at++)
        fputc((unsigned char)*at < ' ' || *at == 0x7F ? '?' : *at, stderr);
    fputc('\n', stderr);
}

static int fail(const char *reason)
{
    complain(reason);
    return EXIT_FAILED;
}

/* What is printed on stdout must arrive. */
static int finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : fail("cannot write to standard output");
}

/* A descriptor below 3 that the caller closed would become a socket, and the log would be written
 * into it. */
static void open_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Every connection is a descriptor. Where the hard limit is in the way, fewer connections are
 * served. */
static size_t raise_descriptors(size_t connections)
{
    struct rlimit limit;
    rlim_t wanted = connections + spare_descriptors;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return connections;
    if (limit.rlim_max < wanted) {
        struct rlimit higher = {wanted, wanted}; /* as root */
        if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
            return connections;
        wanted = limit.rlim_max;
    }
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || wanted >= connections + spare_descriptors)
        return connections;
    size_t fitting = wanted > 2 * spare_descriptors ? wanted - spare_descriptors : wanted / 2;
    if (log_begin(LOG_INFO, "fewer-connections")) {
        log_number("wanted", (int64_t)connections);
        log_number("descriptor-limit", (int64_t)wanted);
        log_number("connections", (int64_t)fitting);
        log_end();
    }
    return fitting;
}

/* Before the loop runs nothing is acknowledged, so nothing is lost: an open seed is simply not
 * committed. */
static void end_at_once(int number)
{
    (void)number;
    _exit(0);
}

/* Process 1 of a container has no default action for signals. A broken pipe and a file that may not
 * grow are error codes. */
static void catch_signals(void)
{
    signal(SIGTERM, end_at_once);
    signal(SIGINT, end_at_once);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

/* From here on they reach the loop through its signalfd. */
static void block_signals(void)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

static enum result open_sockets(const struct options *options, struct sockets *sockets,
                                struct sockets_error *error)
{
    static const char *const pair[] = {"127.0.0.1", "::1"};
    if (options->hosts.count > 0)
        return sockets_open(options->hosts.items, options->hosts.count, (uint16_t)options->port,
                            false, sockets, error);
    return sockets_open(pair, 2, (uint16_t)options->port, true, sockets, error);
}

static bool announce(const struct options *options, uint16_t port)
{
    const char *host = options->hosts.count > 0 ? options->hosts.items[0] : "localhost";
    bool bracketed = strchr(host, ':') != NULL;
    printf("http://%s%s%s:%d\n", bracketed ? "[" : "", host, bracketed ? "]" : "", (int)port);
    if (finish_output() != 0)
        return false;
    if (log_begin(LOG_INFO, "ready")) {
        log_string("version", VERSION);
        log_string("db", options->db);
        log_number("port", port);
        log_end();
    }
    log_flush();
    return true;
}

static int serve(const struct options *options, struct store *store, struct sockets *sockets)
{
    struct settings settings = {.account = slice_of(options->account),
                                .region = slice_of(options->region),
                                .verify = options->verify,
                                .create_ms = options->create_ms,
                                .reboot_ms = options->reboot_ms,
                                .delete_ms = options->delete_ms};
    struct gate_options gate_options = {.store = store, .settings = &settings, .version = VERSION};
    struct listener_options listener_options = {
        .store = store,
        .sockets = sockets,
        .max_body = (size_t)options->max_body,
        .max_connections = raise_descriptors((size_t)options->max_connections),
        .idle_ms = options->idle_ms,
        .request_ms = options->request_ms};
    struct gate *gate = NULL;
    struct listener *listener = NULL;
    int status = EXIT_FAILED;
    uint16_t port = sockets->port;
    if (gate_new(&gate_options, &gate)) {
        fail("out of memory");
        goto out;
    }
    listener_options.gate = gate;
    if (listener_new(&listener_options, &listener)) {
        fail("cannot set up the HTTP server");
        goto out;
    }
    block_signals();
    if (announce(options, port))
        status = loop_run(listener, store, &settings) ? fail(strerror(errno)) : 0;
out:
    listener_free(listener);
    gate_free(gate);
    return status;
}

static int start(const struct options *options)
{
    struct store_options store_options = {options->db, options->durability_full, options->account,
                                          options->region};
    struct store *store = NULL;
    struct store_error store_error = {""};
    struct sockets sockets = {.count = 0};
    struct sockets_error sockets_error = {""};
    int status = EXIT_FAILED;
    /* The port first: a second server must not touch the first one's file. */
    if (open_sockets(options, &sockets, &sockets_error))
        return fail(sockets_error.text);
    if (store_open(&store_options, &store, &store_error)) {
        fail(store_error.text);
        goto out;
    }
    if (!store_is_new(store) && options->seeds.count > 0)
        log_event(LOG_INFO, "seeds-left-out", "reason", "the database has had its seeds");
    if (store_is_new(store) &&
        store_seed(store, options->seeds.items, options->seeds.count, &store_error)) {
        fail(store_error.text);
        goto out;
    }
    status = serve(options, store, &sockets);
out:
    sockets_close(&sockets);
    store_free(store);
    log_close();
    return status;
}

int main(int argc, char *argv[])
{
    struct options options;
    char error[256] = "";
    int status = 0;
    open_standard_descriptors();
    if (options_read(argc, argv, &options, error)) {
        complain(error);
        options_close();
        return EXIT_USAGE;
    }
    log_init(options.log_level);
    catch_signals();
    if (options.help)
        options_print_help();
    else if (options.version)
        printf("amazonmq-local %s\n", VERSION);
    else if (options.check_health)
        status = check_health(&options);
    else
        status = start(&options);
    if (options.help || options.version)
        status = finish_output();
    options_close();
    return status;
}
