"""What the tests of the wire, the start and the durability need beyond harness.py."""

import contextlib
import fcntl
import os
import resource
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import termios
import threading

import pytest

import harness

BROKER = "b-wire"
SEED = harness.sql_broker(BROKER) + harness.sql_user(BROKER, "alice")
LIST = f"/v1/brokers/{BROKER}/users"
ALICE = f"{LIST}/alice"
NOBODY = 65534

# Time-outs that never end a test's connection: whatever closes one then was something else.
PATIENT = ("--request-timeout", "300s", "--idle-timeout", "300s")


# --- Processes -------------------------------------------------------------------------------------------------

def refuse_start(*flags, code=1, env=None, cwd=None, preexec=None):
    """Runs the binary where it must not start; asserts the exit code, one line on stderr, and returns that line."""
    result = subprocess.run([harness.BINARY, *map(str, flags)], env=harness.environment(env), cwd=cwd,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                            timeout=harness.DEADLINE_S, preexec_fn=preexec)
    errors = result.stderr.decode("utf-8")
    assert result.returncode == code, f"{flags}: exit code {result.returncode}: {errors}"
    assert result.stdout == b"", f"{flags}: {result.stdout!r} on stdout"
    assert errors.endswith("\n") and errors.count("\n") == 1, f"{flags}: not one line: {errors!r}"
    return errors[:-1]


def soft_limit(kind, soft, hard=None):
    """A preexec function that sets a resource limit; the hard one stays unless given."""
    def apply():
        resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1] if hard is None else hard))
    return apply


def in_order(*functions):
    """A preexec function that calls others one after the other; None among them is passed over."""
    def apply():
        for function in functions:
            if function:
                function()
    return apply


def need_files(count):
    """Raises our own limit of open files; skips the test where the system does not allow that many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        pytest.skip(f"needs {count} open files, the hard limit is {hard}")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def need_root():
    if os.geteuid() != 0:
        pytest.skip("needs root")


def as_nobody():
    """A preexec function that drops root, whom no file mode stops; skips where that cannot work. None if not root."""
    if os.geteuid() != 0:
        return None

    def drop():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    probe = subprocess.run([harness.BINARY, "--version"], preexec_fn=drop, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False) if _reachable(harness.BINARY) else None
    if probe is None or probe.returncode != 0:
        pytest.skip("an ordinary user cannot run the server's binary here")
    return drop


def _reachable(path):
    """Whether everybody may run that file."""
    path = os.path.abspath(path)
    while True:
        if not os.stat(path).st_mode & 0o001:
            return False
        if path == "/":
            return True
        path = os.path.dirname(path)


@contextlib.contextmanager
def stopped(server):
    """The server's process does not run within the block, so everything sent there is ready when it goes on."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def open_files_limit(pid):
    """The soft limit of open files of a process."""
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        for line in file:
            if line.startswith("Max open files"):
                return int(line.split()[3])
    raise AssertionError("no line about open files")


def open_files(pid):
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


# --- Addresses -------------------------------------------------------------------------------------------------

def have_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not have_ipv6(), reason="the machine has no ::1")


def free_port():
    """A port that was free on 127.0.0.1 and ::1 a moment ago."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if not have_ipv6():
                return port
            with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as second:
                try:
                    second.bind(("::1", port))
                except OSError:
                    continue
                return port


def refuses_connections(address):
    """Whether nobody listens there."""
    try:
        socket.create_connection(address, harness.DEADLINE_S).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False


# --- Connections -----------------------------------------------------------------------------------------------

def get(target=ALICE, address=("127.0.0.1", 80), headers=()):
    """The bytes of a GET."""
    return harness.build("GET", target, None, headers, address)


def is_silent(client):
    """Whether nothing, not even the end of the connection, has come yet."""
    return not client.buffer and not select.select([client.socket], [], [], 0)[0]


def unsent(client):
    """The bytes that the client's kernel still has to send, or does not know to have arrived."""
    return struct.unpack("i", fcntl.ioctl(client.socket.fileno(), termios.TIOCOUTQ, b"\0" * 4))[0]


def unread(client):
    """The bytes of this client (IPv4) that have arrived and that the server has not read."""
    ports = [f"{address[1]:04X}" for address in (client.socket.getpeername(), client.socket.getsockname())]
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in list(file)[1:]]
    return next(int(row[4].split(":")[1], 16) for row in rows if [end.split(":")[1] for end in row[1:3]] == ports)


def trickle(client, pieces):
    """Sends a piece every tenth of a second until the server ends the connection; returns what it had sent.

    pieces   an endless iterator
    """
    received = b""
    for _ in range(int(harness.DEADLINE_S * 10)):
        ready, _, _ = select.select([client.socket], [], [], 0.1)
        try:
            if ready:
                data = client.socket.recv(65536)
                if not data:
                    return received
                received += data
            else:
                client.socket.sendall(next(pieces))
        except (ConnectionResetError, BrokenPipeError):
            return received
    raise AssertionError("the server does not end the connection")


