/* schema/0013: groups and passwords of users are judged as by the table and triggers of 0001, but
 * for blanks around a list. */
#include "store_world.h"

#include <stdio.h>

#include "store/migrations.h"

enum { TEXTS = 30000 };

static const char one_user[] = "INSERT INTO user (broker_id, username, password, pending_change)"
                               " VALUES ('b-1', 'ada', 'applied-pw-12', 'UPDATE')";

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* Puts the table and the triggers of 0001 in the place of those of now. */
static void restore_old_rules(struct world *world)
{
    const char *text = (const char *)migrations[0];
    const char *begin = strstr(text, "CREATE TABLE user (");
    const char *end = begin ? strstr(begin, "-- What a tester asks") : NULL;
    assert_non_null(end);
    run(world->store->db, "DROP TABLE user");
    run(world->store->db, arena_printf(&world->arena, "%.*s", (int)(end - begin), begin));
}

#define TEN "abcdefghij"
#define LONG_98 TEN TEN TEN TEN TEN TEN TEN TEN TEN "abcdefgh"

static const struct slice pieces[] = {
    SLICE_INIT("\""),       SLICE_INIT("\""), SLICE_INIT(","),     SLICE_INIT("\",\""),
    SLICE_INIT("["),        SLICE_INIT("]"),  SLICE_INIT("ab"),    SLICE_INIT("c"),
    SLICE_INIT("A-1._~"),   SLICE_INIT(" "),  SLICE_INIT("\\"),    SLICE_INIT("\\u0061b"),
    SLICE_INIT("\303\251"), SLICE_INIT("\0"), SLICE_INIT("{"),     SLICE_INIT(":"),
    SLICE_INIT("*"),        SLICE_INIT("?"),  SLICE_INIT("'"),     SLICE_INIT("null"),
    SLICE_INIT("12"),       SLICE_INIT("\n"), SLICE_INIT("\377"),  SLICE_INIT(LONG_98),
    SLICE_INIT("\t"),       SLICE_INIT("\r"), SLICE_INIT("\"c\""), SLICE_INIT("\" \""),
    SLICE_INIT("\"\""),     SLICE_INIT("\f"), SLICE_INIT("- "),    SLICE_INIT(" -")};

static const char *const separators[] = {",", ",", ", ", " ,", "\t,", ",\r\n"};

/* A list, most often a good one, with up to two pieces put in or in the place of others. */
static void make_list(struct buffer *out, uint32_t *random)
{
    char list[4000];
    size_t len = 0;
    uint32_t names = next_random(random, 8) ? next_random(random, 4) : next_random(random, 23);
    const char *between = separators[next_random(random, COUNT(separators))];
    list[len++] = '[';
    for (uint32_t i = 0; i < names; i++)
        len += (size_t)snprintf(list + len, sizeof list - len, "%s\"%.*s\"", i ? between : "",
                                (int)(2 + next_random(random, next_random(random, 9) ? 6 : 100)),
                                LONG_98 "ijk");
    list[len++] = ']';
    buffer_clear(out);
    size_t at = 0;
    for (uint32_t changes = next_random(random, 3); changes > 0; changes--) {
        size_t until = at + next_random(random, (uint32_t)(len - at) + 1);
        struct slice piece = pieces[next_random(random, COUNT(pieces))];
        buffer_append(out, list + at, until - at);
        buffer_append(out, piece.data, piece.len);
        at = until + next_random(random, 2) * (until < len);
    }
    buffer_append(out, list + at, len - at);
}

struct worlds {
    struct world now, before;
    sqlite3_stmt *stmts[2];
};

static void worlds_open(struct worlds *worlds)
{
    static const char broker[] = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');";
    world_open(&worlds->now, ":memory:", broker);
    world_open(&worlds->before, ":memory:", broker);
    restore_old_rules(&worlds->before);
    run(worlds->now.store->db, one_user);
    run(worlds->before.store->db, one_user);
}

static void worlds_prepare(struct worlds *worlds, const char *sql)
{
    sqlite3_prepare_v2(worlds->now.store->db, sql, -1, &worlds->stmts[0], NULL);
    sqlite3_prepare_v2(worlds->before.store->db, sql, -1, &worlds->stmts[1], NULL);
    assert_non_null(worlds->stmts[0]);
    assert_non_null(worlds->stmts[1]);
}

static void worlds_finalize(struct worlds *worlds)
{
    sqlite3_finalize(worlds->stmts[0]);
    sqlite3_finalize(worlds->stmts[1]);
}

static void worlds_close(struct worlds *worlds)
{
    world_close(&worlds->now);
    world_close(&worlds->before);
}

