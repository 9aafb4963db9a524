/* Listening sockets. */
#ifndef HTTP_SOCKETS_H
#define HTTP_SOCKETS_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

enum { SOCKETS_MAX = 16 };

struct sockets {
    int fds[SOCKETS_MAX];
    size_t count;
    uint16_t port; /* the one they share */
};

struct sockets_error {
    char text[256];
};

/* Binds every host to the same port; 0: any port that is free on all. With `optional_ipv6` a host
 * that is an IPv6 address may fail for want of IPv6 (logged); every other failure is RESULT_SYSTEM
 * with *error set. Hosts are numeric addresses or `localhost`. */
enum result sockets_open(const char *const *hosts, size_t host_count, uint16_t port,
                         bool optional_ipv6, struct sockets *sockets,
                         struct sockets_error *error) MUST_CHECK;

void sockets_close(struct sockets *sockets);

#endif
