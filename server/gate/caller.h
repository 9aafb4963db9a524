/* Identifies the caller and, with --auth verify, checks the signature. */
#ifndef GATE_CALLER_H
#define GATE_CALLER_H

#include "api/call.h"

/* Sets call->caller from the signature's credential scope without checking the signature. False:
 * answered with 500. */
bool caller_read(struct call *call);

/* Whether the call is signed for Amazon MQ, or not at all. False: answered, gate/foreign.h. */
bool caller_is_ours(struct call *call);

/* As caller_read and caller_is_ours, and with --auth verify checks the signature. False: answered
 * with an error. */
bool caller_identify(struct call *call);

#endif
