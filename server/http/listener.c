#include "http/listener.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/acceptor.h"
#include "http/delays.h"
#include "http/exchange.h"
#include "http/framing.h"
#include "http/reply.h"
#include "http/target.h"

enum {
    LISTENER_MEMORY = 64 << 10, /* of a connection: request line, headers and query */
    LISTENER_MEMBER = 72,       /* what a member of the query takes of it */
    LISTENER_LINE_REST = 2048,  /* method, version and room to grow behind the target */
    LISTENER_DRAIN = 64 << 20,  /* of a body that is too large, so that the 413 arrives */
};

struct listener {
    struct listener_options options;
    struct MHD_Daemon *daemon;
    struct acceptor acceptor;
    bool busy; /* something changed that the next round must see */
    bool stopping;
    struct connections connections;
    size_t connection_count; /* also those that found no memory for a struct connection */
    struct delays delays;
    struct exchange *held_first, *held_last;
    struct exchange_pool pool;
};

static void hold(struct listener *listener, struct exchange *exchange, enum exchange_state state)
{
    exchange->state = state;
    /* From here on it is our time, not the client's. */
    deadline_stop(&exchange->connection->deadline);
    MHD_suspend_connection(exchange->wire);
    if (state != EXCHANGE_HELD)
        return;
    exchange->next_held = NULL;
    *(listener->held_last ? &listener->held_last->next_held : &listener->held_first) = exchange;
    listener->held_last = exchange;
}

static void resume(struct listener *listener, struct exchange *exchange, enum exchange_state state)
{
    exchange->state = state;
    deadline_start(&listener->connections.request, &exchange->connection->deadline,
                   clock_monotonic_ms());
    MHD_resume_connection(exchange->wire);
    listener->busy = true;
}

/* Whether libmicrohttpd's memory of a connection cannot hold the query: then it never answers. The
 * request line stays in a buffer of at least half of it, each member takes a record. */
static bool is_too_much(const char *target)
{
    size_t line = strlen(target) + LISTENER_LINE_REST, members = 1;
    const char *at = strchr(target, '?');
    if (!at)
        return false;
    while ((at = strchr(at + 1, '&')))
        members++;
    if (line < LISTENER_MEMORY / 2)
        line = LISTENER_MEMORY / 2;
    return line + members * LISTENER_MEMBER > LISTENER_MEMORY;
}

/* The request line has arrived: `raw` is the target, percent-escapes and query included. */
static void *on_request_line(void *context, const char *raw, struct MHD_Connection *wire)
{
    struct listener *listener = context;
    struct connection *connection =
        MHD_get_connection_info(wire, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct exchange *exchange = exchange_take(&listener->pool, listener->options.max_body);
    if (!connection || !exchange) {
        if (exchange)
            exchange_give(&listener->pool, exchange);
        return NULL;
    }
    connection->exchange = exchange;
    deadline_start(&listener->connections.request, &connection->deadline, clock_monotonic_ms());
    exchange->connection = connection;
    exchange->wire = wire;
    exchange->started_us = clock_monotonic_us();
    exchange->request.raw_target = slice_of(arena_copy(&exchange->arena, slice_of(raw)));
    if (is_too_much(raw))
        shutdown(connection->fd, SHUT_RDWR);
    return exchange;
}

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    struct exchange *exchange = context;
    struct header *headers = (struct header *)(void *)(uintptr_t)exchange->request.headers;
    (void)kind;
    headers[exchange->request.header_count++] =
        (struct header){{name, name_len}, {value ? value : "", value ? value_len : 0}};
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
    return target_parse(request->raw_target, &exchange->arena, &request->target) == RESULT_OK;
}

static struct MHD_Response *make_response(const struct reply *reply, const struct reply_ids *ids)
{
    struct reply_header headers[REPLY_ALL_HEADERS];
    size_t count = reply_headers(reply, ids, headers);
    void *body =
        (void *)(uintptr_t)(reply->body.data ? reply->body.data
                                             : ""); /* lives in the exchange, or is static */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.len, body, MHD_RESPMEM_PERSISTENT);
    for (size_t i = 0; response && i < count; i++) {
        if (MHD_add_response_header(response, headers[i].name, headers[i].value) == MHD_YES)
            continue;
        MHD_destroy_response(response);
        response = NULL;
    }
    return response;
}

