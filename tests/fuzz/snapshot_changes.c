#include "snapshot_changes.h"

#include <sqlite3.h>
#include <string.h>

#include "store/snapshot.h"
#include "store/tables.h"

enum { CHANGES_MAX = 64, ROW_CHANGES_MAX = 8, COLUMN_MAX = 100, HEADER = 100 };

enum page_change { OVERWRITE, SWAP, DOUBLE, EMPTY, CUT, FILE_FIELD, PAGE_FIELD, PAGE_CHANGES };

/* Values that rules must refuse, or that only a few columns may have. */
static const struct slice odd_texts[] = {
    SLICE_INIT(""),
    SLICE_INIT(" "),
    SLICE_INIT("a\0b"),
    SLICE_INIT("\0"),
    SLICE_INIT("\xff\xfe"),
    SLICE_INIT("\xed\xa0\x80"),
    SLICE_INIT("\xc3"),
    SLICE_INIT("\xf4\x90\x80\x80"),
    SLICE_INIT("\r\n"),
    SLICE_INIT("\x7f"),
    SLICE_INIT("\xc2\x85"),
    SLICE_INIT("\xef\xbf\xbf"),
    SLICE_INIT("%s%n"),
    SLICE_INIT("null"),
    SLICE_INIT("0"),
    SLICE_INIT("-1"),
    SLICE_INIT("1e999"),
    SLICE_INIT("\"\""),
    SLICE_INIT("[]"),
    SLICE_INIT("{}"),
    SLICE_INIT("[null]"),
    SLICE_INIT("[1]"),
    SLICE_INIT("[\"\"]"),
    SLICE_INIT("[\"a\\u0000b\"]"),
    SLICE_INIT("[\"\\ud800\"]"),
    SLICE_INIT("[\"ab\",\"ab\"]"),
    SLICE_INIT("[[\"ab\"]]"),
    SLICE_INIT("[\"ab\"] "),
    SLICE_INIT("[\"ab\",]"),
    SLICE_INIT("{\"a\":null}"),
    SLICE_INIT("{\"a\":1,\"a\":2}"),
    SLICE_INIT("{\"hosts\":\"a\"}"),
    SLICE_INIT("{\"hosts\":[1]}"),
    SLICE_INIT("{\"hosts\":[],\"userSearchSubtree\":2}"),
    SLICE_INIT("{\"hosts\":{\"a\":[]}}"),
    SLICE_INIT("true"),
    SLICE_INIT("../../etc/passwd"),
    SLICE_INIT("2026-13-45T99:99:99.999999Z"),
    SLICE_INIT("9999-12-31T23:59:59.999999Z"),
    SLICE_INIT("99:99"),
    SLICE_INIT("MONDAY"),
    SLICE_INIT("Europe/Nowhere"),
    SLICE_INIT("UTC+25"),
    SLICE_INIT("RABBITMQ"),
    SLICE_INIT("ACTIVEMQ"),
    SLICE_INIT("LDAP"),
    SLICE_INIT("CRDR"),
    SLICE_INIT("CREATE"),
    SLICE_INIT("DELETE"),
    SLICE_INIT("CREATION_IN_PROGRESS"),
    SLICE_INIT("DELETION_IN_PROGRESS"),
    SLICE_INIT("REBOOT_IN_PROGRESS"),
    SLICE_INIT("CREATION_FAILED"),
    SLICE_INIT("b-1"),
    SLICE_INIT("b-events"),
    SLICE_INIT("c-one"),
    SLICE_INIT("c-rabbit"),
    SLICE_INIT("us-west-2"),
    SLICE_INIT("5.18"),
    SLICE_INIT("999.999.999.999"),
    SLICE_INIT("99999999999999999999.1"),
    SLICE_INIT("."),
    SLICE_INIT("mq.t3.micro"),
    SLICE_INIT("mq.m7g.large"),
};

static const int64_t odd_numbers[] = {0,
                                      1,
                                      -1,
                                      2,
                                      3,
                                      255,
                                      256,
                                      2147483647,
                                      2147483648,
                                      -2147483648,
                                      4102444800000,
                                      253402300799999,
                                      253402300800000,
                                      INT64_MAX,
                                      INT64_MAX - 1,
                                      INT64_MIN,
                                      1 << 20,
                                      5,
                                      200,
                                      599,
                                      1000};

