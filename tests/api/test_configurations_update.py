"""UpdateConfiguration: its answer, what it refuses, what it stores."""

import json
import os

import pytest

import model
from configuration_calls import (HEAD, UNKNOWN, XMLNS, assert_no_configuration, created, described, encoded, new_world,
                                 rabbit, stored, update)
from harness import (assert_bad_request, assert_error, assert_ok, broker_path, build, configuration_path, credential,
                     revision_path, sql_broker, sql_insert)

NOT_BASE64 = "The specified configuration data is invalid: not base64."
NOT_TEXT = "The specified configuration data is invalid: not UTF-8 text."
LARGEST = 1 << 20


def line_error(number):
    return f"The specified configuration data is invalid: line [{number}] is not of the form key = value."


def revisions(client, configuration):
    return described(client, configuration)["latestRevision"]["revision"]


# --- The answer ------------------------------------------------------------------------------------------------

def test_CFG_30_CFG_31_the_answer(client):
    configuration = created(client, name="updated", tags={"k": "v"})
    before = described(client, configuration)
    response = update(client, configuration, f"<broker {XMLNS}/>", description="second")
    latest = response.json()["latestRevision"]
    assert_ok(response, {"arn": before["arn"], "created": before["created"], "id": configuration,
                         "latestRevision": {"created": latest["created"], "description": "second", "revision": 2},
                         "name": "updated", "warnings": []})
    assert latest["created"] >= before["latestRevision"]["created"]
    assert described(client, configuration) == {**before, "latestRevision": latest}


def test_CFG_31_no_description_of_its_own(client):
    configuration = rabbit(client)
    assert_ok(update(client, configuration, "a = 1", description="kept by its revision only"))
    latest = assert_ok(update(client, configuration, "a = 1")).json()["latestRevision"]
    assert list(latest) == ["created", "revision"] and latest["revision"] == 3
    latest = assert_ok(update(client, configuration, "a = 1", description=None)).json()["latestRevision"]
    assert list(latest) == ["created", "revision"]


@pytest.mark.parametrize("text", ["", "é 😀", 'quotes " and \\', "line\nbreak\ttab", "x" * 5000])
def test_CFG_31_any_text_is_a_description(client, text):
    configuration = rabbit(client)
    latest = assert_ok(update(client, configuration, "a=1", description=text)).json()["latestRevision"]
    assert latest["description"] == text
    assert assert_ok(client.call("GET", revision_path(configuration, 2))).json()["description"] == text


@pytest.mark.parametrize("engine, text", [("ACTIVEMQ", f"<broker {XMLNS}/>"), ("RABBITMQ", "a = 1\n")])
def test_CFG_32_the_same_data_again_is_a_new_revision(client, engine, text):
    configuration = created(client, engineType=engine)
    for number in (2, 3, 4):
        assert assert_ok(update(client, configuration, text)).json()["latestRevision"]["revision"] == number
    assert stored(client, configuration, 2) == stored(client, configuration, 4)


def test_CFG_44_a_stored_revision_never_changes(client):
    configuration = rabbit(client)
    assert_ok(update(client, configuration, "a = 2", description="two"))
    before = [client.call("GET", revision_path(configuration, number)).body for number in (1, 2)]
    assert_ok(update(client, configuration, "a = 3", description="three"))
    assert before == [client.call("GET", revision_path(configuration, number)).body for number in (1, 2)]


def test_CFG_44_brokers_keep_their_revision(serve):
    client = serve(seed=sql_broker("b-1")).client()
    before = assert_ok(client.call("GET", broker_path("b-1"))).json()
    assert before["configurations"] == {"current": {"id": "c-1", "revision": 1}, "history": []}
    assert_ok(update(client, "c-1", f"<broker {XMLNS}/>"))
    assert assert_ok(client.call("GET", broker_path("b-1"))).json() == before


# --- What no engine takes --------------------------------------------------------------------------------------

@pytest.mark.parametrize("text", ["=", "YQ", "YQ=", "YQ===", "Y===", "YR==", "YWJjZ", "YW Jj", "YWJj\n", "\nYWJj",
                                  "YWJj\r\nYWJj", "YW-_", "YW.j", "é", "%20", "YQ==YQ==", " "])
