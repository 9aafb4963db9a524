"""UpdateUser: which of its members' rules it shares with CreateUser, and what is its own."""

import pytest

import rules
from harness import (PASSWORD, assert_bad_request, assert_no_user, assert_ok, create_user, update_user, user_path,
                     views)

EXCLUSIVE = ("Replication user couldn't have console access. [replicationUser] and [consoleAccess] are mutually "
             "exclusive parameters.")


def update(client, broker, username="alice", **members):
    return client.call("PUT", user_path(broker, username), members)


def test_USR_1_update_answers_an_empty_object(client, broker):
    create_user(client, broker, "alice")
    assert_ok(update(client, broker, consoleAccess=True), {})


BROKEN = [({"password": value}, rules.text(rule, verdict), "password") if rule == "password" else
          ({"groups": ["gg", value]}, rules.text(rule, verdict, value), "groups")
          for rule, verdict, value, _ in rules.broken("password", "group")]


@pytest.mark.parametrize("members, message, attribute", [
    *BROKEN,
    ({"groups": ["gg"] * 21}, "Specify no more than [20] groups.", "groups"),
    ({"groups": ["g"], "password": ""}, rules.text("group", "length", "g"), "groups"),
    ({"password": "", "consoleAccess": True, "replicationUser": True}, rules.text("password", "length"), "password"),
    ({"consoleAccess": True, "replicationUser": True}, EXCLUSIVE, None),
])
def test_USR_35_USR_29_ERR_29_members_are_checked_and_nothing_is_staged(client, broker, members, message, attribute):
    create_user(client, broker, "alice", groups=["first"])
    before = views(client, broker, "alice")
    assert_bad_request(update(client, broker, **members), message, attribute)
    assert views(client, broker, "alice") == before


def test_USR_35_boundaries_that_are_accepted(client, broker):
    create_user(client, broker, "alice")
    for password in ("abcdefghijkl", "abcd" * 62 + "ef", "with spaces in it"):
        update_user(client, broker, "alice", password=password)
    update_user(client, broker, "alice", groups=[f"group-{number}" for number in range(20)])
    assert len(views(client, broker, "alice")[0]["pending"]["groups"]) == 20
    update_user(client, broker, "alice", groups=["bb", "aa", "bb"])
    assert views(client, broker, "alice")[0]["pending"]["groups"] == ["bb", "aa"]


@pytest.mark.parametrize("created, update_members", [
    ({"consoleAccess": True}, {"replicationUser": True}),
    ({"replicationUser": True}, {"consoleAccess": True}),
    ({"replicationUser": True}, {"consoleAccess": True, "groups": ["gg"], "password": PASSWORD + "2"}),
])
def test_USR_30_both_flags_after_merging(client, broker, created, update_members):
    create_user(client, broker, "alice", **created)
    before = views(client, broker, "alice")
    assert_bad_request(update(client, broker, **update_members), EXCLUSIVE)
    assert views(client, broker, "alice") == before


@pytest.mark.parametrize("update_members", [{"replicationUser": True, "consoleAccess": False},
                                            {"consoleAccess": True}, {"replicationUser": False},
                                            {"consoleAccess": True, "replicationUser": False}])
def test_USR_30_flags_that_go_together_after_merging(client, broker, update_members):
    create_user(client, broker, "alice", consoleAccess=True)
    update_user(client, broker, "alice", **update_members)
    described, _, _ = views(client, broker, "alice")
    assert described["pending"]["consoleAccess"] is update_members.get("consoleAccess", True)
    assert described["replicationUser"] is update_members.get("replicationUser", False)


@pytest.mark.parametrize("username", ["x", "a" * 101, "a b", "é", "a/b", "%"])
def test_USR_17_names_no_user_can_have_are_unknown(client, broker, username):
    create_user(client, broker, "alice")
    assert_no_user(update(client, broker, username, consoleAccess=True), username)
    assert_no_user(client.call("GET", user_path(broker, username)), username)
    assert_no_user(client.call("DELETE", user_path(broker, username)), username)


def test_USR_7_unknown_user(client, broker):
    create_user(client, broker, "alice")
    assert_no_user(update(client, broker, "bob", consoleAccess=True), "bob")
    assert_no_user(update(client, broker, "Alice", consoleAccess=True), "Alice")
    assert_no_user(client.call("GET", user_path(broker, "bob")), "bob")
    assert_no_user(client.call("DELETE", user_path(broker, "bob")), "bob")


def test_USR_7_users_belong_to_one_broker(client, broker, other_broker):
    create_user(client, broker, "alice")
    assert_no_user(client.call("GET", user_path(other_broker, "alice")), "alice")
    assert_no_user(update(client, other_broker, consoleAccess=True), "alice")
    assert_no_user(client.call("DELETE", user_path(other_broker, "alice")), "alice")
    create_user(client, other_broker, "alice", consoleAccess=True)
    assert views(client, broker, "alice")[0]["pending"]["consoleAccess"] is False


def test_USR_33_username_and_broker_id_in_the_body_are_ignored(client, broker):
    create_user(client, broker, "alice")
    create_user(client, broker, "bob")
    assert_ok(client.call("PUT", user_path(broker, "alice"),
                          {"username": "bob", "brokerId": "b-other", "consoleAccess": True}), {})
    assert views(client, broker, "alice")[0]["pending"]["consoleAccess"] is True
    assert views(client, broker, "bob")[0]["pending"]["consoleAccess"] is False
