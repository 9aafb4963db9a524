"""Which brokers let their users be written and read: unknown ones, RabbitMQ, and every state."""

import pytest

from harness import (PASSWORD, Server, assert_bad_request, assert_error, assert_no_broker, assert_no_user, assert_ok,
                     broker_path, sql_broker, sql_user, user_path, users_path)

WRITABLE = ("RUNNING", "CRITICAL_ACTION_REQUIRED", "REPLICA")
READ_ONLY = ("CREATION_IN_PROGRESS", "CREATION_FAILED", "REBOOT_IN_PROGRESS", "DELETION_IN_PROGRESS")
RABBITMQ = ("The users API does not apply to RabbitMQ brokers. To manage broker users, please use the RabbitMQ web "
            "console, or the management API.")


def broker_id(state):
    return "b-" + state.lower().replace("_", "-")


@pytest.fixture(scope="module")
def server():
    seed = ""
    for state in WRITABLE + READ_ONLY:
        seed += sql_broker(broker_id(state), name=f"in-{state}", state=state)
        seed += sql_user(broker_id(state), "alice", console_access=1, groups=["admins"])
    for state in WRITABLE + READ_ONLY:
        seed += sql_broker(broker_id(state) + "-rabbit", engine_type="RABBITMQ", state=state)
    seed += sql_broker("b-rabbit-cluster", engine_type="RABBITMQ", deployment_mode="CLUSTER_MULTI_AZ")
    with Server(seed=seed) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def five(client, broker, username="bob"):
    """The answers of CreateUser, UpdateUser, DeleteUser, DescribeUser and ListUsers."""
    path = user_path(broker, username)
    return (client.call("POST", path, {"password": PASSWORD}), client.call("PUT", path, {"consoleAccess": True}),
            client.call("DELETE", path), client.call("GET", path), client.call("GET", users_path(broker)))


def assert_rabbitmq(answers):
    """A conflict where the operation has one, CreateUser and UpdateUser."""
    for number, response in enumerate(answers):
        if number < 2:
            assert_error(response, 409, "ConflictException", RABBITMQ)
        else:
            assert_bad_request(response, RABBITMQ)


@pytest.mark.parametrize("unknown", ["b-00000000-0000-0000-0000-000000000000", "not-a-broker", "x", "B-RUNNING", "..",
                                     ".", "a/b", "b running", "é", "%", "b-running ", "a" * 2000, '"', "\\", "[]",
                                     "\t"])
def test_USR_6_unknown_broker(client, unknown):
    for response in five(client, unknown):
        assert_no_broker(response, unknown)


@pytest.mark.parametrize("rabbit", [broker_id("RUNNING") + "-rabbit", "b-rabbit-cluster"])
def test_USR_9_USR_36_RabbitMQ(client, rabbit):
    assert_rabbitmq(five(client, rabbit))
    assert_ok(client.call("GET", broker_path(rabbit)))


@pytest.mark.parametrize("state", WRITABLE + READ_ONLY)
def test_USR_9_USR_36_ERR_23_the_engine_is_looked_at_before_the_state(client, state):
    assert_rabbitmq(five(client, broker_id(state) + "-rabbit"))


@pytest.mark.parametrize("state", READ_ONLY)
def test_USR_10_ERR_24_no_writes(client, state):
    message = f"Broker [in-{state}] can't be updated while in state [{state}]."
    for username in ("alice", "nobody"):
        create, update, delete, _, _ = five(client, broker_id(state), username)
        for response in (create, update, delete):
            assert_bad_request(response, message)


@pytest.mark.parametrize("state", WRITABLE)
def test_USR_11_writes(client, state):
    broker = broker_id(state)
    create, update, delete, describe, users = five(client, broker)
    for response in (create, update, delete):
        assert_ok(response, {})
    assert assert_ok(describe).json()["pending"]["pendingChange"] == "DELETE"
    assert assert_ok(users).json()["users"] == [{"username": "alice"}, {"pendingChange": "DELETE", "username": "bob"}]
    assert client.call("GET", broker_path(broker)).json()["brokerState"] == state


@pytest.mark.parametrize("state", [state for state in WRITABLE + READ_ONLY if state != "DELETION_IN_PROGRESS"])
def test_USR_12_reads(client, state):
    broker = broker_id(state)
    assert_ok(client.call("GET", user_path(broker, "alice")),
              {"brokerId": broker, "consoleAccess": True, "groups": ["admins"], "replicationUser": False,
               "username": "alice"})
    assert_no_user(client.call("GET", user_path(broker, "nobody")), "nobody")
    users = assert_ok(client.call("GET", users_path(broker))).json()["users"]
    assert {"username": "alice"} in users
    described = assert_ok(client.call("GET", broker_path(broker))).json()
    assert described["users"] == users
    assert described["brokerState"] == state


def test_USR_13_a_broker_being_deleted_has_no_users(client):
    broker = broker_id("DELETION_IN_PROGRESS")
    assert_ok(client.call("GET", users_path(broker)), {"brokerId": broker, "maxResults": 20, "users": []})
    assert_ok(client.call("GET", users_path(broker) + "?maxResults=5"),
              {"brokerId": broker, "maxResults": 5, "users": []})
    assert assert_ok(client.call("GET", broker_path(broker))).json()["users"] == []
    for username in ("alice", "nobody"):
        assert_no_user(client.call("GET", user_path(broker, username)), username)


def test_USR_14_ERR_22_empty_username(client):
    message = "Username is invalid. Enter a username 2 to 100 characters long."
    for broker in (broker_id("RUNNING"), broker_id("RUNNING") + "-rabbit", broker_id("CREATION_FAILED"), "b-unknown"):
        path = users_path(broker) + "/"
        for response in (client.call("POST", path, {"password": PASSWORD}), client.call("PUT", path, {}),
                         client.call("PUT", path), client.call("GET", path), client.call("DELETE", path)):
            assert_bad_request(response, message, "username")


def test_USR_8_ERR_24_the_state_is_looked_at_before_a_conflict(client):
    assert_bad_request(client.call("POST", user_path(broker_id("REBOOT_IN_PROGRESS"), "alice"), {"password": PASSWORD}),
                       "Broker [in-REBOOT_IN_PROGRESS] can't be updated while in state [REBOOT_IN_PROGRESS].")
    assert_error(client.call("POST", user_path(broker_id("RUNNING"), "alice"), {"password": PASSWORD}), 409,
                 "ConflictException", "User named [alice] already exists. Specify a unique username.", "username")
