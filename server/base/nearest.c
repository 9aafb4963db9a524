#include "base/nearest.h"

enum { NAME_MAX_LEN = 64, DISTANCES = 3 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau and Levenshtein's, without further edits of letters that were exchanged. */
static size_t distance_of(struct slice a, struct slice b)
{
    size_t rows[DISTANCES][NAME_MAX_LEN + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % DISTANCES], *before = rows[(i + 2) % DISTANCES];
        const size_t *before_that = rows[(i + 1) % DISTANCES];
        char letter = lower(a.data[i - 1]);
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char other = lower(b.data[j - 1]);
            row[j] = least(before[j - 1] + (letter != other), least(before[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && letter == lower(b.data[j - 2]) && lower(a.data[i - 2]) == other)
                row[j] = least(row[j], before_that[j - 2] + 1);
        }
    }
    return rows[a.len % DISTANCES][b.len];
}

void nearest_try(struct nearest *nearest, const char *name)
{
    struct slice other = slice_of(name), given = nearest->given;
    if (given.len == 0 || given.len > NAME_MAX_LEN || other.len > NAME_MAX_LEN)
        return;
    size_t most = given.len <= 4 ? 1 : given.len <= 8 ? 2 : 3;
    size_t distance = distance_of(given, other);
    if (distance > most || (nearest->name && distance >= nearest->distance))
        return;
    nearest->name = name;
    nearest->distance = distance;
}
