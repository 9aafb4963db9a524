"""The fault table: which calls a row hits, what it does to them, how it is used up."""

import contextlib
import signal
import socket

import pytest

import control_calls as control
import harness
import wire
from harness import assert_bad_request, assert_error, assert_no_broker, assert_no_user, assert_ok, build, sql_fault

store = wire.store

INTERNAL = "Unexpected internal server error. Retrying your request might resolve the issue."
BODY = {"password": harness.PASSWORD}
TWO = wire.SEED + harness.sql_broker("b-other") + harness.sql_user("b-other", "alice")


@pytest.fixture
def start(serve):
    """A client of a server with these faults on top of two brokers, each with a user alice."""
    def begin(*faults, flags=()):
        server = serve("--reboot-time", "0", *flags, seed=TWO + "".join(sql_fault(**fault) for fault in faults))
        return server.client()
    return begin


def assert_internal(response):
    return assert_error(response, 500, "InternalServerErrorException", INTERNAL)


def assert_forbidden(response):
    return assert_error(response, 403, "ForbiddenException",
                        "Access forbidden. Correct your credentials and then retry your request.")


def assert_dropped(client, method, target, body=None):
    """The connection ends without a byte of an answer."""
    client.send(build(method, target, body, address=client.address))
    assert client.receive_until_closed() == b""


# --- Errors ----------------------------------------------------------------------------------------------------

def test_FLT_2_FLT_5_twice_an_error_then_right(start):
    client = start({"operation": "CreateUser", "error": "InternalServerErrorException", "times": 2})
    assert_internal(client.call("POST", f"{wire.LIST}/bob", BODY))
    first = client.socket
    assert_internal(client.call("POST", f"{wire.LIST}/bob", BODY))
    assert_no_user(client.call("GET", f"{wire.LIST}/bob"), "bob")
    harness.create_user(client, wire.BROKER, "bob")
    assert client.socket is first


def test_FLT_2_FLT_5_without_times_it_never_ends(start):
    client = start({"operation": "DescribeUser", "error": "ForbiddenException"})
    for _ in range(50):
        assert_forbidden(client.call("GET", wire.ALICE))


@pytest.mark.parametrize("name, status", (
    ("AccessDeniedException", 403), ("BadRequestException", 400), ("ConflictException", 409),
    ("ForbiddenException", 403), ("IncompleteSignatureException", 403), ("InternalServerErrorException", 500),
    ("InvalidSignatureException", 403), ("MissingAuthenticationTokenException", 403), ("NotFoundException", 404),
    ("NotImplementedException", 501), ("TooManyRequestsException", 429), ("UnauthorizedException", 401),
    ("UnrecognizedClientException", 403),
))
def test_FLT_2_named_errors_have_their_status(start, name, status):
    client = start({"operation": "ListUsers", "error": name, "times": 1},
                   {"operation": "ListUsers", "error": name, "message": "As told.", "times": 1},
                   {"operation": "ListUsers", "error": name, "status": 418, "message": "As told.", "times": 1})
    response = client.call("GET", wire.LIST, check=harness.CHECK_SHARED)
    assert (response.status, response.error) == (status, name)
    assert list(response.json()) == ["message"] and response.json()["message"], "a text that fits any call"
    assert_error(client.call("GET", wire.LIST, check=harness.CHECK_SHARED), status, name, "As told.")
    assert_error(client.call("GET", wire.LIST, check=harness.CHECK_SHARED), 418, name, "As told.")
    assert_ok(client.call("GET", wire.LIST))


def test_FLT_2_ERR_28_throttling(start):
    client = start({"error": "TooManyRequestsException", "times": 1})
    assert_error(client.call("GET", wire.LIST), 429, "TooManyRequestsException", "Too Many Requests")


@pytest.mark.parametrize("status", (400, 418, 451, 499, 500, 503, 599))
def test_FLT_2_invented_errors(start, status):
    client = start({"operation": "ListUsers", "error": "OddException", "status": status, "message": "Odd."})
    assert_error(client.call("GET", wire.LIST, check=harness.CHECK_SHARED), status, "OddException", "Odd.")


@pytest.mark.parametrize("message", ("", "{}", '"quoted" \\ back', "ä € 🐰", "two\nlines\t", "x" * 1000, "[{}] {0} %s %n"))
def test_FLT_2_any_message(start, message):
    client = start({"error": "ConflictException", "message": message})
    response = client.call("POST", f"{wire.LIST}/bob", BODY)
    assert (response.status, response.error) == (409, "ConflictException")
    assert response.json() == {"message": message}


