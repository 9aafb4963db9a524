"""What a newcomer types and mistypes: each wrong command ends in a sentence with the right one."""

import os
import signal
import socket

import pytest

import control_calls as control
import harness
import wire
from harness import Server, assert_error, assert_ok, credential

ONLY_MQ = "This server answers for Amazon MQ only."


def run_ctl(*words, url):
    return harness.run("ctl", "--url", url, *words)


# --- The command line ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, says", (
    (("--prot", "1"), "unknown option: --prot; did you mean --port?"),
    (("--Port", "1"), "unknown option: --Port; did you mean --port?"),
    (("--tsl-port=1",), "unknown option: --tsl-port; did you mean --tls-port?"),
    (("--seeds", "x"), "unknown option: --seeds; did you mean --seed?"),
    (("--broker", "x"), "unknown option: --broker; did you mean --brokers?"),
    (("--nothing-like-it",), "unknown option: --nothing-like-it (see --help)"),
    (("reset",), "not an option: reset; did you mean amazonmq-local ctl reset?"),
    (("faults", "list"), "not an option: faults; did you mean amazonmq-local ctl faults?"),
    (("rset",), "not an option: rset; did you mean amazonmq-local ctl reset?"),
    (("start",), "not an option: start; without it the server starts (see --help)"),
    (("hlep",), "not an option: hlep; did you mean --help?"),
    (("nothing-like-it",), "not an option: nothing-like-it (see --help)"),
    (("-port", "80"), "unknown option: -port; did you mean --port?"),
    (("-prot=80",), "unknown option: -prot; did you mean --port?"),
    (("-p", "80"), "unknown option: -p (see --help)"),
    (("-",), "unknown option: - (see --help)"),
    (("--",), "unknown option: -- (see --help)"),
    (("--ctl", "reset"), "unknown option: --ctl; did you mean amazonmq-local ctl?"),
    (("--control-token", "a-secret-1", "a-secret-2"), "not an option: an argument after a token (see --help)"),
))
def test_START_16_a_misspelt_option(words, says):
    assert wire.refuse_start(*words, code=2) == f"amazonmq-local: {says}"


@pytest.mark.parametrize("words, says", (
    (("rest",), "ctl: unknown word 'rest'; did you mean reset? (see ctl --help)"),
    (("clock", "advance", "7"), "clock advance: bad value '7', expected a time such as 500ms, 10m or 1h30m; "
     "did you mean 7ms, 7s, 7m, 7h or 7d?"),
    (("clock", "advance", "999999999"), "clock advance: bad value '999999999', expected a time such as 500ms, 10m or 1h30m; "
     "did you mean 999999999ms?"),
    (("clock", "advance", "0"), "clock advance: bad value '0', expected a time such as 500ms, 10m or 1h30m"),
    (("clock", "advance", "7x"), "clock advance: bad value '7x', expected a time such as 500ms, 10m or 1h30m"),
    (("clock", "advnce", "1s"), "ctl clock: unknown word 'advnce'; did you mean advance? (see ctl --help)"),
    (("reset", "--regoin", "x"), "ctl: unknown option: --regoin; did you mean --region?"),
    (("reset", "-region", "x"), "ctl: unknown option: -region; did you mean --region?"),
    (("reset", "-x"), "ctl: unknown option: -x (see ctl --help)"),
    (("brokers", ""), "ctl brokers: the ID is empty; without one, all are listed"),
    (("faults", "add", "opration=CreateUser"), "faults add: unknown key 'opration'; did you mean operation?"),
    (("faults", "add", "delay_ms=5"), "faults add: unknown key 'delay_ms'; did you mean delayMs?"),
    (("faults", "add", "Status=503"), "faults add: unknown key 'Status'; did you mean status?"),
    (("faults", "add", "operation"), "faults add: bad value 'operation', expected KEY=VALUE with one of: operation, brokerId, "
     "username, error, status, message, delayMs, drop, times, probability, seed"),
    (("faults", "add", "other=x"), "faults add: bad value 'other=x', expected KEY=VALUE with one of: operation, brokerId, "
     "username, error, status, message, delayMs, drop, times, probability, seed"),
    (("faults", "add", "times=x"), "faults add: bad value 'times=x', expected a number"),
))
def test_START_16_a_misspelt_word_of_ctl(words, says):
    done = harness.run("ctl", *words)
    assert (done.returncode, done.stderr.decode()) == (2, f"amazonmq-local: {says}\n")


VARIABLES = {"PROT": "PORT", "REBOOTTIME": "REBOOT_TIME", "SEED_FILE": "SEED", "TOKEN": "CONTROL_TOKEN", "ULR": "URL", "TIME": None,
             "COLOUR": None, "": None, "HOST_NAME": "HOST"}
