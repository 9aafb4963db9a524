#include "store/snapshot.h"

#include <stdio.h>

#include "store/internal.h"
#include "store/migrations.h"
#include "store/tables.h"

enum {
    HEADER = 100,          /* bytes a SQLite file begins with */
    PAGE_SIZE_AT = 16,     /* two bytes, big-endian; 1 stands for 65536 */
    WRITE_VERSION_AT = 18, /* 2: a write-ahead log; an image has none, and must say so */
    READ_VERSION_AT = 19,
    RESERVED_AT = 20,
    PAGES_AT = 28,                      /* four bytes, big-endian */
    SNAPSHOT_STEPS = 400 * 1000 * 1000, /* of looking through a snapshot */
};

enum result store_snapshot(struct store *store, struct slice *image)
{
    sqlite3_int64 size = 0;
    unsigned char *data = sqlite3_serialize(store->db, "main", &size, 0);
    *image = (struct slice){(const char *)data, (size_t)size};
    if (!data)
        return RESULT_NO_MEMORY;
    if (size > SNAPSHOT_MAX) {
        store_snapshot_free(*image);
        return RESULT_TOO_LARGE;
    }
    if (size >= HEADER)
        data[WRITE_VERSION_AT] = data[READ_VERSION_AT] = 1;
    return RESULT_OK;
}

void store_snapshot_free(struct slice image)
{
    sqlite3_free((void *)(uintptr_t)image.data);
}

static enum result refuse(struct store_error *error, const char *reason)
{
    snprintf(error->text, sizeof error->text, "snapshot: %.500s", reason);
    return RESULT_INVALID;
}

static bool is_complete(struct slice image)
{
    const unsigned char *head = (const unsigned char *)image.data;
    if (image.len < HEADER || memcmp(head, "SQLite format 3", 16) != 0 || head[RESERVED_AT] != 0)
        return false;
    size_t page = (size_t)head[PAGE_SIZE_AT] << 8 | head[PAGE_SIZE_AT + 1];
    if (page == 1)
        page = 65536;
    size_t pages = (size_t)head[PAGES_AT] << 24 | (size_t)head[PAGES_AT + 1] << 16 |
                   (size_t)head[PAGES_AT + 2] << 8 | head[PAGES_AT + 3];
    return page >= 512 && image.len == page * pages;
}

static int count_steps(void *context)
{
    int *left = context;
    return --*left <= 0;
}

static bool lacks_memory(sqlite3 *db)
{
    return !db || (sqlite3_errcode(db) & 0xFF) == SQLITE_NOMEM;
}

/* A connection of its own for a file from outside: no trigger or view in it runs, and what is asked
 * of it has a budget of steps. */
static enum result open_image(unsigned char *data, size_t len, int *steps, sqlite3 **image)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              SQLITE_DBCONFIG_ENABLE_VIEW};
    sqlite3 *db = NULL;
    bool good = sqlite3_open_v2(":memory:", &db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                    SQLITE_OPEN_EXRESCODE,
                                NULL) == SQLITE_OK;
    good = good && sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        good = good && sqlite3_db_config(db, off[i], 0, NULL) == SQLITE_OK;
    if (good) {
        sqlite3_progress_handler(db, 1000, count_steps, steps);
        good = sqlite3_deserialize(db, "main", data, (sqlite3_int64)len, (sqlite3_int64)len, 0) ==
                   SQLITE_OK &&
               sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL) == SQLITE_OK;
    }
    enum result result = good ? RESULT_OK : lacks_memory(db) ? RESULT_NO_MEMORY : RESULT_INVALID;
    if (good)
        *image = db;
    else
        sqlite3_close(db);
    return result;
}

/* Whether the first value of the first row is `wanted`; NULL: there is no row. */
static bool answers(sqlite3 *db, const char *sql, const char *wanted)
{
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK;
    int code = good ? sqlite3_step(stmt) : SQLITE_ERROR;
    const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    good = wanted ? text && strcmp(text, wanted) == 0 : code == SQLITE_DONE;
    sqlite3_finalize(stmt);
    return good;
}

