"""RabbitMQ behind the API: configurations, crashes, seeds."""

import json
import os
import signal

import pytest

import clients
from world import PASSWORD, World, wait_until


@pytest.fixture(name="world", scope="module")
def fixture_world():
    with World("rabbitmq", [None]) as world:
        world.broker = world.create_rabbit("events")
        world.wait(world.broker)
        yield world


# Settings, and the release of RabbitMQ since which they are known.
SINCE = {"channel_max = 77": (3, 9, 0),
         "quorum_queue.property_equivalence.relaxed_checks_on_redeclaration = true": (3, 11, 16),
         "channel_max_per_node = 900": (3, 12, 13),
         "cluster_exchange_limit = 500": (4, 1, 4),
         "no.such.key = 1": (100,)}


def management(world, path):
    url = f"{world.endpoint(world.broker, 'https')}/api/{path}"
    return json.loads(clients.get(url, "admin", PASSWORD, world.ca))


def test_a_configuration(world):
    lines = ["# a comment", "heartbeat = 27", "consumer_timeout = 3600000", *SINCE]
    world.configure(world.broker, "\n".join(lines))
    world.reboot(world.broker)
    assert world.exchange(world.broker, "amqps") == "hello"
    release = tuple(map(int, world.process(world.broker)["version"].split(".")))
    with open(os.path.join(world.runners[0].path, "rabbitmq.conf"), encoding="utf-8") as file:
        taken = file.read().splitlines()
    log = world.server.stderr_text()
    for line, since in SINCE.items():
        left_out = f"event=broker-setting-left-out broker={world.broker} setting={line.split()[0]} "
        assert (line in taken, left_out in log) == (release >= since, release < since), line


def test_a_broker_that_is_killed(world):
    os.kill(world.runners[0].broker_pid(), signal.SIGKILL)
    wait_until(lambda: world.process(world.broker)["restarts"] == 1, "the report of the end")
    wait_until(lambda: world.process(world.broker)["state"] == "UP", "the broker")
    assert world.mq.describe_broker(BrokerId=world.broker)["BrokerState"] == "RUNNING"
    assert world.exchange(world.broker, "amqps") == "hello"


def test_a_cluster_is_one_node_behind_the_one_endpoint(world):
    world.mq.delete_broker(BrokerId=world.broker)
    world.wait_gone(world.broker)
    world.broker = world.create_rabbit("cluster", DeploymentMode="CLUSTER_MULTI_AZ", HostInstanceType="mq.m7g.large")
    world.wait(world.broker)
    assert world.exchange(world.broker, "amqps") == "hello"
    assert len(management(world, "nodes")) == 1
