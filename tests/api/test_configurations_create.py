"""CreateConfiguration: its answer, and the rules on its members."""

import pytest

from configuration_calls import UUID4, arn_of, create, created, described, new_world, stored
from harness import assert_bad_request, assert_ok, credential, sql_insert

STRATEGIES = "SIMPLE, LDAP, CONFIG_MANAGED"


def count(client):
    """How many configurations the caller's world has."""
    return len(assert_ok(client.call("GET", "/v1/configurations?maxResults=100")).json()["configurations"])


@pytest.mark.parametrize("engine, shown, newest", [("ACTIVEMQ", "ActiveMQ", "5.19"), ("RABBITMQ", "RabbitMQ", "4.3")])
def test_CFG_1_CFG_2_CFG_3_CFG_4_the_answer(client, engine, shown, newest):
    response = assert_ok(create(client, name="first.one", engineType=engine, tags={"team": "a"}))
    body = response.json()
    assert UUID4.fullmatch(body["id"])
    assert body["created"][:23] + "Z" == body["latestRevision"]["created"]
    assert_ok(response, {
        "arn": arn_of(body["id"]), "authenticationStrategy": "simple", "created": body["created"], "id": body["id"],
        "latestRevision": {"created": body["latestRevision"]["created"],
                           "description": f"Auto-generated default for first.one on {shown} {newest}", "revision": 1},
        "name": "first.one"})


@pytest.mark.parametrize("region, partition", [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"),
                                               ("us-gov-west-1", "aws-us-gov")])
def test_CFG_2_the_partition_follows_the_region(shared_server, region, partition):
    client = shared_server.client(headers=[credential("123456789012", region)])
    body = assert_ok(create(client)).json()
    assert body["arn"] == arn_of(body["id"], region=region, partition=partition)


@pytest.mark.parametrize("text, shown", [("ACTIVEMQ", "ActiveMQ"), ("ActiveMQ", "ActiveMQ"), ("activemq", "ActiveMQ"),
                                         ("RABBITMQ", "RabbitMQ"), ("RabbitMQ", "RabbitMQ"), ("rabbitMQ", "RabbitMQ")])
def test_CFG_5_engine_types_in_any_case(client, text, shown):
    assert described(client, created(client, engineType=text))["engineType"] == shown


@pytest.mark.parametrize("text", ["", "ACTIVE_MQ", "KAFKA", " ACTIVEMQ", "ACTIVEMQ ", "АCTIVEMQ", "[x]"])
def test_CFG_5_unknown_engine_types(client, text):
    assert_bad_request(create(client, engineType=text), f"Broker engine type [{text}] is invalid. Valid values are: "
                       "[ACTIVEMQ, RABBITMQ]", "engineType")


@pytest.mark.parametrize("engine, version", [("ACTIVEMQ", None), ("ACTIVEMQ", "5.18"), ("RABBITMQ", None),
                                             ("RABBITMQ", "4.2"), ("RABBITMQ", "3.13")])
def test_CFG_6_versions_of_the_catalogue(client, engine, version):
    body = described(client, created(client, engineType=engine, engineVersion=version))
    newest = {"ACTIVEMQ": "5.19", "RABBITMQ": "4.3"}[engine]
    assert body["engineVersion"] == (version or newest)
    assert body["latestRevision"]["description"].endswith(f" {version or newest}")


@pytest.mark.parametrize("engine, valid, versions", [
    ("ACTIVEMQ", "5.19, 5.18", ["5.18.7", "5.17", "4.3", "", "5.19 ", "latest"]),
    ("rabbitmq", "4.3, 4.2, 3.13", ["3.13.7", "5.19", "", "4"]),
])
def test_CFG_7_versions_the_catalogue_does_not_have(client, engine, valid, versions):
    for version in versions:
        assert_bad_request(create(client, engineType=engine, engineVersion=version),
                           f"Broker engine version [{version}] is invalid for broker engine type [{engine.upper()}]. "
                           f"Valid values: [{valid}].", "engineVersion")


def test_CFG_6_a_version_that_a_seed_added(serve):
    client = serve(seed=sql_insert("engine_version", engine_type="ACTIVEMQ", version="5.17.6")).client()
    body = described(client, created(client, engineVersion="5.17.6", name="old"))
    assert (body["engineVersion"], body["latestRevision"]["description"]) == (
        "5.17.6", "Auto-generated default for old on ActiveMQ 5.17.6")


@pytest.mark.parametrize("engine, text, shown", [
    ("ACTIVEMQ", "SIMPLE", "simple"), ("ACTIVEMQ", "simple", "simple"), ("ACTIVEMQ", "LDAP", "ldap"),
    ("ACTIVEMQ", "Ldap", "ldap"), ("RABBITMQ", "SIMPLE", "simple"), ("RABBITMQ", "CONFIG_MANAGED", "config_managed"),
    ("RABBITMQ", "config_managed", "config_managed")])
def test_CFG_8_strategies_in_any_case(client, engine, text, shown):
    body = assert_ok(create(client, engineType=engine, authenticationStrategy=text)).json()
    assert body["authenticationStrategy"] == shown
    assert described(client, body["id"])["authenticationStrategy"] == shown


@pytest.mark.parametrize("text", ["", "NONE", "SIMPLE ", "CONFIG-MANAGED", "SIMPLE, LDAP", "SIMPLE,"])
def test_CFG_8_unknown_strategies(client, text):
    assert_bad_request(create(client, authenticationStrategy=text), "Value of [authenticationStrategy] is invalid: "
                       f"[{text}]. Valid values are: [{STRATEGIES}].", "authenticationStrategy")


