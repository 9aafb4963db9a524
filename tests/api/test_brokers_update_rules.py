"""UpdateBroker: every refusal with its exact bytes, and that a refused call changes nothing."""

import pytest

from broker_calls import LDAP, SIZE, update_refused as refused
from harness import (Server, assert_bad_request, assert_no_broker, assert_ok, broker_path, create_broker,
                     describe_broker, rabbit_body, sql_broker, sql_insert)
from shapes import CLUSTER, STANDBY

STATES = ("CREATION_IN_PROGRESS", "CREATION_FAILED", "REBOOT_IN_PROGRESS", "DELETION_IN_PROGRESS")
CHANGEABLE = ("RUNNING", "CRITICAL_ACTION_REQUIRED", "REPLICA")


@pytest.fixture(scope="module")
def server():
    seed = (sql_broker("b-active", name="active") + sql_broker("b-old", name="old", engine_version="5.15")
            + sql_broker("b-pair", name="pair", deployment_mode=STANDBY, engine_version="5.18")
            + sql_broker("b-micro", name="micro", host_instance_type="mq.t3.micro")
            + sql_broker("b-ebs", name="ebs", storage_type="EBS")
            + sql_broker("b-ldap", name="ldap", authentication_strategy="LDAP")
            + sql_broker("b-rabbit", name="rabbit", engine_type="RABBITMQ")
            + sql_broker("b-rabbit-3", name="rabbit-3", engine_type="RABBITMQ", engine_version="3.13",
                         host_instance_type="mq.m5.large")
            + sql_broker("b-rabbit-micro", name="rabbit-micro", engine_type="RABBITMQ", engine_version="3.13",
                         host_instance_type="mq.t3.micro")
            + sql_broker("b-cluster", name="cluster", engine_type="RABBITMQ", deployment_mode=CLUSTER)
            + sql_insert("configuration", id="c-elsewhere", name="elsewhere", region="eu-west-1")
            + "".join(sql_insert("engine_version", engine_type="ACTIVEMQ", version=version)
                      for version in ("5.17.6", "5.9"))
            + "".join(sql_broker(f"b-in-{state.replace('_', '-')}", name=f"in-{state}", state=state)
                      for state in (*STATES, *CHANGEABLE)))
    with Server("--create-time", "0", seed=seed) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


# --- The broker ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("unknown", ["b-unknown", "..", "é"])
def test_UBR_20_unknown_broker(client, unknown):
    for body in ({}, {"engineVersion": "nonsense"}, {"securityGroups": ["sg-1"]}):
        assert_no_broker(client.call("PUT", broker_path(unknown), body), unknown)


@pytest.mark.parametrize("state", STATES)
def test_UBR_21_wrong_states(client, state):
    for body in ({}, {"logs": {"general": True}}, {"engineVersion": "9.9"},
                 {"maintenanceWindowStartTime": {"dayOfWeek": "MONDAY", "timeOfDay": "01:00"}}):
        refused(client, f"b-in-{state.replace('_', '-')}", body,
                f"Broker [in-{state}] can't be updated while in state [{state}].")


@pytest.mark.parametrize("state", CHANGEABLE)
def test_UBR_21_right_states(client, state):
    broker = f"b-in-{state.replace('_', '-')}"
    assert_ok(client.call("PUT", broker_path(broker), {"logs": {"general": True}}),
              {"brokerId": broker, "logs": {"audit": False, "general": True}})
    body = describe_broker(client, broker)
    assert (body["brokerState"], body["logs"]["pending"]) == (state, {"audit": False, "general": True})


