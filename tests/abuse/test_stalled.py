"""Clients that stop in the middle and stay: in a handshake, a head, a body, a chunk, over both ports.

The server's own deadline cuts them; until then they cost a place each, and nothing once they are gone.
"""

import contextlib
import ssl

import pytest

import harness
import traffic
import wire
from tls_server import TlsServer
from traffic import LIMIT_S, LIST, READ, Healthy, Target

PLACES = 300
FLAGS = ("--request-timeout", "2s", "--idle-timeout", "300s", "--max-connections", str(PLACES), "--log-level", "error",
         "--reboot-time", "0")


def head(*lines):
    return "\r\n".join((f"PUT {LIST}/reader HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


HALF_REQUESTS = (
    b"", b"G", READ[:20], READ[:-2], READ[:-1], head("Content-Length: 20"), head("Content-Length: 20") + b'{"groups":',
    head("Transfer-Encoding: chunked"), head("Transfer-Encoding: chunked") + b"a",
    head("Transfer-Encoding: chunked") + b"a\r\n{", head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
    head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n", head("Content-Length: 2", "Expect: 100-continue"),
)


def hello():
    """The first message of a TLS handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


HELLO = hello()
HALF_HANDSHAKES = (b"", HELLO[:1], HELLO[:5], HELLO[:100], HELLO, HELLO + b"\x14\x03\x03\x00\x01")


class Stalled:
    """Connections that have each sent a part of what they owe; closed with the stack."""

    def __init__(self, server, stack):
        self.plain = Target((server.host, server.port))
        self.door = Target((server.host, server.tls_port))
        self.secure = Target((server.host, server.tls_port), traffic.tls_wrapper(server.ca))
        self.stack, self.clients = stack, []

    def add(self, target, parts, count):
        for number in range(count):
            client = self.stack.enter_context(target.connect())
            traffic.give(client, parts[number % len(parts)])
            self.clients.append(client)

    def wait_cut(self):
        """Until the server has ended every one of them, with no answer but the one that asks for more."""
        for client in self.clients:
            data = traffic.drain(client)  # of a handshake, the server's part
            assert b"HTTP/" not in data.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"), data


@pytest.fixture
def server():
    wire.need_files(2 * PLACES)
    with TlsServer(*FLAGS, seed=traffic.SEED) as running:
        yield running


def test_others_are_answered_meanwhile(server):
    with contextlib.ExitStack() as stack:
        stalled = Stalled(server, stack)
        healthy = Healthy(stalled.plain)
        healthy.start()
        stack.callback(healthy.done.set)
        healthy.wait(6)
        files = wire.open_files(server.pid)
        stalled.add(stalled.secure, HALF_REQUESTS, 4 * len(HALF_REQUESTS))
        stalled.add(stalled.door, HALF_HANDSHAKES, 10 * len(HALF_HANDSHAKES))
        stalled.add(stalled.plain, HALF_REQUESTS, 10 * len(HALF_REQUESTS))
        healthy.wait(60)
        stalled.wait_cut()
        healthy.wait(6)
        harness.eventually(lambda: wire.open_files(server.pid) == files, f"{files} open files again", LIMIT_S)
        healthy.finish()


def test_a_server_full_of_them_recovers(server):
    with contextlib.ExitStack() as stack:
        files = wire.open_files(server.pid)
        stalled = Stalled(server, stack)
        stalled.add(stalled.secure, HALF_REQUESTS, 2 * len(HALF_REQUESTS))
        stalled.add(stalled.door, HALF_HANDSHAKES, PLACES // 2)
        stalled.add(stalled.plain, HALF_REQUESTS, PLACES)
        stalled.wait_cut()
        with server.client(timeout_s=LIMIT_S) as client, server.tls_client(timeout_s=LIMIT_S) as secure:
            for one in (client, secure):
                harness.assert_ok(one.call("GET", f"{LIST}/reader"))
        harness.eventually(lambda: wire.open_files(server.pid) == files, f"{files} open files again", LIMIT_S)
