/* The check of columns of JSON text in rows that seeds and untrusted files bring. Those of the
 * schema do not suffice, but for the groups of users: some look at single characters only, and
 * others use SQLite's functions, which accept JSON5 since version 3.42. */
#ifndef STORE_JSON_COLUMNS_H
#define STORE_JSON_COLUMNS_H

#include "base/result.h"
#include "base/slice.h"
#include "store/tables.h"

/* What a text that utf8_is_text refuses breaks. */
#define TEXT_RULE "a text contains a NUL or is not valid UTF-8"

/* `text`, which ends with a NUL, is the value of a column of `table`, by its place. RESULT_INVALID
 * with the rule in `rule` if it is one of JSON and holds what RFC 8259 does not allow, or base/json
 * does not read; RESULT_NO_MEMORY. */
enum result json_column_check(const struct table *table, int column, struct slice text, char *rule,
                              size_t size) MUST_CHECK;

#endif
