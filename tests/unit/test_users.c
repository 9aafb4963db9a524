/* store/users and mq/users: each change on each state, and the answers of the five operations. */
#include "store_world.h"

#include "store/users.h"

#define BROKER "INSERT INTO broker (id, name) VALUES ('b-1', 'orders'), ('b-2', 'other');"
#define INSERT                                                                                   \
    "INSERT INTO user (broker_id, username, password, console_access, groups, replication_user," \
    " pending_change, pending_password, pending_console_access, pending_groups,"                 \
    " pending_replication_user) VALUES ('b-1', 'alice', "
#define APPLIED "'applied-pw-12', 1, '[\"a1\",\"a2\"]', 0, "
#define NEVER "NULL, 0, '[]', 0, "
#define PENDING "'pending-pw-12', 0, '[\"p1\"]', 1)"

#define A "A:applied-pw-12|1|[\"a1\",\"a2\"]|0"

struct transition {
    const char *before; /* NULL: no such user */
    const char *created, *updated, *updated_password, *deleted, *applied;
};

/* What the two views tell of alice: A: the applied side, P: the pending one. */
static const char *sides(struct world *world)
{
    const char *applied =
        world_ask(world, "SELECT 'A:' || password, console_access, groups, replication_user"
                         " FROM applied_user WHERE broker_id = 'b-1' AND username = 'alice'");
    const char *pending =
        world_ask(world, "SELECT 'P:' || pending_change, password, console_access, groups,"
                         " replication_user FROM pending_user"
                         " WHERE broker_id = 'b-1' AND username = 'alice'");
    return arena_printf(&world->arena, "%s%s%s", applied, *applied && *pending ? " " : "", pending);
}

/* All values given, then none but a password. */
static const struct user_change full = {SLICE_INIT("changed-pw-12"), 0, SLICE_INIT("[]"), 1};
static const struct user_change password_only = {SLICE_INIT("changed-pw-12"), -1, {NULL, 0}, -1};

static enum result insert(struct store *store)
{
    return user_insert(store, SLICE("b-1"), SLICE("alice"), &full);
}

static enum result update(struct store *store)
{
    return user_stage_update(store, SLICE("b-1"), SLICE("alice"), &full);
}

static enum result update_password(struct store *store)
{
    return user_stage_update(store, SLICE("b-1"), SLICE("alice"), &password_only);
}

static enum result delete (struct store *store) {
    return user_stage_delete(store, SLICE("b-1"), SLICE("alice"));
}

static enum result apply(struct store *store)
{
    bool more = true;
    enum result result = user_apply_pending(store, SLICE("b-1"), INT64_MAX, &more);
    assert_false(more);
    return result;
}

/* `wanted` NULL: a conflict, and nothing changes. The neighbour of the same name never does. */
static void check_with(const char *before, enum result (*change)(struct store *),
                       const char *wanted, bool writes_once)
{
    static const char neighbour[] =
        "INSERT INTO user (broker_id, username, password, pending_change)"
        " VALUES ('b-2', 'alice', 'neighbour-12', 'DELETE');";
    struct world world;
    char sql[2000];
    snprintf(sql, sizeof sql, "%s%s%s%s%s", BROKER, neighbour, before ? INSERT : "",
             before ? before : "", before ? ";" : "");
    world_open(&world, ":memory:", sql);
    const char *kept = sides(&world);
    store_operation_begin(world.store, writes_once);
    assert_int_equal(change(world.store), wanted ? RESULT_OK : RESULT_CONFLICT);
    assert_int_equal(store_operation_end(world.store, wanted != NULL), RESULT_OK);
    assert_int_equal(store_tick_commit(world.store), RESULT_OK);
    const char *got = sides(&world);
    if (strcmp(got, wanted ? wanted : kept) != 0)
        fail_msg("%s\n  got    %s\n  wanted %s", before ? before : "none", got,
                 wanted ? wanted : kept);
    assert_string_equal(
        world_ask(&world, "SELECT broker_id, pending_change FROM user WHERE broker_id = 'b-2'"),
        "b-2|DELETE");
    world_close(&world);
}

