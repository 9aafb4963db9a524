"""Whose brokers a caller sees: account and region from the credential scope."""

import pytest

from harness import (PASSWORD, Server, assert_no_broker, assert_ok, broker_path, create_user, credential, reboot_path,
                     sql_broker, sql_insert, sql_user, user_path, users_path)

DEFAULT = ("123456789012", "us-east-1")
WORLDS = {
    "b-default": DEFAULT,
    "b-frankfurt": ("123456789012", "eu-central-1"),
    "b-other": ("210987654321", "us-east-1"),
    "b-far": ("210987654321", "ap-southeast-2"),
    "b-key": ("333333333333", "us-east-1"),
}
SEED = ("".join(sql_broker(broker, name="orders", account=account, region=region)
                + sql_user(broker, "alice", groups=[broker]) for broker, (account, region) in WORLDS.items())
        + sql_insert("access_key", id="AKIDOTHER", secret="secret", account="333333333333")
        + sql_insert("access_key", id="444444444444", secret="secret", account="333333333333")
        + sql_insert("access_key", id="AKIDDEFAULT", secret="secret"))


@pytest.fixture(scope="module")
def server():
    with Server("--reboot-time", "0", seed=SEED) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def brokers(client, *headers):
    """The ids ListBrokers shows to a caller."""
    rows = assert_ok(client.call("GET", "/v1/brokers", headers=headers)).json()["brokerSummaries"]
    return [row["brokerId"] for row in rows]


@pytest.mark.parametrize("broker", WORLDS)
def test_WLD_1_WLD_2_WLD_4_each_world_sees_its_own(client, broker):
    account, region = WORLDS[broker]
    caller = [credential(account, region)]
    assert brokers(client, *caller) == [broker]
    assert assert_ok(client.call("GET", user_path(broker, "alice"), headers=caller)).json()["groups"] == [broker]
    for other in set(WORLDS) - {broker}:
        for request in (("GET", broker_path(other)), ("GET", users_path(other)), ("POST", reboot_path(other)),
                        ("GET", user_path(other, "alice")), ("DELETE", user_path(other, "alice")),
                        ("PUT", user_path(other, "alice"), {}),
                        ("POST", user_path(other, "bob"), {"password": PASSWORD})):
            assert_no_broker(client.call(*request, headers=caller), other)


def test_WLD_4_worlds_without_brokers(client):
    assert brokers(client, credential("555555555555", "us-east-1")) == []
    assert brokers(client, credential("123456789012", "eu-west-1")) == []


@pytest.mark.parametrize("key", ["AKIDEXAMPLE", "test", "x", "12345678901", "1234567890123", "12345678901a",
                                 "AKIDDEFAULT", "１２３４５６７８９０１２", "+12345678901"])
def test_WLD_1_WLD_7_other_keys_belong_to_the_default_account(client, key):
    assert brokers(client, credential(key)) == ["b-default"]
    assert brokers(client, credential(key, "eu-central-1")) == ["b-frankfurt"]


@pytest.mark.parametrize("key", ["AKIDOTHER", "444444444444"])
def test_WLD_7_a_seeded_key_belongs_to_its_account(client, key):
    assert brokers(client, credential(key)) == ["b-key"]


SIGNED = ", SignedHeaders=host, Signature=" + "0" * 64


@pytest.mark.parametrize("authorization", [
    None, "", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "Bearer 210987654321", "Basic dXNlcjpwYXNz", "nonsense",
    "AWS4-HMAC-SHA256 Credential=" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=210987654321" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=210987654321/20261123/us-east-1" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=//" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=////" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123//mq/aws4_request" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/US EAST 1/mq/aws4_request" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/" + "x" * 100 + "/mq/aws4_request" + SIGNED,
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/%zz/mq/aws4_request" + SIGNED,
    "AWS4-HMAC-SHA256 " + "Credential=" * 500,
    "AWS4-HMAC-SHA256 Credential=" + "/" * 5000 + SIGNED,
    "AWS3-HTTPS AWSAccessKeyId=210987654321",
])
def test_WLD_3_AUTH_1_unreadable_scopes_mean_the_default_world(client, authorization):
    headers = [] if authorization is None else [("Authorization", authorization)]
    assert brokers(client, *headers) == ["b-default"]


