"""CreateUser: what it answers, and every rule of its members."""

import json

import pytest

import rules
from harness import (PASSWORD, assert_bad_request, assert_error, assert_no_user, assert_ok, create_user,
                     delete_user, reboot, sql_broker, sql_user, user_path, users_path, views)

GROUP_COUNT = "Specify no more than [20] groups."
EXCLUSIVE = ("Replication user couldn't have console access. [replicationUser] and [consoleAccess] are mutually "
             "exclusive parameters.")


def create(client, broker, username="alice", **members):
    """CreateUser with a good password unless one is given."""
    return client.call("POST", user_path(broker, username), {"password": PASSWORD, **members})


def refused(client, broker, message, attribute, username="alice", **members):
    """CreateUser is refused with that error, and no user is left behind."""
    assert_bad_request(create(client, broker, username, **members), message, attribute)
    assert assert_ok(client.call("GET", users_path(broker))).json()["users"] == []


def test_USR_1_USR_2_USR_4_create_with_the_password_only(client, broker):
    assert_ok(create(client, broker), {})
    described = client.call("GET", user_path(broker, "alice"))
    assert_ok(described, {"brokerId": broker,
                          "pending": {"consoleAccess": False, "groups": [], "pendingChange": "CREATE"},
                          "replicationUser": False, "username": "alice"})


def test_USR_1_USR_28_create_with_all_members(client, broker):
    response = create(client, broker, consoleAccess=True, groups=["zebra", "admins", "Admins"], replicationUser=False)
    assert_ok(response, {})
    described = client.call("GET", user_path(broker, "alice"))
    assert_ok(described, {"brokerId": broker,
                          "pending": {"consoleAccess": True, "groups": ["zebra", "admins", "Admins"],
                                      "pendingChange": "CREATE"},
                          "replicationUser": False, "username": "alice"})


def test_USR_5_password_is_in_no_answer(client, broker):
    secret = "s3cret-never-to-be-seen"
    answers = [create(client, broker, password=secret, consoleAccess=True),
               create(client, broker, password=secret),
               create(client, broker, "x", password=secret),
               create(client, broker, "other", password=secret, groups=["!!"]),
               create(client, broker, "other", password=secret + ","),
               create(client, broker, "other", password=secret, groups=[secret, 1]),
               client.call("GET", user_path(broker, "alice")),
               client.call("GET", users_path(broker))]
    for answer in answers:
        assert secret.encode() not in answer.body
        assert all(secret not in value for _, value in answer.headers)


def test_USR_8_conflict(client, broker):
    create_user(client, broker, "alice", groups=["first"])
    assert_error(create(client, broker, groups=["second"]), 409, "ConflictException",
                 "User named [alice] already exists. Specify a unique username.", "username")
    described, _, _ = views(client, broker, "alice")
    assert described["pending"]["groups"] == ["first"]


def test_USR_8_PAG_11_names_differ_by_case(client, broker):
    create_user(client, broker, "alice")
    create_user(client, broker, "Alice")
    assert_no_user(client.call("GET", user_path(broker, "ALICE")), "ALICE")
    names = [row["username"] for row in client.call("GET", users_path(broker)).json()["users"]]
    assert names == ["Alice", "alice"]


# --- The username ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("username", rules.values("username", "ok"))
def test_USR_15_USR_16_usernames_that_are_accepted(client, broker, username):
    assert_ok(create(client, broker, username), {})
    assert views(client, broker, username)[1] == {"pendingChange": "CREATE", "username": username}


@pytest.mark.parametrize("username", rules.values("username", "length"))
def test_USR_15_USR_34_username_length(client, broker, username):
    refused(client, broker, rules.text("username", "length"), "username", username)


@pytest.mark.parametrize("username", rules.values("username", "characters"))
def test_USR_16_USR_34_username_characters(client, broker, username):
    refused(client, broker, rules.text("username", "characters"), "username", username)


# --- The password ----------------------------------------------------------------------------------------------

