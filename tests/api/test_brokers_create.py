"""CreateBroker: what is answered, what becomes of each member, and what is filled in where none is given."""

import base64
import datetime
import ipaddress
import re
import time

import pytest

from harness import (PASSWORD, assert_bad_request, assert_ok, broker_body, broker_name, broker_path, compact, configuration_path,
                     create_broker, credential, describe_broker, rabbit_body, revision_path, sql_insert, tags_path,
                     user_path, users_path)
from shapes import (CLUSTER, STANDBY, UUID4, activemq_instance, activemq_logs, generated, plain, private,
                    rabbitmq_instance, rabbitmq_logs)

LDAP = {"hosts": ["ldap.example.com", "ldap2.example.com"], "roleBase": "ou=groups,dc=example,dc=com", "roleName": "cn",
        "roleSearchMatching": "(member:=uid={1})", "roleSearchSubtree": True,
        "serviceAccountPassword": "never-to-be-seen", "serviceAccountUsername": "cn=admin,dc=example,dc=com",
        "userBase": "ou=people,dc=example,dc=com", "userRoleName": "role", "userSearchMatching": "(uid={0})",
        "userSearchSubtree": False}
CREATED = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"


def made(client, body):
    """Creates a broker; returns its id and the response of DescribeBroker."""
    broker = create_broker(client, body)
    return broker, assert_ok(client.call("GET", broker_path(broker)))


def new_configuration(client, engine="ACTIVEMQ", **members):
    """CreateConfiguration; returns its id."""
    body = {"name": broker_name(), "engineType": engine, **members}
    return assert_ok(client.call("POST", "/v1/configurations", body)).json()["id"]


# --- The answer ------------------------------------------------------------------------------------------------

def test_CBR_1_the_answer(client):
    name = broker_name()
    response = client.call("POST", "/v1/brokers", broker_body(name))
    broker = assert_ok(response).json()["brokerId"]
    assert re.fullmatch(f"b-{UUID4}", broker)
    assert_ok(response, {"brokerArn": f"arn:aws:mq:us-east-1:123456789012:broker:{name}:{broker}", "brokerId": broker})


def test_CBR_1_ids_differ(client):
    assert len({create_broker(client) for _ in range(20)}) == 20


def test_CBR_1_the_broker_is_in_the_list(serve):
    client = serve("--create-time", "0").client()
    broker = create_broker(client, broker_body("listed", engineType="ActiveMQ"))
    body = describe_broker(client, broker)
    assert_ok(client.call("GET", "/v1/brokers"), {"brokerSummaries": [
        {name: body[name] for name in ("brokerArn", "brokerId", "brokerName", "brokerState", "created",
                                       "deploymentMode", "engineType", "hostInstanceType")}]})


def test_CBR_1_WLD_4_the_broker_is_its_callers(serve):
    client = serve("--create-time", "0").client()
    there = [credential("210987654321", "cn-north-1")]
    broker = create_broker(client, broker_body("same"), there)
    assert create_broker(client, broker_body("same")) != broker
    body = describe_broker(client, broker, there)
    assert body["brokerArn"] == f"arn:aws-cn:mq:cn-north-1:210987654321:broker:same:{broker}"
    assert client.call("GET", broker_path(broker)).status == 404
    assert len(client.call("GET", "/v1/brokers").json()["brokerSummaries"]) == 1
    configuration = body["configurations"]["current"]["id"]
    assert client.call("GET", configuration_path(configuration)).status == 404
    found = assert_ok(client.call("GET", configuration_path(configuration), headers=there)).json()
    assert found["arn"] == f"arn:aws-cn:mq:cn-north-1:210987654321:configuration:{configuration}"


def test_CBR_2_created_is_now(client):
    before = time.time()
    created = describe_broker(client, create_broker(client))["created"]
    after = time.time()
    assert re.fullmatch(CREATED, created)
    stamp = datetime.datetime.fromisoformat(created.replace("Z", "+00:00")).timestamp()
    # The server reads its clock in whole milliseconds.
    assert before - 0.001 <= stamp <= after + 0.001


