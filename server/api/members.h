/* Members of a request body, declared as data and read by one function. */
#ifndef API_MEMBERS_H
#define API_MEMBERS_H

#include "api/errors.h"
#include "base/arena.h"
#include "base/json.h"

/* What a member fills at its offset, zeroed where it is absent. */
enum member_type {
    MEMBER_BOOLEAN,    /* enum optional */
    MEMBER_INTEGER,    /* struct optional_integer */
    MEMBER_NUMBER,     /* struct optional_number */
    MEMBER_STRING,     /* struct slice */
    MEMBER_STRINGS,    /* struct strings */
    MEMBER_STRING_MAP, /* struct string_map */
    MEMBER_OBJECT,     /* a pointer to the struct of `inner`, NULL where absent */
    MEMBER_OBJECTS,    /* struct objects of the structs of `inner` */
};

enum optional { OPTIONAL_ABSENT, OPTIONAL_FALSE, OPTIONAL_TRUE };

struct optional_integer {
    bool present;
    int64_t value; /* what does not fit 32 bits is a wrong type */
};

struct optional_number {
    bool present;
    double value;
};

struct strings {
    bool present;
    size_t count;
    struct slice *items;
};

struct string_pair {
    struct slice key, value;
};

struct string_map {
    bool present;
    size_t count;
    struct string_pair *items; /* as sent */
};

struct objects {
    bool present;
    size_t count;
    void *items;
};

/* One member of a body: where in the operation's input struct it goes. */
struct member {
    const char *name;
    enum member_type type;
    size_t offset;
    bool required;
    const struct members *inner; /* of objects */
};

struct members {
    const struct member *list; /* in the order of the model, in which they are checked */
    size_t count;
    size_t size; /* of the input struct */
};

#define MEMBERS(list, type)                                 \
    {                                                       \
        (list), sizeof(list) / sizeof *(list), sizeof(type) \
    }

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
