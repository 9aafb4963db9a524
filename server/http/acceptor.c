#include "http/acceptor.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "base/log.h"

enum {
    ACCEPTOR_BURST = 256,    /* connections accepted from one socket in one round */
    ACCEPTOR_RETRY_MS = 100, /* pause after accept failed for lack of descriptors or memory */
};

static bool watch(int epoll, int fd, int how)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(epoll, how, fd, &event) == 0;
}

static void set_paused(struct acceptor *acceptor, bool paused)
{
    if (paused == acceptor->paused)
        return;
    acceptor->paused = paused;
    for (size_t i = 0; i < acceptor->sockets->count; i++)
        watch(acceptor->epoll, acceptor->sockets->fds[i], paused ? EPOLL_CTL_DEL : EPOLL_CTL_ADD);
}

bool acceptor_watch(struct acceptor *acceptor, int epoll, int fd)
{
    acceptor->epoll = epoll;
    acceptor->paused = true;
    set_paused(acceptor, false);
    return watch(epoll, fd, EPOLL_CTL_ADD);
}

/* Returns the remaining room; sets *failed if there was no descriptor or memory for a connection.
 */
static size_t accept_from(int fd, const struct acceptor_target *target, size_t room, bool *failed)
{
    for (int i = 0; i < ACCEPTOR_BURST && room > 0; i++) {
        struct sockaddr_storage address;
        socklen_t len = sizeof address;
        int client = accept4(fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0) {
            /* For a reply that libmicrohttpd has sent and the client does not acknowledge. */
            setsockopt(client, IPPROTO_TCP, TCP_USER_TIMEOUT, &target->send_timeout_ms,
                       sizeof target->send_timeout_ms);
            target->add(target->context, client, (struct sockaddr *)&address, len);
            room--;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            *failed = *failed || errno != EAGAIN;
            break;
        }
    }
    return room;
}

void acceptor_notice(struct acceptor *acceptor, int fd)
{
    for (size_t i = 0; i < acceptor->sockets->count; i++)
        acceptor->readable = acceptor->readable || acceptor->sockets->fds[i] == fd;
}

void acceptor_run(struct acceptor *acceptor, const struct acceptor_target *target, int64_t now_ms)
{
    size_t room = target->room;
    bool failed = false;
    if (acceptor->paused_until_ms > now_ms || (!acceptor->readable && !acceptor->paused))
        return;
    acceptor->readable = false;
    acceptor->paused_until_ms = 0;
    for (size_t i = 0; i < acceptor->sockets->count; i++)
        room = accept_from(acceptor->sockets->fds[i], target, room, &failed);
    if (failed) {
        log_event(LOG_WARN, "accept-failed", "error", strerror(errno));
        acceptor->paused_until_ms = now_ms + ACCEPTOR_RETRY_MS;
    }
    set_paused(acceptor, failed || room == 0);
}

int64_t acceptor_next_ms(const struct acceptor *acceptor)
{
    return acceptor->paused_until_ms ? acceptor->paused_until_ms : INT64_MAX;
}

void acceptor_stop(struct acceptor *acceptor)
{
    set_paused(acceptor, true);
    acceptor->paused_until_ms = 0;
    for (size_t i = 0; i < acceptor->sockets->count; i++)
        shutdown(acceptor->sockets->fds[i], SHUT_RDWR); /* otherwise its backlog still fills */
    sockets_close(acceptor->sockets);
}
