"""`tests/record`: what it sends, writes and compares, and that it takes away what it made."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest

import control_calls as control
import harness
import test_fidelity
from harness import assert_ok

RECORD = os.path.join(harness.ROOT, "tests", "record")
sys.path.append(os.path.join(harness.ROOT, "tests", "recorder"))

import cases  # noqa: E402
import diff  # noqa: E402
import exchange  # noqa: E402

HOUR_S = 3600
SLOW = ("--create-time", "1h", "--reboot-time", "1h", "--delete-time", "1h")
ACCOUNT = "210987654321"
SECRETS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "the-secret-of-the-caller",
           "AWS_SESSION_TOKEN": "the-session-token-of-the-caller"}


def command(*words):
    return [sys.executable, RECORD, *map(str, words)]


def record(*words, code=0, stdin=""):
    """Runs tests/record to its end and returns what it printed."""
    result = subprocess.run(command(*words), env=harness.environment(SECRETS), input=stdin, text=True, encoding="utf-8",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=4 * harness.DEADLINE_S, check=False)
    assert result.returncode == code, result.stdout
    return result.stdout


def left(server):
    """Names of the brokers and configurations of the caller's account."""
    client = server.client(headers=[harness.credential(ACCOUNT)])
    brokers = assert_ok(client.call("GET", "/v1/brokers?maxResults=100")).json()["brokerSummaries"]
    configurations = assert_ok(client.call("GET", "/v1/configurations?maxResults=100")).json()["configurations"]
    return [row["brokerName"] for row in brokers] + [row["name"] for row in configurations]


def step(server):
    control.advance(server.client(), HOUR_S)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """The path of a recording of this server, all parts of it, and what was printed."""
    path = tmp_path_factory.mktemp("record") / "recording.jsonl"
    with harness.Server(*SLOW) as server:
        printed = record("run", "--endpoint", server.url, "--output", path, "--yes", "--step-clock", HOUR_S)
        assert left(server) == []
    return path, printed


# --- The table -------------------------------------------------------------------------------------------------

def test_every_case_bears_on_rows_that_there_are():
    grades = {identifier: grade for identifier, _, grade, _ in test_fidelity.rows()}
    named = {identifier for case in cases.CASES for identifier in case.rows.split()} | set(cases.HEADER_ROWS.values())
    assert named <= set(grades)
    assert diff.grades() == grades
    assert sum(grades[identifier] == "assumed" for identifier in named) > 100


def test_every_case_has_a_name_of_its_own_and_a_part():
    names = [case.name for case in cases.CASES]
    assert sorted(set(names)) == sorted(names)
    assert {case.part for case in cases.CASES} == set(cases.PARTS)


def test_nothing_is_made_that_the_clean_up_would_not_find():
    for case in cases.CASES:
        body = case.body if isinstance(case.body, dict) else {}
        name = body.get("brokerName", body.get("name"))
        if case.target in ("/v1/brokers", "/v1/configurations") and isinstance(name, str):
            assert name.startswith("${name}") or name.strip("x") == "", case.name


# --- A recording -----------------------------------------------------------------------------------------------

def test_a_run_says_what_it_makes_and_records_every_case(recording):
    path, printed = recording
    assert "mq.t3.micro" in printed and "mq.m7g.medium" in printed and "US dollars" in printed and "minutes" in printed
    head, rows = diff.read(path)
    assert head["region"] == "us-east-1" and head["parts"] == list(cases.PARTS)
    assert [row["case"] for row in rows] == [case.name for case in cases.CASES]
    assert all("status" in row for row in rows)


def test_a_recording_has_placeholders_for_what_is_of_one_account_and_run(recording):
    text = recording[0].read_text(encoding="utf-8")
    for secret in (*SECRETS.values(), "mq-record-"):
        assert secret not in text
    assert not re.search(r"(?<!00000000-0000-4000-8000-)\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-", text)
    assert not re.search(r"T\d\d:\d\d:\d\d|GMT|\b10\.\d+\.\d+\.\d+", text)
    rows = {row["case"]: row for row in diff.read(recording[0])[1]}
    assert json.loads(rows["create-activemq"]["body"]) == {
        "brokerArn": "arn:aws:mq:us-east-1:<account #1>:broker:${name}-a:${active}", "brokerId": "${active}"}
    assert json.loads(rows["creating-again"]["body"])["brokerId"] == "${active}"


