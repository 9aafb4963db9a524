"""CreateTags, ListTags and DeleteTags, and the rules on tags wherever they are given."""

import itertools

import pytest

from configuration_calls import arn_of, create, created, described
from harness import (DEFAULT_ACCOUNT, DEFAULT_REGION, assert_bad_request, assert_error, assert_ok, broker_body,
                     broker_name, broker_path, create_broker, credential, describe_broker, segment, sql_broker,
                     sql_insert, tags_path)

TOO_MANY = "Specify no more than [50] tags."


def broker_arn(broker_id, name=None, account=DEFAULT_ACCOUNT, region=DEFAULT_REGION, partition="aws"):
    return f"arn:{partition}:mq:{region}:{account}:broker:{name or broker_id.removeprefix('b-')}:{broker_id}"


def tags_of(client, arn):
    """What ListTags says."""
    return assert_ok(client.call("GET", tags_path(arn))).json()["tags"]


def put(client, arn, tags):
    """CreateTags. The Response."""
    return client.call("POST", tags_path(arn), {"tags": tags})


def remove(client, arn, *keys):
    """DeleteTags. The Response."""
    return client.call("DELETE", tags_path(arn) + "?" + "&".join(f"tagKeys={segment(key)}" for key in keys))


def assert_done(response):
    """204 without a body."""
    assert (response.status, response.body, response.error) == (204, b"", None), response
    return response


def assert_no_resource(response):
    return assert_error(response, 404, "NotFoundException", "Resource was not found")


@pytest.fixture(params=["broker", "configuration"])
def arn(request, client):
    """The ARN of a resource without tags, of either kind."""
    if request.param == "broker":
        return broker_arn(request.getfixturevalue("broker"))
    return arn_of(created(client))


# --- The three operations --------------------------------------------------------------------------------------

def test_TAG_2_no_tags(client, arn):
    assert_ok(client.call("GET", tags_path(arn)), {"tags": {}})


def test_TAG_1_TAG_3_tags_are_merged(client, arn):
    assert_done(put(client, arn, {"b": "1", "a": "2"}))
    assert_ok(client.call("GET", tags_path(arn)), {"tags": {"a": "2", "b": "1"}})
    assert_done(put(client, arn, {"c": "", "b": "new"}))
    assert_ok(client.call("GET", tags_path(arn)), {"tags": {"a": "2", "b": "new", "c": ""}})


def test_TAG_1_keys_stand_in_byte_order(client, arn):
    keys = ["é", "Z", "a", "😀", "0", "~", "\ufffd", "ab", "a b"]
    assert_done(put(client, arn, {key: key for key in keys}))
    assert list(tags_of(client, arn)) == sorted(keys)


@pytest.mark.parametrize("text", ["a+b=c @/.:_-", 'quote " back \\', "tab\tnew\nline", "é", "e\u0301", "😀",
                                  "\x01\x7f", "''"])
def test_TAG_1_any_text(client, arn, text):
    assert_done(put(client, arn, {text: text}))
    assert tags_of(client, arn) == {text: text}
    assert_done(remove(client, arn, text))
    assert tags_of(client, arn) == {}


def test_TAG_3_keys_are_case_sensitive(client, arn):
    assert_done(put(client, arn, {"Key": "1", "key": "2"}))
    assert tags_of(client, arn) == {"Key": "1", "key": "2"}


def test_TAG_4_several_keys_are_deleted(client, arn):
    assert_done(put(client, arn, {"a": "1", "b c": "2", "k&x=1": "3", "d": "4"}))
    assert_done(client.call("DELETE", tags_path(arn) + "?tagKeys=a&tagKeys=b%20c&other=d&tagKeys=k%26x%3D1"))
    assert tags_of(client, arn) == {"d": "4"}
    assert_done(remove(client, arn, "d", "d", "unknown", "", "aws:x", "x" * 1000))
    assert tags_of(client, arn) == {}


