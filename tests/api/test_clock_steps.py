"""The clock: set back, and over more than can be done at once. Work is counted, in rounds of the loop, never timed."""

import re
import struct

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok, eventually, sql_broker

B1 = harness.broker_path("b-1")
HOUR_MS = 3_600_000
MANY = 3000
MANY_BROKERS = (f"WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {MANY})"
                " INSERT INTO broker (id, name, state, state_due_ms)"
                " SELECT 'b-' || x, 'n' || x, 'REBOOT_IN_PROGRESS', 1893456000000 + x * 1000 FROM n;\n")  # 2030


def state(client, broker="b-1"):
    return assert_ok(client.call("GET", harness.broker_path(broker))).json()["brokerState"]


def metric(client, name):
    text = control.call(client, "GET", control.METRICS).body.decode()
    return int(re.search(rf"^amazonmq_local_{re.escape(name)} (\d+)$", text, re.MULTILINE)[1])


def states(client):
    """{state: number of brokers}"""
    counts, target = {}, "/v1/brokers?maxResults=100"
    while target:
        page = assert_ok(client.call("GET", target)).json()
        for row in page["brokerSummaries"]:
            counts[row["brokerState"]] = counts.get(row["brokerState"], 0) + 1
        target = "nextToken" in page and "/v1/brokers" + harness.query(maxResults=100, nextToken=page["nextToken"])
    return counts


# --- Back ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("back", ["2020-01-01T00:00:00Z", "1970-01-02T00:00:00Z"])
def test_LIF_11_a_step_back_keeps_the_remaining_time(serve, back):
    client = serve(*control.STANDING, seed=sql_broker("b-1") + sql_broker("b-2") + sql_broker("b-3")).client()
    assert_ok(client.call("POST", harness.reboot_path("b-1")), {})
    assert_ok(client.call("DELETE", harness.broker_path("b-2")))
    made = harness.create_broker(client)
    control.step(client, now=back)
    control.advance(client, 3600 - 2 * harness.DEADLINE_S)
    assert state(client) == "REBOOT_IN_PROGRESS" and state(client, "b-2") == "DELETION_IN_PROGRESS"
    assert state(client, made) == "CREATION_IN_PROGRESS"
    control.advance(client, 2 * harness.DEADLINE_S)
    assert state(client) == "RUNNING" and state(client, made) == "RUNNING" and state(client, "b-3") == "RUNNING"
    harness.assert_no_broker(client.call("GET", harness.broker_path("b-2")), "b-2")


def test_LIF_11_windows_follow_the_clock(serve):
    """The window was computed from a later day, and opens in the week that the clock shows."""
    client = serve("--reboot-time", "0", seed=sql_broker("b-1")).client()
    control.step(client, now="2031-03-01T00:00:00Z")
    window = {"dayOfWeek": "FRIDAY", "timeOfDay": "03:30", "timeZone": "UTC"}
    assert_ok(client.call("PUT", B1, {"maintenanceWindowStartTime": window}))
    harness.create_user(client, "b-1", "bob")
    control.step(client, now="2031-01-01T00:00:00Z")
    control.step(client, now="2031-01-03T03:29:00Z")
    assert "pending" in assert_ok(client.call("GET", harness.user_path("b-1", "bob"))).json()
    control.step(client, now="2031-01-03T03:30:00Z")
    assert "pending" not in assert_ok(client.call("GET", harness.user_path("b-1", "bob"))).json()


def test_LIF_11_the_machine_s_clock_is_set_back(serve, tmp_path):
    """A reboot of a second, during which the clock goes back by a day, is not over a day later."""
    if wire.is_sanitized():
        pytest.skip("a sanitizer must be loaded before build/wall_clock.so")
    path = tmp_path / "back"
    path.write_bytes(struct.pack("=q", 0))
    server = serve("--reboot-time", "1s", seed=sql_broker("b-1"), **wire.faulty("wall_clock", WALL_CLOCK=str(path)))
    client = server.client()
    before = control.clock(client)["nowMs"]
    assert_ok(client.call("POST", harness.reboot_path("b-1")), {})
    with open(path, "r+b") as file:
        file.write(struct.pack("=q", 86_400))
    # Not checked against the machine's clock, which was not set back.
    eventually(lambda: client.call("GET", B1, check=harness.CHECK_NONE).json()["brokerState"] == "RUNNING", "the reboot")
    shown = client.call("GET", control.CLOCK, check=harness.CHECK_NONE).json()
    assert shown["nowMs"] < before and shown["offsetMs"] == 0


# --- In slices -------------------------------------------------------------------------------------------------

def test_LIF_12_a_large_step_is_made_in_slices(serve):
    """Other calls are answered in between; the step is answered when all of it has happened."""
    server = serve(seed=MANY_BROKERS)
    client, other = server.client(), server.client()
    other.connect()
    ticks = metric(client, "ticks_total")
    client.send(harness.build("POST", control.CLOCK, {"now": "2029-12-31T23:59:59Z"}))
    assert_ok(client.receive("POST", control.CLOCK, check=harness.CHECK_NONE))
    client.send(harness.build("POST", control.CLOCK, {"now": "2030-01-01T01:00:00Z"}))
    seen = {control.clock(other)["nowMs"] for _ in range(20)}
    assert_ok(client.receive("POST", control.CLOCK, check=harness.CHECK_NONE))
    assert all(now < 1893456000000 + HOUR_MS + 60_000 for now in seen)
    assert states(client) == {"RUNNING": MANY}
    # A round writes at most 512 rows, and those of one more broker.
    assert metric(client, "ticks_total") - ticks >= MANY // 60


