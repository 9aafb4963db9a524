"""DescribeSharedResources, and what resourceShareArns of UpdateBroker and a reboot do to it."""

import itertools
import json

import pytest

import harness
from harness import (Server, assert_bad_request, assert_no_broker, assert_ok, broker_path, compact, query, reboot,
                     shared_resources_path, sql_broker, sql_insert, token)


def share(name):
    """The ARN of a resource share."""
    return f"arn:aws:ram:us-east-1:123456789012:resource-share/{name}"


def resource(name):
    """The ARN of a VPC Lattice resource configuration."""
    return f"arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-{name}"


def sql_shared(broker, arn, **columns):
    return sql_insert("shared_resource", broker_id=broker, resource_arn=arn, **columns)


def row(arn, status="AVAILABLE", **members):
    """One row as the server writes it."""
    kind = "RESOURCE_SHARE" if ":ram:" in arn else "RESOURCE"
    return dict(sorted({**members, "resourceArn": arn, "status": status, "type": kind}.items()))


def shared(client, broker, **members):
    return assert_ok(client.call("GET", shared_resources_path(broker) + (query(**members) if members else ""))).json()


def statuses(client, broker):
    """ARN's last part -> status."""
    return {item["resourceArn"].split("/")[-1]: item["status"]
            for item in shared(client, broker, maxResults=100)["sharedResources"]}


def update(client, broker, names, **members):
    """UpdateBroker with the shares of those names; asserts that it answers them."""
    arns = [share(name) for name in names]
    body = assert_ok(client.call("PUT", broker_path(broker), {"resourceShareArns": arns, **members})).json()
    assert body["resourceShareArns"] == arns
    return body


# --- Reading ---------------------------------------------------------------------------------------------------

MANY = sorted([share(f"s-{number:02}") for number in range(30)] + [resource(f"{number:02}") for number in range(15)])
STATES = ("AVAILABLE", "SETUP_IN_PROGRESS", "DELETION_IN_PROGRESS", "PENDING_CREATE", "PENDING_DELETE", "ERROR")
CODES = ("QUOTA_EXCEEDED", "SHARE_NOT_FOUND", "INVITE_FAILED", "SETUP_INCOMPLETE", "INTERNAL_ERROR", "AZ_MISMATCH",
         "RESOURCE_CONFIGURATION_NOT_FOUND")

READ_SEED = "".join([
    sql_broker("b-rabbit", engine_type="RABBITMQ"),
    sql_broker("b-none", engine_type="RABBITMQ"),
    sql_broker("b-active"),
    sql_broker("b-many", engine_type="RABBITMQ"),
    sql_broker("b-states", engine_type="RABBITMQ"),
    sql_broker("b-other", engine_type="RABBITMQ", account="210987654321"),
    sql_shared("b-rabbit", share("one")),
    sql_shared("b-rabbit", resource("1"), type="RESOURCE", dns_names=["db.example.com", "*.example.com"],
               resource_share_arns=[share("one"), share("two")]),
    sql_shared("b-rabbit", resource("2"), type="RESOURCE", status="ERROR", error_code="AZ_MISMATCH",
               error_message='No "zone" fits.', dns_names=[], resource_share_arns=[share("one")]),
    "INSERT INTO shared_resource (broker_id, resource_arn, type, dns_names) VALUES "
    f"""('b-rabbit', '{resource("3")}', 'RESOURCE', '["a.example.com" ,"b.example.com",  "c.example.com" ]');""",
    sql_shared("b-active", share("never-shown")),
    sql_shared("b-other", share("elsewhere")),
    *(sql_shared("b-many", arn, type="RESOURCE_SHARE" if ":ram:" in arn else "RESOURCE") for arn in reversed(MANY)),
    *(sql_shared("b-states", share(state.lower()), status=state) for state in STATES),
    *(sql_shared("b-states", share(f"z-{code.lower()}"), status="ERROR", error_code=code, error_message=code.lower())
      for code in CODES),
])


