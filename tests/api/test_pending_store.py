"""What of a pending change only a stopped store shows: passwords, and which side they are on."""

import sqlite3

from harness import (PASSWORD, assert_bad_request, assert_error, create_user, delete_user, reboot, sql_broker,
                     sql_user, update_user, user_path)

SECOND, THIRD = "the-second-password-2", "the-third-password-3"


def test_PND_4_PND_8_PND_16_PND_17_PND_20_PND_22_PND_29_passwords(serve, tmp_path):
    path = tmp_path / "store.db"
    server = serve("--reboot-time", "0", "--db", path, seed=sql_broker("b-1") + sql_user("b-1", "seeded"))

    def stored(username="alice"):
        """(pending change, applied password, password to come), None if there is no such row."""
        server.close_clients()
        server.stop()
        store = sqlite3.connect(path)
        row = store.execute("SELECT u.pending_change, u.password, p.password FROM user u LEFT JOIN pending_user p "
                            "USING (broker_id, username) WHERE u.username = ?", (username,)).fetchone()
        store.close()
        server.start()
        return row

    def do(action, **members):
        with server.client() as client:
            if action is reboot:
                reboot(client, "b-1")
            else:
                action(client, "b-1", "alice", **members)

    assert stored("seeded") == (None, PASSWORD, None)
    do(create_user)
    assert stored() == ("CREATE", None, PASSWORD)
    do(update_user, password=SECOND)
    assert stored() == ("CREATE", None, SECOND)
    do(update_user, groups=["one"])
    assert stored() == ("CREATE", None, SECOND)
    do(delete_user)
    assert stored() == ("DELETE", None, SECOND)
    do(update_user)
    assert stored() == ("CREATE", None, SECOND)
    do(reboot)
    assert stored() == (None, SECOND, None)
    do(update_user, password=THIRD)
    assert stored() == ("UPDATE", SECOND, THIRD)
    do(update_user, consoleAccess=True)
    assert stored() == ("UPDATE", SECOND, THIRD)
    do(delete_user)
    assert stored() == ("DELETE", SECOND, THIRD)
    do(update_user)
    assert stored() == ("UPDATE", SECOND, THIRD)
    do(reboot)
    assert stored() == (None, THIRD, None)
    do(update_user)
    assert stored() == ("UPDATE", THIRD, THIRD)
    do(delete_user)
    assert stored() == ("DELETE", THIRD, THIRD)
    do(reboot)
    assert stored() is None
    assert stored("seeded") == (None, PASSWORD, None)


def test_ERR_29_PND_3_PND_7_a_refused_call_changes_no_password(serve, tmp_path):
    path = tmp_path / "store.db"
    server = serve("--db", path, seed=sql_broker("b-1") + sql_user("b-1", "alice") + sql_user(
        "b-1", "bob", pending_change="UPDATE", pending_password=SECOND))
    client = server.client()
    for name in ("alice", "bob"):
        assert_error(client.call("POST", user_path("b-1", name), {"password": THIRD}), 409, "ConflictException",
                     f"User named [{name}] already exists. Specify a unique username.", "username")
        assert_bad_request(client.call("PUT", user_path("b-1", name), {"password": THIRD, "groups": ["!!"]}),
                           "Make sure group [!!] only contains valid characters [A-Za-z0-9-._~].", "groups")
        assert_bad_request(client.call("PUT", user_path("b-1", name),
                                       {"password": THIRD, "consoleAccess": True, "replicationUser": True}),
                           "Replication user couldn't have console access. [replicationUser] and [consoleAccess] are "
                           "mutually exclusive parameters.")
    server.close_clients()
    server.stop()
    store = sqlite3.connect(path)
    assert store.execute("SELECT username, password, pending_password FROM user ORDER BY username").fetchall() == [
        ("alice", PASSWORD, None), ("bob", PASSWORD, SECOND)]
    store.close()
