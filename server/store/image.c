/* What a new store begins with. */
#include "store/image.h"

#include <stdio.h>

#include "store/internal.h"

/* To be freed with sqlite3_free; NULL: out of memory. */
static unsigned char *expand(void)
{
    unsigned char *image = sqlite3_malloc64(image_size);
    const unsigned char *from = image_bytes;
    if (!image)
        return NULL;
    memset(image, 0, image_size);
    for (size_t i = 0; i < image_run_count; i++) {
        size_t len = (size_t)image_runs[i].count * IMAGE_LINE;
        memcpy(image + (size_t)image_runs[i].first * IMAGE_LINE, from, len);
        from += len;
    }
    return image;
}

/* Nothing was executed on the connection before: sqlite3_deserialize does not work on a used one.
 */
enum result store_open_fresh(sqlite3 **db)
{
    sqlite3_int64 size = (sqlite3_int64)image_size;
    bool good = sqlite3_open_v2(":memory:", db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                NULL) == SQLITE_OK;
    unsigned char *image = good ? expand() : NULL;
    good = image && sqlite3_deserialize(*db, "main", image, size, size,
                                        SQLITE_DESERIALIZE_FREEONCLOSE |
                                            SQLITE_DESERIALIZE_READONLY) == SQLITE_OK;
    return good ? RESULT_OK : RESULT_NO_MEMORY;
}

/* A copy by SQLite is one transaction of the database, whose locks, log and settings apply. */
enum result store_fill(struct store *store, const char *path, struct store_error *error)
{
    sqlite3 *fresh = NULL;
    sqlite3_backup *backup = NULL;
    int code = SQLITE_NOMEM, end = SQLITE_OK;
    if (!store_open_fresh(&fresh)) {
        backup = sqlite3_backup_init(store->db, "main", fresh, "main");
        code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(store->db);
        end = sqlite3_backup_finish(backup);
    }
    sqlite3_close(fresh);
    if (code == SQLITE_DONE && end == SQLITE_OK)
        return RESULT_OK;
    snprintf(error->text, sizeof error->text, "%.500s: %s", path, sqlite3_errstr(end ? end : code));
    return RESULT_STORE;
}
