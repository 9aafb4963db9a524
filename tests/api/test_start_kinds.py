"""Files that are not regular (FIFOs, sockets, devices, directories) where the server expects one: they are refused, and
nothing waits for them."""

import os
import socket
import stat

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok
from test_start_files import snapshot, write
from tls_server import TlsServer

store = wire.store


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)


def make_link(path):
    os.mkfifo(f"{path}.fifo")
    os.symlink(f"{path}.fifo", path)


KINDS = {
    "fifo": (os.mkfifo, "a pipe or FIFO"),
    "link to a fifo": (make_link, "a pipe or FIFO"),
    "socket": (make_socket, "a socket"),
    "endless device": (lambda path: os.symlink("/dev/zero", path), "a device"),
    "terminal": (lambda path: os.symlink("/dev/tty", path), "a device"),
    "directory": (os.mkdir, "a directory"),
}
NO_DIRECTORY = {name: kind for name, kind in KINDS.items() if name != "directory"}


def make(kinds, name, path):
    """Makes such a file; returns what a message must say of it."""
    create, says = kinds[name]
    create(path)
    return f"{path}: {says}, not a regular file"


# --- Seeds ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", NO_DIRECTORY)
def test_SEED_11_a_seed_of_another_kind(store, kind):
    says = make(NO_DIRECTORY, kind, f"{store.directory}/seed.sql")
    assert says in wire.refuse_start("--port", 0, "--seed", f"{store.directory}/seed.sql")


@pytest.mark.parametrize("kind", KINDS)
def test_SEED_11_a_file_of_another_kind_in_a_directory(store, kind):
    seeds = f"{store.directory}/seeds"
    os.mkdir(seeds)
    write(f"{seeds}/1.sql", wire.SEED)
    says = make(KINDS, kind, f"{seeds}/2.sql")
    assert says in wire.refuse_start("--port", 0, "--db", store.path, "--seed", seeds)
    with harness.Server("--db", store.path) as server:  # nothing of the first file is left
        assert_ok(server.client().call("GET", "/v1/brokers"), {"brokerSummaries": []})


@pytest.mark.parametrize("path", ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"))
def test_SEED_11_a_pipe_is_refused_since_a_reset_would_find_it_empty(path):
    reader, writer = os.pipe()
    try:
        os.write(writer, wire.SEED.encode())
        line = wire.refuse_start("--port", 0, "--seed", path, preexec=lambda: os.dup2(reader, 0))
    finally:
        os.close(reader)
        os.close(writer)
    assert f"{path}: a pipe or FIFO, not a regular file" in line and "reset" in line, line


def test_SEED_11_a_file_on_standard_input_is_read_again_by_a_reset(serve, store):
    path = write(f"{store.directory}/seed.sql", wire.SEED)

    def redirect():
        os.dup2(os.open(path, os.O_RDONLY), 0)

    client = serve("--seed", "/dev/stdin", preexec=redirect).client()
    harness.delete_user(client, wire.BROKER, "alice")
    for _ in range(2):
        control.done(client, "POST", "/_local/reset")
        assert "pending" not in assert_ok(client.call("GET", wire.ALICE)).json()


@pytest.mark.parametrize("query", ("", "?region=us-east-1"))
@pytest.mark.parametrize("kind", ("fifo", "socket", "directory"))  # the targets of links are beyond the sandbox
def test_SEED_11_CTL_2_a_file_that_comes_later_refuses_the_reset(serve, store, kind, query):
    seeds = f"{store.directory}/seeds"
    os.mkdir(seeds)
    write(f"{seeds}/1.sql", wire.SEED)
    client = serve("--seed", seeds).client()
    harness.create_user(client, wire.BROKER, "bob")
    says = make(KINDS, kind, f"{seeds}/2.sql")
    assert says in control.call(client, "POST", f"/_local/reset{query}").json()["message"]
    assert_ok(client.call("GET", f"{wire.LIST}/bob"))


# --- The database -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KINDS)
def test_DUR_5_a_database_of_another_kind(store, kind):
    says = make(KINDS, kind, store.path)
    before = os.lstat(store.path)
    assert says in wire.refuse_start("--port", 0, "--db", store.path)
    after = os.lstat(store.path)
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


@pytest.mark.parametrize("suffix", ("-journal", "-wal"))
@pytest.mark.parametrize("kind", KINDS)
def test_DUR_5_a_file_beside_it_of_another_kind(store, kind, suffix):
    with harness.Server("--db", store.path, seed=wire.SEED):
        pass
    before = snapshot(store.directory)
    says = make(KINDS, kind, store.path + suffix)
    mode = os.lstat(store.path + suffix).st_mode
    assert says in wire.refuse_start("--port", 0, "--db", store.path)
    assert os.lstat(store.path + suffix).st_mode == mode
    (os.rmdir if stat.S_ISDIR(mode) else os.unlink)(store.path + suffix)
    if os.path.lexists(f"{store.path}{suffix}.fifo"):
        os.unlink(f"{store.path}{suffix}.fifo")
    assert snapshot(store.directory) == before


# --- Certificates -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ("ca.pem", "server.pem", "server-key.pem"))
@pytest.mark.parametrize("kind", KINDS)
def test_TLS_5_a_file_of_another_kind(tmp_path, kind, name):
    flags = ("--port", 0, "--tls-port", 0, "--tls-dir", tmp_path)
    with TlsServer(directory=str(tmp_path)):
        pass
    os.unlink(tmp_path / name)
    assert make(KINDS, kind, str(tmp_path / name)) in wire.refuse_start(*flags)


@pytest.fixture
def own(tmp_path):
    """--tls-cert and --tls-key with their files."""
    with TlsServer(directory=str(tmp_path)):
        pass
    return {"--tls-cert": str(tmp_path / "server.pem"), "--tls-key": str(tmp_path / "server-key.pem")}


def flags_of(own):
    return [word for pair in own.items() for word in pair]


@pytest.mark.parametrize("option", ("--tls-cert", "--tls-key"))
@pytest.mark.parametrize("kind", KINDS)
def test_TLS_7_a_file_of_another_kind(tmp_path, own, kind, option):
    own[option] = str(tmp_path / "odd.pem")
    says = make(KINDS, kind, own[option])
    if "fifo" in kind:
        says = f"{own[option]}: not a "  # it is read, and is empty
    assert says in wire.refuse_start("--port", 0, "--tls-port", 0, *flags_of(own))


@pytest.mark.parametrize("option", ("--tls-cert", "--tls-key"))
def test_TLS_7_a_pipe_is_read_to_its_end(own, option):
    """As of --tls-key <(command), which stores no key."""
    reader, writer = os.pipe()
    with open(own[option], "rb") as file:
        os.write(writer, file.read())  # less than a pipe holds
    os.close(writer)
    own[option] = "/dev/stdin"
    server = TlsServer(*flags_of(own), directory=None, preexec=lambda: os.dup2(reader, 0))
    try:
        with server:
            assert server.tls_url
    finally:
        os.close(reader)