def test_CFG_33_not_base64(client, text):
    for configuration in (created(client), UNKNOWN):
        assert_bad_request(client.call("PUT", configuration_path(configuration), {"data": text}), NOT_BASE64, "data")


def test_CFG_33_the_text_itself(client):
    configuration = created(client)
    assert_bad_request(client.call("PUT", configuration_path(configuration), {"data": f"<broker {XMLNS}/>"}),
                       NOT_BASE64, "data")


@pytest.mark.parametrize("body", [{"data": ""}, {}, {"data": None}, {"description": "x"}])
def test_CFG_34_no_data(client, body):
    for configuration in (created(client), UNKNOWN):
        assert_bad_request(client.call("PUT", configuration_path(configuration), body), "[data] is required.", "data")


@pytest.mark.parametrize("body, path", [({"data": 1}, "data"), ({"data": "YQ==", "description": []}, "description"),
                                        ({"description": 1}, "description")])
def test_CFG_34_wrong_types(client, body, path):
    assert_bad_request(client.call("PUT", configuration_path(UNKNOWN), body), f"Invalid value for [{path}]. Specify a "
                       "string.", path)


def test_CFG_16_existence_after_the_rules_that_need_no_store(client):
    assert_no_configuration(client.call("PUT", configuration_path(UNKNOWN), {"data": "AA=="}), UNKNOWN)


def test_CFG_43_data_of_more_than_a_mebibyte(serve):
    client = serve("--max-body", "8MiB").client()
    configuration = rabbit(client)
    largest = "a = " + "x" * (LARGEST - 4)
    assert_ok(update(client, configuration, largest))
    assert stored(client, configuration, 2) == largest
    for members in ({"data": encoded(largest + "x")}, {"data": encoded("a = 1"), "description": "x" * (LARGEST + 1)}):
        assert_error(client.call("PUT", configuration_path(configuration), members), 413,
                     "RequestEntityTooLargeException", f"Request body is larger than [{LARGEST}] bytes.")
    assert revisions(client, configuration) == 2


def test_CFG_43_data_that_grows_beyond_a_mebibyte(client):
    """The stored form is longer than what was sent: each `>` becomes `&gt;`."""
    configuration = created(client)
    entries = "".join(f'<policyEntry queue="{number}{">" * 2000}"/>' for number in range(200))
    text = (f"<broker {XMLNS}><destinationPolicy><policyMap><policyEntries>{entries}</policyEntries></policyMap>"
            "</destinationPolicy></broker>")
    assert len(encoded(text)) < LARGEST
    assert_error(update(client, configuration, text), 413, "RequestEntityTooLargeException",
                 f"Request body is larger than [{LARGEST}] bytes.")
    assert revisions(client, configuration) == 1


# --- ActiveMQ --------------------------------------------------------------------------------------------------

def test_CFG_35_the_canonical_form_is_stored(client):
    configuration = created(client)
    text = (f'<broker {XMLNS} persistent="false" advisorySupport="true"\n><plugins></plugins>text'
            "<destinationPolicy/></broker>")
    assert assert_ok(update(client, configuration, text)).json()["warnings"] == []
    once = stored(client, configuration, 2)
    assert once == (f'{HEAD}<broker advisorySupport="true" persistent="false" {XMLNS}>\n  <plugins/>\n'
                    "  <destinationPolicy/>\n</broker>\n")
    assert assert_ok(update(client, configuration, once)).json()["warnings"] == []
    assert stored(client, configuration, 3) == once


def test_CFG_59_comments_are_kept_in_their_place(client):
    configuration = created(client)
    once = (f"{HEAD}<!-- one -->\n<broker {XMLNS}>\n  <!-- two\n three -->\n  <plugins><!-- four --></plugins>\n"
            "  <!-- <five/> -->\n</broker>\n<!-- six -->\n")
    text = once.replace("\n", "").replace(" three", "\n three").replace("<!-- <five", "<unknown><!-- --></unknown><!-- <five")
    assert len(assert_ok(update(client, configuration, text)).json()["warnings"]) == 1
    assert stored(client, configuration, 2) == once
    assert assert_ok(update(client, configuration, once)).json()["warnings"] == []
    assert stored(client, configuration, 3) == once


