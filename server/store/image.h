/* The empty store with the current schema, a SQLite file of 4096-byte pages, which the build makes
 * from the scripts of schema/. What has only zeros is left out. */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

enum { IMAGE_LINE = 16 }; /* bytes */

/* Lines of the file that follow each other. */
struct image_run {
    uint32_t first, count;
};

extern const size_t image_size; /* bytes, with the zeros */
extern const size_t image_run_count;
extern const struct image_run image_runs[];
extern const unsigned char image_bytes[]; /* of all runs, one after the other */

#endif