def test_replayed_here_a_recording_of_this_server_has_no_difference(recording):
    printed = record("diff", recording[0])
    assert printed.endswith(f"{len(cases.CASES)} answers are the same, 0 differ\n")


def test_each_difference_is_told_with_its_case_and_rows(recording, tmp_path):
    head, rows = diff.read(recording[0])
    changed = {row["case"]: row for row in rows}
    changed["create-user-short-name"]["body"] = '{"message":"Too short."}'
    changed["rabbitmq-describe-user"]["status"] = 404
    changed["tags-empty-key"]["headers"].append(["X-New", "1"])
    path = tmp_path / "changed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in (head, *rows)), encoding="utf-8")
    printed = record("diff", path, code=1)
    assert "create-user-short-name: USR-15 (documented)\n  body: recorded '{\"message\":\"Too short.\"}'\n" in printed
    assert re.search(r"rabbitmq-describe-user: USR-9 \(assumed\)\n  status: recorded 404, here \d+\n", printed)
    assert "header x-new: TAG-9 (assumed)\n  recorded '1', here none\n  in 1: tags-empty-key\n" in printed
    assert printed.endswith(f"{len(rows) - 3} answers are the same, 3 differ\n")


def test_make_fidelity_diff_replays_a_recording(recording):
    with open(os.path.join(harness.ROOT, "Makefile"), encoding="utf-8") as file:
        rule = re.search(r"^fidelity-diff: all ## .+\n((?:\t.+\n)+)", file.read(), re.M)
    assert "tests/record diff" in rule[1] and "$(RECORDING)" in rule[1]


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    path = tmp_path / "none.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    assert "no recording" in record("diff", path, code=1)


# --- Not going on ----------------------------------------------------------------------------------------------

def test_who_does_not_say_yes_makes_nothing(tmp_path):
    with harness.Server() as server:
        printed = record("run", "--endpoint", server.url, "--output", tmp_path / "out", stdin="no\n", code=1)
        assert "Go on? [y/N]" in printed
        calls = server.client().call("GET", "/_local/requests", check=harness.CHECK_NONE).json()
        assert calls["requests"] == [] and not os.path.exists(tmp_path / "out")


def test_with_bad_credentials_nothing_is_made(tmp_path):
    with harness.Server("--auth", "verify") as server:
        printed = record("run", "--endpoint", server.url, "--output", tmp_path / "out", "--yes", code=1)
        assert "nothing was made: /v1/brokers answers 403" in printed


def test_a_run_ends_when_the_credentials_expire(tmp_path):
    fault = harness.sql_fault(operation="DescribeConfiguration", error="ExpiredTokenException", status=403,
                              message="The security token included in the request is expired")
    with harness.Server(seed=fault) as server:
        printed = record("run", "--endpoint", server.url, "--output", tmp_path / "out", "--yes", "--part", "free", code=1)
        assert "the credentials have expired" in printed and left(server) == []


# --- Clean-up --------------------------------------------------------------------------------------------------

