"""Flags and environment variables: what they mean, and how a wrong one is refused."""

import re

import pytest

import harness
import wire
from harness import assert_error, assert_ok

WRONG_TIMES = ("abc", "-1", "10", "10 s", "1d", "s", "1.5s", "99999999999999999999s", "Real")

# Flag: wrong values, none where any text will do; words that --help has beside it, such as its default.
OPTIONS = {
    "--host": (("not a host", "256.0.0.1", "127.0.0.1:80", "[::1]"), ("127.0.0.1", "::1")),
    "--port": (("abc", "-1", "65536", "80x", "1.5", "0x50", " 80", "99999999999999999999"), ("8267",)),
    "--durability": (("fast", "FULL", "0"), ("full", "normal")),
    "--account": (("12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２"), ("123456789012",)),
    "--region": (("US-EAST-1", "us east", "a" * 33, "us_east"), ("us-east-1",)),
    "--auth": (("yes", "Verify", "1"), ("none", "verify")),
    "--create-time": (WRONG_TIMES, ("100ms", "650")),
    "--reboot-time": (WRONG_TIMES, ("100ms", "300")),
    "--delete-time": (WRONG_TIMES, ("100ms", "300")),
    "--max-body": (("abc", "-1", "1TB", "64kb", "KiB", "1.5MiB", "1 MiB", "99999999999999999999", "9999999999MiB"),
                   ("1MiB",)),
    "--max-connections": (("0", "-1", "abc", "1e3", "99999999999999999999"), ("4096",)),
    "--idle-timeout": (("abc", "-1s", "10", "1 s", "s", "0s"), ("120s",)),
    "--request-timeout": (("abc", "-1s", "10", "1 s", "s", "0s"), ("30s",)),
    "--log-level": (("loud", "INFO", "3"), ("error", "warn", "info", "debug")),
    "--log-format": (("xml", "JSON", "1"), ("logfmt", "json")),
    "--tls-port": (("abc", "-1", "65536"), ()),
    "--throttle": (("yes", "Service", "15"), ("none", "service")),
    "--control": (("yes", "ON", "0"), ("on", "off")),
    "--journal": (("abc", "-1", "1000001"), ("1000",)),
    "--sandbox": (("yes", "OFF", "0"), ("on", "off")),
    "--tls-name": (("a b", "*.*.test", "*.localhost"), ()),
    "--control-token": (("a b",), ()),
    "--db": ((), (":memory:",)),
    "--seed": ((), ()),
    "--tls-cert": ((), ()),
    "--tls-key": ((), ()),
    "--tls-dir": ((), ()),
    "--control-host": ((), ()),
    "--brokers": (("file:x",), ()),
    "--broker-slots": (("kafka", "activemq;rabbitmq"), ("activemq,rabbitmq",)),
    "--broker-host": (("a b", "*.mq.test"), ("localhost",)),
    "--broker-timeout": (("0", "fast"), ("2m",)),
    "--broker-reboot": (("no", "Reload"), ("restart", "reload")),
}
WRONG = {flag: values for flag, (values, _) in OPTIONS.items() if values}
FLAGS = tuple(OPTIONS)


def variable(flag):
    return "AMAZONMQ_LOCAL_" + flag.removeprefix("--").replace("-", "_").upper()


WRONG_PAIRS = [(flag, value) for flag, values in WRONG.items() for value in values]


def quoted(flag, value):
    """How a refusal shows the value; a token is a secret."""
    return "bad value, expected" if flag == "--control-token" else f"bad value '{value}"


# --- Refusals --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("flag, value", WRONG_PAIRS)
def test_START_5_a_wrong_value(flag, value):
    line = wire.refuse_start(flag, value, code=2)
    assert flag in line and quoted(flag, value) in line, line


SECRET = "hunter2-hunter2"


@pytest.mark.parametrize("arguments", (
    ("--control-token", f"{SECRET} "), (f"--control-token={SECRET}\t",), ("--control-token", "x" * 8, SECRET),
    (f"--control-token={SECRET}", SECRET), (f"--control-tokens={SECRET}",), (f"-control-token={SECRET}",),
    (f"--control_token={SECRET}",), (f"--check-health={SECRET}",), (f"control-token={SECRET}",), ("--control-token", SECRET * 20),
    ("--control-token", SECRET, "--port", "x"), ("--control-token", "=", SECRET),
))
def test_START_5_START_12_a_refusal_shows_no_token(arguments):
    assert SECRET not in wire.refuse_start(*arguments, code=2)


