/* Members of a request body, declared in tables and read by one function. */
#ifndef API_MEMBERS_H
#define API_MEMBERS_H

#include "api/errors.h"
#include "base/arena.h"
#include "base/json.h"

/* The comments give the type at the member's offset; an absent member is all zeros. */
enum member_type {
    MEMBER_BOOLEAN,    /* enum optional */
    MEMBER_INTEGER,    /* struct optional_integer */
    MEMBER_NUMBER,     /* struct optional_number */
    MEMBER_STRING,     /* struct slice */
    MEMBER_STRINGS,    /* struct strings */
    MEMBER_STRING_MAP, /* struct string_map */
    MEMBER_OBJECT,     /* a pointer to the struct of `inner`, NULL if absent */
    MEMBER_OBJECTS,    /* struct objects: an array of the struct of `inner` */
};

enum optional { OPTIONAL_ABSENT, OPTIONAL_FALSE, OPTIONAL_TRUE };

struct optional_integer {
    bool present;
    int64_t value; /* at most 32 bits: otherwise the type is wrong */
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
    struct string_pair *items; /* in the order of the request */
};

struct objects {
    bool present;
    size_t count;
    void *items;
};

/* One member of a body and its place in the input struct of the operation. */
struct member {
    const char *name;
    enum member_type type;
    size_t offset;
    bool required;
    const struct members *inner; /* for MEMBER_OBJECT and MEMBER_OBJECTS */
};

struct members {
    const struct member *list; /* in the order of the checks, that of the service's model */
    size_t count;
    size_t size; /* of the input struct */
};

#define MEMBERS(list, type)                                 \
    {                                                       \
        (list), sizeof(list) / sizeof *(list), sizeof(type) \
    }

/* An error in a body, and its first argument, a JSON path such as `groups[1]`. */
struct member_error {
    enum error_id id;
    struct slice path;
    const char *type; /* with ERROR_WRONG_TYPE: the expected one */
};

/* Fills `input` (zeroed by the caller) from `body`. Checks first all types, then all required
 * members; RESULT_INVALID with the first error in *error. A null member counts as absent, a null in
 * a list is a wrong type, unknown members are ignored. Slices point into the parsed body.
 * RESULT_NO_MEMORY. */
enum result members_read(const struct members *members, const struct json *body, void *input,
                         struct arena *arena, struct member_error *error) MUST_CHECK;

#endif
