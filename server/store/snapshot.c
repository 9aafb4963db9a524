#include "store/snapshot.h"

#include <stdio.h>

#include "store/internal.h"
#include "store/judge.h"
#include "store/migrations.h"

enum {
    HEADER = 100,          /* bytes a SQLite file begins with */
    PAGE_SIZE_AT = 16,     /* two bytes, big-endian; 1 stands for 65536 */
    WRITE_VERSION_AT = 18, /* 2: a write-ahead log; an image has none, and must say so */
    READ_VERSION_AT = 19,
    PAGES_AT = 28, /* this and the following: four bytes, big-endian */
    ENCODING_AT = 56,
    USER_VERSION_AT = 60,
    APPLICATION_ID_AT = 68,
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

/* Four bytes of the head, big-endian. */
static uint32_t number_at(struct slice image, size_t at)
{
    const unsigned char *byte = (const unsigned char *)image.data + at;
    return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

static bool is_whole(struct slice image)
{
    if (image.len < HEADER || memcmp(image.data, "SQLite format 3", 16) != 0)
        return false;
    size_t page = number_at(image, PAGE_SIZE_AT) >> 16;
    if (page == 1)
        page = 65536;
    return page >= 512 && image.len == page * number_at(image, PAGES_AT);
}

/* The fields of the head that say the same in every snapshot of this version
 * (sqlite.org/fileformat2.html); SQLite does not refuse all others. */
static enum result check_head(struct slice image, struct store_error *error)
{
    static const struct {
        uint32_t at, value;
    } fields[] = {
        {20, 0x00402020}, /* no reserved space; payload fractions */
        {44, 4},          /* schema format */
        {52, 0},          /* no auto-vacuum: here and at 64 */
        {56, 1},          /* UTF-8 */
        {64, 0},          {72, 0}, {76, 0}, {80, 0}, {84, 0}, {88, 0},
    };
    if (!is_whole(image))
        return refuse(error, "not a whole SQLite file");
    uint32_t encoding = number_at(image, ENCODING_AT);
    if (number_at(image, APPLICATION_ID_AT) != STORE_APPLICATION_ID)
        return refuse(error, "not a database of amazonmq-local");
    uint32_t version = number_at(image, USER_VERSION_AT);
    if (version != (uint32_t)migration_count)
        return refuse(error, version < (uint32_t)migration_count
                                 ? "made by an older version of amazonmq-local"
                                 : "made by a newer version of amazonmq-local");
    if (encoding == 2 || encoding == 3)
        return refuse(error, "its texts are not UTF-8");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (number_at(image, fields[i].at) != fields[i].value)
            return refuse(error, "damaged");
    return RESULT_OK;
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

/* A connection of its own for a file from outside, which takes `data`: no trigger or view in it
 * runs, and what is asked of it has a budget of steps. */
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
    if (!good)
        sqlite3_free(data);
    if (good) {
        sqlite3_progress_handler(db, 1000, count_steps, steps);
        good = sqlite3_deserialize(db, "main", data, (sqlite3_int64)len, (sqlite3_int64)len,
                                   SQLITE_DESERIALIZE_FREEONCLOSE |
                                       SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK &&
               sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL) == SQLITE_OK;
    }
    enum result result = good ? RESULT_OK : lacks_memory(db) ? RESULT_NO_MEMORY : RESULT_INVALID;
    if (good)
        *image = db;
    else
        sqlite3_close(db);
    return result;
}

/* The schema as one text, in a statement that is stepped to it; NULL: it cannot be read. */
static const char *read_schema(sqlite3 *db, sqlite3_stmt **stmt)
{
    static const char sql[] =
        "SELECT group_concat(line, char(10)) FROM (SELECT type || '|' || name || '|' || tbl_name "
        "|| '|' || coalesce(sql, '') AS line FROM sqlite_schema ORDER BY type, name)";
    bool good = sqlite3_prepare_v2(db, sql, -1, stmt, NULL) == SQLITE_OK &&
                sqlite3_step(*stmt) == SQLITE_ROW;
    return good ? (const char *)sqlite3_column_text(*stmt, 0) : NULL;
}

static enum result compare_schemas(sqlite3 *image, sqlite3 *own, struct store_error *error)
{
    sqlite3_stmt *stmts[2] = {NULL, NULL};
    const char *wanted = read_schema(own, &stmts[0]);
    const char *found = read_schema(image, &stmts[1]);
    enum result result = !wanted  ? RESULT_STORE
                         : !found ? refuse(error, "damaged")
                         : strcmp(found, wanted) == 0
                             ? RESULT_OK
                             : refuse(error, "its tables are not those of amazonmq-local");
    sqlite3_finalize(stmts[0]);
    sqlite3_finalize(stmts[1]);
    return result;
}

/* Its triggers run once they are known to be ours. */
static enum result check_image(struct store *store, sqlite3 *image, struct store_error *error)
{
    struct store_error reason;
    enum result result = compare_schemas(image, store->db, error);
    if (result)
        return result;
    if (sqlite3_db_config(image, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL) != SQLITE_OK)
        return RESULT_STORE;
    result = store_judge(image, &reason);
    return result == RESULT_INVALID ? refuse(error, reason.text) : result;
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
    enum result result = check_head(image, error);
    if (result)
        return result;
    unsigned char *data = sqlite3_malloc64(image.len);
    if (!data) {
        refuse(error, "out of memory");
        return RESULT_NO_MEMORY;
    }
    memcpy(data, image.data, image.len);
    data[WRITE_VERSION_AT] = data[READ_VERSION_AT] = 1;
    sqlite3 *db = NULL;
    result = open_image(data, image.len, &steps, &db);
    if (result == RESULT_INVALID)
        refuse(error, "cannot be read");
    if (!result)
        result = check_image(store, db, error);
    if (!result)
        result = copy_image(store, db, error);
    if (result == RESULT_INVALID && lacks_memory(db))
        result = RESULT_NO_MEMORY; /* of ours, not a fault of the image */
    sqlite3_close(db);
    return result;
}
