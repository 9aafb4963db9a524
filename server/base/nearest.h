/* The name that a misspelt one was probably meant to be. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/slice.h"

struct nearest {
    struct slice given;
    const char *name; /* the nearest so far; NULL: none is near */
    size_t distance;
};

static inline struct nearest nearest_to(struct slice given)
{
    return (struct nearest){given, NULL, 0};
}

/* Compares another name, ignoring case. A name is near if one letter of up to four, two of up to
 * eight, or three are other, missing, too many, or exchanged with the next one. */
void nearest_try(struct nearest *nearest, const char *name);

#endif
