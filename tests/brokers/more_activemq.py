"""ActiveMQ behind the API: configurations, groups, consoles, crashes, restarts, reload, other versions."""

import os
import signal

import pytest

import clients
from configurations import AUTHORIZATION, DESTINATIONS, POLICIES, broker_xml
from world import ADMIN, PASSWORD, World, activemq, wait_until

SECOND = "second-password-2"


@pytest.fixture(name="home", scope="module")
def fixture_home():
    home = activemq()
    os.environ["ACTIVEMQ_HOME"] = home
    return home


@pytest.fixture(name="world", scope="module")
def fixture_world(home):
    with World("activemq", [home]) as world:
        world.broker = world.create("orders", Users=[ADMIN, {"Username": "reader", "Password": PASSWORD, "Groups": ["readers"]}])
        world.wait(world.broker)
        yield world


CONFIGURATIONS = {"policies": (POLICIES, ' schedulerSupport="true"'), "destinations": (DESTINATIONS, ""), "nothing": ("", "")}


def test_groups_with_an_authorization_map(world):
    world.configure(world.broker, broker_xml(AUTHORIZATION))
    world.reboot(world.broker)
    assert world.may_send(world.broker) and not world.may_send(world.broker, "reader")
    world.mq.update_user(BrokerId=world.broker, Username="reader", Groups=["readers", "admins"])
    assert not world.may_send(world.broker, "reader")
    world.reboot(world.broker)
    assert world.may_send(world.broker, "reader")
    world.mq.update_user(BrokerId=world.broker, Username="reader", Groups=["readers"])
    world.reboot(world.broker)
    assert not world.may_send(world.broker, "reader")
    assert world.console_lets_in(world.broker)


def test_console_access(world):
    assert not world.console_lets_in(world.broker, "reader")
    world.mq.update_user(BrokerId=world.broker, Username="reader", ConsoleAccess=True)
    assert not world.console_lets_in(world.broker, "reader")
    world.reboot(world.broker)
    assert world.console_lets_in(world.broker, "reader")
    world.mq.update_user(BrokerId=world.broker, Username="reader", ConsoleAccess=False)
    world.reboot(world.broker)
    assert not world.console_lets_in(world.broker, "reader") and world.console_lets_in(world.broker)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations(world, name):
    world.configure(world.broker, broker_xml(*CONFIGURATIONS[name]))
    world.reboot(world.broker)
    for scheme in ("ssl", "amqp+ssl", "stomp+ssl", "mqtt+ssl", "wss"):
        assert world.exchange(world.broker, scheme) == "hello", scheme
    if name == "destinations":
        assert world.exchange(world.broker, "stomp+ssl", destination="ORDERS") == "hello"
        assert world.exchange(world.broker, "stomp+ssl", destination="ALL", text="later") == "hello"


def test_a_password_with_every_character(world):
    password = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in ",:=")
    world.mq.update_user(BrokerId=world.broker, Username="reader", Password=password)
    world.mq.update_user(BrokerId=world.broker, Username="admin", ConsoleAccess=True)
    world.reboot(world.broker)
    for scheme in ("ssl", "amqp+ssl", "stomp+ssl", "mqtt+ssl", "wss"):
        assert world.lets_in(world.broker, scheme, "reader", password), scheme


def test_rotation_with_an_alternate_user(world):
    """The service's advice: clients move to a second user, whose password no reboot takes away."""
    world.mq.create_user(BrokerId=world.broker, Username="admin-2", Password=SECOND, Groups=["admins"])
    world.reboot(world.broker)
    assert world.lets_in(world.broker, "ssl", "admin-2", SECOND) and world.lets_in(world.broker, "ssl")
    world.mq.update_user(BrokerId=world.broker, Username="reader", Password=SECOND)
    world.mq.delete_user(BrokerId=world.broker, Username="admin-2")
    world.reboot(world.broker)
    assert not world.lets_in(world.broker, "ssl", "admin-2", SECOND)
    assert world.lets_in(world.broker, "ssl", "reader", SECOND)


def test_a_broker_that_is_killed(world):
    pid = world.runners[0].broker_pid()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: world.process(world.broker)["restarts"] == 1, "the report of the end")
    wait_until(lambda: world.process(world.broker)["state"] == "UP", "the broker")
    assert world.mq.describe_broker(BrokerId=world.broker)["BrokerState"] == "RUNNING"
    assert world.runners[0].broker_pid() != pid
    assert world.exchange(world.broker, "ssl") == "hello"
    assert any("started" in line for line in world.process(world.broker)["log"])


def test_a_runner_that_is_killed(world):
    pid = world.runners[0].broker_pid()
    world.runners[0].stop(signal.SIGKILL)
    world.runners[0].start()
    wait_until(lambda: os.path.exists(os.path.join(world.runners[0].path, "pid")) and world.runners[0].broker_pid() != pid,
               "another process")
    wait_until(lambda: world.process(world.broker)["state"] == "UP" and world.lets_in(world.broker, "stomp+ssl"), "the broker")
