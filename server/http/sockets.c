#include "http/sockets.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/resolve.h"

/* For port 0 the kernel chooses the port of the first address, even numbers first, and it may be in
 * use on another one. Each try begins with another address. */
enum { SOCKETS_TRIES = 32, SOCKETS_BACKLOG = 1024 };

struct addresses {
    struct sockaddr_storage list[SOCKETS_MAX];
    socklen_t lens[SOCKETS_MAX];
    const char *names[SOCKETS_MAX];
    size_t count;
};

static bool is_known(const struct addresses *addresses, const struct addrinfo *found)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (addresses->lens[i] == found->ai_addrlen &&
            memcmp(&addresses->list[i], found->ai_addr, found->ai_addrlen) == 0)
            return true;
    return false;
}

static enum result find_addresses(const char *host, struct addresses *addresses,
                                  struct sockets_error *error)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    if (strcmp(host, "localhost") != 0)
        hints.ai_flags |= AI_NUMERICHOST;
    int code = resolve(host, NULL, &hints, &found);
    if (code != 0) {
        snprintf(error->text, sizeof error->text, "%s: not an address to listen on (%s)", host,
                 gai_strerror(code));
        return RESULT_SYSTEM;
    }
    for (struct addrinfo *at = found; at && addresses->count < SOCKETS_MAX; at = at->ai_next) {
        if (is_known(addresses, at))
            continue;
        memcpy(&addresses->list[addresses->count], at->ai_addr, at->ai_addrlen);
        addresses->lens[addresses->count] = at->ai_addrlen;
        addresses->names[addresses->count++] = host;
    }
    freeaddrinfo(found);
    return RESULT_OK;
}

static void set_port(struct sockaddr_storage *address, uint16_t port)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
}

static uint16_t get_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {.sin6_family = AF_UNSPEC}};
    socklen_t len = sizeof address;
    if (getsockname(fd, &address.any, &len))
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

/* -1 with errno: it failed. */
static int open_one(struct sockaddr_storage *address, socklen_t len, uint16_t port)
{
    int on = 1;
    set_port(address, port);
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (address->ss_family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
        bind(fd, (struct sockaddr *)address, len) == 0 && listen(fd, SOCKETS_BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static bool is_missing_ipv6(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
}

/* One try, beginning with address `first`. 1: all are open; 0: the port is in use on one of them,
 * try again; -1: it failed, with *error set. */
static int open_all(struct addresses *addresses, size_t first, uint16_t port, bool optional_ipv6,
                    struct sockets *sockets, struct sockets_error *error)
{
    *sockets = (struct sockets){.port = port};
    for (size_t i = 0; i < addresses->count; i++) {
        size_t at = (first + i) % addresses->count;
        int fd = open_one(&addresses->list[at], addresses->lens[at], sockets->port);
        if (fd >= 0) {
            sockets->fds[sockets->count++] = fd;
            sockets->port = get_port(fd);
            continue;
        }
        if (optional_ipv6 && is_missing_ipv6(&addresses->list[at])) {
            log_event(LOG_WARN, "no-ipv6", "host", addresses->names[at]);
            continue;
        }
        snprintf(error->text, sizeof error->text, "cannot listen on %s port %d: %s",
                 addresses->names[at], (int)sockets->port,
                 errno == EADDRINUSE ? "the port is in use" : strerror(errno));
        error->in_use = errno == EADDRINUSE;
        bool again = error->in_use && port == 0;
        sockets_close(sockets);
        return again ? 0 : -1;
    }
    return sockets->count > 0 ? 1 : -1;
}

enum result sockets_open(const char *const *hosts, size_t host_count, uint16_t port,
                         bool optional_ipv6, struct sockets *sockets, struct sockets_error *error)
{
    struct addresses addresses = {.count = 0};
    snprintf(error->text, sizeof error->text, "no address to listen on");
    for (size_t i = 0; i < host_count; i++)
        if (find_addresses(hosts[i], &addresses, error))
            return RESULT_SYSTEM;
    int opened = 0;
    for (size_t attempt = 0; addresses.count > 0 && opened == 0 && attempt < SOCKETS_TRIES;
         attempt++)
        opened =
            open_all(&addresses, attempt % addresses.count, port, optional_ipv6, sockets, error);
    return opened > 0 ? RESULT_OK : RESULT_SYSTEM;
}

void sockets_close(struct sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++)
        close(sockets->fds[i]);
    sockets->count = 0;
}
