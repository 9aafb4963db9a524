"""Brokers, configurations, tags and the catalogue from creation to removal, with the real boto3."""

import datetime

from boto3_client import connect, members, reboot, refusal
from conftest import CONFIGURATION, SANITIZED, WARNINGS, base64_read, base64_text, many_brokers
from harness import PASSWORD, eventually, sql_broker, sql_insert

ACCOUNT = "arn:aws:mq:us-east-1:123456789012"
QUICK = ("--create-time", "100ms", "--reboot-time", "100ms", "--delete-time", "100ms")
WINDOW = {"DayOfWeek": "MONDAY", "TimeOfDay": "05:30", "TimeZone": "UTC"}


def until(mq, broker, state):
    """Polls as every tool does: boto3 has no waiter for brokers. Returns the description."""
    def reached():
        description = members(mq.describe_broker(BrokerId=broker))
        return description["BrokerState"] == state and description
    return eventually(reached, f"{broker} {state}")


def until_gone(mq, broker):
    def gone():
        try:
            assert mq.describe_broker(BrokerId=broker)["BrokerState"] == "DELETION_IN_PROGRESS"
        except mq.exceptions.NotFoundException:
            return True
        return False
    eventually(gone, f"{broker} gone")


def newest(mq, engine):
    (row,) = mq.describe_broker_engine_types(EngineType=engine)["BrokerEngineTypes"]
    return row["EngineVersions"][0]["Name"]


