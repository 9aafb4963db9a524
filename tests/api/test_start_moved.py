"""A --db file that is removed, renamed or replaced under the server: what is written to it would be lost at the stop."""

import os
import shutil

import pytest

import control_calls as control
import harness
import wire
from harness import assert_error, assert_ok

store = wire.store

INTERNAL = "Unexpected internal server error. Retrying your request might resolve the issue."


def replace(store):
    shutil.copy(store.path, f"{store.path}.copy")
    os.rename(f"{store.path}.copy", store.path)


MOVES = {
    "removed": lambda store: os.unlink(store.path),
    "renamed": lambda store: os.rename(store.path, f"{store.path}.old"),
    "replaced": replace,
    "another kind": lambda store: (os.unlink(store.path), os.mkdir(store.path)),
    "directory renamed": lambda store: os.rename(store.directory, f"{store.directory}.old"),
    "log removed": lambda store: os.unlink(f"{store.path}-wal"),
    "all removed": lambda store: (os.unlink(store.path), os.unlink(f"{store.path}-wal")),
}

WRITES = (("POST", harness.user_path(wire.BROKER, "bob"), {"password": harness.PASSWORD}),
          ("DELETE", wire.ALICE, None),
          ("POST", f"{harness.broker_path(wire.BROKER)}/reboot", None))
CONTROL_WRITES = (("POST", "/_local/reset", None), ("POST", "/_local/reset?empty=true", None),
                  ("POST", "/_local/reset?region=us-east-1", None), ("POST", "/_local/seed", b"DELETE FROM broker;"),
                  ("POST", control.CLOCK, {"advanceMs": 1000}), ("POST", control.FAULTS, {"operation": "CreateUser",
                                                                                        "delayMs": 1}))


def health(client):
    response = client.call("GET", "/_local/health", check=harness.CHECK_NONE)
    return response.status, response.json()


@pytest.fixture
def server(serve, store):
    yield serve("--db", store.path, *control.STANDING, seed=wire.SEED)
    shutil.rmtree(f"{store.directory}.old", ignore_errors=True)


@pytest.mark.parametrize("move", MOVES)
def test_DUR_9_START_9_writes_are_refused_and_health_says_why(server, store, move):
    client = server.client()
    harness.create_user(client, wire.BROKER, "early")
    assert health(client)[0] == 200
    before, users = control.snapshot(client), client.call("GET", wire.LIST).body
    MOVES[move](store)
    status, body = health(client)
    assert status == 503 and list(body) == ["reason", "status", "version"] and body["status"] == "unavailable", body
    assert "--db" in body["reason"] and "Writes are refused" in body["reason"]
    for method, path, content in WRITES:
        assert_error(client.call(method, path, content), 500, "InternalServerErrorException", INTERNAL)
    for method, path, content in CONTROL_WRITES + (("PUT", control.SNAPSHOT, before),):
        response = control.call(client, method, path, content)
        assert response.status == 500, response
    assert health(client)[0] == 503
    assert client.call("GET", wire.LIST).body == users
    assert control.snapshot(client) == before
    told = [line for line in wire.log_lines(server) if line["event"] == "store-moved"]
    assert len(told) == 1 and store.path in told[0]["file"], told
    assert harness.run("--check-health", "--port", server.port).returncode == 1


def test_DUR_9_a_file_that_comes_back_is_written_again(server, store):
    client = server.client()
    for number in range(2):
        os.rename(store.path, f"{store.path}.old")
        assert client.call("POST", f"{wire.LIST}/carol-{number}", {"password": harness.PASSWORD}).status == 500
        os.rename(f"{store.path}.old", store.path)
        assert health(client)[0] == 200
        harness.create_user(client, wire.BROKER, f"bob-{number}")
    server.restart()
    client = server.client()
    for number in range(2):
        assert_ok(client.call("GET", f"{wire.LIST}/bob-{number}"))
        harness.assert_no_user(client.call("GET", f"{wire.LIST}/carol-{number}"), f"carol-{number}")
    events = [line["event"] for line in wire.log_lines(server)]
    assert (events.count("store-moved"), events.count("store-back")) == (2, 2)


def test_DUR_9_the_log_alone_removed_loses_nothing_at_the_stop(server, store):
    harness.create_user(server.client(), wire.BROKER, "bob")
    os.unlink(f"{store.path}-wal")
    server.restart()
    assert_ok(server.client().call("GET", f"{wire.LIST}/bob"))


def test_DUR_9_the_stop_leaves_the_files_of_another_server(server, serve, store):
    """The second server has made its own files in the place of the first one's, and dies."""
    os.unlink(store.path)
    os.unlink(f"{store.path}-wal")
    second = serve("--db", store.path, *control.STANDING, seed=wire.SEED)
    harness.create_user(second.client(), wire.BROKER, "bob")
    server.stop()
    assert os.path.exists(f"{store.path}-wal")
    second.kill()
    second.start()
    assert_ok(second.client().call("GET", f"{wire.LIST}/bob"))


def test_DUR_9_the_file_that_replaced_it_is_used_as_it_is(serve, store):
    """A backup that was put in its place gets nothing of the log that the stopped server leaves."""
    server = serve("--db", store.path, seed=wire.SEED)
    server.restart()  # the file is complete, the log empty
    backup = f"{store.directory}/backup.db"
    shutil.copy(store.path, backup)
    client = server.client()
    for number in range(20):
        harness.create_user(client, wire.BROKER, f"bob-{number}")
    os.rename(store.path, f"{store.directory}/moved.db")
    os.rename(backup, store.path)
    server.restart()
    users = assert_ok(server.client().call("GET", wire.LIST)).json()["users"]
    assert [user["username"] for user in users] == ["alice"]
    server.stop()
    os.rename(f"{store.directory}/moved.db", store.path)
    server.start()
    for number in range(20):
        assert_ok(server.client().call("GET", f"{wire.LIST}/bob-{number}"))


def test_DUR_9_due_changes_wait(serve, store):
    """A reboot that is due is not performed; a request for it is answered as before."""
    server = serve("--db", store.path, "--reboot-time", "0", seed=wire.SEED)
    client = server.client()
    harness.create_user(client, wire.BROKER, "bob")
    replace(store)
    assert client.call("POST", f"{harness.broker_path(wire.BROKER)}/reboot").status == 500
    assert "pending" in assert_ok(client.call("GET", f"{wire.LIST}/bob")).json()


def test_DUR_9_memory_is_never_moved(serve):
    client = serve("--db", ":memory:", seed=wire.SEED).client()
    assert health(client)[0] == 200
    harness.create_user(client, wire.BROKER, "bob")
