"""Who reaches /_local/: a page of another site in the developer's browser must not."""

import re

import pytest

import control_calls as control
import harness
from harness import assert_error, assert_ok
from tables import ENDPOINTS

SAME = ("GET", "/_local/clock")
# But those that are open to everybody; a report of a runner has a secret: test_broker_processes.
OPEN = {("GET", "/_local/health"), ("POST", "/_local/brokers/{broker-id}")}
ALL = [endpoint for endpoint in ENDPOINTS if endpoint not in OPEN]
SITE = "The control API does not accept requests from pages of other sites."


@pytest.fixture(scope="module")
def server():
    with harness.Server("--control-host", "mq.test", "--control-host", "build-box") as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def refused_host(response, name):
    assert_error(response, 403, "AccessDeniedException", f"The control API does not accept the host name [{name}]. "
                 "Use localhost, an address or a name of --control-host.")


def refused_site(response):
    assert_error(response, 403, "AccessDeniedException", SITE)


@pytest.mark.parametrize("host", (
    "localhost", "localhost:8267", "LocalHost:1", "a.localhost", "a.b.localhost:99", "127.0.0.1", "127.0.0.1:8267",
    "192.168.1.5:8267", "[::1]", "[::1]:8267", "[fe80::1]:1", "mq.test", "MQ.test:5", "build-box:8267",
    "localhost:", "[::1]:", "localhost:0", "localhost:65535", "localhost:08267", "[::ffff:127.0.0.1]:1", " localhost ",
))
def test_a_host_that_is_ours(client, host):
    assert_ok(control.call(client, *SAME, headers={"Host": host}))


@pytest.mark.parametrize("host, name", (
    ("example.com", "example.com"), ("example.com:8267", "example.com"), ("localhost.example.com", "localhost.example.com"),
    ("127.0.0.1.example.com", "127.0.0.1.example.com"), ("notlocalhost", "notlocalhost"), ("mq.test.evil", "mq.test.evil"),
    ("xmq.test", "xmq.test"), ("1.2.3", "1.2.3"), ("[example.com]", "example.com"), ("2130706433", "2130706433"),
    ("0x7f.1", "0x7f.1"), ("localhost.", "localhost."), ("evil.localhost.example.com:80", "evil.localhost.example.com"),
    ("[127.0.0.1]", "127.0.0.1"), ("[localhost]:80", "localhost"), ("[mq.test]", "mq.test"), ("[]", ""), ("[fe80::1%25lo]", "fe80::1%25lo"),
    # No host with a port: shown whole.
    *((whole, whole) for whole in (
        "[::1].evil.example", "[::1]x", "[::1]x:80", "[::1]:80:80", "[::1]:x", "[::1", "::1", "::1:80", ":80", ":", "localhost:x",
        "localhost:x@evil.example", "localhost:80@evil.example", "localhost:80:80", "localhost:80x", "localhost:-1", "localhost:+80",
        "localhost:65536", "localhost: 80", "localhost:80/", "localhost:99999999999999999999", "127.0.0.1:1:1")),
    ("localhost@evil.example", "localhost@evil.example"), ("127.0.0.1@evil", "127.0.0.1@evil"), ("evil@a.localhost", "evil@a.localhost"),
    ("evil.example/.localhost", "evil.example/.localhost"), ("evil.example?.localhost", "evil.example?.localhost"),
    ("evil .localhost", "evil .localhost"), ("evil\\.localhost", "evil\\.localhost"), ("localhost,evil", "localhost,evil"),
    (".localhost", ".localhost"), ("a..localhost", "a..localhost"), ("%65.localhost", "%65.localhost"),
))
def test_a_host_that_a_stranger_can_name(client, host, name):
    for method, target in ALL:
        refused_host(control.call(client, method, target, headers={"Host": host}), name)


def test_a_host_that_is_no_text_is_shown_as_one(client):
    client.send(b"GET /_local/clock HTTP/1.1\r\nHost: evil\xff\x01\x1b\r\n\r\n")
    response = client.receive(*SAME, harness.CHECK_NONE)
    assert response.status == 403 and not re.search(rb"[^\n -~]", response.body.replace("\ufffd".encode(), b"")), response


