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

static bool is_bounded(int64_t number)
{
    return number >= -SEED_VALUE_MAX && number <= SEED_VALUE_MAX;
}

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

static bool has_bounded_numbers(struct slice specification)
{
    for (size_t i = 0, digits = 0; i < specification.len; i += digits + 1) {
        int64_t number = 0;
        for (digits = 0;
             i + digits < specification.len && text_is_digit(specification.data[i + digits]);)
            digits++;
        if (digits > 0 &&
            !text_number(slice_part(specification, i, digits), SEED_VALUE_MAX, &number))
            return false;
    }
    return true;
}

/* Whether no width or precision of the format, and with `*` no argument, is above the limit. */
static bool has_bounded_widths(struct slice format, int count, sqlite3_value **arguments)
{
    bool has_star = false;
    for (size_t i = 0; i < format.len; i++) {
        if (format.data[i] != '%')
            continue;
        struct slice rest = slice_part(format, i + 1, format.len - i - 1);
        struct slice specification = {rest.data, specification_len(rest)};
        if (!has_bounded_numbers(specification))
            return false;
        has_star |= specification.len > 0 && memchr(specification.data, '*', specification.len);
        i += specification.len + 1; /* and the conversion, which is `%` in `%%` */
    }
    for (int i = 1; has_star && i < count; i++)
        if (!is_bounded(sqlite3_value_int64(arguments[i]))) /* of texts and reals too, as printf */
            return false;
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
        sqlite3_result_error(context, "printf: a width or precision is too large", -1);
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
