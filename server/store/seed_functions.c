#include "store/seed_functions.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "store/seed_authorizer.h"

enum { ARGUMENTS_MAX = 16 }; /* SQLITE_LIMIT_FUNCTION_ARG of the store's connection */

/* The original function, which a connection that has not replaced it still has. It has two names.
 */
struct original {
    sqlite3 *db; /* opened by the first call */
    sqlite3_stmt *calls[ARGUMENTS_MAX + 1];
};

/* The length of a conversion's flags, width and precision, in any order. No conversion is one of
 * these characters, so none begins earlier for SQLite, whose versions differ in the order. */
static size_t specification_len(struct slice text)
{
    static const char characters[] = TEXT_DIGITS "-+ #!,l.*";
    size_t len = 0;
    while (len < text.len && text.data[len] != '\0' && strchr(characters, text.data[len]))
        len++;
    return len;
}

/* Adds the numbers of a specification to *total, and `star` for each `*`; false: it is too large.
 */
static bool add_numbers(struct slice specification, int64_t star, int64_t *total)
{
    for (size_t i = 0; i < specification.len;) {
        size_t digits = 0;
        int64_t number = specification.data[i] == '*' ? star : 0;
        while (i + digits < specification.len && text_is_digit(specification.data[i + digits]))
            digits++;
        if (digits > 0 &&
            !text_number(slice_part(specification, i, digits), SEED_VALUE_MAX, &number))
            return false;
        *total += number;
        if (*total > SEED_VALUE_MAX)
            return false;
        i += digits > 0 ? digits : 1;
    }
    return true;
}

/* The largest number that a `*` can take from the arguments, of texts and reals too, as printf. */
static int64_t largest(int count, sqlite3_value **arguments)
{
    int64_t most = 0;
    for (int i = 1; i < count; i++) {
        int64_t number = sqlite3_value_int64(arguments[i]);
        bool bounded = number >= -SEED_VALUE_MAX && number <= SEED_VALUE_MAX;
        int64_t size = bounded ? (number < 0 ? -number : number) : SEED_VALUE_MAX + 1;
        most = size > most ? size : most;
    }
    return most;
}

/* Whether the widths and precisions together are within the limit of a value: SQLite works each
 * off, even when the result is already too long. */
static bool has_bounded_widths(struct slice format, int count, sqlite3_value **arguments)
{
    int64_t star = memchr(format.data, '*', format.len) ? largest(count, arguments) : 0;
    int64_t total = 0;
    for (size_t i = 0; i < format.len; i++) {
        if (format.data[i] != '%')
            continue;
        struct slice rest = slice_part(format, i + 1, format.len - i - 1);
        struct slice specification = {rest.data, specification_len(rest)};
        if (!add_numbers(specification, star, &total))
            return false;
        i += specification.len + 1; /* and the conversion, which is `%` in `%%` */
    }
    return true;
}

/* A statement that calls the original with so many arguments; NULL: out of memory. */
static sqlite3_stmt *prepare_call(struct original *original, int count)
{
    char sql[100];
    if (!original->db) {
        if (sqlite3_open_v2(":memory:", &original->db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            NULL) != SQLITE_OK)
            return NULL;
        sqlite3_limit(original->db, SQLITE_LIMIT_LENGTH, SEED_VALUE_MAX);
    }
    if (!original->calls[count]) {
        int len = snprintf(sql, sizeof sql, "SELECT printf(?");
        for (int i = 1; i < count; i++)
            len += snprintf(sql + len, sizeof sql - (size_t)len, ",?");
        snprintf(sql + len, sizeof sql - (size_t)len, ")");
        sqlite3_prepare_v3(original->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &original->calls[count], NULL);
    }
    return original->calls[count];
}

static void call_original(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct original *original = sqlite3_user_data(context);
    if (count < 1 || count > ARGUMENTS_MAX)
        return; /* NULL, as the original without arguments */
    struct slice format = {(const char *)sqlite3_value_text(arguments[0]),
                           (size_t)sqlite3_value_bytes(arguments[0])};
    if (format.data && !has_bounded_widths(format, count, arguments)) {
        sqlite3_result_error(context, "printf: the widths and precisions are too large", -1);
        return;
    }
    sqlite3_stmt *call = prepare_call(original, count);
    if (!call) {
        sqlite3_result_error_nomem(context);
        return;
    }
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && i < count; i++)
        code = sqlite3_bind_value(call, i + 1, arguments[i]);
    if (code == SQLITE_OK)
        code = sqlite3_step(call);
    if (code == SQLITE_ROW)
        sqlite3_result_value(context, sqlite3_column_value(call, 0));
    else
        sqlite3_result_error_code(context, code);
    sqlite3_reset(call);
    sqlite3_clear_bindings(call);
}

static void free_original(void *context)
{
    struct original *original = context;
    for (int i = 0; i <= ARGUMENTS_MAX; i++)
        sqlite3_finalize(original->calls[i]);
    sqlite3_close(original->db);
    free(original);
}

enum result seed_functions_install(sqlite3 *db)
{
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
    struct original *original = calloc(1, sizeof *original);
    if (!original)
        return RESULT_NO_MEMORY;
    /* The first registration frees it: when the connection is closed, or at once where it fails. */
    bool good = sqlite3_create_function_v2(db, "printf", -1, FLAGS, original, call_original, NULL,
                                           NULL, free_original) == SQLITE_OK &&
                sqlite3_create_function_v2(db, "format", -1, FLAGS, original, call_original, NULL,
                                           NULL, NULL) == SQLITE_OK;
    return good ? RESULT_OK : RESULT_NO_MEMORY;
}