def test_without_a_host(client):
    client.send(b"GET /_local/clock HTTP/1.0\r\n\r\n")
    assert client.receive(*SAME, harness.CHECK_NONE).status == 200
    client.send(b"GET /_local/clock HTTP/1.1\r\nHost:\r\n\r\n")
    assert client.receive(*SAME, harness.CHECK_NONE).status == 200


def test_the_service_itself_answers_to_any_host(client):
    assert_ok(client.call("GET", "/v1/brokers", headers={"Host": "mq.us-east-1.amazonaws.com"}))


@pytest.mark.parametrize("host", ("localhost:8267", "[::1]:8267", "mq.test"))
@pytest.mark.parametrize("scheme", ("http", "https"))
def test_the_same_origin(client, host, scheme):
    assert_ok(control.call(client, *SAME, headers={"Host": host, "Origin": f"{scheme}://{host}"}))


@pytest.mark.parametrize("origin", (
    "http://example.com", "https://example.com", "null", "", "http://localhost", "http://localhost:8268",
    "http://localhost:8267.example.com", "http://127.0.0.1:8267", "file://", "localhost:8267", "ftp://localhost:8267",
    "http://localhost:8267/", "http://x@localhost:8267",
))
def test_another_origin(client, origin):
    for method, target in ALL:
        refused_site(control.call(client, method, target, headers={"Host": "localhost:8267", "Origin": origin}))


@pytest.mark.parametrize("site", ("same-origin", "none"))
def test_a_browser_s_own_requests(client, site):
    assert_ok(control.call(client, *SAME, headers={"Sec-Fetch-Site": site}))


@pytest.mark.parametrize("site", ("cross-site", "same-site", "", "Same-Origin", "x"))
def test_a_request_that_another_site_s_page_made(client, site):
    for method, target in ALL:
        refused_site(control.call(client, method, target, headers={"Sec-Fetch-Site": site}))


LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("site", ("cross-site", "same-site"))
def test_CTL_1_a_link_of_another_site_opens_the_page_and_nothing_else(client, site):
    for method, target in ALL:
        response = control.call(client, method, target, headers={**LINK, "Sec-Fetch-Site": site, "Sec-Fetch-User": "?1"})
        if (method, target) == ("GET", "/_local/"):
            assert_ok(response)
            assert response.header("cross-origin-opener-policy") == "same-origin"
        else:
            refused_site(response)


@pytest.mark.parametrize("changed", (
    *({"Sec-Fetch-Dest": dest} for dest in ("iframe", "frame", "embed", "object", "empty", "script", "image", "", "Document")),
    *({"Sec-Fetch-Mode": mode} for mode in ("no-cors", "cors", "same-origin", "websocket", "nested-navigate", "", "Navigate")),
    {"Origin": "null"}, {"Origin": "http://example.com"},
), ids=str)
def test_CTL_1_what_is_no_link_does_not_open_the_page(client, changed):
    refused_site(control.call(client, "GET", "/_local/", headers={**LINK, **changed}))


def test_CTL_1_half_a_link_does_not_open_the_page(client):
    for name in ("Sec-Fetch-Mode", "Sec-Fetch-Dest"):
        refused_site(control.call(client, "GET", "/_local/", headers={key: value for key, value in LINK.items() if key != name}))
    refused_host(control.call(client, "GET", "/_local/", headers={**LINK, "Host": "example.com"}), "example.com")