def test_USR_18_password_is_required(client, broker):
    for body in ({}, {"consoleAccess": True}, {"password": None}, {"Password": PASSWORD}, {"groups": ["a"]}):
        response = client.call("POST", user_path(broker, "alice"), body)
        assert_bad_request(response, "[password] is required.", "password")
    assert_no_user(client.call("GET", user_path(broker, "alice")), "alice")


@pytest.mark.parametrize("password", rules.values("password", "ok"))
def test_USR_19_USR_21_USR_22_passwords_that_are_accepted(client, broker, password):
    assert_ok(create(client, broker, password=password), {})


@pytest.mark.parametrize("password", rules.values("password", "length"))
def test_USR_19_USR_34_password_length_counts_code_points(client, broker, password):
    assert not 12 <= len(password) <= 250
    refused(client, broker, rules.text("password", "length"), "password", password=password)


@pytest.mark.parametrize("password", rules.values("password", "characters"))
def test_USR_20_USR_23_password_characters(client, broker, password):
    refused(client, broker, rules.text("password", "characters"), "password", password=password)


@pytest.mark.parametrize("password", rules.values("password", "printable"))
def test_USR_21_USR_23_USR_34_password_printable(client, broker, password):
    refused(client, broker, rules.text("password", "printable"), "password", password=password)


@pytest.mark.parametrize("password", rules.values("password", "unique"))
def test_USR_22_password_unique(client, broker, password):
    assert len(set(password)) < 4
    refused(client, broker, rules.text("password", "unique"), "password", password=password)


def test_USR_34_escaped_characters_count_once(client, broker):
    too_short, just_right = r'{"password":"\u0061bcdefghij\/"}', r'{"password":"\u0061bcd\u0065fghijk\/"}'
    assert [len(json.loads(body)["password"]) for body in (too_short, just_right)] == [11, 12]
    assert_bad_request(client.call("POST", user_path(broker, "alice"), too_short), rules.text("password", "length"), "password")
    assert_ok(client.call("POST", user_path(broker, "alice"), just_right), {})


# --- The groups ------------------------------------------------------------------------------------------------

def numbered(count):
    return [f"group-{number}" for number in range(count)]


@pytest.mark.parametrize("groups, kept", [
    ([], []),
    (rules.values("group", "ok"), rules.values("group", "ok")),
    (numbered(20), numbered(20)),
    (["one", "two", "one", "three", "two"], ["one", "two", "three"]),
    (["one"] * 20, ["one"]),
])
def test_USR_24_USR_25_USR_26_USR_28_groups_that_are_accepted(client, broker, groups, kept):
    assert_ok(create(client, broker, groups=groups), {})
    assert views(client, broker, "alice")[0]["pending"]["groups"] == kept


@pytest.mark.parametrize("groups", [numbered(21), ["one"] * 21, numbered(20) + [""], numbered(500)])
def test_USR_24_group_count(client, broker, groups):
    refused(client, broker, GROUP_COUNT, "groups", groups=groups)


@pytest.mark.parametrize("name", rules.values("group", "length"))
def test_USR_25_USR_34_group_length(client, broker, name):
    refused(client, broker, rules.text("group", "length", name), "groups", groups=["good", name])


@pytest.mark.parametrize("name", rules.values("group", "characters"))
def test_USR_26_USR_34_group_characters(client, broker, name):
    refused(client, broker, rules.text("group", "characters", name), "groups", groups=["good", name])


@pytest.mark.parametrize("groups, message", [
    (["good", "b", "c!"], rules.text("group", "length", "b")),
    (["good", "c!", "b"], rules.text("group", "characters", "c!")),
    (["!", "b"], rules.text("group", "length", "!")),
    (["good", "good", "x y"], rules.text("group", "characters", "x y")),
])
def test_USR_27_groups_are_looked_at_one_by_one(client, broker, groups, message):
    refused(client, broker, message, "groups", groups=groups)


# --- Both flags, ignored members, the order of the members -----------------------------------------------------

