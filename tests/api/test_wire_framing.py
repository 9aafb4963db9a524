"""Heads that must be refused, because two readers could see different requests in them, and odd ones that need not."""

import pytest

import wire
from harness import assert_ok

PATH = wire.ALICE.encode()


server = wire.server
client = wire.client


def post(*headers, body=b""):
    """A PUT with these header lines and nothing else but a Host."""
    return b"\r\n".join([b"PUT " + PATH + b" HTTP/1.1", b"Host: localhost", *headers]) + b"\r\n\r\n" + body


def refused(client, data, by_library=False):
    """Sends a request with bad framing; asserts the refusal, and that a new connection works."""
    client.send(data)
    wire.receive_malformed(client, "PUT", wire.ALICE, by_library)
    response = assert_ok(client.call("GET", wire.ALICE))
    assert "pending" not in response.json(), "the refused request was carried out"


@pytest.mark.parametrize("coding", (b"identity", b"gzip", b"gzip, chunked", b"chunked, chunked", b"chunked, gzip",
                                    b"chunkedx", b"xchunked", b"chunked;q=1", b'"chunked"', b"chunked,", b","))
def test_HTTP_1_HTTP_2_a_transfer_coding_other_than_chunked(client, coding):
    refused(client, post(b"Transfer-Encoding: " + coding, body=b"2\r\n{}\r\n0\r\n\r\n"), by_library=True)


def test_HTTP_1_HTTP_2_HTTP_3_identity_with_a_length(client):
    refused(client, post(b"Transfer-Encoding: identity", b"Content-Length: 2", body=b"{}"), by_library=True)


