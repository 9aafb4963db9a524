"""The database file and seed files at start: what is created, refused, left alone and kept."""

import contextlib
import os
import sqlite3
import stat

import pytest

import control_calls as control
import harness
import wire
from harness import Server, assert_ok, sql_broker

store = wire.store


def snapshot(directory):
    """Name -> content of everything in a directory."""
    found = {}
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            found[name] = file.read()
    return found


def write(path, text):
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    return path


def make_database(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# --- A file of our own -----------------------------------------------------------------------------------------

def test_DUR_2_the_content_survives_a_restart(serve, store):
    server = serve("--db", store.path, "--reboot-time", "0", seed=wire.SEED)
    client = server.client()
    harness.create_user(client, wire.BROKER, "bob", groups=["admins"])
    harness.update_user(client, wire.BROKER, "alice", consoleAccess=True)
    before = {path: client.call("GET", path).body
              for path in (wire.ALICE, f"{wire.LIST}/bob", wire.LIST, harness.broker_path(wire.BROKER), "/v1/brokers")}
    server.restart()
    client = server.client()
    assert {path: client.call("GET", path).body for path in before} == before
    store_is_complete = assert_ok(client.call("GET", f"{wire.LIST}/bob")).json()
    assert store_is_complete["pending"] == {"consoleAccess": False, "groups": ["admins"], "pendingChange": "CREATE"}


def test_DUR_2_memory_is_a_fresh_world_at_every_start(serve):
    server = serve("--db", ":memory:", seed=wire.SEED)
    harness.create_user(server.client(), wire.BROKER, "bob")
    server.restart()
    harness.assert_no_user(server.client().call("GET", f"{wire.LIST}/bob"), "bob")


def test_DUR_3_memory_leaves_no_file(store):
    with Server("--db", ":memory:", seed=wire.SEED, preexec=lambda: os.chdir(store.directory)) as server:
        harness.create_user(server.client(), wire.BROKER, "bob")
        assert os.listdir(store.directory) == []
    assert os.listdir(store.directory) == []


@pytest.mark.parametrize("mask", (0o000, 0o022, 0o077))
def test_DUR_3_the_file_is_the_owners_alone(serve, store, mask):
    server = serve("--db", store.path, seed=wire.SEED, preexec=lambda: os.umask(mask))
    harness.create_user(server.client(), wire.BROKER, "bob")
    for name in os.listdir(store.directory):
        mode = stat.S_IMODE(os.stat(os.path.join(store.directory, name)).st_mode)
        assert mode & 0o077 == 0, f"{name}: {mode:o}"
    assert stat.S_IMODE(os.stat(store.path).st_mode) & ~0o600 == 0


def test_DUR_3_a_stopped_store_is_one_file(serve, store):
    server = serve("--db", store.path, seed=wire.SEED)
    harness.create_user(server.client(), wire.BROKER, "bob")
    server.stop()
    assert os.listdir(store.directory) == ["store.db"]
    store.assert_sound()
    assert store.query("SELECT username, pending_change FROM user") == [("alice", None), ("bob", "CREATE")]
    assert store.query("SELECT username FROM applied_user") == [("alice",)]
    assert store.query("SELECT username, pending_change, password FROM pending_user") == [
        ("bob", "CREATE", harness.PASSWORD)]


def test_DUR_3_a_stopped_store_can_be_changed_with_sqlite(serve, store):
    server = serve("--db", store.path, seed=wire.SEED)
    server.stop()
    make_database(store.path, harness.sql_user(wire.BROKER, "carol"))
    server.start()
    assert_ok(server.client().call("GET", f"{wire.LIST}/carol"))


def test_SEED_1_seeds_are_left_out_where_the_database_was_there(serve, store):
    server = serve("--db", store.path, seed=wire.SEED)
    harness.delete_user(server.client(), wire.BROKER, "alice")
    server.stop()
    before = len(wire.log_lines(server))
    server.start()
    assert assert_ok(server.client().call("GET", wire.ALICE)).json()["pending"]["pendingChange"] == "DELETE"
    told = [line for line in wire.log_lines(server)[before:] if "seed" in line["event"]]
    assert len(told) == 1, wire.log_lines(server)[before:]


def test_WLD_6_a_stored_broker_stays_in_its_world(serve, store):
    server = serve("--db", store.path, "--account", "111111111111", seed=wire.SEED)
    server.stop()
    other = serve("--db", store.path, "--account", "222222222222")
    client = other.client()
    assert assert_ok(client.call("GET", "/v1/brokers")).json() == {"brokerSummaries": []}
    client.common_headers = (harness.credential("111111111111"),)
    assert_ok(client.call("GET", wire.ALICE))


# --- Files that are refused ------------------------------------------------------------------------------------

def test_DUR_4_a_second_server_on_the_file(serve, store):
    server = serve("--db", store.path, seed=wire.SEED)
    line = wire.refuse_start("--port", 0, "--db", store.path)
    assert store.path in line
    harness.create_user(server.client(), wire.BROKER, "bob")
    server.restart()
    assert_ok(server.client().call("GET", f"{wire.LIST}/bob"))


def test_DUR_4_a_second_server_on_the_file_under_another_name(serve, store):
    server = serve("--db", store.path, seed=wire.SEED)
    os.symlink(store.path, f"{store.directory}/link.db")
    assert "link.db" in wire.refuse_start("--port", 0, "--db", f"{store.directory}/link.db")
    harness.create_user(server.client(), wire.BROKER, "bob")


def test_DUR_4_a_shell_on_the_file_is_kept_out(serve, store):
    server = serve("--db", store.path, seed=wire.SEED)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        store.query("SELECT * FROM user")
    assert_ok(server.client().call("GET", wire.ALICE))


def newer_store(path):
    with Server("--db", path, seed=wire.SEED):
        pass
    with contextlib.closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        assert version >= 1
        connection.execute(f"PRAGMA user_version = {version + 1}")


FOREIGN = {
    "text": lambda path: write(path, "Dear diary, today I wrote no SQL.\n" * 100),
    "short text": lambda path: write(path, "hello"),
    "one byte": lambda path: write(path, "x"),  # SQLite takes that for an empty file
    "zeros": lambda path: write(path, bytes(8192)),
    "almost SQLite": lambda path: write(path, b"SQLite format 3\0" + b"\xff" * 4080),
    "another application": lambda path: make_database(path, "PRAGMA application_id = 252006673",
                                                      "CREATE TABLE tiles (id INTEGER)"),
    "an application without id": lambda path: make_database(path, "CREATE TABLE broker (id TEXT)",
                                                            "INSERT INTO broker VALUES ('mine')"),
    "another application, write-ahead log": lambda path: make_database(path, "PRAGMA journal_mode = WAL",
                                                                       "CREATE TABLE tiles (id INTEGER)"),
    "an empty file of another application": lambda path: make_database(path, "PRAGMA application_id = 252006673",
                                                                       "PRAGMA user_version = 3"),
    "newer": newer_store,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_DUR_5_a_foreign_file_is_refused_and_left_as_it_is(store, name):
    FOREIGN[name](store.path)
    before = snapshot(store.directory)
    seed = write(os.path.join(os.path.dirname(store.directory), os.path.basename(store.directory) + ".sql"), wire.SEED)
    try:
        line = wire.refuse_start("--port", 0, "--db", store.path, "--seed", seed)
    finally:
        os.unlink(seed)
    assert store.path in line, line
    assert snapshot(store.directory) == before
    if name == "newer":
        assert "newer" in line


def test_DUR_5_a_directory_is_no_database(store):
    assert store.directory in wire.refuse_start("--port", 0, "--db", store.directory)
    assert os.listdir(store.directory) == []


def test_DUR_5_a_directory_that_does_not_exist(store):
    path = f"{store.directory}/none/store.db"
    assert path in wire.refuse_start("--port", 0, "--db", path)


def test_DUR_5_a_read_only_directory(store):
    os.chmod(store.directory, 0o555)
    try:
        line = wire.refuse_start("--port", 0, "--db", store.path, preexec=wire.as_nobody())
        assert store.path in line
    finally:
        os.chmod(store.directory, 0o755)


def test_DUR_5_a_file_that_may_not_be_written(store):
    with Server("--db", store.path, seed=wire.SEED):
        pass
    os.chmod(store.directory, 0o755)
    os.chmod(store.path, 0o444)
    before = snapshot(store.directory)
    assert store.path in wire.refuse_start("--port", 0, "--db", store.path, preexec=wire.as_nobody())
    assert snapshot(store.directory) == before


@pytest.mark.parametrize("name", ("file:x.db", "file:/tmp/x.db", "file::memory:", "file:x?mode=memory&cache=shared"))
def test_START_5_DUR_5_a_uri_is_no_file_name(store, name):
    line = wire.refuse_start("--port", 0, "--db", name, code=2, cwd=store.directory)
    assert "--db" in line and name in line
    assert os.listdir(store.directory) == []


def test_DUR_3_a_relative_name_with_odd_characters(store):
    name = "odd ?name=%41#x.db"
    with Server("--db", name, seed=wire.SEED, preexec=lambda: os.chdir(store.directory)):
        pass
    assert os.listdir(store.directory) == [name]


# --- Seeds that cannot be read ---------------------------------------------------------------------------------

def test_SEED_2_a_missing_seed(store):
    path = f"{store.directory}/none.sql"
    assert path in wire.refuse_start("--port", 0, "--seed", path)


def test_SEED_2_a_missing_seed_after_a_good_one_leaves_nothing(store):
    good = write(f"{store.directory}/good.sql", wire.SEED)
    missing = f"{store.directory}/none.sql"
    assert missing in wire.refuse_start("--port", 0, "--db", store.path, "--seed", good, "--seed", missing)
    with Server("--db", store.path, "--seed", good) as server:
        assert_ok(server.client().call("GET", wire.ALICE))


def test_SEED_2_an_unreadable_seed(store):
    path = write(f"{store.directory}/secret.sql", wire.SEED)
    os.chmod(store.directory, 0o755)
    os.chmod(path, 0o000)
    assert path in wire.refuse_start("--port", 0, "--seed", path, preexec=wire.as_nobody())


def test_SEED_2_an_unreadable_directory(store):
    path = f"{store.directory}/seeds"
    os.mkdir(path, 0o000)
    os.chmod(store.directory, 0o755)
    assert path in wire.refuse_start("--port", 0, "--seed", path, preexec=wire.as_nobody())


def test_SEED_3_a_directory_in_the_order_of_names(store):
    os.mkdir(f"{store.directory}/seeds")
    write(f"{store.directory}/seeds/10-second.sql", "UPDATE broker SET name = name || '-2';")
    write(f"{store.directory}/seeds/02-first.sql", harness.sql_broker("b-one", name="first"))
    write(f"{store.directory}/seeds/a-last.sql", "UPDATE broker SET name = name || '-4';")
    write(f"{store.directory}/seeds/Z-third.sql", "UPDATE broker SET name = name || '-3';")
    write(f"{store.directory}/seeds/notes.txt", "no SQL")
    write(f"{store.directory}/seeds/old.sql.bak", "no SQL")
    write(f"{store.directory}/seeds/.hidden.sql~", "no SQL")
    with Server("--seed", f"{store.directory}/seeds") as server:
        body = assert_ok(server.client().call("GET", harness.broker_path("b-one"))).json()
        assert body["brokerName"] == "first-2-3-4"


def test_SEED_3_a_directory_without_seeds(store):
    os.mkdir(f"{store.directory}/seeds")
    write(f"{store.directory}/seeds/README.md", "nothing here")
    with Server("--seed", f"{store.directory}/seeds") as server:
        assert_ok(server.client().call("GET", "/v1/brokers"), {"brokerSummaries": []})


def test_SEED_3_files_and_directories_in_the_order_given(store):
    os.mkdir(f"{store.directory}/seeds")
    write(f"{store.directory}/seeds/1.sql", "UPDATE broker SET name = name || '-2';")
    first = write(f"{store.directory}/z.sql", harness.sql_broker("b-one", name="first"))
    last = write(f"{store.directory}/a.sql", "UPDATE broker SET name = name || '-3';")
    with Server("--seed", first, "--seed", f"{store.directory}/seeds", "--seed", last) as server:
        body = assert_ok(server.client().call("GET", harness.broker_path("b-one"))).json()
        assert body["brokerName"] == "first-2-3"


@pytest.mark.parametrize("size", (512, 1024, 8192, 65536))
def test_a_file_with_pages_of_another_size_is_rewritten(serve, tmp_path, size):
    """Another program has changed it; a reset and a snapshot are copied page by page."""
    server = serve("--db", tmp_path / "db", seed=sql_broker("b-1"))
    image = control.snapshot(server.client())
    server.stop()
    with contextlib.closing(sqlite3.connect(tmp_path / "db", isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA journal_mode = DELETE; PRAGMA page_size = {size}; VACUUM;")
    server.start()
    client = server.client()
    harness.create_user(client, "b-1", "alice")
    control.done(client, "POST", "/_local/reset")
    assert assert_ok(client.call("GET", harness.users_path("b-1"))).json()["users"] == []
    control.done(client, "PUT", control.SNAPSHOT, image)
    assert [path.name for path in tmp_path.iterdir() if "journal" in path.name] == []
