"""docs/seeding.md: every example works, every message it quotes is the one that comes, its tables are the schema's."""

import contextlib
import os
import re
import sqlite3

import pytest

import harness
import wire
from harness import Server, assert_error, assert_no_user, assert_ok

store = wire.store

with open(os.path.join(harness.ROOT, "docs", "seeding.md"), encoding="utf-8") as _file:
    TEXT = _file.read()

ORDERS = "b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9"
BLOCKS = re.findall(r"```(sql|text)\n(.*?)```", TEXT, re.DOTALL)


def split_blocks():
    """The examples that work, and those that do not with the message that follows each."""
    good, bad = [], []
    for number, (kind, text) in enumerate(BLOCKS):
        if kind == "text":
            continue
        if number + 1 < len(BLOCKS) and BLOCKS[number + 1][0] == "text":
            bad.append((text, BLOCKS[number + 1][1].strip()))
        else:
            good.append(text)
    return good, bad


GOOD, BAD = split_blocks()


def write_examples(directory):
    os.mkdir(directory)
    for number, text in enumerate(GOOD):
        with open(os.path.join(directory, f"{number:02}.sql"), "w", encoding="utf-8") as file:
            file.write(text)
    return directory


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    seeds = write_examples(str(tmp_path_factory.mktemp("docs") / "seeds"))
    with Server("--seed", seeds, "--reboot-time", "0") as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def test_SEED_10_there_are_examples():
    assert len(GOOD) >= 10 and len(BAD) >= 8


def test_SEED_10_brokers(client):
    rows = assert_ok(client.call("GET", "/v1/brokers")).json()["brokerSummaries"]
    assert {row["brokerId"]: (row["engineType"], row["deploymentMode"]) for row in rows} == {
        ORDERS: ("ActiveMQ", "SINGLE_INSTANCE"), "b-rabbit": ("RabbitMQ", "SINGLE_INSTANCE"),
        "b-pair": ("ActiveMQ", "ACTIVE_STANDBY_MULTI_AZ"), "b-critical": ("ActiveMQ", "SINGLE_INSTANCE"),
        "b-rebooting": ("ActiveMQ", "SINGLE_INSTANCE"), "b-back-soon": ("ActiveMQ", "SINGLE_INSTANCE")}
    body = assert_ok(client.call("GET", "/v1/brokers/b-pair")).json()
    assert body["publiclyAccessible"] is True and body["securityGroups"] == ["sg-0123456789abcdef0"]
    assert body["subnetIds"] == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    assert assert_ok(client.call("GET", "/v1/brokers/b-rabbit")).json()["tags"] == {"team": "checkout"}


def test_SEED_10_brokers_of_another_world(client):
    harness.assert_no_broker(client.call("GET", "/v1/brokers/b-elsewhere"), "b-elsewhere")
    body = assert_ok(client.call("GET", "/v1/brokers/b-elsewhere",
                                 headers=[harness.credential("210987654321", "eu-west-1")])).json()
    assert (body["engineVersion"], body["hostInstanceType"]) == ("5.18", "mq.t3.micro")


def test_SEED_10_states(client):
    def state(broker_id):
        return assert_ok(client.call("GET", f"/v1/brokers/{broker_id}")).json()["brokerState"]

    assert state("b-critical") == "CRITICAL_ACTION_REQUIRED"
    assert state("b-rebooting") == "REBOOT_IN_PROGRESS"
    harness.eventually(lambda: state("b-back-soon") == "REPLICA", "the end of the seeded reboot")


def test_SEED_10_users(client):
    def describe(username):
        return assert_ok(client.call("GET", harness.user_path(ORDERS, username))).json()

    assert describe("admin")["groups"] == ["admins"] and describe("admin")["consoleAccess"] is True
    assert describe("reader")["groups"] == ["readers", "auditors"] and "pending" not in describe("reader")
    assert describe("replica")["replicationUser"] is True
    assert describe("newcomer")["pending"] == {"consoleAccess": False, "groups": ["readers"], "pendingChange": "CREATE"}
    assert "groups" not in describe("newcomer")
    assert describe("promoted")["groups"] == ["readers"]
    assert describe("promoted")["pending"] == {"consoleAccess": False, "groups": ["admins"], "pendingChange": "UPDATE"}
    assert describe("leaver")["pending"]["pendingChange"] == "DELETE"
    users = assert_ok(client.call("GET", "/v1/brokers/b-critical/users?maxResults=100")).json()["users"]
    assert [user["username"] for user in users] == [f"user-{number:03}" for number in range(1, 101)]