def test_CFG_59_the_same_commented_file_changes_nothing(client):
    """As community.aws compares: without any white space."""
    configuration = created(client)
    text = (f'{HEAD}<broker schedulePeriodForDestinationPurge="10000" {XMLNS}>\n    <!-- policies:\n         one of them -->\n'
            "    <destinationPolicy><policyMap>\n        <!-- none --><policyEntries/>\n    </policyMap>"
            "</destinationPolicy>\n\n    <plugins/>\n</broker>")
    assert_ok(update(client, configuration, text))
    assert "".join(stored(client, configuration, 2).split()) == "".join(text.split())


def test_CFG_43_CFG_59_comments_count_for_the_size(serve):
    client = serve("--max-body", "8MiB").client()
    configuration = created(client)
    assert_ok(update(client, configuration, f"<broker {XMLNS}/><!--{'x' * (LARGEST - 200)}-->"))
    assert_error(update(client, configuration, f"<broker {XMLNS}/><!--{'x' * (LARGEST - 80)}-->"), 413,
                 "RequestEntityTooLargeException", f"Request body is larger than [{LARGEST}] bytes.")


def test_CFG_36_warnings(client):
    configuration = created(client)
    text = (f'<broker {XMLNS} zUnknown="1" brokerName="x" advisorySupport="${{value}}" aUnknown="2">'
            "<unknownSetting><inner/></unknownSetting></broker>")
    answer = assert_ok(update(client, configuration, text)).json()
    assert answer["warnings"] == [
        {"attributeName": "aUnknown", "elementName": "broker", "reason": "DISALLOWED_ATTRIBUTE_REMOVED"},
        {"attributeName": "advisorySupport", "elementName": "broker", "reason": "INVALID_ATTRIBUTE_VALUE_REMOVED"},
        {"attributeName": "brokerName", "elementName": "broker", "reason": "DISALLOWED_ATTRIBUTE_REMOVED"},
        {"attributeName": "zUnknown", "elementName": "broker", "reason": "DISALLOWED_ATTRIBUTE_REMOVED"},
        {"elementName": "unknownSetting", "reason": "DISALLOWED_ELEMENT_REMOVED"}]
    assert answer["latestRevision"]["revision"] == 2
    assert stored(client, configuration, 2) == f"{HEAD}<broker {XMLNS}/>\n"


def test_CFG_37_what_the_schema_refuses(client):
    configuration = created(client)
    text = f'<broker {XMLNS}><transportConnectors><transportConnector name="extra"/></transportConnectors></broker>'
    assert_bad_request(update(client, configuration, text), "The specified XML configuration data is invalid: "
                       "cvc-attribute.3: The value 'extra' of attribute 'name' on element 'transportConnector' is not "
                       "valid with respect to its type, 'protocol'. and cvc-enumeration-valid: Value 'extra' is not "
                       "facet-valid with respect to enumeration '[openwire]'. It must be a value from the enumeration.",
                       "data")
    assert revisions(client, configuration) == 1


@pytest.mark.parametrize("text", ["<broker", "a = 1", "\n", "\0", b"\xff\xfe", f"<broker {XMLNS}>", "<broker/>",
                                  f"<beans {XMLNS}/>", f"<!DOCTYPE broker><broker {XMLNS}/>", f"<broker {XMLNS}/><x/>"])
def test_CFG_37_what_is_no_configuration(client, text):
    configuration = created(client)
    refused = update(client, configuration, text)
    assert (refused.status, refused.json()["errorAttribute"]) == (400, "data")
    assert refused.json()["message"].startswith("The specified XML configuration data is invalid: ")
    assert revisions(client, configuration) == 1


def refused_as(reason):
    return "The specified XML configuration data is invalid: " + reason


def no_value(attribute, kind, value, element="broker"):
    """The pair for a value that is not of its type."""
    return (f"cvc-attribute.3: The value '{value}' of attribute '{attribute}' on element '{element}' is not valid with "
            f"respect to its type, '{kind}'. and cvc-datatype-valid.1.2.1: '{value}' is not a valid value for '{kind}'.")


CORE = '"http://activemq.apache.org/schema/core":'
EMPTY_STRATEGY = ("<destinationPolicy><policyMap><defaultEntry><policyEntry><slowConsumerStrategy/></policyEntry>"
                  "</defaultEntry></policyMap></destinationPolicy>")