OF_OTHERS = {
    "BIN": "x", "IMAGE": "x", "NPM": "x", "URL": "x",
    # Kubernetes, for the services amazonmq-local and amazonmq-local-brokers
    "SERVICE_HOST": "10.0.0.1", "SERVICE_PORT": "8267", "SERVICE_PORT_HTTP": "8267", "PORT": "tcp://10.0.0.1:8267",
    "PORT_8267_TCP": "tcp://10.0.0.1:8267", "PORT_8267_TCP_PROTO": "tcp", "PORT_8267_TCP_PORT": "8267",
    "PORT_8267_TCP_ADDR": "10.0.0.1", "A_PORT_FORWARD_PORT_80_TCP_PROTO": "tcp", "NAME": "/app/amazonmq-local", "BROKERS_SERVICE_HOST": "10.0.0.2", "BROKERS_SERVICE_PORT_AMQP": "5671",
    "BROKERS_PORT": "tcp://10.0.0.2:5671", "BROKERS_PORT_5671_TCP_ADDR": "10.0.0.2", "BROKERS": "tcp://10.0.0.3:80"}


def variables(values):
    return {f"AMAZONMQ_LOCAL_{name}": str(value) for name, value in values.items()}


def test_START_16_an_unknown_variable():
    with Server(env=variables({**dict.fromkeys(VARIABLES, "x"), **OF_OTHERS})) as server:
        server.stop()
        lines = [line for line in wire.log_lines(server) if line["event"] == "unknown-variable"]
        assert {line["level"] for line in lines} == {"warn"}
        assert {line["name"]: line.get("did-you-mean") for line in lines} == {
            f"AMAZONMQ_LOCAL_{name}": meant and f"AMAZONMQ_LOCAL_{meant}" for name, meant in VARIABLES.items()}


def test_START_16_an_unknown_variable_of_ctl(server):
    done = harness.run("ctl", "--url", server.url, "health", env=variables({**dict.fromkeys(VARIABLES, "x"), **OF_OTHERS}))
    assert done.returncode == 0 and b'"ok"' in done.stdout
    assert sorted(done.stderr.decode().splitlines()) == sorted(
        f"amazonmq-local: warning: unknown variable AMAZONMQ_LOCAL_{name}"
        + (f"; did you mean AMAZONMQ_LOCAL_{meant}?" if meant else "") for name, meant in VARIABLES.items())


def ctl(*words, **values):
    done = harness.run("ctl", *words, env=variables(values))
    return done.returncode, done.stderr.decode().removeprefix("amazonmq-local: ").rstrip("\n")


def test_the_port_of_the_server_is_that_of_ctl(server):
    """As it is that of --check-health; --url and AMAZONMQ_LOCAL_URL say it better."""
    nowhere = "http://localhost:1"
    assert ctl("health", PORT=server.port) == (0, "")
    assert ctl("health", PORT=server.port, URL="") == (0, "")
    assert ctl("health", PORT=1, URL=server.url) == (0, "")
    assert ctl("--url", server.url, "health", PORT="x", URL=nowhere) == (0, "")
    assert ctl("health", PORT=server.port, URL=nowhere)[0] == 3


EXPECTED = "expected one such as http://localhost:8267"


@pytest.mark.parametrize("words, values, says", (
    (("--url", "foo"), {"URL": "bar"}, f"ctl: bad URL 'foo' of --url, {EXPECTED}"),
    ((), {"URL": "bar"}, f"ctl: bad URL 'bar' of AMAZONMQ_LOCAL_URL, {EXPECTED}"),
    ((), {"PORT": "8267x"}, f"ctl: bad URL 'http://localhost:8267x' of AMAZONMQ_LOCAL_PORT, {EXPECTED}"),
    ((), {"PORT": "0"}, f"ctl: bad URL 'http://localhost:0' of AMAZONMQ_LOCAL_PORT, {EXPECTED}"),
))
def test_a_bad_url_is_told_with_its_origin(words, values, says):
    assert ctl(*words, "health", **values) == (2, says)


def test_no_server_is_told_with_a_hint():
    code, line = ctl("health", PORT=1)
    assert (code, line) == (3, "cannot connect to localhost port 1: Connection refused; does the server run? --url or "
                               "AMAZONMQ_LOCAL_URL names another address")


def test_a_service_link_of_kubernetes_is_no_port_of_ctl():
    _, line = ctl("health", PORT="tcp://10.0.0.1:8267") # whatever listens at the usual port
    assert "bad URL" not in line and "AMAZONMQ_LOCAL_PORT" not in line


