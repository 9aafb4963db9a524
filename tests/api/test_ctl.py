"""`amazonmq-local ctl`: each command, what it prints, its exit status, and servers that are none."""

import contextlib
import json
import os
import pty
import socket
import sqlite3
import stat
import subprocess
import termios
import threading

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok

TOKEN = "a-long-token"
SEED = harness.sql_broker("b-ctl") + harness.sql_user("b-ctl", "alice", groups=["admins"], console_access=True)
NAMES = "reset, seed, clock, faults, requests, brokers, snapshot, authenticate, metrics, health"
MIB = 1 << 20


@pytest.fixture
def server(serve):
    return serve(*control.STANDING, seed=SEED)


def run(url, *words, stdin=b"", env=None, code=0, **options):
    """Runs ctl with the URL in its environment; asserts the exit code and that nothing but success is silent on
    stderr, where one line is; returns what it printed: stdout, or that line."""
    variables = harness.environment({**({"AMAZONMQ_LOCAL_URL": url} if url else {}), **(env or {})})
    result = subprocess.run([harness.BINARY, "ctl", *map(str, words)], env=variables, input=stdin,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=harness.DEADLINE_S,
                            **options)
    errors = result.stderr.decode("utf-8")
    assert result.returncode == code, f"{words}: exit code {result.returncode}: {errors}"
    if code == 0:
        assert errors == "", f"{words}: {errors}"
        return result.stdout
    assert result.stdout == b"", f"{words}: {result.stdout!r} on stdout"
    assert errors.startswith("amazonmq-local: ") and errors.endswith("\n") and errors.count("\n") == 1, errors
    return errors[len("amazonmq-local: "):-1]


def told(server, *words, **options):
    """The answer, parsed; it is one line."""
    printed = run(server.url, *words, **options)
    assert printed.endswith(b"\n") and printed.count(b"\n") == 1, printed
    return json.loads(printed)


def brokers(server):
    rows = assert_ok(server.client().call("GET", "/v1/brokers")).json()["brokerSummaries"]
    return {row["brokerId"] for row in rows}


# --- Commands --------------------------------------------------------------------------------------------------

def test_health(server):
    assert told(server, "health") == assert_ok(server.client().call(
        "GET", "/_local/health", check=harness.CHECK_NONE)).json()


def test_metrics_is_text(server):
    text = run(server.url, "metrics").decode()
    assert text.startswith("# ") and text.endswith("\n") and not text.endswith("\n\n")
    assert "amazonmq_local_" in text


def test_reset_applies_the_seeds_again(server):
    run(server.url, "seed", "-", stdin=harness.sql_broker("b-more").encode())
    assert brokers(server) == {"b-ctl", "b-more"}
    assert told(server, "reset") == {}
    assert brokers(server) == {"b-ctl"}
    assert told(server, "reset", "--empty") == {}
    assert brokers(server) == set()


def test_reset_of_one_world(server):
    elsewhere = {"account": "210987654321", "region": "eu-west-1"}
    run(server.url, "seed", "-", stdin=(harness.sql_broker("b-far", **elsewhere) + harness.sql_broker("b-near")).encode())
    run(server.url, "reset", "--empty", "--account", elsewhere["account"], "--region=eu-west-1")
    with sqlite3.connect(":memory:") as database:
        database.deserialize(control.snapshot(server.client()))
        assert {row[0] for row in database.execute("SELECT id FROM broker")} == {"b-ctl", "b-near"}
    database.close()


def reset(server, *words):
    """What ctl says on stderr of a reset that succeeds."""
    result = harness.run("ctl", "--url", server.url, "reset", *words)
    assert (result.returncode, result.stdout) == (0, b"{}\n"), result
    return result.stderr.decode()


@pytest.mark.parametrize("words, nowhere", (
    (("--region", "us-esat-1"), "us-esat-1 of account 123456789012"),
    (("--account=210987654321",), "us-east-1 of account 210987654321"),
    (("--account", "210987654321", "--region", "eu-west-1", "--empty"), "eu-west-1 of account 210987654321"),
))
def test_a_reset_where_no_broker_is_says_so(server, words, nowhere):
    assert reset(server, *words) == (f"amazonmq-local: note: no broker was or is in {nowhere}; brokers are in "
                                     "us-east-1 of account 123456789012\n")
    run(server.url, "reset", "--empty")
    assert reset(server, *words).endswith("; there are no brokers\n")


def test_a_reset_where_a_broker_was_or_is_says_nothing(server):
    assert reset(server, "--region", "us-east-1") == ""
    assert reset(server, "--region", "us-east-1", "--empty") == ""
    assert reset(server, "--account", "123456789012") == ""
    assert reset(server) == reset(server, "--empty") == ""


