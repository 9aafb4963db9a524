"""Connections: kept alive, pipelined, closed, many at once, more than there is room for, slow ones."""

import itertools
import resource
import socket

import pytest

import harness
import wire
from harness import assert_no_user, assert_ok, build

# At exactly 128 (and multiples) ready events libmicrohttpd's inner epoll loop waits again before it serves any.
READY = (1, 127, 128, 129, 256, 512, 1000)


@pytest.fixture(scope="module")
def server():
    with harness.Server("--reboot-time", "0", *wire.PATIENT, seed=wire.SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def other_user(number):
    return f"{wire.LIST}/ready-{number}"


def open_clients(server, count, warm=True):
    """That many connections, each with one answered request behind it if `warm`."""
    wire.need_files(2 * count + 200)
    clients = [server.client() for _ in range(count)]
    for client in clients:
        client.connect()
    if warm:
        for client in clients:
            client.send(wire.get())
        for client in clients:
            assert_ok(client.receive("GET", wire.ALICE))
    return clients


# --- Many ready at once ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("count", READY)
def test_HTTP_10_all_ready_connections_are_answered(server, count):
    clients = open_clients(server, count)
    with wire.stopped(server):
        for client in clients:
            client.send(wire.get())
    for client in clients:
        assert_ok(client.receive("GET", wire.ALICE))
    server.close_clients()


@pytest.mark.parametrize("count", (128, 256))
def test_HTTP_10_all_new_connections_are_answered(server, count):
    with wire.stopped(server):
        clients = open_clients(server, count, warm=False)
        for client in clients:
            client.send(wire.get())
    for client in clients:
        assert_ok(client.receive("GET", wire.ALICE))
    server.close_clients()


@pytest.mark.parametrize("count", (128, 200))
def test_HTTP_10_all_ready_writers_and_readers_are_answered(server, count):
    clients = open_clients(server, count)
    with wire.stopped(server):
        for number, client in enumerate(clients):
            if number % 2:
                client.send(wire.get())
            else:
                client.send(build("POST", other_user(f"{count}-{number}"), {"password": harness.PASSWORD}))
    for number, client in enumerate(clients):
        if number % 2:
            assert_ok(client.receive("GET", wire.ALICE))
        else:
            assert_ok(client.receive("POST", other_user(f"{count}-{number}")), {})
    for number in range(0, count, 2):
        body = assert_ok(clients[number].call("GET", other_user(f"{count}-{number}"))).json()
        assert body["pending"]["pendingChange"] == "CREATE"
    for number in range(0, count, 2):
        harness.delete_user(clients[number], wire.BROKER, f"ready-{count}-{number}")
    harness.reboot(clients[0], wire.BROKER)
    server.close_clients()


# --- One connection --------------------------------------------------------------------------------------------

def test_HTTP_9_two_gets_on_one_connection(client):
    assert_ok(client.call("GET", wire.ALICE))
    first = client.socket
    assert_ok(client.call("GET", wire.ALICE))
    assert client.socket is first


def test_HTTP_9_a_connection_outlives_every_kind_of_answer(client):
    assert_ok(client.call("GET", wire.ALICE))
    first = client.socket
    assert_no_user(client.call("GET", f"{wire.LIST}/nobody"), "nobody")
    harness.assert_no_route(client.call("GET", "/nothing"))
    assert client.call("HEAD", wire.ALICE).status == 403
    assert client.call("OPTIONS", wire.ALICE).status == 200
    assert client.call("POST", f"{wire.LIST}/bob", b"{").status == 400
    assert client.call("GET", f"{wire.LIST}/%zz").status == 400
    assert client.call("GET", "/v1/tags/x").status == 404
    assert client.call("DELETE", "/v1/tags/x?tagKeys=a").status == 404
    assert client.call("GET", "/_local/health", check=harness.CHECK_NONE).status == 200
    harness.create_user(client, wire.BROKER, "outlived")
    harness.delete_user(client, wire.BROKER, "outlived")
    assert client.call("POST", f"{wire.LIST}/bob", b" " * (2 << 20)).status == 413
    assert_ok(client.call("GET", wire.ALICE))
    assert client.socket is first


def test_HTTP_9_pipelined_requests_are_answered_in_order(client):
    path = f"{wire.LIST}/pipelined"
    client.send(build("POST", path, {"password": harness.PASSWORD}) + wire.get(path)
                + build("PUT", path, {"groups": ["admins"]}) + wire.get(path)
                + build("POST", path, {"password": harness.PASSWORD}) + build("DELETE", path) + wire.get(path))
    assert_ok(client.receive("POST", path), {})
    assert assert_ok(client.receive("GET", path)).json()["pending"]["groups"] == []
    assert_ok(client.receive("PUT", path), {})
    assert assert_ok(client.receive("GET", path)).json()["pending"]["groups"] == ["admins"]
    assert client.receive("POST", path).status == 409
    assert_ok(client.receive("DELETE", path), {})
    assert assert_ok(client.receive("GET", path)).json()["pending"]["pendingChange"] == "DELETE"
    harness.reboot(client, wire.BROKER)


def test_HTTP_9_a_hundred_pipelined_requests(client):
    paths = [f"{wire.LIST}/nobody-{number}" for number in range(100)]
    client.send(b"".join(wire.get(path) for path in paths))
    for number, path in enumerate(paths):
        assert_no_user(client.receive("GET", path), f"nobody-{number}")


@pytest.mark.parametrize("value", ("close", "Close", "foo, close"))
def test_HTTP_9_connection_close_is_obeyed(client, value):
    response = client.call("GET", wire.ALICE, headers=[("Connection", value)])
    assert_ok(response)
    assert response.header("Connection").lower() == "close"


def test_HTTP_9_the_server_ends_a_connection_it_was_asked_to_close(client):
    client.send(wire.get(headers=[("Connection", "close")]))
    data = client.receive_until_closed()
    assert data.startswith(b"HTTP/1.1 200 ") and data.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("host", (b"", b"Host: localhost\r\n"))
def test_HTTP_5_HTTP_9_http_1_0_is_answered_and_closed(client, host):
    client.send(b"GET " + wire.ALICE.encode() + b" HTTP/1.0\r\n" + host + b"\r\n")
    head, _, body = client.receive_until_closed().partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"200"
    assert body == b'{"brokerId":"b-wire","consoleAccess":false,"groups":[],"replicationUser":false,"username":"alice"}'


def test_HTTP_5_http_1_0_post_with_a_length(client):
    body = b'{"groups":["admins"]}'
    client.send(b"PUT " + wire.ALICE.encode() + b" HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    head, _, body = client.receive_until_closed().partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"200" and body == b"{}"


def test_HTTP_9_a_half_closed_client_gets_its_answer(client):
    client.send(wire.get())
    client.socket.shutdown(socket.SHUT_WR)
    assert_ok(client.receive("GET", wire.ALICE))


# --- In pieces -------------------------------------------------------------------------------------------------

def test_HTTP_9_a_request_in_single_bytes(client):
    path = f"{wire.LIST}/dribbled"
    for byte in build("POST", path, {"password": harness.PASSWORD, "groups": ["admins"]}, address=client.address):
        client.send(bytes((byte,)))
    assert_ok(client.receive("POST", path), {})
    assert assert_ok(client.call("GET", path)).json()["pending"]["groups"] == ["admins"]
    harness.delete_user(client, wire.BROKER, "dribbled")


def test_HTTP_9_clients_that_leave_halfway_disturb_nobody(server, client):
    request = build("POST", f"{wire.LIST}/left", {"password": harness.PASSWORD}, address=client.address)
    for cut in (1, 20, request.index(b"\r\n\r\n") + 2, request.index(b"\r\n\r\n") + 4, len(request) - 1):
        for reset in (False, True):
            with server.client() as leaver:
                leaver.send(request[:cut])
                if reset:
                    leaver.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert_no_user(client.call("GET", f"{wire.LIST}/left"), "left")


def test_ERR_29_a_client_that_leaves_before_its_answer_was_served(server, client):
    with wire.stopped(server):
        with server.client() as leaver:
            leaver.send(build("POST", f"{wire.LIST}/unread", {"password": harness.PASSWORD}))
            leaver.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    # Carried out or not, the user is whole: either unknown or pending.
    response = client.call("GET", f"{wire.LIST}/unread")
    assert response.status == 404 or response.json()["pending"]["pendingChange"] == "CREATE"


# --- The limit of connections ----------------------------------------------------------------------------------

@pytest.mark.parametrize("limit", (1, 2, 5))
def test_HTTP_13_a_waiting_client_is_served_when_another_leaves(serve, limit):
    server = serve("--host", "127.0.0.1", "--max-connections", str(limit), *wire.PATIENT, seed=wire.SEED)
    clients = open_clients(server, limit)
    waiting = server.client()
    waiting.send(wire.get())
    # A round trip of another proves that the server had its chance.
    assert_ok(clients[-1].call("GET", wire.ALICE))
    assert wire.is_silent(waiting)
    clients[0].close()
    assert_ok(waiting.receive("GET", wire.ALICE))


@pytest.mark.parametrize("limit", (1, 2, 5, 100))
@pytest.mark.parametrize("warm", (False, True))
def test_HTTP_13_the_server_is_not_deaf_after_it_emptied_itself(serve, limit, warm):
    """When the last places are freed inside libmicrohttpd, nothing but the server's own care opens the door again."""
    server = serve("--host", "127.0.0.1", "--max-connections", str(limit), "--request-timeout", "1s",
                   "--idle-timeout", "1s", seed=wire.SEED)
    clients = open_clients(server, limit, warm)
    waiting = server.client()
    waiting.send(wire.get())
    assert_ok(waiting.receive("GET", wire.ALICE))
    for client in clients:
        assert client.receive_until_closed() == b""


@pytest.mark.parametrize("limit", (1, 5))
def test_HTTP_13_the_server_is_not_deaf_after_all_clients_left_at_once(serve, limit):
    server = serve("--host", "127.0.0.1", "--max-connections", str(limit), *wire.PATIENT, seed=wire.SEED)
    for _ in range(5):
        clients = open_clients(server, limit)
        waiting = server.client()
        waiting.send(wire.get())
        with wire.stopped(server):
            for client in clients:
                client.close()
        assert_ok(waiting.receive("GET", wire.ALICE))
        waiting.close()


def test_HTTP_13_the_limit_of_open_files_is_raised_to_the_connections(serve):
    server = serve("--max-connections", "1000", *wire.PATIENT, seed=wire.SEED,
                   preexec=wire.soft_limit(resource.RLIMIT_NOFILE, 64))
    assert wire.open_files_limit(server.pid) >= 1000
    clients = open_clients(server, 300)
    for client in clients:
        assert_ok(client.call("GET", wire.ALICE))


@pytest.mark.parametrize("limit", (40, 64, 200))
def test_HTTP_13_too_few_open_files_cost_connections_not_the_server(serve, limit):
    """As an ordinary user in a container, who may not raise the hard limit."""
    server = serve("--host", "127.0.0.1", *wire.PATIENT, preexec=wire.in_order(
        wire.soft_limit(resource.RLIMIT_NOFILE, limit, limit), wire.as_nobody()))
    assert wire.open_files_limit(server.pid) == limit
    clients = [server.client() for _ in range(2 * limit)]
    for client in clients:
        client.connect()
        client.send(wire.get("/v1/brokers"))
    # Those without a place are served when others leave.
    for client in clients:
        assert_ok(client.receive("GET", "/v1/brokers"))
        client.close()
    assert_ok(server.client().call("GET", "/v1/brokers"))


# --- Slow and idle clients -------------------------------------------------------------------------------------

HEAD = b"GET " + wire.ALICE.encode() + b" HTTP/1.1\r\nHost: localhost\r\n"
POST = b"PUT " + wire.ALICE.encode() + b" HTTP/1.1\r\nHost: localhost\r\n"

SLOW = {
    "nothing": (b"", [b""]),
    "request line": (b"G", [b"E"]),
    "empty lines": (b"\r\n", [b"\r\n"]),
    "header": (HEAD + b"X-Slow: ", [b"a"]),
    "headers": (HEAD, [b"X-Slow: a\r\n"]),
    "body": (POST + b"Content-Length: 1000\r\n\r\n", [b" "]),
    "silent body": (POST + b"Content-Length: 1000\r\n\r\n", [b""]),
    "chunks": (POST + b"Transfer-Encoding: chunked\r\n\r\n", [b"1\r\n \r\n"]),
    "chunk size": (POST + b"Transfer-Encoding: chunked\r\n\r\n", [b"0"]),
    "two NULs": (b"\0\0\r\n\r\n", [b""]),
}


@pytest.fixture(scope="module")
def strict_server():
    with harness.Server("--request-timeout", "1s", "--idle-timeout", "300s", seed=wire.SEED) as running:
        yield running


@pytest.mark.parametrize("name", SLOW)
def test_HTTP_11_a_slow_request_is_cut(strict_server, name):
    start, pieces = SLOW[name]
    with strict_server.client() as slow, strict_server.client() as good:
        slow.send(start)
        assert_ok(good.call("GET", wire.ALICE))
        received = wire.trickle(slow, itertools.cycle(pieces))
        # What libmicrohttpd takes for a bad request it may refuse in HTML; a time-out itself is silent.
        assert received == b"" or (name in ("two NULs", "chunk size") and received.startswith(b"HTTP/1.1 4"))
        assert_ok(good.call("GET", wire.ALICE))


def test_HTTP_11_HTTP_13_slow_clients_do_not_keep_a_good_one_out_for_ever(serve):
    server = serve("--host", "127.0.0.1", "--max-connections", "10", "--request-timeout", "1s", seed=wire.SEED)
    slow = [server.client() for _ in range(25)]
    for client in slow:
        client.send(HEAD)
    assert_ok(server.client().call("GET", wire.ALICE))


def test_HTTP_11_a_client_that_never_reads_is_cut(serve):
    server = serve("--host", "127.0.0.1", "--max-connections", "1", "--request-timeout", "1s", "--idle-timeout", "300s",
                   seed=wire.SEED)
    deaf = server.client()
    deaf.connect()
    with wire.flooding(deaf, wire.get() * 500):
        # What it left unread hides the end from it; that its place is free again is the proof.
        assert_ok(server.client().call("GET", wire.ALICE))


def test_HTTP_12_an_idle_connection_is_closed(serve):
    server = serve("--idle-timeout", "1s", "--request-timeout", "300s", seed=wire.SEED)
    client = server.client()
    assert_ok(client.call("GET", wire.ALICE))
    assert client.receive_until_closed() == b""
    assert_ok(client.call("GET", wire.ALICE))


def test_HTTP_12_a_second_request_that_never_begins_properly_is_idle(serve):
    server = serve("--idle-timeout", "1s", "--request-timeout", "300s", seed=wire.SEED)
    client = server.client()
    assert_ok(client.call("GET", wire.ALICE))
    assert wire.trickle(client, itertools.cycle([b"\r\n"])) == b""


def test_HTTP_11_HTTP_12_FLT_3_a_delayed_call_is_not_the_clients_fault(serve):
    server = serve("--idle-timeout", "1s", "--request-timeout", "1s",
                   seed=wire.SEED + harness.sql_fault(operation="DescribeUser", delay_ms=2500, times=1))
    client = server.client()
    assert_ok(client.call("GET", wire.ALICE))