def test_what_is_refused_does_nothing(serve):
    client = serve(seed=harness.sql_broker("b-1", "one")).client()
    for headers in ({"Host": "example.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert control.call(client, "POST", "/_local/reset?empty=true", headers=headers).status == 403
        assert control.call(client, "POST", "/_local/seed", "DELETE FROM broker;", headers).status == 403
        assert control.call(client, "POST", "/_local/clock", {"advanceMs": 1000}, headers).status == 403
    assert_ok(client.call("GET", "/v1/brokers/b-1"))
    assert control.clock(client)["offsetMs"] <= 0


def test_no_preflight_is_granted(client):
    for _, target in ALL:
        response = control.call(client, "OPTIONS", target, headers={
            "Origin": "http://example.com", "Access-Control-Request-Method": "POST"})
        assert response.status == 403, response


def test_the_service_keeps_its_cors(client):
    response = client.call("GET", "/v1/brokers", headers={"Origin": "http://example.com", "Sec-Fetch-Site": "cross-site"})
    assert response.header("access-control-allow-origin") == "*"


def test_health_is_open_to_all(client):
    for headers in ({"Host": "example.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        body = assert_ok(control.call(client, "GET", "/_local/health", headers=headers)).json()
        assert list(body) == ["status", "version"] and body["status"] == "ok"


@pytest.mark.parametrize("method, target", (
    ("GET", "/_local"), ("GET", "/_local/nothing"), ("GET", "/_local/clock/"), ("GET", "/_local/clock/x"),
    ("PUT", "/_local/clock"), ("GET", "/_local/reset"), ("GET", "/_local/Clock"), ("DELETE", "/_local/"),
    ("GET", "//_local/clock"), ("GET", "/v1/_local/clock"), ("HEAD", "/_local/clock"),
))
def test_what_is_not_there(client, method, target):
    response = client.call(method, target, check=harness.CHECK_NONE)
    assert response.status == 403 and response.error == harness.model.MISSING_TOKEN, response


# --- Tokens ----------------------------------------------------------------------------------------------------

TOKEN = "s3cret-token"


def test_a_token_is_asked_for(serve):
    client = serve("--control-token", TOKEN).client()
    for given in (None, TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ", f"bearer{TOKEN}", f"Basic {TOKEN}",
                  f"Bearer  {TOKEN}"):
        for method, target in ALL:
            if target == "/_local/":
                continue  # see below
            assert_error(control.call(client, method, target, headers={"Authorization": given} if given else ()), 401,
                         "UnauthorizedException", "The control API requires the bearer token of --control-token.")
    assert_ok(control.call(client, *SAME, headers={"Authorization": f"Bearer {TOKEN}"}))
    assert_ok(control.call(client, "GET", "/_local/health"))
    # A browser that is given an address sends no token: the page is there without, and asks for it.
    assert control.call(client, "GET", "/_local/").status == 200
    assert_ok(client.call("GET", "/v1/brokers"))


def test_a_token_does_not_open_what_is_refused_anyway(serve):
    client = serve("--control-token", TOKEN).client()
    refused_host(control.call(client, *SAME, headers={"Authorization": f"Bearer {TOKEN}", "Host": "example.com"}),
                 "example.com")
    refused_site(control.call(client, *SAME, headers={"Authorization": f"Bearer {TOKEN}", "Origin": "null"}))


def test_the_token_comes_from_the_environment_and_stays_out_of_the_log(serve):
    server = serve("--log-level", "debug", env={"AMAZONMQ_LOCAL_CONTROL_TOKEN": TOKEN})
    assert_ok(control.call(server.client(), *SAME, headers={"Authorization": f"Bearer {TOKEN}"}))
    server.stop()
    assert TOKEN not in server.stderr_text()
    server.start()


@pytest.mark.parametrize("token", ("short", "x" * 201, "with a blank", "ümlaut-token"))
def test_a_token_that_is_none(token):
    result = harness.run("--control-token", token)
    assert result.returncode == 2
    assert b"expected 8 to 200 printable characters without blanks" in result.stderr


# --- Off -------------------------------------------------------------------------------------------------------

def test_control_off_leaves_health_only(serve):
    client = serve("--control", "off").client()
    for method, target in ALL:
        response = control.call(client, method, target)
        assert_error(response, 403, harness.model.MISSING_TOKEN, "Missing Authentication Token")
    assert_ok(control.call(client, "GET", "/_local/health"))
    assert_ok(client.call("GET", "/v1/brokers"))


def test_control_off_in_the_environment(serve):
    client = serve(env={"AMAZONMQ_LOCAL_CONTROL": "off"}).client()
    assert control.call(client, *SAME).status == 403
    assert harness.run("--control", "maybe").returncode == 2


def test_names_in_the_environment(serve):
    client = serve(env={"AMAZONMQ_LOCAL_CONTROL_HOST": "one.test,two.test"}).client()
    for host in ("one.test", "two.test:80"):
        assert_ok(control.call(client, *SAME, headers={"Host": host}))
    refused_host(control.call(client, *SAME, headers={"Host": "three.test"}), "three.test")


def test_CTL_1_the_page_is_a_page(client):
    response = control.call(client, "GET", "/_local/")
    assert_ok(response)
    assert response.header("Content-Type") == "text/html; charset=utf-8"
    policy = response.header("content-security-policy")
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert response.body.lower().startswith(b"<!doctype html>")
