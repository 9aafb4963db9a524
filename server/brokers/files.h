/* The files of a real broker: its configuration and its users, as a stock ActiveMQ or RabbitMQ
 * reads them. Pure functions: nothing is read or written here. */
#ifndef BROKERS_FILES_H
#define BROKERS_FILES_H

#include "api/slots.h"
#include "store/brokers.h"
#include "store/users.h"

enum { BROKER_FILES_MAX = 16 };

/* What a broker is to be. */
struct broker_plan {
    const struct broker *broker; /* with the values that it is to have, not those pending */
    struct slice configuration;  /* the data of its revision; absent: none */
    const struct user_login *users;
    size_t user_count;
    const char *directory;         /* of the slot, absolute, without a `/` at the end */
    const char *common;            /* of ca.pem, server.pem, server-key.pem, broker.jks, ca.jks */
    const char *address;           /* to listen on, of IPv4 */
    int slot;                      /* from 0; ports are those of the service + 100 * slot */
    struct slice version;          /* of the real broker, as 5.18 or 3.10.8; absent: unknown */
    struct slice console_password; /* ActiveMQ's console logs in with it to its own broker */
    struct slice salt;             /* RabbitMQ: 4 bytes for the hashes of passwords */
};

struct broker_file {
    const char *name; /* in the slot's directory; static */
    struct slice text;
    bool live; /* a running broker reads it again when it changes */
};

/* Something of the configuration that the real broker does not get, for the log. */
struct left_out {
    struct slice name;  /* of the key, element or attribute */
    const char *reason; /* static */
};

struct broker_files {
    struct broker_file files[BROKER_FILES_MAX];
    size_t count;
    struct left_out *left_out; /* in the arena */
    size_t left_out_count;
    struct slice invalid_configuration; /* its id, if the files are without it, or absent */
};

/* Everything is in the arena. The same plan gives the same bytes. RESULT_NO_MEMORY; RESULT_INVALID
 * if the configuration of ActiveMQ is not XML with the root `broker`, which a seed may have stored.
 */
enum result activemq_files(const struct broker_plan *plan, struct arena *arena,
                           struct broker_files *out) MUST_CHECK;
enum result rabbitmq_files(const struct broker_plan *plan, struct arena *arena,
                           struct broker_files *out) MUST_CHECK;

#endif
