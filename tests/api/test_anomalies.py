"""The running server when an allocation fails: its own, SQLite's or libmicrohttpd's, the first, the second, the third …

A request then ends with its answer, a 500 or the end of the connection, never in silence; whoever comes next is served.
What the store makes of failing memory and disks is looked at without sockets, in tests/unit/test_anomaly_*.c.
"""

import mmap
import os
import shutil
import ssl
import struct
import tempfile

import pytest

import harness
import wire
from harness import PASSWORD, build, sql_broker, sql_user, user_path, users_path

BROKER = "b-anomaly"
SEED = (sql_broker(BROKER) + sql_user(BROKER, "alice") + sql_user(BROKER, "bob")
        + harness.sql_insert("configuration", id="c-mine", name="mine"))
ALICE = user_path(BROKER, "alice")
TAGS = harness.tags_path("arn:aws:mq:us-east-1:123456789012:configuration:c-mine")

pytestmark = pytest.mark.skipif(wire.is_sanitized(), reason="a sanitizer has allocators of its own")


class Faults:
    """Which allocation of the server fails: shared with it, see tests/faults/failing_malloc.c."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(bytes(24))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 24)

    def arm(self, countdown, lasting):
        self.map[:] = struct.pack("=qqq", countdown, lasting, 0)

    def disarm(self):
        """Returns whether an allocation has failed."""
        failures = struct.unpack("=qqq", self.map[:])[2]
        self.map[:] = bytes(24)
        return failures > 0


@pytest.fixture
def failing(serve):
    """A server and the Faults of its memory."""
    directory = tempfile.mkdtemp(prefix="amazonmq-local-anomalies-")
    faults = Faults(os.path.join(directory, "faults"))
    options = wire.faulty("failing_malloc", FAILING_MALLOC=faults.path) | {"seed": SEED}
    yield (lambda *flags: serve("--host", "127.0.0.1", "--reboot-time", "0", *wire.PATIENT, *flags, **options)), faults
    shutil.rmtree(directory)


def attempt(server, data, connect):
    """The Response to these bytes over a connection of its own; None: it was closed."""
    client = harness.Client((server.host, server.port))
    try:
        client.socket = connect(server)
        client.send(data)
        method, target = data.split(b" ", 2)[:2]
        return client.receive(method.decode("ascii"), target.decode("ascii"), check=harness.CHECK_NONE)
    except (harness.ConnectionEnded, ConnectionError, ssl.SSLError):
        return None
    finally:
        client.close()


def plain(server):
    return harness.Client((server.host, server.port)).connect()


def assert_serves(server, steady, lasting):
    """Those who are there and those who come.

    Without memory even a rollback may fail; it is tried again in each tick, and the tick in which memory came back
    may have been one without.
    """
    assert server.process.poll() is None, server.stderr_text()[-4000:]
    if lasting:
        harness.eventually(lambda: steady.call("GET", ALICE).status == 200, "a server with memory again")
    harness.assert_ok(steady.call("GET", ALICE))
    with harness.Client((server.host, server.port)) as fresh:
        harness.assert_ok(fresh.call("GET", ALICE))


def sweep(server, faults, requests, status, check=None, connect=plain):
    """Sends the next of `requests` while its first allocation fails, its second …, until none has failed.

    check   called with each request's number and Response or None, with memory again
    """
    steady = server.client()
    outcomes = set()
    for lasting in (0, 1):
        number, struck = 1, True
        while struck:
            assert number < 20_000
            data = next(requests)
            faults.arm(number, lasting)
            response = attempt(server, data, connect)
            struck = faults.disarm()
            assert_serves(server, steady, lasting)
            outcomes.add(response.status if response else None)
            assert response is None or response.status in (status, 500, 503), response
            assert struck or response is not None and response.status == status, response
            if response is not None and response.status == 500:
                assert response.error == "InternalServerErrorException"
            if check:
                check(data, response)
            number += 1
    return outcomes


def repeat(data):
    while True:
        yield data


def test_DUR_8_each_allocation_of_a_write_fails(failing):
    """A 500 has left nothing; where the connection was closed the user is there or not, the rest is as it was."""
    start, faults = failing
    server = start()
    reader = server.client()

    def requests():
        for number in range(1_000_000):
            yield build("POST", user_path(BROKER, f"user-{number}"), {"password": PASSWORD, "groups": ["readers"]})

    def check(data, response):
        target = data.split(b" ", 2)[1].decode("ascii")
        found = reader.call("GET", target)
        if response is not None:
            assert found.status == (200 if response.status == 200 else 404), (response, found)
        if found.status == 200:
            assert found.json()["pending"]["groups"] == ["readers"]
            harness.assert_ok(reader.call("DELETE", target), {})
            harness.assert_ok(reader.call("POST", harness.reboot_path(BROKER)), {})

    outcomes = sweep(server, faults, requests(), 200, check)
    assert outcomes == {None, 200, 500}
    users = harness.assert_ok(reader.call("GET", users_path(BROKER))).json()["users"]
    assert [user["username"] for user in users] == ["alice", "bob"]


REQUESTS = {
    "DescribeUser": (build("GET", ALICE), 200),
    "UpdateUser": (build("PUT", user_path(BROKER, "bob"), {"groups": ["readers"]}), 200),
    "ListUsers": (build("GET", users_path(BROKER) + "?maxResults=5"), 200),
    "DescribeBroker": (build("GET", harness.broker_path(BROKER)), 200),
    "RebootBroker": (build("POST", harness.reboot_path(BROKER)), 200),
    "CreateTags": (build("POST", TAGS, {"tags": {"a": "b"}}), 204),
    "ListTags": (build("GET", TAGS), 200),
    "instance options": (build("GET", "/v1/broker-instance-options?maxResults=100"), 200),
    "a refused body": (build("POST", user_path(BROKER, "carol"), {"password": "short"}), 400),
    "a large body": (build("PUT", user_path(BROKER, "bob"), {"groups": ["x"] * 20_000}), 400),
    "no operation": (build("GET", "/v1/nothing"), 403),
    "bad framing": (b"POST /v1/brokers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    "health": (build("GET", "/_local/health"), 200),
    "snapshot": (build("GET", "/_local/snapshot"), 200),
    "seed": (build("POST", "/_local/seed", "UPDATE user SET groups = '[]' WHERE username = 'alice'"), 200),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_DUR_8_each_allocation_fails(failing, name):
    start, faults = failing
    data, status = REQUESTS[name]
    outcomes = sweep(start(), faults, repeat(data), status)
    assert {None, status} <= outcomes
