/* The HTTP server: connections, requests and replies, with libmicrohttpd. */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include <stdint.h>

#include "process/certificate.h"
#include "gate/gate.h"
#include "http/sockets.h"
#include "store/store.h"

struct listener;

struct listener_options {
    struct gate *gate;
    struct store *store;
    struct sockets *sockets;         /* borrowed; closed by listener_stop */
    struct sockets *tls_sockets;     /* the same for HTTPS; NULL: none */
    const struct identity *identity; /* for HTTPS; borrowed */
    struct journal *journal;
    struct metrics *metrics;
    struct events *events;
    size_t max_body;        /* bytes */
    size_t max_connections; /* in total */
    int64_t idle_ms;        /* how long a connection may be idle between requests */
    int64_t request_ms;     /* how long receiving a request or sending a reply may take */
};

enum result listener_new(const struct listener_options *options,
                         struct listener **listener) MUST_CHECK;

/* Closes every connection; held and delayed requests get no reply. */
void listener_free(struct listener *listener);

/* Adds its descriptors to the epoll set. */
enum result listener_watch(struct listener *listener, int epoll) MUST_CHECK;

/* To be called for each descriptor that epoll reports, but the caller's own. */
void listener_notice(struct listener *listener, int fd);

/* Accepts, reads, handles requests and sends. The caller commits what they have written. */
void listener_run(struct listener *listener);

/* Tells the open streams of events what has changed; no tick may be open. */
void listener_tell(struct listener *listener);

/* Releases every held reply after the tick's commit; if that failed, each becomes a 500. */
void listener_release(struct listener *listener, bool committed);

/* Runs the exclusive operations; no transaction may be open. */
void listener_perform_exclusive(struct listener *listener);

/* Shuts down connections whose deadline has passed, and resumes requests whose delay is over. */
void listener_expire(struct listener *listener, int64_t now_ms);

/* Milliseconds until the next timer; -1: none. */
int listener_wait_ms(struct listener *listener, int64_t now_ms);

/* Whether listener_run must be called again at once. */
bool listener_is_busy(const struct listener *listener);

/* Closes the listening sockets and idle connections. Delays end at once, and every reply closes its
 * connection. */
void listener_stop(struct listener *listener);

/* The version of libmicrohttpd at run time; static. */
const char *listener_version(void);

size_t listener_connections(const struct listener *listener);

#endif
