/* The wire: connections, requests and replies. listener.c is the only file that knows
 * libmicrohttpd. */
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
    struct sockets *tls_sockets;     /* for HTTPS, likewise; NULL: none */
    const struct identity *identity; /* of HTTPS; borrowed */
    struct journal *journal;
    struct metrics *metrics;
    size_t max_body;        /* bytes */
    size_t max_connections; /* in total */
    int64_t idle_ms;        /* how long a connection may be idle between requests */
    int64_t request_ms;     /* how long a request may take to arrive, and a reply to be taken */
};

enum result listener_new(const struct listener_options *options,
                         struct listener **listener) MUST_CHECK;

/* Every held or delayed request is let go unanswered, every connection closed. */
void listener_free(struct listener *listener);

/* Adds what it waits for to the epoll set: descriptors for reading, without meaning for the caller.
 */
enum result listener_watch(struct listener *listener, int epoll) MUST_CHECK;

/* Tells it of a descriptor that epoll reported. */
void listener_notice(struct listener *listener, int fd);

/* Accepts, reads, serves and sends. Writes of operations are left in the store's open tick. */
void listener_run(struct listener *listener);

/* Lets every held reply go after the tick's commit; where that failed each becomes a 500. */
void listener_release(struct listener *listener, bool committed);

/* Runs the exclusive operations; no tick may be open. */
void listener_perform_exclusive(struct listener *listener);

/* Cuts connections whose time is over and wakes requests whose delay is. */
void listener_expire(struct listener *listener, int64_t now_ms);

/* How long nothing has to be done, in milliseconds; -1: for ever. */
int listener_wait_ms(struct listener *listener, int64_t now_ms);

/* Whether the next round should follow at once. */
bool listener_is_busy(const struct listener *listener);

/* No new connections, idle ones are closed, delayed calls go on; replies close their connection. */
void listener_stop(struct listener *listener);

/* Of libmicrohttpd, as it runs; static. */
const char *listener_version(void);

size_t listener_connections(const struct listener *listener);

#endif
