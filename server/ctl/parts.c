#include "ctl/parts.h"

#include <stdio.h>
#include <string.h>

/* How the server, of this version, writes the list. A quote in a text of a fault is escaped, so
 * none of these can be part of one. */
static const char begin[] = "{\"faults\":[", end[] = "]}", more[] = "],\"truncated\":true}",
                  number[] = "\"id\":";

static bool ends_with(struct slice text, struct slice suffix)
{
    return text.len >= suffix.len &&
           memcmp(text.data + text.len - suffix.len, suffix.data, suffix.len) == 0;
}

/* The items of a part. False: it is none. */
static bool read_items(struct slice body, struct slice *items, bool *is_last)
{
    *is_last = !ends_with(body, slice_of(more));
    struct slice suffix = slice_of(*is_last ? end : more);
    size_t around = sizeof begin - 1 + suffix.len;
    if (!slice_starts_with(body, slice_of(begin)) || !ends_with(body, suffix) || body.len < around)
        return false;
    *items = slice_part(body, sizeof begin - 1, body.len - around);
    return true;
}

/* The digits of the id of the last item. */
static struct slice last_id(struct slice items)
{
    size_t at = items.len, len = sizeof number - 1;
    while (at > 0 && (items.len - at < len || memcmp(items.data + at, number, len) != 0))
        at--;
    at += len;
    return at < items.len ? slice_part(items, at, strspn(items.data + at, "-0123456789"))
                          : (struct slice){NULL, 0};
}

enum result parts_collect(const struct client_request *request, struct client_answer *answer,
                          struct buffer *list, struct client_error *error)
{
    char target[80];
    bool is_last = false;
    struct slice items;
    buffer_append_string(list, begin);
    while (answer->status == 200 && read_items(answer->body, &items, &is_last)) {
        if (list->len > sizeof begin - 1 && items.len > 0)
            buffer_append_char(list, ',');
        buffer_append(list, items.data, items.len);
        if (is_last) {
            buffer_append_string(list, end);
            return list->failed;
        }
        struct slice id = last_id(items);
        if (!id.data)
            break;
        snprintf(target, sizeof target, "%.40s?since=%.*s", request->target,
                 (int)(id.len < 20 ? id.len : 20), id.data);
        struct client_request next = *request;
        next.target = target;
        client_close(answer);
        *answer = (struct client_answer){.status = 0};
        enum result result = client_call(&next, answer, error);
        if (result)
            return result;
    }
    return RESULT_INVALID;
}
