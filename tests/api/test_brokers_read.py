"""DescribeBroker and ListBrokers: the recorded shapes."""

import ipaddress
import re

import pytest

import harness
from harness import (Server, assert_no_broker, assert_ok, broker_path, credential, sql_broker, sql_insert, sql_user)

CREATED = "2026-09-30T03:52:15.653143Z"
STANDBY = "ACTIVE_STANDBY_MULTI_AZ"
CLUSTER = "CLUSTER_MULTI_AZ"
ACCOUNT = harness.DEFAULT_ACCOUNT
CALLER = {"cn-north-1": [credential(ACCOUNT, "cn-north-1")], "us-gov-west-1": [credential(ACCOUNT, "us-gov-west-1")],
          "us-east-1": [], "eu-central-1": [credential("210987654321", "eu-central-1")]}

SEED = "".join([
    sql_broker("b-single", name="single", created=CREATED),
    sql_user("b-single", "dev"),
    sql_broker("b-public", name="public", created=CREATED, publicly_accessible=1, logs_audit=1, logs_general=1,
               auto_minor_version_upgrade=0, day_of_week="WEDNESDAY", time_of_day="05:52", time_zone="Europe/Berlin",
               subnet_ids=["subnet-1234"], security_groups=["sg-1", "sg-0"], engine_version="5.18",
               host_instance_type="mq.t3.micro", storage_type="EBS", authentication_strategy="LDAP",
               use_aws_owned_key=0, kms_key_id="arn:aws:kms:us-east-1:123456789012:key/1234",
               configuration_id="c-given", configuration_revision=3),
    "".join(sql_insert("broker_tag", broker_id="b-public", key=key, value=value)
            for key, value in (("team", "checkout"), ("Zone", ""), ("é", "ü"), ("a b", '"quoted\\"'))),
    sql_broker("b-pair", name="pair", created=CREATED, deployment_mode=STANDBY),
    sql_broker("b-public-pair", name="public-pair", created=CREATED, deployment_mode=STANDBY, publicly_accessible=1),
    sql_broker("b-rabbit", name="rabbit", created=CREATED, engine_type="RABBITMQ", logs_general=1),
    sql_broker("b-cluster", name="cluster", created=CREATED, engine_type="RABBITMQ", deployment_mode=CLUSTER,
               authentication_strategy="CONFIG_MANAGED"),
    sql_broker("b-public-cluster", name="public-cluster", created=CREATED, engine_type="RABBITMQ",
               publicly_accessible=1, deployment_mode=CLUSTER),
    sql_user("b-rabbit", "never-shown") + sql_user("b-cluster", "never-shown"),
    sql_broker("b-china", name="china", created=CREATED, region="cn-north-1"),
    sql_broker("b-china-rabbit", name="china-rabbit", created=CREATED, region="cn-north-1", engine_type="RABBITMQ"),
    sql_broker("b-gov", name="gov", created=CREATED, region="us-gov-west-1"),
    sql_broker("b-other", name="single", created=CREATED, region="eu-central-1", account="210987654321"),
    sql_broker("b-own-kms", name="own-kms", created=CREATED, use_aws_owned_key=0),
    sql_broker("b-twin", name="twin", created=CREATED),
    *(sql_broker(f"b-{state.lower().replace('_', '-')}", name=state, created=CREATED, state=state)
      for state in ("CREATION_IN_PROGRESS", "CREATION_FAILED", "DELETION_IN_PROGRESS", "REBOOT_IN_PROGRESS",
                    "CRITICAL_ACTION_REQUIRED", "REPLICA")),
])


@pytest.fixture(scope="module")
def server():
    with Server(seed=SEED) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def describe(client, broker, region="us-east-1"):
    return assert_ok(client.call("GET", broker_path(broker), headers=CALLER[region])).json()


def activemq_instance(broker, number, address, region="us-east-1", domain="amazonaws.com"):
    host = f"{broker}-{number}.mq.{region}.{domain}"
    return {"consoleURL": f"https://{host}:8162",
            "endpoints": [f"ssl://{host}:61617", f"amqp+ssl://{host}:5671", f"stomp+ssl://{host}:61614",
                          f"mqtt+ssl://{host}:8883", f"wss://{host}:61619"],
            "ipAddress": address}


