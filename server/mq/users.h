/* The five user operations. */
#ifndef MQ_USERS_H
#define MQ_USERS_H

#include "api/call.h"
#include "api/members.h"

struct user;
struct user_change;

/* What a request says of a user. */
struct user_input {
    enum optional console_access;
    struct strings groups;
    struct slice password;
    enum optional replication_user;
    struct slice username; /* CreateBroker's only: elsewhere it is a path label */
};

extern const struct members create_user_members, update_user_members;
extern const struct members named_user_members; /* of the list in CreateBroker */

/* The rules that need no store; false: it answered, with `path` before the attribute. */
bool user_check(struct call *call, struct slice path, const struct user_input *input,
                enum error_id username_breaks);

/* The write that the input asks for, in call->scratch. RESULT_NO_MEMORY. */
enum result user_read_change(struct call *call, const struct user_input *input,
                             struct user_change *change) MUST_CHECK;

/* Checks and handlers of the rows of operations.c: a check answers and returns false where a rule
 * is broken. */
bool username_check(struct call *call);
bool create_user_check(struct call *call);
bool update_user_check(struct call *call);
bool list_users_check(struct call *call);

void create_user(struct call *call);
void describe_user(struct call *call);
void update_user(struct call *call);
void delete_user(struct call *call);
void list_users(struct call *call);

/* The member `users` of ListUsers and DescribeBroker. */
void write_user_summaries(struct json_writer *writer, const struct user *users, size_t count);

#endif