def test_a_note_shows_some_regions_of_many(server):
    regions = [f"eu-west-{number}" for number in range(1, 12)]
    run(server.url, "seed", "-", stdin="".join(harness.sql_broker(f"b-{region}", region=region) for region in regions).encode())
    note = reset(server, "--region", "us-esat-1")
    assert note.count("eu-west-") == 8 and note.endswith(", others\n") and len(note) < 500, note


def test_without_a_list_of_regions_there_is_no_note(serve):
    server = serve("--control-token", TOKEN)
    assert "401" in run(server.url, "reset", "--region", "us-esat-1", code=1)


def test_seed_from_a_file_and_from_standard_input(server, tmp_path):
    (tmp_path / "a seed.sql").write_text(harness.sql_broker("b-file"))
    assert told(server, "seed", tmp_path / "a seed.sql") == {}
    assert told(server, "seed", "-", stdin=harness.sql_broker("b-pipe").encode()) == {}
    assert brokers(server) == {"b-ctl", "b-file", "b-pipe"}


def test_a_bad_seed_is_refused_with_its_reason(server):
    line = run(server.url, "seed", "-", stdin=b"\n\nINSERT INTO nowhere VALUES (1);", code=1)
    assert "400" in line and "body:3" in line and "nowhere" in line


def test_the_clock_shows_and_steps(server):
    before = told(server, "clock")
    assert before["offsetMs"] == 0
    for words, step_ms in (("500ms", 500), ("10s", 10_000), ("10m", 600_000), ("1h30m", 5_400_000), ("7d", 604_800_000),
                           ("0s", 0)):
        after = told(server, "clock", "advance", words)
        assert after["offsetMs"] == before["offsetMs"] + step_ms, words
        before = after
    year = int(before["now"][:4]) + 1
    assert told(server, "clock", "set", f"{year}-12-24T18:00:00Z")["now"].startswith(f"{year}-12-24T18:0")


@pytest.mark.parametrize("text", ("", "10", "m", "10x", "-5m", "1.5h", "10 m", "10mm", "9999999999s", "1h30"))
def test_a_step_that_is_no_time(server, text):
    line = run(server.url, "clock", "advance", "--", text, code=2)
    assert f"'{text}'" in line and "10m" in line


def test_a_time_the_server_refuses(server):
    assert control.REFUSED_STEP in run(server.url, "clock", "set", "tomorrow", code=1)


def test_faults_are_added_listed_and_removed(server):
    one = told(server, "faults", "add", "operation=CreateUser", "brokerId=b-ctl", "username=bob", "status=503",
               "error=Busy", "message=a=b, \"c\" ü", "times=2", "seed=7", "probability=0.5", "drop=false", "delayMs=0")
    wanted = {"operation": "CreateUser", "brokerId": "b-ctl", "username": "bob", "status": 503, "error": "Busy",
              "message": "a=b, \"c\" ü", "times": 2, "seed": 7, "probability": 0.5, "drop": False, "delayMs": 0}
    assert {key: one[key] for key in wanted} == wanted
    two = told(server, "faults", "add", "drop=true")
    assert told(server, "faults") == told(server, "faults", "list") == {"faults": [one, two]}
    assert told(server, "faults", "clear", one["id"]) == {}
    assert told(server, "faults") == {"faults": [two]}
    assert told(server, "faults", "clear") == {}
    assert told(server, "faults") == {"faults": []}


@pytest.mark.parametrize("count", (1000, 1001, 2500))
def test_CTL_8_faults_of_several_parts_are_one_list(server, count):
    hard = json.dumps('],"truncated":true} "id":7').replace("'", "''")
    sql = (f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) INSERT INTO fault"
           f" (id, error, status, message) SELECT i - 5, 'X', 500, '{hard}' FROM n;")
    control.done(server.client(), "POST", "/_local/seed", sql)
    shown = told(server, "faults")
    assert list(shown) == ["faults"] and [fault["id"] for fault in shown["faults"]] == list(range(-4, count - 4))
    assert told(server, "faults", "list") == shown
    assert told(server, "faults", "clear") == {}


@pytest.mark.parametrize("word, wanted", (
    ("status", "KEY=VALUE"), ("colour=red", "probability"), ("=x", "KEY=VALUE"),
    ("status=high", "a number"), ("times=", "a number"), ("times=1.5", "a number"), ("times=-1", "a number"),
    ("seed=007", "a number"), ("probability=.5", "0.5"), ("probability=1e-1", "0.5"), ("probability=1.", "0.5"),
    ("probability=", "0.5"), ("drop=yes", "true or false"),
))
def test_a_fault_that_cannot_be_sent(server, word, wanted):
    line = run(server.url, "faults", "add", "operation=CreateUser", word, code=2)
    assert f"'{word}'" in line and wanted in line
    assert told(server, "faults") == {"faults": []}


