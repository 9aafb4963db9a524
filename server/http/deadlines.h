/* Deadlines of connections: lists with one timeout each, so that appending keeps them sorted. */
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

/* Puts it at the end of a list, off the one it is on. */
void deadline_start(struct deadline_list *list, struct deadline *deadline, int64_t now_ms);

void deadline_stop(struct deadline *deadline);

/* When the first one is due, INT64_MAX for an empty list. */
int64_t deadline_next_ms(const struct deadline_list *list);

#endif