# --- What is filled in -----------------------------------------------------------------------------------------

def test_CBR_3_CBR_4_a_single_instance_of_ActiveMQ(client):
    name = broker_name()
    broker, response = made(client, broker_body(name))
    configuration, subnets, groups, (address,) = generated(response.json())
    assert re.fullmatch(f"c-{UUID4}", configuration)
    assert private(address) and len(subnets) == 1
    assert_ok(response, plain(
        broker, name, response.json()["created"], brokerInstances=[activemq_instance(broker, 1, address)],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        securityGroups=groups, subnetIds=subnets, users=[{"username": "admin"}]))


@pytest.mark.parametrize("public", [False, True])
def test_CBR_3_CBR_5_a_pair(client, public):
    name = broker_name()
    broker, response = made(client, broker_body(name, deploymentMode=STANDBY, publiclyAccessible=public))
    configuration, subnets, groups, addresses = generated(response.json())
    assert [private(address) for address in addresses] == [not public] * 2 and len(subnets) == 2
    assert_ok(response, plain(
        broker, name, response.json()["created"], deploymentMode=STANDBY, publiclyAccessible=public,
        brokerInstances=[activemq_instance(broker, number, addresses[number - 1]) for number in (1, 2)],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        securityGroups=groups, subnetIds=subnets, users=[{"username": "admin"}]))


@pytest.mark.parametrize("mode, public, subnet_count", [("SINGLE_INSTANCE", False, 1), ("SINGLE_INSTANCE", True, 1),
                                                        (CLUSTER, False, 3), (CLUSTER, True, 0)])
def test_CBR_3_CBR_5_BRK_20_RabbitMQ(client, mode, public, subnet_count):
    name = broker_name()
    broker, response = made(client, rabbit_body(name, deploymentMode=mode, publiclyAccessible=public))
    configuration, subnets, groups, addresses = generated(response.json())
    assert addresses == [None] and len(subnets) == subnet_count
    assert_ok(response, plain(
        broker, name, response.json()["created"], deploymentMode=mode, publiclyAccessible=public,
        brokerInstances=[rabbitmq_instance(broker)], engineType="RabbitMQ", engineVersion="4.3",
        configurations={"current": {"id": configuration, "revision": 1}, "history": []},
        hostInstanceType="mq.m7g.medium", logs=rabbitmq_logs(broker), securityGroups=groups, storageType="ebs",
        subnetIds=subnets))


def test_CBR_5_the_network_is_the_one_of_seeded_brokers(client, broker):
    seeded, created = describe_broker(client, broker), describe_broker(client, create_broker(client))
    assert (seeded["subnetIds"], seeded["securityGroups"]) == (created["subnetIds"], created["securityGroups"])


@pytest.mark.parametrize("members", [{"subnetIds": []}, {"securityGroups": []},
                                     {"subnetIds": [], "securityGroups": []}, {"subnetIds": None}])
def test_CBR_5_empty_lists_count_as_absent(client, members):
    absent = describe_broker(client, create_broker(client))
    given = describe_broker(client, create_broker(client, {**broker_body(broker_name()), **members}))
    assert (given["subnetIds"], given["securityGroups"]) == (absent["subnetIds"], absent["securityGroups"])


# --- What is given ---------------------------------------------------------------------------------------------

