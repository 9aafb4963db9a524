#include "ctl/client.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/resolve.h"

enum { CLIENT_READ = 64 << 10 };

struct connection {
    int fd;
    int64_t deadline_ms; /* monotonic */
};

static bool is_port(const char *text, size_t len)
{
    char digits[6] = "";
    if (len == 0 || len > 5 || strspn(text, "0123456789") < len)
        return false;
    memcpy(digits, text, len);
    long port = strtol(digits, NULL, 10);
    return port > 0 && port <= 65535;
}

bool client_read_url(const char *text, struct client_url *url)
{
    static const char scheme[] = "http://";
    static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    if (strncmp(text, scheme, sizeof scheme - 1) != 0)
        return false;
    text += sizeof scheme - 1;
    bool bracketed = *text == '[';
    text += bracketed;
    size_t len = strspn(text, bracketed ? "0123456789abcdefABCDEF:." : names);
    if (len == 0 || len >= sizeof url->host || (bracketed && text[len] != ']'))
        return false;
    memcpy(url->host, text, len);
    url->host[len] = '\0';
    text += len + bracketed;
    snprintf(url->port, sizeof url->port, "80");
    if (*text == ':') {
        size_t digits = strcspn(++text, "/");
        if (!is_port(text, digits))
            return false;
        memcpy(url->port, text, digits);
        url->port[digits] = '\0';
        text += digits;
    }
    return *text == '\0' || strcmp(text, "/") == 0;
}

/* Waits for one of the events; 0 with errno on failure or at the deadline. */
static short wait_for(const struct connection *connection, short events)
{
    struct pollfd ready = {.fd = connection->fd, .events = events};
    int64_t left_ms = connection->deadline_ms - clock_monotonic_ms();
    int count = left_ms > 0 ? poll(&ready, 1, (int)left_ms) : 0;
    if (count > 0)
        return ready.revents;
    errno = count == 0 ? ETIMEDOUT : errno;
    return 0;
}

/* False with errno. */
static bool connect_to(struct connection *connection, const struct addrinfo *address)
{
    int error = 0;
    socklen_t len = sizeof error;
    connection->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connection->fd < 0)
        return false;
    if (connect(connection->fd, address->ai_addr, address->ai_addrlen) == 0)
        return true;
    if (errno == EINPROGRESS && wait_for(connection, POLLOUT) &&
        getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0) {
        if (error == 0)
            return true;
        errno = error;
    }
    error = errno;
    close(connection->fd);
    connection->fd = -1;
    errno = error;
    return false;
}

/* Connects to the first address of the name that accepts. NULL, or why it failed. */
static const char *try_addresses(struct connection *connection, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int code = resolve(host, port, &hints, &found);
    const char *reason = code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
    if (code == 0)
        for (struct addrinfo *at = found; at && reason; at = at->ai_next)
            reason = connect_to(connection, at) ? NULL : strerror(errno);
    if (code == 0)
        freeaddrinfo(found);
    return reason;
}

/* localhost is not looked up (RFC 6761, 6.3): a minimal container may have no /etc/hosts. */
static enum result open_connection(struct connection *connection, const struct client_url *url,
                                   struct client_error *error)
{
    bool local = strcasecmp(url->host, "localhost") == 0;
    const char *reason = try_addresses(connection, local ? "127.0.0.1" : url->host, url->port);
    if (reason && local && !try_addresses(connection, "::1", url->port))
        reason = NULL;
    if (!reason)
        return RESULT_OK;
    error->unreachable = true;
    snprintf(error->text, sizeof error->text, "cannot connect to %s port %s: %s", url->host,
             url->port, reason);
    return RESULT_SYSTEM;
}

