"""GET /_local/health and --check-health."""

import json
import socket
import threading

import pytest

import control_calls as control
import harness
import wire
from harness import assert_no_route


@pytest.fixture(scope="module")
def server():
    with harness.Server("--host", "127.0.0.1") as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def check(*flags, env=None):
    return harness.run("--check-health", *flags, env=env)


def assert_healthy(result):
    assert (result.returncode, result.stderr) == (0, b""), result


def assert_unhealthy(result):
    assert result.returncode == 1, result
    assert result.stdout == b"" and result.stderr.endswith(b"\n") and result.stderr.count(b"\n") == 1, result


def test_START_9_the_body(client):
    response = client.call("GET", "/_local/health", check=harness.CHECK_NONE)
    assert response.status == 200
    body = response.json()
    assert list(body) == ["status", "version"] and body["status"] == "ok" and body["version"]
    assert response.body == json.dumps(body, separators=(",", ":")).encode()
    assert response.header("Content-Type") == "application/json"
    assert response.header("Server") is None


def test_START_9_a_query_does_no_harm(client):
    assert client.call("GET", "/_local/health?verbose=1", check=harness.CHECK_NONE).status == 200


@pytest.mark.parametrize("method", ("HEAD", "POST", "PUT", "DELETE", "get"))
def test_START_9_RTE_8_only_get(client, method):
    response = client.call(method, "/_local/health", check=harness.CHECK_NONE)
    assert (response.status, response.error) == (403, "MissingAuthenticationTokenException")
    assert response.body == (b"" if method == "HEAD" else b'{"message":"Missing Authentication Token"}')


@pytest.mark.parametrize("path", ("/_local", "/_local/health/", "/_local/healthy", "/_local//health", "/_local/HEALTH"))
def test_START_9_RTE_7_other_paths(client, path):
    assert_no_route(control.call(client, "GET", path))


@pytest.mark.parametrize("path", ("/_LOCAL/health", "//_local/health", "/_locals/health", "/v1/_local/health"))
def test_START_9_RTE_7_paths_of_the_service(client, path):
    assert_no_route(client.call("GET", path))


def test_START_9_AUTH_11_no_signature_is_needed(serve):
    client = serve("--auth", "verify").client()
    assert client.call("GET", "/_local/health", check=harness.CHECK_NONE).status == 200


def test_START_9_faults_do_not_touch_it(serve):
    client = serve(seed=harness.sql_fault(error="InternalServerErrorException")).client()
    assert client.call("GET", "/_local/health", check=harness.CHECK_NONE).status == 200


def test_START_10_a_running_server_is_healthy(server):
    assert_healthy(check("--port", server.port))


@pytest.mark.parametrize("host", ("127.0.0.1", "127.0.0.2", "0.0.0.0"))
def test_START_10_the_settings_of_the_server_find_it(serve, host):
    server = serve("--host", host)
    assert_healthy(check("--host", host, "--port", server.port))
    assert_healthy(check(env={"AMAZONMQ_LOCAL_HOST": host, "AMAZONMQ_LOCAL_PORT": str(server.port)}))


@wire.needs_ipv6
@pytest.mark.parametrize("host", ("::1", "::"))
def test_START_10_over_ipv6(serve, host):
    server = serve("--host", host)
    assert_healthy(check("--host", host, "--port", server.port))


def test_START_10_the_defaults_of_both(serve):
    server = serve()
    assert_healthy(check("--port", server.port))


def test_START_10_nobody_there():
    assert_unhealthy(check("--port", wire.free_port()))


def test_START_10_somebody_else_there(server):
    """A server that does not answer as ours would."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert_unhealthy(check("--host", "127.0.0.1", "--port", listener.getsockname()[1]))
        thread.join()


def test_START_10_a_server_that_does_not_answer(server):
    with wire.stopped(server):
        assert_unhealthy(check("--host", "127.0.0.1", "--port", server.port))


def test_START_10_it_opens_no_store_and_reads_no_seed(serve, tmp_path):
    """The container's settings are all there when its health is asked for."""
    server = serve("--host", "127.0.0.1", "--db", tmp_path / "store.db", seed=wire.SEED)
    assert_healthy(check("--host", "127.0.0.1", "--port", server.port,
                         env={"AMAZONMQ_LOCAL_DB": str(tmp_path / "store.db"),
                              "AMAZONMQ_LOCAL_SEED": str(tmp_path / "none.sql")}))


def test_START_5_START_10_a_wrong_flag_beside_it():
    assert "--port" in wire.refuse_start("--check-health", "--port", "x", code=2)