@pytest.mark.parametrize("engine, shown, strategy", [("ACTIVEMQ", "ActiveMQ", "CONFIG_MANAGED"),
                                                     ("RABBITMQ", "RabbitMQ", "LDAP")])
def test_CFG_9_strategies_of_the_other_engine(client, engine, shown, strategy):
    for text in (strategy, strategy.lower()):
        assert_bad_request(create(client, engineType=engine, authenticationStrategy=text), "Broker engine type "
                           f"[{shown}] does not support authentication strategy [{strategy}].",
                           "authenticationStrategy")


@pytest.mark.parametrize("name", ["a", "A.b_c~d-9", "~", "...", "x" * 150])
def test_CFG_10_CFG_11_good_names(client, name):
    assert assert_ok(create(client, name=name)).json()["name"] == name


@pytest.mark.parametrize("name", ["", "x" * 151, "é" * 151])
def test_CFG_10_the_length_of_a_name(client, name):
    assert_bad_request(create(client, name=name), "Configuration name is invalid. Enter a configuration name 1 to 150 "
                       "characters long.", "name")


@pytest.mark.parametrize("name", ["a b", "a/b", "é", "é" * 150, "a:b", "a\nb", "a@b", "a,b"])
def test_CFG_11_the_characters_of_a_name(client, name):
    assert_bad_request(create(client, name=name), "Make sure your Configuration name only contains valid characters.",
                       "name")


def test_CFG_12_names_need_not_be_unique(client):
    assert created(client, name="twice") != created(client, name="twice")


def test_CFG_13_the_order_of_the_rules(client):
    body = {"authenticationStrategy": "x", "engineType": "x", "engineVersion": "x", "name": "", "tags": {"": ""}}
    for member, good in (("authenticationStrategy", "LDAP"), ("engineType", "RABBITMQ"),
                         ("authenticationStrategy", "SIMPLE"), ("name", "good"), ("tags", {}),
                         ("engineVersion", "4.3")):
        refused = create(client, **body)
        assert (refused.status, refused.json()["errorAttribute"]) == (400, member)
        body[member] = good
    assert_ok(create(client, **body))


def test_CFG_14_required_members(client):
    for member in ("engineType", "name"):
        for body in ({}, {"name": None}):
            if member == "name":
                body = {**body, "engineType": "x"}
            assert_bad_request(client.call("POST", "/v1/configurations", body), f"[{member}] is required.", member)


@pytest.mark.parametrize("members, path, kind", [
    ({"authenticationStrategy": 1}, "authenticationStrategy", "string"),
    ({"engineType": ["ACTIVEMQ"]}, "engineType", "string"),
    ({"engineVersion": 5.19}, "engineVersion", "string"),
    ({"name": {}}, "name", "string"),
    ({"tags": ["a"]}, "tags", "object"),
    ({"tags": {"a": 1}}, "tags.a", "string"),
])
def test_CFG_14_wrong_types(client, members, path, kind):
    assert_bad_request(create(client, **members), f"Invalid value for [{path}]. Specify a {kind}.", path)


def test_CFG_51_a_refused_call_creates_nothing(shared_server):
    client, _ = new_world(shared_server)
    for members in ({"engineVersion": "1"}, {"name": ""}, {"tags": {"aws:x": ""}}):
        assert create(client, **members).status == 400
    assert count(client) == 0
    created(client)
    assert count(client) == 1


def test_CFG_48_revision_1_of_rabbitmq(client):
    assert stored(client, created(client, engineType="RABBITMQ"), 1) == (
        "# Management header is set to true to enable Content-Type-Options, Frame-Options, and HSTS headers by "
        "default\n"
        "secure.management.http.headers.enabled = true\n"
        "# Default RabbitMQ delivery acknowledgement timeout is 30 minutes\nconsumer_timeout = 1800000")


def test_CFG_48_revision_1_of_activemq(client):
    assert stored(client, created(client), 1) == (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<broker schedulePeriodForDestinationPurge="10000" xmlns="http://activemq.apache.org/schema/core">\n'
        '  <destinationPolicy>\n    <policyMap>\n      <policyEntries>\n'
        '        <policyEntry gcInactiveDestinations="true" inactiveTimoutBeforeGC="600000" topic="&gt;">\n'
        '          <pendingMessageLimitStrategy>\n'
        '            <constantPendingMessageLimitStrategy limit="1000"/>\n'
        '          </pendingMessageLimitStrategy>\n'
        '        </policyEntry>\n'
        '        <policyEntry gcInactiveDestinations="true" inactiveTimoutBeforeGC="600000" queue="&gt;"/>\n'
        '      </policyEntries>\n    </policyMap>\n  </destinationPolicy>\n  <plugins/>\n</broker>\n')


def test_CFG_48_the_default_data_is_accepted_as_it_is(client):
    for engine in ("ACTIVEMQ", "RABBITMQ"):
        configuration = created(client, engineType=engine)
        body = assert_ok(client.call("GET", f"/v1/configurations/{configuration}/revisions/1")).json()
        answer = assert_ok(client.call("PUT", f"/v1/configurations/{configuration}", {"data": body["data"]})).json()
        assert answer["warnings"] == [] and answer["latestRevision"]["revision"] == 2
        assert stored(client, configuration, 2) == stored(client, configuration, 1)
