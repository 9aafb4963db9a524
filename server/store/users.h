/* Users of brokers: an applied and a pending side (schema/0001_initial.sql). */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include "store/store.h"

/* A user as read. Group lists are JSON arrays. */
struct user {
    struct slice username;
    bool applied; /* the running broker knows it: the next three hold */
    bool console_access;
    struct slice groups;
    struct slice pending_change; /* CREATE, UPDATE or DELETE; absent: nothing is pending and the
                                    next two do not hold */
    bool pending_console_access;
    struct slice pending_groups;
    bool replication_user; /* the target: pending where a change is, else applied */
};

/* The members a write gives; absent (or negative) ones leave the value. */
struct user_change {
    struct slice password;
    int console_access; /* 0, 1 or -1 */
    struct slice groups;
    int replication_user;
};

/* RESULT_NOT_FOUND, RESULT_STORE, RESULT_NO_MEMORY. What is found lives in `arena`. */
enum result user_find(struct store *store, struct slice broker_id, struct slice username,
                      struct arena *arena, struct user *user) MUST_CHECK;

/* How many users a broker has, counted up to `most`. */
enum result user_count(struct store *store, struct slice broker_id, int64_t most,
                       int64_t *count) MUST_CHECK;

/* A new user, pending CREATE. RESULT_CONFLICT if the name is taken. */
enum result user_insert(struct store *store, struct slice broker_id, struct slice username,
                        const struct user_change *change) MUST_CHECK;

/* Stages an update: CREATE stays CREATE, DELETE becomes UPDATE or, never applied, CREATE; members
 * are merged. */
enum result user_stage_update(struct store *store, struct slice broker_id, struct slice username,
                              const struct user_change *change) MUST_CHECK;

/* Stages a deletion; what was pending is kept. */
enum result user_stage_delete(struct store *store, struct slice broker_id,
                              struct slice username) MUST_CHECK;

/* Up to `most` names with their pending change, by name, behind `after` (absent: from the first),
 * of one broker. Only username and pending_change of each are set. The array lives in `arena`. */
enum result user_page(struct store *store, struct slice broker_id, struct slice after, int64_t most,
                      struct arena *arena, struct user **users, size_t *count) MUST_CHECK;

/* What the running broker knows of a user. */
struct user_login {
    struct slice password, groups;
    bool console_access;
};

/* RESULT_NOT_FOUND also for a user that was never applied. */
enum result user_find_login(struct store *store, struct slice broker_id, struct slice username,
                            struct arena *arena, struct user_login *login) MUST_CHECK;

/* Whether any change of a broker's users is pending. */
enum result user_any_pending(struct store *store, struct slice broker_id, bool *pending) MUST_CHECK;

/* Applies all pending changes of a broker: CREATE and UPDATE become the applied side, DELETE
 * removes the row. */
enum result user_apply_pending(struct store *store, struct slice broker_id) MUST_CHECK;

#endif