# --- Types and values ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("members, path, kind", [
    ({"authenticationStrategy": 1}, "authenticationStrategy", "string"),
    ({"autoMinorVersionUpgrade": "true"}, "autoMinorVersionUpgrade", "boolean"),
    ({"configuration": []}, "configuration", "object"),
    ({"configuration": {"id": "c-1", "revision": 1.5}}, "configuration.revision", "integer"),
    ({"engineVersion": 5.18}, "engineVersion", "string"), ({"hostInstanceType": {}}, "hostInstanceType", "string"),
    ({"ldapServerMetadata": "x"}, "ldapServerMetadata", "object"), ({"logs": []}, "logs", "object"),
    ({"logs": {"audit": "x"}}, "logs.audit", "boolean"),
    ({"maintenanceWindowStartTime": 1}, "maintenanceWindowStartTime", "object"),
    ({"resourceShareArns": "arn"}, "resourceShareArns", "list of strings"),
    ({"securityGroups": [None]}, "securityGroups[0]", "string"), ({"storageSize": "5"}, "storageSize", "integer"),
    ({"dataReplicationMode": True}, "dataReplicationMode", "string")])
def test_UBR_22_ERR_14_types(client, members, path, kind):
    message = f"Invalid value for [{path}]. Specify a {kind}."
    refused(client, "b-active", members, message, path)
    # Before the broker is looked for.
    assert_bad_request(client.call("PUT", broker_path("b-unknown"), members), message, path)


@pytest.mark.parametrize("members, path", [
    ({"configuration": {"revision": 1}}, "configuration.id"),
    *(({"ldapServerMetadata": {**LDAP, name: None}}, f"ldapServerMetadata.{name}") for name in LDAP),
    ({"maintenanceWindowStartTime": {"timeOfDay": "x"}}, "maintenanceWindowStartTime.dayOfWeek"),
    ({"maintenanceWindowStartTime": {"dayOfWeek": "x"}}, "maintenanceWindowStartTime.timeOfDay")])
def test_UBR_22_ERR_17_required_members_of_members(client, members, path):
    refused(client, "b-active", members, f"[{path}] is required.", path)


VALUES = [
    ({"authenticationStrategy": "X"}, "Value of [authenticationStrategy] is invalid: [X]. Valid values are: [SIMPLE, "
     "LDAP, CONFIG_MANAGED].", "authenticationStrategy"),
    ({"ldapServerMetadata": {**LDAP, "hosts": []}}, "Specify one or two LDAP hosts.", "ldapServerMetadata.hosts"),
    ({"ldapServerMetadata": {**LDAP, "hosts": ["ldaps://x"]}},
     "LDAP host [ldaps://x] is invalid. Specify a host name without protocol or port.", "ldapServerMetadata.hosts"),
    ({"maintenanceWindowStartTime": {"dayOfWeek": "X", "timeOfDay": "25:00"}}, "Time [25:00] is invalid. Specify time "
     "in 24-hour format and use only numbers separated by a colon. Example: 13:05.",
     "maintenanceWindowStartTime.timeOfDay"),
    ({"maintenanceWindowStartTime": {"dayOfWeek": "X", "timeOfDay": "23:59", "timeZone": "X"}},
     "Day [X] is invalid. Specify a day of the week. Example: MONDAY.", "maintenanceWindowStartTime.dayOfWeek"),
    ({"maintenanceWindowStartTime": {"dayOfWeek": "MONDAY", "timeOfDay": "23:59", "timeZone": "X"}},
     "Time zone [X] is invalid. Specify a time zone in the Country/City or the UTC offset format.",
     "maintenanceWindowStartTime.timeZone"),
    ({"securityGroups": []}, "Specify between [1] and [5] security groups.", "securityGroups"),
    ({"securityGroups": [f"sg-{n}" for n in range(6)]}, "Specify between [1] and [5] security groups.",
     "securityGroups"),
    ({"dataReplicationMode": "X"}, "Value of [dataReplicationMode] is invalid: [X]. Valid values are: [NONE, CRDR].",
     "dataReplicationMode"),
]


@pytest.mark.parametrize("members, message, attribute", VALUES)
def test_UBR_22_WIN_1_values(client, members, message, attribute):
    refused(client, "b-active", members, message, attribute)
    for broker in ("b-unknown", "b-in-REBOOT-IN-PROGRESS"):
        assert_bad_request(client.call("PUT", broker_path(broker), members), message, attribute)