/* Stops when the server answers or closes before it has read everything. */
static void send_bytes(const struct connection *connection, struct slice bytes)
{
    while (bytes.len > 0) {
        short ready = wait_for(connection, POLLIN | POLLOUT);
        if (ready != POLLOUT)
            return;
        ssize_t sent = send(connection->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (sent > 0)
            bytes = (struct slice){bytes.data + sent, bytes.len - (size_t)sent};
    }
}

static enum result send_request(const struct connection *connection,
                                const struct client_request *request)
{
    struct buffer head;
    bool bracketed = strchr(request->url->host, ':') != NULL;
    buffer_init(&head, CLIENT_HEAD_MAX);
    buffer_printf(&head, "%s %s HTTP/1.1\r\nHost: %s%s%s:%s\r\nConnection: close\r\n",
                  request->method, request->target, bracketed ? "[" : "", request->url->host,
                  bracketed ? "]" : "", request->url->port);
    if (request->token)
        buffer_printf(&head, "Authorization: Bearer %s\r\n", request->token);
    if (strcmp(request->method, "GET") != 0)
        buffer_printf(&head, "Content-Length: %zu\r\n", request->body.len);
    buffer_append_string(&head, "\r\n");
    enum result result = head.failed;
    if (!result) {
        send_bytes(connection, buffer_slice(&head));
        send_bytes(connection, request->body);
    }
    buffer_close(&head);
    return result;
}

struct head {
    size_t len; /* with the empty line; 0: not complete yet */
    int status;
    bool chunked;
    bool sized;
    size_t body_len; /* if `sized` */
};

static bool has_name(const char *line, const char *name)
{
    return strncasecmp(line, name, strlen(name)) == 0;
}

/* Parses a length; false if it is malformed or too large. */
static bool read_length(const char *text, int base, size_t *len)
{
    char *end = NULL;
    text += strspn(text, " \t");
    if (!((*text >= '0' && *text <= '9') || (base == 16 && strspn(text, "abcdefABCDEF") > 0)))
        return false;
    unsigned long long number = strtoull(text, &end, base);
    end += strspn(end, " \t");
    *len = (size_t)number;
    return number <= CLIENT_BODY_MAX && (*end == '\r' || (base == 16 && *end == ';'));
}

/* False: not an HTTP/1.x answer, or malformed. */
static bool read_head(const struct buffer *bytes, struct head *head)
{
    static const char version[] = "HTTP/1.";
    static const char length[] = "Content-Length:", encoding[] = "Transfer-Encoding:";
    if (bytes->len < sizeof version + 1) /* plus a digit and a space */
        return true;
    if (strncmp(bytes->data, version, sizeof version - 1) != 0 || bytes->data[8] != ' ')
        return false;
    const char *end = strstr(bytes->data, "\r\n\r\n");
    if (!end)
        return bytes->len < CLIENT_HEAD_MAX;
    head->len = (size_t)(end - bytes->data) + 4;
    head->status = (int)strtol(bytes->data + 9, NULL, 10);
    if (head->status < 200 || head->status > 599)
        return false;
    for (const char *line = strstr(bytes->data, "\r\n"); line < end;
         line = strstr(line + 2, "\r\n")) {
        if (has_name(line + 2, encoding))
            head->chunked = true;
        if (has_name(line + 2, length)) {
            head->sized = true;
            if (!read_length(line + 2 + sizeof length - 1, 10, &head->body_len))
                return false;
        }
    }
    return true;
}

/* Removes the chunk headers in place; false if a chunk is malformed or incomplete. */
static bool join_chunks(char *body, size_t len, size_t *joined)
{
    size_t at = 0, chunk = 0;
    *joined = 0;
    while (at < len && read_length(body + at, 16, &chunk)) {
        const char *line_end = memmem(body + at, len - at, "\r\n", 2);
        if (!line_end)
            return false;
        at = (size_t)(line_end - body) + 2;
        if (chunk == 0)
            return true;
        if (chunk > len - at)
            return false;
        memmove(body + *joined, body + at, chunk);
        *joined += chunk;
        at += chunk + 2;
    }
    return false;
}

/* False if the body is incomplete. */
static bool take_body(struct client_answer *answer, const struct head *head)
{
    if (head->len == 0)
        return false;
    char *body = answer->bytes.data + head->len;
    size_t len = answer->bytes.len - head->len;
    if (head->chunked && !join_chunks(body, len, &len))
        return false;
    if (!head->chunked && head->sized) {
        if (len < head->body_len)
            return false;
        len = head->body_len;
    }
    body[len] = '\0'; /* drops anything after the body */
    answer->status = head->status;
    answer->body = (struct slice){body, len};
    return true;
}

static enum result receive(const struct connection *connection, struct client_answer *answer,
                           const char **reason)
{
    static char piece[CLIENT_READ];
    struct head head = {.len = 0};
    *reason = "not an HTTP/1.1 server";
    for (;;) {
        if (head.len == 0 && !read_head(&answer->bytes, &head))
            return RESULT_SYSTEM;
        if (head.len > 0 && head.sized && !head.chunked &&
            answer->bytes.len - head.len >= head.body_len)
            break;
        if (!wait_for(connection, POLLIN)) {
            *reason = strerror(errno);
            return RESULT_SYSTEM;
        }
        ssize_t got = recv(connection->fd, piece, sizeof piece, 0);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            break;
        buffer_append(&answer->bytes, piece, (size_t)got);
        if (answer->bytes.failed) {
            *reason = "the answer is too large";
            return answer->bytes.failed;
        }
    }
    if (head.len > 0 || answer->bytes.len == 0)
        *reason = "the connection ended before the answer did";
    return take_body(answer, &head) ? RESULT_OK : RESULT_SYSTEM;
}

enum result client_call(const struct client_request *request, struct client_answer *answer,
                        struct client_error *error)
{
    struct connection connection = {-1, clock_monotonic_ms() + request->limit_ms};
    const char *reason = "out of memory";
    *answer = (struct client_answer){.status = 0};
    buffer_init(&answer->bytes, (size_t)CLIENT_HEAD_MAX + CLIENT_BODY_MAX);
    enum result result = open_connection(&connection, request->url, error);
    if (result)
        return result;
    result = send_request(&connection, request);
    if (!result)
        result = receive(&connection, answer, &reason);
    close(connection.fd);
    if (result)
        snprintf(error->text, sizeof error->text, "no answer from %s port %s: %s",
                 request->url->host, request->url->port, reason);
    return result;
}

void client_close(struct client_answer *answer)
{
    buffer_close(&answer->bytes);
}
