"""RebootBroker: states, duration, and when pending changes take effect."""

import sqlite3
import time

import pytest

import control_calls as control
from harness import (PASSWORD, Server, assert_bad_request, assert_no_broker, assert_ok, broker_path, create_user,
                     delete_user, eventually, reboot, reboot_path, sql_broker, sql_pending_user, sql_user,
                     update_user, user_path, users_path)

CHANGEABLE = ("RUNNING", "CRITICAL_ACTION_REQUIRED", "REPLICA")
OTHER = ("CRITICAL_ACTION_REQUIRED", "REPLICA", "CREATION_IN_PROGRESS", "CREATION_FAILED", "REBOOT_IN_PROGRESS", "DELETION_IN_PROGRESS")
PENDING = (sql_user("b-1", "kept") + sql_user("b-1", "changed", pending_change="UPDATE", pending_groups=["new"])
           + sql_user("b-1", "gone", pending_change="DELETE") + sql_pending_user("b-1", "new"))
BEFORE = [{"pendingChange": "UPDATE", "username": "changed"}, {"pendingChange": "DELETE", "username": "gone"},
          {"username": "kept"}, {"pendingChange": "CREATE", "username": "new"}]
AFTER = [{"username": "changed"}, {"username": "kept"}, {"username": "new"}]


def state_of(client, broker):
    return assert_ok(client.call("GET", broker_path(broker))).json()["brokerState"]


def state_after_reboot(client, broker):
    """Waits for the end of a reboot under way; returns the state it ended in."""
    def state():
        found = state_of(client, broker)
        return None if found == "REBOOT_IN_PROGRESS" else found

    return eventually(state, f"the end of the reboot of {broker}")


def test_RBT_1_RBT_6_done_when_it_is_answered(client, broker):
    create_user(client, broker, "alice")
    for body in (None, b"", {}, b"anything"):
        assert_ok(client.call("POST", reboot_path(broker), body), {})
        assert state_of(client, broker) == "RUNNING"
    assert client.call("GET", users_path(broker)).json()["users"] == [{"username": "alice"}]


@pytest.mark.parametrize("unknown", ["b-unknown", "x", "..", "é"])
def test_RBT_2_unknown_broker(client, unknown):
    assert_no_broker(client.call("POST", reboot_path(unknown)), unknown)


@pytest.fixture(scope="module")
def states():
    seed = "".join(sql_broker(f"b-{state.replace('_', '-')}", name=f"in-{state}", state=state)
                   for state in ("RUNNING", *OTHER))
    seed += "".join(sql_broker(f"b-rabbit-{state.replace('_', '-')}", name=f"rabbit-{state}", state=state,
                               engine_type="RABBITMQ") for state in ("RUNNING", "CREATION_FAILED"))
    with Server(seed=seed) as server:
        yield server


@pytest.mark.parametrize("state", OTHER)
def test_RBT_3_RBT_10_wrong_states(states, state):
    broker = f"b-{state.replace('_', '-')}"
    with states.client() as client:
        assert_bad_request(client.call("POST", reboot_path(broker)),
                           f"Broker [in-{state}] can't be rebooted while in state [{state}].")
        assert state_of(client, broker) == state


def test_RBT_3_RBT_9_RabbitMQ(states):
    with states.client() as client:
        assert reboot(client, "b-rabbit-RUNNING") == "RUNNING"
        assert_bad_request(client.call("POST", reboot_path("b-rabbit-CREATION-FAILED")),
                           "Broker [rabbit-CREATION_FAILED] can't be rebooted while in state [CREATION_FAILED].")


def test_RBT_4_back_to_running(states):
    with states.client() as client:
        create_user(client, "b-RUNNING", "alice")
        for _ in range(2):
            assert_ok(client.call("POST", reboot_path("b-RUNNING")), {})
            assert state_after_reboot(client, "b-RUNNING") == "RUNNING"
        assert client.call("GET", users_path("b-RUNNING")).json()["users"] == [{"username": "alice"}]


def test_RBT_6_over_when_it_is_answered(serve):
    client = serve("--reboot-time", "0", seed=sql_broker("b-1") + PENDING).client()
    assert_ok(client.call("POST", reboot_path("b-1")), {})
    body = client.call("GET", broker_path("b-1")).json()
    assert (body["brokerState"], body["users"]) == ("RUNNING", AFTER)