@pytest.fixture(scope="module")
def server():
    with Server(seed=READ_SEED) as started:
        yield started


@pytest.fixture
def reader(server):
    with server.client() as connection:
        yield connection


def test_SHR_1_SHR_2_every_member(reader):
    assert_ok(reader.call("GET", shared_resources_path("b-rabbit")), {"sharedResources": [
        {"resourceArn": share("one"), "status": "AVAILABLE", "type": "RESOURCE_SHARE"},
        {"dnsNames": ["db.example.com", "*.example.com"], "resourceArn": resource("1"),
         "resourceShareArns": [share("one"), share("two")], "status": "AVAILABLE", "type": "RESOURCE"},
        {"dnsNames": [], "error": {"code": "AZ_MISMATCH", "message": 'No "zone" fits.'}, "resourceArn": resource("2"),
         "resourceShareArns": [share("one")], "status": "ERROR", "type": "RESOURCE"},
        {"dnsNames": ["a.example.com", "b.example.com", "c.example.com"], "resourceArn": resource("3"),
         "status": "AVAILABLE", "type": "RESOURCE"}]})


def test_SHR_1_every_status_and_error_code(reader):
    rows = shared(reader, "b-states")["sharedResources"]
    assert {item["status"] for item in rows} == set(STATES)
    assert [item["error"] for item in rows if "error" in item] == [
        {"code": code, "message": code.lower()} for code in sorted(CODES)]


def test_SHR_1_nothing_shared(reader):
    assert_ok(reader.call("GET", shared_resources_path("b-none")), {"sharedResources": []})


def test_SHR_3_ActiveMQ_brokers_share_nothing(reader):
    assert_ok(reader.call("GET", shared_resources_path("b-active")), {"sharedResources": []})


@pytest.mark.parametrize("broker", ["b-unknown", "b-other", "x"])
def test_SHR_5_unknown_brokers(reader, broker):
    assert_no_broker(reader.call("GET", shared_resources_path(broker)), broker)


def test_SHR_2_SHR_4_twenty_rows_a_page(reader):
    body = shared(reader, "b-many")
    assert list(body) == ["nextToken", "sharedResources"]
    assert [item["resourceArn"] for item in body["sharedResources"]] == MANY[:20]
    assert body["nextToken"] == token(MANY[19])


@pytest.mark.parametrize("size", [5, 9, 15, 44, 45, 46, 100])
def test_SHR_4_walks_of_every_size(reader, size):
    seen, members = [], {}
    for start in range(0, len(MANY), size):
        body = shared(reader, "b-many", maxResults=size, **members)
        seen += [item["resourceArn"] for item in body["sharedResources"]]
        assert len(seen) == min(start + size, len(MANY)) and "maxResults" not in body
        assert ("nextToken" in body) == (len(seen) < len(MANY))
        members = {"nextToken": body.get("nextToken")}
    assert seen == MANY


def test_SHR_4_a_token_of_a_row_that_never_was(reader):
    for after in ("a", MANY[3] + "-", "zzz", "x" * 500):
        rows = shared(reader, "b-many", maxResults=100, nextToken=token(after))["sharedResources"]
        assert [item["resourceArn"] for item in rows] == [arn for arn in MANY if arn > after]


@pytest.mark.parametrize("text", ["invalid", token(""), token("a b"), token("a~b"), token("é"), token("x" * 501),
                                  token("a\0b")])
def test_SHR_4_forged_tokens(reader, text):
    assert_bad_request(reader.call("GET", shared_resources_path("b-many") + query(nextToken=text)),
                       f"Invalid next token [{text}]. Make sure you copied the token correctly.", "nextToken")


@pytest.mark.parametrize("value", ["4", "101", ""])
def test_SHR_4_maxResults_out_of_range(reader, value):
    # Before the broker is looked for.
    for broker in ("b-many", "b-active", "b-unknown"):
        assert_bad_request(reader.call("GET", shared_resources_path(broker) + query(maxResults=value)),
                           f"Invalid max results value [{value}]. Specify an integer between [5] and [100].",
                           "maxResults")