@pytest.mark.parametrize("target", ["2030-01-01T01:00:00Z", "2020-01-01T00:00:00Z"])
def test_LIF_12_DUR_2_a_step_that_is_cut_off(serve, tmp_path, target):
    """Killed on the way, it is completed at the next start, unless it had not yet begun."""
    server = serve("--db", tmp_path / "db", seed=MANY_BROKERS)
    client, other = server.client(), server.client()
    control.step(other, now="2029-12-31T23:59:59Z")
    before = control.clock(other)["offsetMs"]
    client.send(harness.build("POST", control.CLOCK, {"now": target}))
    for _ in range(3):
        control.clock(other)
    server.close_clients()
    server.kill()
    server.start()
    client = server.client()
    after = control.clock(client)
    if abs(after["offsetMs"] - before) > 1:
        assert after["now"][:13] == target[:13]
        assert states(client) == {"RUNNING" if target > "2029" else "REBOOT_IN_PROGRESS": MANY}
    else:
        control.step(client, now=target)
        assert states(client) == {"RUNNING" if target > "2029" else "REBOOT_IN_PROGRESS": MANY}
    if target < "2029":  # what remained remains
        control.advance(client, MANY + 60)
        assert states(client) == {"RUNNING": MANY}


def step_into_a_moved_file(serve, tmp_path):
    """A step to 2030; between its slices the --db file is moved away. Returns the server, a client, the answer to the step,
    which is a 200 if the step was faster, and a function that puts the file back."""
    path = tmp_path / "db"
    server = serve("--db", path, seed=MANY_BROKERS)
    client, other = server.client(), server.client()
    control.step(other, now="2029-12-31T23:59:59Z")
    client.send(harness.build("POST", control.CLOCK, {"now": "2030-01-01T01:00:00Z"}))
    control.clock(other)
    moved = path.rename(tmp_path / "moved")
    answer = client.receive("POST", control.CLOCK, check=harness.CHECK_NONE)
    assert answer.status in (200, 500)
    return server, other, answer, lambda: moved.rename(path)


def test_LIF_12_DUR_9_a_step_that_cannot_be_stored(serve, tmp_path):
    """Its call is answered, others too, and it is completed once it can be stored."""
    _, other, answer, put_back = step_into_a_moved_file(serve, tmp_path)
    assert control.call(other, "POST", "/_local/seed", sql_broker("b-late").encode()).status == 500
    put_back()
    if answer.status == 200 or control.clock(other)["now"] < "2029-12-31T23:59:59.9":  # before its first part
        control.step(other, now="2030-01-01T01:00:00Z")
    eventually(lambda: control.clock(other)["now"] >= "2030-01-01T01:00:00", "the end of the step")
    assert states(other) == {"RUNNING": MANY}


@pytest.mark.parametrize("target", ["2029-01-01T00:00:00Z", "2030-01-02T00:00:00Z"])
def test_LIF_12_DUR_9_a_step_that_cannot_go_on_is_replaced(serve, tmp_path, target):
    """By a step of another call, once the store can be written again; nothing comes back of the first."""
    server, other, _, put_back = step_into_a_moved_file(serve, tmp_path)
    put_back()
    control.step(other, now=target)
    assert control.clock(other)["now"][:13] == target[:13]
    server.restart()
    client = server.client()
    assert control.clock(client)["now"][:13] == target[:13]
    control.advance(client, 2 * MANY)
    assert states(client) == {"RUNNING": MANY}


def test_LIF_12_other_steps_and_resets_wait_for_it(serve):
    server = serve(seed=MANY_BROKERS)
    clients = [server.client() for _ in range(4)]
    for client in clients:
        control.clock(client)  # accepted, so that the calls are read in the order of their sending
    calls = [("POST", control.CLOCK, {"now": "2030-01-01T01:00:00Z"}), ("POST", control.CLOCK, {"advanceMs": HOUR_MS}),
             ("POST", "/_local/seed", sql_broker("b-late").encode()), ("POST", "/_local/reset", None)]
    with wire.stopped(server):
        for client, (method, target, body) in zip(clients, calls):
            client.send(harness.build(method, target, body))
    for client, (method, target, _) in zip(clients, calls):
        assert_ok(client.receive(method, target, check=harness.CHECK_NONE))
    assert states(clients[0])["REBOOT_IN_PROGRESS"] == MANY  # the reset came last
    assert abs(control.clock(clients[0])["offsetMs"]) <= 2


@pytest.mark.parametrize("delete_time", ["0", "1ms"])
def test_LIF_12_a_broker_of_many_users_is_deleted_in_slices(serve, delete_time):
    users = ("INSERT INTO user (broker_id, username, password) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL"
             " SELECT x + 1 FROM n WHERE x < 20000) SELECT 'b-1', 'u' || x, 'created-pw-12' FROM n;")
    client = serve("--delete-time", delete_time, seed=sql_broker("b-1", "one") + users).client()
    ticks = metric(client, "ticks_total")
    assert_ok(client.call("DELETE", B1), {"brokerId": "b-1"})
    seen = []

    def is_gone():
        answer = client.call("GET", B1)
        seen.append(answer.status == 200 and (answer.json()["brokerState"], len(answer.json()["users"])))
        return answer.status == 404

    eventually(is_gone, "the deletion")
    # All users, in the first part of the deletion (DBR-6), then none, then no broker.
    order = [("DELETION_IN_PROGRESS", 20000), ("DELETION_IN_PROGRESS", 0), False]
    assert [order.index(state) for state in seen] == sorted(order.index(state) for state in seen)
    assert metric(client, "ticks_total") - ticks >= 20000 // 1024
    text = control.call(client, "GET", control.METRICS).body.decode()
    assert 'amazonmq_local_rows{table="user"} 0\n' in text
    harness.create_broker(client, harness.broker_body("one"))
