"""Data replication between two regions: making a pair, who may be one, changing roles, and ending it."""

import time

import pytest

import control_calls as control
from harness import (assert_bad_request, assert_no_broker, assert_ok, broker_body, broker_path, create_broker,
                     credential, describe_broker, promote_path, reboot_path, sql_broker, sql_insert, wait_state)
from shapes import CLUSTER, STANDBY

HERE, THERE = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"
IN_HERE = [credential(ACCOUNT, HERE)]
IN_THERE = [credential(ACCOUNT, THERE)]
NEEDS = "Data replication requires ActiveMQ 5.17.6 or later and deployment mode [ACTIVE_STANDBY_MULTI_AZ]."
ENDS = "Data replication can only be ended here, by [NONE] on the primary broker of a pair."
MEMBERS = ("dataReplicationMetadata", "dataReplicationMode", "pendingDataReplicationMetadata",
           "pendingDataReplicationMode")


def arn(broker, name, region=HERE, account=ACCOUNT):
    return f"arn:aws:mq:{region}:{account}:broker:{name}:{broker}"


def replica_body(name, primary_arn, **members):
    return broker_body(name, deploymentMode=STANDBY, dataReplicationMode="CRDR",
                       dataReplicationPrimaryBrokerArn=primary_arn, **members)


def metadata(counterpart, region, role):
    return {"dataReplicationCounterpart": {"brokerId": counterpart, "region": region}, "dataReplicationRole": role}


def replication(client, broker, headers=()):
    """(state, what DescribeBroker says about replication)."""
    body = describe_broker(client, broker, headers)
    return body["brokerState"], {name: body[name] for name in MEMBERS if name in body}


def pending(counterpart, region, role):
    return {"pendingDataReplicationMetadata": metadata(counterpart, region, role), "pendingDataReplicationMode": "CRDR"}


def paired(counterpart, region, role):
    return {"dataReplicationMetadata": metadata(counterpart, region, role), "dataReplicationMode": "CRDR"}


SEED = sql_broker("b-primary", name="primary", deployment_mode=STANDBY)


@pytest.fixture
def client(serve):
    """A server with b-primary, in HERE; its creations, reboots and deletions are over when they are answered."""
    return serve("--create-time", "0", "--reboot-time", "0", "--delete-time", "0", seed=SEED).client()


@pytest.fixture
def replica(client):
    """The replica of b-primary, in THERE, after the primary's reboot: a pair."""
    broker = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    assert_ok(client.call("POST", reboot_path("b-primary")), {})
    return broker


# --- A pair is made --------------------------------------------------------------------------------------------

def test_REP_1_REP_2_a_pair(client):
    before = describe_broker(client, "b-primary")
    broker = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    assert replication(client, broker, IN_THERE) == ("RUNNING", pending("b-primary", HERE, "REPLICA"))
    assert replication(client, "b-primary") == ("RUNNING", pending(broker, THERE, "PRIMARY"))
    assert_ok(client.call("POST", reboot_path("b-primary")), {})
    assert replication(client, "b-primary") == ("RUNNING", paired(broker, THERE, "PRIMARY"))
    assert replication(client, broker, IN_THERE) == ("REPLICA", paired("b-primary", HERE, "REPLICA"))
    # Nothing else about the primary is another.
    after = describe_broker(client, "b-primary")
    assert {name: value for name, value in after.items() if name not in MEMBERS} == before


def test_REP_2_a_reboot_of_the_replica_applies_nothing(client):
    broker = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    assert_ok(client.call("POST", reboot_path(broker), headers=IN_THERE), {})
    assert replication(client, broker, IN_THERE) == ("RUNNING", pending("b-primary", HERE, "REPLICA"))
    assert replication(client, "b-primary") == ("RUNNING", pending(broker, THERE, "PRIMARY"))


def test_REP_2_with_times(serve):
    client = serve("--create-time", "100ms", "--reboot-time", "100ms", seed=SEED).client()
    broker = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    state, found = replication(client, broker, IN_THERE)
    assert state in ("CREATION_IN_PROGRESS", "RUNNING") and found == pending("b-primary", HERE, "REPLICA")
    wait_state(client, broker, "RUNNING", IN_THERE)
    assert_ok(client.call("POST", reboot_path("b-primary")), {})
    wait_state(client, "b-primary", "RUNNING")
    wait_state(client, broker, "REPLICA", IN_THERE)
    assert replication(client, "b-primary") == ("RUNNING", paired(broker, THERE, "PRIMARY"))


