/* JSON as RFC 8259 has it, read a second time and by nobody else's code: what the product takes and
 * what it writes is held against this. */
#ifndef TESTS_FUZZ_JSON_ORACLE_H
#define TESTS_FUZZ_JSON_ORACLE_H

#include <stdbool.h>

#include "base/slice.h"

enum { JSON_ORACLE_DEPTH = 1000 };

struct json_facts {
    bool is_json;   /* one value with nothing but white space around it, in valid UTF-8 */
    bool is_object; /* and that value is an object */
    bool too_deep;  /* more than JSON_ORACLE_DEPTH levels: is_json says nothing then */
    bool sorted;    /* the names of every object ascend, byte by byte, and none stands twice */
    bool has_null;  /* the value null is somewhere in it */
};

struct json_facts json_oracle(struct slice text);

#endif
