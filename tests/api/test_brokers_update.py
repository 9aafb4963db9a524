"""UpdateBroker: what is answered, what waits for a reboot and what does not, and what a reboot makes of it."""

import base64
import json

import pytest

from broker_calls import LDAP
from harness import (PASSWORD, assert_ok, broker_body, broker_name, broker_path, compact, configuration_path,
                     create_broker, create_user, delete_user, describe_broker, rabbit_body, reboot, reboot_path,
                     eventually, update_user, users_path)
from shapes import CLUSTER, STANDBY, activemq_logs, rabbitmq_logs

DATA = base64.b64encode(b'<broker xmlns="http://activemq.apache.org/schema/core"/>').decode("ascii")
SHOWN_LDAP = {key: value for key, value in LDAP.items() if key != "serviceAccountPassword"}
PENDING = ("pendingAuthenticationStrategy", "pendingDataReplicationMetadata", "pendingDataReplicationMode",
           "pendingEngineVersion", "pendingHostInstanceType", "pendingLdapServerMetadata", "pendingSecurityGroups",
           "pendingStorageSize")


def update(client, broker, **members):
    """UpdateBroker; asserts success; returns the Response."""
    return assert_ok(client.call("PUT", broker_path(broker), members))


def updated(client, broker, given, **shown):
    """UpdateBroker with those members answers exactly the members shown, beside the id; nothing else is pending."""
    response = client.call("PUT", broker_path(broker), given)
    assert_ok(response, dict(sorted({"brokerId": broker, **shown}.items())))
    return describe_broker(client, broker)


def not_pending(body):
    """Asserts that nothing is pending."""
    assert not [name for name in PENDING if name in body]
    assert "pending" not in body["configurations"] and "pending" not in body["logs"]


def new_configuration(client, engine="ACTIVEMQ", revisions=1):
    """A configuration with that many revisions; returns its id."""
    made = client.call("POST", "/v1/configurations", {"name": broker_name(), "engineType": engine})
    identifier = assert_ok(made).json()["id"]
    for _ in range(revisions - 1):
        assert_ok(client.call("PUT", configuration_path(identifier), {"data": DATA}))
    return identifier


# --- One member ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("body", [None, b"", {}, {"unknown": 1}, {"engineVersion": None, "logs": None},
                                  {"logs": {}}, {"brokerName": "other", "tags": {"a": "b"}, "storageType": "EBS"}])
def test_UBR_1_nothing_to_change(client, broker, body):
    before = client.call("GET", broker_path(broker)).body
    assert_ok(client.call("PUT", broker_path(broker), body), {"brokerId": broker})
    assert client.call("GET", broker_path(broker)).body == before


def test_UBR_1_what_is_so_already(client, broker):
    body = describe_broker(client, broker)
    given = {"autoMinorVersionUpgrade": True, "authenticationStrategy": "SIMPLE", "engineVersion": "5.19",
             "configuration": body["configurations"]["current"], "hostInstanceType": "mq.m5.large",
             "logs": {"audit": False, "general": False}, "dataReplicationMode": "NONE",
             "maintenanceWindowStartTime": body["maintenanceWindowStartTime"]}
    assert_ok(client.call("PUT", broker_path(broker), given), {"brokerId": broker})
    assert describe_broker(client, broker) == body


@pytest.fixture
def older(client):
    """A broker that can be upgraded."""
    return create_broker(client, broker_body(broker_name(), engineVersion="5.18"))


def test_UBR_2_UBR_3_the_version(client, older):
    before = describe_broker(client, older)
    assert before["engineVersion"] == "5.18.7"
    assert updated(client, older, {"engineVersion": "5.19"}, engineVersion="5.19") == {
        **before, "pendingEngineVersion": "5.19"}
    reboot(client, older)
    assert describe_broker(client, older) == {**before, "engineVersion": "5.19"}


@pytest.mark.parametrize("member, value, pending, current", [
    ("hostInstanceType", "mq.m5.4xlarge", "pendingHostInstanceType", "mq.m5.large"),
    ("hostInstanceType", "mq.t3.micro", "pendingHostInstanceType", "mq.m5.large")])
