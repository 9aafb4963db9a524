#include "http/listener.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "http/acceptor.h"
#include "http/connections.h"
#include "http/framing.h"
#include "http/reply.h"
#include "http/responses.h"
#include "http/schedule.h"
#include "http/streams.h"
#include "http/wire.h"

enum {
    LISTENER_MEMORY = 32 << 10, /* of a connection, for all of a head; cleared at every request */
};

/* One for HTTP and one for HTTPS. */
struct endpoint {
    struct listener *listener;
    struct MHD_Daemon *daemon;
    struct acceptor acceptor;
};

/* No current SDK needs a version older than TLS 1.2. */
#define LISTENER_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct listener {
    struct listener_options options;
    struct endpoint endpoints[2];
    size_t endpoint_count;
    size_t first_endpoint; /* accepts first in the next round */
    bool busy;             /* another round is needed at once */
    bool stopping;
    struct connections connections;
    size_t connection_count; /* including those without memory for a struct connection */
    struct schedule schedule;
    struct streams streams;
    struct exchange_pool pool;
    struct responses responses;
};

static void end_exchange(struct listener *listener, struct exchange *exchange)
{
    streams_forget(&listener->streams, exchange);
    responses_give(&listener->responses, exchange);
    exchange_give(&listener->pool, exchange);
}

static void resume(struct listener *listener, struct exchange *exchange)
{
    wire_resume(exchange, &listener->connections.request);
    listener->busy = true;
}

/* `raw` is the target of the request line, with percent-escapes and query. */
static void *on_request_line(void *context, const char *raw, struct MHD_Connection *wire)
{
    struct listener *listener = context;
    struct connection *connection =
        MHD_get_connection_info(wire, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct exchange *exchange =
        exchange_take(&listener->pool, slice_of(raw), listener->options.max_body);
    if (!connection || !exchange) {
        exchange_give(&listener->pool, exchange);
        return NULL;
    }
    connection->exchange = exchange;
    exchange->connection = connection;
    exchange->wire = wire;
    exchange->started_us = clock_monotonic_us();
    deadline_start(&listener->connections.request, &connection->deadline,
                   exchange->started_us / 1000);
    if (framing_exhausts(raw, LISTENER_MEMORY))
        shutdown(connection->fd, SHUT_RDWR);
    return exchange;
}

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    struct exchange *exchange = context;
    struct header *headers = (struct header *)(void *)(uintptr_t)exchange->request.headers;
    (void)kind;
    struct header *header = &headers[exchange->request.header_count++];
    *header = (struct header){{name, name_len}, {value ? value : "", value ? value_len : 0}};
    framing_trim(header);
    return MHD_YES;
}

static bool read_head(struct exchange *exchange, const char *method)
{
    int count = MHD_get_connection_values_n(exchange->wire, MHD_HEADER_KIND, NULL, NULL);
    struct request *request = &exchange->request;
    struct header *headers =
        arena_alloc(&exchange->arena, (size_t)(count > 0 ? count : 0) * sizeof *headers);
    const char *copy = arena_copy(&exchange->arena, slice_of(method));
    request->headers = headers;
    request->method = slice_of(copy);
    if (!headers || !copy || !request->raw_target.data)
        return false;
    MHD_get_connection_values_n(exchange->wire, MHD_HEADER_KIND, add_header, exchange);
    return true;
}

static enum MHD_Result send_reply(struct listener *listener, struct exchange *exchange)
{
    struct reply *reply = &exchange->call.reply;
    struct reply_ids ids;
    exchange->state = EXCHANGE_SENT;
    MHD_set_connection_option(exchange->wire, MHD_CONNECTION_OPTION_TIMEOUT, 0);
    reply_tell(exchange, listener->options.journal, listener->options.metrics, &ids);
    if (exchange->call.drop)
        return MHD_NO;
    reply->close = reply->close || exchange->has_trailers || listener->stopping;
    bool queued = reply->is_stream
                      ? wire_queue(exchange, streams_open(&listener->streams, exchange, &ids))
                      : responses_queue(&listener->responses, exchange, &ids);
    return queued ? MHD_YES : MHD_NO;
}

