"""CreateBroker: the rules of its users, and what a second call with the same name means."""

import json

import pytest

import rules
from harness import (PASSWORD, Server, assert_bad_request, assert_error, assert_ok, broker_body, broker_name, compact,
                     create_broker, credential, describe_broker, rabbit_body, sql_insert, update_user, users_path)
from shapes import CLUSTER, STANDBY

GOOD = {"username": "admin", "password": PASSWORD}
EXCLUSIVE = ("Replication user couldn't have console access. [replicationUser] and [consoleAccess] are mutually "
             "exclusive parameters.")


def refused(client, body, message, attribute):
    name = body["brokerName"]
    assert_bad_request(client.call("POST", "/v1/brokers", body), message, attribute)
    # Nothing of it remains: the name is free.
    assert_ok(client.call("POST", "/v1/brokers", broker_body(name)))


# --- Rules of the users ----------------------------------------------------------------------------------------

BROKEN = [({"groups": ["aa", value]} if rule == "group" else {rule: value}, "groups" if rule == "group" else rule,
           rules.text(rule, verdict, value)) for rule, verdict, value, _ in rules.broken("username", "password", "group")]


@pytest.mark.parametrize("members, member, message", [
    *BROKEN,
    ({"username": ""}, "username", rules.text("username", "length")),
    ({"groups": ["aa"] * 21}, "groups", "Specify no more than [20] groups.")])
def test_CBR_30_rules_with_their_path(client, members, member, message):
    bad = {**GOOD, "username": "other", **members}
    refused(client, broker_body(broker_name(), users=[bad]), message, f"users[0].{member}")
    refused(client, broker_body(broker_name(), users=[GOOD, bad]), message, f"users[1].{member}")


def test_CBR_30_no_console_for_replication(client):
    body = broker_body(broker_name(), users=[{**GOOD, "consoleAccess": True, "replicationUser": True}])
    refused(client, body, EXCLUSIVE, None)


def test_CBR_30_the_first_user_is_named(client):
    users = [GOOD, {"username": "one", "password": "short"}, {"username": "x", "password": PASSWORD}]
    refused(client, broker_body(broker_name(), users=users),
            rules.text("password", "length"), "users[1].password")


def test_CBR_31_a_name_twice(client):
    name = broker_name()
    for users, place in (([GOOD, GOOD], 1), ([GOOD, {**GOOD, "username": "other"}, GOOD], 2)):
        response = client.call("POST", "/v1/brokers", broker_body(name, users=users))
        assert_error(response, 409, "ConflictException", "User named [admin] already exists. Specify a unique "
                     "username.", f"users[{place}].username")
    users = [GOOD, {**GOOD, "username": "Admin"}]
    found = describe_broker(client, create_broker(client, broker_body(name, users=users)))
    assert found["users"] == [{"username": "Admin"}, {"username": "admin"}]


def test_CBR_32_250_users(client):
    users = [{"username": f"user{number}", "password": PASSWORD} for number in range(251)]
    name = broker_name()
    refused(client, broker_body(name, users=users), f"Broker [{name}] can't have more than [250] users.", None)
    broker = create_broker(client, broker_body(broker_name(), users=users[:250]))
    assert len(describe_broker(client, broker)["users"]) == 250


def test_CBR_33_groups_are_kept_once(client):
    users = [{**GOOD, "groups": ["bb", "aa", "bb"]}]
    broker = create_broker(client, broker_body(broker_name(), users=users))
    assert client.call("GET", users_path(broker) + "/admin").json()["groups"] == ["bb", "aa"]


@pytest.mark.parametrize("users", [None, [], [GOOD, {**GOOD, "username": "two"}]])
def test_CBR_34_RabbitMQ_has_exactly_one(client, users):
    for strategy in (None, "SIMPLE"):
        refused(client, rabbit_body(broker_name(), users=users, authenticationStrategy=strategy),
                "Specify exactly one user for engine type [RABBITMQ].", "users")


@pytest.mark.parametrize("username, message", [(value, rules.text(rule, verdict)) for rule, verdict, _, _ in
                                               rules.broken("rabbitmq-username") for value in rules.values(rule, verdict)])
@pytest.mark.parametrize("strategy", ["SIMPLE", "CONFIG_MANAGED"])
def test_CBR_34_names_of_RabbitMQ(client, strategy, username, message):
    refused(client, rabbit_body(broker_name(), users=[{**GOOD, "username": username}],
                                authenticationStrategy=strategy), message, "users[0].username")


# --- Once more -------------------------------------------------------------------------------------------------

def taken(client, body):
    assert_error(client.call("POST", "/v1/brokers", body), 409, "ConflictException",
                 f"Broker named [{body['brokerName']}] already exists. Specify a unique broker name.", "brokerName")