enum {
    ODD_TEXTS = sizeof odd_texts / sizeof *odd_texts,
    ODD_NUMBERS = sizeof odd_numbers / sizeof *odd_numbers,
};

static size_t take_number(struct slice *input, int bytes)
{
    size_t number = 0;
    while (bytes-- > 0)
        number = number << 8 | fuzz_take_choice(input, 256);
    return number;
}

static struct slice take_part(struct slice *input, size_t len)
{
    struct slice part = {input->len > 0 ? input->data : "", len < input->len ? len : input->len};
    if (part.len > 0)
        *input = slice_part(*input, part.len, input->len - part.len);
    return part;
}

/* ---- bytes and pages ---- */

struct slice change_bytes(struct slice image, struct slice input)
{
    char *bytes = (char *)(uintptr_t)image.data;
    for (int i = 0; input.len >= 4 && i < CHANGES_MAX; i++) {
        const unsigned char *change = (const unsigned char *)input.data;
        size_t at = (size_t)change[0] << 16 | (size_t)change[1] << 8 | change[2];
        bytes[at % image.len] ^= (char)change[3];
        input = slice_part(input, 4, input.len - 4);
    }
    return image;
}

/* A field of the header of the file, of four bytes, or of that of a page, of two. */
static void set_field(char *at, int bytes, size_t value)
{
    while (bytes-- > 0) {
        at[bytes] = (char)(value & 0xFF);
        value >>= 8;
    }
}

static void change_page(char *bytes, size_t page_size, size_t pages, enum page_change change,
                        struct slice *input)
{
    static char kept[65536];
    size_t first = take_number(input, 2) % pages, second = take_number(input, 2) % pages;
    char *page = bytes + first * page_size, *other = bytes + second * page_size;
    struct slice part;
    switch (change) {
    case OVERWRITE:
        part = take_part(input, take_number(input, 1));
        memcpy(page + second % (page_size - 255), part.data, part.len);
        return;
    case SWAP:
        memcpy(kept, page, page_size);
        memcpy(page, other, page_size);
        memcpy(other, kept, page_size);
        return;
    case DOUBLE:
        memmove(page, other, page_size);
        return;
    case EMPTY:
        memset(page, (int)take_number(input, 1), page_size);
        return;
    case FILE_FIELD:
        set_field(bytes + second % (HEADER / 4) * 4, 4, take_number(input, 4));
        return;
    case PAGE_FIELD: /* kind, free blocks, cells, then pointers to cells */
        set_field(page + (first == 0 ? HEADER : 0) + take_number(input, 1), 2,
                  take_number(input, 2));
        return;
    case CUT:
    case PAGE_CHANGES:
        return;
    }
}

struct slice change_pages(struct slice image, struct slice input)
{
    char *bytes = (char *)(uintptr_t)image.data;
    size_t page_size = (size_t)(unsigned char)bytes[16] << 8 | (unsigned char)bytes[17];
    FUZZ_CHECK(page_size >= 512 && image.len % page_size == 0);
    for (int i = 0; input.len > 0 && i < CHANGES_MAX; i++) {
        size_t pages = image.len / page_size;
        enum page_change change = (enum page_change)fuzz_take_choice(&input, PAGE_CHANGES);
        if (change == CUT && pages > 1) {
            image.len -= page_size * (1 + take_number(&input, 1) % (pages - 1));
            if (take_number(&input, 1) % 2)
                set_field(bytes + 28, 4, image.len / page_size);
        } else {
            change_page(bytes, page_size, pages, change, &input);
        }
    }
    return image;
}

/* ---- rows ---- */

static void run(sqlite3 *db, const char *sql)
{
    FUZZ_CHECK_SEEN(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
                    sqlite3_errmsg(db));
}