static enum MHD_Result send_reply(struct listener *listener, struct exchange *exchange)
{
    struct reply *reply = &exchange->passage.reply;
    struct reply_ids ids;
    exchange->state = EXCHANGE_SENT;
    reply_draw_ids(&ids);
    reply_log(exchange, &ids);
    if (reply->drop)
        return MHD_NO;
    reply->close = reply->close || listener->stopping;
    struct MHD_Response *response = make_response(reply, &ids);
    if (!response)
        return MHD_NO;
    enum MHD_Result queued = MHD_queue_response(exchange->wire, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* Sends the reply now, or after the commit while the tick has something to commit: nobody may see a
 * write, not even by a read, that could still fail. */
static enum MHD_Result answer(struct listener *listener, struct exchange *exchange)
{
    if (!store_tick_is_open(listener->options.store))
        return send_reply(listener, exchange);
    hold(listener, exchange, EXCHANGE_HELD);
    return MHD_YES;
}

static enum MHD_Result perform(struct listener *listener, struct exchange *exchange)
{
    if (!exchange->passage.answered)
        gate_perform(listener->options.gate, &exchange->request, &exchange->passage);
    return answer(listener, exchange);
}

static enum MHD_Result enter(struct listener *listener, struct exchange *exchange)
{
    struct passage *passage = &exchange->passage;
    exchange->request.body = buffer_slice(&exchange->body);
    gate_enter(listener->options.gate, &exchange->request, passage);
    if (passage->delay_ms == 0 || listener->stopping)
        return perform(listener, exchange);
    if (delays_add(&listener->delays, clock_monotonic_ms() + passage->delay_ms, exchange))
        return MHD_NO;
    hold(listener, exchange, EXCHANGE_DELAYED);
    return MHD_YES;
}

/* A length that cannot be met is refused before the client sends its body, if it asks first. */
static bool is_hopeless(const struct listener *listener, const struct request *request)
{
    struct slice length = request_header(request, SLICE("Content-Length"));
    struct slice expect = request_header(request, SLICE("Expect"));
    return length.data && slice_equal_ignoring_case(expect, SLICE("100-continue")) &&
           strtoull(length.data, NULL, 10) > listener->options.max_body;
}

/* The head is complete. Anything but an error waits for the final call: a reply here closes the
 * connection. */
static enum MHD_Result on_head(struct listener *listener, struct exchange *exchange,
                               const char *method, const char *version)
{
    struct request *request = &exchange->request;
    exchange->state = EXCHANGE_BODY;
    if (!read_head(exchange, method)) {
        exchange->passage.reply = reply_internal_error();
        return send_reply(listener, exchange);
    }
    request->framing_error = framing_check(request, slice_of(version));
    request->body_too_large = is_hopeless(listener, request);
    if (request->framing_error || request->body_too_large)
        return enter(listener, exchange);
    return MHD_YES;
}

static enum MHD_Result on_body(struct exchange *exchange, const char *data, size_t *len)
{
    exchange->received += *len;
    if (exchange->received > LISTENER_DRAIN)
        return MHD_NO;
    if (!exchange->body.failed)
        buffer_append(&exchange->body, data, *len);
    *len = 0;
    return MHD_YES;
}

static enum MHD_Result on_end(struct listener *listener, struct exchange *exchange)
{
    exchange->request.body_too_large = exchange->body.failed == RESULT_TOO_LARGE;
    if (exchange->body.failed == RESULT_NO_MEMORY) {
        exchange->passage.reply = reply_internal_error();
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
        return MHD_NO; /* there was no memory for it */
    switch (exchange->state) {
    case EXCHANGE_NEW:
        return on_head(listener, exchange, method, version);
    case EXCHANGE_BODY:
        return *len > 0 ? on_body(exchange, data, len) : on_end(listener, exchange);
    case EXCHANGE_DUE:
        return perform(listener, exchange);
    case EXCHANGE_READY:
        return send_reply(listener, exchange);
    case EXCHANGE_HELD:
    case EXCHANGE_DELAYED:
    case EXCHANGE_SENT:
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
    connection->exchange = NULL;
    deadline_start(&listener->connections.idle, &connection->deadline, clock_monotonic_ms());
    exchange_give(&listener->pool, exchange);
    *state = NULL;
    if (listener->stopping)
        connection_let_go_if_idle(connection);
}

static void on_connection(void *context, struct MHD_Connection *wire, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = context;
    struct connection *connection = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        int fd = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        listener->connection_count++;
        /* Without memory its requests will be refused. */
        *socket_context = connections_add(&listener->connections, fd, clock_monotonic_ms());
        return;
    }
    listener->connection_count--;
    listener->busy = true; /* there may be room for a client in the backlog */
    if (!connection)
        return;
    /* A query that exhausts libmicrohttpd's memory ends a connection without on_completed. */
    if (connection->exchange)
        exchange_give(&listener->pool, connection->exchange);
    connections_remove(&listener->connections, connection);
}

/* Percent-escapes and `+` are read by target.c, from the raw target. */
static size_t keep_escapes(void *context, struct MHD_Connection *wire, char *text)
{
    (void)context;
    (void)wire;
    return strlen(text);
}

static void PRINTF_LIKE(2, 0) log_wire(void *context, const char *format, va_list args)
{
    char text[256];
    (void)context;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    log_event(LOG_DEBUG, "http", "text", text);
}

static struct MHD_Daemon *start_daemon(struct listener *listener)
{
    unsigned flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_NO_LISTEN_SOCKET;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_wire, listener}, /* must come first */
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)listener->options.max_connections, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, LISTENER_MEMORY, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, listener},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, listener},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request_line, listener},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, listener},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, listener, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

