/* store/terms: the texts of enumerations, as requests write them and as the schema allows them. */
#include "store_world.h"

#include "store/terms.h"

static void texts_are_read_in_any_case(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        enum strategy wanted;
    } cases[] = {
        {SLICE_INIT("SIMPLE"), STRATEGY_SIMPLE},
        {SLICE_INIT("simple"), STRATEGY_SIMPLE},
        {SLICE_INIT("lDaP"), STRATEGY_LDAP},
        {SLICE_INIT("config_managed"), STRATEGY_CONFIG_MANAGED},
        {SLICE_INIT("CONFIG"), STRATEGY_ABSENT},
        {SLICE_INIT("CONFIG_MANAGED "), STRATEGY_ABSENT},
        {SLICE_INIT("LDAP, CONFIG_MANAGED"), STRATEGY_ABSENT},
        {SLICE_INIT("SIMPLE,"), STRATEGY_ABSENT},
        {SLICE_INIT(" "), STRATEGY_ABSENT},
        {SLICE_INIT(""), STRATEGY_ABSENT},
        {SLICE_INIT("SIMPLE\0"), STRATEGY_ABSENT},
        {{NULL, 0}, STRATEGY_ABSENT},
        /* ASCII only: no other letter folds onto one of these. */
        {SLICE_INIT("\xC5\xBFIMPLE"), STRATEGY_ABSENT},
        {SLICE_INIT("CONFIG?MANAGED"), STRATEGY_ABSENT},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(term_find(&strategy_terms, cases[i].text), cases[i].wanted);
    assert_slice(strategy_terms.list, "SIMPLE, LDAP, CONFIG_MANAGED");
    assert_slice(term_text(&strategy_terms, STRATEGY_LDAP), "LDAP");
    assert_null(term_text(&strategy_terms, STRATEGY_ABSENT).data);
}

/* How many texts a constraint of the schema lists between `IN (` and `)`. Each must be a value. */
static unsigned count_allowed(const char *sql, const char *column, const struct terms *terms)
{
    char head[80];
    unsigned count = 0;
    snprintf(head, sizeof head, "CHECK (%s IN (", column);
    const char *at = strstr(sql, head);
    const char *end = at ? strchr(at + strlen(head), ')') : NULL;
    if (!end)
        fail_msg("no constraint begins with %s", head);
    for (at = strchr(at, '\''); at && at < end; count++) {
        const char *close = strchr(at + 1, '\'');
        struct slice text = {at + 1, (size_t)(close - at - 1)};
        if (!slice_equal(term_text(terms, term_find(terms, text)), text))
            fail_msg("%s: the schema allows %.*s, server/store/terms.h does not know it", column,
                     (int)text.len, text.data);
        at = strchr(close + 1, '\'');
    }
    return count;
}

static void the_schema_allows_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *table, *column;
        const struct terms *terms;
    } cases[] = {
        {"broker", "state", &broker_state_terms},
        {"broker", "engine_type", &engine_terms},
        {"broker", "storage_type", &storage_type_terms},
        {"broker", "deployment_mode", &deployment_mode_terms},
        {"broker", "authentication_strategy", &strategy_terms},
        {"broker", "pending_authentication_strategy", &strategy_terms},
        {"broker", "day_of_week", &weekday_terms},
        {"broker", "data_replication_mode", &replication_mode_terms},
        {"broker", "pending_data_replication_mode", &replication_mode_terms},
        {"broker", "data_replication_role", &replication_role_terms},
        {"configuration", "engine_type", &engine_terms},
        {"configuration", "authentication_strategy", &strategy_terms},
        {"instance_option", "storage_type", &storage_type_terms},
    };
    struct world world;
    world_open(&world, ":memory:", "");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *sql = world_ask(
            &world, arena_printf(&world.arena, "SELECT sql FROM sqlite_schema WHERE name = '%s'",
                                 cases[i].table));
        unsigned allowed = count_allowed(sql, cases[i].column, cases[i].terms);
        if (allowed + 1 != cases[i].terms->end)
            fail_msg("%s: the schema allows %u values, server/store/terms.h has %u",
                     cases[i].column, allowed, cases[i].terms->end - 1);
    }
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_in_any_case),
        cmocka_unit_test(the_schema_allows_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