/* Takes over the image. */
static sqlite3 *open_image(struct slice image)
{
    sqlite3 *db = NULL;
    unsigned char *data = sqlite3_malloc64(image.len);
    FUZZ_CHECK(data && sqlite3_open(":memory:", &db) == SQLITE_OK);
    memcpy(data, image.data, image.len);
    FUZZ_CHECK(sqlite3_deserialize(
                   db, "main", data, (sqlite3_int64)image.len, (sqlite3_int64)image.len,
                   SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK);
    store_snapshot_free(image);
    return db;
}

static void ignore_rules(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    run(db, "PRAGMA ignore_check_constraints = ON");
}

static struct slice close_image(sqlite3 *db)
{
    sqlite3_int64 size = 0;
    unsigned char *changed = sqlite3_serialize(db, "main", &size, 0);
    FUZZ_CHECK(changed);
    sqlite3_close(db);
    return (struct slice){(const char *)changed, (size_t)size};
}

static void find_column(sqlite3 *db, const char *table, size_t choice, char name[COLUMN_MAX])
{
    sqlite3_stmt *stmt = NULL;
    char sql[COLUMN_MAX];
    snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
    FUZZ_CHECK(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK);
    int column = (int)(choice % (size_t)sqlite3_column_count(stmt));
    snprintf(name, COLUMN_MAX, "%s", sqlite3_column_name(stmt, column));
    sqlite3_finalize(stmt);
}

struct slice change_column(struct slice image, struct slice input)
{
    sqlite3 *db = open_image(image);
    sqlite3_stmt *update = NULL;
    const char *table = tables[fuzz_take_choice(&input, table_count)].name;
    size_t column_choice = fuzz_take_choice(&input, 256), type = fuzz_take_choice(&input, 3);
    char column[COLUMN_MAX], sql[3 * COLUMN_MAX];
    ignore_rules(db);
    find_column(db, table, column_choice, column);
    snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET \"%s\" = ?1", table, column);
    FUZZ_CHECK_SEEN(sqlite3_prepare_v2(db, sql, -1, &update, NULL) == SQLITE_OK, "%s", sql);
    if (type == 0)
        sqlite3_bind_text(update, 1, input.len ? input.data : "", (int)input.len, SQLITE_STATIC);
    else if (type == 1 && input.len >= 8)
        sqlite3_bind_int64(update, 1, *(const int64_t *)memcpy(&(int64_t){0}, input.data, 8));
    sqlite3_step(update); /* STRICT may refuse it */
    sqlite3_finalize(update);
    return close_image(db);
}

/* Rows for the tables that are empty in the world of the targets. */
static const char more_rows[] =
    "INSERT INTO broker (id, name, authentication_strategy, ldap_server_metadata,"
    " ldap_service_account_password) VALUES ('b-ldap', 'ldap', 'LDAP', '{\"hosts\":[\"l.example\"],"
    "\"roleBase\":\"ou=g\",\"roleSearchMatching\":\"(m={1})\",\"serviceAccountUsername\":\"cn=m\","
    "\"userBase\":\"ou=p\",\"userSearchMatching\":\"(uid={0})\"}', 'Zq7-ldap-secret');"
    "INSERT INTO broker_action_required (broker_id, code, info)"
    " VALUES ('b-orders', 'BROKER_OOM', 'out of memory');"
    "INSERT INTO vpc (id, is_default) VALUES ('vpc-1', 1);"
    "INSERT INTO subnet (id, vpc_id) VALUES ('subnet-1', 'vpc-1'), ('subnet-2', 'vpc-1');"
    "INSERT INTO security_group (id, vpc_id, is_default) VALUES ('sg-1', 'vpc-1', 1);"
    "INSERT INTO fault (operation, username, error, times)"
    " VALUES ('DescribeUser', 'nobody', 'ForbiddenException', 3);"
    "INSERT INTO policy (access_key, effect, action, resource)"
    " VALUES ('AKIDEXAMPLE', 'allow', 'mq:*', '*');";

/* Values of any type can be stored until keep_types is called. */
static void drop_types(sqlite3 *db)
{
    run(db, "CREATE TEMP TABLE kept AS SELECT rowid AS at, sql AS text FROM main.sqlite_master");
    run(db, "PRAGMA writable_schema = ON;"
            "UPDATE main.sqlite_master SET sql = replace(replace(sql, ') STRICT, WITHOUT ROWID',"
            " ') WITHOUT ROWID'), ') STRICT', ')') WHERE type = 'table';"
            "PRAGMA writable_schema = RESET");
}

