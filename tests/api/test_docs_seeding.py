"""docs/seeding.md: every example works, every message it quotes is the one that comes, its tables are the schema's."""

import base64
import contextlib
import glob
import os
import re
import sqlite3

import pytest

import harness
import wire
from configuration_calls import rabbit, update
from harness import Server, assert_error, assert_no_user, assert_ok, describe_broker

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
    harness.wait_gone(client, "b-going")
    rows = assert_ok(client.call("GET", "/v1/brokers")).json()["brokerSummaries"]
    assert {row["brokerId"]: (row["engineType"], row["deploymentMode"]) for row in rows} == {
        ORDERS: ("ActiveMQ", "SINGLE_INSTANCE"), "b-rabbit": ("RabbitMQ", "SINGLE_INSTANCE"),
        "b-pair": ("ActiveMQ", "ACTIVE_STANDBY_MULTI_AZ"), "b-east": ("ActiveMQ", "ACTIVE_STANDBY_MULTI_AZ"),
        **{broker: ("ActiveMQ", "SINGLE_INSTANCE")
           for broker in ("b-critical", "b-rebooting", "b-back-soon", "b-in-creation", "b-soon-there", "b-upgraded",
                          "b-maintained", "b-window-opens", "b-ldap", "b-tuned")}}
    body = assert_ok(client.call("GET", "/v1/brokers/b-pair")).json()
    assert body["publiclyAccessible"] is True and body["securityGroups"] == ["sg-0123456789abcdef0"]
    assert body["subnetIds"] == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    assert assert_ok(client.call("GET", "/v1/brokers/b-rabbit")).json()["tags"] == {"team": "checkout"}


def test_SEED_10_brokers_of_another_world(client):
    harness.assert_no_broker(client.call("GET", "/v1/brokers/b-elsewhere"), "b-elsewhere")
    body = assert_ok(client.call("GET", "/v1/brokers/b-elsewhere",
                                 headers=[harness.credential("210987654321", "eu-west-1")])).json()
    assert (body["engineVersion"], body["hostInstanceType"]) == ("5.18.7", "mq.t3.micro")


def test_SEED_10_states(client):
    body = describe_broker(client, "b-critical")
    assert body["brokerState"] == "CRITICAL_ACTION_REQUIRED"
    assert body["actionsRequired"] == [{
        "actionRequiredCode": "BROKER_ENI_DELETED",
        "actionRequiredInfo": "The network interface eni-0123456789abcdef0 is gone."}]
    assert describe_broker(client, "b-rebooting")["brokerState"] == "REBOOT_IN_PROGRESS"
    harness.wait_state(client, "b-back-soon", "CRITICAL_ACTION_REQUIRED")


def test_SEED_10_creations(client):
    body = describe_broker(client, "b-in-creation")
    assert (body["brokerState"], body["brokerInstances"]) == ("CREATION_IN_PROGRESS", [])
    assert body["configurations"] == {"history": [], "pending": {"id": "c-in-creation", "revision": 1}}
    body = harness.wait_state(client, "b-soon-there", "RUNNING")
    assert len(body["brokerInstances"]) == 1
    assert body["configurations"] == {"current": {"id": "c-soon-there", "revision": 1}, "history": []}


def test_SEED_10_pending_changes(client):
    body = describe_broker(client, "b-upgraded")
    assert (body["engineVersion"], body["pendingEngineVersion"]) == ("5.18.7", "5.19")
    assert (body["hostInstanceType"], body["pendingHostInstanceType"]) == ("mq.m5.large", "mq.m5.xlarge")
    assert (body["logs"]["general"], body["logs"]["pending"]) == (False, {"audit": False, "general": True})


def test_SEED_10_windows(client):
    assert describe_broker(client, "b-maintained")["maintenanceWindowStartTime"] == {
        "dayOfWeek": "WEDNESDAY", "timeOfDay": "03:30", "timeZone": "Europe/Berlin"}
    harness.eventually(lambda: describe_broker(client, "b-window-opens")["engineVersion"] == "5.19", "the window")
    body = harness.wait_state(client, "b-window-opens", "RUNNING")
    assert "pendingEngineVersion" not in body and body["maintenanceWindowStartTime"]["dayOfWeek"] == "MONDAY"
    assert describe_broker(client, ORDERS)["maintenanceWindowStartTime"]["dayOfWeek"] == "SUNDAY"


def test_SEED_10_a_directory(client):
    body = describe_broker(client, "b-ldap")
    assert body["authenticationStrategy"] == "ldap"
    assert body["ldapServerMetadata"] == {
        "hosts": ["ldap.example.com"], "roleBase": "ou=groups,dc=example,dc=com",
        "roleSearchMatching": "(member=uid={1})", "serviceAccountUsername": "cn=mq,dc=example,dc=com",
        "userBase": "ou=people,dc=example,dc=com", "userSearchMatching": "(uid={0})"}


def test_SEED_10_a_pair(client):
    west = [harness.credential(harness.DEFAULT_ACCOUNT, "us-west-2")]
    primary, replica = describe_broker(client, "b-east"), describe_broker(client, "b-west", west)
    assert (primary["brokerState"], replica["brokerState"]) == ("RUNNING", "REPLICA")
    for body, role, other, region in ((primary, "PRIMARY", "b-west", "us-west-2"),
                                      (replica, "REPLICA", "b-east", "us-east-1")):
        assert body["dataReplicationMode"] == "CRDR"
        assert body["dataReplicationMetadata"] == {
            "dataReplicationCounterpart": {"brokerId": other, "region": region}, "dataReplicationRole": role}


