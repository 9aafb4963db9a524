/* The keys that RabbitMQ's configuration file may have, by release. */
#ifndef BROKERS_RABBITMQ_KEYS_H
#define BROKERS_RABBITMQ_KEYS_H

#include "base/slice.h"

/* A release as a number: 31008 is 3.10.8. */
enum { RABBITMQ_NEWEST_PATCH = 99, RABBITMQ_NEWEST = 999999 };

/* Keys with the same beginning, `$` for a part that varies. */
struct rabbitmq_keys {
    const char *prefix;    /* empty, or ends with a dot */
    unsigned since, until; /* the first release with them, 0: all; the first without, 0: none */
    const char *names;     /* the last parts, with a space between two */
};

extern const struct rabbitmq_keys rabbitmq_keys[];
extern const size_t rabbitmq_keys_count;

/* 3.13 is taken for its newest patch, and what is no version for the newest release. */
unsigned rabbitmq_release_of(struct slice version);

/* Whether that release has the key; an unknown one is refused by it, which then does not start. */
bool rabbitmq_key_known(struct slice key, unsigned release);

#endif
