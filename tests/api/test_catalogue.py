"""DescribeBrokerEngineTypes and DescribeBrokerInstanceOptions, and what a seeded catalogue changes."""

import itertools

import pytest

import control_calls as control
import harness
from harness import Server, assert_bad_request, assert_error, assert_ok, compact, credential, query, sql_insert, token

ENGINES = "/v1/broker-engine-types"
OPTIONS = "/v1/broker-instance-options"
SINGLE, STANDBY, CLUSTER = "SINGLE_INSTANCE", "ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"
VERSIONS = {"ACTIVEMQ": ["5.19", "5.18"], "RABBITMQ": ["4.3", "4.2", "3.13"]}
M5 = ("2xlarge", "4xlarge", "large", "xlarge")
M7G = ("12xlarge", "16xlarge", "2xlarge", "4xlarge", "8xlarge", "large", "medium", "xlarge")


def zones(*names):
    return [{"name": name} for name in names]


def option(engine, host, storage, modes, versions=None, where=zones("us-east-1a", "us-east-1b", "us-east-1c")):
    """One row as the server writes it."""
    return {"availabilityZones": where, "engineType": engine, "hostInstanceType": host, "storageType": storage,
            "supportedDeploymentModes": modes, "supportedEngineVersions": versions or VERSIONS[engine]}


# In the order of the list.
DEFAULT = [
    *(option("ACTIVEMQ", f"mq.m5.{size}", storage, [SINGLE] if storage == "ebs" else [SINGLE, STANDBY])
      for size in M5 for storage in ("ebs", "efs")),
    option("ACTIVEMQ", "mq.t3.micro", "efs", [SINGLE, STANDBY]),
    *(option("RABBITMQ", f"mq.m5.{size}", "ebs", [SINGLE, CLUSTER], ["3.13"]) for size in M5),
    *(option("RABBITMQ", f"mq.m7g.{size}", "ebs", [SINGLE, CLUSTER]) for size in M7G),
]


def get(client, path, headers=(), **members):
    """The parsed answer; maxResults is always echoed."""
    body = assert_ok(client.call("GET", path + (query(**members) if members else ""), headers=headers)).json()
    assert body["maxResults"] == int(members.get("maxResults", 20))
    return body


def options(client, headers=(), **members):
    """All rows, page by page."""
    rows, following = [], {}
    while True:
        body = get(client, OPTIONS, headers, **members, **following)
        rows += body["brokerInstanceOptions"]
        if "nextToken" not in body:
            return rows
        assert len(body["brokerInstanceOptions"]) == body["maxResults"]
        following = {"nextToken": body["nextToken"]}


def engines(client, **members):
    """Engine type -> versions, in the order of the answer."""
    body = get(client, ENGINES, **members)
    assert "nextToken" not in body
    return {row["engineType"]: [version["name"] for version in row["engineVersions"]]
            for row in body["brokerEngineTypes"]}


# --- Engine types ----------------------------------------------------------------------------------------------

def test_CAT_1_CAT_2_CAT_3_engine_types_as_recorded(client):
    assert_ok(client.call("GET", ENGINES), {
        "brokerEngineTypes": [
            {"engineType": "ACTIVEMQ", "engineVersions": [{"name": "5.19"}, {"name": "5.18"}]},
            {"engineType": "RABBITMQ", "engineVersions": [{"name": "4.3"}, {"name": "4.2"}, {"name": "3.13"}]}],
        "maxResults": 20})


@pytest.mark.parametrize("value, engine", [("ACTIVEMQ", "ACTIVEMQ"), ("activemq", "ACTIVEMQ"),
                                           ("ActiveMQ", "ACTIVEMQ"), ("RABBITMQ", "RABBITMQ"),
                                           ("rabbitmq", "RABBITMQ"), ("RabbitMQ", "RABBITMQ")])
def test_CAT_4_filtered_by_engine_type(client, value, engine):
    assert engines(client, engineType=value) == {engine: VERSIONS[engine]}
    assert options(client, engineType=value) == [row for row in DEFAULT if row["engineType"] == engine]


@pytest.mark.parametrize("path", [ENGINES, OPTIONS])
@pytest.mark.parametrize("value", ["KAFKA", "ACTIVE", "ACTIVEMQ ", " ", "ACTIVEMQRABBITMQ", "a" * 1000, '"', "é"])
def test_CAT_5_unknown_engine_type(client, path, value):
    assert_bad_request(client.call("GET", path + query(engineType=value)), f"Broker engine type [{value}] is invalid. "
                       "Valid values are: [ACTIVEMQ, RABBITMQ]", "engineType")


