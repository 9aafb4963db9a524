"""VPCs, subnets and security groups of a seed: what is refused with them, what is chosen of them; without them nothing changes."""

import pytest

import control_calls as control
import harness
from broker_calls import create_refused as refused
from harness import (Server, assert_bad_request, assert_ok, broker_body, broker_name, create_broker, credential, describe_broker,
                     rabbit_body, sql_broker, sql_insert)
from shapes import CLUSTER, STANDBY

NO_DEFAULT = "Default VPC not found. Subnet and/or security group IDs may be omitted only if a default VPC exists."
NO_GATEWAY = "The VPC associated with the provided subnets must have an available internet gateway attachment."
SEVERAL = "Subnets must belong to the same VPC."
ONE_GIVEN = "Subnets and security groups must belong to the default VPC when only one is provided."

# One default VPC without and, in another region, one with a gateway; two more VPCs; an account that has no default VPC.
ELSEWHERE = [credential(harness.DEFAULT_ACCOUNT, "eu-west-1")]
OTHER = [credential("210987654321")]
EMPTY = [credential(harness.DEFAULT_ACCOUNT, "sa-east-1")]


def vpc(name, subnets=(), groups=(), **columns):
    """A VPC, its subnets, and its groups, of which the first is the default."""
    return (sql_insert("vpc", id=f"vpc-{name}", **columns)
            + "".join(sql_insert("subnet", id=f"subnet-{subnet}", vpc_id=f"vpc-{name}") for subnet in subnets)
            + "".join(sql_insert("security_group", id=f"sg-{group}", vpc_id=f"vpc-{name}", is_default=int(number == 0))
                      for number, group in enumerate(groups)))


SEED = (vpc("main", ("c", "a", "b"), ("main", "extra"), is_default=1)
        + vpc("side", ("s1", "s2"), ("side", "side2"))
        + vpc("shut", ("x1", "x2"), ("shut",), internet_gateway=0)
        + vpc("eu", ("eu1",), ("eu",), region="eu-west-1", is_default=1, internet_gateway=0)
        + vpc("o1", ("o1",), ("o1",), account="210987654321")
        + vpc("bare", region="ap-south-1", is_default=1)
        + sql_broker("b-fixture", subnet_ids=["subnet-nowhere"], security_groups=["sg-nowhere"])
        + sql_broker("b-plain"))


@pytest.fixture(scope="module")
def server():
    with Server("--create-time", "0", "--reboot-time", "0", seed=SEED) as started:
        yield started


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def active(**members):
    return broker_body(broker_name(), **members)


def rabbit(**members):
    return rabbit_body(broker_name(), **members)


def subnets(*names):
    return [f"subnet-{name}" for name in names]


def groups(*names):
    return [f"sg-{name}" for name in names]


def network(client, broker, headers=()):
    body = describe_broker(client, broker, headers)
    return body["subnetIds"], body["securityGroups"]


def made(client, body, headers=()):
    return network(client, create_broker(client, body, headers), headers)


# --- CreateBroker: refusals ------------------------------------------------------------------------------------

@pytest.mark.parametrize("body", [
    active(), active(subnetIds=[], securityGroups=[]), active(deploymentMode=STANDBY), active(subnetIds=subnets("o1")),
    active(securityGroups=groups("o1")), rabbit(), rabbit(publiclyAccessible=True), rabbit(deploymentMode=CLUSTER)], ids=str)
def test_VPC_2_no_default_vpc(client, body):
    refused(client, body, NO_DEFAULT, headers=OTHER)


def test_VPC_2_nothing_is_omitted(client):
    assert made(client, active(subnetIds=subnets("o1"), securityGroups=groups("o1")), OTHER) == (subnets("o1"), groups("o1"))


def test_VPC_2_a_public_RabbitMQ_broker_has_no_groups(client):
    """Nor has a public cluster subnets."""
    body = rabbit(publiclyAccessible=True, subnetIds=subnets("o1"))
    assert made(client, body, OTHER) == (subnets("o1"), [])
    assert made(client, rabbit(publiclyAccessible=True, deploymentMode=CLUSTER), OTHER) == ([], [])


@pytest.mark.parametrize("body", [
    active(publiclyAccessible=True, subnetIds=subnets("x1"), securityGroups=groups("shut")),
    active(publiclyAccessible=True, subnetIds=subnets("x1", "x2"), securityGroups=groups("shut"), deploymentMode=STANDBY),
    rabbit(publiclyAccessible=True, subnetIds=subnets("x1"))], ids=str)
def test_VPC_3_a_public_broker_needs_an_internet_gateway(client, body):
    refused(client, body, NO_GATEWAY, "subnetIds")


def test_VPC_3_the_default_vpc_too(client):
    refused(client, active(publiclyAccessible=True), NO_GATEWAY, "subnetIds", ELSEWHERE)
    assert made(client, active(), ELSEWHERE) == (subnets("eu1"), groups("eu"))


