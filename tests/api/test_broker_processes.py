"""--brokers: orders to the runners of real brokers, and what their reports change. The runner is a fake."""

import base64
import json
import os
import re
import signal
import stat

import pytest

import harness
import wire
from harness import (PASSWORD, assert_ok, broker_body, broker_name, broker_path, configuration_path, create_broker,
                     describe_broker, rabbit_body, reboot_path, sql_broker, sql_user, user_path, wait_gone, wait_state)
from runner import Slot

QUICK = ("--create-time", "0", "--reboot-time", "0", "--delete-time", "0")


@pytest.fixture(name="directory")
def fixture_directory(tmp_path):
    return str(tmp_path / "brokers")


class World:
    """A server with --brokers, its slots and a client."""

    def __init__(self, directory, *flags, **options):
        self.directory = directory
        self.server = harness.Server("--brokers", directory, *QUICK, *flags, **options)

    def __enter__(self):
        self.server.__enter__()
        self.client = self.server.client()
        return self

    def __exit__(self, *reason):
        self.server.__exit__(*reason)

    def slot(self, number):
        return Slot(self.server, self.directory, number)

    def local(self, method, path, body=None, **options):
        return self.client.call(method, f"/_local/{path}", body, check=harness.CHECK_NONE, **options)

    def health(self):
        response = self.local("GET", "health")
        return response.status, json.loads(response.body).get("reason")

    def process(self, broker):
        return json.loads(self.local("GET", f"brokers/{broker}").body).get("process")

    def delete(self, broker):
        return assert_ok(self.client.call("DELETE", broker_path(broker)), {"brokerId": broker})

    def reboot(self, broker):
        return assert_ok(self.client.call("POST", reboot_path(broker)), {})


@pytest.fixture(name="world")
def fixture_world(directory):
    with World(directory) as world:
        yield world


def state_of(world, broker):
    return describe_broker(world.client, broker)["brokerState"]


# --- A broker's life -------------------------------------------------------------------------------------------

def test_PROC_1_a_creation_ends_when_the_broker_is_up(world):
    broker = create_broker(world.client)
    slot = world.slot(0)
    order = slot.wait_order("run")
    assert (order["engine"], order["broker"], order["port"]) == ("activemq", broker, world.server.port)
    assert len(order["secret"]) == 32 and order["generation"] > 0
    assert state_of(world, broker) == "CREATION_IN_PROGRESS"
    assert slot.report(order, "up", version="5.18.3").status == 200
    body = wait_state(world.client, broker, "RUNNING")
    assert body["users"] == [{"username": "admin"}]
    assert world.process(broker) == {"generation": order["generation"], "log": [], "overdue": False, "restarts": 0, "slot": 0,
                                     "state": "UP", "version": "5.18.3"}


def test_PROC_1_not_before_the_time_of_the_creation(directory):
    with World(directory, "--create-time", "1h") as world:
        broker = create_broker(world.client)
        world.slot(0).up()
        assert state_of(world, broker) == "CREATION_IN_PROGRESS"
        assert world.local("POST", "clock", {"advanceMs": 3600000}).status == 200
        wait_state(world.client, broker, "RUNNING")


def test_PROC_1_a_clock_step_does_not_end_what_waits_for_the_broker(world):
    broker = create_broker(world.client)
    order = world.slot(0).wait_order("run")
    assert world.local("POST", "clock", {"advanceMs": 30 * 86400000}).status == 200
    assert state_of(world, broker) == "CREATION_IN_PROGRESS"
    assert world.slot(0).order() == order
    world.slot(0).up()
    wait_state(world.client, broker, "RUNNING")


def test_PROC_2_a_reboot_ends_when_the_broker_is_up_again(world):
    broker = create_broker(world.client)
    slot = world.slot(0)
    first = slot.up()
    wait_state(world.client, broker, "RUNNING")
    harness.create_user(world.client, broker, "late", groups=["admins"])
    assert "late" not in slot.read("users.properties")
    world.reboot(broker)
    second = slot.wait_order("run", first["generation"])
    assert second["secret"] != first["secret"]
    assert f"late={PASSWORD}" in slot.read("users.properties")
    assert state_of(world, broker) == "REBOOT_IN_PROGRESS"
    user = assert_ok(world.client.call("GET", user_path(broker, "late"))).json()
    assert user["pending"]["pendingChange"] == "CREATE"
    assert slot.report(first, "up").status == 409  # of the order before
    assert state_of(world, broker) == "REBOOT_IN_PROGRESS"
    assert slot.report(second, "up").status == 200
    wait_state(world.client, broker, "RUNNING")
    user = assert_ok(world.client.call("GET", user_path(broker, "late"))).json()
    assert "pending" not in user and user["groups"] == ["admins"]