def test_START_16_a_service_link_of_kubernetes_is_no_port():
    with Server(env={"AMAZONMQ_LOCAL_PORT": "tcp://10.0.0.1:8267"}) as server:
        assert server.port


@pytest.mark.parametrize("word", ("-h", "help", "-?"))
def test_START_17_help(word):
    done = harness.run(word)
    assert (done.returncode, done.stdout) == (0, harness.run("--help").stdout)
    assert b"amazonmq-local ctl COMMAND" in done.stdout


@pytest.mark.parametrize("word", ("-v", "-V", "version"))
def test_START_17_version(word):
    done = harness.run(word)
    assert (done.returncode, done.stdout) == (0, harness.run("--version").stdout)


@pytest.mark.parametrize("words", (("-h",), ("help",)))
def test_START_17_help_of_ctl(words):
    done = harness.run("ctl", *words)
    assert (done.returncode, done.stdout) == (0, harness.run("ctl", "--help").stdout)


def test_START_4_a_port_in_use_names_the_option():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = wire.refuse_start("--port", str(port))
        assert line == (f"amazonmq-local: cannot listen on 127.0.0.1 port {port}: the port is in use; --port or "
                        "AMAZONMQ_LOCAL_PORT selects another")


@pytest.mark.parametrize("flags, host", (
    ((), "localhost"), (("--host", "0.0.0.0"), "localhost"), (("--host", "::"), "localhost"),
    (("--host", "0:0::0", "--host", "127.0.0.1"), "localhost"), (("--host", "127.0.0.1"), "127.0.0.1"), (("--host", "::1"), "[::1]"),
    (("--host", "localhost"), "localhost")))
def test_START_1_the_log_names_the_page(flags, host):
    """An address to open, also where the server listens on all."""
    with Server(*flags) as server:
        server.stop()
        (ready,) = [line for line in wire.log_lines(server) if line["event"] == "ready"]
        assert ready["page"] == f"http://{host}:{server.port}/_local/"
        assert "control" not in ready


def test_START_1_the_log_says_that_there_is_no_page():
    with Server("--control", "off") as server:
        server.stop()
        (ready,) = [line for line in wire.log_lines(server) if line["event"] == "ready"]
        assert ready["control"] == "off: neither control API nor page"
        assert "page" not in ready


def test_START_8_a_hangup_is_a_clean_stop():
    with Server() as server:
        server.stop(signal.SIGHUP)
        assert "event=stop signal=SIGHUP" in server.stderr_text()