def test_VPC_3_a_private_broker_needs_none(client):
    body = active(subnetIds=subnets("x1"), securityGroups=groups("shut"))
    assert made(client, body) == (subnets("x1"), groups("shut"))
    assert made(client, active(publiclyAccessible=True)) == (subnets("c"), groups("main"))


@pytest.mark.parametrize("members", [{}, {"securityGroups": groups("main")}, {"securityGroups": groups("side")},
                                     {"publiclyAccessible": True}], ids=str)
def test_VPC_4_subnets_of_several_vpcs(client, members):
    refused(client, active(deploymentMode=STANDBY, subnetIds=subnets("a", "s1"), **members), SEVERAL, "subnetIds")
    refused(client, rabbit(deploymentMode=CLUSTER, subnetIds=subnets("s1", "s2", "x1")), SEVERAL, "subnetIds")


@pytest.mark.parametrize("members, attribute", [
    ({"subnetIds": subnets("s1")}, "subnetIds"), ({"securityGroups": groups("side")}, "securityGroups"),
    ({"securityGroups": groups("main", "side")}, "securityGroups"),
    ({"subnetIds": subnets("x1"), "publiclyAccessible": True}, "subnetIds")], ids=str)
def test_VPC_5_only_one_of_both_outside_the_default_vpc(client, members, attribute):
    refused(client, active(**members), ONE_GIVEN, attribute)


def test_VPC_5_only_one_of_both_within_it(client):
    assert made(client, active(subnetIds=subnets("b"))) == (subnets("b"), groups("main"))
    assert made(client, active(securityGroups=groups("extra"))) == (subnets("c"), groups("extra"))
    assert made(client, active(securityGroups=groups("extra", "main"))) == (subnets("c"), groups("extra", "main"))


@pytest.mark.parametrize("given", ["nowhere", "o1", "eu1", "A", "main"])
def test_VPC_1_unknown_subnets(client, given):
    """Those of another account or region are not known either."""
    message = f"Subnet ID [subnet-{given}] can't be found. Make sure it exists."
    refused(client, active(subnetIds=subnets(given)), message, "subnetIds")
    refused(client, active(subnetIds=subnets(given), securityGroups=groups("unknown")), message, "subnetIds")
    refused(client, active(deploymentMode=STANDBY, subnetIds=subnets("a", given)), message, "subnetIds")
    refused(client, rabbit(subnetIds=subnets(given)), message, "subnetIds")


@pytest.mark.parametrize("given", ["nowhere", "o1", "eu", "Main", "a"])
def test_VPC_1_unknown_security_groups(client, given):
    message = f"Security group ID [sg-{given}] can't be found. Make sure it exists."
    refused(client, active(securityGroups=groups("main", given)), message, "securityGroups")
    refused(client, active(subnetIds=subnets("s1"), securityGroups=groups(given)), message, "securityGroups")


def test_VPC_6_security_groups_of_another_vpc(client):
    refused(client, active(subnetIds=subnets("s1"), securityGroups=groups("side", "main")),
            "Security group ID [sg-main] is not in VPC [vpc-side], to which the subnets belong.", "securityGroups")
    assert made(client, active(subnetIds=subnets("s1"), securityGroups=groups("side", "side2"))) == (
        subnets("s1"), groups("side", "side2"))


def test_VPC_1_other_rules_come_first(client):
    refused(client, active(subnetIds=subnets("nowhere"), engineVersion="1"), "Broker engine version [1] is invalid for broker "
            "engine type [ACTIVEMQ]. Valid values: [5.19, 5.18].", "engineVersion")
    body = active(creatorRequestId="again")
    first = create_broker(client, body)
    assert create_broker(client, {**body, "subnetIds": subnets("nowhere")}) == first


# --- CreateBroker: what is chosen ------------------------------------------------------------------------------

@pytest.mark.parametrize("body, wanted", [
    (active(), (subnets("c"), groups("main"))), (active(subnetIds=[], securityGroups=[]), (subnets("c"), groups("main"))),
    (active(deploymentMode=STANDBY), (subnets("c", "a"), groups("main"))), (rabbit(), (subnets("c"), groups("main"))),
    (rabbit(deploymentMode=CLUSTER), (subnets("c", "a", "b"), groups("main"))),
    (rabbit(deploymentMode=CLUSTER, publiclyAccessible=True), ([], [])),
    (rabbit(publiclyAccessible=True), (subnets("c"), []))], ids=str)
def test_VPC_7_ids_of_the_default_vpc(client, body, wanted):
    assert made(client, body) == wanted


def test_VPC_7_they_stay_when_the_rows_go(serve):
    server = serve("--create-time", "0", seed=SEED)
    client = server.client()
    broker = create_broker(client, active())
    control.done(client, "POST", "/_local/seed", "DELETE FROM vpc;")
    assert network(client, broker) == (subnets("c"), groups("main"))