def generated(body):
    """Checks the form of what the server generates by itself, and returns those values."""
    configuration = body["configurations"]["current"]["id"]
    assert re.fullmatch(r"c-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", configuration)
    for subnet in body["subnetIds"]:
        assert re.fullmatch(r"subnet-[0-9a-f]{17}", subnet)
    assert len(set(body["subnetIds"])) == len(body["subnetIds"])
    assert len(body["securityGroups"]) == 1
    assert re.fullmatch(r"sg-[0-9a-f]{17}", body["securityGroups"][0])
    addresses = [instance.get("ipAddress") for instance in body["brokerInstances"]]
    return configuration, body["subnetIds"], body["securityGroups"], addresses


def private(address):
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network)
               for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def plain(broker, name, **members):
    """The whole answer for a broker seeded with nothing but its id and name, in its order, with the members given."""
    body = {
        "authenticationStrategy": "simple",
        "autoMinorVersionUpgrade": True,
        "brokerArn": f"arn:aws:mq:us-east-1:123456789012:broker:{name}:{broker}",
        "brokerId": broker,
        "brokerInstances": None,
        "brokerName": name,
        "brokerState": "RUNNING",
        "configurations": None,
        "created": CREATED,
        "deploymentMode": "SINGLE_INSTANCE",
        "encryptionOptions": {"useAwsOwnedKey": True},
        "engineType": "ActiveMQ",
        "engineVersion": "5.19",
        "hostInstanceType": "mq.m5.large",
        "logs": {"audit": False, "auditLogGroup": f"/aws/amazonmq/broker/{broker}/audit", "general": False,
                 "generalLogGroup": f"/aws/amazonmq/broker/{broker}/general"},
        "maintenanceWindowStartTime": {"dayOfWeek": "SUNDAY", "timeOfDay": "11:00", "timeZone": "UTC"},
        "publiclyAccessible": False,
        "securityGroups": None,
        "storageType": "efs",
        "subnetIds": None,
        "users": [],
    }
    assert set(members) <= set(body) | {"tags"}
    return dict(sorted({**body, **members}.items()))


# --- Whole answers ---------------------------------------------------------------------------------------------

def test_BRK_2_BRK_3_BRK_5_BRK_10_BRK_11_BRK_12_BRK_15_BRK_16_BRK_17_BRK_19_BRK_21_single_instance(client):
    response = client.call("GET", broker_path("b-single"))
    configuration, subnets, groups, (address,) = generated(response.json())
    assert len(subnets) == 1
    assert private(address)
    assert_ok(response, plain(
        "b-single", "single", brokerInstances=[activemq_instance("b-single", 1, address)],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        securityGroups=groups, subnetIds=subnets, users=[{"username": "dev"}]))


def test_BRK_2_BRK_7_BRK_14_BRK_16_BRK_18_BRK_19_public_with_everything_given(client):
    response = client.call("GET", broker_path("b-public"))
    address = response.json()["brokerInstances"][0]["ipAddress"]
    assert ipaddress.ip_address(address).version == 4 and not private(address)
    assert_ok(response, plain(
        "b-public", "public", authenticationStrategy="ldap", autoMinorVersionUpgrade=False,
        brokerInstances=[activemq_instance("b-public", 1, address)],
        configurations={"current": {"id": "c-given", "revision": 3}, "history": []},
        encryptionOptions={"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234", "useAwsOwnedKey": False},
        engineVersion="5.18", hostInstanceType="mq.t3.micro",
        logs={"audit": True, "auditLogGroup": "/aws/amazonmq/broker/b-public/audit", "general": True,
              "generalLogGroup": "/aws/amazonmq/broker/b-public/general"},
        maintenanceWindowStartTime={"dayOfWeek": "WEDNESDAY", "timeOfDay": "05:52", "timeZone": "Europe/Berlin"},
        publiclyAccessible=True, securityGroups=["sg-1", "sg-0"], storageType="ebs", subnetIds=["subnet-1234"],
        tags={"Zone": "", "a b": '"quoted\\"', "team": "checkout", "é": "ü"}))


@pytest.mark.parametrize("broker, name, public", [("b-pair", "pair", False), ("b-public-pair", "public-pair", True)])
def test_BRK_6_BRK_7_BRK_17_active_standby(client, broker, name, public):
    response = client.call("GET", broker_path(broker))
    configuration, subnets, groups, addresses = generated(response.json())
    assert len(addresses) == len(subnets) == 2
    assert [private(address) for address in addresses] == [not public] * 2
    assert_ok(response, plain(
        broker, name, deploymentMode=STANDBY, publiclyAccessible=public,
        brokerInstances=[activemq_instance(broker, number, addresses[number - 1]) for number in (1, 2)],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        securityGroups=groups, subnetIds=subnets))


