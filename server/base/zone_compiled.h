/* The zone database that `make` compiles in: generated/zones.c. */
#ifndef BASE_ZONE_COMPILED_H
#define BASE_ZONE_COMPILED_H

#include <stdint.h>

/* The part of zone_bytes that is a zone's file. Names of the same zone have the same part. */
struct zone_part {
    uint32_t at, len;
};

/* The names, each ended by a NUL, and the part of each; an empty name ends them. */
extern const char zone_names[];
extern const struct zone_part zone_parts[];
extern const unsigned char zone_bytes[];

#endif
