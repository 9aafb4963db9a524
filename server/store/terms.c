#include "store/terms.h"

#define TERM_TEXT(prefix, name) [prefix##_##name] = SLICE_INIT(#name),
#define TERM_ITEM(prefix, name) #name ", "

/* The literal ends with a separator and a NUL, which are not part of the list. */
#define TERMS(name, VALUES)                                                        \
    static const struct slice name##_texts[] = {VALUES(TERM_TEXT)};                \
    const struct terms name##_terms = {name##_texts,                               \
                                       sizeof name##_texts / sizeof *name##_texts, \
                                       {VALUES(TERM_ITEM), sizeof(VALUES(TERM_ITEM)) - 3}}

TERMS(engine, ENGINES);
TERMS(broker_state, BROKER_STATES);
TERMS(deployment_mode, DEPLOYMENT_MODES);
TERMS(strategy, STRATEGIES);
TERMS(storage_type, STORAGE_TYPES);
TERMS(replication_mode, REPLICATION_MODES);
TERMS(replication_role, REPLICATION_ROLES);
TERMS(promote_mode, PROMOTE_MODES);
TERMS(weekday, WEEKDAYS);

unsigned term_find(const struct terms *terms, struct slice text)
{
    for (unsigned value = 1; text.data && value < terms->end; value++)
        if (slice_equal_ignoring_case(text, terms->texts[value]))
            return value;
    return 0;
}
