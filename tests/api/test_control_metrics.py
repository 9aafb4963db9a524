"""GET /_local/metrics: Prometheus text that counts what happened."""

import contextlib
import re
import sqlite3

import pytest

import control_calls as control
import harness
import model
from harness import assert_ok, sql_broker, sql_user

LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\})? (\S+)')


SEED = sql_broker("b-1", "one") + sql_user("b-1", "alice")


@pytest.fixture
def client(serve):
    return serve(seed=SEED).client()


def scrape(client):
    """Every sample as name -> labels -> value; checks the form of the text on the way."""
    response = assert_ok(control.call(client, "GET", control.METRICS))
    assert response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    text = response.body.decode("ascii")
    assert text.endswith("\n")
    samples, types, helps = {}, {}, set()
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, help_text = line[7:].split(" ", 1)
            assert name not in helps and help_text
            helps.add(name)
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert name in helps and name not in types and kind in ("counter", "gauge", "histogram")
            types[name] = kind
        else:
            match = LINE.fullmatch(line)
            assert match, line
            family = match[1]
            if family not in types:
                family = re.sub("_(bucket|sum|count)$", "", family)
                assert types[family] == "histogram", line
            assert family == list(types)[-1], f"{line} is not with its family"
            assert match[1].endswith("_total") == (types[family] == "counter"), line
            labels = tuple(sorted(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', match[2] or "")))
            assert labels not in samples.setdefault(match[1], {}), f"{line} stands twice"
            value = float(match[3])
            assert value >= 0
            samples[match[1]][labels] = value
    assert set(types) == helps
    return samples


def requests_of(samples, operation, status):
    return samples["amazonmq_local_requests_total"].get((("operation", operation), ("status", str(status))), 0)


def test_CTL_14_the_families(client):
    assert set(scrape(client)) >= {
        "amazonmq_local_connections", "amazonmq_local_ticks_total", "amazonmq_local_commits_total", "amazonmq_local_rows",
        "amazonmq_local_request_duration_seconds_bucket", "amazonmq_local_request_duration_seconds_sum",
        "amazonmq_local_request_duration_seconds_count", "amazonmq_local_sqlite_memory_bytes",
        "amazonmq_local_resident_memory_bytes"}


def test_requests_are_counted_by_operation_and_status(client):
    for _ in range(3):
        assert_ok(client.call("GET", harness.users_path("b-1")))
    for _ in range(2):
        client.call("GET", harness.user_path("b-1", "nobody"))
    harness.create_user(client, "b-1", "bob")
    client.call("GET", "/nothing")
    samples = scrape(client)
    assert requests_of(samples, "ListUsers", 200) == 3
    assert requests_of(samples, "DescribeUser", 404) == 2
    assert requests_of(samples, "CreateUser", 200) == 1
    assert requests_of(samples, "", 403) == 1
    assert requests_of(samples, "", 200) == 0
    assert requests_of(scrape(client), "", 200) == 1  # the first scrape


def test_every_operation_has_its_own_count(client):
    for name, operation in model.OPERATIONS.items():
        target = re.sub(r"\{[^}]*\}", "x", operation["path"])
        client.call(operation["method"], target, b"{" if operation["method"] in ("POST", "PUT") else None,
                    check=harness.CHECK_SHARED)
        del name
    counted = {}
    for labels, value in scrape(client)["amazonmq_local_requests_total"].items():
        counted[dict(labels)["operation"]] = counted.get(dict(labels)["operation"], 0) + value
    counted.pop("", None)
    assert counted == dict.fromkeys(model.OPERATIONS, 1)


def test_the_histogram_adds_up(client):
    for _ in range(50):
        assert_ok(client.call("GET", harness.users_path("b-1")))
    samples = scrape(client)
    buckets = samples["amazonmq_local_request_duration_seconds_bucket"]
    bounds = [float(dict(labels)["le"]) for labels in buckets]
    values = list(buckets.values())
    assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf")
    assert values == sorted(values)
    count = samples["amazonmq_local_request_duration_seconds_count"][()]
    assert values[-1] == count == 50
    assert sum(samples["amazonmq_local_requests_total"].values()) == count
    total = samples["amazonmq_local_request_duration_seconds_sum"][()]
    assert 0 < total <= sum(bound * (value - before) for bound, value, before in zip(
        [*bounds[:-1], 600], values, [0, *values]))


def test_rows_commits_and_ticks(client):
    before = scrape(client)
    assert before["amazonmq_local_rows"][(("table", "user"),)] == 1
    for name in ("ann", "bob"):
        harness.create_user(client, "b-1", name)
    harness.create_broker(client)
    after = scrape(client)
    assert after["amazonmq_local_rows"] == {(("table", "broker"),): 2, (("table", "user"),): 4,
                                            (("table", "configuration"),): 2}
    # Each write was answered before the next was sent.
    assert after["amazonmq_local_commits_total"][()] >= before["amazonmq_local_commits_total"][()] + 3
    assert after["amazonmq_local_ticks_total"][()] > before["amazonmq_local_ticks_total"][()]


def counted_rows(client):
    """The rows as the metrics show them, and as a snapshot has them."""
    shown = {dict(labels)["table"]: value for labels, value in scrape(client)["amazonmq_local_rows"].items()}
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(control.call(client, "GET", control.SNAPSHOT).body)
        return shown, {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in shown}


def test_rows_are_counted_whatever_changes_them(serve):
    """Calls, refused calls, seeds, refused seeds, cascades, triggers, a reset and a restore."""
    client = serve("--create-time", "0", "--reboot-time", "0", "--delete-time", "0", seed=SEED).client()
    broker = harness.create_broker(client, harness.broker_body("counted"))
    snapshot = control.call(client, "GET", control.SNAPSHOT).body
    seed = harness.sql_broker("b-x") + harness.sql_user("b-x", "ann") + harness.sql_user("b-x", "bob")
    steps = [
        lambda: client.call("POST", "/v1/brokers", harness.broker_body("counted")),  # the name is taken
        lambda: harness.create_user(client, broker, "new"),
        lambda: client.call("POST", harness.user_path(broker, "new"), {"password": harness.PASSWORD}),  # so is this
        lambda: client.call("POST", "/v1/configurations",
                            {"name": "own", "engineType": "ACTIVEMQ", "engineVersion": "5.18"}),
        lambda: client.call("DELETE", harness.user_path(broker, "new")),
        lambda: client.call("POST", harness.reboot_path(broker)),
        lambda: control.call(client, "POST", "/_local/seed", seed),
        lambda: control.call(client, "POST", "/_local/seed", seed),  # a conflict, after some rows
        lambda: control.call(client, "POST", "/_local/seed",
                             harness.sql_broker("b-y") + "INSERT INTO user (broker_id, username, password) VALUES"
                             " ('b-y', 'good', 'created-pw-12'), ('b-y', 'bad', 'short');"),
        lambda: harness.create_user(client, "b-x", "carl"),
        lambda: client.call("DELETE", harness.broker_path("b-x")),
        lambda: control.call(client, "PUT", control.SNAPSHOT, snapshot),
        lambda: control.call(client, "PUT", control.SNAPSHOT, snapshot[:-1]),  # refused
        lambda: harness.create_user(client, broker, "again"),
        lambda: control.done(client, "POST", "/_local/reset"),
        lambda: control.done(client, "POST", "/_local/reset?region=us-east-1"),
        lambda: harness.create_user(client, "b-1", "last"),
    ]
    for number, step in enumerate(steps):
        step()
        shown, stored = counted_rows(client)
        assert shown == stored, number
    assert set(stored) == {"broker", "user", "configuration"} and all(stored.values())


def test_connections(serve):
    server = serve()
    client = server.client()
    assert scrape(client)["amazonmq_local_connections"][()] == 1
    others = [server.client() for _ in range(5)]
    for other in others:
        assert_ok(other.call("GET", "/v1/brokers"))
    assert scrape(client)["amazonmq_local_connections"][()] == 6
    for other in others:
        other.close()
    harness.eventually(lambda: scrape(client)["amazonmq_local_connections"][()] == 1, "the end of the connections")


def test_memory(client):
    samples = scrape(client)
    assert samples["amazonmq_local_sqlite_memory_bytes"][()] > 10_000
    assert samples["amazonmq_local_resident_memory_bytes"][()] > 1_000_000


def test_a_dropped_call_and_a_fault_count(client):
    control.done(client, "POST", "/_local/seed", harness.sql_fault(operation="ListUsers", error="Odd", status=599))
    client.call("GET", harness.users_path("b-1"), check=harness.CHECK_SHARED)
    assert requests_of(scrape(client), "ListUsers", 599) == 1


def test_a_reset_leaves_the_counters(client):
    assert_ok(client.call("GET", harness.users_path("b-1")))
    control.done(client, "POST", "/_local/reset")
    assert requests_of(scrape(client), "ListUsers", 200) == 1
