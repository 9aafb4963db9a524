"""What the tests with boto3 share: a client of a server, calls that must fail, waiting."""

import boto3
import botocore
import botocore.exceptions
import pytest

from harness import eventually


def connect(server=None, **settings):
    """A client for the server; without one the environment must name the endpoint."""
    if server is not None:
        settings["endpoint_url"] = server.url
    return boto3.session.Session().client("mq", **settings)


def call(mq, operation, parameters):
    return getattr(mq, botocore.xform_name(operation))(**parameters)


def refusal(mq, error, operation, **parameters):
    """Makes a call that must fail with that error (a class by name, if the model has it); returns the response."""
    expected = getattr(mq.exceptions, error, botocore.exceptions.ClientError)
    with pytest.raises(expected) as caught:
        call(mq, operation, parameters)
    assert caught.value.response["Error"]["Code"] == error
    return caught.value.response


def members(response):
    """The answer without what boto3 adds to it."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}


def reboot(mq, broker="b-orders"):
    assert members(mq.reboot_broker(BrokerId=broker)) == {}
    eventually(lambda: mq.describe_broker(BrokerId=broker)["BrokerState"] == "RUNNING", f"{broker} RUNNING again")