def test_REP_2_the_replica_is_rebooted_by_its_window_only(client, replica):
    assert_bad_request(client.call("POST", reboot_path(replica), headers=IN_THERE),
                       "Broker [replica] can't be rebooted while in state [REPLICA].")
    assert replication(client, replica, IN_THERE) == ("REPLICA", paired("b-primary", HERE, "REPLICA"))


def test_REP_2_DUR_2_a_pair_survives_a_restart(serve, tmp_path):
    server = serve("--create-time", "0", "--reboot-time", "0", "--db", tmp_path / "store.db", seed=SEED)
    client = server.client()
    broker = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    server.restart()
    client = server.client()
    assert replication(client, "b-primary") == ("RUNNING", pending(broker, THERE, "PRIMARY"))
    assert_ok(client.call("POST", reboot_path("b-primary")), {})
    server.restart()
    assert replication(server.client(), broker, IN_THERE) == ("REPLICA", paired("b-primary", HERE, "REPLICA"))


def test_REP_1_a_pair_can_be_seeded(serve):
    seed = (sql_broker("b-1", deployment_mode=STANDBY, data_replication_mode="CRDR", data_replication_role="PRIMARY",
                       data_replication_counterpart="b-2", data_replication_counterpart_region=THERE)
            + sql_broker("b-2", region=THERE, state="REPLICA", deployment_mode=STANDBY, data_replication_mode="CRDR",
                         data_replication_role="REPLICA", data_replication_counterpart="b-1",
                         data_replication_counterpart_region=HERE))
    client = serve(seed=seed).client()
    assert replication(client, "b-1") == ("RUNNING", paired("b-2", THERE, "PRIMARY"))
    assert replication(client, "b-2", IN_THERE) == ("REPLICA", paired("b-1", HERE, "REPLICA"))


# --- Who may be one --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("member", [None, {"dataReplicationPrimaryBrokerArn": None}])
def test_REP_3_the_primary_is_required(client, member):
    body = broker_body("replica", deploymentMode=STANDBY, dataReplicationMode="CRDR", **(member or {}))
    assert_bad_request(client.call("POST", "/v1/brokers", body, IN_THERE),
                       "[dataReplicationPrimaryBrokerArn] is required.", "dataReplicationPrimaryBrokerArn")


OTHERS = "".join([
    sql_broker("b-west", name="west", deployment_mode=STANDBY, region=THERE),
    sql_broker("b-single", name="single"),
    sql_broker("b-old", name="old", deployment_mode=STANDBY, engine_version="5.17.5"),
    sql_broker("b-oldest", name="oldest", deployment_mode=STANDBY, engine_version="5.9"),
    sql_broker("b-rabbit", name="rabbit", engine_type="RABBITMQ", deployment_mode=CLUSTER),
    sql_broker("b-rebooting", name="rebooting", deployment_mode=STANDBY, state="REBOOT_IN_PROGRESS"),
    sql_broker("b-creating", name="creating", deployment_mode=STANDBY, state="CREATION_IN_PROGRESS"),
    sql_broker("b-other", name="other", deployment_mode=STANDBY, account="210987654321"),
    sql_broker("b-just", name="just", deployment_mode=STANDBY, engine_version="5.17.6"),
])


@pytest.mark.parametrize("primary", [
    "", "x", "b-primary", arn("b-nobody", "nobody"), arn("b-primary", "other"), arn("b-primary", "primary", THERE),
    arn("b-primary", "primary", account="210987654321"), arn("b-west", "west", THERE), arn("b-single", "single"),
    arn("b-old", "old"), arn("b-oldest", "oldest"), arn("b-rabbit", "rabbit"), arn("b-rebooting", "rebooting"),
    arn("b-creating", "creating"), arn("b-other", "other", account="210987654321"),
    arn("b-primary", "primary").replace("arn:aws:", "arn:aws-cn:"), arn("b-primary", "primary") + "x",
    arn("b-primary", "primary").replace(":broker:", ":configuration:"), "é"])
