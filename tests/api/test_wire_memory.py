"""What requests cost in memory: refused ones, all together, and after large answers."""

import re

import pytest

import control_calls as control
import harness
import wire
from harness import assert_error, assert_ok, build, sql_broker

MIB = 1 << 20
TOKEN = "s3cret-token"
BEARER = ("Authorization", f"Bearer {TOKEN}")
UPLOAD = 40 * MIB
LIMIT = 256 * MIB  # of all bodies together
BUSY = "The service is receiving too many large requests. Retry your request."

# A sanitizer keeps what was freed.
pytestmark = pytest.mark.skipif(wire.is_sanitized(), reason="the memory of a build with sanitizers says nothing")


def resident(client):
    """The memory of the server, as its metrics tell it."""
    text = assert_ok(control.call(client, "GET", control.METRICS)).body.decode("ascii")
    return int(re.search(r"^amazonmq_local_resident_memory_bytes (\d+)$", text, re.MULTILINE)[1])


def resident_of(pid):
    """The same of a server without metrics."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


def upload(client, method, target, size, headers=()):
    """Sends a request but the last byte of its body, and waits until the server has read it.

    The kernel takes some MiB that the server has not read. With two uploads in that state it is open which of them gets
    the last room, and so how much is kept when the next request comes.
    """
    piece = b" " * MIB
    client.send(build(method, target, None, [("Content-Length", str(size)), *headers], client.address))
    for _ in range(size // MIB - 1):
        client.send(piece)
    client.send(piece[1:])
    harness.eventually(lambda: wire.unsent(client) == wire.unread(client) == 0, "the server to read an upload")


REFUSED = {
    "host": ("PUT", control.SNAPSHOT, [("Host", "example.com"), BEARER], 403),
    "origin": ("PUT", control.SNAPSHOT, [("Origin", "https://example.com"), BEARER], 403),
    "site": ("POST", "/_local/seed", [("Sec-Fetch-Site", "cross-site"), BEARER], 403),
    "token": ("PUT", control.SNAPSHOT, [], 401),
    "wrong token": ("POST", "/_local/seed", [("Authorization", "Bearer wrong-token")], 401),
    "path": ("POST", "/_local/nothing", [BEARER], 403),
    "method": ("POST", control.SNAPSHOT, [BEARER], 403),
    "query": ("PUT", f"{control.SNAPSHOT}?odd=1", [BEARER], 400),
    "malformed": ("PUT", f"{control.SNAPSHOT}?odd=%zz", [BEARER], 400),
}


def test_HTTP_23_a_refused_upload_costs_nothing(serve):
    server = serve("--control-token", TOKEN, *wire.PATIENT)
    watcher = server.client(headers=[BEARER])
    before = resident(watcher)
    uploads = []
    for _ in range(2):
        for method, target, headers, status in REFUSED.values():
            uploads.append((server.client(), method, target, status))
            upload(uploads[-1][0], method, target, UPLOAD, headers)
    assert resident(watcher) < before + UPLOAD
    for client, method, target, status in uploads:
        client.send(b" ")
        assert client.receive(method, target, harness.CHECK_NONE).status == status
        # Neither is the connection lost.
        assert_ok(client.call("GET", "/_local/health", check=harness.CHECK_NONE))
    assert resident(watcher) < before + UPLOAD


def test_HTTP_23_a_refused_upload_costs_nothing_with_control_off(serve):
    server = serve("--control", "off", *wire.PATIENT)
    before = resident_of(server.pid)
    clients = [server.client() for _ in range(8)]
    for client in clients:
        upload(client, "PUT", control.SNAPSHOT, UPLOAD)
    assert resident_of(server.pid) < before + UPLOAD
    for client in clients:
        client.send(b" ")
        harness.assert_no_route(client.receive("PUT", control.SNAPSHOT, harness.CHECK_NONE))


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("body", ([("Content-Length", "1000000")], [("Transfer-Encoding", "chunked")]), ids=("length", "chunks"))
def test_HTTP_7_HTTP_23_what_the_head_refuses_is_refused_before_the_body_is_sent(serve, name, body):
    client = serve("--control-token", TOKEN).client()
    method, target, headers, status = REFUSED[name]
    client.send(build(method, target, None, [("Expect", "100-continue"), *body, *headers], client.address))
    head = client.receive_head()
    assert head.startswith(b"HTTP/1.1 %d " % status)


def test_HTTP_7_what_the_head_does_not_refuse_is_asked_for(serve):
    client = serve("--control-token", TOKEN).client()
    body = b"DELETE FROM broker;"
    client.send(build("POST", "/_local/seed", None, [("Expect", "100-continue"), ("Content-Length", str(len(body))), BEARER]))
    assert client.receive_head() == b"HTTP/1.1 100 Continue"
    client.send(body)
    assert_ok(client.receive("POST", "/_local/seed", harness.CHECK_NONE), {})


def test_HTTP_24_all_bodies_together_have_a_limit(serve):
    server = serve(*wire.PATIENT, seed=wire.SEED)
    watcher = server.client()
    before = resident(watcher)
    full = LIMIT // (64 * MIB)
    clients = [server.client() for _ in range(2 * full)]
    for client in clients:
        upload(client, "PUT", control.SNAPSHOT, 64 * MIB)
    # They are kept without their last byte, which makes as much room.
    assert resident(watcher) < before + LIMIT + 64 * MIB
    assert_ok(watcher.call("PUT", wire.ALICE, b'{"groups":["small"]}' + b" " * 16_000), {})
    body = b'{"groups":["late"]}' + b" " * 100_000
    late = assert_error(watcher.call("PUT", wire.ALICE, body, check=harness.CHECK_SHARED), 503, "ServiceUnavailableException", BUSY)
    assert late.header("Connection") != "close"
    entry = control.requests(watcher)[-1]
    assert (entry["status"], entry["bodyBytes"], "body" in entry) == (503, len(body), False)
    assert_ok(watcher.call("GET", wire.ALICE))
    statuses = []
    for client in clients:
        client.send(b" ")
        statuses.append(client.receive("PUT", control.SNAPSHOT, harness.CHECK_NONE).status)
    # Those that were kept are refused for what they hold, and the others can be sent again.
    assert sorted(statuses) == [400] * full + [503] * full
    assert_ok(watcher.call("PUT", wire.ALICE, body), {})
    client = clients[statuses.index(503)]
    upload(client, "PUT", control.SNAPSHOT, 64 * MIB)
    client.send(b" ")
    assert client.receive("PUT", control.SNAPSHOT, harness.CHECK_NONE).status == 400
    for client in clients:
        client.close()
    assert resident(watcher) < before + 64 * MIB


def test_HTTP_24_bodies_of_clients_that_leave_make_room(serve):
    server = serve(*wire.PATIENT, seed=wire.SEED)
    watcher = server.client()
    for _ in range(3):
        clients = [server.client() for _ in range(4)]
        for client in clients:
            upload(client, "PUT", control.SNAPSHOT, 64 * MIB)
        for client in clients:
            client.close()
        harness.eventually(lambda: resident(watcher) < 128 * MIB, "the memory of the bodies")
        harness.eventually(lambda: watcher.call("PUT", wire.ALICE, {}, check=harness.CHECK_SHARED).status == 200, "room")


# --- Large answers ---------------------------------------------------------------------------------------------

def crowd(count):
    """A broker with that many users, of 100 bytes or so each in an answer."""
    return sql_broker("b-crowd") + (
        f"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count})\n"
        "INSERT INTO user (broker_id, username, password, groups)\n"
        f"SELECT 'b-crowd', printf('{'long-' * 16}%06d', i), '{harness.PASSWORD}', '[]' FROM n;\n")


@pytest.mark.parametrize("target", (harness.broker_path("b-crowd"), control.SNAPSHOT))
def test_memory_comes_back_after_large_answers(serve, target):
    server = serve(*wire.PATIENT, seed=crowd(100_000))
    watcher = server.client()
    before = resident(watcher)
    for _ in range(4):
        clients = [server.client() for _ in range(5)]
        for client in clients:
            client.send(wire.get(target))
        for client in clients:
            response = client.receive("GET", target, harness.CHECK_NONE)
            assert response.status == 200 and len(response.body) > 5 * MIB
            client.close()
    assert resident(watcher) < before + 8 * MIB


def test_memory_comes_back_after_a_restore(serve):
    server = serve(*wire.PATIENT, seed=crowd(10_000))
    watcher = server.client()
    image = control.snapshot(watcher)
    before = resident(watcher)
    for _ in range(3):
        control.done(watcher, "PUT", control.SNAPSHOT, image)
    assert resident(watcher) < before + 8 * MIB
