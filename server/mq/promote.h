/* Promote: a replica takes the place of its primary. */
#ifndef MQ_PROMOTE_H
#define MQ_PROMOTE_H

#include "api/call.h"
#include "api/members.h"

extern const struct members promote_members;

bool promote_check(struct call *call);
void promote(struct call *call);

#endif
