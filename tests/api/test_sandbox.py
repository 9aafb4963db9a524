"""What the binary brings against its own faults, and what a serving process has given up."""

import ctypes
import os
import re
import resource
import shutil
import signal
import struct
import subprocess

import pytest

import control_calls
import harness
import wire
from harness import assert_ok

with open(harness.BINARY, "rb") as _file:
    IMAGE = _file.read()

pytestmark = pytest.mark.skipif(b"__asan_init" in IMAGE or b"__gcov_" in IMAGE,
                                reason="an instrumented build has no sandbox and other flags")

TOKEN = "a-token-nobody-guesses"


# --- The file ---------------------------------------------------------------------------------------------------

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_GNU_STACK, PT_GNU_RELRO = 1, 2, 3, 0x6474E551, 0x6474E552
DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_RPATH, DT_TEXTREL, DT_FLAGS, DT_RUNPATH, DT_FLAGS_1 = 5, 6, 10, 15, 22, 30, 29, 0x6FFFFFFB
EXECUTABLE, WRITABLE = 1, 2


def segments():
    """(type, flags, offset, address, size in the file) of each program header of a 64-bit file."""
    start, = struct.unpack_from("<Q", IMAGE, 0x20)
    size, count = struct.unpack_from("<HH", IMAGE, 0x36)
    for number in range(count):
        kind, flags, offset, address, _, length = struct.unpack_from("<IIQQQQ", IMAGE, start + number * size)
        yield kind, flags, offset, address, length


def segment(kind):
    return next((found for found in segments() if found[0] == kind), None)


def dynamic():
    """Tag -> value of the dynamic section."""
    _, _, offset, _, length = segment(PT_DYNAMIC)
    return dict(struct.unpack_from("<QQ", IMAGE, at) for at in range(offset, offset + length, 16))


def imported_names():
    """The names in the table of dynamic symbols."""
    tags = dynamic()

    def place(address):
        return next(address - begin + offset for kind, _, offset, begin, length in segments()
                    if kind == PT_LOAD and begin <= address < begin + length)

    texts = place(tags[DT_STRTAB])
    return IMAGE[texts:texts + tags[DT_STRSZ]].decode("ascii").split("\0")


def test_it_is_loaded_at_a_random_place():
    assert IMAGE[:6] == b"\x7fELF\x02\x01" and struct.unpack_from("<H", IMAGE, 0x10) == (3,)
    assert dynamic().get(DT_FLAGS_1, 0) & 0x08000000
    assert bool(segment(PT_INTERP)) != wire.is_static()


def test_what_is_relocated_is_read_only_before_it_runs():
    tags = dynamic()
    assert segment(PT_GNU_RELRO) and (tags.get(DT_FLAGS, 0) & 8 or tags.get(DT_FLAGS_1, 0) & 1)
    assert DT_TEXTREL not in tags and not tags.get(DT_FLAGS, 0) & 4


def test_no_segment_is_both_writable_and_executable():
    assert segment(PT_GNU_STACK)[1] & EXECUTABLE == 0
    assert not [found for found in segments() if found[1] & (EXECUTABLE | WRITABLE) == EXECUTABLE | WRITABLE]


def test_libraries_come_from_the_system_s_places_only():
    assert not {DT_RPATH, DT_RUNPATH} & set(dynamic())


def test_stack_and_copies_are_watched():
    # A static binary imports nothing; unless it is stripped, it has a table of all names.
    names = [name.decode("ascii") for name in IMAGE.split(b"\0") if name.isascii()] if wire.is_static() else imported_names()
    assert "__stack_chk_fail" in names
    assert {"__snprintf_chk", "__vsnprintf_chk", "__memcpy_chk", "__printf_chk", "__read_chk"} & set(names)


# --- The process ------------------------------------------------------------------------------------------------

