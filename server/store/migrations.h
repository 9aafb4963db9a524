/* The scripts of schema/, which the build embeds in the binary. */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include <stdbool.h>

extern const int migration_count;
extern const unsigned char *const migrations[]; /* number 1 first; NUL-terminated SQL */
extern const bool migration_fills_catalogue[];  /* and does nothing else: its name says so */

/* Those of them that fill the catalogue and do nothing else: their names begin with `catalogue`. */
extern const int catalogue_script_count;
extern const unsigned char *const catalogue_scripts[];

#endif