def test_REP_3_no_primary(serve, primary):
    client = serve("--create-time", "0", seed=SEED + OTHERS).client()
    assert_bad_request(client.call("POST", "/v1/brokers", replica_body("replica", primary), IN_THERE),
                       f"Primary broker [{primary}] can't be found or can't be replicated.",
                       "dataReplicationPrimaryBrokerArn")
    assert replication(client, "b-primary") == ("RUNNING", {})
    assert [row["brokerName"] for row in client.call("GET", "/v1/brokers", headers=IN_THERE).json()["brokerSummaries"]
            ] == ["west"]


def test_REP_3_the_first_version_that_can(serve):
    seed = OTHERS + sql_insert("engine_version", engine_type="ACTIVEMQ", version="5.17.6")
    client = serve("--create-time", "0", seed=seed).client()
    assert create_broker(client, replica_body("replica", arn("b-just", "just"), engineVersion="5.17.6"), IN_THERE)
    assert replication(client, "b-just")[1]["pendingDataReplicationMode"] == "CRDR"


def test_REP_3_a_primary_has_one_replica(client, replica):
    primary = arn("b-primary", "primary")
    for headers in (IN_THERE, [credential(ACCOUNT, "eu-west-1")]):
        assert_bad_request(client.call("POST", "/v1/brokers", replica_body("second", primary), headers),
                           f"Primary broker [{primary}] can't be found or can't be replicated.",
                           "dataReplicationPrimaryBrokerArn")
    second = arn(replica, "replica", THERE)
    assert_bad_request(client.call("POST", "/v1/brokers", replica_body("second", second), IN_HERE),
                       f"Primary broker [{second}] can't be found or can't be replicated.",
                       "dataReplicationPrimaryBrokerArn")


@pytest.mark.parametrize("members", [
    {"deploymentMode": "SINGLE_INSTANCE"}, {"engineVersion": "5.17.5"}, {"engineVersion": "5.9"},
    {"engineType": "RABBITMQ", "deploymentMode": CLUSTER, "hostInstanceType": "mq.m7g.medium"}])
def test_REP_4_no_replica(serve, members):
    seed = SEED + "".join(sql_insert("engine_version", engine_type="ACTIVEMQ", version=version)
                          for version in ("5.17.5", "5.9"))
    client = serve("--create-time", "0", seed=seed).client()
    body = {**replica_body("replica", arn("b-primary", "primary")), **members}
    assert_bad_request(client.call("POST", "/v1/brokers", body, IN_THERE), NEEDS, "dataReplicationMode")
    assert replication(client, "b-primary") == ("RUNNING", {})


@pytest.mark.parametrize("small", ["mq.t3.micro", "mq.t2.micro", "mq.m4.large"])
def test_REP_8_small_instances(serve, small):
    """Before the other rules of pairs; a small primary is none."""
    older = sql_insert("instance_option", engine_type="ACTIVEMQ", host_instance_type=small, storage_type="EFS",
                       deployment_modes='["SINGLE_INSTANCE","ACTIVE_STANDBY_MULTI_AZ"]')
    seed = SEED + ("" if small == "mq.t3.micro" else older) + sql_broker("b-small", name="small", deployment_mode=STANDBY,
                                                                      host_instance_type=small)
    client = serve("--create-time", "0", seed=seed).client()
    for members in ({}, {"deploymentMode": "SINGLE_INSTANCE"}, {"dataReplicationPrimaryBrokerArn": "unknown"}):
        body = {**replica_body("replica", arn("b-primary", "primary")), "hostInstanceType": small, **members}
        assert_bad_request(client.call("POST", "/v1/brokers", body, IN_THERE),
                           "Data replication requires [mq.m5.large] or larger.", "hostInstanceType")
    primary = arn("b-small", "small")
    assert_bad_request(client.call("POST", "/v1/brokers", replica_body("replica", primary), IN_THERE),
                       f"Primary broker [{primary}] can't be found or can't be replicated.",
                       "dataReplicationPrimaryBrokerArn")


