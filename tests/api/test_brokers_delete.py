"""DeleteBroker: the picture while it lasts, what is gone afterwards and what stays, and who cannot be deleted."""

import sqlite3
import time

import pytest

import control_calls as control
from harness import (PASSWORD, Server, assert_bad_request, assert_error, assert_no_broker, assert_no_user, assert_ok,
                     broker_body, broker_path, configuration_path, create_broker, describe_broker, eventually,
                     promote_path, reboot_path, revision_path, shared_resources_path, sql_broker, sql_insert,
                     sql_pending_user, sql_user, tags_path, user_path, users_path, wait_gone)

DELETABLE = ("RUNNING", "CRITICAL_ACTION_REQUIRED", "REPLICA", "CREATION_FAILED")
REFUSED = ("CREATION_IN_PROGRESS", "REBOOT_IN_PROGRESS")


def delete(client, broker):
    """DeleteBroker; asserts its exact answer."""
    return assert_ok(client.call("DELETE", broker_path(broker)), {"brokerId": broker})


def test_DBR_1_DBR_5_at_once(client, broker):
    assert len(delete(client, broker).body) == len('{"brokerId":""}') + len(broker)
    assert_no_broker(client.call("GET", broker_path(broker)), broker)
    assert_no_broker(client.call("DELETE", broker_path(broker)), broker)


@pytest.mark.parametrize("unknown", ["b-unknown", "x", "..", "é"])
def test_DBR_2_unknown_broker(client, unknown):
    assert_no_broker(client.call("DELETE", broker_path(unknown)), unknown)


@pytest.fixture(scope="module")
def states():
    seed = "".join(sql_broker(f"b-{state.replace('_', '-')}", name=f"in-{state}", state=state)
                   + sql_broker(f"b-rabbit-{state.replace('_', '-')}", name=f"rabbit-{state}", state=state,
                                engine_type="RABBITMQ")
                   for state in (*DELETABLE, *REFUSED, "DELETION_IN_PROGRESS"))
    with Server("--delete-time", "1h", seed=seed) as server:
        yield server


@pytest.mark.parametrize("state", REFUSED)
def test_DBR_3_wrong_states(states, state):
    with states.client() as client:
        for broker, name in ((f"b-{state.replace('_', '-')}", f"in-{state}"),
                             (f"b-rabbit-{state.replace('_', '-')}", f"rabbit-{state}")):
            before = client.call("GET", broker_path(broker)).body
            assert_bad_request(client.call("DELETE", broker_path(broker)),
                               f"Broker [{name}] can't be deleted while in state [{state}].")
            assert client.call("GET", broker_path(broker)).body == before


@pytest.mark.parametrize("state", [*DELETABLE, "DELETION_IN_PROGRESS"])
def test_DBR_3_DBR_4_right_states(states, state):
    with states.client() as client:
        for broker in (f"b-{state.replace('_', '-')}", f"b-rabbit-{state.replace('_', '-')}"):
            for _ in range(3):
                delete(client, broker)
                assert describe_broker(client, broker)["brokerState"] == "DELETION_IN_PROGRESS"


