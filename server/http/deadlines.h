/* Deadlines of connections: each list has one timeout, so appending keeps it sorted. */
#ifndef HTTP_DEADLINES_H
#define HTTP_DEADLINES_H

#include <stdint.h>

struct deadline_list;

struct deadline {
    struct deadline *previous, *next;
    struct deadline_list *list; /* NULL: on none */
    int64_t due_ms;             /* monotonic */
};

struct deadline_list {
    struct deadline *first, *last;
    int64_t timeout_ms;
};

/* Removes it from its list, if any, and appends it to `list`. */
void deadline_start(struct deadline_list *list, struct deadline *deadline, int64_t now_ms);

void deadline_stop(struct deadline *deadline);

/* The earliest deadline; INT64_MAX for an empty list. */
int64_t deadline_next_ms(const struct deadline_list *list);

static inline int64_t deadline_earlier(int64_t a_ms, int64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

#endif
