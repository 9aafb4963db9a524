"""Errors every operation shares: their form, injected ones, bodies nobody reads."""

import pytest

import harness
import model
from harness import (PASSWORD, Server, assert_error, assert_no_user, assert_ok, broker_body, configuration_path,
                     create_user, reboot_path, sql_broker, sql_fault, sql_insert, sql_user, user_path, users_path)

INJECTED = {
    "InternalServerErrorException":
        (500, "Unexpected internal server error. Retrying your request might resolve the issue."),
    "ForbiddenException": (403, "Access forbidden. Correct your credentials and then retry your request."),
    "TooManyRequestsException": (429, "Too Many Requests"),
}


def sample(operation, broker="b-1", username="alice"):
    """Method, target and body of a good request for that operation on a seeded broker and its configuration."""
    row = model.OPERATIONS[operation]
    arn = f"arn:aws:mq:us-east-1:123456789012:broker:{broker.removeprefix('b-')}:{broker}"
    target = (row["path"].replace("{broker-id}", broker).replace("{username}", username)
              .replace("{configuration-id}", broker.replace("b-", "c-", 1)).replace("{configuration-revision}", "1")
              .replace("{resource-arn}", arn.replace(":", "%3A")))
    example = row.get("example", {})
    return row["method"], target + example.get("query", ""), example.get("body")


# --- The form --------------------------------------------------------------------------------------------------

def test_ERR_1_with_an_attribute(client, broker):
    response = client.call("GET", user_path(broker, "nobody"))
    assert (response.status, response.reason) == (404, "Not Found")
    assert ("x-amzn-errortype", "NotFoundException") in response.headers
    assert response.body == (b'{\n  "errorAttribute" : "username",\n  "message" : "Can\'t find requested user [nobody]. '
                             b'Make sure your user exists."\n}')


def test_ERR_1_without_an_attribute(client, broker):
    response = client.call("PUT", user_path(broker, "nobody"), {"consoleAccess": True, "replicationUser": True})
    assert (response.status, response.error) == (400, "BadRequestException")
    assert response.body == (b'{\n  "message" : "Replication user couldn\'t have console access. [replicationUser] and '
                             b'[consoleAccess] are mutually exclusive parameters."\n}')


def test_ERR_1_a_404_has_the_recorded_length(client):
    response = client.call("GET", "/v1/brokers/b-11111111-2222-3333-4444-555555555555")
    assert response.header("Content-Length") == "177"


def test_ERR_33_what_is_answered_before_the_service_is_compact(client, broker):
    for method, target in (("GET", "/nowhere"), ("PATCH", user_path(broker, "nobody")), ("GET", "/v1/brokers/")):
        assert client.call(method, target).body == b'{"message":"Missing Authentication Token"}'
    assert client.call("POST", user_path(broker, "bob"), b" " * (2 << 20)).body == (
        b'{"message":"Request body is larger than [1048576] bytes."}')
    assert client.call("DELETE", "/_local/faults?id=x", check=harness.CHECK_NONE).body.startswith(b'{"message":"')


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
    """Every operation fails once with each injected error and each its model lists, then works."""
    seed = ""
    for operation in model.OPERATIONS:
        broker = f"b-{operation}"
        columns = {}
        if operation == "Promote":
            columns = {"data_replication_mode": "CRDR", "data_replication_role": "REPLICA", "state": "REPLICA",
                       "data_replication_counterpart": "b-primary", "data_replication_counterpart_region": "eu-west-1"}
            seed += sql_broker("b-primary", region="eu-west-1", data_replication_mode="CRDR",
                               data_replication_role="PRIMARY", data_replication_counterpart=broker,
                               data_replication_counterpart_region="us-east-1")
        seed += sql_broker(broker, **columns) + sql_user(broker, "bob")
        if operation == "DeleteConfiguration":
            seed += sql_insert("configuration", id="c-free", name="free")
        for error in {**INJECTED, **model.modelled_errors(operation)}:
            seed += sql_fault(operation=operation, error=error, times=1)
    with Server("--reboot-time", "0", seed=seed) as server:
        yield server


@pytest.mark.parametrize("operation", model.OPERATIONS)
def test_ERR_26_ERR_27_ERR_28_ERR_29_injected_errors(faulty, operation):
    method, target, body = sample(operation, f"b-{operation}", "alice" if operation == "CreateUser" else "bob")
    if operation == "DeleteConfiguration":
        target = configuration_path("c-free")
    with faulty.client() as client:
        for error, (status, message) in INJECTED.items():
            assert_error(client.call(method, target, body), status, error, message)
        for error in model.modelled_errors(operation):
            if error not in INJECTED:
                response = client.call(method, target, body)
                assert (response.status, response.error) == (model.modelled_errors(operation)[error], error)
        assert client.call(method, target, body).status == model.OPERATIONS[operation]["status"]


def test_ERR_32_unauthorized_is_of_CreateBroker_alone(serve):
    client = serve(seed=sql_fault(error="UnauthorizedException", times=1)).client()
    assert_error(client.call("POST", "/v1/brokers", broker_body("one")), 401, "UnauthorizedException",
                 "The provided credentials couldn't be validated.")
    assert [operation for operation in model.OPERATIONS
            if "UnauthorizedException" in model.modelled_errors(operation)] == ["CreateBroker"]


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
    for target in (f"/v1/brokers/{broker}/shared-resources", "/v1/configurations", "/v1/broker-engine-types",
                   "/v1/broker-instance-options", configuration_path(broker.replace("b-", "c-", 1))):
        assert_ok(client.call("GET", target, body))
    assert_ok(client.call("DELETE", f"/v1/brokers/{broker}", body), {"brokerId": broker})


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
