/* Accepting connections, as long as there is room for them. */
#ifndef HTTP_ACCEPTOR_H
#define HTTP_ACCEPTOR_H

#include <sys/socket.h>

#include "http/sockets.h"

struct acceptor {
    struct sockets *sockets; /* borrowed */
    int epoll;               /* the loop's */
    bool readable;           /* a client waits in the backlog */
    bool paused;             /* the listening sockets are out of the epoll set */
    int64_t paused_until_ms; /* monotonic; 0: until there is room */
};

/* Room for more connections, and where they go: the descriptor is given away. */
struct acceptor_target {
    size_t room;
    unsigned take_ms; /* how long a client may take what is sent to it */
    void (*add)(void *context, int fd, const struct sockaddr *address, socklen_t len);
    void *context;
};

/* Puts the sockets and `fd` into the loop's epoll set; false: it was refused. */
bool acceptor_watch(struct acceptor *acceptor, int epoll, int fd);

/* Tells it of a descriptor that epoll reported; others than its own do not matter. */
void acceptor_notice(struct acceptor *acceptor, int fd);

/* Takes what waits in the backlog. Without room it pauses: the kernel keeps the clients until
 * there is. */
void acceptor_run(struct acceptor *acceptor, const struct acceptor_target *target, int64_t now_ms);

/* When it must run though no socket is readable; INT64_MAX: never. */
int64_t acceptor_next_ms(const struct acceptor *acceptor);

/* Refuses everybody from now on. */
void acceptor_stop(struct acceptor *acceptor);

#endif