# --- Changing --------------------------------------------------------------------------------------------------

_names = itertools.count(1)


@pytest.fixture
def rabbit(client):
    """The id of a running RabbitMQ broker of the shared server, whose reboots are done when they are answered."""
    return harness.create_broker(client, harness.rabbit_body(f"sharing-{next(_names)}"))


def test_SHR_9_SHR_11_SHR_15_set_up_by_the_next_reboot(client, rabbit):
    body = update(client, rabbit, ["one", "two"])
    assert body == {"brokerId": rabbit, "resourceShareArns": [share("one"), share("two")]}
    assert_ok(client.call("GET", shared_resources_path(rabbit)),
              {"sharedResources": [row(share("one"), "SETUP_IN_PROGRESS"), row(share("two"), "SETUP_IN_PROGRESS")]})
    reboot(client, rabbit)
    assert_ok(client.call("GET", shared_resources_path(rabbit)),
              {"sharedResources": [row(share("one")), row(share("two"))]})


def test_SHR_9_the_last_call_before_a_reboot_wins(client, rabbit):
    update(client, rabbit, ["one", "two"])
    update(client, rabbit, ["two", "three"])
    assert statuses(client, rabbit) == {"two": "SETUP_IN_PROGRESS", "three": "SETUP_IN_PROGRESS"}
    update(client, rabbit, ["one"])
    reboot(client, rabbit)
    assert statuses(client, rabbit) == {"one": "AVAILABLE"}


def test_SHR_9_SHR_11_a_full_replacement(client, rabbit):
    update(client, rabbit, ["one", "two"])
    reboot(client, rabbit)
    update(client, rabbit, ["two", "three"])
    assert statuses(client, rabbit) == {"one": "PENDING_DELETE", "three": "SETUP_IN_PROGRESS", "two": "AVAILABLE"}
    reboot(client, rabbit)
    assert statuses(client, rabbit) == {"three": "AVAILABLE", "two": "AVAILABLE"}


def test_SHR_9_taken_back_before_the_reboot(client, rabbit):
    update(client, rabbit, ["one", "two"])
    reboot(client, rabbit)
    update(client, rabbit, ["two"])
    assert statuses(client, rabbit) == {"one": "PENDING_DELETE", "two": "AVAILABLE"}
    update(client, rabbit, ["one", "two"])
    assert statuses(client, rabbit) == {"one": "AVAILABLE", "two": "AVAILABLE"}
    reboot(client, rabbit)
    assert statuses(client, rabbit) == {"one": "AVAILABLE", "two": "AVAILABLE"}


def test_SHR_10_an_empty_list_leaves_out_all(client, rabbit):
    update(client, rabbit, ["one"])
    reboot(client, rabbit)
    update(client, rabbit, [])
    assert statuses(client, rabbit) == {"one": "PENDING_DELETE"}
    reboot(client, rabbit)
    assert_ok(client.call("GET", shared_resources_path(rabbit)), {"sharedResources": []})
    update(client, rabbit, ["two"])
    update(client, rabbit, [])
    assert statuses(client, rabbit) == {}


@pytest.mark.parametrize("members", [{}, {"resourceShareArns": None}, {"autoMinorVersionUpgrade": True}], ids=str)
def test_SHR_10_without_the_member_nothing_changes(client, rabbit, members):
    update(client, rabbit, ["one"])
    body = assert_ok(client.call("PUT", broker_path(rabbit), members)).json()
    assert "resourceShareArns" not in body
    assert statuses(client, rabbit) == {"one": "SETUP_IN_PROGRESS"}


def test_SHR_9_the_same_share_twice(client, rabbit):
    update(client, rabbit, ["one", "one"])
    assert statuses(client, rabbit) == {"one": "SETUP_IN_PROGRESS"}


