"""/_local/snapshot: the whole state out as a SQLite file and in again; what is refused changes nothing."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess

import pytest

import control_calls as control
import harness
import wire
from harness import assert_ok, credential, sql_broker, sql_fault, sql_insert, sql_pending_user, sql_user

SCHEMA = len([name for name in os.listdir(os.path.join(harness.ROOT, "schema")) if name.endswith(".sql")])
OTHER = credential("210987654321", "eu-west-1")
SEED = (sql_broker("b-1", "one") + sql_user("b-1", "alice", groups=["admins"]) + sql_pending_user("b-1", "bob")
        + sql_broker("b-o", "other", account="210987654321", region="eu-west-1") + sql_user("b-o", "oscar")
        + sql_insert("broker_tag", broker_id="b-1", key="team", value="checkout")
        + sql_fault(operation="DeleteUser", error="ForbiddenException", times=3)
        + sql_insert("policy", effect="deny", action="mq:Promote") + sql_insert("policy", effect="allow"))


@pytest.fixture(scope="module")
def server():
    with harness.Server(*control.STANDING, seed=SEED) as running:
        yield running
        wire.assert_no_error_logged(running)


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection
        control.done(connection, "POST", "/_local/reset")


def everything(client):
    faults = assert_ok(control.call(client, "GET", control.FAULTS)).json()
    return control.world(client), control.world(client, OTHER), faults


def put(client, image):
    return control.done(client, "PUT", control.SNAPSHOT, image)


def test_CTL_5_a_large_one(serve):
    """With as many users as make SQLite want temporary files, which the sandbox does not allow."""
    name = 80 * "u"
    client = serve(seed=harness.sql_broker("b-1") + (
        "INSERT INTO user (broker_id, username, password, groups) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT"
        f" x + 1 FROM n WHERE x < 60000) SELECT 'b-1', '{name}' || x, 'created-pw-12', '[\"admins\"]' FROM n;"
        )).client()
    image = control.snapshot(client)
    control.done(client, "PUT", control.SNAPSHOT, image)
    assert len(assert_ok(client.call("GET", harness.users_path("b-1") + "?maxResults=100")).json()["users"]) == 100


def test_CTL_5_out_and_in_again(client):
    before = everything(client)
    image = control.snapshot(client)
    harness.create_user(client, "b-1", "carol")
    harness.create_broker(client)
    control.done(client, "DELETE", control.FAULTS)
    assert_ok(client.call("DELETE", harness.broker_path("b-o"), headers=[OTHER]))
    assert everything(client) != before
    put(client, image)
    assert everything(client) == before
    assert client.call("POST", harness.promote_path("b-1"), {"mode": "FAILOVER"}).status == 403
    assert client.call("DELETE", harness.user_path("b-1", "alice")).status == 403  # the fault


def test_the_clock_comes_back_too(client):
    control.step(client, now="2031-12-24T18:00:00Z")
    image = control.snapshot(client)
    control.done(client, "POST", "/_local/reset")
    put(client, image)
    assert control.clock(client)["now"].startswith("2031-12-24T18:")


def test_what_is_under_way_goes_on(client):
    assert_ok(client.call("POST", harness.reboot_path("b-1")), {})
    image = control.snapshot(client)
    control.done(client, "POST", "/_local/reset")
    put(client, image)
    assert assert_ok(client.call("GET", harness.broker_path("b-1"))).json()["brokerState"] == "REBOOT_IN_PROGRESS"
    control.advance(client, 3600)
    assert control.authenticate(client, "b-1", "bob")["authenticated"] is True


def test_the_journal_is_not_part_of_it(client):
    control.done(client, "DELETE", control.REQUESTS)
    image = control.snapshot(client)
    assert_ok(client.call("GET", "/v1/brokers"))
    put(client, image)
    assert control.count(client) == 1


def test_into_another_server(client, serve, tmp_path):
    image, before = control.snapshot(client), everything(client)
    for flags in ((), ("--db", tmp_path / "db"), ("--db", tmp_path / "db2", "--durability", "normal")):
        other = serve(*control.STANDING, *flags, seed=sql_broker("b-x", "gone")).client()
        put(other, image)
        assert everything(other) == before


def test_it_is_kept_in_the_file(client, serve, tmp_path):
    image, before = control.snapshot(client), everything(client)
    server = serve(*control.STANDING, "--db", tmp_path / "db")
    put(server.client(), image)
    server.kill()
    server.start()
    assert everything(server.client()) == before


def test_out_of_a_file_and_in_again(serve, tmp_path):
    server = serve(*control.STANDING, "--db", tmp_path / "db", seed=SEED)
    connection = server.client()
    before, image = everything(connection), control.snapshot(connection)
    harness.create_user(connection, "b-1", "carol")
    put(connection, image)
    assert everything(connection) == before
    harness.create_user(connection, "b-1", "dave")
    server.kill()
    server.start()
    assert assert_ok(server.client().call("GET", harness.user_path("b-1", "dave")))


def test_CTL_4_it_is_a_database_that_can_be_started_with(client, serve, tmp_path):
    image, before = control.snapshot(client), everything(client)
    path = tmp_path / "db"
    path.write_bytes(image)
    path.chmod(0o600)
    assert everything(serve(*control.STANDING, "--db", path).client()) == before


def test_it_is_whole_for_sqlite(client, tmp_path):
    with open_image(tmp_path, control.snapshot(client)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT username FROM pending_user").fetchall() == [("bob",)]


def test_a_write_of_the_same_round_is_in_it(server, client):
    other = server.client()
    other.connect()
    client.connect()
    with wire.stopped(server):
        other.send(harness.build("POST", harness.user_path("b-1", "zoe"), {"password": harness.PASSWORD}))
        client.send(harness.build("GET", control.SNAPSHOT))
    assert_ok(other.receive("POST", harness.user_path("b-1", "zoe")), {})
    image = client.receive("GET", control.SNAPSHOT, check=harness.CHECK_NONE).body
    control.done(client, "POST", "/_local/reset")
    put(client, image)
    assert_ok(client.call("GET", harness.user_path("b-1", "zoe")))


def test_a_large_one(serve):
    seed = "".join(sql_broker(f"b-{number}") for number in range(20)) + (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
        "INSERT INTO user (broker_id, username, password, groups)"
        " SELECT b.id, printf('user-%04d', i), 'correct-horse-' || i, '[\"admins\",\"readers\"]' FROM n, broker AS b;")
    client = serve("--max-body", "1000", seed=seed).client()
    image = control.snapshot(client)
    assert len(image) > 2_000_000
    control.done(client, "POST", "/_local/reset?empty=true")
    put(client, image)
    body = assert_ok(client.call("GET", harness.users_path("b-7") + "?maxResults=100")).json()
    assert len(body["users"]) == 100


# --- What is refused -------------------------------------------------------------------------------------------

@contextlib.contextmanager
def open_image(directory, image):
    path = os.path.join(directory, "image.db")
    if image is not None:
        with open(path, "wb") as file:
            file.write(image)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


def changed(directory, image, script):
    """The image after an SQL script."""
    with open_image(directory, image) as db:
        db.executescript(script)
    with open(os.path.join(directory, "image.db"), "rb") as file:
        return file.read()


def refuse(client, image, message=None):
    """The answer is a 400 with one line, and nothing has changed; returns the message."""
    before = everything(client)
    response = control.call(client, "PUT", control.SNAPSHOT, image)
    assert response.status == 400, response
    text = response.json()["message"]
    assert text.startswith("snapshot: ") and "\n" not in text, text
    if message is not None:
        assert text == f"snapshot: {message}"
    assert everything(client) == before
    harness.create_user(client, "b-1", "still-here")
    return text


@pytest.mark.parametrize("body", (b"", b"x", b"SQLite format 3\0", b"SQLite format 3\0" + b"\0" * 84, b"\0" * 4096,
                                  b"\xff" * 8192, b"{}"), ids=range(7))
def test_what_is_no_file(client, body):
    refuse(client, body, "not a whole SQLite file")


def test_a_foreign_file(client, tmp_path):
    foreign = changed(tmp_path, None, "CREATE TABLE broker (id TEXT); INSERT INTO broker VALUES ('b-1');")
    refuse(client, foreign, "not a database of amazonmq-local")


def test_a_file_of_another_version(client, tmp_path):
    image = control.snapshot(client)
    with open_image(tmp_path, image) as db:
        own = db.execute("PRAGMA user_version").fetchone()[0]
    for version, age in ((0, "older"), (1, "older"), (own - 1, "older"), (own + 1, "newer"), (99, "newer"), (-1, "newer")):
        refuse(client, changed(tmp_path, image, f"PRAGMA user_version = {version};"), f"made by an {age} version of amazonmq-local"
               if age == "older" else f"made by a {age} version of amazonmq-local")
        control.done(client, "POST", "/_local/reset")


def dump(image, directory, *pragmas):
    """The same rows in a new file that is made with other settings."""
    with open_image(directory, image) as db:
        numbers = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        script = "\n".join(db.iterdump())
    path = os.path.join(directory, "other.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
        # Some rules hold of UTF-8 only.
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.executescript(script)
        db.execute(f"PRAGMA application_id = {numbers[0]}")
        db.execute(f"PRAGMA user_version = {numbers[1]}")
    with open(path, "rb") as file:
        return file.read()


@pytest.mark.parametrize("encoding", ("UTF-16le", "UTF-16be"))
def test_a_file_in_utf_16(client, tmp_path, encoding):
    refuse(client, dump(control.snapshot(client), tmp_path, f"encoding = '{encoding}'"), "its encoding is not UTF-8")


@pytest.mark.parametrize("size", (512, 1024, 8192, 65536))
def test_a_file_of_another_page_size_is_taken_or_refused_whole(client, tmp_path, size):
    before, image = everything(client), dump(control.snapshot(client), tmp_path, f"page_size = {size}")
    response = control.call(client, "PUT", control.SNAPSHOT, image)
    assert response.status in (200, 400), response
    assert everything(client) == before
    harness.create_user(client, "b-1", "still-here")


def test_a_file_with_a_write_ahead_log_s_header_is_taken(client):
    image = bytearray(control.snapshot(client))
    image[18] = image[19] = 2
    put(client, bytes(image))
    harness.create_user(client, "b-1", "carol")


@pytest.mark.parametrize("script", (
    "CREATE TABLE extra (x);", "CREATE INDEX extra ON broker (name);", "CREATE VIEW extra AS SELECT 1;",
    "CREATE TRIGGER extra AFTER INSERT ON user BEGIN DELETE FROM user; END;", "DROP VIEW pending_user;",
    "DROP TABLE policy;", "DROP TRIGGER access_key_defaults;", "ALTER TABLE fault ADD COLUMN x TEXT;",
    "ALTER TABLE fault RENAME COLUMN seed TO seeds;", "CREATE VIRTUAL TABLE extra USING fts4(x);",
))
def test_other_tables(client, tmp_path, script):
    refuse(client, changed(tmp_path, control.snapshot(client), script), "its tables are not those of amazonmq-local")


def test_a_schema_that_says_something_else(client, tmp_path):
    """Rows of sqlite_schema that were written by hand."""
    image = control.snapshot(client)
    for number, script in enumerate((
            "UPDATE sqlite_schema SET sql = replace(sql, 'CHECK', 'check') WHERE name = 'user'",
            "UPDATE sqlite_schema SET sql = replace(sql, char(10), char(13) || char(10)) WHERE name = 'fault'",
            "UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'user'",
            "DELETE FROM sqlite_schema WHERE name = 'policy'")):
        directory = tmp_path / str(number)
        directory.mkdir()
        refuse(client, changed(directory, image, f"PRAGMA writable_schema = ON; {script};"))
        control.done(client, "POST", "/_local/reset")


BROKEN_CHECKS = (
    ("UPDATE user SET username = 'x' WHERE username = 'bob'", "user: username: 2 to 100 characters"),
    ("UPDATE user SET password = 'short' WHERE password IS NOT NULL", "user: password: 12 to 250 characters"),
    ("UPDATE broker SET state = 'ASLEEP'", "broker: state: a broker state of the API"),
    ("UPDATE fault SET probability = 2", "fault: probability: 0.0 to 1.0"),
    ("UPDATE policy SET effect = 'maybe'", "policy: effect: allow or deny"),
    ("UPDATE default_world SET region = 'A B'", "default_world: region: 1 to 32 characters of [a-z0-9-]"),
)


@pytest.mark.parametrize("script, message", BROKEN_CHECKS, ids=str)
def test_a_row_that_breaks_a_check(client, tmp_path, script, message):
    refuse(client, changed(tmp_path, control.snapshot(client), f"PRAGMA ignore_check_constraints = ON; {script};"), message)


@pytest.mark.parametrize("script", (
    "DELETE FROM broker WHERE id = 'b-1'", "UPDATE user SET broker_id = 'b-none'", "DELETE FROM engine"))
def test_a_row_without_its_parent(client, tmp_path, script):
    refuse(client, changed(tmp_path, control.snapshot(client), f"PRAGMA foreign_keys = OFF; {script};"),
           "a row refers to a missing row")


GROUPS, NAMES = "user: groups: ", "a JSON array of strings of [A-Za-z0-9-._~]"
IDS = "broker: subnet_ids, security_groups: a JSON array of strings of [A-Za-z0-9-]"
SHARED = "INSERT INTO shared_resource (broker_id, resource_arn, {}) VALUES ('b-1', 'a', '{}')"
TEXT = "a text contains a NUL or is not valid UTF-8"
CLOCK = "default_world: clock_offset_ms: within the years 1970 to 9999"
ROWS = (
    ("UPDATE user SET groups = '{\"a\":1}' WHERE username = 'alice'", GROUPS + NAMES),
    ("UPDATE user SET groups = '{}' WHERE username = 'alice'", GROUPS + NAMES),
    ("UPDATE user SET groups = '[1]' WHERE username = 'alice'", GROUPS + NAMES),
    ("UPDATE user SET groups = '[\"x\"]' WHERE username = 'alice'", GROUPS + "2 to 100 characters each"),
    ("UPDATE user SET groups = '[\"a b\"]' WHERE username = 'alice'", GROUPS + NAMES),
    ("UPDATE user SET pending_groups = '[\"x\"]' WHERE username = 'bob'", "user: pending_groups: 2 to 100 characters each"),
    ("UPDATE broker SET subnet_ids = '[5]'", IDS),
    ("UPDATE broker SET subnet_ids = '[\"\"]'", IDS),
    ("UPDATE broker SET subnet_ids = '{\"a\":\"b\"}'", IDS),
    ("UPDATE broker SET security_groups = '[\"a b\"]'", IDS),
    ("UPDATE broker SET security_groups = '{}'", IDS),
    ("UPDATE broker SET pending_security_groups = '7'", IDS),
    ("UPDATE broker SET ldap_server_metadata = '{'", "broker: malformed JSON"),
    ("UPDATE broker SET ldap_server_metadata = '{\"a\":1,\"a\":2}'", "broker: ldap_server_metadata: a JSON object"),
    ("UPDATE instance_option SET deployment_modes = '[\"CLUSTER_MULTI_AZ\" \"SINGLE_INSTANCE\"]'",
     "instance_option: deployment_modes: a JSON array of strings"),
    ("UPDATE instance_option SET engine_versions = '[\"5.18\",,\"5.19\"]'",
     "instance_option: engine_versions: a JSON array of strings"),
    (SHARED.format("dns_names", "[a.b]"), "shared_resource: dns_names: a JSON array of strings"),
    (SHARED.format("resource_share_arns", '["arn:a",]'), "shared_resource: resource_share_arns: a JSON array of strings"),
    ("UPDATE broker SET account = ''",
     "broker: account, region, engine_version, host_instance_type, storage_type: the default is for INSERT"),
    ("UPDATE broker SET creator_request_id = 'a' || char(0) || 'b'", f"broker: {TEXT}"),
    ("UPDATE broker SET creator_request_id = CAST(x'ff41' AS TEXT)", f"broker: {TEXT}"),
    ("UPDATE broker_tag SET value = CAST(x'c0af' AS TEXT)", f"broker_tag: {TEXT}"),
    ("UPDATE fault SET message = CAST(x'eda080' AS TEXT)", f"fault: {TEXT}"),
    ("UPDATE default_world SET clock_offset_ms = -9223372036854775808", CLOCK),
    ("UPDATE default_world SET clock_offset_ms = 9223372036854775807", CLOCK),
)


def without_triggers(directory, image, script):
    """The image after a script in which none of its triggers ran."""
    with open_image(directory, image) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(script)
        for _, sql in triggers:
            db.execute(sql)
    with open(os.path.join(directory, "image.db"), "rb") as file:
        return file.read()


@pytest.mark.parametrize("script, message", ROWS, ids=str)
def test_CTL_5_a_row_that_a_seed_could_not_have_made(client, tmp_path, script, message):
    refuse(client, without_triggers(tmp_path, control.snapshot(client), script), message)


@pytest.mark.parametrize("script, message", ROWS + BROKEN_CHECKS, ids=str)
def test_CTL_5_such_a_row_in_a_file(client, tmp_path, script, message):
    """The same is refused at start, and the file is left as it was."""
    path = tmp_path / "db"
    path.write_bytes(without_triggers(tmp_path, control.snapshot(client), script))
    path.chmod(0o600)
    result = harness.run("--port", 0, "--db", path)
    assert (result.returncode, result.stderr.decode()) == (1, f"amazonmq-local: {path}: {message}\n")


@pytest.mark.parametrize("script, table, rule", (
    ("UPDATE user SET groups = '[''ab'']' WHERE username = 'alice'", "user", f"groups: {NAMES}"),
    ("UPDATE user SET pending_groups = '[\"ab\",]' WHERE username = 'bob'", "user", f"pending_groups: {NAMES}"),
    ("UPDATE broker SET subnet_ids = '[\"a\"/**/]'", "broker", "subnet_ids: a JSON array of strings"),
    ("UPDATE broker SET ldap_server_metadata = '{a:1}'", "broker", "ldap_server_metadata: a JSON object"),
), ids=str)
def test_CTL_5_json_that_newer_versions_of_sqlite_accept(client, tmp_path, script, table, rule):
    """JSON5, as a snapshot and as a file; before version 3.42 SQLite refuses it itself."""
    image = without_triggers(tmp_path, control.snapshot(client), script)
    messages = {f"{table}: malformed JSON", f"{table}: {rule}"}
    assert refuse(client, image).removeprefix("snapshot: ") in messages
    path = tmp_path / "db"
    path.write_bytes(image)
    path.chmod(0o600)
    result = harness.run("--port", 0, "--db", path)
    assert result.returncode == 1
    assert result.stderr.decode().strip().removeprefix(f"amazonmq-local: {path}: ") in messages


@pytest.mark.parametrize("script, message", (
    ("CREATE TABLE extra (x);", "its tables are not those of amazonmq-local"),
    ("DROP VIEW pending_user;", "its tables are not those of amazonmq-local"),
    ("DELETE FROM default_world;", "default_world has no row"),
))
def test_CTL_5_a_file_with_other_tables(client, tmp_path, script, message):
    path = tmp_path / "image.db"
    changed(tmp_path, control.snapshot(client), script)
    path.chmod(0o600)
    result = harness.run("--port", 0, "--db", path)
    assert (result.returncode, result.stderr.decode()) == (1, f"amazonmq-local: {path}: {message}\n")


@pytest.mark.parametrize("place", range(56, 60))
def test_CTL_5_another_encoding_in_the_head(client, place):
    image = control.snapshot(client)
    for value in (*range(8), 0x7f, 0x80, 0xff):
        body = bytearray(image)
        body[place] = value
        if body != image:
            refuse(client, bytes(body))
            control.done(client, "POST", "/_local/reset")
    put(client, image)


def test_a_file_that_is_cut_or_longer(client):
    image = control.snapshot(client)
    for body in (image[:-1], image[:-4096], image[:len(image) // 2], image[:100], image + b"\0", image + b"\0" * 4096):
        assert refuse(client, body) == "snapshot: not a whole SQLite file"
        control.done(client, "POST", "/_local/reset")


def test_a_file_that_went_through_a_text_conversion(client):
    image = control.snapshot(client)
    for body in (image.replace(b"\n", b"\r\n"), image.decode("latin-1").encode("utf-8"),
                 image.decode("utf-8", "replace").encode("utf-8"), image.replace(b"\0", b" ")):
        refuse(client, body)
        control.done(client, "POST", "/_local/reset")


def test_damage_at_random_places(client):
    """A changed byte is noticed, or it is in a place that means nothing or a different value: never a 500, never half of it."""
    image = control.snapshot(client)
    chance = random.Random(20261124)
    refused = 0
    for _ in range(300):
        damaged = bytearray(image)
        for _ in range(chance.choice((1, 1, 4, 64))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        response = control.call(client, "PUT", control.SNAPSHOT, bytes(damaged))
        assert response.status in (200, 400), response
        refused += response.status == 400
        # Whatever was taken is a store the service can work with.
        assert client.call("GET", "/v1/brokers").status == 200
        assert client.call("GET", harness.users_path("b-1")).status in (200, 403, 404)
        control.done(client, "POST", "/_local/reset")
    assert refused > 30


def test_damage_at_the_head(client):
    image = control.snapshot(client)
    chance = random.Random(7)
    for place in range(100):
        damaged = bytearray(image)
        damaged[place] ^= 1 << chance.randrange(8)
        response = control.call(client, "PUT", control.SNAPSHOT, bytes(damaged))
        assert response.status in (200, 400), (place, response)
        assert_ok(client.call("GET", "/v1/brokers"))
        control.done(client, "POST", "/_local/reset")


def test_a_refused_one_changes_no_file(client, serve, tmp_path):
    image = control.snapshot(client)
    server = serve(*control.STANDING, "--db", tmp_path / "db", seed=SEED)
    connection = server.client()
    before = everything(connection)
    for body in (b"x", image[:-4096], image[:50000] + b"\xff" * 5000 + image[55000:],
                 changed(tmp_path, image, "PRAGMA user_version = 99;")):
        assert control.call(connection, "PUT", control.SNAPSHOT, body).status == 400
    server.kill()
    server.start()
    assert everything(server.client()) == before


def test_the_sqlite3_shell_reads_it(client, tmp_path):
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 shell here")
    path = tmp_path / "snapshot.db"
    path.write_bytes(control.snapshot(client))
    result = subprocess.run(["sqlite3", str(path), "SELECT id FROM broker ORDER BY id"], stdout=subprocess.PIPE, check=True)
    assert result.stdout == b"b-1\nb-o\n"