def test_PROC_2_two_reboots_are_two_orders(world):
    broker = create_broker(world.client)
    order = world.slot(0).up()
    for _ in range(2):
        wait_state(world.client, broker, "RUNNING")
        world.reboot(broker)
        order = world.slot(0).up(order["generation"])
    wait_state(world.client, broker, "RUNNING")


def test_PROC_3_a_deletion_ends_when_the_broker_is_gone(world):
    broker = create_broker(world.client)
    slot = world.slot(0)
    order = slot.up()
    wait_state(world.client, broker, "RUNNING")
    world.delete(broker)
    stop = slot.wait_order("stop", order["generation"])
    assert state_of(world, broker) == "DELETION_IN_PROGRESS"
    assert slot.report(stop, "gone").status == 200
    wait_gone(world.client, broker)
    assert slot.order() is None
    again = create_broker(world.client)
    assert slot.wait_order("run", stop["generation"])["broker"] == again


def test_PROC_3_the_next_broker_waits_for_the_slot(world):
    """A reset or a deletion, and a creation at once, as test suites do: the slot is given away when it is empty."""
    first = create_broker(world.client)
    slot = world.slot(0)
    slot.up()
    assert world.local("POST", "reset").status == 200
    stop = slot.wait_order("stop")
    assert stop["broker"] == first
    second = create_broker(world.client)
    assert world.process(second) == {"overdue": False, "restarts": 0, "slot": 0, "state": "WAITING"}
    instance = describe_broker(world.client, second)["brokerInstances"][0]
    assert instance["endpoints"][0] == "ssl://localhost:61617"
    assert slot.report(stop, "gone").status == 200
    assert slot.up(stop["generation"])["broker"] == second
    wait_state(world.client, second, "RUNNING")


def test_PROC_4_a_broker_that_ends_by_itself(world):
    broker = create_broker(world.client)
    slot = world.slot(0)
    order = slot.up()
    wait_state(world.client, broker, "RUNNING")
    assert slot.report(order, "ended").status == 200
    assert state_of(world, broker) == "RUNNING"
    assert (world.process(broker)["state"], world.process(broker)["restarts"]) == ("STARTING", 1)
    assert world.health() == (200, None)
    assert 'amazonmq_local_broker_process_restarts{slot="0"} 1' in world.local("GET", "metrics").body.decode()
    assert slot.report(order, "up").status == 200
    assert (world.process(broker)["state"], world.process(broker)["restarts"]) == ("UP", 1)
    assert "event=broker-process-ended slot=0" in world.server.stderr_text()


# --- Time limits -----------------------------------------------------------------------------------------------

def test_PROC_5_a_creation_without_a_runner_fails(directory):
    with World(directory, "--broker-timeout", "50ms") as world:
        broker = create_broker(world.client)
        wait_state(world.client, broker, "CREATION_FAILED")
        stop = world.slot(0).wait_order("stop")
        assert "event=broker-process-missing slot=0" in world.server.stderr_text()
        world.slot(0).report(stop, "gone")
        world.delete(broker)
        wait_gone(world.client, broker)


def test_PROC_5_a_broker_that_ends_again_and_again_is_not_up(directory):
    with World(directory, "--broker-timeout", "300ms") as world:
        broker = create_broker(world.client)
        order = world.slot(0).wait_order("run")

        def failed():
            world.slot(0).report(order, "ended")
            return state_of(world, broker) == "CREATION_FAILED"

        harness.eventually(failed, "the end of the creation")