def test_CBR_35_the_same_call_again(client):
    body = broker_body(broker_name(), creatorRequestId="token", tags={"a": "b"})
    first = assert_ok(client.call("POST", "/v1/brokers", body))
    for _ in range(3):
        assert client.call("POST", "/v1/brokers", body).body == first.body
    assert assert_ok(client.call("GET", users_path(first.json()["brokerId"]))).json()["users"] == [
        {"username": "admin"}]


@pytest.mark.parametrize("members", [
    {"users": [{"username": "admin", "password": "another-password-2"}]},
    {"users": [{"username": "admin", "password": PASSWORD, "consoleAccess": True}]},
    {"users": [{"username": "another", "password": PASSWORD}]},
    {"tags": {"new": "tag"}}, {"maintenanceWindowStartTime": {"dayOfWeek": "MONDAY", "timeOfDay": "01:00"}},
    {"authenticationStrategy": "SIMPLE"}, {"logs": {"general": True}}, {"autoMinorVersionUpgrade": True},
    {"engineVersion": "5.19"}, {"storageType": "EFS"}, {"storageType": "efs"}, {"engineType": "ActiveMQ"},
    {"subnetIds": ["subnet-1"]}, {"securityGroups": ["sg-1"]}, {"encryptionOptions": {"useAwsOwnedKey": False}}])
def test_CBR_35_other_differences_are_ignored(client, members):
    body = broker_body(broker_name(), creatorRequestId="token")
    first = assert_ok(client.call("POST", "/v1/brokers", body))
    before = client.call("GET", f"/v1/brokers/{first.json()['brokerId']}").body
    assert assert_ok(client.call("POST", "/v1/brokers", {**body, **members})).body == first.body
    assert client.call("GET", f"/v1/brokers/{first.json()['brokerId']}").body == before


@pytest.mark.parametrize("members", [
    {"hostInstanceType": "mq.m5.xlarge"}, {"engineVersion": "5.18"}, {"deploymentMode": STANDBY},
    {"storageType": "EBS"}, {"publiclyAccessible": True},
    {"engineType": "RABBITMQ", "hostInstanceType": "mq.m7g.medium"}])
def test_CBR_36_these_differences_are_another_call(client, members):
    body = broker_body(broker_name(), creatorRequestId="token")
    broker = create_broker(client, body)
    before = describe_broker(client, broker)
    taken(client, {**body, **members})
    assert describe_broker(client, broker) == before


@pytest.mark.parametrize("first, second", [("one", "two"), ("one", ""), ("one", None), ("", ""), (None, None),
                                           ("", "one"), (None, "one"), (None, ""), ("one", "One"), ("one", "one ")])
def test_CBR_36_another_token_or_none(client, first, second):
    name = broker_name()
    create_broker(client, broker_body(name, creatorRequestId=first))
    taken(client, broker_body(name, creatorRequestId=second))


def test_CBR_36_a_seeded_broker_has_no_token(serve):
    client = serve(seed=sql_insert("broker", id="b-1", name="one")).client()
    taken(client, broker_body("one", creatorRequestId="x"))


def test_CBR_35_the_token_is_of_the_name(client):
    tokens = {"creatorRequestId": "shared"}
    brokers = {create_broker(client, broker_body(broker_name(), **tokens)) for _ in range(3)}
    assert len(brokers) == 3


def test_CBR_35_WLD_4_and_of_the_world(client):
    body = broker_body(broker_name(), creatorRequestId="token")
    here = create_broker(client, body)
    there = create_broker(client, body, [credential("123456789012", "eu-west-1")])
    assert here != there
    assert create_broker(client, body) == here


def test_CBR_35_RabbitMQ_and_a_token_of_any_text(client):
    body = rabbit_body(broker_name(), creatorRequestId="é\"\\' ☃" * 50, deploymentMode=CLUSTER)
    assert create_broker(client, body) == create_broker(client, body)


def test_CBR_35_while_it_is_being_created_and_after_it_changed():
    with Server("--create-time", "1h") as server:
        client = server.client()
        body = broker_body("one", creatorRequestId="token")
        broker = create_broker(client, body)
        assert create_broker(client, body) == broker
        assert describe_broker(client, broker)["brokerState"] == "CREATION_IN_PROGRESS"


def test_CBR_35_a_bad_call_is_bad_the_second_time_too(client):
    body = broker_body(broker_name(), creatorRequestId="token")
    create_broker(client, body)
    assert_bad_request(client.call("POST", "/v1/brokers", {**body, "users": [{**GOOD, "password": "short"}]}),
                       rules.text("password", "length"), "users[0].password")


def test_CBR_15_PND_20_the_first_users_change_like_any_other(client):
    broker = create_broker(client)
    update_user(client, broker, "admin", consoleAccess=True)
    assert compact(json.loads(client.call("GET", users_path(broker)).body)["users"]) == (
        b'[{"pendingChange":"UPDATE","username":"admin"}]')