enum result listener_new(const struct listener_options *options, struct listener **out)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return RESULT_NO_MEMORY;
    listener->options = *options;
    listener->acceptor.sockets = options->sockets;
    listener->connections.fresh.timeout_ms = options->request_ms;
    listener->connections.request.timeout_ms = options->request_ms;
    listener->connections.idle.timeout_ms = options->idle_ms;
    listener->daemon = start_daemon(listener);
    if (!listener->daemon) {
        free(listener);
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
    while ((exchange = delays_take(&listener->delays, INT64_MAX)))
        MHD_resume_connection(exchange->wire);
    while ((exchange = listener->held_first)) {
        listener->held_first = exchange->next_held;
        MHD_resume_connection(exchange->wire);
    }
    MHD_stop_daemon(listener->daemon); /* aborts where a connection is still suspended */
    delays_close(&listener->delays);
    connections_close(&listener->connections);
    exchange_pool_close(&listener->pool);
    free(listener);
}

enum result listener_watch(struct listener *listener, int epoll)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    listener->connections.epoll = epoll;
    return info && acceptor_watch(&listener->acceptor, epoll, info->epoll_fd) ? RESULT_OK
                                                                              : RESULT_SYSTEM;
}

static void add_connection(void *context, int fd, const struct sockaddr *address, socklen_t len)
{
    struct listener *listener = context;
    /* A reply counts as sent when the kernel has it; the kernel gives up on a client that does not
     * take it. */
    unsigned limit_ms = (unsigned)listener->options.request_ms;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
    MHD_add_connection(listener->daemon, fd, address,
                       len); /* closes the descriptor where it fails */
}

void listener_notice(struct listener *listener, int fd)
{
    acceptor_notice(&listener->acceptor, fd);
    connections_notice(&listener->connections, fd);
}

void listener_run(struct listener *listener)
{
    struct acceptor_target target = {listener->options.max_connections - listener->connection_count,
                                     add_connection, listener};
    listener->busy = false;
    if (!listener->stopping)
        acceptor_run(&listener->acceptor, &target, clock_monotonic_ms());
    MHD_run(listener->daemon);
    connections_cut_gone(&listener->connections);
}

void listener_release(struct listener *listener, bool committed)
{
    struct exchange *exchange = listener->held_first;
    listener->held_first = listener->held_last = NULL;
    while (exchange) {
        struct exchange *next = exchange->next_held;
        if (!committed)
            exchange->passage.reply = reply_internal_error();
        resume(listener, exchange, EXCHANGE_READY);
        exchange = next;
    }
}

void listener_expire(struct listener *listener, int64_t now_ms)
{
    struct exchange *exchange;
    connections_expire(&listener->connections, now_ms);
    while ((exchange = delays_take(&listener->delays, listener->stopping ? INT64_MAX : now_ms)))
        resume(listener, exchange, EXCHANGE_DUE);
}

bool listener_is_busy(const struct listener *listener)
{
    return listener->busy || listener->held_first;
}

int listener_wait_ms(struct listener *listener, int64_t now_ms)
{
    const int64_t due[] = {connections_next_ms(&listener->connections),
                           delays_next_ms(&listener->delays),
                           acceptor_next_ms(&listener->acceptor)};
    MHD_UNSIGNED_LONG_LONG timeout = 0;
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < sizeof due / sizeof *due; i++)
        next = due[i] < next ? due[i] : next;
    int64_t wait = next == INT64_MAX ? INT64_MAX : next > now_ms ? next - now_ms : 0;
    if (MHD_get_timeout(listener->daemon, &timeout) == MHD_YES && (int64_t)timeout < wait)
        wait = (int64_t)timeout;
    return wait == INT64_MAX ? -1 : wait > 3600000 ? 3600000 : (int)wait;
}

void listener_stop(struct listener *listener)
{
    acceptor_stop(&listener->acceptor);
    listener->stopping = true;
    for (struct connection *at = listener->connections.first; at; at = at->next)
        connection_let_go_if_idle(at);
}

size_t listener_connections(const struct listener *listener)
{
    return listener->connection_count;
}
