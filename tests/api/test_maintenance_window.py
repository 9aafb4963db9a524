"""The maintenance window: how often it may be changed, when it opens, and what it does then."""

import datetime
import sqlite3
import time
import zoneinfo

import pytest

from harness import (PASSWORD, assert_bad_request, assert_ok, broker_body, broker_name, broker_path, create_broker,
                     create_user, describe_broker, eventually, rabbit_body, reboot, sql_broker, sql_insert,
                     sql_pending_user, sql_user, update_user, users_path, wait_state)

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
LIMIT = ("Maintenance window cannot be modified greater than 4 times. You will be able to modify your broker "
         "maintenance window after the next maintenance window has completed.")
WEEK_MS = 7 * 24 * 3_600_000


def window(day, at="05:52", zone="UTC"):
    return {"dayOfWeek": day, "timeOfDay": at, "timeZone": zone}


def change(client, broker, wanted, shown=True):
    """UpdateBroker of the window; the answer names it if it is another one."""
    body = {"brokerId": broker, "maintenanceWindowStartTime": wanted} if shown else {"brokerId": broker}
    assert_ok(client.call("PUT", broker_path(broker), {"maintenanceWindowStartTime": wanted}), body)
    assert describe_broker(client, broker)["maintenanceWindowStartTime"] == wanted


def refused(client, broker, wanted, **members):
    assert_bad_request(client.call("PUT", broker_path(broker), {"maintenanceWindowStartTime": wanted, **members}),
                       LIMIT)


# --- Changes ---------------------------------------------------------------------------------------------------

def test_WIN_2_at_once(client, broker):
    before = describe_broker(client, broker)
    change(client, broker, window("TUESDAY", "04:50"))
    assert describe_broker(client, broker) == {**before, "maintenanceWindowStartTime": window("TUESDAY", "04:50")}
    reboot(client, broker)
    assert describe_broker(client, broker) == {**before, "maintenanceWindowStartTime": window("TUESDAY", "04:50")}


def test_WIN_2_without_a_zone_it_is_UTC(client, broker):
    change(client, broker, window("TUESDAY", "04:50", "Europe/Berlin"))
    assert_ok(client.call("PUT", broker_path(broker),
                          {"maintenanceWindowStartTime": {"dayOfWeek": "TUESDAY", "timeOfDay": "04:50"}}),
              {"brokerId": broker, "maintenanceWindowStartTime": window("TUESDAY", "04:50")})


def test_WIN_3_four_changes(client, broker):
    for day in DAYS[:4]:
        change(client, broker, window(day))
    before = describe_broker(client, broker)
    # The fifth, the same again, and the first: whatever names the window.
    for day in (DAYS[4], DAYS[3], DAYS[0]):
        refused(client, broker, window(day))
        refused(client, broker, window(day), logs={"general": True})
    assert describe_broker(client, broker) == before
    # Other members can be changed.
    assert_ok(client.call("PUT", broker_path(broker), {"logs": {"general": True}}),
              {"brokerId": broker, "logs": {"audit": False, "general": True}})


@pytest.mark.parametrize("other", [window("MONDAY", "05:53"), window("MONDAY", "05:52", "GMT"), window("SUNDAY")])
def test_WIN_3_each_part_counts(client, broker, other):
    change(client, broker, window("MONDAY"))
    for _ in range(3):
        change(client, broker, window("MONDAY"), shown=False)
    change(client, broker, other)
    change(client, broker, window("MONDAY"))
    change(client, broker, other)
    refused(client, broker, other)


def test_WIN_4_the_same_window_does_not_count(client, broker):
    for day in DAYS[:3]:
        change(client, broker, window(day))
        for _ in range(5):
            change(client, broker, window(day), shown=False)
    change(client, broker, window(DAYS[3]))
    refused(client, broker, window(DAYS[3]))


def test_WIN_4_the_default_window_named_is_no_change(client, broker):
    for _ in range(6):
        change(client, broker, window("SUNDAY", "11:00"), shown=False)
    for day in DAYS[:4]:
        change(client, broker, window(day))
    refused(client, broker, window("SUNDAY", "11:00"))


def test_WIN_4_a_refused_call_does_not_count(client, broker):
    for _ in range(6):
        response = client.call("PUT", broker_path(broker), {"maintenanceWindowStartTime": window("MONDAY"),
                                                            "configuration": {"id": "c-nobody"}})
        assert response.status == 400
    for day in DAYS[:4]:
        change(client, broker, window(day))


