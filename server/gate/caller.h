/* Who is calling, and whether the signature says so. */
#ifndef GATE_CALLER_H
#define GATE_CALLER_H

#include "api/call.h"

/* Sets call->caller from the signature's credential scope, whether the signature is right or not.
 * False: answered with 500. */
bool caller_read(struct call *call);

/* Sets call->caller from the signature's credential scope and, with --auth verify, checks the
 * signature. Answers the refusal itself and returns false. */
bool caller_identify(struct call *call);

#endif
