"""The real boto3 against the real server."""

import datetime
import json
import urllib.error
import urllib.request

import botocore
import botocore.config
import botocore.exceptions
import botocore.session
import pytest

from boto3_client import call, connect, members, reboot, refusal
from conftest import ERRORS, error_id, logged_request, many_brokers, many_users
import readme
from harness import PASSWORD, sql_broker, sql_fault

# Every character a path segment has to encode, and some that need no encoding.
STRANGE = "we ird/üñ?#%+&=:@!$'()*,;~._-%2F"


def change_of(users, name):
    """What a list of users says about one of them: None, or the pending change."""
    (row,) = [user for user in users if user["Username"] == name]
    return row.get("PendingChange")


def test_the_life_of_a_user(serve):
    mq = connect(serve("--reboot-time", "100ms"))
    alice = {"BrokerId": "b-orders", "Username": "alice"}

    brokers = {row["BrokerName"]: row for row in mq.list_brokers()["BrokerSummaries"]}
    assert brokers["orders"]["BrokerId"] == "b-orders"
    assert brokers["events"]["EngineType"] == "RabbitMQ"
    broker = mq.describe_broker(BrokerId="b-orders")
    assert broker["BrokerState"] == "RUNNING"
    assert broker["EngineType"] == "ActiveMQ"
    assert broker["BrokerArn"] == "arn:aws:mq:us-east-1:123456789012:broker:orders:b-orders"
    assert isinstance(broker["Created"], datetime.datetime)
    assert broker["Users"] == [{"Username": "reader"}]

    created = mq.create_user(**alice, Password=PASSWORD, ConsoleAccess=True, Groups=["admins"])
    assert members(created) == {}
    assert members(mq.describe_user(**alice)) == {
        **alice, "ReplicationUser": False,
        "Pending": {"ConsoleAccess": True, "Groups": ["admins"], "PendingChange": "CREATE"}}
    assert members(mq.list_users(BrokerId="b-orders")) == {
        "BrokerId": "b-orders", "MaxResults": 20,
        "Users": [{"Username": "alice", "PendingChange": "CREATE"}, {"Username": "reader"}]}

    assert members(mq.update_user(**alice, Groups=["admins", "auditors"])) == {}
    assert mq.describe_user(**alice)["Pending"] == {
        "ConsoleAccess": True, "Groups": ["admins", "auditors"], "PendingChange": "CREATE"}

    reboot(mq)
    applied = {**alice, "ConsoleAccess": True, "Groups": ["admins", "auditors"], "ReplicationUser": False}
    assert members(mq.describe_user(**alice)) == applied
    assert change_of(mq.list_users(BrokerId="b-orders")["Users"], "alice") is None

    mq.update_user(**alice, ConsoleAccess=False)
    pending = {"ConsoleAccess": False, "Groups": ["admins", "auditors"]}
    assert members(mq.describe_user(**alice)) == {**applied, "Pending": {**pending, "PendingChange": "UPDATE"}}
    assert change_of(mq.describe_broker(BrokerId="b-orders")["Users"], "alice") == "UPDATE"

    assert members(mq.delete_user(**alice)) == {}
    assert members(mq.describe_user(**alice)) == {**applied, "Pending": {**pending, "PendingChange": "DELETE"}}
    assert change_of(mq.list_users(BrokerId="b-orders")["Users"], "alice") == "DELETE"

    reboot(mq)
    assert refusal(mq, "NotFoundException", "DescribeUser", **alice)["ErrorAttribute"] == "username"
    assert mq.list_users(BrokerId="b-orders")["Users"] == [{"Username": "reader"}]


def test_a_reboot_takes_its_time(serve):
    mq = connect(serve("--reboot-time", "real"))
    mq.reboot_broker(BrokerId="b-orders")
    assert mq.describe_broker(BrokerId="b-orders")["BrokerState"] == "REBOOT_IN_PROGRESS"
    assert "REBOOT_IN_PROGRESS" in refusal(mq, "BadRequestException", "DeleteUser", BrokerId="b-orders",
                                           Username="reader")["Message"]


