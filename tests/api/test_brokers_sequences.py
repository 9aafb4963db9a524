"""Brokers under concurrency, faults, crashes and a full disk; secrets; and other worlds' brokers."""

import os
import resource
import sqlite3
import threading

import pytest

import harness
from harness import (PASSWORD, Server, assert_error, assert_no_broker, assert_ok, broker_body, broker_path,
                     configuration_path, create_broker, credential, describe_broker, eventually, promote_path,
                     rabbit_body, reboot_path, shared_resources_path, sql_broker, sql_fault, user_path, users_path,
                     wait_state)
from shapes import CLUSTER

SECRET = "unmistakable-SECRET-77"
LDAP = {"hosts": ["ldap.example.com"], "roleBase": "ou=groups", "roleSearchMatching": "(member={0})",
        "serviceAccountPassword": SECRET, "serviceAccountUsername": "cn=admin", "userBase": "ou=people",
        "userSearchMatching": "(uid={0})"}


# --- At the same time ------------------------------------------------------------------------------------------

def at_once(server, bodies):
    """CreateBroker with each body, each on its own connection, all sent before any answer is read."""
    clients = [server.client() for _ in bodies]
    for client in clients:
        client.connect()
    for client, body in zip(clients, bodies):
        client.send(harness.build("POST", "/v1/brokers", body))
    return [client.receive("POST", "/v1/brokers") for client in clients]


