#include "http/deadlines.h"

#include <stddef.h>

void deadline_stop(struct deadline *deadline)
{
    struct deadline_list *list = deadline->list;
    if (!list)
        return;
    *(deadline->previous ? &deadline->previous->next : &list->first) = deadline->next;
    *(deadline->next ? &deadline->next->previous : &list->last) = deadline->previous;
    *deadline = (struct deadline){.list = NULL};
}

void deadline_start(struct deadline_list *list, struct deadline *deadline, int64_t now_ms)
{
    deadline_stop(deadline);
    *deadline = (struct deadline){
        .previous = list->last, .list = list, .due_ms = now_ms + list->timeout_ms};
    *(list->last ? &list->last->next : &list->first) = deadline;
    list->last = deadline;
}

int64_t deadline_next_ms(const struct deadline_list *list)
{
    return list->first ? list->first->due_ms : INT64_MAX;
}
