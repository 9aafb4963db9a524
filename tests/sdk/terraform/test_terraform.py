"""Terraform and the AWS provider, pointed at the server by one endpoint setting."""

import re

import pytest

from harness import PASSWORD, eventually

ADMIN = {"password": PASSWORD, "console_access": True, "groups": ["admins"]}
CLERK = {"password": PASSWORD, "groups": ["clerks"]}


def get(client, path):
    response = client.call("GET", f"/v1/{path}")
    assert response.status == 200, response
    return response.json()


def create(terraform):
    """Applies for the first time; returns the outputs."""
    outputs = terraform.apply()
    # The service never lists the user of a RabbitMQ broker, so the provider drops it from its state: an update without
    # a changed value follows every creation (hashicorp/terraform-provider-aws#46061).
    assert terraform.changed_values() == []
    terraform.apply()
    terraform.assert_no_difference()
    return outputs


def users(client, broker):
    """The groups and console access of each user, none of whom may have a change pending."""
    rows = [get(client, f"brokers/{broker}/users/{row['username']}")
            for row in get(client, f"brokers/{broker}/users")["users"]]
    assert not [row for row in rows if "pending" in row]
    return {row["username"]: (sorted(row["groups"]), row["consoleAccess"]) for row in rows}


def test_brokers_and_configurations_of_both_engines(server, terraform):
    client = server.client()
    terraform.set(users={"admin": ADMIN, "clerk": CLERK})
    outputs = create(terraform)
    activemq, rabbitmq = outputs["activemq"], outputs["rabbitmq"]
    assert users(client, activemq) == {"admin": (["admins"], True), "clerk": (["clerks"], False)}
    assert [row["console_url"] for row in outputs["instances"]] == [
        f"https://{activemq}-{number}.mq.us-east-1.amazonaws.com:8162" for number in (1, 2)]
    check_data_sources(outputs)

    # Users come, go and change: all of it is applied by one reboot.
    changed = {"admin": {**ADMIN, "groups": ["admins", "auditors"]}, "night": {"password": PASSWORD}}
    terraform.set(users=changed)
    terraform.apply()
    terraform.assert_no_difference()
    assert users(client, activemq) == {"admin": (["admins", "auditors"], True), "night": ([], False)}

    more = {"engine_version": "5.19", "host_instance_type": "mq.m5.xlarge", "advisories": False, "audit": True,
            "window": "03:00", "tags": {"team": "stock", "stage": "test"}, "consumer_timeout": 900000,
            "security_groups": ["sg-0123456789abcdef1", "sg-0123456789abcdef2"]}
    terraform.set(users=changed, **more)
    terraform.apply()
    terraform.assert_no_difference()
    broker = get(client, f"brokers/{activemq}")
    assert (broker["engineVersion"], broker["hostInstanceType"], broker["logs"]["audit"], broker["tags"]) == (
        "5.19", "mq.m5.xlarge", True, more["tags"])
    assert broker["maintenanceWindowStartTime"] == {"dayOfWeek": "TUESDAY", "timeOfDay": "03:00", "timeZone": "CET"}
    assert sorted(broker["securityGroups"]) == more["security_groups"]
    used = broker["configurations"]
    assert used["history"][-1] == {**used["current"], "revision": used["current"]["revision"] - 1}
    assert len(get(client, f"brokers/{rabbitmq}")["configurations"]["history"]) == 1

    terraform.destroy()
    assert get(client, "brokers") == {"brokerSummaries": []}
    # The end of a deletion is all that was ever refused.
    refused = set(re.findall(r" operation=(\w+) .* error=(\w+)", server.stderr_text()))
    assert refused == {("DescribeBroker", "NotFoundException")}


def check_data_sources(outputs):
    by_id, by_name = outputs["by_id"], outputs["by_name"]
    assert (by_id["broker_name"], by_id["engine_type"], by_id["deployment_mode"]) == (
        "orders", "ActiveMQ", "ACTIVE_STANDBY_MULTI_AZ")
    assert sorted(row["username"] for row in by_id["user"]) == ["admin", "clerk"]
    assert (by_name["broker_id"], by_name["engine_type"], by_name["storage_type"]) == (
        outputs["rabbitmq"], "RabbitMQ", "ebs")
    assert by_name["instances"][0]["endpoints"] == [f"amqps://{outputs['rabbitmq']}.mq.us-east-1.on.aws:5671"]
    engines = {row["engine_type"]: [version["name"] for version in row["engine_versions"]]
               for row in outputs["engines"]}
    assert engines["ACTIVEMQ"] == ["5.19", "5.18"] and "3.13" in engines["RABBITMQ"]
    (offering,) = outputs["offerings"]
    assert (offering["host_instance_type"], offering["supported_engine_versions"]) == ("mq.m5.large", ["3.13"])


def test_without_apply_immediately_a_change_waits_for_a_reboot(server, terraform):
    client = server.client()
    terraform.set(users={"admin": ADMIN}, apply_immediately=False)
    broker = create(terraform)["activemq"]
    terraform.set(users={"admin": {**ADMIN, "groups": ["auditors"]}}, apply_immediately=False)
    terraform.apply()
    assert terraform.changed_values() == ["aws_mq_broker.activemq"]
    assert client.call("POST", f"/v1/brokers/{broker}/reboot").status == 200
    eventually(lambda: get(client, f"brokers/{broker}")["brokerState"] == "RUNNING", "orders RUNNING again")
    assert terraform.changed_values() == []

    # Behind Terraform's back.
    assert client.call("DELETE", f"/v1/brokers/{broker}").status == 200
    eventually(lambda: client.call("GET", f"/v1/brokers/{broker}").status == 404, "orders gone")
    assert terraform.changed_values() == ["aws_mq_broker.activemq"]
    again = terraform.apply()["activemq"]
    assert again != broker and users(client, again) == {"admin": (["auditors"], True)}
    terraform.destroy()
    assert get(client, "brokers") == {"brokerSummaries": []}


@pytest.mark.parametrize("terraform", ["kinds.tf"], indirect=True)
def test_kinds_of_brokers_leave_no_difference(server, terraform):
    assert create(terraform)["subnets"] == {"ldap": 1, "cluster": 3, "public": 0}
    terraform.destroy()
    assert get(server.client(), "brokers") == {"brokerSummaries": []}
