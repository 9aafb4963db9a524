/* store/broker_heads: what broker_find_head says is what the row has, whatever came before. */
#include "seeded_world.h"

#include "store/seed_files.h"
#include "store/snapshot.h"

enum { STEPS = 3000 };

/* Of 300 brokers, some of which have the same place. */
#define SEED_MANY                                                                      \
    SEED "WITH RECURSIVE n (x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n LIMIT 300)" \
         " INSERT INTO broker (id, name) SELECT 'b-' || x, 'm' || x FROM n;"

static const char *const few[] = {"b-1", "b-2", "b-3", "r-1", "b-none"};

static void look(struct seeded *s, uint32_t *random)
{
    char id[20], sql[300], got[200];
    struct broker_head head;
    if (next_random(random, 4) > 0)
        snprintf(id, sizeof id, "%s", few[next_random(random, COUNT(few))]);
    else
        snprintf(id, sizeof id, "b-%u", (unsigned)next_random(random, 320));
    snprintf(sql, sizeof sql,
             "SELECT id, account, region, name, state, engine_type, creation_step,"
             " coalesce(state_due_ms, -1) FROM broker WHERE id = '%s'",
             id);
    const char *wanted = world_ask(&s->w, sql);
    enum result result = broker_find_head(s->w.store, slice_of(id), &s->w.arena, &head);
    if (result) {
        assert_int_equal(result, RESULT_NOT_FOUND);
        assert_string_equal(wanted, "");
        return;
    }
    snprintf(got, sizeof got, "%.*s|%.*s|%.*s|%.*s|%s|%s|%d|%lld", (int)head.id.len, head.id.data,
             (int)head.account.len, head.account.data, (int)head.region.len, head.region.data,
             (int)head.name.len, head.name.data, term_text(&broker_state_terms, head.state).data,
             term_text(&engine_terms, head.engine).data, (int)head.creation_step,
             head.state_due_ms == BROKER_UNSET ? -1LL : (long long)head.state_due_ms);
    assert_string_equal(got, wanted);
}

static void write_one(struct seeded *s, uint32_t *random)
{
    static const char *const forms[] = {
        "UPDATE broker SET name = 'n%2$d' WHERE id = 'b-%1$d'",
        "UPDATE OR IGNORE broker SET state = 'CREATION_FAILED', state_due_ms = %2$d"
        " WHERE id = 'b-%1$d'",
        "UPDATE broker SET state = 'RUNNING', state_due_ms = NULL WHERE id = 'b-%1$d'",
        "UPDATE broker SET region = 'us-west-2' WHERE id = 'b-%1$d'",
        "DELETE FROM broker WHERE id = 'b-%1$d'",
        "INSERT OR IGNORE INTO broker (id, name) VALUES ('b-%1$d', 'p%2$d')",
        "UPDATE user SET groups = '[]' WHERE broker_id = 'b-%1$d'",
        "DELETE FROM vpc",
    };
    char sql[300];
    fill(sql, sizeof sql, forms[next_random(random, COUNT(forms))], (int)next_random(random, 4),
         (int)next_random(random, 1000000));
    assert_int_equal(store_prepare_write(s->w.store), RESULT_OK);
    sqlite3_exec(s->w.store->db, sql, NULL, NULL, NULL); /* a rule may refuse it */
}

/* Operations of one tick, some of which are undone, and at times the whole tick. */
static void tick(struct seeded *s, uint32_t *random)
{
    struct store *store = s->w.store;
    for (uint32_t left = 1 + next_random(random, 3); left > 0; left--) {
        store_operation_begin(store, false);
        look(s, random);
        for (uint32_t writes = next_random(random, 3); writes > 0; writes--)
            write_one(s, random);
        look(s, random);
        look(s, random);
        assert_int_equal(store_operation_end(store, next_random(random, 3) > 0), RESULT_OK);
        look(s, random);
    }
    if (next_random(random, 6) == 0) {
        store_tick_abort(store);
        assert_int_equal(store_tick_commit(store),
                         store_tick_is_open(store) ? RESULT_STORE : RESULT_OK);
    } else {
        assert_int_equal(store_tick_commit(store), RESULT_OK);
    }
    look(s, random);
}

static void replace_all(struct seeded *s, uint32_t *random, struct slice image)
{
    struct store_error error = {""};
    struct store *store = s->w.store;
    if (next_random(random, 3) == 0)
        reset(s);
    else if (next_random(random, 2) == 0)
        assert_int_equal(store_restore(store, image, &error), RESULT_OK);
    else
        (void)!store_apply_sql(store, "body",
                               next_random(random, 2)
                                   ? SLICE("UPDATE broker SET name = 'seeded' WHERE id = 'b-1'")
                                   : SLICE("UPDATE broker SET name = 'x'; DELETE FROM broker"),
                               &error);
}

static void heads_are_those_of_the_rows(void **state)
{
    (void)state;
    struct seeded s;
    struct slice image;
    uint32_t random = 5;
    open_seeded(&s, ":memory:", SEED_MANY);
    assert_int_equal(store_snapshot(s.w.store, &image), RESULT_OK);
    for (int step = 0; step < STEPS; step++) {
        arena_reset(&s.w.arena);
        if (step % 50 == 49)
            replace_all(&s, &random, image);
        tick(&s, &random);
    }
    store_snapshot_free(image);
    close_seeded(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(heads_are_those_of_the_rows)};
    return cmocka_run_group_tests_name("heads of brokers", tests, NULL, NULL);
}