def test_UBR_2_UBR_3_pending_until_a_reboot(client, broker, member, value, pending, current):
    before = describe_broker(client, broker)
    body = updated(client, broker, {member: value}, **{member: value})
    assert body == {**before, pending: value}
    assert body[member] == current
    reboot(client, broker)
    assert describe_broker(client, broker) == {**before, member: value}


def test_UBR_4_the_strategy_and_ldap(client, broker):
    before = describe_broker(client, broker)
    body = updated(client, broker, {"authenticationStrategy": "ldap", "ldapServerMetadata": LDAP},
                   authenticationStrategy="ldap", ldapServerMetadata=SHOWN_LDAP)
    assert body == {**before, "pendingAuthenticationStrategy": "ldap", "pendingLdapServerMetadata": SHOWN_LDAP}
    reboot(client, broker)
    after = {**before, "authenticationStrategy": "ldap", "ldapServerMetadata": SHOWN_LDAP}
    assert describe_broker(client, broker) == after
    other = {**SHOWN_LDAP, "hosts": ["one.example.com", "two.example.com"], "roleSearchSubtree": True,
             "roleName": "cn", "userRoleName": "role", "userSearchSubtree": False}
    body = updated(client, broker, {"ldapServerMetadata": {**other, "serviceAccountPassword": "another"}},
                   ldapServerMetadata=dict(sorted(other.items())))
    assert body == {**after, "pendingLdapServerMetadata": other}
    reboot(client, broker)
    assert describe_broker(client, broker) == {**after, "ldapServerMetadata": other}


def test_UBR_4_passwords_are_never_shown(client, broker):
    response = update(client, broker, authenticationStrategy="LDAP", ldapServerMetadata=LDAP)
    described = client.call("GET", broker_path(broker))
    reboot(client, broker)
    for answer in (response, described, client.call("GET", broker_path(broker))):
        assert b"never-to-be-seen" not in answer.body and b"serviceAccountPassword" not in answer.body


def test_UBR_4_a_new_password_alone_waits_too(client, broker):
    """Nothing of it can be seen, so nothing is named as changed."""
    update(client, broker, authenticationStrategy="LDAP", ldapServerMetadata=LDAP)
    reboot(client, broker)
    before = describe_broker(client, broker)
    body = updated(client, broker, {"ldapServerMetadata": {**LDAP, "serviceAccountPassword": "another"}})
    assert body == before
    reboot(client, broker)
    assert describe_broker(client, broker) == before


def test_UBR_5_logs(client, broker):
    before = describe_broker(client, broker)
    body = updated(client, broker, {"logs": {"general": True}}, logs={"audit": False, "general": True})
    assert body == {**before, "logs": activemq_logs(broker, pending={"audit": False, "general": True})}
    body = updated(client, broker, {"logs": {"audit": True}}, logs={"audit": True, "general": True})
    assert body["logs"] == activemq_logs(broker, pending={"audit": True, "general": True})
    body = updated(client, broker, {"logs": {"general": False}}, logs={"audit": True, "general": False})
    assert body["logs"] == activemq_logs(broker, pending={"audit": True, "general": False})
    reboot(client, broker)
    assert describe_broker(client, broker) == {**before, "logs": activemq_logs(broker, audit=True)}


def test_UBR_5_logs_of_RabbitMQ(client):
    broker = create_broker(client, rabbit_body(broker_name()))
    body = updated(client, broker, {"logs": {"general": True}}, logs={"general": True})
    assert body["logs"] == rabbitmq_logs(broker, pending={"general": True})
    reboot(client, broker)
    assert describe_broker(client, broker)["logs"] == rabbitmq_logs(broker, general=True)


