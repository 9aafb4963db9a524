"""Calls of CreateBroker and UpdateBroker that are refused, as several test files make them."""

from harness import assert_bad_request, assert_ok, broker_path

LDAP = {"hosts": ["ldap.example.com"], "roleBase": "ou=groups", "roleSearchMatching": "(member={0})",
        "serviceAccountPassword": "never-to-be-seen", "serviceAccountUsername": "cn=admin", "userBase": "ou=people",
        "userSearchMatching": "(uid={0})"}
SIZE = ("Specifying [storageSize] is only supported for RabbitMQ 4 brokers with deployment mode [CLUSTER_MULTI_AZ] on "
        "mq.m7g instance types.")


def _ids(client, headers):
    listed = assert_ok(client.call("GET", "/v1/brokers?maxResults=100", headers=headers)).json()
    assert "nextToken" not in listed
    return {row["brokerId"] for row in listed["brokerSummaries"]}


def create_refused(client, body, message, attribute=None, headers=()):
    """The body is answered 400 with that message, and makes no broker."""
    before = _ids(client, headers)
    assert_bad_request(client.call("POST", "/v1/brokers", body, headers), message, attribute)
    assert _ids(client, headers) <= before


def update_refused(client, broker, body, message, attribute=None):
    """The body is answered 400 with that message, and changes nothing that DescribeBroker shows."""
    before = client.call("GET", broker_path(broker)).body
    assert_bad_request(client.call("PUT", broker_path(broker), body), message, attribute)
    assert client.call("GET", broker_path(broker)).body == before
