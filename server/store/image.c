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
enum result store_open_image(struct slice image, unsigned flags, sqlite3 **db)
{
    unsigned char *bytes = (unsigned char *)(uintptr_t)image.data;
    sqlite3_int64 size = (sqlite3_int64)image.len;
    bool good = sqlite3_open_v2(":memory:", db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                NULL) == SQLITE_OK;
    if (good)
        good = sqlite3_deserialize(*db, "main", bytes, size, size,
                                   flags | SQLITE_DESERIALIZE_READONLY) == SQLITE_OK;
    else if (flags & SQLITE_DESERIALIZE_FREEONCLOSE)
        sqlite3_free(bytes);
    return good ? RESULT_OK : RESULT_NO_MEMORY;
}

enum result store_open_fresh(sqlite3 **db)
{
    unsigned char *image = expand();
    *db = NULL;
    if (!image)
        return RESULT_NO_MEMORY;
    return store_open_image((struct slice){(const char *)image, image_size},
                            SQLITE_DESERIALIZE_FREEONCLOSE, db);
}

enum result store_fill(struct store *store, const char *path, struct store_error *error)
{
    sqlite3 *fresh = NULL;
    int code = store_open_fresh(&fresh) ? SQLITE_NOMEM : store_copy(store->db, fresh);
    sqlite3_close(fresh);
    if (code == SQLITE_OK)
        return RESULT_OK;
    snprintf(error->text, sizeof error->text, "%.500s: %s", path, sqlite3_errstr(code));
    return RESULT_STORE;
}
