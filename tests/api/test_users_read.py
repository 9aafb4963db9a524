"""DescribeUser and ListUsers: the members they answer with."""

import pytest

from harness import (Server, assert_ok, broker_path, sql_broker, sql_pending_user, sql_user, user_path,
                     users_path)

ROWS = [{"pendingChange": "CREATE", "username": "created"},
        {"pendingChange": "DELETE", "username": "deleted"},
        {"pendingChange": "DELETE", "username": "never"},
        {"username": "plain"},
        {"username": "replica"},
        {"pendingChange": "UPDATE", "username": "updated"}]


@pytest.fixture(scope="module")
def server():
    seed = (sql_broker("b-1") + sql_broker("b-empty")
            + sql_user("b-1", "plain")
            + sql_user("b-1", "replica", groups=["two", "one"], replication_user=1)
            + sql_pending_user("b-1", "created", pending_console_access=1, pending_groups=["new"])
            + sql_user("b-1", "updated", console_access=1, groups=["old"], pending_change="UPDATE", pending_groups=[])
            + sql_user("b-1", "deleted", console_access=1, groups=["old"], pending_change="DELETE")
            + sql_user("b-1", "never", password=None, pending_change="DELETE", pending_password="never-applied-1",
                       pending_replication_user=1))
    with Server(seed=seed) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


@pytest.mark.parametrize("username, body", [
    ("plain", {"brokerId": "b-1", "consoleAccess": False, "groups": [], "replicationUser": False, "username": "plain"}),
    ("replica", {"brokerId": "b-1", "consoleAccess": False, "groups": ["two", "one"], "replicationUser": True,
                 "username": "replica"}),
    ("created", {"brokerId": "b-1", "pending": {"consoleAccess": True, "groups": ["new"], "pendingChange": "CREATE"},
                 "replicationUser": False, "username": "created"}),
    ("updated", {"brokerId": "b-1", "consoleAccess": True, "groups": ["old"],
                 "pending": {"consoleAccess": True, "groups": [], "pendingChange": "UPDATE"},
                 "replicationUser": False, "username": "updated"}),
    ("deleted", {"brokerId": "b-1", "consoleAccess": True, "groups": ["old"],
                 "pending": {"consoleAccess": True, "groups": ["old"], "pendingChange": "DELETE"},
                 "replicationUser": False, "username": "deleted"}),
    ("never", {"brokerId": "b-1", "pending": {"consoleAccess": False, "groups": [], "pendingChange": "DELETE"},
               "replicationUser": True, "username": "never"}),
])
def test_USR_2_PND_24_PND_25_PND_26_PND_29_describe_user(client, username, body):
    assert_ok(client.call("GET", user_path("b-1", username)), body)


def test_USR_3_PND_27_list_users(client):
    assert_ok(client.call("GET", users_path("b-1")), {"brokerId": "b-1", "maxResults": 20, "users": ROWS})


def test_PND_27_describe_broker_lists_the_same_users(client):
    assert assert_ok(client.call("GET", broker_path("b-1"))).json()["users"] == ROWS


def test_USR_3_BRK_22_no_users(client):
    assert_ok(client.call("GET", users_path("b-empty")), {"brokerId": "b-empty", "maxResults": 20, "users": []})
    assert assert_ok(client.call("GET", broker_path("b-empty"))).json()["users"] == []


def test_USR_12_reading_changes_nothing(client):
    before = client.call("GET", users_path("b-1")).body
    for username in ("plain", "created", "updated", "deleted"):
        first, second = (client.call("GET", user_path("b-1", username)).body for _ in range(2))
        assert first == second
    assert client.call("GET", users_path("b-1")).body == before


def test_PND_27_more_users_than_a_page_in_describe_broker(serve):
    names = [f"user-{number:03}" for number in range(250)]
    seed = sql_broker("b-many") + "".join(sql_user("b-many", name) for name in reversed(names))
    client = serve(seed=seed).client()
    users = assert_ok(client.call("GET", broker_path("b-many"))).json()["users"]
    assert users == [{"username": name} for name in names]
