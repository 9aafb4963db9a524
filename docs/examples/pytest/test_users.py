import pytest
from botocore.exceptions import ClientError
from users import add_users

BROKER = "b-orders"
USERS = {"alice": "alice-password-1", "bob": "bob-password-12"}


def state(mq):
    return mq.describe_broker(BrokerId=BROKER)["BrokerState"]


def test_new_users_can_log_in_after_the_reboot(mq, local):
    add_users(mq, BROKER, USERS)
    assert state(mq) == "REBOOT_IN_PROGRESS"
    assert not local.login(BROKER, "alice", USERS["alice"])["authenticated"]

    local.advance(seconds=3600)

    assert state(mq) == "RUNNING"
    assert local.login(BROKER, "alice", USERS["alice"]) == {
        "authenticated": True, "consoleAccess": False, "groups": ["team"]}
    assert not local.login(BROKER, "alice", "a-wrong-password")["authenticated"]


def test_a_call_that_fails_is_tried_again(mq, local):
    local.fault(operation="CreateUser", username="bob", error="InternalServerErrorException", times=2)
    add_users(mq, BROKER, USERS)
    assert [call["status"] for call in local.requests(username="bob")] == [500, 500, 200]


def test_what_is_sent(mq, local):
    add_users(mq, BROKER, USERS)
    sent = [(call["operation"], call.get("username")) for call in local.requests()]
    assert sent == [("DescribeBroker", None), ("CreateUser", "alice"), ("CreateUser", "bob"),
                    ("DescribeBroker", None), ("RebootBroker", None)]
    assert local.requests(username="alice")[0]["body"] == {"groups": ["team"], "password": "***"}


def test_no_reboot_without_a_change(mq, local):
    add_users(mq, BROKER, {"admin": "admin-password-1"})
    assert local.requests(operation="RebootBroker") == []


def test_whatever_fails_the_next_run_completes(mq, local):
    before = local.snapshot()
    for operation in "DescribeBroker", "CreateUser", "RebootBroker":
        local.restore(before)
        local.fault(operation=operation, error="ForbiddenException", times=1)
        with pytest.raises(ClientError, match="ForbiddenException"):
            add_users(mq, BROKER, USERS)

        add_users(mq, BROKER, USERS)

        local.advance(seconds=3600)
        for name, password in USERS.items():
            assert local.login(BROKER, name, password)["authenticated"], operation
