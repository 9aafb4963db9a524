#include "world.h"

#include "base/utf8.h"
#include "store/internal.h"
#include "store/reset.h"
#include "store/snapshot.h"

enum { COLUMNS = 80 };

static struct store *store;
static sqlite3 *pristine; /* the source of world_restore */
static sqlite3_int64 changes;

static void copy(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    FUZZ_CHECK_SEEN(backup, "%s", sqlite3_errmsg(to));
    int code = sqlite3_backup_step(backup, -1);
    FUZZ_CHECK_SEEN(code == SQLITE_DONE, "%s", sqlite3_errstr(code));
    FUZZ_CHECK(sqlite3_backup_finish(backup) == SQLITE_OK);
}

static void close_world(void)
{
    store_free(store);
    sqlite3_close(pristine);
}

struct store *world_store(void)
{
    static const char *const seeds[] = {FUZZ_WORLD};
    const struct store_options options = {":memory:", true, "123456789012", "us-east-1"};
    struct store_error error = {""};
    if (store)
        return store;
    FUZZ_CHECK_SEEN(store_open(&options, &store, &error) == RESULT_OK, "%s", error.text);
    FUZZ_CHECK_SEEN(store_seed(store, seeds, 1, &error) == RESULT_OK, "%s", error.text);
    FUZZ_CHECK(sqlite3_open(":memory:", &pristine) == SQLITE_OK);
    copy(pristine, store->db);
    FUZZ_CHECK(atexit(close_world) == 0);
    changes = sqlite3_total_changes64(store->db);
    return store;
}

bool world_has_changed(void)
{
    return sqlite3_total_changes64(store->db) != changes;
}

void world_restore(void)
{
    struct store_error error = {""};
    FUZZ_CHECK(!store->tick_open);
    copy(store->db, pristine);
    FUZZ_CHECK_SEEN(store_reload(store, &error) == RESULT_OK, "%s", error.text);
    changes = sqlite3_total_changes64(store->db);
}

struct slice world_image(void)
{
    sqlite3_int64 size = 0;
    const char *image = (const char *)sqlite3_serialize(store->db, "main", &size, 0);
    FUZZ_CHECK(image);
    return (struct slice){image, (size_t)size};
}

/* Ignores the header, in which SQLite counts transactions, also those without changes. */
bool world_is(struct slice image)
{
    enum { HEADER = 100 };
    struct slice now = world_image();
    bool same = now.len == image.len && now.len > HEADER &&
                memcmp(now.data + HEADER, image.data + HEADER, now.len - HEADER) == 0;
    store_snapshot_free(now);
    return same;
}

void world_ask(const char *sql, void (*see)(const char *const *columns, void *context),
               void *context)
{
    sqlite3_stmt *stmt = NULL;
    const char *columns[COLUMNS];
    int code = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
    FUZZ_CHECK_SEEN(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(store->db));
    int count = sqlite3_column_count(stmt);
    FUZZ_CHECK(count <= COLUMNS);
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (int i = 0; i < count; i++) {
            size_t len = (size_t)sqlite3_column_bytes(stmt, i);
            columns[i] = (const char *)sqlite3_column_text(stmt, i);
            FUZZ_CHECK_SEEN(!columns[i] || sqlite3_column_type(stmt, i) != SQLITE_TEXT ||
                                (strlen(columns[i]) == len && utf8_valid(slice_of(columns[i]))),
                            "%s: %s", sql, sqlite3_column_name(stmt, i));
        }
        if (see)
            see(columns, context);
    }
    FUZZ_CHECK_SEEN(code == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(store->db));
    sqlite3_finalize(stmt);
}

static void refuse_row(const char *const *columns, void *context)
{
    FUZZ_CHECK_SEEN(!context, "%s: %s has no %s", (const char *)context, columns[0], columns[2]);
}

void world_check(bool thorough)
{
    static const char *const tables[] = {
        "broker",
        "broker_tag",
        "broker_action_required",
        "broker_configuration_history",
        "user",
        "configuration",
        "configuration_revision",
        "configuration_tag",
        "engine_version",
        "instance_option",
        "availability_zone",
        "shared_resource",
        "resource_share_error",
        "vpc",
        "subnet",
        "security_group",
        "access_key",
        "fault",
        "policy",
        "default_world",
    };
    static char orphan[] = "a row refers to a missing row";
    FUZZ_CHECK(!store->tick_open && sqlite3_get_autocommit(store->db));
    world_ask("PRAGMA foreign_key_check", refuse_row, orphan);
    if (!thorough)
        return;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT * FROM %s", tables[i]);
        world_ask(sql, NULL, NULL);
    }
    struct slice image = {NULL, 0};
    struct store_error error = {""};
    FUZZ_CHECK(store_snapshot(store, &image) == RESULT_OK);
    FUZZ_CHECK_SEEN(store_restore(store, image, &error) == RESULT_OK, "%s", error.text);
    store_snapshot_free(image);
}
