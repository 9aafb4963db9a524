/* The one call of another service that is answered: Terraform asks STS who it is before anything
 * else, and with a single endpoint setting it asks here. */
#ifndef CONTROL_STS_H
#define CONTROL_STS_H

#include "api/call.h"

/* Whether it is `POST /` with the form member Action=GetCallerIdentity. */
bool sts_owns(const struct request *request);

/* Answers with call->caller, whose signature is scoped to STS and never verified. */
void sts_answer(struct call *call);

#endif