def test_CBR_4_everything_given(client):
    name, configuration = broker_name(), new_configuration(client, engineVersion="5.18")
    broker, response = made(client, broker_body(
        name, authenticationStrategy="LDAP", autoMinorVersionUpgrade=True,
        configuration={"id": configuration, "revision": 1}, creatorRequestId="token", deploymentMode=STANDBY,
        encryptionOptions={"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234", "useAwsOwnedKey": False},
        engineVersion="5.18", hostInstanceType="mq.m5.4xlarge", ldapServerMetadata=LDAP,
        logs={"audit": True, "general": True},
        maintenanceWindowStartTime={"dayOfWeek": "WEDNESDAY", "timeOfDay": "05:52", "timeZone": "Europe/Berlin"},
        publiclyAccessible=True, securityGroups=["sg-2", "sg-1"], storageType="EFS",
        subnetIds=["subnet-2", "subnet-1"], tags={"team": "checkout", "Zone": "", "é": "ü"},
        users=[{"username": "zoe", "password": PASSWORD, "groups": ["bb", "aa"]},
               {"username": "adam", "password": PASSWORD, "consoleAccess": True, "replicationUser": False}],
        dataReplicationMode="NONE"))
    addresses = [row["ipAddress"] for row in response.json()["brokerInstances"]]
    assert not any(private(address) for address in addresses)
    assert_ok(response, plain(
        broker, name, response.json()["created"], authenticationStrategy="ldap",
        brokerInstances=[activemq_instance(broker, number, addresses[number - 1]) for number in (1, 2)],
        configurations={"current": {"id": configuration, "revision": 1}, "history": []}, deploymentMode=STANDBY,
        encryptionOptions={"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234", "useAwsOwnedKey": False},
        engineVersion="5.18.7", hostInstanceType="mq.m5.4xlarge",
        ldapServerMetadata={key: value for key, value in LDAP.items() if key != "serviceAccountPassword"},
        logs=activemq_logs(broker, audit=True, general=True),
        maintenanceWindowStartTime={"dayOfWeek": "WEDNESDAY", "timeOfDay": "05:52", "timeZone": "Europe/Berlin"},
        publiclyAccessible=True, securityGroups=["sg-2", "sg-1"], subnetIds=["subnet-2", "subnet-1"],
        tags={"Zone": "", "team": "checkout", "é": "ü"}, users=[{"username": "adam"}, {"username": "zoe"}]))
    assert_ok(client.call("GET", user_path(broker, "zoe")), {
        "brokerId": broker, "consoleAccess": False, "groups": ["bb", "aa"], "replicationUser": False,
        "username": "zoe"})
    assert_ok(client.call("GET", user_path(broker, "adam")), {
        "brokerId": broker, "consoleAccess": True, "groups": [], "replicationUser": False, "username": "adam"})


@pytest.mark.parametrize("given, shown", [
    ({"engineType": "ActiveMQ"}, "ActiveMQ"), ({"engineType": "activemq"}, "ActiveMQ"),
    ({"engineType": "AcTiVeMq"}, "ActiveMQ")])
def test_CBR_6_BRK_2_the_engine_in_any_case(client, given, shown):
    assert made(client, broker_body(broker_name(), **given))[1].json()["engineType"] == shown


@pytest.mark.parametrize("engine", ["RABBITMQ", "RabbitMQ", "rabbitmq"])
def test_CBR_6_BRK_2_RabbitMQ_in_any_case(client, engine):
    assert made(client, rabbit_body(broker_name(), engineType=engine))[1].json()["engineType"] == "RabbitMQ"


@pytest.mark.parametrize("storage, shown", [("EBS", "ebs"), ("ebs", "ebs"), ("Ebs", "ebs"), ("efs", "efs"),
                                            ("EFS", "efs"), (None, "efs")])
def test_CBR_6_the_storage_in_any_case(client, storage, shown):
    assert made(client, broker_body(broker_name(), storageType=storage))[1].json()["storageType"] == shown


@pytest.mark.parametrize("strategy, engine, shown", [
    ("simple", "ACTIVEMQ", "simple"), ("Simple", "RABBITMQ", "simple"), ("SIMPLE", "RABBITMQ", "simple"),
    ("ldap", "ACTIVEMQ", "ldap")])
def test_CBR_6_the_strategy_in_any_case(client, strategy, engine, shown):
    body = (rabbit_body if engine == "RABBITMQ" else broker_body)(broker_name(), authenticationStrategy=strategy)
    if shown == "ldap":
        body["ldapServerMetadata"] = LDAP
    assert made(client, body)[1].json()["authenticationStrategy"] == shown