def test_TAG_4_HTTP_15_fifty_long_keys_in_escapes_are_deleted(client, arn):
    """The longest query of ASCII that the rules on tags allow: 20 kB."""
    keys = [f"{number:02}" + ":" * 126 for number in range(50)]
    assert_done(put(client, arn, {key: "" for key in keys}))
    assert_done(remove(client, arn, *keys))
    assert tags_of(client, arn) == {}


def test_TAG_4_a_plus_is_a_plus(client, arn):
    assert_done(put(client, arn, {"a+b": "1", "a b": "2"}))
    assert_done(client.call("DELETE", tags_path(arn) + "?tagKeys=a+b"))
    assert tags_of(client, arn) == {"a b": "2"}


@pytest.mark.parametrize("members", ["tagKeys", "tagKeys="])
def test_TAG_4_a_key_without_text(client, arn, members):
    assert_done(put(client, arn, {"a": "1"}))
    assert_done(client.call("DELETE", f"{tags_path(arn)}?{members}"))
    assert tags_of(client, arn) == {"a": "1"}


@pytest.mark.parametrize("members", ["", "?", "?tagkeys=a", "?TagKeys=a", "?tagKeys%5B%5D=a"])
def test_TAG_5_no_key_to_delete(client, arn, members):
    assert_done(put(client, arn, {"a": "1"}))
    assert_bad_request(client.call("DELETE", tags_path(arn) + members, {"tagKeys": ["a"]}), "[tagKeys] is required.",
                       "tagKeys")
    assert tags_of(client, arn) == {"a": "1"}


@pytest.mark.parametrize("body", [None, {}, {"tags": None}, {"tags": {}}, {"Tags": {"a": "1"}}])
def test_TAG_13_nothing_to_set(client, arn, body):
    assert_done(put(client, arn, {"k": "v"}))
    assert_done(client.call("POST", tags_path(arn), body))
    assert tags_of(client, arn) == {"k": "v"}


@pytest.mark.parametrize("tags, path, kind", [(["a"], "tags", "object"), ("a", "tags", "object"),
                                              ({"a": 1}, "tags.a", "string"), ({"a": None}, "tags.a", "string"),
                                              ({"a": "1", "b c": {}}, "tags.b c", "string"), (True, "tags", "object")])
def test_TAG_20_wrong_types(client, arn, tags, path, kind):
    assert_bad_request(client.call("POST", tags_path(arn), {"tags": tags}), f"Invalid value for [{path}]. Specify a "
                       f"{kind}.", path)
    assert tags_of(client, arn) == {}


def test_TAG_16_describe_shows_them(client, broker):
    assert_done(put(client, broker_arn(broker), {"b": "2", "a": "1"}))
    assert list(describe_broker(client, broker)["tags"].items()) == [("a", "1"), ("b", "2")]
    assert_done(remove(client, broker_arn(broker), "a", "b"))
    assert "tags" not in describe_broker(client, broker)
    configuration = created(client)
    assert_done(put(client, arn_of(configuration), {"k": "v"}))
    assert described(client, configuration)["tags"] == {"k": "v"}
    assert_done(remove(client, arn_of(configuration), "k"))
    assert described(client, configuration)["tags"] == {}


# --- Which resource --------------------------------------------------------------------------------------------

def assert_unknown(client, arn):
    assert_no_resource(client.call("GET", tags_path(arn)))
    assert_no_resource(put(client, arn, {"a": "1"}))
    assert_no_resource(client.call("POST", tags_path(arn)))
    assert_no_resource(remove(client, arn, "a"))