def test_CFG_54_the_engine_version_chooses_the_schema(client):
    text = f'<broker {XMLNS} maxUncommittedCount="5"/>'
    older, newer = created(client, engineVersion="5.18"), created(client, engineVersion="5.19")
    assert assert_ok(update(client, older, text)).json()["warnings"] == [
        {"attributeName": "maxUncommittedCount", "elementName": "broker", "reason": "DISALLOWED_ATTRIBUTE_REMOVED"}]
    assert assert_ok(update(client, newer, text)).json()["warnings"] == []
    assert stored(client, newer, 2) == f'{HEAD}<broker maxUncommittedCount="5" {XMLNS}/>\n'
    text = f"<broker {XMLNS}>{EMPTY_STRATEGY}</broker>"
    assert_ok(update(client, older, text))
    assert_bad_request(update(client, newer, text), refused_as(
        "cvc-complex-type.2.4.b: The content of element 'slowConsumerStrategy' is not complete. One of "
        f"'{{{CORE}abortSlowAckConsumerStrategy, {CORE}abortSlowConsumerStrategy}}' is expected."), "data")


@pytest.mark.parametrize("version, kept", [("5.14.5", []), ("5.15.16", []), ("5.17.6", ["cleanupOnStop", "uri"]),
                                           ("5.18.7", ["cleanupOnStop", "uri"]), ("6.1", ["cleanupOnStop", "uri"])])
def test_CFG_55_versions_without_a_schema(serve, version, kept):
    client = serve(seed=sql_insert("engine_version", engine_type="ACTIVEMQ", version=version)).client()
    configuration = created(client, engineVersion=version)
    text = (f'<broker {XMLNS}><persistenceAdapter><kahaDB cleanupOnStop="true"/></persistenceAdapter><networkConnectors>'
            "<networkConnector><uri/></networkConnector></networkConnectors></broker>")
    warnings = assert_ok(update(client, configuration, text)).json()["warnings"]
    removed = {row.get("attributeName", row["elementName"]) for row in warnings}
    assert removed == {"cleanupOnStop", "uri"} - set(kept)


@pytest.mark.parametrize("attribute, kind, value", [
    ("useVirtualTopics", "boolean", "maybe"), ("maxSchedulerRepeatAllowed", "integer", "1.0"),
    ("taskRunnerPriority", "integer", "")])
def test_CFG_56_values_that_are_not_of_their_type(client, attribute, kind, value):
    configuration = created(client)
    assert_bad_request(update(client, configuration, f'<broker {XMLNS} {attribute}="{value}"/>'),
                       refused_as(no_value(attribute, kind, value)), "data")
    assert revisions(client, configuration) == 1


def test_CFG_56_strings_hold_anything(client):
    configuration = created(client)
    assert_ok(update(client, configuration, f'<broker {XMLNS} persistent=" maybe "/>'))
    assert stored(client, configuration, 2) == f'{HEAD}<broker persistent=" maybe " {XMLNS}/>\n'


def test_CFG_57_content_and_keys(client):
    configuration = created(client)
    connectors = '<transportConnectors><transportConnector name="openwire"/>{}</transportConnectors>'
    for text, reason in (
            ("<persistenceAdapter><kahaDB/><kahaDB/></persistenceAdapter>",
             "cvc-complex-type.2.4.d: Invalid content was found starting with element 'kahaDB'. No child element is "
             "expected at this point."),
            (connectors.format("<transportConnector/>"),
             'cvc-identity-constraint.4.2.1.a: Element "transportConnectors" has no value for the key "protocolName".'),
            (connectors.format('<transportConnector name="openwire"/>'),
             "cvc-identity-constraint.4.2.2: Duplicate key value [openwire] declared for identity constraint "
             '"protocolName" of element "transportConnectors".')):
        assert_bad_request(update(client, configuration, f"<broker {XMLNS}>{text}</broker>"), refused_as(reason), "data")


def test_CFG_58_several_breaches(client):
    configuration = created(client)
    text = (f'<broker {XMLNS} useVirtualTopics="x" taskRunnerPriority="y"><destinations>' + '<queue DLQ="z"/>' * 30
            + "</destinations></broker>")
    pairs = [no_value("taskRunnerPriority", "integer", "y"), no_value("useVirtualTopics", "boolean", "x")]
    pairs += [no_value("DLQ", "boolean", "z", element="queue")] * 18
    assert_bad_request(update(client, configuration, text), refused_as(" and ".join(pairs)), "data")