def test_the_life_of_an_activemq_broker(serve):
    mq = connect(serve(*QUICK))
    version = newest(mq, "ACTIVEMQ")

    created = members(mq.create_configuration(Name="shop", EngineType="ACTIVEMQ", EngineVersion=version,
                                              Tags={"team": "shop"}))
    configuration = created["Id"]
    assert isinstance(created.pop("Created"), datetime.datetime)
    assert isinstance(created["LatestRevision"].pop("Created"), datetime.datetime)
    assert created == {
        "Arn": f"{ACCOUNT}:configuration:{configuration}", "AuthenticationStrategy": "simple", "Id": configuration,
        "LatestRevision": {"Description": f"Auto-generated default for shop on ActiveMQ {version}", "Revision": 1},
        "Name": "shop"}

    updated = members(mq.update_configuration(ConfigurationId=configuration, Data=base64_text(CONFIGURATION),
                                              Description="without advisories"))
    assert updated["Warnings"] == WARNINGS
    assert (updated["LatestRevision"]["Revision"], updated["LatestRevision"]["Description"]) == (
        2, "without advisories")
    revision = mq.describe_configuration_revision(ConfigurationId=configuration, ConfigurationRevision="2")
    assert (base64_read(revision["Data"]), revision["Description"]) == (SANITIZED, "without advisories")
    described = members(mq.describe_configuration(ConfigurationId=configuration))
    assert (described["EngineType"], described["EngineVersion"], described["Tags"]) == (
        "ActiveMQ", version, {"team": "shop"})
    revisions = mq.list_configuration_revisions(ConfigurationId=configuration)["Revisions"]
    assert [row["Revision"] for row in revisions] == [1, 2]

    wanted = {
        "BrokerName": "shop", "CreatorRequestId": "only-once", "DeploymentMode": "SINGLE_INSTANCE",
        "EngineType": "ACTIVEMQ", "EngineVersion": version, "HostInstanceType": "mq.m5.large",
        "PubliclyAccessible": False, "AutoMinorVersionUpgrade": True,
        "Configuration": {"Id": configuration, "Revision": 1}, "Logs": {"Audit": False, "General": True},
        "MaintenanceWindowStartTime": WINDOW, "Tags": {"stage": "test"},
        "Users": [{"Username": "admin", "Password": PASSWORD, "ConsoleAccess": True, "Groups": ["admins"]}]}
    first = members(mq.create_broker(**wanted))
    broker = first["BrokerId"]
    assert first == {"BrokerId": broker, "BrokerArn": f"{ACCOUNT}:broker:shop:{broker}"}
    assert members(mq.create_broker(**wanted)) == first
    assert refusal(mq, "ConflictException", "CreateBroker",
                   **{**wanted, "CreatorRequestId": "another"})["ErrorAttribute"] == "brokerName"

    running = until(mq, broker, "RUNNING")
    assert isinstance(running["Created"], datetime.datetime)
    (instance,) = running["BrokerInstances"]
    host = f"{broker}-1.mq.us-east-1.amazonaws.com"
    assert instance["ConsoleURL"] == f"https://{host}:8162"
    assert instance["Endpoints"] == [f"ssl://{host}:61617", f"amqp+ssl://{host}:5671", f"stomp+ssl://{host}:61614",
                                     f"mqtt+ssl://{host}:8883", f"wss://{host}:61619"]
    assert len(running["SubnetIds"]) == len(running["SecurityGroups"]) == 1
    logs = {"Audit": False, "AuditLogGroup": f"/aws/amazonmq/broker/{broker}/audit",
            "General": True, "GeneralLogGroup": f"/aws/amazonmq/broker/{broker}/general"}
    shown = {
        "AuthenticationStrategy": "simple", "AutoMinorVersionUpgrade": True, "BrokerArn": first["BrokerArn"],
        "BrokerId": broker, "BrokerInstances": [instance], "BrokerName": "shop", "BrokerState": "RUNNING",
        "Configurations": {"Current": {"Id": configuration, "Revision": 1}, "History": []},
        "Created": running["Created"], "DeploymentMode": "SINGLE_INSTANCE",
        "EncryptionOptions": {"UseAwsOwnedKey": True}, "EngineType": "ActiveMQ", "EngineVersion": version,
        "HostInstanceType": "mq.m5.large", "Logs": logs, "MaintenanceWindowStartTime": WINDOW,
        "PubliclyAccessible": False, "SecurityGroups": running["SecurityGroups"], "StorageType": "efs",
        "SubnetIds": running["SubnetIds"], "Tags": {"stage": "test"}, "Users": [{"Username": "admin"}]}
    assert running == shown
    assert mq.describe_user(BrokerId=broker, Username="admin")["Groups"] == ["admins"]
    assert refusal(mq, "ConflictException", "DeleteConfiguration",
                   ConfigurationId=configuration)["ErrorAttribute"] == "configuration-id"

    window = {**WINDOW, "DayOfWeek": "TUESDAY"}
    echo = mq.update_broker(BrokerId=broker, Configuration={"Id": configuration}, HostInstanceType="mq.m5.xlarge",
                            Logs={"Audit": True, "General": True}, MaintenanceWindowStartTime=window)
    assert members(echo) == {
        "BrokerId": broker, "Configuration": {"Id": configuration, "Revision": 2},
        "HostInstanceType": "mq.m5.xlarge", "Logs": {"Audit": True, "General": True},
        "MaintenanceWindowStartTime": window}
    assert members(mq.update_broker(BrokerId=broker, AutoMinorVersionUpgrade=True)) == {"BrokerId": broker}
    mq.create_user(BrokerId=broker, Username="clerk", Password=PASSWORD)
    assert members(mq.describe_broker(BrokerId=broker)) == {
        **shown,
        "Configurations": {"Current": {"Id": configuration, "Revision": 1}, "History": [],
                           "Pending": {"Id": configuration, "Revision": 2}},
        "Logs": {**logs, "Pending": {"Audit": True, "General": True}},
        "MaintenanceWindowStartTime": window, "PendingHostInstanceType": "mq.m5.xlarge",
        "Users": [{"Username": "admin"}, {"Username": "clerk", "PendingChange": "CREATE"}]}

    reboot(mq, broker)
    assert members(mq.describe_broker(BrokerId=broker)) == {
        **shown,
        "Configurations": {"Current": {"Id": configuration, "Revision": 2},
                           "History": [{"Id": configuration, "Revision": 1}]},
        "HostInstanceType": "mq.m5.xlarge", "Logs": {**logs, "Audit": True}, "MaintenanceWindowStartTime": window,
        "Users": [{"Username": "admin"}, {"Username": "clerk"}]}

    rows = [row for page in mq.get_paginator("list_brokers").paginate() for row in page["BrokerSummaries"]]
    assert [row["BrokerName"] for row in rows if row["BrokerId"] == broker] == ["shop"]

    assert members(mq.delete_broker(BrokerId=broker)) == {"BrokerId": broker}
    until_gone(mq, broker)
    assert refusal(mq, "NotFoundException", "DeleteBroker", BrokerId=broker)["ErrorAttribute"] == "broker-id"
    refusal(mq, "NotFoundException", "ListUsers", BrokerId=broker)
    refusal(mq, "NotFoundException", "ListTags", ResourceArn=first["BrokerArn"])

    assert members(mq.delete_configuration(ConfigurationId=configuration)) == {"ConfigurationId": configuration}
    refusal(mq, "NotFoundException", "DescribeConfiguration", ConfigurationId=configuration)
    refusal(mq, "NotFoundException", "DescribeConfigurationRevision", ConfigurationId=configuration,
            ConfigurationRevision="1")


