#include "store/seed_messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 400 };

static size_t copy_without_quotes(char *to, const char *from, size_t len)
{
    size_t copied = 0;
    for (size_t i = 0; i < len; i++) {
        if (from[i] != '\'' && from[i] != '"' && from[i] != '`')
            to[copied++] = from[i];
    }
    return copied;
}

/* Marks each byte of the message in a run of at least SEED_MESSAGE_PASSWORD bytes that is also in
 * the source. Quotes are ignored: SQLite turns doubled ones into one. */
static void mark_quotations(const char *message, size_t len, struct slice source, bool *hidden)
{
    size_t place[MESSAGE_MAX];
    char letters[MESSAGE_MAX];
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (copy_without_quotes(letters + count, message + i, 1))
            place[count++] = i;
    }
    for (size_t i = 0; i + SEED_MESSAGE_PASSWORD <= count; i++) {
        if (memmem(source.data, source.len, letters + i, SEED_MESSAGE_PASSWORD))
            memset(hidden + place[i], true, place[i + SEED_MESSAGE_PASSWORD - 1] - place[i] + 1);
    }
    /* A space next to SQLite's own words is not part of the quotation. */
    for (size_t i = 1; i + 1 < len; i++) {
        if (message[i] == ' ' && (!hidden[i - 1] || !hidden[i + 1]))
            hidden[i] = false;
    }
}

void seed_message_hide(const char *message, struct slice seed, char *out, size_t size)
{
    /* SQLite 3.41 and later put the name in double quotes and add a hint. */
    static const char quoted[] = "no such column: \"", name[] = "no such column: ";
    static const char advice[] = "\" - should this be a string literal in single-quotes?";
    char plain[MESSAGE_MAX];
    const char *end = strstr(message, advice);
    if (end && strncmp(message, quoted, sizeof quoted - 1) == 0) {
        snprintf(plain, sizeof plain, "%s%.*s", name,
                 (int)(end - message - (ptrdiff_t)(sizeof quoted - 1)),
                 message + sizeof quoted - 1);
        message = plain;
    }
    size_t len = strnlen(message, MESSAGE_MAX);
    bool hidden[MESSAGE_MAX] = {false};
    char *source = malloc(seed.len + 1);
    if (source)
        mark_quotations(message, len,
                        (struct slice){source, copy_without_quotes(source, seed.data, seed.len)},
                        hidden);
    else
        memset(hidden, true, len);
    free(source);

    static const char mark[] = "…";
    size_t used = 0;
    for (size_t i = 0; i < len && used + sizeof mark < size; i++) {
        if (!hidden[i]) {
            out[used++] = message[i];
        } else if (i == 0 || !hidden[i - 1]) {
            memcpy(out + used, mark, sizeof mark - 1);
            used += sizeof mark - 1;
        }
    }
    out[used] = '\0';
}

const char *seed_message_of_run(const char *message)
{
    static const struct {
        const char *begin, *shown; /* NULL: `begin` itself */
    } known[] = {
        {"JSON path error", "malformed JSON path"},
        {"bad JSON path", "malformed JSON path"}, /* since SQLite 3.45 */
        {"malformed JSON", NULL},
        {"JSON cannot hold BLOB values", NULL},
        {"integer overflow", NULL},
        {"LIKE or GLOB pattern too complex", NULL},
        {"ESCAPE expression must be a single character", NULL},
        {"abort due to ROLLBACK", NULL},
        {"cannot VACUUM from within a transaction", NULL},
        {"datatype mismatch", NULL},
        {"too many levels of trigger recursion", NULL},
        {"printf: the widths and precisions are too large", NULL},
        {"frame starting offset must be a non-negative integer", NULL},
        {"frame ending offset must be a non-negative integer", NULL},
        {"frame starting offset must be a non-negative number", NULL},
        {"frame ending offset must be a non-negative number", NULL},
        {"argument of ntile must be a positive integer", NULL},
        {"second argument to nth_value must be a positive integer", NULL},
        {"json_object() labels must be TEXT", NULL},
        {"json_object() requires an even number of arguments", NULL},
        {"json_insert() needs an odd number of arguments", NULL},
        {"json_replace() needs an odd number of arguments", NULL},
        {"json_set() needs an odd number of arguments", NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strncmp(message, known[i].begin, strlen(known[i].begin)) == 0)
            return known[i].shown ? known[i].shown : known[i].begin;
    }
    return "SQLite rejected the statement";
}

/* "broker.account, broker.region" as "account, region"; the table goes to `table`. */
static void split_columns(const char *columns, char *table, size_t table_size, char *names,
                          size_t size)
{
    size_t used = 0;
    names[0] = table[0] = '\0';
    while (*columns) {
        size_t len = strcspn(columns, ",");
        const char *dot = memchr(columns, '.', len);
        const char *name = dot ? dot + 1 : columns;
        if (dot)
            snprintf(table, table_size, "%.*s", (int)(dot - columns), columns);
        int wrote = snprintf(names + used, size - used, "%s%.*s", used > 0 ? ", " : "",
                             (int)(columns + len - name), name);
        if (wrote < 0 || (size_t)wrote >= size - used)
            return;
        used += (size_t)wrote;
        columns += len;
        columns += strspn(columns, ", ");
    }
}

void seed_message_explain(const char *message, char *out, size_t size)
{
    static const char *const kinds[] = {"UNIQUE constraint failed: ",
                                        "NOT NULL constraint failed: "};
    static const char check[] = "CHECK constraint failed: ";
    char table[64], names[200];
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(kinds[i]);
        if (strncmp(message, kinds[i], len) != 0)
            continue;
        split_columns(message + len, table, sizeof table, names, sizeof names);
        if (i == 0)
            snprintf(out, size, "%s: another row of %s has the same", names, table);
        else
            snprintf(out, size, "%s: required in every row of %s", names, table);
        return;
    }
    snprintf(out, size, "%s",
             message + (strncmp(message, check, sizeof check - 1) ? 0 : sizeof check - 1));
}
