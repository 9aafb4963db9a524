"""/_local/faults: the fault table as JSON."""

import pytest

import control_calls as control
import harness
import wire
from harness import assert_error, assert_ok, sql_broker, sql_fault, sql_user

SEED = sql_broker("b-1", "one") + sql_user("b-1", "alice") + sql_broker("b-2", "two") + sql_user("b-2", "alice")
ALICE = harness.user_path("b-1", "alice")
FORBIDDEN = "Access forbidden. Correct your credentials and then retry your request."


@pytest.fixture(scope="module")
def server():
    with harness.Server(seed=SEED) as running:
        yield running
        wire.assert_no_error_logged(running)


@pytest.fixture
def client(server):
    with server.client() as connection:
        yield connection
        control.done(connection, "POST", "/_local/reset")


def add(client, **fault):
    """Adds a fault; 201 with what the list will show."""
    response = control.call(client, "POST", control.FAULTS, fault)
    assert response.status == 201, response
    assert response.json() in faults(client)
    return response.json()


def faults(client):
    return assert_ok(control.call(client, "GET", control.FAULTS)).json()["faults"]


def hits(client, times, target=ALICE):
    """Of so many calls, which are hit."""
    return [client.call("GET", target).status == 403 for _ in range(times)]


def test_the_list_is_empty_at_first(client):
    assert_ok(control.call(client, "GET", control.FAULTS), {"faults": []})


def test_CTL_9_an_added_fault_hits_at_once_and_is_shown_whole(client):
    shown = add(client, operation="DescribeUser", brokerId="b-1", username="alice", error="ForbiddenException", status=418,
                message="Nô.", delayMs=1, times=2, probability=1, seed=-3)
    number = shown.pop("id")
    assert shown == {"brokerId": "b-1", "delayMs": 1, "drop": False, "error": "ForbiddenException", "message": "Nô.",
                     "operation": "DescribeUser", "probability": 1, "seed": -3, "status": 418, "times": 2,
                     "username": "alice"}
    for left in (1, 0):
        assert_error(client.call("GET", ALICE, check=harness.CHECK_SHARED), 418, "ForbiddenException", "Nô.")
        assert [(fault["id"], fault["times"]) for fault in faults(client)] == [(number, left)]
    assert_ok(client.call("GET", ALICE))


def test_what_is_not_given_has_its_default(client):
    shown = add(client, error="ForbiddenException")
    shown.pop("id")
    assert shown == {"delayMs": 0, "drop": False, "error": "ForbiddenException", "probability": 1, "seed": 0}
    control.done(client, "DELETE", control.FAULTS)
    shown = add(client, delayMs=1, error=None, times=None, probability=None, seed=None, drop=None, username=None)
    shown.pop("id")
    assert shown == {"delayMs": 1, "drop": False, "probability": 1, "seed": 0}


def test_a_drop(client):
    add(client, operation="CreateUser", drop=True, times=1)
    target = harness.user_path("b-1", "bob")
    client.send(harness.build("POST", target, {"password": harness.PASSWORD}))
    assert client.receive_until_closed() == b""
    assert client.call("POST", target, {"password": harness.PASSWORD}).status == 409


def test_each_condition_is_kept(client):
    add(client, operation="DescribeUser", brokerId="b-2", username="alice", error="ForbiddenException")
    assert client.call("GET", ALICE).status == 200
    assert client.call("GET", harness.users_path("b-2")).status == 200
    assert_error(client.call("GET", harness.user_path("b-2", "alice")), 403, "ForbiddenException", FORBIDDEN)


def test_CTL_8_seeded_faults_are_listed_with_the_added_the_oldest_first(serve):
    client = serve(seed=SEED + sql_fault(id=5, operation="ListUsers", error="ForbiddenException")).client()
    add(client, operation="ListTags", delayMs=1, error="ForbiddenException")
    assert [(fault["id"], fault["operation"]) for fault in faults(client)] == [(5, "ListUsers"), (6, "ListTags")]


def test_CTL_10_deleting_one_and_all(client):
    first, second, third = (add(client, operation=name, error="ForbiddenException")["id"]
                            for name in ("ListUsers", "DescribeUser", "ListTags"))
    control.done(client, "DELETE", f"{control.FAULTS}?id={second}")
    assert [fault["id"] for fault in faults(client)] == [first, third]
    assert_ok(client.call("GET", ALICE))
    assert client.call("GET", harness.users_path("b-1")).status == 403
    control.done(client, "DELETE", control.FAULTS)
    assert faults(client) == []
    assert_ok(client.call("GET", harness.users_path("b-1")))


@pytest.mark.parametrize("text", ("", "x", "1x", "%20", "1.5", "--1"))
def test_an_id_that_is_none(client, text):
    add(client, error="ForbiddenException", times=0)
    control.refused(client, "DELETE", f"{control.FAULTS}?id={text}", None, "[id] must be a number.")
    assert_error(control.call(client, "DELETE", f"{control.FAULTS}?id=99"), 404, "NotFoundException", "There is no fault [99].")
    assert len(faults(client)) == 1


