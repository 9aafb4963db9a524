"""Clients that behave badly, each bounded; and one that behaves, to be answered beside them.

Each function of ABUSES takes a Target and a random.Random, ends by itself, and asserts what every client may expect:
an answer that is no 5xx, or the end of the connection; never a silence.
"""

import contextlib
import dataclasses
import re
import socket
import ssl
import struct
import threading

import harness
from harness import build

LIMIT_S = 60  # of one wait: only keeps a hang from lasting
LIST = "/v1/brokers/b-load/users"
READ = build("GET", f"{LIST}/reader")
SEED = harness.sql_broker("b-load") + harness.sql_user("b-load", "reader")


@dataclasses.dataclass
class Target:
    """Where to: `tls` wraps a socket, or is None for plain HTTP."""

    address: tuple
    tls: object = None

    def connect(self):
        plain = socket.create_connection(self.address, LIMIT_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls(plain) if self.tls else plain


def tls_wrapper(ca):
    """What Target.tls wants, trusting that CA's file."""
    context = ssl.create_default_context(cafile=ca)
    return lambda plain: context.wrap_socket(plain, server_hostname="localhost")


def give(client, data):
    """Sends as much as the server takes."""
    try:
        client.sendall(data)
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
        pass


def end(client):
    """Says that no more will come, where the server has not reset the connection already."""
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_WR)


def drain(client):
    """All that comes until the end of the connection."""
    data = b""
    try:
        while part := client.recv(1 << 16):
            data += part
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):  # OpenSSL 3.5 may have to write while it reads
        pass
    return data


def statuses(data):
    """The status codes in what a server has sent."""
    return [int(code) for code in re.findall(rb"(?:^|(?<=[}>\n]))HTTP/1\.1 (\d{3}) ", data)]


def expect(data, *allowed):
    """Every answer in `data` has one of these codes; without codes: none is a 5xx but 505."""
    for code in statuses(data):
        assert code in allowed if allowed else code < 500 or code == 505, data[:200]
    return len(statuses(data))


def random_bytes(target, chance):
    with target.connect() as client:
        give(client, chance.randbytes(chance.randrange(1, 5000)) + b"\r\n\r\n")
        end(client)
        expect(drain(client))


def almost_http(target, chance):
    """A good request with a few bytes changed."""
    data = bytearray(build(chance.choice(("GET", "POST", "PUT", "DELETE")), f"{LIST}/user-{chance.randrange(9)}",
                           {"password": harness.PASSWORD}))
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if re.match(rb"DELETE /v1/brokers/b-load[^/]", data):
        return  # it may end the path, in a good request that deletes the broker that all others use
    with target.connect() as client:
        give(client, bytes(data))
        end(client)
        expect(drain(client))


FRAMINGS = (
    b"Transfer-Encoding: identity\r\nContent-Length: 2", b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 2", b"Content-Length: 2\r\nContent-Length: 3",
    b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"Content-Length: 0x2", b"Content-Length: 2 2",
    b"Transfer-Encoding : chunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Host: two",
    b"Content-Length: 2\r\n folded: yes", b": no name", b"no colon", b"Nul: \0",
)


def bad_framing(target, chance):
    head = b"PUT " + LIST.encode() + b"/reader HTTP/1.1\r\nHost: localhost\r\n" + chance.choice(FRAMINGS) + b"\r\n\r\n"
    with target.connect() as client:
        give(client, head + chance.choice((b"{}", b"2\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffff\r\n", b"zz\r\n", b"")))
        end(client)
        expect(drain(client), 200, 400, 403, 404, 413, 501, 505)


