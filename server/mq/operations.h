/* The operations of the API: one row each. */
#ifndef MQ_OPERATIONS_H
#define MQ_OPERATIONS_H

#include "api/operation.h"

extern const struct operation operations[];
extern const size_t operation_count;

#endif