def test_FLT_2_ERR_1_a_faults_error_has_no_attribute(start):
    client = start({"error": "NotFoundException"})
    response = client.call("GET", wire.ALICE)
    assert response.status == 404 and list(response.json()) == ["message"]


# --- What a row matches ----------------------------------------------------------------------------------------

def calls(client):
    """Which of a fixed set of calls meet a ForbiddenException."""
    found = set()
    for name, method, target, body in (
            ("create", "POST", f"{wire.LIST}/bob", BODY), ("describe", "GET", wire.ALICE, None),
            ("update", "PUT", wire.ALICE, {}), ("list", "GET", wire.LIST, None),
            ("describe other", "GET", "/v1/brokers/b-other/users/alice", None),
            ("describe nobody", "GET", f"{wire.LIST}/nobody", None), ("broker", "GET", "/v1/brokers/b-wire", None),
            ("brokers", "GET", "/v1/brokers", None), ("reboot", "POST", "/v1/brokers/b-other/reboot", None),
            ("delete", "DELETE", wire.ALICE, None), ("no broker", "GET", "/v1/brokers/b-none", None)):
        if client.call(method, target, body).error == "ForbiddenException":
            found.add(name)
    return found


EVERY = {"create", "describe", "update", "list", "describe other", "describe nobody", "broker", "brokers", "reboot",
         "delete", "no broker"}


@pytest.mark.parametrize("match, hit", (
    ({}, EVERY),
    ({"operation": "DescribeUser"}, {"describe", "describe other", "describe nobody"}),
    ({"operation": "ListBrokers"}, {"brokers"}),
    ({"operation": "RebootBroker"}, {"reboot"}),
    ({"operation": "DescribeBroker"}, {"broker", "no broker"}),
    ({"broker_id": "b-wire"}, EVERY - {"describe other", "brokers", "reboot", "no broker"}),
    ({"broker_id": "b-other"}, {"describe other", "reboot"}),
    ({"broker_id": "b-none"}, {"no broker"}),
    ({"username": "alice"}, {"describe", "update", "describe other", "delete"}),
    ({"username": "nobody"}, {"describe nobody"}),
    ({"username": "ALICE"}, set()),
    ({"username": ""}, set()),
    ({"operation": "DescribeUser", "username": "alice"}, {"describe", "describe other"}),
    ({"operation": "DescribeUser", "broker_id": "b-other", "username": "alice"}, {"describe other"}),
    ({"operation": "ListUsers", "username": "alice"}, set()),
    ({"operation": "CreateUser", "broker_id": "b-other"}, set()),
))
def test_FLT_1_what_a_row_matches(start, match, hit):
    assert calls(start({**match, "error": "ForbiddenException"})) == hit


def test_FLT_1_RTE_1_a_username_is_matched_decoded(start):
    client = start({"username": "a/ b", "error": "ForbiddenException"})
    assert_forbidden(client.call("GET", f"{wire.LIST}/a%2F%20b"))
    assert_no_user(client.call("GET", f"{wire.LIST}/a%252F%20b"), "a%2F b")


def test_FLT_1_what_is_no_operation_is_not_hit(start):
    client = start({"error": "ForbiddenException"})
    harness.assert_no_route(client.call("GET", "/nowhere"))
    harness.assert_no_route(client.call("PATCH", wire.ALICE))
    assert client.call("OPTIONS", wire.ALICE).status == 200
    assert_bad_request(client.call("GET", f"{wire.LIST}/%zz"), "Unable to parse the request path.")


def test_FLT_6_the_oldest_row_wins(start):
    client = start({"id": 5, "error": "ConflictException", "message": "third", "times": 1},
                   {"id": 1, "operation": "ListUsers", "error": "ConflictException", "message": "first", "times": 1},
                   {"id": 3, "operation": "ListUsers", "broker_id": "b-wire", "error": "ConflictException",
                    "message": "second", "times": 1})
    told = [client.call("GET", wire.LIST, check=harness.CHECK_SHARED).json().get("message") for _ in range(4)]
    assert told == ["first", "second", "third", None]


def test_FLT_6_a_better_fitting_row_does_not_win(start):
    client = start({"error": "ForbiddenException"},
                   {"operation": "ListUsers", "broker_id": "b-wire", "error": "InternalServerErrorException"})
    assert_forbidden(client.call("GET", wire.LIST))


