/* The check of every JSON text before cJSON parses it, and of lists that are never parsed. */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include "base/json.h"

/* RESULT_OK: the text is one JSON object within the limits of json_parse. Errors as json_parse. */
enum result json_check(struct arena *arena, struct slice text, struct json_error *error) MUST_CHECK;

/* Whether the text is one JSON array of strings, of any number; `text.data[text.len]` must be a
 * NUL. */
bool json_is_string_list(struct slice text);

#endif