/* Both schemas as one text. */
static enum result compare_schemas(sqlite3 *image, sqlite3 *own)
{
    static const char sql[] =
        "SELECT group_concat(line, char(10)) FROM (SELECT type || '|' || name || '|' || tbl_name "
        "|| '|' || coalesce(sql, '') AS line FROM sqlite_schema ORDER BY type, name)";
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(own, sql, -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_step(stmt) == SQLITE_ROW;
    const char *text = good ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    enum result result = !text                       ? RESULT_STORE
                         : answers(image, sql, text) ? RESULT_OK
                                                     : RESULT_INVALID;
    sqlite3_finalize(stmt);
    return result;
}

/* What triggers check when a row is written was not checked in the image: its triggers did not run.
 */
static bool keeps_rules(sqlite3 *image)
{
    for (size_t i = 0; i < table_count; i++)
        for (const char *const *rule = tables[i].rules; rule && *rule; rule++)
            if (!answers(image, *rule, NULL))
                return false;
    return true;
}

static enum result check_image(struct store *store, sqlite3 *image, struct store_error *error)
{
    char id[24], version[24];
    snprintf(id, sizeof id, "%d", STORE_APPLICATION_ID);
    snprintf(version, sizeof version, "%d", migration_count);
    if (!answers(image, "PRAGMA application_id", id))
        return refuse(error, "not a database of amazonmq-local");
    if (!answers(image, "PRAGMA user_version", version))
        return refuse(error, "made by another version of amazonmq-local");
    if (!answers(image, "PRAGMA encoding", "UTF-8"))
        return refuse(error, "its texts are not UTF-8");
    enum result result = compare_schemas(image, store->db);
    if (result)
        return result == RESULT_INVALID
                   ? refuse(error, "its tables are not those of amazonmq-local")
                   : result;
    if (!answers(image, "PRAGMA integrity_check(1)", "ok"))
        return refuse(error, "damaged");
    if (!answers(image, "PRAGMA foreign_key_check", NULL))
        return refuse(error, "a row lacks its parent");
    return keeps_rules(image) ? RESULT_OK : refuse(error, "a row breaks a rule of its table");
}

/* The image becomes one of this server's world; reads what is held outside the tables. */
static enum result adopt_image(const struct store *store, sqlite3 *image, struct store_held *held,
                               struct store_error *error)
{
    static const char set[] = "UPDATE default_world SET seeded = 1, account = ?1, region = ?2";
    static const char get[] = "SELECT EXISTS (SELECT 1 FROM fault), EXISTS (SELECT 1 FROM policy),"
                              " clock_offset_ms FROM default_world";
    sqlite3_stmt *setter = NULL, *getter = NULL;
    bool good = sqlite3_prepare_v2(image, set, -1, &setter, NULL) == SQLITE_OK;
    if (good) {
        statement_bind(setter, 1, slice_of(store->options.account));
        statement_bind(setter, 2, slice_of(store->options.region));
    }
    good = good && sqlite3_step(setter) == SQLITE_DONE &&
           sqlite3_prepare_v2(image, get, -1, &getter, NULL) == SQLITE_OK &&
           sqlite3_step(getter) == SQLITE_ROW;
    if (good)
        *held = (struct store_held){sqlite3_column_int(getter, 0) != 0,
                                    sqlite3_column_int(getter, 1) != 0,
                                    sqlite3_column_int64(getter, 2)};
    bool no_memory = !good && lacks_memory(image); /* asked before the next call forgets it */
    sqlite3_finalize(setter);
    sqlite3_finalize(getter);
    if (no_memory)
        return RESULT_NO_MEMORY;
    return good ? RESULT_OK : refuse(error, "it lacks the row of default_world");
}

/* All or nothing; after it nothing may fail. */
static enum result copy_image(struct store *store, sqlite3 *image, struct store_error *error)
{
    struct store_held held = {.clock_offset_ms = 0};
    enum result result = adopt_image(store, image, &held, error);
    if (result)
        return result;
    sqlite3_backup *backup = sqlite3_backup_init(store->db, "main", image, "main");
    int code = backup ? sqlite3_backup_step(backup, -1) : SQLITE_NOMEM;
    int end = sqlite3_backup_finish(backup);
    if (code == SQLITE_DONE && end == SQLITE_OK) {
        store->held = store->committed = held;
        store->is_seeded = true;
        return RESULT_OK;
    }
    snprintf(error->text, sizeof error->text, "snapshot: %s", sqlite3_errstr(end ? end : code));
    return code == SQLITE_READONLY ? RESULT_INVALID : RESULT_STORE;
}

enum result store_restore(struct store *store, struct slice image, struct store_error *error)
{
    int steps = SNAPSHOT_STEPS / 1000;
    if (!is_complete(image))
        return refuse(error, "not a whole SQLite file");
    unsigned char *data = sqlite3_malloc64(image.len);
    if (!data) {
        refuse(error, "out of memory");
        return RESULT_NO_MEMORY;
    }
    memcpy(data, image.data, image.len);
    data[WRITE_VERSION_AT] = data[READ_VERSION_AT] = 1;
    sqlite3 *db = NULL;
    enum result result = open_image(data, image.len, &steps, &db);
    if (result == RESULT_INVALID)
        refuse(error, "cannot be read");
    if (!result)
        result = check_image(store, db, error);
    if (!result)
        result = copy_image(store, db, error);
    if (result == RESULT_INVALID && lacks_memory(db))
        result = RESULT_NO_MEMORY; /* of ours, not a fault of the image */
    sqlite3_close(db);
    sqlite3_free(data);
    return result;
}