def test_list_users_is_paged_by_hand(serve):
    more, names = many_users(12)
    mq = connect(serve(more=more))
    pages, token = [], {}
    while True:
        page = mq.list_users(BrokerId="b-orders", MaxResults=5, **token)
        assert page["MaxResults"] == 5
        pages.append([user["Username"] for user in page["Users"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [names[:5], names[5:10], names[10:]]
    first = mq.list_users(BrokerId="b-orders", MaxResults=5, NextToken="")
    assert [user["Username"] for user in first["Users"]] == names[:5]
    assert refusal(mq, "BadRequestException", "ListUsers", BrokerId="b-orders",
                   NextToken="tok+/=~ %2F")["ErrorAttribute"] == "nextToken"


def test_list_brokers_has_a_paginator(serve):
    more, ids = many_brokers(9)
    mq = connect(serve(more=more))
    paginator = mq.get_paginator("list_brokers")
    for settings in ({"PageSize": 5}, {"PageSize": 5, "StartingToken": ""}):
        pages = [[row["BrokerId"] for row in page["BrokerSummaries"]]
                 for page in paginator.paginate(PaginationConfig=settings)]
        assert pages == [ids[:5], ids[5:10], ids[10:]]


@pytest.mark.parametrize("case", ERRORS, ids=error_id)
def test_each_error_is_its_own_class(serve, case):
    mq = connect(serve(more=sql_fault(**case["fault"]) if "fault" in case else ""))
    with pytest.raises(getattr(mq.exceptions, case["error"])) as caught:
        call(mq, case["operation"], case["parameters"])
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == case["status"]
    assert response["ResponseMetadata"]["RetryAttempts"] == 0
    assert response["Message"] == response["Error"]["Message"] == case["message"]
    assert response.get("ErrorAttribute") == case.get("attribute")


def test_errors_json_has_every_modelled_error():
    model = botocore.session.get_session().get_service_model("mq")
    seen = {(case["operation"], case["error"]) for case in ERRORS}
    assert seen == {(operation, shape.name) for operation in model.operation_names
                    for shape in model.operation_model(operation).error_shapes}


def test_throttling_has_its_name(serve):
    mq = connect(serve(more=sql_fault(operation="ListUsers", error="TooManyRequestsException", times=1)))
    response = refusal(mq, "TooManyRequestsException", "ListUsers", BrokerId="b-orders")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert response["Error"]["Message"] == "Too Many Requests"


@pytest.mark.parametrize("error", ["InternalServerErrorException", "TooManyRequestsException"])
def test_the_default_retries_outlive_two_failures(serve, monkeypatch, error):
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    mq = connect(serve(more=sql_fault(operation="CreateUser", error=error, times=2)))
    response = mq.create_user(BrokerId="b-orders", Username="alice", Password=PASSWORD)
    assert response["ResponseMetadata"]["RetryAttempts"] == 2
    assert change_of(mq.list_users(BrokerId="b-orders")["Users"], "alice") == "CREATE"


def test_a_retry_after_a_lost_answer_meets_the_conflict(serve, monkeypatch):
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    mq = connect(serve(more=sql_fault(operation="CreateUser", drop_connection=1, times=1)))
    response = refusal(mq, "ConflictException", "CreateUser", BrokerId="b-orders", Username="alice", Password=PASSWORD)
    assert response["ResponseMetadata"]["RetryAttempts"] == 1
    assert mq.describe_user(BrokerId="b-orders", Username="alice")["Pending"]["PendingChange"] == "CREATE"


def test_a_lost_answer_without_a_retry_is_a_connection_error(serve):
    mq = connect(serve(more=sql_fault(operation="CreateUser", drop_connection=1, times=1)))
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        mq.create_user(BrokerId="b-orders", Username="alice", Password=PASSWORD)


def test_the_request_id_is_the_one_of_the_log(serve):
    server = serve()
    mq = connect(server)
    done = mq.list_users(BrokerId="b-orders")["ResponseMetadata"]["RequestId"]
    refused = refusal(mq, "NotFoundException", "DescribeUser", BrokerId="b-orders", Username="nobody")
    line = logged_request(server, done)
    assert (line["operation"], line["status"]) == ("ListUsers", "200")
    line = logged_request(server, refused["ResponseMetadata"]["RequestId"])
    assert (line["operation"], line["status"], line["error"]) == ("DescribeUser", "404", "NotFoundException")


def test_a_username_arrives_as_it_was_given(serve):
    mq = connect(serve())
    strange = {"BrokerId": "b-orders", "Username": STRANGE}
    assert refusal(mq, "BadRequestException", "CreateUser", **strange, Password=PASSWORD)["Message"] == (
        "Make sure your username only contains valid characters [A-Za-z0-9-._~].")
    for operation in ("DescribeUser", "UpdateUser", "DeleteUser"):
        assert refusal(mq, "NotFoundException", operation, **strange)["Message"] == (
            f"Can't find requested user [{STRANGE}]. Make sure your user exists.")


@pytest.mark.parametrize("name", ["..", "a~b-c._d"])
def test_a_username_of_dots_and_tildes_is_a_username(serve, name):
    mq = connect(serve("--reboot-time", "0"))
    user = {"BrokerId": "b-orders", "Username": name}
    mq.create_user(**user, Password=PASSWORD)
    mq.update_user(**user, ConsoleAccess=True)
    reboot(mq)
    assert mq.describe_user(**user)["ConsoleAccess"] is True
    mq.delete_user(**user)
    assert change_of(mq.list_users(BrokerId="b-orders")["Users"], name) == "DELETE"


@pytest.mark.parametrize("operation", ["CreateUser", "DescribeUser", "UpdateUser", "DeleteUser"])
def test_an_empty_username_is_refused_by_the_server(serve, operation):
    password = {"Password": PASSWORD} if operation == "CreateUser" else {}
    response = refusal(connect(serve()), "BadRequestException", operation, BrokerId="b-orders", Username="", **password)
    assert response["ErrorAttribute"] == "username"
    assert response["Message"] == "Username is invalid. Enter a username 2 to 100 characters long."


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_MQ", "AWS_ENDPOINT_URL"])
def test_the_endpoint_comes_from_the_environment(serve, monkeypatch, variable):
    monkeypatch.setenv(variable, serve().url)
    assert connect().describe_broker(BrokerId="b-orders")["BrokerName"] == "orders"


def test_the_endpoint_comes_from_a_profile(serve, monkeypatch, tmp_path):
    config = tmp_path / "config"
    config.write_text(f"[default]\nservices = local\n[services local]\nmq =\n  endpoint_url = {serve().url}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert connect().describe_broker(BrokerId="b-orders")["BrokerName"] == "orders"


def test_account_and_region_are_worlds_of_their_own(serve):
    server = serve(more=sql_broker("b-far", account="111122223333", region="eu-west-1"))
    far = connect(server, aws_access_key_id="111122223333", aws_secret_access_key="secret", region_name="eu-west-1")
    (row,) = far.list_brokers()["BrokerSummaries"]
    assert row["BrokerArn"] == "arn:aws:mq:eu-west-1:111122223333:broker:far:b-far"
    refusal(connect(server), "NotFoundException", "DescribeBroker", BrokerId="b-far")


# --- Signatures -------------------------------------------------------------------------------------------------

VERIFIED = {"aws_access_key_id": "AKIDVERIFIED", "aws_secret_access_key": "the+right/secret"}


def test_every_call_verifies_with_the_right_secret(serve):
    more, names = many_users(6)
    mq = connect(serve("--auth", "verify", "--reboot-time", "0", more=more), **VERIFIED)
    assert len(mq.list_brokers(MaxResults=5)["BrokerSummaries"]) == 3
    token = mq.list_users(BrokerId="b-orders", MaxResults=5)["NextToken"]
    rest = mq.list_users(BrokerId="b-orders", MaxResults=5, NextToken=token)["Users"]
    assert [user["Username"] for user in rest] == names[5:]
    for name in ("alice", ".."):
        user = {"BrokerId": "b-orders", "Username": name}
        mq.create_user(**user, Password="pass word ~ 1 & more", Groups=["admins"])
        mq.update_user(**user, ConsoleAccess=True)
        reboot(mq)
        assert mq.describe_user(**user)["ConsoleAccess"] is True
        mq.delete_user(**user)
    refusal(mq, "NotFoundException", "DescribeUser", BrokerId="b-orders", Username=STRANGE)
    refusal(mq, "BadRequestException", "DescribeUser", BrokerId="b-orders", Username="")


def test_a_session_token_is_signed_along(serve):
    mq = connect(serve("--auth", "verify"), aws_session_token="a session/token+==", **VERIFIED)
    assert mq.describe_broker(BrokerId="b-orders")["BrokerName"] == "orders"


@pytest.mark.parametrize("settings, error", [
    ({**VERIFIED, "aws_secret_access_key": "the+wrong/secret"}, "InvalidSignatureException"),
    ({**VERIFIED, "aws_access_key_id": "AKIDUNKNOWN"}, "UnrecognizedClientException"),
    ({"config": botocore.config.Config(signature_version=botocore.UNSIGNED)}, "MissingAuthenticationTokenException"),
], ids=["wrong-secret", "unknown-key", "unsigned"])
def test_a_caller_who_cannot_sign_is_refused(serve, settings, error):
    mq = connect(serve("--auth", "verify"), **settings)
    response = refusal(mq, error, "ListUsers", BrokerId="b-orders")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


def presigned(mq):
    return mq.generate_presigned_url("describe_user", Params={"BrokerId": "b-orders", "Username": "reader"})


def test_a_presigned_url_works(serve):
    url = presigned(connect(serve("--auth", "verify"), **VERIFIED))
    with urllib.request.urlopen(url) as answer:
        assert json.load(answer)["groups"] == ["readers"]


def test_a_presigned_url_of_another_secret_is_refused(serve):
    url = presigned(connect(serve("--auth", "verify"), **{**VERIFIED, "aws_secret_access_key": "the+wrong/secret"}))
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    with caught.value as answer:
        assert (answer.code, answer.headers["x-amzn-ErrorType"]) == (403, "InvalidSignatureException")


def test_the_example_of_the_readme(demo, capsys):
    example, *_ = readme.blocks("python")  # the next is one of a package, with tests of its own
    exec(compile(readme.pointed_at(demo, example), "README.md", "exec"), {})
    pending, refusal = capsys.readouterr().out.splitlines()
    assert "'PendingChange': 'CREATE'" in pending and "'Groups': ['readers']" in pending
    assert refusal == "password Password is invalid. Enter a password 12 to 250 characters long."