@pytest.mark.parametrize("form", [
    "arn:aws:mq:us-east-1:123456789012:broker:{name}:b-unknown",
    "arn:aws:mq:us-east-1:123456789012:configuration:c-unknown",
    "arn:aws:mq:us-east-1:123456789012:broker:other:{id}",
    "arn:aws:mq:us-east-1:123456789012:broker:{id}",
    "arn:aws:mq:us-east-1:123456789012:broker::{id}",
    "arn:aws:mq:us-east-1:123456789012:configuration:{id}",
    "arn:aws:mq:us-east-1:123456789012:broker:{name}:{id}:",
    "arn:aws:mq:us-east-1:123456789012:broker:{name}:{id}/x",
    "arn:aws:mq:us-east-1:210987654321:broker:{name}:{id}",
    "arn:aws:mq:eu-west-1:123456789012:broker:{name}:{id}",
    "arn:aws-cn:mq:us-east-1:123456789012:broker:{name}:{id}",
    "arn:aws:s3:us-east-1:123456789012:broker:{name}:{id}",
    "arn:aws:mq:us-east-1:123456789012:Broker:{name}:{id}",
    "ARN:aws:mq:us-east-1:123456789012:broker:{name}:{id}",
    " arn:aws:mq:us-east-1:123456789012:broker:{name}:{id}",
    "arn:aws:mq:us-east-1::broker:{name}:{id}",
    "{name}:{id}", "{id}", ":{id}", "x", ":", "é", "arn%",
])
def test_TAG_6_brokers_that_are_not_there(client, broker, form):
    assert_unknown(client, form.format(id=broker, name=broker.removeprefix("b-")))
    assert tags_of(client, broker_arn(broker)) == {}


@pytest.mark.parametrize("form", [
    "arn:aws:mq:us-east-1:123456789012:configuration:a-configuration:{id}",
    "arn:aws:mq:us-east-1:123456789012:broker:a-configuration:{id}",
    "arn:aws:mq:us-east-1:210987654321:configuration:{id}",
    "arn:aws:mq:eu-west-1:123456789012:configuration:{id}",
    "arn:aws-us-gov:mq:us-east-1:123456789012:configuration:{id}",
    "arn:aws:mq:us-east-1:123456789012:configurations:{id}",
    "arn:aws:mq:us-east-1:123456789012:configuration:{id} ",
    "configuration:{id}", "{id}",
])
def test_TAG_6_configurations_that_are_not_there(client, form):
    configuration = created(client)
    assert_unknown(client, form.format(id=configuration))
    assert tags_of(client, arn_of(configuration)) == {}


@pytest.mark.parametrize("account, region", [("210987654321", "us-east-1"), ("123456789012", "eu-west-1")])
def test_TAG_7_resources_of_another_world(shared_server, client, arn, account, region):
    stranger = shared_server.client(headers=[credential(account, region)])
    assert_done(put(client, arn, {"k": "v"}))
    assert_unknown(stranger, arn)
    assert_unknown(stranger, arn.replace(DEFAULT_ACCOUNT, account).replace(DEFAULT_REGION, region))
    assert tags_of(client, arn) == {"k": "v"}


@pytest.mark.parametrize("region, partition", [("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov")])
def test_TAG_6_partitions(serve, region, partition):
    seed = sql_broker("b-1", region=region) + sql_insert("configuration", id="c-x", name="x", region=region)
    client = serve(seed=seed).client(headers=[credential(DEFAULT_ACCOUNT, region)])
    for right, wrong in ((broker_arn("b-1", region=region, partition=partition), broker_arn("b-1", region=region)),
                         (arn_of("c-x", region=region, partition=partition), arn_of("c-x", region=region))):
        assert_done(put(client, right, {"k": "v"}))
        assert_unknown(client, wrong)


def test_TAG_6_a_broker_and_a_configuration_of_the_same_id(serve):
    seed = sql_broker("same", name="b", configuration_id=None) + sql_insert("configuration", id="same", name="c")
    client = serve(seed=seed).client()
    assert_done(put(client, broker_arn("same", "b"), {"kind": "broker"}))
    assert_done(put(client, arn_of("same"), {"kind": "configuration"}))
    assert tags_of(client, broker_arn("same", "b")) == {"kind": "broker"}
    assert tags_of(client, arn_of("same")) == {"kind": "configuration"}