# --- RabbitMQ --------------------------------------------------------------------------------------------------

RABBIT_TEXTS = ["a = 1", "a=1\n", "\n", "  # only a comment", "a = 1\r\n\r\nb.c-d_e.$1 = two words # three\r\n",
                "a = é 😀", "x = <broker/>", "a = b = c"]


@pytest.mark.parametrize("text", RABBIT_TEXTS)
def test_CFG_38_rabbitmq_data_is_stored_as_sent(client, text):
    configuration = rabbit(client)
    assert assert_ok(update(client, configuration, text)).json()["warnings"] == []
    assert stored(client, configuration, 2) == text


@pytest.mark.parametrize("text, line", [("a", 1), ("a =", 1), ("= 1", 1), ("# x\n\na b = 1\n!", 3), ("<broker/>", 1),
                                        ("[{rabbit, []}].", 1), ("a = 1\r\nb", 2), ("a..b = 1", 1), ("a = \x01", 1),
                                        ("\ufeffa = 1", 1)])
def test_CFG_39_lines_of_another_form(client, text, line):
    configuration = rabbit(client)
    assert_bad_request(update(client, configuration, text), line_error(line), "data")
    assert revisions(client, configuration) == 1


@pytest.mark.parametrize("data", [b"a = \xff", b"a = \xc3", b"\xed\xa0\x80 = 1", b"a = 1\0", b"\0"])
def test_CFG_41_rabbitmq_data_that_is_no_text(client, data):
    configuration = rabbit(client)
    assert_bad_request(update(client, configuration, data), NOT_TEXT, "data")


# --- The number of revisions -----------------------------------------------------------------------------------

def test_CFG_42_300_revisions(client):
    configuration = rabbit(client)
    for number in range(2, 301):
        client.send(build("PUT", configuration_path(configuration), {"data": encoded(f"a = {number}")},
                          address=client.address))
        assert client.receive("PUT", configuration_path(configuration)).json()["latestRevision"]["revision"] == number
    refused = f"Configuration ID [{configuration}] can't have more than [300] revisions."
    assert_bad_request(update(client, configuration, "a = 301"), refused)
    assert_bad_request(update(client, configuration, "no setting"), line_error(1), "data")
    assert revisions(client, configuration) == 300
    assert stored(client, configuration, 300) == "a = 300"


def test_CFG_42_a_seed_that_counts_to_300(serve):
    seed = sql_insert("configuration", id="c-1", name="full") + sql_insert(
        "configuration_revision", configuration_id="c-1", revision=300, data=f"{HEAD}<broker {XMLNS}/>\n")
    client = serve(seed=seed).client()
    assert_bad_request(update(client, "c-1", f"<broker {XMLNS}/>"),
                       "Configuration ID [c-1] can't have more than [300] revisions.")


# --- What is kept ----------------------------------------------------------------------------------------------

def test_CFG_53_configurations_outlive_the_server(serve, tmp_path):
    server = serve("--db", str(tmp_path / "world.db"))
    client, account = new_world(server)
    configuration = created(client, name="kept", tags={"k": "é"})
    assert_ok(update(client, configuration, f'<broker {XMLNS} persistent="true"/>', description="two"))
    before = [client.call("GET", path).json() for path in
              (configuration_path(configuration), revision_path(configuration, 1), revision_path(configuration, 2))]
    server.restart()
    again = server.client(headers=[credential(account)])
    assert before == [again.call("GET", path).json() for path in
                      (configuration_path(configuration), revision_path(configuration, 1),
                       revision_path(configuration, 2))]


with open(os.path.join(model.DATA, "sanitizer-cases.json"), encoding="utf-8") as _file:
    RECORDED = json.load(_file)


@pytest.mark.parametrize("case", RECORDED, ids=range(len(RECORDED)))
def test_CFG_35_CFG_36_CFG_37_recorded_inputs_and_answers(client, case):
    """Members of the recordings stand in the SDK's case."""
    configuration = created(client)
    response = update(client, configuration, case["input"])
    if "error" not in case:
        wanted = [{name[0].lower() + name[1:]: value for name, value in row.items()} for row in case["warnings"]]
        assert assert_ok(response).json()["warnings"] == wanted
        assert stored(client, configuration, 2) == case["stored"]
    else:
        assert_bad_request(response, case["error"]["Message"], case["error"]["ErrorAttribute"])
