"""ActiveMQ behind the API, each test with a server of its own: restarts, ports, reload, two brokers, other versions."""

import contextlib
import os
import socket
import urllib.parse

import pytest

import clients
import harness
from configurations import DESTINATIONS, broker_xml
from world import PASSWORD, World, activemq, wait_until

SECOND = "second-password-2"


@pytest.fixture(name="home", scope="module")
def fixture_home():
    home = activemq()
    os.environ["ACTIVEMQ_HOME"] = home
    return home


def test_the_server_is_restarted_under_its_broker(home, tmp_path):
    with World("activemq", [home], "--db", str(tmp_path / "mq.db")) as world:
        broker = world.create("orders")
        world.wait(broker)
        pid = world.runners[0].broker_pid()
        for stop in (world.server.stop, world.server.kill):
            stop()
            assert clients.exchange("stomp+ssl://localhost:61614", "admin", PASSWORD, world.ca) == "hello"
            port = world.server.port
            world.server.args[world.server.args.index("--port") + 1] = str(port)
            world.server.start()
            assert world.mq.describe_broker(BrokerId=broker)["BrokerState"] == "RUNNING"
            assert world.runners[0].broker_pid() == pid
        world.mq.update_user(BrokerId=broker, Username="admin", Password=SECOND)
        world.reboot(broker)
        assert world.lets_in(broker, "stomp+ssl", password=SECOND)


def test_a_port_that_is_taken(home):
    with socket.create_server(("0.0.0.0", 61614)), World("activemq", [home], "--broker-timeout", "20s") as world:
        broker = world.create("orders")
        wait_until(lambda: world.process(broker)["restarts"] >= 1, "the first end")
        assert any("BindException" in line or "Address already in use" in line for line in world.process(broker)["log"])
        world.wait(broker, "CREATION_FAILED")


def test_reload(home):
    with World("activemq", [home], "--broker-reboot", "reload", "--reboot-time", "0") as world:
        broker = world.broker = world.create("orders")
        world.wait(broker)
        pid = world.runners[0].broker_pid()
        world.mq.create_user(BrokerId=broker, Username="late", Password=SECOND, Groups=["readers"])
        world.mq.update_user(BrokerId=broker, Username="admin", Password=SECOND)
        world.reboot(broker)
        wait_until(lambda: world.lets_in(broker, "stomp+ssl", "late", SECOND), "the new user")
        assert world.lets_in(broker, "ssl", password=SECOND) and not world.lets_in(broker, "ssl")
        wait_until(lambda: world.console_lets_in(broker, password=SECOND), "the console")
        world.mq.delete_user(BrokerId=broker, Username="late")
        world.reboot(broker)
        wait_until(lambda: not world.lets_in(broker, "stomp+ssl", "late", SECOND), "the end of the user")
        assert world.runners[0].broker_pid() == pid
        world.configure(broker, broker_xml(DESTINATIONS))
        world.reboot(broker)
        assert world.runners[0].broker_pid() != pid


def test_a_network_connector_and_a_standby(home):
    with World("activemq,activemq", [home, home]) as world:
        first = world.create("first", DeploymentMode="ACTIVE_STANDBY_MULTI_AZ")
        second = world.create("second")
        world.wait(first), world.wait(second)
        shown = world.mq.describe_broker(BrokerId=first)["BrokerInstances"]
        assert len(shown) == 2 and world.exchange(first, "ssl") == "hello"
        standby = urllib.parse.urlsplit(shown[1]["Endpoints"][0])
        with contextlib.closing(socket.socket()) as connection:
            assert connection.connect_ex((standby.hostname, standby.port)) != 0
        world.configure(first, broker_xml(f"""
  <networkConnectors>
    <networkConnector duplex="true" name="bridge" uri="static:({world.endpoint(second, 'ssl')})" userName="admin">
      <dynamicallyIncludedDestinations>
        <queue physicalName="&gt;"/>
      </dynamicallyIncludedDestinations>
    </networkConnector>
  </networkConnectors>"""))
        world.reboot(first)
        wait_until(lambda: any("has been established" in line for line in world.process(first)["log"]), "the bridge")


@pytest.mark.parametrize("version", ("5.17.6", "5.16.7", "5.15.16"))
def test_versions(version):
    home = activemq(version)
    line = version.rsplit(".", 1)[0]
    with World(f"activemq={line}", [home]) as world:
        broker = world.create("orders")
        world.wait(broker)
        assert world.process(broker)["version"] == version
        for scheme in ("amqp+ssl", "stomp+ssl", "mqtt+ssl", "wss"):
            assert world.exchange(broker, scheme) == "hello", scheme
        assert world.console_lets_in(broker)
        assert f"event=broker-version-differs broker={broker} shown=5.18 real={version}" in world.server.stderr_text()


SEED = (harness.sql_broker("b-seeded", engine_type="RABBITMQ") +
        harness.sql_user("b-seeded", "admin", password=PASSWORD))


def test_health_waits_for_a_seeded_broker():
    with World("rabbitmq", [None], seed=SEED) as world:
        def health():
            return world.server.client().call("GET", "/_local/health", check=harness.CHECK_NONE).status

        assert health() == 503
        wait_until(lambda: health() == 200, "health")
        assert world.exchange("b-seeded", "amqps") == "hello"