def test_VPC_7_a_default_vpc_of_which_nothing_is_told(client):
    """What has no rows there has generated ids."""
    caller = [credential(harness.DEFAULT_ACCOUNT, "ap-south-1")]
    found = made(client, active(deploymentMode=STANDBY), caller)
    assert [len(ids) for ids in found] == [2, 1]
    assert all(len(one.split("-")[1]) == 17 for ids in found for one in ids)


def test_VPC_8_a_default_vpc_with_too_few_subnets(client):
    refused(client, active(deploymentMode=STANDBY), "Default VPC [vpc-eu] has fewer than [2] subnets.", "subnetIds", ELSEWHERE)
    assert made(client, rabbit(deploymentMode=CLUSTER), ELSEWHERE) == (subnets("eu1"), groups("eu"))


# --- UpdateBroker ----------------------------------------------------------------------------------------------

def change(client, broker, *names):
    return client.call("PUT", harness.broker_path(broker), {"securityGroups": groups(*names)})


def test_VPC_9_security_groups_are_changed_within_the_vpc(client):
    broker = create_broker(client, active(subnetIds=subnets("s1"), securityGroups=groups("side")))
    assert_bad_request(change(client, broker, "nowhere"), "Security group ID [sg-nowhere] can't be found. Make sure it exists.",
                       "securityGroups")
    assert_bad_request(change(client, broker, "side", "main"),
                       "Security group ID [sg-main] is not in VPC [vpc-side], to which the subnets belong.", "securityGroups")
    assert network(client, broker)[1] == groups("side")
    assert_ok(change(client, broker, "side", "side2"), {"brokerId": broker, "securityGroups": groups("side", "side2")})
    assert network(client, broker)[1] == groups("side", "side2")


@pytest.mark.parametrize("broker", ["b-fixture", "b-plain"])
def test_VPC_9_VPC_10_a_fixture_may_be_anywhere(client, broker):
    """What it has may be named again; what it has not must be known, in whichever VPC."""
    has = network(client, broker)[1]
    assert_ok(client.call("PUT", harness.broker_path(broker), {"securityGroups": has}), {"brokerId": broker})
    assert_bad_request(change(client, broker, "unknown"), "Security group ID [sg-unknown] can't be found. Make sure it exists.",
                       "securityGroups")
    assert_ok(change(client, broker, "side"), {"brokerId": broker, "securityGroups": groups("side")})


# --- Worlds ----------------------------------------------------------------------------------------------------

def test_VPC_10_worlds_without_rows_are_not_checked(client):
    body = active(deploymentMode=STANDBY, publiclyAccessible=True, subnetIds=subnets("a", "s1"), securityGroups=groups("o1"))
    assert made(client, body, EMPTY) == (subnets("a", "s1"), groups("o1"))
    found = made(client, active(), EMPTY)
    assert [len(one.split("-")[1]) for ids in found for one in ids] == [17, 17]


def test_VPC_10_fixtures_keep_what_they_name(client):
    with Server("--create-time", "0", seed=sql_broker("b-plain")) as without:
        plain = network(without.client(), "b-plain")
    with Server("--create-time", "0", seed=SEED) as fresh, fresh.client() as connection:
        assert network(connection, "b-plain") == plain
        assert network(connection, "b-fixture") == (subnets("nowhere"), groups("nowhere"))


def rows_of(client):
    """Which of the three worlds have a VPC: ids that nobody knows are refused there."""
    body = active(subnetIds=subnets("nowhere"), securityGroups=groups("nowhere"))
    return [client.call("POST", "/v1/brokers", {**body, "brokerName": broker_name()}, who).status == 400
            for who in ([], ELSEWHERE, OTHER)]


@pytest.mark.parametrize("query, left", [
    ("", [True, True, True]), ("?empty=true", [False, False, False]), ("?empty=true&region=eu-west-1", [True, False, True]),
    ("?empty=true&account=210987654321", [True, True, False]), ("?account=123456789012", [True, True, True])])
def test_VPC_10_a_reset_knows_the_rows(serve, query, left):
    client = serve("--create-time", "0", seed=SEED).client()
    assert rows_of(client) == [True, True, True]
    if "empty" not in query:
        control.done(client, "POST", "/_local/seed", "DELETE FROM vpc WHERE region = 'us-east-1' AND account = '123456789012';")
        assert rows_of(client) == [False, True, True]
    control.done(client, "POST", f"/_local/reset{query}")
    assert rows_of(client) == left
    if left[0]:
        assert made(client, rabbit(deploymentMode=CLUSTER)) == (subnets("c", "a", "b"), groups("main"))


def test_VPC_10_a_snapshot_holds_the_rows(serve):
    first, second = serve("--create-time", "0", seed=SEED).client(), serve("--create-time", "0").client()
    assert rows_of(second) == [False, False, False]
    control.done(second, "PUT", "/_local/snapshot", control.snapshot(first))
    assert rows_of(second) == [True, True, True]
    assert made(second, rabbit(deploymentMode=CLUSTER)) == (subnets("c", "a", "b"), groups("main"))
