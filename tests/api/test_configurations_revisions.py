"""DescribeConfigurationRevision and ListConfigurationRevisions."""

import base64

import pytest

from configuration_calls import (UNKNOWN, assert_no_configuration, assert_no_revision, created, encoded, rabbit, stored,
                                 update)
from harness import (assert_bad_request, assert_ok, credential, query, revision_path, revisions_path, sql_insert, token)

NO_NUMBER = "Invalid revision ID. Specify only integers from -2147483648 to 2147483647."


def grown(client, revisions):
    """A RabbitMQ configuration with that many revisions."""
    configuration = rabbit(client)
    for number in range(2, revisions + 1):
        assert_ok(update(client, configuration, f"a = {number}\n"))
    return configuration


def listed(client, configuration, **members):
    """One page of ListConfigurationRevisions: the numbers and the token, or None."""
    path = revisions_path(configuration) + (query(**members) if members else "")
    body = assert_ok(client.call("GET", path)).json()
    assert (body["configurationId"], body["maxResults"]) == (configuration, int(members.get("maxResults", 20)))
    return [row["revision"] for row in body["revisions"]], body.get("nextToken")


# --- DescribeConfigurationRevision -----------------------------------------------------------------------------

def test_CFG_26_the_answer(client):
    configuration = rabbit(client)
    latest = assert_ok(update(client, configuration, "a = é\n", description="two")).json()["latestRevision"]
    assert_ok(client.call("GET", revision_path(configuration, 2)),
              {"configurationId": configuration, "created": latest["created"], "data": encoded("a = é\n"),
               "description": "two"})


def test_CFG_26_without_a_description(client):
    configuration = rabbit(client)
    latest = assert_ok(update(client, configuration, "a=1")).json()["latestRevision"]
    assert_ok(client.call("GET", revision_path(configuration, 2)),
              {"configurationId": configuration, "created": latest["created"], "data": encoded("a=1")})


def test_CFG_26_revision_1_has_the_default_description(client):
    configuration = created(client, name="described")
    body = assert_ok(client.call("GET", revision_path(configuration, 1))).json()
    assert body["description"] == "Auto-generated default for described on ActiveMQ 5.19"
    assert base64.b64decode(body["data"], validate=True).startswith(b"<?xml ")


@pytest.mark.parametrize("number", ["2", "0", "-1", "300", "2147483647", "-2147483648"])
def test_CFG_27_unknown_revisions(client, number):
    configuration = created(client)
    assert_no_revision(client.call("GET", revision_path(configuration, number)), configuration, number)


@pytest.mark.parametrize("configuration", [UNKNOWN, "c-1", "not-a-configuration"])
def test_CFG_27_unknown_configurations(client, configuration):
    assert_no_revision(client.call("GET", revision_path(configuration, 1)), configuration, 1)


def test_CFG_17_CFG_27_revisions_of_another_world(shared_server, client):
    configuration = created(client)
    stranger = shared_server.client(headers=[credential("210987654321")])
    assert_no_revision(stranger.call("GET", revision_path(configuration, 1)), configuration, 1)
    assert_no_configuration(stranger.call("GET", revisions_path(configuration)), configuration)


@pytest.mark.parametrize("text", ["abc", "+1", "1.0", "1e0", " 1", "1 ", "--1", "-", "0x1", "2147483648", "-2147483649",
                                  "9" * 40, "4294967297", "18446744073709551617", "١", "1,2"])
def test_CFG_28_no_32_bit_integer(client, text):
    for configuration in (created(client), UNKNOWN):
        assert_bad_request(client.call("GET", revision_path(configuration, text)), NO_NUMBER, "configuration-revision")


@pytest.mark.parametrize("text", ["01", "1", "0" * 50 + "1"])
def test_CFG_29_leading_zeros(client, text):
    assert stored(client, created(client), text).startswith("<?xml ")


@pytest.mark.parametrize("text, shown", [("-0", "0"), ("000", "0"), ("-01", "-1"), ("0300", "300")])
def test_CFG_29_the_number_is_reported_as_it_was_read(client, text, shown):
    for configuration in (created(client), UNKNOWN):
        assert_no_revision(client.call("GET", revision_path(configuration, text)), configuration, shown)


# --- ListConfigurationRevisions --------------------------------------------------------------------------------