def test_PROC_5_a_reboot_goes_on_and_a_deletion_ends(directory):
    with World(directory, "--broker-timeout", "50ms", seed=sql_broker("b-1")) as world:
        order = world.slot(0).up()
        world.reboot("b-1")
        harness.eventually(lambda: world.process("b-1")["overdue"], "the end of the time limit")
        assert state_of(world, "b-1") == "REBOOT_IN_PROGRESS"
        world.slot(0).up(order["generation"])
        wait_state(world.client, "b-1", "RUNNING")
        world.delete("b-1")
        wait_gone(world.client, "b-1")
        stop = world.slot(0).wait_order("stop")
        other = create_broker(world.client)  # the slot is not given away before
        wait_state(world.client, other, "CREATION_FAILED")
        assert world.slot(0).order() == stop


# --- Seeds, health ---------------------------------------------------------------------------------------------

SEED = (sql_broker("b-1") + sql_user("b-1", "alice", console_access=1, groups=["admins"]) +
        sql_broker("b-2", engine_type="RABBITMQ") + sql_broker("b-3"))


def test_PROC_6_health_waits_for_seeded_brokers(directory):
    with World(directory, seed=SEED) as world:
        assert world.health() == (503, "Broker [b-1] in slot 0 is not up yet.")
        assert harness.run("--check-health", "--port", world.server.port).returncode == 1
        world.slot(0).up()
        assert world.health() == (503, "Broker [b-2] in slot 1 is not up yet.")
        world.slot(1).up()
        assert world.health() == (200, None)
        assert harness.run("--check-health", "--port", world.server.port).returncode == 0
        assert "event=broker-without-slot broker=b-3" in world.server.stderr_text()
        assert world.process("b-3") is None
        instance = describe_broker(world.client, "b-3")["brokerInstances"][0]
        assert instance["endpoints"][0] == "ssl://b-3-1.mq.us-east-1.amazonaws.com:61617"


def test_PROC_6_the_time_limit_is_named(directory):
    with World(directory, "--broker-timeout", "50ms", seed=sql_broker("b-1")) as world:
        late = (503, "Broker [b-1] in slot 0 is not up: its runner has not reported it in time.")
        harness.eventually(lambda: world.health() == late, "the end of the time limit")
        assert state_of(world, "b-1") == "RUNNING"


def test_PROC_6_a_seed_by_the_control_api_is_one_too(world):
    world.local("POST", "seed", SEED.encode())
    assert world.health()[0] == 503
    assert world.slot(0).up()["broker"] == "b-1"
    assert world.slot(1).up()["broker"] == "b-2"
    assert world.health() == (200, None)


# --- Restart, reset, snapshot ----------------------------------------------------------------------------------

def test_PROC_7_a_restart_with_a_file_changes_nothing(directory, tmp_path):
    with World(directory, "--db", str(tmp_path / "mq.db")) as world:
        broker = create_broker(world.client)
        order = world.slot(0).up(version="5.18.3")
        wait_state(world.client, broker, "RUNNING")
        world.server.close_clients()
        world.server.stop()
        world.server.start()
        world.client = world.server.client()
        assert world.health() == (200, None)
        assert {**world.slot(0).order(), "port": 0} == {**order, "port": 0}
        assert (world.process(broker)["state"], world.process(broker)["version"]) == ("UP", "5.18.3")


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGKILL))
def test_PROC_7_a_reboot_that_waits_survives_a_restart(directory, tmp_path, number):
    with World(directory, "--db", str(tmp_path / "mq.db")) as world:
        broker = create_broker(world.client)
        order = world.slot(0).up()
        wait_state(world.client, broker, "RUNNING")
        world.reboot(broker)
        order = world.slot(0).wait_order("run", order["generation"])
        world.server.close_clients()
        if number == signal.SIGKILL:
            world.server.kill()
        else:
            world.server.stop()
        world.server.start()
        world.client = world.server.client()
        assert state_of(world, broker) == "REBOOT_IN_PROGRESS"
        world.slot(0).up(order["generation"])
        wait_state(world.client, broker, "RUNNING")


def test_PROC_7_without_brokers_what_waited_ends(directory, tmp_path):
    database = str(tmp_path / "mq.db")
    with World(directory, "--db", database) as world:
        broker = create_broker(world.client)
        world.slot(0).wait_order("run")
        assert state_of(world, broker) == "CREATION_IN_PROGRESS"
    with harness.Server("--db", database, *QUICK) as server, server.client() as client:
        wait_state(client, broker, "RUNNING")