def test_REP_4_NONE_is_no_replication(client):
    body = replica_body("alone", arn("b-primary", "primary"))
    broker = create_broker(client, {**body, "dataReplicationMode": "NONE"}, IN_THERE)
    assert replication(client, broker, IN_THERE) == ("RUNNING", {})
    assert replication(client, "b-primary") == ("RUNNING", {})


def test_CBR_35_REP_1_the_same_call_again(client):
    """Though its primary is in a pair by now."""
    body = replica_body("replica", arn("b-primary", "primary"), creatorRequestId="token")
    broker = create_broker(client, body, IN_THERE)
    assert create_broker(client, body, IN_THERE) == broker
    assert_ok(client.call("POST", reboot_path("b-primary")), {})
    assert create_broker(client, body, IN_THERE) == broker
    assert replication(client, broker, IN_THERE) == ("REPLICA", paired("b-primary", HERE, "REPLICA"))


# --- Promote ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("mode", ["SWITCHOVER", "FAILOVER", "switchover", "Failover"])
def test_PRO_1_the_roles_change_places(client, replica, mode):
    assert_ok(client.call("POST", promote_path(replica), {"mode": mode}, IN_THERE), {"brokerId": replica})
    assert replication(client, replica, IN_THERE) == ("RUNNING", paired("b-primary", HERE, "PRIMARY"))
    assert replication(client, "b-primary") == ("REPLICA", paired(replica, THERE, "REPLICA"))
    # And back.
    assert_ok(client.call("POST", promote_path("b-primary"), {"mode": mode}), {"brokerId": "b-primary"})
    assert replication(client, "b-primary") == ("RUNNING", paired(replica, THERE, "PRIMARY"))
    assert replication(client, replica, IN_THERE) == ("REPLICA", paired("b-primary", HERE, "REPLICA"))


def not_a_replica(client, broker, name, headers=()):
    assert_bad_request(client.call("POST", promote_path(broker), {"mode": "SWITCHOVER"}, headers),
                       f"Broker [{name}] is not a data replication replica.", "broker-id")


def test_PRO_2_no_replica(client, replica, serve):
    not_a_replica(client, "b-primary", "primary")
    other = serve(seed=sql_broker("b-1", name="one") + sql_broker("b-2", name="two", engine_type="RABBITMQ")
                  + sql_broker("b-3", name="three", state="REPLICA")).client()
    for broker, name in (("b-1", "one"), ("b-2", "two"), ("b-3", "three")):
        not_a_replica(other, broker, name)
    assert replication(client, replica, IN_THERE)[0] == "REPLICA"


def test_PRO_2_not_yet_a_replica(client):
    broker = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    not_a_replica(client, broker, "replica", IN_THERE)
    assert replication(client, broker, IN_THERE) == ("RUNNING", pending("b-primary", HERE, "REPLICA"))


@pytest.mark.parametrize("mode", ["", "X", "SWITCH OVER", "é"])
def test_PRO_3_modes(client, replica, mode):
    for broker, headers in ((replica, IN_THERE), ("b-primary", ()), ("b-unknown", ())):
        assert_bad_request(client.call("POST", promote_path(broker), {"mode": mode}, headers),
                           f"Value of [mode] is invalid: [{mode}]. Valid values are: [SWITCHOVER, FAILOVER].", "mode")


@pytest.mark.parametrize("body", [None, b"", {}, {"mode": None}])
def test_PRO_3_the_mode_is_required(client, body):
    assert_bad_request(client.call("POST", promote_path("b-primary"), body), "[mode] is required.", "mode")
    assert_bad_request(client.call("POST", promote_path("b-primary"), {"mode": 1}),
                       "Invalid value for [mode]. Specify a string.", "mode")


@pytest.mark.parametrize("unknown", ["b-unknown", "..", "é"])
def test_PRO_4_unknown_broker(client, unknown):
    assert_no_broker(client.call("POST", promote_path(unknown), {"mode": "FAILOVER"}), unknown)


@pytest.mark.parametrize("state", ["CREATION_IN_PROGRESS", "CREATION_FAILED", "REBOOT_IN_PROGRESS",
                                   "DELETION_IN_PROGRESS"])