/* A change that writes with one statement, also without a savepoint. */
static void check(const char *before, enum result (*change)(struct store *), const char *wanted)
{
    check_with(before, change, wanted, false);
    check_with(before, change, wanted, true);
}

#define CHANGED "changed-pw-12|0|[]|1"
#define STAGED "pending-pw-12|0|[\"p1\"]|1"
#define MERGED "changed-pw-12|0|[\"p1\"]|1"

static void each_change_on_each_state(void **state)
{
    (void)state;
    static const struct transition transitions[] = {
        {NULL, "P:CREATE|" CHANGED, "", "", "", ""},
        {NEVER "'CREATE', " PENDING, NULL, "P:CREATE|" CHANGED, "P:CREATE|" MERGED,
         "P:DELETE|" STAGED, "A:" STAGED},
        {APPLIED "NULL, NULL, NULL, NULL, NULL)", NULL, A " P:UPDATE|" CHANGED,
         A " P:UPDATE|changed-pw-12|1|[\"a1\",\"a2\"]|0",
         A " P:DELETE|applied-pw-12|1|[\"a1\",\"a2\"]|0", A},
        {APPLIED "'UPDATE', " PENDING, NULL, A " P:UPDATE|" CHANGED, A " P:UPDATE|" MERGED,
         A " P:DELETE|" STAGED, "A:" STAGED},
        {APPLIED "'UPDATE', NULL, NULL, '[]', NULL)", NULL, A " P:UPDATE|" CHANGED,
         A " P:UPDATE|changed-pw-12|1|[]|0", A " P:DELETE|applied-pw-12|1|[]|0",
         "A:applied-pw-12|1|[]|0"},
        {APPLIED "'DELETE', NULL, NULL, NULL, NULL)", NULL, A " P:UPDATE|" CHANGED,
         A " P:UPDATE|changed-pw-12|1|[\"a1\",\"a2\"]|0",
         A " P:DELETE|applied-pw-12|1|[\"a1\",\"a2\"]|0", ""},
        {APPLIED "'DELETE', " PENDING, NULL, A " P:UPDATE|" CHANGED, A " P:UPDATE|" MERGED,
         A " P:DELETE|" STAGED, ""},
        {NEVER "'DELETE', " PENDING, NULL, "P:CREATE|" CHANGED, "P:CREATE|" MERGED,
         "P:DELETE|" STAGED, ""},
    };
    for (size_t i = 0; i < COUNT(transitions); i++) {
        const struct transition *row = &transitions[i];
        check(row->before, insert, row->created);
        check(row->before, update, row->updated);
        check(row->before, update_password, row->updated_password);
        check(row->before, delete, row->deleted);
        check_with(row->before, apply, row->applied, false);
    }
}

#define USERS "/v1/brokers/b-1/users"
#define ALICE USERS "/alice"
#define PASSWORD "\"password\":\"created-pw-12\""

static const char not_found[] =
    "404 {\n  \"errorAttribute\" : \"username\",\n  \"message\" : \"Can't find requested user [alice]. Make sure your user exists.\"\n}";