@pytest.mark.parametrize("fault, message", (
    ({}, "fault: give error, delayMs or drop"),
    ({"operation": "ListUsers", "times": 1}, "fault: give error, delayMs or drop"),
    ({"drop": False}, "fault: give error, delayMs or drop"),
    ({"delayMs": 1, "operation": "ListUser"}, "There is no operation [ListUser]. Did you mean [ListUsers]?"),
    ({"operation": "CreateUsr", "error": "Unknown"}, "There is no operation [CreateUsr]. Did you mean [CreateUser]?"),
    ({"delayMs": 1, "operation": "Nothing"}, "There is no operation [Nothing]."),
    ({"delayMs": 1, "operation": ""}, "There is no operation []."),
    ({"error": ""}, "error: 1 to 100 letters and digits"),
    ({"error": "x" * 101, "status": 500}, "error: 1 to 100 letters and digits"),
    ({"error": "No-Hyphen", "status": 500}, "error: 1 to 100 letters and digits"),
    ({"error": "Ünlaut", "status": 500}, "error: 1 to 100 letters and digits"),
    ({"error": "ForbiddenException", "status": 399}, "status: 400 to 599"),
    ({"error": "ForbiddenException", "status": 600}, "status: 400 to 599"),
    ({"error": "UnheardOfException"}, "status: needed with an error the server does not know"),
    ({"error": "ServiceUnavailableException"}, "status: needed with an error the server does not know"),
    ({"error": "InternalServerErrorExcepton"},
     "status: needed with an error the server does not know. Did you mean [InternalServerErrorException]?"),
    ({"error": "notfoundexception"},
     "status: needed with an error the server does not know. Did you mean [NotFoundException]?"),
    # Known too, but not without a status.
    ({"error": "ServiceUnavailableExcepton"},
     "status: needed with an error the server does not know. Did you mean [ServiceUnavailableException]? It needs one too."),
    ({"error": "RequestEntityTooLargeExcepton", "delayMs": 3},
     "status: needed with an error the server does not know. Did you mean [RequestEntityTooLargeException]? It needs one too."),
    # The other rule that the fault breaks is not that of the one that was meant.
    ({"error": "NotFoundExcepton", "drop": True},
     "status: needed with an error the server does not know. Did you mean [NotFoundException]?"),
    ({"error": "ForbiddenException", "message": "x" * 1001}, "message: up to 1000 characters"),
    ({"delayMs": -1}, "delayMs: 0 to 600000"),
    ({"delayMs": 600001}, "delayMs: 0 to 600000"),
    ({"error": "NotFoundException", "delayMs": -1}, "delayMs: 0 to 600000"),
    ({"error": "NotFoundExcepton", "delayMs": -1}, "delayMs: 0 to 600000"),
    ({"delayMs": 1, "times": -1}, "times: 0 or more"),
    ({"delayMs": 1, "probability": -0.01}, "probability: 0.0 to 1.0"),
    ({"delayMs": 1, "probability": 1.01}, "probability: 0.0 to 1.0"),
    ({"delayMs": 1, "status": 500}, "error: needed with status or message"),
    ({"delayMs": 1, "message": "x"}, "error: needed with status or message"),
    ({"drop": True, "error": "ForbiddenException"}, "drop: excludes error"),
), ids=str)
def test_each_rule_of_the_table_is_kept(client, fault, message):
    control.refused(client, "POST", control.FAULTS, fault, message)
    assert faults(client) == []
    assert_ok(client.call("GET", ALICE))


def test_CTL_9_listed_faults_can_be_sent_again(client):
    add(client, operation="ListUsers", error="ForbiddenException", times=2, probability=0.5)
    add(client, brokerId="b-1", username="alice", delayMs=5)
    before = faults(client)
    assert_ok(control.call(client, "DELETE", control.FAULTS))
    for fault in before:
        add(client, **fault)
    assert [fault | {"id": 0} for fault in faults(client)] == [fault | {"id": 0} for fault in before]


def test_CTL_9_a_fault_that_is_refused_is_no_error_of_the_log(serve):
    server = serve()
    control.refused(server.client(), "POST", control.FAULTS, {"delayMs": -1}, "delayMs: 0 to 600000")
    wire.assert_no_error_logged(server)


@pytest.mark.parametrize("name, value, kind", (
    ("operation", 1, "string"), ("brokerId", True, "string"), ("username", [], "string"), ("error", {}, "string"),
    ("message", 5, "string"), ("status", "500", "integer"), ("status", 500.5, "integer"), ("delayMs", "1", "integer"),
    ("times", 1e12, "integer"), ("seed", "x", "integer"), ("drop", 1, "boolean"), ("probability", "0.5", "number"),
    ("probability", True, "number"),
))
def test_a_member_of_another_type(client, name, value, kind):
    response = control.call(client, "POST", control.FAULTS, {"error": "ForbiddenException", name: value})
    assert response.status == 400 and response.json()["errorAttribute"] == name, response
    assert kind in response.json()["message"], response
    assert faults(client) == []


