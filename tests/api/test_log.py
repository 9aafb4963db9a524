"""The log: one line per request, nothing secret in it, nothing forged."""

import re

import pytest

import harness
import wire
from harness import build, segment

SECRET = "sesame-open-4711"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


server = wire.server
client = wire.client


def test_HDR_2_START_11_one_line_for_a_request(server, client):
    response = client.call("GET", wire.ALICE + "?a=b")
    line = wire.request_line(server, response.request_id)
    assert list(line)[:3] == ["time", "level", "event"]
    assert TIME.fullmatch(line["time"])
    assert (line["level"], line["operation"], line["method"], line["status"]) == (
        "info", "DescribeUser", "GET", "200")
    assert line["path"] == wire.ALICE
    assert int(line["us"]) >= 0
    assert "error" not in line


def test_START_11_a_failed_request_names_its_error(server, client):
    response = client.call("GET", f"{wire.LIST}/nobody")
    line = wire.request_line(server, response.request_id)
    assert (line["status"], line["error"]) == ("404", "NotFoundException")


@pytest.mark.parametrize("method, target, operation, status", (
    ("POST", f"{wire.LIST}/bob", "CreateUser", "400"), ("PUT", wire.ALICE, "UpdateUser", "200"),
    ("GET", wire.LIST, "ListUsers", "200"), ("GET", "/v1/brokers", "ListBrokers", "200"),
    ("GET", "/v1/tags/x", "ListTags", "404"),
))
def test_START_11_the_operation_stands_in_the_line(server, client, method, target, operation, status):
    line = wire.request_line(server, client.call(method, target).request_id)
    assert (line["operation"], line["method"], line["status"]) == (operation, method, status)


@pytest.mark.parametrize("method, target, status, path", (
    ("GET", "/nowhere", "403", "/nowhere"), ("HEAD", wire.ALICE, "403", wire.ALICE), ("get", wire.ALICE, "403", wire.ALICE),
    ("GET", "/%zz", "400", "-"),
))
def test_START_11_requests_that_lead_nowhere_have_a_line_too(server, client, method, target, status, path):
    line = wire.request_line(server, client.call(method, target).request_id)
    assert (line["method"], line["path"], line["status"]) == (method, path, status)


def test_START_11_bad_framing_and_big_bodies_have_a_line_too(server, client):
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
    response = client.receive("GET", "/")
    assert wire.request_line(server, response.request_id)["status"] == "400"
    response = client.call("PUT", wire.ALICE, b" " * (2 << 20))
    assert wire.request_line(server, response.request_id)["status"] == "413"


def test_HDR_2_START_11_every_request_has_its_own_line(server, client):
    paths = [f"{wire.LIST}/nobody-{number}" for number in range(200)]
    client.send(b"".join(wire.get(path) for path in paths))
    ids = [client.receive("GET", path).request_id for path in paths]
    assert len(set(ids)) == len(ids)
    for request_id, path in zip(ids, paths):
        assert wire.request_line(server, request_id)["path"] == path


# --- Secrets ---------------------------------------------------------------------------------------------------

def body(text):
    return text.replace("SECRET", SECRET)


SECRET_BODIES = (
    '{"password":"SECRET"}', '{"password":"SECRET","groups":1}', '{"password":"SECRET"', '{"password":"SECRET"}}',
    '{"password":SECRET}', '{"password":"SECRET\\x"}', '{"password":"SECRET\u0001"}', '["SECRET"]', '"SECRET"', "SECRET",
    '{"password":"SECRET","password":"SECRET"}', '{"SECRET":1,"SECRET":2}', '{"password":["SECRET"]}',
    '{"password":"SECRET:"}', '{"password":"SECRETé"}', '{"groups":["SECRET!"],"password":"SECRET"}',
    '{"password":"SECRET","consoleAccess":true,"replicationUser":true}', '{"password":"SECRET\\u0000"}',
)


@pytest.mark.parametrize("method", ("POST", "PUT"))
def test_USR_5_START_12_no_password_in_answer_or_log(server, client, method):
    for text in SECRET_BODIES:
        response = client.call(method, f"{wire.LIST}/keeper", body(text))
        # A group's name is no secret, and its 400 quotes it.
        if "groups" not in text:
            assert SECRET.encode() not in response.body, response
        wire.request_line(server, response.request_id)
    response = client.call("POST", f"{wire.LIST}/keeper", b'{"password":"\xff' + SECRET.encode() + b'"}')
    assert SECRET.encode() not in response.body
    assert SECRET.encode() not in client.call("GET", f"{wire.LIST}/keeper").body
    assert SECRET not in server.stderr_text()


