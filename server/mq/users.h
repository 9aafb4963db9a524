/* The five user operations. */
#ifndef MQ_USERS_H
#define MQ_USERS_H

#include "api/call.h"
#include "api/members.h"

struct user;

extern const struct members create_user_members, update_user_members;

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
