/* Access keys: the secret and the identity behind each. */
#ifndef STORE_ACCESS_KEYS_H
#define STORE_ACCESS_KEYS_H

#include "store/store.h"

struct access_key {
    struct slice secret;
    struct slice account;
    struct slice user_name; /* absent: the account's root */
};

/* RESULT_NOT_FOUND, RESULT_STORE, RESULT_NO_MEMORY. Texts are copied into `arena`. */
enum result access_key_find(struct store *store, struct slice id, struct arena *arena,
                            struct access_key *key) MUST_CHECK;

#endif
