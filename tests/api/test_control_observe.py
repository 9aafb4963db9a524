"""What the web page lives on: lists and details below /_local/ that use up no fault and leave no trace in the journal."""

import base64
import json
import re
import socket
import time

import pytest

import control_calls as control
import harness
from harness import assert_bad_request, assert_ok, sql_broker, sql_fault, sql_user

SECRET = "hidden-Secret-77"
OTHER = ("account", "111122223333"), ("region", "eu-west-1")
SEED = (sql_broker("b-1", "orders") + sql_broker("b-2", "events", engine_type="RABBITMQ")
        + sql_broker("b-3", "Alpha", **dict(OTHER)) + sql_user("b-1", "alice", groups='["admins"]')
        + sql_fault(error="InternalServerErrorException", times=3))


@pytest.fixture
def server():
    with harness.Server(*control.STANDING, seed=SEED) as running:
        yield running


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection


def get(client, target):
    return assert_ok(control.call(client, "GET", target)).json()


def names(client, **query):
    return [row["brokerName"] for row in get(client, "/_local/brokers" + harness.query(**query))["brokers"]]


def test_looking_uses_up_no_fault_and_is_not_in_the_journal(client):
    for target in ("/_local/brokers?limit=2", "/_local/brokers/b-1", "/_local/configurations/c-1?revision=1", "/_local/worlds",
                   "/_local/requests?bodies=true"):
        get(client, target)
    assert control.requests(client) == []
    assert get(client, control.FAULTS)["faults"][0]["times"] == 3


def test_CTL_15_filters_order_and_pages(client):
    assert names(client) == ["orders", "events", "Alpha"]
    assert names(client, sort="name") == ["Alpha", "events", "orders"]
    assert sorted(names(client, sort="created")) == sorted(names(client, sort="state")) == sorted(names(client, sort="id"))
    assert names(client, account="111122223333") == ["Alpha"] and names(client, region="us-east-1") == ["orders", "events"]
    assert names(client, account="111122223333", region="us-east-1") == []
    assert names(client, text="RABBIT") == ["events"] and names(client, text="alp") == ["Alpha"] and names(client, text="b-2") == ["events"]
    assert names(client, text="%") == [] and names(client, text="") == names(client)
    page = get(client, "/_local/brokers?limit=2")
    assert (page["count"], page["truncated"], len(page["brokers"])) == (3, True, 2)
    page = get(client, "/_local/brokers?limit=2&after=b-2")
    assert [row["brokerId"] for row in page["brokers"]] == ["b-3"] and "truncated" not in page
    assert names(client, sort="name", skip=1, limit=1) == ["events"] and names(client, limit=0) == []
    for query, name in (("sort=size", "sort"), ("limit=x", "limit"), ("skip=-1", "skip")):
        response = control.call(client, "GET", f"/_local/brokers?{query}")
        assert response.status == 400 and f"[{name}]" in response.json()["message"], response


def test_CTL_15_many_brokers_come_in_parts():
    many = "".join(sql_broker(f"b-{at:04}", f"name-{9999 - at}") for at in range(350))
    with harness.Server(seed=many) as server, server.client() as client:
        rows = get(client, "/_local/brokers")
        assert [row["brokerId"] for row in rows["brokers"]] == [f"b-{at:04}" for at in range(350)] and "truncated" not in rows
        found = get(client, "/_local/brokers?limit=250&sort=name")
        assert [row["brokerId"] for row in found["brokers"]] == [f"b-{at:04}" for at in range(349, 99, -1)] and found["truncated"]
        found = get(client, "/_local/brokers?limit=100&skip=250&sort=name")
        assert [row["brokerId"] for row in found["brokers"]] == [f"b-{at:04}" for at in range(99, -1, -1)]
        assert "truncated" not in found and found["count"] == 350


def test_CTL_15_CTL_16_what_remains_of_a_transition(client):
    assert "remainingMs" not in get(client, "/_local/brokers/b-1")
    control.done(client, "DELETE", control.FAULTS)
    assert_ok(client.call("POST", "/v1/brokers/b-1/reboot"))
    control.advance(client, 600)
    for row in (get(client, "/_local/brokers")["brokers"][0], get(client, "/_local/brokers/b-1")):
        assert 2_940_000 < row["remainingMs"] <= 3_000_000
        assert abs(row["stateDueMs"] - row["remainingMs"] - control.clock(client)["nowMs"]) < 10_000


