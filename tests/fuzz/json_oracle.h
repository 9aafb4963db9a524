/* An independent parser of JSON (RFC 8259), to compare with the parser of the server and to check
 * its output. */
#ifndef TESTS_FUZZ_JSON_ORACLE_H
#define TESTS_FUZZ_JSON_ORACLE_H

#include <stdbool.h>

#include "base/slice.h"

enum { JSON_ORACLE_DEPTH = 1000 };

struct json_facts {
    bool is_json;   /* one value in valid UTF-8, with only white space around it */
    bool is_object; /* the value begins as an object */
    bool too_deep;  /* more than JSON_ORACLE_DEPTH levels: is_json is then false */
    bool sorted;    /* the names in every object are unique and in byte order */
    bool has_null;  /* contains the value null */
};

struct json_facts json_oracle(struct slice text);

#endif
