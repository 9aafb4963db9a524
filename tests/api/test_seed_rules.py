"""Seeds: what they may do, what they are refused for, and that a refusal leaves nothing behind."""

import os

import pytest

import control_calls as control
import harness
import rules
import wire
from harness import Server, assert_ok, sql_broker, sql_insert, sql_user

store = wire.store
PASSWORD = harness.PASSWORD
TABLES = ("broker, broker_tag, broker_action_required, broker_configuration_history, user, configuration, "
          "configuration_revision, configuration_tag, engine_version, instance_option, availability_zone, "
          "rabbitmq_limit, shared_resource, resource_share_error, vpc, subnet, security_group, access_key, fault, policy")


def refuse(store, text, name="seed.sql", *more):
    """Starts with that seed; asserts the refusal and that the file is as new afterwards; returns the line."""
    path = os.path.join(store.directory, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    line = wire.refuse_start("--port", 0, "--db", store.path, "--seed", path, *more)
    assert name in line, line
    with Server("--db", store.path, seed=sql_broker("b-proof")) as server:
        body = assert_ok(server.client().call("GET", "/v1/brokers")).json()
        assert [broker["brokerId"] for broker in body["brokerSummaries"]] == ["b-proof"]
    for table in ("broker_tag", "user", "access_key", "fault", "configuration_tag", "shared_resource"):
        assert store.query(f"SELECT count(*) FROM {table}") == [(0,)]
    os.unlink(store.path)
    return line


# --- Rules -----------------------------------------------------------------------------------------------------

BROKER = sql_broker("b-1")

RULES = {
    "id: 1 to 100 characters of [A-Za-z0-9-]": sql_broker("b_1"),
    "account: 12 digits": sql_broker("b-1", account="123"),
    "region: up to 32 characters of [a-z0-9-]": sql_broker("b-1", region="US"),
    "state: a broker state of the API": sql_broker("b-1", state="SLEEPING"),
    "engine_type: ACTIVEMQ or RABBITMQ": sql_broker("b-1", engine_type="KAFKA"),
    "deployment_mode: ACTIVE_STANDBY_MULTI_AZ is for ACTIVEMQ, CLUSTER_MULTI_AZ for RABBITMQ":
        sql_broker("b-1", deployment_mode="CLUSTER_MULTI_AZ"),
    "storage_type: RABBITMQ brokers use EBS": sql_broker("b-1", engine_type="RABBITMQ", storage_type="EFS"),
    "state_due_ms: only while CREATION_IN_PROGRESS, REBOOT_IN_PROGRESS or DELETION_IN_PROGRESS":
         sql_broker("b-1", state_due_ms=1),
    "time_of_day: HH:MM, 00:00 to 23:59": sql_broker("b-1", time_of_day="24:00"),
    "subnet_ids, security_groups: a JSON array of strings of [A-Za-z0-9-]": sql_broker("b-1", subnet_ids={}),
    "key: 1 to 128 characters, not beginning with aws:":
        BROKER + sql_insert("broker_tag", broker_id="b-1", key="AWS:x"),
    "password: a user without a pending change has one": BROKER + sql_user("b-1", "ada", None),
    "groups: a JSON array of strings of [A-Za-z0-9-._~]": BROKER + sql_user("b-1", "ada", groups="[1]"),
    "groups: no more than 20, in up to 10000 characters": BROKER + sql_user("b-1", "ada", groups=[f"group-{n}" for n in range(21)]),
    "malformed JSON": sql_broker("b-1", subnet_ids="[oops]"),
    "pending_change: CREATE, UPDATE or DELETE": BROKER + sql_user("b-1", "ada", pending_change="RENAME"),
    "pending_change: CREATE is for a user without password, UPDATE for one with password":
        BROKER + sql_user("b-1", "ada", pending_change="CREATE"),
    "replication_user: excludes console_access": BROKER + sql_user("b-1", "ada", console_access=1, replication_user=1),
    "pending_replication_user: excludes pending_console_access":
        BROKER + sql_user("b-1", "ada", console_access=1, pending_change="UPDATE", pending_replication_user=1),
    "creation_step: 0 to 3": sql_broker("b-1", creation_step=4),
    "state_after: RUNNING, CRITICAL_ACTION_REQUIRED or REPLICA": sql_broker("b-1", state_after="REBOOT_IN_PROGRESS"),
    "window_due_ms: only with day_of_week": sql_broker("b-1", window_due_ms=1),
    "window_changes: 0 or more": sql_broker("b-1", window_changes=-1),
    "storage_size: a multiple of 5": sql_broker("b-1", storage_size=12),
    "pending_storage_size: a multiple of 5": sql_broker("b-1", pending_storage_size=-5),
    "ldap_server_metadata: a JSON object": sql_broker("b-1", ldap_server_metadata="[]"),
    "pending_ldap_server_metadata: a JSON object": sql_broker("b-1", pending_ldap_server_metadata="[]"),
    "pending_authentication_strategy: SIMPLE, LDAP or CONFIG_MANAGED":
        sql_broker("b-1", pending_authentication_strategy="ldap"),
    "pending_engine_version: digits and dots": sql_broker("b-1", pending_engine_version="x"),
    "pending_host_instance_type: mq. and a size": sql_broker("b-1", pending_host_instance_type="x"),
    "pending_logs_audit: RABBITMQ brokers have no audit log":
        sql_broker("b-1", engine_type="RABBITMQ", pending_logs_audit=1),
    "pending_logs_general: 0 or 1": sql_broker("b-1", pending_logs_general=2),
    "pending_logs_audit: 0 or 1": sql_broker("b-1", pending_logs_audit=-1),
    "data_replication_mode: NONE or CRDR": sql_broker("b-1", data_replication_mode="BOTH"),
    "pending_data_replication_mode: NONE or CRDR": sql_broker("b-1", pending_data_replication_mode=""),
    "data_replication_role: PRIMARY or REPLICA":
        sql_broker("b-1", data_replication_role="BOTH", data_replication_counterpart="b-2",
                   data_replication_counterpart_region="eu-west-1"),
    "data_replication_role, data_replication_counterpart, data_replication_counterpart_region: all or none":
        sql_broker("b-1", data_replication_role="PRIMARY"),
    "data_replication_mode, pending_data_replication_mode: CRDR has a counterpart":
        sql_broker("b-1", pending_data_replication_mode="CRDR"),
    "name: a broker name is unique in its account and region": BROKER + sql_broker("b-2", name="1"),
    "name: 1 to 150 characters of [A-Za-z0-9._~-]": sql_insert("configuration", id="c-1", name="or ders"),
    "id: 1 to 106 characters of [A-Za-z0-9-]": sql_insert("configuration", id="c_1", name="one"),
    "revision: 1 to 300": sql_insert("configuration", id="c-1", name="one") + sql_insert(
        "configuration_revision", configuration_id="c-1", revision=301, data="x"),
    "code: 1 to 100 characters of [A-Z0-9_]":
        BROKER + sql_insert("broker_action_required", broker_id="b-1", code="oom"),
    "version: numbers with dots between them": sql_insert("engine_version", engine_type="ACTIVEMQ", version="5..1"),
    "deployment_modes: a JSON array of SINGLE_INSTANCE, ACTIVE_STANDBY_MULTI_AZ and CLUSTER_MULTI_AZ":
        sql_insert("instance_option", engine_type="ACTIVEMQ", host_instance_type="mq.x", storage_type="EFS",
                   deployment_modes=["PAIR"]),
    "storage_size_default, storage_size_most: multiples of 5, both or neither":
        sql_insert("instance_option", engine_type="RABBITMQ", host_instance_type="mq.x", storage_type="EBS",
                   deployment_modes=["SINGLE_INSTANCE"], storage_size_default=5),
    "error_code, error_message: both or neither": BROKER + sql_insert(
        "shared_resource", broker_id="b-1", resource_arn="arn:x", error_code="AZ_MISMATCH"),
    "dns_names: a JSON array of strings": BROKER + sql_insert(
        "shared_resource", broker_id="b-1", resource_arn="arn:x", dns_names="[a.b]"),
    "ldap_server_metadata: a JSON object": sql_broker("b-1", ldap_server_metadata='{"hosts":[],"hosts":["ldap.example"]}'),
    "secret: 1 to 256 printable ASCII characters": sql_insert("access_key", id="AKID", secret=""),
    "operation: the name of an operation of the API": sql_insert("fault", operation="MakeTea", delay_ms=1),
    "status: 400 to 599": sql_insert("fault", error="OddException", status=200),
    "status: needed with an error the server does not know": sql_insert("fault", error="OddException"),
    "drop_connection: excludes error":
        sql_insert("fault", error="ForbiddenException", drop_connection=1),
    "fault: give error, delay_ms or drop_connection": sql_insert("fault", operation="CreateUser"),
    "delay_ms: 0 to 600000": sql_insert("fault", delay_ms=600001),
    "times: 0 or more": sql_insert("fault", delay_ms=1, times=-1),
}


for _rule, _, _value, _seed in rules.broken("username", "password", "group", "broker-name"):
    RULES[_seed] = (sql_broker("b-1", name=_value) if _rule == "broker-name" else
                    BROKER + (sql_user("b-1", _value) if _rule == "username" else
                              sql_user("b-1", "ada", _value) if _rule == "password" else
                              sql_user("b-1", "ada", groups=[_value])))


@pytest.mark.parametrize("rule", RULES)
def test_SEED_4_a_broken_rule_is_named(store, rule):
    text = RULES[rule]
    number = text.count("INSERT")
    line = refuse(store, text)
    assert f"seed.sql:{number}: statement {number}, row 1: {rule}" in line, line


@pytest.mark.parametrize("text", ("['ab']", '["ab",]', '["ab"/* b */]', "[ab]", '["a\\\nb"]', "[0x10]"))
def test_SEED_4_lists_are_json_with_every_sqlite(serve, text):
    """JSON5 is none, which SQLite accepts since version 3.42; the list is the one that answers show."""
    server = serve(*control.STANDING, seed=BROKER + sql_user("b-1", "ada", groups=["ab"]))
    client = server.client()
    for table, column in (("broker", "subnet_ids"), ("broker", "security_groups"), ("user", "groups")):
        value = text.replace("'", "''")
        response = control.call(client, "POST", "/_local/seed", f"UPDATE {table} SET {column} = '{value}';".encode())
        assert response.status == 400 and "body:1: statement 1, row 1: " in response.json()["message"], response
    assert assert_ok(client.call("GET", harness.user_path("b-1", "ada"))).json()["groups"] == ["ab"]
    assert_ok(client.call("GET", "/v1/brokers/b-1"))


def test_SEED_4_the_row_of_a_long_statement(store):
    rows = ",\n".join(f"('b-1', 'user-{n}', '{PASSWORD if n != 77 else 'short'}')" for n in range(1, 101))
    line = refuse(store, "-- users\n\n" + BROKER + f"INSERT INTO user (broker_id, username, password) VALUES\n{rows};")
    assert "seed.sql:4: statement 2, row 77: password: 12 to 250 characters" in line


def test_SEED_4_a_name_twice(store):
    line = refuse(store, BROKER + sql_user("b-1", "ada") + sql_user("b-1", "ada"))
    assert "seed.sql:3: statement 3, row 1: broker_id, username: another row of user has the same" in line


def test_SEED_4_a_member_that_is_missing(store):
    line = refuse(store, "INSERT INTO broker (id) VALUES ('b-1');")
    assert "seed.sql:1: statement 1, row 1: name: required in every row of broker" in line


def test_SEED_4_a_wrong_type(store):
    line = refuse(store, sql_broker("b-1", logs_general="yes"))
    assert "seed.sql:1: statement 1, row 1: " in line and "broker.logs_general" in line


def test_SEED_4_an_update_is_checked_like_an_insert(store):
    line = refuse(store, BROKER + sql_user("b-1", "ada") + "UPDATE user SET password = 'short';")
    assert "seed.sql:3: statement 3, row 1: password: 12 to 250 characters" in line


# --- Syntax ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("text, place", (
    ("INSERT INTO broker (id, name)\n  VALEUS ('b-1', 'one');", "seed.sql:2:3: statement 1: "),
    (BROKER + "\n\nINSERT INTO user VALUES (;", "statement 2: "),
    (BROKER + "INSERT INTO user (broker_id, pasword) VALUES ('b-1', 'x');", "statement 2: "),
    ("INSERT INTO brokers (id) VALUES ('b-1');", "statement 1: "),
    ("INSERT INTO broker (id, name) VALUES ('b-1', 'one'", "statement 1: "),
    ("INSERT INTO broker (id, name) VALUES ('b-1, 'one');", "statement 1: "),
    ("what is this", "statement 1: "),
    ("{\"json\": true}", "statement 1: "),
), ids=range(8))
def test_SEED_4_broken_sql_is_located(store, text, place):
    assert place in refuse(store, text)


