/* Members of a request body, declared as data and read by one function. */
#ifndef API_MEMBERS_H
#define API_MEMBERS_H

#include "api/errors.h"
#include "base/arena.h"
#include "base/json.h"

enum member_type { MEMBER_BOOLEAN, MEMBER_STRING, MEMBER_STRINGS };

/* A boolean that may be absent. */
enum optional { OPTIONAL_ABSENT, OPTIONAL_FALSE, OPTIONAL_TRUE };

/* A list of strings that may be absent. */
struct strings {
    bool present;
    size_t count;
    struct slice *items;
};

/* One member of a body: where in the operation's input struct it goes. MEMBER_BOOLEAN fills an enum
 * optional, MEMBER_STRING a struct slice (absent: data is NULL), MEMBER_STRINGS a struct strings.
 */
struct member {
    const char *name;
    enum member_type type;
    size_t offset;
    bool required;
};

struct members {
    const struct member *list; /* in the order of the model, in which they are checked */
    size_t count;
    size_t size; /* of the input struct */
};

/* What is wrong with a body: an error and its first argument, a JSON path such as `groups[1]`. */
struct member_error {
    enum error_id id;
    struct slice path;
    const char *type; /* with ERROR_WRONG_TYPE: what was wanted */
};

/* Fills `input` (zeroed by the caller) from `body`: all types are checked first, then all required
 * members; the first breach goes into *error with RESULT_INVALID. A null member counts as absent, a
 * null in a list is a wrong type, an unknown member is ignored. Slices point into the parsed body.
 * RESULT_NO_MEMORY. */
enum result members_read(const struct members *members, const struct json *body, void *input,
                         struct arena *arena, struct member_error *error) MUST_CHECK;

#endif
