/* store/tables: the list holds what the schema says of its tables. */
#include "store_world.h"

#include "store/tables.h"

/* One row for each table of the schema, and none for another. */
static void each_table_of_the_schema_is_listed(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, ":memory:", "");
    size_t count = 0;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(world.store->db,
                                        "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                        " AND name NOT GLOB 'sqlite_*'",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; count++) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        if (!table_find(name))
            fail_msg("the table %s of schema/ is missing from server/store/tables.c: a reset would"
                     " leave its rows, no seed could write it",
                     name);
    }
    sqlite3_finalize(stmt);
    for (size_t i = 0; i < table_count; i++) {
        const char *sql = arena_printf(&world.arena, "SELECT count(*) FROM %s", tables[i].name);
        world_ask(&world, sql); /* fails where there is no such table */
        assert_ptr_equal(table_find(tables[i].name), &tables[i]);
    }
    assert_int_equal(count, table_count);
    world_close(&world);
}

static size_t place_of(const char *name)
{
    const struct table *table = table_find(name);
    assert_non_null(table);
    return (size_t)(table - tables);
}

/* A row that goes with its broker, configuration or VPC is of that one's account and region. */
static void rows_belong_to_what_they_go_with(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, ":memory:", "");
    for (size_t i = 0; i < table_count; i++) {
        const struct table *table = &tables[i];
        const char *of = table->root ? table_of_root[table->root] : "";
        const char *parent =
            arena_printf(&world.arena, "%s|%s", of, table->root ? table->root_id : "");
        const char *ask =
            arena_printf(&world.arena,
                         "SELECT \"table\", \"from\" FROM pragma_foreign_key_list('%s')"
                         " WHERE on_delete = 'CASCADE'",
                         table->name);
        const char *own = arena_printf(&world.arena,
                                       "SELECT count(*) FROM pragma_table_info('%s')"
                                       " WHERE name IN ('account', 'region')",
                                       table->name);
        bool is_root = strcmp(table->name, of) == 0;
        if (strcmp(world_ask(&world, ask), table->root && !is_root ? parent : "") != 0)
            fail_msg("%s goes with %s, tables.c says %s", table->name, world_ask(&world, ask),
                     parent);
        if (is_root || (table->root == TABLE_OF_SERVER && table->seeds == TABLE_WRITABLE))
            assert_string_equal(strcmp(world_ask(&world, own), "2") == 0 ? "has a world" : "",
                                is_root ? "has a world" : "");
        assert_true(!table->root == !table->select);
    }
    world_close(&world);
}

static void parents_stand_before_children(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, ":memory:", "");
    for (size_t i = 0; i < table_count; i++) {
        const char *ask = arena_printf(
            &world.arena, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('%s')",
            tables[i].name);
        char *parents = arena_printf(&world.arena, "%s", world_ask(&world, ask)), *rest = NULL;
        for (char *parent = strtok_r(parents, " ", &rest); parent;
             parent = strtok_r(NULL, " ", &rest)) {
            size_t place = place_of(parent);
            if (tables[place].root == tables[i].root ? place >= i
                                                     : tables[place].root > tables[i].root)
                fail_msg("%s stands before %s", tables[i].name, parent);
        }
    }
    world_close(&world);
}

/* An untrusted file is validated by writing every row as it is (store/validate.c). Two rules are
 * for INSERT only: broker_name_insert says before a default what UNIQUE says after it, and a later
 * UPDATE may give a broker any configuration. */
static void rules_of_triggers_hold_for_changed_rows_too(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, ":memory:", "");
    const char *alone = world_ask(
        &world, "SELECT name FROM sqlite_schema AS t WHERE type = 'trigger'"
                " AND sql LIKE '%BEFORE INSERT%' AND name NOT IN"
                " ('broker_name_insert', 'broker_configuration_fits')"
                " AND NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger'"
                " AND tbl_name = t.tbl_name AND sql LIKE '%BEFORE UPDATE%'"
                " AND substr(sql, instr(sql, 'BEGIN')) = substr(t.sql, instr(t.sql, 'BEGIN')))");
    assert_string_equal(alone, "");
    world_close(&world);
}

static const struct table_json *json_of(const struct table *table, const char *name)
{
    for (size_t i = 0; i < TABLE_JSON_MAX && table->json[i].name; i++)
        if (strcmp(table->json[i].name, name) == 0)
            return &table->json[i];
    return NULL;
}

/* By the name of its rule in the schema, "column: a JSON …"; at the place it has in its table. The
 * rule on groups of users does not need the list. */
static void each_column_of_json_is_listed(void **state)
{
    (void)state;
    struct world world;
    world_open(&world, ":memory:", "");
    size_t found = 0, listed = 0;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(
        sqlite3_prepare_v2(
            world.store->db,
            "SELECT t.name, c.name, c.cid, t.sql GLOB '*\"' || c.name ||"
            " ': a JSON object\"*' FROM sqlite_schema AS t,"
            " pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name <> 'user'"
            " AND t.sql GLOB '*\"' || c.name || ': a JSON *'",
            -1, &stmt, NULL),
        SQLITE_OK);
    for (; sqlite3_step(stmt) == SQLITE_ROW; found++) {
        const char *name = (const char *)sqlite3_column_text(stmt, 1);
        const struct table *table = table_find((const char *)sqlite3_column_text(stmt, 0));
        const struct table_json *json = table ? json_of(table, name) : NULL;
        if (!json)
            fail_msg("%s of schema/ is missing from the columns of JSON in server/store/tables.c",
                     name);
        assert_int_equal(json->column, sqlite3_column_int(stmt, 2));
        assert_int_equal(json->is_object, sqlite3_column_int(stmt, 3));
    }
    sqlite3_finalize(stmt);
    for (size_t i = 0; i < table_count; i++)
        for (size_t k = 0; k < TABLE_JSON_MAX && tables[i].json[k].name; k++)
            listed++;
    assert_true(found > 0);
    assert_int_equal(found, listed);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_table_of_the_schema_is_listed),
        cmocka_unit_test(rows_belong_to_what_they_go_with),
        cmocka_unit_test(parents_stand_before_children),
        cmocka_unit_test(rules_of_triggers_hold_for_changed_rows_too),
        cmocka_unit_test(each_column_of_json_is_listed),
    };
    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