@pytest.mark.parametrize("members", ["?engineType=", "?engineType", "?engineType=&maxResults=20", "?engine=KAFKA",
                                     "?EngineType=KAFKA", "?engineType=&engineType=KAFKA"])
def test_CAT_6_an_empty_engine_type_filters_nothing(client, members):
    assert client.call("GET", ENGINES + members).body == client.call("GET", ENGINES).body
    assert client.call("GET", OPTIONS + members).body == client.call("GET", OPTIONS).body


@pytest.mark.parametrize("members", ["?hostInstanceType=&storageType=", "?hostInstanceType&storageType",
                                     "?hostinstancetype=x&storagetype=x"])
def test_CAT_6_other_empty_filters(client, members):
    assert client.call("GET", OPTIONS + members).body == client.call("GET", OPTIONS).body


@pytest.mark.parametrize("size", [5, 20, 100])
def test_CAT_12_engine_types_fit_any_page(client, size):
    assert engines(client, maxResults=size) == VERSIONS
    assert engines(client, maxResults=size, nextToken=token("ACTIVEMQ")) == {"RABBITMQ": VERSIONS["RABBITMQ"]}
    assert engines(client, maxResults=size, nextToken=token("RABBITMQ")) == {}
    assert engines(client, maxResults=size, nextToken=token("ACTIVEMQ"), engineType="ACTIVEMQ") == {}


# --- Instance options ------------------------------------------------------------------------------------------

def test_CAT_2_CAT_7_one_option_as_recorded(client):
    """The recorded row, with the version that has come since."""
    headers = [credential(harness.DEFAULT_ACCOUNT, "us-west-1")]
    response = client.call("GET", OPTIONS + query(engineType="RABBITMQ", hostInstanceType="mq.m7g.medium"),
                           headers=headers)
    assert_ok(response, {
        "brokerInstanceOptions": [{
            "availabilityZones": [{"name": "us-west-1c"}, {"name": "us-west-1a"}], "engineType": "RABBITMQ",
            "hostInstanceType": "mq.m7g.medium", "storageType": "ebs",
            "supportedDeploymentModes": ["SINGLE_INSTANCE", "CLUSTER_MULTI_AZ"],
            "supportedEngineVersions": ["4.3", "4.2", "3.13"]}],
        "maxResults": 20})


def test_CAT_8_CAT_9_the_whole_catalogue(client):
    assert len(DEFAULT) == 21
    body = assert_ok(client.call("GET", OPTIONS + query(maxResults=100)),
                     {"brokerInstanceOptions": DEFAULT, "maxResults": 100}).json()
    keys = [(row["engineType"], row["hostInstanceType"], row["storageType"]) for row in body["brokerInstanceOptions"]]
    assert keys == sorted(keys)


def test_CAT_9_CAT_12_the_first_page(client):
    body = get(client, OPTIONS)
    assert body["brokerInstanceOptions"] == DEFAULT[:20]
    assert body["nextToken"] == token("RABBITMQ/mq.m7g.medium/EBS")


@pytest.mark.parametrize("size", [5, 7, 9, 20, 21, 100])
def test_CAT_12_walks_of_every_size(client, size):
    assert options(client, maxResults=size) == DEFAULT


CHOICES = {"engineType": (None, "ACTIVEMQ", "RABBITMQ"),
           "hostInstanceType": (None, "mq.m5.large", "mq.t3.micro", "mq.m7g.16xlarge", "mq.t3"),
           "storageType": (None, "EBS", "EFS")}


@pytest.mark.parametrize("chosen", itertools.product(*CHOICES.values()), ids=str)
def test_CAT_10_every_filter_with_every_other(client, chosen):
    members = {name: value for name, value in zip(CHOICES, chosen) if value}
    wanted = [row for row in DEFAULT
              if all(row[name].upper() == value.upper() for name, value in members.items())]
    assert options(client, **members) == wanted
    assert options(client, maxResults=5, **members) == wanted


@pytest.mark.parametrize("value", ["ebs", "EBS", "Ebs"])
def test_CAT_10_storage_types_in_any_case(client, value):
    assert options(client, storageType=value) == [row for row in DEFAULT if row["storageType"] == "ebs"]