def status(pid):
    """/proc/PID/status as a dict."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def has_landlock():
    return ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) > 0


def ready(server):
    return next(line for line in wire.log_lines(server) if line["event"] == "ready")


def reset(server):
    return control_calls.call(server.client(), "POST", "/_local/reset")


def test_a_serving_process_has_given_up_its_rights(serve):
    server = serve()
    found = status(server.pid)
    assert (found["NoNewPrivs"], found["Seccomp"], found["Threads"]) == ("1", "2", "1")
    assert ready(server)["sandbox"] == ("on" if has_landlock() else "partial")
    partial = [line for line in wire.log_lines(server) if line["event"] == "sandbox-partial"]
    assert len(partial) == (0 if has_landlock() else 1)


def test_the_sandbox_can_be_left_out(serve):
    server = serve("--sandbox", "off")
    assert ready(server)["sandbox"] == "off"
    ours, found = status("self"), status(server.pid)
    for name in ("NoNewPrivs", "Seccomp"):
        assert found[name] == ours[name]
    assert_ok(reset(server), {})


def test_no_memory_is_both_writable_and_executable(serve):
    server = serve(seed=wire.SEED)
    assert_ok(server.client().call("GET", wire.LIST))
    with open(f"/proc/{server.pid}/maps", encoding="utf-8") as file:
        rights = [line.split()[1] for line in file]
    assert any("x" in right for right in rights) and any("w" in right for right in rights)
    assert not [right for right in rights if "w" in right and "x" in right]


def test_a_crash_leaves_no_image_of_the_memory(serve):
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if hard == 0:
        pytest.skip("core files are forbidden here in any case")
    server = serve(preexec=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
    with open(f"/proc/{server.pid}/limits", encoding="ascii") as file:
        soft = re.search(r"^Max core file size +(\S+)", file.read(), re.MULTILINE)[1]
    assert soft == "0"


def test_a_stopped_process_goes_on(serve):
    """Its wait is interrupted, and taken up again by a system call of its own."""
    server = serve()
    client = server.client()
    assert_ok(client.call("GET", "/v1/brokers"))
    os.kill(server.pid, signal.SIGSTOP)
    harness.eventually(lambda: status(server.pid)["State"].startswith("T"), "the stop")
    os.kill(server.pid, signal.SIGCONT)
    assert_ok(client.call("GET", "/v1/brokers"))


def said_without_output():
    """What the log says of a server whose standard output is a device that the C library asks about."""
    process = subprocess.Popen([harness.BINARY, "--port", "0"], env=harness.environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        first = process.stderr.readline()
        process.terminate()
        return first + process.communicate(timeout=harness.DEADLINE_S)[1]
    finally:
        process.kill()
        process.wait()


def test_nothing_is_refused_where_the_output_is_thrown_away():
    log = said_without_output()
    assert b"event=ready" in log and b"event=stop" in log and b"sandbox-refused" not in log, log


# --- Files ------------------------------------------------------------------------------------------------------

def write(path, broker):
    path.write_text(harness.sql_broker(broker))
    return path


def brokers(server):
    body = assert_ok(server.client().call("GET", "/v1/brokers")).json()
    return sorted(summary["brokerId"] for summary in body["brokerSummaries"])


def test_a_seed_that_an_editor_replaced_is_read_again(serve, tmp_path):
    seed = write(tmp_path / "seed.sql", "b-1")
    server = serve("--seed", str(seed))
    os.replace(write(tmp_path / "seed.new", "b-2"), seed)
    assert_ok(reset(server), {})
    assert brokers(server) == ["b-2"]


def test_a_seed_by_a_relative_path_is_read_again(serve, tmp_path):
    seed = write(tmp_path / "seed.sql", "b-1")
    server = serve("--seed", "seed.sql", preexec=lambda: os.chdir(tmp_path))
    os.replace(write(tmp_path / "seed.new", "b-2"), seed)
    assert_ok(reset(server), {})
    assert brokers(server) == ["b-2"]


def test_a_directory_of_seeds_is_read_again_with_what_is_new_in_it(serve, tmp_path):
    """Some of it links to files elsewhere, as a mounted ConfigMap does."""
    seeds, elsewhere = tmp_path / "seeds", tmp_path / "elsewhere"
    seeds.mkdir()
    elsewhere.mkdir()
    write(elsewhere / "linked", "b-1")
    (seeds / "1.sql").symlink_to(elsewhere / "linked")
    server = serve("--seed", str(seeds))
    write(seeds / "2.sql", "b-2")
    os.replace(write(elsewhere / "new", "b-3"), elsewhere / "linked")
    assert_ok(reset(server), {})
    assert brokers(server) == ["b-2", "b-3"]


def test_a_seed_behind_a_link_is_read_again(serve, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write(elsewhere / "seed.sql", "b-1")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "seed.sql").symlink_to(elsewhere / "seed.sql")
    server = serve("--seed", str(tmp_path / "link" / "seed.sql"))
    os.replace(write(elsewhere / "new", "b-2"), elsewhere / "seed.sql")
    assert_ok(reset(server), {})
    assert brokers(server) == ["b-2"]


def test_a_refused_file_is_told_with_the_sandbox_as_a_cause(serve, tmp_path):
    """A directory that is replaced as a whole is another one."""
    if not has_landlock():
        pytest.skip("this kernel has no Landlock")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    write(seeds / "1.sql", "b-1")
    server = serve("--seed", str(seeds))
    shutil.rmtree(seeds)
    seeds.mkdir()
    write(seeds / "1.sql", "b-2")
    response = reset(server)
    message = response.json()["message"]
    assert response.status == 400 and "Permission denied" in message and "sandbox" in message
    assert brokers(server) == ["b-1"]


@pytest.mark.parametrize("name", ["plain", "linked", "relative"])
def test_a_database_leaves_no_log_behind(serve, tmp_path, name):
    real = tmp_path / "real"
    real.mkdir()
    database = {"plain": str(real / "mq.db"), "linked": str(tmp_path / "mq.db"), "relative": "real/mq.db"}[name]
    if name == "linked":
        (real / "mq.db").touch()
        (tmp_path / "mq.db").symlink_to(real / "mq.db")
    server = serve("--db", database, preexec=lambda: os.chdir(tmp_path))
    for number in range(3):
        assert_ok(server.client().call("POST", "/v1/brokers", harness.broker_body(f"name-{number}")))
    assert_ok(reset(server), {})
    assert sorted(os.listdir(real)) == ["mq.db", "mq.db-wal"]
    server.stop()
    assert os.listdir(real) == ["mq.db"]


def test_time_zones_are_read_while_it_serves(serve):
    server = serve(seed=wire.SEED)
    window = {"dayOfWeek": "MONDAY", "timeOfDay": "10:00", "timeZone": "America/New_York"}
    path = harness.broker_path(wire.BROKER)
    assert_ok(server.client().call("PUT", path, {"maintenanceWindowStartTime": window}))
    control_calls.advance(server.client(), 8 * 86400)


# --- The token --------------------------------------------------------------------------------------------------

def bears(server, token):
    headers = [("Authorization", f"Bearer {token}")] if token else []
    return control_calls.call(server.client(), "GET", "/_local/clock", headers=headers).status


@pytest.mark.parametrize("flags", [("--control-token", TOKEN), (f"--control-token={TOKEN}",),
                                   ("--control-token", "another-token", "--control-token", TOKEN)])
def test_a_token_is_not_seen_among_the_arguments(serve, flags):
    server = serve(*flags, "--log-level", "debug")
    with open(f"/proc/{server.pid}/cmdline", "rb") as file:
        arguments = file.read().decode("ascii").split("\0")
    assert TOKEN not in " ".join(arguments) and "--log-level" in arguments
    assert any(argument.removeprefix("--control-token=") == "*" * len(TOKEN) for argument in arguments)
    assert (bears(server, TOKEN), bears(server, "*" * len(TOKEN)), bears(server, None)) == (200, 401, 401)
    server.stop()
    assert TOKEN not in server.stderr_text()


def test_a_token_of_the_environment(serve):
    server = serve("--log-level", "debug", env={"AMAZONMQ_LOCAL_CONTROL_TOKEN": TOKEN})
    assert (bears(server, TOKEN), bears(server, "another-token"), bears(server, None)) == (200, 401, 401)
    server.stop()
    assert TOKEN not in server.stderr_text()