@pytest.mark.parametrize("body, version", [
    (broker_body("x"), "5.19"), (broker_body("x", engineVersion="5.19"), "5.19"),
    (broker_body("x", engineVersion="5.18"), "5.18.7"), (rabbit_body("x"), "4.3"),
    (rabbit_body("x", engineVersion="4.2"), "4.2"), (rabbit_body("x", engineVersion="3.13"), "3.13.7"),
    (rabbit_body("x", engineVersion="3.13", hostInstanceType="mq.m5.large"), "3.13.7"),
    # The newest that the instance type offers.
    (rabbit_body("x", hostInstanceType="mq.m5.large"), "3.13.7"),
    (rabbit_body("x", hostInstanceType="mq.m5.large", deploymentMode=CLUSTER), "3.13.7")])
def test_CBR_7_CBR_40_engine_versions(client, body, version):
    assert made(client, {**body, "brokerName": broker_name()})[1].json()["engineVersion"] == version


@pytest.mark.parametrize("added, chosen", [("5.20", "5.20"), ("5.9", "5.19"), ("5.100", "5.100"), ("6.0", "6.0"),
                                           ("5.19.1", "5.19.1"), ("5.18.99", "5.19")])
def test_CBR_7_the_newest_is_the_greatest_by_number(serve, added, chosen):
    client = serve("--create-time", "0", seed=sql_insert("engine_version", engine_type="ACTIVEMQ", version=added)
                   ).client()
    assert describe_broker(client, create_broker(client))["engineVersion"] == chosen
    assert made(client, broker_body("given", engineVersion=added))[1].json()["engineVersion"] == added


@pytest.mark.parametrize("options, key", [
    ({"useAwsOwnedKey": True}, None), ({"useAwsOwnedKey": True, "kmsKeyId": None}, None),
    ({"useAwsOwnedKey": False}, r"arn:aws:kms:us-east-1:123456789012:key/[0-9a-f-]{36}"),
    ({"useAwsOwnedKey": False, "kmsKeyId": "mrk-1"}, "mrk-1"),
    ({"useAwsOwnedKey": False, "kmsKeyId": " ~" * 1024}, (" ~" * 1024))])
def test_CBR_8_encryption(client, options, key):
    found = made(client, broker_body(broker_name(), encryptionOptions=options))[1].json()["encryptionOptions"]
    assert found["useAwsOwnedKey"] is (key is None)
    assert ("kmsKeyId" in found) == (key is not None)
    if key is not None:
        assert found["kmsKeyId"] == key or re.fullmatch(key, found["kmsKeyId"])


@pytest.mark.parametrize("logs, audit, general", [({}, False, False), ({"audit": True}, True, False),
                                                  ({"general": True}, False, True),
                                                  ({"audit": False, "general": None}, False, False)])
def test_CBR_9_logs(client, logs, audit, general):
    broker, response = made(client, broker_body(broker_name(), logs=logs))
    assert response.json()["logs"] == activemq_logs(broker, audit=audit, general=general)


@pytest.mark.parametrize("window, zone", [
    ({"dayOfWeek": "MONDAY", "timeOfDay": "00:00"}, "UTC"), ({"dayOfWeek": "SUNDAY", "timeOfDay": "23:59"}, "UTC"),
    ({"dayOfWeek": "FRIDAY", "timeOfDay": "13:05", "timeZone": "CET"}, "CET"),
    ({"dayOfWeek": "TUESDAY", "timeOfDay": "09:00", "timeZone": "GMT"}, "GMT"),
    ({"dayOfWeek": "THURSDAY", "timeOfDay": "09:00", "timeZone": "America/Argentina/Buenos_Aires"},
     "America/Argentina/Buenos_Aires"),
    ({"dayOfWeek": "SATURDAY", "timeOfDay": "09:00", "timeZone": "+05:30"}, "+05:30"),
    ({"dayOfWeek": "WEDNESDAY", "timeOfDay": "09:00", "timeZone": "UTC-3"}, "UTC-3"),
    ({"dayOfWeek": "WEDNESDAY", "timeOfDay": "09:00", "timeZone": None}, "UTC")])
