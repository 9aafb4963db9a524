/* What has changed in the server, as the events of /_local/events. */
#ifndef OBSERVE_EVENTS_H
#define OBSERVE_EVENTS_H

#include "observe/journal.h"

enum {
    EVENTS_STREAMS_MAX = 64, /* streams open at the same time */
    EVENTS_TEXT = 256,       /* bytes of an event */
};

/* Numbers that change with what they stand for, and mean nothing else. */
struct events_mark {
    int64_t journal, clears, state, processes;
};

/* Owned by the caller, as is everything in it. */
struct events {
    const struct journal *journal;
    const struct store *store;
    const struct slots *slots; /* NULL: none */
    size_t streams;            /* open now */
};

struct events_mark events_read(const struct events *events);

bool events_same(const struct events_mark *a, const struct events_mark *b);

/* One event of a stream; returns its length. */
size_t events_write(const struct events_mark *mark, char text[EVENTS_TEXT]);

#endif
