/* Shared resources: what AWS RAM shares with a RabbitMQ broker. */
#ifndef MQ_SHARED_RESOURCES_H
#define MQ_SHARED_RESOURCES_H

#include "api/call.h"
#include "api/members.h"
#include "store/shared_resources.h"

enum { SHARES_MAX = 10 };

/* UpdateBroker's resourceShareArns, rules that need no store: at most SHARES_MAX, each the ARN of
 * a resource share. Answers ERROR_SHARE_COUNT or ERROR_SHARE_ARN and returns false. */
bool shares_check(struct call *call, const struct strings *arns);

/* Whether none of the shares is one that a seed makes unusable. Answers ERROR_SHARES_REFUSED with
 * `resourceShareErrors`, or 500, and returns false. */
bool shares_check_store(struct call *call, const struct strings *arns);

/* shared_resource_set, from a member that shares_check let pass. */
enum result shares_set(struct store *store, struct slice broker_id,
                       const struct strings *arns) MUST_CHECK;

bool describe_shared_resources_check(struct call *call);
void describe_shared_resources(struct call *call);

#endif