def test_CBR_10_windows(client, window, zone):
    found = made(client, broker_body(broker_name(), maintenanceWindowStartTime=window))[1].json()
    assert found["maintenanceWindowStartTime"] == {**window, "timeZone": zone}


@pytest.mark.parametrize("size, shown", [(5, None), (10, 10), (25, 25), (None, None)])
def test_CBR_11_BRK_33_storage_size(client, size, shown):
    body = rabbit_body(broker_name(), deploymentMode=CLUSTER, storageSize=size)
    assert made(client, body)[1].json().get("storageSize") == shown


@pytest.mark.parametrize("members, engine", [
    ({"securityGroups": ["sg-1"]}, broker_body), ({"securityGroups": [f"sg-{n}" for n in range(5)]}, broker_body),
    ({"securityGroups": ["sg-1"], "publiclyAccessible": True}, broker_body), ({"subnetIds": ["subnet-0"]}, broker_body),
    ({"securityGroups": ["sg-1"]}, rabbit_body), ({"subnetIds": ["subnet-0"]}, rabbit_body),
    ({"deploymentMode": CLUSTER, "subnetIds": ["subnet-0", "subnet-1", "subnet-2"]}, rabbit_body)])
def test_CBR_5_BRK_18_network_ids_are_taken_as_they_are(client, members, engine):
    found = made(client, engine(broker_name(), **members))[1].json()
    for name in ("securityGroups", "subnetIds"):
        if name in members:
            assert found[name] == members[name]


def test_CBR_12_tags(client):
    tags = {"team": "checkout", "é" * 128: "ü" * 256, "empty": ""}
    _, response = made(client, broker_body(broker_name(), tags=tags))
    assert response.json()["tags"] == tags
    assert_ok(client.call("GET", tags_path(response.json()["brokerArn"])), {"tags": dict(sorted(tags.items()))})
    configuration = client.call("GET", configuration_path(response.json()["configurations"]["current"]["id"]))
    assert configuration.json()["tags"] == {}
    assert "tags" not in made(client, broker_body(broker_name(), tags={}))[1].json()


# --- The configuration -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("body, on", [(broker_body, "ActiveMQ 5.19"), (rabbit_body, "RabbitMQ 4.3")])
def test_CBR_13_a_broker_without_one_gets_its_own(client, body, on):
    name = broker_name()
    _, response = made(client, body(name, authenticationStrategy="SIMPLE"))
    identifier = response.json()["configurations"]["current"]["id"]
    found = assert_ok(client.call("GET", configuration_path(identifier))).json()
    created = found["created"]
    assert_ok(client.call("GET", configuration_path(identifier)), {
        "arn": f"arn:aws:mq:us-east-1:123456789012:configuration:{identifier}", "authenticationStrategy": "simple",
        "created": created, "engineType": on.split()[0], "engineVersion": on.split()[1], "id": identifier,
        "latestRevision": {"created": created[:23] + "Z",
                           "description": f"Auto-generated default for {name}-configuration on {on}", "revision": 1},
        "name": f"{name}-configuration", "tags": {}})
    assert assert_ok(client.call("GET", revision_path(identifier, 1))).json()["configurationId"] == identifier


def test_CBR_13_it_is_in_the_list(serve):
    client = serve("--create-time", "1h").client()
    create_broker(client, broker_body("one"))
    rows = assert_ok(client.call("GET", "/v1/configurations")).json()["configurations"]
    assert [row["name"] for row in rows] == ["one-configuration"]


def test_CBR_14_a_given_one(serve):
    client = serve("--create-time", "0").client()
    configuration = new_configuration(client)
    text = b'<broker xmlns="http://activemq.apache.org/schema/core"/>'
    data = {"data": base64.b64encode(text).decode("ascii")}
    for _ in range(2):
        assert_ok(client.call("PUT", configuration_path(configuration), data))
    for given, revision in (({"id": configuration, "revision": 2}, 2), ({"id": configuration}, 3),
                            ({"id": configuration, "revision": None}, 3)):
        _, response = made(client, broker_body(broker_name(), configuration=given))
        assert response.json()["configurations"] == {"current": {"id": configuration, "revision": revision},
                                                     "history": []}
    assert len(client.call("GET", "/v1/configurations").json()["configurations"]) == 1


