"""/_local/requests: what the service was sent, in a ring, with passwords masked."""

import itertools
import json

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok, credential, sql_broker, sql_fault, sql_insert, sql_user

SECRET = "hidden-Secret-77"
SEED = (sql_broker("b-1", "one") + sql_user("b-1", "alice")
        + sql_insert("access_key", id="AKIDADA", secret="x", account="210987654321", user_name="ada"))
ALICE = harness.user_path("b-1", "alice")


@pytest.fixture(scope="module")
def server():
    with harness.Server(seed=SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        control.done(connection, "DELETE", control.REQUESTS)
        yield connection
        control.done(connection, "POST", "/_local/reset")


def last(client):
    return control.requests(client)[-1]


def test_CTL_11_an_entry_is_whole(client):
    response = client.call("PUT", ALICE, {"groups": ["bb", "aa"], "consoleAccess": True},
                           headers=[credential("AKIDADA", "eu-west-1")])
    assert response.status == 404
    entry = last(client)
    assert list(entry) == sorted(entry)
    duration, number, time = entry.pop("durationUs"), entry.pop("number"), entry.pop("time")
    assert duration >= 0 and number >= 1 and time.endswith("Z")
    assert entry == {
        "accessKey": "AKIDADA", "account": "210987654321", "body": {"groups": ["bb", "aa"], "consoleAccess": True},
        "bodyBytes": 43, "error": "NotFoundException", "method": "PUT", "operation": "UpdateUser",
        "path": ALICE, "region": "eu-west-1", "requestId": response.request_id, "status": 404, "username": "alice"}


def test_what_was_not_there_is_left_out(client):
    response = client.call("GET", "/v1/brokers?maxResults=5")
    entry = last(client)
    for name in ("durationUs", "number", "time"):
        entry.pop(name)
    assert entry == {"account": "123456789012", "bodyBytes": 0, "method": "GET", "operation": "ListBrokers",
                     "path": "/v1/brokers", "region": "us-east-1", "requestId": response.request_id, "status": 200}


def test_the_order_is_that_of_the_answers_and_numbers_count_on(client):
    for name in ("ann", "bob", "cid"):
        harness.create_user(client, "b-1", name)
    entries = control.requests(client)
    assert [entry["username"] for entry in entries] == ["ann", "bob", "cid"]
    numbers = [entry["number"] for entry in entries]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    control.done(client, "DELETE", control.REQUESTS)
    assert control.requests(client) == []
    assert_ok(client.call("GET", ALICE))
    assert last(client)["number"] == numbers[-1] + 1


def test_the_control_api_is_not_in_it(client):
    for target in (control.CLOCK, control.REQUESTS, "/_local/health", "/_local/nothing"):
        control.call(client, "GET", target)
    assert control.requests(client) == []


def test_calls_that_are_refused_are_in_it(client):
    client.call("GET", "/nothing")
    client.call("OPTIONS", "/v1/brokers")
    client.call("POST", ALICE, b"{oops", check=harness.CHECK_ALL)
    client.call("GET", "/v1/brokers?maxResults=x")
    assert [(entry.get("operation"), entry["status"], entry.get("error")) for entry in control.requests(client)] == [
        (None, 403, "MissingAuthenticationTokenException"), (None, 200, None),
        ("CreateUser", 400, "BadRequestException"), ("ListBrokers", 400, "BadRequestException")]


def test_a_dropped_call_says_so(client):
    control.done(client, "POST", "/_local/seed", sql_fault(operation="CreateUser", drop_connection=1))
    client.send(harness.build("POST", harness.user_path("b-1", "bob"), {"password": harness.PASSWORD}))
    assert client.receive_until_closed() == b""
    entry = last(client)
    assert entry["dropped"] is True and entry["username"] == "bob"
    assert_ok(client.call("GET", ALICE))
    assert "dropped" not in last(client)


def test_an_injected_error_says_so(client):
    control.done(client, "POST", "/_local/seed", sql_fault(operation="ListUsers", error="Odd", status=503))
    client.call("GET", harness.users_path("b-1"), check=harness.CHECK_SHARED)
    assert (last(client)["status"], last(client)["error"]) == (503, "Odd")


# --- Filters ---------------------------------------------------------------------------------------------------

@pytest.fixture
def filled(client):
    """Ten calls, and their entries."""
    for name in ("ann", "bob"):
        harness.create_user(client, "b-1", name)
        client.call("POST", harness.user_path("b-1", name), {"password": harness.PASSWORD})
        assert_ok(client.call("GET", harness.user_path("b-1", name)))
        client.call("GET", harness.user_path("b-2", name))
    client.call("GET", "/v1/brokers")
    client.call("GET", "/nothing")
    return client, control.requests(client)


FILTERS = {
    "operation": ("CreateUser", lambda entry: entry.get("operation") == "CreateUser"),
    "status": ("409", lambda entry: entry["status"] == 409),
    "username": ("bob", lambda entry: entry.get("username") == "bob"),
}


@pytest.mark.parametrize("names", [names for size in (1, 2, 3) for names in itertools.combinations(FILTERS, size)],
                         ids="+".join)
def test_filters_and_their_combinations(filled, names):
    client, entries = filled
    query = {name: FILTERS[name][0] for name in names}
    wanted = [entry for entry in entries if all(FILTERS[name][1](entry) for name in names)]
    assert 0 < len(wanted) < len(entries)
    assert control.requests(client, **query) == wanted
    assert control.count(client, **query) == len(wanted)


def test_since_a_number(filled):
    client, entries = filled
    for place in (0, 4, 9):
        assert control.requests(client, since=entries[place]["number"]) == entries[place + 1:]
    assert control.requests(client, since=0) == entries
    assert control.requests(client, since=10**9) == []
    assert control.requests(client, since=entries[3]["number"], operation="CreateUser") == [
        entry for entry in entries[4:] if entry.get("operation") == "CreateUser"]


def test_since_a_time(filled):
    client, entries = filled
    assert control.requests(client, since=entries[0]["time"]) == entries
    assert control.requests(client, since="2020-01-01T00:00:00Z") == entries
    assert control.requests(client, since="2099-01-01T00:00:00Z") == []
    middle = entries[5]["time"]
    assert control.requests(client, since=middle) == [entry for entry in entries if entry["time"] >= middle]


def test_filters_that_match_nothing(filled):
    client, _ = filled
    for query in ({"operation": "Promote"}, {"status": "299"}, {"status": "100"}, {"status": "599"}, {"username": "BOB"}):
        assert control.requests(client, **query) == [] and control.count(client, **query) == 0


def test_an_empty_filter_asks_for_calls_that_have_no_such_thing(filled):
    client, entries = filled
    assert control.requests(client, operation="") == [entry for entry in entries if "operation" not in entry]
    assert control.requests(client, username="") == [entry for entry in entries if "username" not in entry]


SINCE = "[since] must be a number or a time such as 2026-12-24T18:00:00Z."


@pytest.mark.parametrize("query, message", (
    ("count=yes", "[count] must be true or false."), ("name=x", "There is no query parameter [name]."), ("Status=400", "There is no query parameter [Status]."),
    *((f"status={text}", "[status] must be a number from 100 to 599.") for text in (
        "x", "", "4xx", "-1", "+1", "9" * 30, "0", "20", "99", "600", "999", "4000")),
    ("last=", "[last] must be a number."), ("last=x", "[last] must be a number."), ("last=-1", "[last] must be a number."),
    ("since=x", SINCE),
    ("since=", SINCE),
    ("since=2026-13-01T00:00:00Z", SINCE),
))
def test_filters_that_are_none(client, query, message):
    control.refused(client, "GET", f"{control.REQUESTS}?{query}", None, message)


def test_count_false_lists(filled):
    client, entries = filled
    assert control.requests(client, count="false") == entries


# --- The ring --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("size, kept", ((0, 0), (1, 1), (5, 5), (20, 12)))
def test_the_ring_keeps_the_last(serve, size, kept):
    client = serve("--journal", size, seed=SEED).client()
    for number in range(12):
        harness.create_user(client, "b-1", f"user-{number}")
    entries = control.requests(client)
    assert [entry["username"] for entry in entries] == [f"user-{number}" for number in range(12 - kept, 12)]
    assert control.count(client) == kept
    control.done(client, "DELETE", control.REQUESTS)
    assert control.requests(client) == []
    harness.create_user(client, "b-1", "after")
    assert [entry["username"] for entry in control.requests(client)] == ["after"][:size]


def test_CTL_12_the_ring_after_a_clear_in_its_middle(serve):
    client = serve("--journal", 5, seed=SEED).client()
    for round_size in (7, 3, 5, 11):
        control.done(client, "DELETE", control.REQUESTS)
        for number in range(round_size):
            client.call("GET", harness.user_path("b-1", f"user-{number}"))
        assert [entry["username"] for entry in control.requests(client)] == [
            f"user-{number}" for number in range(max(0, round_size - 5), round_size)]


def test_the_size_of_the_ring():
    for value in ("-1", "x", "1000001", ""):
        result = harness.run("--journal", value)
        assert result.returncode == 2 and b"--journal: bad value" in result.stderr


def test_many_long_bodies_are_all_shown(serve):
    """Of lists of many values, which take far more memory parsed than sent."""
    client = serve("--journal", 300, seed=SEED).client()
    body = b'{"groups":[' + b"1," * 8000 + b"1]}"
    for _ in range(300):
        assert client.call("PUT", ALICE, body).status == 400
    entries = control.requests(client)
    assert len(entries) == 300
    assert all(entry.get("body") == {"groups": [1] * 8001} for entry in entries)


def test_a_journal_longer_than_an_answer_is_read_in_parts(serve):
    client = serve("--journal", 4000, "--log-level", "error", seed=SEED).client()
    body = json.dumps({"groups": ["x" * 16000]}).encode()
    for _ in range(2500):
        assert client.call("PUT", ALICE, body).status == 400
    assert control.count(client) == 2500
    numbers, since, parts = [], 0, 0
    while True:
        part = assert_ok(control.call(client, "GET", f"{control.REQUESTS}?since={since}")).json()
        numbers += [entry["number"] for entry in part["requests"]]
        since, parts = numbers[-1], parts + 1
        if "truncated" not in part:
            break
        assert part["truncated"] is True
    assert numbers == list(range(1, 2501)) and parts > 1


@pytest.mark.parametrize("last, seen", ((0, []), (1, [9]), (3, [7, 8, 9]), (10, list(range(10))), (99999, list(range(10)))))
def test_last_asks_for_the_newest(client, last, seen):
    for number in range(10):
        client.call("GET", harness.user_path("b-1", f"user-{number}"))
        client.call("GET", "/v1/brokers")
    entries = control.requests(client, last=last, operation="DescribeUser")
    assert [entry["username"] for entry in entries] == [f"user-{number}" for number in seen]
    assert control.count(client, last=last, operation="DescribeUser") == len(seen)


def test_a_long_path_is_cut(client):
    client.call("GET", "/v1/" + "a" * 5000)
    assert last(client)["path"] == "/v1/" + "a" * 2044


@pytest.mark.parametrize("number", ("0.1", "9007199254740991", "1e300", "-2.5", "0.30000000000000004", "123456789012"))
def test_numbers_are_shown_as_they_were(client, number):
    client.call("PUT", ALICE, f'{{"consoleAccess":{number}}}'.encode())
    assert last(client)["body"] == {"consoleAccess": json.loads(number)}


# --- Secrets ---------------------------------------------------------------------------------------------------

def assert_masked(client, body):
    response = control.call(client, "GET", control.REQUESTS)
    assert SECRET.encode() not in response.body
    assert json.loads(response.body)["requests"][-1]["body"] == body


def test_passwords_of_users(client):
    for method, name in (("POST", "bob"), ("PUT", "alice")):
        assert_ok(client.call(method, harness.user_path("b-1", name), {"password": SECRET, "groups": ["password"]}), {})
        assert_masked(client, {"password": "***", "groups": ["password"]})


def test_passwords_within_a_broker(client):
    body = harness.broker_body("made", users=[{"username": "admin", "password": SECRET},
                                              {"username": "other", "password": SECRET + "x"}])
    harness.create_broker(client, body)
    assert_masked(client, {**body, "users": [{"username": "admin", "password": "***"},
                                             {"username": "other", "password": "***"}]})


def test_the_directory_s_password(client):
    ldap = {"hosts": ["ldap.example.com"], "serviceAccountUsername": "cn=mq", "serviceAccountPassword": SECRET}
    client.call("PUT", harness.broker_path("b-1"), {"ldapServerMetadata": ldap})
    assert_masked(client, {"ldapServerMetadata": {**ldap, "serviceAccountPassword": "***"}})


@pytest.mark.parametrize("value", (SECRET, [SECRET], {"a": SECRET}, {"a": [{"b": SECRET}]}, 5, None, True))
def test_a_password_of_any_type(client, value):
    client.call("PUT", ALICE, {"password": value})
    assert_masked(client, {"password": "***"})


def test_a_password_at_any_depth_and_in_any_case(client):
    body, masked = {"Password": SECRET, "PASSWORD": SECRET}, {"Password": "***", "PASSWORD": "***"}
    for name in ("a", "b", "c"):
        body, masked = {name: [1, body]}, {name: [1, masked]}
    client.call("PUT", ALICE, body)
    assert_masked(client, masked)


def test_a_password_that_is_given_twice_or_with_an_escaped_name(client):
    client.call("PUT", ALICE, f'{{"password":"{SECRET}","password":"{SECRET}"}}'.encode())
    assert SECRET.encode() not in control.call(client, "GET", control.REQUESTS).body
    client.call("PUT", ALICE, f'{{"p\\u0061ssword":"{SECRET}"}}'.encode())
    assert_masked(client, {"password": "***"})


@pytest.mark.parametrize("body", (
    f'{{"password":"{SECRET}"'.encode(), f'{{"password":{SECRET}}}'.encode(), f"password={SECRET}".encode(),
    f'{{"password":"{SECRET}"}} x'.encode(), b'\xff{"password":"' + SECRET.encode() + b'"}',
    f'{{"password":"{SECRET}\\ud800"}}'.encode(), (f'{{"password":"{SECRET}"' + "[" * 5000).encode(),
), ids=("cut", "bare", "form", "more", "utf-8", "surrogate", "deep"))
def test_of_a_malformed_body_only_the_length_is_shown(client, body):
    assert client.call("PUT", ALICE, body).status == 400
    response = control.call(client, "GET", control.REQUESTS)
    entry = response.json()["requests"][-1]
    assert SECRET.encode() not in response.body
    assert "body" not in entry and entry["bodyBytes"] == len(body)


def test_of_a_very_long_body_only_the_length_is_shown(client):
    body = json.dumps({"groups": ["x" * 20000], "password": SECRET}).encode()
    client.call("PUT", ALICE, body)
    entry = last(client)
    assert "body" not in entry and entry["bodyBytes"] == len(body)


def test_a_body_in_chunks(client):
    parts = (b'{"pass', b'word":"', SECRET.encode(), b'"}')
    client.send(f"PUT {ALICE} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
                + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n")
    assert_ok(client.receive("PUT", ALICE), {})
    assert_masked(client, {"password": "***"})
    assert last(client)["bodyBytes"] == sum(map(len, parts))


@pytest.mark.parametrize("body", (
    {"groups": ["ä\u001f\"\\/\u2028😀"]}, {"n": [0, -1, 1.5, 1e20, 9007199254740991]}, {}, {"": ""}, {"a": [], "b": [[{}]]},
    {"a": None, "b": False, "c": True},
), ids=str)
def test_bodies_are_shown_as_they_were(client, body):
    client.call("PUT", ALICE, json.dumps(body).encode())
    assert last(client)["body"] == body


@pytest.mark.parametrize("body", (b"[]", b"5", b'"text"', b"null", b"true", b" \r\n"), ids=repr)
def test_of_a_body_that_is_no_object_only_the_length_is_shown(client, body):
    client.call("PUT", ALICE, body)
    entry = last(client)
    assert "body" not in entry and entry["bodyBytes"] == len(body)


def test_numbers_no_float_can_hold_leave_the_journal_readable(client):
    for text in (b'{"a":1e999}', b'{"a":-1e999}', b'{"a":1e-999}', b'{"a":' + b"9" * 400 + b"}"):
        client.call("PUT", ALICE, text)
        response = control.call(client, "GET", control.REQUESTS)
        json.loads(response.body, parse_constant=lambda name: pytest.fail(f"{name} in the answer to {text[:20]}"))


def test_names_with_odd_characters_leave_the_journal_readable(client):
    client.call("PUT", ALICE, '{"a\\"b\\n":1,"ü":2}'.encode())
    assert last(client)["body"] == {'a"b\n': 1, "ü": 2}


def test_the_query_is_not_shown(client):
    """A presigned request carries its signature there."""
    client.call("GET", f"/v1/brokers?X-Amz-Signature={SECRET}", check=harness.CHECK_SHARED)
    assert SECRET.encode() not in control.call(client, "GET", control.REQUESTS).body


def test_odd_paths_leave_the_journal_readable(client):
    for target in ("/v1/brokers/%ff%00", "/v1/%22%5c", "/%E4%BD%A0", "/v1/brokers/b-1/users/%F0%9F%98%80", "/?" + "a=b&" * 50):
        client.call("GET", target, check=harness.CHECK_SHARED)
    assert len(control.requests(client)) == 5


def test_it_is_in_memory_only(serve, tmp_path):
    server = serve("--db", tmp_path / "db", seed=SEED)
    assert_ok(server.client().call("GET", ALICE))
    server.restart()
    assert control.requests(server.client()) == []


def test_calls_at_the_same_time_are_each_in_it_once(serve):
    server = serve("--journal", 100, seed=SEED)
    clients = [server.client() for _ in range(30)]
    for connection in clients:
        connection.connect()
    with wire.stopped(server):
        for number, connection in enumerate(clients):
            connection.send(harness.build("POST", harness.user_path("b-1", f"user-{number:02}"),
                                          {"password": harness.PASSWORD}))
    ids = {connection.receive("POST", ALICE).request_id for connection in clients}
    entries = control.requests(clients[0])
    assert {entry["requestId"] for entry in entries} == ids and len(entries) == 30
    assert sorted(entry["username"] for entry in entries) == [f"user-{number:02}" for number in range(30)]