def test_WLD_2_the_scope_of_a_presigned_url(client):
    members = ("X-Amz-Algorithm=AWS4-HMAC-SHA256"
               "&X-Amz-Credential=210987654321%2F20261123%2Fap-southeast-2%2Fmq%2Faws4_request"
               "&X-Amz-Date=20261123T171421Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=" + "0" * 64)
    rows = assert_ok(client.call("GET", f"/v1/brokers?{members}")).json()["brokerSummaries"]
    assert [row["brokerId"] for row in rows] == ["b-far"]


@pytest.mark.parametrize("form", [
    "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00",
    "AWS4-HMAC-SHA256 Credential={scope},SignedHeaders=host,Signature=00",
    "AWS4-HMAC-SHA256 SignedHeaders=host, Credential={scope}, Signature=00",
    "AWS4-HMAC-SHA256 Signature=00,SignedHeaders=host,Credential={scope}",
])
def test_WLD_2_spellings_of_the_header(client, form):
    scope = "210987654321/20261123/ap-southeast-2/mq/aws4_request"
    assert brokers(client, ("Authorization", form.format(scope=scope))) == ["b-far"]


def test_WLD_4_writes_go_to_the_callers_world(client):
    caller = [credential("210987654321", "us-east-1")]
    assert_ok(client.call("POST", user_path("b-other", "bob"), {"password": PASSWORD}, caller), {})
    assert assert_ok(client.call("GET", users_path("b-other"), headers=caller)).json()["users"] == [
        {"username": "alice"}, {"pendingChange": "CREATE", "username": "bob"}]
    assert assert_ok(client.call("GET", users_path("b-default"))).json()["users"] == [{"username": "alice"}]


def test_WLD_5_one_warning_for_a_broker_of_another_world(serve):
    server = serve(seed=SEED)
    client = server.client()
    for _ in range(3):
        assert_no_broker(client.call("GET", broker_path("b-far")), "b-far")
    assert_no_broker(client.call("GET", users_path("b-far")), "b-far")
    assert_no_broker(client.call("GET", broker_path("b-nowhere")), "b-nowhere")
    server.stop()
    warnings = [line for line in server.stderr_text().splitlines() if "level=warn" in line]
    assert len([line for line in warnings if "b-far" in line]) == 1
    warning, = [line for line in warnings if "b-far" in line]
    assert "210987654321" in warning and "ap-southeast-2" in warning
    assert not [line for line in warnings if "b-nowhere" in line]


@pytest.mark.parametrize("flags, env", [
    (("--account", "999999999999", "--region", "eu-north-1"), {}),
    ((), {"AMAZONMQ_LOCAL_ACCOUNT": "999999999999", "AMAZONMQ_LOCAL_REGION": "eu-north-1"}),
])
def test_WLD_3_WLD_6_the_default_world_is_an_option(serve, flags, env):
    client = serve(*flags, env=env, seed=SEED + sql_broker("b-fixture")).client()
    assert brokers(client) == ["b-fixture"]
    body = assert_ok(client.call("GET", broker_path("b-fixture"))).json()
    assert body["brokerArn"] == "arn:aws:mq:eu-north-1:999999999999:broker:fixture:b-fixture"
    assert brokers(client, credential("AKIDDEFAULT", "eu-north-1")) == ["b-fixture"]
    assert brokers(client, credential("AKIDDEFAULT", "us-east-1")) == []
    assert brokers(client, credential("999999999999", "eu-north-1")) == ["b-fixture"]
    assert brokers(client, credential("123456789012", "us-east-1")) == ["b-default"]
    create_user(client, "b-fixture", "alice")


def test_WLD_6_a_fixture_may_name_one_of_the_two(serve):
    seed = sql_broker("b-region", region="sa-east-1") + sql_broker("b-account", account="777777777777")
    client = serve("--account", "888888888888", "--region", "eu-north-1", seed=seed).client()
    assert brokers(client, credential("888888888888", "sa-east-1")) == ["b-region"]
    assert brokers(client, credential("777777777777", "eu-north-1")) == ["b-account"]


def test_WLD_8_the_same_name_in_every_world(client):
    names = set()
    for broker, (account, region) in WORLDS.items():
        caller = [credential(account, region)]
        names.add(assert_ok(client.call("GET", broker_path(broker), headers=caller)).json()["brokerName"])
    assert names == {"orders"}