def test_SHR_9_brokers_do_not_share_shares(client, rabbit):
    other = harness.create_broker(client, harness.rabbit_body(f"sharing-{next(_names)}"))
    update(client, rabbit, ["one"])
    update(client, other, ["one", "two"])
    reboot(client, rabbit)
    assert statuses(client, rabbit) == {"one": "AVAILABLE"}
    assert statuses(client, other) == {"one": "SETUP_IN_PROGRESS", "two": "SETUP_IN_PROGRESS"}
    update(client, rabbit, [])
    reboot(client, rabbit)
    assert statuses(client, other) == {"one": "SETUP_IN_PROGRESS", "two": "SETUP_IN_PROGRESS"}


# --- Refusals --------------------------------------------------------------------------------------------------

def test_SHR_6_ActiveMQ_brokers_take_none(client, broker):
    for arns in ([share("one")], []):
        assert_bad_request(client.call("PUT", broker_path(broker), {"resourceShareArns": arns}),
                           "Resource shares are only supported for RabbitMQ brokers.", "resourceShareArns")


def test_SHR_7_ten_at_most(client, rabbit):
    ten = [f"s-{number}" for number in range(10)]
    update(client, rabbit, ten)
    for arns in (ten + ["s-10"], ["same"] * 11):
        assert_bad_request(client.call("PUT", broker_path(rabbit), {"resourceShareArns": list(map(share, arns))}),
                           "Specify no more than [10] resource shares.", "resourceShareArns")
    assert statuses(client, rabbit) == {name: "SETUP_IN_PROGRESS" for name in ten}


GOOD_ARNS = [
    "arn:aws:ram:us-east-1:123456789012:resource-share/7ab63972-b505-7e2a-420d-6f5d3EXAMPLE",
    "arn:aws-cn:ram:cn-north-1:210987654321:resource-share/a",
    "arn:aws:ram:eu-west-1:123456789012:resource-share/a/b:c",
    "arn:aws:ram:us-east-1:123456789012:resource-share/" + "x" * 450,
]
BAD_ARNS = [
    "", "one", "arn", "arn:aws:ram:us-east-1:123456789012:resource-share",
    "arn:aws:ram:us-east-1:123456789012:resource-share/",
    "arn:aws:ram:us-east-1:123456789012:resource-share-invitation/a", "arn:aws:ram:us-east-1:123456789012:share/a",
    "arn:aws:mq:us-east-1:123456789012:resource-share/a", "arn:aws:ram::123456789012:resource-share/a",
    "arn:aws:ram:us-east-1::resource-share/a", "arn:aws:ram:us-east-1:12345678901:resource-share/a",
    "arn:aws:ram:us-east-1:1234567890123:resource-share/a", "arn:aws:ram:us-east-1:12345678901x:resource-share/a",
    "arn::ram:us-east-1:123456789012:resource-share/a", "arn:other:ram:us-east-1:123456789012:resource-share/a",
    "arn:aws:ram:US:123456789012:resource-share/a", "ARN:aws:ram:us-east-1:123456789012:resource-share/a",
    " arn:aws:ram:us-east-1:123456789012:resource-share/a", "arn:aws:ram:us-east-1:123456789012:resource-share/a b",
    'arn:aws:ram:us-east-1:123456789012:resource-share/"', "arn:aws:ram:us-east-1:123456789012:resource-share/é",
    "arn:aws:ram:us-east-1:123456789012:resource-share/" + "x" * 451, "x" * 3000,
    "arn:aws:ram:us-east-1:resource-share/a", ":::::resource-share/a",
]


def test_SHR_8_ARNs_of_resource_shares(client, rabbit):
    body = {"resourceShareArns": GOOD_ARNS}
    assert assert_ok(client.call("PUT", broker_path(rabbit), body)).json() == {"brokerId": rabbit, **body}
    assert [item["resourceArn"] for item in shared(client, rabbit)["sharedResources"]] == sorted(GOOD_ARNS)


