/* What of SQLite's messages may be shown: nothing of the seed that could be a password. */
#ifndef STORE_SEED_MESSAGES_H
#define STORE_SEED_MESSAGES_H

#include "base/slice.h"

/* The shortest password the service takes: a shorter quotation cannot be one. */
enum { SEED_MESSAGE_PASSWORD = 12 };

/* SQLite quotes the seed in messages such as `no such column: admin-password-1`, where double
 * quotes were meant to make a string. Copies the message, NUL-terminated, at most 400 bytes of it,
 * with "…" in place of each run of SEED_MESSAGE_PASSWORD bytes or more that stands in the seed too,
 * wherever either has quotes. */
void seed_message_hide(const char *message, struct slice seed, char *out, size_t size);

/* The error of a statement that runs may quote a value, also one out of a table: only messages
 * known to hold none are shown. Returns one of them, or the general one; static. */
const char *seed_message_of_run(const char *message);

/* What a broken constraint means to the author of a seed: the name of a CHECK, which is its rule,
 * or "columns: rule" of a UNIQUE or NOT NULL, which have no names to SQLite. NUL-terminated. */
void seed_message_explain(const char *message, char *out, size_t size);

#endif
