/* Policies: who may do what. */
#ifndef STORE_POLICIES_H
#define STORE_POLICIES_H

#include "store/store.h"

struct policy {
    bool allow;
    struct slice action, resource; /* patterns */
};

/* The policies that name that access key or every one; without any in the store it costs nothing.
 * What is found lives in `arena`. RESULT_STORE, RESULT_NO_MEMORY. */
enum result policy_list(struct store *store, struct slice access_key, struct arena *arena,
                        struct policy **policies, size_t *count) MUST_CHECK;

#endif
