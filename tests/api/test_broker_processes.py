"""--brokers: orders to the runners of real brokers, and what their reports change. The runner is a fake."""

import os
import re
import signal

import pytest

import harness
from harness import PASSWORD, assert_ok, create_broker, describe_broker, sql_broker, user_path, wait_gone, wait_state
from runner import BROKERS, QUICK, World


# --- A broker's life -------------------------------------------------------------------------------------------

def test_PROC_1_a_creation_ends_when_the_broker_is_up(world):
    broker = create_broker(world.client)
    slot = world.slot(0)
    order = slot.wait_order("run")
    assert (order["engine"], order["broker"], order["port"]) == ("activemq", broker, world.server.port)
    assert len(order["secret"]) == 32 and order["generation"] > 0
    assert world.state(broker) == "CREATION_IN_PROGRESS"
    assert slot.report(order, "up", version="5.19.1").status == 200
    body = wait_state(world.client, broker, "RUNNING")
    assert body["users"] == [{"username": "admin"}]
    assert world.process(broker) == {"generation": order["generation"], "log": [], "overdue": False, "restarts": 0, "slot": 0,
                                     "state": "UP", "version": "5.19.1"}


def test_PROC_1_not_before_the_time_of_the_creation(directory):
    with World(directory, "--create-time", "1h") as world:
        broker = create_broker(world.client)
        world.slot(0).up()
        assert world.state(broker) == "CREATION_IN_PROGRESS"
        assert world.local("POST", "clock", {"advanceMs": 3600000}).status == 200
        wait_state(world.client, broker, "RUNNING")


def test_PROC_1_a_clock_step_does_not_end_what_waits_for_the_broker(world):
    broker = create_broker(world.client)
    order = world.slot(0).wait_order("run")
    assert world.local("POST", "clock", {"advanceMs": 30 * 86400000}).status == 200
    assert world.state(broker) == "CREATION_IN_PROGRESS"
    assert world.slot(0).order() == order
    world.slot(0).up()
    wait_state(world.client, broker, "RUNNING")


def test_PROC_2_a_reboot_ends_when_the_broker_is_up_again(world):
    slot = world.slot(0)
    broker, first = world.create_up()
    harness.create_user(world.client, broker, "late", groups=["admins"])
    assert "late" not in slot.read("users.properties")
    world.reboot(broker)
    second = slot.wait_order("run", first["generation"])
    assert second["secret"] != first["secret"]
    assert f"late={PASSWORD}" in slot.read("users.properties")
    assert world.state(broker) == "REBOOT_IN_PROGRESS"
    user = assert_ok(world.client.call("GET", user_path(broker, "late"))).json()
    assert user["pending"]["pendingChange"] == "CREATE"
    assert slot.report(first, "up").status == 409  # of the order before
    assert world.state(broker) == "REBOOT_IN_PROGRESS"
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
    slot = world.slot(0)
    broker, order = world.create_up()
    world.delete(broker)
    stop = slot.wait_order("stop", order["generation"])
    assert world.state(broker) == "DELETION_IN_PROGRESS"
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
    slot = world.slot(0)
    broker, order = world.create_up()
    assert slot.report(order, "ended").status == 200
    assert world.state(broker) == "RUNNING"
    assert (world.process(broker)["state"], world.process(broker)["restarts"]) == ("STARTING", 1)
    assert world.health() == (200, None)
    assert 'amazonmq_local_broker_process_restarts{slot="0"} 1' in world.local("GET", "metrics").body.decode()
    assert slot.report(order, "up").status == 200
    assert (world.process(broker)["state"], world.process(broker)["restarts"]) == ("UP", 1)
    assert "event=broker-process-ended slot=0" in world.server.stderr_text()


def test_PROC_3_a_broker_that_a_seed_leaves_in_its_deletion_gives_the_slot_back(directory):
    with World(directory) as world:
        broker, _ = world.create_up()
        world.local("POST", "seed", f"UPDATE broker SET state = 'DELETION_IN_PROGRESS' WHERE id = '{broker}';".encode())
        stop = world.slot(0).gone()
        other = create_broker(world.client)
        assert world.slot(0).up(stop["generation"])["broker"] == other


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
            return world.state(broker) == "CREATION_FAILED"

        harness.eventually(failed, "the end of the creation")