@pytest.mark.parametrize("text", (b"\xff\xfeI\0N\0", b"-- \xe4\n", b"INSERT INTO broker (id, name) VALUES ('b-1', 'a\0b');",
                                  b"\0", b"\x1f\x8b\x08\0\0\0\0\0", b"SQLite format 3\0" + bytes(84)))
def test_SEED_4_no_utf8_text(store, text):
    refuse(store, text)


@pytest.mark.parametrize("text", (
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'ada', \"sesame-open-4711\");",
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'ada', sesame-open-4711);",
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'ada', 'sesame-open-4711);",
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'ada' 'sesame-open-4711');",
    "INSERT INTO user (broker_id, username, password) VALUES ('b-1', 'ada', 'sesame-open-4711:');",
    "INSERT INTO user (broker_id, username, 'sesame-open-4711') VALUES ('b-1', 'ada', 'x');",
    "INSERT INTO user (broker_id, username, password, groups) VALUES ('b-1', 'ada', 'x', 'sesame-open-4711');",
    "INSERT INTO \"sesame-open-4711\" VALUES (1);",
    "SELECT \"sesame-open-4711\"();",
), ids=range(9))
def test_SEED_5_START_12_a_message_tells_no_password(store, text):
    assert "sesame-open-4711" not in refuse(store, text)