def test_USR_29_replication_user_with_console_access(client, broker):
    refused(client, broker, EXCLUSIVE, None, consoleAccess=True, replicationUser=True)


@pytest.mark.parametrize("members", [{"consoleAccess": True, "replicationUser": False},
                                     {"consoleAccess": False, "replicationUser": True},
                                     {"consoleAccess": True}, {"replicationUser": True},
                                     {"consoleAccess": True, "replicationUser": None}])
def test_USR_29_PND_26_one_of_the_two_flags(client, broker, members):
    assert_ok(create(client, broker, **members), {})
    described, _, _ = views(client, broker, "alice")
    assert described["replicationUser"] is bool(members.get("replicationUser"))
    assert described["pending"]["consoleAccess"] is bool(members.get("consoleAccess"))


def test_USR_33_username_and_broker_id_in_the_body_are_ignored(client, broker):
    for name, members in (("alice", {"username": "mallory", "brokerId": "b-other"}),
                          ("second", {"username": 12, "brokerId": ["x"]}), ("third", {"username": "!"})):
        assert_ok(client.call("POST", user_path(broker, name), {"password": PASSWORD, **members}), {})
    names = [row["username"] for row in client.call("GET", users_path(broker)).json()["users"]]
    assert names == ["alice", "second", "third"]


@pytest.mark.parametrize("username, members, message, attribute", [
    ("x", {"groups": ["y"], "password": "short", "consoleAccess": True, "replicationUser": True},
     rules.text("group", "length", "y"), "groups"),
    ("x", {"password": "short", "consoleAccess": True, "replicationUser": True}, rules.text("password", "length"), "password"),
    ("x", {"consoleAccess": True, "replicationUser": True}, rules.text("username", "length"), "username"),
    ("x y", {"groups": ["y"]}, rules.text("group", "length", "y"), "groups"),
    ("x y", {"password": "short"}, rules.text("password", "length"), "password"),
    ("alice", {"consoleAccess": True, "replicationUser": True}, EXCLUSIVE, None),
])
def test_ERR_19_rules_in_the_order_of_the_model(client, broker, username, members, message, attribute):
    refused(client, broker, message, attribute, username, **members)


# --- The quota -------------------------------------------------------------------------------------------------

QUOTA = "Broker [quota] can't have more than [250] users."


def test_USR_31_quota_of_250_users(serve):
    seed = sql_broker("b-quota") + "".join(sql_user("b-quota", f"user-{number:03}") for number in range(249))
    client = serve("--reboot-time", "0", seed=seed).client()
    create_user(client, "b-quota", "number-250")
    assert_bad_request(create(client, "b-quota", "number-251"), QUOTA)
    assert_error(create(client, "b-quota", "user-000"), 409, "ConflictException",
                 "User named [user-000] already exists. Specify a unique username.", "username")
    delete_user(client, "b-quota", "user-000")
    assert_bad_request(create(client, "b-quota", "number-251"), QUOTA)
    reboot(client, "b-quota")
    create_user(client, "b-quota", "number-251")
    assert_bad_request(create(client, "b-quota", "number-252"), QUOTA)


def test_USR_31_USR_32_seeds_are_not_bound_by_the_quota(serve):
    seed = sql_broker("b-quota") + "".join(sql_user("b-quota", f"user-{number:03}") for number in range(260))
    client = serve(seed=seed).client()
    assert_bad_request(create(client, "b-quota", "one-more"), QUOTA)
    names = [row["username"] for row in client.call("GET", "/v1/brokers/b-quota").json()["users"]]
    assert names == [f"user-{number:03}" for number in range(260)]


def test_USR_31_the_quota_is_each_brokers_own(serve):
    seed = (sql_broker("b-quota") + sql_broker("b-other")
            + "".join(sql_user("b-quota", f"user-{number:03}") for number in range(250)))
    client = serve(seed=seed).client()
    assert_bad_request(create(client, "b-quota"), QUOTA)
    create_user(client, "b-other", "alice")