def test_a_fault_the_server_refuses(server):
    assert "operation" in run(server.url, "faults", "add", "operation=Nonsense", code=1)
    assert "[id]" in run(server.url, "faults", "clear", "x", code=1)


def test_requests_are_filtered_counted_and_forgotten(server):
    client = server.client()
    client.call("GET", harness.user_path("b-ctl", "alice"))
    client.call("GET", harness.user_path("b-ctl", "a~b"))
    client.call("GET", harness.user_path("b-ctl", "nobody"))
    client.call("GET", "/v1/brokers")
    entries = told(server, "requests")["requests"]
    assert [entry["operation"] for entry in entries] == ["DescribeUser"] * 3 + ["ListBrokers"]
    for words, count in (((), 4), (("--operation", "DescribeUser"), 3), (("--status=404",), 2), (("--username", "a~b"), 1),
                         (("--operation=DescribeUser", "--status", "200"), 1), (("--since", entries[2]["number"]), 1), (("--last", 2), 2),
                         (("--since", entries[0]["time"]), 4)):
        assert told(server, "requests", "--count", *words) == {"count": count}, words
        assert len(told(server, "requests", *words)["requests"]) == count
    assert told(server, "requests", "clear") == {}
    assert told(server, "requests", "--count") == {"count": 0}


def test_a_filter_is_sent_as_it_was_typed(server):
    client = server.client()
    client.call("GET", harness.user_path("b-ctl", "a&status=1 +%ü"))
    assert told(server, "requests", "--count", "--username", "a&status=1 +%ü") == {"count": 1}
    assert "[status]" in run(server.url, "requests", "--status", "x", code=1)


def test_what_would_only_list_does_not_forget(server):
    """A filter does not narrow what is forgotten, so it is refused there."""
    server.client().call("GET", "/v1/brokers")
    assert "--status" in run(server.url, "requests", "clear", "--status", "404", code=2)
    assert told(server, "requests", "--count") == {"count": 1}