def test_PRO_4_wrong_states(serve, state):
    client = serve(seed=sql_broker("b-1", name="one", state=state)).client()
    assert_bad_request(client.call("POST", promote_path("b-1"), {"mode": "FAILOVER"}),
                       f"Broker [one] can't be updated while in state [{state}].")


# --- A pair is ended -------------------------------------------------------------------------------------------

def end(client, broker, headers=()):
    return client.call("PUT", broker_path(broker), {"dataReplicationMode": "NONE"}, headers)


def test_REP_5_by_the_primary_and_a_reboot(client, replica):
    response = end(client, "b-primary")
    assert assert_ok(response).json()["brokerId"] == "b-primary"
    assert response.json()["pendingDataReplicationMode"] == "NONE"
    state, found = replication(client, "b-primary")
    assert (state, found["pendingDataReplicationMode"]) == ("RUNNING", "NONE")
    assert found["dataReplicationMode"] == "CRDR"
    assert found["dataReplicationMetadata"] == metadata(replica, THERE, "PRIMARY")
    assert replication(client, replica, IN_THERE)[0] == "REPLICA"
    assert_ok(client.call("POST", reboot_path("b-primary")), {})
    assert replication(client, "b-primary") == replication(client, replica, IN_THERE) == ("RUNNING", {})
    # Each is a broker of its own again.
    assert_ok(client.call("DELETE", broker_path(replica), headers=IN_THERE), {"brokerId": replica})
    assert_ok(client.call("DELETE", broker_path("b-primary")), {"brokerId": "b-primary"})


def test_REP_5_after_a_promotion_the_new_primary_ends_it(client, replica):
    assert_ok(client.call("POST", promote_path(replica), {"mode": "SWITCHOVER"}, IN_THERE))
    assert_bad_request(end(client, "b-primary"), ENDS, "dataReplicationMode")
    assert_ok(end(client, replica, IN_THERE))
    assert_ok(client.call("POST", reboot_path(replica), headers=IN_THERE), {})
    assert replication(client, "b-primary") == replication(client, replica, IN_THERE) == ("RUNNING", {})


def test_REP_6_only_the_primary_only_NONE(client, replica):
    assert_bad_request(end(client, replica, IN_THERE), ENDS, "dataReplicationMode")
    assert_ok(client.call("PUT", broker_path("b-primary"), {"dataReplicationMode": "CRDR"}), {"brokerId": "b-primary"})
    assert replication(client, "b-primary") == ("RUNNING", paired(replica, THERE, "PRIMARY"))


def test_REP_6_a_broker_without_a_pair(client):
    assert_bad_request(client.call("PUT", broker_path("b-primary"), {"dataReplicationMode": "CRDR"}), ENDS,
                       "dataReplicationMode")
    assert_ok(end(client, "b-primary"), {"brokerId": "b-primary"})
    assert replication(client, "b-primary") == ("RUNNING", {})


# --- A pair and DeleteBroker -----------------------------------------------------------------------------------

def test_REP_7_paired_brokers_cannot_be_deleted(client, replica):
    for broker, name, headers in (("b-primary", "primary", ()), (replica, "replica", IN_THERE)):
        before = describe_broker(client, broker, headers)
        assert_bad_request(client.call("DELETE", broker_path(broker), headers=headers),
                           f"Broker [{name}] can't be deleted while it is paired for data replication.")
        assert describe_broker(client, broker, headers) == before
    # Nor while the end of the pair waits for its reboot.
    assert_ok(end(client, "b-primary"))
    assert client.call("DELETE", broker_path("b-primary")).status == 400


# --- One half is reset -----------------------------------------------------------------------------------------

def reset(client, region, seeds=True):
    control.done(client, "POST", f"/_local/reset?region={region}&empty={'false' if seeds else 'true'}")


def alone(client, broker, name, headers=()):
    """A broker that was never in a pair could do all of this; it is deleted in the end."""
    assert replication(client, broker, headers) == ("RUNNING", {})
    not_a_replica(client, broker, name, headers)
    assert_bad_request(client.call("PUT", broker_path(broker), {"dataReplicationMode": "CRDR"}, headers), ENDS,
                       "dataReplicationMode")
    assert_ok(client.call("PUT", broker_path(broker), {"dataReplicationMode": "NONE"}, headers), {"brokerId": broker})
    assert_ok(client.call("POST", reboot_path(broker), headers=headers), {})
    control.advance(client, 8 * 86400)
    assert replication(client, broker, headers) == ("RUNNING", {})
    assert_ok(client.call("DELETE", broker_path(broker), headers=headers), {"brokerId": broker})


