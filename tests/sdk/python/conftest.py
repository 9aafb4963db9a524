"""What the suites of the Python clients share: a clean AWS environment, and a server for each test."""

import base64
import contextlib
import json
import os
import re
import sys

import pytest

SDK = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(os.path.dirname(SDK), "api"))

sys.path.append(SDK)

import harness  # noqa: E402  (found through the lines above)


def read(name):
    with open(os.path.join(SDK, name), encoding="utf-8") as file:
        return file.read()


WORLD = read("world.sql")
# One case for each way in which an operation is refused: errors.json is what all three clients run.
ERRORS = json.loads(read("errors.json"))


def error_id(case):
    return f"{case['operation']}-{case['error']}{'-' + case['attribute'] if 'attribute' in case else ''}"


@pytest.fixture(autouse=True)
def aws_environment(monkeypatch):
    """No setting of the person who runs the tests reaches the client, and each call is sent once."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    for name, value in {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def serve():
    """Starts servers, with the world of world.sql and more SQL if given; at the end each must stop cleanly."""
    with contextlib.ExitStack() as servers:
        yield lambda *flags, more="": servers.enter_context(harness.Server(*flags, seed=WORLD + more))


@pytest.fixture
def demo():
    """A server with the world of `make run`, which the README's examples use."""
    with harness.Server("--seed", os.path.join(harness.ROOT, "schema", "seeds", "demo.sql")) as server:
        yield server


def many_users(count):
    """SQL for more users of b-orders, and their names in the order of a list."""
    names = [f"user-{number:02}" for number in range(count)]
    return "".join(harness.sql_user("b-orders", name) for name in names), sorted([*names, "reader"])


def many_brokers(count):
    """SQL for more brokers, and the ids of all in the order of a list."""
    ids = [f"b-more-{number:02}" for number in range(count)]
    return "".join(harness.sql_broker(id) for id in ids), sorted([*ids, "b-events", "b-growing", "b-orders"])


def logged_request(server, request_id):
    """The server's log line of a request, as a dict; waits for it."""
    line = harness.eventually(lambda: re.search(rf"^.*\bevent=request id={request_id} .*$", server.stderr_text(), re.M),
                              f"the log line of request {request_id}")
    return dict(pair.split("=", 1) for pair in line[0].split(" "))


# A configuration with two things the service takes out, and what it keeps.
CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<broker xmlns="http://activemq.apache.org/schema/core" brokerName="shop" advisorySupport="false">
  <unknownSetting unsafe="true"/>
</broker>
"""
SANITIZED = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<broker advisorySupport="false" xmlns="http://activemq.apache.org/schema/core"/>
"""
WARNINGS = [
    {"AttributeName": "brokerName", "ElementName": "broker", "Reason": "DISALLOWED_ATTRIBUTE_REMOVED"},
    {"ElementName": "unknownSetting", "Reason": "DISALLOWED_ELEMENT_REMOVED"},
]


def base64_text(text):
    return base64.b64encode(text.encode()).decode()


def base64_read(text):
    return base64.b64decode(text, validate=True).decode()
