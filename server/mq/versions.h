/* Dotted versions such as 5.18.7: pure functions, no store. */
#ifndef MQ_VERSIONS_H
#define MQ_VERSIONS_H

#include "base/slice.h"

/* Below, at or above 0 as `a` is older than, as old as or newer than `b`. By numbers of any length,
 * so 5.9 is older than 5.18; a missing number is 0. Anything but a digit separates two numbers. */
int version_compare(struct slice a, struct slice b);

/* 3.13 of 3.13.7; the whole of a version with fewer numbers. */
struct slice version_minor(struct slice version);

bool version_at_least(struct slice version, struct slice least);

#endif
