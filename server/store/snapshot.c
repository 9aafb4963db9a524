#include "store/snapshot.h"

#include <stdio.h>

#include "process/signals.h"
#include "store/internal.h"
#include "store/migrations.h"
#include "store/validate.h"

enum {
    HEADER = 100,          /* size of the header of a SQLite file */
    PAGE_SIZE_AT = 16,     /* two bytes, big-endian; 1 means 65536 */
    WRITE_VERSION_AT = 18, /* 2: with a write-ahead log, which an image does not have */
    READ_VERSION_AT = 19,
    PAGES_AT = 28, /* the fields from here on have four bytes, big-endian */
    ENCODING_AT = 56,
    USER_VERSION_AT = 60,
    APPLICATION_ID_AT = 68,
    SNAPSHOT_STEPS = 100 * 1000 * 1000, /* for the check of a snapshot, and for each byte of it: */
    SNAPSHOT_STEPS_A_BYTE = 64,         /* users need 3, and more where triggers read lists */
    STEPS_PER_CHECK = 1000,
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

/* Four bytes of the header, big-endian. */
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

/* Checks the header fields that are constant in snapshots of this version
 * (sqlite.org/fileformat2.html); SQLite accepts some other values. */
static enum result check_header(struct slice image, struct store_error *error)
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
    int64_t version = number_at(image, USER_VERSION_AT);
    if (version != migration_count)
        return refuse(error, version < migration_count
                                 ? "made by an older version of amazonmq-local"
                                 : "made by a newer version of amazonmq-local");
    if (encoding == 2 || encoding == 3)
        return refuse(error, "its encoding is not UTF-8");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (number_at(image, fields[i].at) != fields[i].value)
            return refuse(error, "damaged");
    return RESULT_OK;
}

static int count_steps(void *context)
{
    int64_t *left = context;
    *left -= STEPS_PER_CHECK;
    return *left <= 0 || signal_is_pending();
}

static bool lacks_memory(sqlite3 *db)
{
    return !db || (sqlite3_errcode(db) & 0xFF) == SQLITE_NOMEM;
}

/* Opens an untrusted file in a separate connection, which takes ownership of `data`. Triggers and
 * views are disabled, and queries have a budget of steps. The sandbox allows no temporary files. */
static enum result open_image(unsigned char *data, size_t len, int64_t *steps, sqlite3 **image)
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
        sqlite3_progress_handler(db, STEPS_PER_CHECK, count_steps, steps);
        good = sqlite3_deserialize(db, "main", data, (sqlite3_int64)len, (sqlite3_int64)len,
                                   SQLITE_DESERIALIZE_FREEONCLOSE |
                                       SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK &&
               sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY", NULL,
                            NULL, NULL) == SQLITE_OK;
    }
    enum result result = good ? RESULT_OK : lacks_memory(db) ? RESULT_NO_MEMORY : RESULT_INVALID;
    if (good)
        *image = db;
    else
        sqlite3_close(db);
    return result;
}

/* Enables the triggers only once the schema is known to be ours. */
static enum result check_image(struct store *store, sqlite3 *image, struct store_error *error)
{
    struct store_error reason = {""};
    enum result result = store_validate_schema(image, store->db, &reason);
    if (result)
        return result == RESULT_INVALID ? refuse(error, reason.text) : result;
    if (sqlite3_db_config(image, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL) != SQLITE_OK)
        return RESULT_STORE;
    result = store_validate(image, &reason);
    if (result)
        refuse(error, reason.text);
    return result;
}

/* Sets the account and region of this server in the image, where no step of the clock is under way.
 */
static enum result adopt_image(const struct store *store, sqlite3 *image, struct store_error *error)
{
    static const char set[] = "UPDATE default_world SET seeded = 1, account = ?1, region = ?2";
    sqlite3_stmt *setter = NULL;
    bool good = sqlite3_prepare_v2(image, set, -1, &setter, NULL) == SQLITE_OK;
    if (good) {
        statement_bind(setter, 1, slice_of(store->options.account));
        statement_bind(setter, 2, slice_of(store->options.region));
    }
    good = good && sqlite3_step(setter) == SQLITE_DONE;
    bool has_row = good && sqlite3_changes64(image) == 1;
    good = good && sqlite3_exec(image, "DELETE FROM clock_step", NULL, NULL, NULL) == SQLITE_OK;
    bool no_memory = !good && lacks_memory(image); /* before the next call resets the error code */
    sqlite3_finalize(setter);
    if (no_memory)
        return RESULT_NO_MEMORY;
    return good && has_row ? RESULT_OK : refuse(error, "default_world has no row");
}

enum result store_restore(struct store *store, struct slice image, struct store_error *error)
{
    int64_t steps = SNAPSHOT_STEPS + (int64_t)image.len * SNAPSHOT_STEPS_A_BYTE;
    enum result result = check_header(image, error);
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
        result = adopt_image(store, db, error);
    if (!result)
        result = store_replace(store, db, "snapshot", error);
    if (result == RESULT_INVALID && lacks_memory(db))
        result = RESULT_NO_MEMORY; /* the image is not the cause */
    sqlite3_close(db);
    return result;
}