def test_CFG_24_the_answer(client):
    configuration = rabbit(client, name="listed")
    two = assert_ok(update(client, configuration, "a = 1", description="two")).json()["latestRevision"]
    three = assert_ok(update(client, configuration, "a = 2")).json()["latestRevision"]
    one = assert_ok(client.call("GET", revision_path(configuration, 1))).json()
    assert_ok(client.call("GET", revisions_path(configuration)), {
        "configurationId": configuration, "maxResults": 20, "nextToken": token("3"),
        "revisions": [{"created": one["created"],
                       "description": "Auto-generated default for listed on RabbitMQ 4.3", "revision": 1},
                      {"created": two["created"], "description": "two", "revision": 2},
                      {"created": three["created"], "revision": 3}]})


def test_CFG_21_CFG_24_behind_the_last_page(client):
    configuration = created(client)
    assert_ok(client.call("GET", revisions_path(configuration) + query(nextToken=token("1"))),
              {"configurationId": configuration, "maxResults": 20, "revisions": []})


@pytest.fixture(scope="module")
def long_one(shared_server):
    """A configuration with 45 revisions."""
    with shared_server.client() as client:
        yield grown(client, 45)


@pytest.mark.parametrize("size", [5, 9, 15, 20, 44, 45, 46, 100])
def test_CFG_21_CFG_22_CFG_24_walks_of_every_size(client, long_one, size):
    seen, members = [], {}
    while True:
        numbers, next_token = listed(client, long_one, maxResults=size, **members)
        assert numbers == list(range(len(seen) + 1, min(len(seen) + size, 45) + 1))
        assert next_token == (token(str(numbers[-1])) if numbers else None)
        if not numbers:
            break
        seen += numbers
        members = {"nextToken": next_token}
    assert len(seen) == 45


def test_CFG_24_oldest_first_by_number(client, long_one):
    assert listed(client, long_one) == (list(range(1, 21)), token("20"))


def test_CFG_25_a_token_stays_good_when_revisions_are_added(client):
    configuration = grown(client, 5)
    numbers, next_token = listed(client, configuration, maxResults=5)
    assert numbers == [1, 2, 3, 4, 5]
    assert listed(client, configuration, nextToken=next_token) == ([], None)
    assert_ok(update(client, configuration, "a = 6"))
    assert listed(client, configuration, nextToken=next_token) == ([6], token("6"))


@pytest.mark.parametrize("key, first", [("1", 2), ("44", 45), ("9", 10)])
def test_CFG_22_the_key_is_the_number(client, long_one, key, first):
    assert listed(client, long_one, nextToken=token(key), maxResults=100)[0] == list(range(first, 46))


@pytest.mark.parametrize("key", ["300", "45", "299"])
def test_CFG_22_keys_behind_the_last(client, long_one, key):
    assert listed(client, long_one, nextToken=token(key)) == ([], None)


@pytest.mark.parametrize("key", ["", "0", "01", "301", "1000", "-1", "c-1", "1a", "a", "+1", " 1", "2147483648",
                                 UNKNOWN])
def test_CFG_23_a_token_whose_key_is_no_revision(client, long_one, key):
    for configuration in (long_one, UNKNOWN):
        assert_bad_request(client.call("GET", revisions_path(configuration) + query(nextToken=token(key))),
                           f"Invalid next token [{token(key)}]. Make sure you copied the token correctly.", "nextToken")


def test_CFG_24_revisions_of_a_seed_may_have_gaps(serve):
    seed = sql_insert("configuration", id="c-gaps", name="gaps", engine_type="RABBITMQ") + "".join(
        sql_insert("configuration_revision", configuration_id="c-gaps", revision=number, data=f"a = {number}")
        for number in (7, 3))
    client = serve(seed=seed).client()
    assert listed(client, "c-gaps") == ([1, 3, 7], token("7"))
    assert_no_revision(client.call("GET", revision_path("c-gaps", 4)), "c-gaps", 4)
    assert assert_ok(update(client, "c-gaps", "a = 8")).json()["latestRevision"]["revision"] == 8


def test_CFG_52_a_page_ends_early_where_descriptions_are_huge(client):
    configuration = rabbit(client)
    for number in range(6):
        assert_ok(update(client, configuration, f"a = {number}", description="x" * 1000000))
    seen, members = [], {}
    while True:
        numbers, next_token = listed(client, configuration, maxResults=100, **members)
        if not numbers:
            break
        assert len(numbers) < 7
        seen += numbers
        members = {"nextToken": next_token}
    assert seen == list(range(1, 8)) and next_token is None
