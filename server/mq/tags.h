/* Tags: the rules, how they are shown, and the three operations on them. */
#ifndef MQ_TAGS_H
#define MQ_TAGS_H

#include "api/call.h"
#include "api/members.h"
#include "store/tags.h"

enum {
    TAGS_MAX = 50,
    TAG_KEY_MAX = 128, /* code points */
    TAG_VALUE_MAX = 256,
};

extern const struct members create_tags_members;

/* The rules on tags that need no store: their number, keys and values. Answers the first breach and
 * returns false. */
bool tags_check(struct call *call, const struct string_map *tags);

/* Sets them all, none where the map is absent. RESULT_STORE. */
enum result tags_put(struct store *store, enum tag_owner owner, struct slice id,
                     const struct string_map *tags) MUST_CHECK;

/* The member `tags`; where there are none, `{}` if it is always there, else nothing. */
void tags_write(struct json_writer *writer, const struct tag *tags, size_t count, bool always);

/* Checks and handlers of the rows of operations.c. */
bool create_tags_check(struct call *call);
bool delete_tags_check(struct call *call);

void create_tags(struct call *call);
void list_tags(struct call *call);
void delete_tags(struct call *call);

#endif
