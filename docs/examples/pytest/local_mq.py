"""The control API of amazonmq-local, as far as the tests use it."""

import json
import urllib.error
import urllib.parse
import urllib.request


class LocalMQ:
    def __init__(self, url):
        self.url = url

    def call(self, method, path, body=None):
        """Sends bytes as they are and anything else as JSON; returns the bytes of the answer."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_local/{path}", data=body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"{method} {path}: {refusal.read().decode()}") from None

    def reset(self, world):
        """Back to the beginning: state, faults, clock and journal; then the world, which is SQL."""
        self.call("POST", "reset?empty=true")
        self.call("POST", "seed", world.encode())
        self.call("DELETE", "requests")

    def advance(self, seconds):
        """Steps the clock; what is due until then has happened when this returns."""
        self.call("POST", "clock", {"advanceMs": seconds * 1000})

    def fault(self, **rule):
        """Breaks calls on purpose, for example operation="CreateUser", error="ForbiddenException", times=1."""
        self.call("POST", "faults", rule)

    def requests(self, **filters):
        """What the service was sent, the oldest first."""
        return json.loads(self.call("GET", f"requests?{urllib.parse.urlencode(filters)}"))["requests"]

    def snapshot(self):
        return self.call("GET", "snapshot")

    def restore(self, snapshot):
        self.call("PUT", "snapshot", snapshot)

    def login(self, broker_id, username, password):
        """Would the running broker let this user in? {"authenticated": …, "groups": …, …}"""
        login = {"brokerId": broker_id, "username": username, "password": password}
        return json.loads(self.call("POST", "authenticate", login))