def test_PROC_7_a_restart_in_memory_stops_the_brokers(directory):
    with World(directory) as world:
        create_broker(world.client)
        order = world.slot(0).up()
    with World(directory) as world:
        stop = world.slot(0).wait_order("stop", order["generation"])
        assert stop["broker"] == order["broker"]
        assert world.slot(0).report(stop, "gone").status == 200


def test_PROC_8_reset_restarts_only_what_has_changed(directory):
    with World(directory, seed=SEED) as world:
        first, second = world.slot(0).up(), world.slot(1).up()
        assert world.local("POST", "reset").status == 200
        assert world.slot(0).order() == first and world.slot(1).order() == second
        assert world.health() == (200, None)
        harness.create_user(world.client, "b-1", "late")
        world.reboot("b-1")
        order = world.slot(0).up(first["generation"])
        wait_state(world.client, "b-1", "RUNNING")
        assert "late=" in world.slot(0).read("users.properties")
        assert world.local("POST", "reset").status == 200
        again = world.slot(0).wait_order("run", order["generation"])
        assert "late=" not in world.slot(0).read("users.properties")
        assert world.slot(0).report(again, "up").status == 200
        assert world.slot(1).order() == second


def test_PROC_8_a_snapshot_is_another_world(directory):
    with World(directory, seed=SEED) as world:
        order = world.slot(0).up()
        world.slot(1).up()
        image = world.local("GET", "snapshot").body
        world.delete("b-1")
        stop = world.slot(0).gone(order["generation"])
        wait_gone(world.client, "b-1")
        assert world.local("PUT", "snapshot", image).status == 200
        assert world.slot(0).up(stop["generation"])["broker"] == "b-1"
        assert state_of(world, "b-1") == "RUNNING"


# --- Reports ---------------------------------------------------------------------------------------------------

def test_PROC_9_a_report_needs_the_secret_of_the_last_order(world):
    broker = create_broker(world.client)
    slot = world.slot(0)
    order = slot.wait_order("run")
    stale = b'{"message":"The report is not of the last order, or not of its state."}'
    for wrong in ({**order, "secret": "0" * 32}, {**order, "secret": ""}, {**order, "generation": order["generation"] - 1},
                  {**order, "generation": order["generation"] + 1}):
        response = slot.report(wrong, "up")
        assert (response.status, response.error, response.body) == (409, "ConflictException", stale)
    assert slot.report(order, "gone").status == 409  # it is to run
    response = slot.report({**order, "broker": "b-unknown"}, "up")
    assert (response.status, response.body) == (404, b'{"message":"Broker [b-unknown] has no slot."}')
    response = slot.report(order, "dead")
    assert (response.status, response.body) == (400, b'{"message":"[state] must be starting, up, ended or gone."}')
    for body in ({}, {"generation": 1}, {"generation": "1", "secret": "", "state": "up"}, b"{", b""):
        response = world.local("POST", f"brokers/{broker}", body)
        assert (response.status, response.error) == (400, "BadRequestException"), body
    assert state_of(world, broker) == "CREATION_IN_PROGRESS"
    assert slot.report(order, "up").status == 200


def test_PROC_9_a_report_needs_nothing_else(directory):
    with World(directory, "--control-token", "a-secret-token", "--control", "off") as world:
        create_broker(world.client)
        order = world.slot(0).wait_order("run")
        body = {"generation": order["generation"], "secret": order["secret"], "state": "up"}
        with world.server.client(headers=[("Host", "amazonmq-local:8267")]) as client:
            assert client.call("POST", f"/_local/brokers/{order['broker']}", body, check=harness.CHECK_NONE).status == 200
        for method, path in (("GET", "brokers"), ("GET", f"brokers/{order['broker']}"), ("POST", "reset")):
            assert world.local(method, path).status in (403, 404), path


def test_PROC_9_without_brokers_there_are_no_slots():
    with harness.Server(seed=sql_broker("b-1")) as server, server.client() as client:
        body = {"generation": 1, "secret": "x", "state": "up"}
        response = client.call("POST", "/_local/brokers/b-1", body, check=harness.CHECK_NONE)
        assert (response.status, response.body) == (404, b'{"message":"Broker [b-1] has no slot."}')


# --- Slots and endpoints ---------------------------------------------------------------------------------------

