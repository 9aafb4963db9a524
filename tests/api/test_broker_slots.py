"""--brokers: slots, the endpoints of their brokers, and the directory. The runner is a fake."""

import base64
import json
import os
import stat

import pytest

import harness
import wire
from harness import (PASSWORD, assert_ok, broker_body, broker_name, broker_path, configuration_path, create_broker,
                     describe_broker, rabbit_body, sql_broker, wait_state)
from runner import BROKERS, World


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
        assert world.process(broker)["versionDiffers"] is True
        line = f"event=broker-version-differs broker={broker} shown=5.18 real=5.16.7"
        harness.eventually(lambda: line in world.server.stderr_text(), "the line of the difference")


def test_CTL_15_CTL_16_the_list_has_all_brokers(directory):
    with World(directory, seed=BROKERS) as world:
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
        assert world.server.stderr_text().count("event=broker-setting-left-out broker=b-1") == 1


def test_PROC_10_what_is_left_out_is_logged_when_the_files_change(directory):
    """And not at each reset or other change of the store."""
    def seed(more):
        return (harness.sql_insert("configuration", id="c-1", name="own", engine_type="RABBITMQ", engine_version="4.2") +
                f"UPDATE configuration_revision SET data = 'unknown.key = 1\n{more}' WHERE configuration_id = 'c-1';" +
                sql_broker("b-1", engine_type="RABBITMQ", engine_version="4.2", configuration_id="c-1"))

    def lines(key):
        assert world.local("GET", "health").status == 200  # what came before has been compared with the processes
        return world.server.stderr_text().count(f"event=broker-setting-left-out broker=b-1 setting={key} ")

    with World(directory, seed=seed("")) as world:
        world.slot(1).up()
        assert lines("unknown.key") == 1
        for _ in range(3):
            assert world.local("POST", "reset").status == 200
        create_broker(world.client)
        before = world.slot(1).order()["generation"]
        world.reboot("b-1")
        world.slot(1).up(before)
        assert lines("unknown.key") == 1
        with open(world.server.args[world.server.args.index("--seed") + 1], "w", encoding="utf-8") as file:
            file.write(seed("other.key = 1\nconsumer_timeout = 3600000"))
        order = world.slot(1).order()
        assert world.local("POST", "reset").status == 200
        world.slot(1).up(order["generation"])
        assert (lines("unknown.key"), lines("other.key")) == (2, 1)


def test_PROC_10_a_configuration_that_is_no_xml_is_logged_once(directory):
    seed = (harness.sql_insert("configuration", id="c-1", name="own", engine_type="ACTIVEMQ", engine_version="5.18") +
            "UPDATE configuration_revision SET data = 'no XML' WHERE configuration_id = 'c-1';" +
            sql_broker("b-1", engine_version="5.18", configuration_id="c-1"))
    with World(directory, seed=seed) as world:
        world.slot(0).up()
        for _ in range(3):
            assert world.local("POST", "reset").status == 200
        assert world.local("GET", "health").status == 200
        assert world.server.stderr_text().count("event=broker-configuration-invalid broker=b-1") == 1


def test_PROC_6_each_seeded_broker_without_a_slot_is_named(directory):
    with World(directory, "--broker-slots", "activemq", seed="".join(sql_broker(f"b-{n}") for n in range(4))) as world:
        def named():
            return [f"broker-without-slot broker=b-{n} " in world.server.stderr_text() for n in range(4)]

        harness.eventually(lambda: named() == [False, True, True, True], "three lines in the log")


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
        broker, first = world.create_up()
        world.reboot(broker)
        order = world.slot(0).wait_order("run", first["generation"])
        world.server.close_clients()
        world.server.stop()
        world.server.start()
        world.client = world.server.client()
        assert world.state(broker) == "REBOOT_IN_PROGRESS"
        again = world.slot(0).order()
        assert again == {**order, "generation": again["generation"], "secret": again["secret"], "port": world.server.port}
        world.slot(0).up()
        wait_state(world.client, broker, "RUNNING")


def test_PROC_7_fewer_slots_and_then_more(directory):
    with World(directory, seed=BROKERS) as world:
        world.slot(1).up()
    with World(directory, "--broker-slots", "activemq", seed=BROKERS) as world:
        stop = world.slot(1).wait_order("stop")
        assert (stop["engine"], stop["port"]) == ("rabbitmq", world.server.port)
        assert world.slot(1).report(stop, "gone").status == 404
    with World(directory, seed=BROKERS) as world:
        stop = world.slot(1).gone(stop["generation"])
        assert world.slot(1).up(stop["generation"])["broker"] == "b-2"


def test_PROC_10_a_broker_listens_where_the_server_does(directory):
    for flags, address in (((), "127.0.0.1"), (("--host", "127.0.0.1"), "0.0.0.0")):
        with World(directory + address, *flags) as world:
            create_broker(world.client)
            world.slot(0).wait_order("run")
            assert f"ssl://{address}:61617?" in world.slot(0).read("activemq.xml")
            assert f'value="{address}"' in world.slot(0).read("jetty.xml")


# --- Reload ----------------------------------------------------------------------------------------------------

def test_PROC_11_reload_writes_users_without_a_restart(directory):
    with World(directory, "--broker-reboot", "reload") as world:
        slot = world.slot(0)
        broker, order = world.create_up()
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
    with World(directory, seed=BROKERS) as world:
        world.slot(0).up()
        order = world.slot(1).up()
    with World(directory, "--broker-slots", "activemq", seed=BROKERS) as world:
        stop = world.slot(1).wait_order("stop", order["generation"])
        assert stop["broker"] == "b-2"


def test_PROC_12_a_damaged_order_is_no_order(directory):
    with World(directory, seed=BROKERS) as world:
        world.slot(0).up()
    for text in ("", "x\n", "1 run activemq\n", "1 run activemq " + "b" * 300 + " s 1\n", "\xff" * 600):
        with open(os.path.join(directory, "0", "order"), "w", encoding="latin-1") as file:
            file.write(text)
        with World(directory, seed=BROKERS) as world:
            assert world.slot(0).up()["broker"] == "b-1"


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
    broker, _ = world.create_up()
    assert world.process(broker)["log"] == []
    assert (tmp_path / "secret").read_text() == "secret\n"


def test_PROC_12_a_slot_that_is_a_link_is_refused(directory, tmp_path):
    with World(directory):
        pass
    os.rename(os.path.join(directory, "0"), tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", os.path.join(directory, "0"))
    assert "cannot open the directory" in refuse(directory)
