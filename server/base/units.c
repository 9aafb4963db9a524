#include "base/units.h"

#include <stdio.h>

#include "base/text.h"

enum { NUMBER_MAX = 999999999 };

const struct unit unit_sizes[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {NULL, 0}};
/* clang-format off */
#define TIMES {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}
/* clang-format on */
const struct unit unit_times[] = {TIMES, {NULL, 0}};
const struct unit unit_steps[] = {TIMES, {"d", 86400000}, {NULL, 0}};

void units_suggest(const char *text, const struct unit *units, int64_t min, int64_t max,
                   char suggestion[UNITS_SUGGESTION])
{
    int64_t number = 0;
    size_t fitting = 0, len = 0;
    suggestion[0] = '\0';
    if (*text == '\0' || !text_number(slice_of(text), NUMBER_MAX, &number))
        return;
    for (const struct unit *unit = units; unit->name; unit++)
        fitting += number * unit->factor >= min && number * unit->factor <= max;
    for (size_t left = fitting; left > 0 && len < UNITS_SUGGESTION; units++) {
        if (number * units->factor < min || number * units->factor > max)
            continue;
        const char *between = left == fitting ? "; did you mean " : left == 1 ? " or " : ", ";
        len += (size_t)snprintf(suggestion + len, UNITS_SUGGESTION - len, "%s%lld%s%s", between,
                                (long long)number, units->name, left == 1 ? "?" : "");
        left--;
    }
}