def test_START_5_START_12_a_refusal_shows_no_token_of_the_environment():
    for value in (f"{SECRET} ", SECRET * 20, f"{SECRET}é"):
        assert SECRET not in wire.refuse_start(env={variable("--control-token"): value}, code=2)


@pytest.mark.parametrize("flag", FLAGS)
def test_START_5_an_empty_value(flag):
    assert flag in wire.refuse_start(flag, "", code=2)


@pytest.mark.parametrize("flag, value", [(flag, values[0]) for flag, values in WRONG.items()])
def test_START_5_a_wrong_value_after_an_equals_sign(flag, value):
    line = wire.refuse_start(f"{flag}={value}", code=2)
    assert flag in line and quoted(flag, value) in line, line


@pytest.mark.parametrize("flag, value", [(flag, values[0]) for flag, values in WRONG.items()])
def test_START_5_START_6_a_wrong_value_in_the_environment(flag, value):
    line = wire.refuse_start(env={variable(flag): value}, code=2)
    assert variable(flag) in line and quoted(flag, value) in line, line


@pytest.mark.parametrize("flag", FLAGS)
def test_START_5_a_missing_value(flag):
    assert flag in wire.refuse_start(flag, code=2)


@pytest.mark.parametrize("flag", ("--nonsense", "--nonsense=1", "--por", "-p", "-x", "--Port", "---port"))
def test_START_5_an_unknown_flag(flag):
    assert flag.split("=")[0] in wire.refuse_start(flag, "0", code=2)


@pytest.mark.parametrize("word", ("start", "8267", "-"))
def test_START_5_a_word_that_is_no_flag(word):
    assert word in wire.refuse_start(word, code=2)


@pytest.mark.parametrize("flag", ("--version=1", "--help=1", "--check-health=yes"))
def test_START_5_a_value_for_a_flag_that_takes_none(flag):
    assert flag.split("=")[0] in wire.refuse_start(flag, code=2)


def test_START_5_control_characters_of_a_value_do_not_break_the_line():
    line = wire.refuse_start("--log-level", "a\nb\x1b[2Jc", code=2)
    assert "--log-level" in line and "\x1b" not in line


# --- Information -----------------------------------------------------------------------------------------------

def test_START_7_help_names_every_flag_variable_and_default():
    result = harness.run("--help")
    assert result.returncode == 0 and result.stderr == b""
    text = result.stdout.decode("ascii")
    entries = re.split(r"\n(?=\s*--)", text)
    for flag, (_, words) in OPTIONS.items():
        entry = [part for part in entries if re.match(rf"\s*{flag}\b(?!-)", part)]
        assert len(entry) == 1, f"{flag} in:\n{text}"
        for word in (variable(flag), *words):
            assert word in entry[0], f"{word} in:\n{entry[0]}"
    for flag in ("--check-health", "--version", "--help"):
        assert re.search(rf"^\s*{flag}\b", text, re.MULTILINE), f"{flag} in:\n{text}"


def test_START_7_version_is_the_one_that_health_tells(serve):
    result = harness.run("--version")
    assert result.returncode == 0 and result.stderr == b""
    match = re.fullmatch(rb"amazonmq-local (\S+)\nlibmicrohttpd [\d.]+, SQLite [\d.]+, cJSON [\d.]+, GnuTLS [\d.]+, "
                         rb"expat [\d.]+\n", result.stdout)
    assert match, result.stdout
    health = serve().client().call("GET", "/_local/health", check=harness.CHECK_NONE)
    assert health.json()["version"] == match[1].decode()


@pytest.mark.parametrize("flag", ("--help", "--version"))
def test_START_7_information_starts_no_server(flag, store):
    result = harness.run("--db", store.path, flag)
    assert result.returncode == 0
    with pytest.raises(FileNotFoundError):
        open(store.path, "rb")


# --- What each one does ----------------------------------------------------------------------------------------
# A setting is given once as a flag and once in the environment.

def both_ways(**settings):
    """Parameters for `given`: the settings as flags, and as environment variables."""
    pairs = [(f"--{name.replace('_', '-')}", value) for name, value in settings.items()]
    flags = [word for pair in pairs for word in pair]
    equals = [f"{flag}={value}" for flag, value in pairs]
    return pytest.mark.parametrize("flags, env", (
        pytest.param(flags, {}, id="flag"), pytest.param(equals, {}, id="flag="),
        pytest.param([], {variable(flag): value for flag, value in pairs}, id="environment")))


