"""kill -9 under load: what was acknowledged is there afterwards, and the file is sound."""

import os
import threading
import time

import pytest

import harness
import wire
from harness import PASSWORD, Server, assert_ok, build

store = wire.store

THREADS = 4
ENOUGH = 150  # acknowledged calls before the kill: several ticks of every thread
BROKERS = [f"b-crash-{number}" for number in range(THREADS)]


class Writer(threading.Thread):
    """Changes users of one broker, one call after the other, until the connection breaks; notes what it was told.

    state        username -> (pending change, groups) as acknowledged
    doubtful     the user whose last call got no answer: either of its two states is right
    """

    def __init__(self, server, broker, tally):
        super().__init__()
        self.client = server.client()
        self.broker = broker
        self.tally = tally
        self.state = {}
        self.doubtful = None
        self.problem = None

    def run(self):
        try:
            for number in range(200):
                for change in self.life(f"user-{number:03}"):
                    if not self.change(*change):
                        return
        except Exception as error:  # told by the test's own thread
            self.problem = error

    def life(self, name):
        """Create, update, and delete every third."""
        yield name, "POST", {"password": PASSWORD, "groups": ["first"]}, ("CREATE", '["first"]')
        yield name, "PUT", {"groups": ["second"]}, ("CREATE", '["second"]')
        if name[-1] in "0369":
            yield name, "DELETE", None, ("DELETE", '["second"]')

    def change(self, name, method, body, after):
        target = harness.user_path(self.broker, name)
        self.doubtful = (name, after)
        try:
            self.client.send(build(method, target, body))
            response = self.client.receive(method, target)
        except (harness.ConnectionEnded, OSError):
            return False
        assert_ok(response, {})
        self.state[name] = after
        self.doubtful = None
        self.tally.release()
        return True


def assert_kept(store, writers):
    store.assert_sound()
    for writer in writers:
        rows = {name: (change, groups) for name, change, groups in store.query(
            "SELECT username, pending_change, groups FROM pending_user WHERE broker_id = ?", writer.broker)}
        expected = dict(writer.state)
        if writer.doubtful:
            name, after = writer.doubtful
            if rows.get(name) == after:
                expected[name] = after
        assert rows == expected, writer.broker


def run_load(server, acknowledged):
    """Starts the writers and returns them once that many of their calls were acknowledged."""
    tally = threading.Semaphore(0)
    writers = [Writer(server, broker, tally) for broker in BROKERS]
    for writer in writers:
        writer.start()
    for _ in range(acknowledged):
        assert tally.acquire(timeout=harness.DEADLINE_S), "the writers do not get on"
    return writers


def join(writers):
    for writer in writers:
        writer.join(harness.DEADLINE_S)
        assert not writer.is_alive()
        writer.client.close()
        if writer.problem:
            raise writer.problem


SEED = "".join(map(harness.sql_broker, BROKERS))


@pytest.mark.parametrize("durability", ("full", "normal"))
@pytest.mark.parametrize("acknowledged", (1, 17, ENOUGH, 2 * ENOUGH))
def test_DUR_6_kill_9_loses_nothing_that_was_acknowledged(store, durability, acknowledged):
    flags = ("--db", store.path, "--durability", durability)
    server = Server(*flags, seed=SEED)
    with server:
        writers = run_load(server, acknowledged)
        server.kill()
        join(writers)
        server.clients = []
        server.start()
        client = server.client()
        for writer in writers:
            if writer.state:
                name = max(writer.state)
                assert_ok(client.call("GET", harness.user_path(writer.broker, name)))
        server.close_clients()
        server.stop()
        assert_kept(store, writers)


def test_DUR_6_kill_9_again_and_again_on_the_same_file(store):
    server = Server("--db", store.path, "--reboot-time", "0", seed=SEED)
    with server:
        for _ in range(4):
            writers = run_load(server, 40)
            server.kill()
            join(writers)
            server.clients = []
            server.start()
            server.stop()
            assert_kept(store, writers)
            server.start()
            client = server.client()
            # A clean slate for the next round, by the API itself.
            for writer in writers:
                for name in {*writer.state, *([writer.doubtful[0]] if writer.doubtful else ())}:
                    assert client.call("DELETE", harness.user_path(writer.broker, name)).status in (200, 404)
                harness.reboot(client, writer.broker)
                body = assert_ok(client.call("GET", harness.users_path(writer.broker))).json()
                assert body["users"] == []
            server.close_clients()


# A seed that takes a while, and fills the write-ahead log before it is done.
MANY = 30_000
SLOW_SEED = SEED + f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})
INSERT INTO user (broker_id, username, password, groups)
SELECT '{BROKERS[0]}', printf('user-%06d', i), '{PASSWORD}', '["{"g" * 80}","{"h" * 80}"]' FROM n;
"""


def size(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return -1


@pytest.mark.parametrize("log_bytes", (None, -1, 0, 1, 100_000, 500_000, 2_000_000))
def test_DUR_6_SEED_7_kill_9_while_a_store_is_made(store, log_bytes):
    """Whatever the moment: the next start finds no store and seeds one, or it finds a whole one."""
    with Server("--db", store.path, seed=SLOW_SEED) as server:
        server.stop()
        os.unlink(store.path)
        server.spawn()
        if log_bytes is not None:
            end = time.monotonic() + harness.DEADLINE_S
            while max(size(store.path), size(store.path + "-wal")) <= log_bytes and time.monotonic() < end:
                pass
        server.kill()
        server.start()
        client = server.client()
        assert_ok(client.call("GET", harness.user_path(BROKERS[0], f"user-{MANY:06}")))
        server.close_clients()
        server.stop()
        store.assert_sound()
        assert store.query("SELECT count(*) FROM user") == [(MANY,)]
        server.start()


def test_DUR_6_RBT_11_kill_9_during_a_reboot(serve, store):
    server = serve("--db", store.path, "--reboot-time", "600s", seed=wire.SEED)
    client = server.client()
    harness.create_user(client, wire.BROKER, "bob")
    assert_ok(client.call("POST", harness.reboot_path(wire.BROKER)), {})
    server.close_clients()
    server.kill()
    server.start()
    client = server.client()
    assert assert_ok(client.call("GET", harness.broker_path(wire.BROKER))).json()["brokerState"] == "REBOOT_IN_PROGRESS"
    assert "pending" in assert_ok(client.call("GET", f"{wire.LIST}/bob")).json()


def test_DUR_6_what_was_applied_at_once_survives_kill_9(serve, store):
    server = serve("--db", store.path, "--reboot-time", "0", seed=wire.SEED)
    client = server.client()
    harness.create_user(client, wire.BROKER, "bob", groups=["admins"])
    harness.delete_user(client, wire.BROKER, "alice")
    assert_ok(client.call("POST", harness.reboot_path(wire.BROKER)), {})
    server.close_clients()
    server.kill()
    server.start()
    client = server.client()
    users = assert_ok(client.call("GET", wire.LIST)).json()["users"]
    assert users == [{"username": "bob"}]
    assert assert_ok(client.call("GET", f"{wire.LIST}/bob")).json()["groups"] == ["admins"]
