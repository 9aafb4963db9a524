"""Versions of brokers: the way of upgrades, and the patches that DescribeBroker shows."""

import time

import pytest

import control_calls as control
from broker_calls import update_refused as refused
from harness import assert_bad_request, assert_ok, broker_path, describe_broker, sql_broker, sql_insert
from shapes import STANDBY


# --- Versions: upwards, one by one with RabbitMQ ---------------------------------------------------------------

@pytest.mark.parametrize("broker, version, current", [("b-new", "5.18", "5.19"), ("b-new", "5.9", "5.19"),
                                                      ("b-old", "5.9", "5.15"), ("b-rabbit", "4.2", "4.3"),
                                                      ("b-rabbit", "3.13", "4.3")])
def test_UBR_36_no_way_back(serve, broker, version, current):
    seed = (sql_broker("b-new", name="new") + sql_broker("b-old", name="old", engine_version="5.15")
            + sql_broker("b-rabbit", name="rabbit", engine_type="RABBITMQ")
            + sql_insert("engine_version", engine_type="ACTIVEMQ", version="5.9"))
    client = serve(seed=seed).client()
    refused(client, broker, {"engineVersion": version}, f"Broker engine version [{version}] is lower than the current "
            f"version [{current}]. Downgrades are not supported.", "engineVersion")


def test_UBR_36_from_what_it_runs_not_from_what_is_staged(serve):
    client = serve(seed=sql_broker("b-1", engine_version="5.17.6", pending_engine_version="5.19")).client()
    assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": "5.18"}),
              {"brokerId": "b-1", "engineVersion": "5.18"})
    assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": "5.17.6"}),
              {"brokerId": "b-1", "engineVersion": "5.17.6"})
    assert "pendingEngineVersion" not in describe_broker(client, "b-1")


def test_UBR_37_RabbitMQ_skips_no_version(serve):
    seed = sql_broker("b-1", engine_type="RABBITMQ", engine_version="3.13", host_instance_type="mq.m7g.large")
    client = serve("--reboot-time", "0", seed=seed).client()
    refused(client, "b-1", {"engineVersion": "4.3"}, "Brokers on [RabbitMQ] version [3.13] can't be upgraded to version "
            "[4.3]. Upgrade to version [4.2] first.", "engineVersion")
    for version in ("4.2", "4.3"):
        assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": version}),
                  {"brokerId": "b-1", "engineVersion": version})
        assert_ok(client.call("POST", f"{broker_path('b-1')}/reboot"), {})
        assert describe_broker(client, "b-1")["engineVersion"] == version


def test_UBR_37_the_next_minor_version(serve):
    """Whatever patches a seed has added as versions."""
    seed = (sql_broker("b-1", engine_type="RABBITMQ", engine_version="3.13", host_instance_type="mq.m7g.large")
            + sql_insert("engine_version", engine_type="RABBITMQ", version="3.13.7"))
    client = serve(seed=seed).client()
    for version in ("3.13.7", "4.2"):
        assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": version}),
                  {"brokerId": "b-1", "engineVersion": version})
    refused(client, "b-1", {"engineVersion": "4.3"}, "Brokers on [RabbitMQ] version [3.13] can't be upgraded to version "
            "[4.3]. Upgrade to version [4.2] first.", "engineVersion")


def test_UBR_32_back_to_a_version_that_is_no_longer_sold(serve):
    seed = sql_broker("b-1", engine_type="RABBITMQ", engine_version="3.12", host_instance_type="mq.m5.large")
    client = serve(seed=seed).client()
    for version in ("3.13", "3.12"):
        assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": version}),
                  {"brokerId": "b-1", "engineVersion": version})
    assert "pendingEngineVersion" not in describe_broker(client, "b-1")


def test_CFG_61_another_type_must_suit_the_configuration_that_stays(serve):
    """Also one that waits for the same reboot."""
    data = "connection_max = 301\n"
    seed = (sql_insert("configuration", id="c-1", name="one", engine_type="RABBITMQ", engine_version="4.2")
            + sql_insert("configuration_revision", configuration_id="c-1", revision=2, data=data)
            + sql_insert("configuration_revision", configuration_id="c-1", revision=3,
                         data="{{m7g.medium.1}}\nvhost_max = 1\n{{m7g.medium.1}}\n")
            + sql_broker("b-1", name="b1", engine_type="RABBITMQ", engine_version="4.2", host_instance_type="mq.m7g.large",
                         configuration_id="c-1", configuration_revision=2)
            + sql_broker("b-2", name="b2", engine_type="RABBITMQ", engine_version="3.13",
                         host_instance_type="mq.m7g.medium"))
    client = serve(seed=seed).client()
    refused(client, "b-1", {"hostInstanceType": "mq.m7g.medium"}, "Configuration Revision 2 for configuration:"
            "connection_max has limit: of value: 301 larger than maximum allowed limit:300", "configuration")
    assert_ok(client.call("PUT", broker_path("b-2"), {"engineVersion": "4.2", "configuration": {"id": "c-1", "revision": 3}}))
    refused(client, "b-2", {"engineVersion": "3.13"}, "Configuration [c-1] revision [3] has sections, which [RabbitMQ] "
            "version [3.13] does not support.", "configuration")