# --- What a seed may not do ------------------------------------------------------------------------------------

FORBIDDEN = (
    "CREATE TABLE mine (id TEXT)", "CREATE TEMP TABLE mine (id TEXT)", "CREATE INDEX i ON broker (name)",
    "CREATE VIEW v AS SELECT 1", "CREATE TRIGGER t AFTER INSERT ON broker BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE f USING fts5(x)", "DROP TABLE user", "DROP VIEW applied_user", "DROP TRIGGER broker_defaults",
    "ALTER TABLE user ADD COLUMN x TEXT", "PRAGMA user_version = 9", "PRAGMA foreign_keys = OFF", "PRAGMA user_version",
    "ATTACH 'other.db' AS other", "DETACH main", "BEGIN", "COMMIT", "ROLLBACK", "END", "SAVEPOINT s", "RELEASE s",
    "VACUUM", "VACUUM INTO 'copy.db'", "REINDEX", "ANALYZE", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1",
    "SELECT load_extension('evil')", "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema",
    "UPDATE sqlite_master SET sql = ''", "SELECT * FROM default_world", "UPDATE default_world SET account = '111111111111'",
    "SELECT * FROM pragma_table_info('user')", "SELECT * FROM pragma_database_list",
    "WITH n AS (SELECT sql FROM sqlite_schema) INSERT INTO broker (id, name) SELECT 'b-x', 'x' FROM n",
    "WITH n AS (SELECT account FROM default_world) INSERT INTO broker (id, name) SELECT 'b-' || account, 'x' FROM n",
    "INSERT INTO applied_user (username) VALUES ('ada')", "SELECT zeroblob(1000000000)",
    "SELECT readfile('/etc/passwd')", "SELECT writefile('out', 'x')", "SELECT * FROM generate_series(1, 10)",
    "SELECT fts3_tokenizer('x')", "SELECT sqlite_version()",
)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_SEED_6_forbidden_statements(store, text):
    before = set(os.listdir(store.directory))
    line = refuse(store, BROKER + text + ";")
    assert "seed.sql:2" in line and "statement 2: " in line, line
    assert set(os.listdir(store.directory)) == before | {"seed.sql"}