/* Sends the reply if it is ready, else suspends the connection. */
static enum MHD_Result answer(struct listener *listener, struct exchange *exchange)
{
    if (exchange->state == EXCHANGE_READY)
        return send_reply(listener, exchange);
    wire_suspend(exchange);
    return MHD_YES;
}

static enum MHD_Result enter(struct listener *listener, struct exchange *exchange)
{
    if (schedule_enter(&listener->schedule, exchange, listener->stopping))
        return MHD_NO;
    return answer(listener, exchange);
}

/* `method` is the start of the head in libmicrohttpd's memory. */
static bool hides_lines(struct exchange *exchange, const char *method)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->wire, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return strcmp(MHD_get_version(), "0.9.77") < 0 && info &&
           framing_hides_lines(&exchange->request, method + info->header_size);
}

/* Only errors are answered here, since a reply before the body closes the connection. */
static enum MHD_Result on_head(struct listener *listener, struct exchange *exchange,
                               const char *method, const char *version)
{
    struct request *request = &exchange->request;
    exchange->state = EXCHANGE_BODY;
    exchange->takes_interim = slice_equal(slice_of(version), SLICE("HTTP/1.1"));
    if (!read_head(exchange, method)) {
        exchange->call.reply = reply_internal_error(exchange->request.target.is_control);
        return send_reply(listener, exchange);
    }
    request->framing_error = framing_check(request, slice_of(version));
    if (!request->framing_error && hides_lines(exchange, method))
        request->framing_error = "a folded line, an empty name or a NUL in the headers";
    request->body_too_large = framing_is_hopeless(request);
    if (request->framing_error || request->body_too_large ||
        (framing_expects_continue(request) && gate_refuses(listener->options.gate, request)))
        return enter(listener, exchange);
    return MHD_YES;
}

/* A reply before the body would close the connection and could reach the client as a reset: what is
 * refused by its head is answered at the end too, but its body is not kept. */
static enum MHD_Result on_body(struct listener *listener, struct exchange *exchange,
                               const char *data, size_t *len)
{
    size_t received = *len;
    if (exchange->received == 0 && gate_refuses(listener->options.gate, &exchange->request))
        exchange_discard(&listener->pool, exchange);
    *len = 0;
    return exchange_receive(&listener->pool, exchange, data, received) ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_end(struct listener *listener, struct exchange *exchange)
{
    /* An empty name ends them too early for libmicrohttpd before 0.9.77. */
    exchange->has_trailers =
        MHD_get_connection_values_n(exchange->wire, MHD_FOOTER_KIND, NULL, NULL) > 0;
    exchange->request.body_too_large = exchange->received > exchange->request.max_body;
    if (exchange->body.failed == RESULT_NO_MEMORY) {
        exchange->call.reply = reply_internal_error(exchange->request.target.is_control);
        return send_reply(listener, exchange);
    }
    return enter(listener, exchange);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *wire, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *len, void **state)
{
    struct listener *listener = context;
    struct exchange *exchange = *state;
    (void)wire;
    (void)url;
    if (!exchange)
        return MHD_NO; /* on_request_line was out of memory */
    switch (exchange->state) {
    case EXCHANGE_NEW:
        return on_head(listener, exchange, method, version);
    case EXCHANGE_BODY:
        return *len == 0 ? on_end(listener, exchange) : on_body(listener, exchange, data, len);
    case EXCHANGE_DUE:
        schedule_perform(&listener->schedule, exchange);
        return answer(listener, exchange);
    case EXCHANGE_READY:
        return send_reply(listener, exchange);
    case EXCHANGE_HELD:
    case EXCHANGE_EXCLUSIVE:
    case EXCHANGE_DELAYED:
    case EXCHANGE_SENT:
    case EXCHANGE_STREAM:
        break;
    }
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *wire, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct listener *listener = context;
    struct exchange *exchange = *state;
    (void)wire;
    (void)code;
    if (!exchange)
        return;
    struct connection *connection = exchange->connection;
    struct reply_ids ids;
    /* Carried out, but the client had left before the reply. */
    if (exchange->state == EXCHANGE_READY && exchange->call.answered)
        reply_tell(exchange, listener->options.journal, listener->options.metrics, &ids);
    connection->exchange = NULL;
    deadline_start(&listener->connections.idle, &connection->deadline, clock_monotonic_ms());
    end_exchange(listener, exchange);
    *state = NULL;
    if (listener->stopping)
        connection_shut_down_if_idle(connection);
}

static void on_connection(void *context, struct MHD_Connection *wire, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = context;
    struct connection *connection = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        int fd = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        const union MHD_ConnectionInfo *tls =
            MHD_get_connection_info(wire, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        listener->options.metrics->connections = ++listener->connection_count;
        /* If out of memory, on_request_line rejects its requests. */
        *socket_context = connections_add(&listener->connections, fd, tls ? tls->tls_session : NULL,
                                          clock_monotonic_ms());
        return;
    }
    listener->options.metrics->connections = --listener->connection_count;
    listener->busy = true; /* there is room for a connection from the backlog */
    if (!connection)
        return;
    /* After a query that exhausts its memory, libmicrohttpd does not call on_completed. */
    if (connection->exchange)
        end_exchange(listener, connection->exchange);
    connections_remove(&listener->connections, connection);
}

/* target.c decodes percent-escapes, from the raw target. */
static size_t keep_escapes(void *context, struct MHD_Connection *wire, char *text)
{
    (void)context;
    (void)wire;
    return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct listener *listener, const struct identity *identity)
{
    unsigned flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_NO_LISTEN_SOCKET;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_library, listener}, /* must come first */
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)listener->options.max_connections, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, LISTENER_MEMORY, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, listener},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, listener},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request_line, listener},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, listener},
        {identity ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, 0, identity ? identity->key : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, identity ? identity->certificate : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)LISTENER_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    if (identity)
        flags |= MHD_USE_TLS;
