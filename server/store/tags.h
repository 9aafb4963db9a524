/* Tags of brokers and of configurations. */
#ifndef STORE_TAGS_H
#define STORE_TAGS_H

#include "store/store.h"

/* What carries tags. */
enum tag_owner { TAG_BROKER, TAG_CONFIGURATION };

struct tag {
    struct slice key, value; /* NUL-terminated */
};

/* The tags of one resource, by key. The array lives in `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result tag_list(struct store *store, enum tag_owner owner, struct slice id,
                     struct arena *arena, struct tag **tags, size_t *count) MUST_CHECK;

/* How many tags a resource has, counted up to `most`. */
enum result tag_count(struct store *store, enum tag_owner owner, struct slice id, int64_t most,
                      int64_t *count) MUST_CHECK;

/* Sets a tag; the value of one that is there already is replaced. */
enum result tag_put(struct store *store, enum tag_owner owner, struct slice id, struct slice key,
                    struct slice value) MUST_CHECK;

/* A key that is not there is no error. */
enum result tag_delete(struct store *store, enum tag_owner owner, struct slice id,
                       struct slice key) MUST_CHECK;

#endif
