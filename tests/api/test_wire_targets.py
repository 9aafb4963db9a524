"""Request targets as bytes: escapes, forms of a target, many query members."""

import pytest

import harness
import wire
from harness import assert_bad_request, assert_no_route, assert_no_user, assert_ok

UNREADABLE = "Unable to parse the request path."


server = wire.server
client = wire.client


def send_target(client, target, method=b"GET", check=harness.CHECK_ALL):
    """A request whose target is these bytes."""
    return client.raw(method + b" " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", check)


USERS = wire.LIST.encode()


@pytest.mark.parametrize("name, meaning", (
    (b"a%2Fb", "a/b"), (b"a%2fb", "a/b"), (b"%2F", "/"), (b"a%3Fb", "a?b"), (b"a%23b", "a#b"), (b"a%25b", "a%b"),
    (b"a%2541", "a%41"), (b"a+b", "a+b"), (b"a%20b", "a b"), (b"%E2%82%AC", "€"), (b"\xe2\x82\xac", "€"),
    (b"a%0Ab", "a\\nb"), (b"a%7Fb", "a\x7fb"), (b"a;b=c,d", "a;b=c,d"), (b"%F0%9F%90%B0", "🐰"), (b"a%22b", 'a\\"b'),
))
def test_RTE_1_RTE_2_a_segment_is_decoded_once(client, name, meaning):
    response = send_target(client, USERS + b"/" + name)
    expected = f'{{\n  "errorAttribute" : "username",\n  "message" : "Can\'t find requested user [{meaning}]. ' \
               'Make sure your user exists."\n}'
    assert (response.status, response.body.decode()) == (404, expected)


@pytest.mark.parametrize("name", (b"%zz", b"%", b"%4", b"a%4", b"%00", b"a%00b", b"%c0%af", b"%ff", b"\xff", b"\xc3",
                                  b"%ed%a0%80", b"%f5%80%80%80", b"%-1", b"%+1", b"%g1"))
def test_RTE_4_escapes_that_mean_nothing(client, name):
    assert_bad_request(send_target(client, USERS + b"/" + name), UNREADABLE)


@pytest.mark.parametrize("query", (b"maxResults=%zz", b"%zz=1", b"a=%00", b"a=%ff", b"a=\xff", b"a=%", b"%00"))
def test_RTE_5_escapes_that_mean_nothing_in_the_query(client, query):
    assert_bad_request(send_target(client, USERS + b"?" + query), UNREADABLE)


@pytest.mark.parametrize("target", (b"/%zz", b"/nowhere/%00", b"//%ff"))
def test_RTE_4_ERR_20_before_the_route(client, target):
    assert_bad_request(send_target(client, target), UNREADABLE)


@pytest.mark.parametrize("method", (b"get", b"Get", b"FOO", b"TRACE", b"PATCH", b"M" * 100))
def test_RTE_8_methods_that_do_not_exist(client, method):
    assert_no_route(send_target(client, wire.ALICE.encode(), method))


@pytest.mark.parametrize("authority", (b"localhost", b"localhost:8267", b"mq.us-east-1.amazonaws.com", b"[::1]:8267"))
@pytest.mark.parametrize("scheme", (b"http", b"https", b"HTTP"))
def test_HTTP_16_absolute_form(client, scheme, authority):
    base = scheme + b"://" + authority
    assert_ok(send_target(client, base + wire.ALICE.encode()))
    assert_ok(send_target(client, base + USERS + b"?maxResults=5"))
    # The tests' own list of routes knows no absolute form, so the model has no say here.
    response = send_target(client, base + USERS + b"/http:%2F%2Fx", check=harness.CHECK_SHARED)
    assert_no_user(response, "http://x")


@pytest.mark.parametrize("target", (b"http://localhost", b"http://localhost/", b"http://localhost?a=b", b"*",
                                    b"localhost:80"))
def test_HTTP_16_RTE_7_forms_that_name_no_operation(client, target):
    assert_no_route(send_target(client, target))


def test_HTTP_16_connect_is_no_method(client):
    assert_no_route(send_target(client, b"localhost:80", b"CONNECT"))


def test_HTTP_14_a_long_target(client):
    name = "n" * 8000
    assert_no_user(client.call("GET", f"{wire.LIST}/{name}"), name)
    token = ("X-Amz-Security-Token", "t" * 16384)
    assert_no_user(client.call("GET", f"{wire.LIST}/{name}", headers=[token]), name)


def test_HTTP_17_a_target_without_end(client):
    client.send(b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    received = client.receive_until_closed()
    assert received == b"" or received.startswith(b"HTTP/1.1 4"), received[:200]
    assert_ok(client.call("GET", wire.ALICE))


@pytest.mark.parametrize("count", (10, 99, 100, 200))
def test_HTTP_15_query_members_that_are_read(client, count):
    query = "&".join(f"a{number}=b" for number in range(count - 1))
    response = assert_ok(client.call("GET", f"{wire.LIST}?{query}&maxResults=7"))
    assert response.json()["maxResults"] == 7


@pytest.mark.parametrize("count", (600, 3000))
@pytest.mark.parametrize("member", ("a{}=b", "a{}", ""), ids=("values", "names", "empty"))
def test_HTTP_15_too_many_query_members_do_not_wedge_the_server(server, client, count, member):
    """libmicrohttpd has no room for them and would answer nothing at all."""
    client.send(wire.get(f"{wire.LIST}?" + "&".join(member.format(number) for number in range(count))))
    received = client.receive_until_closed()
    assert received == b"" or received.startswith(b"HTTP/1.1 4"), received[:200]
    assert_ok(client.call("GET", wire.ALICE))


def test_HTTP_15_ampersands_in_the_path_are_no_query_members(client):
    name = "a&" * 400
    assert_no_user(client.call("GET", f"{wire.LIST}/{name}"), name)


def test_HTTP_15_ampersands_in_a_body_are_no_query_members(client):
    assert_ok(client.call("PUT", wire.ALICE, {"ignored": "&" * 5000}), {})