@pytest.mark.parametrize("first", range(len(VALUES)))
def test_UBR_22_ERR_19_in_the_order_of_the_model(client, first):
    for later in VALUES[first:]:
        refused(client, "b-active", {**later[0], **VALUES[first][0]}, *VALUES[first][1:])


# --- What does not go with the broker --------------------------------------------------------------------------

@pytest.mark.parametrize("broker, version, engine, valid", [
    ("b-active", "5.18.7", "ACTIVEMQ", "5.19, 5.18, 5.17.6, 5.9"), ("b-active", "4.3", "ACTIVEMQ",
                                                                    "5.19, 5.18, 5.17.6, 5.9"),
    ("b-old", "5.14", "ACTIVEMQ", "5.19, 5.18, 5.17.6, 5.9"), ("b-rabbit", "", "RABBITMQ", "4.3, 4.2, 3.13"),
    ("b-rabbit", "5.19", "RABBITMQ", "4.3, 4.2, 3.13")])
def test_UBR_23_versions(client, broker, version, engine, valid):
    refused(client, broker, {"engineVersion": version}, f"Broker engine version [{version}] is invalid for broker "
            f"engine type [{engine}]. Valid values: [{valid}].", "engineVersion")


def test_UBR_32_a_version_no_longer_sold_can_be_taken_back_to(client):
    assert_ok(client.call("PUT", broker_path("b-old"), {"engineVersion": "5.17.6"}),
              {"brokerId": "b-old", "engineVersion": "5.17.6"})
    assert_ok(client.call("PUT", broker_path("b-old"), {"engineVersion": "5.15"}),
              {"brokerId": "b-old", "engineVersion": "5.15"})


@pytest.mark.parametrize("broker, members, engine, version", [
    ("b-active", {"autoMinorVersionUpgrade": False}, "ActiveMQ", "5.19"),
    ("b-pair", {"autoMinorVersionUpgrade": False}, "ActiveMQ", "5.18"),
    ("b-rabbit", {"autoMinorVersionUpgrade": False}, "RabbitMQ", "4.3"),
    ("b-rabbit-3", {"autoMinorVersionUpgrade": False}, "RabbitMQ", "3.13")])
def test_UBR_23_minor_versions_must_be_automatic(client, broker, members, engine, version):
    refused(client, broker, members, f"Brokers on [{engine}] version [{version}] must have [autoMinorVersionUpgrade] "
            "set to [true].", "autoMinorVersionUpgrade")


def test_UBR_23_an_upgrade_to_where_they_must(client):
    assert_ok(client.call("PUT", broker_path("b-old"), {"autoMinorVersionUpgrade": False}),
              {"autoMinorVersionUpgrade": False, "brokerId": "b-old"})
    refused(client, "b-old", {"engineVersion": "5.18"}, "Brokers upgrading to [ActiveMQ] version [5.18] must have "
            "[autoMinorVersionUpgrade] set to [true].", "autoMinorVersionUpgrade")
    assert_ok(client.call("PUT", broker_path("b-old"), {"engineVersion": "5.17.6"}),
              {"brokerId": "b-old", "engineVersion": "5.17.6"})
    assert_ok(client.call("PUT", broker_path("b-old"), {"engineVersion": "5.18", "autoMinorVersionUpgrade": True}),
              {"autoMinorVersionUpgrade": True, "brokerId": "b-old", "engineVersion": "5.18"})


@pytest.mark.parametrize("broker, kind, engine", [
    ("b-active", "mq.m7g.large", "ActiveMQ"), ("b-active", "", "ActiveMQ"), ("b-active", "mq.t2.micro", "ActiveMQ"),
    ("b-rabbit", "mq.m5.large", "RabbitMQ"), ("b-rabbit-3", "mq.t2.micro", "RabbitMQ")])