def test_the_life_of_a_rabbitmq_broker(serve):
    mq = connect(serve(*QUICK))
    version = newest(mq, "RABBITMQ")
    created = mq.create_configuration(Name="events", EngineType="RABBITMQ", EngineVersion=version)
    text = "# half an hour\nconsumer_timeout = 1800000\n"
    updated = mq.update_configuration(ConfigurationId=created["Id"], Data=base64_text(text))
    assert (updated["Warnings"], updated["LatestRevision"]["Revision"]) == ([], 2)
    assert "Description" not in updated["LatestRevision"]
    revision = mq.describe_configuration_revision(ConfigurationId=created["Id"], ConfigurationRevision="2")
    assert base64_read(revision["Data"]) == text

    broker = mq.create_broker(
        BrokerName="queue", DeploymentMode="CLUSTER_MULTI_AZ", EngineType="RABBITMQ", EngineVersion=version,
        HostInstanceType="mq.m7g.large", PubliclyAccessible=True, Configuration={"Id": created["Id"]},
        Users=[{"Username": "admin", "Password": PASSWORD}])["BrokerId"]
    running = until(mq, broker, "RUNNING")
    assert running["BrokerInstances"] == [{
        "ConsoleURL": f"https://{broker}.mq.us-east-1.on.aws",
        "Endpoints": [f"amqps://{broker}.mq.us-east-1.on.aws:5671"]}]
    assert running["Configurations"] == {"Current": {"Id": created["Id"], "Revision": 2}, "History": []}
    assert running["Logs"] == {"General": False, "GeneralLogGroup": f"/aws/amazonmq/broker/{broker}/general"}
    assert (running["EngineType"], running["StorageType"], running["Users"]) == ("RabbitMQ", "ebs", [])

    share = "arn:aws:ram:us-east-1:123456789012:resource-share/12345678-1234-1234-1234-123456789012"
    assert members(mq.update_broker(BrokerId=broker, ResourceShareArns=[share])) == {
        "BrokerId": broker, "ResourceShareArns": [share]}

    def shares():
        pages = mq.get_paginator("describe_shared_resources").paginate(BrokerId=broker)
        return [(row["ResourceArn"], row["Type"], row["Status"]) for page in pages for row in page["SharedResources"]]

    assert shares() == [(share, "RESOURCE_SHARE", "SETUP_IN_PROGRESS")]
    reboot(mq, broker)
    assert shares() == [(share, "RESOURCE_SHARE", "AVAILABLE")]

    mq.delete_broker(BrokerId=broker)
    until_gone(mq, broker)


def test_a_resource_share_that_cannot_be_used_is_named(serve):
    share = "arn:aws:ram:us-east-1:123456789012:resource-share/lost"
    mq = connect(serve(more=sql_insert("resource_share_error", resource_share_arn=share)))
    response = refusal(mq, "BadRequestException", "UpdateBroker", BrokerId="b-events", ResourceShareArns=[share])
    assert response["ErrorAttribute"] == "resourceShareArns"
    assert response["ResourceShareErrors"] == [
        {"ErrorCode": "SHARE_NOT_FOUND", "ResourceShareArn": share, "Status": "ERROR"}]


def test_tags_of_a_broker_and_of_a_configuration(serve):
    mq = connect(serve())
    for arn in (f"{ACCOUNT}:broker:orders:b-orders", f"{ACCOUNT}:configuration:c-orders"):
        assert mq.list_tags(ResourceArn=arn)["Tags"] == {}
        made = mq.create_tags(ResourceArn=arn, Tags={"team": "shop", "cost centre": "10 %", "ключ": ""})
        assert (members(made), made["ResponseMetadata"]["HTTPStatusCode"]) == ({}, 204)
        mq.create_tags(ResourceArn=arn, Tags={"team": "stock"})
        assert mq.list_tags(ResourceArn=arn)["Tags"] == {"team": "stock", "cost centre": "10 %", "ключ": ""}
        gone = mq.delete_tags(ResourceArn=arn, TagKeys=["cost centre", "ключ", "never there"])
        assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert mq.describe_broker(BrokerId="b-orders")["Tags"] == {"team": "stock"}
    assert mq.describe_configuration(ConfigurationId="c-orders")["Tags"] == {"team": "stock"}


