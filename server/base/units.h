/* Units of times and sizes, as options and words of ctl have them. */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* A list of units ends with a name of NULL. */
struct unit {
    const char *name;
    int64_t factor;
};

extern const struct unit unit_sizes[]; /* in bytes; a number alone is one too */
extern const struct unit unit_times[]; /* in milliseconds */
extern const struct unit unit_steps[]; /* the same, and days */

enum { UNITS_SUGGESTION = 80 };

/* For a number that has no unit: `; did you mean 7s, 7m or 7h?` with those of `units` that make it
 * one of `min` to `max`. Else empty. */
void units_suggest(const char *text, const struct unit *units, int64_t min, int64_t max,
                   char suggestion[UNITS_SUGGESTION]);

#endif