def test_SEED_10_configurations(client):
    def data(configuration, revision):
        body = assert_ok(client.call("GET", harness.revision_path(configuration, revision))).json()
        return body.get("description"), base64.b64decode(body["data"]).decode()

    assert describe_broker(client, "b-tuned")["configurations"] == {
        "current": {"id": "c-tuned", "revision": 1}, "history": [{"id": "c-long-deleted", "revision": 7}],
        "pending": {"id": "c-tuned", "revision": 2}}
    body = assert_ok(client.call("GET", harness.configuration_path("c-tuned"))).json()
    assert (body["engineVersion"], body["tags"]) == ("5.18", {"team": "checkout"})
    assert (body["latestRevision"]["revision"], body["latestRevision"]["description"]) == (2, "With advisories")
    for revision, description, value in ((1, "Without advisories", "false"), (2, "With advisories", "true")):
        assert data("c-tuned", revision) == (
            description, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<broker advisorySupport="{value}" xmlns="http://activemq.apache.org/schema/core"/>\n')
    assert data("c-limits", 2) == (None, "consumer_timeout = 900000")
    assert data("c-limits", 1)[0] == "Auto-generated default for limits on RabbitMQ 4.3"


def test_SEED_10_the_catalogue(client):
    engines = assert_ok(client.call("GET", "/v1/broker-engine-types")).json()["brokerEngineTypes"]
    assert {row["engineType"]: [version["name"] for version in row["engineVersions"]] for row in engines} == {
        "ACTIVEMQ": ["5.19", "5.18", "5.17.6"], "RABBITMQ": ["4.3", "4.2"]}
    options = assert_ok(client.call("GET", "/v1/broker-instance-options?hostInstanceType=mq.t2.micro",
                                    headers=[harness.credential(harness.DEFAULT_ACCOUNT, "eu-west-1")])).json()
    assert options["brokerInstanceOptions"] == [{
        "availabilityZones": [{"name": "eu-west-1b"}, {"name": "eu-west-1a"}], "engineType": "ACTIVEMQ",
        "hostInstanceType": "mq.t2.micro", "storageType": "efs",
        "supportedDeploymentModes": ["SINGLE_INSTANCE", "ACTIVE_STANDBY_MULTI_AZ"],
        "supportedEngineVersions": ["5.17.6"]}]
    here, there = ([(row["engineType"], row["hostInstanceType"], row["storageType"]) for row in assert_ok(client.call(
        "GET", "/v1/broker-instance-options?maxResults=100", headers=[harness.credential(harness.DEFAULT_ACCOUNT, region)])).json()[
            "brokerInstanceOptions"]] for region in ("us-east-1", "eu-west-1"))
    assert set(there) - set(here) == {("RABBITMQ", "mq.t3.micro", "ebs")}
    assert set(here) - set(there) == {("ACTIVEMQ", "mq.m5.4xlarge", "ebs")}
    assert describe_broker(client, "b-rabbit")["engineVersion"] == "4.3"
    configuration = rabbit(client)
    assert_ok(update(client, configuration, "connection_max = 101"))
    refused = client.call("PUT", harness.broker_path("b-rabbit"), {"configuration": {"id": configuration}})
    assert "value: 101 larger than maximum allowed limit:100" in refused.json()["message"]


def test_SEED_10_shared_resources(client):
    share = "arn:aws:ram:us-east-1:123456789012:resource-share/"
    resource = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-0a1b2c3d"
    assert_ok(client.call("GET", harness.shared_resources_path("b-rabbit")), {"sharedResources": [
        {"resourceArn": share + "0a1b2c3d", "status": "AVAILABLE", "type": "RESOURCE_SHARE"},
        {"error": {"code": "INVITE_FAILED", "message": "The invitation expired."}, "resourceArn": share + "4e5f6a7b",
         "status": "ERROR", "type": "RESOURCE_SHARE"},
        {"dnsNames": ["idp.example.com"], "resourceArn": resource, "resourceShareArns": [share + "0a1b2c3d"],
         "status": "AVAILABLE", "type": "RESOURCE"}]})
    response = client.call("PUT", "/v1/brokers/b-rabbit", {"resourceShareArns": [share + "missing"]})
    assert response.status == 400
    assert response.json()["resourceShareErrors"] == [
        {"errorCode": "SHARE_NOT_FOUND", "resourceShareArn": share + "missing", "status": "ERROR"}]


def test_SEED_10_vpcs(client):
    def create(**members):
        return client.call("POST", "/v1/brokers", harness.broker_body(harness.broker_name(), **members))

    body = describe_broker(client, assert_ok(create()).json()["brokerId"])
    assert (body["subnetIds"], body["securityGroups"]) == (["subnet-a"], ["sg-default"])
    body = describe_broker(client, assert_ok(create(deploymentMode="ACTIVE_STANDBY_MULTI_AZ")).json()["brokerId"])
    assert body["subnetIds"] == ["subnet-a", "subnet-b"]
    assert create(subnetIds=["subnet-unknown"]).status == 400
    closed = {"subnetIds": ["subnet-closed"], "securityGroups": ["sg-closed"]}
    assert create(publiclyAccessible=True, **closed).status == 400
    assert create(**closed).status == 200
    response = client.call("POST", "/v1/brokers", harness.broker_body(harness.broker_name()),
                           headers=[harness.credential(harness.DEFAULT_ACCOUNT, "eu-west-3")])
    assert response.status == 400 and response.json()["message"].startswith("Default VPC not found.")


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
    documented = documented_columns()
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for path in sorted(glob.glob(os.path.join(harness.ROOT, "schema", "[0-9]*.sql"))):
            with open(path, encoding="utf-8") as file:
                connection.executescript(file.read())
        names = {name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert set(documented) == names - {"default_world", "clock_step"}  # the server's own
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
