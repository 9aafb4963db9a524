"""The real AWS CLI against the real server: one process a call, as in a shell."""

import json
import os
import re
import subprocess

import botocore
import pytest

from aws_cli import AWS, LIMIT_S, aws, changes, done, options, reboot, refused, user
from conftest import ERRORS, error_id, logged_request, many_brokers, many_users
import readme
from harness import PASSWORD, eventually, sql_broker, sql_fault

# Every character a path segment has to encode, and some that need no encoding.
STRANGE = "we ird/üñ?#%+&=:@!$'()*,;~._-%2F"


def test_the_life_of_a_user(serve):
    server = serve("--reboot-time", "100ms")

    brokers = {row["BrokerName"]: row for row in done(server, "list-brokers")["BrokerSummaries"]}
    assert brokers["orders"]["BrokerId"] == "b-orders"
    broker = done(server, "describe-broker", "--broker-id", "b-orders")
    assert (broker["BrokerState"], broker["EngineType"]) == ("RUNNING", "ActiveMQ")
    assert broker["Users"] == [{"Username": "reader"}]

    assert done(server, "create-user", *user("alice"), "--password", PASSWORD, "--console-access",
                "--groups", "admins") is None
    assert done(server, "describe-user", *user("alice")) == {
        "BrokerId": "b-orders", "Username": "alice", "ReplicationUser": False,
        "Pending": {"ConsoleAccess": True, "Groups": ["admins"], "PendingChange": "CREATE"}}
    assert changes(server) == {"alice": "CREATE", "reader": None}

    assert done(server, "update-user", *user("alice"), "--groups", "admins", "auditors") is None
    assert done(server, "describe-user", *user("alice"))["Pending"] == {
        "ConsoleAccess": True, "Groups": ["admins", "auditors"], "PendingChange": "CREATE"}

    reboot(server)
    applied = {"BrokerId": "b-orders", "Username": "alice", "ReplicationUser": False, "ConsoleAccess": True,
               "Groups": ["admins", "auditors"]}
    assert done(server, "describe-user", *user("alice")) == applied
    assert changes(server) == {"alice": None, "reader": None}

    done(server, "update-user", *user("alice"), "--no-console-access")
    pending = {"ConsoleAccess": False, "Groups": ["admins", "auditors"]}
    assert done(server, "describe-user", *user("alice")) == {**applied,
                                                             "Pending": {**pending, "PendingChange": "UPDATE"}}

    assert done(server, "delete-user", *user("alice")) is None
    assert done(server, "describe-user", *user("alice"))["Pending"] == {**pending, "PendingChange": "DELETE"}
    assert changes(server) == {"alice": "DELETE", "reader": None}

    reboot(server)
    assert refused(server, "NotFoundException", "describe-user", *user("alice")) == (
        "Can't find requested user [alice]. Make sure your user exists.")
    assert changes(server) == {"reader": None}


def test_list_users_is_paged_by_hand(serve):
    more, names = many_users(12)
    server = serve(more=more)
    pages, token = [], []
    while True:
        page = done(server, "list-users", "--broker-id", "b-orders", "--max-results", "5", *token)
        pages.append([row["Username"] for row in page["Users"]])
        if "NextToken" not in page:
            break
        token = ["--next-token", page["NextToken"]]
    assert pages == [names[:5], names[5:10], names[10:]]


def test_list_brokers_is_paged_by_the_client(serve):
    more, ids = many_brokers(9)
    server = serve(more=more)
    rows = done(server, "list-brokers", "--page-size", "5")["BrokerSummaries"]
    assert [row["BrokerId"] for row in rows] == ids
    eventually(lambda: server.stderr_text().count("operation=ListBrokers") == 3, "three requests in the log")
    first = done(server, "list-brokers", "--page-size", "5", "--max-items", "7")
    rest = done(server, "list-brokers", "--page-size", "5", "--starting-token", first["NextToken"])
    assert [row["BrokerId"] for row in first["BrokerSummaries"] + rest["BrokerSummaries"]] == ids


@pytest.mark.parametrize("case", ERRORS, ids=error_id)
def test_each_error_is_printed_with_its_name(serve, case):
    server = serve(more=sql_fault(**case["fault"]) if "fault" in case else "")
    assert refused(server, case["error"], botocore.xform_name(case["operation"], "-"),
                   *options(case["parameters"])) == case["message"]


def test_throttling_has_its_name(serve):
    server = serve(more=sql_fault(operation="ListUsers", error="TooManyRequestsException", times=1))
    assert refused(server, "TooManyRequestsException", "list-users", "--broker-id", "b-orders") == "Too Many Requests"


def test_the_default_retries_outlive_two_failures(serve, monkeypatch):
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    server = serve(more=sql_fault(operation="CreateUser", error="InternalServerErrorException", times=2))
    assert done(server, "create-user", *user("alice"), "--password", PASSWORD) is None
    assert changes(server) == {"alice": "CREATE", "reader": None}


def test_a_retry_after_a_lost_answer_meets_the_conflict(serve, monkeypatch):
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    server = serve(more=sql_fault(operation="CreateUser", drop_connection=1, times=1))
    assert refused(server, "ConflictException", "create-user", *user("alice"), "--password", PASSWORD) == (
        "User named [alice] already exists. Specify a unique username.")
    assert changes(server) == {"alice": "CREATE", "reader": None}