def test_SEED_10_WLD_7_access_keys(client):
    body = assert_ok(client.call("GET", "/v1/brokers/b-elsewhere",
                                 headers=[harness.credential("AKIDELSEWHERE", "eu-west-1")])).json()
    assert body["brokerArn"].split(":")[4] == "210987654321"


def test_SEED_10_FLT_2_faults_of_named_errors(client):
    for _ in range(2):
        assert_error(client.call("POST", harness.user_path(ORDERS, "flaky"), {"password": harness.PASSWORD}), 500,
                     "InternalServerErrorException",
                     "Unexpected internal server error. Retrying your request might resolve the issue.")
    harness.create_user(client, ORDERS, "flaky")
    assert_error(client.call("GET", harness.user_path(ORDERS, "hidden")), 403, "ForbiddenException", "Not for you.")


def test_SEED_10_FLT_2_a_fault_of_another_name(client):
    assert_error(client.call("PUT", harness.user_path(ORDERS, "busy"), {}, check=harness.CHECK_SHARED), 503,
                 "ServiceUnavailableException", "Come back later.")


def test_SEED_10_FLT_4_a_lost_answer(client):
    path = harness.user_path(ORDERS, "unheard")
    client.send(harness.build("POST", path, {"password": harness.PASSWORD}))
    assert client.receive_until_closed() == b""
    assert client.call("POST", path, {"password": harness.PASSWORD}).status == 409


def test_SEED_10_FLT_3_a_delay(client):
    assert_no_user(client.call("GET", harness.user_path("b-pair", "nobody")), "nobody")


@pytest.mark.parametrize("text, message", BAD, ids=[message.split(":")[0] for _, message in BAD])
def test_SEED_10_quoted_messages(store, text, message):
    seeds = write_examples(os.path.join(store.directory, "seeds"))
    path = os.path.join(store.directory, message.split(":")[0])
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    line = wire.refuse_start("--port", 0, "--seed", seeds, "--seed", path)
    assert line.endswith(message), line


# --- The tables of columns -------------------------------------------------------------------------------------

def documented_columns():
    """Table -> column -> the documented default."""
    found, table = {}, None
    for line in TEXT.split("\n"):
        head = re.match(r"\| column of `(\w+)` \|", line)
        row = re.match(r"\| `(\w+)` \| (.*?) ?\|", line)
        if head:
            table = found.setdefault(head[1], {})
        elif not line.startswith("|"):
            table = None
        elif row and table is not None:
            table[row[1]] = row[2].strip()
    return found


def test_SEED_10_the_columns_are_those_of_the_schema():
    with open(os.path.join(harness.ROOT, "schema", "0001_initial.sql"), encoding="utf-8") as file:
        schema = file.read()
    documented = documented_columns()
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema)
        names = {name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert set(documented) == names - {"default_world"}
        for table, columns in documented.items():
            rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
            assert list(columns) == [row[1] for row in rows], table
            for _, name, _, not_null, default, key in rows:
                told = columns[name]
                if default is None:
                    # What a trigger or SQLite fills in is told in words.
                    assert told != "" or (not_null or key), f"{table}.{name}"
                elif default == "''":
                    assert told in ("empty", "`--account`", "`--region`"), f"{table}.{name}: {told}"
                elif "(" not in default:
                    assert told == f"`{default.strip(chr(39))}`", f"{table}.{name}: {told} is not {default}"


def test_SEED_10_the_errors_that_need_no_status():
    listed = re.search(r"The names that need no status: (.*?)\.\n", TEXT, re.DOTALL)
    names = re.findall(r"`(\w+)`", listed[1])
    with open(os.path.join(harness.ROOT, "schema", "0001_initial.sql"), encoding="utf-8") as file:
        rule = re.search(r'status: needed with an error the server does not know"(.*?)\)\),', file.read(), re.DOTALL)
    assert sorted(names) == sorted(re.findall(r"'(\w+)'", rule[1]))
