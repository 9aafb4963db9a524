"""Brokers, configurations, tags and the catalogue from creation to removal, with the real AWS CLI."""

import json

from aws_cli import aws, done, reboot, refused
from conftest import CONFIGURATION, SANITIZED, WARNINGS, base64_read, base64_text, many_brokers
from harness import PASSWORD, eventually

ACCOUNT = "arn:aws:mq:us-east-1:123456789012"
QUICK = ("--create-time", "100ms", "--reboot-time", "100ms", "--delete-time", "100ms")


def until_gone(server, broker):
    def gone():
        result = aws(server, "describe-broker", "--broker-id", broker)
        if result.returncode == 0:
            assert json.loads(result.stdout)["BrokerState"] == "DELETION_IN_PROGRESS"
            return False
        assert "(NotFoundException)" in result.stderr, result.stderr
        return True
    eventually(gone, f"{broker} gone")


def test_the_life_of_a_broker(serve):
    server = serve(*QUICK)
    engines = done(server, "describe-broker-engine-types", "--engine-type", "ActiveMQ")["BrokerEngineTypes"]
    version = engines[0]["EngineVersions"][0]["Name"]
    options = done(server, "describe-broker-instance-options", "--engine-type", "ACTIVEMQ",
                   "--host-instance-type", "mq.t3.micro")["BrokerInstanceOptions"]
    assert version in options[0]["SupportedEngineVersions"]
    assert "SINGLE_INSTANCE" in options[0]["SupportedDeploymentModes"]

    created = done(server, "create-configuration", "--name", "shop", "--engine-type", "ACTIVEMQ",
                   "--engine-version", version, "--tags", "team=shop")
    configuration = created["Id"]
    assert created["Arn"] == f"{ACCOUNT}:configuration:{configuration}"
    name = ["--configuration-id", configuration]
    updated = done(server, "update-configuration", *name, "--data", base64_text(CONFIGURATION))
    assert (updated["LatestRevision"]["Revision"], updated["Warnings"]) == (2, WARNINGS)
    revision = done(server, "describe-configuration-revision", *name, "--configuration-revision", "2")
    assert base64_read(revision["Data"]) == SANITIZED
    assert done(server, "describe-configuration", *name)["Tags"] == {"team": "shop"}
    assert len(done(server, "list-configuration-revisions", *name)["Revisions"]) == 2

    made = done(server, "create-broker", "--broker-name", "shop", "--engine-type", "ACTIVEMQ",
                "--engine-version", version, "--host-instance-type", "mq.t3.micro",
                "--deployment-mode", "SINGLE_INSTANCE", "--no-publicly-accessible", "--auto-minor-version-upgrade",
                "--configuration", f"Id={configuration},Revision=1", "--tags", "stage=test",
                "--users", f"Username=admin,Password={PASSWORD},ConsoleAccess=true,Groups=admins")
    broker = ["--broker-id", made["BrokerId"]]
    assert made == {"BrokerArn": f"{ACCOUNT}:broker:shop:{made['BrokerId']}", "BrokerId": made["BrokerId"]}
    running = eventually(
        lambda: (row := done(server, "describe-broker", *broker))["BrokerState"] == "RUNNING" and row, "shop RUNNING")
    assert running["Configurations"] == {"Current": {"Id": configuration, "Revision": 1}, "History": []}
    assert (running["Tags"], running["Users"]) == ({"stage": "test"}, [{"Username": "admin"}])
    assert running["BrokerInstances"][0]["ConsoleURL"].endswith("-1.mq.us-east-1.amazonaws.com:8162")
    refused(server, "ConflictException", "delete-configuration", *name)

    assert done(server, "update-broker", *broker, "--configuration", f"Id={configuration}", "--logs",
                "Audit=true,General=true") == {
        "BrokerId": made["BrokerId"], "Configuration": {"Id": configuration, "Revision": 2},
        "Logs": {"Audit": True, "General": True}}
    pending = done(server, "describe-broker", *broker)
    assert pending["Configurations"]["Pending"] == {"Id": configuration, "Revision": 2}
    assert pending["Logs"]["Pending"] == {"Audit": True, "General": True}
    reboot(server, made["BrokerId"])
    applied = done(server, "describe-broker", *broker)
    assert applied["Configurations"] == {"Current": {"Id": configuration, "Revision": 2},
                                         "History": [{"Id": configuration, "Revision": 1}]}
    assert applied["Logs"]["Audit"] is True and "Pending" not in applied["Logs"]

    arn = ["--resource-arn", made["BrokerArn"]]
    assert done(server, "create-tags", *arn, "--tags", '{"stage": "real", "cost centre": "10 %"}') is None
    assert done(server, "list-tags", *arn) == {"Tags": {"stage": "real", "cost centre": "10 %"}}
    assert done(server, "delete-tags", *arn, "--tag-keys", "cost centre", "never there") is None
    assert done(server, "describe-broker", *broker)["Tags"] == {"stage": "real"}

    assert done(server, "delete-broker", *broker) == {"BrokerId": made["BrokerId"]}
    until_gone(server, made["BrokerId"])
    refused(server, "NotFoundException", "delete-broker", *broker)
    assert done(server, "delete-configuration", *name) == {"ConfigurationId": configuration}
    refused(server, "NotFoundException", "describe-configuration", *name)


def test_configurations_are_paged_by_hand(serve):
    more, _ = many_brokers(4)
    server = serve(more=more)
    first = done(server, "list-configurations", "--max-results", "5")
    rest = done(server, "list-configurations", "--max-results", "5", "--next-token", first["NextToken"])
    last = done(server, "list-configurations", "--max-results", "5", "--next-token", rest["NextToken"])
    ids = [row["Id"] for row in first["Configurations"] + rest["Configurations"]]
    assert len(ids) == 7 and ids == sorted(ids)
    assert last == {"Configurations": [], "MaxResults": 5}


def test_shared_resources_are_paged_by_the_client(serve):
    server = serve("--reboot-time", "0")
    shares = [f"arn:aws:ram:us-east-1:123456789012:resource-share/{number:02}" for number in range(9)]
    broker = ["--broker-id", "b-events"]
    assert done(server, "update-broker", *broker, "--resource-share-arns", *shares) == {
        "BrokerId": "b-events", "ResourceShareArns": shares}
    reboot(server, "b-events")
    rows = done(server, "describe-shared-resources", *broker, "--page-size", "5")["SharedResources"]
    assert [(row["ResourceArn"], row["Status"]) for row in rows] == [(share, "AVAILABLE") for share in shares]
