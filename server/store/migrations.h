/* The scripts of schema/, made part of the binary by the build. */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

extern const int migration_count;
extern const unsigned char *const migrations[]; /* number 1 first; NUL-terminated SQL */

/* Those of them that fill the catalogue and do nothing else: their names begin with `catalogue`. */
extern const int catalogue_script_count;
extern const unsigned char *const catalogue_scripts[];

#endif