@both_ways(host="127.0.0.3")
def test_START_6_host(serve, flags, env):
    assert serve(*flags, env=env).url.startswith("http://127.0.0.3:")


def test_START_6_hosts_in_the_environment_are_separated_by_commas(serve):
    server = serve(env={"AMAZONMQ_LOCAL_HOST": "127.0.0.3,127.0.0.2"})
    assert server.url == f"http://127.0.0.3:{server.port}"
    for host in ("127.0.0.2", "127.0.0.3"):
        with harness.Client((host, server.port)) as client:
            assert_ok(client.call("GET", "/v1/brokers"))


def test_START_6_port(serve):
    port = wire.free_port()
    assert serve(port=None, env={"AMAZONMQ_LOCAL_PORT": str(port)}).port == port


@both_ways(account="210987654321", region="eu-central-1")
def test_START_6_WLD_6_account_and_region(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    body = assert_ok(client.call("GET", harness.broker_path(wire.BROKER))).json()
    assert body["brokerArn"] == "arn:aws:mq:eu-central-1:210987654321:broker:wire:b-wire"


@both_ways(auth="verify")
def test_START_6_auth(serve, flags, env):
    client = serve(*flags, env=env).client()
    harness.assert_no_route(client.call("GET", "/v1/brokers"))


@both_ways(reboot_time="0")
def test_START_6_RBT_6_reboot_time(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    assert_ok(client.call("POST", harness.reboot_path(wire.BROKER)), {})
    assert assert_ok(client.call("GET", harness.broker_path(wire.BROKER))).json()["brokerState"] == "RUNNING"


@both_ways(reboot_time="600s")
def test_START_6_RBT_5_a_long_reboot_time(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    assert_ok(client.call("POST", harness.reboot_path(wire.BROKER)), {})
    body = assert_ok(client.call("GET", harness.broker_path(wire.BROKER))).json()
    assert body["brokerState"] == "REBOOT_IN_PROGRESS"


@both_ways(create_time="0")
def test_START_6_LIF_3_create_time(serve, flags, env):
    client = serve(*flags, env=env).client()
    assert harness.describe_broker(client, harness.create_broker(client))["brokerState"] == "RUNNING"


@both_ways(create_time="600s")
def test_START_6_LIF_3_a_long_create_time(serve, flags, env):
    client = serve(*flags, env=env).client()
    assert harness.describe_broker(client, harness.create_broker(client))["brokerState"] == "CREATION_IN_PROGRESS"


@both_ways(delete_time="0")
def test_START_6_DBR_5_delete_time(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    assert_ok(client.call("DELETE", harness.broker_path(wire.BROKER)), {"brokerId": wire.BROKER})
    harness.assert_no_broker(client.call("GET", harness.broker_path(wire.BROKER)), wire.BROKER)


@both_ways(delete_time="600s")
def test_START_6_DBR_5_a_long_delete_time(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    assert_ok(client.call("DELETE", harness.broker_path(wire.BROKER)), {"brokerId": wire.BROKER})
    assert harness.describe_broker(client, wire.BROKER)["brokerState"] == "DELETION_IN_PROGRESS"


@both_ways(max_body="64KiB")
def test_START_6_HTTP_6_max_body(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    assert_error(client.call("PUT", wire.ALICE, b" " * 65537), 413, "RequestEntityTooLargeException",
                 "Request body is larger than [65536] bytes.")


@both_ways(max_connections="1", host="127.0.0.1")
def test_START_6_HTTP_13_max_connections(serve, flags, env):
    server = serve(*flags, *wire.PATIENT, env=env, seed=wire.SEED)
    first, second = server.client(), server.client()
    assert_ok(first.call("GET", wire.ALICE))
    second.send(wire.get())
    assert_ok(first.call("GET", wire.ALICE))
    assert wire.is_silent(second)
    first.close()
    assert_ok(second.receive("GET", wire.ALICE))


@both_ways(idle_timeout="1s")
def test_START_6_HTTP_12_idle_timeout(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    assert_ok(client.call("GET", wire.ALICE))
    assert client.receive_until_closed() == b""


@both_ways(request_timeout="500ms")
def test_START_6_HTTP_11_request_timeout(serve, flags, env):
    client = serve(*flags, env=env, seed=wire.SEED).client()
    client.send(b"GET / HTTP/1.1\r\n")
    assert client.receive_until_closed() == b""


@both_ways(log_level="error")
def test_START_6_log_level(serve, flags, env):
    server = serve(*flags, env=env, seed=wire.SEED)
    assert_ok(server.client().call("GET", wire.ALICE))
    server.stop()
    assert server.stderr_text() == ""


@pytest.mark.parametrize("value", ("full", "normal"))
@pytest.mark.parametrize("way", ("flag", "environment"))
def test_START_6_DUR_1_durability(serve, store, value, way):
    flags = ["--durability", value] if way == "flag" else []
    env = {"AMAZONMQ_LOCAL_DURABILITY": value} if way == "environment" else {}
    server = serve("--db", store.path, *flags, env=env, seed=wire.SEED)
    harness.create_user(server.client(), wire.BROKER, "bob")
    server.restart()
    assert_ok(server.client().call("GET", f"{wire.LIST}/bob"))


@both_ways(durability="full")
def test_START_6_the_database_in_the_environment(serve, store, flags, env):
    server = serve(*flags, env={**env, "AMAZONMQ_LOCAL_DB": store.path}, seed=wire.SEED)
    server.stop()
    assert store.query("SELECT id FROM broker") == [(wire.BROKER,)]


def test_START_6_seeds_in_the_environment_are_separated_by_colons(serve, store):
    paths = []
    for name in ("one", "two"):
        path = f"{store.directory}/{name}.sql"
        with open(path, "w", encoding="utf-8") as file:
            file.write(harness.sql_broker(f"b-{name}"))
        paths.append(path)
    server = serve(env={"AMAZONMQ_LOCAL_SEED": ":".join(paths)})
    brokers = assert_ok(server.client().call("GET", "/v1/brokers")).json()["brokerSummaries"]
    assert [broker["brokerId"] for broker in brokers] == ["b-one", "b-two"]


def test_START_6_the_flag_wins(serve, store):
    seed = f"{store.directory}/ignored.sql"
    with open(seed, "w", encoding="utf-8") as file:
        file.write(harness.sql_broker("b-ignored"))
    server = serve("--host", "127.0.0.1", "--account", "111111111111", "--region", "eu-west-1", "--auth", "none",
                   "--create-time", "0", "--reboot-time", "0", "--delete-time", "0", "--max-body", "400", "--log-level", "info", "--db", ":memory:",
                   seed=wire.SEED,
                   env={"AMAZONMQ_LOCAL_HOST": "127.0.0.9", "AMAZONMQ_LOCAL_PORT": "1",
                        "AMAZONMQ_LOCAL_ACCOUNT": "222222222222", "AMAZONMQ_LOCAL_REGION": "eu-west-2",
                        "AMAZONMQ_LOCAL_AUTH": "verify", "AMAZONMQ_LOCAL_REBOOT_TIME": "600s",
                        "AMAZONMQ_LOCAL_CREATE_TIME": "600s", "AMAZONMQ_LOCAL_DELETE_TIME": "600s",
                        "AMAZONMQ_LOCAL_MAX_BODY": "10", "AMAZONMQ_LOCAL_LOG_LEVEL": "error",
                        "AMAZONMQ_LOCAL_DB": store.path, "AMAZONMQ_LOCAL_SEED": seed})
    assert server.host == "127.0.0.1" and server.port != 1
    client = server.client()
    body = assert_ok(client.call("GET", harness.broker_path(wire.BROKER))).json()
    assert body["brokerArn"] == "arn:aws:mq:eu-west-1:111111111111:broker:wire:b-wire"
    assert_ok(client.call("POST", harness.reboot_path(wire.BROKER)), {})
    assert assert_ok(client.call("GET", harness.broker_path(wire.BROKER))).json()["brokerState"] == "RUNNING"
    assert_ok(client.call("PUT", wire.ALICE, b" " * 400), {})
    assert client.call("PUT", wire.ALICE, b" " * 401).status == 413
    made = harness.create_broker(client)
    assert harness.describe_broker(client, made)["brokerState"] == "RUNNING"
    assert_ok(client.call("DELETE", harness.broker_path(made)), {"brokerId": made})
    harness.assert_no_broker(client.call("GET", harness.broker_path(made)), made)
    assert client.call("GET", harness.broker_path("b-ignored")).status == 404
    assert wire.request_lines(server)
    server.stop()
    with pytest.raises(FileNotFoundError):
        open(store.path, "rb")


store = wire.store
