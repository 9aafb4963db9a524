"""POST /_local/reset: back to the seeds, to nothing, or one world only; what fails changes nothing."""

import os

import pytest

import control_calls as control
import harness
import wire
from configuration_calls import XMLNS, encoded
from harness import assert_ok, credential, sql_broker, sql_fault, sql_insert, sql_user

EAST = credential("123456789012", "us-east-1")
WEST = credential("123456789012", "us-west-2")
OTHER = credential("210987654321", "us-east-1")
SEED = (sql_broker("b-1", "one") + sql_user("b-1", "alice") + sql_broker("b-w", "west", region="us-west-2")
        + sql_broker("b-o", "other", account="210987654321") + sql_user("b-o", "oscar"))


@pytest.fixture
def server(serve):
    running = serve("--create-time", "0", "--reboot-time", "0", "--delete-time", "0", seed=SEED)
    yield running
    wire.assert_no_error_logged(running)


@pytest.fixture
def client(server):
    return server.client()


def ids(client, *credentials):
    rows = assert_ok(client.call("GET", "/v1/brokers?maxResults=100", headers=credentials)).json()["brokerSummaries"]
    return sorted(row["brokerId"] for row in rows)


def disturb(client):
    """Changes something in each of the three worlds."""
    for who in (EAST, WEST, OTHER):
        harness.create_broker(client, harness.broker_body("made"), headers=[who])
    harness.delete_user(client, "b-1", "alice")
    harness.create_user(client, "b-1", "bob")
    assert_ok(client.call("PUT", harness.user_path("b-o", "oscar"), {"groups": ["admins"]}, headers=[OTHER]), {})


def created(client):
    return assert_ok(client.call("GET", harness.broker_path("b-1"))).json()["created"]


def test_CTL_2_the_times_are_those_of_the_seeding(serve, tmp_path):
    """As long as the log of changes serves: not when the server has not seeded the file itself."""
    server = serve("--db", tmp_path / "db", "--delete-time", "0", seed=SEED)
    first = created(server.client())
    for _ in range(2):
        disturb(server.client())
        assert_ok(server.client().call("DELETE", harness.broker_path("b-1")))
        control.done(server.client(), "POST", "/_local/reset")
        assert created(server.client()) == first
    server.restart()
    assert created(server.client()) == first
    control.done(server.client(), "POST", "/_local/reset")
    renewed = created(server.client())
    assert renewed > first
    assert_ok(server.client().call("DELETE", harness.broker_path("b-1")))
    control.done(server.client(), "POST", "/_local/reset")
    assert created(server.client()) == renewed


def test_CTL_2_the_times_of_one_world_are_those_of_the_seeding(client):
    first = created(client)
    disturb(client)
    for _ in range(2):
        assert_ok(client.call("DELETE", harness.broker_path("b-1")))
        control.done(client, "POST", "/_local/reset?region=us-east-1")
        assert created(client) == first
        assert ids(client) == ["b-1"] and len(ids(client, WEST)) > 1
    control.done(client, "POST", "/_local/reset")
    assert (created(client), ids(client, WEST), ids(client, OTHER)) == (first, ["b-w"], ["b-o"])


CONFIGURATIONS = "INSERT INTO configuration (id, name, region) VALUES ('c-a', 'a', 'us-west-2'), ('c-b', 'b', 'eu-west-1');\n" \
                 + sql_insert("configuration_revision", configuration_id="c-a", revision=2, data="<broker/>")
EUROPE = credential("123456789012", "eu-west-1")


def configuration(client, name, who):
    return assert_ok(client.call("GET", f"/v1/configurations/{name}", headers=[who])).json()


@pytest.mark.parametrize("query", ["", "?region=us-west-2"])
def test_CTL_2_a_deleted_configuration_comes_back_as_it_was(serve, query):
    """A trigger makes revision 1 of a new one; the one of the seeding has its own row and time."""
    later = sql_insert("configuration", id="c-z", name="z", region="us-west-2")
    client = serve(seed=CONFIGURATIONS + later).client()
    before = control.world(client), configuration(client, "c-a", WEST)
    assert_ok(client.call("DELETE", "/v1/configurations/c-a", headers=[WEST]))
    control.done(client, "POST", "/_local/reset" + query)
    assert (control.world(client), configuration(client, "c-a", WEST)) == before


def test_CTL_2_a_reset_of_one_world_deletes_no_row_of_another(serve):
    """One that now has the rowid of a seeded row."""
    client = serve(seed=CONFIGURATIONS).client()
    assert_ok(control.call(client, "POST", "/_local/seed", b"DELETE FROM configuration_revision WHERE revision = 2;"))
    assert_ok(client.call("PUT", "/v1/configurations/c-b", {"data": encoded(f"<broker {XMLNS}/>")}, headers=[EUROPE]))
    control.done(client, "POST", "/_local/reset?region=us-west-2")
    assert configuration(client, "c-b", EUROPE)["latestRevision"]["revision"] == 2
    assert configuration(client, "c-a", WEST)["latestRevision"]["revision"] == 2


