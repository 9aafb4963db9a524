"""CreateBroker: every refusal with its exact bytes, on both sides of its limit; nothing of it remains."""

import pytest

from broker_calls import LDAP, SIZE, create_refused as refused
from harness import (PASSWORD, Server, assert_bad_request, assert_error, assert_ok, broker_body, broker_name,
                     create_broker, credential, describe_broker, rabbit_body, sql_broker, sql_insert)
from shapes import CLUSTER, STANDBY

WINDOW = {"dayOfWeek": "MONDAY", "timeOfDay": "05:52", "timeZone": "UTC"}
STRATEGIES = "Valid values are: [SIMPLE, LDAP, CONFIG_MANAGED]."
KMS = "Make sure your KMS key ID only contains printable ASCII characters and is 1 to 2048 characters long."
CRDR = "Data replication requires ActiveMQ 5.17.6 or later and deployment mode [ACTIVE_STANDBY_MULTI_AZ]."
NO_LDAP = "LDAP server metadata is not supported for RabbitMQ brokers."


@pytest.fixture(scope="module")
def server():
    """The broker `taken`, a configuration of each engine, and versions the service offered before."""
    seed = (sql_broker("b-taken", name="taken")
            + sql_insert("configuration", id="c-active", name="active")
            + sql_insert("configuration", id="c-rabbit", name="rabbit", engine_type="RABBITMQ")
            + sql_insert("configuration", id="c-elsewhere", name="elsewhere", region="eu-west-1")
            + "".join(sql_insert("engine_version", engine_type=engine, version=version) for engine, version in (
                ("ACTIVEMQ", "5.17.6"), ("ACTIVEMQ", "5.9"), ("RABBITMQ", "3.12"))))
    with Server("--create-time", "0", seed=seed) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def active(**members):
    return broker_body(broker_name(), **members)


def rabbit(**members):
    return rabbit_body(broker_name(), **members)


# --- Members: required, types ----------------------------------------------------------------------------------

@pytest.mark.parametrize("member", ["brokerName", "deploymentMode", "engineType", "hostInstanceType",
                                    "publiclyAccessible"])
def test_CBR_20_ERR_17_required_members(client, member):
    for body in (active(**{member: None}), {**active(), member: None}):
        refused(client, body, f"[{member}] is required.", member)


def test_CBR_20_ERR_17_ERR_19_the_first_missing_one_is_named(client):
    body = {}
    for member, value in (("brokerName", "one"), ("deploymentMode", "SINGLE_INSTANCE"), ("engineType", "ACTIVEMQ"),
                          ("hostInstanceType", "mq.m5.large"), ("publiclyAccessible", False)):
        for given in (body, {**body, "users": []}, {**body, "storageType": "nonsense"}):
            assert_bad_request(client.call("POST", "/v1/brokers", given), f"[{member}] is required.", member)
        body[member] = value
    assert_bad_request(client.call("POST", "/v1/brokers", b""), "[brokerName] is required.", "brokerName")
    body["users"] = [{"username": "admin", "password": PASSWORD}]
    assert_ok(client.call("POST", "/v1/brokers", body))


@pytest.mark.parametrize("members, path", [
    ({"configuration": {}}, "configuration.id"), ({"configuration": {"revision": 1}}, "configuration.id"),
    ({"encryptionOptions": {}}, "encryptionOptions.useAwsOwnedKey"),
    ({"encryptionOptions": {"kmsKeyId": "x"}}, "encryptionOptions.useAwsOwnedKey"),
    *(({"ldapServerMetadata": {**LDAP, name: None}}, f"ldapServerMetadata.{name}") for name in LDAP),
    ({"ldapServerMetadata": {}}, "ldapServerMetadata.hosts"),
    ({"maintenanceWindowStartTime": {}}, "maintenanceWindowStartTime.dayOfWeek"),
    ({"maintenanceWindowStartTime": {"timeOfDay": "05:52"}}, "maintenanceWindowStartTime.dayOfWeek"),
    ({"maintenanceWindowStartTime": {"dayOfWeek": "MONDAY"}}, "maintenanceWindowStartTime.timeOfDay"),
    ({"users": [{"username": "one"}]}, "users[0].password"),
    ({"users": [{"password": PASSWORD}]}, "users[0].username"), ({"users": [{}]}, "users[0].password"),
    ({"users": [{"username": "one", "password": PASSWORD}, {"username": "two"}]}, "users[1].password")])