@pytest.mark.parametrize("times", ["0", "100ms"])
def test_CBR_28_one_of_many_gets_the_name(serve, times):
    server = serve("--create-time", times)
    answers = at_once(server, [broker_body("one", creatorRequestId=f"token-{number}") for number in range(20)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 19
    won, = (answer.json()["brokerId"] for answer in answers if answer.status == 200)
    rows = server.client().call("GET", "/v1/brokers").json()["brokerSummaries"]
    assert [row["brokerId"] for row in rows] == [won]
    # The configurations of the others are not there either.
    assert len(server.client().call("GET", "/v1/configurations").json()["configurations"]) == 1


def test_CBR_35_many_repetitions_are_one_broker(serve):
    server = serve("--create-time", "100ms")
    answers = at_once(server, [broker_body("one", creatorRequestId="token")] * 20)
    assert len({assert_ok(answer).body for answer in answers}) == 1
    assert len(server.client().call("GET", "/v1/brokers").json()["brokerSummaries"]) == 1


# --- Faults ----------------------------------------------------------------------------------------------------

def dropped(client, body):
    with pytest.raises(harness.ConnectionEnded):
        client.call("POST", "/v1/brokers", body)


def test_CBR_35_FLT_4_a_lost_answer_is_asked_for_again(serve):
    """The SDKs repeat a call whose connection broke, with the same token."""
    client = serve("--create-time", "0", seed=sql_fault(operation="CreateBroker", drop_connection=1, times=2)).client()
    body = broker_body("one", creatorRequestId="token")
    dropped(client, body)
    dropped(client, body)
    broker = create_broker(client, body)
    row, = client.call("GET", "/v1/brokers").json()["brokerSummaries"]
    assert (row["brokerId"], row["brokerState"]) == (broker, "RUNNING")


def test_CBR_36_FLT_4_without_a_token_it_is_a_conflict(serve):
    client = serve(seed=sql_fault(operation="CreateBroker", drop_connection=1, times=1)).client()
    dropped(client, broker_body("one"))
    assert_error(client.call("POST", "/v1/brokers", broker_body("one")), 409, "ConflictException",
                 "Broker named [one] already exists. Specify a unique broker name.", "brokerName")


@pytest.mark.parametrize("method, path, body", [("PUT", broker_path("b-1"), {"hostInstanceType": "mq.m5.xlarge"}),
                                                ("DELETE", broker_path("b-1"), None)])
def test_UBR_31_DBR_1_ERR_29_an_injected_error_changes_nothing(serve, method, path, body):
    seed = sql_broker("b-1") + sql_fault(broker_id="b-1", error="InternalServerErrorException", times=1)
    client = serve("--delete-time", "0", seed=seed).client()
    assert client.call(method, path, body).status == 500
    assert "pendingHostInstanceType" not in describe_broker(client, "b-1")
    assert client.call(method, path, body).status == 200


# --- Crashes and a full disk -----------------------------------------------------------------------------------

class Maker(threading.Thread):
    """Creates brokers until the connection breaks; notes those it was told of."""

    def __init__(self, server, number, tally):
        super().__init__()
        self.client = server.client()
        self.number = number
        self.tally = tally
        self.made = []
        self.problem = None

    def run(self):
        try:
            for index in range(100000):
                body = broker_body(f"broker-{self.number}-{index}", tags={"a": "b"})
                self.made.append(create_broker(self.client, body))
                self.tally.release()
        except (harness.ConnectionEnded, OSError):
            pass
        except Exception as error:  # told by the test's own thread
            self.problem = error


@pytest.mark.parametrize("times", ["0", "100ms"])
@pytest.mark.parametrize("enough", [1, 100])
def test_LIF_8_DUR_6_kill_9_loses_no_broker_and_leaves_no_half(serve, tmp_path, times, enough):
    path = tmp_path / "store.db"
    server = serve("--create-time", times, "--db", path)
    tally = threading.Semaphore(0)
    makers = [Maker(server, number, tally) for number in range(4)]
    for maker in makers:
        maker.start()
    for _ in range(enough):
        assert tally.acquire(timeout=harness.DEADLINE_S), "nothing is created"
    server.kill()
    for maker in makers:
        maker.join(harness.DEADLINE_S)
        assert not maker.is_alive()
        if maker.problem:
            raise maker.problem
    server.close_clients()
    store = sqlite3.connect(path)
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    brokers = {row[0] for row in store.execute("SELECT id FROM broker")}
    for table, column in (("user", "broker_id"), ("broker_tag", "broker_id")):
        assert {row[0] for row in store.execute(f"SELECT {column} FROM {table}")} == brokers
    assert store.execute("SELECT count(*) FROM configuration").fetchone() == (len(brokers),)
    store.close()
    acknowledged = {broker for maker in makers for broker in maker.made}
    assert acknowledged <= brokers and len(brokers) <= len(acknowledged) + len(makers)
    server.start()
    client = server.client()
    for broker in sorted(acknowledged)[:20]:
        assert wait_state(client, broker, "RUNNING")["users"] == [{"username": "admin"}]


def test_CBR_29_DUR_7_nothing_remains_of_a_creation_without_room(serve, tmp_path):
    """The store may not grow any more: the call writes to five tables, and none keeps anything of it."""
    server = serve("--create-time", "0", "--db", tmp_path / "store.db")
    client = server.client()
    first = create_broker(client, broker_body("first"))
    size = sum(os.path.getsize(tmp_path / name) for name in os.listdir(tmp_path))
    soft, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))
    users = [{"username": f"user{number}", "password": PASSWORD, "groups": ["g" * 100] * 20} for number in range(250)]

    def refused():
        response = client.call("POST", "/v1/brokers", broker_body(harness.broker_name(), users=users))
        return response if response.status == 500 else None

    assert_error(eventually(refused, "a store without room"), 500, "InternalServerErrorException",
                 "Unexpected internal server error. Retrying your request might resolve the issue.")
    assert describe_broker(client, first)["brokerState"] == "RUNNING"
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (soft, hard))
    kept = client.call("GET", "/v1/brokers?maxResults=100").json()["brokerSummaries"]
    assert len(kept) == len(client.call("GET", "/v1/configurations?maxResults=100").json()["configurations"])
    second = create_broker(client, broker_body("second", users=users))
    assert len(describe_broker(client, second)["users"]) == 250


# --- Much of everything ----------------------------------------------------------------------------------------

def test_BRK_25_the_list_reads_no_more_than_it_shows(serve):
    """What a broker was given at most stays out of the list's way."""
    client = serve("--create-time", "0").client()
    brokers = sorted(create_broker(client, broker_body(
        f"broker-{number}", authenticationStrategy="LDAP", creatorRequestId="x" * 300_000,
        ldapServerMetadata={**LDAP, "roleBase": "x" * 700_000})) for number in range(80))
    rows = assert_ok(client.call("GET", "/v1/brokers?maxResults=100")).json()["brokerSummaries"]
    assert [row["brokerId"] for row in rows] == brokers
    assert describe_broker(client, brokers[0])["ldapServerMetadata"]["roleBase"] == "x" * 700_000


