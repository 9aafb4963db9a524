"""DeleteConfiguration."""

import pytest

from configuration_calls import arn_of, assert_no_configuration, assert_no_revision, created, described, rabbit, update
from harness import (Server, assert_error, assert_ok, broker_path, configuration_path, create_broker, revision_path,
                     revisions_path, sql_broker, sql_insert, tags_path)


def delete(client, configuration):
    return client.call("DELETE", configuration_path(configuration))


def assert_in_use(response, configuration):
    return assert_error(response, 409, "ConflictException", f"Configuration ID [{configuration}] is in use. Remove the "
                        "configuration from all brokers and retry the request.", "configuration-id")


def test_CFG_45_gone_at_once_with_all_it_had(client):
    configuration = rabbit(client, tags={"k": "v"})
    assert_ok(update(client, configuration, "a = 1"))
    assert_ok(delete(client, configuration), {"configurationId": configuration})
    assert_no_configuration(client.call("GET", configuration_path(configuration)), configuration)
    assert_no_configuration(client.call("GET", revisions_path(configuration)), configuration)
    assert_no_revision(client.call("GET", revision_path(configuration, 1)), configuration, 1)
    assert_no_configuration(update(client, configuration, "a = 2"), configuration)
    assert_error(client.call("GET", tags_path(arn_of(configuration))), 404, "NotFoundException",
                 "Resource was not found")
    assert_no_configuration(delete(client, configuration), configuration)


def test_CFG_45_others_stay(client):
    gone, kept = created(client, name="same", tags={"k": "v"}), created(client, name="same", tags={"k": "v"})
    before = described(client, kept)
    assert_ok(delete(client, gone))
    assert described(client, kept) == before


def test_CFG_45_a_deleted_configuration_stays_deleted(serve, tmp_path):
    server = serve("--db", str(tmp_path / "world.db"))
    configuration = created(server.client())
    assert_ok(delete(server.client(), configuration))
    server.restart()
    assert_no_configuration(server.client().call("GET", configuration_path(configuration)), configuration)


@pytest.fixture(scope="module")
def server():
    seed = (sql_insert("configuration", id="c-old", name="old") + sql_insert("configuration", id="c-now", name="now")
            + sql_insert("configuration", id="c-next", name="next")
            + sql_insert("configuration_revision", configuration_id="c-now", revision=2, data="<broker/>")
            + sql_broker("b-1", configuration_id="c-now", configuration_revision=2, pending_configuration_id="c-next")
            + sql_insert("broker_configuration_history", broker_id="b-1", configuration_id="c-old", revision=1)
            + sql_broker("b-2", state="DELETION_IN_PROGRESS") + sql_broker("b-3", state="CREATION_IN_PROGRESS"))
    with Server(seed=seed) as started:
        yield started


@pytest.mark.parametrize("configuration", ["c-now", "c-next", "c-2", "c-3"])
def test_CFG_46_in_use(server, configuration):
    client = server.client()
    before = described(client, configuration)
    assert_in_use(delete(client, configuration), configuration)
    assert described(client, configuration) == before


def test_CFG_47_the_history_of_a_broker_keeps_the_id(server):
    client = server.client()
    before = assert_ok(client.call("GET", broker_path("b-1"))).json()
    assert {"id": "c-old", "revision": 1} in before["configurations"]["history"]
    assert_ok(delete(client, "c-old"))
    assert assert_ok(client.call("GET", broker_path("b-1"))).json() == before


def test_CFG_46_CFG_49_free_once_the_broker_is_gone(client):
    """The configuration of a broker outlives it (recorded)."""
    broker = create_broker(client)
    configuration = assert_ok(client.call("GET", broker_path(broker))).json()["configurations"]["current"]["id"]
    assert_in_use(delete(client, configuration), configuration)
    assert_ok(client.call("DELETE", broker_path(broker)))
    assert client.call("GET", broker_path(broker)).status == 404
    assert described(client, configuration)["id"] == configuration
    assert_ok(delete(client, configuration), {"configurationId": configuration})
