#include "store/seed_inserts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sqlite3.h>

#include "base/text.h"

enum { DIGITS_MAX = 18 }; /* every such number is a 64-bit integer */

struct reader {
    const char *at;
    const char *end;
};

struct literal {
    int type; /* SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB or SQLITE_NULL */
    int64_t number;
    const char *data;
    size_t len; /* of a blob; a text ends with a NUL */
};

/* ---- tokens, the subset of SQLite's that is described in the header ---- */

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at && strchr(" \t\n\f\r", *reader->at))
        reader->at++;
}

static bool take(struct reader *reader, char c)
{
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

/* The word; empty if there is none. In SQLite words may contain other characters too: those are
 * left unread, and no token that may follow begins with one. */
static struct slice take_name(struct reader *reader)
{
    static const char letters[] = TEXT_ALPHANUMERIC "_";
    skip_blanks(reader);
    const char *start = reader->at;
    if (start < reader->end && *start >= '0' && *start <= '9')
        return (struct slice){start, 0};
    while (reader->at < reader->end && *reader->at && strchr(letters, *reader->at))
        reader->at++;
    return (struct slice){start, (size_t)(reader->at - start)};
}

static bool is_word(struct slice name, const char *word)
{
    return name.len == strlen(word) && strncasecmp(name.data, word, name.len) == 0;
}

static bool take_word(struct reader *reader, const char *word)
{
    return is_word(take_name(reader), word);
}

/* ---- literals ---- */

static bool read_number(struct reader *reader, struct literal *out)
{
    bool negative = *reader->at == '-';
    if (negative || *reader->at == '+')
        reader->at++;
    int64_t number = 0;
    size_t digits = 0;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        if (++digits > DIGITS_MAX)
            return false;
        number = number * 10 + (*reader->at - '0');
    }
    *out = (struct literal){.type = SQLITE_INTEGER, .number = negative ? -number : number};
    return digits > 0;
}

/* Copies the text between the quotes, of which two are one, and a NUL to *room and moves it on. */
static bool read_text(struct reader *reader, char **room, struct literal *out)
{
    *out = (struct literal){.type = SQLITE_TEXT, .data = *room};
    for (;;) {
        const char *from = ++reader->at;
        const char *quote = memchr(from, '\'', (size_t)(reader->end - from));
        if (!quote)
            return false;
        *room = mempcpy(*room, from, (size_t)(quote - from));
        reader->at = quote + 1;
        if (reader->at == reader->end || *reader->at != '\'')
            break;
        *(*room)++ = '\'';
    }
    *(*room)++ = '\0';
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool read_blob(struct reader *reader, char **room, struct literal *out)
{
    *out = (struct literal){.type = SQLITE_BLOB, .data = *room};
    for (reader->at += 2; reader->end - reader->at >= 2; reader->at += 2) {
        int high = hex_digit(reader->at[0]), low = hex_digit(reader->at[1]);
        if (high < 0 || low < 0)
            break;
        *(*room)++ = (char)(high << 4 | low);
    }
    out->len = (size_t)(*room - out->data);
    return reader->at < reader->end && *reader->at++ == '\'';
}

static bool read_literal(struct reader *reader, char **room, struct literal *out)
{
    skip_blanks(reader);
    if (reader->end - reader->at < 2) /* at least a character and the parenthesis */
        return false;
    if (*reader->at == '\'')
        return read_text(reader, room, out);
    if ((*reader->at == 'x' || *reader->at == 'X') && reader->at[1] == '\'')
        return read_blob(reader, room, out);
    if (*reader->at == 'n' || *reader->at == 'N') {
        *out = (struct literal){.type = SQLITE_NULL};
        return take_word(reader, "NULL");
    }
    return read_number(reader, out);
}

/* ---- statements ---- */

/* SQLite chooses the rowid for a NULL, in fewer steps if it sees the NULL when it compiles. */
static bool may_be_rowid(struct slice name)
{
    return is_word(name, "id") || is_word(name, "rowid") || is_word(name, "oid") ||
           is_word(name, "_rowid_");
}

/* Reads up to VALUES; sets the columns of `out`. */
static bool read_head(struct reader *reader, struct slice *head, struct seed_insert *out)
{
    const char *start = reader->at;
    if (!take_word(reader, "INSERT") || !take_word(reader, "INTO") || !take_name(reader).len ||
        !take(reader, '('))
        return false;
    *out = (struct seed_insert){.columns = 0};
    do {
        struct slice name = take_name(reader);
        if (!name.len || out->columns == SEED_INSERTS_COLUMNS)
            return false;
        out->rowids |= (uint64_t)may_be_rowid(name) << out->columns++;
    } while (take(reader, ','));
    if (!take(reader, ')') || !take_word(reader, "VALUES"))
        return false;
    *head = (struct slice){start, (size_t)(reader->at - start)};
    return true;
}

static bool read_row(struct reader *reader, const struct seed_insert *insert, char *room,
                     struct literal *out)
{
    for (size_t i = 0; i < insert->columns; i++) {
        if (!take(reader, i == 0 ? '(' : ',') || !read_literal(reader, &room, &out[i]))
            return false;
        if (out[i].type == SQLITE_NULL && insert->rowids >> i & 1)
            return false;
    }
    return take(reader, ')');
}

/* Whether nothing follows. A statement at the end of the file needs no semicolon. */
static bool read_end(struct reader *reader, const char *text_end)
{
    if (take(reader, ';'))
        return true;
    return reader->at == reader->end && reader->end == text_end;
}

static struct seed_insert *find(struct seed_inserts *inserts, struct reader *reader)
{
    size_t rest = (size_t)(reader->end - reader->at);
    for (size_t i = 0; i < SEED_INSERTS_KEPT; i++) {
        struct seed_insert *insert = &inserts->kept[i];
        if (insert->statement && insert->head_len <= rest &&
            memcmp(insert->head, reader->at, insert->head_len) == 0) {
            reader->at += insert->head_len;
            return insert;
        }
    }
    return NULL;
}

static void drop(struct seed_insert *insert)
{
    sqlite3_finalize(insert->statement);
    free(insert->head);
    *insert = (struct seed_insert){.statement = NULL};
}

/* Compiles the statement and keeps it in the place of the least recently used; NULL if that fails.
 */
static struct seed_insert *compile(struct seed_inserts *inserts, struct seed_authorizer *authorizer,
                                   struct slice head, const struct seed_insert *read)
{
    char *sql = malloc(head.len + 2 * read->columns + sizeof "()");
    if (!sql)
        return NULL;
    char *at = mempcpy(sql, head.data, head.len);
    for (size_t i = 0; i < read->columns; i++)
        at = stpcpy(at, i == 0 ? "(?" : ",?");
    stpcpy(at, ")");

    sqlite3_stmt *statement = NULL;
    inserts->compiled++;
    if (sqlite3_prepare_v2(authorizer->db, sql, -1, &statement, NULL)) {
        free(sql);
        return NULL;
    }
    struct seed_insert *oldest = &inserts->kept[0];
    for (size_t i = 1; i < SEED_INSERTS_KEPT; i++)
        if (inserts->kept[i].used < oldest->used)
            oldest = &inserts->kept[i];
    drop(oldest);
    *oldest = *read;
    oldest->statement = statement;
    oldest->head = sql;
    oldest->head_len = head.len;
    oldest->found = authorizer->found;
    return oldest;
}

static int bind_literal(sqlite3_stmt *statement, int index, const struct literal *value)
{
    switch (value->type) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, index, value->number);
    case SQLITE_TEXT: /* -1: as of a literal, SQLite knows that a NUL follows */
        return sqlite3_bind_text(statement, index, value->data, -1, SQLITE_STATIC);
    case SQLITE_BLOB:
        return sqlite3_bind_blob(statement, index, value->data, (int)value->len, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, index);
    }
}