def test_WIN_5_a_reboot_does_not_reset_it(client, broker):
    for day in DAYS[:4]:
        change(client, broker, window(day))
        reboot(client, broker)
    refused(client, broker, window("SUNDAY"))


def test_WIN_3_the_one_of_CreateBroker_does_not_count(client):
    for body in (broker_body, rabbit_body):
        broker = create_broker(client, body(broker_name(), maintenanceWindowStartTime=window("SUNDAY")))
        for day in DAYS[:4]:
            change(client, broker, window(day))
        refused(client, broker, window("SUNDAY"))


def test_WIN_3_DUR_2_the_count_survives_a_restart(serve, tmp_path):
    server = serve("--db", tmp_path / "store.db", seed=sql_broker("b-1"))
    for day in DAYS[:4]:
        change(server.client(), "b-1", window(day))
        server.restart()
    refused(server.client(), "b-1", window("SUNDAY"))


@pytest.mark.parametrize("counted", [3, 4, 9])
def test_WIN_3_the_count_can_be_seeded(serve, counted):
    client = serve(seed=sql_broker("b-1", window_changes=counted)).client()
    if counted == 3:
        change(client, "b-1", window("MONDAY"))
    refused(client, "b-1", window("MONDAY"))


# --- When it opens ---------------------------------------------------------------------------------------------

def next_opening_ms(day, at, zone, after_ms):
    """When the wall clock of that zone next shows that day and time; the days of a change of the clock are not asked
    for."""
    place = zoneinfo.ZoneInfo(zone)
    now = datetime.datetime.fromtimestamp(after_ms / 1000, place)
    hour, minute = map(int, at.split(":"))
    for ahead in range(9):
        date = (now + datetime.timedelta(days=ahead)).date()
        opening = datetime.datetime(date.year, date.month, date.day, hour, minute, tzinfo=place)
        if DAYS[date.weekday()] == day and opening.timestamp() * 1000 > after_ms:
            return int(opening.timestamp() * 1000)
    raise AssertionError("no such day in nine")


def stored(server, path, column="window_due_ms"):
    server.close_clients()
    server.stop()
    store = sqlite3.connect(path)
    row, = store.execute(f"SELECT {column} FROM broker").fetchall()
    store.close()
    return row[0]


@pytest.mark.parametrize("day, at, zone", [(day, "05:52", "UTC") for day in DAYS] + [
    ("MONDAY", "00:00", "UTC"), ("SUNDAY", "23:59", "Asia/Tokyo"), ("WEDNESDAY", "02:00", "America/New_York"),
    ("FRIDAY", "13:05", "CET"), ("SATURDAY", "12:34", "GMT")])
@pytest.mark.parametrize("way", ["create", "update", "seed"])
def test_WIN_6_the_next_time_its_clock_shows_it(serve, tmp_path, way, day, at, zone):
    path = tmp_path / "store.db"
    columns = {"day_of_week": day, "time_of_day": at, "time_zone": zone} if way == "seed" else {}
    server = serve("--db", path, seed=sql_broker("b-1", **columns) if way != "create" else "")
    earliest = next_opening_ms(day, at, zone, time.time() * 1000 - 60_000)
    if way == "create":
        create_broker(server.client(), broker_body("one", maintenanceWindowStartTime=window(day, at, zone)))
    elif way == "update":
        change(server.client(), "b-1", window(day, at, zone))
    else:
        describe_broker(server.client(), "b-1")
    found = stored(server, path)
    assert found in (earliest, next_opening_ms(day, at, zone, time.time() * 1000))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "US/Eastern", "CET", "Asia/Kolkata", "Pacific/Chatham"])
def test_WIN_6_on_a_machine_without_zones(serve, tmp_path, zone):
    server = serve("--db", tmp_path / "store.db", env={"TZDIR": str(tmp_path)}, seed=sql_broker("b-1"))
    earliest = next_opening_ms("MONDAY", "12:34", zone, time.time() * 1000 - 60_000)
    change(server.client(), "b-1", window("MONDAY", "12:34", zone))
    assert stored(server, tmp_path / "store.db") in (earliest, next_opening_ms("MONDAY", "12:34", zone, time.time() * 1000))


@pytest.mark.parametrize("way", ["create", "seed"])
def test_WIN_7_nobody_named_a_window(serve, tmp_path, way):
    path = tmp_path / "store.db"
    server = serve("--db", path, "--create-time", "0", seed=sql_broker("b-1") if way == "seed" else "")
    if way == "create":
        create_broker(server.client())
    row, = server.client().call("GET", "/v1/brokers").json()["brokerSummaries"]
    describe_broker(server.client(), row["brokerId"])
    assert stored(server, path) is None