@pytest.mark.parametrize("joined, promoted", [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("gone", [HERE, THERE])
def test_CTL_2_the_region_of_one_half_is_emptied(client, gone, joined, promoted):
    replica = create_broker(client, replica_body("replica", arn("b-primary", "primary")), IN_THERE)
    if joined:
        assert_ok(client.call("POST", reboot_path("b-primary")), {})
    if promoted:
        assert_ok(client.call("POST", promote_path(replica), {"mode": "SWITCHOVER"}, IN_THERE))
    reset(client, gone, seeds=False)
    if gone == HERE:
        alone(client, replica, "replica", IN_THERE)
    else:
        alone(client, "b-primary", "primary")


@pytest.mark.parametrize("region", [HERE, THERE])
def test_CTL_2_a_half_as_it_was_seeded_is_alone(client, replica, region):
    """The region of the primary is that of the seed again, in which it had no pair."""
    reset(client, region)
    assert replication(client, "b-primary") == ("RUNNING", {})
    if region == HERE:
        assert replication(client, replica, IN_THERE) == ("RUNNING", {})


def pair_seed(**replica_columns):
    return (sql_broker("b-1", deployment_mode=STANDBY, data_replication_mode="CRDR", data_replication_role="PRIMARY",
                       data_replication_counterpart="b-2", data_replication_counterpart_region=THERE)
            + sql_broker("b-2", region=THERE, deployment_mode=STANDBY, data_replication_mode="CRDR",
                         data_replication_role="REPLICA", data_replication_counterpart="b-1",
                         data_replication_counterpart_region=HERE, **{"state": "REPLICA", **replica_columns})
            + sql_broker("b-3", name="three", region=THERE))


@pytest.mark.parametrize("region", [HERE, THERE])
def test_CTL_2_a_seeded_pair_is_whole_after_a_reset_of_one_region(serve, region):
    client = serve(seed=pair_seed()).client()
    reset(client, region)
    assert replication(client, "b-1") == ("RUNNING", paired("b-2", THERE, "PRIMARY"))
    assert replication(client, "b-2", IN_THERE) == ("REPLICA", paired("b-1", HERE, "REPLICA"))
    assert replication(client, "b-3", IN_THERE) == ("RUNNING", {})


def test_CTL_2_a_half_during_its_reboot(serve):
    due_ms = int(time.time() * 1000) + 3600_000
    client = serve(seed=pair_seed(state="REBOOT_IN_PROGRESS", state_after="REPLICA", state_due_ms=due_ms)).client()
    reset(client, HERE, seeds=False)
    assert replication(client, "b-2", IN_THERE) == ("REBOOT_IN_PROGRESS", {})
    control.advance(client, 7200)
    assert replication(client, "b-2", IN_THERE) == ("RUNNING", {})


@pytest.mark.parametrize("region", [HERE, THERE])
def test_CTL_2_two_halves_that_do_not_match_any_more(serve, region):
    """Seeded as primary and replica; since then the roles have changed places."""
    client = serve(seed=pair_seed()).client()
    assert_ok(client.call("POST", promote_path("b-2"), {"mode": "FAILOVER"}, IN_THERE))
    reset(client, region)
    assert replication(client, "b-1") == replication(client, "b-2", IN_THERE) == ("RUNNING", {})


def test_CTL_2_a_seeded_half_whose_other_half_is_gone(serve):
    client = serve("--reboot-time", "0", "--delete-time", "0", seed=pair_seed()).client()
    reset(client, THERE, seeds=False)
    assert replication(client, "b-1") == ("RUNNING", {})
    reset(client, HERE)
    assert replication(client, "b-1") == ("RUNNING", {})
    reset(client, THERE)
    assert replication(client, "b-2", IN_THERE) == ("RUNNING", {})
    control.done(client, "POST", "/_local/reset")
    assert replication(client, "b-2", IN_THERE) == ("REPLICA", paired("b-1", HERE, "REPLICA"))
