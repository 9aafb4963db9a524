"""Calls on configurations that several test files make, and the answers they expect."""

import base64
import itertools
import re

from harness import (DEFAULT_ACCOUNT, DEFAULT_REGION, assert_error, assert_ok, configuration_path, credential,
                     revision_path)

UUID4 = re.compile(r"c-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
XMLNS = 'xmlns="http://activemq.apache.org/schema/core"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
UNKNOWN = "c-00000000-0000-4000-8000-000000000000"

_accounts = itertools.count(700000000001)


def new_world(server):
    """A client whose account has nothing yet, and that account."""
    account = str(next(_accounts))
    return server.client(headers=[credential(account)]), account


def arn_of(configuration_id, account=DEFAULT_ACCOUNT, region=DEFAULT_REGION, partition="aws"):
    return f"arn:{partition}:mq:{region}:{account}:configuration:{configuration_id}"


def encoded(text):
    """Base64 of a text or of bytes."""
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode("ascii")


def create(client, **members):
    """CreateConfiguration with a good body unless the members say otherwise; None leaves one out. The Response."""
    body = {"engineType": "ACTIVEMQ", "name": "a-configuration", **members}
    return client.call("POST", "/v1/configurations", {key: value for key, value in body.items() if value is not None})


def created(client, **members):
    """The id of a new configuration."""
    return assert_ok(create(client, **members)).json()["id"]


def rabbit(client, **members):
    """The id of a new configuration for RabbitMQ."""
    return created(client, **{"engineType": "RABBITMQ", **members})


def update(client, configuration_id, data, **members):
    """UpdateConfiguration with that text as data. The Response."""
    return client.call("PUT", configuration_path(configuration_id), {"data": encoded(data), **members})


def described(client, configuration_id):
    """The body of DescribeConfiguration."""
    return assert_ok(client.call("GET", configuration_path(configuration_id))).json()


def stored(client, configuration_id, revision):
    """The data of a revision, decoded."""
    body = assert_ok(client.call("GET", revision_path(configuration_id, revision))).json()
    return base64.b64decode(body["data"], validate=True).decode("utf-8")


def assert_no_configuration(response, configuration_id):
    """The 404 of a configuration nobody has."""
    return assert_error(response, 404, "NotFoundException",
                        f"Configuration ID [{configuration_id}] can't be found. Make sure it exists.",
                        "configuration-id")


def assert_no_revision(response, configuration_id, revision):
    """The 404 of a revision nobody has."""
    return assert_error(response, 404, "NotFoundException", f"Revision [{revision}] of configuration "
                        f"[{configuration_id}] can't be found. Make sure it exists.", "configuration-revision")