/* SQLite's text for the outcome; NULL: accepted. */
static const char *put(sqlite3_stmt *stmt, const struct slice texts[2])
{
    for (int i = 0; i < 2; i++)
        sqlite3_bind_text(stmt, i + 1, texts[i].data, (int)texts[i].len, SQLITE_STATIC);
    (void)sqlite3_step(stmt);
    return sqlite3_reset(stmt) ? sqlite3_errmsg(sqlite3_db_handle(stmt)) : NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Around a list, only spaces were accepted before. */
static struct slice without_blanks_around(struct slice text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = (struct slice){text.data + 1, text.len - 1};
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

static void any_list_is_judged_as_before(void **state)
{
    (void)state;
    static const char *const writes[] = {
        "UPDATE user SET groups = ?1, pending_groups = ?2 WHERE username = 'ada'",
        "REPLACE INTO user (broker_id, username, password, pending_change, groups, pending_groups)"
        " VALUES ('b-1', 'new', 'applied-pw-12', 'UPDATE', ?1, ?2)"};
    struct worlds worlds;
    struct buffer lists[2];
    uint32_t random = 12;
    int accepted = 0;
    worlds_open(&worlds);
    for (int i = 0; i < 2; i++)
        buffer_init(&lists[i], 1 << 20);
    for (size_t w = 0; w < COUNT(writes); w++) {
        worlds_prepare(&worlds, writes[w]);
        for (int text = 0; text < TEXTS; text++) {
            make_list(&lists[0], &random);
            make_list(&lists[1], &random);
            const struct slice texts[2] = {buffer_slice(&lists[0]), buffer_slice(&lists[1])};
            const struct slice inner[2] = {without_blanks_around(texts[0]),
                                           without_blanks_around(texts[1])};
            const char *got = put(worlds.stmts[0], texts);
            const char *wanted = put(worlds.stmts[1], inner);
            if (!got != !wanted)
                fail_msg("%.*s and %.*s: %s, before: %s", (int)texts[0].len, texts[0].data,
                         (int)texts[1].len, texts[1].data, got ? got : "accepted",
                         wanted ? wanted : "accepted");
            accepted += !got;
        }
        worlds_finalize(&worlds);
    }
    print_message("%d of %d accepted\n", accepted, 2 * TEXTS);
    assert_in_range(accepted, TEXTS / 10, 2 * TEXTS - TEXTS / 10);
    buffer_close(&lists[0]);
    buffer_close(&lists[1]);
    worlds_close(&worlds);
}

/* Of few different characters, so that a fourth comes late or not at all. */
static size_t make_password(char *out, uint32_t *random)
{
    static const char *const sets[] = {"ab",   "abc",  "ab]",
                                       "^-]a", "a%*?", " ~!",
                                       "aA",   "abcd", "abcdefghijklmnopqrstuvwxyz0123456789"};
    const char *set = sets[next_random(random, COUNT(sets))];
    size_t len =
        next_random(random, 10) ? 11 + next_random(random, 6) : 248 + next_random(random, 5);
    for (size_t i = 0; i < len; i++)
        out[i] = set[next_random(random, (uint32_t)strlen(set))];
    for (uint32_t changes = next_random(random, 4); changes > 0; changes--)
        out[next_random(random, (uint32_t)len)] = "xyz"[next_random(random, 3)];
    if (!next_random(random, 8))
        out[next_random(random, (uint32_t)len)] = ",:=\x7f\t\xc3\0"[next_random(random, 7)];
    return len;
}

static void any_password_is_judged_as_before(void **state)
{
    (void)state;
    struct worlds worlds;
    char passwords[2][260];
    struct slice texts[2];
    uint32_t random = 13;
    int accepted = 0, alike = 0;
    worlds_open(&worlds);
    worlds_prepare(&worlds,
                   "UPDATE user SET password = ?1, pending_password = ?2 WHERE username = 'ada'");
    for (int text = 0; text < TEXTS; text++) {
        for (size_t i = 0; i < 2; i++)
            texts[i] = (struct slice){passwords[i], make_password(passwords[i], &random)};
        const char *got = put(worlds.stmts[0], texts);
        const char *wanted = put(worlds.stmts[1], texts);
        if (!got != !wanted || (got && strcmp(got, wanted) != 0))
            fail_msg("%.*s and %.*s: %s, before: %s", (int)texts[0].len, texts[0].data,
                     (int)texts[1].len, texts[1].data, got ? got : "accepted",
                     wanted ? wanted : "accepted");
        accepted += !got;
        alike += got && strstr(got, "4 different") != NULL;
    }
    print_message("%d of %d accepted, %d with too few characters\n", accepted, TEXTS, alike);
    assert_in_range(accepted, TEXTS / 20, TEXTS - TEXTS / 20);
    assert_in_range(alike, TEXTS / 20, TEXTS - TEXTS / 20);
    worlds_finalize(&worlds);
    worlds_close(&worlds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_list_is_judged_as_before),
                                       cmocka_unit_test(any_password_is_judged_as_before)};
    return cmocka_run_group_tests_name("user_rules", tests, NULL, NULL);
}