#if MHD_VERSION >= 0x00097707
    /* Without it an added connection is counted one round later. */
    flags |= MHD_USE_NO_THREAD_SAFETY;
#endif
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, listener, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

static bool open_endpoint(struct listener *listener, struct sockets *sockets,
                          const struct identity *identity)
{
    struct endpoint *endpoint = &listener->endpoints[listener->endpoint_count];
    *endpoint = (struct endpoint){.listener = listener,
                                  .daemon = start_daemon(listener, identity),
                                  .acceptor.sockets = sockets};
    listener->endpoint_count += endpoint->daemon != NULL;
    return endpoint->daemon != NULL;
}

enum result listener_new(const struct listener_options *options, struct listener **out)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return RESULT_NO_MEMORY;
    listener->options = *options;
    listener->streams =
        (struct streams){.events = options->events, .deadlines = &listener->connections.request};
    listener->schedule = (struct schedule){.gate = options->gate, .store = options->store};
    listener->connections.fresh.timeout_ms = options->request_ms;
    listener->connections.request.timeout_ms = options->request_ms;
    listener->connections.idle.timeout_ms = options->idle_ms;
    if (!open_endpoint(listener, options->sockets, NULL) ||
        (options->tls_sockets &&
         !open_endpoint(listener, options->tls_sockets, options->identity))) {
        listener_free(listener);
        return RESULT_SYSTEM;
    }
    *out = listener;
    return RESULT_OK;
}

void listener_free(struct listener *listener)
{
    if (!listener)
        return;
    struct exchange *exchange;
    while ((exchange = schedule_take_any(&listener->schedule)))
        MHD_resume_connection(exchange->wire);
    listener->streams.ending = true;
    streams_wake(&listener->streams);
    for (size_t i = 0; i < listener->endpoint_count; i++) /* aborts if one is still suspended */
        MHD_stop_daemon(listener->endpoints[i].daemon);
    delays_close(&listener->schedule.delays);
    connections_close(&listener->connections);
    exchange_pool_close(&listener->pool);
    responses_close(&listener->responses);
    free(listener);
}

