"""Calls that arrive together: each sees what the ones before it did, and a rule holds for all of them."""

import contextlib
import json

from harness import PASSWORD, assert_ok, build, create_user, reboot_path, sql_broker, sql_user, user_path, users_path

CONNECTIONS = 16


def together(server, requests):
    """Sends each request (method, target, body) on a connection of its own before reading any answer."""
    clients = [server.client() for _ in requests]
    try:
        for client in clients:
            client.connect()
        for client, request in zip(clients, requests):
            client.send(build(*request))
        return [client.receive(*request[:2]) for client, request in zip(clients, requests)]
    finally:
        for client in clients:
            client.close()


def outcomes(responses):
    """How often each status and error was answered."""
    found = {}
    for response in responses:
        key = response.error or response.status
        found[key] = found.get(key, 0) + 1
    return found


def test_USR_8_one_of_many_creates_the_user(shared_server, broker):
    request = ("POST", user_path(broker, "alice"), {"password": PASSWORD})
    assert outcomes(together(shared_server, [request] * CONNECTIONS)) == {200: 1, "ConflictException": CONNECTIONS - 1}


def test_USR_31_many_cannot_pass_the_quota_together(serve):
    server = serve(seed=sql_broker("b-quota") + "".join(sql_user("b-quota", f"user-{number:03}")
                                                        for number in range(247)))
    responses = together(server, [("POST", user_path("b-quota", f"new-{number}"), {"password": PASSWORD})
                                  for number in range(CONNECTIONS)])
    assert outcomes(responses) == {200: 3, "BadRequestException": CONNECTIONS - 3}
    users = server.client().call("GET", "/v1/brokers/b-quota").json()["users"]
    assert len(users) == 250


def test_RBT_3_one_of_many_reboots_the_broker(serve):
    server = serve("--reboot-time", "real", seed=sql_broker("b-1"))
    responses = together(server, [("POST", reboot_path("b-1"))] * CONNECTIONS)
    assert outcomes(responses) == {200: 1, "BadRequestException": CONNECTIONS - 1}


def test_PND_4_updates_of_different_members_do_not_lose_each_other(shared_server, client, broker):
    create_user(client, broker, "alice")
    changes = [{"consoleAccess": True}, {"groups": ["one"]}, {"password": PASSWORD + "2"}, {}] * 4
    responses = together(shared_server, [("PUT", user_path(broker, "alice"), change) for change in changes])
    assert outcomes(responses) == {200: len(changes)}
    assert client.call("GET", user_path(broker, "alice")).json()["pending"] == {
        "consoleAccess": True, "groups": ["one"], "pendingChange": "CREATE"}


def test_HTTP_9_USR_1_PND_5_pipelined_calls_see_each_other(client, broker):
    path = user_path(broker, "alice")
    requests = [("POST", path, {"password": PASSWORD}), ("GET", path), ("POST", path, {"password": PASSWORD}),
                ("PUT", path, {"consoleAccess": True}), ("GET", users_path(broker)), ("DELETE", path), ("GET", path),
                ("POST", reboot_path(broker)), ("GET", path), ("DELETE", path)]
    client.send(b"".join(build(*request) for request in requests))
    responses = [client.receive(*request[:2]) for request in requests]
    assert [response.error or response.status for response in responses] == [
        200, 200, "ConflictException", 200, 200, 200, 200, 200, "NotFoundException", "NotFoundException"]
    assert assert_ok(responses[4]).json()["users"] == [{"pendingChange": "CREATE", "username": "alice"}]
    assert assert_ok(responses[6]).json()["pending"] == {"consoleAccess": True, "groups": [], "pendingChange": "DELETE"}


def test_HDR_2_answers_of_all_lengths_keep_apart(serve):
    """Headers and short bodies stand in memory that is used again, by answers of the same length."""
    groups = {}
    for number in range(400):
        sizes = [100] * (number // 60) + [number % 60] * (number % 60 >= 2)
        groups[f"b-{number % 2}", f"user-{number:03}"] = [f"{size}-".ljust(size, "x")[:size] for size in sizes]
    server = serve(seed=sql_broker("b-0") + sql_broker("b-1") + "".join(
        sql_user(*user, groups=json.dumps(value)) for user, value in groups.items()))
    for _ in range(2):
        gone = [server.client() for _ in range(20)]
        for client, user in zip(gone, groups):
            client.send(build("GET", user_path(*user)))
            client.close()
        responses = together(server, [("GET", user_path(*user), None) for user in groups])
        for (broker, name), response in zip(groups, responses):
            assert response.json() == {"brokerId": broker, "username": name, "consoleAccess": False,
                                       "groups": groups[broker, name], "replicationUser": False}
            assert response.header("Content-Length") == str(len(response.body))
        lengths = {len(response.body) for response in responses}
        assert len(lengths) > 300 and min(lengths) < 200 and max(lengths) > 600
        assert len({response.request_id for response in responses}) == len(responses)
        for name in ("x-amz-apigw-id", "x-amzn-trace-id"):
            assert len({response.header(name) for response in responses}) == len(responses)


def test_HDR_2_an_answer_that_waits_for_its_client_stays_as_it_is(serve):
    server = serve(seed=sql_broker("b-1") + sql_user("b-1", "alice") + sql_user("b-1", "carol"))
    slow, other = server.client(), server.client()
    request = build("GET", user_path("b-1", "alice"))
    slow.connect().setblocking(False)
    sent, before = 0, -1
    while sent > before:  # until the buffers of both kernels are full, so that an answer waits
        before = sent
        with contextlib.suppress(BlockingIOError):
            while True:
                at = sent % len(request)
                sent += slow.socket.send((request * 1000)[at:])
        assert other.call("GET", user_path("b-1", "carol")).json()["username"] == "carol"
    slow.socket.settimeout(slow.timeout_s)
    for _ in range(sent // len(request)):
        assert slow.receive("GET", user_path("b-1", "alice")).json()["username"] == "alice"
    if at := sent % len(request):
        slow.send(request[at:])
        assert slow.receive("GET", user_path("b-1", "alice")).json()["username"] == "alice"
