"""DescribeBroker and ListBrokers: the recorded shapes."""

import ipaddress
import json
import re

import pytest

import harness
import shapes
from harness import (Server, assert_no_broker, assert_no_user, assert_ok, broker_path, credential, sql_broker,
                     sql_insert, sql_pending_user, sql_user, user_path, users_path)
from shapes import CLUSTER, STANDBY, activemq_instance, activemq_logs, private, rabbitmq_instance, rabbitmq_logs

CREATED = "2026-09-30T03:52:15.653143Z"
ACCOUNT = harness.DEFAULT_ACCOUNT
CALLER = {"cn-north-1": [credential(ACCOUNT, "cn-north-1")], "us-gov-west-1": [credential(ACCOUNT, "us-gov-west-1")],
          "us-east-1": [], "eu-central-1": [credential("210987654321", "eu-central-1")]}

# As it stands in the column, with white space that no answer has.
LDAP = ('{ "hosts": ["ldap.example.com"],\n "roleBase":"ou=groups","roleName":"cn","roleSearchMatching":"(member={0})",'
        '"roleSearchSubtree":true,"serviceAccountUsername":"cn=admin","userBase":"ou=people",'
        '"userSearchMatching":"(uid={0})"}')
MORE_LDAP = LDAP.replace('"ldap.example.com"', '"one.example.com" , "two.example.com"')


def sql_configuration(identifier, revisions=1, **columns):
    """A configuration with that many revisions."""
    return sql_insert("configuration", id=identifier, name=identifier, **columns) + "".join(
        sql_insert("configuration_revision", configuration_id=identifier, revision=number, data="<broker/>")
        for number in range(2, revisions + 1))


