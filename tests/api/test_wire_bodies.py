"""Request bodies: with a length, in chunks, announced, too large."""

import json

import pytest

import harness
import wire
from harness import assert_error, assert_ok, build

LIMIT = 65536
MIB = 1 << 20


@pytest.fixture(scope="module")
def server():
    with harness.Server("--max-body", str(LIMIT), *wire.PATIENT, seed=wire.SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def assert_too_large(response, limit=LIMIT):
    return assert_error(response, 413, "RequestEntityTooLargeException",
                        f"Request body is larger than [{limit}] bytes.")


def padded(size, **members):
    """A body of exactly that many bytes."""
    text = json.dumps(members).encode()
    return text + b" " * (size - len(text))


def chunked(*chunks, end=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


def send_chunked(client, encoded, target=wire.ALICE, headers=()):
    client.send(build("PUT", target, None, [("Transfer-Encoding", "chunked"), *headers]) + encoded)
    return client.receive("PUT", target)


def pending_groups(client, username="alice"):
    return assert_ok(client.call("GET", f"{wire.LIST}/{username}")).json()["pending"]["groups"]


# --- Sizes -----------------------------------------------------------------------------------------------------

def test_HTTP_6_a_body_of_exactly_the_limit_is_read(client):
    assert_ok(client.call("PUT", wire.ALICE, padded(LIMIT, groups=["exact"])), {})
    assert pending_groups(client) == ["exact"]


def test_HTTP_6_one_byte_more_is_too_large(client):
    assert_ok(client.call("PUT", wire.ALICE, padded(100, groups=["before"])), {})
    assert_too_large(client.call("PUT", wire.ALICE, padded(LIMIT + 1, groups=["after"])))
    assert pending_groups(client) == ["before"]


@pytest.mark.parametrize("flag, limit", (("1048576", MIB), ("64KiB", 65536), ("2MiB", 2 * MIB)))
def test_HTTP_6_the_limit_is_the_one_that_was_set(serve, flag, limit):
    client = serve("--max-body", flag, seed=wire.SEED).client()
    assert_ok(client.call("PUT", wire.ALICE, padded(limit)), {})
    assert_too_large(client.call("PUT", wire.ALICE, padded(limit + 1)), limit)


def test_HTTP_6_the_default_limit_is_one_mebibyte(serve):
    client = serve(seed=wire.SEED).client()
    assert_ok(client.call("PUT", wire.ALICE, padded(MIB)), {})
    assert_too_large(client.call("PUT", wire.ALICE, padded(MIB + 1)), MIB)


@pytest.mark.parametrize("size", (2 * MIB, 10 * MIB, 40 * MIB))
def test_HTTP_6_a_big_upload_gets_its_answer_not_a_reset(server, size):
    """The client sends it all before it reads: an early answer with a close would reach it as a reset."""
    with server.client() as client:
        assert_too_large(client.call("POST", f"{wire.LIST}/bob", b" " * size))
        assert_ok(client.call("GET", wire.ALICE))


def test_HTTP_6_an_endless_upload_is_cut(server):
    """Past 64 MiB nobody reads on."""
    with server.client() as client:
        client.send(build("POST", f"{wire.LIST}/bob", None, [("Content-Length", str(1 << 30))]))
        piece = b" " * MIB
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(512):
                client.send(piece)
    with server.client() as client:
        assert_ok(client.call("GET", wire.ALICE))


def test_HTTP_6_the_limit_comes_before_every_other_check_but_the_framing(client):
    big = b" " * (LIMIT + 1)
    assert_too_large(client.call("POST", "/nowhere", big))
    assert_too_large(client.call("POST", "/v1/brokers/b-none/users/%zz", big))
    assert_too_large(client.call("GET", wire.ALICE, big))
    assert_too_large(client.call("DELETE", wire.ALICE, big))


def test_ERR_25_a_body_on_a_get_is_read_and_ignored(client):
    first = client.connect()
    assert_ok(client.call("GET", wire.ALICE, b"GET / HTTP/1.1\r\n\r\n"))
    assert_ok(client.call("GET", wire.ALICE))
    assert client.socket is first


# --- Expect ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("value", ("100-continue", "100-Continue"))
def test_HTTP_7_continue_comes_before_the_body(client, value):
    body = b'{"groups":["awaited"]}'
    client.send(build("PUT", wire.ALICE, None, [("Expect", value), ("Content-Length", str(len(body)))]))
    assert client.receive_head() == b"HTTP/1.1 100 Continue"
    client.send(body)
    assert_ok(client.receive("PUT", wire.ALICE), {})
    assert pending_groups(client) == ["awaited"]


def test_HTTP_7_HTTP_8_continue_before_a_chunked_body(client):
    client.send(build("PUT", wire.ALICE, None, [("Expect", "100-continue"), ("Transfer-Encoding", "chunked")]))
    assert client.receive_head() == b"HTTP/1.1 100 Continue"
    client.send(chunked(b'{"groups":["awaited-chunks"]}'))
    assert_ok(client.receive("PUT", wire.ALICE), {})
    assert pending_groups(client) == ["awaited-chunks"]


@pytest.mark.parametrize("size", (LIMIT + 1, 1 << 40))
def test_HTTP_6_HTTP_7_too_large_a_body_is_refused_before_it_is_sent(client, size):
    client.send(build("PUT", wire.ALICE, None, [("Expect", "100-continue"), ("Content-Length", str(size))]))
    head = client.receive_head()
    assert head.startswith(b"HTTP/1.1 413 ")
    client.buffer = head + b"\r\n\r\n" + client.buffer
    assert_too_large(client.receive("PUT", wire.ALICE))


def test_HTTP_7_a_body_sent_without_waiting_is_read_too(client):
    client.send(build("PUT", wire.ALICE, {"groups": ["hasty"]}, [("Expect", "100-continue")]))
    assert_ok(client.receive("PUT", wire.ALICE), {})
    assert pending_groups(client) == ["hasty"]


# --- Chunks ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("coding", ("chunked", "Chunked", "CHUNKED"))
def test_HTTP_8_a_chunked_body_is_read(client, coding):
    client.send(build("PUT", wire.ALICE, None, [("Transfer-Encoding", coding)])
                + chunked(b'{"groups":["%s"]}' % coding.encode()))
    assert_ok(client.receive("PUT", wire.ALICE), {})
    assert pending_groups(client) == [coding]


def test_HTTP_8_a_body_in_one_byte_chunks(client):
    body = '{"groups":["pieces"],"ignored":"äöü €"}'.encode()
    assert_ok(send_chunked(client, chunked(*(bytes((byte,)) for byte in body))), {})
    assert pending_groups(client) == ["pieces"]


def test_HTTP_8_trailers_are_passed_over(client):
    body = b'{"groups":["extended"]}'
    assert_ok(send_chunked(client, b"%x\r\n%s\r\n0\r\nX-Trailer: value\r\n\r\n" % (len(body), body)), {})
    assert pending_groups(client) == ["extended"]


def test_HTTP_8_chunk_extensions_are_passed_over_or_refused(client):
    """libmicrohttpd 1.0 refuses that of a chunk with content, not that of the last."""
    body = b'{"groups":["extended-too"]}'
    assert_ok(send_chunked(client, b"%x\r\n%s\r\n0;name=value\r\n\r\n" % (len(body), body)), {})
    client.send(build("PUT", wire.ALICE, None, [("Transfer-Encoding", "chunked")])
                + b"%x;name=value\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    if wire.library_refuses_more():
        wire.receive_malformed(client, "PUT", wire.ALICE, by_library=True)
    else:
        assert_ok(client.receive("PUT", wire.ALICE), {})
    assert pending_groups(client) == ["extended-too"]


def test_HTTP_8_an_empty_chunked_body_is_an_empty_body(client):
    assert_ok(send_chunked(client, b"0\r\n\r\n"), {})


def test_HTTP_8_the_request_after_a_chunked_one_is_read(client):
    client.send(build("PUT", wire.ALICE, None, [("Transfer-Encoding", "chunked")])
                + chunked(b'{"groups":', b'["followed"]}') + wire.get())
    assert_ok(client.receive("PUT", wire.ALICE), {})
    assert assert_ok(client.receive("GET", wire.ALICE)).json()["pending"]["groups"] == ["followed"]


@pytest.mark.parametrize("size", (LIMIT + 1, 10 * MIB))
def test_HTTP_6_HTTP_8_chunks_over_the_limit_get_the_413(client, size):
    piece = b" " * 8192
    chunks = [piece] * (size // len(piece)) + [b" " * (size % len(piece) or 1)]
    assert_too_large(send_chunked(client, chunked(*chunks)))
    assert_ok(client.call("GET", wire.ALICE))


def test_HTTP_6_HTTP_8_chunks_of_exactly_the_limit_are_read(client):
    body = padded(LIMIT, groups=["chunk-limit"])
    assert_ok(send_chunked(client, chunked(body[:1000], body[1000:])), {})
    assert pending_groups(client) == ["chunk-limit"]


@pytest.mark.parametrize("encoded", (b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n",
                                     b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", b"2\r\n{}xx0\r\n\r\n"))
def test_HTTP_8_broken_chunks_end_the_connection(client, encoded):
    """libmicrohttpd refuses them by itself, with its own 400 or with none."""
    client.send(build("PUT", wire.ALICE, None, [("Transfer-Encoding", "chunked")]) + encoded)
    received = client.receive_until_closed()
    assert received == b"" or (received.startswith(b"HTTP/1.1 4") and received.count(b"HTTP/1.1") == 1)
    assert_ok(client.call("GET", wire.ALICE))
