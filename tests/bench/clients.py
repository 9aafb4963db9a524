"""HTTP clients: one request, one connection with many requests, and many connections at once."""

import contextlib
import json
import re
import selectors
import signal
import socket
import time

from load import ANSWER_LIMIT_S, SIGNATURE
from rows import Missed


class Client:
    """A connection that is kept while the server keeps it. Written for little time of its own, not for every HTTP."""

    def __init__(self, port, limit_s=ANSWER_LIMIT_S):
        self.port, self.limit_s = port, limit_s
        self.connection = None
        self.buffer = bytearray(1 << 16)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def call(self, method, path, body=None):
        """Sends one request; the body of the answer, which must be a 200 or 201."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.ask((f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {SIGNATURE}\r\n"
                         f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n").encode() + data)

    def ask(self, request):
        if not self.connection:
            self.connection = socket.create_connection(("127.0.0.1", self.port), self.limit_s)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?im)^content-length: *(\d+)\r?$", head)
        if not re.match(rb"HTTP/1\.[01] 20[01] ", head) or not length:
            self.close()
            raise Missed(f"{request[:80].decode().splitlines()[0]}: {data[:300].decode(errors='replace')!r}")
        parts, missing = [body], int(length[1]) - len(body)
        while missing > 0:
            parts.append(self.receive())
            missing -= len(parts[-1])
        if head.startswith(b"HTTP/1.0") or re.search(rb"(?im)^connection: *close\r?$", head):
            self.close()
        return b"".join(parts)

    def receive(self):
        size = self.connection.recv_into(self.buffer)
        if not size:
            raise Missed("connection closed without an answer")
        return bytes(self.buffer[:size])


def timed_ms(function, *arguments):
    begin = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - begin) * 1000


def ask(port, path):
    """One request on a connection of its own."""
    with Client(port) as client:
        client.ask(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


def answer_is_complete(data):
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return False
    length = re.search(rb"(?im)^content-length: (\d+)\r?$", head)
    if not head.startswith(b"HTTP/1.1 200 ") or not length or len(body) > int(length[1]):
        raise Missed(f"unexpected answer: {data[:120]!r}")
    return len(body) == int(length[1])


def count_answers(clients):
    """How many of the connections get a whole answer before the deadline."""
    waiting, end = {client: b"" for client in clients}, time.monotonic() + ANSWER_LIMIT_S
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client, selectors.EVENT_READ)
        while waiting and (ready := selector.select(max(0, end - time.monotonic()))):
            for key, _ in ready:
                part = key.fileobj.recv(65536)
                waiting[key.fileobj] += part
                complete = answer_is_complete(waiting[key.fileobj])
                if complete:
                    del waiting[key.fileobj]
                if complete or not part:
                    selector.unregister(key.fileobj)
    return len(clients) - len(waiting)


def ask_all_at_once(program, count, path):
    """The least number of answers in three rounds on `count` connections whose requests are all there at once."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    answered = count
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", program.port), ANSWER_LIMIT_S))
                   for _ in range(count)]
        for _ in range(3):
            program.process.send_signal(signal.SIGSTOP)
            try:
                for client in clients:
                    client.sendall(request)
            finally:
                program.process.send_signal(signal.SIGCONT)
            answered = min(answered, count_answers(clients))
    return answered