def test_START_8_with_nohup_a_hangup_is_ignored():
    with Server(preexec=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as server:
        os.kill(server.pid, signal.SIGHUP)
        with server.client() as client:
            assert_ok(client.call("GET", "/v1/brokers"))


def test_SEED_12_an_empty_directory_is_a_warning(tmp_path):
    (tmp_path / "readme.txt").write_text("no SQL")
    with Server("--seed", str(tmp_path)) as server:
        (line,) = [line for line in wire.log_lines(server) if line["event"] == "seed-directory-without-sql"]
        assert (line["level"], line["path"]) == ("warn", str(tmp_path))


def test_SEED_12_a_directory_may_be_meant_to_be_empty(tmp_path):
    (tmp_path / ".empty").touch()
    with Server("--seed", str(tmp_path)) as server, server.client() as client:
        assert_ok(client.call("POST", "/_local/reset", check=harness.CHECK_NONE))
        assert [line["event"] for line in wire.log_lines(server) if line["level"] != "info"] == []


# --- The control API -------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def test_CTL_11_an_unknown_operation_is_refused(client, server):
    """Otherwise a typo would pass a test that nothing was sent."""
    for name, question in (("CreateUsr", " Did you mean [CreateUser]?"), ("createuser", " Did you mean [CreateUser]?"),
                           ("Nothing", "")):
        message = f"There is no operation [{name}].{question}"
        assert_error(control.call(client, "GET", f"/_local/requests?operation={name}"), 400, "BadRequestException", message)
        done = run_ctl("requests", "--operation", name, "--count", url=server.url)
        assert done.returncode == 1 and message in done.stderr.decode()


def test_CTL_2_a_region_that_is_none_is_refused(client, server):
    for region in ("mars", "us-east", "us-east-1a", "1-us-east", "us--1"):
        assert_error(control.call(client, "POST", f"/_local/reset?region={region}"), 400, "BadRequestException",
                     "[region] must be a region such as us-east-1.")
    assert run_ctl("reset", "--region", "mars", url=server.url).returncode == 1
    for region in ("eu-central-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1"):
        assert_ok(control.call(client, "POST", f"/_local/reset?region={region}"))


def test_CTL_2_the_region_of_the_server_may_have_any_name():
    with Server("--region", "mars") as server, server.client() as client:
        assert_ok(control.call(client, "POST", "/_local/reset?region=mars"))


def test_CTL_3_a_wrong_seed_is_named(client, server, tmp_path):
    path = tmp_path / "world.sql"
    path.write_text("INSERT INTO broker (id) VALUES ('b-1');\n")
    done = run_ctl("seed", str(path), url=server.url)
    assert done.returncode == 1 and f"{path}:1: statement 1" in done.stderr.decode()
    response = control.call(client, "POST", "/_local/seed?name=mine.sql", path.read_bytes())
    assert response.json()["message"].startswith("mine.sql:1: statement 1")
    response = control.call(client, "POST", "/_local/seed", path.read_bytes())
    assert response.json()["message"].startswith("body:1: statement 1")


# --- Browsers, and calls for other services --------------------------------------------------------------------

BROWSER = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")


@pytest.mark.parametrize("path", ("/", "/_local", "/health"))
def test_RTE_13_a_browser_is_led_to_the_page(client, path):
    assert client.call("DELETE", "/_local/requests", check=harness.CHECK_NONE).status == 200
    response = client.call("GET", path, headers=[BROWSER], check=harness.CHECK_NONE)
    assert (response.status, response.header("Location"), response.body) == (302, "/_local/", b"")
    # Whoever opens the page has made no call.
    assert client.call("GET", "/_local/requests?count=true", check=harness.CHECK_NONE).json() == {"count": 0}
    for method, headers in (("GET", []), ("GET", [("Accept", "*/*")]), ("GET", [BROWSER, credential("x")]),
                            ("POST", [BROWSER])):
        assert client.call(method, path, headers=headers, check=harness.CHECK_NONE).status == 403


def test_RTE_13_other_paths_are_as_ever(client):
    for path in ("/nowhere", "/v1", "//"):
        harness.assert_no_route(client.call("GET", path, headers=[BROWSER]))
    assert_ok(client.call("GET", "/v1/brokers", headers=[BROWSER]))


def test_RTE_13_without_a_page_a_browser_is_told_so():
    with Server("--control", "off") as server, server.client() as client:
        for path in ("/", "/_local", "/_local/", "/health"):
            assert_error(client.call("GET", path, headers=[BROWSER], check=harness.CHECK_NONE), 403, "AccessDeniedException",
                         "The control API and its page are off (--control off).")
            harness.assert_no_route(client.call("GET", path, headers=[("Accept", "*/*")], check=harness.CHECK_NONE))
        harness.assert_no_route(client.call("GET", "/_local/clock", headers=[BROWSER], check=harness.CHECK_NONE))


FORM = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
TARGET = ("X-Amz-Target", "AmazonSQS.ListQueues")


@pytest.mark.parametrize("service, headers, content_type, body", (
    ("sqs", [TARGET], "application/x-amz-json-1.1", f'{{"__type":"AccessDeniedException","message":"{ONLY_MQ}"}}'),
    ("iam", [FORM], "text/xml", "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>"
                                f"{ONLY_MQ}</Message></Error></ErrorResponse>"),
    ("sts", [FORM], "text/xml", "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>"
                                f"{ONLY_MQ}</Message></Error></ErrorResponse>"),
    ("ec2", [FORM], "text/xml", "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>"
                                f"{ONLY_MQ}</Message></Error></Errors></Response>"),
    ("s3", [], "application/xml", '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>'
                                  f"{ONLY_MQ}</Message></Error>"),
    *((service, [], "text/xml", "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>"
                                f"{ONLY_MQ}</Message></Error></ErrorResponse>") for service in ("route53", "cloudfront")),
    ("lambda", [], "application/json", f'{{"message":"{ONLY_MQ}"}}'),
))
def test_AUTH_12_a_call_for_another_service(client, service, headers, content_type, body):
    for method, path in (("POST", "/"), ("GET", "/"), ("GET", "/v1/brokers")):
        response = client.call(method, path, b"Action=ListUsers" if method == "POST" else None,
                               [credential("x", service=service), *headers], check=harness.CHECK_NONE)
        assert (response.status, response.error) == (403, "AccessDeniedException"), response
        assert (response.header("Content-Type"), response.body.decode()) == (content_type, body)


def test_AUTH_12_it_comes_before_the_signature():
    with Server("--auth", "verify") as server, server.client() as client:
        response = client.call("GET", "/v1/brokers", headers=[credential("x", service="sqs")], check=harness.CHECK_NONE)
        assert (response.status, response.json()) == (403, {"message": ONLY_MQ})
