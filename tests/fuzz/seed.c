/* Seeds: untrusted SQL on a seeded store. The database does not fail, only the tables for seeds
 * change, and every rule holds afterwards. An error is one printable line without passwords of the
 * store. */
#include "world.h"

#include "base/utf8.h"
#include "store/internal.h"
#include "store/seed_run.h"

enum { STEPS = 20000 }; /* enough to access every row of the store */

static void see_text(const char *const *columns, void *context)
{
    char *text = context;
    snprintf(text, 256, "%s", columns[0] ? columns[0] : "NULL");
}

/* The data that no seed may change, as one text. */
static void see_protected(char text[256])
{
    world_ask("SELECT (SELECT group_concat(one || account || region || seeded || clock_offset_ms)"
              " FROM default_world) || (SELECT group_concat(type || name || fixture_version) FROM"
              " engine) || (SELECT count(*) || sum(length(sql)) FROM sqlite_schema)",
              see_text, text);
}

static void expect_message(const char *message, struct slice sql)
{
    struct slice text = slice_of(message);
    FUZZ_CHECK(text.len > 0 && utf8_valid(text));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        FUZZ_CHECK_SEEN(c >= ' ' && c != 0x7F, "byte %zu of %s", i, message);
        FUZZ_CHECK_SEEN(c != 0xC2 || (unsigned char)text.data[i + 1] >= 0xA0, "byte %zu", i);
    }
    FUZZ_CHECK_SEEN(fuzz_contains(sql, SLICE(FUZZ_SECRET)) ||
                        !fuzz_contains(text, SLICE(FUZZ_SECRET)),
                    "%s", message);
}

static enum result apply(sqlite3 *db, struct slice sql)
{
    struct seed_run run = {.db = db};
    FUZZ_CHECK(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
    FUZZ_CHECK_SEEN(seed_begin(&run, db) == RESULT_OK, "%s", run.error.text);
    run.steps_max = STEPS;
    int length = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1);
    sqlite3_int64 heap = sqlite3_hard_heap_limit64(-1);
    enum result result = seed_apply(&run, "fuzz.sql", sql);
    FUZZ_CHECK(sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1) == length);
    FUZZ_CHECK(sqlite3_hard_heap_limit64(-1) == heap);
    if (!result) {
        FUZZ_CHECK(!sqlite3_get_autocommit(db));
        result = seed_end(&run);
    }
    FUZZ_CHECK_SEEN(result == RESULT_OK || result == RESULT_INVALID || result == RESULT_NO_MEMORY,
                    "%s", run.error.text);
    if (result)
        expect_message(run.error.text, sql);
    return result;
}

void fuzz_seed(struct slice input)
{
    struct fuzz_pieces pieces = {.count = 0};
    char before[256], after[256];
    sqlite3 *db = world_store()->db;
    bool thorough = input.len % 8 == 0;
    see_protected(before);
    enum result result = apply(db, fuzz_copy(&pieces, input));
    bool open = !sqlite3_get_autocommit(db);
    if (open)
        FUZZ_CHECK_SEEN(sqlite3_exec(db, result ? "ROLLBACK" : "COMMIT", NULL, NULL, NULL) ==
                            SQLITE_OK,
                        "%s", sqlite3_errmsg(db));
    see_protected(after);
    FUZZ_CHECK_SEEN(strcmp(before, after) == 0, "%s, then %s", before, after);
    if (!result && world_has_changed())
        world_check(thorough);
    if (world_has_changed())
        world_restore();
    fuzz_free(&pieces);
}
