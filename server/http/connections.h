/* All connections: their deadlines, and whether anybody is left at the other end. */
#ifndef HTTP_CONNECTIONS_H
#define HTTP_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "http/deadlines.h"

struct exchange;

/* The deadline comes first: a list's entry is the connection. */
struct connection {
    struct deadline deadline;
    struct connection *previous, *next;
    int fd;                    /* borrowed from libmicrohttpd, which closes it */
    void *session;             /* of GnuTLS, borrowed too; NULL: plain HTTP */
    struct exchange *exchange; /* the request under way; NULL between requests */
    bool is_gone;              /* the peer sends nothing more: it is on the list of those */
    struct connection *next_gone;
};

struct connections {
    int epoll; /* the loop's, for the ends of peers */
    struct connection *first;
    struct connection *gone;
    struct deadline_list fresh, request,
        idle; /* before the first request line; until the reply; between */
    struct connection **by_fd;
    size_t by_fd_room;
};

/* NULL: out of memory. The connection begins on the list `fresh`. `session` is of GnuTLS, NULL for
 * plain HTTP. */
struct connection *connections_add(struct connections *connections, int fd, void *session,
                                   int64_t now_ms);

void connections_remove(struct connections *connections, struct connection *connection);

/* Tells it of a descriptor that epoll reported: if it is a connection's, its peer has closed its
 * side. */
void connections_notice(struct connections *connections, int fd);

/* Cuts those whose peer has closed its side and has no whole request under way: libmicrohttpd
 * 0.9.75 waits for the rest, or for the next. Called after everything that came was read. A client
 * that waits for its reply with its own side closed is left alone until it has it. */
void connections_cut_gone(struct connections *connections);

/* Cuts those whose time is over. */
void connections_expire(struct connections *connections, int64_t now_ms);

/* When the next deadline is due, INT64_MAX: never. */
int64_t connections_next_ms(const struct connections *connections);

/* When the server stops, nobody waits for a client that asks nothing. */
void connection_let_go_if_idle(const struct connection *connection);

void connections_close(struct connections *connections);

#endif
