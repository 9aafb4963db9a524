/* Injected faults: the reply that a row of the fault table gives. */
#ifndef GATE_FAULT_H
#define GATE_FAULT_H

#include "store/faults.h"
#include "api/call.h"

/* Answers with the fault's error; false if it has none. */
bool fault_answer(struct call *call, const struct fault *fault);

#endif
