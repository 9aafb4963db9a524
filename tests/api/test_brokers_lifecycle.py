"""The creation of a broker step by step, what a crash makes of it, and whole lives."""

import sqlite3
import time

import pytest

from harness import (PASSWORD, assert_bad_request, assert_no_broker, assert_no_user, assert_ok, broker_body,
                     broker_path, configuration_path, create_broker, create_user, delete_user, describe_broker,
                     eventually, promote_path, rabbit_body, reboot, reboot_path, sql_broker, sql_insert,
                     sql_pending_user, sql_user, update_user, user_path, users_path, wait_gone, wait_state)
from shapes import CLUSTER, STANDBY

CREATING = "CREATION_IN_PROGRESS"
STEPS_MS = (2, 78, 2, 18)  # of every hundred: how long the picture of each step stands


def now_ms():
    return int(time.time() * 1000)


def execute(path, statement, *arguments):
    """One statement on the store of a stopped server; returns its rows."""
    store = sqlite3.connect(path)
    with store:
        rows = store.execute(statement, arguments).fetchall()
    store.close()
    return rows


# --- Step by step ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("duration", ["1h", "real"])
def test_LIF_1_LIF_2_right_after_the_call(serve, duration):
    client = serve("--create-time", duration).client()
    broker = create_broker(client, broker_body("one", tags={"a": "b"}, deploymentMode=STANDBY))
    body = describe_broker(client, broker)
    assert (body["brokerState"], body["brokerInstances"], body["users"]) == (CREATING, [], [])
    assert body["configurations"] == {"history": []}
    assert body["tags"] == {"a": "b"} and len(body["subnetIds"]) == 2
    assert_ok(client.call("GET", users_path(broker)), {"brokerId": broker, "maxResults": 20, "users": []})
    assert_no_user(client.call("GET", user_path(broker, "admin")), "admin")
    row, = client.call("GET", "/v1/brokers").json()["brokerSummaries"]
    assert row["brokerState"] == CREATING
    assert client.call("GET", broker_path(broker)).json() == body


def picture(body):
    """What of a broker's creation can be seen."""
    return body["brokerState"], body["users"], len(body["brokerInstances"]), sorted(body["configurations"])


PENDING = [{"pendingChange": "CREATE", "username": "dev"}]
APPLIED = [{"username": "dev"}]
PICTURES = [
    (CREATING, [], 0, ["history"]),
    (CREATING, PENDING, 0, ["history", "pending"]),
    (CREATING, APPLIED, 1, ["history", "pending"]),
    (CREATING, APPLIED, 1, ["current", "history"]),
    ("RUNNING", APPLIED, 1, ["current", "history"]),
]


def seeded(step, due_ms):
    """A broker in that step of its creation."""
    configuration = {"configuration_id" if step == 3 else "pending_configuration_id": "c-given"}
    return (sql_insert("configuration", id="c-given", name="given")
            + sql_broker("b-1", state=CREATING, creation_step=step, state_due_ms=due_ms, **configuration)
            + (sql_user if step >= 2 else sql_pending_user)("b-1", "dev"))


@pytest.mark.parametrize("step", range(4))
def test_LIF_2_one_step_after_the_other(serve, step):
    """A step that is due is taken, and with a long creation none after it."""
    client = serve("--create-time", "24h", seed=seeded(step, now_ms() - 1)).client()
    eventually(lambda: picture(describe_broker(client, "b-1")) == PICTURES[step + 1], f"step {step + 1}")
    assert picture(describe_broker(client, "b-1")) == PICTURES[step + 1]
    found = assert_ok(client.call("GET", user_path("b-1", "dev"))).json()
    assert ("pending" in found) == (step == 0)
    configurations = describe_broker(client, "b-1")["configurations"]
    assert configurations["current" if step >= 2 else "pending"] == {"id": "c-given", "revision": 1}


@pytest.mark.parametrize("step", range(4))
def test_LIF_2_a_seeded_creation_ends_with_its_own_configuration(serve, step):
    seed = sql_broker("b-1", state=CREATING, creation_step=step, state_due_ms=1)
    body = wait_state(serve("--create-time", "1ms", seed=seed).client(), "b-1", "RUNNING")
    assert body["configurations"] == {"current": {"id": "c-1", "revision": 1}, "history": []}


@pytest.mark.parametrize("duration, duration_ms", [("real", 650_000), ("1000s", 1_000_000)])
@pytest.mark.parametrize("step", range(3))
def test_LIF_2_LIF_4_the_parts_of_the_time(serve, tmp_path, duration, duration_ms, step):
    """Recorded: 10, 520, 530 and 650 of 650 seconds."""
    path = tmp_path / "store.db"
    due_ms = now_ms() - 1
    server = serve("--create-time", duration, "--db", path, seed=seeded(step, due_ms))
    client = server.client()
    eventually(lambda: picture(describe_broker(client, "b-1")) == PICTURES[step + 1], f"step {step + 1}")
    latest = now_ms() + 1
    server.close_clients()
    server.stop()
    (found,), = execute(path, "SELECT state_due_ms FROM broker")
    part_ms = duration_ms * STEPS_MS[step + 1] // 100
    assert due_ms + part_ms <= found <= latest + part_ms