def test_the_catalogue(serve):
    mq = connect(serve())
    engines = members(mq.describe_broker_engine_types())
    assert engines["MaxResults"] == 20 and "NextToken" not in engines
    assert [row["EngineType"] for row in engines["BrokerEngineTypes"]] == ["ACTIVEMQ", "RABBITMQ"]
    rows, token = [], {}
    while True:
        page = mq.describe_broker_instance_options(MaxResults=5, **token)
        assert len(page["BrokerInstanceOptions"]) <= page["MaxResults"] == 5
        rows += page["BrokerInstanceOptions"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    keys = [(row["EngineType"], row["HostInstanceType"], row["StorageType"]) for row in rows]
    assert keys == sorted(set(keys)) and len(keys) > 15
    for engine, host, storage in keys:
        (row,) = mq.describe_broker_instance_options(EngineType=engine, HostInstanceType=host,
                                                     StorageType=storage)["BrokerInstanceOptions"]
        assert row in rows


def test_what_the_catalogue_offers_can_be_created(serve):
    mq = connect(serve("--create-time", "0"))
    rows = mq.describe_broker_instance_options(MaxResults=100)["BrokerInstanceOptions"]
    for number, row in enumerate(rows):
        for mode in row["SupportedDeploymentModes"]:
            for version in row["SupportedEngineVersions"]:
                made = mq.create_broker(
                    BrokerName=f"offer-{number}-{mode}-{version.replace('.', '-')}", DeploymentMode=mode,
                    EngineType=row["EngineType"], EngineVersion=version, HostInstanceType=row["HostInstanceType"],
                    StorageType=row["StorageType"].upper(), PubliclyAccessible=True,
                    Users=[{"Username": "admin", "Password": PASSWORD}])
                broker = mq.describe_broker(BrokerId=made["BrokerId"])
                assert (broker["BrokerState"], broker["DeploymentMode"], broker["StorageType"]) == (
                    "RUNNING", mode, row["StorageType"])
                # Some versions are shown with their patch.
                assert f"{broker['EngineVersion']}.".startswith(f"{version}.")


def test_configurations_and_revisions_are_paged_by_hand(serve):
    more, _ = many_brokers(9)
    mq = connect(serve(more=more))
    data = base64_text(SANITIZED)
    for _ in range(11):
        mq.update_configuration(ConfigurationId="c-orders", Data=data)

    def pages(call, key):
        lengths, found, token = [], [], {}
        while True:
            page = call(MaxResults=5, **token)
            lengths.append(len(page[key]))
            found += page[key]
            if "NextToken" not in page:
                return lengths, found
            token = {"NextToken": page["NextToken"]}

    # Here the service gives a token with every page that is not empty.
    lengths, rows = pages(mq.list_configurations, "Configurations")
    ids = [row["Id"] for row in rows]
    assert lengths == [5, 5, 2, 0] and ids == sorted(ids)
    lengths, rows = pages(lambda **page: mq.list_configuration_revisions(ConfigurationId="c-orders", **page),
                          "Revisions")
    assert (lengths, [row["Revision"] for row in rows]) == ([5, 5, 2, 0], list(range(1, 13)))


def test_a_replica_is_promoted(serve):
    """A pair across two regions: made, applied by a reboot of the primary, turned round."""
    server = serve(*QUICK, more=sql_broker("b-primary", engine_version="5.18",
                                           deployment_mode="ACTIVE_STANDBY_MULTI_AZ"))
    east, west = connect(server), connect(server, region_name="us-west-2")
    replica = west.create_broker(
        BrokerName="replica", DeploymentMode="ACTIVE_STANDBY_MULTI_AZ", EngineType="ACTIVEMQ", EngineVersion="5.18",
        HostInstanceType="mq.m5.large", PubliclyAccessible=False, DataReplicationMode="CRDR",
        DataReplicationPrimaryBrokerArn=f"{ACCOUNT}:broker:primary:b-primary",
        Users=[{"Username": "admin", "Password": PASSWORD, "ReplicationUser": True}])["BrokerId"]
    described = west.describe_broker(BrokerId=replica)
    assert described["PendingDataReplicationMode"] == "CRDR"
    assert described["PendingDataReplicationMetadata"] == {
        "DataReplicationCounterpart": {"BrokerId": "b-primary", "Region": "us-east-1"},
        "DataReplicationRole": "REPLICA"}
    eventually(lambda: west.describe_broker(BrokerId=replica)["BrokerState"] != "CREATION_IN_PROGRESS",
               "the replica created")
    reboot(east, "b-primary")
    roles = {"primary": east.describe_broker(BrokerId="b-primary"), "replica": west.describe_broker(BrokerId=replica)}
    assert {name: row["DataReplicationMetadata"]["DataReplicationRole"] for name, row in roles.items()} == {
        "primary": "PRIMARY", "replica": "REPLICA"}
    assert roles["replica"]["BrokerState"] == "REPLICA"
    refusal(east, "BadRequestException", "Promote", BrokerId="b-primary", Mode="SWITCHOVER")
    assert members(west.promote(BrokerId=replica, Mode="SWITCHOVER")) == {"BrokerId": replica}
    assert west.describe_broker(BrokerId=replica)["DataReplicationMetadata"]["DataReplicationRole"] == "PRIMARY"
    assert east.describe_broker(BrokerId="b-primary")["BrokerState"] == "REPLICA"