def test_the_request_id_is_the_one_of_the_log(serve):
    server = serve()
    result = aws(server, "list-users", "--broker-id", "b-orders", "--debug")
    assert result.returncode == 0, result.stderr
    (request_id,) = set(re.findall(r"'x-amzn-requestid': '([^']*)'", result.stderr, re.IGNORECASE))
    line = logged_request(server, request_id)
    assert (line["operation"], line["status"]) == ("ListUsers", "200")


def test_a_username_arrives_as_it_was_given(serve):
    server = serve()
    assert refused(server, "BadRequestException", "create-user", *user(STRANGE), "--password", PASSWORD) == (
        "Make sure your username only contains valid characters [A-Za-z0-9-._~].")
    for command in ("describe-user", "update-user", "delete-user"):
        assert refused(server, "NotFoundException", command, *user(STRANGE)) == (
            f"Can't find requested user [{STRANGE}]. Make sure your user exists.")


def test_a_username_of_two_dots_is_a_username(serve):
    server = serve("--reboot-time", "0")
    done(server, "create-user", *user(".."), "--password", PASSWORD)
    done(server, "update-user", *user(".."), "--console-access")
    reboot(server)
    assert done(server, "describe-user", *user(".."))["ConsoleAccess"] is True
    done(server, "delete-user", *user(".."))
    assert changes(server) == {"..": "DELETE", "reader": None}


@pytest.mark.parametrize("command", ["create-user", "describe-user", "update-user", "delete-user"])
def test_an_empty_username_is_refused_by_the_server(serve, command):
    password = ["--password", PASSWORD] if command == "create-user" else []
    assert refused(serve(), "BadRequestException", command, *user(""), *password) == (
        "Username is invalid. Enter a username 2 to 100 characters long.")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_MQ", "AWS_ENDPOINT_URL"])
def test_the_endpoint_comes_from_the_environment(serve, variable):
    broker = done(None, "describe-broker", "--broker-id", "b-orders", **{variable: serve().url})
    assert broker["BrokerName"] == "orders"


def test_account_and_region_are_worlds_of_their_own(serve):
    server = serve(more=sql_broker("b-far", account="111122223333", region="eu-west-1"))
    rows = done(server, "list-brokers", "--region", "eu-west-1", AWS_ACCESS_KEY_ID="111122223333")["BrokerSummaries"]
    assert [row["BrokerArn"] for row in rows] == ["arn:aws:mq:eu-west-1:111122223333:broker:far:b-far"]
    refused(server, "NotFoundException", "describe-broker", "--broker-id", "b-far")


# --- Signatures -------------------------------------------------------------------------------------------------

VERIFIED = {"AWS_ACCESS_KEY_ID": "AKIDVERIFIED", "AWS_SECRET_ACCESS_KEY": "the+right/secret"}


def test_calls_verify_with_the_right_secret(serve):
    more, names = many_users(6)
    server = serve("--auth", "verify", "--reboot-time", "0", more=more)
    done(server, "create-user", *user("zoe"), "--password", "pass word ~ 1 & more", "--groups", "admins", **VERIFIED)
    done(server, "update-user", *user("zoe"), "--console-access", **VERIFIED)
    assert done(server, "reboot-broker", "--broker-id", "b-orders", **VERIFIED) is None
    first = done(server, "list-users", "--broker-id", "b-orders", "--max-results", "5", **VERIFIED)
    rest = done(server, "list-users", "--broker-id", "b-orders", "--next-token", first["NextToken"], **VERIFIED)
    assert [row["Username"] for row in first["Users"] + rest["Users"]] == [*names, "zoe"]
    done(server, "delete-user", *user("zoe"), **VERIFIED)
    refused(server, "NotFoundException", "describe-user", *user(STRANGE), **VERIFIED)


@pytest.mark.parametrize("arguments, variables, error", [
    ([], {**VERIFIED, "AWS_SECRET_ACCESS_KEY": "the+wrong/secret"}, "InvalidSignatureException"),
    ([], {**VERIFIED, "AWS_ACCESS_KEY_ID": "AKIDUNKNOWN"}, "UnrecognizedClientException"),
    (["--no-sign-request"], VERIFIED, "MissingAuthenticationTokenException"),
], ids=["wrong-secret", "unknown-key", "unsigned"])
def test_a_caller_who_cannot_sign_is_refused(serve, arguments, variables, error):
    refused(serve("--auth", "verify"), error, "list-users", "--broker-id", "b-orders", *arguments, **variables)


def test_the_example_of_the_readme(demo):
    [example] = readme.blocks("sh")
    path = f"{os.path.dirname(AWS)}:{os.environ['PATH']}"
    result = subprocess.run(["sh", "-eu", "-c", readme.pointed_at(demo, example)], env={**os.environ, "PATH": path},
                            check=False, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8",
                            timeout=LIMIT_S)
    assert (result.returncode, result.stderr) == (0, "")
    users, end = json.JSONDecoder().raw_decode(result.stdout)
    assert {"Username": "alice", "PendingChange": "CREATE"} in users["Users"]
    assert ":broker:shop:b-" in json.loads(result.stdout[end:])["BrokerArn"]