class Run:
    """A run that waits for its brokers; lines() has what it printed."""

    def __init__(self, server, path):
        words = ("run", "--endpoint", server.url, "--output", path, "--yes", "--interval", "0.01")
        self.process = subprocess.Popen(command(*words), env=harness.environment(SECRETS), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
        self.printed = []
        self.reader = threading.Thread(target=lambda: self.printed.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def wait_for(self, pattern):
        return harness.eventually(lambda: re.search(pattern, "".join(self.printed)), pattern)

    def end(self):
        code = self.process.wait(harness.DEADLINE_S)
        self.reader.join()
        self.process.stdout.close()
        return code, "".join(self.printed)


@contextlib.contextmanager
def waiting_run(path):
    with harness.Server(*SLOW) as server:
        run = Run(server, path)
        try:
            run.wait_for("activemq-runs: CREATION_IN_PROGRESS, waiting for RUNNING")
            assert len(left(server)) == 7  # brokers, their configurations, and three more
            yield server, run
        finally:
            if run.process.poll() is None:
                run.process.kill()
                run.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_takes_away_what_it_made(number, tmp_path):
    with waiting_run(tmp_path / "out") as (server, run):
        run.process.send_signal(number)
        run.wait_for("clean-up: b-.* cannot be deleted in CREATION_IN_PROGRESS; trying again")
        step(server)
        run.wait_for(r"clean-up: b-\S+ deleted(.|\n)*clean-up: b-\S+ deleted")
        step(server)
        code, printed = run.end()
        assert code == 128 + number, printed
        assert "left:" not in printed
        assert left(server) == []
    rows = diff.read(tmp_path / "out")[1]
    assert rows[0]["case"] == "create-activemq" and len(rows) < len(cases.CASES)


def test_interrupted_again_it_says_what_is_left_and_how_to_take_it_away(tmp_path):
    with waiting_run(tmp_path / "out") as (server, run):
        run.process.send_signal(signal.SIGINT)
        run.wait_for("cannot be deleted in CREATION_IN_PROGRESS")
        run.process.send_signal(signal.SIGINT)
        code, printed = run.end()
        assert code == 128 + signal.SIGINT
        assert len(re.findall(r"left: broker b-\S+ \(CREATION_IN_PROGRESS\)\n", printed)) == 2
        name = re.search(r"tests/record clean (mq-record-\S+) --region us-east-1 --endpoint \S+", printed)[1]
        record("clean", name, "--endpoint", server.url, "--step-clock", HOUR_S)
        assert left(server) == []


def test_clean_takes_the_name_of_a_run_and_nothing_else():
    assert "shop is not the name of a run" in record("clean", "shop", "--endpoint", "http://localhost:1", code=1)


# --- Placeholders ----------------------------------------------------------------------------------------------

def test_the_same_value_has_the_same_placeholder():
    put = exchange.Placeholders({"active": "b-1", "active-arn": "arn:aws:mq:x:210987654321:broker:n:b-1"}, ("s" * 16,)).text
    assert put("b-1 and b-1, arn:aws:mq:x:210987654321:broker:n:b-1") == (
        "${active} and ${active}, arn:aws:mq:x:<account #1>:broker:n:${active}")
    assert put("210987654321%3A and 123456789012") == "<account #1>%3A and <account #2>"
    assert put("s" * 16) == "<secret>"
    assert put("User: arn:aws:sts::210987654321:assumed-role/r/me is") == "User: <caller> is"
    assert put("subnet-0123456789abcdef0 sg-01234567 subnet-0123456789abcdef0") == (
        "subnet-<subnet 17 #1> sg-<sg 8 #1> subnet-<subnet 17 #1>")
    assert put("2026-11-24T00:22:41.477Z 2026-11-24T00:22:41Z") == "<time, 3 digits, Z> <time, 0 digits, Z>"
    assert put("10.0.0.1 52.1.2.3 999.1.1.1 1.2.3") == "<private address> <public address> 999.1.1.1 1.2.3"


def test_a_true_length_is_no_difference_and_a_false_one_is():
    put = exchange.Placeholders({}).answer
    assert put(exchange.Answer(200, [["Content-Length", "2"]], b"{}"))[0] == [["Content-Length", "<length>"]]
    assert put(exchange.Answer(200, [["Content-Length", "3"]], b"{}"))[0] == [["Content-Length", "3"]]


def test_bytes_that_are_no_text_are_kept():
    for data in (b"\xff\x00", "ü{}".encode("utf-8"), b"", None):
        assert exchange.load_bytes(exchange.dump_bytes("body", data), "body") == data
