"""Pending changes, cell by cell: five states, four things that can happen, and what the three views say."""

import pytest

from harness import (PASSWORD, assert_error, assert_no_user, assert_ok, create_user, delete_user, reboot, update_user,
                     user_path, users_path, views)

NAME = "alice"


def seen(client, broker, applied=None, pending=None, replication=False, name=NAME):
    """Asserts what DescribeUser, ListUsers and DescribeBroker say.

    applied  (consoleAccess, groups) of the applied side, None: never applied
    pending  (pendingChange, consoleAccess, groups), None: nothing is pending
    """
    described, listed, in_broker = views(client, broker, name)
    if applied is None and pending is None:
        assert (described, listed, in_broker) == (None, None, None)
        return
    body, row = {"brokerId": broker}, {}
    if applied:
        body["consoleAccess"], body["groups"] = applied
    if pending:
        body["pending"] = {"consoleAccess": pending[1], "groups": pending[2], "pendingChange": pending[0]}
        row["pendingChange"] = pending[0]
    body["replicationUser"] = replication
    body["username"] = row["username"] = name
    assert described == body
    assert list(described) == list(body)
    assert listed == row
    assert in_broker == row


def conflict(client, broker):
    response = client.call("POST", user_path(broker, NAME),
                           {"password": PASSWORD, "consoleAccess": True, "groups": ["other"]})
    assert_error(response, 409, "ConflictException", f"User named [{NAME}] already exists. Specify a unique username.",
                 "username")


# --- The five states, reached through the API ------------------------------------------------------------------

@pytest.fixture
def created(client, broker):
    """Pending CREATE: no console access, groups one and two."""
    create_user(client, broker, NAME, groups=["one", "two"])
    seen(client, broker, None, ("CREATE", False, ["one", "two"]))
    return broker


@pytest.fixture
def applied(client, created):
    """Applied: no console access, groups one and two."""
    reboot(client, created)
    seen(client, created, (False, ["one", "two"]))
    return created


@pytest.fixture
def updated(client, applied):
    """Applied as above, pending UPDATE: console access, group three."""
    update_user(client, applied, NAME, consoleAccess=True, groups=["three"])
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", True, ["three"]))
    return applied


@pytest.fixture
def deleted(client, applied):
    """Applied as above, pending DELETE."""
    delete_user(client, applied, NAME)
    seen(client, applied, (False, ["one", "two"]), ("DELETE", False, ["one", "two"]))
    return applied


@pytest.fixture
def deleted_unapplied(client, created):
    """Never applied, pending DELETE."""
    delete_user(client, created, NAME)
    seen(client, created, None, ("DELETE", False, ["one", "two"]))
    return created


# --- No such user ----------------------------------------------------------------------------------------------

def test_PND_1_nothing_create(client, broker):
    seen(client, broker)
    create_user(client, broker, NAME, consoleAccess=True, groups=["one"])
    seen(client, broker, None, ("CREATE", True, ["one"]))


def test_PND_2_nothing_update_and_delete(client, broker):
    assert_no_user(client.call("PUT", user_path(broker, NAME), {"consoleAccess": True}), NAME)
    assert_no_user(client.call("PUT", user_path(broker, NAME), {}), NAME)
    assert_no_user(client.call("DELETE", user_path(broker, NAME)), NAME)
    seen(client, broker)


# --- Pending CREATE --------------------------------------------------------------------------------------------

def test_PND_3_created_create(client, created):
    conflict(client, created)
    seen(client, created, None, ("CREATE", False, ["one", "two"]))


def test_PND_4_created_update(client, created):
    update_user(client, created, NAME, consoleAccess=True)
    seen(client, created, None, ("CREATE", True, ["one", "two"]))
    update_user(client, created, NAME, groups=["three"])
    seen(client, created, None, ("CREATE", True, ["three"]))
    update_user(client, created, NAME, password=PASSWORD + "2")
    seen(client, created, None, ("CREATE", True, ["three"]))
    update_user(client, created, NAME, consoleAccess=False, replicationUser=True)
    seen(client, created, None, ("CREATE", False, ["three"]), replication=True)
    reboot(client, created)
    seen(client, created, (False, ["three"]), replication=True)


def test_PND_5_PND_23_created_delete(client, created):
    delete_user(client, created, NAME)
    seen(client, created, None, ("DELETE", False, ["one", "two"]))