def test_PROC_10_endpoints_of_slots(directory):
    with World(directory, "--broker-slots", "rabbitmq,activemq,activemq", "--broker-host", "mq.test") as world:
        rabbit = create_broker(world.client, rabbit_body(broker_name()))
        single = create_broker(world.client)
        pair = create_broker(world.client, broker_body(broker_name(), deploymentMode="ACTIVE_STANDBY_MULTI_AZ"))
        for number in range(3):
            world.slot(number).up()
        body = wait_state(world.client, rabbit, "RUNNING")
        assert body["brokerInstances"] == [{"consoleURL": "https://mq.test:15671", "endpoints": ["amqps://mq.test:5671"]}]
        instance = wait_state(world.client, single, "RUNNING")["brokerInstances"][0]
        assert instance["consoleURL"] == "https://mq.test:8262"
        assert instance["endpoints"] == ["ssl://mq.test:61717", "amqp+ssl://mq.test:5771", "stomp+ssl://mq.test:61714",
                                         "mqtt+ssl://mq.test:8983", "wss://mq.test:61719"]
        instances = wait_state(world.client, pair, "RUNNING")["brokerInstances"]
        assert [row["endpoints"][0] for row in instances] == ["ssl://mq.test:61817", "ssl://mq.test:61867"]
        assert [row["consoleURL"] for row in instances] == ["https://mq.test:8362", "https://mq.test:8412"]


def test_PROC_10_a_slot_of_the_same_version_is_preferred(directory):
    with World(directory, "--broker-slots", "activemq=5.19,activemq=5.18,activemq") as world:
        body = broker_body(broker_name(), engineVersion="5.18", autoMinorVersionUpgrade=True)
        assert world.process(create_broker(world.client, body))["slot"] == 1
        body = {**body, "brokerName": broker_name()}
        broker = create_broker(world.client, body)
        assert world.process(broker)["slot"] == 2
        world.slot(2).up(version="5.16.7")
        wait_state(world.client, broker, "RUNNING")
        line = f"event=broker-version-differs broker={broker} shown=5.18 real=5.16.7"
        harness.eventually(lambda: line in world.server.stderr_text(), "the line of the difference")


def test_CTL_15_CTL_16_the_list_has_all_brokers(directory):
    with World(directory, seed=SEED) as world:
        rows = json.loads(world.local("GET", "brokers").body)["brokers"]
        assert [row["brokerId"] for row in rows] == ["b-1", "b-2", "b-3"]
        assert [row.get("process", {}).get("slot") for row in rows] == [0, 1, None]
        assert set(rows[2]) == {"account", "brokerId", "brokerInstances", "brokerName", "brokerState", "created",
                                "deploymentMode", "engineType", "engineVersion", "hostInstanceType", "region"}
        assert [row["brokerId"] for row in json.loads(world.local("GET", "brokers?after=b-1").body)["brokers"]] == ["b-2", "b-3"]
        assert world.local("GET", "brokers/b-9").status == 404
        with open(os.path.join(world.directory, "0", "log"), "wb") as file:
            file.write(b"first\n\xff\x1b[1m\n" + b"x" * 5000 + b"\nlast\n")
        assert world.process("b-1")["log"] == ["last"]


def test_PROC_10_the_files_are_for_the_version_that_the_runner_tells(directory):
    key = "quorum_queue.property_equivalence.relaxed_checks_on_redeclaration"
    seed = (harness.sql_insert("configuration", id="c-1", name="own", engine_type="RABBITMQ", engine_version="4.2") +
            f"UPDATE configuration_revision SET data = '{key} = true' WHERE configuration_id = 'c-1';" +
            sql_broker("b-1", engine_type="RABBITMQ", engine_version="4.2", configuration_id="c-1"))
    with World(directory, seed=seed) as world:
        slot = world.slot(1)
        order = slot.wait_order("run")
        assert key in slot.read("rabbitmq.conf")
        assert slot.report(order, "starting", version="3.10.8").status == 200
        again = slot.wait_order("run", order["generation"])
        assert key not in slot.read("rabbitmq.conf")
        assert slot.report(again, "starting", version="3.10.8").status == 200
        slot.up(version="3.10.8")
        assert slot.order() == again
        assert "event=broker-setting-left-out broker=b-1" in world.server.stderr_text()


# --- Reload ----------------------------------------------------------------------------------------------------