@pytest.mark.parametrize("duration, first_ms", [("real", 13_000), ("1000s", 20_000)])
def test_LIF_2_LIF_4_the_first_part(serve, tmp_path, duration, first_ms):
    path = tmp_path / "store.db"
    server = serve("--create-time", duration, "--db", path)
    earliest = now_ms()
    create_broker(server.client())
    latest = now_ms() + 1
    server.close_clients()
    server.stop()
    (state, step, due_ms), = execute(path, "SELECT state, creation_step, state_due_ms FROM broker")
    assert (state, step) == (CREATING, 0)
    assert earliest + first_ms <= due_ms <= latest + first_ms


def test_LIF_2_every_picture_in_its_order(serve):
    client = serve("--create-time", "500ms").client()
    broker = create_broker(client, broker_body("one", users=[{"username": "dev", "password": PASSWORD}]))
    seen = []

    def running():
        found = picture(describe_broker(client, broker))
        if not seen or seen[-1] != found:
            seen.append(found)
        return found[0] == "RUNNING"

    eventually(running, "the end of the creation")
    # A poll may miss a picture, but sees none twice and none that is not of the five.
    assert seen == [row for row in PICTURES if row in seen]
    assert seen[-1] == PICTURES[-1]


def test_LIF_2_a_pair_and_RabbitMQ(serve):
    client = serve("--create-time", "100ms").client()
    pair = create_broker(client, broker_body("pair", deploymentMode=STANDBY))
    cluster = create_broker(client, rabbit_body("cluster", deploymentMode=CLUSTER))
    assert len(wait_state(client, pair, "RUNNING")["brokerInstances"]) == 2
    body = wait_state(client, cluster, "RUNNING")
    assert len(body["brokerInstances"]) == 1 and body["users"] == []