@pytest.mark.parametrize("members", [
    {"hostInstanceType": "mq.m4.large"}, {"hostInstanceType": "MQ.M5.LARGE"}, {"hostInstanceType": "mq.m5.large "},
    {"hostInstanceType": "%"}, {"hostInstanceType": "é" * 200}, {"storageType": "S3"}, {"storageType": "EFSEBS"},
    {"hostInstanceType": "mq.m5.large", "storageType": "x"}], ids=str)
def test_CAT_10_unknown_values_give_an_empty_list(client, members):
    assert_ok(client.call("GET", OPTIONS + query(**members)), {"brokerInstanceOptions": [], "maxResults": 20})


@pytest.mark.parametrize("key", [("ACTIVEMQ", "mq.m5.large", "EBS"), ("ACTIVEMQ", "mq.m5.large", "EFS"),
                                 ("ACTIVEMQ", "mq.aaa", "EBS"), ("ACTIVEMQ", "mq.zzz", "EFS"),
                                 ("RABBITMQ", "mq.m5.large", "EBS"), ("RABBITMQ", "mq.n", "EFS")], ids="/".join)
@pytest.mark.parametrize("members", [{}, {"storageType": "EBS"}, {"storageType": "EFS"}, {"engineType": "ACTIVEMQ"},
                                     {"hostInstanceType": "mq.m5.large"}, {"engineType": "RABBITMQ"},
                                     {"hostInstanceType": "mq.m5.large", "storageType": "EFS"}], ids=str)
def test_CAT_12_a_token_continues_after_its_key_whatever_the_filter(client, key, members):
    after = (key[0], key[1], key[2].lower())
    wanted = [row for row in options(client, **members)
              if (row["engineType"], row["hostInstanceType"], row["storageType"]) > after]
    assert get(client, OPTIONS, maxResults=100, nextToken=token("/".join(key)), **members)["brokerInstanceOptions"] == \
        wanted


BAD_KEYS = {
    ENGINES: ["ACTIVEMQ/mq.m5.large/EBS", "activemq", "KAFKA", "", "b-1", "ACTIVEMQ ", "1"],
    OPTIONS: ["ACTIVEMQ", "b-1", "", "1", "activemq/mq.m5.large/EBS", "ACTIVEMQ/mq.m5.large/ebs",
              "ACTIVEMQ/mq.m5.large", "ACTIVEMQ/mq.m5.large/", "ACTIVEMQ//EBS", "ACTIVEMQ/mq./EBS",
              "ACTIVEMQ/m5.large/EBS", "ACTIVEMQ/mq.M5.large/EBS", "ACTIVEMQ/mq.m5.large/EBS/",
              "ACTIVEMQ/mq.m5.large/EBS/EFS", "/mq.m5.large/EBS", "KAFKA/mq.m5.large/EBS",
              f"ACTIVEMQ/mq.{'m' * 48}/EBS", "ACTIVEMQ/mq.m5\0/EBS", "ACTIVEMQ/mq.é/EBS"],
}


@pytest.mark.parametrize("path, text", [(path, token(key)) for path, keys in BAD_KEYS.items() for key in keys]
                         + [(path, "invalid") for path in BAD_KEYS])
def test_CAT_12_tokens_of_other_lists(client, path, text):
    assert_bad_request(client.call("GET", path + query(nextToken=text)),
                       f"Invalid next token [{text}]. Make sure you copied the token correctly.", "nextToken")


@pytest.mark.parametrize("path", [ENGINES, OPTIONS])
@pytest.mark.parametrize("value", ["4", "101", "", "abc", "0"])
def test_CAT_12_maxResults_out_of_range(client, path, value):
    assert_bad_request(client.call("GET", path + query(maxResults=value)),
                       f"Invalid max results value [{value}]. Specify an integer between [5] and [100].", "maxResults")


@pytest.mark.parametrize("path", [ENGINES, OPTIONS])
def test_CAT_13_the_order_of_the_refusals(client, path):
    members = {"nextToken": "x", "maxResults": "4", "engineType": "KAFKA"}
    assert_bad_request(client.call("GET", path + query(**members)), "Broker engine type [KAFKA] is invalid. "
                       "Valid values are: [ACTIVEMQ, RABBITMQ]", "engineType")
    del members["engineType"]
    assert_bad_request(client.call("GET", path + query(**members)),
                       "Invalid max results value [4]. Specify an integer between [5] and [100].", "maxResults")