def test_CTL_16_users_with_both_values_and_no_password(client):
    control.done(client, "DELETE", control.FAULTS)
    assert_ok(client.call("PUT", "/v1/brokers/b-1/users/alice", {"consoleAccess": True, "password": SECRET}))
    harness.create_user(client, "b-1", "bob", password=SECRET)
    response = control.call(client, "GET", "/_local/brokers/b-1")
    users = response.json()["users"]
    assert users == [
        {"applied": {"consoleAccess": False, "groups": ["admins"]}, "pending": {"consoleAccess": True, "groups": ["admins"]},
         "pendingChange": "UPDATE", "replicationUser": False, "username": "alice"},
        {"pending": users[1]["pending"], "pendingChange": "CREATE", "replicationUser": False, "username": "bob"}]
    assert SECRET.encode() not in response.body
    assert_ok(client.call("DELETE", "/v1/brokers/b-1/users/alice"))
    assert get(client, "/_local/brokers/b-1")["users"][0] == {
        "applied": {"consoleAccess": False, "groups": ["admins"]}, "pendingChange": "DELETE", "replicationUser": False, "username": "alice"}


def test_CTL_16_the_configurations_as_text_and_the_window(client):
    control.done(client, "DELETE", control.FAULTS)
    broker = get(client, "/_local/brokers/b-1")
    current = broker["configurations"]["current"]
    assert current["text"].startswith("<?xml") and current["revision"] == 1 and set(broker["configurations"]) == {"current"}
    data = base64.b64encode(b'<broker xmlns="http://activemq.apache.org/schema/core" schedulePeriodForDestinationPurge="5000"/>').decode()
    assert_ok(client.call("PUT", f"/v1/configurations/{current['id']}", {"data": data}))
    assert_ok(client.call("PUT", "/v1/brokers/b-1", {"configuration": {"id": current["id"], "revision": 2}}))
    both = get(client, "/_local/brokers/b-1")
    assert both["configurations"]["current"] == current
    assert both["configurations"]["pending"]["revision"] == 2 and "5000" in both["configurations"]["pending"]["text"]
    left = both["windowDueMs"] - control.clock(client)["nowMs"]
    assert 0 < left <= 7 * 86400_000
    control.advance(client, left // 1000 + 1)
    assert get(client, "/_local/brokers/b-1")["broker"]["brokerState"] == "REBOOT_IN_PROGRESS"
    assert get(client, "/_local/brokers/b-1")["windowDueMs"] > both["windowDueMs"]
    control.advance(client, 3600)
    after = get(client, "/_local/brokers/b-1")["configurations"]
    assert after == {"current": both["configurations"]["pending"]}


def test_CTL_19_the_revisions_of_a_configuration_and_the_text_of_one(client):
    control.done(client, "DELETE", control.FAULTS)
    default = get(client, "/_local/brokers/b-1")["configurations"]["current"]
    for at, description in ((2, "first"), (3, None)):
        data = f'<broker xmlns="http://activemq.apache.org/schema/core" schedulePeriodForDestinationPurge="{at}000"/>'
        body = {"data": base64.b64encode(data.encode()).decode(), **({"description": description} if description else {})}
        assert_ok(client.call("PUT", f"/v1/configurations/{default['id']}", body))
    found = get(client, f"/_local/configurations/{default['id']}")
    revisions = found.pop("revisions")
    assert found == {"account": "123456789012", "id": default["id"], "name": "orders-configuration", "region": "us-east-1"}
    assert [(one["revision"], one.get("description")) for one in revisions] == [(1, default["description"]), (2, "first"), (3, None)]
    assert revisions[0]["created"] == default["created"] and all("text" not in one for one in revisions)
    for one, part in zip(revisions, (default["text"], '"2000"', '"3000"')):
        (full,) = get(client, f"/_local/configurations/{default['id']}?revision={one['revision']}")["revisions"]
        assert part in full.pop("text") and full == one
    far = get(client, "/_local/configurations/c-3")
    assert (far["account"], far["region"], len(far["revisions"])) == ("111122223333", "eu-west-1", 1)


def test_CTL_19_what_is_not_there(client):
    for target, status, part in (("c-9", 404, "Configuration ID [c-9]"), ("c-1?revision=9", 404, "Revision [9] of configuration [c-1]"),
                                 ("c-1?revision=0", 400, "[revision]"), ("c-1?revision=x", 400, "[revision]"), ("c-1?text=true", 400, "[text]")):
        response = control.call(client, "GET", f"/_local/configurations/{target}")
        assert response.status == status and part in response.json()["message"], response


def test_CTL_19_a_list_with_very_long_descriptions_ends_early():
    long = "".join(harness.sql_insert("configuration_revision", configuration_id="c-1", revision=at, data="x", description="x" * 1000000)
                   for at in range(2, 8))
    with harness.Server(seed=sql_broker("b-1", "orders") + long) as server, server.client() as client:
        found = get(client, "/_local/configurations/c-1")
        assert [one["revision"] for one in found["revisions"]] == [1, 2, 3, 4, 5, 6] and found["truncated"] is True


def test_CTL_17_worlds(client):
    assert get(client, "/_local/worlds") == {"account": "123456789012", "region": "us-east-1", "worlds": [
        {"account": "111122223333", "brokers": 1, "region": "eu-west-1"},
        {"account": "123456789012", "brokers": 2, "region": "us-east-1"}]}


def test_CTL_11_bodies_errors_and_one_number(client):
    control.done(client, "DELETE", control.FAULTS)
    harness.create_user(client, "b-1", "bob", password=SECRET)
    client.call("POST", "/v1/brokers/b-1/users/bob", {"password": SECRET, "Password": SECRET}, headers=[("x-amazonmq-local-origin", "page")])
    created, refused = control.requests(client, bodies="true")
    assert created["answer"] == {} and created["answerBytes"] == 2 and "page" not in created
    assert refused["page"] is True and refused["body"] == {"password": "***", "Password": "***"}
    assert refused["answer"]["message"] and refused["status"] == 409
    assert [entry["number"] for entry in control.requests(client, errors="true")] == [refused["number"]]
    assert control.requests(client, errors="true", number=created["number"]) == []
    (only,) = control.requests(client, number=created["number"], bodies="false")
    assert "body" not in only and only["bodyBytes"] > 0 and "answer" not in only and "answerBytes" not in only
    assert control.count(client, errors="true") == 1


def test_CTL_11_a_long_answer_is_cut(client):
    control.done(client, "POST", "/_local/reset?empty=true")
    many = "".join(sql_broker(f"b-{at}", f"name-{at}") for at in range(60))
    assert_ok(client.call("POST", "/_local/seed", many.encode(), check=harness.CHECK_NONE))
    listed = assert_ok(client.call("GET", "/v1/brokers?maxResults=100"))
    (entry,) = control.requests(client, bodies="true")
    assert "answer" not in entry and entry["answerBytes"] == len(listed.body)
    assert entry["answerStart"] == listed.body[:4096].decode()


class Events:
    """A stream of events; next() waits for one."""

    def __init__(self, server, headers=""):
        self.socket = socket.create_connection((server.host, server.port), timeout=harness.DEADLINE_S)
        self.socket.sendall(f"GET /_local/events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        self.text = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def next(self):
        while not (match := re.search(rb"event: change\ndata: (\{.*?\})\n\n", self.text, re.DOTALL)):
            part = self.socket.recv(65536)
            if not part:
                return None
            self.text += part
        self.text = self.text[match.end():]
        return json.loads(match[1])

    def until(self, condition):
        while not condition(event := self.next()):
            pass
        return event


def test_CTL_18_events_tell_what_has_changed(server, client):
    with Events(server) as events:
        first = events.next()
        assert b"text/event-stream" in events.text or first["journal"] == 0
        assert client.call("GET", "/v1/brokers").status == 500  # by the fault, which is counted
        second = events.until(lambda event: event["journal"] == 1 and event["state"] != first["state"])
        control.done(client, "DELETE", control.FAULTS)
        third = events.until(lambda event: event["state"] != second["state"])
        control.advance(client, 5)
        fourth = events.until(lambda event: event["state"] != third["state"])
        image = control.snapshot(client)
        assert_ok(client.call("PUT", control.SNAPSHOT, image, check=harness.CHECK_NONE))
        fifth = events.until(lambda event: event["state"] != fourth["state"])
        control.done(client, "DELETE", control.REQUESTS)
        sixth = events.until(lambda event: event["cleared"] != fifth["cleared"])
        assert sixth["journal"] == 1
        control.clock(client)
        get(client, "/_local/brokers")
        events.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            events.next()


def connections(client):
    text = assert_ok(control.call(client, "GET", control.METRICS)).body.decode()
    return int(re.search(r"^amazonmq_local_connections (\d+)", text, re.MULTILINE)[1])


def test_CTL_18_clients_that_leave_free_their_place_and_the_stop_ends_streams(server, client):
    streams = [Events(server) for _ in range(64)]
    for events in streams:
        assert events.next()
    assert_bad_request(control.call(client, "GET", "/_local/events"), "64 streams of events are open.")
    for events in streams[1:]:
        events.socket.close()
    harness.eventually(lambda: connections(client) == 2, "the connections of those that have left")
    with Events(server) as more:
        assert more.next()
        server.stop()
        assert more.next() is None
    assert streams[0].next() is None
    streams[0].socket.close()


def test_20000_brokers_are_listed_quickly():
    rows = ("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) "
            "INSERT INTO broker (id, name) SELECT printf('b-%05d', i), printf('name-%05d', 19999 - i) FROM n;")
    with harness.Server(seed=rows) as server, server.client() as client:
        for query in ("limit=50", "limit=50&account=123456789012&region=us-east-1", "limit=50&text=zzz", "limit=50&sort=name&skip=10000"):
            begin = time.monotonic()
            assert get(client, f"/_local/brokers?{query}")["brokers"] or "zzz" in query
            assert time.monotonic() - begin < 1, query  # some milliseconds; the machine may be busy
