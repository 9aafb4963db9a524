/* Tags of brokers and of configurations. */
#ifndef STORE_TAGS_H
#define STORE_TAGS_H

#include "store/store.h"

enum tag_owner { TAG_BROKER, TAG_CONFIGURATION };

struct tag {
    struct slice key, value; /* NUL-terminated */
};

/* The tags of one resource, by key, in `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result tag_list(struct store *store, enum tag_owner owner, struct slice id,
                     struct arena *arena, struct tag **tags, size_t *count) MUST_CHECK;

/* The number of tags of a resource, or `limit` if it has more. */
enum result tag_count(struct store *store, enum tag_owner owner, struct slice id, int64_t limit,
                      int64_t *count) MUST_CHECK;

/* Adds a tag or replaces its value. */
enum result tag_put(struct store *store, enum tag_owner owner, struct slice id, struct slice key,
                    struct slice value) MUST_CHECK;

/* A missing key is no error. */
enum result tag_delete(struct store *store, enum tag_owner owner, struct slice id,
                       struct slice key) MUST_CHECK;

#endif