@pytest.mark.parametrize("region, names", [
    ("us-east-1", ("us-east-1a", "us-east-1b", "us-east-1c")), ("us-west-1", ("us-west-1c", "us-west-1a")),
    ("eu-central-1", ("eu-central-1a", "eu-central-1b", "eu-central-1c")),
    ("cn-north-1", ("cn-north-1a", "cn-north-1b", "cn-north-1c"))])
def test_CAT_11_zones_of_the_region_that_is_asked(client, region, names):
    rows = options(client, [credential(harness.DEFAULT_ACCOUNT, region)])
    assert [row["availabilityZones"] for row in rows] == [zones(*names)] * len(DEFAULT)


# --- Regions ---------------------------------------------------------------------------------------------------

NEW_REGIONS = ("ap-east-2", "ap-southeast-6")


def in_region(region):
    return [credential(harness.DEFAULT_ACCOUNT, region)]


@pytest.mark.parametrize("region", NEW_REGIONS)
def test_CAT_20_regions_without_m5(client, region):
    wanted = [{**row, "hostInstanceType": row["hostInstanceType"].replace("mq.m5.", "mq.m7i."),
               "availabilityZones": zones(*(region + zone for zone in "abc"))}
              for row in DEFAULT if (row["engineType"], row["hostInstanceType"][:6]) != ("RABBITMQ", "mq.m5.")]
    caller = in_region(region)
    assert options(client, caller) == sorted(wanted, key=lambda row: (row["engineType"], row["hostInstanceType"], row["storageType"]))
    assert len(wanted) == 17
    for size in (5, 9, 17, 100):
        assert options(client, caller, maxResults=size) == options(client, caller)
    assert options(client, caller, hostInstanceType="mq.m5.large") == []
    assert options(client, caller, storageType="EBS") == [row for row in options(client, caller) if row["storageType"] == "ebs"]
    assert [row["storageType"] for row in options(client, caller, hostInstanceType="mq.m7i.4xlarge")] == ["ebs", "efs"]


@pytest.mark.parametrize("region", ["us-east-1", "ap-east-1", "ap-southeast-5", "ap-east-2x", "ap-east", "a"])
def test_CAT_20_all_others_have_the_default_list(client, region):
    assert [row["hostInstanceType"] for row in options(client, in_region(region))] == [row["hostInstanceType"] for row in DEFAULT]


@pytest.mark.parametrize("region, has, has_not", [
    ("us-east-1", "mq.m5.large", "mq.m7i.large"), *((region, "mq.m7i.large", "mq.m5.large") for region in NEW_REGIONS)])
def test_CAT_20_CAT_17_brokers_of_a_region(client, region, has, has_not):
    caller = in_region(region)
    made = harness.create_broker(client, harness.broker_body(harness.broker_name(), hostInstanceType=has), caller)
    refusal = f"Broker engine type [ActiveMQ] does not support host instance type [{has_not}]."
    body = harness.broker_body(harness.broker_name(), hostInstanceType=has_not)
    assert_bad_request(client.call("POST", "/v1/brokers", body, caller), refusal, "hostInstanceType")
    path = harness.broker_path(made)
    assert_bad_request(client.call("PUT", path, {"hostInstanceType": has_not}, caller), refusal, "hostInstanceType")
    larger = has.replace("large", "xlarge")
    assert_ok(client.call("PUT", path, {"hostInstanceType": larger}, caller), {"brokerId": made, "hostInstanceType": larger})


