"""POST /_local/seed: SQL applied like a seed file, all of it or nothing."""

import re

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok, sql_broker, sql_fault, sql_insert, sql_user


@pytest.fixture(scope="module")
def server():
    with harness.Server(seed=sql_broker("b-1", "one") + sql_user("b-1", "alice")) as running:
        yield running
        wire.assert_no_error_logged(running)


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection
        control.done(connection, "POST", "/_local/reset")


def seed(client, sql):
    return control.done(client, "POST", "/_local/seed", sql)


def test_CTL_3_a_seed_adds_to_what_is_there(client):
    seed(client, sql_broker("b-2", "two") + sql_user("b-2", "bob", groups=["admins"]))
    assert_ok(client.call("GET", harness.user_path("b-2", "bob")), {
        "brokerId": "b-2", "consoleAccess": False, "groups": ["admins"], "replicationUser": False, "username": "bob"})
    assert_ok(client.call("GET", harness.broker_path("b-1")))


def test_a_seed_may_change_and_delete(client):
    seed(client, "UPDATE broker SET state = 'CRITICAL_ACTION_REQUIRED' WHERE id = 'b-1'; DELETE FROM user;")
    body = assert_ok(client.call("GET", harness.broker_path("b-1"))).json()
    assert (body["brokerState"], body["users"]) == ("CRITICAL_ACTION_REQUIRED", [])


def test_an_empty_seed_is_a_seed(client):
    for sql in ("", " \n", "-- nothing\n", None):
        seed(client, sql)


def test_seeded_faults_and_policies_are_noticed_at_once(client):
    seed(client, sql_fault(operation="ListUsers", error="ConflictException"))
    assert client.call("GET", harness.users_path("b-1"), check=harness.CHECK_SHARED).status == 409
    seed(client, "DELETE FROM fault;" + sql_insert("policy", effect="deny"))
    assert client.call("GET", harness.users_path("b-1")).status == 403
    seed(client, "DELETE FROM policy;")
    assert_ok(client.call("GET", harness.users_path("b-1")))


GOOD = sql_broker("b-2", "two")


@pytest.mark.parametrize("sql, message", (
    (GOOD + "INSERT INTO broker (id, name) VALUES ('b-3', 'three'), ('b-2', 'again');",
     "body:2: statement 2, row 2: id: another row of broker has the same"),
    (GOOD + "\n\n" + sql_user("b-2", "x"), "body:4: statement 2, row 1: username: 2 to 100 characters"),
    (GOOD + sql_user("b-2", "bob", password="short"), "body:2: statement 2, row 1: password: 12 to 250 characters"),
    (GOOD + sql_user("b-9", "bob"),
     "body:2: statement 2: FOREIGN KEY: user.broker_id → broker.id has no such row (b-9)"),
    (GOOD + "VALEUS", 'body:2:1: statement 2: near "VALEUS": syntax error'),
    (GOOD + "INSERT INTO user (pasword) VALUES (1);", "body:2:1: statement 2: table user has no column named pasword"),
), ids=("row", "line", "password", "orphan", "syntax", "column"))
def test_a_wrong_seed_says_where_and_leaves_nothing(client, sql, message):
    before = control.world(client)
    control.refused(client, "POST", "/_local/seed", sql, message)
    assert control.world(client) == before


@pytest.mark.parametrize("sql", (
    "DROP TABLE user;", "PRAGMA user_version = 9;", "ATTACH '/tmp/x' AS x;", "BEGIN;", "COMMIT;", "VACUUM;",
    "SELECT * FROM sqlite_schema;", "UPDATE default_world SET clock_offset_ms = 1;",
    "SAVEPOINT a;", "CREATE TABLE t (x);", "DELETE FROM engine;",
))
def test_what_a_seed_file_may_not_do_is_refused_here_too(client, sql):
    before = control.world(client)
    response = control.call(client, "POST", "/_local/seed", GOOD + sql)
    assert response.status == 400 and response.json()["message"].startswith("body:2:1: statement 2: "), response
    assert control.world(client) == before


def test_no_extension_is_loaded(client):
    """Where SQLite is compiled without the function, it is unknown, which is found at its place."""
    response = control.call(client, "POST", "/_local/seed", GOOD + "SELECT load_extension('x');")
    assert response.status == 400, response
    assert re.match(r"body:2:1: statement 2: |body:2:8: statement 2: no such function: ",
                    response.json()["message"]), response


