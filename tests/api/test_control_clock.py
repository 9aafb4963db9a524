"""/_local/clock: what is due happens before the step is answered; only the service's own clock moves."""

import contextlib
import datetime
import email.utils
import re
import sqlite3
import time

import pytest

import control_calls as control
import harness
import sign
import wire
from harness import assert_ok, sql_broker, sql_insert, sql_pending_user, sql_user

B1 = harness.broker_path("b-1")
SEED = sql_broker("b-1", "one") + sql_user("b-1", "alice") + sql_pending_user("b-1", "bob")


@pytest.fixture
def client(serve):
    return serve(*control.STANDING, seed=SEED).client()


def state(client, broker="b-1"):
    return assert_ok(client.call("GET", harness.broker_path(broker))).json()["brokerState"]


def parse(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text), text
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def test_CTL_6_the_clock_begins_as_the_wall_clock(client):
    before = time.time()
    shown = control.clock(client)
    assert before - 0.002 <= parse(shown["now"]) <= time.time() + 0.002
    assert list(shown) == ["now", "nowMs", "offsetMs"]
    assert shown["nowMs"] == round(parse(shown["now"]) * 1000) and -2 <= shown["offsetMs"] <= 0


def test_CTL_7_a_step_by_milliseconds(client):
    before = control.clock(client)["nowMs"]
    shown = control.step(client, advanceMs=90_000)
    assert shown["nowMs"] >= before + 90_000 and 89_990 <= shown["offsetMs"] <= 90_002
    assert control.clock(client)["nowMs"] >= shown["nowMs"]


def test_a_step_by_nothing_and_by_fractions(client):
    for step in (0, 0.4, 1e3):
        before = control.clock(client)["nowMs"]
        assert control.step(client, advanceMs=step)["nowMs"] >= before + int(step)


@pytest.mark.parametrize("given, seconds", (
    ("2031-12-24T18:00:00Z", 1955901600), ("2031-12-24T18:00:00.250Z", 1955901600.25), ("2020-02-29T23:59:59Z", 1583020799),
))
def test_a_step_to_a_time(client, given, seconds):
    """Forward or back; from there the clock runs on."""
    shown = control.step(client, now=given)
    assert 0 <= shown["nowMs"] - seconds * 1000 < 1000 * harness.DEADLINE_S
    assert control.clock(client)["nowMs"] >= shown["nowMs"]


@pytest.mark.parametrize("body", (
    None, b"", {}, [], "x", b"{", {"advanceMs": 1, "now": "2031-12-24T18:00:00Z"}, {"advanceMs": -1}, {"advanceMs": "1"},
    {"advanceMs": None}, {"advanceMs": True}, {"advanceMs": 3660 * 86400000 + 1}, {"advanceMs": 1e300}, {"now": 5},
    {"now": ""}, {"now": "tomorrow"}, {"now": "2031-13-01T00:00:00Z"}, {"now": "2031-02-30T00:00:00Z"},
    {"now": "2031-12-24"}, {"now": "2031-12-24T18:00:00+01:00"},
    {"now": "1031-12-24T18:00:00Z"},
), ids=str)
def test_a_step_that_is_none(client, body):
    before = control.clock(client)["offsetMs"]
    control.refused(client, "POST", control.CLOCK, body, control.REFUSED_STEP)
    assert abs(control.clock(client)["offsetMs"] - before) <= 1


def test_a_step_too_far(client):
    control.refused(client, "POST", control.CLOCK, {"now": "9999-12-31T23:59:59Z"}, control.TOO_FAR)


def test_the_longest_step(client):
    control.step(client, advanceMs=3660 * 86400000)
    assert_ok(client.call("GET", B1))
    harness.create_broker(client)


def test_CTL_7_the_clock_stops_at_the_end_of_9999(serve, tmp_path):
    """No answer could show a later time; what is stored there is opened again."""
    path = tmp_path / "db"
    server = serve("--db", path)
    server.stop()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE default_world SET clock_offset_ms = ?", (253402300799999 - 129_600_000 - int(time.time() * 1000),))
    server = serve("--db", path)
    client = server.client()
    assert control.clock(client)["now"].startswith("9999-12-30T")
    control.refused(client, "POST", control.CLOCK, {"advanceMs": 2 * 86_400_000}, control.TOO_LATE)
    control.step(client, now="9999-12-31T23:59:59.990Z")
    harness.eventually(lambda: control.clock(client)["now"] == "9999-12-31T23:59:59.999Z", "the end of 9999")
    window = {"dayOfWeek": "MONDAY", "timeOfDay": "03:30", "timeZone": "UTC"}
    harness.create_broker(client, harness.broker_body("last", maintenanceWindowStartTime=window))
    snapshot = control.snapshot(client)
    control.done(client, "PUT", control.SNAPSHOT, snapshot)
    wire.assert_no_error_logged(server)
    server.restart()
    assert control.clock(server.client())["now"] == "9999-12-31T23:59:59.999Z"
    control.step(server.client(), now="2030-01-01T00:00:00Z")
    assert len(assert_ok(server.client().call("GET", "/v1/brokers")).json()["brokerSummaries"]) == 1


