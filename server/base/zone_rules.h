/* Zone files in the format of RFC 9636 (TZif), of version 2 or later: the offset of a zone at any
 * instant. */
#ifndef BASE_ZONE_RULES_H
#define BASE_ZONE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { ZONE_RULE_MAX = 120 };

/* The offsets before and between the transitions. All but `rule` is borrowed from the file. */
struct zone_rules {
    const char *times;   /* of the transitions: 8 bytes each, ascending */
    const char *types;   /* a byte each: the type of time after a transition */
    const char *offsets; /* of the types: 6 bytes each, of which the first 4 are the offset */
    size_t time_count;   /* 0: the rule, or else type 0, applies always */
    char
        rule[ZONE_RULE_MAX]; /* after the last transition, in the form of POSIX's TZ; empty: none */
};

/* False: the file is damaged, of version 1, or counts leap seconds. */
bool zone_rules_read(struct zone_rules *rules, struct slice file);

/* Sets *offset_s, in seconds ahead of UTC. False: the rule applies. */
bool zone_rules_find(const struct zone_rules *rules, int64_t at_s, int64_t *offset_s);

/* The file of a zone in the database that is compiled in, from 1970 on; absent if it has no such
 * name. */
struct slice zone_compiled(struct slice name);

#endif