def test_CTL_2_a_row_elsewhere_that_needs_one_that_goes(serve):
    client = serve(seed=sql_insert("configuration", id="c-1", name="c")).client()
    moved = sql_insert("configuration", id="c-9", name="nine") + "INSERT INTO broker (id, name, configuration_id) VALUES " \
        "('b-1', 'n', 'c-9'); UPDATE broker SET region = 'us-west-2' WHERE id = 'b-1';"
    assert_ok(control.call(client, "POST", "/_local/seed", moved.encode()))
    control.refused(client, "POST", "/_local/reset?region=us-east-1", None,
                    "reset: a row of another account or region refers to one that would be gone")


@pytest.mark.parametrize("users, by_log", ((3_000, True), (60_000, False)))
def test_reset_of_one_world_after_many_changes_elsewhere(client, users, by_log):
    """Of the seeding are the times only while the log has all changes."""
    first = created(client)
    control.done(client, "POST", "/_local/seed",
                 "INSERT INTO user (broker_id, username, password) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL"
                 f" SELECT x + 1 FROM n WHERE x < {users}) SELECT 'b-o', 'u' || x, 'created-pw-12' FROM n;")
    disturb(client)
    control.done(client, "POST", "/_local/reset?region=us-east-1")
    assert (created(client) == first) == by_log and ids(client) == ["b-1"]
    assert len(ids(client, OTHER)) == 2
    control.done(client, "POST", "/_local/reset")
    assert (created(client) == first) == by_log and ids(client, OTHER) == ["b-o"]


def test_CTL_2_DUR_6_what_a_reset_restores_survives_a_kill(serve, tmp_path):
    server = serve("--db", tmp_path / "db", seed=SEED)
    disturb(server.client())
    control.done(server.client(), "POST", "/_local/reset")
    server.close_clients()
    server.kill()
    server.start()
    assert ids(server.client()) == ["b-1"]
    assert assert_ok(server.client().call("GET", harness.users_path("b-1"))).json()["users"] == [{"username": "alice"}]


def test_CTL_2_reset_goes_back_to_the_seeds(client):
    assert ids(client) == ["b-1"]
    disturb(client)
    assert len(ids(client)) == 2
    control.done(client, "POST", "/_local/reset")
    assert (ids(client), ids(client, WEST), ids(client, OTHER)) == (["b-1"], ["b-w"], ["b-o"])
    body = assert_ok(client.call("GET", harness.users_path("b-1"))).json()
    assert body["users"] == [{"username": "alice"}]
    assert "pending" not in assert_ok(
        client.call("GET", harness.user_path("b-o", "oscar"), headers=[OTHER])).json()


def test_reset_takes_all_kinds_of_rows(client):
    configuration = assert_ok(client.call("POST", "/v1/configurations", {
        "engineType": "ACTIVEMQ", "name": "kept", "tags": {"a": "b"}})).json()
    control.done(client, "POST", "/_local/seed",
                 sql_fault(operation="DeleteUser", error="ForbiddenException")
                 + sql_insert("policy", effect="deny", action="mq:ListUsers") + sql_insert("policy", effect="allow")
                 + "DELETE FROM engine_version WHERE version = '5.18';")
    control.advance(client, 3600)
    assert client.call("GET", harness.users_path("b-1")).status == 403
    control.done(client, "POST", "/_local/reset")
    assert client.call("GET", harness.configuration_path(configuration["id"])).status == 404
    assert assert_ok(control.call(client, "GET", control.FAULTS)).json() == {"faults": []}
    assert_ok(client.call("GET", harness.users_path("b-1")))
    engines = assert_ok(client.call("GET", "/v1/broker-engine-types?engineType=ACTIVEMQ")).json()
    assert {"name": "5.18"} in engines["brokerEngineTypes"][0]["engineVersions"]
    assert abs(control.clock(client)["offsetMs"]) < 1000


def test_reset_leaves_the_journal(client):
    assert_ok(client.call("GET", "/v1/brokers"))
    control.done(client, "POST", "/_local/reset")
    assert control.count(client) == 1


def test_reset_to_nothing_still_works_as_a_service(client):
    control.done(client, "POST", "/_local/reset?empty=true")
    assert ids(client) == ids(client, WEST) == ids(client, OTHER) == []
    made = harness.create_broker(client)
    assert ids(client) == [made]
    control.done(client, "POST", "/_local/reset?empty=false")
    assert ids(client) == ["b-1"]


@pytest.mark.parametrize("query, east, west, other", (
    ("account=123456789012&region=us-east-1", True, False, False),
    ("region=us-west-2", False, True, False),
    ("account=210987654321", False, False, True),
    ("account=210987654321&region=us-west-2", False, False, False),
))
def test_reset_of_one_world_leaves_the_others(client, query, east, west, other):
    disturb(client)
    before = {who: control.world(client, who) for who in (EAST, WEST, OTHER)}
    control.done(client, "POST", f"/_local/reset?{query}")
    for who, changed, seeded in ((EAST, east, "b-1"), (WEST, west, "b-w"), (OTHER, other, "b-o")):
        if changed:
            assert ids(client, who) == [seeded]
            assert len(control.world(client, who)[1]) == 1
        else:
            assert control.world(client, who) == before[who]