def test_PROC_5_a_reboot_goes_on_and_a_deletion_ends(directory):
    with World(directory, "--broker-timeout", "50ms", seed=sql_broker("b-1")) as world:
        order = world.slot(0).up()
        world.reboot("b-1")
        harness.eventually(lambda: world.process("b-1")["overdue"], "the end of the time limit")
        assert world.state("b-1") == "REBOOT_IN_PROGRESS"
        world.slot(0).up(order["generation"])
        wait_state(world.client, "b-1", "RUNNING")
        world.delete("b-1")
        wait_gone(world.client, "b-1")
        stop = world.slot(0).wait_order("stop")
        other = create_broker(world.client)  # the slot is not given away before
        wait_state(world.client, other, "CREATION_FAILED")
        assert world.slot(0).order() == stop


def ticks(world):
    text = world.local("GET", "metrics").body.decode()
    return int(text.split("\namazonmq_local_ticks_total ")[1].split("\n")[0])


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


# --- Health ----------------------------------------------------------------------------------------------------

def test_PROC_6_health_waits_for_seeded_brokers(directory):
    with World(directory, seed=BROKERS) as world:
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
        assert world.state("b-1") == "RUNNING"


def test_PROC_6_a_seed_by_the_control_api_is_one_too(world):
    world.local("POST", "seed", BROKERS.encode())
    assert world.health()[0] == 503
    assert world.slot(0).up()["broker"] == "b-1"
    assert world.slot(1).up()["broker"] == "b-2"
    assert world.health() == (200, None)


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


# --- Restart, reset, snapshot ----------------------------------------------------------------------------------

def test_PROC_7_a_restart_with_a_file_changes_nothing(directory, tmp_path):
    with World(directory, "--db", str(tmp_path / "mq.db")) as world:
        broker, order = world.create_up(version="5.18.3")
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
        broker, order = world.create_up()
        world.reboot(broker)
        order = world.slot(0).wait_order("run", order["generation"])
        world.server.close_clients()
        if number == signal.SIGKILL:
            world.server.kill()
        else:
            world.server.stop()
        world.server.start()
        world.client = world.server.client()
        assert world.state(broker) == "REBOOT_IN_PROGRESS"
        world.slot(0).up(order["generation"])
        wait_state(world.client, broker, "RUNNING")


def test_PROC_7_without_brokers_what_waited_ends(directory, tmp_path):
    database = str(tmp_path / "mq.db")
    with World(directory, "--db", database) as world:
        broker = create_broker(world.client)
        world.slot(0).wait_order("run")
        assert world.state(broker) == "CREATION_IN_PROGRESS"
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
    with World(directory, seed=BROKERS) as world:
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
    with World(directory, seed=BROKERS) as world:
        order = world.slot(0).up()
        world.slot(1).up()
        image = world.local("GET", "snapshot").body
        world.delete("b-1")
        stop = world.slot(0).gone(order["generation"])
        wait_gone(world.client, "b-1")
        assert world.local("PUT", "snapshot", image).status == 200
        assert world.slot(0).up(stop["generation"])["broker"] == "b-1"
        assert world.state("b-1") == "RUNNING"


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
    assert world.state(broker) == "CREATION_IN_PROGRESS"
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


def test_PROC_9_a_generation_is_an_exact_number(world):
    create_broker(world.client)
    order = world.slot(0).wait_order("run")
    for generation in (order["generation"] + 0.5, 1e300, -1, -1e300, 2 ** 63):
        assert world.slot(0).report({**order, "generation": generation}, "up").status == 409
    for version in ("....", "5..18", ".5", "5.", "x", "5.18-SNAPSHOT"):
        assert world.slot(0).report(order, "starting", version=version).status == 200
    assert "version" not in world.process(order["broker"])