def test_HTTP_1_HTTP_2_two_transfer_encodings(client):
    refused(client, post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n"))


@pytest.mark.parametrize("length", (b"2", b"0", b"12"))
@pytest.mark.parametrize("first", (True, False))
def test_HTTP_1_HTTP_3_chunks_and_a_length(client, length, first):
    headers = [b"Transfer-Encoding: chunked", b"Content-Length: " + length]
    refused(client, post(*(headers if first else reversed(headers)), body=b"2\r\n{}\r\n0\r\n\r\n"))


@pytest.mark.parametrize("second", (b"2", b"3", b"0", b"44"))
def test_HTTP_1_HTTP_4_two_lengths(client, second):
    refused(client, post(b"Content-Length: 2", b"Content-Length: " + second, body=b"{}"))


def test_HTTP_1_HTTP_4_a_smuggled_request_is_not_answered(client):
    inner = b"DELETE " + PATH + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    refused(client, post(b"Content-Length: 0", b"Content-Length: %d" % len(inner), body=inner))
    refused(client, post(b"Content-Length: %d" % len(inner), b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + inner))


def test_HTTP_1_HTTP_5_no_host(client):
    refused(client, b"GET " + PATH + b" HTTP/1.1\r\nAccept: */*\r\n\r\n", by_library=True)


def test_HTTP_1_HTTP_5_two_hosts(client):
    refused(client, b"GET " + PATH + b" HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")


def test_HTTP_1_HTTP_5_no_host_with_a_body(client):
    refused(client, b"PUT " + PATH + b" HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", by_library=True)


def test_HTTP_1_HTTP_9_what_follows_a_refused_request_is_not_answered(client):
    refused(client, post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}")
            + b"PUT " + PATH + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")


def test_HTTP_1_HTTP_7_bad_framing_is_refused_before_the_awaited_body(client):
    client.send(post(b"Expect: 100-continue", b"Content-Length: 2", b"Content-Length: 3"))
    assert client.receive_head().startswith(b"HTTP/1.1 400 ")


def test_HTTP_1_framing_comes_before_path_and_route(client):
    client.send(b"PUT /%zz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}")
    wire.assert_malformed(client, client.receive("PUT", "/%zz"))


@pytest.mark.parametrize("value", (b"abc", b"-1", b"2x", b"0x2", b"99999999999999999999999", b"2 2"))
def test_HTTP_17_an_unreadable_length(client, value):
    client.send(post(b"Content-Length: " + value, body=b"{}"))
    received = client.receive_until_closed()
    assert received.startswith(b"HTTP/1.1 4"), received
    assert "pending" not in assert_ok(client.call("GET", wire.ALICE)).json()


# --- Lines that libmicrohttpd 0.9.75 hides ---------------------------------------------------------------------

SMUGGLED = b"DELETE " + PATH + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("lines, body", (
    (b"Content-Length: 2\r\n 0", b"{}"), (b"Content-Length:\r\n 2", b"{}"), (b"Content-Length: 2\r\n\t", b"{}"),
    (b"Content-Length: 2\r\n ", b"{}"), (b"Content-Len: 2\r\n gth", b"{}"), (b"Transfer-Enco: chunked\r\n ding", b"0\r\n\r\n"),
    (b"Transfer-Encoding:\r\n chunked", b"0\r\n\r\n"), (b"Transfer-Encoding: chunked\r\n , gzip", b"0\r\n\r\n"),
    (b"Transfer-Encoding: chunked\r\n  ", b"0\r\n\r\n"), (b"X-Folded: one\r\n two", b""), (b"X-Folded: one\r\n two: three", b""),
    (b"X-Folded: one\r\n two\r\n three", b""), (b"X-Folded: one\n two", b""), (b"X: y\r\n Content-Length: 2", b"{}"),
))
@pytest.mark.parametrize("last", (True, False))
def test_HTTP_1_HTTP_21_a_folded_header(client, lines, body, last):
    if wire.library_refuses_more():
        pytest.skip("libmicrohttpd 1.0 reads folded lines as RFC 9112, 5.2 says")
    refused(client, post(lines, *() if last else (b"X-Last: z",), body=body + SMUGGLED))


@pytest.mark.parametrize("first", (b" Content-Length: 2", b"\tX: y", b"  "))
def test_HTTP_1_HTTP_21_a_folded_first_line(client, first):
    client.send(b"PUT " + PATH + b" HTTP/1.1\r\n" + first + b"\r\nHost: localhost\r\n\r\n" + SMUGGLED)
    assert client.receive_until_closed().startswith(b"HTTP/1.1 400 ")
    assert "pending" not in assert_ok(client.call("GET", wire.ALICE)).json()


@pytest.mark.parametrize("line", (b": value", b":", b": ", b":Content-Length: 0", b"::"))
@pytest.mark.parametrize("before", ((), (b"Content-Length: 0",), (b"X: y", b"Z: ")))
@pytest.mark.parametrize("after", ((), (b"Content-Length: %d" % len(SMUGGLED),), (SMUGGLED[:-4],)))
def test_HTTP_1_HTTP_20_an_empty_header_name(client, line, before, after):
    """libmicrohttpd 0.9.75 takes it for the end of the head, and what follows for the next request."""
    refused(client, post(*before, line, *after, body=SMUGGLED), by_library=True)


def test_HTTP_1_HTTP_20_an_empty_name_first(client):
    client.send(b"PUT " + PATH + b" HTTP/1.1\r\n: value\r\nHost: localhost\r\n\r\n" + SMUGGLED)
    wire.receive_malformed(client, "PUT", wire.ALICE, by_library=True)
    assert "pending" not in assert_ok(client.call("GET", wire.ALICE)).json()


def test_HTTP_20_an_empty_name_before_a_bare_lf_is_not_seen(client):
    """What libmicrohttpd 0.9.75 leaves of `:` and LF is what it leaves of an empty line."""
    client.send(post(b"Content-Length: 2", b":\nX: y", body=b"{}"))
    received = client.receive_until_closed() if wire.library_refuses_more() else client.receive_head()
    assert received.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("name", (b"X\x01", b"X\x7f", b"X(y)", b"X{", b'"X"', b"X/y", b"X\xc3\xa4", b"X@", b"X=", b"X,y", b"X;"))
def test_HTTP_1_HTTP_20_a_header_name_that_is_no_token(client, name):
    refused(client, post(name + b": y", b"Content-Length: 0"))


@pytest.mark.parametrize("lines", (b"X: a\rContent-Length: 2", b"X: a\rb", b"X: \ra", b"X: a\r"))
def test_HTTP_1_HTTP_21_a_bare_cr(client, lines):
    client.send(post(lines, b"Content-Length: 0") + SMUGGLED)
    assert client.receive_until_closed().startswith(b"HTTP/1.1 400 ")
    assert "pending" not in assert_ok(client.call("GET", wire.ALICE)).json()


@pytest.mark.parametrize("trailer", (b"X: y\r\n: z", b"X: y", b"X: y\r\n Z", b": z"))
def test_HTTP_8_after_trailers_the_connection_is_closed(serve, trailer):
    """An empty name ends them for libmicrohttpd 0.9.75, which would read what follows as a request."""
    client = serve(*wire.PATIENT, seed=wire.SEED).client()
    client.send(post(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n" + trailer + b"\r\n" + SMUGGLED))
    received = client.receive_until_closed()
    assert received.count(b"HTTP/1.1 ") == 1, received
    assert assert_ok(client.call("GET", wire.ALICE)).json().get("pending", {}).get("pendingChange") != "DELETE"


@pytest.mark.parametrize("form", (b"%s", b"%s ", b"%s\t", b"%s \t \t"))
def test_HTTP_22_blanks_after_a_value_are_not_part_of_it(serve, form):
    server = serve("--control-token", "secret-token", *wire.PATIENT, seed=wire.SEED)
    client = server.client()
    client.send(b"GET /_local/clock HTTP/1.1\r\nHost: " + form % b"localhost" + b"\r\nAuthorization: "
                + form % b"Bearer secret-token" + b"\r\nOrigin: " + form % b"http://localhost" + b"\r\nX: " + form % b"" + b"\r\n\r\n")
    assert_ok(client.receive("GET", "/_local/clock", "none"))


def test_HTTP_1_HTTP_22_blanks_after_a_transfer_coding(serve):
    """libmicrohttpd 0.9.75 does not take it for `chunked`, so it must not be taken for it here; 1.0 does."""
    client = serve(*wire.PATIENT, seed=wire.SEED).client()
    data = post(b"Transfer-Encoding: chunked \t", body=b"2\r\n{}\r\n0\r\n\r\n")
    if wire.library_refuses_more():
        client.send(data)
        assert_ok(client.receive("PUT", wire.ALICE))
    else:
        refused(client, data)


# --- Odd, and fine ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("head", (
    b"GET %s HTTP/1.1\nHost: localhost\n\n",
    b"GET %s HTTP/1.1\r\nHost:localhost\r\n\r\n",
    b"GET %s HTTP/1.1\r\nhOsT: \t localhost\t \r\n\r\n",
    b"\r\nGET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET %s HTTP/1.1\r\nHost: localhost\r\nX-Bytes: \xc3\xa4 \xff\r\n\r\n",
    b"GET %s HTTP/1.1\r\nHost: localhost\r\nX-Empty:\r\n\r\n",
), ids=("bare LF", "no space", "white space", "empty line first", "bytes over 127", "empty header"))
def test_HTTP_9_odd_heads_that_are_read(client, head):
    client.send(head % PATH)
    assert_ok(client.receive("GET", wire.ALICE))
    assert_ok(client.call("GET", wire.ALICE))


@pytest.mark.parametrize("line", (b"X-Any: a\0b", b"X-Any: \0", b"X-Any: a\0", b"Content-Type: \0application/json"))
@pytest.mark.parametrize("last", (True, False))
def test_HTTP_1_HTTP_18_a_nul_in_a_header(client, line, last):
    refused(client, post(line, *() if last else (b"Accept: */*",)), by_library=True)


def test_HTTP_1_HTTP_18_a_nul_in_the_host(client):
    client.send(b"PUT " + PATH + b" HTTP/1.1\r\nHost: local\0host\r\n\r\n")
    wire.receive_malformed(client, "PUT", wire.ALICE, by_library=True)


def test_HTTP_1_HTTP_2_HTTP_18_a_nul_hides_no_transfer_coding(client):
    refused(client, post(b"Transfer-Encoding: \0chunked", body=b"2\r\n{}\r\n0\r\n\r\n"), by_library=True)
    refused(client, post(b"Transfer-Encoding: chunked\0", b"Content-Length: 2", body=b"2\r\n{}\r\n0\r\n\r\n"),
            by_library=True)


@pytest.mark.parametrize("host", ("example.com", "mq.us-east-1.amazonaws.com", "localhost:1", "[::1]:80"))
def test_HTTP_5_any_host_will_do(client, host):
    assert_ok(client.call("GET", wire.ALICE, headers=[("Host", host)]))


def test_HTTP_14_a_header_of_16_kb(client):
    assert_ok(client.call("GET", wire.ALICE, headers=[("X-Amz-Security-Token", "t" * 16384)]))


@pytest.mark.parametrize("size", (1, 7, 1000))
def test_HTTP_14_a_head_in_pieces(client, size):
    """It moves libmicrohttpd's memory, where the check of HTTP-20 and HTTP-21 looks."""
    head = wire.get(wire.ALICE + "?" + "&".join(f"a{n}=b" for n in range(50)), headers=[
        ("Cookie", "a=b; c=d"), ("X-Empty", ""), ("X-Long", "v" * min(500 * size, 10000)), *((f"X-{n}", "v" * n) for n in range(100))])
    for at in range(0, len(head), size):
        client.send(head[at:at + size])
    assert_ok(client.receive("GET", wire.ALICE))


def test_HTTP_14_a_header_block_of_16_kb_in_a_hundred_lines(client):
    assert_ok(client.call("GET", wire.ALICE, headers=[(f"X-Header-{n}", "v" * 150) for n in range(100)]))


@pytest.mark.parametrize("headers", (
    [("X-Huge", "h" * 200_000)],
    [(f"X-{n}", "v") for n in range(1000)],
    [(f"X-{n}", "v") for n in range(5000)],
), ids=("one", "1000", "5000"))
def test_HTTP_14_HTTP_17_more_headers_than_there_is_room_for(client, headers):
    client.send(wire.get(headers=headers))
    received = client.receive_until_closed()
    assert received == b"" or received.startswith(b"HTTP/1.1 4"), received[:200]
    assert_ok(client.call("GET", wire.ALICE))


GARBAGE = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2 + b"\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "one word": b"hello\r\n\r\n",
    "no version": b"GET /v1/brokers\r\n\r\n",
    "other version": b"GET /v1/brokers HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "no colon": b"GET /v1/brokers HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
    "space before colon": b"GET /v1/brokers HTTP/1.1\r\nHost: localhost\r\nContent-Length : 2\r\n\r\n",
    "control characters": b"G\x01T \x02 \x03\r\n\x04: \x05\r\n\r\n",
    "NULs": b"\0" * 4096 + b"\r\n\r\n",
    "FF": b"\xff" * 4096 + b"\r\n\r\n",
    "long method": b"M" * 100_000 + b" / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "CR": b"\r" * 5000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_HTTP_11_garbage_is_refused_or_cut(serve, name):
    """What comes back is libmicrohttpd's business; that something ends it, and that the server goes on, is ours."""
    server = serve("--request-timeout", "1s", "--idle-timeout", "1s", seed=wire.SEED)
    client = server.client()
    client.connect()
    try:
        client.send(GARBAGE[name])
    except (BrokenPipeError, ConnectionResetError):
        client.close()
    else:
        received = client.receive_until_closed()
        assert received == b"" or received.startswith(b"HTTP/1."), received
    assert_ok(client.call("GET", wire.ALICE))
