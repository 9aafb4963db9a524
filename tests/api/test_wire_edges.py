"""Clients that vanish, queries that cost too much, a log that nobody reads."""

import os
import signal
import socket
import subprocess

import pytest

import harness
import wire
from harness import Server, assert_ok, eventually


server = wire.server


def descriptors(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def resident_kb(server):
    with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


@pytest.mark.parametrize("sent", [
    b"GET /v1/bro", b"GET /v1/brokers HTTP/1.1\r\nHost: x\r\nX-Half: ",
    b"POST " + wire.LIST.encode() + b"/bob HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"pass",
])
def test_HTTP_19_a_client_that_vanishes_frees_its_place(sent):
    with Server("--request-timeout", "300s", "--idle-timeout", "300s", seed=wire.SEED) as server:
        assert_ok(server.client().call("GET", wire.ALICE))
        before = descriptors(server)
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(sent)
        eventually(lambda: descriptors(server) <= before, "the descriptors of the clients that left")


def test_HTTP_19_a_client_that_only_closed_its_side_gets_its_answer():
    with Server(seed=wire.SEED) as server:
        for body in (b"", b"{\"password\":\"correct-horse-12\"}"):
            method, path = ("POST", f"{wire.LIST}/half") if body else ("GET", wire.ALICE)
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                               + body)
                client.shutdown(socket.SHUT_WR)
                client.settimeout(harness.DEADLINE_S)
                assert client.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("delay_ms", [0, 20])
def test_HTTP_19_also_beside_an_older_connection(delay_ms):
    """Its place in libmicrohttpd's lists decides what is looked at first: the reply or the closed side."""
    fault = harness.sql_fault(operation="UpdateUser", delay_ms=delay_ms) if delay_ms else ""
    with Server("--request-timeout", "300s", "--idle-timeout", "300s", seed=wire.SEED + fault) as server:
        older = server.client()
        assert_ok(older.call("GET", wire.ALICE))
        for target, method in ((wire.ALICE, "PUT"), (wire.ALICE, "GET"), ("/_local/snapshot", "GET")):
            for _ in range(5):
                client = server.client()
                with wire.stopped(server):
                    client.send(harness.build(method, target, {"consoleAccess": True} if method == "PUT" else None))
                    client.socket.shutdown(socket.SHUT_WR)
                assert client.receive(method, target, harness.CHECK_NONE).status == 200
                client.close()
        assert_ok(older.call("GET", wire.ALICE))


@pytest.mark.parametrize("count", (1, 2, 3, 50))
def test_HTTP_19_a_client_that_has_closed_its_side_is_let_go_after_its_last_answer(server, count):
    """Its end comes with the requests, in one piece, and epoll does not tell of it again."""
    client = server.client()
    with wire.stopped(server):
        client.send(wire.get() * count)
        client.socket.shutdown(socket.SHUT_WR)
    for _ in range(count):
        assert_ok(client.receive("GET", wire.ALICE))
    assert client.receive_until_closed() == b""


@pytest.mark.parametrize("length", [60, 100, 110])
def test_HTTP_15_a_query_that_costs_too_much_is_cut_and_costs_nothing(length):
    with Server("--request-timeout", "300s", seed=wire.SEED) as server:
        target = "/v1/brokers?" + "&".join("a" * length for _ in range(249))
        request = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

        def ask(times):
            for _ in range(times):
                with socket.create_connection(("127.0.0.1", server.port)) as client:
                    client.settimeout(harness.DEADLINE_S)
                    client.sendall(request)
                    try:
                        client.recv(1000)  # an answer or the end, but one of them
                    except ConnectionResetError:
                        pass

        ask(300)
        before = resident_kb(server)
        ask(300)
        # A sanitizer keeps what was freed, and finds what is lost when the server stops.
        assert wire.is_sanitized() or resident_kb(server) < before + 4096, "memory grows with every such request"
        assert_ok(server.client().call("GET", wire.ALICE))


@pytest.mark.parametrize("header", ["Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked",
                                    "Content-Length : 3"])
def test_HTTP_20_white_space_in_a_header_name(header):
    with Server(seed=wire.SEED) as server:
        client = server.client()
        client.connect().sendall(f"POST {wire.LIST}/bob HTTP/1.1\r\nHost: x\r\n{header}\r\nContent-Length: 3\r\n\r\n"
                                 "0\r\n\r\n".encode())
        wire.receive_malformed(client, "POST", by_library=True)


def test_START_15_a_log_that_nobody_reads_stops_nobody():
    unread, written = os.pipe()
    process = subprocess.Popen([harness.BINARY, "--port", "0", "--host", "127.0.0.1"], env=harness.environment(None),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=written)
    os.close(written)
    try:
        port = int(process.stdout.readline().rsplit(b":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.settimeout(harness.DEADLINE_S)
            for _ in range(2000):  # several pipes full of lines
                client.sendall(b"GET /v1/brokers HTTP/1.1\r\nHost: x\r\n\r\n")
                data = b""
                while not data.endswith(b'{"brokerSummaries":[]}'):
                    data += client.recv(65536)
        process.send_signal(signal.SIGTERM)
        assert process.wait(harness.DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        os.close(unread)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_START_8_a_signal_while_a_seed_is_applied(tmp_path, number):
    seed = tmp_path / "seed.sql"
    seed.write_text(harness.sql_broker("b-1") + 20 * (
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000)\n"
        "INSERT OR REPLACE INTO user (broker_id, username, password) SELECT 'b-1', 'user' || x, 'created-pw-12' FROM n;\n"))
    process = subprocess.Popen([harness.BINARY, "--port", "0", "--seed", str(seed)], env=harness.environment(None),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def applies():
        """It has used half a second of the processor: the start takes some milliseconds."""
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
            return int(file.read().rsplit(")", 1)[1].split()[11]) >= os.sysconf("SC_CLK_TCK") // 2

    try:
        harness.eventually(applies, "the seed")
        process.send_signal(number)
        assert process.wait(harness.DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait()