@pytest.mark.parametrize("arn", BAD_ARNS, ids=lambda arn: arn[:70])
def test_SHR_8_anything_else(client, rabbit, arn):
    for arns in ([arn], [share("good"), arn, "another"]):
        assert_bad_request(client.call("PUT", broker_path(rabbit), {"resourceShareArns": arns}),
                           f"Resource share ARN [{arn}] is invalid.", "resourceShareArns")
    assert statuses(client, rabbit) == {}


@pytest.mark.parametrize("value", ["one", {}, 1, True])
def test_SHR_8_no_list(client, rabbit, value):
    assert_bad_request(client.call("PUT", broker_path(rabbit), {"resourceShareArns": value}),
                       "Invalid value for [resourceShareArns]. Specify a list of strings.", "resourceShareArns")


# --- Seeded shares ---------------------------------------------------------------------------------------------

SEED = "".join([
    *(sql_broker(f"b-{name}", engine_type="RABBITMQ") for name in ("error", "states", "resources", "refused")),
    sql_shared("b-error", share("failed"), status="ERROR", error_code="SHARE_NOT_FOUND", error_message="Gone."),
    sql_shared("b-error", share("lost"), status="ERROR", error_code="INVITE_FAILED", error_message="No answer."),
    *(sql_shared("b-states", share(state.lower()), status=state) for state in STATES[:5]),
    sql_shared("b-resources", share("one")),
    sql_shared("b-resources", share("two")),
    sql_shared("b-resources", resource("both"), type="RESOURCE", resource_share_arns=[share("one"), share("two")]),
    sql_shared("b-resources", resource("first"), type="RESOURCE", resource_share_arns=[share("one")]),
    sql_shared("b-resources", resource("coming"), type="RESOURCE", status="SETUP_IN_PROGRESS",
               resource_share_arns=[share("three")]),
    sql_shared("b-resources", resource("loose"), type="RESOURCE"),
    sql_insert("resource_share_error", resource_share_arn=share("missing")),
    sql_insert("resource_share_error", resource_share_arn=share("foreign"), error_code='NOT_"OWNED"', status="DELETED"),
])


@pytest.fixture
def seeded(serve):
    return serve("--reboot-time", "0", seed=SEED).client()


def test_SHR_12_a_failed_share_is_tried_again(seeded):
    update(seeded, "b-error", ["failed", "new"])
    assert shared(seeded, "b-error")["sharedResources"] == [
        row(share("failed"), "SETUP_IN_PROGRESS"),
        row(share("lost"), "PENDING_DELETE", error={"code": "INVITE_FAILED", "message": "No answer."}),
        row(share("new"), "SETUP_IN_PROGRESS")]
    update(seeded, "b-error", ["lost"])
    assert shared(seeded, "b-error")["sharedResources"] == [row(share("lost"), "SETUP_IN_PROGRESS")]
    reboot(seeded, "b-error")
    assert shared(seeded, "b-error")["sharedResources"] == [row(share("lost"))]


def test_SHR_11_a_reboot_alone(seeded):
    reboot(seeded, "b-states")
    assert statuses(seeded, "b-states") == {"available": "AVAILABLE", "setup_in_progress": "AVAILABLE",
                                            "deletion_in_progress": "DELETION_IN_PROGRESS",
                                            "pending_create": "PENDING_CREATE"}
    reboot(seeded, "b-error")
    assert statuses(seeded, "b-error") == {"failed": "ERROR", "lost": "ERROR"}


def test_SHR_9_SHR_12_every_seeded_status_kept(seeded):
    update(seeded, "b-states", [state.lower() for state in STATES[:5]])
    assert statuses(seeded, "b-states") == {
        "available": "AVAILABLE", "setup_in_progress": "SETUP_IN_PROGRESS",
        "deletion_in_progress": "SETUP_IN_PROGRESS", "pending_create": "PENDING_CREATE", "pending_delete": "AVAILABLE"}