# --- Users -----------------------------------------------------------------------------------------------------

def test_CBR_15_users_are_applied_when_it_runs(client):
    users = [{"username": f"user{number:03}", "password": PASSWORD} for number in range(250)]
    broker, response = made(client, broker_body(broker_name(), users=users))
    assert response.json()["users"] == [{"username": user["username"]} for user in users]
    assert "pending" not in client.call("GET", user_path(broker, "user000")).json()


@pytest.mark.parametrize("users", [None, []])
def test_CBR_37_ActiveMQ_without_users(client, users):
    """With LDAP the users are in the directory."""
    assert_bad_request(client.call("POST", "/v1/brokers", {**broker_body(broker_name()), "users": users}),
                       "Specify at least one user for engine type [ACTIVEMQ].", "users")
    body = {**broker_body(broker_name(), authenticationStrategy="LDAP", ldapServerMetadata=LDAP), "users": users}
    broker, response = made(client, body)
    assert response.json()["users"] == []
    assert_ok(client.call("GET", users_path(broker)), {"brokerId": broker, "maxResults": 20, "users": []})


@pytest.mark.parametrize("username", ["x" * 2, "x" * 100, "a.b_c-D~9", "guest", "..", "admin"])
def test_CBR_15_USR_15_USR_16_names(client, username):
    body = broker_body(broker_name(), users=[{"username": username, "password": PASSWORD}])
    assert made(client, body)[1].json()["users"] == [{"username": username}]


@pytest.mark.parametrize("password", ["x1y2" * 3, "abcd" + "x" * 246, "with a space 1"])
def test_CBR_15_USR_19_USR_21_passwords_are_never_shown(client, password):
    body = broker_body(broker_name(), users=[{"username": "dev", "password": password}])
    response = client.call("POST", "/v1/brokers", body)
    broker = assert_ok(response).json()["brokerId"]
    for answer in (response, client.call("GET", broker_path(broker)), client.call("GET", user_path(broker, "dev"))):
        assert compact(password)[1:-1] not in answer.body


@pytest.mark.parametrize("body", [
    rabbit_body("x"), rabbit_body("x", users=[{"username": "guests", "password": PASSWORD}]),
    rabbit_body("x", users=[{"username": "a.b_c-D", "password": PASSWORD}])])
def test_CBR_16_RabbitMQ_shows_no_users(client, body):
    assert made(client, {**body, "brokerName": broker_name()})[1].json()["users"] == []


# --- What is ignored -------------------------------------------------------------------------------------------

def test_ERR_18_unknown_members_are_ignored(client):
    body = broker_body(broker_name(), storageConfiguration={"efs": {"throughputMode": "ELASTIC"}}, brokerId="b-1",
                       tagList=[1], brokername="other")
    body["users"][0]["pendingChange"] = 3
    assert re.fullmatch(f"b-{UUID4}", create_broker(client, body))


def test_ERR_16_null_is_absent(client):
    names = ("authenticationStrategy", "autoMinorVersionUpgrade", "configuration", "creatorRequestId",
             "encryptionOptions", "engineVersion", "ldapServerMetadata", "logs", "maintenanceWindowStartTime",
             "securityGroups", "storageSize", "storageType", "subnetIds", "tags", "dataReplicationMode",
             "dataReplicationPrimaryBrokerArn")
    body = {**broker_body(broker_name()), **{name: None for name in names}}
    found = describe_broker(client, create_broker(client, body))
    assert (found["engineVersion"], found["storageType"], found["brokerState"]) == ("5.19", "efs", "RUNNING")


def test_CBR_5_addresses_are_addresses(client):
    for body in (broker_body(broker_name()), broker_body(broker_name(), publiclyAccessible=True)):
        address = made(client, body)[1].json()["brokerInstances"][0]["ipAddress"]
        assert ipaddress.ip_address(address).version == 4
        assert private(address) is not body["publiclyAccessible"]
