/* Policies: which access keys may call which operations. */
#ifndef STORE_POLICIES_H
#define STORE_POLICIES_H

#include "store/store.h"

struct policy {
    bool allow;
    struct slice action, resource; /* patterns */
};

/* The policies for that access key and for all; makes no query if the store has none. Texts are
 * copied into `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result policy_list(struct store *store, struct slice access_key, struct arena *arena,
                        struct policy **policies, size_t *count) MUST_CHECK;

#endif