@contextlib.contextmanager
def flooding(client, data):
    """Within the block the client sends data over and over, as fast as it goes, and reads nothing."""
    ended = threading.Event()
    client.socket.setblocking(False)

    def flood():
        poller = select.poll()
        poller.register(client.socket, select.POLLOUT)
        rest = data
        while not ended.is_set():
            if poller.poll(100):
                try:
                    rest = rest[client.socket.send(rest):] or data
                except OSError:
                    return

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def assert_malformed(client, response):
    """The answer to bad framing, after which the connection is closed."""
    body = response.json()
    assert (response.status, response.error) == (400, "BadRequestException"), response
    assert list(body) == ["message"], response
    assert body["message"].startswith("Malformed HTTP request: ") and body["message"].endswith("."), response
    assert (response.header("Connection") or "").lower() == "close", response
    assert client.socket is None or client.receive_until_closed() == b"", "more than one answer"


def library_refuses_more():
    """libmicrohttpd 1.0 refuses by itself, in HTML, some heads and chunks of which 0.9.75 leaves the judgement to us."""
    return harness.library_version("libmicrohttpd") >= (1,)


def receive_malformed(client, method, target="", by_library=False):
    """Receives the refusal of bad framing; `by_library`: a kind that libmicrohttpd 1.0 refuses by itself."""
    if by_library and library_refuses_more():
        response = client.receive(method, target, harness.CHECK_NONE)
        assert response.status == 400 and response.body.startswith(b"<html>"), response
        assert client.socket is None or client.receive_until_closed() == b"", "more than one answer"
    else:
        assert_malformed(client, client.receive(method, target))


def is_sanitized():
    """Whether the binary is built with a sanitizer, whose own memory says nothing of the server's."""
    with open(harness.BINARY, "rb") as file:
        return b"__asan_init" in file.read()


def is_static():
    """Whether the binary has its libraries in it, so that none can be preloaded: it names no program interpreter."""
    with open(harness.BINARY, "rb") as file:
        head = file.read(4096)
    start, = struct.unpack_from("<Q", head, 0x20)
    size, count = struct.unpack_from("<HH", head, 0x36)
    return all(struct.unpack_from("<I", head, start + number * size) != (3,) for number in range(count))


def faulty(name, **variables):
    """Options of harness.Server for a server with tests/faults/NAME.c: preloaded, or linked into a static one."""
    if is_static():
        linked = harness.BINARY + "-faults"
        if not os.path.exists(linked):
            pytest.skip(f"no {linked}: `make static-test` links it")
        return {"binary": linked, "env": variables}
    if not shutil.which("make") or not shutil.which(os.environ.get("CC", "cc")):
        pytest.skip(f"no make or C compiler here for build/{name}.so")
    subprocess.run(["make", "-s", f"build/{name}.so"], cwd=harness.ROOT, check=True)
    return {"env": {"LD_PRELOAD": os.path.join(harness.ROOT, "build", f"{name}.so"), **variables}}


@pytest.fixture(scope="module")
def server():
    with harness.Server(*PATIENT, seed=SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


# --- Log lines -------------------------------------------------------------------------------------------------

def parse_log_line(line):
    """A logfmt line as a dict; fails where it is none."""
    fields, at = {}, 0
    while at < len(line):
        name, separator, _ = line[at:].partition("=")
        assert separator and name and " " not in name and '"' not in name, f"no logfmt: {line!r}"
        at += len(name) + 1
        value = ""
        if line[at:at + 1] == '"':
            at += 1
            while True:
                assert at < len(line), f"unfinished string: {line!r}"
                if line[at] == "\\":
                    value += line[at:at + 2]
                    at += 2
                elif line[at] == '"':
                    at += 1
                    break
                else:
                    value += line[at]
                    at += 1
        else:
            end = line.find(" ", at)
            end = len(line) if end < 0 else end
            value, at = line[at:end], end
        assert name not in fields, f"{name} twice: {line!r}"
        fields[name] = value
        assert at == len(line) or line[at] == " ", f"no logfmt: {line!r}"
        at += 1
    return fields


def log_lines(server):
    """The whole lines of stderr so far, each as a dict."""
    text = server.stderr_text()
    return [parse_log_line(line) for line in text[:text.rfind("\n") + 1].split("\n")[:-1]]


def assert_no_error_logged(server):
    """What clients do wrong is answered, and is no error of the server's own."""
    errors = [line for line in log_lines(server) if line["level"] == "error"]
    assert errors == [], errors[:5]


def request_lines(server):
    """The lines about requests."""
    return [line for line in log_lines(server) if line.get("event") == "request"]


def request_line(server, request_id):
    """The line about the request with that id, once it is written."""
    def found():
        return [line for line in request_lines(server) if line.get("id") == request_id]

    lines = harness.eventually(found, f"the log line of {request_id}")
    assert len(lines) == 1, lines
    return lines[0]


# --- Store files -----------------------------------------------------------------------------------------------

class StoreFile:
    """A directory of its own for a store file; use as a context manager."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="amazonmq-local-store-")
        self.path = os.path.join(self.directory, "store.db")

    @classmethod
    def at(cls, directory):
        """A store file in a directory that somebody else takes care of."""
        file = cls.__new__(cls)
        file.directory, file.path = directory, os.path.join(directory, "store.db")
        return file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def execute(self, sql):
        """Changes the file of a stopped server."""
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(sql)

    def query(self, sql, *values):
        """The rows of a query on the file of a stopped server."""
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql, values).fetchall()

    def assert_sound(self):
        """Asserts what SQLite itself can say about the file."""
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        assert self.query("PRAGMA foreign_key_check") == []


@pytest.fixture
def store():
    with StoreFile() as file:
        yield file
