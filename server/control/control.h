/* The emulator's own endpoints under /_local/. */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include "api/call.h"

/* Whether the path is below /_local. */
bool control_owns(const struct target *target);

/* Answers the call; an unknown path or method is refused as everywhere else. */
void control_answer(struct call *call, const char *version);

#endif