def test_CBR_20_ERR_17_required_members_of_members(client, members, path):
    refused(client, active(**members), f"[{path}] is required.", path)


TYPES = {
    "boolean": ({"autoMinorVersionUpgrade": 1}, {"publiclyAccessible": "true"}),
    "string": ({"authenticationStrategy": 1}, {"brokerName": []}, {"creatorRequestId": 1}, {"deploymentMode": {}},
               {"engineType": True}, {"engineVersion": 5.19}, {"hostInstanceType": 1}, {"storageType": 1},
               {"dataReplicationMode": 1}, {"dataReplicationPrimaryBrokerArn": 1}),
    "integer": ({"storageSize": "5"}, {"storageSize": 5.5}, {"storageSize": 2147483648}),
    "list of strings": ({"securityGroups": "sg-1"}, {"subnetIds": {}}),
    "list of objects": ({"users": {}}, {"users": "x"}),
    "object": ({"configuration": "c-1"}, {"encryptionOptions": []}, {"ldapServerMetadata": 1}, {"logs": True},
               {"maintenanceWindowStartTime": "x"}, {"tags": []}),
}


@pytest.mark.parametrize("members, kind", [(members, kind) for kind, rows in TYPES.items() for members in rows])
def test_CBR_20_ERR_14_types(client, members, kind):
    (member,) = members
    # A wrong type is met before any other breach.
    body = {**active(users=[]), **members}
    refused(client, body, f"Invalid value for [{member}]. Specify a {kind}.", member)


@pytest.mark.parametrize("members, path, kind", [
    ({"configuration": {"id": 1}}, "configuration.id", "string"),
    ({"configuration": {"id": "c-1", "revision": "1"}}, "configuration.revision", "integer"),
    ({"encryptionOptions": {"useAwsOwnedKey": "no"}}, "encryptionOptions.useAwsOwnedKey", "boolean"),
    ({"encryptionOptions": {"kmsKeyId": 1}}, "encryptionOptions.kmsKeyId", "string"),
    ({"ldapServerMetadata": {**LDAP, "hosts": "x"}}, "ldapServerMetadata.hosts", "list of strings"),
    ({"ldapServerMetadata": {**LDAP, "hosts": ["x", 1]}}, "ldapServerMetadata.hosts[1]", "string"),
    ({"ldapServerMetadata": {**LDAP, "roleSearchSubtree": "x"}}, "ldapServerMetadata.roleSearchSubtree", "boolean"),
    ({"logs": {"audit": 1}}, "logs.audit", "boolean"), ({"logs": {"general": "x"}}, "logs.general", "boolean"),
    ({"maintenanceWindowStartTime": {"timeOfDay": 5}}, "maintenanceWindowStartTime.timeOfDay", "string"),
    ({"securityGroups": ["sg-1", None]}, "securityGroups[1]", "string"),
    ({"subnetIds": [1]}, "subnetIds[0]", "string"), ({"tags": {"a": "b", "c": 1}}, "tags.c", "string"),
    ({"tags": {"a": None}}, "tags.a", "string"), ({"users": [1]}, "users[0]", "object"),
    ({"users": [{}, None]}, "users[1]", "object"),
    ({"users": [{"username": "one", "password": PASSWORD, "groups": ["aa", 1]}]}, "users[0].groups[1]", "string"),
    ({"users": [{}, {"consoleAccess": 1}]}, "users[1].consoleAccess", "boolean")])
def test_CBR_20_ERR_14_ERR_15_types_within(client, members, path, kind):
    refused(client, active(**members), f"Invalid value for [{path}]. Specify a {kind}.", path)


# --- Values ----------------------------------------------------------------------------------------------------

LENGTH = "Broker name is invalid. Enter a broker name 1 to 50 characters long."
CHARACTERS = "Make sure your Broker name only contains valid characters."


@pytest.mark.parametrize("name, message", [
    ("", LENGTH), ("x" * 51, LENGTH), ("é" * 51, LENGTH), ("a b", CHARACTERS), ("a.b", CHARACTERS),
    ("a~b", CHARACTERS), ("é", CHARACTERS), ("é" * 50, CHARACTERS), ("a\tb", CHARACTERS), ("[x]", CHARACTERS),
    (" ", CHARACTERS), ("a/b", CHARACTERS)])
def test_CBR_21_names(client, name, message):
    refused(client, broker_body(name), message, "brokerName")


