"""State files of earlier commits are opened as what they were, and migrations are never edited afterwards."""

import glob
import gzip
import hashlib
import os

import pytest

import control_calls as control
import harness
from harness import Server, assert_ok

STORES = os.path.join(harness.ROOT, "tests", "data", "stores")
DEMO = "b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9"


def kept(kind):
    names = sorted(os.path.basename(path) for path in glob.glob(os.path.join(STORES, f"*.{kind}.gz")))
    assert names
    return names


def read(name):
    with gzip.open(os.path.join(STORES, name)) as file:
        return file.read()


def assert_kept_world(client):
    brokers = assert_ok(client.call("GET", "/v1/brokers")).json()["brokerSummaries"]
    assert {(broker["brokerName"], broker["engineType"], broker["deploymentMode"]) for broker in brokers} >= {
        ("orders", "ActiveMQ", "SINGLE_INSTANCE"), ("payments", "ActiveMQ", "ACTIVE_STANDBY_MULTI_AZ"),
        ("events", "RabbitMQ", "CLUSTER_MULTI_AZ")}
    # What was pending is applied by the maintenance window, whenever this runs.
    control.advance(client, 8 * 86_400)
    users = assert_ok(client.call("GET", f"/v1/brokers/{DEMO}/users")).json()["users"]
    assert users == [{"username": name} for name in ("admin", "newcomer", "promoted", "reader")]
    assert assert_ok(client.call("GET", f"/v1/brokers/{DEMO}/users/promoted")).json()["groups"] == ["admins"]
    configurations = assert_ok(client.call("GET", "/v1/configurations")).json()["configurations"]
    assert ("kept", "2026-11-29T10:00:00") in [(row["name"], row["created"][:19]) for row in configurations]
    faults = client.call("GET", "/_local/faults", check=harness.CHECK_NONE).json()["faults"]
    assert [(fault["operation"], fault["times"]) for fault in faults] == [("Promote", 3)]
    # The catalogue is that of today.
    for region, count in (("us-east-1", 21), ("ap-east-2", 17)):
        options = client.call("GET", "/v1/broker-instance-options?maxResults=100",
                              headers=[harness.credential(harness.DEFAULT_ACCOUNT, region)])
        assert len(assert_ok(options).json()["brokerInstanceOptions"]) == count
    # And it takes what is new.
    assert_ok(client.call("POST", f"/v1/brokers/{DEMO}/users/later", {"password": harness.PASSWORD}), {})


@pytest.mark.parametrize("name", kept("db"))
def test_a_file_of_an_earlier_commit_is_opened(name, tmp_path):
    path = tmp_path / "kept.db"
    path.write_bytes(read(name))
    with Server("--db", path) as server:
        assert_kept_world(server.client())
    with Server("--db", path) as server:  # what was migrated stays
        assert_ok(server.client().call("GET", f"/v1/brokers/{DEMO}/users/later"))


@pytest.mark.parametrize("name", kept("snapshot"))
def test_a_snapshot_of_an_earlier_commit_is_read_or_refused(name):
    with Server() as server:
        client = server.client()
        answer = client.call("PUT", "/_local/snapshot", read(name), check=harness.CHECK_NONE)
        if answer.status == 200:
            assert_kept_world(client)
        else:
            assert answer.status == 400 and "older version" in answer.json()["message"], answer


def test_migrations_are_not_edited():
    """A state file that was made by the text of then would differ from one of now, and nobody would notice."""
    with open(os.path.join(STORES, "migrations.sha256"), encoding="ascii") as file:
        hashes = dict(reversed(line.split()) for line in file)
    found = {}
    for path in sorted(glob.glob(os.path.join(harness.ROOT, "schema", "0*.sql"))):
        with open(path, "rb") as file:
            found[os.path.basename(path)] = hashlib.sha256(file.read()).hexdigest()
    changed = [name for name, digest in hashes.items() if found.get(name) != digest]
    assert not changed, f"edited or removed: {changed}; a change of the schema is a new migration"
    added = sorted(set(found) - set(hashes))
    assert not added, (f"new: {added}; add the output of `cd schema && sha256sum {' '.join(added)}` to tests/data/stores/migrations.sha256, "
                       "and a --db file and a snapshot of that schema beside it")
    numbers = [int(name[:4]) for name in sorted(found)]
    assert numbers == list(range(1, len(numbers) + 1)), f"the numbers of the migrations have a gap: {numbers}"