def test_UBR_24_instance_types(client, broker, kind, engine):
    refused(client, broker, {"hostInstanceType": kind},
            f"Broker engine type [{engine}] does not support host instance type [{kind}].", "hostInstanceType")


def test_UBR_24_an_instance_type_without_the_brokers_storage(client):
    refused(client, "b-ebs", {"hostInstanceType": "mq.t3.micro"},
            "Broker engine type [ActiveMQ] does not support storage type [EBS].", "storageType")


def test_UBR_24_a_version_without_the_brokers_instance_type(client):
    refused(client, "b-rabbit-3", {"engineVersion": "4.2"},
            "Broker engine type [RabbitMQ] does not support host instance type [mq.m5.large].", "hostInstanceType")
    assert_ok(client.call("PUT", broker_path("b-rabbit-3"), {"engineVersion": "4.2",
                                                             "hostInstanceType": "mq.m7g.medium"}),
              {"brokerId": "b-rabbit-3", "engineVersion": "4.2", "hostInstanceType": "mq.m7g.medium"})


@pytest.mark.parametrize("kind", ["mq.m5.xlarge", "mq.m7g.medium"])
def test_UBR_25_no_way_down_to_the_smallest(serve, kind):
    client = serve(seed=sql_broker("b-1", engine_type="RABBITMQ", engine_version="3.13", host_instance_type=kind)
                   ).client()
    refused(client, "b-1", {"hostInstanceType": "mq.t3.micro"},
            f"Downgrading from current instance type [{kind}] to requested instance type [mq.t3.micro] is not "
            "supported for RabbitMQ brokers.", "hostInstanceType")


@pytest.mark.parametrize("broker, strategy, engine", [("b-active", "CONFIG_MANAGED", "ActiveMQ"),
                                                      ("b-rabbit", "LDAP", "RabbitMQ")])
def test_UBR_26_strategies_of_engines(client, broker, strategy, engine):
    refused(client, broker, {"authenticationStrategy": strategy},
            f"Broker engine type [{engine}] does not support authentication strategy [{strategy}].",
            "authenticationStrategy")


@pytest.mark.parametrize("broker, members, message", [
    ("b-active", {"authenticationStrategy": "LDAP"},
     "Specify [ldapServerMetadata] for authentication strategy [LDAP]."),
    ("b-active", {"ldapServerMetadata": LDAP},
     "Specifying [ldapServerMetadata] requires authentication strategy [LDAP]."),
    ("b-ldap", {"authenticationStrategy": "SIMPLE", "ldapServerMetadata": LDAP},
     "Specifying [ldapServerMetadata] requires authentication strategy [LDAP]."),
    ("b-rabbit", {"ldapServerMetadata": LDAP}, "LDAP server metadata is not supported for RabbitMQ brokers.")])
def test_UBR_26_ldap_goes_with_its_strategy(client, broker, members, message):
    refused(client, broker, members, message, "ldapServerMetadata")


@pytest.mark.parametrize("audit", [True, False])
def test_UBR_27_RabbitMQ_has_no_audit_log(client, audit):
    refused(client, "b-rabbit", {"logs": {"audit": audit, "general": True}},
            "Audit logs are not supported for RabbitMQ brokers.", "logs.audit")


def test_UBR_28_security_groups_of_RabbitMQ_stay(client):
    groups = describe_broker(client, "b-rabbit")["securityGroups"]
    for given in (["sg-1"], groups):
        refused(client, "b-rabbit", {"securityGroups": given},
                "Changing security groups is not supported for RabbitMQ brokers.", "securityGroups")


@pytest.mark.parametrize("broker", ["b-active", "b-pair", "b-rabbit", "b-rabbit-3"])
def test_UBR_29_brokers_without_a_storage_size(client, broker):
    for size in (0, 10):
        refused(client, broker, {"storageSize": size}, SIZE, "storageSize")


@pytest.mark.parametrize("size", [30, 7, -5, 1])
def test_UBR_29_storage_sizes(client, size):
    refused(client, "b-cluster", {"storageSize": size}, "Storage size is invalid. Specify a multiple of [5] up to "
            "[25].", "storageSize")


