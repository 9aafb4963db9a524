/* Time zones: the next time that the local clock of a zone shows a given weekday and time. */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

/* A zone name is
 *   - UTC or GMT;
 *   - an offset of up to 18 hours, H, HH, H:MM or HH:MM with a sign, optionally after UTC or GMT:
 *     +02:00, -05:30, UTC+2, GMT-3. UTC+2 is ahead of UTC;
 *   - a case-sensitive name of the zone database: Europe/Berlin, CET. There Etc/GMT+5 has the
 *     opposite sign: it is behind UTC. The system's database is used where it has the name, else
 *     the one that is compiled in.
 * In the system's database, the directories posix and right and the files posixrules and
 * localtime are not zones. */

/* The directory of the zone database: $TZDIR if that is an absolute path, else
 * /usr/share/zoneinfo. */
const char *time_zone_directory(void);

/* Whether the zone exists; false also if its file cannot be read. */
bool time_zone_exists(struct slice name);

/* The first instant after `after_ms` at which the local clock of `zone` reaches that weekday
 * (0 = Sunday … 6) and minute of the day (0 … 1439), in ms since 1970. Every week has exactly one:
 *   - if the clock skips that time, in spring or by crossing the date line, it is the instant of
 * the transition;
 *   - if the clock shows that time twice, in autumn, it is the first of the two.
 * RESULT_INVALID: no such zone, or weekday, minute or `after_ms` (years 1 to 9999) out of range.
 * RESULT_SYSTEM: the zone's file cannot be read, and the zone is not compiled in.
 *
 * Not thread-safe: it changes the environment and the C library's time zone during the call, and
 * restores them. */
enum result time_zone_next(struct slice zone, int weekday, int minute, int64_t after_ms,
                           int64_t *at_ms) MUST_CHECK;

#endif
