"""amazonmq_local.start() and the methods of a Server."""

import inspect
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timedelta, timezone

import pytest
from conftest import BROKER, is_running

import amazonmq_local
from amazonmq_local import Error, start

USER = "INSERT INTO user (broker_id, username, password, groups) VALUES ('b-1', 'ada', 'correct-horse-1', '[\"admins\"]');"
DEADLINE_S = 30


@pytest.fixture(scope="module")
def shared():
    with start([BROKER, USER], reboot_time="1h") as server:
        yield server


@pytest.fixture
def server(shared):
    shared.reset()
    return shared


def create_user(server, name="bob", password="correct-horse-2"):
    request = urllib.request.Request(f"{server.url}/v1/brokers/b-1/users/{name}", method="POST",
                                     data=json.dumps({"password": password}).encode())
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def brokers(server):
    return [broker["brokerId"] for broker in server.brokers()]


def test_a_server_from_start_to_stop():
    with start() as server:
        assert server.url.endswith(f":{server.port}") and server.port > 1023
        assert server.health() == {"status": "ok", "version": amazonmq_local.__version__}
        assert server.log() == ""
        pid = server.pid
        assert is_running(pid)
        folder = server._folder.name
        assert repr(server) == f"<amazonmq_local.Server {server.url}>"
    assert not is_running(pid) and server.pid is None
    assert not os.path.exists(folder)
    server.stop()
    with pytest.raises(Error, match="/_local/health: .*[Rr]efused"):
        server.health()


def test_the_binary_is_the_one_of_the_package(monkeypatch, tmp_path):
    installed = os.path.join(os.path.dirname(sys.executable), "amazonmq-local")
    assert amazonmq_local.find_binary() == installed
    monkeypatch.setenv("AMAZONMQ_LOCAL_BIN", "/no/such/binary")
    with pytest.raises(Error, match="/no/such/binary: No such file"):
        start()
    monkeypatch.delenv("AMAZONMQ_LOCAL_BIN")
    other = tmp_path / "amazonmq-local"
    other.symlink_to(installed)
    monkeypatch.setattr(sys, "executable", "/usr/bin/none/python")
    monkeypatch.setattr("sysconfig.get_path", lambda *_: "/usr/bin/none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert amazonmq_local.find_binary() == str(other)
    monkeypatch.setenv("PATH", "/usr/bin/none")
    with pytest.raises(Error, match="pip install amazonmq-local"):
        amazonmq_local.find_binary()


def test_seeds_and_options(tmp_path):
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "1.sql").write_text(BROKER)
    (tmp_path / "many" / "2.sql").write_text(USER)
    (tmp_path / "one.sql").write_text("INSERT INTO broker (id, name) VALUES ('b-2', 'two');")
    with start([tmp_path / "many", str(tmp_path / "one.sql"), "INSERT INTO broker (id, name) VALUES ('b-3', 'three')"],
               "--reboot-time", "0", journal=1, create_time=timedelta(seconds=2), control_token="a-good-token",
               host=["127.0.0.1"], sandbox=True, region=None) as server:
        assert brokers(server) == ["b-1", "b-2", "b-3"]
        assert server.url.startswith("http://127.0.0.1:")
        assert server.authenticate("b-1", "ada", "correct-horse-1")
        server.reset([tmp_path / "many"])
        assert brokers(server) == ["b-1"]
        server.reset()
        assert brokers(server) == ["b-1", "b-2", "b-3"]


@pytest.mark.parametrize("words, options, message", [
    (["INSERT INTO brokr VALUES (1)"], {}, "statement 1: no such table: brokr"),
    (["missing.sql"], {}, "missing.sql: No such file or directory"),
    ([], {"rebot_time": "1h"}, "--rebot-time"),
    ([], {"journal": "many"}, "--journal"),
])
def test_a_start_that_fails_says_why(words, options, message):
    with pytest.raises(Error, match=message):
        start(*words, **options)


def test_state(server, tmp_path):
    before = server.snapshot()
    assert isinstance(before, bytes)
    server.seed("INSERT INTO broker (id, name) VALUES ('b-2', 'two');")
    assert brokers(server) == ["b-1", "b-2"]
    server.restore(before)
    assert brokers(server) == ["b-1"]
    server.reset("")
    assert brokers(server) == []
    server.reset()
    assert brokers(server) == ["b-1"]
    with pytest.raises(Error, match="^body:1: statement 1, row 1: id: another row of broker has the same") as refusal:
        server.seed(BROKER)
    assert refusal.value.status == 400
    (tmp_path / "again.sql").write_text(BROKER)
    with pytest.raises(Error, match=r"again\.sql:1"):
        server.seed(tmp_path)
    with pytest.raises(Error, match="snapshot: not a whole SQLite file"):
        server.restore(b"nothing")


