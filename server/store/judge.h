/* Judges the rows of a database that others may have written, a snapshot or a file, by the rules
 * that seeds and calls meet: structure, references, the schema's constraints and triggers, texts.
 */
#ifndef STORE_JUDGE_H
#define STORE_JUDGE_H

#include <sqlite3.h>

#include "store/store.h"

/* `db` has the schema of this version, its triggers enabled, and no open transaction; it is as
 * before afterwards. RESULT_INVALID with error->text set: what is wrong, beginning with the table
 * where one is at fault. RESULT_NO_MEMORY. */
enum result store_judge(sqlite3 *db, struct store_error *error) MUST_CHECK;

#endif
