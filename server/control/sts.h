/* GetCallerIdentity of AWS STS: Terraform calls it first, and calls it here if one endpoint is
 * configured for all services. */
#ifndef CONTROL_STS_H
#define CONTROL_STS_H

#include "api/call.h"

/* Whether the request is `POST /` with the form member Action=GetCallerIdentity. */
bool sts_is_request(const struct request *request);

/* Answers with call->caller. The signature, whose scope is STS, is not verified. */
void sts_answer(struct call *call);

#endif