SEED = "".join([
    sql_configuration("c-given", 3) + sql_configuration("c-second", 2),
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
    sql_broker("b-ldap", name="ldap", created=CREATED, authentication_strategy="LDAP", ldap_server_metadata=LDAP,
               ldap_service_account_password="never-shown-1"),
    sql_broker("b-pending", name="pending", created=CREATED, configuration_id="c-given", configuration_revision=2,
               pending_engine_version="5.18", pending_host_instance_type="mq.m5.xlarge",
               pending_authentication_strategy="LDAP", pending_security_groups='["sg-2","sg-1"]',
               pending_ldap_server_metadata=MORE_LDAP, pending_ldap_service_account_password="never-shown-2",
               pending_logs_general=1, pending_logs_audit=1, pending_configuration_id="c-second",
               pending_configuration_revision=2),
    sql_user("b-pending", "dev", pending_change="DELETE"),
    "".join(sql_insert("broker_configuration_history", broker_id="b-pending", configuration_id=identifier,
                       revision=revision) for identifier, revision in (("c-second", 1), ("c-gone", 7), ("c-given", 1))),
    sql_broker("b-half", name="half", created=CREATED, logs_general=1, pending_logs_audit=1),
    sql_broker("b-size", name="size", created=CREATED, engine_type="RABBITMQ", deployment_mode=CLUSTER,
               storage_size=20, pending_storage_size=0, logs_general=1, pending_logs_general=0),
    sql_broker("b-size-more", name="size-more", created=CREATED, engine_type="RABBITMQ", deployment_mode=CLUSTER,
               pending_storage_size=25),
    sql_broker("b-action", name="action", created=CREATED, state="CRITICAL_ACTION_REQUIRED"),
    "".join(sql_insert("broker_action_required", broker_id="b-action", code=code, info=info)
            for code, info in (("BROKER_OOM", "Choose a larger instance."), ("BROKER_ENI_DELETED", None))),
    *(sql_broker(f"b-step-{step}", name=f"step-{step}", created=CREATED, state="CREATION_IN_PROGRESS",
                 creation_step=step, **({"pending_configuration_id": "c-given", "pending_configuration_revision": 3}
                                        if step < 3 else {"configuration_id": "c-given", "configuration_revision": 3}))
      + (sql_pending_user if step < 2 else sql_user)(f"b-step-{step}", "dev") for step in range(4)),
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


def generated(body):
    """Checks the form of what the server generates for a seeded broker, and returns those values."""
    found = shapes.generated(body)
    assert found[0] == body["brokerId"].replace("b-", "c-", 1)
    return found


def plain(broker, name, **members):
    """The whole answer for a broker seeded with nothing but its id and name, with the members given."""
    return shapes.plain(broker, name, CREATED, **members)


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
        engineVersion="5.18.7", hostInstanceType="mq.t3.micro",
        logs=activemq_logs("b-public", audit=True, general=True),
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
        brokerInstances=[rabbitmq_instance(broker)],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        logs=rabbitmq_logs(broker, general=general),
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


# --- What is pending, and what a broker asks for ---------------------------------------------------------------

def test_BRK_28_BRK_29_BRK_31_everything_pending(client):
    response = client.call("GET", broker_path("b-pending"))
    _, subnets, groups, (address,) = shapes.generated(response.json())
    assert_ok(response, plain(
        "b-pending", "pending", brokerInstances=[activemq_instance("b-pending", 1, address)],
        configurations={"current": {"id": "c-given", "revision": 2},
                        "history": [{"id": "c-second", "revision": 1}, {"id": "c-gone", "revision": 7},
                                    {"id": "c-given", "revision": 1}],
                        "pending": {"id": "c-second", "revision": 2}},
        logs=activemq_logs("b-pending", pending={"audit": True, "general": True}),
        pendingAuthenticationStrategy="ldap", pendingEngineVersion="5.18", pendingHostInstanceType="mq.m5.xlarge",
        pendingLdapServerMetadata=json.loads(MORE_LDAP), pendingSecurityGroups=["sg-2", "sg-1"],
        securityGroups=groups, subnetIds=subnets, users=[{"pendingChange": "DELETE", "username": "dev"}]))
    assert b"never-shown" not in response.body


def test_BRK_30_one_log_pending_shows_both(client):
    assert describe(client, "b-half")["logs"] == activemq_logs("b-half", general=True,
                                                               pending={"audit": True, "general": True})


def test_BRK_28_BRK_30_BRK_33_pending_of_RabbitMQ(client):
    body = describe(client, "b-size")
    # 0 is the type's own, which is never shown.
    assert body["storageSize"] == 20 and "pendingStorageSize" not in body
    assert describe(client, "b-size-more")["pendingStorageSize"] == 25
    assert body["logs"] == rabbitmq_logs("b-size", general=True, pending={"general": False})


def test_BRK_32_ldap_without_its_password(client):
    response = client.call("GET", broker_path("b-ldap"))
    body = assert_ok(response).json()
    assert (body["authenticationStrategy"], body["ldapServerMetadata"]) == ("ldap", json.loads(LDAP))
    assert b"never-shown" not in response.body


@pytest.mark.parametrize("stored, shown", (
    ('{"userBase":"b","hosts":["a",1,null,["c"]],"roleBase":"r","roleName":null,"other":1}',
     {"hosts": ["a"], "roleBase": "r", "userBase": "b"}),
    ('{"serviceAccountPassword":"told-to-nobody","userSearchSubtree":true}', {"userSearchSubtree": True}),
    ('{"hosts":{"a":[]},"roleBase":1,"userSearchSubtree":"true"}', {}),
    ("{}", {})), ids=("some members", "password", "types", "empty"))
def test_BRK_32_ldap_of_a_seed_has_the_members_of_the_api(serve, stored, shown):
    response = serve(seed=harness.sql_broker("b-1", authentication_strategy="LDAP", ldap_server_metadata=stored,
                                             pending_ldap_server_metadata=stored)).client().call(
                                                 "GET", broker_path("b-1"), check=harness.CHECK_SHARED)  # the model has required members
    body = assert_ok(response).json()
    assert (body["ldapServerMetadata"], body["pendingLdapServerMetadata"]) == (shown, shown)


def test_BRK_34_actions_required(client):
    assert describe(client, "b-action")["actionsRequired"] == [
        {"actionRequiredCode": "BROKER_ENI_DELETED"},
        {"actionRequiredCode": "BROKER_OOM", "actionRequiredInfo": "Choose a larger instance."}]


@pytest.mark.parametrize("step, users, instances, configurations", [
    (0, [], 0, {"history": []}),
    (1, [{"pendingChange": "CREATE", "username": "dev"}], 0,
     {"history": [], "pending": {"id": "c-given", "revision": 3}}),
    (2, [{"username": "dev"}], 1, {"history": [], "pending": {"id": "c-given", "revision": 3}}),
    (3, [{"username": "dev"}], 1, {"current": {"id": "c-given", "revision": 3}, "history": []})])
def test_LIF_1_LIF_2_pictures_of_a_creation(client, step, users, instances, configurations):
    body = describe(client, f"b-step-{step}")
    assert body["brokerState"] == "CREATION_IN_PROGRESS"
    assert body["users"] == users
    assert len(body["brokerInstances"]) == instances
    assert list(body["configurations"].items()) == list(configurations.items())
    listed = assert_ok(client.call("GET", users_path(f"b-step-{step}"))).json()
    assert listed["users"] == users
    described = client.call("GET", user_path(f"b-step-{step}", "dev"))
    if step == 0:
        assert_no_user(described, "dev")
    else:
        assert ("pending" in assert_ok(described).json()) == (step == 1)


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
         "b-own-kms", "b-twin", "b-ldap", "b-pending", "b-half", "b-size", "b-size-more", "b-action",
         "b-step-0", "b-step-1", "b-step-2", "b-step-3",
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
