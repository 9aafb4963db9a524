"""Where the server listens: addresses, ports, what it says on stdout."""

import contextlib
import socket

import pytest

import harness
import wire
from harness import Client, assert_ok


def answers(host, port):
    with Client((host, port)) as client:
        assert_ok(client.call("GET", "/v1/brokers"), {"brokerSummaries": []})


@contextlib.contextmanager
def occupied(host, family=socket.AF_INET):
    """A port of that address on which somebody else listens, and nobody on the other family's."""
    port = wire.free_port()
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(1)
        yield port


def test_START_1_the_url_of_the_default_addresses(serve):
    server = serve()
    assert server.stdout_text() == f"http://localhost:{server.port}\n"
    answers("127.0.0.1", server.port)


@wire.needs_ipv6
def test_START_1_START_2_the_default_addresses_are_both_loopbacks(serve):
    server = serve()
    answers("127.0.0.1", server.port)
    answers("::1", server.port)


@pytest.mark.parametrize("host", ("127.0.0.1", "127.0.0.2", "0.0.0.0"))
def test_START_1_one_address(serve, host):
    server = serve("--host", host)
    assert server.url == f"http://{host}:{server.port}"
    answers("127.0.0.1" if host == "0.0.0.0" else host, server.port)


@wire.needs_ipv6
@pytest.mark.parametrize("host", ("::1", "::"))
def test_START_1_an_ipv6_address_stands_in_brackets(serve, host):
    server = serve("--host", host)
    assert server.url == f"http://[{host}]:{server.port}"
    answers("::1", server.port)


@wire.needs_ipv6
@pytest.mark.parametrize("host, other", (("127.0.0.1", "::1"), ("::1", "127.0.0.1")))
def test_START_2_an_address_that_was_not_asked_for_is_left_alone(serve, host, other):
    server = serve("--host", host)
    assert wire.refuses_connections((other, server.port))


def test_START_2_more_than_one_host(serve):
    server = serve("--host", "127.0.0.2", "--host", "127.0.0.1", "--host", "127.0.0.3")
    assert server.url == f"http://127.0.0.2:{server.port}"
    for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
        answers(host, server.port)
    assert wire.refuses_connections(("127.0.0.4", server.port))


def test_START_2_all_addresses_show_the_same_world(serve):
    server = serve("--host", "127.0.0.1", "--host", "127.0.0.2", seed=wire.SEED)
    with Client(("127.0.0.1", server.port)) as first, Client(("127.0.0.2", server.port)) as second:
        harness.create_user(first, wire.BROKER, "bob")
        assert second.call("POST", f"{wire.LIST}/bob", {"password": harness.PASSWORD}).status == 409


def test_START_3_a_given_port(serve):
    port = wire.free_port()
    server = serve("--port", str(port), port=None)
    assert server.port == port
    answers("127.0.0.1", port)


def test_START_3_two_servers_find_two_free_ports(serve):
    first, second = serve(), serve()
    assert first.port != second.port
    answers("127.0.0.1", first.port)
    answers("127.0.0.1", second.port)


def test_START_3_a_port_can_be_used_again_at_once(serve):
    server = serve("--port", str(wire.free_port()), port=None, seed=wire.SEED)
    for _ in range(3):
        client = server.client()
        assert_ok(client.call("GET", wire.ALICE))
        # A connection the server closed first leaves a TIME_WAIT on its side.
        client.send(wire.get(headers=[("Connection", "close")]))
        client.receive_until_closed()
        server.restart()


def test_START_4_a_port_somebody_else_has(serve):
    with occupied("127.0.0.1") as port:
        line = wire.refuse_start("--port", port)
        assert str(port) in line and "127.0.0.1" in line


@wire.needs_ipv6
def test_START_4_a_port_somebody_else_has_on_ipv6(serve):
    """A client that takes localhost for ::1 would reach a stranger."""
    with occupied("::1", socket.AF_INET6) as port:
        line = wire.refuse_start("--port", port)
        assert str(port) in line and "::1" in line
        server = serve("--port", str(port), "--host", "127.0.0.1", port=None)
        answers("127.0.0.1", server.port)


def test_START_4_a_second_server_on_the_port(serve):
    server = serve()
    line = wire.refuse_start("--port", server.port)
    assert str(server.port) in line
    answers("127.0.0.1", server.port)


def test_START_4_nothing_was_created_when_the_port_was_taken(store):
    with occupied("127.0.0.1") as port:
        wire.refuse_start("--port", port, "--db", store.path)
    # The next start finds a new store and seeds it.
    with harness.Server("--db", store.path, seed=wire.SEED) as server:
        assert_ok(server.client().call("GET", wire.ALICE))


@pytest.mark.parametrize("host", ("192.0.2.1", "2001:db8::1"))
def test_START_4_an_address_the_machine_does_not_have(host):
    assert host in wire.refuse_start("--port", 0, "--host", host)


def test_START_4_one_bad_address_among_good_ones():
    assert "192.0.2.1" in wire.refuse_start("--port", 0, "--host", "127.0.0.1", "--host", "192.0.2.1")


store = wire.store
