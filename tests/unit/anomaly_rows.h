/* All rows of a database as text, to compare what was with what is. */
#ifndef TESTS_UNIT_ANOMALY_ROWS_H
#define TESTS_UNIT_ANOMALY_ROWS_H

#include "support.h"

#include <sqlite3.h>

static inline void add_rows(sqlite3 *db, const char *table, struct buffer *out)
{
    char sql[100];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    int columns = sqlite3_column_count(stmt), code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        buffer_append_string(out, table);
        for (int i = 0; i < columns; i++) {
            const char *value = (const char *)sqlite3_column_text(stmt, i);
            buffer_append_char(out, '|');
            buffer_append_string(out, value ? value : "NULL");
        }
        buffer_append_char(out, '\n');
    }
    assert_int_equal(code, SQLITE_DONE);
    sqlite3_finalize(stmt);
}

static inline void add_all_rows(sqlite3 *db, struct buffer *out)
{
    sqlite3_stmt *stmt = NULL;
    buffer_clear(out);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                        " ORDER BY name",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        add_rows(db, (const char *)sqlite3_column_text(stmt, 0), out);
    sqlite3_finalize(stmt);
    assert_false(out->failed);
}

/* Ids, times and numbers differ from run to run: each run of hexadecimal digits and dashes is one
 * character then. */
static inline void blur(struct buffer *text)
{
    size_t len = 0;
    for (size_t i = 0; i < text->len; i++) {
        bool digit = text->data[i] != '\0' && strchr("0123456789abcdef-", text->data[i]);
        if (digit && len > 0 && text->data[len - 1] == '0')
            continue;
        text->data[len++] = digit ? '0' : text->data[i];
    }
    text->len = len;
    if (text->data)
        text->data[len] = '\0';
}

static inline int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The order of rows is that of their ids. */
static inline void sort_lines(struct buffer *text)
{
    size_t count = 0, room = 0, len = text->len;
    for (size_t i = 0; i < len; i++)
        room += text->data[i] == '\n';
    char *copy = exact_copy(buffer_slice(text));
    const char **lines = calloc(room + 1, sizeof *lines);
    assert_non_null(lines);
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
        lines[count++] = line;
    qsort(lines, count, sizeof *lines, by_text);
    buffer_clear(text);
    for (size_t i = 0; i < count; i++)
        buffer_printf(text, "%s\n", lines[i]);
    free(lines);
    free(copy);
}

static inline bool same(const struct buffer *a, const struct buffer *b)
{
    return slice_equal(buffer_slice(a), buffer_slice(b));
}

#endif
