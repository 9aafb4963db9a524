/* Finds the operation for a method and path. */
#ifndef GATE_ROUTER_H
#define GATE_ROUTER_H

#include "api/call.h"
#include "api/operation.h"

/* The operation of the API or of the control API; sets the labels. NULL if there is none. */
const struct operation *router_find(const struct request *request, struct labels *labels);

/* The methods of an API path as a list (`GET,PUT`); absent for an unknown path or out of memory. */
struct slice router_methods(const struct target *target, struct arena *arena);

#endif