def test_SHR_9_SHR_10_every_seeded_status_left_out(seeded):
    update(seeded, "b-states", [])
    assert statuses(seeded, "b-states") == {
        "available": "PENDING_DELETE", "deletion_in_progress": "DELETION_IN_PROGRESS",
        "pending_create": "PENDING_DELETE", "pending_delete": "PENDING_DELETE"}


def test_SHR_13_resources_go_with_their_shares(seeded):
    update(seeded, "b-resources", ["two", "three"])
    assert statuses(seeded, "b-resources") == {
        "one": "PENDING_DELETE", "two": "AVAILABLE", "three": "SETUP_IN_PROGRESS", "rcfg-both": "AVAILABLE",
        "rcfg-first": "PENDING_DELETE", "rcfg-coming": "SETUP_IN_PROGRESS", "rcfg-loose": "AVAILABLE"}
    update(seeded, "b-resources", ["one"])
    assert statuses(seeded, "b-resources") == {
        "one": "AVAILABLE", "two": "PENDING_DELETE", "rcfg-both": "AVAILABLE", "rcfg-first": "AVAILABLE",
        "rcfg-loose": "AVAILABLE"}
    update(seeded, "b-resources", [])
    reboot(seeded, "b-resources")
    assert statuses(seeded, "b-resources") == {}


def test_SHR_14_shares_that_cannot_be_used(seeded):
    before = seeded.call("GET", broker_path("b-refused")).body
    for names, refused in ((["good", "foreign", "missing"], ["foreign", "missing"]), (["missing"], ["missing"]),
                           (["missing", "foreign"], ["missing", "foreign"])):
        errors = {"foreign": ('NOT_"OWNED"', "DELETED"), "missing": ("SHARE_NOT_FOUND", "ERROR")}
        response = seeded.call("PUT", broker_path("b-refused"), {
            "resourceShareArns": list(map(share, names)), "logs": {"general": True}, "autoMinorVersionUpgrade": True})
        assert (response.status, response.error) == (400, "BadRequestException")
        rows = ", ".join(f'{{\n    "errorCode" : {json.dumps(errors[name][0])},\n    "resourceShareArn" : "{share(name)}",\n'
                         f'    "status" : "{errors[name][1]}"\n  }}' for name in refused)
        assert response.body.decode() == (
            '{\n  "errorAttribute" : "resourceShareArns",\n  "message" : "One or more resource shares can\'t be used.",\n'
            f'  "resourceShareErrors" : [ {rows} ]\n}}')
    assert statuses(seeded, "b-refused") == {}
    assert seeded.call("GET", broker_path("b-refused")).body == before
    update(seeded, "b-refused", ["good"])


def test_SHR_14_the_rules_without_the_store_come_first(seeded):
    assert_bad_request(seeded.call("PUT", broker_path("b-refused"), {"resourceShareArns": [share("missing"), "x"]}),
                       "Resource share ARN [x] is invalid.", "resourceShareArns")


def test_SHR_16_shares_go_with_their_broker(serve, tmp_path):
    path = str(tmp_path / "store.db")
    server = serve("--db", path, "--delete-time", "0", seed=SEED)
    client = server.client()
    update(client, "b-states", ["one"])
    assert_ok(client.call("DELETE", broker_path("b-states")), {"brokerId": "b-states"})
    assert_no_broker(client.call("GET", shared_resources_path("b-states")), "b-states")
    assert statuses(client, "b-error") == {"failed": "ERROR", "lost": "ERROR"}
    server.restart()
    assert_no_broker(server.client().call("GET", shared_resources_path("b-states")), "b-states")


def test_SHR_11_a_maintenance_window_does_what_a_reboot_does(serve):
    seed = (sql_broker("b-window", engine_type="RABBITMQ", day_of_week="MONDAY", window_due_ms=1)
            + sql_shared("b-window", share("new"), status="SETUP_IN_PROGRESS")
            + sql_shared("b-window", share("old"), status="PENDING_DELETE"))
    client = serve("--reboot-time", "0", seed=seed).client()
    harness.eventually(lambda: statuses(client, "b-window") == {"new": "AVAILABLE"}, "the window")
