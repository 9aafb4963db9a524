/* The result of a function that can fail. */
#ifndef BASE_RESULT_H
#define BASE_RESULT_H

/* RESULT_OK is 0, so `if (result)` reads "if it failed". */
enum result {
    RESULT_OK = 0,
    RESULT_NO_MEMORY,
    RESULT_TOO_LARGE, /* a ceiling was reached */
    RESULT_INVALID,   /* the input breaks a rule */
    RESULT_NOT_FOUND,
    RESULT_CONFLICT, /* it exists already */
    RESULT_STORE,    /* the database failed: full disk, I/O error, no memory */
    RESULT_SYSTEM,   /* a system call failed; errno says why */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
