"""The end: what is under way is finished, everything else is let go, the exit code is 0."""

import signal
import subprocess

import pytest

import harness
import wire
from harness import assert_ok, build

BOTH = pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT), ids=("SIGTERM", "SIGINT"))
SLOW = build("POST", f"{wire.LIST}/slow", {"password": harness.PASSWORD})


@pytest.fixture
def server(serve, store):
    """Nothing but the stop itself ends a connection, and what it commits can be looked at afterwards."""
    return serve("--db", store.path, *wire.PATIENT, seed=wire.SEED)


store = wire.store


def begin_slow(server):
    """A request that has arrived but for its last bytes; a second connection proves that it was seen."""
    client = server.client()
    client.send(SLOW[:-5])
    assert_ok(server.client().call("GET", wire.ALICE))
    return client


def end(server, code=0):
    assert server.wait_exit() == code, server.stderr_text()


@BOTH
def test_START_8_a_server_at_rest_ends(server, store, number):
    server.stop(number)
    store.assert_sound()


@BOTH
def test_START_8_idle_connections_do_not_delay_the_end(server, number):
    clients = [server.client() for _ in range(50)]
    for client in clients:
        assert_ok(client.call("GET", wire.ALICE))
    fresh = [server.client() for _ in range(10)]
    for client in fresh:
        client.connect()
    # Without its own care the server would wait for the idle time-out of 300 s.
    server.stop(number)
    for client in clients + fresh:
        assert client.receive_until_closed() == b""


@BOTH
def test_START_8_a_request_under_way_is_finished(server, store, number):
    slow = begin_slow(server)
    server.process.send_signal(number)
    harness.eventually(lambda: wire.refuses_connections(("127.0.0.1", server.port)), "refused connections")
    slow.send(SLOW[-5:])
    response = slow.receive("POST", f"{wire.LIST}/slow")
    assert_ok(response, {})
    assert response.header("Connection").lower() == "close"
    end(server)
    assert store.query("SELECT pending_change FROM user WHERE username = 'slow'") == [("CREATE",)]


@wire.needs_ipv6
def test_START_8_new_connections_are_refused_on_every_address(server):
    slow = begin_slow(server)
    server.process.send_signal(signal.SIGTERM)
    for host in ("127.0.0.1", "::1"):
        harness.eventually(lambda: wire.refuses_connections((host, server.port)), f"refused connections on {host}")
    slow.send(SLOW[-5:])
    assert_ok(slow.receive("POST", f"{wire.LIST}/slow"), {})
    end(server)


def test_START_8_pipelined_requests_that_had_arrived_are_answered_or_cut_cleanly(server, store):
    """Each user that was acknowledged is there; no answer is torn."""
    client = server.client()
    client.connect()
    names = [f"piped-{number}" for number in range(50)]
    with wire.stopped(server):
        client.send(b"".join(build("POST", f"{wire.LIST}/{name}", {"password": harness.PASSWORD}) for name in names))
        server.process.send_signal(signal.SIGTERM)
    answered = []
    try:
        for name in names:
            assert_ok(client.receive("POST", f"{wire.LIST}/{name}"), {})
            answered.append(name)
            if client.socket is None:
                break
    except (harness.ConnectionEnded, ConnectionResetError) as error:
        assert getattr(error, "partial", b"") == b""
    end(server)
    stored = {name for name, in store.query("SELECT username FROM user")}
    assert set(answered) <= stored


@pytest.mark.parametrize("turn", range(5))
@pytest.mark.parametrize("method", ("GET", "POST"))
def test_START_8_a_connection_whose_call_ends_with_the_signal_is_let_go(server, method, turn):
    """Not only those that were idle before: an SDK keeps its connection after the last answer."""
    slow = begin_slow(server)
    kept = server.client()
    assert_ok(kept.call("GET", wire.ALICE))
    if turn:
        # As it happens: the signal follows the answer.
        request_while_running(kept, method)
        server.process.send_signal(signal.SIGTERM)
    else:
        with wire.stopped(server):
            send_request(kept, method)
            server.process.send_signal(signal.SIGTERM)
        receive_answer(kept, method)
    # Its end must come while the server still waits for the slow one, not when it gives up on both.
    assert kept.socket is None or kept.receive_until_closed() == b""
    slow.send(SLOW[-5:])
    assert_ok(slow.receive("POST", f"{wire.LIST}/slow"), {})
    end(server)


def send_request(client, method):
    client.send(build(method, wire.ALICE if method == "GET" else f"{wire.LIST}/last",
                      None if method == "GET" else {"password": harness.PASSWORD}))


def receive_answer(client, method):
    assert_ok(client.receive(method, wire.ALICE if method == "GET" else f"{wire.LIST}/last"))


def request_while_running(client, method):
    send_request(client, method)
    receive_answer(client, method)


def test_START_8_a_client_that_never_ends_its_request_does_not_hold_the_server(server, store):
    slow = begin_slow(server)
    server.stop()
    assert slow.receive_until_closed() == b""
    assert store.query("SELECT count(*) FROM user") == [(1,)]


def test_START_8_FLT_7_delayed_calls_are_answered(serve):
    server = serve(*wire.PATIENT, seed=wire.SEED + harness.sql_fault(operation="DescribeUser", delay_ms=600_000))
    clients = [server.client() for _ in range(20)]
    for client in clients:
        client.send(wire.get())
    # All have reached the server when one that was sent later is answered.
    assert_ok(server.client().call("GET", wire.LIST))
    for client in clients:
        assert wire.is_silent(client)
    server.process.send_signal(signal.SIGTERM)
    for client in clients:
        assert_ok(client.receive("GET", wire.ALICE))
    end(server)


def test_START_8_DUR_6_the_end_under_load_loses_no_acknowledged_write(server, store):
    clients = [server.client() for _ in range(40)]
    for number, client in enumerate(clients):
        client.connect()
    with wire.stopped(server):
        for number, client in enumerate(clients):
            client.send(build("POST", f"{wire.LIST}/load-{number}", {"password": harness.PASSWORD}))
        server.process.send_signal(signal.SIGTERM)
    answered = set()
    for number, client in enumerate(clients):
        try:
            assert_ok(client.receive("POST", f"{wire.LIST}/load-{number}"), {})
            answered.add(f"load-{number}")
        except (harness.ConnectionEnded, ConnectionResetError) as error:
            assert getattr(error, "partial", b"") == b""
    end(server)
    assert answered <= {name for name, in store.query("SELECT username FROM user")}
    store.assert_sound()


def test_START_8_nobody_reads_the_log_any_more(store):
    """As in a container whose log driver has gone."""
    path = f"{store.directory}/seed.sql"
    with open(path, "w", encoding="utf-8") as file:
        file.write(wire.SEED)
    process = subprocess.Popen([harness.BINARY, "--port", "0", "--seed", path], env=harness.environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        port = int(process.stdout.readline().rsplit(b":", 1)[1])
        process.stderr.close()
        with harness.Client(("127.0.0.1", port)) as client:
            for _ in range(3):
                assert_ok(client.call("GET", wire.ALICE))
        process.terminate()
        assert process.wait(harness.DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
