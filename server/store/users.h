/* Users of brokers, with applied and pending values (schema/0001_initial.sql). */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include "store/store.h"

/* A user. Group lists are JSON arrays. */
struct user {
    struct slice username;
    bool applied; /* the running broker has the user; else the next two are not set */
    bool console_access;
    struct slice groups;
    struct slice pending_change; /* CREATE, UPDATE or DELETE; absent: no change is pending */
    /* the values after the pending change, or else the applied ones */
    bool pending_console_access;
    struct slice pending_groups;
    bool replication_user;
};

/* The values of a write; absent or negative members are not changed. */
struct user_change {
    struct slice password;
    int console_access; /* 0, 1 or -1 */
    struct slice groups;
    int replication_user;
};

/* RESULT_NOT_FOUND, RESULT_STORE, RESULT_NO_MEMORY. Texts are copied into `arena`. `as_applied`:
 * pending changes are shown as applied, while user_apply_pending is applying them in parts. */
enum result user_find(struct store *store, struct slice broker_id, struct slice username,
                      bool as_applied, struct arena *arena, struct user *user) MUST_CHECK;

/* Whether a broker has more than `most` users; in the time of that many. */
enum result user_exceeds(struct store *store, struct slice broker_id, int64_t most,
                         bool *exceeds) MUST_CHECK;

/* Adds a user with a pending CREATE. RESULT_CONFLICT if the name exists. */
enum result user_insert(struct store *store, struct slice broker_id, struct slice username,
                        const struct user_change *change) MUST_CHECK;

/* Stages an update: the pending change becomes UPDATE, or CREATE if the user was never applied; the
 * members are merged with the pending ones. */
enum result user_stage_update(struct store *store, struct slice broker_id, struct slice username,
                              const struct user_change *change) MUST_CHECK;

/* Stages a deletion; the pending values remain. */
enum result user_stage_delete(struct store *store, struct slice broker_id,
                              struct slice username) MUST_CHECK;

/* Up to `limit` names with their pending change, by name, after `after` (absent: from the first),
 * of one broker, in `arena`. Only username and pending_change of each are set. `as_applied`: as
 * above. */
enum result user_page(struct store *store, struct slice broker_id, bool as_applied,
                      struct slice after, int64_t limit, struct arena *arena, struct user **users,
                      size_t *count) MUST_CHECK;

/* As user_page, with all values of each and from the first. */
enum result user_list(struct store *store, struct slice broker_id, bool as_applied, int64_t limit,
                      struct arena *arena, struct user **users, size_t *count) MUST_CHECK;

/* The applied values of a user, with which it logs in. */
struct user_login {
    struct slice username;         /* set by user_list_logins only */
    struct slice password, groups; /* groups: a JSON array */
    bool console_access;
};

/* The users of a broker that can log in, by name, in `arena`. `planned`: as they will be when the
 * pending changes are applied. */
enum result user_list_logins(struct store *store, struct slice broker_id, bool planned,
                             struct arena *arena, struct user_login **logins,
                             size_t *count) MUST_CHECK;

/* RESULT_NOT_FOUND also for a user that was never applied. */
enum result user_find_login(struct store *store, struct slice broker_id, struct slice username,
                            struct arena *arena, struct user_login *login) MUST_CHECK;

/* Whether any change of a broker's users is pending. */
enum result user_any_pending(struct store *store, struct slice broker_id, bool *pending) MUST_CHECK;

/* Applies up to `limit` pending changes of a broker: CREATE and UPDATE set the applied values,
 * DELETE deletes the row. *more: it has further ones. */
enum result user_apply_pending(struct store *store, struct slice broker_id, int64_t limit,
                               bool *more) MUST_CHECK;

/* Deletes `limit` users of a broker if it has more than that, else none and *more is false. */
enum result user_delete_some(struct store *store, struct slice broker_id, int64_t limit,
                             bool *more) MUST_CHECK;

#endif
