"""Calls of the control API under /_local/, and what all of its answers have in common."""

import harness
from harness import assert_bad_request, assert_ok

CLOCK, FAULTS, METRICS, REQUESTS, SNAPSHOT = (f"/_local/{name}" for name in (
    "clock", "faults", "metrics", "requests", "snapshot"))
STANDING = ("--create-time", "1h", "--reboot-time", "1h", "--delete-time", "1h")  # until the clock is stepped
REFUSED_STEP = ("Specify either [advanceMs], milliseconds up to ten years, or [now], a time such as "
                "2026-12-24T18:00:00Z.")
TOO_FAR = "[now] is more than ten years after the time of the clock."
TOO_LATE = "The clock can be set up to the end of 9999."


def call(client, method, target, body=None, headers=()):
    """Sends a request below /_local/; the answer must not be one that another site's page may read."""
    response = client.call(method, target, body, headers, check=harness.CHECK_NONE)
    assert all(not name.lower().startswith("access-control-") for name, _ in response.headers), response.headers
    assert response.header("cache-control") == (None if response.error else harness.CACHE_HEADERS["cache-control"]), response
    harness.check_times(response, client.sent_s)
    if response.status >= 400:
        harness.check_error_form(response)
    elif response.header("Content-Type") == "application/json" and not target.startswith(REQUESTS):
        harness.check_json(response.body, sorted_members=True)
    return response


def done(client, method, target, body=None):
    """The call is answered `{}`."""
    return assert_ok(call(client, method, target, body), {})


def refused(client, method, target, body, message, attribute=None):
    """The call is answered 400 with that message."""
    return assert_bad_request(call(client, method, target, body), message, attribute)


def clock(client):
    """What the clock shows, as the API tells it."""
    return assert_ok(call(client, "GET", CLOCK)).json()


def step(client, **body):
    """Steps the clock and returns what it then shows."""
    return assert_ok(call(client, "POST", CLOCK, body)).json()


def advance(client, seconds):
    return step(client, advanceMs=seconds * 1000)


def requests(client, **query):
    """The journal's entries."""
    target = REQUESTS + (harness.query(**query) if query else "")
    return assert_ok(call(client, "GET", target)).json()["requests"]


def count(client, **query):
    """How many of the journal's entries pass the filters."""
    return assert_ok(call(client, "GET", REQUESTS + harness.query(count="true", **query))).json()["count"]


def snapshot(client):
    """The bytes of a snapshot."""
    response = assert_ok(call(client, "GET", SNAPSHOT))
    assert response.header("Content-Type") == "application/vnd.sqlite3"
    assert response.body.startswith(b"SQLite format 3\0")
    return response.body


def authenticate(client, broker, username, password=harness.PASSWORD):
    """The answer of authenticate, parsed."""
    return assert_ok(call(client, "POST", "/_local/authenticate",
                          {"brokerId": broker, "username": username, "password": password})).json()


def world(client, *credentials):
    """All that the API shows of a world's brokers and users, to compare."""
    rows = assert_ok(client.call("GET", "/v1/brokers?maxResults=100", headers=credentials)).json()["brokerSummaries"]
    shown = {}
    for row in rows:
        path = harness.broker_path(row["brokerId"])
        shown[row["brokerId"]] = assert_ok(client.call("GET", path, headers=credentials)).json()
        for user in shown[row["brokerId"]].get("users", ()):
            user_path = harness.user_path(row["brokerId"], user["username"])
            shown[user_path] = assert_ok(client.call("GET", user_path, headers=credentials)).json()
    configurations = assert_ok(client.call("GET", "/v1/configurations?maxResults=100", headers=credentials)).json()
    return shown, configurations["configurations"]