def test_a_body_that_is_no_object(client):
    for body in (b"{", b"[]", b"5", b"\xff", b'{"error":"ForbiddenException"', b'{"error":"A"} x'):
        response = control.call(client, "POST", control.FAULTS, body)
        assert response.status == 400, (body, response)
    assert faults(client) == []


# --- Probability -----------------------------------------------------------------------------------------------

def test_the_same_calls_are_hit_in_every_run(client):
    runs = []
    for seed in (7, 7, 8):
        add(client, operation="DescribeUser", error="ForbiddenException", probability=0.5, seed=seed)
        runs.append(hits(client, 60))
        control.done(client, "POST", "/_local/reset")
    assert runs[0] == runs[1] and runs[0] != runs[2]
    assert all(10 < sum(run) < 50 for run in runs)


def test_never_and_always(client):
    add(client, operation="DescribeUser", error="ForbiddenException", probability=0)
    assert sum(hits(client, 50)) == 0
    control.done(client, "DELETE", control.FAULTS)
    add(client, operation="DescribeUser", error="ForbiddenException", probability=1.0)
    assert sum(hits(client, 50)) == 50


def test_calls_it_does_not_match_are_not_drawn(client):
    add(client, operation="DescribeUser", brokerId="b-1", error="ForbiddenException", probability=0.5, seed=7)
    alone = hits(client, 40)
    control.done(client, "DELETE", control.FAULTS)
    add(client, operation="DescribeUser", brokerId="b-1", error="ForbiddenException", probability=0.5, seed=7)
    mixed = []
    for _ in range(40):
        assert_ok(client.call("GET", harness.user_path("b-2", "alice")))
        mixed += hits(client, 1)
    assert mixed == alone


def test_times_count_hits_only(client):
    add(client, operation="DescribeUser", error="ForbiddenException", probability=0.3, seed=1, times=5)
    assert sum(hits(client, 100)) == 5
    assert faults(client)[0]["times"] == 0


def test_a_fault_that_is_not_drawn_leaves_the_call_to_the_next(client):
    add(client, operation="DescribeUser", error="ForbiddenException", probability=0)
    add(client, operation="DescribeUser", error="ConflictException", status=409)
    assert client.call("GET", ALICE, check=harness.CHECK_SHARED).status == 409


def test_the_draw_goes_on_after_a_restart(serve, tmp_path):
    def start(path):
        server = serve("--db", path, seed=SEED)
        add(server.client(), operation="DescribeUser", error="ForbiddenException", probability=0.5, seed=7)
        return server

    through = hits(start(tmp_path / "a").client(), 40)
    server = start(tmp_path / "b")
    first = hits(server.client(), 20)
    server.restart()
    assert first + hits(server.client(), 20) == through


def test_a_thousand_faults(client):
    for number in range(1000):
        assert control.call(client, "POST", control.FAULTS, {
            "brokerId": f"b-{number}-none", "error": "ForbiddenException", "message": "x" * 100}).status == 201
    assert len(faults(client)) == 1000
    assert_ok(client.call("GET", ALICE))


# --- Many ------------------------------------------------------------------------------------------------------

MANY = ("WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
        "INSERT INTO fault (id, operation, broker_id, delay_ms) SELECT i, 'DeleteUser', {broker}, 1 FROM n;")


def pages(client):
    """The pages, each of which goes on after the last fault of the one before."""
    since, shown = "", []
    while True:
        page = assert_ok(control.call(client, "GET", control.FAULTS + since)).json()
        shown.append([fault["id"] for fault in page["faults"]])
        assert page.get("truncated", True) is True
        if "truncated" not in page:
            return shown
        since = f"?since={shown[-1][-1]}"


def test_CTL_8_a_list_of_many_faults_is_answered_in_parts(client):
    control.done(client, "POST", "/_local/seed", MANY.format(first=-999, last=199_000, broker="NULL"))
    shown = pages(client)
    assert [len(page) for page in shown] == [1000] * 200
    assert [number for page in shown for number in page] == list(range(-999, 199_001))


@pytest.mark.parametrize("count", (999, 1000, 1001))
def test_CTL_8_the_end_of_a_part(client, count):
    control.done(client, "POST", "/_local/seed", MANY.format(first=1, last=count, broker="NULL"))
    assert [len(page) for page in pages(client)] == [min(count, 1000)] + [1] * (count > 1000)
    assert assert_ok(control.call(client, "GET", f"{control.FAULTS}?since={count}")).json() == {"faults": []}
    assert assert_ok(control.call(client, "GET", f"{control.FAULTS}?since={count - 1}")).json()["faults"][0]["id"] == count


def test_CTL_8_long_texts_end_a_part_too(client):
    control.done(client, "POST", "/_local/seed", MANY.format(first=1, last=60, broker="printf('%1000000d', i)"))
    shown = pages(client)
    assert sum(shown, []) == list(range(1, 61)) and 3 < len(shown) < 10


@pytest.mark.parametrize("text", ("x", "1.5", ""))
def test_CTL_8_a_start_that_is_no_number(client, text):
    control.refused(client, "GET", f"{control.FAULTS}?since={text}", None, "[since] must be a number.")