def test_UBR_6_the_configuration(client, broker):
    own = describe_broker(client, broker)["configurations"]["current"]
    other = new_configuration(client, revisions=3)
    second, third = {"id": other, "revision": 2}, {"id": other, "revision": 3}
    body = updated(client, broker, {"configuration": second}, configuration=second)
    assert body["configurations"] == {"current": own, "history": [], "pending": second}
    reboot(client, broker)
    assert describe_broker(client, broker)["configurations"] == {"current": second, "history": [own]}
    # Without a revision it is the latest one.
    body = updated(client, broker, {"configuration": {"id": other}}, configuration=third)
    assert body["configurations"] == {"current": second, "history": [own], "pending": third}
    reboot(client, broker)
    assert describe_broker(client, broker)["configurations"] == {"current": third, "history": [own, second]}
    # Back to one that stands in the history.
    updated(client, broker, {"configuration": own}, configuration=own)
    reboot(client, broker)
    reboot(client, broker)
    assert describe_broker(client, broker)["configurations"] == {"current": own, "history": [own, second, third]}


def test_UBR_6_a_new_revision_of_the_current_one(client, broker):
    own = describe_broker(client, broker)["configurations"]["current"]
    assert_ok(client.call("PUT", configuration_path(own["id"]), {"data": DATA}))
    assert describe_broker(client, broker)["configurations"] == {"current": own, "history": []}
    body = updated(client, broker, {"configuration": {"id": own["id"]}},
                   configuration={"id": own["id"], "revision": 2})
    assert list(body["configurations"].items()) == [("current", own), ("history", []),
                                                    ("pending", {"id": own["id"], "revision": 2})]


def test_UBR_7_security_groups_at_once(client, broker):
    before = describe_broker(client, broker)
    for groups in (["sg-2", "sg-1"], ["sg-1", "sg-2"], [f"sg-{number}" for number in range(5)]):
        body = updated(client, broker, {"securityGroups": groups}, securityGroups=groups)
        assert body == {**before, "securityGroups": groups}
        assert updated(client, broker, {"securityGroups": groups}) == body
    reboot(client, broker)
    assert describe_broker(client, broker) == body


def test_UBR_7_the_groups_it_was_given_by_itself_are_no_change(client, broker):
    before = describe_broker(client, broker)
    assert updated(client, broker, {"securityGroups": before["securityGroups"]}) == before


def test_UBR_8_automatic_minor_versions_at_once(serve):
    seed = "INSERT INTO engine_version (engine_type, version) VALUES ('ACTIVEMQ', '5.17.6');\n"
    client = serve("--create-time", "0", seed=seed).client()
    broker = create_broker(client, broker_body("one", engineVersion="5.17.6"))
    for value in (False, True):
        body = updated(client, broker, {"autoMinorVersionUpgrade": value}, autoMinorVersionUpgrade=value)
        assert body["autoMinorVersionUpgrade"] is value
        not_pending(body)
        assert updated(client, broker, {"autoMinorVersionUpgrade": value}) == body


def test_UBR_9_storage_size(client):
    broker = create_broker(client, rabbit_body(broker_name(), deploymentMode=CLUSTER))
    before = describe_broker(client, broker)
    assert updated(client, broker, {"storageSize": 25}, storageSize=25) == {**before, "pendingStorageSize": 25}
    reboot(client, broker)
    larger = {**before, "storageSize": 25}
    assert describe_broker(client, broker) == larger
    assert updated(client, broker, {"storageSize": 10}, storageSize=10) == {**larger, "pendingStorageSize": 10}
    # 0 is the instance type's own, which is not shown.
    assert updated(client, broker, {"storageSize": 0}, storageSize=0) == larger
    reboot(client, broker)
    assert describe_broker(client, broker) == before
    assert updated(client, broker, {"storageSize": 0}) == before


