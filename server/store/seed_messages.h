/* SQLite's error messages without any text of the seed that could be a password. */
#ifndef STORE_SEED_MESSAGES_H
#define STORE_SEED_MESSAGES_H

#include "base/slice.h"

/* The minimum length of a password of the service: a shorter quotation cannot be one. */
enum { SEED_MESSAGE_PASSWORD = 12 };

/* SQLite quotes the seed in messages such as `no such column: admin-password-1`, if the author
 * wrote a string in double quotes. Copies up to 400 bytes of the message, NUL-terminated, and
 * replaces each run of at least SEED_MESSAGE_PASSWORD bytes that is also in the seed by "…"; quotes
 * are ignored in the comparison. */
void seed_message_hide(const char *message, struct slice seed, char *out, size_t size);

/* A runtime error may quote a value, also one of a table: only messages known to contain none are
 * returned, else a general one; static. */
const char *seed_message_of_run(const char *message);

/* Explains a failed constraint to the author of a seed: the name of a CHECK, which states its rule,
 * or "columns: rule" for a UNIQUE or NOT NULL, for which SQLite reports no name. NUL-terminated. */
void seed_message_explain(const char *message, char *out, size_t size);

#endif