def test_a_snapshot_there_and_back(server, tmp_path):
    path = tmp_path / "state.db"
    path.write_bytes(b"something else")
    assert run(server.url, "snapshot", "save", path) == b""
    assert os.listdir(tmp_path) == ["state.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "passwords are in it"
    run(server.url, "reset", "--empty")
    assert told(server, "snapshot", "load", path) == {}
    assert brokers(server) == {"b-ctl"}


def test_a_snapshot_through_pipes(server):
    image = run(server.url, "snapshot", "save", "-")
    assert image.startswith(b"SQLite format 3\0")
    run(server.url, "reset", "--empty")
    assert told(server, "snapshot", "load", "-", stdin=image) == {}
    assert brokers(server) == {"b-ctl"}


def test_a_snapshot_over_a_link_keeps_the_link(server, tmp_path):
    (tmp_path / "link").symlink_to("target")
    run(server.url, "snapshot", "save", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes().startswith(b"SQLite format 3\0")


def test_a_refused_snapshot_leaves_the_file(serve, server, tmp_path):
    closed = serve("--control-token", TOKEN)
    (tmp_path / "state.db").write_bytes(b"kept")
    run(closed.url, "snapshot", "save", tmp_path / "state.db", code=1)
    run(server.url, "snapshot", "load", tmp_path / "state.db", code=1)
    assert (tmp_path / "state.db").read_bytes() == b"kept" and brokers(server) == {"b-ctl"}


def test_files_that_cannot_be_used(server, tmp_path):
    missing = tmp_path / "missing" / "file"
    for words in (("seed", missing), ("snapshot", "load", missing), ("snapshot", "save", missing), ("seed", tmp_path),
                  ("snapshot", "save", tmp_path)):
        assert str(words[-1]) in run(server.url, *words, code=1), words


def test_a_file_beyond_every_limit_is_not_sent(tmp_path):
    """Nobody listens there, and that is not what is complained about."""
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(64 * MIB + 1)
    assert "64 MiB" in run(f"http://127.0.0.1:{wire.free_port()}", "seed", tmp_path / "huge", code=1)


def test_a_full_disk_is_told(server):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([harness.BINARY, "ctl", "--url", server.url, "health"], stdout=full, check=False,
                                stderr=subprocess.PIPE, env=harness.environment(), timeout=harness.DEADLINE_S)
    assert (result.returncode, result.stderr.count(b"\n")) == (1, 1), result
    run(server.url, "snapshot", "save", "/dev/full", code=1)


# --- Passwords -------------------------------------------------------------------------------------------------

IN = {"authenticated": True, "consoleAccess": True, "groups": ["admins"]}


@pytest.mark.parametrize("line, answer", (
    (harness.PASSWORD + "\n", IN), (harness.PASSWORD, IN), (harness.PASSWORD + "\nmore\n", IN),
    (harness.PASSWORD + " \n", {"authenticated": False}), ("\n", {"authenticated": False}),
))
def test_a_password_is_one_line_of_standard_input(server, line, answer):
    assert told(server, "authenticate", "b-ctl", "alice", stdin=line.encode()) == answer


def test_a_password_on_the_command_line(server):
    assert told(server, "authenticate", "b-ctl", "alice", "--password", harness.PASSWORD) == IN
    assert told(server, "authenticate", "b-ctl", "alice", "--password=") == {"authenticated": False}
    assert "b-none" in run(server.url, "authenticate", "b-none", "alice", "--password", "x", code=1)


def test_without_a_password_nothing_is_asked(server):
    assert "password" in run(server.url, "authenticate", "b-ctl", "alice", code=2)


def test_a_terminal_does_not_show_the_password(server):
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen([harness.BINARY, "ctl", "--url", server.url, "authenticate", "b-ctl", "alice"],
                                   stdin=slave, stdout=subprocess.PIPE, stderr=slave, env=harness.environment())
        shown = b""
        while b"Password: " not in shown:
            shown += os.read(master, 100)
        harness.eventually(lambda: not termios.tcgetattr(slave)[3] & termios.ECHO, "a terminal without echo")
        os.write(master, harness.PASSWORD.encode() + b"\n")
        answer, _ = process.communicate(timeout=harness.DEADLINE_S)
        assert json.loads(answer) == IN and process.returncode == 0
        assert os.read(master, 100) == b"\r\n"
        assert termios.tcgetattr(slave)[3] & termios.ECHO
    finally:
        os.close(master)
        os.close(slave)


# --- The command line ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, wanted", (
    ((), f"expected one of: {NAMES}"),
    (("rest",), "unknown word 'rest'; did you mean reset? (see"), (("erase",), f"unknown command 'erase', expected one of: {NAMES}"),
    (("",), f"unknown command '', expected one of: {NAMES}"),
    (("snapshot",), "expected one of: save, load"),
    (("snapshot", "store", "x"), "unknown word 'store', expected one of: save, load"),
    (("clock", "forward"), "unknown word 'forward', expected one of: advance, set"),
    (("faults", "remove", "1"), "unknown word 'remove', expected one of: list, add, clear"),
    (("requests", "all"), "unknown word 'all', expected one of: clear"),
    (("health", "now"), "unexpected argument: 'now'"),
    (("reset", "all"), "unexpected argument: 'all'"),
    (("seed",), "expected FILE|-"), (("clock", "advance"), "expected TIME"), (("faults", "add"), "expected KEY=VALUE"),
    (("authenticate", "b-ctl"), "expected BROKER USER"), (("clock", "set", "a", "b"), "expected TIME"),
    (("faults", "clear", "1", "2"), "expected [ID]"), (("requests", "clear", "x"), "expected no argument"),
    (("--nonsense", "health"), "unknown option: --nonsense"), (("--tokens=x", "health"), "unknown option: --tokens; did you mean --token?"), (("health", "-x"), "unknown option: -x"),
    (("health", "--empty"), "takes no --empty"), (("reset", "--empty=1"), "takes no value: --empty (see"),
    (("health", "--url"), "needs a value: --url"), (("--", "--help"), "unknown command '--help'"),
    (("faults", "add", *["times=1"] * 40), "too many words"),
    (("a\nb\x1b[2J",), "unknown command 'a?b?[2J'"),
))
def test_a_wrong_command_line(words, wanted):
    assert wanted in run(f"http://127.0.0.1:{wire.free_port()}", *words, code=2)


def test_options_may_stand_anywhere(server):
    other = f"http://127.0.0.1:{wire.free_port()}"
    for words in (("--url", server.url, "faults", "list"), ("faults", "--url", server.url, "list"),
                  ("faults", "list", f"--url={server.url}"), (f"--url={other}", "faults", f"--url={server.url}", "--")):
        assert json.loads(run(other, *words)) == {"faults": []}