static void a_user_from_creation_to_removal(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", BROKER);
    world_expect(&w, "GET", ALICE, "", not_found);
    world_expect(&w, "PUT", ALICE, "{}", not_found);
    world_expect(&w, "DELETE", ALICE, "", not_found);
    world_expect(&w, "POST", ALICE,
                 "{" PASSWORD ",\"groups\":[\"b2\",\"a1\",\"b2\"],\"consoleAccess\":true}",
                 "200 {}");
    world_expect(
        &w, "POST", ALICE, "{" PASSWORD "}",
        "409 {\n  \"errorAttribute\" : \"username\",\n  \"message\" : \"User named [alice] already exists. "
        "Specify a unique username.\"\n}");
    world_expect(
        &w, "GET", ALICE, "",
        "200 {\"brokerId\":\"b-1\",\"pending\":{\"consoleAccess\":true,\"groups\":[\"b2\",\"a1\"],"
        "\"pendingChange\":\"CREATE\"},\"replicationUser\":false,\"username\":\"alice\"}");
    assert_int_equal(apply(w.store), RESULT_OK);
    world_expect(&w, "GET", ALICE, "",
                 "200 {\"brokerId\":\"b-1\",\"consoleAccess\":true,\"groups\":[\"b2\",\"a1\"],"
                 "\"replicationUser\":false,\"username\":\"alice\"}");
    world_expect(
        &w, "PUT", ALICE, "{\"replicationUser\":true}",
        "400 {\n  \"message\" : \"Replication user couldn't have console access. [replicationUser] and "
        "[consoleAccess] are mutually exclusive parameters.\"\n}");
    world_expect(&w, "PUT", ALICE,
                 "{\"replicationUser\":true,\"consoleAccess\":false,\"groups\":[]}", "200 {}");
    world_expect(&w, "GET", ALICE, "",
                 "200 {\"brokerId\":\"b-1\",\"consoleAccess\":true,\"groups\":[\"b2\",\"a1\"],"
                 "\"pending\":{\"consoleAccess\":false,\"groups\":[],\"pendingChange\":\"UPDATE\"},"
                 "\"replicationUser\":true,\"username\":\"alice\"}");
    world_expect(
        &w, "PUT", ALICE, "{\"consoleAccess\":true}",
        "400 {\n  \"message\" : \"Replication user couldn't have console access. [replicationUser] and "
        "[consoleAccess] are mutually exclusive parameters.\"\n}");
    world_expect(&w, "DELETE", ALICE, "", "200 {}");
    world_expect(&w, "DELETE", ALICE, "", "200 {}");
    world_expect(
        &w, "GET", USERS, "",
        "200 {\"brokerId\":\"b-1\",\"maxResults\":20,\"users\":[{\"pendingChange\":\"DELETE\",\"username\":\"alice\"}]}");
    assert_int_equal(apply(w.store), RESULT_OK);
    world_expect(&w, "GET", ALICE, "", not_found);
    world_expect(&w, "GET", USERS, "", "200 {\"brokerId\":\"b-1\",\"maxResults\":20,\"users\":[]}");
    world_close(&w);
}

/* An update with nothing in it still stages one. */
static void an_empty_update_is_pending(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:", BROKER INSERT APPLIED "NULL, NULL, NULL, NULL, NULL);");
    world_expect(&w, "PUT", ALICE, "{\"groups\":null,\"username\":\"bob\"}", "200 {}");
    assert_string_equal(sides(&w), A " P:UPDATE|applied-pw-12|1|[\"a1\",\"a2\"]|0");
    world_close(&w);
}

/* The member nextToken of a reply, or NULL; lives in the world's arena. */
static char *next_token(struct world *w, struct slice body)
{
    struct json_error error;
    const struct json *object = NULL;
    assert_int_equal(json_parse(&w->arena, body, &object, &error), RESULT_OK);
    const struct json *token = json_member(object, "nextToken");
    return token ? arena_copy(&w->arena, json_string(token)) : NULL;
}

/* Base64 has characters that a query must escape. */
static const char *page_target(struct world *w, int most, const char *token)
{
    char escaped[2000] = "";
    size_t len = 0;
    for (; token && *token; token++)
        len += (size_t)snprintf(escaped + len, sizeof escaped - len, "%%%02X", (unsigned)*token);
    return arena_printf(&w->arena, "%s?maxResults=%d&nextToken=%s", USERS, most, escaped);
}