# --- Times -----------------------------------------------------------------------------------------------------

def test_FLT_5_times_0_never_matches(start):
    assert calls(start({"error": "ForbiddenException", "times": 0})) == set()


def test_FLT_5_reads_count(start):
    client = start({"operation": "DescribeUser", "error": "ForbiddenException", "times": 1})
    assert_forbidden(client.call("GET", wire.ALICE))
    assert_ok(client.call("GET", wire.ALICE))


def test_FLT_5_calls_it_does_not_match_do_not_count(start):
    client = start({"operation": "DescribeUser", "username": "alice", "error": "ForbiddenException", "times": 1})
    for _ in range(3):
        assert_ok(client.call("GET", wire.LIST))
        assert_no_user(client.call("GET", f"{wire.LIST}/nobody"), "nobody")
    assert_forbidden(client.call("GET", wire.ALICE))
    assert_ok(client.call("GET", wire.ALICE))


@pytest.mark.parametrize("call", (
    ("POST", "/v1/brokers/b-none/users/bob", BODY), ("POST", f"{wire.LIST}/bob", {"password": "short"}),
    ("POST", f"{wire.LIST}/alice", BODY), ("PUT", f"{wire.LIST}/nobody", {}), ("GET", f"{wire.LIST}/nobody", None),
    ("POST", f"{wire.LIST}/bob", b"{oops"),
), ids=("no broker", "bad password", "conflict", "no user", "read", "malformed"))
def test_FLT_5_calls_that_fail_by_themselves_count(start, call):
    """The count is outside what a failing operation takes back."""
    client = start({"drop_connection": 1, "times": 1})
    assert_dropped(client, *call)
    assert client.call(*call).status in (400, 404, 409)


def test_FLT_5_counts_are_kept_in_the_store(serve, store):
    server = serve("--db", store.path, seed=TWO + sql_fault(operation="DescribeUser", error="ForbiddenException", times=3)
                   + sql_fault(operation="UpdateUser", delay_ms=1, times=2)
                   + sql_fault(operation="CreateUser", drop_connection=1, times=1)
                   + sql_fault(operation="ListUsers", error="ForbiddenException"))
    client = server.client()
    assert_forbidden(client.call("GET", wire.ALICE))
    assert_no_user(client.call("PUT", f"{wire.LIST}/nobody", {}), "nobody")
    assert_dropped(client, "POST", "/v1/brokers/b-none/users/bob", BODY)
    assert_forbidden(client.call("GET", wire.LIST))
    server.stop()
    assert store.query("SELECT times FROM fault ORDER BY id") == [(2,), (1,), (0,), (None,)]
    server.start()
    client = server.client()
    assert_forbidden(client.call("GET", wire.ALICE))
    assert_forbidden(client.call("GET", wire.ALICE))
    assert_ok(client.call("GET", wire.ALICE))
    assert_no_broker(client.call("POST", "/v1/brokers/b-none/users/bob", BODY), "b-none")


def test_FLT_5_calls_that_arrive_together_are_each_counted(serve):
    server = serve(seed=TWO + sql_fault(operation="DescribeUser", error="ForbiddenException", times=7))
    clients = [server.client() for _ in range(20)]
    for client in clients:
        client.connect()
    with wire.stopped(server):
        for client in clients:
            client.send(wire.get())
    statuses = [client.receive("GET", wire.ALICE).status for client in clients]
    assert sorted(statuses) == [200] * 13 + [403] * 7


# --- Order -----------------------------------------------------------------------------------------------------

def test_ERR_21_FLT_2_a_fault_comes_before_the_body(start):
    client = start({"error": "ForbiddenException"})
    assert_forbidden(client.call("POST", f"{wire.LIST}/bob", b"{oops"))
    assert_forbidden(client.call("POST", "/v1/brokers/b-none/users/b", {}))
    assert_forbidden(client.call("POST", f"{wire.LIST}/", {}))
    assert_forbidden(client.call("GET", f"{wire.LIST}?maxResults=1"))


def test_HTTP_6_FLT_2_a_body_that_is_too_large_comes_before_a_fault(start):
    client = start({"error": "ForbiddenException", "times": 1}, flags=("--max-body", "100"))
    assert client.call("POST", f"{wire.LIST}/bob", b" " * 101).status == 413
    assert_forbidden(client.call("POST", f"{wire.LIST}/bob", BODY))