static void keep_types(sqlite3 *db)
{
    run(db, "PRAGMA writable_schema = ON;"
            "UPDATE main.sqlite_master SET sql ="
            " (SELECT text FROM temp.kept WHERE at = sqlite_master.rowid);"
            "PRAGMA writable_schema = RESET; DROP TABLE temp.kept");
}

enum value {
    TEXT,
    NUMBER,
    ABSENT,
    REAL,
    BLOB,
    ODD_TEXT,
    ODD_NUMBER,
    LONG_TEXT,
    VALUES,
    COLUMN = VALUES, /* that of another column */
    MISSING,         /* the row is deleted */
    ROW_CHANGES
};

static void bind_value(sqlite3_stmt *stmt, enum value kind, struct slice *input)
{
    static char long_text[100000];
    struct slice part;
    int64_t number;
    double real;
    switch (kind) {
    case TEXT:
    case BLOB:
        part = take_part(input, take_number(input, 1));
        if (kind == TEXT)
            sqlite3_bind_text(stmt, 1, part.data, (int)part.len, SQLITE_TRANSIENT);
        else
            sqlite3_bind_blob(stmt, 1, part.data, (int)part.len, SQLITE_TRANSIENT);
        return;
    case NUMBER:
    case REAL:
        number = (int64_t)take_number(input, 8);
        memcpy(&real, &number, sizeof real);
        if (kind == NUMBER)
            sqlite3_bind_int64(stmt, 1, number);
        else
            sqlite3_bind_double(stmt, 1, real);
        return;
    case ODD_TEXT:
        part = odd_texts[fuzz_take_choice(input, ODD_TEXTS)];
        sqlite3_bind_text(stmt, 1, part.data, (int)part.len, SQLITE_STATIC);
        return;
    case ODD_NUMBER:
        sqlite3_bind_int64(stmt, 1, odd_numbers[fuzz_take_choice(input, ODD_NUMBERS)]);
        return;
    case LONG_TEXT:
        memset(long_text, 'a' + (int)fuzz_take_choice(input, 26), sizeof long_text);
        sqlite3_bind_text(stmt, 1, long_text, (int)(1 + take_number(input, 2) % sizeof long_text),
                          SQLITE_STATIC);
        return;
    case ABSENT:
    case COLUMN:
    case MISSING:
    case ROW_CHANGES:
        return;
    }
}

static void change_row(sqlite3 *db, struct slice *input)
{
    sqlite3_stmt *stmt = NULL;
    const char *table = tables[fuzz_take_choice(input, table_count)].name;
    char column[COLUMN_MAX], other[COLUMN_MAX], key[COLUMN_MAX], sql[8 * COLUMN_MAX];
    find_column(db, table, fuzz_take_choice(input, 256), column);
    size_t row = fuzz_take_choice(input, 256);
    enum value kind = (enum value)fuzz_take_choice(input, ROW_CHANGES);
    find_column(db, table, 0, key);
    find_column(db, table, kind == COLUMN ? fuzz_take_choice(input, 256) : 0, other);
    size_t len = 0;
    if (kind == MISSING)
        len = (size_t)snprintf(sql, sizeof sql, "DELETE FROM %s", table);
    else if (kind == COLUMN)
        len = (size_t)snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET \"%s\" = \"%s\"", table,
                               column, other);
    else
        len =
            (size_t)snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET \"%s\" = ?1", table, column);
    if (row > 0) /* 0: all */
        snprintf(sql + len, sizeof sql - len,
                 " WHERE \"%s\" = (SELECT \"%s\" FROM %s LIMIT 1 OFFSET %zu)", key, key, table,
                 row - 1);
    FUZZ_CHECK_SEEN(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
                    sqlite3_errmsg(db));
    bind_value(stmt, kind, input);
    sqlite3_step(stmt); /* NOT NULL and keys may refuse it */
    sqlite3_finalize(stmt);
}

struct slice change_rows(struct slice image, struct slice input)
{
    sqlite3 *db = open_image(image);
    run(db, more_rows);
    ignore_rules(db);
    drop_types(db);
    for (int i = 0; input.len > 0 && i < ROW_CHANGES_MAX; i++)
        change_row(db, &input);
    keep_types(db);
    return close_image(db);
}
