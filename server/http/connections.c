#include "http/connections.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "process/tls_session.h"
#include "http/exchange.h"

/* If this fails the connection still works, but a close by its peer is noticed later. */
static void remember_fd(struct connections *connections, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.fd = connection->fd};
    size_t fd = (size_t)connection->fd;
    if (fd >= connections->by_fd_room) {
        size_t room = fd * 2 + 64;
        struct connection **by_fd = realloc(connections->by_fd, room * sizeof *by_fd);
        if (!by_fd)
            return;
        for (size_t i = connections->by_fd_room; i < room; i++)
            by_fd[i] = NULL;
        connections->by_fd = by_fd;
        connections->by_fd_room = room;
    }
    if (epoll_ctl(connections->epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0)
        connections->by_fd[fd] = connection;
}

struct connection *connections_add(struct connections *connections, int fd, void *session,
                                   int64_t now_ms)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->session = session;
    tls_session_begin(session);
    connection->next = connections->first;
    if (connection->next)
        connection->next->previous = connection;
    connections->first = connection;
    deadline_start(&connections->fresh, &connection->deadline, now_ms);
    remember_fd(connections, connection);
    return connection;
}

static void forget_gone(struct connections *connections, struct connection *connection)
{
    struct connection **at = &connections->gone;
    while (*at && *at != connection)
        at = &(*at)->next_gone;
    if (*at)
        *at = connection->next_gone;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
    deadline_stop(&connection->deadline);
    if (connection->is_gone)
        forget_gone(connections, connection);
    if ((size_t)connection->fd < connections->by_fd_room &&
        connections->by_fd[connection->fd] == connection)
        connections->by_fd[connection->fd] = NULL;
    *(connection->previous ? &connection->previous->next : &connections->first) = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    free(connection);
}

void connections_notice(struct connections *connections, int fd)
{
    struct connection *connection =
        (size_t)fd < connections->by_fd_room ? connections->by_fd[fd] : NULL;
    if (!connection)
        return;
    connection->has_news = true;
    if (connection->is_gone)
        return;
    connection->is_gone = true;
    connection->next_gone = connections->gone;
    connections->gone = connection;
}

static bool has_unread(const struct connection *connection)
{
    int unread = 0;
    return ioctl(connection->fd, FIONREAD, &unread) != 0 || unread > 0 ||
           tls_session_has_unread(connection->session);
}

static void probe(const struct connection *connection)
{
    struct slice interim = SLICE("HTTP/1.1 100 Continue\r\n\r\n");
    if (connection->session)
        tls_session_send(connection->session, interim);
    else
        (void)!send(connection->fd, interim.data, interim.len, MSG_NOSIGNAL);
}

/* Whether the peer no longer reads either; only for a call that is delayed. */
static bool has_left(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    struct pollfd end = {.fd = connection->fd};
    if (exchange->is_probed && !connection->has_news)
        return false;
    connection->has_news = false;
    if (poll(&end, 1, 0) > 0 && end.revents & (POLLHUP | POLLERR))
        return true;
    if (!exchange->is_probed && exchange->takes_interim)
        probe(connection);
    exchange->is_probed = true;
    return false;
}

void connections_shut_down_gone(struct connections *connections,
                                void (*leave)(void *context, struct exchange *exchange),
                                void *context)
{
    struct connection **at = &connections->gone;
    while (*at) {
        struct connection *connection = *at;
        struct exchange *exchange = connection->exchange;
        if (exchange && (exchange->state == EXCHANGE_STREAM ||
                         (exchange->state == EXCHANGE_DELAYED && has_left(connection))))
            leave(context, exchange);
        bool is_answered = exchange && exchange->state > EXCHANGE_BODY;
        if (is_answered || has_unread(connection)) {
            at = &connection->next_gone; /* checked again in the next round */
            continue;
        }
        *at = connection->next_gone;
        connection->is_gone = false;
        shutdown(connection->fd, SHUT_RDWR);
    }
}

/* libmicrohttpd owns the descriptor: it sees the end of file and closes it. */
static void shut_down_expired(struct deadline_list *list, int64_t now_ms)
{
    while (deadline_next_ms(list) <= now_ms) {
        struct connection *expired = (struct connection *)(void *)list->first;
        deadline_stop(&expired->deadline);
        shutdown(expired->fd, SHUT_RDWR);
    }
}

void connections_expire(struct connections *connections, int64_t now_ms)
{
    shut_down_expired(&connections->fresh, now_ms);
    shut_down_expired(&connections->request, now_ms);
    shut_down_expired(&connections->idle, now_ms);
}

int64_t connections_next_ms(const struct connections *connections)
{
    const struct deadline_list *lists[] = {&connections->fresh, &connections->request,
                                           &connections->idle};
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        next = deadline_earlier(next, deadline_next_ms(lists[i]));
    return next;
}

void connection_shut_down_if_idle(const struct connection *connection)
{
    if (!connection->exchange && !has_unread(connection))
        shutdown(connection->fd, SHUT_RDWR);
}

void connections_close(struct connections *connections)
{
    free(connections->by_fd);
    connections->by_fd = NULL;
    connections->by_fd_room = 0;
    tls_session_forget_key();
}