def test_TAG_18_an_arn_may_be_encoded_in_part(client, broker):
    arn = broker_arn(broker)
    assert_done(put(client, arn, {"k": "v"}))
    everything = "".join(f"%{byte:02x}" for byte in arn.encode())
    for text in (arn, arn.replace(":", "%3A"), arn.replace(":", "%3a", 3), everything):
        assert_ok(client.call("GET", f"/v1/tags/{text}"), {"tags": {"k": "v"}})


@pytest.mark.parametrize("state", ["CREATION_IN_PROGRESS", "CREATION_FAILED", "DELETION_IN_PROGRESS",
                                   "REBOOT_IN_PROGRESS", "CRITICAL_ACTION_REQUIRED", "REPLICA"])
def test_TAG_19_brokers_in_any_state(serve, state):
    client = serve(seed=sql_broker("b-1", state=state)).client()
    assert_done(put(client, broker_arn("b-1"), {"k": "v"}))
    assert tags_of(client, broker_arn("b-1")) == {"k": "v"}
    assert_done(remove(client, broker_arn("b-1"), "k"))
    assert tags_of(client, broker_arn("b-1")) == {}


# --- The rules -------------------------------------------------------------------------------------------------

def numbered(count, start=0):
    return {f"key-{number:03}": str(number) for number in range(start, start + count)}


def test_TAG_8_fifty_at_once(client, arn):
    assert_bad_request(put(client, arn, numbered(51)), TOO_MANY, "tags")
    assert tags_of(client, arn) == {}
    assert_done(put(client, arn, numbered(50)))
    assert tags_of(client, arn) == numbered(50)


def test_TAG_8_fifty_after_merging(client, arn):
    assert_done(put(client, arn, numbered(49)))
    assert_bad_request(put(client, arn, {**{key: "new" for key in numbered(10)}, **numbered(2, 49)}), TOO_MANY, "tags")
    assert tags_of(client, arn) == numbered(49)
    assert_done(put(client, arn, {**numbered(49), "the last": ""}))
    assert_bad_request(put(client, arn, {"one more": ""}), TOO_MANY, "tags")
    replaced = {key: "replaced" for key in numbered(49)}
    assert_done(put(client, arn, replaced))
    assert tags_of(client, arn) == {**replaced, "the last": ""}
    assert_done(remove(client, arn, "the last"))
    assert_done(put(client, arn, {"one more": ""}))


@pytest.mark.parametrize("key", ["", "k" * 129, "é" * 129, "😀" * 129])
def test_TAG_9_TAG_17_the_length_of_a_key(client, arn, key):
    assert_bad_request(put(client, arn, {key: "v"}), f"Tag key [{key}] is invalid. Enter a tag key 1 to 128 characters "
                       "long.", "tags")


@pytest.mark.parametrize("key", ["k", "k" * 128, "é" * 128, "😀" * 128, "aws", "aws-x", "xaws:", "aw:s", " aws:"])
def test_TAG_9_TAG_10_TAG_17_good_keys(client, arn, key):
    assert_done(put(client, arn, {key: "v"}))
    assert tags_of(client, arn) == {key: "v"}


@pytest.mark.parametrize("key", ["aws:", "aws:x", "AWS:x", "aWs:createdBy", "aws:" + "x" * 124])
def test_TAG_10_reserved_keys(client, arn, key):
    assert_bad_request(put(client, arn, {key: "v"}), f"Tag key [{key}] is invalid. Tag keys that begin with [aws:] are "
                       "reserved.", "tags")
    assert tags_of(client, arn) == {}


@pytest.mark.parametrize("value", ["", "v" * 256, "é" * 256, "😀" * 256, "aws:x"])
def test_TAG_11_TAG_17_good_values(client, arn, value):
    assert_done(put(client, arn, {"k": value}))
    assert tags_of(client, arn) == {"k": value}


@pytest.mark.parametrize("value", ["v" * 257, "é" * 257, "😀" * 257, "x" * 100000])
def test_TAG_11_TAG_17_the_length_of_a_value(client, arn, value):
    assert_bad_request(put(client, arn, {"k": value}), "Value of tag [k] is invalid. Enter a tag value up to 256 "
                       "characters long.", "tags")
    assert tags_of(client, arn) == {}


