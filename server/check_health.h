/* --check-health: asks a running server over loopback. */
#ifndef CHECK_HEALTH_H
#define CHECK_HEALTH_H

#include "options.h"

/* The exit status: 0 when the server answers that it is well, else 1 with one line on stderr. */
int check_health(const struct options *options);

#endif