def test_PND_6_created_reboot(client, created):
    reboot(client, created)
    seen(client, created, (False, ["one", "two"]))


# --- Applied ---------------------------------------------------------------------------------------------------

def test_PND_7_applied_create(client, applied):
    conflict(client, applied)
    seen(client, applied, (False, ["one", "two"]))


@pytest.mark.parametrize("members, console, groups, replication", [
    ({"consoleAccess": True}, True, ["one", "two"], False),
    ({"consoleAccess": False}, False, ["one", "two"], False),
    ({"groups": ["three"]}, False, ["three"], False),
    ({"groups": ["one", "two"]}, False, ["one", "two"], False),
    ({"replicationUser": True}, False, ["one", "two"], True),
    ({"consoleAccess": True, "groups": ["three"], "replicationUser": False, "password": PASSWORD + "2"},
     True, ["three"], False),
])
def test_PND_8_PND_26_applied_update(client, applied, members, console, groups, replication):
    update_user(client, applied, NAME, **members)
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", console, groups), replication)
    reboot(client, applied)
    seen(client, applied, (console, groups), None, replication)


def test_PND_9_PND_23_applied_delete(client, applied):
    delete_user(client, applied, NAME)
    seen(client, applied, (False, ["one", "two"]), ("DELETE", False, ["one", "two"]))


def test_PND_10_applied_reboot(client, applied):
    reboot(client, applied)
    seen(client, applied, (False, ["one", "two"]))


# --- Pending UPDATE --------------------------------------------------------------------------------------------

def test_PND_11_updated_create(client, updated):
    conflict(client, updated)
    seen(client, updated, (False, ["one", "two"]), ("UPDATE", True, ["three"]))


def test_PND_12_updated_update(client, updated):
    update_user(client, updated, NAME, groups=["four"])
    seen(client, updated, (False, ["one", "two"]), ("UPDATE", True, ["four"]))
    update_user(client, updated, NAME, consoleAccess=False)
    seen(client, updated, (False, ["one", "two"]), ("UPDATE", False, ["four"]))
    update_user(client, updated, NAME, groups=["one", "two"])
    seen(client, updated, (False, ["one", "two"]), ("UPDATE", False, ["one", "two"]))
    reboot(client, updated)
    seen(client, updated, (False, ["one", "two"]))


def test_PND_13_PND_23_updated_delete(client, updated):
    delete_user(client, updated, NAME)
    seen(client, updated, (False, ["one", "two"]), ("DELETE", True, ["three"]))


def test_PND_14_updated_reboot(client, updated):
    reboot(client, updated)
    seen(client, updated, (True, ["three"]))


# --- Pending DELETE --------------------------------------------------------------------------------------------

def test_PND_15_deleted_create(client, deleted):
    conflict(client, deleted)
    seen(client, deleted, (False, ["one", "two"]), ("DELETE", False, ["one", "two"]))


def test_PND_15_deleted_unapplied_create(client, deleted_unapplied):
    conflict(client, deleted_unapplied)
    seen(client, deleted_unapplied, None, ("DELETE", False, ["one", "two"]))


def test_PND_16_deleted_update(client, deleted):
    update_user(client, deleted, NAME, consoleAccess=True)
    seen(client, deleted, (False, ["one", "two"]), ("UPDATE", True, ["one", "two"]))
    reboot(client, deleted)
    seen(client, deleted, (True, ["one", "two"]))


def test_PND_16_PND_23_deleted_update_keeps_an_earlier_update(client, updated):
    delete_user(client, updated, NAME)
    update_user(client, updated, NAME, consoleAccess=False)
    seen(client, updated, (False, ["one", "two"]), ("UPDATE", False, ["three"]))
    reboot(client, updated)
    seen(client, updated, (False, ["three"]))


def test_PND_16_PND_20_deleted_update_without_members(client, deleted):
    update_user(client, deleted, NAME)
    seen(client, deleted, (False, ["one", "two"]), ("UPDATE", False, ["one", "two"]))
    reboot(client, deleted)
    seen(client, deleted, (False, ["one", "two"]))


def test_PND_17_deleted_unapplied_update(client, deleted_unapplied):
    update_user(client, deleted_unapplied, NAME, consoleAccess=True)
    seen(client, deleted_unapplied, None, ("CREATE", True, ["one", "two"]))
    reboot(client, deleted_unapplied)
    seen(client, deleted_unapplied, (True, ["one", "two"]))