# --- Drops -----------------------------------------------------------------------------------------------------

def test_FLT_4_the_call_is_carried_out_and_its_retry_meets_the_conflict(start):
    client = start({"operation": "CreateUser", "drop_connection": 1, "times": 1})
    assert_dropped(client, "POST", f"{wire.LIST}/bob", BODY)
    assert_error(client.call("POST", f"{wire.LIST}/bob", BODY), 409, "ConflictException",
                 "User named [bob] already exists. Specify a unique username.", "username")
    assert assert_ok(client.call("GET", f"{wire.LIST}/bob")).json()["pending"]["pendingChange"] == "CREATE"


def test_FLT_4_the_call_is_committed_before_the_connection_ends(serve, store):
    server = serve("--db", store.path, seed=TWO + sql_fault(operation="CreateUser", drop_connection=1))
    client = server.client()
    assert_dropped(client, "POST", f"{wire.LIST}/bob", BODY)
    server.kill()
    assert store.query("SELECT pending_change FROM user WHERE username = 'bob'") == [("CREATE",)]
    server.start()


@pytest.mark.parametrize("method, target, body", (
    ("PUT", wire.ALICE, {"groups": ["admins"]}), ("DELETE", wire.ALICE, None), ("GET", wire.ALICE, None),
    ("GET", wire.LIST, None), ("POST", "/v1/brokers/b-wire/reboot", None), ("GET", "/v1/tags/x", None),
))
def test_FLT_4_every_operation_can_be_dropped(start, method, target, body):
    client = start({"drop_connection": 1, "times": 1})
    assert_dropped(client, method, target, body)
    assert client.call(method, target, body).status in (200, 404)


def test_FLT_4_FLT_3_a_drop_after_a_delay(start):
    client = start({"operation": "CreateUser", "delay_ms": 50, "drop_connection": 1, "times": 1})
    assert_dropped(client, "POST", f"{wire.LIST}/bob", BODY)
    assert client.call("POST", f"{wire.LIST}/bob", BODY).status == 409


def test_FLT_4_others_do_not_notice(serve):
    server = serve(seed=TWO + sql_fault(operation="CreateUser", drop_connection=1))
    writers = [server.client() for _ in range(10)]
    readers = [server.client() for _ in range(10)]
    for client in writers + readers:
        client.connect()
    with wire.stopped(server):
        for number, (writer, reader) in enumerate(zip(writers, readers)):
            writer.send(build("POST", f"{wire.LIST}/dropped-{number}", BODY))
            reader.send(wire.get())
    for writer, reader in zip(writers, readers):
        assert writer.receive_until_closed() == b""
        assert_ok(reader.receive("GET", wire.ALICE))
    users = assert_ok(readers[0].call("GET", f"{wire.LIST}?maxResults=100")).json()["users"]
    assert len(users) == 11


def test_FLT_4_what_was_pipelined_behind_a_drop_is_not_answered(start):
    client = start({"operation": "CreateUser", "drop_connection": 1})
    client.send(build("POST", f"{wire.LIST}/bob", BODY) + wire.get())
    assert client.receive_until_closed() == b""


# --- Delays ----------------------------------------------------------------------------------------------------

FOREVER = 600_000


def test_FLT_3_a_delayed_call_waits_and_nobody_with_it(start, serve):
    server = serve(seed=TWO + sql_fault(operation="CreateUser", delay_ms=1500))
    slow, quick = server.client(), server.client()
    slow.send(build("POST", f"{wire.LIST}/bob", BODY))
    assert_ok(quick.call("GET", wire.ALICE))
    # The call is looked at further when the delay is over, not before.
    assert_no_user(quick.call("GET", f"{wire.LIST}/bob"), "bob")
    assert wire.is_silent(slow)
    assert_ok(slow.receive("POST", f"{wire.LIST}/bob"), {})
    assert_ok(quick.call("GET", f"{wire.LIST}/bob"))


def test_FLT_3_shorter_delays_end_first(serve):
    server = serve(seed=TWO + sql_fault(username="long", delay_ms=1500) + sql_fault(username="short", delay_ms=1))
    long, short = server.client(), server.client()
    long.send(wire.get(f"{wire.LIST}/long"))
    assert_ok(server.client().call("GET", wire.ALICE))
    short.send(wire.get(f"{wire.LIST}/short"))
    assert_no_user(short.receive("GET", f"{wire.LIST}/short"), "short")
    assert wire.is_silent(long)
    assert_no_user(long.receive("GET", f"{wire.LIST}/long"), "long")