def test_PROC_11_reload_writes_users_without_a_restart(directory):
    with World(directory, "--broker-reboot", "reload") as world:
        broker = create_broker(world.client)
        slot = world.slot(0)
        order = slot.up()
        wait_state(world.client, broker, "RUNNING")
        harness.create_user(world.client, broker, "late")
        world.reboot(broker)
        wait_state(world.client, broker, "RUNNING")
        assert f"late={PASSWORD}" in slot.read("users.properties")
        assert slot.order() == order
        configuration = describe_broker(world.client, broker)["configurations"]["current"]["id"]
        data = '<broker xmlns="http://activemq.apache.org/schema/core" schedulePeriodForDestinationPurge="20000"/>'
        assert_ok(world.client.call("PUT", configuration_path(configuration),
                                    {"data": base64.b64encode(data.encode()).decode()}))
        assert_ok(world.client.call("PUT", broker_path(broker), {"configuration": {"id": configuration, "revision": 2}}))
        world.reboot(broker)
        slot.up(order["generation"])
        wait_state(world.client, broker, "RUNNING")
        assert "20000" in slot.read("activemq.xml")


# --- The directory ---------------------------------------------------------------------------------------------

def modes(directory):
    """The permission bits of everything in it, by path."""
    found = {}
    for path, _, names in os.walk(directory):
        for name in [".", *names]:
            full = os.path.normpath(os.path.join(path, name))
            found[os.path.relpath(full, directory)] = stat.S_IMODE(os.stat(full).st_mode)
    return found


def test_PROC_12_only_the_owner_may_read_secrets(world):
    create_broker(world.client)
    world.slot(0).up()
    found = modes(world.directory)
    assert found["."] == found["0"] == found["run-broker"] == 0o700
    public = {".", "0", "1", "run-broker", "ca.pem", "server.pem", "ca.jks"}
    assert {mode for path, mode in found.items() if path not in public} == {0o600}


def refuse(directory, *flags):
    return wire.refuse_start("--port", "0", "--brokers", directory, *flags)


def test_PROC_12_a_second_server_is_refused(world):
    before = modes(world.directory)
    assert refuse(world.directory) == f"amazonmq-local: another server uses the directory {world.directory}"
    assert modes(world.directory) == before


def test_PROC_12_another_directory_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert refuse(str(tmp_path)) == (
        f"amazonmq-local: {tmp_path} is not empty and not a directory of --brokers: name a new one")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_PROC_12_directories_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot open the directory" in refuse(str(tmp_path / "file"))
    assert "cannot create the directory" in refuse(str(tmp_path / "no" / "such"))
    assert "cannot create the directory" in refuse("/proc/brokers")


@pytest.mark.parametrize("slots", ("", "activemq,", "kafka", "activemq=", "activemq=x", "activemq=5.18=1", "activemq rabbitmq",
                                   ",".join(["activemq"] * 33)))
def test_PROC_12_a_wrong_list_of_slots(tmp_path, slots):
    line = wire.refuse_start("--port", "0", "--brokers", str(tmp_path / "x"), f"--broker-slots={slots}", code=2)
    assert "--broker-slots: bad value" in line and "activemq=5.18" in line
    assert not (tmp_path / "x").exists()


def test_PROC_12_fewer_slots_stop_the_others(directory):
    with World(directory, seed=SEED) as world:
        world.slot(0).up()
        order = world.slot(1).up()
    with World(directory, "--broker-slots", "activemq", seed=SEED) as world:
        stop = world.slot(1).wait_order("stop", order["generation"])
        assert stop["broker"] == "b-2"


def test_PROC_12_a_damaged_order_is_no_order(directory):
    with World(directory, seed=SEED) as world:
        world.slot(0).up()
    for text in ("", "x\n", "1 run activemq\n", "1 run activemq " + "b" * 300 + " s 1\n", "\xff" * 600):
        with open(os.path.join(directory, "0", "order"), "w", encoding="latin-1") as file:
            file.write(text)
        with World(directory, seed=SEED) as world:
            assert world.slot(0).up()["broker"] == "b-1"


# --- What tried to break it ------------------------------------------------------------------------------------

def ticks(world):
    text = world.local("GET", "metrics").body.decode()
    return int(text.split("\namazonmq_local_ticks_total ")[1].split("\n")[0])


