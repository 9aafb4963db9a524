"""Errors every operation shares: their form, injected ones, operations that are not built, bodies nobody reads."""

import re

import pytest

import model
from harness import (PASSWORD, Server, assert_error, assert_no_user, assert_ok, create_user, reboot_path,
                     sql_broker, sql_fault, sql_user, user_path, users_path)

INJECTED = {
    "InternalServerErrorException":
        (500, "Unexpected internal server error. Retrying your request might resolve the issue."),
    "ForbiddenException": (403, "Access forbidden. Correct your credentials and then retry your request."),
    "TooManyRequestsException": (429, "Too Many Requests"),
}


def sample(operation, broker="b-1", username="alice"):
    """Method, target and body of a good request for that operation."""
    row = model.OPERATIONS[operation]
    target = (row["path"].replace("{broker-id}", broker).replace("{username}", username)
              .replace("{configuration-id}", "c-1").replace("{configuration-revision}", "1")
              .replace("{resource-arn}", "arn%3Aaws%3Amq%3Aus-east-1%3A123456789012%3Abroker%3An%3Ab-1"))
    body = {"password": PASSWORD} if operation == "CreateUser" else {} if operation == "UpdateUser" else None
    return row["method"], target, body


# --- The form --------------------------------------------------------------------------------------------------

def test_ERR_1_with_an_attribute(client, broker):
    response = client.call("GET", user_path(broker, "nobody"))
    assert (response.status, response.reason) == (404, "Not Found")
    assert response.header("x-amzn-ErrorType") == "NotFoundException"
    assert response.body == (b'{"errorAttribute":"username","message":"Can\'t find requested user [nobody]. Make sure '
                             b'your user exists."}')


def test_ERR_1_without_an_attribute(client, broker):
    response = client.call("PUT", user_path(broker, "nobody"), {"consoleAccess": True, "replicationUser": True})
    assert (response.status, response.error) == (400, "BadRequestException")
    assert response.body == (b'{"message":"Replication user couldn\'t have console access. [replicationUser] and '
                             b'[consoleAccess] are mutually exclusive parameters."}')


@pytest.mark.parametrize("name, escaped", [('qu"ote', b'qu\\"ote'), ("back\\slash", b"back\\\\slash"), ("a/b", b"a/b"),
                                           ("tab\there", b"tab\\there"), ("line\nend", b"line\\nend"),
                                           ("bell\x07", b"bell\\u0007"), ("é😀", "é😀".encode()),
                                           ("</script>", b"</script>"), ("{}", b"{}"), ("%s%n", b"%s%n")])
def test_ERR_1_values_in_messages_are_escaped(client, broker, name, escaped):
    response = client.call("GET", user_path(broker, name))
    assert_no_user(response, name)
    assert b"[" + escaped + b"]" in response.body


def test_ERR_2_ERR_3_form_of_a_success(client, broker):
    create_user(client, broker, "alice", groups=["one", "two"])
    response = client.call("GET", user_path(broker, "alice"))
    assert response.reason == "OK"
    assert response.body == (b'{"brokerId":"%s","pending":{"consoleAccess":false,"groups":["one","two"],'
                             b'"pendingChange":"CREATE"},"replicationUser":false,"username":"alice"}'
                             % broker.encode())


# --- Injected errors -------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def faulty():
    """Every built operation fails once with each injected error, then works; UpdateUser conflicts once more."""
    seed = ""
    for operation in model.BUILT:
        seed += sql_broker(f"b-{operation}") + sql_user(f"b-{operation}", "bob")
        for error in INJECTED:
            seed += sql_fault(operation=operation, error=error, times=1)
    seed += sql_fault(operation="UpdateUser", error="ConflictException", times=1)
    with Server("--reboot-time", "0", seed=seed) as server:
        yield server


@pytest.mark.parametrize("operation", model.BUILT)
def test_ERR_26_ERR_27_ERR_28_ERR_29_injected_errors(faulty, operation):
    request = sample(operation, f"b-{operation}", "alice" if operation == "CreateUser" else "bob")
    with faulty.client() as client:
        for error, (status, message) in INJECTED.items():
            assert_error(client.call(*request), status, error, message)
        if operation == "UpdateUser":
            response = client.call(*request)
            assert (response.status, response.error) == (409, "ConflictException")
        assert_ok(client.call(*request))


# --- Operations that are not built -----------------------------------------------------------------------------

@pytest.mark.parametrize("operation", model.NOT_BUILT)
def test_ERR_30_not_built(client, broker, operation):
    method, target, _ = sample(operation, broker)
    for body in (None, {}, {"tags": {"a": "b"}}):
        assert_error(client.call(method, target, body), 501, "NotImplementedException",
                     f"Operation [{operation}] is not implemented.")
    assert_error(client.call(method, sample(operation, "b-unknown")[1]), 501, "NotImplementedException",
                 f"Operation [{operation}] is not implemented.")


def test_ERR_30_one_warning_in_the_log(serve):
    server = serve(seed=sql_broker("b-1"))
    client = server.client()
    for operation in model.NOT_BUILT:
        client.call(*sample(operation))
    server.stop()
    warnings = [line for line in server.stderr_text().splitlines() if "level=warn" in line]
    for operation in model.NOT_BUILT:
        assert sum(bool(re.search(rf"\b{operation}\b", line)) for line in warnings) == 1, (operation, warnings)


# --- Bodies nobody reads ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b'{"password":1}', b"x" * 5000])
def test_ERR_25_a_body_without_a_reader_is_ignored(client, broker, body):
    create_user(client, broker, "alice")
    assert_ok(client.call("GET", user_path(broker, "alice"), body))
    assert_ok(client.call("GET", users_path(broker), body))
    assert_ok(client.call("GET", f"/v1/brokers/{broker}", body))
    assert_ok(client.call("GET", "/v1/brokers", body))
    assert_ok(client.call("DELETE", user_path(broker, "alice"), body), {})
    assert_ok(client.call("POST", reboot_path(broker), body), {})


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/x-amz-json-1.1",
                                  "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "nonsense", ""])
def test_RTE_12_any_content_type(client, broker, kind):
    response = client.call("POST", user_path(broker, "alice"), {"password": PASSWORD}, {"Content-Type": kind})
    assert_ok(response, {})


def test_RTE_12_no_content_type(client, broker):
    body = b'{"password":"a-long-password-1"}'
    assert_ok(client.raw(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                         % (user_path(broker, "alice").encode(), len(body), body)), {})
