/* Environment variables AMAZONMQ_LOCAL_…, and the port of VARIABLE("PORT") without it. */
#ifndef BASE_VARIABLES_H
#define BASE_VARIABLES_H

#include "base/slice.h"

#define VARIABLE(name) "AMAZONMQ_LOCAL_" name

/* Where the server listens, and where ctl looks for it, if nothing else is given. */
#define DEFAULT_PORT "8267"

/* NULL if it is not set, is empty, or was set by Kubernetes for a service of that name, such as
 * AMAZONMQ_LOCAL_PORT=tcp://10.0.0.1:8267. */
const char *variable_get(const char *name);

typedef void variable_warning(struct slice name, const char *meant);

/* Calls `warn` for each that nobody reads, perhaps with the one that was meant: not for those of
 * `known`, which ends with NULL, those of the clients, and those that Kubernetes sets. */
void variables_check(const char *(*known)(size_t row), variable_warning *warn);

#endif