@pytest.mark.parametrize("text, word", (("DROP TABLE user", "DROP"), ("PRAGMA user_version", "PRAGMA"),
                                        ("BEGIN", "BEGIN"), ("  /* c */ create table x (y)", "CREATE")))
def test_SEED_6_the_message_says_what_is_allowed(store, text, word):
    line = refuse(store, text)
    assert f"seeds may only INSERT, UPDATE, DELETE and SELECT on the fixture tables ({TABLES})" in line
    assert word in line.upper()


def test_SEED_6_the_output_of_dump_is_refused(store):
    assert "PRAGMA" in refuse(store, "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCOMMIT;\n")


@pytest.mark.parametrize("text", (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "INSERT INTO broker (id, name) SELECT 'b-' || i, 'n-' || i FROM n",
))
def test_SEED_6_an_endless_statement_is_stopped(store, text):
    assert "statement 2" in refuse(store, BROKER + text)


X, LONG = "printf('%.900000c', 'x')", "printf('%.400000c', 'x')"
WIDE = "printf: the widths and precisions are too large"
LARGE = "a statement or a value is larger than"
ENTRIES = "(SELECT json_group_object('k' || i, i) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) SELECT i FROM n))"


@pytest.mark.parametrize("value, message", (
    ("printf('%.1000000000c', 'x')", WIDE),
    ("format('%.1000000000c', 'x')", WIDE),
    ("printf('%.*c', 1000000000, 'x')", WIDE),
    ("printf('%.*c', '1000000000', 'x')", WIDE),
    ("printf('%.*c', 1e9, 'x')", WIDE),
    ("printf('%1048577d', 1)", WIDE),
    *((f"printf('{text}', 1, 1)", WIDE) for text in (
        "%-1000000000d", "%,1000000000d", "%+ 1000000000d", "%01000000000d", "%!.1000000000f", "%5.1000000000d", "%#1000000000x",
        "%l1000000000d", "%.*1000000000d", "%%%1000000000d", "%d%1000000000d", "%%%%%.1000000000c", "%1000000000%")),
    ("printf('%99999999999999999999d', 1)", WIDE),
    ("printf('%.1000000c%.1000000c', 'x', 'y')", WIDE), ("printf('%*c%*c', 1000000, 'x', 1000000, 'y')", WIDE),
    ("printf((SELECT group_concat('%.1048576c', '') FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)"
     " SELECT i FROM n)))", WIDE),
    ("printf(replace(printf('%.1000c', 'x'), 'x', '%.1048576c'))", WIDE),
    (f"replace({X}, {LONG} || 'y', 'z')", LARGE), (f"instr({X}, {LONG} || 'y')", LARGE),
    (f"trim({X}, {LONG.replace('x', 'y')} || 'x')", LARGE), (f"ltrim({X}, {LONG.replace('x', 'y')} || 'x')", LARGE),
    (f"rtrim({X}, {LONG.replace('x', 'y')} || 'x')", LARGE), (f"{X} LIKE '%x%x%x%x%x%x%x%y'", LARGE),
    (f"{X} GLOB '*x*x*x*x*x*x*x*y'", LARGE), (f"json_patch({ENTRIES}, {ENTRIES})", LARGE),
))
def test_SEED_6_no_function_takes_long(store, value, message):
    """Nothing can stop a call of a function: some take time that grows with the square of the lengths."""
    assert message in refuse(store, BROKER + f"UPDATE broker SET creator_request_id = length({value});")


