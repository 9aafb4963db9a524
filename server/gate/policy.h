/* Whether the caller may do what the call asks for: the policy table. */
#ifndef GATE_POLICY_H
#define GATE_POLICY_H

#include "api/call.h"

/* False: it answered, with AccessDeniedException or 500. */
bool policy_check(struct call *call);

/* Whether `text` is what the pattern says: `*` stands for any characters, `?` for one. */
bool policy_matches(struct slice pattern, struct slice text);

#endif
