"""Every sequence of four steps in a user's life, against the table of pending changes written down a second time."""

import itertools

import pytest

from harness import PASSWORD, Server, assert_error, assert_no_user, assert_ok, reboot_path, sql_broker, user_path, views

NAME = "alice"
STEPS = {
    "create": ("POST", {"password": PASSWORD, "groups": ["one"]}),
    "update-console": ("PUT", {"consoleAccess": True}),
    "update-groups": ("PUT", {"groups": []}),
    "delete": ("DELETE", None),
    "reboot": (None, None),
}
LENGTH = 4


class User:
    """What the table says about one user."""

    def __init__(self):
        self.applied = None  # {"consoleAccess", "groups"}
        self.target = None
        self.change = None

    def step(self, method, members):
        """The status of that call."""
        if method is None:
            if self.change:
                self.applied = None if self.change == "DELETE" else self.target
            self.change = self.target = None
            return 200
        exists = self.applied or self.change
        if method == "POST":
            if exists:
                return 409
            self.change, self.target = "CREATE", {"consoleAccess": False, "groups": members["groups"]}
        elif not exists:
            return 404
        elif method == "PUT":
            self.change = "UPDATE" if self.applied else "CREATE"
            self.target = {**(self.target or self.applied), **members}
        else:
            self.change, self.target = "DELETE", self.target or self.applied
        return 200

    def views(self, broker):
        """What DescribeUser, ListUsers and DescribeBroker say."""
        if not self.applied and not self.change:
            return None, None, None
        row = {"username": NAME}
        described = {"brokerId": broker, "replicationUser": False, "username": NAME, **(self.applied or {})}
        if self.change:
            row["pendingChange"] = self.change
            described["pending"] = {**self.target, "pendingChange": self.change}
        return described, row, row


@pytest.fixture(scope="module")
def server():
    seed = "".join(sql_broker("b-" + "-".join(map(str, numbers)))
                   for numbers in itertools.product(range(len(STEPS)), repeat=LENGTH))
    with Server("--reboot-time", "0", seed=seed) as started:
        yield started


def walk(client, broker, names):
    user = User()
    for number, name in enumerate(names):
        method, members = STEPS[name]
        status = user.step(method, members)
        path = user_path(broker, NAME) if method else reboot_path(broker)
        response = client.call(method or "POST", path, members)
        if status == 200:
            assert_ok(response, {})
        elif status == 404:
            assert_no_user(response, NAME)
        else:
            assert_error(response, 409, "ConflictException",
                         f"User named [{NAME}] already exists. Specify a unique username.", "username")
        assert views(client, broker, NAME) == user.views(broker), f"after {names[:number + 1]}"


@pytest.mark.parametrize("first", STEPS)
def test_PND_1_PND_4_PND_5_PND_8_PND_9_PND_16_PND_17_PND_19_every_sequence(server, first):
    names = list(STEPS)
    with server.client() as client:
        for numbers in itertools.product(range(len(STEPS)), repeat=LENGTH):
            if names[numbers[0]] == first:
                walk(client, "b-" + "-".join(map(str, numbers)), [names[number] for number in numbers])
