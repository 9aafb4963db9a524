/* --check-health: requests /_local/health from a running server. */
#ifndef CHECK_HEALTH_H
#define CHECK_HEALTH_H

#include "options.h"

/* The exit status: 0 if the server is healthy, else 1 with one line on stderr. */
int check_health(const struct options *options);

#endif
