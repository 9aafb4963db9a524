#include "base/zone_rules.h"

#include <string.h>

#include "base/zone_compiled.h"

enum {
    HEADER = 44,
    COUNTS_AT = 20, /* six counts of four bytes */
    TYPE = 6,
};

/* The counts, in the order of the header. */
struct counts {
    size_t ut, standard, leap, times, types, names;
};

/* A number in network byte order, with a sign. */
static int64_t read_number(const char *at, int bytes)
{
    uint64_t number = (signed char)*at < 0 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | (unsigned char)at[i];
    return (int64_t)number;
}

static bool skip(struct slice *file, size_t bytes)
{
    if (bytes > file->len)
        return false;
    *file = (struct slice){file->data + bytes, file->len - bytes};
    return true;
}

static bool read_header(struct slice *file, struct counts *counts)
{
    size_t *const all[] = {&counts->ut,    &counts->standard, &counts->leap,
                           &counts->times, &counts->types,    &counts->names};
    const char *at = file->data;
    if (file->len < HEADER || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return false;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int64_t count = read_number(at + COUNTS_AT + 4 * i, 4);
        if (count < 0)
            return false;
        *all[i] = (size_t)count;
    }
    return skip(file, HEADER);
}

/* The bytes of the data that follow a header, with times of so many bytes. */
static size_t size_of_data(const struct counts *counts, size_t time)
{
    return counts->times * (time + 1) + counts->types * TYPE + counts->names +
           counts->leap * (time + 4) + counts->standard + counts->ut;
}

static bool read_rule(struct zone_rules *rules, struct slice rest)
{
    if (rest.len < 2 || rest.len - 2 >= sizeof rules->rule || rest.data[0] != '\n' ||
        rest.data[rest.len - 1] != '\n' || memchr(rest.data, '\0', rest.len))
        return false;
    memcpy(rules->rule, rest.data + 1, rest.len - 2);
    rules->rule[rest.len - 2] = '\0';
    return true;
}

bool zone_rules_read(struct zone_rules *rules, struct slice file)
{
    struct counts counts;
    if (!read_header(&file, &counts) || !skip(&file, size_of_data(&counts, 4)) ||
        !read_header(&file, &counts))
        return false;
    rules->times = file.data;
    if (counts.leap > 0 || counts.types == 0 || !skip(&file, size_of_data(&counts, 8)))
        return false;
    rules->time_count = counts.times;
    rules->types = rules->times + 8 * counts.times;
    rules->offsets = rules->types + counts.times;
    for (size_t i = 0; i < counts.times; i++)
        if ((unsigned char)rules->types[i] >= counts.types)
            return false;
    return read_rule(rules, file);
}

bool zone_rules_find(const struct zone_rules *rules, int64_t at_s, int64_t *offset_s)
{
    size_t before = 0, until = rules->time_count; /* of the transitions, those not after at_s */
    while (before < until) {
        size_t middle = before + (until - before) / 2;
        if (read_number(rules->times + 8 * middle, 8) <= at_s)
            before = middle + 1;
        else
            until = middle;
    }
    if (before == rules->time_count && *rules->rule)
        return false;
    size_t type = before > 0 ? (unsigned char)rules->types[before - 1] : 0;
    *offset_s = read_number(rules->offsets + TYPE * type, 4);
    return true;
}

struct slice zone_compiled(struct slice name)
{
    const struct zone_part *part = zone_parts;
    for (const char *at = zone_names; *at; at += strlen(at) + 1, part++)
        if (slice_equal(slice_of(at), name))
            return (struct slice){(const char *)zone_bytes + part->at, part->len};
    return (struct slice){NULL, 0};
}