def test_TAG_12_the_order_of_the_rules(client, arn):
    long_key, long_value = "k" * 129, "v" * 257
    faults = {long_key: f"Tag key [{long_key}] is invalid. Enter a tag key 1 to 128 characters long.",
              "aws:x": "Tag key [aws:x] is invalid. Tag keys that begin with [aws:] are reserved.",
              "v": "Value of tag [v] is invalid. Enter a tag value up to 256 characters long."}
    for order in itertools.permutations(faults):
        tags = {"good": "", **{key: long_value for key in order}}
        assert_bad_request(put(client, arn, tags), faults[order[0]], "tags")
        assert_bad_request(put(client, arn, {**tags, **numbered(50)}), TOO_MANY, "tags")
    reserved = "aws:" + "x" * 125
    assert_bad_request(put(client, arn, {reserved: long_value}), f"Tag key [{reserved}] is invalid. Enter a tag key 1 "
                       "to 128 characters long.", "tags")
    assert tags_of(client, arn) == {}


def test_TAG_14_rules_before_the_resource(client):
    unknown = arn_of("c-unknown")
    assert_bad_request(put(client, unknown, numbered(51)), TOO_MANY, "tags")
    assert_bad_request(client.call("POST", tags_path(unknown), {"tags": 1}), "Invalid value for [tags]. Specify a "
                       "object.", "tags")
    assert_bad_request(client.call("DELETE", tags_path(unknown)), "[tagKeys] is required.", "tagKeys")


# --- Tags given at creation ------------------------------------------------------------------------------------

BAD = [(numbered(51), TOO_MANY), ({"": ""}, "Tag key [] is invalid. Enter a tag key 1 to 128 characters long."),
       ({"aws:x": ""}, "Tag key [aws:x] is invalid. Tag keys that begin with [aws:] are reserved."),
       ({"k": "v" * 257}, "Value of tag [k] is invalid. Enter a tag value up to 256 characters long.")]


def test_TAG_15_at_the_creation_of_a_configuration(client):
    configuration = created(client, tags=numbered(50))
    assert tags_of(client, arn_of(configuration)) == numbered(50)
    for tags, message in BAD:
        assert_bad_request(create(client, tags=tags), message, "tags")


def test_TAG_15_at_the_creation_of_a_broker(client):
    name = broker_name()
    broker = create_broker(client, broker_body(name, tags=numbered(50)))
    assert tags_of(client, broker_arn(broker, name)) == numbered(50)
    for tags, message in BAD:
        assert_bad_request(client.call("POST", "/v1/brokers", broker_body(broker_name(), tags=tags)), message, "tags")


def test_TAG_15_not_copied_to_the_broker_s_configuration(client):
    broker = create_broker(client, broker_body(broker_name(), tags={"k": "v"}))
    configuration = assert_ok(client.call("GET", broker_path(broker))).json()["configurations"]["current"]["id"]
    assert tags_of(client, arn_of(configuration)) == {}


def test_TAG_1_tags_of_a_seed(serve):
    seed = (sql_broker("b-1") + sql_insert("configuration", id="c-x", name="x")
            + "".join(sql_insert("broker_tag", broker_id="b-1", key=key, value=value)
                      for key, value in numbered(60).items())
            + sql_insert("configuration_tag", configuration_id="c-x", key="k"))
    client = serve(seed=seed).client()
    assert tags_of(client, broker_arn("b-1")) == numbered(60)
    assert tags_of(client, arn_of("c-x")) == {"k": ""}


def test_TAG_3_tags_outlive_the_server(serve, tmp_path):
    server = serve("--db", str(tmp_path / "world.db"), seed=sql_broker("b-1"))
    assert_done(put(server.client(), broker_arn("b-1"), {"k": "é", "gone": ""}))
    assert_done(remove(server.client(), broker_arn("b-1"), "gone"))
    server.restart()
    assert tags_of(server.client(), broker_arn("b-1")) == {"k": "é"}
