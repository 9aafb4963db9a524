"""The headers of every answer. Every checked answer of the suite is held to them too (harness.check_shared)."""

import re
import time

import pytest

from harness import (CHECK_NONE, CHECK_SHARED, CACHE_HEADERS, FIXED_HEADERS, PASSWORD, UUID, check_shared, check_times, reboot_path,
                     sql_broker, user_path, users_path)


def answers(client, broker):
    """One answer of every kind, unchecked."""
    for request in (("GET", "/v1/brokers"), ("GET", f"/v1/brokers/{broker}"), ("GET", users_path(broker)),
                    ("POST", user_path(broker, "alice"), {"password": PASSWORD}), ("GET", user_path(broker, "alice")),
                    ("POST", user_path(broker, "alice"), {
                     "password": PASSWORD}), ("POST", user_path(broker, "x"), b"{"),
                    ("PUT", user_path(broker, "alice"), {}), ("DELETE", user_path(broker, "alice")),
                    ("POST", reboot_path(broker)), ("GET", user_path(broker, "alice")), ("GET", "/nowhere"),
                    ("GET", "/%zz"), ("HEAD", "/v1/brokers"), ("OPTIONS", "/v1/brokers"), ("POST", "/v1/brokers", {})):
        yield client.call(*request, check=CHECK_NONE)


def test_HDR_1_HDR_4_HDR_5_fixed_headers(client, broker):
    for response in answers(client, broker):
        for name, value in (FIXED_HEADERS | ({} if response.error else CACHE_HEADERS)).items():
            assert response.all_headers(name) == [value], (name, response)
        if response.error:
            assert not [name for name in CACHE_HEADERS if response.header(name)], response


def test_HDR_2_request_ids(client, broker):
    ids = [response.header("x-amzn-RequestId") for response in answers(client, broker)]
    ids += [client.call("GET", "/v1/brokers", check=CHECK_SHARED).request_id for _ in range(200)]
    assert all(UUID.fullmatch(request_id) for request_id in ids)
    assert len(set(ids)) == len(ids)


def test_HDR_2_the_log_line_carries_the_request_id(serve):
    server = serve(seed=sql_broker("b-1"))
    responses = list(answers(server.client(), "b-1"))
    server.stop()
    lines = [line for line in server.stderr_text().splitlines() if " event=request " in line]
    for response in responses:
        found = [line for line in lines if f" id={response.request_id} " in line]
        assert len(found) == 1, response
        assert f" status={response.status} " in found[0] + " "
        assert (f" error={response.error} " in found[0] + " ") == bool(response.error)


def test_HDR_3_gateway_and_trace_ids(client, broker):
    gateway_ids, trace_ids = set(), set()
    before = time.time()
    responses = list(answers(client, broker))
    for response in responses:
        assert re.fullmatch(r"[A-Za-z0-9+/_-]{15}=", response.header("x-amz-apigw-id"))
        check_times(response, before)
        gateway_ids.add(response.header("x-amz-apigw-id"))
        trace_ids.add(response.header("x-amzn-trace-id"))
    assert len(gateway_ids) == len(trace_ids) == len(responses)


def test_HDR_6_date_length_and_no_server(client, broker):
    before = time.time()
    for response in answers(client, broker):
        check_times(response, before)
        assert response.header("Server") is None
        if response.method != "HEAD":
            assert response.all_headers("Content-Length") == [str(len(response.body))]


def test_HDR_7_the_errors_name(client, broker):
    for response in answers(client, broker):
        names = [value for name, value in response.headers if name == "x-amzn-errortype"]
        if response.status < 400:
            assert names == []
        else:
            assert len(names) == 1 and re.fullmatch(r"[A-Z][A-Za-z]+Exception", names[0])


def test_HDR_1_HDR_7_nothing_of_the_request_is_reflected(client, broker):
    response = client.call("GET", user_path(broker, "nobody"), headers={
        "x-amzn-RequestId": "mine", "Origin": "http://evil.example", "x-amzn-trace-id": "Root=mine",
        "Accept": "text/html", "Accept-Encoding": "gzip, br", "X-Forwarded-For": "1.2.3.4"})
    check_shared(response)
    for _, value in response.headers:
        assert "mine" not in value and "evil" not in value
    assert response.header("Content-Encoding") is None


@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*;q=0", "application/x-amz-json-1.0"])
def test_HDR_1_whatever_the_client_accepts(client, broker, accept):
    response = client.call("GET", f"/v1/brokers/{broker}", headers={"Accept": accept})
    assert response.header("Content-Type") == "application/json"
