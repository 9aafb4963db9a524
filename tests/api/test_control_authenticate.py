"""POST /_local/authenticate: would the running broker let this user in?"""

import pytest

import control_calls as control
import harness
from harness import PASSWORD, assert_no_broker, assert_ok, sql_broker, sql_pending_user, sql_user

OTHER = "another-password-2"
NO = {"authenticated": False}
SEED = (sql_broker("b-1", "one") + sql_user("b-1", "alice", console_access=1, groups=["bb", "aa"])
        + sql_broker("b-2", "rabbit", engine_type="RABBITMQ") + sql_user("b-2", "guest", groups=["x1"])
        + sql_broker("b-3", "far", account="210987654321") + sql_user("b-3", "far-user"))


@pytest.fixture
def client(serve):
    return serve(*control.STANDING, seed=SEED).client()


def yes(groups=(), console=False):
    return {"authenticated": True, "consoleAccess": console, "groups": list(groups)}


def reboot(client, broker="b-1"):
    assert_ok(client.call("POST", harness.reboot_path(broker)), {})
    control.advance(client, 3600)


def test_CTL_13_an_applied_user(client):
    assert control.authenticate(client, "b-1", "alice") == yes(["bb", "aa"], True)


@pytest.mark.parametrize("password", ("", OTHER, PASSWORD[:-1], PASSWORD + "x", PASSWORD.upper(), PASSWORD + "\t", "ü" * 20,
                                      "x" * 100_000))
def test_a_wrong_password(client, password):
    assert control.authenticate(client, "b-1", "alice", password) == NO


@pytest.mark.parametrize("username", ("bob", "Alice", "", "alice ", "al%", "a" * 1000, "guest"))
def test_an_unknown_user(client, username):
    assert control.authenticate(client, "b-1", username) == NO


def test_an_unknown_broker(client):
    for broker in ("b-9", "", "B-1"):
        assert_no_broker(control.call(client, "POST", "/_local/authenticate", {
            "brokerId": broker, "username": "alice", "password": PASSWORD}), broker)


def test_a_user_of_another_world_and_of_rabbitmq(client):
    assert control.authenticate(client, "b-3", "far-user") == yes()
    assert control.authenticate(client, "b-2", "guest") == yes(["x1"])


def test_a_created_user_can_log_in_after_the_reboot(client):
    harness.create_user(client, "b-1", "bob", groups=["admins"])
    assert control.authenticate(client, "b-1", "bob") == NO
    reboot(client)
    assert control.authenticate(client, "b-1", "bob") == yes(["admins"])


def test_a_changed_user_is_the_old_one_until_the_reboot(client):
    harness.update_user(client, "b-1", "alice", password=OTHER, groups=["new"], consoleAccess=False)
    assert control.authenticate(client, "b-1", "alice") == yes(["bb", "aa"], True)
    assert control.authenticate(client, "b-1", "alice", OTHER) == NO
    reboot(client)
    assert control.authenticate(client, "b-1", "alice") == NO
    assert control.authenticate(client, "b-1", "alice", OTHER) == yes(["new"])


def test_a_deleted_user_can_log_in_until_the_reboot(client):
    harness.delete_user(client, "b-1", "alice")
    assert control.authenticate(client, "b-1", "alice") == yes(["bb", "aa"], True)
    reboot(client)
    assert control.authenticate(client, "b-1", "alice") == NO


def test_a_user_that_was_deleted_and_made_again(client):
    harness.delete_user(client, "b-1", "alice")
    reboot(client)
    harness.create_user(client, "b-1", "alice", password=OTHER)
    assert control.authenticate(client, "b-1", "alice", OTHER) == NO
    reboot(client)
    assert control.authenticate(client, "b-1", "alice", OTHER) == yes()


def test_a_seeded_pending_user(serve):
    client = serve(*control.STANDING, seed=SEED + sql_pending_user("b-1", "bob")).client()
    assert control.authenticate(client, "b-1", "bob") == NO
    reboot(client)
    assert control.authenticate(client, "b-1", "bob") == yes()


def test_nobody_gets_in_while_the_broker_is_down(client):
    assert_ok(client.call("POST", harness.reboot_path("b-1")), {})
    assert control.authenticate(client, "b-1", "alice") == NO
    control.advance(client, 3600)
    assert control.authenticate(client, "b-1", "alice") == yes(["bb", "aa"], True)
    assert_ok(client.call("DELETE", harness.broker_path("b-1")))
    assert control.authenticate(client, "b-1", "alice") == NO
    control.advance(client, 3600)
    assert control.call(client, "POST", "/_local/authenticate", {
        "brokerId": "b-1", "username": "alice", "password": PASSWORD}).status == 404


def test_the_first_user_of_a_new_broker(client):
    made = harness.create_broker(client)
    assert control.authenticate(client, made, "admin") == NO
    control.advance(client, 3600)
    assert control.authenticate(client, made, "admin") == yes()


@pytest.mark.parametrize("state, there", (
    ("RUNNING", True), ("CRITICAL_ACTION_REQUIRED", True), ("REPLICA", True), ("REBOOT_IN_PROGRESS", False),
    ("CREATION_IN_PROGRESS", False), ("CREATION_FAILED", False), ("DELETION_IN_PROGRESS", False),
))
def test_each_state(serve, state, there):
    client = serve(*control.STANDING, seed=sql_broker("b-1", "one", state=state) + sql_user("b-1", "alice")).client()
    assert control.authenticate(client, "b-1", "alice") == (yes() if there else NO)


@pytest.mark.parametrize("missing", ("brokerId", "username", "password"))
def test_what_is_missing(client, missing):
    body = {"brokerId": "b-1", "username": "alice", "password": PASSWORD}
    for absent in (False, True):
        body[missing] = None
        if absent:
            del body[missing]
        control.refused(client, "POST", "/_local/authenticate", body, f"[{missing}] is required.", missing)


def test_a_member_of_another_type(client):
    for name in ("brokerId", "username", "password"):
        body = {"brokerId": "b-1", "username": "alice", "password": PASSWORD, name: 5}
        response = control.call(client, "POST", "/_local/authenticate", body)
        assert response.status == 400 and response.json()["errorAttribute"] == name, response


def test_the_password_is_nowhere_afterwards(serve):
    server = serve("--log-level", "debug", seed=SEED)
    client = server.client()
    control.authenticate(client, "b-1", "alice", "tried-Secret-77")
    assert control.requests(client) == []
    server.stop()
    assert "tried-Secret-77" not in server.stderr_text()
    server.start()