@pytest.mark.parametrize("zone, offset_h", [("+05:30", 5.5), ("-03:00", -3), ("UTC+2", 2), ("GMT-1", -1)])
def test_WIN_6_offsets(serve, tmp_path, zone, offset_h):
    path = tmp_path / "store.db"
    server = serve("--db", path, seed=sql_broker("b-1"))
    change(server.client(), "b-1", window("MONDAY", "12:00", zone))
    found = stored(server, path)
    local = datetime.datetime.fromtimestamp(found / 1000 + offset_h * 3600, datetime.timezone.utc)
    assert (DAYS[local.weekday()], local.strftime("%H:%M:%S")) == ("MONDAY", "12:00:00")
    assert 0 < found - time.time() * 1000 + 60_000 <= WEEK_MS + 60_000


# --- What it does ----------------------------------------------------------------------------------------------

def open_now(broker="b-1", **columns):
    """A seeded broker whose window is due."""
    return sql_broker(broker, **{"day_of_week": "MONDAY", "window_due_ms": int(time.time() * 1000) - 1, **columns})


PENDING_USERS = (sql_user("b-1", "kept") + sql_user("b-1", "changed", pending_change="UPDATE", pending_groups=["new"])
                 + sql_user("b-1", "gone", pending_change="DELETE") + sql_pending_user("b-1", "new"))


@pytest.mark.parametrize("columns, more, member, value", [
    ({"pending_engine_version": "5.18"}, "", "engineVersion", "5.18"),
    ({"pending_host_instance_type": "mq.m5.xlarge"}, "", "hostInstanceType", "mq.m5.xlarge"),
    ({"pending_authentication_strategy": "LDAP"}, "", "authenticationStrategy", "ldap"),
    ({"pending_security_groups": '["sg-1"]'}, "", "securityGroups", ["sg-1"]),
    ({"pending_configuration_id": "c-second", "configuration_id": "c-first"}, "", "configurations",
     {"current": {"id": "c-second", "revision": 1}, "history": [{"id": "c-first", "revision": 1}]}),
    ({}, PENDING_USERS, "users", [{"username": "changed"}, {"username": "kept"}, {"username": "new"}]),
    ({}, sql_user("b-1", "changed", pending_change="UPDATE"), "users", [{"username": "changed"}])])
@pytest.mark.parametrize("reboot_time", ["0", "100ms"])
def test_WIN_8_what_waits_is_applied(serve, columns, more, member, value, reboot_time):
    seed = "".join(sql_insert("configuration", id=f"c-{name}", name=name) for name in ("first", "second"))
    client = serve("--reboot-time", reboot_time, seed=seed + open_now(**columns) + more).client()
    eventually(lambda: describe_broker(client, "b-1")[member] == value, "the window")
    body = describe_broker(client, "b-1")
    assert body["brokerState"] == "RUNNING"
    assert not [name for name in body if name.startswith("pending")]


@pytest.mark.parametrize("columns, more", [({"pending_engine_version": "5.18"}, ""), ({"pending_logs_general": 1}, ""),
                                           ({}, PENDING_USERS),
                                           ({"engine_type": "RABBITMQ", "pending_logs_general": 0}, ""),
                                           ({"state": "CRITICAL_ACTION_REQUIRED", "pending_logs_audit": 1}, "")])
def test_WIN_8_it_reboots_the_broker(serve, columns, more):
    client = serve("--reboot-time", "1h", seed=open_now(name="one", **columns) + more).client()
    body = wait_state(client, "b-1", "REBOOT_IN_PROGRESS")
    # Nothing of it holds before the reboot is over.
    assert "pendingEngineVersion" in body or "pending" in body["logs"] or body["users"][0].get("pendingChange")
    assert_bad_request(client.call("PUT", broker_path("b-1"), {}),
                       "Broker [one] can't be updated while in state [REBOOT_IN_PROGRESS].")


@pytest.mark.parametrize("state", ["CRITICAL_ACTION_REQUIRED", "REPLICA"])
def test_WIN_8_RBT_4_back_to_the_state_it_began_in(serve, state):
    client = serve("--reboot-time", "0", seed=open_now(state=state, pending_engine_version="5.18")).client()
    eventually(lambda: describe_broker(client, "b-1")["engineVersion"] == "5.18", "the window")
    assert describe_broker(client, "b-1")["brokerState"] == state