def test_UBR_29_the_limit_is_that_of_the_new_instance_type(client):
    broker = create_broker(client, rabbit_body("growing", deploymentMode=CLUSTER))
    members = {"hostInstanceType": "mq.m7g.large", "storageSize": 75}
    refused(client, broker, {**members, "storageSize": 80},
            "Storage size is invalid. Specify a multiple of [5] up to [75].", "storageSize")
    assert_ok(client.call("PUT", broker_path(broker), members), {"brokerId": broker, **members})


def test_UBR_29_what_it_has_must_fit_as_well(client):
    broker = create_broker(client, rabbit_body("large", deploymentMode=CLUSTER, hostInstanceType="mq.m7g.large",
                                               storageSize=75))
    refused(client, broker, {"hostInstanceType": "mq.m7g.medium"},
            "Storage size is invalid. Specify a multiple of [5] up to [25].", "storageSize")
    assert_ok(client.call("PUT", broker_path(broker), {"hostInstanceType": "mq.m7g.medium", "storageSize": 20}),
              {"brokerId": broker, "hostInstanceType": "mq.m7g.medium", "storageSize": 20})


@pytest.mark.parametrize("identifier", ["c-nobody", "c-elsewhere", "", "é"])
def test_UBR_30_unknown_configurations(client, identifier):
    refused(client, "b-active", {"configuration": {"id": identifier, "revision": 1}},
            f"Configuration ID [{identifier}] can't be found. Make sure it exists.", "configuration.id")


@pytest.mark.parametrize("revision", [0, 2, -1, 301])
def test_UBR_30_unknown_revisions(client, revision):
    refused(client, "b-active", {"configuration": {"id": "c-active", "revision": revision}},
            f"Revision [{revision}] of configuration [c-active] can't be found. Make sure it exists.",
            "configuration.revision")


@pytest.mark.parametrize("broker, identifier, engine", [("b-active", "c-rabbit", "ActiveMQ"),
                                                        ("b-rabbit", "c-active", "RabbitMQ")])
def test_UBR_30_the_other_engines_configuration(client, broker, identifier, engine):
    refused(client, broker, {"configuration": {"id": identifier}},
            f"Configuration ID [{identifier}] is not for broker engine type [{engine}].", "configuration.id")


# --- All or nothing --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("bad, attribute", [({"engineVersion": "9.9"}, "engineVersion"),
                                            ({"hostInstanceType": "mq.x"}, "hostInstanceType"),
                                            ({"configuration": {"id": "c-nobody"}}, "configuration.id"),
                                            ({"storageSize": 5}, "storageSize"),
                                            ({"dataReplicationMode": "CRDR"}, "dataReplicationMode")])
def test_UBR_31_ERR_29_nothing_of_a_refused_call_remains(client, bad, attribute):
    good = {"engineVersion": "5.19", "hostInstanceType": "mq.m5.xlarge", "logs": {"audit": True},
            "securityGroups": ["sg-9"], "maintenanceWindowStartTime": {"dayOfWeek": "MONDAY", "timeOfDay": "01:00"}}
    before = client.call("GET", broker_path("b-pair")).body
    response = client.call("PUT", broker_path("b-pair"), {**good, **bad})
    assert (response.status, response.json()["errorAttribute"]) == (400, attribute)
    assert client.call("GET", broker_path("b-pair")).body == before


def test_UBR_31_the_observed_order(client):
    body = {"hostInstanceType": "mq.x", "autoMinorVersionUpgrade": False, "engineVersion": "9.9"}
    for attribute in ("engineVersion", "autoMinorVersionUpgrade", "hostInstanceType"):
        response = client.call("PUT", broker_path("b-active"), body)
        assert (response.status, response.json()["errorAttribute"]) == (400, attribute)
        del body[attribute]
    assert_ok(client.call("PUT", broker_path("b-active"), body), {"brokerId": "b-active"})