@pytest.mark.parametrize("value, result", (
    ("printf('%05d|%-4s|%.3c|%,d|%%|%Q', 7, 'ab', 'x', 1234567, 'it''s')", "00007|ab  |xxx|1,234,567|%|'it''s'"),
    ("printf('%*d', 6, 42)", "    42"), ("format('%s', NULL)", ""), ("printf('%.1000c', 'x')", "x" * 1000),
    ("printf('%d-%s-%d-%s', 1, 'b', 3, 4.5)", "1-b-3-4.5"),
    ("printf('arn:aws:iam::123456789012:role/%d', 1)", "arn:aws:iam::123456789012:role/1"),
    ("printf('123456789012')", "123456789012"), ("printf('%d123456789012', 7)", "7123456789012"),
    ("printf('%%123456789012%s', 'x')", "%123456789012x"), ("printf('100%')", "100%"), ("printf('%5%|')", "    %|"),
    ("printf('2 * 3: %d', 123456789012)", "2 * 3: 123456789012"), ("printf('%!.3s|%-3d|', 'äöüß', 1)", "äöü|1  |"), ("length(printf('%.1000000c', 'x'))", "1000000"),
    ("replace('a-b-c', '-', '+')", "a+b+c"), ("instr('hello', 'l')", "3"), ("trim('  x ')", "x"),
))
def test_SEED_6_functions_do_what_they_did(serve, value, result):
    client = serve(seed=BROKER + f"INSERT INTO fault (message, error, status) VALUES ({value}, 'Forbidden', 400);").client()
    fault, = client.call("GET", "/_local/faults", check=harness.CHECK_NONE).json()["faults"]
    assert fault["message"] == result