def test_UBR_9_BRK_33_with_another_instance_type(client):
    """What is the new type's own is not shown any more."""
    broker = create_broker(client, rabbit_body(broker_name(), deploymentMode=CLUSTER, storageSize=25,
                                               hostInstanceType="mq.m7g.large"))
    before = describe_broker(client, broker)
    assert before["storageSize"] == 25
    body = updated(client, broker, {"hostInstanceType": "mq.m7g.xlarge"}, hostInstanceType="mq.m7g.xlarge")
    assert body == {**before, "pendingHostInstanceType": "mq.m7g.xlarge"}
    reboot(client, broker)
    after = describe_broker(client, broker)
    assert (after["hostInstanceType"], "storageSize" in after) == ("mq.m7g.xlarge", False)


# --- Twice, and back again -------------------------------------------------------------------------------------

@pytest.mark.parametrize("member, first, second, current, pending", [
    ("engineVersion", "5.19", None, "5.18", "pendingEngineVersion"),
    ("hostInstanceType", "mq.m5.xlarge", "mq.m5.2xlarge", "mq.m5.large", "pendingHostInstanceType")])
def test_UBR_10_UBR_11_against_what_will_be(client, older, member, first, second, current, pending):
    broker = older
    before = describe_broker(client, broker)
    updated(client, broker, {member: first}, **{member: first})
    # What will be so anyway is no change.
    assert updated(client, broker, {member: first}) == {**before, pending: first}
    if second:
        assert updated(client, broker, {member: second}, **{member: second}) == {**before, pending: second}
    # Back to what is: nothing waits any more, and the answer names it, for it is a change.
    assert updated(client, broker, {member: current}, **{member: current}) == before
    reboot(client, broker)
    assert describe_broker(client, broker) == before


def test_UBR_10_UBR_11_the_configuration(client, broker):
    before = describe_broker(client, broker)
    own, other = before["configurations"]["current"], {"id": new_configuration(client), "revision": 1}
    updated(client, broker, {"configuration": other}, configuration=other)
    updated(client, broker, {"configuration": other})
    assert updated(client, broker, {"configuration": own}, configuration=own) == before
    reboot(client, broker)
    assert describe_broker(client, broker) == before


def test_UBR_10_UBR_11_logs_and_the_strategy(client, broker):
    before = describe_broker(client, broker)
    updated(client, broker, {"logs": {"audit": True, "general": True}}, logs={"audit": True, "general": True})
    updated(client, broker, {"logs": {"audit": True}})
    updated(client, broker, {"logs": {"audit": False}}, logs={"audit": False, "general": True})
    assert updated(client, broker, {"logs": {"general": False}}, logs={"audit": False, "general": False}) == before
    updated(client, broker, {"authenticationStrategy": "LDAP", "ldapServerMetadata": LDAP},
            authenticationStrategy="ldap", ldapServerMetadata=SHOWN_LDAP)
    body = updated(client, broker, {"authenticationStrategy": "SIMPLE"}, authenticationStrategy="simple")
    assert "pendingAuthenticationStrategy" not in body


def test_UBR_10_storage_size(client):
    broker = create_broker(client, rabbit_body(broker_name(), deploymentMode=CLUSTER, storageSize=20))
    before = describe_broker(client, broker)
    updated(client, broker, {"storageSize": 25}, storageSize=25)
    assert updated(client, broker, {"storageSize": 20}, storageSize=20) == before


# --- Several members -------------------------------------------------------------------------------------------