def test_WIN_9_without_anything_waiting_it_does_not(serve):
    seed = (open_now(window_changes=4) + sql_user("b-1", "dev")
            + open_now("b-2", window_changes=4, engine_type="RABBITMQ"))
    client = serve("--reboot-time", "1h", seed=seed).client()
    for broker in ("b-1", "b-2"):
        # That it has opened is seen by the count.
        wanted = {"maintenanceWindowStartTime": window("FRIDAY")}
        eventually(lambda: client.call("PUT", broker_path(broker), wanted).status == 200, "the window")
        assert describe_broker(client, broker)["brokerState"] == "RUNNING"


def test_WIN_9_it_resets_the_count(serve):
    client = serve("--reboot-time", "0", seed=open_now(window_changes=4, pending_engine_version="5.18")).client()
    eventually(lambda: describe_broker(client, "b-1")["engineVersion"] == "5.18", "the window")
    for day in DAYS[1:5]:
        change(client, "b-1", window(day))
    refused(client, "b-1", window("SUNDAY"))


def test_WIN_9_it_opens_again_a_week_later(serve, tmp_path):
    path = tmp_path / "store.db"
    server = serve("--db", path, "--reboot-time", "0",
                   seed=open_now(pending_engine_version="5.18", time_of_day="05:52"))
    eventually(lambda: describe_broker(server.client(), "b-1")["engineVersion"] == "5.18", "the window")
    before = next_opening_ms("MONDAY", "05:52", "UTC", time.time() * 1000 - 60_000)
    assert stored(server, path) in (before, next_opening_ms("MONDAY", "05:52", "UTC", time.time() * 1000))
    # What is staged after it waits for the next.
    server.start()
    client = server.client()
    create_user(client, "b-1", "late")
    server.restart()
    assert server.client().call("GET", users_path("b-1")).json()["users"] == [
        {"pendingChange": "CREATE", "username": "late"}]


@pytest.mark.parametrize("columns", [{"day_of_week": None, "window_due_ms": None}, {"window_due_ms": None},
                                     {"window_due_ms": int(time.time() * 1000) + 3_600_000}])
def test_WIN_7_WIN_10_it_does_not_open(serve, columns):
    """Neither without a day, nor before its time; another broker's window shows that the first have had their turn."""
    seed = (open_now("b-not", pending_engine_version="5.18", window_changes=4, **columns)
            + open_now("b-opens", pending_engine_version="5.18"))
    client = serve("--reboot-time", "0", seed=seed).client()
    eventually(lambda: describe_broker(client, "b-opens")["engineVersion"] == "5.18", "the other window")
    body = describe_broker(client, "b-not")
    assert (body["brokerState"], body["engineVersion"], body["pendingEngineVersion"]) == ("RUNNING", "5.19", "5.18")
    refused(client, "b-not", window("MONDAY"))


@pytest.mark.parametrize("state", ["CREATION_IN_PROGRESS", "CREATION_FAILED", "REBOOT_IN_PROGRESS",
                                   "DELETION_IN_PROGRESS"])
def test_WIN_10_a_broker_that_cannot_reboot_is_left_alone(serve, state):
    seed = open_now("b-not", state=state, pending_logs_general=1) + open_now("b-opens", pending_engine_version="5.18")
    client = serve("--reboot-time", "0", seed=seed).client()
    eventually(lambda: describe_broker(client, "b-opens")["engineVersion"] == "5.18", "the other window")
    assert describe_broker(client, "b-not")["brokerState"] == state


def test_WIN_8_PND_28_what_clients_staged(serve, tmp_path):
    """Calls stage the changes, then the window comes."""
    path = tmp_path / "store.db"
    server = serve("--db", path, "--create-time", "0", "--reboot-time", "0")
    client = server.client()
    broker = create_broker(client, broker_body("one", maintenanceWindowStartTime=window("MONDAY")))
    create_user(client, broker, "new")
    update_user(client, broker, "admin", groups=["changed"], password=PASSWORD + "x")
    assert_ok(client.call("PUT", broker_path(broker), {"hostInstanceType": "mq.m5.xlarge", "logs": {"audit": True}}))
    server.close_clients()
    server.stop()
    store = sqlite3.connect(path)
    with store:
        store.execute("UPDATE broker SET window_due_ms = ?", (int(time.time() * 1000) - 1,))
    store.close()
    server.start()
    client = server.client()
    eventually(lambda: describe_broker(client, broker)["hostInstanceType"] == "mq.m5.xlarge", "the window")
    body = describe_broker(client, broker)
    assert body["users"] == [{"username": "admin"}, {"username": "new"}] and body["logs"]["audit"] is True
    assert "pending" not in body["logs"]