@pytest.mark.parametrize("broker, name, mode, general, strategy, subnet_count", [
    ("b-rabbit", "rabbit", "SINGLE_INSTANCE", True, "simple", 1),
    ("b-cluster", "cluster", CLUSTER, False, "config_managed", 3),
    ("b-public-cluster", "public-cluster", CLUSTER, False, "simple", 0)])
def test_BRK_2_BRK_8_BRK_13_BRK_17_BRK_20_RabbitMQ(client, broker, name, mode, general, strategy, subnet_count):
    response = client.call("GET", broker_path(broker))
    configuration, subnets, groups, addresses = generated(response.json())
    assert addresses == [None]
    assert len(subnets) == subnet_count
    assert_ok(response, plain(
        broker, name, authenticationStrategy=strategy, deploymentMode=mode, engineType="RabbitMQ", engineVersion="4.3",
        hostInstanceType="mq.m7g.medium", storageType="ebs",
        brokerInstances=[{"consoleURL": f"https://{broker}.mq.us-east-1.on.aws",
                          "endpoints": [f"amqps://{broker}.mq.us-east-1.on.aws:5671"]}],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        logs={"general": general, "generalLogGroup": f"/aws/amazonmq/broker/{broker}/general"},
        publiclyAccessible=name.startswith("public"),
        securityGroups=groups, subnetIds=subnets))


# --- Regions and partitions ------------------------------------------------------------------------------------

def test_BRK_3_BRK_4_BRK_9_china(client):
    body = describe(client, "b-china", "cn-north-1")
    address = body["brokerInstances"][0]["ipAddress"]
    assert body["brokerArn"] == "arn:aws-cn:mq:cn-north-1:123456789012:broker:china:b-china"
    assert body["brokerInstances"] == [activemq_instance("b-china", 1, address, "cn-north-1", "amazonaws.com.cn")]
    rabbit = describe(client, "b-china-rabbit", "cn-north-1")
    assert rabbit["brokerArn"] == "arn:aws-cn:mq:cn-north-1:123456789012:broker:china-rabbit:b-china-rabbit"
    assert rabbit["brokerInstances"] == [{"consoleURL": "https://b-china-rabbit.mq.cn-north-1.amazonaws.com.cn",
                                          "endpoints": ["amqps://b-china-rabbit.mq.cn-north-1.amazonaws.com.cn:5671"]}]


def test_BRK_3_BRK_4_BRK_9_govcloud(client):
    body = describe(client, "b-gov", "us-gov-west-1")
    address = body["brokerInstances"][0]["ipAddress"]
    assert body["brokerArn"] == "arn:aws-us-gov:mq:us-gov-west-1:123456789012:broker:gov:b-gov"
    assert body["brokerInstances"] == [activemq_instance("b-gov", 1, address, "us-gov-west-1")]
    row, = client.call("GET", "/v1/brokers", headers=CALLER["us-gov-west-1"]).json()["brokerSummaries"]
    assert row["brokerArn"] == body["brokerArn"]


def test_BRK_3_WLD_8_another_account_and_region(client):
    body = describe(client, "b-other", "eu-central-1")
    assert body["brokerArn"] == "arn:aws:mq:eu-central-1:210987654321:broker:single:b-other"
    assert body["brokerInstances"][0]["consoleURL"] == "https://b-other-1.mq.eu-central-1.amazonaws.com:8162"
    assert describe(client, "b-single")["brokerName"] == body["brokerName"] == "single"


# --- Generated values ------------------------------------------------------------------------------------------

def test_BRK_17_the_network_is_that_of_the_account_and_region(client):
    single, twin, pair = (describe(client, broker) for broker in ("b-single", "b-twin", "b-pair"))
    assert single["subnetIds"] == twin["subnetIds"]
    assert single["subnetIds"][0] in pair["subnetIds"]
    assert single["securityGroups"] == twin["securityGroups"] == pair["securityGroups"]
    other = describe(client, "b-other", "eu-central-1")
    assert other["subnetIds"] != single["subnetIds"]
    assert other["securityGroups"] != single["securityGroups"]


def test_BRK_11_configurations_are_each_brokers_own(client):
    ids = [describe(client, broker)["configurations"]["current"]["id"]
           for broker in ("b-single", "b-twin", "b-pair", "b-rabbit")]
    assert len(set(ids)) == len(ids)