def test_PROC_6_health_waits_for_a_broker_that_waits_for_its_slot(directory):
    """As in compose: the volume survives, and the next start has other brokers."""
    with World(directory) as world:
        create_broker(world.client)
        order = world.slot(0).up()
    with World(directory, "--broker-timeout", "100ms", seed=sql_broker("b-1")) as world:
        assert world.health() == (503, "Broker [b-1] in slot 0 is not up: the slot still has another broker.")
        stop = world.slot(0).wait_order("stop", order["generation"])
        harness.eventually(lambda: "broker-process-stays" in world.server.stderr_text(), "the end of the time limit")
        assert world.health()[0] == 503
        assert world.slot(0).report(stop, "gone").status == 200
        assert world.slot(0).up(stop["generation"])["broker"] == "b-1"
        assert world.health() == (200, None)


def test_PROC_6_each_seeded_broker_without_a_slot_is_named(directory):
    with World(directory, "--broker-slots", "activemq", seed="".join(sql_broker(f"b-{n}") for n in range(4))) as world:
        def named():
            return [f"broker-without-slot broker=b-{n} " in world.server.stderr_text() for n in range(4)]

        harness.eventually(lambda: named() == [False, True, True, True], "three lines in the log")


@pytest.mark.parametrize("then", ("reset", "restart", "delete"))
def test_PROC_5_a_slot_that_never_becomes_free_costs_no_time(directory, then):
    flags = ("--broker-timeout", "50ms")
    with World(directory, *flags, seed=sql_broker("b-1")) as world:
        world.slot(0).up()
        if then == "reset":
            assert world.local("POST", "reset?empty=true").status == 200
        elif then == "delete":
            world.delete("b-1")
        if then != "restart":
            waits_at_rest(world)
    if then == "restart":
        with World(directory, *flags) as world:
            waits_at_rest(world)


def waits_at_rest(world):
    """The loop does not turn for nothing once the time limit of slot 0 has passed."""
    harness.eventually(lambda: "event=broker-process-stays slot=0" in world.server.stderr_text(), "the line in the log")
    before = ticks(world)
    for _ in range(20):
        assert_ok(world.client.call("GET", "/v1/brokers"))
    assert ticks(world) - before < 100


def test_PROC_8_a_broker_of_another_engine_gets_another_slot(directory):
    with World(directory, seed=sql_broker("b-1", engine_type="RABBITMQ")) as world:
        world.slot(1).up()
        rabbit = world.local("GET", "snapshot").body
    with World(directory + "-2", seed=sql_broker("b-1")) as world:
        order = world.slot(0).up()
        assert world.local("PUT", "snapshot", rabbit).status == 200
        assert describe_broker(world.client, "b-1")["brokerInstances"][0]["endpoints"] == ["amqps://localhost:5771"]
        assert world.slot(1).up()["broker"] == "b-1"
        assert world.health() == (200, None)
        stop = world.slot(0).gone(order["generation"])
        other = create_broker(world.client)
        assert world.slot(0).wait_order("run", stop["generation"])["broker"] == other


def test_PROC_7_another_port_stands_in_the_orders(directory, tmp_path):
    with World(directory, "--db", str(tmp_path / "mq.db")) as world:
        broker = create_broker(world.client)
        first = world.slot(0).up()
        wait_state(world.client, broker, "RUNNING")
        world.reboot(broker)
        order = world.slot(0).wait_order("run", first["generation"])
        world.server.close_clients()
        world.server.stop()
        world.server.start()
        world.client = world.server.client()
        assert state_of(world, broker) == "REBOOT_IN_PROGRESS"
        again = world.slot(0).order()
        assert again == {**order, "generation": again["generation"], "secret": again["secret"], "port": world.server.port}
        world.slot(0).up()
        wait_state(world.client, broker, "RUNNING")


def test_PROC_7_fewer_slots_and_then_more(directory):
    with World(directory, seed=SEED) as world:
        world.slot(1).up()
    with World(directory, "--broker-slots", "activemq", seed=SEED) as world:
        stop = world.slot(1).wait_order("stop")
        assert (stop["engine"], stop["port"]) == ("rabbitmq", world.server.port)
        assert world.slot(1).report(stop, "gone").status == 404
    with World(directory, seed=SEED) as world:
        stop = world.slot(1).gone(stop["generation"])
        assert world.slot(1).up(stop["generation"])["broker"] == "b-2"


