"""What DescribeBroker says about brokers of which little or nothing was asked: whole bodies to compare with."""

import ipaddress
import re

UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
STANDBY = "ACTIVE_STANDBY_MULTI_AZ"
CLUSTER = "CLUSTER_MULTI_AZ"


def activemq_instance(broker, number, address, region="us-east-1", domain="amazonaws.com"):
    """One row of brokerInstances of an ActiveMQ broker."""
    host = f"{broker}-{number}.mq.{region}.{domain}"
    return {"consoleURL": f"https://{host}:8162",
            "endpoints": [f"ssl://{host}:61617", f"amqp+ssl://{host}:5671", f"stomp+ssl://{host}:61614",
                          f"mqtt+ssl://{host}:8883", f"wss://{host}:61619"],
            "ipAddress": address}


def rabbitmq_instance(broker, region="us-east-1"):
    """The one row of brokerInstances of a RabbitMQ broker."""
    return {"consoleURL": f"https://{broker}.mq.{region}.on.aws",
            "endpoints": [f"amqps://{broker}.mq.{region}.on.aws:5671"]}


def private(address):
    """Whether the address belongs to a private network."""
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network)
               for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def activemq_logs(broker, **members):
    """The member `logs` of an ActiveMQ broker, off unless members say otherwise."""
    return {"audit": False, "auditLogGroup": f"/aws/amazonmq/broker/{broker}/audit", "general": False,
            "generalLogGroup": f"/aws/amazonmq/broker/{broker}/general", **members}


def rabbitmq_logs(broker, **members):
    """The member `logs` of a RabbitMQ broker, off unless members say otherwise."""
    return {"general": False, "generalLogGroup": f"/aws/amazonmq/broker/{broker}/general", **members}


def generated(body):
    """Checks the form of what the server generates by itself; returns (configuration, subnets, groups, addresses)."""
    configuration = body["configurations"]["current"]["id"]
    for subnet in body["subnetIds"]:
        assert re.fullmatch(r"subnet-[0-9a-f]{17}", subnet)
    assert len(set(body["subnetIds"])) == len(body["subnetIds"])
    groups = body["securityGroups"]
    assert len(groups) == (0 if body["publiclyAccessible"] and body["engineType"] == "RabbitMQ" else 1)
    assert all(re.fullmatch(r"sg-[0-9a-f]{17}", group) for group in groups)
    addresses = [instance.get("ipAddress") for instance in body["brokerInstances"]]
    return configuration, body["subnetIds"], groups, addresses


def plain(broker, name, created, **members):
    """The whole answer for a running broker with nothing but an id and a name, in its order, with the members given.

    brokerInstances, configurations, securityGroups and subnetIds have no value unless one is given.
    """
    body = {
        "authenticationStrategy": "simple",
        "autoMinorVersionUpgrade": True,
        "brokerArn": f"arn:aws:mq:us-east-1:123456789012:broker:{name}:{broker}",
        "brokerId": broker,
        "brokerInstances": None,
        "brokerName": name,
        "brokerState": "RUNNING",
        "configurations": None,
        "created": created,
        "deploymentMode": "SINGLE_INSTANCE",
        "encryptionOptions": {"useAwsOwnedKey": True},
        "engineType": "ActiveMQ",
        "engineVersion": "5.19",
        "hostInstanceType": "mq.m5.large",
        "logs": activemq_logs(broker),
        "maintenanceWindowStartTime": {"dayOfWeek": "SUNDAY", "timeOfDay": "11:00", "timeZone": "UTC"},
        "publiclyAccessible": False,
        "securityGroups": None,
        "storageType": "efs",
        "subnetIds": None,
        "users": [],
    }
    return dict(sorted({**body, **members}.items()))