def test_SEED_6_a_statement_that_writes_nothing_is_stopped(store):
    """Each step of it costs far more than its share of the budget of steps."""
    line = refuse(store, BROKER + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) "
                  "SELECT sum(length(printf('%.1000000c', 'x') || i)) FROM n;")
    assert line.endswith("statement 2: the statement has run for 1000 ms without writing a row"), line


def test_SEED_6_the_rules_of_the_schema_are_no_function_of_the_seed(serve):
    """Triggers use such functions too, on short texts."""
    base = "x" * 20_000
    metadata = ('{"hosts":["h"],"roleBase":"%s","roleSearchMatching":"m","serviceAccountUsername":"u","userBase":"b",'
                '"userSearchMatching":"s"}' % base)
    client = serve(seed=sql_insert("broker", id="b-1", name="one", authentication_strategy="LDAP", ldap_server_metadata=metadata,
                                   ldap_service_account_password="secret-12")).client()
    assert assert_ok(client.call("GET", "/v1/brokers/b-1")).json()["ldapServerMetadata"]["roleBase"] == base


def test_SEED_6_many_rows_in_one_statement(serve):
    """SQLite collects them before it writes the first: that takes more than a second on a slow machine."""
    client = serve(seed=BROKER + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 600000) "
                   "INSERT INTO broker_tag (broker_id, key) SELECT 'b-1', 'k' || i FROM n;").client()
    assert_ok(client.call("GET", "/v1/brokers/b-1/users"))


def test_SEED_6_sizes(store):
    rows = ",".join(f"('b-1', 'user-{number:06}', '{PASSWORD}')" for number in range(30_000))
    line = refuse(store, BROKER + f"INSERT INTO user (broker_id, username, password) VALUES {rows};")
    assert "seed.sql:2" in line and "larger than 1048576 bytes" in line
    assert "larger than 64 MiB" in refuse(store, b" " * (64 << 20) + b"\n" + BROKER.encode())


# --- One act ---------------------------------------------------------------------------------------------------

def test_SEED_7_a_broken_second_seed_undoes_the_first(store):
    second = os.path.join(store.directory, "second.sql")
    with open(second, "w", encoding="utf-8") as file:
        file.write(sql_broker("b-2") + sql_user("b-2", "x"))
    first = os.path.join(store.directory, "first.sql")
    with open(first, "w", encoding="utf-8") as file:
        file.write(BROKER + sql_user("b-1", "ada"))
    line = wire.refuse_start("--port", 0, "--db", store.path, "--seed", first, "--seed", second)
    assert "second.sql:2: statement 2, row 1: username: 2 to 100 characters" in line
    with Server("--db", store.path, "--seed", first) as server:
        body = assert_ok(server.client().call("GET", "/v1/brokers")).json()
        assert [broker["brokerId"] for broker in body["brokerSummaries"]] == ["b-1"]


def test_SEED_7_the_last_statement_undoes_the_file(store):
    refuse(store, BROKER + sql_user("b-1", "ada") + sql_insert("access_key", id="AKID", secret="secret")
           + sql_insert("fault", delay_ms=1) + "oops;")


def test_SEED_8_a_user_may_stand_before_its_broker(serve):
    client = serve(seed=sql_user("b-1", "ada") + BROKER).client()
    assert_ok(client.call("GET", "/v1/brokers/b-1/users/ada"))


def test_SEED_8_a_user_may_stand_in_an_earlier_file(serve):
    client = serve(seed=[sql_user("b-1", "ada"), sql_user("b-1", "eve"), BROKER]).client()
    assert_ok(client.call("GET", "/v1/brokers/b-1/users/eve"))