def test_a_creation_ends(client):
    made = harness.create_broker(client, harness.broker_body("made"))
    control.advance(client, 3599 - harness.DEADLINE_S)
    assert state(client, made) == "CREATION_IN_PROGRESS"
    control.advance(client, 1 + harness.DEADLINE_S)
    assert state(client, made) == "RUNNING"
    assert assert_ok(client.call("GET", harness.broker_path(made))).json()["users"] == [{"username": "admin"}]


def test_a_reboot_ends_and_applies_what_waits(client):
    assert_ok(client.call("POST", harness.reboot_path("b-1")), {})
    assert state(client) == "REBOOT_IN_PROGRESS"
    control.advance(client, 3600)
    assert state(client) == "RUNNING"
    assert "pending" not in assert_ok(client.call("GET", harness.user_path("b-1", "bob"))).json()


def test_a_deletion_ends(client):
    assert_ok(client.call("DELETE", B1), {"brokerId": "b-1"})
    assert state(client) == "DELETION_IN_PROGRESS"
    control.advance(client, 3600)
    harness.assert_no_broker(client.call("GET", B1), "b-1")


def test_many_brokers_end_in_one_step(serve):
    client = serve(*control.STANDING, seed="".join(sql_broker(f"b-{i:03}") for i in range(300))).client()
    for i in range(300):
        assert_ok(client.call("POST", harness.reboot_path(f"b-{i:03}")), {})
    control.advance(client, 3600)
    rows = []
    target = "/v1/brokers?maxResults=100"
    while target:
        page = assert_ok(client.call("GET", target)).json()
        rows += page["brokerSummaries"]
        target = "nextToken" in page and "/v1/brokers" + harness.query(maxResults=100, nextToken=page["nextToken"])
    assert [row["brokerState"] for row in rows] == ["RUNNING"] * 300


def test_a_step_back_ends_nothing(client):
    assert_ok(client.call("POST", harness.reboot_path("b-1")), {})
    control.step(client, now="2020-01-01T00:00:00Z")
    assert state(client) == "REBOOT_IN_PROGRESS"
    control.step(client, now="2029-01-01T00:00:00Z")
    assert state(client) == "RUNNING"


def test_what_is_created_bears_the_clock_s_time(client):
    control.step(client, now="2031-12-24T18:00:00Z")
    made = harness.create_broker(client)
    created = assert_ok(client.call("GET", harness.broker_path(made))).json()["created"]
    assert created.startswith("2031-12-24T18:"), created


def test_the_date_header_is_the_wall_clock_s(client):
    control.step(client, now="2031-12-24T18:00:00Z")
    for response in (client.call("GET", B1), control.call(client, "GET", control.CLOCK)):
        stamp = email.utils.parsedate_to_datetime(response.header("Date")).timestamp()
        assert abs(stamp - time.time()) < 60


def test_signatures_are_judged_by_the_wall_clock(serve):
    """A client signs with its own clock, which nobody has stepped."""
    key, secret = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    server = serve("--auth", "verify", seed=SEED + sql_insert("access_key", id=key, secret=secret))
    client = server.client()
    control.step(client, now="2031-12-24T18:00:00Z")
    assert client.call("GET", B1).status == 403
    headers = sign.sign("GET", B1, f"{server.host}:{server.port}", key=key, secret=secret)
    assert_ok(client.call("GET", B1, headers=headers))


# --- Maintenance windows ---------------------------------------------------------------------------------------

def window(day, time_of_day="03:30", zone="UTC"):
    return {"dayOfWeek": day, "timeOfDay": time_of_day, "timeZone": zone}


def applied(client, username="bob"):
    return "pending" not in assert_ok(client.call("GET", harness.user_path("b-1", username))).json()


def test_a_window_that_was_given_opens_on_its_day(serve):
    client = serve("--reboot-time", "0", seed=SEED).client()
    control.step(client, now="2031-01-01T00:00:00Z")  # a Wednesday
    assert_ok(client.call("PUT", B1, {"maintenanceWindowStartTime": window("FRIDAY", zone="Europe/Berlin")}))
    harness.create_user(client, "b-1", "carol")
    control.step(client, now="2031-01-03T02:28:00Z")
    assert not applied(client, "carol")
    control.step(client, now="2031-01-03T02:30:00Z")
    assert applied(client, "carol") and state(client) == "RUNNING"