def test_PND_18_deleted_delete(client, deleted):
    for _ in range(2):
        delete_user(client, deleted, NAME)
        seen(client, deleted, (False, ["one", "two"]), ("DELETE", False, ["one", "two"]))


def test_PND_18_deleted_unapplied_delete(client, deleted_unapplied):
    for _ in range(2):
        delete_user(client, deleted_unapplied, NAME)
        seen(client, deleted_unapplied, None, ("DELETE", False, ["one", "two"]))


def test_PND_19_deleted_reboot(client, deleted):
    reboot(client, deleted)
    seen(client, deleted)
    assert_no_user(client.call("PUT", user_path(deleted, NAME), {}), NAME)


def test_PND_19_deleted_unapplied_reboot(client, deleted_unapplied):
    reboot(client, deleted_unapplied)
    seen(client, deleted_unapplied)


# --- Across the cells ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("body", [b"{}", b"", b" \r\n\t", None, b'{"consoleAccess":null,"groups":null,"password":null}',
                                  b'{"unknown":1}'])
def test_PND_20_ERR_13_ERR_16_update_without_members(client, applied, body):
    assert_ok(client.call("PUT", user_path(applied, NAME), body), {})
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, ["one", "two"]))


def test_PND_21_groups_are_replaced_whole(client, applied):
    update_user(client, applied, NAME, groups=["two", "three"])
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, ["two", "three"]))
    update_user(client, applied, NAME, groups=[])
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, []))
    update_user(client, applied, NAME, groups=None)
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, []))
    reboot(client, applied)
    seen(client, applied, (False, []))


def test_PND_21_no_groups_while_pending_create(client, created):
    update_user(client, created, NAME, groups=[])
    seen(client, created, None, ("CREATE", False, []))


def test_PND_22_a_password_alone_is_a_change(client, applied):
    update_user(client, applied, NAME, password=PASSWORD + "2")
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, ["one", "two"]))


def test_PND_26_replication_user_is_the_value_to_come(client, applied):
    update_user(client, applied, NAME, replicationUser=True)
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, ["one", "two"]), replication=True)
    delete_user(client, applied, NAME)
    seen(client, applied, (False, ["one", "two"]), ("DELETE", False, ["one", "two"]), replication=True)
    update_user(client, applied, NAME, replicationUser=False)
    seen(client, applied, (False, ["one", "two"]), ("UPDATE", False, ["one", "two"]), replication=False)


def test_PND_28_one_reboot_applies_the_changes_of_all_users(client, broker, other_broker):
    for name in ("kept", "changed", "gone"):
        create_user(client, broker, name)
    reboot(client, broker)
    update_user(client, broker, "changed", groups=["one"])
    delete_user(client, broker, "gone")
    create_user(client, broker, "new", consoleAccess=True)
    for name in ("kept", "changed", "gone"):
        create_user(client, other_broker, name)
    reboot(client, other_broker)
    update_user(client, other_broker, "changed", groups=["one"])
    delete_user(client, other_broker, "gone")
    create_user(client, other_broker, "new")
    reboot(client, broker)
    assert client.call("GET", users_path(broker)).json()["users"] == [{"username": "changed"}, {"username": "kept"},
                                                                       {"username": "new"}]
    seen(client, broker, (False, ["one"]), name="changed")
    seen(client, broker, (True, []), name="new")
    seen(client, other_broker, (False, []), ("UPDATE", False, ["one"]), name="changed")
    seen(client, other_broker, (False, []), ("DELETE", False, []), name="gone")
    seen(client, other_broker, (False, []), name="kept")
    seen(client, other_broker, None, ("CREATE", False, []), name="new")


def test_PND_30_PND_31_the_last_user_goes_and_comes_back(client, applied):
    delete_user(client, applied, NAME)
    reboot(client, applied)
    assert_ok(client.call("GET", users_path(applied)), {"brokerId": applied, "maxResults": 20, "users": []})
    create_user(client, applied, NAME, consoleAccess=True)
    seen(client, applied, None, ("CREATE", True, []))


def test_PND_5_PND_31_a_user_never_applied_goes_and_comes_back(client, deleted_unapplied):
    reboot(client, deleted_unapplied)
    create_user(client, deleted_unapplied, NAME, replicationUser=True)
    seen(client, deleted_unapplied, None, ("CREATE", False, []), replication=True)