def test_SEED_8_a_user_without_broker(store):
    line = refuse(store, BROKER + sql_user("b-1", "ada") + sql_user("b-2", "eve") + sql_user("b-1", "bob"))
    assert "seed.sql:3: statement 3" in line
    assert "FOREIGN KEY: user.broker_id → broker.id has no such row" in line


def test_SEED_8_a_deleted_broker_takes_its_users_along(serve):
    client = serve(seed=BROKER + sql_user("b-1", "ada") + "DELETE FROM broker;").client()
    assert_ok(client.call("GET", "/v1/brokers"), {"brokerSummaries": []})


# --- What a seed may do ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("text", ("", "\n \t\n", "-- nothing", "/* nothing", "/* a */ ; ; -- b\n;", "\ufeff", "\ufeff-- c",
                                  "SELECT 1;", "SELECT count(*) FROM broker"))
def test_SEED_9_a_seed_that_does_nothing(serve, text):
    assert_ok(serve(seed=text).client().call("GET", "/v1/brokers"), {"brokerSummaries": []})


@pytest.mark.parametrize("text", (
    "\ufeff" + BROKER, BROKER.replace("\n", "\r\n"), BROKER.rstrip(";\n"), "/* ; */ -- ;\n" + BROKER + "-- end",
    BROKER.replace("INSERT", "insert").replace("INTO", "into"), ";;" + BROKER + ";;",
    "INSERT INTO broker (id, name)\n-- a comment; inside\nVALUES ('b-1', /* ';' */ '1');",
), ids=range(7))
def test_SEED_9_spellings(serve, text):
    assert_ok(serve(seed=text).client().call("GET", harness.broker_path("b-1")))


def test_SEED_9_strings_with_quotes_and_semicolons(serve):
    server = serve(seed=BROKER + sql_user("b-1", "ada", "it's; -- a 'pass'")
                   + sql_insert("broker_tag", broker_id="b-1", key="k'; DROP TABLE user; --", value="ä;€"))
    body = assert_ok(server.client().call("GET", harness.broker_path("b-1"))).json()
    assert body["tags"] == {"k'; DROP TABLE user; --": "ä;€"}
    assert body["users"] == [{"username": "ada"}]


def test_SEED_9_statements_that_compute(serve):
    client = serve(seed=BROKER + """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
INSERT INTO user (broker_id, username, password, groups)
SELECT 'b-1', printf('user-%02d', i), 'correct-horse-' || i, json_array('group-' || (i % 3)) FROM n;
UPDATE user SET console_access = 1 WHERE username LIKE '%7';
DELETE FROM user WHERE username IN (SELECT username FROM applied_user WHERE username > 'user-10');
INSERT INTO user (broker_id, username, password) SELECT broker_id, upper(username), password FROM user
 WHERE username = 'user-03' ON CONFLICT DO NOTHING;
""").client()
    users = assert_ok(client.call("GET", "/v1/brokers/b-1/users")).json()["users"]
    assert [user["username"] for user in users] == ["USER-03"] + [f"user-{n:02}" for n in range(1, 11)]
    body = assert_ok(client.call("GET", "/v1/brokers/b-1/users/user-07")).json()
    assert (body["consoleAccess"], body["groups"]) == (True, ["group-1"])


def test_SEED_9_many_rows(serve):
    rows = ",".join(f"('b-1', 'user-{n:05}', '{PASSWORD}')" for n in range(20_000))
    client = serve(seed=BROKER + f"INSERT INTO user (broker_id, username, password) VALUES {rows};").client()
    users = assert_ok(client.call("GET", "/v1/brokers/b-1/users?maxResults=100")).json()["users"]
    assert len(users) == 100


def test_SEED_9_the_demo(serve):
    path = os.path.join(harness.ROOT, "schema", "seeds", "demo.sql")
    client = serve("--seed", path).client()
    brokers = assert_ok(client.call("GET", "/v1/brokers")).json()["brokerSummaries"]
    assert [broker["brokerName"] for broker in brokers] == ["orders", "payments", "events"]
    users = assert_ok(client.call("GET", harness.users_path(brokers[0]["brokerId"]))).json()["users"]
    assert {user["username"]: user.get("pendingChange") for user in users} == {
        "admin": None, "leaver": "DELETE", "newcomer": "CREATE", "promoted": "UPDATE", "reader": None}