static bool bind_row(const struct seed_insert *insert, const struct literal *values)
{
    for (size_t i = 0; i < insert->columns; i++)
        if (bind_literal(insert->statement, (int)i + 1, &values[i]))
            return false;
    return true;
}

/* NULL: the text is something else, or fails; the authorizer is as seed_authorizer_start left it.
 */
static sqlite3_stmt *take_kept(struct seed_inserts *inserts, struct seed_authorizer *authorizer,
                               struct slice text, const char **next)
{
    struct literal values[SEED_INSERTS_COLUMNS];
    struct slice head = {NULL, 0};
    struct seed_insert read;
    size_t len = text.len < SEED_INSERTS_TEXT ? text.len : SEED_INSERTS_TEXT;
    struct reader reader = {text.data, text.data + len};
    struct seed_insert *insert = find(inserts, &reader);
    if (!insert && !read_head(&reader, &head, &read))
        return NULL;
    if (!read_row(&reader, insert ? insert : &read, inserts->bound, values) ||
        !read_end(&reader, text.data + text.len))
        return NULL;
    if (!insert)
        insert = compile(inserts, authorizer, head, &read);
    if (!insert || !bind_row(insert, values)) {
        seed_authorizer_start(authorizer);
        return NULL;
    }
    insert->used = ++inserts->used;
    authorizer->found = insert->found;
    *next = reader.at;
    return insert->statement;
}

int seed_inserts_prepare(struct seed_inserts *inserts, struct seed_authorizer *authorizer,
                         struct slice text, sqlite3_stmt **statement, const char **next)
{
    *statement = inserts->compiles_all ? NULL : take_kept(inserts, authorizer, text, next);
    inserts->is_kept = *statement;
    if (inserts->is_kept)
        return SQLITE_OK;
    inserts->compiled++;
    return sqlite3_prepare_v2(authorizer->db, text.data, -1, statement, next);
}

void seed_inserts_end(struct seed_inserts *inserts, sqlite3_stmt *statement)
{
    if (inserts->is_kept)
        sqlite3_reset(statement);
    else
        sqlite3_finalize(statement);
}

void seed_inserts_close(struct seed_inserts *inserts)
{
    for (size_t i = 0; i < SEED_INSERTS_KEPT; i++)
        drop(&inserts->kept[i]);
}