def test_DBR_6_BRK_24_BRK_27_while_it_lasts(serve):
    seed = (sql_broker("b-1", name="one", pending_engine_version="5.18", day_of_week="MONDAY")
            + sql_user("b-1", "dev") + sql_pending_user("b-1", "new")
            + sql_insert("broker_tag", broker_id="b-1", key="team", value="checkout"))
    client = serve("--delete-time", "real", seed=seed).client()
    before = describe_broker(client, "b-1")
    delete(client, "b-1")
    listed = client.call("GET", users_path("b-1")).json()
    assert describe_broker(client, "b-1") == {**before, "brokerState": "DELETION_IN_PROGRESS"}
    assert listed["users"] == before["users"] == [{"username": "dev"}, {"pendingChange": "CREATE", "username": "new"}]
    assert_ok(client.call("GET", user_path("b-1", "dev")))
    # Until 12 % of the 300 seconds are over.
    control.advance(client, 35)
    assert client.call("GET", users_path("b-1")).json() == listed
    control.advance(client, 2)
    after = {**before, "brokerState": "DELETION_IN_PROGRESS", "users": []}
    assert describe_broker(client, "b-1") == after
    assert len(after["brokerInstances"]) == 1 and after["tags"] == {"team": "checkout"}
    row, = client.call("GET", "/v1/brokers").json()["brokerSummaries"]
    assert (row["brokerId"], row["brokerState"]) == ("b-1", "DELETION_IN_PROGRESS")
    assert_ok(client.call("GET", users_path("b-1")), {"brokerId": "b-1", "maxResults": 20, "users": []})
    assert_no_user(client.call("GET", user_path("b-1", "dev")), "dev")
    updated = "Broker [one] can't be updated while in state [DELETION_IN_PROGRESS]."
    for method, path, body in (("POST", user_path("b-1", "dev"), {"password": PASSWORD}),
                               ("PUT", user_path("b-1", "dev"), {}), ("DELETE", user_path("b-1", "dev"), None),
                               ("PUT", broker_path("b-1"), {"logs": {"general": True}}),
                               ("PUT", broker_path("b-1"), {})):
        assert_bad_request(client.call(method, path, body), updated)
    assert_bad_request(client.call("POST", reboot_path("b-1")),
                       "Broker [one] can't be rebooted while in state [DELETION_IN_PROGRESS].")
    assert client.call("POST", promote_path("b-1"), {"mode": "FAILOVER"}).status == 400
    # A second deletion changes nothing.
    delete(client, "b-1")
    assert describe_broker(client, "b-1") == after
    # Its name stays its own as long as it is there.
    assert_error(client.call("POST", "/v1/brokers", broker_body("one")), 409, "ConflictException",
                 "Broker named [one] already exists. Specify a unique broker name.", "brokerName")


def test_DBR_7_afterwards(serve):
    client = serve("--create-time", "0", "--delete-time", "100ms").client()
    broker = create_broker(client, broker_body("one", tags={"team": "checkout"}))
    body = describe_broker(client, broker)
    own = body["configurations"]["current"]["id"]
    delete(client, broker)
    wait_gone(client, broker)
    for method, path, members in (
            ("GET", users_path(broker), None), ("GET", user_path(broker, "admin"), None),
            ("POST", user_path(broker, "admin"), {"password": PASSWORD}), ("PUT", broker_path(broker), {}),
            ("DELETE", broker_path(broker), None), ("POST", reboot_path(broker), None),
            ("POST", promote_path(broker), {"mode": "FAILOVER"}), ("GET", shared_resources_path(broker), None)):
        assert_no_broker(client.call(method, path, members), broker)
    assert_ok(client.call("GET", "/v1/brokers"), {"brokerSummaries": []})
    assert_error(client.call("GET", tags_path(body["brokerArn"])), 404, "NotFoundException", "Resource was not found")
    # Its configuration outlives it, and nobody uses it any more.
    assert assert_ok(client.call("GET", configuration_path(own))).json()["name"] == "one-configuration"
    assert_ok(client.call("GET", revision_path(own, 1)))
    assert_ok(client.call("DELETE", configuration_path(own)), {"configurationId": own})


def test_DBR_7_the_name_is_free_again(client):
    broker = create_broker(client, broker_body("again", creatorRequestId="token"))
    for _ in range(3):
        delete(client, broker)
        assert_no_broker(client.call("GET", broker_path(broker)), broker)
        # The same request is a new one, not a repetition.
        fresh = create_broker(client, broker_body("again", creatorRequestId="token"))
        assert fresh != broker
        broker = fresh
    assert describe_broker(client, broker)["users"] == [{"username": "admin"}]


