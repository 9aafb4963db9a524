/* The operations of the control API, without names. */
#ifndef CONTROL_ENDPOINTS_H
#define CONTROL_ENDPOINTS_H

#include "api/operation.h"

extern const struct operation control_operations[];
extern const size_t control_operation_count;

#endif
