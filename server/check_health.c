#include "check_health.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HEALTH_SECONDS = 3 };

/* An address for listening on all interfaces is reached over loopback. */
static const char *reachable(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

/* -1 with errno. */
static int open_connection(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    struct timeval limit = {.tv_sec = HEALTH_SECONDS};
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
            int kept = errno;
            close(fd);
            errno = kept;
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* Whether the first line of the answer has status 200. */
static bool ask(int fd)
{
    static const char request[] =
        "GET /_local/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[13] = "";
    size_t len = 0;
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
        return false;
    while (len < sizeof answer - 1) {
        ssize_t got = recv(fd, answer + len, sizeof answer - 1 - len, 0);
        if (got <= 0)
            return false;
        len += (size_t)got;
    }
    return strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

int check_health(const struct options *options)
{
    const char *host = reachable(options->hosts.count > 0 ? options->hosts.items[0] : "127.0.0.1");
    char port[8];
    snprintf(port, sizeof port, "%d", (int)options->port);
    int fd = open_connection(host, port);
    if (fd < 0) {
        fprintf(stderr, "amazonmq-local: cannot connect to %s port %s: %s\n", host, port,
                strerror(errno));
        return 1;
    }
    bool healthy = ask(fd);
    close(fd);
    if (!healthy)
        fprintf(stderr, "amazonmq-local: the server on %s port %s is not well\n", host, port);
    return healthy ? 0 : 1;
}
