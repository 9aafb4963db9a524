/* The scripts of schema/, which the build embeds in the binary. */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

extern const int migration_count;
extern const unsigned char *const migrations[]; /* number 1 first; NUL-terminated SQL */

#endif
