/* The request target: first split on `/`, `&` and `=`, then each part is decoded once. */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "api/request.h"

/* Splits and decodes `raw`; removes scheme and authority of an absolute-form target. %zz, %00 and
 * invalid UTF-8 only set target->malformed. Segments and members are in the arena.
 * RESULT_NO_MEMORY. */
enum result target_parse(struct slice raw, struct arena *arena, struct target *target) MUST_CHECK;

/* Whether a raw path begins with `/` and has only the characters of one (RFC 3986, 3.3); bytes
 * over 127 are allowed. */
bool target_is_path(struct slice path);

#endif