@pytest.mark.parametrize("url", (
    "", "localhost:8267", "https://localhost", "ftp://localhost", "http://", "http://:80", "http://a:", "http://a:0",
    "http://a:65536", "http://a:8x", "http://user@a", "http://a/path", "http://a?x", "http://[::1", "http://::1",
    "http://a b", "http://a\r\nX: y", "http://" + "a" * 256,
))
def test_a_wrong_url(url):
    assert "http://localhost:8267" in run(None, "--url", url, "health", code=2)


def test_the_url_forms(server):
    for url in (f"http://localhost:{server.port}", f"http://127.0.0.1:{server.port}/", f"http://LOCALHOST:{server.port}"):
        assert told(server, "--url", url, "faults") == {"faults": []}, url


@wire.needs_ipv6
def test_over_ipv6(serve):
    server = serve("--host", "::1")
    for host in ("[::1]", "localhost"):
        assert told(server, "--url", f"http://{host}:{server.port}", "faults") == {"faults": []}


def test_an_empty_variable_is_none(server):
    empty = {"AMAZONMQ_LOCAL_URL": "", "AMAZONMQ_LOCAL_CONTROL_TOKEN": ""}
    assert json.loads(run(None, "faults", "--url", server.url, env=empty)) == {"faults": []}


def test_the_token(serve):
    server = serve("--control-token", TOKEN)
    assert "401" in run(server.url, "clock", code=1)
    assert "401" in run(server.url, "clock", "--token", "another-token", code=1)
    assert told(server, "clock", "--token", TOKEN)["offsetMs"] == 0
    assert told(server, "clock", env={"AMAZONMQ_LOCAL_CONTROL_TOKEN": TOKEN})["offsetMs"] == 0
    assert told(server, "clock", "--token", TOKEN, env={"AMAZONMQ_LOCAL_CONTROL_TOKEN": "wrong"})["offsetMs"] == 0
    assert told(server, "health")["status"] == "ok"


@pytest.mark.parametrize("token", ("", "a b", "a\r\nX: y", "ü"))
def test_a_token_that_is_no_header(server, token):
    assert "token" in run(server.url, "clock", "--token", token, code=2)


def test_a_server_without_control_api(serve):
    assert "403: Missing Authentication Token; does the server run with --control off?" in run(serve("--control", "off").url, "clock", code=1)


# --- Servers that are none -------------------------------------------------------------------------------------

@contextlib.contextmanager
def answering(answer):
    """The URL of a server that answers one request with those bytes and closes; what it was sent comes in a list."""
    got = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def serve_one():
            connection, _ = listener.accept()
            with connection:
                got.append(connection.recv(65536))
                connection.sendall(answer)

        thread = threading.Thread(target=serve_one)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", got
        thread.join()


def test_nobody_there():
    port = wire.free_port()
    for host in ("localhost", "127.0.0.1"):
        assert f"cannot connect to {host} port {port}: " in run(f"http://{host}:{port}", "health", code=3)


@pytest.mark.parametrize("answer", (
    b"", b"HTTP/1.1", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 99 No\r\n\r\n",
    b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000,
), ids=lambda answer: repr(answer[:70]))
def test_an_answer_that_is_none(answer):
    with answering(answer) as (url, _):
        assert "no answer from 127.0.0.1" in run(url, "health", code=3)


@pytest.mark.parametrize("answer", (
    b"HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\n{}tail", b"HTTP/1.0 200\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
))
def test_each_form_of_an_answer(answer):
    with answering(answer) as (url, got):
        assert run(url, "requests", "--username", "a b", "--token", TOKEN) == b"{}\n"
    host = url.removeprefix("http://")
    assert got == [f"GET /_local/requests?username=a%20b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
                   f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()]


def test_a_refusal_that_is_no_json():
    with answering(b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>\nno\x1b") as (url, _):
        assert run(url, "health", code=1) == "refused with status 502: <html>?no?"


def test_a_refusal_before_the_body_is_read(server, tmp_path):
    """More is sent than a connection holds, and the answer comes first."""
    (tmp_path / "big").write_bytes(b"-" * 8 * MIB)
    with answering(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n") as (url, _):
        run(url, "seed", tmp_path / "big", code=1)


def test_a_large_seed(server, tmp_path):
    comment = b"-- " + b"x" * 100 + b"\n"
    (tmp_path / "big.sql").write_bytes(comment * (3 * MIB // len(comment)) + harness.sql_broker("b-late").encode())
    assert told(server, "seed", tmp_path / "big.sql") == {}
    assert "b-late" in brokers(server)


def test_help():
    text = run(None, "--help").decode("ascii")
    assert text.startswith("Usage: amazonmq-local ctl ") and text == run(None, "clock", "--help").decode("ascii")
    assert all(f"\n  {name}" in text for name in NAMES.split(", "))
