"""No room on the disk, a file that may not grow, no memory: a 500, nothing left behind, and right again afterwards."""

import os
import resource
import subprocess
import tempfile

import pytest

import harness
import wire
from harness import PASSWORD, assert_error, assert_ok, build

store = wire.store

INTERNAL = "Unexpected internal server error. Retrying your request might resolve the issue."
BIG = {"password": PASSWORD, "groups": [f"group-{number:02}-" + "g" * 80 for number in range(20)]}
BROKERS = [f"b-disk-{number}" for number in range(60)]
SEED = "".join(map(harness.sql_broker, BROKERS)) + harness.sql_user(BROKERS[0], "alice")
ALICE = harness.user_path(BROKERS[0], "alice")


def assert_internal(response):
    return assert_error(response, 500, "InternalServerErrorException", INTERNAL)


def names():
    """(broker, user) without end, never more than 250 of a broker."""
    for broker in BROKERS:
        for number in range(240):
            yield broker, f"user-{number:03}"
    raise AssertionError("the disk never got full")


class Filler:
    """Creates users until one is refused; knows which were acknowledged."""

    def __init__(self, client):
        self.client = client
        self.names = names()
        self.created = set()

    def fill(self):
        """Returns the (broker, user) that was answered with a 500."""
        while True:
            broker, name = next(self.names)
            response = self.client.call("POST", harness.user_path(broker, name), BIG)
            if response.status == 500:
                assert_internal(response)
                return broker, name
            assert_ok(response, {})
            self.created.add((broker, name))


def stored(store):
    return set(store.query("SELECT broker_id, username FROM user WHERE pending_change = 'CREATE'"))


class Tmpfs:
    """A file system of that many bytes, mounted where it is entered."""

    def __init__(self, size):
        self.size = size

    def __enter__(self):
        wire.need_root()
        self.directory = tempfile.mkdtemp(prefix="amazonmq-local-tmpfs-")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "none", self.directory],
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            os.rmdir(self.directory)
            pytest.skip(f"cannot mount a tmpfs: {done.stderr.decode().strip()}")
        return self

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.directory], check=True)

    def __exit__(self, *_):
        subprocess.run(["umount", self.directory], check=True)
        os.rmdir(self.directory)


@pytest.fixture
def small_disk():
    """A server whose store is on a tmpfs of 1 MiB, and that tmpfs."""
    with Tmpfs(1 << 20) as disk:
        file = wire.StoreFile.at(disk.directory)
        with harness.Server("--db", file.path, "--reboot-time", "0", seed=SEED) as server:
            yield server, disk, file


def ballast(disk):
    """Fills what is left with another file; returns its path."""
    path = os.path.join(disk.directory, "ballast")
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return path


# --- A full disk -----------------------------------------------------------------------------------------------

def test_DUR_7_a_full_disk(small_disk):
    server, disk, file = small_disk
    client = server.client()
    first = client.connect()
    filler = Filler(client)
    broker, name = filler.fill()
    # The connection stays, reads are answered, and nothing of the failed call is seen.
    assert client.socket is first
    assert_ok(client.call("GET", ALICE))
    harness.assert_no_user(client.call("GET", harness.user_path(broker, name)), name)
    for _ in range(5):
        assert_internal(client.call("POST", harness.user_path(broker, name), BIG))
        assert_ok(client.call("GET", ALICE))
    assert client.call("GET", "/_local/health", check=harness.CHECK_NONE).status == 200
    disk.resize(64 << 20)
    # Nothing but room is needed to go on.
    assert_ok(client.call("POST", harness.user_path(broker, name), BIG), {})
    filler.created.add((broker, name))
    server.stop()
    file.assert_sound()
    assert stored(file) == filler.created


def assert_goes_on(small_disk, filler):
    """With room again the server starts, and its file holds just what was acknowledged."""
    server, disk, file = small_disk
    disk.resize(64 << 20)
    server.start()
    assert_ok(server.client().call("GET", ALICE))
    server.close_clients()
    server.stop()
    file.assert_sound()
    assert stored(file) == filler.created
    server.start()


def test_DUR_7_DUR_6_kill_9_on_a_full_disk(small_disk):
    server, _, _ = small_disk
    filler = Filler(server.client())
    filler.fill()
    server.close_clients()
    server.kill()
    assert_goes_on(small_disk, filler)


def test_DUR_7_a_stop_on_a_full_disk(small_disk):
    server, _, _ = small_disk
    filler = Filler(server.client())
    filler.fill()
    server.close_clients()
    server.stop()
    assert_goes_on(small_disk, filler)


def test_DUR_7_two_writers_and_a_reader_in_one_tick(small_disk):
    """A lost transaction takes the whole tick: none of its answers may show what is gone, and all must come."""
    server, disk, file = small_disk
    filler = Filler(server.client())
    path = ballast(disk)
    filler.fill()
    clients = [server.client() for _ in range(5)]
    for client in clients:
        client.connect()
        assert_ok(client.call("GET", ALICE))
    targets = [harness.user_path(BROKERS[-1], f"tick-{number}") for number in range(5)]
    with wire.stopped(server):
        clients[0].send(build("POST", targets[0], BIG))
        clients[1].send(wire.get(targets[0]))
        clients[2].send(build("POST", targets[2], BIG))
        clients[3].send(wire.get(ALICE))
        clients[4].send(build("POST", targets[4], {"password": "short"}))
    assert_internal(clients[0].receive("POST", targets[0]))
    # In the same tick the reads are a 500 too; in one of their own they tell what is stored.
    assert clients[1].receive("GET", targets[0]).status in (404, 500)
    assert_internal(clients[2].receive("POST", targets[2]))
    assert clients[3].receive("GET", ALICE).status in (200, 500)
    assert clients[4].receive("POST", targets[4]).status in (400, 500)
    # The next tick is a new one.
    for client in clients:
        assert_ok(client.call("GET", ALICE))
    os.unlink(path)
    disk.resize(64 << 20)
    for number in (0, 2):
        harness.assert_no_user(clients[1].call("GET", targets[number]), f"tick-{number}")
        assert_ok(clients[number].call("POST", targets[number], BIG), {})
    filler.created |= {(BROKERS[-1], "tick-0"), (BROKERS[-1], "tick-2")}
    server.stop()
    file.assert_sound()
    assert stored(file) == filler.created