def test_BRK_14_a_key_that_is_not_given(client):
    body = describe(client, "b-own-kms")
    assert list(body["encryptionOptions"]) == ["kmsKeyId", "useAwsOwnedKey"]
    assert body["encryptionOptions"]["useAwsOwnedKey"] is False
    assert re.fullmatch(r"arn:aws:kms:us-east-1:123456789012:key/[0-9a-f-]{36}", body["encryptionOptions"]["kmsKeyId"])


def test_BRK_11_BRK_17_generated_values_are_the_same_at_every_start(client, serve):
    again = serve(seed=SEED).client()
    for broker in ("b-single", "b-pair", "b-rabbit", "b-cluster", "b-own-kms"):
        assert again.call("GET", broker_path(broker)).body == client.call("GET", broker_path(broker)).body


def test_BRK_11_BRK_17_generated_values_are_the_same_after_a_restart(serve, tmp_path):
    server = serve("--db", tmp_path / "store.db", seed=SEED)
    targets = [broker_path(broker) for broker in ("b-single", "b-pair", "b-rabbit", "b-cluster")] + ["/v1/brokers"]
    before = [server.client().call("GET", target).body for target in targets]
    server.restart()
    assert [server.client().call("GET", target).body for target in targets] == before


def test_BRK_15_created_is_the_time_of_the_seed_where_none_is_given(serve):
    body = serve(seed=sql_broker("b-1")).client().call("GET", broker_path("b-1")).json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", body["created"])


# --- States ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("state", ["CREATION_IN_PROGRESS", "CREATION_FAILED", "DELETION_IN_PROGRESS",
                                   "REBOOT_IN_PROGRESS", "CRITICAL_ACTION_REQUIRED", "REPLICA"])
def test_BRK_22_BRK_23_BRK_24_states(client, state):
    body = describe(client, f"b-{state.lower().replace('_', '-')}")
    assert body["brokerState"] == state
    assert body["users"] == body["configurations"]["history"] == []
    if state == "CREATION_IN_PROGRESS":
        assert body["brokerInstances"] == []
        assert "current" not in body["configurations"]
    elif state != "CREATION_FAILED":
        assert len(body["brokerInstances"]) == 1
        assert list(body["configurations"]) == ["current", "history"]


# --- Unknown brokers, ListBrokers ------------------------------------------------------------------------------

@pytest.mark.parametrize("broker", ["b-00000000-0000-0000-0000-000000000000", "x", "B-SINGLE", "b-singl",
                                    "b-single-1", "single", "é", "a" * 101, "'", '"', "b-single%"])
def test_BRK_1_unknown_broker(client, broker):
    assert_no_broker(client.call("GET", broker_path(broker)), broker)


def test_BRK_25_BRK_27_list_brokers(client):
    response = client.call("GET", "/v1/brokers?maxResults=100")
    rows = assert_ok(response).json()["brokerSummaries"]
    assert list(response.json()) == ["brokerSummaries"]
    assert [row["brokerId"] for row in rows] == sorted(
        ["b-single", "b-public", "b-pair", "b-public-pair", "b-rabbit", "b-cluster", "b-public-cluster",
         "b-own-kms", "b-twin",
         "b-creation-in-progress", "b-creation-failed", "b-deletion-in-progress", "b-reboot-in-progress",
         "b-critical-action-required", "b-replica"])
    for row in rows:
        described = describe(client, row["brokerId"])
        assert row == {name: described[name] for name in
                       ("brokerArn", "brokerId", "brokerName", "brokerState", "created", "deploymentMode",
                        "engineType", "hostInstanceType")}


def test_BRK_25_bytes_of_a_row(client):
    response = client.call("GET", "/v1/brokers", headers=CALLER["eu-central-1"])
    assert_ok(response, {"brokerSummaries": [
        {"brokerArn": "arn:aws:mq:eu-central-1:210987654321:broker:single:b-other", "brokerId": "b-other",
         "brokerName": "single", "brokerState": "RUNNING", "created": CREATED, "deploymentMode": "SINGLE_INSTANCE",
         "engineType": "ActiveMQ", "hostInstanceType": "mq.m5.large"}]})


def test_BRK_26_no_brokers(client, serve):
    assert_ok(client.call("GET", "/v1/brokers", headers=[credential("000000000000")]), {"brokerSummaries": []})
    assert_ok(serve().client().call("GET", "/v1/brokers"), {"brokerSummaries": []})
