"""--throttle service: 15 calls a second, a burst of 100, for each account and region."""

import time

import pytest

import control_calls as control
import harness
import model
import wire
from harness import assert_error, assert_ok, credential, sql_broker, sql_fault, sql_insert, sql_user

SEED = sql_broker("b-1", "one") + sql_user("b-1", "alice")
BURST, RATE = 100, 15
WEST = credential("123456789012", "us-west-2")
OTHER = credential("210987654321", "us-east-1")


@pytest.fixture
def start(serve):
    def begin(seed="", flags=()):
        return serve("--throttle", "service", *flags, seed=SEED + seed)
    return begin


def throttled(response):
    assert_error(response, 429, "TooManyRequestsException", "Too Many Requests")


def flood(client, calls, target="/v1/brokers", headers=()):
    """Sends that many calls; how many were within the quota, after the number that may at most have been."""
    begin = time.monotonic()
    within = 0
    for _ in range(calls):
        response = client.call("GET", target, headers=headers)
        if response.status == 429:
            throttled(response)
        else:
            within += 1
    return within, BURST + RATE * (time.monotonic() - begin) + 1


def exhaust(client, headers=()):
    """Calls until one is refused."""
    for _ in range(100_000):
        if client.call("GET", "/v1/brokers", headers=headers).status == 429:
            return
    raise AssertionError("no call was refused")


def test_THR_1_without_the_option_nobody_is_throttled(serve):
    client = serve(seed=SEED).client()
    assert all(client.call("GET", "/v1/brokers").status == 200 for _ in range(400))


def test_THR_2_the_whole_burst_is_within_the_quota(start):
    client = start().client()
    assert all(client.call("GET", "/v1/brokers").status == 200 for _ in range(BURST))


def test_THR_2_no_more_than_the_quota_ever_passes(start):
    within, most = flood(start().client(), 1000)
    assert BURST <= within <= most


def test_THR_2_calls_that_arrive_together(start):
    server = start()
    clients = [server.client() for _ in range(150)]
    for client in clients:
        client.connect()
    begin = time.monotonic()
    with wire.stopped(server):
        for client in clients:
            client.send(wire.get("/v1/brokers"))
    answers = [client.receive("GET", "/v1/brokers") for client in clients]
    within = sum(answer.status == 200 for answer in answers)
    assert BURST <= within <= BURST + RATE * (time.monotonic() - begin) + 1
    for answer in answers:
        if answer.status != 200:
            throttled(answer)


def test_THR_3_the_quota_comes_back(start):
    client = start().client()
    exhaust(client)
    harness.eventually(lambda: client.call("GET", "/v1/brokers").status == 200, "a call within the quota")


def test_THR_4_each_account_and_region_has_its_own(start):
    client = start().client()
    exhaust(client)
    for who in (WEST, OTHER):
        assert all(client.call("GET", "/v1/brokers", headers=[who]).status == 200 for _ in range(BURST))


def test_THR_4_all_keys_of_an_account_share_it(start):
    client = start(sql_insert("access_key", id="AKIDADA", secret="x")).client()
    begin = time.monotonic()
    within = 0
    for number in range(400):
        headers = (), [credential("AKIDADA")], [credential("AKIDNOBODY")], [credential("123456789012")]
        within += client.call("GET", "/v1/brokers", headers=headers[number % 4]).status == 200
    assert within <= BURST + RATE * (time.monotonic() - begin) + 1


def test_THR_5_every_operation_counts_and_is_refused(start):
    client = start().client()
    exhaust(client)
    refused = set()

    def all_refused():
        """The quota comes back meanwhile, so one round may not do."""
        for name, operation in model.OPERATIONS.items():
            target = operation["path"]
            for place in ("broker-id", "configuration-id", "resource-arn", "username", "configuration-revision"):
                target = target.replace("{%s}" % place, "x1")
            body = b"{oops" if operation["method"] in ("POST", "PUT") else None
            response = client.call(operation["method"], target, body)
            if response.status == 429:
                throttled(response)
                refused.add(name)
        return refused == set(model.OPERATIONS)

    harness.eventually(all_refused, "every operation to be refused once")


def test_THR_5_calls_that_fail_count(start):
    within, most = flood(start().client(), 400, "/v1/brokers/b-none")
    assert BURST <= within <= most


def test_THR_6_what_is_no_operation_is_not_throttled(start):
    client = start().client()
    for _ in range(150):
        harness.assert_no_route(client.call("GET", "/v1/nothing"))
        assert client.call("OPTIONS", "/v1/brokers").status == 200
        assert_ok(control.call(client, "GET", control.CLOCK))
    assert all(client.call("GET", "/v1/brokers").status == 200 for _ in range(BURST))


def test_THR_6_the_control_api_answers_when_the_quota_is_used_up(start):
    client = start().client()
    exhaust(client)
    assert_ok(control.call(client, "GET", control.FAULTS))
    assert control.count(client, status=429) == 1


def test_THR_7_a_throttled_call_uses_up_no_fault_and_does_nothing(start):
    client = start(sql_fault(operation="CreateUser", error="ConflictException", times=1000)).client()
    statuses = [client.call("POST", harness.user_path("b-1", "bob"), {"password": harness.PASSWORD}).status
                for _ in range(400)]
    assert set(statuses) == {409, 429}
    left = assert_ok(control.call(client, "GET", control.FAULTS)).json()["faults"][0]["times"]
    assert left == 1000 - statuses.count(409)


def test_THR_7_before_policies_and_behind_signatures(start):
    client = start(sql_insert("policy", effect="deny"), flags=("--auth", "verify")).client()
    for _ in range(300):
        assert client.call("GET", "/v1/brokers").error == "MissingAuthenticationTokenException"
    client = start(sql_insert("policy", effect="deny")).client()
    statuses = [client.call("GET", "/v1/brokers").status for _ in range(BURST)]
    assert statuses == [403] * BURST
    harness.eventually(lambda: client.call("GET", "/v1/brokers").status == 429, "a call beyond the quota")


def test_THR_8_the_option():
    for value in ("15", "on", ""):
        result = harness.run("--throttle", value)
        assert result.returncode == 2 and b"--throttle: bad value" in result.stderr


def test_THR_8_the_environment(serve):
    client = serve(env={"AMAZONMQ_LOCAL_THROTTLE": "service"}, seed=SEED).client()
    exhaust(client)
