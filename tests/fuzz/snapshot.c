/* Snapshots from outside: bytes of a good one changed, or a value of its rows that no rule has
 * seen. A rejected one changes nothing and says why in one printable line; of one that is accepted
 * everything can be read, and time goes on. */
#include "world.h"

#include "base/utf8.h"
#include "store/internal.h"
#include "store/snapshot.h"
#include "store/tables.h"

enum { CHANGES_MAX = 64, COLUMN_MAX = 100 };

/* Three bytes say where, one is added bit by bit. */
static void change_bytes(struct slice image, struct slice input)
{
    char *bytes = (char *)(uintptr_t)image.data;
    for (int i = 0; input.len >= 4 && i < CHANGES_MAX; i++) {
        const unsigned char *change = (const unsigned char *)input.data;
        size_t at = (size_t)change[0] << 16 | (size_t)change[1] << 8 | change[2];
        bytes[at % image.len] ^= (char)change[3];
        input = slice_part(input, 4, input.len - 4);
    }
}

/* The name of a column of a table. */
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

/* The image with a value of the input in one column of one table, though rules may forbid it. */
static struct slice change_rows(struct slice image, struct slice input)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *update = NULL;
    sqlite3_int64 size = 0;
    const char *table = tables[fuzz_take_choice(&input, table_count)].name;
    size_t column_choice = fuzz_take_choice(&input, 256), type = fuzz_take_choice(&input, 3);
    char column[COLUMN_MAX], sql[3 * COLUMN_MAX];
    unsigned char *data = sqlite3_malloc64(image.len);
    FUZZ_CHECK(data && sqlite3_open(":memory:", &db) == SQLITE_OK);
    memcpy(data, image.data, image.len);
    FUZZ_CHECK(sqlite3_deserialize(
                   db, "main", data, (sqlite3_int64)image.len, (sqlite3_int64)image.len,
                   SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON", NULL, NULL, NULL);
    find_column(db, table, column_choice, column);
    snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET \"%s\" = ?1", table, column);
    FUZZ_CHECK_SEEN(sqlite3_prepare_v2(db, sql, -1, &update, NULL) == SQLITE_OK, "%s", sql);
    if (type == 0)
        sqlite3_bind_text(update, 1, input.len ? input.data : "", (int)input.len, SQLITE_STATIC);
    else if (type == 1 && input.len >= 8)
        sqlite3_bind_int64(update, 1, *(const int64_t *)memcpy(&(int64_t){0}, input.data, 8));
    sqlite3_step(update); /* STRICT may refuse it */
    sqlite3_finalize(update);
    unsigned char *changed = sqlite3_serialize(db, "main", &size, 0);
    FUZZ_CHECK(changed);
    sqlite3_close(db);
    return (struct slice){(const char *)changed, (size_t)size};
}

static void expect_line(const char *text)
{
    FUZZ_CHECK_SEEN(*text && utf8_valid(slice_of(text)), "%s", text);
    for (const char *at = text; *at; at++)
        FUZZ_CHECK_SEEN((unsigned char)*at >= ' ' && *at != 0x7F, "%s", text);
}

void fuzz_snapshot(struct slice input)
{
    struct store *store = world_store();
    struct store_error error = {""};
    struct slice image = {NULL, 0}, before = world_image();
    struct slice rest = input;
    FUZZ_CHECK(store_snapshot(store, &image) == RESULT_OK);
    if (fuzz_take_choice(&rest, 2)) {
        struct slice changed = change_rows(image, rest);
        store_snapshot_free(image);
        image = changed;
    } else {
        change_bytes(image, rest);
    }
    enum result result = store_restore(store, image, &error);
    store_snapshot_free(image);
    FUZZ_CHECK_SEEN(result == RESULT_OK || result == RESULT_INVALID, "%d %s", result, error.text);
    if (result) {
        expect_line(error.text);
        FUZZ_CHECK_SEEN(world_is(before), "%s", error.text);
    } else {
        world_check(true);
        fuzz_check_readable(input);
        world_restore();
    }
    store_snapshot_free(before);
}