def long_header(target, chance):
    with target.connect() as client:
        give(client, READ[:-2] + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n")
        assert expect(drain(client), 431) <= 1


def many_headers(target, chance):
    with target.connect() as client:
        give(client, READ[:-2] + b"".join(b"X-%d: a\r\n" % number for number in range(20_000)) + b"\r\n")
        assert expect(drain(client), 431) <= 1


def long_target(target, chance):
    with target.connect() as client:
        give(client, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert expect(drain(client), 414) <= 1


def big_body(target, chance):
    """10 MB, with a length or in chunks."""
    head, piece = build("PUT", f"{LIST}/reader").split(b"\r\n\r\n")[0], b"a" * 100_000
    chunked = chance.random() < 0.5
    head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length"))
    with target.connect() as client:
        give(client, head + (b"\r\nTransfer-Encoding: chunked\r\n\r\n" if chunked else b"\r\nContent-Length: 10000000\r\n\r\n"))
        for _ in range(100):
            give(client, b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        give(client, b"0\r\n\r\n" if chunked else b"")
        end(client)
        assert expect(drain(client), 413) <= 1


def pipelined(target, chance):
    """50 requests in one go get 50 answers, in their order."""
    names = [f"nobody-{number}" for number in range(50)]
    with target.connect() as client:
        client.sendall(b"".join(build("GET", f"{LIST}/{name}") for name in names)
                       + build("GET", "/nowhere", headers=[("Connection", "close")]))
        data = drain(client)
    assert statuses(data) == [404] * 50 + [403], data[-300:]
    assert re.findall(rb"(nobody-\d+)\]", data) == [name.encode() for name in names]


def half_closed(target, chance):
    """A client that has said all it has to say is answered."""
    with target.connect() as client:
        client.sendall(READ)
        end(client)
        assert statuses(drain(client)) == [200]


def abandoned(target, chance):
    """Requests whose client resets the connection, before or while they are answered."""
    with target.connect() as client:
        give(client, build("POST", f"{LIST}/left-{chance.randrange(50)}", {"password": harness.PASSWORD}) * 3)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def cut_off(target, chance):
    """A request that ends in its middle."""
    data = build("POST", f"{LIST}/cut", {"password": harness.PASSWORD})
    with target.connect() as client:
        give(client, data[:chance.randrange(len(data))])


ABUSES = (random_bytes, almost_http, bad_framing, long_header, many_headers, long_target, big_body, pipelined, half_closed,
          abandoned, cut_off)
# What needs to close one side only, which TLS's sockets of Python cannot.
PLAIN_ONLY = {random_bytes, almost_http, bad_framing, big_body, half_closed}


def broken_handshake(target, chance):
    """For the HTTPS port: plain HTTP, nonsense, or a hello that ends in its middle."""
    with socket.create_connection(target.address, LIMIT_S) as client:
        give(client, chance.choice((READ, chance.randbytes(300), b"\x16\x03\x01\x02\x00\x01\x00")))
        end(client)
        drain(client)


class Healthy(threading.Thread):
    """One user after the other is created, read, changed and deleted; every answer must be right."""

    def __init__(self, target):
        super().__init__()
        self.target, self.done, self.answers, self.problem = target, threading.Event(), 0, None

    def run(self):
        try:
            with harness.Client(self.target.address, timeout_s=LIMIT_S) as client:
                number = 0
                while not self.done.is_set():
                    self.live(client, f"healthy-{number % 100}")
                    number += 1
        except Exception as error:  # told by wait and finish
            self.problem = error

    def live(self, client, name):
        path = f"{LIST}/{name}"
        body = {"password": harness.PASSWORD, "groups": ["admins"]}
        harness.assert_ok(client.call("POST", path, body))
        assert harness.assert_ok(client.call("GET", path)).json()["pending"]["pendingChange"] == "CREATE"
        harness.assert_ok(client.call("PUT", path, {"consoleAccess": True}))
        harness.assert_ok(client.call("DELETE", path))
        harness.assert_ok(client.call("GET", f"{LIST}/reader"))
        client.call("POST", "/v1/brokers/b-load/reboot")
        self.answers += 6

    def wait(self, more):
        """Until it has got that many answers more."""
        goal = self.answers + more
        harness.eventually(lambda: self.problem or self.answers >= goal, "answers to a healthy client", LIMIT_S)
        if self.problem:
            raise self.problem

    def finish(self):
        self.done.set()
        self.join(LIMIT_S)
        assert not self.is_alive()
        if self.problem:
            raise self.problem
