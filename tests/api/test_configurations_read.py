"""DescribeConfiguration and ListConfigurations."""

import random

import pytest

from configuration_calls import (UNKNOWN, arn_of, assert_no_configuration, create, described, new_world, rabbit,
                                 update)
from harness import (Server, assert_bad_request, assert_ok, configuration_path, credential, query, revisions_path,
                     sql_broker, sql_insert, token)


def listed(client, **members):
    """One page of ListConfigurations: the rows and the token, or None."""
    body = assert_ok(client.call("GET", "/v1/configurations" + (query(**members) if members else ""))).json()
    assert body["maxResults"] == int(members.get("maxResults", 20))
    return body["configurations"], body.get("nextToken")


def ids(client, **members):
    rows, next_token = listed(client, **members)
    return [row["id"] for row in rows], next_token


def test_CFG_15_CFG_18_describe(client):
    answer = assert_ok(create(client, name="described", authenticationStrategy="LDAP", engineVersion="5.18",
                              tags={"b": "2", "a": "1"})).json()
    assert_ok(client.call("GET", configuration_path(answer["id"])), {
        "arn": answer["arn"], "authenticationStrategy": "ldap", "created": answer["created"],
        "engineType": "ActiveMQ", "engineVersion": "5.18", "id": answer["id"],
        "latestRevision": answer["latestRevision"], "name": "described", "tags": {"a": "1", "b": "2"}})


def test_CFG_15_no_description_and_tags_without_any(client):
    answer = assert_ok(create(client, name="plain", engineType="RABBITMQ", tags={})).json()
    assert_ok(client.call("GET", configuration_path(answer["id"])), {
        "arn": answer["arn"], "authenticationStrategy": "simple", "created": answer["created"],
        "engineType": "RabbitMQ", "engineVersion": "4.3", "id": answer["id"],
        "latestRevision": answer["latestRevision"], "name": "plain", "tags": {}})


def test_CFG_15_the_latest_revision_is_shown(client):
    configuration = rabbit(client)
    for number in range(2, 5):
        answer = assert_ok(update(client, configuration, f"a = {number}")).json()
        body = described(client, configuration)
        assert body["latestRevision"] == answer["latestRevision"]
        assert body["latestRevision"]["revision"] == number and "description" not in body["latestRevision"]


@pytest.mark.parametrize("configuration", [UNKNOWN, "c-1", "not-a-configuration", "x" * 500, "a b", "é", "..", "%"])
def test_CFG_16_unknown_configurations(client, configuration):
    for request in (("GET", configuration_path(configuration)), ("DELETE", configuration_path(configuration)),
                    ("PUT", configuration_path(configuration), {"data": "YT0x"}),
                    ("GET", revisions_path(configuration))):
        assert_no_configuration(client.call(*request), configuration)


@pytest.mark.parametrize("account, region", [("123456789012", "eu-west-1"), ("210987654321", "us-east-1")])
def test_CFG_17_configurations_of_another_world(shared_server, client, account, region):
    stranger = shared_server.client(headers=[credential(account, region)])
    configuration = rabbit(client)
    for request in (("GET", configuration_path(configuration)), ("DELETE", configuration_path(configuration)),
                    ("PUT", configuration_path(configuration), {"data": "YT0x"}),
                    ("GET", revisions_path(configuration))):
        assert_no_configuration(stranger.call(*request), configuration)
    assert configuration not in ids(stranger, maxResults=100)[0]
    assert described(client, configuration)["latestRevision"]["revision"] == 1


def test_CFG_18_CFG_19_rows_of_the_list(shared_server):
    client, account = new_world(shared_server)
    one = assert_ok(create(client, name="one", tags={"k": "v"})).json()
    two = assert_ok(create(client, name="two", engineType="RABBITMQ", authenticationStrategy="CONFIG_MANAGED")).json()
    latest = assert_ok(update(client, two["id"], "a = 1", description="changed")).json()["latestRevision"]
    rows = sorted([
        {"arn": arn_of(one["id"], account), "authenticationStrategy": "simple", "created": one["created"],
         "engineType": "ActiveMQ", "engineVersion": "5.19", "id": one["id"], "latestRevision": one["latestRevision"],
         "name": "one", "tags": {"k": "v"}},
        {"arn": arn_of(two["id"], account), "authenticationStrategy": "config_managed", "created": two["created"],
         "engineType": "RabbitMQ", "engineVersion": "4.3", "id": two["id"], "latestRevision": latest, "name": "two"}],
        key=lambda row: row["id"])
    assert_ok(client.call("GET", "/v1/configurations"),
              {"configurations": rows, "maxResults": 20, "nextToken": token(rows[1]["id"])})


