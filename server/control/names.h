/* The names that an endpoint has: parameters of its query and members of its body; and those of
 * operations. */
#ifndef CONTROL_NAMES_H
#define CONTROL_NAMES_H

#include "api/call.h"
#include "api/operation.h"
#include "base/nearest.h"

/* Of an endpoint that takes no body: `{}` counts as none. */
extern const struct members control_no_members;

bool control_has_parameter(const struct operation *operation, struct slice name);

/* Whether a body has only members of the table. False: answered with a 400 that names the first
 * other: ignoring a misspelt condition would, for example, make a fault for every call. */
bool control_knows_members(struct call *call, const struct members *members,
                           const struct json *body);

/* Whether the service has that operation. False: answered with a 400, as a misspelt name would
 * match no call. */
bool control_knows_operation(struct call *call, struct slice name);

/* " Did you mean [name]?", or nothing if no name is near. */
struct slice control_question(struct call *call, const struct nearest *nearest);

#endif
