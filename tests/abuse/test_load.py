"""Many connections and bad ones; a healthy client beside them is answered throughout, and nothing is left behind."""

import contextlib
import random
import resource

import pytest

import harness
import traffic
import wire
from tls_server import TlsServer
from traffic import ABUSES, LIMIT_S, READ, Healthy, Target

CHANCE_SEED = random.SystemRandom().randrange(1 << 32)  # shown where a test fails
CROWD = 1000
IN_TURN = 10_000
FLAGS = ("--reboot-time", "0", "--log-level", "error", "--journal", "100")


def resident_kb(server):
    with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


@pytest.fixture
def server():
    wire.need_files(CROWD + 200)
    with harness.Server(*FLAGS, seed=traffic.SEED, preexec=wire.soft_limit(resource.RLIMIT_NOFILE, CROWD + 200)) as running:
        yield running


@pytest.fixture
def target(server):
    return Target((server.host, server.port))


@pytest.fixture
def healthy(target):
    client = Healthy(target)
    client.start()
    yield client
    client.finish()


@pytest.fixture
def chance():
    print(f"random.Random({CHANCE_SEED})")
    return random.Random(CHANCE_SEED)


def assert_back(server, files):
    """The server's open files are as many as before."""
    harness.eventually(lambda: wire.open_files(server.pid) == files, f"{files} open files again", LIMIT_S)


def read_all(client):
    data = b""
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        part = client.recv(1 << 16)
        assert part, "closed without an answer"
        data += part
    return data


def test_ten_thousand_connections_in_turn(server, target, healthy):
    healthy.wait(10)
    files = wire.open_files(server.pid)
    memory = []
    for number in range(IN_TURN):
        with target.connect() as client:
            client.sendall(READ)
            assert traffic.statuses(read_all(client)) == [200]
        if number in (IN_TURN // 10, IN_TURN - 1):
            memory.append(resident_kb(server))
    healthy.wait(10)
    assert_back(server, files)
    assert wire.is_sanitized() or memory[1] < memory[0] + 2048, f"memory grows: {memory} kB"


def test_a_thousand_at_once(server, target, healthy):
    healthy.wait(10)
    files = wire.open_files(server.pid)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(target.connect()) for _ in range(CROWD)]
        for _ in range(3):
            for client in clients:
                client.sendall(READ)
            for client in clients:
                assert traffic.statuses(read_all(client)) == [200]
            healthy.wait(6)
    assert_back(server, files)


def test_slow_clients_are_cut_and_nobody_waits_for_them():
    """Half requests on most of the places; the server's own deadline frees them."""
    wire.need_files(CROWD)
    flags = (*FLAGS, "--request-timeout", "2s", "--max-connections", "400")
    with harness.Server(*flags, seed=traffic.SEED) as server, contextlib.ExitStack() as stack:
        target = Target((server.host, server.port))
        healthy = Healthy(target)
        healthy.start()
        healthy.wait(6)
        files = wire.open_files(server.pid)
        slow = [stack.enter_context(target.connect()) for _ in range(350)]
        for number, client in enumerate(slow):
            client.sendall(READ[:1 + number % (len(READ) - 1)])
        healthy.wait(60)
        for client in slow:
            assert traffic.expect(traffic.drain(client), 408) <= 1
        healthy.wait(6)
        healthy.finish()
        assert_back(server, files - 1)


def abuse_all(target, chance, healthy, rounds, abuses):
    for _ in range(rounds):
        for abuse in chance.sample(abuses, len(abuses)):
            abuse(target, chance)
        healthy.wait(6)


def test_abuse_leaves_nothing_behind(server, target, healthy, chance):
    healthy.wait(10)
    abuse_all(target, chance, healthy, 5, ABUSES)
    harness.eventually(lambda: wire.open_files(server.pid) < 20, "the abusers' files closed", LIMIT_S)
    files, memory = wire.open_files(server.pid), resident_kb(server)
    abuse_all(target, chance, healthy, 60, ABUSES)
    assert_back(server, files)
    assert wire.is_sanitized() or resident_kb(server) < memory + 4096, "memory grows"


def test_abuse_of_https(chance):
    with TlsServer(*FLAGS, seed=traffic.SEED) as server:
        plain = Target((server.host, server.port))
        secure = Target(("127.0.0.1", server.tls_port), traffic.tls_wrapper(server.ca))
        healthy = Healthy(plain)
        healthy.start()
        healthy.wait(6)
        files = wire.open_files(server.pid)
        abuses = [abuse for abuse in ABUSES if abuse not in traffic.PLAIN_ONLY]
        abuse_all(secure, chance, healthy, 10, [*abuses, traffic.broken_handshake])
        assert_back(server, files)
        with secure.connect() as client:
            client.sendall(READ)
            assert traffic.statuses(read_all(client)) == [200]
        healthy.finish()
