/* What the process of a broker is to be, from the rows of the store. */
#ifndef BROKERS_PLAN_H
#define BROKERS_PLAN_H

#include "base/crypto.h"
#include "brokers/files.h"
#include "store/store.h"

/* What is the same for all brokers. */
struct plan_base {
    const char *directory; /* of --brokers, absolute */
    struct slice key;      /* of derived secrets */
    struct slice ca;       /* a broker starts anew when it changes */
    const char *address;   /* to listen on */
    struct store *store;
    struct arena *arena; /* of the files */
};

/* The files of a broker in the slot of that number; `planned`: as it will be with its pending
 * changes. The broker runs without a configuration that is invalid. Everything is in base->arena.
 * RESULT_STORE, RESULT_NO_MEMORY. */
enum result plan_files(const struct plan_base *base, const struct slot *slot, int number,
                       const struct broker *broker, bool planned,
                       struct broker_files *files) MUST_CHECK;

/* Logs what the configuration has that the process does not get, unless that was logged last:
 * `logged` has a hash of it, zeros at first. */
void plan_log(struct slice broker_id, const struct broker_files *files,
              uint8_t logged[CRYPTO_SHA256]);

#endif
