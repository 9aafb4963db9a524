/* Accepts connections up to the limit. */
#ifndef HTTP_ACCEPTOR_H
#define HTTP_ACCEPTOR_H

#include <sys/socket.h>

#include "http/sockets.h"

struct acceptor {
    struct sockets *sockets; /* borrowed */
    int epoll;               /* the loop's */
    bool readable;           /* epoll has reported a listening socket */
    bool paused;             /* the listening sockets are not in the epoll set */
    int64_t paused_until_ms; /* monotonic; 0: until there is room */
};

/* How many connections to accept, and the function that takes ownership of them. */
struct acceptor_target {
    size_t room;
    unsigned send_timeout_ms; /* TCP_USER_TIMEOUT */
    void (*add)(void *context, int fd, const struct sockaddr *address, socklen_t len);
    void *context;
};

/* Adds the sockets and `fd` to the loop's epoll set. False if `fd` cannot be added. */
bool acceptor_watch(struct acceptor *acceptor, int epoll, int fd);

/* To be called for each descriptor that epoll reports; ignores those of others. */
void acceptor_notice(struct acceptor *acceptor, int fd);

/* Accepts connections from the backlog. Pauses when there is no room: the kernel then keeps them in
 * the backlog. */
void acceptor_run(struct acceptor *acceptor, const struct acceptor_target *target, int64_t now_ms);

/* When to run it although no socket is readable; INT64_MAX: never. */
int64_t acceptor_next_ms(const struct acceptor *acceptor);

/* Closes the listening sockets. */
void acceptor_stop(struct acceptor *acceptor);

#endif