def test_CAT_21_a_seed_changes_one_region(serve):
    """It adds a type there, says more of one, and takes one away; the next region has what it had."""
    seed = (instance("RABBITMQ", "mq.t3.micro", "EBS", region="eu-west-1")
            + instance("ACTIVEMQ", "mq.m5.large", "EFS", region="eu-west-1", engine_versions=["5.18"])
            + instance("ACTIVEMQ", "mq.m5.large", "EBS", (), region="eu-west-1")
            + instance("ACTIVEMQ", "mq.z1", "EFS"))
    client = serve("--create-time", "0", seed=seed).client()
    caller, where = in_region("eu-west-1"), zones("eu-west-1a", "eu-west-1b", "eu-west-1c")
    rows = options(client, caller, maxResults=5)
    assert len(rows) == 21 + 2 - 1
    assert option("RABBITMQ", "mq.t3.micro", "ebs", [SINGLE], where=where) in rows
    assert options(client, caller, hostInstanceType="mq.m5.large", engineType="ACTIVEMQ") == [
        option("ACTIVEMQ", "mq.m5.large", "efs", [SINGLE], ["5.18"], where)]
    assert all(row["hostInstanceType"] != "mq.m5.large" for row in options(client, caller, storageType="EBS", engineType="ACTIVEMQ"))
    assert len(options(client)) == len(DEFAULT) + 1 and options(client, hostInstanceType="mq.t3.micro") == DEFAULT[8:9]
    body = harness.rabbit_body("one", hostInstanceType="mq.t3.micro")
    assert client.call("POST", "/v1/brokers", body).status == 400
    assert_ok(client.call("POST", "/v1/brokers", body, caller))
    assert_bad_request(client.call("POST", "/v1/brokers", harness.broker_body("two", storageType="EBS", engineVersion="5.18"), caller),
                       "Broker engine type [ActiveMQ] does not support storage type [EBS].", "storageType")


def test_CAT_20_CAT_21_a_reset_fills_the_regions_again(serve):
    client = serve().client()
    before = options(client, in_region("ap-east-2"))
    control.done(client, "POST", "/_local/seed", "DELETE FROM instance_option WHERE region <> '';")
    assert [row["hostInstanceType"] for row in options(client, in_region("ap-east-2"))] == [row["hostInstanceType"] for row in DEFAULT]
    control.done(client, "POST", "/_local/reset?empty=true")
    assert options(client, in_region("ap-east-2")) == before


# --- A seeded catalogue ----------------------------------------------------------------------------------------

def version(engine, name):
    return sql_insert("engine_version", engine_type=engine, version=name)


def instance(engine, host, storage, modes=(SINGLE,), **columns):
    return sql_insert("instance_option", engine_type=engine, host_instance_type=host, storage_type=storage,
                      deployment_modes=list(modes), **columns)


SEED = "".join([
    *(version("ACTIVEMQ", name) for name in ("5.9", "5.17.6", "5.17.16", "5.17.2", "5.20", "10")),
    "DELETE FROM engine_version WHERE version = '5.18';",
    "DELETE FROM instance_option WHERE host_instance_type = 'mq.m5.large' AND engine_type = 'ACTIVEMQ';",
    instance("ACTIVEMQ", "mq.old", "EFS", engine_versions=["5.17.2", "5.18", "5.9", "5.20"]),
    instance("ACTIVEMQ", "mq.old", "EBS", (STANDBY, SINGLE), engine_versions=["5.19"]),
    instance("RABBITMQ", "mq.new", "EBS", (CLUSTER,)),
    sql_insert("instance_option", engine_type="ACTIVEMQ", host_instance_type="mq.odd", storage_type="EFS",
               deployment_modes='["SINGLE_INSTANCE"  ,"ACTIVE_STANDBY_MULTI_AZ"]',
               engine_versions='["5.9" ,"5.19", "10"]'),
    *(sql_insert("availability_zone", region=region, name=name)
      for region, name in (("us-east-1", "us-east-1f"), ("us-east-1", "use1-az4"), ("us-west-1", "us-west-1b"))),
])


@pytest.fixture(scope="module")
def seeded():
    with Server("--create-time", "0", seed=SEED) as server:
        yield server


@pytest.fixture
def other(seeded):
    with seeded.client() as connection:
        yield connection


def test_CAT_3_CAT_14_seeded_versions_by_their_numbers(other):
    assert engines(other) == {"ACTIVEMQ": ["10", "5.20", "5.19", "5.17.16", "5.17.6", "5.17.2", "5.9"],
                              "RABBITMQ": VERSIONS["RABBITMQ"]}


def test_CAT_3_CAT_14_seeded_options(other):
    where = zones("us-east-1f", "use1-az4")
    rows = {(row["engineType"], row["hostInstanceType"], row["storageType"]): row for row in options(other)}
    assert len(rows) == 21 - 2 + 4
    assert rows["ACTIVEMQ", "mq.old", "efs"] == option("ACTIVEMQ", "mq.old", "efs", [SINGLE],
                                                       ["5.20", "5.17.2", "5.9"], where)
    assert rows["ACTIVEMQ", "mq.old", "ebs"] == option("ACTIVEMQ", "mq.old", "ebs", [STANDBY, SINGLE], ["5.19"], where)
    assert rows["RABBITMQ", "mq.new", "ebs"] == option("RABBITMQ", "mq.new", "ebs", [CLUSTER], None, where)
    assert rows["ACTIVEMQ", "mq.t3.micro", "efs"]["supportedEngineVersions"] == engines(other)["ACTIVEMQ"]
    assert ("ACTIVEMQ", "mq.m5.large", "ebs") not in rows
    assert options(other, hostInstanceType="mq.m5.large") == [rows["RABBITMQ", "mq.m5.large", "ebs"]]


