/* Which files the server still needs once it serves, and the sandbox around the rest. */
#ifndef CONFINE_H
#define CONFINE_H

#include "base/sandbox.h"
#include "options.h"

/* To be called when everything that is written or listened to is open. What the kernel refuses is
 * left out, with a line in the log. */
enum sandbox_state confine(const struct options *options);

#endif
