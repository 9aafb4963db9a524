"""The log as JSON: the same events and fields as in logfmt, one object a line."""

import json
import re

import pytest

import harness
import wire
from harness import segment
from test_log import FORGED, SECRET, SECRET_BODIES, TIME, body

JSON = ("--log-format", "json")


@pytest.fixture(scope="module")
def server():
    with harness.Server(*wire.PATIENT, *JSON, seed=wire.SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def once(pairs):
    """The object of those members, each of which stands in it once."""
    assert len(dict(pairs)) == len(pairs), f"a member stands twice: {pairs}"
    return dict(pairs)


def log_lines(server):
    """The whole lines of stderr so far, each an object."""
    text = server.stderr_text()
    return [json.loads(line, object_pairs_hook=once) for line in text[:text.rfind("\n") + 1].split("\n")[:-1]]


def request_line(server, request_id):
    """The line about the request with that id, once it is written."""
    def found():
        return [line for line in log_lines(server) if line.get("id") == request_id]

    (line,) = harness.eventually(found, f"the log line of {request_id}")
    return line


def test_LOG_1_one_object_for_a_request(server, client):
    response = client.call("GET", wire.ALICE + "?a=b")
    line = request_line(server, response.request_id)
    assert list(line) == ["time", "level", "event", "id", "operation", "method", "path", "status", "us"]
    assert TIME.fullmatch(line["time"])
    assert isinstance(line.pop("us"), int)
    assert line == {"time": line["time"], "level": "info", "event": "request", "id": response.request_id,
                    "operation": "DescribeUser", "method": "GET", "path": wire.ALICE, "status": 200}


def test_LOG_1_a_failed_request_names_its_error(server, client):
    line = request_line(server, client.call("GET", f"{wire.LIST}/nobody").request_id)
    assert (line["status"], line["error"]) == (404, "NotFoundException")


def test_LOG_1_a_dropped_request_says_so(serve):
    server = serve(*JSON, seed=wire.SEED + harness.sql_fault(drop_connection=1))
    server.client().send(harness.build("GET", wire.ALICE))
    (line,) = harness.eventually(lambda: [line for line in log_lines(server) if "path" in line], "the line of the request")
    assert line["dropped"] is True and list(line)[-2:] == ["dropped", "us"]


def test_LOG_1_both_formats_say_the_same(serve):
    """What is not the same in any two runs is left out of the comparison."""
    said = []
    for flags, read in (((), wire.log_lines), (JSON, log_lines)):
        server = serve(*flags, "--log-level", "debug", seed=wire.SEED)
        client = server.client()
        for target in (wire.ALICE, f"{wire.LIST}/nobody", "/nowhere", "/%zz", "/_local/health"):
            client.call("GET", target, check=harness.CHECK_NONE)
        client.call("GET", wire.ALICE, headers=[harness.credential("000000000000")])
        client.close()
        server.stop()
        said.append([{name: str(value) for name, value in line.items() if name not in ("time", "id", "us", "port", "page")}
                     for line in read(server)])
    assert said[0] == said[1]
    assert {line["event"] for line in said[1]} >= {"ready", "request", "stop", "broker-of-another-world"}


def test_LOG_1_the_format_comes_from_the_environment_too(serve):
    server = serve(env={"AMAZONMQ_LOCAL_LOG_FORMAT": "json"})
    server.stop()
    assert [line["event"] for line in log_lines(server)] == ["ready", "stop"]
    server = serve("--log-format", "logfmt", env={"AMAZONMQ_LOCAL_LOG_FORMAT": "json"})
    server.stop()
    assert [line["event"] for line in wire.log_lines(server)] == ["ready", "stop"]


@pytest.mark.parametrize("value", ("", "JSON", "text", "json,logfmt"))
def test_LOG_1_another_format_is_refused(value):
    line = wire.refuse_start("--log-format", value, code=2)
    assert line == f"amazonmq-local: --log-format: bad value '{value}', expected logfmt|json"


@pytest.mark.parametrize("name", ("a\nb", "a\r\nb", FORGED, 'a"b', "a\\", 'a\\"', "a\x1b[31mb", "a\u2028b", "\u0085",
                                  "a=b c=d", "\x7f", '","level":"error'))
def test_LOG_2_what_a_client_sends_cannot_forge_a_line(server, client, name):
    response = client.call("GET", f"{wire.LIST}/{segment(name)}")
    assert response.status == 404
    assert request_line(server, response.request_id)["path"] == f"{wire.LIST}/{segment(name)}"
    assert all(line["event"] != "forged" for line in log_lines(server))


@pytest.mark.parametrize("target, path", (
    (b"/v1/\x01\x02\x1b[31m", "-"), (b"/v1/\x7f", "-"), (b'/v1/"a=b"', "-"), (b"/v1/\\n", "-"), (b"/v1/\xff", "-"),
    ("/v1/ü€\u0085😀z".encode(), "/v1/ü€\u0085😀z"), (b"/v1/a\xe2\x82b\xff\xfec\xc3\xbc", "-"), (b"/v1/\xed\xa0\x80", "-"),
))
def test_LOG_2_LOG_3_raw_bytes_in_the_target_stay_in_their_string(serve, target, path):
    server = serve(*JSON)
    with server.client() as client:
        client.send(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        client.receive_until_closed()
    server.stop()
    assert [line["path"] for line in log_lines(server) if line["event"] == "request"] == [path]
    assert not re.search(r"[^\n -~]", server.stderr_text()), "something but printable ASCII in the log"


def test_LOG_2_a_long_path_is_one_line(server, client):
    path = f"{wire.LIST}/{'%0A' * 5000}"
    assert request_line(server, client.call("GET", path).request_id)["path"] == path


def test_LOG_2_every_request_has_its_own_line(server, client):
    paths = [f"{wire.LIST}/nobody-{number}" for number in range(200)]
    client.send(b"".join(wire.get(path) for path in paths))
    ids = [client.receive("GET", path).request_id for path in paths]
    for request_id, path in zip(ids, paths):
        assert request_line(server, request_id)["path"] == path


@pytest.mark.parametrize("level", ("info", "debug"))
def test_LOG_2_no_secret_in_it(serve, level):
    server = serve(*JSON, "--log-level", level, seed=wire.SEED + harness.sql_user(wire.BROKER, "keeper", SECRET))
    client = server.client()
    for text in SECRET_BODIES:
        client.call("POST", f"{wire.LIST}/another", body(text))
    client.call("GET", f"{wire.LIST}?{SECRET}", headers=[("Authorization", SECRET)])
    server.stop()
    assert log_lines(server)
    assert not re.search(SECRET, server.stderr_text())