@pytest.mark.parametrize("name", ["x", "x" * 50, "A-Z_a-z_0-9", "-", "_", "0"])
def test_CBR_21_good_names(client, name):
    assert describe_broker(client, create_broker(client, broker_body(name)))["brokerName"] == name


@pytest.mark.parametrize("value", ["", "X", "ACTIVE MQ", "ACTIVEMQ ", "é"])
def test_CBR_22_engine_types(client, value):
    refused(client, active(engineType=value), f"Broker engine type [{value}] is invalid. Valid values are: "
            "[ACTIVEMQ, RABBITMQ]", "engineType")


@pytest.mark.parametrize("member, value, valid", [
    ("authenticationStrategy", "X", STRATEGIES), ("authenticationStrategy", "", STRATEGIES),
    ("dataReplicationMode", "X", "Valid values are: [NONE, CRDR].")])
def test_CBR_22_enumerations(client, member, value, valid):
    refused(client, active(**{member: value}), f"Value of [{member}] is invalid: [{value}]. {valid}", member)


@pytest.mark.parametrize("body, engine, strategy", [
    (rabbit(authenticationStrategy="LDAP", ldapServerMetadata=LDAP), "RabbitMQ", "LDAP"),
    (rabbit(authenticationStrategy="LDAP"), "RabbitMQ", "LDAP"),
    (active(authenticationStrategy="CONFIG_MANAGED"), "ActiveMQ", "CONFIG_MANAGED")])
def test_CBR_23_strategies_of_engines(client, body, engine, strategy):
    refused(client, body, f"Broker engine type [{engine}] does not support authentication strategy [{strategy}].",
            "authenticationStrategy")


@pytest.mark.parametrize("body, message", [
    (active(authenticationStrategy="LDAP"), "Specify [ldapServerMetadata] for authentication strategy [LDAP]."),
    (active(ldapServerMetadata=LDAP), "Specifying [ldapServerMetadata] requires authentication strategy [LDAP]."),
    (active(authenticationStrategy="SIMPLE", ldapServerMetadata=LDAP),
     "Specifying [ldapServerMetadata] requires authentication strategy [LDAP]."),
    (rabbit(ldapServerMetadata=LDAP), NO_LDAP), (rabbit(authenticationStrategy="CONFIG_MANAGED",
                                                        ldapServerMetadata=LDAP), NO_LDAP)])
def test_CBR_24_ldap_goes_with_its_strategy(client, body, message):
    refused(client, body, message, "ldapServerMetadata")


@pytest.mark.parametrize("hosts, message", [
    ([], "Specify one or two LDAP hosts."), (["aa", "bb", "cc"], "Specify one or two LDAP hosts."),
    *((["good.example.com", host], f"LDAP host [{host}] is invalid. Specify a host name without protocol or port.")
      for host in ("ldap://x", "ldap.example.com:636", "", "a b", "é"))])
def test_CBR_24_ldap_hosts(client, hosts, message):
    refused(client, active(authenticationStrategy="LDAP", ldapServerMetadata={**LDAP, "hosts": hosts}), message,
            "ldapServerMetadata.hosts")


@pytest.mark.parametrize("options, message", [
    ({"useAwsOwnedKey": False, "kmsKeyId": ""}, KMS), ({"useAwsOwnedKey": False, "kmsKeyId": "x" * 2049}, KMS),
    ({"useAwsOwnedKey": False, "kmsKeyId": "é"}, KMS), ({"useAwsOwnedKey": False, "kmsKeyId": "a\x7f"}, KMS),
    ({"useAwsOwnedKey": True, "kmsKeyId": "x"},
     "Broker with [useAwsOwnedKey] set to true does not support specifying [kmsKeyId].")])
def test_CBR_8_keys(client, options, message):
    refused(client, active(encryptionOptions=options), message, "encryptionOptions.kmsKeyId")


@pytest.mark.parametrize("audit", [True, False])
def test_CBR_9_RabbitMQ_has_no_audit_log(client, audit):
    refused(client, rabbit(logs={"audit": audit, "general": True}),
            "Audit logging is not supported for RabbitMQ brokers.", "logs.audit")
    assert_ok(client.call("POST", "/v1/brokers", rabbit(logs={"audit": None, "general": True})))


# --- Maintenance windows ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("time, shown", [("5:52", "05:52"), ("05:52:00", "05:52"), ("5:52:59", "05:52"), ("00:00", "00:00"),
                                         ("0:00", "00:00"), ("23:59:59", "23:59")])