def test_DUR_7_FLT_5_faults_on_a_full_disk(small_disk):
    """A count that cannot be stored is no reason to hang or to end."""
    server, disk, file = small_disk
    server.close_clients()
    server.stop()
    file.execute(harness.sql_fault(operation="DescribeUser", username="counted", error="ForbiddenException", times=1))
    server.start()
    client = server.client()
    filler = Filler(client)
    filler.fill()
    ballast(disk)
    broker, name = filler.fill()
    target = harness.user_path(BROKERS[0], "counted")
    assert client.call("GET", target).status in (403, 500)
    assert_ok(client.call("GET", ALICE))
    disk.resize(64 << 20)
    assert_ok(client.call("POST", harness.user_path(broker, name), BIG), {})


def test_DUR_7_a_start_on_a_full_disk():
    with Tmpfs(64 << 10) as disk:
        path = os.path.join(disk.directory, "store.db")
        ballast(disk)
        assert path in wire.refuse_start("--port", 0, "--db", path)


def test_DUR_7_SEED_7_a_seed_that_does_not_fit():
    with Tmpfs(512 << 10) as disk:
        file = wire.StoreFile.at(disk.directory)
        rows = ",".join(f"('b-1', 'user-{number}', '{PASSWORD}')" for number in range(20_000))
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as seed:
            seed.write(harness.sql_broker("b-1")
                       + f"INSERT INTO user (broker_id, username, password) VALUES {rows};")
            seed.flush()
            wire.refuse_start("--port", 0, "--db", file.path, "--seed", seed.name)
        with harness.Server("--db", file.path, seed=wire.SEED) as server:
            client = server.client()
            assert_ok(client.call("GET", wire.ALICE))
            harness.assert_no_broker(client.call("GET", "/v1/brokers/b-1"), "b-1")


# --- A file that may not grow ----------------------------------------------------------------------------------

def limit_files(server, size):
    """Sets how large a file of the running server may get; the rest of the system is not touched."""
    hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))


def test_DUR_7_a_file_that_may_not_grow(serve, store):
    server = serve("--db", store.path, seed=SEED)
    client = server.client()
    sizes = [os.stat(os.path.join(store.directory, name)).st_size for name in os.listdir(store.directory)]
    limit_files(server, max(sizes) + 100_000)
    filler = Filler(client)
    broker, name = filler.fill()
    assert_ok(client.call("GET", ALICE))
    harness.assert_no_user(client.call("GET", harness.user_path(broker, name)), name)
    assert_internal(client.call("POST", harness.user_path(broker, name), BIG))
    limit_files(server, resource.RLIM_INFINITY)
    assert_ok(client.call("POST", harness.user_path(broker, name), BIG), {})
    filler.created.add((broker, name))
    server.stop()
    store.assert_sound()
    assert stored(store) == filler.created


# --- No memory -------------------------------------------------------------------------------------------------

def limit_memory(server, extra):
    """Lets the running server map that much more than it has now; None lifts the limit."""
    hard = resource.prlimit(server.pid, resource.RLIMIT_AS)[1]
    if extra is None:
        resource.prlimit(server.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, hard))
        return
    with open(f"/proc/{server.pid}/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    resource.prlimit(server.pid, resource.RLIMIT_AS, (mapped + extra, hard))


@pytest.mark.skipif(wire.is_sanitized(), reason="a sanitizer ends the process when memory is short")
@pytest.mark.parametrize("extra", (0, 1 << 16, 1 << 20, 4 << 20))
def test_DUR_8_no_memory_for_big_requests(serve, extra):
    server = serve("--host", "127.0.0.1", "--max-body", "16MiB", *wire.PATIENT, seed=SEED)
    warm = server.client()
    assert_ok(warm.call("GET", ALICE))
    limit_memory(server, extra)
    body = b'{"password":"' + PASSWORD.encode() + b'","ignored":[' + b",".join([b'"' + b"x" * 1000 + b'"'] * 8000) + b"]}"
    answered = 0
    for number in range(8):
        target = harness.user_path(BROKERS[1], f"big-{number}")
        try:
            client = server.client()
            client.send(build("POST", target, body))
            response = client.receive("POST", target)
        except (harness.ConnectionEnded, OSError):
            continue  # not even libmicrohttpd's own memory for a connection
        assert_internal(response)
        answered += 1
    assert answered == 8 or extra < 1 << 20
    assert server.process.poll() is None, server.stderr_text()
    limit_memory(server, None)
    with server.client() as client:
        assert_ok(client.call("GET", ALICE))
        assert_ok(client.call("POST", harness.user_path(BROKERS[1], "after"), {"password": PASSWORD}), {})
        users = assert_ok(client.call("GET", harness.users_path(BROKERS[1]))).json()["users"]
        assert users == [{"pendingChange": "CREATE", "username": "after"}]
    assert_ok(warm.call("GET", ALICE))