def test_text_that_is_no_text(client):
    control.refused(client, "POST", "/_local/seed", GOOD.encode() + b"-- \xff", "body:2:4: not valid UTF-8")
    response = control.call(client, "POST", "/_local/seed", GOOD.encode() + b"\0SELECT 1;")
    assert response.status == 400, response
    assert client.call("GET", harness.broker_path("b-2")).status == 404


def test_an_endless_statement_is_stopped(client):
    response = control.call(client, "POST", "/_local/seed",
                            GOOD + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;")
    assert response.status == 400, response
    assert client.call("GET", harness.broker_path("b-2")).status == 404


def used_ticks(server):
    """The processor time of the server."""
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_signal_to_stop_ends_a_statement(serve):
    """Even one that goes on writing rows."""
    server = serve(seed=GOOD)
    client = server.client()
    client.connect()
    before = used_ticks(server)
    sql = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO fault (message, error, status)"
           " SELECT 'x', 'X', 400 FROM n WHERE length(printf('%.100000c', i)) > 0;")
    client.send(harness.build("POST", "/_local/seed", sql.encode()))
    harness.eventually(lambda: used_ticks(server) > before + 5, "the statement to run")
    server.process.terminate()
    response = client.receive("POST", "/_local/seed", check=harness.CHECK_NONE)
    assert response.status == 400
    assert response.json()["message"].endswith("interrupted: the server is asked to stop")
    server.close_clients()
    server.stop()


def test_a_seed_may_be_larger_than_the_bodies_of_the_service(serve):
    client = serve("--max-body", "1000").client()
    seed(client, "-- " + "x" * 2_000_000 + "\n" + GOOD)
    assert_ok(client.call("GET", harness.broker_path("b-2")))


def test_the_limits_of_bodies_do_not_mix(serve):
    """The service's and the control API's, whichever was asked on the connection before."""
    client = serve("--max-body", "1000").client()
    for _ in range(3):
        assert client.call("POST", "/v1/brokers", b" " * 1001).status == 413
        seed(client, "-- " + "x" * 2_000_000)
        assert client.call("POST", "/v1/brokers", b" " * 1000).status == 400


def test_a_chunked_seed(client):
    text = GOOD.encode()
    client.send(b"POST /_local/seed HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text))
    assert_ok(client.receive("POST", "/_local/seed", check=harness.CHECK_NONE), {})
    assert_ok(client.call("GET", harness.broker_path("b-2")))


def test_a_seed_is_kept_in_the_file(serve, tmp_path):
    server = serve("--db", tmp_path / "db")
    seed(server.client(), GOOD)
    server.kill()
    server.start()
    assert_ok(server.client().call("GET", harness.broker_path("b-2")))


MEGABYTE = "printf('%1000000d', 1)"
GREEDY = f"WITH RECURSIVE n (x) AS (SELECT {MEGABYTE} UNION ALL SELECT x FROM n) SELECT x FROM n ORDER BY 1;"
OVER_MEMORY = "needs more than 256 MiB of memory, the limit for a file"


def test_CTL_3_a_seed_over_its_memory_says_so(client):
    before = control.world(client)
    for _ in range(2):  # the memory of the first is free again
        control.refused(client, "POST", "/_local/seed", GOOD + GREEDY, f"body:2: statement 2: {OVER_MEMORY}")
        assert control.world(client) == before
    seed(client, GOOD)


def test_CTL_3_rows_over_the_memory_of_a_seed_say_so(client):
    """Rows of the store, which is in memory, and what is kept to undo them."""
    row = f"INSERT INTO fault (error, status, message) SELECT 'X', 500, printf('%1000d', 1) FROM n;"
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) " + row
    control.refused(client, "POST", "/_local/seed", many, f"body:1: statement 1: {OVER_MEMORY}")
    assert assert_ok(control.call(client, "GET", control.FAULTS)).json() == {"faults": []}
    seed(client, GOOD)


def test_CTL_3_at_the_start_a_seed_over_its_memory_says_so(tmp_path):
    (tmp_path / "greedy.sql").write_text(GREEDY)
    line = wire.refuse_start("--port", "0", "--seed", str(tmp_path / "greedy.sql"))
    assert line == f"amazonmq-local: seed {tmp_path}/greedy.sql:1: statement 1: {OVER_MEMORY}"