def test_CBR_10_WIN_11_forms_of_a_time(client, time, shown):
    window = {"dayOfWeek": "MONDAY", "timeOfDay": time, "timeZone": "UTC"}
    broker = assert_ok(client.call("POST", "/v1/brokers", active(maintenanceWindowStartTime=window))).json()["brokerId"]
    described = assert_ok(client.call("GET", f"/v1/brokers/{broker}")).json()
    assert described["maintenanceWindowStartTime"] == window | {"timeOfDay": shown}


@pytest.mark.parametrize("time", ["25:00", "24:00", "23:60", "05:5", "0552", "05:52:60", "05:52:", "05:52:0", "5:5:00", "", "aa:bb", "05.52",
                                  " 05:52", "05:52 ", "-1:00", "５:52", "05：52"])
def test_CBR_10_WIN_1_times(client, time):
    for day in ("MONDAY", "NODAY"):
        window = {"dayOfWeek": day, "timeOfDay": time, "timeZone": "No/Where"}
        refused(client, active(maintenanceWindowStartTime=window),
                f"Time [{time}] is invalid. Specify time in 24-hour format and use only numbers separated by a colon. "
                "Example: 13:05.", "maintenanceWindowStartTime.timeOfDay")


@pytest.mark.parametrize("day", ["", "NODAY", "MON", "MONDAYS", "1", "é"])
def test_CBR_10_WIN_1_days(client, day):
    refused(client, active(maintenanceWindowStartTime={**WINDOW, "dayOfWeek": day, "timeZone": "No/Where"}),
            f"Day [{day}] is invalid. Specify a day of the week. Example: MONDAY.",
            "maintenanceWindowStartTime.dayOfWeek")


@pytest.mark.parametrize("zone", ["", "Nowhere", "Europe/Atlantis", "+25:00", "+1:2", "../etc/passwd", "Europe/",
                                  "/usr/share/zoneinfo/UTC", "posix/UTC", "é", "x" * 1000, "europe/berlin"])
def test_CBR_10_WIN_1_zones(client, zone):
    refused(client, active(maintenanceWindowStartTime={**WINDOW, "timeZone": zone}),
            f"Time zone [{zone}] is invalid. Specify a time zone in the Country/City or the UTC offset format.",
            "maintenanceWindowStartTime.timeZone")


# --- The network -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("body, count, subnets", [
    (active, 1, 2), (rabbit, 1, 2), (lambda **members: active(deploymentMode=STANDBY, **members), 2, 1),
    (lambda **members: active(deploymentMode=STANDBY, **members), 2, 3)])
def test_CBR_25_subnets(client, body, count, subnets):
    given = body(subnetIds=[f"subnet-{number}" for number in range(subnets)])
    refused(client, given, f"Specify {count} subnet(s) for deployment mode [{given['deploymentMode']}].", "subnetIds")


def test_CBR_25_security_groups(client):
    refused(client, active(securityGroups=[f"sg-{number}" for number in range(6)]),
            "Specify between [1] and [5] security groups.", "securityGroups")


@pytest.mark.parametrize("mode", ["SINGLE_INSTANCE", CLUSTER])
def test_CBR_25_public_RabbitMQ_has_no_security_groups(client, mode):
    refused(client, rabbit(deploymentMode=mode, publiclyAccessible=True, securityGroups=["sg-1"]),
            "Broker with [publiclyAccessible] set to true does not support specifying [securityGroups]",
            "securityGroups")
    assert_ok(client.call("POST", "/v1/brokers", rabbit(deploymentMode=mode, publiclyAccessible=True,
                                                        securityGroups=[])))


# --- Against the catalogue -------------------------------------------------------------------------------------

@pytest.mark.parametrize("body, engine, valid", [
    (active, "ACTIVEMQ", "5.19, 5.18, 5.17.6, 5.9"), (rabbit, "RABBITMQ", "4.3, 4.2, 3.13, 3.12")])
@pytest.mark.parametrize("version", ["5.18.7", "9.9", "x", "5.190", " 5.19", "5", "é", "5.019"])
def test_CBR_7_versions(client, body, engine, valid, version):
    refused(client, body(engineVersion=version), f"Broker engine version [{version}] is invalid for broker engine type "
            f"[{engine}]. Valid values: [{valid}].", "engineVersion")