def test_FLT_3_FLT_2_an_error_after_a_delay(serve):
    server = serve(seed=TWO + sql_fault(operation="CreateUser", delay_ms=1500, error="ForbiddenException"))
    slow, quick = server.client(), server.client()
    slow.send(build("POST", f"{wire.LIST}/bob", BODY))
    assert_ok(quick.call("GET", wire.ALICE))
    assert wire.is_silent(slow)
    assert_forbidden(slow.receive("POST", f"{wire.LIST}/bob"))
    assert_no_user(quick.call("GET", f"{wire.LIST}/bob"), "bob")


def test_FLT_3_a_delayed_call_then_meets_the_world_as_it_is(serve):
    server = serve(seed=TWO + sql_fault(operation="CreateUser", delay_ms=1500, times=1))
    slow, quick = server.client(), server.client()
    slow.send(build("POST", f"{wire.LIST}/bob", BODY))
    assert_no_user(quick.call("GET", f"{wire.LIST}/bob"), "bob")
    assert_ok(quick.call("POST", f"{wire.LIST}/bob", BODY), {})
    assert slow.receive("POST", f"{wire.LIST}/bob").status == 409


def test_FLT_3_HTTP_9_what_was_pipelined_behind_a_delay_waits_its_turn(start):
    client = start({"operation": "CreateUser", "delay_ms": 100, "times": 1})
    client.send(build("POST", f"{wire.LIST}/bob", BODY) + wire.get(f"{wire.LIST}/bob") + wire.get())
    assert_ok(client.receive("POST", f"{wire.LIST}/bob"), {})
    assert_ok(client.receive("GET", f"{wire.LIST}/bob"))
    assert_ok(client.receive("GET", wire.ALICE))


def test_FLT_3_many_delayed_calls_at_once(serve):
    wire.need_files(1500)
    server = serve(seed=TWO + sql_fault(operation="DescribeUser", delay_ms=300))
    clients = [server.client() for _ in range(300)]
    for client in clients:
        client.send(wire.get())
    for client in clients:
        assert_ok(client.receive("GET", wire.ALICE))


def test_FLT_3_clients_that_leave_during_the_delay_cost_nothing(serve):
    server = serve(seed=TWO + sql_fault(operation="CreateUser", delay_ms=300))
    client = server.client()
    assert_ok(client.call("GET", wire.ALICE))
    before = wire.open_files(server.pid)
    for number in range(20):
        with server.client() as leaver:
            leaver.send(build("POST", f"{wire.LIST}/left-{number}", BODY))
    # Nobody tells the server that they have left: it finds out when the delays are over.
    harness.eventually(lambda: wire.open_files(server.pid) == before, "the end of the connections")
    users = assert_ok(client.call("GET", f"{wire.LIST}?maxResults=100")).json()["users"]
    assert all(user["pendingChange"] == "CREATE" for user in users if user["username"] != "alice")


def test_FLT_7_delayed_calls_go_on_at_shutdown(serve, store):
    server = serve("--db", store.path, seed=TWO + sql_fault(operation="CreateUser", delay_ms=FOREVER)
                   + sql_fault(operation="UpdateUser", delay_ms=FOREVER, error="ForbiddenException")
                   + sql_fault(operation="DeleteUser", delay_ms=FOREVER, drop_connection=1))
    created, refused, dropped = server.client(), server.client(), server.client()
    created.send(build("POST", f"{wire.LIST}/bob", BODY))
    refused.send(build("PUT", wire.ALICE, {}))
    dropped.send(build("DELETE", wire.ALICE))
    assert_ok(server.client().call("GET", wire.LIST))
    server.process.send_signal(signal.SIGTERM)
    assert_ok(created.receive("POST", f"{wire.LIST}/bob"), {})
    assert_forbidden(refused.receive("PUT", wire.ALICE))
    assert dropped.receive_until_closed() == b""
    assert server.wait_exit() == 0
    assert store.query("SELECT username, pending_change FROM user WHERE broker_id = ? ORDER BY username",
                       wire.BROKER) == [("alice", "DELETE"), ("bob", "CREATE")]