@pytest.mark.parametrize("duration", ("0", "60s"))
@pytest.mark.parametrize("state", CHANGEABLE)
def test_RBT_4_a_window_reboots_back_to_the_state(serve, state, duration):
    """Only a window reboots a broker that is not RUNNING."""
    client = serve("--reboot-time", duration, seed=sql_broker("b-1", state=state) + PENDING).client()
    control.advance(client, 8 * 86_400)
    body = client.call("GET", broker_path("b-1")).json()
    assert (body["brokerState"], body["users"]) == (state, AFTER)


@pytest.mark.parametrize("duration", ["real", "600s"])
def test_RBT_5_RBT_8_while_it_lasts(serve, duration):
    client = serve("--reboot-time", duration, seed=sql_broker("b-1", name="one") + PENDING).client()
    before = client.call("GET", broker_path("b-1")).json()
    user = client.call("GET", user_path("b-1", "changed")).body
    assert_ok(client.call("POST", reboot_path("b-1")), {})
    assert client.call("GET", broker_path("b-1")).json() == {**before, "brokerState": "REBOOT_IN_PROGRESS"}
    assert client.call("GET", "/v1/brokers").json()["brokerSummaries"][0]["brokerState"] == "REBOOT_IN_PROGRESS"
    assert client.call("GET", users_path("b-1")).json()["users"] == BEFORE
    assert client.call("GET", user_path("b-1", "changed")).body == user
    assert_bad_request(client.call("POST", reboot_path("b-1")),
                       "Broker [one] can't be rebooted while in state [REBOOT_IN_PROGRESS].")
    message = "Broker [one] can't be updated while in state [REBOOT_IN_PROGRESS]."
    assert_bad_request(client.call("POST", user_path("b-1", "alice"), {"password": PASSWORD}), message)
    assert_bad_request(client.call("PUT", user_path("b-1", "kept"), {}), message)
    assert_bad_request(client.call("DELETE", user_path("b-1", "kept")), message)


def test_RBT_5_RBT_8_PND_28_pending_changes_are_applied_at_its_end_all_at_once(serve):
    client = serve("--reboot-time", "100ms", seed=sql_broker("b-1") + PENDING).client()
    assert_ok(client.call("POST", reboot_path("b-1")), {})

    def over():
        body = assert_ok(client.call("GET", broker_path("b-1"))).json()
        assert (body["brokerState"], body["users"]) in (("REBOOT_IN_PROGRESS", BEFORE), ("RUNNING", AFTER))
        return body["brokerState"] == "RUNNING"

    eventually(over, "the end of the reboot")
    assert client.call("GET", user_path("b-1", "changed")).json()["groups"] == ["new"]