@pytest.mark.parametrize("version", ["5.19", "5.18", "9.9", ""])
def test_UBR_38_the_version_of_a_replica(serve, version):
    """It goes with its primary's."""
    seed = sql_broker("b-1", name="one", state="REPLICA", deployment_mode=STANDBY, data_replication_mode="CRDR",
                      data_replication_role="REPLICA", data_replication_counterpart="b-far",
                      data_replication_counterpart_region="us-west-2")
    client = serve(seed=seed).client()
    refused(client, "b-1", {"engineVersion": version},
            "Global broker attribute [Optional[engineVersion]] cannot be modified in Replica broker directly.", None)


# --- Patches ---------------------------------------------------------------------------------------------------

NEW_PATCH = "UPDATE engine_version SET patch = '5.18.9' WHERE version = '5.18';"


def through_a_window(client):
    control.advance(client, 8 * 86_400)


def seed_more(client, sql):
    control.done(client, "POST", "/_local/seed", sql.encode())


def test_BRK_35_the_patch_is_shown_and_not_taken(serve):
    client = serve("--reboot-time", "0", seed=sql_broker("b-1", name="one", engine_version="5.18")).client()
    assert describe_broker(client, "b-1")["engineVersion"] == "5.18.7"
    refused(client, "b-1", {"engineVersion": "5.18.7"}, "Broker engine version [5.18.7] is invalid for broker engine type "
            "[ACTIVEMQ]. Valid values: [5.19, 5.18].", "engineVersion")
    assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": "5.18"}), {"brokerId": "b-1"})
    assert describe_broker(client, "b-1")["engineVersion"] == "5.18.7"


def test_WIN_12_a_window_brings_the_newer_patch(serve):
    """By a reboot, if nothing else waits; without automatic upgrades the patch stays."""
    seed = (sql_broker("b-auto", name="auto", engine_version="5.18") + sql_broker("b-now", name="now")
            + sql_broker("b-manual", name="manual", engine_version="5.18", auto_minor_version_upgrade=0))
    client = serve("--reboot-time", "1h", seed=seed).client()
    versions = lambda: [describe_broker(client, broker)["engineVersion"] for broker in ("b-auto", "b-manual", "b-now")]
    through_a_window(client)
    assert versions() == ["5.18.7", "5.18.7", "5.19"]
    seed_more(client, NEW_PATCH)
    assert versions() == ["5.18.7", "5.18.7", "5.19"]
    assert_ok(client.call("POST", f"{broker_path('b-auto')}/reboot"), {})  # is no window
    control.advance(client, 3_700)
    assert versions() == ["5.18.7", "5.18.7", "5.19"]
    through_a_window(client)
    assert versions() == ["5.18.9", "5.18.7", "5.19"]


def test_WIN_12_the_patch_comes_when_the_reboot_ends(serve):
    client = serve("--reboot-time", "real", seed=sql_broker("b-1", name="one", engine_version="5.18", day_of_week="MONDAY")
                   ).client()
    seed_more(client, NEW_PATCH + f"UPDATE broker SET window_due_ms = {int(time.time() * 1000) + 60_000};")
    control.advance(client, 61)
    body = describe_broker(client, "b-1")
    assert (body["brokerState"], body["engineVersion"]) == ("REBOOT_IN_PROGRESS", "5.18.7")
    control.advance(client, 300)
    body = describe_broker(client, "b-1")
    assert (body["brokerState"], body["engineVersion"]) == ("RUNNING", "5.18.9")


def test_WIN_12_an_upgrade_clears_the_patch_until_the_next_window(serve):
    seed = ("INSERT INTO engine_version (engine_type, version, patch) VALUES ('ACTIVEMQ', '5.20', '5.20.1');"
            + sql_broker("b-1", name="one", engine_version="5.18"))
    client = serve("--reboot-time", "0", seed=seed).client()
    assert_ok(client.call("PUT", broker_path("b-1"), {"engineVersion": "5.20"}),
              {"brokerId": "b-1", "engineVersion": "5.20"})
    assert_ok(client.call("POST", f"{broker_path('b-1')}/reboot"), {})
    assert describe_broker(client, "b-1")["engineVersion"] == "5.20"
    through_a_window(client)
    assert describe_broker(client, "b-1")["engineVersion"] == "5.20.1"
