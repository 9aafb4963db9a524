/* The addresses of a host name. */
#ifndef BASE_RESOLVE_H
#define BASE_RESOLVE_H

#include <netdb.h>

/* As getaddrinfo. The static build asks /etc/hosts and DNS only: for other sources the C library
 * would load modules of the machine's C library, which may be another version. */
int resolve(const char *host, const char *port, const struct addrinfo *hints,
            struct addrinfo **found);

#endif
