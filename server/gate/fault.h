/* Injected faults: what a row of the fault table makes of a call. */
#ifndef GATE_FAULT_H
#define GATE_FAULT_H

#include "store/faults.h"
#include "api/call.h"

/* Answers with the fault's error, if it has one, and returns true. */
bool fault_answer(struct call *call, const struct fault *fault);

#endif