def test_START_12_nothing_of_the_query_the_body_or_the_headers_is_logged(server, client):
    """A client's mistake, or a presigned URL, must not put a secret into a file that many can read."""
    for target in (f"{wire.LIST}/bob?password={SECRET}", f"{wire.LIST}?{SECRET}", f"/nowhere?{SECRET}",
                   f"{wire.LIST}?maxResults={SECRET}", f"{wire.LIST}?nextToken={SECRET}", f"/v1/%zz?{SECRET}",
                   f"{wire.LIST}?X-Amz-Signature={SECRET}", f"{wire.LIST}?X-Amz-Security-Token={SECRET}"):
        wire.request_line(server, client.call("GET", target).request_id)
    for name in ("Authorization", "X-Amz-Security-Token", "Cookie", "User-Agent", SECRET):
        wire.request_line(server, client.call("GET", wire.ALICE, headers=[(name, SECRET)]).request_id)
    client.send(build("PUT", wire.ALICE, None, [("Content-Length", "1"), ("Content-Length", SECRET)]) + b"{")
    client.receive_until_closed()
    assert SECRET not in server.stderr_text()


def test_START_12_no_secret_of_a_seed_in_the_log(serve):
    server = serve(seed=wire.SEED + harness.sql_user(wire.BROKER, "keeper", SECRET)
                   + harness.sql_insert("access_key", id="AKID", secret=SECRET))
    server.client().call("GET", f"{wire.LIST}/keeper")
    server.stop()
    assert SECRET not in server.stderr_text()


def test_START_12_debug_tells_no_secret_either(serve):
    server = serve("--log-level", "debug", seed=wire.SEED + harness.sql_insert("access_key", id="AKID", secret=SECRET))
    client = server.client()
    for text in SECRET_BODIES:
        client.call("POST", f"{wire.LIST}/keeper", body(text))
    client.call("GET", f"{wire.LIST}?{SECRET}", headers=[("Authorization", SECRET)])
    server.stop()
    assert SECRET not in server.stderr_text()


# --- Forgery ---------------------------------------------------------------------------------------------------

FORGED = ' level=info event=request id=forged\ntime=2000-01-01T00:00:00.000Z level=error event=forged "'


@pytest.mark.parametrize("name", ("a\nb", "a\r\nb", FORGED, 'a"b', "a\\", 'a\\"', "a\x1b[31mb", "a\u2028b", "\u0085",
                                  "a=b c=d", "\x7f"))
def test_START_13_what_a_client_sends_cannot_forge_a_line(server, client, name):
    response = client.call("GET", f"{wire.LIST}/{segment(name)}")
    assert response.status == 404
    line = wire.request_line(server, response.request_id)
    assert line["path"] == f"{wire.LIST}/{segment(name)}"
    assert all(entry["event"] != "forged" for entry in wire.log_lines(server))


@pytest.mark.parametrize("target", (b"/v1/\x01\x02\x1b[31m", b"/v1/\x7f", b"/v1/\xc2\x85", b"/v1/\xff", b'/v1/"a=b"',
                                    b"/v1/\\n", b"/v1/\ttab"))
def test_START_13_raw_bytes_in_the_target_cannot_forge_a_line(server, client, target):
    client.send(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    client.receive_until_closed()
    text = server.stderr_text()
    assert wire.log_lines(server)
    assert not re.search(r"[^\n -~]", text), "something but printable ASCII in the log"


def test_START_13_methods_cannot_forge_a_line(server, client):
    for method in ('a"b', "FO\x01O", "a=b", "M" * 1000):
        client.send(f"{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        client.receive_until_closed()
    assert wire.log_lines(server)
    assert not re.search(r"[^\n -~]", server.stderr_text())


def test_START_13_a_long_path_is_one_line(server, client):
    response = client.call("GET", f"{wire.LIST}/{'%0A' * 5000}")
    wire.request_line(server, response.request_id)


# --- Levels ----------------------------------------------------------------------------------------------------

LEVELS = ("error", "warn", "info", "debug")


@pytest.mark.parametrize("level", LEVELS)
def test_START_14_no_line_above_the_level(serve, level):
    server = serve("--log-level", level, seed=wire.SEED)
    client = server.client()
    client.call("GET", wire.ALICE)
    client.call("GET", wire.ALICE, headers=[harness.credential("000000000000")])
    server.stop()
    lines = wire.log_lines(server)
    allowed = LEVELS[:LEVELS.index(level) + 1]
    assert {line["level"] for line in lines} <= set(allowed)
    assert bool(wire.request_lines(server)) == ("info" in allowed)
    # That the broker is another account's is a warning.
    assert any(line["level"] == "warn" for line in lines) == ("warn" in allowed)
