#include "observe/events.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/slots.h"
#include "store/store.h"

struct events_mark events_read(const struct events *events)
{
    return (struct events_mark){.journal = journal_number(events->journal),
                                .clears = journal_clears(events->journal),
                                .state = store_revision(events->store),
                                .processes = slots_revision(events->slots)};
}

bool events_same(const struct events_mark *a, const struct events_mark *b)
{
    return a->journal == b->journal && a->clears == b->clears && a->state == b->state &&
           a->processes == b->processes;
}

size_t events_write(const struct events_mark *mark, char text[EVENTS_TEXT])
{
    int len = snprintf(text, EVENTS_TEXT,
                       "event: change\ndata: {\"cleared\":%" PRId64 ",\"journal\":%" PRId64
                       ",\"processes\":%" PRId64 ",\"state\":%" PRId64 "}\n\n",
                       mark->clears, mark->journal, mark->processes, mark->state);
    return (size_t)len;
}