def test_FLT_7_a_client_that_left_does_not_hold_the_end(serve):
    server = serve(seed=TWO + sql_fault(operation="DescribeUser", delay_ms=FOREVER))
    with server.client() as client:
        client.send(wire.get())
        assert_ok(server.client().call("GET", wire.LIST))
    server.stop()


# --- Clients that leave during a delay -------------------------------------------------------------------------

def crowd(serve, *flags, operation="DescribeUser", **fault):
    """A server with few places, where a long delay holds the calls of an operation."""
    return serve("--host", "127.0.0.1", "--max-connections", "5", *flags, *wire.PATIENT,
                 seed=TWO + sql_fault(operation=operation, delay_ms=FOREVER, **fault))


def leave(client, how):
    if how == "reset":
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()


@pytest.mark.parametrize("how", ("close", "reset"))
@pytest.mark.parametrize("at_once", (False, True))
def test_FLT_8_places_of_clients_that_leave_come_back(serve, how, at_once):
    server = crowd(serve)
    for _ in range(3):
        clients = [server.client() for _ in range(5)]
        with wire.stopped(server) if at_once else contextlib.nullcontext():
            for client in clients:
                client.send(wire.get())
                if at_once:
                    leave(client, how)
        for client in clients if not at_once else ():
            leave(client, how)
    assert_ok(server.client().call("GET", wire.LIST))


@pytest.mark.parametrize("how", ("close", "reset"))
def test_FLT_8_the_call_of_a_client_that_left_is_carried_out_and_told(serve, how):
    server = serve(*wire.PATIENT, seed=TWO + sql_fault(operation="CreateUser", delay_ms=FOREVER)
                   + sql_fault(operation="UpdateUser", delay_ms=FOREVER, error="ForbiddenException"))
    watcher = server.client()
    for method, path, body, status in (("POST", f"{wire.LIST}/bob", BODY, 200), ("PUT", wire.ALICE, {}, 403)):
        client = server.client()
        client.send(build(method, path, body, address=client.address))
        assert_no_user(watcher.call("GET", f"{wire.LIST}/nobody"), "nobody")
        leave(client, how)

        def told():
            return [entry for entry in control.requests(watcher) if entry["method"] == method]

        entries = harness.eventually(told, "the call in the journal")
        assert [entry["status"] for entry in entries] == [status]
    assert assert_ok(watcher.call("GET", f"{wire.LIST}/bob")).json()["pending"]["pendingChange"] == "CREATE"


def test_FLT_8_HTTP_19_a_client_that_only_closed_its_side_waits_for_its_answer(serve):
    server = serve(*wire.PATIENT, seed=TWO + sql_fault(operation="CreateUser", delay_ms=1500))
    slow, quick = server.client(), server.client()
    slow.send(build("POST", f"{wire.LIST}/bob", BODY) + wire.get(f"{wire.LIST}/bob"))
    slow.socket.shutdown(socket.SHUT_WR)
    # The server finds out with an interim answer whether anybody reads.
    assert slow.receive_head() == b"HTTP/1.1 100 Continue"
    assert_no_user(quick.call("GET", f"{wire.LIST}/bob"), "bob")
    assert wire.is_silent(slow)
    assert_ok(slow.receive("POST", f"{wire.LIST}/bob"), {})
    assert_ok(slow.receive("GET", f"{wire.LIST}/bob"))
    assert slow.receive_until_closed() == b""


def test_FLT_8_HTTP_5_a_client_of_http_1_0_gets_no_interim_answer(serve):
    server = serve(*wire.PATIENT, seed=TWO + sql_fault(operation="DescribeUser", delay_ms=100))
    client = server.client()
    client.send(b"GET " + wire.ALICE.encode() + b" HTTP/1.0\r\n\r\n")
    client.socket.shutdown(socket.SHUT_WR)
    data = client.receive_until_closed()
    assert data.count(b"HTTP/1.") == 1 and data.split(b" ")[1] == b"200"


def test_FLT_8_a_client_that_leaves_behind_its_half_closed_side(serve):
    server = crowd(serve)
    clients = [server.client() for _ in range(5)]
    for client in clients:
        client.send(wire.get())
        client.socket.shutdown(socket.SHUT_WR)
        assert client.receive_head() == b"HTTP/1.1 100 Continue"
    waiting = server.client()
    waiting.send(wire.get(wire.LIST))
    clients[0].socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    clients[0].close()
    assert_ok(waiting.receive("GET", wire.LIST))