def test_LIF_5_thousands_of_reboots_end(serve):
    seed = ("WITH RECURSIVE n (i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 13000) "
            "INSERT INTO broker (id, name, state, state_due_ms) "
            "SELECT 'b-' || i, 'n-' || i, 'REBOOT_IN_PROGRESS', 1 FROM n;\n")
    client = serve(seed=seed).client()
    for broker in ("b-10000", "b-11500", "b-13000"):
        wait_state(client, broker, "RUNNING")


# --- Secrets ---------------------------------------------------------------------------------------------------

def test_CBR_30_USR_5_START_12_no_password_in_answer_or_log(serve):
    server = serve("--create-time", "0", "--log-level", "debug")
    client = server.client()
    good = broker_body("one", authenticationStrategy="LDAP", ldapServerMetadata=LDAP,
                       users=[{"username": "admin", "password": SECRET}])
    broker = create_broker(client, good)
    rabbit = create_broker(client, rabbit_body("two", users=[{"username": "admin", "password": SECRET}]))
    requests = [
        ("POST", "/v1/brokers", good), ("GET", broker_path(broker), None), ("GET", broker_path(rabbit), None),
        ("GET", users_path(broker) + "/admin", None),
        ("PUT", broker_path(broker), {"ldapServerMetadata": {**LDAP, "serviceAccountPassword": SECRET + "2"}}),
        ("PUT", broker_path(broker), {"ldapServerMetadata": {**LDAP, "hosts": []}}),
        ("PUT", broker_path(broker), {"ldapServerMetadata": {**LDAP, "serviceAccountPassword": [SECRET]}}),
        ("POST", reboot_path(broker), None), ("GET", broker_path(broker), None),
        *(("POST", "/v1/brokers", {**good, "brokerName": "three", "users": [{"username": "admin", "password": text}]})
          for text in (SECRET + ":", SECRET + "é", SECRET * 20, [SECRET], {"a": SECRET})),
        ("POST", "/v1/brokers", harness.compact(good)[:-1]), ("POST", "/v1/brokers", harness.compact(good) + b"}"),
        ("POST", "/v1/brokers", {**good, "brokerName": "four", "users": good["users"] * 2}),
    ]
    for method, path, body in requests:
        assert SECRET.encode() not in client.call(method, path, body).body
    server.close_clients()
    server.stop()
    assert SECRET not in server.stderr_text()


# --- Other worlds ----------------------------------------------------------------------------------------------

def test_WLD_4_UBR_20_DBR_2_PRO_4_brokers_of_other_worlds_are_unknown():
    with Server("--create-time", "0", "--delete-time", "0", seed=sql_broker("b-1", name="one")) as server:
        client = server.client()
        before = client.call("GET", broker_path("b-1")).body
        for headers in ([credential("210987654321")], [credential(harness.DEFAULT_ACCOUNT, "eu-west-1")]):
            for method, path, body in (
                    ("GET", broker_path("b-1"), None), ("PUT", broker_path("b-1"), {"logs": {"general": True}}),
                    ("DELETE", broker_path("b-1"), None), ("POST", reboot_path("b-1"), None),
                    ("POST", promote_path("b-1"), {"mode": "FAILOVER"}),
                    ("GET", shared_resources_path("b-1"), None), ("GET", users_path("b-1"), None)):
                assert_no_broker(client.call(method, path, body, headers), "b-1")
            # Its configuration is unknown there too, and its name is free.
            refused = client.call("POST", "/v1/brokers", broker_body("one", configuration={"id": "c-1"}), headers)
            assert (refused.status, refused.json()["errorAttribute"]) == (400, "configuration.id")
            assert client.call("GET", configuration_path("c-1"), headers=headers).status == 404
            cluster = create_broker(client, rabbit_body("one", deploymentMode=CLUSTER), headers)
            assert_ok(client.call("DELETE", broker_path(cluster), headers=headers), {"brokerId": cluster})
        assert client.call("GET", broker_path("b-1")).body == before


def test_LIF_10_no_call_waits_for_brokers_that_go_on(serve):
    """Steps come due between the writes of a connection that sends without waiting: each is answered."""
    server = serve("--create-time", "100ms", seed=sql_broker("b-1"))
    client = server.client()
    user = user_path("b-1", "alice")
    assert_ok(client.call("POST", user, {"password": PASSWORD}))
    for _ in range(40):
        create_broker(client)
        for turn in range(500):
            client.send(harness.build("PUT", user, {"consoleAccess": turn % 2 == 0}))
        for _ in range(500):
            assert_ok(client.receive("PUT", user))
    client.close()