def test_CAT_14_a_list_with_blanks(other):
    assert options(other, hostInstanceType="mq.odd")[0] == option(
        "ACTIVEMQ", "mq.odd", "efs", [SINGLE, STANDBY], ["10", "5.19", "5.9"], zones("us-east-1f", "use1-az4"))


def test_CAT_11_CAT_14_seeded_zones(other):
    def zones_of(region):
        return options(other, [credential(harness.DEFAULT_ACCOUNT, region)])[0]["availabilityZones"]

    assert zones_of("us-west-1") == zones("us-west-1c", "us-west-1a", "us-west-1b")
    assert zones_of("eu-west-1") == zones("eu-west-1a", "eu-west-1b", "eu-west-1c")


def test_CAT_14_an_engine_without_versions(serve):
    client = serve(seed="DELETE FROM engine_version;"
                        "DELETE FROM instance_option WHERE engine_type = 'RABBITMQ';").client()
    assert engines(client) == {"ACTIVEMQ": [], "RABBITMQ": []}
    assert [row["supportedEngineVersions"] for row in options(client)] == [[]] * 9
    assert options(client, engineType="RABBITMQ") == []
    assert_bad_request(client.call("POST", "/v1/brokers", harness.broker_body("none")),
                       "Broker engine version [] is invalid for broker engine type [ACTIVEMQ]. Valid values: [].",
                       "engineVersion")


def test_CAT_12_many_options(serve):
    seed = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
            "INSERT INTO instance_option (engine_type, host_instance_type, storage_type, deployment_modes) "
            "SELECT 'ACTIVEMQ', printf('mq.a%04d', i), CASE WHEN i % 10 THEN 'EFS' ELSE 'EBS' END, "
            "'[\"SINGLE_INSTANCE\"]' FROM n;")
    client = serve(seed=seed).client()
    rows = options(client, maxResults=100)
    assert len(rows) == 1021
    assert [row["hostInstanceType"] for row in rows[:1000]] == [f"mq.a{number:04}" for number in range(1, 1001)]
    ebs = options(client, storageType="EBS", engineType="ACTIVEMQ")
    assert [row["hostInstanceType"] for row in ebs] == (
        [f"mq.a{number:04}" for number in range(10, 1001, 10)] + [f"mq.m5.{size}" for size in M5])


# --- What brokers are checked against --------------------------------------------------------------------------

def create(client, **members):
    return client.call("POST", "/v1/brokers", harness.broker_body(harness.broker_name(), **members))


def test_CAT_15_the_newest_version_is_the_default(client, other):
    for connection, newest in ((client, "5.19"), (other, "10")):
        made = harness.create_broker(connection, harness.broker_body(harness.broker_name(),
                                                                     hostInstanceType="mq.t3.micro"))
        assert harness.describe_broker(connection, made)["engineVersion"] == newest


@pytest.mark.parametrize("name", ["5.18", "5.19.0", "5.17", "4.3", "05.19", "5.19 ", "", "newest", '"', "9" * 300])
def test_CAT_16_an_unknown_version(other, name):
    assert_bad_request(create(other, engineVersion=name),
                       f"Broker engine version [{name}] is invalid for broker engine type [ACTIVEMQ]. "
                       "Valid values: [10, 5.20, 5.19, 5.17.16, 5.17.6, 5.17.2, 5.9].", "engineVersion")


def test_CAT_16_versions_of_RabbitMQ(client):
    assert_bad_request(client.call("POST", "/v1/brokers", harness.rabbit_body("x", engineVersion="5.19")),
                       "Broker engine version [5.19] is invalid for broker engine type [RABBITMQ]. "
                       "Valid values: [4.3, 4.2, 3.13].", "engineVersion")


