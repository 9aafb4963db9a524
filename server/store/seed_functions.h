/* printf() and format() of SQL with a limit for widths and precisions: SQLite works off a precision
 * such as that of `%.1000000000c` before it looks at the length of the result. */
#ifndef STORE_SEED_FUNCTIONS_H
#define STORE_SEED_FUNCTIONS_H

#include "base/result.h"

struct sqlite3;

/* Replaces both in a connection without prepared statements. RESULT_NO_MEMORY. */
enum result seed_functions_install(struct sqlite3 *db) MUST_CHECK;

#endif