def test_DBR_6_DBR_7_while_its_users_are_read(serve):
    """A reader sees all users, then none of a broker that is still there, then no broker."""
    names = [f"user{number:03}" for number in range(40)]
    seed = sql_broker("b-1") + "".join(sql_user("b-1", name) for name in names)
    client = serve("--delete-time", "100ms", seed=seed).client()
    first = assert_ok(client.call("GET", users_path("b-1") + "?maxResults=30")).json()
    delete(client, "b-1")
    rest = client.call("GET", f"{users_path('b-1')}?maxResults=30&nextToken={first['nextToken']}")
    assert rest.status == 404 or len(rest.json()["users"]) in (0, 10)
    seen = []

    def gone():
        described = client.call("GET", broker_path("b-1"))
        listed = client.call("GET", users_path("b-1"))
        if described.status == 200:
            assert described.json()["brokerState"] == "DELETION_IN_PROGRESS"
            seen.append(len(described.json()["users"]))
        return listed.status == 404

    eventually(gone, "the end of b-1")
    assert set(seen) <= {40, 0} and seen == sorted(seen, reverse=True)
    assert_no_broker(client.call("GET", f"{users_path('b-1')}?nextToken={first['nextToken']}"), "b-1")


# --- Time ------------------------------------------------------------------------------------------------------

def stored(path, broker="b-1"):
    store = sqlite3.connect(path)
    row = store.execute("SELECT state, state_due_ms FROM broker WHERE id = ?", (broker,)).fetchone()
    store.close()
    return row


@pytest.mark.parametrize("duration, duration_ms", [("real", 300_000), ("7s", 7_000)])
def test_DBR_5_due_time(serve, tmp_path, duration, duration_ms):
    path = tmp_path / "store.db"
    server = serve("--delete-time", duration, "--db", path, seed=sql_broker("b-1"))
    earliest = int(time.time() * 1000)
    delete(server.client(), "b-1")
    latest = int(time.time() * 1000) + 1
    server.close_clients()
    server.stop()
    state, due_ms = stored(path)
    assert state == "DELETION_IN_PROGRESS"
    assert earliest + duration_ms <= due_ms <= latest + duration_ms


def test_DBR_4_a_second_call_does_not_postpone_it(serve, tmp_path):
    path = tmp_path / "store.db"
    due_ms = int(time.time() * 1000) + 3_600_000
    server = serve("--delete-time", "2h", "--db", path,
                   seed=sql_broker("b-1", state="DELETION_IN_PROGRESS", state_due_ms=due_ms))
    delete(server.client(), "b-1")
    server.close_clients()
    server.stop()
    assert stored(path) == ("DELETION_IN_PROGRESS", due_ms)


def test_DBR_8_a_seeded_due_time_is_met(serve):
    seed = (sql_broker("b-1", state="DELETION_IN_PROGRESS", state_due_ms=int(time.time() * 1000) - 1)
            + sql_broker("b-stays", state="DELETION_IN_PROGRESS")
            + sql_broker("b-later", state="DELETION_IN_PROGRESS", state_due_ms=int(time.time() * 1000) + 900_000))
    client = serve(seed=seed).client()
    wait_gone(client, "b-1")
    for broker in ("b-stays", "b-later"):
        assert describe_broker(client, broker)["brokerState"] == "DELETION_IN_PROGRESS"


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_DBR_8_DUR_6_a_deletion_is_finished_by_the_next_start(serve, tmp_path, end):
    path = tmp_path / "store.db"
    server = serve("--delete-time", "1h", "--db", path, seed=sql_broker("b-1") + sql_user("b-1", "dev"))
    delete(server.client(), "b-1")
    server.close_clients()
    getattr(server, end)()
    store = sqlite3.connect(path)
    with store:
        store.execute("UPDATE broker SET state_due_ms = ? WHERE id = 'b-1'", (int(time.time() * 1000) - 1,))
    store.close()
    server.start()
    wait_gone(server.client(), "b-1")
    server.close_clients()
    server.stop()
    store = sqlite3.connect(path)
    assert store.execute("SELECT (SELECT count(*) FROM broker), (SELECT count(*) FROM user)").fetchone() == (0, 0)
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    server.start()