GOOD = [
    {"hostInstanceType": "mq.old", "engineVersion": "5.17.2"},
    {"hostInstanceType": "mq.old", "engineVersion": "5.20", "storageType": "EFS"},
    {"hostInstanceType": "mq.old", "engineVersion": "5.19", "storageType": "EBS"},
    {"hostInstanceType": "mq.old", "engineVersion": "5.19", "storageType": "ebs", "deploymentMode": STANDBY},
    {"hostInstanceType": "mq.t3.micro", "deploymentMode": STANDBY},
    {"hostInstanceType": "mq.m5.4xlarge", "storageType": "EBS"},
]


@pytest.mark.parametrize("members", GOOD, ids=str)
def test_CAT_15_what_the_catalogue_has_can_be_made(other, members):
    made = harness.create_broker(other, harness.broker_body(harness.broker_name(), **members))
    body = harness.describe_broker(other, made)
    assert body["storageType"] == members.get("storageType", "EFS").lower()
    assert body["hostInstanceType"] == members["hostInstanceType"]


BAD = [
    ({"hostInstanceType": "mq.m5.large"}, "host instance type [mq.m5.large]", "hostInstanceType"),
    ({"hostInstanceType": "mq.m7g.medium"}, "host instance type [mq.m7g.medium]", "hostInstanceType"),
    ({"hostInstanceType": "MQ.T3.MICRO"}, "host instance type [MQ.T3.MICRO]", "hostInstanceType"),
    ({"hostInstanceType": ""}, "host instance type []", "hostInstanceType"),
    ({"hostInstanceType": "mq.old", "engineVersion": "10"}, "host instance type [mq.old]", "hostInstanceType"),
    ({"hostInstanceType": "mq.old", "engineVersion": "10", "storageType": "EBS", "deploymentMode": CLUSTER},
     "host instance type [mq.old]", "hostInstanceType"),
    ({"hostInstanceType": "mq.old", "engineVersion": "5.19"}, "storage type [EFS]", "storageType"),
    ({"hostInstanceType": "mq.old", "engineVersion": "5.9", "storageType": "EBS"}, "storage type [EBS]", "storageType"),
    ({"hostInstanceType": "mq.t3.micro", "storageType": "EBS", "deploymentMode": CLUSTER}, "storage type [EBS]",
     "storageType"),
    ({"hostInstanceType": "mq.old", "engineVersion": "5.9", "deploymentMode": STANDBY},
     f"deployment mode [{STANDBY}]", "deploymentMode"),
    ({"hostInstanceType": "mq.m5.xlarge", "storageType": "EBS", "deploymentMode": STANDBY},
     f"deployment mode [{STANDBY}]", "deploymentMode"),
    ({"hostInstanceType": "mq.m5.xlarge", "deploymentMode": CLUSTER}, f"deployment mode [{CLUSTER}]", "deploymentMode"),
]


@pytest.mark.parametrize("members, what, attribute", BAD, ids=lambda value: str(value))
def test_CAT_17_what_it_does_not_have_cannot(other, members, what, attribute):
    assert_bad_request(create(other, **members), f"Broker engine type [ActiveMQ] does not support {what}.", attribute)


@pytest.mark.parametrize("members, what, attribute", [
    ({"hostInstanceType": "mq.t3.micro"}, "host instance type [mq.t3.micro]", "hostInstanceType"),
    ({"hostInstanceType": "mq.m5.large", "engineVersion": "4.2"}, "host instance type [mq.m5.large]",
     "hostInstanceType"),
    ({"storageType": "EFS"}, "storage type [EFS]", "storageType"),
    ({"deploymentMode": STANDBY}, f"deployment mode [{STANDBY}]", "deploymentMode")], ids=str)
def test_CAT_17_the_same_for_RabbitMQ(client, members, what, attribute):
    assert_bad_request(client.call("POST", "/v1/brokers", harness.rabbit_body(harness.broker_name(), **members)),
                       f"Broker engine type [RabbitMQ] does not support {what}.", attribute)


def test_CAT_14_the_catalogue_is_no_callers_own(client):
    plain = client.call("GET", ENGINES).body
    assert plain == compact(client.call("GET", ENGINES).json())
    assert client.call("GET", ENGINES, headers=[credential("210987654321", "eu-west-1")]).body == plain


@pytest.mark.parametrize("path", [ENGINES, OPTIONS])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_CAT_1_CAT_7_no_other_method(client, path, method):
    response = client.call(method, path)
    assert response.status == 403
    if method != "HEAD":
        assert_error(response, 403, "MissingAuthenticationTokenException", "Missing Authentication Token")
