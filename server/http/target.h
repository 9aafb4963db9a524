/* The request target: split on `/`, `&` and `=` first, decoded once afterwards. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "api/request.h"

/* Splits and decodes `raw`; an absolute-form target loses its scheme and authority. %zz, %00 and
 * invalid UTF-8 only set target->malformed. Segments and members live in the arena.
 * RESULT_NO_MEMORY. */
enum result target_parse(struct slice raw, struct arena *arena, struct target *target) MUST_CHECK;

#endif
