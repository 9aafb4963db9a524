"""The life of an ActiveMQ and a RabbitMQ broker, with real brokers at the endpoints that DescribeBroker shows.

The tests are one story, in their order: both are created, used, changed, rebooted and deleted.
"""

import base64
import json
import os
import socket
import urllib.parse
import urllib.request

import pytest

import clients
from world import PASSWORD, World, activemq

SECOND = "second-password-2"
SCHEMES = ("ssl", "amqp+ssl", "stomp+ssl", "mqtt+ssl", "wss")


@pytest.fixture(name="world", scope="module")
def fixture_world():
    home = activemq()
    os.environ["ACTIVEMQ_HOME"] = home
    with World("activemq,rabbitmq", [home, None]) as world:
        world.brokers = [world.create("orders"), world.create_rabbit("events")]
        yield world


@pytest.fixture(name="broker")
def fixture_broker(world):
    return world.brokers[0]


@pytest.fixture(name="rabbit")
def fixture_rabbit(world):
    return world.brokers[1]


def test_01_both_come_up(world, broker, rabbit):
    for one in (broker, rabbit):
        found = world.wait(one)
        assert found["Users"] == [{"Username": "admin"}] if one == broker else "Users" not in found or found["Users"] == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_02_a_message_over_each_protocol(world, broker, scheme):
    assert world.exchange(broker, scheme, text="über alles € 1") == "über alles € 1"
    assert not world.lets_in(broker, scheme, password="wrong-password-1")
    assert not world.lets_in(broker, scheme, user="nobody")


def test_02_a_message_over_amqps(world, rabbit):
    assert world.exchange(rabbit, "amqps", text="hello") == "hello"
    assert not world.lets_in(rabbit, "amqps", password="wrong-password-1")


def test_03_both_consoles(world, broker, rabbit):
    assert world.console_lets_in(broker) and not world.console_lets_in(broker, password="wrong-password-1")
    shown = json.loads(clients.rabbitmq_console(world.endpoint(rabbit, "https"), "admin", PASSWORD, world.ca))
    assert (shown["name"], shown["tags"]) == ("admin", ["administrator"])
    with pytest.raises(clients.Refused):
        clients.rabbitmq_console(world.endpoint(rabbit, "https"), "admin", "wrong-password-1", world.ca)


def management(world, rabbit, method, path, body, password=PASSWORD):
    """A call of RabbitMQ's own management API."""
    request = urllib.request.Request(f"{world.endpoint(rabbit, 'https')}/api/{path}", json.dumps(body).encode(), method=method)
    token = base64.b64encode(f"admin:{password}".encode()).decode()
    request.add_header("Authorization", f"Basic {token}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=clients.LIMIT_S, context=clients.context(world.ca)):
        pass


def test_04_pending_changes_have_no_effect(world, broker):
    world.mq.update_user(BrokerId=broker, Username="admin", Password=SECOND)
    world.mq.create_user(BrokerId=broker, Username="late", Password="late-password-12", Groups=["readers"])
    for scheme in SCHEMES:
        assert world.lets_in(broker, scheme) and not world.lets_in(broker, scheme, password=SECOND)
    assert not world.lets_in(broker, "stomp+ssl", "late", "late-password-12")


def test_05_users_made_in_rabbitmq_stay(world, rabbit):
    management(world, rabbit, "PUT", "users/extra", {"password": "extra-password-1", "tags": ""})
    management(world, rabbit, "PUT", "permissions/%2F/extra", {"configure": ".*", "write": ".*", "read": ".*"})
    management(world, rabbit, "PUT", "users/admin", {"password": SECOND, "tags": "administrator"})
    world.mq.reboot_broker(BrokerId=rabbit)


def stomp_send(world, broker, destination, text, persistent=True):
    """Sends only, so that the message stays in the queue."""
    url = urllib.parse.urlsplit(world.endpoint(broker, "stomp+ssl"))
    with socket.create_connection((url.hostname, url.port), clients.LIMIT_S) as plain, \
            clients.context(world.ca).wrap_socket(plain, server_hostname=url.hostname) as connection:
        connection.sendall(clients.frame("CONNECT", accept_version="1.2", host="x", login="admin", passcode=PASSWORD).encode())
        assert connection.recv(4096).startswith(b"CONNECTED")
        connection.sendall(clients.frame("SEND", text, destination=f"/queue/{destination}", receipt="r",
                                         persistent="true" if persistent else "false").encode())
        assert b"RECEIPT" in connection.recv(4096)


def test_06_a_reboot_applies_them(world, broker):
    stomp_send(world, broker, "kept", "still there")
    world.reboot(broker)
    for scheme in SCHEMES:
        assert world.lets_in(broker, scheme, password=SECOND) and not world.lets_in(broker, scheme)
    assert world.lets_in(broker, "stomp+ssl", "late", "late-password-12")
    assert world.console_lets_in(broker, password=SECOND) and not world.console_lets_in(broker)
    assert not world.console_lets_in(broker, "late", "late-password-12")
    # The first of the queue is what was sent before the reboot.
    assert world.exchange(broker, "stomp+ssl", password=SECOND, destination="kept", text="new") == "still there"


def test_07_rabbitmq_has_restarted_with_its_own_users(world, rabbit):
    world.wait(rabbit)
    assert world.lets_in(rabbit, "amqps", "extra", "extra-password-1")
    assert world.lets_in(rabbit, "amqps", password=SECOND) and not world.lets_in(rabbit, "amqps")


def refuses(url):
    """Whether nothing listens there."""
    parts = urllib.parse.urlsplit(url)
    with socket.socket() as connection:
        return connection.connect_ex((parts.hostname, parts.port)) != 0


def test_08_a_deletion_leaves_nothing(world, broker, rabbit):
    urls = [world.endpoint(broker, scheme) for scheme in (*SCHEMES, "https")]
    urls += [world.endpoint(rabbit, "amqps"), world.endpoint(rabbit, "https")]
    for one in (broker, rabbit):
        world.mq.delete_broker(BrokerId=one)
    for one in (broker, rabbit):
        world.wait_gone(one)
    assert all(refuses(url) for url in urls)
    for slot in range(2):
        data = os.path.join(world.directory, str(slot), "data")
        assert not os.path.exists(data) or os.listdir(data) == []


def test_09_a_new_broker_has_nothing_of_the_old(world):
    broker = world.create("orders")
    world.wait(broker)
    assert world.exchange(broker, "stomp+ssl", destination="kept", text="first") == "first"
    assert not world.lets_in(broker, "stomp+ssl", "late", "late-password-12")