def test_clock(server):
    begin = datetime(2031, 12, 24, 18, tzinfo=timezone.utc)
    for given in "2031-12-24T18:00:00Z", begin, begin.replace(tzinfo=None), begin.astimezone(timezone(timedelta(hours=5))):
        assert begin <= server.clock_set(given) < begin + timedelta(minutes=1)
    for step, expected in [("7d", 7 * 86400), ("1h30m", 5400), ("100ms", 0.1), (90, 90), (1.5, 1.5), (timedelta(minutes=2), 120)]:
        before = server.clock()
        assert timedelta() <= server.clock_advance(step) - before - timedelta(seconds=expected) < timedelta(minutes=1)
    for wrong in "7 days", "", "d", None, True:
        with pytest.raises(ValueError, match="no duration"):
            server.clock_advance(wrong)
    with pytest.raises(Error, match="such as 2026-12-24T18:00:00Z"):
        server.clock_set("Christmas")
    server.reset()
    assert abs(server.clock() - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_faults_and_requests(server):
    fault = server.add_fault("CreateUser", "InternalServerErrorException", times=2)
    assert (fault["operation"], fault["times"]) == ("CreateUser", 2)
    other = server.add_fault(broker_id="b-9", username="x", delay="1s", drop=True, probability=0.5, seed=7, message=None)
    assert (other["delayMs"], other["drop"], other["brokerId"]) == (1000, True, "b-9")
    assert [create_user(server) for _ in range(3)] == [500, 500, 200]
    assert [sent["status"] for sent in server.requests()] == [500, 500, 200]
    assert [sent["username"] for sent in server.requests("CreateUser", username="bob", status=200)] == ["bob"]
    assert server.requests(status=404) == []
    assert len(server.requests(last=1)) == 1
    assert len(server.requests(since=server.requests()[0]["number"])) == 2
    server.clear_faults(other["id"])
    assert other["id"] not in [item["id"] for item in server.faults()]
    server.add_fault("CreateUser", "TeapotException", status=418, message="short and stout")
    assert create_user(server, "eve") == 418
    server.clear_faults()
    assert server.faults() == []
    server.clear_requests()
    assert server.requests() == []
    with pytest.raises(Error, match=r"no operation \[CreateUsr\]"):  # nor is nothing found
        server.requests("CreateUsr")
    with pytest.raises(Error, match="^status: needed"):
        server.add_fault(error="UnheardOfException")


def test_long_lists_are_whole(server):
    server.seed("".join("INSERT INTO fault (operation, username, error) VALUES "
                        f"('CreateUser', 'nobody-{number}', 'ForbiddenException');" for number in range(1100)))
    assert len(server.faults()) == 1100


def test_authenticate(server):
    login = server.authenticate("b-1", "ada", "correct-horse-1")
    assert login and login == (True, ["admins"], False)
    assert not server.authenticate("b-1", "ada", "wrong")
    assert create_user(server) == 200
    assert not server.authenticate("b-1", "bob", "correct-horse-2")
    server.call("GET", "metrics")
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/v1/brokers/b-1/reboot", method="POST")).close()
    server.clock_advance("1h")
    assert server.authenticate("b-1", "bob", "correct-horse-2")
    with pytest.raises(Error, match=r"Cannot find broker ID \[b-9\]") as refusal:
        server.authenticate("b-9", "ada", "x")
    assert refusal.value.status == 404


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with start() as server:
        assert server.health()["status"] == "ok"


def test_a_running_server(server, monkeypatch):
    monkeypatch.setenv("AMAZONMQ_LOCAL_URL", server.url + "/")
    with start("INSERT INTO broker (id, name) VALUES ('b-7', 'seven');", auth="verify") as other:
        assert other.url == server.url and other.pid is None and other.log() == ""
        assert brokers(server) == ["b-7"]
        other.seed(BROKER)
        other.reset()
        assert brokers(server) == ["b-7"]
    assert server.health()["status"] == "ok"


def test_a_server_does_not_outlive_its_process(project):
    code = "import amazonmq_local, time; s = amazonmq_local.start(); print(s.pid, flush=True); time.sleep(600)"
    for number in signal.SIGKILL, signal.SIGINT:
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            pid = int(process.stdout.readline())
            process.send_signal(number)
        end = time.monotonic() + DEADLINE_S
        while is_running(pid) and time.monotonic() < end:
            time.sleep(0.01)
        assert not is_running(pid), number


def test_the_annotations_are_complete():
    for name, method in inspect.getmembers(amazonmq_local.Server, inspect.isfunction):
        signature = inspect.signature(method)
        assert signature.return_annotation is not signature.empty or name == "__del__", name
        assert all(parameter.annotation is not parameter.empty for other, parameter in signature.parameters.items()
                   if other != "self"), name
    assert set(amazonmq_local.__all__) <= set(dir(amazonmq_local))
    with pytest.raises(AttributeError, match="no attribute 'begin'"):
        amazonmq_local.begin()