def test_a_window_s_reboot_takes_its_time(serve):
    client = serve("--reboot-time", "1h", seed=SEED).client()
    control.step(client, now="2031-01-01T00:00:00Z")
    assert_ok(client.call("PUT", B1, {"maintenanceWindowStartTime": window("FRIDAY")}))
    harness.create_user(client, "b-1", "carol")
    control.step(client, now="2031-01-03T03:30:00Z")
    assert state(client) == "REBOOT_IN_PROGRESS" and not applied(client, "carol")
    control.advance(client, 3600)
    assert state(client) == "RUNNING" and applied(client, "carol")


def test_the_default_window_opens_where_the_clock_is_stepped_over_it(serve):
    """Sunday 11:00 UTC, of brokers whose window nobody set."""
    client = serve("--reboot-time", "0", seed=SEED).client()
    control.step(client, now="2031-01-01T00:00:00Z")
    harness.create_user(client, "b-1", "carol")
    control.step(client, now="2031-01-05T10:58:00Z")
    shown = assert_ok(client.call("GET", B1)).json()["maintenanceWindowStartTime"]
    assert (shown["dayOfWeek"], shown["timeOfDay"], shown["timeZone"]) == ("SUNDAY", "11:00", "UTC")
    assert not applied(client, "carol")
    control.step(client, now="2031-01-05T11:00:00Z")
    assert applied(client, "carol")


def test_a_long_step_opens_every_window_on_its_way(serve):
    client = serve("--reboot-time", "1h", seed=SEED + sql_broker("b-2", "two") + sql_pending_user("b-2", "bob")).client()
    control.step(client, now="2020-01-01T00:00:00Z")
    assert_ok(client.call("PUT", harness.broker_path("b-2"), {"maintenanceWindowStartTime": window("FRIDAY")}))
    control.step(client, now="2020-02-01T00:00:00Z")
    for broker in ("b-1", "b-2"):
        assert state(client, broker) == "RUNNING"
        assert "pending" not in assert_ok(client.call("GET", harness.user_path(broker, "bob"))).json()


def test_a_window_that_is_long_overdue_opens_once(serve):
    """A seeded time of the past: the step must not wait for it for ever."""
    client = serve("--reboot-time", "0", seed=SEED + sql_broker("b-2", "two", day_of_week="MONDAY", window_due_ms=1)
                   + sql_pending_user("b-2", "bob")).client()
    control.advance(client, 1)
    assert "pending" not in assert_ok(client.call("GET", harness.user_path("b-2", "bob"))).json()
    harness.create_user(client, "b-2", "carol")
    control.advance(client, 1)
    assert "pending" in assert_ok(client.call("GET", harness.user_path("b-2", "carol"))).json()


# --- Keeping it ------------------------------------------------------------------------------------------------

def test_the_clock_is_kept_in_the_file(serve, tmp_path):
    server = serve(*control.STANDING, "--db", tmp_path / "db", seed=SEED)
    offset = control.step(server.client(), now="2031-12-24T18:00:00Z")["offsetMs"]
    for end in (server.kill, server.stop):
        server.close_clients()
        end()
        server.start()
        shown = control.clock(server.client())
        assert abs(shown["offsetMs"] - offset) <= 1 and shown["now"].startswith("2031-12-24T18:")


def test_a_reset_puts_the_clock_right(client):
    control.advance(client, 86400)
    control.done(client, "POST", "/_local/reset")
    assert abs(control.clock(client)["offsetMs"]) <= 2


def test_a_step_waits_for_the_calls_before_it(serve):
    """Reboots that were asked for in the same round are ended by the step that came after them."""
    server = serve(*control.STANDING, seed="".join(sql_broker(f"b-{i:03}") for i in range(20)))
    clients = [server.client() for _ in range(20)]
    for connection in clients:
        connection.connect()
    last = server.client()
    last.connect()
    with wire.stopped(server):
        for number, connection in enumerate(clients):
            connection.send(harness.build("POST", harness.reboot_path(f"b-{number:03}")))
        last.send(harness.build("POST", control.CLOCK, {"advanceMs": 3600_000 + 60_000}))
    for connection in clients:
        assert_ok(connection.receive("POST", harness.reboot_path("b-x")), {})
    assert_ok(last.receive("POST", control.CLOCK, check=harness.CHECK_NONE))
    assert {state(last, f"b-{number:03}") for number in range(20)} == {"RUNNING"}
