"""The order of the checks: requests that break two rules at once get the answer of the first."""

import pytest

from harness import (PASSWORD, Server, assert_bad_request, assert_error, assert_no_broker, assert_no_route,
                     assert_no_user, assert_ok, sql_broker, sql_fault, sql_user, user_path, users_path)

PATH_ERROR = "Unable to parse the request path."
UNPARSABLE = "Unable to parse the request body: unexpected end at byte [1]."
RABBITMQ = ("The users API does not apply to RabbitMQ brokers. To manage broker users, please use the RabbitMQ web "
            "console, or the management API.")
EXCLUSIVE = ("Replication user couldn't have console access. [replicationUser] and [consoleAccess] are mutually "
             "exclusive parameters.")
LIMIT = 2000


@pytest.fixture(scope="module")
def server():
    seed = (sql_broker("b-1", name="one") + sql_user("b-1", "alice", console_access=1)
            + sql_broker("b-rabbit", engine_type="RABBITMQ", state="CREATION_IN_PROGRESS")
            + sql_broker("b-creating", name="creating", state="CREATION_IN_PROGRESS")
            + sql_fault(username="faulty", error="InternalServerErrorException")
            + sql_fault(broker_id="b-faulty", error="ForbiddenException"))
    with Server("--max-body", LIMIT, seed=seed) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


TOO_LARGE = b" " * (LIMIT + 1)


@pytest.mark.parametrize("target", ["/v1/%zz", "/nowhere", "/v1/brokers/b-1/users/alice", "/v1/brokers/b-1/users/"])
def test_ERR_20_size_before_path_route_and_body(client, target):
    response = client.call("POST", target, TOO_LARGE)
    assert_error(response, 413, "RequestEntityTooLargeException", f"Request body is larger than [{LIMIT}] bytes.")


@pytest.mark.parametrize("target", ["/v1/%zz", "/v1/brokers"])
def test_ERR_20_framing_before_size_path_and_route(client, target):
    request = (f"POST {target} HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n"
               f"Content-Length: {LIMIT + 1}\r\n\r\n")
    response = client.raw(request.encode())
    assert (response.status, response.error) == (400, "BadRequestException")
    assert response.json()["message"].startswith("Malformed HTTP request: ")
    assert client.socket is None, "the connection stays open"


@pytest.mark.parametrize("method, target", [("GET", "/%zz"), ("PATCH", "/v1/brokers/%00"), ("HEAD", "/v1/%ff"),
                                            ("OPTIONS", "/v1/%zz"), ("GET", "/nowhere?x=%zz"),
                                            ("GET", "/v1//brokers/?%00"), ("GET", "/v1/brokers/%e0/%zz/"),
                                            ("BREW", "/v1/brokers?x=%c0%af")])
def test_ERR_20_RTE_4_RTE_5_path_before_route(client, method, target):
    response = client.call(method, target)
    if method == "HEAD":
        assert (response.status, response.error) == (400, "BadRequestException")
    else:
        assert_bad_request(response, PATH_ERROR)


@pytest.mark.parametrize("method, target", [("POST", "/v1/brokers/b-1/users/alice/x"), ("PATCH", "/v1/brokers/b-1"),
                                            ("POST", "/v1/brokers/b-unknown/users"), ("PUT", "/nowhere"),
                                            ("GET", "/v1/brokers/b-faulty/x"),
                                            ("PATCH", "/v1/brokers/b-1/users/faulty")])
def test_ERR_20_route_before_fault_body_and_broker(client, method, target):
    assert_no_route(client.call(method, target, b"{"))


@pytest.mark.parametrize("broker", ["b-1", "b-rabbit", "b-creating", "b-unknown"])
def test_ERR_21_fault_before_body_and_broker(client, broker):
    for method, body in (("POST", b"{"), ("PUT", {"groups": 1}), ("POST", {}), ("GET", None), ("DELETE", None)):
        assert_error(client.call(method, user_path(broker, "faulty"), body), 500, "InternalServerErrorException",
                     "Unexpected internal server error. Retrying your request might resolve the issue.")


def test_ERR_21_fault_before_the_querys_rules_and_the_empty_username(client):
    for method, path in (("GET", users_path("b-faulty") + "?maxResults=1"), ("GET", users_path("b-faulty") + "/"),
                         ("DELETE", users_path("b-faulty") + "/")):
        assert_error(client.call(method, path), 403, "ForbiddenException",
                     "Access forbidden. Correct your credentials and then retry your request.")


@pytest.mark.parametrize("broker", ["b-rabbit", "b-creating", "b-unknown"])
@pytest.mark.parametrize("method, username, body, message, attribute", [
    ("POST", "alice", b"{", UNPARSABLE, None),
    ("PUT", "alice", b"{", UNPARSABLE, None),
    ("POST", "alice", {"groups": 1}, "Invalid value for [groups]. Specify a list of strings.", "groups"),
    ("PUT", "alice", {"groups": 1}, "Invalid value for [groups]. Specify a list of strings.", "groups"),
    ("POST", "alice", {}, "[password] is required.", "password"),
    ("POST", "x", {"password": PASSWORD},
     "Username is invalid. Enter a username 2 to 100 characters long.", "username"),
    ("POST", "x y", {"password": PASSWORD},
     "Make sure your username only contains valid characters [A-Za-z0-9-._~].", "username"),
    ("PUT", "alice", {"password": "short"}, "Password is invalid. Enter a password 12 to 250 characters long.",
     "password"),
    ("POST", "alice", {"password": PASSWORD, "consoleAccess": True, "replicationUser": True}, EXCLUSIVE, None),
    ("PUT", "alice", {"consoleAccess": True, "replicationUser": True}, EXCLUSIVE, None),
])
def test_ERR_22_body_before_broker_engine_and_state(client, broker, method, username, body, message, attribute):
    assert_bad_request(client.call(method, user_path(broker, username), body), message, attribute)


@pytest.mark.parametrize("broker", ["b-rabbit", "b-creating", "b-unknown"])
@pytest.mark.parametrize("members, message, attribute", [
    ("maxResults=4", "Invalid max results value [4]. Specify an integer between [5] and [100].", "maxResults"),
    ("nextToken=x", "Invalid next token [x]. Make sure you copied the token correctly.", "nextToken"),
])
def test_ERR_22_query_before_broker_engine_and_state(client, broker, members, message, attribute):
    assert_bad_request(client.call("GET", f"{users_path(broker)}?{members}"), message, attribute)


def test_ERR_23_broker_before_engine_before_state(client):
    assert_no_broker(client.call("POST", user_path("b-unknown", "alice"), {"password": PASSWORD}), "b-unknown")
    assert_error(client.call("POST", user_path("b-rabbit", "alice"), {"password": PASSWORD}), 409, "ConflictException",
                 RABBITMQ)
    assert_bad_request(client.call("POST", user_path("b-creating", "alice"), {"password": PASSWORD}),
                       "Broker [creating] can't be updated while in state [CREATION_IN_PROGRESS].")


def test_ERR_24_user_before_rules_on_merged_values(client):
    assert_no_user(client.call("PUT", user_path("b-1", "nobody"), {"replicationUser": True}), "nobody")
    assert_bad_request(client.call("PUT", user_path("b-1", "nobody"), {"replicationUser": True, "consoleAccess": True}),
                       EXCLUSIVE)
    assert_bad_request(client.call("PUT", user_path("b-1", "alice"), {"replicationUser": True}), EXCLUSIVE)
    assert_ok(client.call("GET", user_path("b-1", "alice")),
              {"brokerId": "b-1", "consoleAccess": True, "groups": [], "replicationUser": False, "username": "alice"})
