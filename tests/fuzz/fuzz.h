/* Shared by the fuzz targets. A target accepts any input and aborts if a check fails; the comment
 * at the top of its file lists what it checks.
 *
 * The same functions are linked with libFuzzer (make fuzz) and, with the inputs of the corpus, into
 * the unit test test_fuzz_corpora. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/slice.h"

#ifndef FUZZ_CORPUS
#define FUZZ_CORPUS "tests/fuzz/corpus"
#endif

enum {
    FUZZ_ROOM = 256 << 20, /* limit of an arena: reached only by endless loops */
    FUZZ_PIECES = 4096,
};

struct fuzz_target {
    const char *name; /* also the name of its directory in tests/fuzz/corpus */
    void (*run)(struct slice input);
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;

void fuzz_json_body(struct slice input);
void fuzz_page_token(struct slice input);
void fuzz_request(struct slice input);
void fuzz_request_target(struct slice input);
void fuzz_seed(struct slice input);
void fuzz_sigv4(struct slice input);
void fuzz_snapshot(struct slice input);
void fuzz_xml(struct slice input);

/* Checks that all of the store can be read through the API, now and after due changes. */
void fuzz_check_readable(struct slice input);

/* Calls every operation on every broker of the store, and every endpoint of the control API but
 * those that replace the whole store: any answer but a 5xx. */
void fuzz_check_operations(struct slice input);

/* Checks that DescribeBroker answers as at the first call. */
void fuzz_check_described(void);

/* The file of the input, for error messages. */
extern const char *fuzz_input_name;

/* Ends the process with a message and a stack trace unless `condition` holds. */
#define FUZZ_CHECK(condition) FUZZ_CHECK_SEEN(condition, "%s", "")

/* The same, with a printf format and arguments for the values seen. */
#define FUZZ_CHECK_SEEN(condition, ...)                             \
    do {                                                            \
        if (!(condition))                                           \
            fuzz_fail(__FILE__, __LINE__, #condition, __VA_ARGS__); \
    } while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Separately allocated copies, so that the sanitizer detects a read past the end. */
struct fuzz_pieces {
    char *list[FUZZ_PIECES];
    size_t count;
};

struct slice fuzz_copy(struct fuzz_pieces *pieces, struct slice text);
struct slice fuzz_copy_terminated(struct fuzz_pieces *pieces, struct slice text);
void fuzz_free(struct fuzz_pieces *pieces);

/* Removes the first byte and returns it modulo `limit`; 0 if there is none. */
size_t fuzz_take_choice(struct slice *input, size_t limit);

bool fuzz_contains(struct slice text, struct slice part);

#endif
