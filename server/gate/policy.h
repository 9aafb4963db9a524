/* Authorization of calls by the policy table. */
#ifndef GATE_POLICY_H
#define GATE_POLICY_H

#include "api/call.h"

/* False: answered with AccessDeniedException or 500. */
bool policy_check(struct call *call);

/* Whether `text` matches the pattern: `*` matches any characters, `?` exactly one. */
bool policy_matches(struct slice pattern, struct slice text);

#endif
