/* The command line and the environment. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include "base/log.h"
#include "base/result.h"

enum { OPTIONS_LIST = 64 };

struct string_list {
    const char *items[OPTIONS_LIST];
    size_t count;
};

struct options {
    struct string_list hosts; /* empty: 127.0.0.1 and ::1 */
    int64_t port;
    int64_t tls_port;            /* -1: none */
    const char *tls_certificate; /* NULL: tls_directory is used */
    const char *tls_key;
    const char *tls_directory;
    struct string_list tls_names;
    const char *db;
    struct string_list seeds;
    bool durability_full;
    const char *account;
    const char *region;
    bool verify;
    bool throttle;
    bool control_off;
    const char *control_token; /* NULL: none */
    struct string_list control_hosts;
    int64_t journal;
    int64_t create_ms;
    int64_t reboot_ms;
    int64_t delete_ms;
    int64_t max_body;
    int64_t max_connections;
    int64_t idle_ms;
    int64_t request_ms;
    bool sandbox_off;
    const char *brokers; /* a directory; NULL: no real brokers */
    const char *broker_slots;
    const char *broker_host;
    int64_t broker_timeout_ms;
    bool broker_reload;
    enum log_level log_level;
    bool log_json;
    bool check_health;
    bool version;
    bool help;
};

/* Reads the arguments, then the environment for options that are not given. Strings are borrowed,
 * except lists from the environment, which are freed by options_close. RESULT_INVALID or
 * RESULT_NO_MEMORY with one line in `error`. */
enum result options_read(int argc, char *const argv[], struct options *options,
                         char error[256]) MUST_CHECK;

/* The variable of an option; NULL after the last that has one. */
const char *options_variable(size_t row);

void options_close(void);

/* Prints the text of --help to stdout. */
void options_print_help(void);

#endif