def test_reset_of_one_world_to_nothing(client):
    control.done(client, "POST", "/_local/reset?empty=true&account=210987654321")
    assert (ids(client), ids(client, WEST), ids(client, OTHER)) == (["b-1"], ["b-w"], [])


def test_reset_of_one_world_leaves_faults_policies_and_the_clock(client):
    control.done(client, "POST", "/_local/seed", sql_fault(operation="DeleteUser", error="ForbiddenException"))
    control.advance(client, 3600)
    control.done(client, "POST", "/_local/reset?region=us-east-1")
    assert len(assert_ok(control.call(client, "GET", control.FAULTS)).json()["faults"]) == 1
    assert control.clock(client)["offsetMs"] >= 3599000


def test_reset_of_one_world_takes_no_id_from_another(client):
    """The seeds' ids may have been given anew in another world meanwhile: then nothing changes at all."""
    control.done(client, "POST", "/_local/seed",
                 "DELETE FROM broker WHERE id = 'b-1'; DELETE FROM configuration WHERE region = 'us-east-1'"
                 " AND account = '123456789012';" + sql_broker("b-1", "moved", account="210987654321"))
    before = control.world(client, OTHER)
    response = control.call(client, "POST", "/_local/reset?account=123456789012&region=us-east-1")
    assert response.status == 400, response
    assert control.world(client, OTHER) == before and ids(client) == []


def test_reset_reads_the_seeds_again(server, client):
    path = os.path.join(server.directory, "seed-00.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write(sql_broker("b-new", "new"))
    control.done(client, "POST", "/_local/reset")
    assert ids(client) == ["b-new"]


@pytest.mark.parametrize("query", ("", "?region=us-east-1", "?empty=false"))
def test_a_reset_with_a_bad_seed_leaves_everything(server, client, query):
    disturb(client)
    control.done(client, "POST", "/_local/seed", sql_fault(operation="DeleteUser", error="ForbiddenException"))
    before = [control.world(client, who) for who in (EAST, WEST, OTHER)]
    path = os.path.join(server.directory, "seed-00.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write(sql_broker("b-new", "new") + "\n" + sql_broker("b-new", "again"))
    control.refused(client, "POST", f"/_local/reset{query}", None,
                    f"seed {path}:3: statement 2, row 1: id: another row of broker has the same")
    assert [control.world(client, who) for who in (EAST, WEST, OTHER)] == before
    assert len(assert_ok(control.call(client, "GET", control.FAULTS)).json()["faults"]) == 1
    harness.create_user(client, "b-1", "carol")


def test_a_reset_with_a_missing_seed_leaves_everything(server, client):
    os.remove(os.path.join(server.directory, "seed-00.sql"))
    response = control.call(client, "POST", "/_local/reset")
    assert response.status == 400 and "seed-00.sql" in response.json()["message"], response
    assert ids(client) == ["b-1"]


def test_a_reset_is_kept_in_the_file(serve, tmp_path):
    server = serve("--db", tmp_path / "db", seed=SEED)
    client = server.client()
    harness.create_user(client, "b-1", "bob")
    control.done(client, "POST", "/_local/reset")
    server.kill()
    server.start()
    assert assert_ok(server.client().call("GET", harness.users_path("b-1"))).json()["users"] == [{"username": "alice"}]


def test_resets_between_calls_of_others(server):
    """A reset waits for no one and no one sees half of it: the seeded user is always there, or is staged again."""
    writers = [server.client() for _ in range(8)]
    resetter = server.client()
    for number in range(20):
        for writer in writers:
            writer.send(harness.build("POST", harness.user_path("b-1", f"user-{number}-{writers.index(writer)}"),
                                      {"password": harness.PASSWORD}))
        control.done(resetter, "POST", "/_local/reset")
        for writer in writers:
            assert_ok(writer.receive("POST", harness.users_path("b-1") + "/x"), {})
    control.done(resetter, "POST", "/_local/reset")
    assert ids(resetter) == ["b-1"]


@pytest.mark.parametrize("query, message", (
    ("account=abc", "[account] must be 12 digits."), ("account=", "[account] must be 12 digits."),
    ("region=US-EAST-1", "[region] must be 1 to 32 characters of [a-z0-9-]."),
    ("region=", "[region] must be 1 to 32 characters of [a-z0-9-]."),
    ("empty=1", "[empty] must be true or false."), ("empty=", "[empty] must be true or false."),
    ("acount=123456789012", "There is no query parameter [acount]."), ("Empty=true", "There is no query parameter [Empty]."),
    ("empty%20account=true", "There is no query parameter [empty account]."), ("=true", "There is no query parameter []."),
    ("empty=true&region=us-east-1&x", "There is no query parameter [x]."),
))
def test_a_misspelt_reset_resets_nothing(serve, query, message):
    client = serve(seed=SEED).client()
    harness.create_user(client, "b-1", "made-later")
    control.refused(client, "POST", f"/_local/reset?{query}", None, message)
    assert_ok(client.call("GET", harness.user_path("b-1", "made-later")))