enum result listener_watch(struct listener *listener, int epoll)
{
    listener->connections.epoll = epoll;
    for (size_t i = 0; i < listener->endpoint_count; i++) {
        struct endpoint *endpoint = &listener->endpoints[i];
        const union MHD_DaemonInfo *info =
            MHD_get_daemon_info(endpoint->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        if (!info || !acceptor_watch(&endpoint->acceptor, epoll, info->epoll_fd))
            return RESULT_SYSTEM;
    }
    return RESULT_OK;
}

static void add_connection(void *context, int fd, const struct sockaddr *address, socklen_t len)
{
    struct endpoint *endpoint = context;
    MHD_add_connection(endpoint->daemon, fd, address, len); /* closes `fd` if it fails */
}

void listener_notice(struct listener *listener, int fd)
{
    for (size_t i = 0; i < listener->endpoint_count; i++)
        acceptor_notice(&listener->endpoints[i].acceptor, fd);
    connections_notice(&listener->connections, fd);
}

/* The endpoints take turns, so that each gets connections when only one at a time is free. */
static void accept_clients(struct listener *listener)
{
    size_t before = listener->connection_count, first = listener->first_endpoint;
    for (size_t i = 0; i < listener->endpoint_count; i++) {
        struct endpoint *endpoint = &listener->endpoints[(first + i) % listener->endpoint_count];
        struct acceptor_target target = {
            listener->options.max_connections - listener->connection_count,
            (unsigned)listener->options.request_ms, add_connection, endpoint};
        acceptor_run(&endpoint->acceptor, &target, clock_monotonic_ms());
    }
    if (listener->connection_count != before)
        listener->first_endpoint = (first + 1) % listener->endpoint_count;
}

/* The client of a delayed call has left: its call is performed now, to free its place. Or that of a
 * stream, which ends. */
static void leave(void *context, struct exchange *exchange)
{
    struct listener *listener = context;
    if (exchange->state == EXCHANGE_STREAM) {
        streams_end(&listener->streams, exchange);
        listener->busy = true;
        return;
    }
    schedule_end_delay(&listener->schedule, exchange);
    if (exchange->state == EXCHANGE_READY)
        resume(listener, exchange);
}

void listener_run(struct listener *listener)
{
    listener->busy = false;
    if (!listener->stopping)
        accept_clients(listener);
    for (size_t i = 0; i < listener->endpoint_count; i++)
        MHD_run(listener->endpoints[i].daemon);
    connections_shut_down_gone(&listener->connections, leave, listener);
}

void listener_tell(struct listener *listener)
{
    listener->busy = streams_wake(&listener->streams) || listener->busy;
}

void listener_release(struct listener *listener, bool committed)
{
    struct exchange *exchange;
    while ((exchange = schedule_take_held(&listener->schedule, committed)))
        resume(listener, exchange);
}

void listener_perform_exclusive(struct listener *listener)
{
    struct exchange *exchange;
    while ((exchange = schedule_take_exclusive(&listener->schedule)))
        resume(listener, exchange);
}

void listener_expire(struct listener *listener, int64_t now_ms)
{
    struct exchange *exchange;
    connections_expire(&listener->connections, now_ms);
    while ((exchange =
                schedule_take_due(&listener->schedule, listener->stopping ? INT64_MAX : now_ms)))
        resume(listener, exchange);
}

bool listener_is_busy(const struct listener *listener)
{
    return listener->busy || schedule_is_busy(&listener->schedule);
}

int listener_wait_ms(struct listener *listener, int64_t now_ms)
{
    int64_t next = deadline_earlier(connections_next_ms(&listener->connections),
                                    delays_next_ms(&listener->schedule.delays));
    for (size_t i = 0; i < listener->endpoint_count; i++)
        next = deadline_earlier(next, acceptor_next_ms(&listener->endpoints[i].acceptor));
    int64_t wait = next == INT64_MAX ? INT64_MAX : next > now_ms ? next - now_ms : 0;
    for (size_t i = 0; i < listener->endpoint_count; i++) {
        MHD_UNSIGNED_LONG_LONG timeout = 0;
        if (MHD_get_timeout(listener->endpoints[i].daemon, &timeout) == MHD_YES)
            wait = deadline_earlier(wait, (int64_t)timeout);
    }
    return wait == INT64_MAX ? -1 : wait > 3600000 ? 3600000 : (int)wait;
}

void listener_stop(struct listener *listener)
{
    for (size_t i = 0; i < listener->endpoint_count; i++)
        acceptor_stop(&listener->endpoints[i].acceptor);
    listener->stopping = true;
    listener->streams.ending = true;
    listener->busy = streams_wake(&listener->streams) || listener->busy;
    for (struct connection *at = listener->connections.first; at; at = at->next)
        connection_shut_down_if_idle(at);
}

const char *listener_version(void)
{
    return MHD_get_version();
}

size_t listener_connections(const struct listener *listener)
{
    return listener->connection_count;
}