def test_CFG_19_CFG_21_an_empty_list(shared_server):
    client, _ = new_world(shared_server)
    assert_ok(client.call("GET", "/v1/configurations"), {"configurations": [], "maxResults": 20})


# --- Pages -----------------------------------------------------------------------------------------------------

NAMES = sorted([f"c-{number:02}" for number in range(38)] + ["C-x", "Zz", "a", "b-", "0", "z", "--"])  # 45


@pytest.fixture(scope="module")
def paged():
    shuffled = random.Random(1).sample(NAMES, len(NAMES))
    seed = "".join(sql_insert("configuration", id=name, name=f"name-of-{name}") for name in shuffled)
    with Server(seed=seed) as server:
        yield server


@pytest.mark.parametrize("size", [5, 9, 15, 20, 44, 45, 46, 100])
def test_CFG_20_CFG_21_CFG_22_walks_of_every_size(paged, size):
    client, seen, members = paged.client(), [], {}
    while True:
        names, next_token = ids(client, maxResults=size, **members)
        assert names == NAMES[len(seen):len(seen) + size]
        assert next_token == (token(names[-1]) if names else None)
        if not names:
            break
        seen += names
        members = {"nextToken": next_token}
    assert seen == NAMES


def test_CFG_20_twenty_rows_without_maxResults(paged):
    assert ids(paged.client()) == (NAMES[:20], token(NAMES[19]))


@pytest.mark.parametrize("key", ["c-051", "zzz", "7", "x" * 106])
def test_CFG_22_a_token_of_a_row_that_never_was(paged, key):
    expected = [name for name in NAMES if name > key][:20]
    assert ids(paged.client(), nextToken=token(key))[0] == expected


@pytest.mark.parametrize("key", ["", "a.b", "a_b", "x" * 107, "é", "a b", 'a"b'])
def test_CFG_23_a_token_whose_key_is_no_configuration_id(client, key):
    assert_bad_request(client.call("GET", "/v1/configurations" + query(nextToken=token(key))),
                       f"Invalid next token [{token(key)}]. Make sure you copied the token correctly.", "nextToken")


@pytest.mark.parametrize("members, message, attribute", [
    ({"maxResults": "4"}, "Invalid max results value [4]. Specify an integer between [5] and [100].", "maxResults"),
    ({"maxResults": ""}, "Invalid max results value []. Specify an integer between [5] and [100].", "maxResults"),
    ({"maxResults": "101", "nextToken": "x"}, "Invalid max results value [101]. Specify an integer between [5] and "
     "[100].", "maxResults"),
    ({"nextToken": "invalid"}, "Invalid next token [invalid]. Make sure you copied the token correctly.", "nextToken"),
])
def test_CFG_50_the_pages_of_both_lists_are_checked_first(client, members, message, attribute):
    for path in ("/v1/configurations", revisions_path(UNKNOWN)):
        assert_bad_request(client.call("GET", path + query(**members)), message, attribute)


# --- Configurations of seeded brokers --------------------------------------------------------------------------

def test_CFG_49_the_configuration_of_a_seeded_broker(serve):
    seed = sql_broker("b-1", name="orders") + sql_broker("rabbit", name="rabbit", engine_type="RABBITMQ")
    rows, _ = listed(serve(seed=seed).client())
    assert [(row["id"], row["name"], row["latestRevision"]["description"]) for row in rows] == [
        ("c-1", "orders-configuration", "Auto-generated default for orders-configuration on ActiveMQ 5.19"),
        ("c-of-rabbit", "rabbit-configuration", "Auto-generated default for rabbit-configuration on RabbitMQ 4.3")]


def test_CFG_52_a_page_ends_early_where_descriptions_are_huge(shared_server):
    client, _ = new_world(shared_server)
    configurations = sorted(rabbit(client, name=f"n-{number}") for number in range(6))
    for configuration in configurations:
        assert_ok(update(client, configuration, "a = 1", description="x" * 1000000))
    seen, members = [], {}
    while True:
        names, next_token = ids(client, maxResults=100, **members)
        if not names:
            break
        assert len(names) < 6
        seen += names
        members = {"nextToken": next_token}
    assert seen == configurations and next_token is None
