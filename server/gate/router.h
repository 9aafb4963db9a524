/* From method and path to the operation. */
#ifndef GATE_ROUTER_H
#define GATE_ROUTER_H

#include "api/call.h"
#include "api/operation.h"

/* The operation of the API or of the control API, with its labels set; NULL where there is none. */
const struct operation *router_find(const struct request *request, struct labels *labels);

/* The methods of a path of the API as a list (`GET,PUT`) in the arena; absent for an unknown path.
 */
struct slice router_methods(const struct target *target, struct arena *arena);

#endif
