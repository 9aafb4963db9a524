/* Validates the rows of an untrusted database, a snapshot or a file, by the rules for seeds and
 * calls: structure, references, constraints and triggers of the schema, texts. */
#ifndef STORE_VALIDATE_H
#define STORE_VALIDATE_H

#include <sqlite3.h>

#include "store/store.h"

/* Whether `db` has the schema of `own`: RESULT_INVALID with *error set, RESULT_STORE. */
enum result store_validate_schema(sqlite3 *db, sqlite3 *own, struct store_error *error) MUST_CHECK;

/* `db` must have the schema of this version, triggers enabled and no open transaction; it is not
 * changed. RESULT_INVALID or RESULT_NO_MEMORY with error->text set, which begins with the table if
 * the error is in one. */
enum result store_validate(sqlite3 *db, struct store_error *error) MUST_CHECK;

#endif
