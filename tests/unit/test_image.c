/* store/image: what the build made is what the migrations make, and new stores begin with it. */
#include "store_world.h"

#include "store/migrations.h"

static char directory[] = "/tmp/amazonmq-image-XXXXXX";
static char path[64];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/mq.db", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

/* Appends all rows, a line each, in the order that SQLite finds them. Returns their number. */
static int append_rows(struct buffer *text, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int rows = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    for (; sqlite3_step(stmt) == SQLITE_ROW; rows++) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            int type = sqlite3_column_type(stmt, i);
            const char *value = (const char *)sqlite3_column_text(stmt, i);
            buffer_printf(text, "|%d:", type);
            buffer_append_string(text, value ? value : "");
        }
        buffer_append_char(text, '\n');
    }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    return rows;
}

/* Everything that a database says: what it is, its schema, all rows of all tables. */
static void describe(struct buffer *text, sqlite3 *db)
{
    static const char schema[] = "SELECT * FROM (SELECT type, name, tbl_name, sql"
                                 " FROM sqlite_schema ORDER BY type, name)";
    sqlite3_stmt *tables = NULL;
    int rows = 0;
    buffer_init(text, 1 << 20);
    append_rows(text, db, "PRAGMA application_id");
    append_rows(text, db, "PRAGMA user_version");
    append_rows(text, db, "PRAGMA encoding");
    assert_true(append_rows(text, db, schema) > 50);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT format('SELECT * FROM \"%w\"', name)"
                                        " FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                                        -1, &tables, NULL),
                     SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *sql = (const char *)sqlite3_column_text(tables, 0);
        buffer_append_string(text, sql);
        buffer_append_char(text, '\n');
        rows += append_rows(text, db, sql);
    }
    assert_int_equal(sqlite3_finalize(tables), SQLITE_OK);
    assert_true(rows > 50);
    assert_int_equal(text->failed, RESULT_OK);
}

static void assert_same(const struct buffer *got, const struct buffer *wanted)
{
    size_t at = 0, line = 0;
    while (at < got->len && at < wanted->len && got->data[at] == wanted->data[at]) {
        if (got->data[at++] == '\n')
            line = at;
    }
    if (at < got->len || at < wanted->len)
        fail_msg("got    %.200s\nwanted %.200s", got->data + line, wanted->data + line);
}

static void describe_migrated(struct buffer *text)
{
    sqlite3 *db = NULL;
    char head[100];
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (int i = 0; i < migration_count; i++)
        if (sqlite3_exec(db, (const char *)migrations[i], NULL, NULL, NULL))
            fail_msg("migration %d: %s", i + 1, sqlite3_errmsg(db));
    snprintf(head, sizeof head, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION_ID, migration_count);
    assert_int_equal(sqlite3_exec(db, head, NULL, NULL, NULL), SQLITE_OK);
    describe(text, db);
    sqlite3_close(db);
}

static void the_image_is_what_the_migrations_make(void **state)
{
    (void)state;
    struct buffer got, wanted;
    sqlite3 *db = NULL;
    assert_int_equal(store_open_fresh(&db), RESULT_OK);
    describe_migrated(&wanted);
    describe(&got, db);
    assert_same(&got, &wanted);
    buffer_clear(&got);
    append_rows(&got, db, "PRAGMA integrity_check");
    append_rows(&got, db, "PRAGMA foreign_key_check");
    append_rows(&got, db, "PRAGMA freelist_count");
    assert_slice(buffer_slice(&got), "|3:ok\n|1:0\n");
    sqlite3_close(db);
    buffer_close(&got);
    buffer_close(&wanted);
}

/* The account and region of the test are those that the schema has as defaults. */
static void new_stores_begin_with_it(void **state)
{
    (void)state;
    const char *const databases[] = {":memory:", path};
    static const char places[] = "SELECT name, rootpage FROM sqlite_schema";
    struct buffer got, wanted, image;
    sqlite3 *fresh = NULL;
    describe_migrated(&wanted);
    buffer_init(&image, 1 << 20);
    assert_int_equal(store_open_fresh(&fresh), RESULT_OK);
    append_rows(&image, fresh, places);
    sqlite3_close(fresh);
    for (size_t i = 0; i < COUNT(databases); i++) {
        struct world w;
        struct store_error error = {""};
        world_init(&w);
        assert_int_equal(world_try_open(&w, databases[i], &error), RESULT_OK);
        assert_true(store_is_new(w.store));
        describe(&got, w.store->db);
        assert_same(&got, &wanted);
        assert_string_equal(world_ask(&w, "PRAGMA page_size"), "4096");
        assert_string_equal(world_ask(&w, "PRAGMA journal_mode"), i ? "wal" : "memory");
        /* The migrations would have put the tables on other pages. */
        buffer_clear(&got);
        append_rows(&got, w.store->db, places);
        assert_slice(buffer_slice(&got), image.data);
        buffer_close(&got);
        world_close(&w);
    }
    buffer_close(&image);
    buffer_close(&wanted);
}

/* A database without tables but with pages, as another program or a crash leaves it: its pages may
 * be of another size, so that the image does not fit. */
static void an_empty_database_with_pages_is_migrated(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "PRAGMA page_size = 4096; VACUUM", "PRAGMA page_size = 1024; VACUUM",
        "PRAGMA page_size = 16384; VACUUM", "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL"};
    struct buffer got, wanted;
    describe_migrated(&wanted);
    for (size_t i = 0; i < COUNT(settings); i++) {
        struct world w;
        struct store_error error = {""};
        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, settings[i], NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        world_init(&w);
        if (world_try_open(&w, path, &error))
            fail_msg("%s: %s", settings[i], error.text);
        assert_true(store_is_new(w.store));
        describe(&got, w.store->db);
        assert_same(&got, &wanted);
        buffer_close(&got);
        world_close(&w);
        unlink(path);
    }
    buffer_close(&wanted);
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_image_is_what_the_migrations_make),
        ON_DISK(new_stores_begin_with_it),
        ON_DISK(an_empty_database_with_pages_is_migrated),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