def test_PROC_3_a_broker_that_a_seed_leaves_in_its_deletion_gives_the_slot_back(directory):
    with World(directory) as world:
        broker = create_broker(world.client)
        world.slot(0).up()
        wait_state(world.client, broker, "RUNNING")
        world.local("POST", "seed", f"UPDATE broker SET state = 'DELETION_IN_PROGRESS' WHERE id = '{broker}';".encode())
        stop = world.slot(0).gone()
        other = create_broker(world.client)
        assert world.slot(0).up(stop["generation"])["broker"] == other


def test_PROC_5_files_that_cannot_be_written(directory):
    """By an order that is a directory: the server writes it by rename."""
    with World(directory, "--broker-timeout", "200ms") as world:
        os.mkdir(os.path.join(directory, "0", "order"))
        broker = create_broker(world.client)
        wait_state(world.client, broker, "CREATION_FAILED")
        assert "event=broker-process-not-ordered slot=0" in world.server.stderr_text()
        assert re.search(r'effect="(Is a directory|Permission denied)"', world.server.stderr_text())


def test_PROC_5_the_limit_counts_anew_after_a_crash(directory):
    with World(directory, "--broker-timeout", "100ms", seed=sql_broker("b-1")) as world:
        harness.eventually(lambda: world.process("b-1")["overdue"], "the end of the time limit")
        order = world.slot(0).up()
        assert not world.process("b-1")["overdue"]
        world.slot(0).report(order, "ended")
        harness.eventually(lambda: world.process("b-1")["overdue"], "the end of the time limit")


@pytest.mark.parametrize("name", ("a b", 'a"b', "a'b", "a#b", "a%41", "${x}", "a,b", "a:b", "a\nb"))
def test_PROC_12_a_path_that_brokers_do_not_read(tmp_path, name):
    line = refuse(str(tmp_path / name))
    assert "the path of --brokers may have letters, digits and . _ - / only" in line
    assert not (tmp_path / name / "lock").exists()


def test_PROC_12_a_directory_with_another_script(tmp_path):
    (tmp_path / "run-broker").write_text("x")
    assert "is not empty and not a directory of --brokers" in refuse(str(tmp_path))
    assert (tmp_path / "run-broker").read_text() == "x"


def test_PROC_12_what_stands_in_a_slot_does_no_harm(world, tmp_path):
    slot = world.slot(0)
    os.mkfifo(os.path.join(slot.path, "order.new"))
    (tmp_path / "secret").write_text("secret\n")
    os.symlink(tmp_path / "secret", os.path.join(slot.path, "log"))
    os.symlink(tmp_path / "secret", os.path.join(slot.path, "activemq.xml.new"))
    broker = create_broker(world.client)
    slot.up()
    wait_state(world.client, broker, "RUNNING")
    assert world.process(broker)["log"] == []
    assert (tmp_path / "secret").read_text() == "secret\n"


def test_PROC_12_a_slot_that_is_a_link_is_refused(directory, tmp_path):
    with World(directory):
        pass
    os.rename(os.path.join(directory, "0"), tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", os.path.join(directory, "0"))
    assert "cannot open the directory" in refuse(directory)


def test_PROC_9_a_generation_is_an_exact_number(world):
    create_broker(world.client)
    order = world.slot(0).wait_order("run")
    for generation in (order["generation"] + 0.5, 1e300, -1, -1e300, 2 ** 63):
        assert world.slot(0).report({**order, "generation": generation}, "up").status == 409
    for version in ("....", "5..18", ".5", "5.", "x", "5.18-SNAPSHOT"):
        assert world.slot(0).report(order, "starting", version=version).status == 200
    assert "version" not in world.process(order["broker"])


def test_PROC_10_a_broker_listens_where_the_server_does(directory):
    for flags, address in (((), "127.0.0.1"), (("--host", "127.0.0.1"), "0.0.0.0")):
        with World(directory + address, *flags) as world:
            create_broker(world.client)
            world.slot(0).wait_order("run")
            assert f"ssl://{address}:61617?" in world.slot(0).read("activemq.xml")
            assert f'value="{address}"' in world.slot(0).read("jetty.xml")
