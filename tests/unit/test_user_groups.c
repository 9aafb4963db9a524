/* schema/0012: the triggers on the groups of users accept the lists that those of 0001 accept. */
#include "store_world.h"

#include <stdio.h>

#include "store/migrations.h"

enum { TEXTS = 30000 };

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL))
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* Puts the triggers of 0001 in the place of those of 0012. */
static void restore_old_triggers(struct world *world)
{
    const char *text = (const char *)migrations[0];
    const char *begin = strstr(text, "CREATE TRIGGER user_groups_insert");
    const char *end = begin ? strstr(begin, "-- What a tester asks") : NULL;
    assert_non_null(end);
    run(world->store->db, "DROP TRIGGER user_groups_insert; DROP TRIGGER user_groups_update");
    run(world->store->db, arena_printf(&world->arena, "%.*s", (int)(end - begin), begin));
}

static uint32_t next_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

#define TEN "abcdefghij"
#define LONG_98 TEN TEN TEN TEN TEN TEN TEN TEN TEN "abcdefgh"

static const struct slice pieces[] = {
    SLICE_INIT("\""),       SLICE_INIT("\""), SLICE_INIT(","),    SLICE_INIT("\",\""),
    SLICE_INIT("["),        SLICE_INIT("]"),  SLICE_INIT("ab"),   SLICE_INIT("c"),
    SLICE_INIT("A-1._~"),   SLICE_INIT(" "),  SLICE_INIT("\\"),   SLICE_INIT("\\u0061b"),
    SLICE_INIT("\303\251"), SLICE_INIT("\0"), SLICE_INIT("{"),    SLICE_INIT(":"),
    SLICE_INIT("*"),        SLICE_INIT("?"),  SLICE_INIT("'"),    SLICE_INIT("null"),
    SLICE_INIT("12"),       SLICE_INIT("\n"), SLICE_INIT("\377"), SLICE_INIT(LONG_98)};

/* A list, most often a good one, with up to two pieces put in or in the place of others. */
static void make_list(struct buffer *out, uint32_t *random)
{
    char list[4000];
    size_t len = 0;
    uint32_t names = next_random(random, 8) ? next_random(random, 4) : next_random(random, 23);
    list[len++] = '[';
    for (uint32_t i = 0; i < names; i++)
        len += (size_t)snprintf(list + len, sizeof list - len, "%s\"%.*s\"", i ? "," : "",
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

/* SQLite's text for the outcome. */
static const char *put(sqlite3 *db, sqlite3_stmt *stmt, const struct buffer lists[2])
{
    for (int i = 0; i < 2; i++)
        sqlite3_bind_text(stmt, i + 1, lists[i].data, (int)lists[i].len, SQLITE_STATIC);
    (void)sqlite3_step(stmt);
    const char *text = sqlite3_reset(stmt) ? sqlite3_errmsg(db) : "accepted";
    return text;
}

static void any_list_is_judged_as_before(void **state)
{
    (void)state;
    static const char seed[] = "INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"
                               "INSERT INTO user (broker_id, username, password)"
                               " VALUES ('b-1', 'ada', 'applied-pw-12');"
                               "UPDATE user SET pending_change = 'UPDATE';";
    static const char *const writes[] = {
        "UPDATE user SET groups = ?1, pending_groups = ?2 WHERE username = 'ada'",
        "REPLACE INTO user (broker_id, username, password, pending_change, groups, pending_groups)"
        " VALUES ('b-1', 'new', 'applied-pw-12', 'UPDATE', ?1, ?2)"};
    struct world now, before;
    struct buffer lists[2];
    uint32_t random = 12;
    int accepted = 0;
    world_open(&now, ":memory:", seed);
    world_open(&before, ":memory:", seed);
    restore_old_triggers(&before);
    for (int i = 0; i < 2; i++)
        buffer_init(&lists[i], 1 << 20);
    for (size_t w = 0; w < COUNT(writes); w++) {
        sqlite3_stmt *stmts[2] = {NULL, NULL};
        sqlite3_prepare_v2(now.store->db, writes[w], -1, &stmts[0], NULL);
        sqlite3_prepare_v2(before.store->db, writes[w], -1, &stmts[1], NULL);
        for (int text = 0; text < TEXTS; text++) {
            make_list(&lists[0], &random);
            make_list(&lists[1], &random);
            const char *got = put(now.store->db, stmts[0], lists);
            const char *wanted = put(before.store->db, stmts[1], lists);
            if (strcmp(got, wanted) != 0)
                fail_msg("%.*s and %.*s: %s, not %s", (int)lists[0].len, lists[0].data,
                         (int)lists[1].len, lists[1].data, got, wanted);
            accepted += strcmp(got, "accepted") == 0;
        }
        sqlite3_finalize(stmts[0]);
        sqlite3_finalize(stmts[1]);
    }
    print_message("%d of %d accepted\n", accepted, 2 * TEXTS);
    assert_in_range(accepted, TEXTS / 10, 2 * TEXTS - TEXTS / 10);
    buffer_close(&lists[0]);
    buffer_close(&lists[1]);
    world_close(&now);
    world_close(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_list_is_judged_as_before)};
    return cmocka_run_group_tests_name("groups of users", tests, NULL, NULL);
}
