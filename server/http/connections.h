/* All connections: their deadlines, and whether their peers have closed. */
#ifndef HTTP_CONNECTIONS_H
#define HTTP_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "http/deadlines.h"

struct exchange;

/* `deadline` must be first: a pointer to it is cast to a pointer to the connection. */
struct connection {
    struct deadline deadline;
    struct connection *previous, *next;
    int fd;                    /* borrowed from libmicrohttpd, which closes it */
    void *session;             /* the GnuTLS session, borrowed; NULL: plain HTTP */
    struct exchange *exchange; /* the current request; NULL between requests */
    bool is_gone;              /* the peer has closed its side; on the list `gone` */
    bool has_news;             /* epoll has reported it since it was last looked at */
    struct connection *next_gone;
};

struct connections {
    int epoll; /* the loop's; reports when a peer closes its side */
    struct connection *first;
    struct connection *gone;
    struct deadline_list fresh;   /* before the first request line */
    struct deadline_list request; /* while a request is received or a reply sent */
    struct deadline_list idle;    /* between requests */
    struct connection **by_fd;
    size_t by_fd_room;
};

/* NULL: out of memory. The connection begins on the list `fresh`. `session`: see above. */
struct connection *connections_add(struct connections *connections, int fd, void *session,
                                   int64_t now_ms);

void connections_remove(struct connections *connections, struct connection *connection);

/* To be called for each descriptor that epoll reports: if it is a connection, its peer has closed
 * its side. */
void connections_notice(struct connections *connections, int fd);

/* Shuts down the connections whose peer has closed its side, unless it waits for a reply:
 * libmicrohttpd 0.9.75 would wait for more data. Call it after all received data was read.
 *
 * A peer that has closed its side may still read, or may have closed the connection: TCP tells the
 * difference only when something is sent. During the delay of a call it gets an interim reply (100
 * Continue, which clients ignore where they do not expect it): if that is answered with a reset, or
 * the connection was reset before, `leave` is called with the exchange, which must then end its
 * delay. HTTP/1.0 has no interim replies. It is called too, in each round, for a stream of events:
 * whoever closes its side of that has left. */
void connections_shut_down_gone(struct connections *connections,
                                void (*leave)(void *context, struct exchange *exchange),
                                void *context);

/* Shuts down the connections whose deadline has passed. */
void connections_expire(struct connections *connections, int64_t now_ms);

/* The next deadline; INT64_MAX: none. */
int64_t connections_next_ms(const struct connections *connections);

/* Shuts it down if no request is being received or answered; for the stop of the server. */
void connection_shut_down_if_idle(const struct connection *connection);

void connections_close(struct connections *connections);

#endif