/* Pages of five and six over 0 to 13 users: all, in byte order, each once, no token on the last. */
static void pages_hold_each_user_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               BROKER "INSERT INTO user (broker_id, username, password)"
                      " VALUES ('b-2', 'aa', 'neighbour-12');");
    for (int users = 0; users <= 13; users++) {
        for (int most = 5; most <= 6; most++) {
            int seen = 0, pages = 0;
            char *token = NULL;
            do {
                struct reply reply = world_call(&w, "GET", page_target(&w, most, token), "");
                assert_int_equal(reply.status, 200);
                const char *at = reply.body.data;
                for (int n = 0; (at = strstr(at, "\"username\":\"")); n++, seen++, at++) {
                    assert_true(n < most);
                    assert_int_equal(at[12], 'A' + seen);
                }
                token = next_token(&w, reply.body);
                pages++;
            } while (token);
            assert_int_equal(seen, users);
            assert_int_equal(pages, users ? (users + most - 1) / most : 1);
        }
        world_close(&w);
        char sql[3000] = BROKER;
        for (int i = 0; i <= users; i++)
            snprintf(
                sql + strlen(sql), sizeof sql - strlen(sql),
                "INSERT INTO user (broker_id, username, password) VALUES ('b-1', '%c%c', 'created-pw-12');",
                'A' + i, 'x');
        world_open(&w, ":memory:", sql);
    }
    world_close(&w);
}

static void a_token_outlives_its_row(void **state)
{
    (void)state;
    struct world w;
    char sql[2000] = BROKER;
    for (int i = 0; i < 7; i++)
        snprintf(
            sql + strlen(sql), sizeof sql - strlen(sql),
            "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'user%d', 'created-pw-12');",
            i);
    world_open(&w, ":memory:", sql);
    char *token = next_token(&w, world_call(&w, "GET", USERS "?maxResults=5", "").body);
    assert_non_null(token);
    world_expect(&w, "DELETE", USERS "/user4", "", "200 {}");
    assert_int_equal(apply(w.store), RESULT_OK);
    world_expect(
        &w, "GET", page_target(&w, 5, token), "",
        "200 {\"brokerId\":\"b-1\",\"maxResults\":5,\"users\":[{\"username\":\"user5\"},{\"username\":\"user6\"}]}");
    world_close(&w);
}

static void the_quota_counts_those_that_go(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, ":memory:",
               BROKER "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 249)"
                      " INSERT INTO user (broker_id, username, password, pending_change)"
                      " SELECT 'b-1', 'user' || x, 'created-pw-12', 'DELETE' FROM n;");
    world_expect(&w, "POST", ALICE, "{" PASSWORD "}", "200 {}");
    world_expect(&w, "POST", USERS "/bob", "{" PASSWORD "}",
                 "400 {\n  \"message\" : \"Broker [orders] can't have more than [250] users.\"\n}");
    world_expect(&w, "POST", "/v1/brokers/b-2/users/bob", "{" PASSWORD "}", "200 {}");
    assert_int_equal(apply(w.store), RESULT_OK);
    world_expect(&w, "POST", USERS "/bob", "{" PASSWORD "}", "200 {}");
    world_close(&w);
}

/* A broker on its way out has no users any more, whatever its rows say. */
static void a_broker_being_deleted_shows_none(void **state)
{
    (void)state;
    struct world w;
    world_open(
        &w, ":memory:",
        "INSERT INTO broker (id, name, state) VALUES ('b-1', 'orders', 'DELETION_IN_PROGRESS');" INSERT
            APPLIED "NULL, NULL, NULL, NULL, NULL);");
    world_expect(&w, "GET", ALICE, "", not_found);
    world_expect(&w, "GET", USERS, "", "200 {\"brokerId\":\"b-1\",\"maxResults\":20,\"users\":[]}");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_on_each_state),
        cmocka_unit_test(a_user_from_creation_to_removal),
        cmocka_unit_test(an_empty_update_is_pending),
        cmocka_unit_test(pages_hold_each_user_once),
        cmocka_unit_test(a_token_outlives_its_row),
        cmocka_unit_test(the_quota_counts_those_that_go),
        cmocka_unit_test(a_broker_being_deleted_shows_none),
    };
    return cmocka_run_group_tests_name("users", tests, NULL, NULL);
}