def test_CBR_7_versions_as_recorded(serve):
    assert_bad_request(serve().client().call("POST", "/v1/brokers", active(engineVersion="5.18.7")),
                       "Broker engine version [5.18.7] is invalid for broker engine type [ACTIVEMQ]. Valid values: "
                       "[5.19, 5.18].", "engineVersion")


@pytest.mark.parametrize("body, engine, version", [
    (active(), "ActiveMQ", "5.19"), (active(engineVersion="5.18"), "ActiveMQ", "5.18"), (rabbit(), "RabbitMQ", "4.3"),
    (rabbit(engineVersion="3.13"), "RabbitMQ", "3.13")])
def test_CBR_26_minor_versions_must_be_automatic(client, body, engine, version):
    refused(client, {**body, "autoMinorVersionUpgrade": False},
            f"Brokers on [{engine}] version [{version}] must have [autoMinorVersionUpgrade] set to [true].",
            "autoMinorVersionUpgrade")


@pytest.mark.parametrize("body", [active(engineVersion="5.17.6"), active(engineVersion="5.9"),
                                  rabbit(engineVersion="3.12")])
def test_CBR_26_older_versions_may_choose(client, body):
    broker = create_broker(client, {**body, "brokerName": broker_name(), "autoMinorVersionUpgrade": False})
    assert describe_broker(client, broker)["autoMinorVersionUpgrade"] is False


@pytest.mark.parametrize("body, engine", [
    (active(hostInstanceType="mq.m7g.medium"), "ActiveMQ"), (active(hostInstanceType="mq.t2.micro"), "ActiveMQ"),
    (active(hostInstanceType="x"), "ActiveMQ"), (active(hostInstanceType=""), "ActiveMQ"),
    (active(hostInstanceType="MQ.M5.LARGE"), "ActiveMQ"), (rabbit(hostInstanceType="mq.t3.micro"), "RabbitMQ"),
    (rabbit(hostInstanceType="mq.m5.large", engineVersion="4.2"), "RabbitMQ")])
def test_CBR_27_instance_types(client, body, engine):
    refused(client, body, f"Broker engine type [{engine}] does not support host instance type "
            f"[{body['hostInstanceType']}].", "hostInstanceType")


@pytest.mark.parametrize("body, engine, storage", [
    (active(hostInstanceType="mq.t3.micro", storageType="EBS"), "ActiveMQ", "EBS"),
    (rabbit(storageType="EFS"), "RabbitMQ", "EFS"), (active(storageType="X"), "ActiveMQ", "X"),
    (rabbit(storageType=""), "RabbitMQ", "")])
def test_CBR_27_storage_types(client, body, engine, storage):
    refused(client, body, f"Broker engine type [{engine}] does not support storage type [{storage}].", "storageType")


@pytest.mark.parametrize("body, engine, mode", [
    (active(deploymentMode=CLUSTER), "ActiveMQ", CLUSTER), (rabbit(deploymentMode=STANDBY), "RabbitMQ", STANDBY),
    (active(deploymentMode=STANDBY, storageType="EBS"), "ActiveMQ", STANDBY),
    (active(deploymentMode="X"), "ActiveMQ", "X"), (rabbit(deploymentMode=""), "RabbitMQ", "")])
def test_CBR_27_deployment_modes(client, body, engine, mode):
    refused(client, body, f"Broker engine type [{engine}] does not support deployment mode [{mode}].",
            "deploymentMode")


@pytest.mark.parametrize("size", [30, 7, 24, 1, -5, 2147483645])
def test_CBR_11_storage_sizes(client, size):
    refused(client, rabbit(deploymentMode=CLUSTER, storageSize=size),
            "Storage size is invalid. Specify a multiple of [5] up to [25].", "storageSize")


@pytest.mark.parametrize("body", [active(), rabbit(), rabbit(deploymentMode=CLUSTER, engineVersion="3.13"),
                                  rabbit(deploymentMode=CLUSTER, engineVersion="3.13", hostInstanceType="mq.m5.large"),
                                  active(deploymentMode=STANDBY)])
def test_CBR_11_brokers_without_a_storage_size(client, body):
    refused(client, {**body, "storageSize": 10}, SIZE, "storageSize")


# --- Configurations --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("identifier", ["c-nobody", "c-elsewhere", "", "é", "x" * 200])
def test_CBR_14_unknown_configurations(client, identifier):
    refused(client, active(configuration={"id": identifier, "revision": 1}),
            f"Configuration ID [{identifier}] can't be found. Make sure it exists.", "configuration.id")