def test_RBT_5_the_default_duration_is_not_zero(serve):
    """The state is seen in the same round trip: two pipelined requests are read at once."""
    client = serve(seed=sql_broker("b-1")).client()
    client.send(f"POST {reboot_path('b-1')} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                f"GET {broker_path('b-1')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert_ok(client.receive("POST", reboot_path("b-1")), {})
    assert assert_ok(client.receive("GET", broker_path("b-1"))).json()["brokerState"] == "REBOOT_IN_PROGRESS"
    assert state_after_reboot(client, "b-1") == "RUNNING"


def test_RBT_5_brokers_reboot_independently(serve):
    names = [f"b-{number}" for number in range(20)]
    client = serve(seed="".join(sql_broker(name) for name in [*names, "b-still"])).client()
    for name in [*names, "b-still"]:
        create_user(client, name, "alice")
    for name in names:
        assert_ok(client.call("POST", reboot_path(name)), {})
    for name in names:
        assert state_after_reboot(client, name) == "RUNNING"
        assert client.call("GET", users_path(name)).json()["users"] == [{"username": "alice"}]
    assert client.call("GET", users_path("b-still")
                       ).json()["users"] == [{"pendingChange": "CREATE", "username": "alice"}]


def test_RBT_5_a_reboot_ends_when_it_is_due_and_not_with_anothers(serve):
    later = sql_broker("b-later", state="REBOOT_IN_PROGRESS", state_due_ms=int(time.time() * 1000) + 90_000)
    client = serve(seed=later + sql_pending_user("b-later", "alice") + sql_broker("b-1") + PENDING).client()
    assert reboot(client, "b-1") == "RUNNING"
    body = client.call("GET", broker_path("b-later")).json()
    assert (body["brokerState"], body["users"]) == (
        "REBOOT_IN_PROGRESS", [{"pendingChange": "CREATE", "username": "alice"}])


def due(path, broker="b-1"):
    store = sqlite3.connect(path)
    row = store.execute("SELECT state, state_due_ms, state_after FROM broker WHERE id = ?", (broker,)).fetchone()
    store.close()
    return row


@pytest.mark.parametrize("duration, duration_ms", [("real", 300_000), ("7s", 7_000), ("1500ms", 1_500)])
def test_RBT_5_RBT_7_due_time(serve, tmp_path, duration, duration_ms):
    path = tmp_path / "store.db"
    server = serve("--reboot-time", duration, "--db", path, seed=sql_broker("b-1"))
    earliest = int(time.time() * 1000)
    assert_ok(server.client().call("POST", reboot_path("b-1")), {})
    latest = int(time.time() * 1000) + 1
    server.close_clients()
    server.stop()
    state, due_ms, after = due(path)
    assert (state, after) == ("REBOOT_IN_PROGRESS", "RUNNING")
    assert earliest + duration_ms <= due_ms <= latest + duration_ms


def test_RBT_10_without_a_due_time_it_stays(serve, tmp_path):
    path = tmp_path / "store.db"
    server = serve("--db", path, seed=sql_broker("b-stays", state="REBOOT_IN_PROGRESS") + sql_broker("b-1")
                   + sql_pending_user("b-stays", "alice"))
    client = server.client()
    reboot(client, "b-1")
    server.restart()
    client = server.client()
    reboot(client, "b-1")
    assert state_of(client, "b-stays") == "REBOOT_IN_PROGRESS"
    assert client.call("GET", users_path("b-stays")
                       ).json()["users"] == [{"pendingChange": "CREATE", "username": "alice"}]


@pytest.mark.parametrize("after", CHANGEABLE)
def test_RBT_4_RBT_10_a_seeded_due_time_is_met(serve, after):
    seed = sql_broker(
    "b-1",
    state="REBOOT_IN_PROGRESS",
    state_due_ms=int(
        time.time() * 1000),
         state_after=after) + PENDING
    client = serve("--reboot-time", "real", seed=seed).client()
    assert state_after_reboot(client, "b-1") == after
    assert client.call("GET", users_path("b-1")).json()["users"] == AFTER


def test_RBT_11_a_reboot_goes_on_after_a_restart(serve, tmp_path):
    server = serve("--reboot-time", "real", "--db", tmp_path / "store.db", seed=sql_broker("b-1") + PENDING)
    assert_ok(server.client().call("POST", reboot_path("b-1")), {})
    server.restart()
    body = server.client().call("GET", broker_path("b-1")).json()
    assert (body["brokerState"], body["users"]) == ("REBOOT_IN_PROGRESS", BEFORE)


def test_RBT_11_a_reboot_that_fell_due_is_finished_by_the_next_start(serve, tmp_path):
    path = tmp_path / "store.db"
    server = serve("--reboot-time", "real", "--db", path, seed=sql_broker("b-1") + PENDING)
    assert_ok(server.client().call("POST", reboot_path("b-1")), {})
    server.close_clients()
    server.stop()
    store = sqlite3.connect(path)
    with store:
        store.execute("UPDATE broker SET state_due_ms = ? WHERE id = 'b-1'", (int(time.time() * 1000) - 1,))
    store.close()
    server.start()
    client = server.client()
    assert state_after_reboot(client, "b-1") == "RUNNING"
    assert client.call("GET", users_path("b-1")).json()["users"] == AFTER


def test_RBT_8_changes_after_a_reboot_wait_for_the_next(client, broker):
    create_user(client, broker, "alice")
    reboot(client, broker)
    update_user(client, broker, "alice", consoleAccess=True)
    assert client.call("GET", user_path(broker, "alice")).json()["consoleAccess"] is False
    reboot(client, broker)
    assert client.call("GET", user_path(broker, "alice")).json()["consoleAccess"] is True
    delete_user(client, broker, "alice")
    reboot(client, broker)
    assert client.call("GET", users_path(broker)).json()["users"] == []