def test_LIF_3_LIF_5_the_default_takes_its_time_and_ends(serve):
    """The state is seen in the same round trip: two pipelined requests are read at once."""
    client = serve().client()
    body = b'{"brokerName":"one","deploymentMode":"SINGLE_INSTANCE","engineType":"ACTIVEMQ",' \
           b'"hostInstanceType":"mq.m5.large","publiclyAccessible":false,' \
           b'"users":[{"username":"admin","password":"correct-horse-1"}]}'
    client.send(b"POST /v1/brokers HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                b"GET /v1/brokers HTTP/1.1\r\nHost: x\r\n\r\n" % (len(body), body))
    broker = assert_ok(client.receive("POST", "/v1/brokers")).json()["brokerId"]
    row, = assert_ok(client.receive("GET", "/v1/brokers")).json()["brokerSummaries"]
    assert row["brokerState"] == CREATING
    wait_state(client, broker, "RUNNING")


def test_LIF_5_many_at_once(serve):
    client = serve("--create-time", "100ms", "--delete-time", "100ms").client()
    brokers = [create_broker(client, broker_body(f"broker-{index}")) for index in range(50)]
    for broker in brokers:
        wait_state(client, broker, "RUNNING")
    for broker in brokers:
        assert_ok(client.call("DELETE", broker_path(broker)), {"brokerId": broker})
    for broker in brokers:
        wait_gone(client, broker)


def test_LIF_5_WIN_10_a_zone_that_cannot_be_read_holds_nobody_up(serve, tmp_path):
    (tmp_path / "Broken").write_bytes(b"TZif2 and nothing more")
    seed = (sql_broker("b-zone", day_of_week="MONDAY", time_zone="Broken", pending_engine_version="5.18")
            + sql_broker("b-reboot", state="REBOOT_IN_PROGRESS", state_due_ms=1))
    client = serve("--create-time", "100ms", env={"TZDIR": str(tmp_path)}, seed=seed).client()
    wait_state(client, "b-reboot", "RUNNING")
    wait_state(client, create_broker(client), "RUNNING")
    assert describe_broker(client, "b-zone")["pendingEngineVersion"] == "5.18"


def test_LIF_6_without_a_due_time_it_stays(serve):
    client = serve(seed=sql_broker("b-stays", state=CREATING) + sql_broker("b-failed", state="CREATION_FAILED")
                   ).client()
    wait_state(client, create_broker(client), "RUNNING")
    assert describe_broker(client, "b-stays")["brokerState"] == CREATING
    assert describe_broker(client, "b-failed")["brokerState"] == "CREATION_FAILED"


# --- What cannot be done meanwhile -----------------------------------------------------------------------------

def test_LIF_7_while_it_is_created(serve):
    client = serve("--create-time", "1h").client()
    broker = create_broker(client, broker_body("one"))
    updated = f"Broker [one] can't be updated while in state [{CREATING}]."
    assert_bad_request(client.call("POST", user_path(broker, "dev"), {"password": PASSWORD}), updated)
    assert_bad_request(client.call("PUT", user_path(broker, "admin"), {}), updated)
    assert_bad_request(client.call("DELETE", user_path(broker, "admin")), updated)
    assert_bad_request(client.call("PUT", broker_path(broker), {}), updated)
    assert_bad_request(client.call("POST", promote_path(broker), {"mode": "SWITCHOVER"}), updated)
    assert_bad_request(client.call("POST", reboot_path(broker)),
                       f"Broker [one] can't be rebooted while in state [{CREATING}].")
    assert_bad_request(client.call("DELETE", broker_path(broker)),
                       f"Broker [one] can't be deleted while in state [{CREATING}].")


def test_LIF_7_its_configuration_is_in_use(serve):
    client = serve("--create-time", "1h").client()
    create_broker(client, broker_body("one"))
    row, = client.call("GET", "/v1/configurations").json()["configurations"]
    assert client.call("DELETE", configuration_path(row["id"])).status == 409


# --- Stops and crashes -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("step", range(4))
def test_LIF_8_DUR_6_a_creation_goes_on_after_a_restart(serve, tmp_path, end, step):
    path = tmp_path / "store.db"
    pictures = [(state, [{**user, "username": "admin"} for user in users], *rest)
                for state, users, *rest in PICTURES]
    server = serve("--create-time", "1h", "--db", path)
    broker = create_broker(server.client(), broker_body("one"))

    def again():
        """Ends the server; its store is moved on by hand, so that the rest of the hour is not waited for."""
        server.close_clients()
        getattr(server, end)()
        execute(path, "UPDATE broker SET state_due_ms = ?", now_ms() - 1)

    for done in range(step):
        again()
        server.start()
        client = server.client()
        eventually(lambda: picture(describe_broker(client, broker)) != pictures[done], f"step {done + 1}")
        assert picture(describe_broker(client, broker)) == pictures[done + 1]
    again()
    server.args = [{"1h": "100ms"}.get(argument, argument) for argument in server.args]
    server.start()
    wait_state(server.client(), broker, "RUNNING")
    assert picture(describe_broker(server.client(), broker)) == pictures[-1]


def test_LIF_8_DUR_6_killed_right_after_the_answer(serve, tmp_path):
    server = serve("--create-time", "100ms", "--db", tmp_path / "store.db")
    for number in range(5):
        broker = create_broker(server.client(), broker_body(f"broker-{number}"))
        server.close_clients()
        server.kill()
        server.start()
        body = wait_state(server.client(), broker, "RUNNING")
        assert picture(body) == ("RUNNING", [{"username": "admin"}], 1, ["current", "history"])
    rows = server.client().call("GET", "/v1/brokers").json()["brokerSummaries"]
    assert sorted(row["brokerName"] for row in rows) == [f"broker-{number}" for number in range(5)]


def test_LIF_8_one_that_fell_due_long_ago_is_finished_at_once(serve, tmp_path):
    server = serve("--create-time", "1h", "--db", tmp_path / "store.db")
    broker = create_broker(server.client(), broker_body("one"))
    server.close_clients()
    server.stop()
    execute(tmp_path / "store.db", "UPDATE broker SET state_due_ms = ?", now_ms() - 7_200_000)
    server.start()
    wait_state(server.client(), broker, "RUNNING")


# --- Whole lives -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("times", ["0", "100ms"])
def test_LIF_9_a_whole_life(serve, tmp_path, times):
    server = serve("--create-time", times, "--reboot-time", times, "--delete-time", times, "--db",
                   tmp_path / "store.db")
    client = server.client()
    configuration = assert_ok(client.call("POST", "/v1/configurations", {"name": "own", "engineType": "ACTIVEMQ"})
                              ).json()["id"]
    broker = create_broker(client, broker_body("life", engineVersion="5.18", configuration={"id": configuration, "revision": 1}))
    wait_state(client, broker, "RUNNING")
    create_user(client, broker, "dev", groups=["writers"])
    update_user(client, broker, "admin", consoleAccess=True)
    assert_ok(client.call("PUT", broker_path(broker), {"engineVersion": "5.19", "logs": {"general": True}}))
    reboot(client, broker)
    body = wait_state(client, broker, "RUNNING")
    assert (body["engineVersion"], body["logs"]["general"]) == ("5.19", True)
    assert body["users"] == [{"username": "admin"}, {"username": "dev"}]
    delete_user(client, broker, "dev")
    server.restart()
    client = server.client()
    reboot(client, broker)
    assert wait_state(client, broker, "RUNNING")["users"] == [{"username": "admin"}]
    assert client.call("DELETE", configuration_path(configuration)).status == 409
    assert_ok(client.call("DELETE", broker_path(broker)), {"brokerId": broker})
    wait_gone(client, broker)
    assert_ok(client.call("DELETE", configuration_path(configuration)), {"configurationId": configuration})
    assert_no_broker(client.call("GET", users_path(broker)), broker)
    server.restart()
    client = server.client()
    assert_ok(client.call("GET", "/v1/brokers"), {"brokerSummaries": []})
    assert_ok(client.call("GET", "/v1/configurations"), {"configurations": [], "maxResults": 20})
