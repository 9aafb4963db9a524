#include "http/streams.h"

#include <microhttpd.h>
#include <sys/types.h>

#include "http/wire.h"

enum { STREAM_BLOCK = 1024 };

struct stream {
    struct streams *streams;
    struct events_mark told;
    char text[EVENTS_TEXT]; /* the event that is being sent */
    size_t len, sent;
    bool begun, suspended, ended;
};

static bool has_news(const struct stream *stream, const struct events_mark *now)
{
    return !stream->begun || !events_same(&stream->told, now);
}

/* libmicrohttpd asks for up to `room` bytes; 0 after a suspension: it asks again when resumed. */
static ssize_t read_event(void *context, uint64_t at, char *out, size_t room)
{
    struct exchange *exchange = context;
    struct stream *stream = exchange->stream;
    (void)at;
    if (stream->sent == stream->len) {
        struct events_mark now = events_read(stream->streams->events);
        if (stream->ended || stream->streams->ending)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (!has_news(stream, &now)) {
            stream->suspended = true;
            wire_suspend(exchange);
            return 0;
        }
        stream->begun = true;
        stream->told = now;
        stream->len = events_write(&now, stream->text);
        stream->sent = 0;
    }
    size_t left = stream->len - stream->sent, part = left < room ? left : room;
    memcpy(out, stream->text + stream->sent, part);
    stream->sent += part;
    return (ssize_t)part;
}

struct MHD_Response *streams_open(struct streams *streams, struct exchange *exchange,
                                  const struct reply_ids *ids)
{
    struct stream *stream = arena_alloc(&exchange->arena, sizeof *stream);
    struct MHD_Response *response =
        stream ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_event,
                                                   exchange, NULL)
               : NULL;
    if (!response || !wire_add_headers(response, &exchange->call, ids))
        return NULL;
    *stream = (struct stream){.streams = streams};
    exchange->stream = stream;
    exchange->state = EXCHANGE_STREAM;
    exchange->next_held = streams->first;
    streams->first = exchange;
    streams->events->streams++;
    return response;
}

void streams_forget(struct streams *streams, struct exchange *exchange)
{
    if (exchange->state != EXCHANGE_STREAM)
        return;
    for (struct exchange **at = &streams->first; *at; at = &(*at)->next_held)
        if (*at == exchange) {
            *at = exchange->next_held;
            streams->events->streams--;
            break;
        }
    exchange->state = EXCHANGE_SENT;
}

static void resume(struct streams *streams, struct exchange *exchange)
{
    exchange->stream->suspended = false;
    wire_resume(exchange, streams->deadlines);
}

bool streams_wake(struct streams *streams)
{
    bool woken = false;
    if (!streams->first)
        return false;
    struct events_mark now = events_read(streams->events);
    for (struct exchange *at = streams->first; at; at = at->next_held)
        if (at->stream->suspended && (streams->ending || has_news(at->stream, &now))) {
            resume(streams, at);
            woken = true;
        }
    return woken;
}

void streams_end(struct streams *streams, struct exchange *exchange)
{
    exchange->stream->ended = true;
    if (exchange->stream->suspended)
        resume(streams, exchange);
}
