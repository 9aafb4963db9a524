"""The real boto3 over HTTPS, told by AWS_CA_BUNDLE whom to trust."""

import os

import botocore.config
import botocore.exceptions
import pytest

import conftest
from boto3_client import connect, members, reboot
from harness import PASSWORD
from tls_server import TlsServer


@pytest.fixture
def server(aws_environment):
    with TlsServer("--auth", "verify", "--reboot-time", "0", seed=conftest.WORLD) as running:
        yield running


def verified(server, **settings):
    return connect(endpoint_url=server.tls_url, aws_access_key_id="AKIDVERIFIED",
                   aws_secret_access_key="the+right/secret", **settings)


def test_the_life_of_a_user_over_tls(server, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", server.ca)
    mq = verified(server)
    alice = {"BrokerId": "b-orders", "Username": "alice"}
    assert members(mq.create_user(**alice, Password=PASSWORD, Groups=["admins"])) == {}
    reboot(mq)
    assert mq.describe_user(**alice)["Groups"] == ["admins"]
    assert members(mq.delete_user(**alice)) == {}
    # The other URL leads to the same world, without the certificate.
    plain = connect(server, aws_access_key_id="AKIDVERIFIED", aws_secret_access_key="the+right/secret")
    assert plain.describe_user(**alice)["Pending"]["PendingChange"] == "DELETE"


def test_the_endpoint_comes_from_the_environment(server, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", server.ca)
    monkeypatch.setenv("AWS_ENDPOINT_URL_MQ", server.tls_url)
    mq = connect(aws_access_key_id="AKIDVERIFIED", aws_secret_access_key="the+right/secret")
    assert mq.describe_broker(BrokerId="b-orders")["BrokerName"] == "orders"


def test_without_the_bundle_the_server_is_a_stranger(server):
    with pytest.raises(botocore.exceptions.SSLError):
        verified(server).list_brokers()


def test_another_bundle_makes_it_no_friend(server, monkeypatch):
    with TlsServer() as other:
        monkeypatch.setenv("AWS_CA_BUNDLE", other.ca)
        with pytest.raises(botocore.exceptions.SSLError):
            verified(server).list_brokers()


def test_a_client_that_does_not_care_is_served(server):
    mq = verified(server, verify=False, config=botocore.config.Config(retries={"total_max_attempts": 1}))
    with pytest.warns(Warning, match="Unverified HTTPS request"):
        assert len(mq.list_brokers()["BrokerSummaries"]) == 3


def test_the_key_is_not_where_clients_look(server):
    with open(server.ca, encoding="ascii") as file:
        assert "PRIVATE" not in file.read()
    assert os.stat(os.path.join(server.tls_directory, "server-key.pem")).st_mode & 0o077 == 0
