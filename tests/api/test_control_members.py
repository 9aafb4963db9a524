"""Bodies of the control API: a member that an endpoint does not have is refused, as a misspelt one would change what is done."""

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok, sql_broker, sql_fault, sql_user

SEED = sql_broker("b-1", "one") + sql_user("b-1", "alice") + sql_fault(id=1, operation="ListTags", error="ForbiddenException")
LOGIN = {"brokerId": "b-1", "username": "alice", "password": harness.PASSWORD}
FAULT = {"operation": "ListUsers", "error": "ForbiddenException"}
RESET, AUTHENTICATE, REPORT = "/_local/reset", "/_local/authenticate", "/_local/brokers/b-1"


@pytest.fixture(scope="module")
def server():
    with harness.Server(seed=SEED) as running:
        yield running
        wire.assert_no_error_logged(running)


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def state(client):
    """What the calls below would change."""
    shown = [assert_ok(control.call(client, "GET", target)).json() for target in (control.FAULTS, control.REQUESTS)]
    return shown, control.clock(client)["offsetMs"], control.world(client)


@pytest.mark.parametrize("method, target, body, member, hint", (
    ("POST", control.FAULTS, {"operaton": "CreateUser", "error": "InternalServerErrorException"}, "operaton",
     " Did you mean [operation]?"),
    ("POST", control.FAULTS, {**FAULT, "brokerID": "b-1"}, "brokerID", " Did you mean [brokerId]?"),
    ("POST", control.FAULTS, {**FAULT, "delay_ms": 5}, "delay_ms", " Did you mean [delayMs]?"),
    ("POST", control.FAULTS, {**FAULT, "Times": None}, "Times", " Did you mean [times]?"),
    ("POST", control.FAULTS, {**FAULT, "drop_connection": True}, "drop_connection", ""),
    ("POST", control.FAULTS, {**FAULT, "error": 5, "other": {"times": 1}}, "other", ""),
    ("POST", control.FAULTS, {**FAULT, "": 5}, "", ""),
    ("POST", control.CLOCK, {"advanceMS": 5}, "advanceMS", " Did you mean [advanceMs]?"),
    ("POST", control.CLOCK, {"advanceMs": 5, "unit": "s"}, "unit", ""),
    ("POST", control.CLOCK, {"Now": "2036-12-24T18:00:00Z"}, "Now", " Did you mean [now]?"),
    ("POST", AUTHENTICATE, {**LOGIN, "region": "us-east-1"}, "region", ""),
    ("POST", AUTHENTICATE, {"brokerID": "b-1", "username": "alice", "password": harness.PASSWORD}, "brokerID",
     " Did you mean [brokerId]?"),
    ("POST", RESET, {"empty": True}, "empty", " It is a query parameter."),
    ("POST", RESET, {"region": "us-west-2"}, "region", " It is a query parameter."),
    ("POST", RESET, {"seeds": []}, "seeds", ""),
    ("DELETE", control.FAULTS, {"id": 1}, "id", " It is a query parameter."),
    ("DELETE", control.REQUESTS, {"operation": "ListUsers"}, "operation", ""),
    ("POST", REPORT, {"generation": 1, "secret": "", "state": "up", "pid": 5}, "pid", ""),
), ids=str)
def test_an_unknown_member_is_named_and_nothing_is_done(client, method, target, body, member, hint):
    client.call("GET", harness.users_path("b-1"))
    before = state(client)
    control.refused(client, method, target, body, f"There is no member [{member}].{hint}")
    after = state(client)
    assert (after[0][0], after[1:]) == (before[0][0], before[1:])
    assert after[0][1]["requests"][:len(before[0][1]["requests"])] == before[0][1]["requests"]


@pytest.mark.parametrize("body", (b"", b" \n", b"{}", b" { } "))
def test_an_empty_object_is_no_body(client, body):
    control.step(client, advanceMs=1000)
    control.done(client, "POST", RESET, body)
    assert control.clock(client)["offsetMs"] == 0
    control.done(client, "DELETE", control.REQUESTS, body)
    control.done(client, "DELETE", control.FAULTS + "?id=1", body)
    control.done(client, "POST", RESET)


@pytest.mark.parametrize("body", (b"empty=true", b"[]", b"null", b"{", b"true"))
def test_a_body_that_is_no_object(client, body):
    for method, target in (("POST", RESET), ("DELETE", control.FAULTS)):
        response = control.call(client, method, target, body)
        assert response.status == 400, response
    assert len(assert_ok(control.call(client, "GET", control.FAULTS)).json()["faults"]) == 1


def test_a_long_name(client):
    response = control.call(client, "POST", RESET, {"x" * 1_000_000: 1})
    assert response.status == 400 and response.json()["message"] == f"There is no member [{'x' * 1_000_000}]."


def test_the_service_ignores_unknown_members(client):
    assert_ok(client.call("POST", harness.user_path("b-1", "bob"), {"password": harness.PASSWORD, "pasword": "x"}), {})
    control.done(client, "POST", RESET)
