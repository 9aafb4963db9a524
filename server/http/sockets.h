/* Listening sockets. */
#ifndef HTTP_SOCKETS_H
#define HTTP_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

enum { SOCKETS_MAX = 16 };

struct sockets {
    int fds[SOCKETS_MAX];
    size_t count;
    uint16_t port; /* of all of them */
};

struct sockets_error {
    char text[256];
    bool in_use; /* the port */
};

/* Listens on every host, on the same port; 0: a port that is free on all. Hosts are numeric
 * addresses or `localhost`. With `optional_ipv6`, IPv6 addresses are skipped, with a line in the
 * log, if the system has no IPv6. RESULT_SYSTEM with *error set. */
enum result sockets_open(const char *const *hosts, size_t host_count, uint16_t port,
                         bool optional_ipv6, struct sockets *sockets,
                         struct sockets_error *error) MUST_CHECK;

void sockets_close(struct sockets *sockets);

#endif