def several(client, broker):
    """Stages every kind of change there is on an ActiveMQ broker; returns (before, while, after)."""
    before = describe_broker(client, broker)
    other = {"id": new_configuration(client), "revision": 1}
    update_user(client, broker, "admin", groups=["changed"])
    create_user(client, broker, "new")
    delete_user(client, broker, "gone")
    waiting = updated(
        client, broker, {"logs": {"audit": True}, "hostInstanceType": "mq.m5.xlarge", "engineVersion": "5.19",
                         "configuration": other, "authenticationStrategy": "LDAP", "ldapServerMetadata": LDAP},
        logs={"audit": True, "general": False}, hostInstanceType="mq.m5.xlarge", engineVersion="5.19",
        configuration=other, authenticationStrategy="ldap", ldapServerMetadata=SHOWN_LDAP)
    own = before["configurations"]["current"]
    assert waiting == {
        **before, "configurations": {"current": own, "history": [], "pending": other},
        "logs": activemq_logs(broker, pending={"audit": True, "general": False}),
        "pendingAuthenticationStrategy": "ldap", "pendingEngineVersion": "5.19",
        "pendingHostInstanceType": "mq.m5.xlarge", "pendingLdapServerMetadata": SHOWN_LDAP,
        "users": [{"pendingChange": "UPDATE", "username": "admin"}, {"pendingChange": "DELETE", "username": "gone"},
                  {"pendingChange": "CREATE", "username": "new"}]}
    after = {**before, "configurations": {"current": other, "history": [own]}, "engineVersion": "5.19",
             "logs": activemq_logs(broker, audit=True), "authenticationStrategy": "ldap",
             "ldapServerMetadata": SHOWN_LDAP, "hostInstanceType": "mq.m5.xlarge",
             "users": [{"username": "admin"}, {"username": "new"}]}
    return waiting, after


USERS = [{"username": "admin", "password": PASSWORD}, {"username": "gone", "password": PASSWORD}]


def test_UBR_12_PND_28_one_reboot_applies_it_all(client):
    broker = create_broker(client, broker_body(broker_name(), users=USERS, engineVersion="5.18"))
    _, after = several(client, broker)
    reboot(client, broker)
    assert describe_broker(client, broker) == after
    assert client.call("GET", users_path(broker) + "/admin").json()["groups"] == ["changed"]


def test_UBR_12_RBT_8_in_one_step(serve):
    """Whatever is read while the broker reboots, it is all of before or all of after."""
    client = serve("--create-time", "0").client()
    broker = create_broker(client, broker_body("one", users=USERS, engineVersion="5.18"))
    waiting, after = several(client, broker)
    assert_ok(client.call("POST", reboot_path(broker)), {})

    def over():
        body = describe_broker(client, broker)
        assert body in ({**waiting, "brokerState": "REBOOT_IN_PROGRESS"}, after), body
        return body == after

    eventually(over, "the end of the reboot")


def test_UBR_12_DUR_2_what_waits_survives_a_restart(serve, tmp_path):
    server = serve("--create-time", "0", "--reboot-time", "0", "--db", tmp_path / "store.db")
    client = server.client()
    broker = create_broker(client, broker_body("one", users=USERS, engineVersion="5.18"))
    waiting, after = several(client, broker)
    server.restart()
    client = server.client()
    assert describe_broker(client, broker) == waiting
    reboot(client, broker)
    assert describe_broker(client, broker) == after
    server.restart()
    assert describe_broker(server.client(), broker) == after


def test_UBR_12_other_brokers_do_not_notice(client, older, other_broker):
    broker = older
    before = describe_broker(client, other_broker)
    update(client, broker, engineVersion="5.19", logs={"general": True})
    reboot(client, other_broker)
    assert describe_broker(client, other_broker) == before
    assert describe_broker(client, broker)["pendingEngineVersion"] == "5.19"


def test_UBR_12_every_kind_of_member_at_once(client):
    broker = create_broker(client, broker_body(broker_name(), deploymentMode=STANDBY, engineVersion="5.18"))
    window = {"dayOfWeek": "FRIDAY", "timeOfDay": "13:05", "timeZone": "CET"}
    response = client.call("PUT", broker_path(broker), {
        "securityGroups": ["sg-1"], "maintenanceWindowStartTime": window, "logs": {"general": True},
        "hostInstanceType": "mq.m5.2xlarge", "engineVersion": "5.19", "autoMinorVersionUpgrade": True})
    assert response.body == compact({
        "brokerId": broker, "engineVersion": "5.19", "hostInstanceType": "mq.m5.2xlarge",
        "logs": {"audit": False, "general": True}, "maintenanceWindowStartTime": window, "securityGroups": ["sg-1"]})
    body = json.loads(client.call("GET", broker_path(broker)).body)
    assert (body["securityGroups"], body["maintenanceWindowStartTime"]) == (["sg-1"], window)
