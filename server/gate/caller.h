/* Identifies the caller and, with --auth verify, checks the signature. */
#ifndef GATE_CALLER_H
#define GATE_CALLER_H

#include "api/call.h"

/* Sets call->caller from the signature's credential scope without checking the signature. False:
 * answered with 500. */
bool caller_read(struct call *call);

/* As caller_read, and with --auth verify checks the signature. False: answered with an error. */
bool caller_identify(struct call *call);

#endif