@pytest.mark.parametrize("revision", [0, 2, -1, 301, 2147483647, -2147483648])
def test_CBR_14_unknown_revisions(client, revision):
    refused(client, active(configuration={"id": "c-active", "revision": revision}),
            f"Revision [{revision}] of configuration [c-active] can't be found. Make sure it exists.",
            "configuration.revision")


@pytest.mark.parametrize("body, identifier, engine", [(active(), "c-rabbit", "ActiveMQ"),
                                                      (rabbit(), "c-active", "RabbitMQ")])
def test_CBR_14_the_other_engines_configuration(client, body, identifier, engine):
    refused(client, {**body, "configuration": {"id": identifier, "revision": 1}},
            f"Configuration ID [{identifier}] is not for broker engine type [{engine}].", "configuration.id")


# --- The name in use -------------------------------------------------------------------------------------------

def test_CBR_28_the_name_is_taken(client):
    for body in (broker_body("taken"), rabbit_body("taken"), broker_body("taken", creatorRequestId="x")):
        assert_error(client.call("POST", "/v1/brokers", body), 409, "ConflictException",
                     "Broker named [taken] already exists. Specify a unique broker name.", "brokerName")
    assert_ok(client.call("POST", "/v1/brokers", broker_body("Taken")))
    assert_ok(client.call("POST", "/v1/brokers", broker_body("taken"), [credential("123456789012", "eu-west-1")]))
    assert_ok(client.call("POST", "/v1/brokers", broker_body("taken"), [credential("210987654321")]))


# --- Order -----------------------------------------------------------------------------------------------------

RULES = [
    ({"engineType": "X"}, "engineType"), ({"authenticationStrategy": "X"}, "authenticationStrategy"),
    ({"brokerName": ""}, "brokerName"), ({"deploymentMode": "X"}, "deploymentMode"),
    ({"encryptionOptions": {"useAwsOwnedKey": True, "kmsKeyId": "x"}}, "encryptionOptions.kmsKeyId"),
    ({"ldapServerMetadata": LDAP}, "ldapServerMetadata"),
    ({"maintenanceWindowStartTime": {**WINDOW, "timeOfDay": "x"}}, "maintenanceWindowStartTime.timeOfDay"),
    ({"securityGroups": [f"sg-{number}" for number in range(6)]}, "securityGroups"),
    ({"storageType": "X"}, "storageType"), ({"subnetIds": ["subnet-1", "subnet-2"]}, "subnetIds"),
    ({"tags": {"aws:x": "y"}}, "tags"), ({"users": [{"username": "one", "password": "short"}]}, "users[0].password"),
    ({"dataReplicationMode": "X"}, "dataReplicationMode"),
]


@pytest.mark.parametrize("first", range(len(RULES)))
def test_CBR_29_rules_in_the_order_of_the_model(client, first):
    expected = RULES[first][1]
    for later in RULES[first:]:
        # The name is in use and the version unknown: those are looked for last.
        body = {**broker_body("taken", engineVersion="9.9"), **later[0], **RULES[first][0]}
        response = client.call("POST", "/v1/brokers", body)
        assert (response.status, response.json().get("errorAttribute")) == (400, expected), (later, response)


CATALOGUE = [
    ({"engineVersion": "9.9"}, "engineVersion"), ({"autoMinorVersionUpgrade": False}, "autoMinorVersionUpgrade"),
    ({"hostInstanceType": "mq.x"}, "hostInstanceType"), ({"storageType": "EBS", "hostInstanceType": "mq.t3.micro"},
                                                         "storageType"),
    ({"deploymentMode": CLUSTER}, "deploymentMode"), ({"storageSize": 5}, "storageSize"),
    ({"configuration": {"id": "c-nobody"}}, "configuration.id"),
    ({}, "brokerName"), ({"dataReplicationMode": "CRDR", "dataReplicationPrimaryBrokerArn": "arn:x"}, None),
]


@pytest.mark.parametrize("first", range(len(CATALOGUE)))
def test_CBR_29_then_the_catalogue_the_configuration_and_the_name(client, first):
    expected = CATALOGUE[first][1] or "dataReplicationMode"
    for later in CATALOGUE[first:]:
        body = {**broker_body("taken" if CATALOGUE[first][1] else "free"), **later[0], **CATALOGUE[first][0]}
        response = client.call("POST", "/v1/brokers", body)
        assert response.json().get("errorAttribute") == expected, (later, response)
        assert response.status == (409 if expected == "brokerName" else 400)
