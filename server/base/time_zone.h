/* Named time zones: when the wall clock of a place shows a day of the week and a time of day. */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdint.h>

#include "base/result.h"
#include "base/slice.h"

/* A zone is named by
 *   - UTC or GMT;
 *   - an offset: a sign, one or two digits of hours and, if wanted, `:` and two of minutes, UTC or
 *     GMT before it or not, up to 18 hours: +02:00, -05:30, UTC+2, GMT-3. UTC+2 is ahead of UTC;
 *   - a name of the machine's zone database, in its exact case: Europe/Berlin, CET. There the sign
 *     of Etc/GMT+5 has its opposite meaning, behind UTC.
 * The database is the directory TZDIR of the environment, if that is an absolute path, else
 * /usr/share/zoneinfo. Its folders posix and right and its posixrules and localtime are no zones.
 */

/* Where the zone database is: what TZDIR names, or its usual place. */
const char *time_zone_directory(void);

/* Whether such a zone is there; false also where its file cannot be read. */
bool time_zone_exists(struct slice name);

/* The first instant after `after_ms` at which the wall clock of `zone` reaches that weekday
 * (0 = Sunday … 6) and minute of the day (0 … 1439), in ms since 1970. Every week has exactly one:
 *   - a time that the clock jumps over, in spring or by crossing the date line, comes at the
 *     instant of the jump;
 *   - a time that the clock shows twice, in autumn, counts the first time only.
 * RESULT_INVALID: no such zone, or weekday, minute or `after_ms` (years 1 to 9999) out of range.
 * RESULT_SYSTEM: the zone's file cannot be read.
 *
 * The environment and the C library's zone are others during the call, so threads must not share
 * it; afterwards both are what they were. */
enum result time_zone_next(struct slice zone, int weekday, int minute, int64_t after_ms,
                           int64_t *at_ms) MUST_CHECK;

#endif
