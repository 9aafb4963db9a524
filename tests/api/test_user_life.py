"""Random lives of users, each step against user_life.py: every user and every list, on every broker, byte for byte.

    make user-life                                  # 20,000 steps
    AMAZONMQ_LOCAL_LIFE_STEPS=5000 AMAZONMQ_LOCAL_LIFE_SEED=7 pytest tests/api/test_user_life.py

A failure names its seed and the shortest list of steps that was found to lead there.
"""

import copy
import datetime
import json
import os
import random
import re
import socket
import urllib.parse

import pytest

import harness
from user_life import Answer, Broker, Model, User, page_token

STEPS = int(os.environ.get("AMAZONMQ_LOCAL_LIFE_STEPS") or 1500)
SEED = int(os.environ.get("AMAZONMQ_LOCAL_LIFE_SEED") or 1)
REPLAYED_STEPS = 10_000  # what finding the shortest list of steps may cost

LENGTH = re.compile(rb"\r\nContent-Length: (\d+)")
SHORTEST = 300  # bytes of a head
ERROR = re.compile(rb"\r\nx-amzn-errortype: (\w+)")

HOUR_MS = 3_600_000
# The clock moves by multiples of four hours, far from every window and from every end of a reboot, so that the
# seconds that pass by themselves decide nothing.
MONDAY_MS = int(datetime.datetime(2031, 1, 6, tzinfo=datetime.timezone.utc).timestamp()) * 1000
SLOT_MS = 4 * HOUR_MS
REBOOT_MS = 6 * HOUR_MS

HERE = ("123456789012", "us-east-1")
THERE = ("210987654321", "us-east-1")
AWAY = ("123456789012", "eu-west-1")
CALLERS = (HERE, THERE, AWAY)

# In byte order none of them stands where a dictionary would have it.
NAMES = ("alice", "Alice", "al", "alice.b", "alice-b", "~tilde", "_x", "0-start", "Z" * 100)
PASSWORDS = ("correct-horse-1", "correct-horse-2", "four different 4", "a-b c~d!e@f#g$h%", "abcd" * 62 + "ef")
GROUPS = ("one", "two", "g~._-", "G" * 100, "Two")
WRONG_NAMES = ("", "a", "b" * 101, "al ice", "älice", "ü", "ü" * 100, "al/ice", "alice%", "..", "al+b", "\U0001f600" * 2)
WRONG_PASSWORDS = ("", "too-short-1", "x" * 251, "abcd" * 63, "comma,in-password", "colon:in:password",
                   "equals=in=password", "tab\tin-password", "ünicode-password", "delete-\x7f-password", "aabbccaabbcc",
                   "a" * 12, "a,b", "é,a=aaaaaaaaaaa", "a=ä:bbbbbbbbbb", "ü" * 13, "," * 13,
                   "\U0001f600" * 11, "\U0001f600" * 12, 12, True, ["correct-horse-1"])
WRONG_GROUPS = (["g"], ["h" * 101], ["ok", "sp ace"], ["ümlaut", "x"], ["one"] * 21, ["one", ""], ["one", None], "one",
                {"a": 1}, [1], ["ok", ["one"]], ["x", "sp ace"], ["ü"], ["ü" * 101])
WRONG_PAGES = (("4", None), ("101", None), ("", None), ("5x", None), ("-5", None), ("00000000005", None), (None, b"invalid"),
               ("5", b"bm9uZQ=="))


# --- The worlds a run begins with ------------------------------------------------------------------------------

def values(password=PASSWORDS[0], groups=(), console=False, replication=False):
    return {"consoleAccess": console, "groups": list(groups), "password": password, "replicationUser": replication}


def small_world():
    """Brokers of several states, accounts and regions, all with the same names of users."""
    seeded = {
        "alice": User(applied=values(groups=["one", "two"], console=True)),
        "al": User(applied=values(), target=values(groups=["two"]), change="UPDATE"),
        "_x": User(applied=values(replication=True), target=values(replication=True), change="DELETE"),
        "~tilde": User(target=values(PASSWORDS[1], console=True), change="CREATE"),
    }
    return [
        Broker("b-orders", "orders", HERE),
        Broker("b-events", "events", HERE, window=("WEDNESDAY", 2 * 60 + 30), users=copy.deepcopy(seeded)),
        Broker("b-ill", "ill", HERE, state="CRITICAL_ACTION_REQUIRED", users=copy.deepcopy(seeded)),
        Broker("b-failed", "failed", HERE, state="CREATION_FAILED", users=copy.deepcopy(seeded)),
        Broker("b-rabbit", "rabbit", HERE, engine="RabbitMQ"),
        Broker("b-theirs", "orders", THERE, users=copy.deepcopy(seeded)),
        Broker("b-away", "orders", AWAY, window=("FRIDAY", 18 * 60 + 59)),
    ]


def full_world():
    """A broker that is about to reach its quota of users, and one beside it with the same names."""
    crowd = {f"user-{number:03}": User(applied=values()) for number in range(249)}
    return [Broker("b-full", "full", HERE, users=crowd), Broker("b-twin", "twin", THERE)]


WORLDS = {"small": small_world, "full": full_world}


def world_sql(brokers):
    text = ""
    for broker in brokers:
        account, region = broker.caller
        columns = {}
        if broker.window != Broker("", "", HERE).window:
            day, minute = broker.window
            columns = {"day_of_week": day, "time_of_day": f"{minute // 60:02}:{minute % 60:02}", "time_zone": "UTC"}
        if broker.engine == "RabbitMQ":
            columns |= {"engine_type": "RABBITMQ", "engine_version": "3.13"}
        text += harness.sql_broker(broker.id, broker.name, account=account, region=region, state=broker.state, **columns)
        for name, user in broker.users.items():
            text += harness.sql_insert("user", broker_id=broker.id, username=name, **user_columns(user))
    return text


def user_columns(user):
    columns = {}
    for side, prefix in ((user.applied, ""), (user.target, "pending_")):
        if side:
            columns |= {f"{prefix}password": side["password"], f"{prefix}console_access": side["consoleAccess"],
                        f"{prefix}groups": side["groups"], f"{prefix}replication_user": side["replicationUser"]}
    if user.change:
        columns["pending_change"] = user.change
    return columns


# --- Steps -----------------------------------------------------------------------------------------------------

# A step is a tuple that holds all it takes to do it again: ("call", operation, caller, broker, …), ("clock", slots),
# ("restart",), ("kill", operation, …), a call upon whose answer the server is killed, or ("cut", operation, …), a call
# whose answer it does not live to give.
CALLS = ("call", "kill", "cut")

METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE", "describe": "GET"}


def quote(text):
    return urllib.parse.quote(text, safe="-._~")


def request_of(operation, caller, broker_id, *rest):
    """The bytes of a call."""
    body, target = None, f"/v1/brokers/{quote(broker_id)}/users"
    if operation in METHODS:
        method = METHODS[operation]
        target += f"/{quote(rest[0])}"
        body = rest[1] if len(rest) > 1 else None
    elif operation == "list":
        method, members = "GET", []
        most, after = (*rest, None, None)[:2]
        if most is not None:
            members.append(f"maxResults={quote(most)}")
        if after is not None:
            members.append(f"nextToken={quote(after.decode() if isinstance(after, bytes) else page_token(after))}")
        target += "?" + "&".join(members) if members else ""
    else:
        method, target = "POST", f"/v1/brokers/{quote(broker_id)}/reboot"
    return harness.build(method, target, body, [harness.credential(*caller)])


def length_of(answer):
    """The length of the body of an answer that begins these bytes."""
    return int(LENGTH.search(answer)[1])


def told(step):
    """A step for people."""
    if step[0] not in CALLS:
        return " ".join(map(str, step))
    kind, operation, caller, broker, *rest = step
    ends = {"call": "", "kill": ", then kill -9", "cut": ", kill -9 before the answer"}
    return " ".join([operation, broker, *map(json.dumps, rest), "as", *caller]) + ends[kind]


class Chance:
    """Draws steps; the model says which would be interesting."""

    def __init__(self, seed, model, names, weights):
        self.random = random.Random(seed)
        self.model = model
        self.names = names
        self.weights = weights
        self.decks = {}

    def maybe(self, part):
        return self.random.random() < part

    def deal(self, values):
        """One of the values; none comes again before all have come."""
        deck = self.decks.setdefault(id(values), [])
        if not deck:
            deck += self.random.sample(values, len(values))
        return deck.pop()

    def members(self, creates):
        """A body, seldom a wrong one; what is wrong may be wrong twice."""
        draw = self.random
        body = {}
        if creates or self.maybe(0.4):
            body["password"] = draw.choice(PASSWORDS)
        if self.maybe(0.4):
            body["groups"] = draw.choices(GROUPS, k=draw.choice((0, 1, 2, 3, 20)))
        if self.maybe(0.4):
            body["consoleAccess"] = self.maybe(0.5)
        if self.maybe(0.3):
            body["replicationUser"] = self.maybe(0.5)
        if self.maybe(0.05):
            body |= {"username": "bob", "brokerId": "b-nobody", "unknown": [1]}
        while self.maybe(0.15):
            name = draw.choices(("password", "groups", "flag", "null"), (4, 4, 1, 1))[0]
            if name == "flag":
                body[draw.choice(("consoleAccess", "replicationUser"))] = draw.choice(("true", 1, []))
            elif name == "null":
                body[draw.choice(("password", "groups", "consoleAccess", "replicationUser"))] = None
            else:
                body[name] = self.deal(WRONG_PASSWORDS if name == "password" else WRONG_GROUPS)
        return body

    def place(self):
        """A caller and a broker, mostly one of the caller's own; those that can be written to more often."""
        brokers = list(self.model.brokers.values())
        broker = self.random.choices(brokers, [1 if broker.state == "CREATION_FAILED" else 4 for broker in brokers])[0]
        if self.maybe(0.03):
            return self.random.choice(CALLERS), self.random.choice(("b-nobody", "b-ORDERS", "x", broker.id))
        return broker.caller, broker.id

    def name(self, broker_id, exists):
        if self.maybe(0.06):
            return self.deal(WRONG_NAMES)
        users = getattr(self.model.brokers.get(broker_id), "users", {})
        wanted = [name for name in self.names if (name in users) == exists]
        return self.random.choice(wanted if wanted and self.maybe(0.85) else self.names)

    def write(self):
        caller, broker = self.place()
        operation = self.random.choices(("create", "update", "delete"), self.weights)[0]
        call = (operation, caller, broker, self.name(broker, exists=operation != "create"))
        return call if operation == "delete" else (*call, self.members(operation == "create"))

    def read(self):
        caller, broker = self.place()
        if self.maybe(0.3):
            return "describe", caller, broker, self.name(broker, exists=False)
        if self.maybe(0.3):
            return "list", caller, broker, *self.deal(WRONG_PAGES)
        return ("list", caller, broker, self.random.choice((None, "5", "6", "7", "100", "0000000005")),
                self.random.choice((None, *self.names)))

    def reboot(self):
        return "reboot", *self.place()

    def step(self):
        kind = self.random.choices(("write", "read", "reboot", "clock", "restart", "kill", "cut"),
                                   (65, 8, 12, 9, 1, 3, 2))[0]
        if kind == "clock":
            return "clock", self.random.choice((1, 1, 2, 3, 5, 6, 18, 42, 100))
        if kind in ("kill", "cut"):
            return kind, *self.write()
        if kind == "restart":
            return (kind,)
        return "call", *{"write": self.write, "read": self.read, "reboot": self.reboot}[kind]()


# --- The run ---------------------------------------------------------------------------------------------------

FAILURES = (AssertionError, OSError)  # an OSError: the server has died


class Differs(AssertionError):
    """The server and the model do not agree; about which broker."""

    def __init__(self, message, broker_id=None):
        super().__init__(message)
        self.broker_id = broker_id


class Life:
    """A server with a file, and the model beside it."""

    def __init__(self, server, world, reboot_ms, names):
        self.server = server
        self.names = names
        self.model = Model(reboot_ms, MONDAY_MS, WORLDS[world]())
        self.requests = {}
        self.connect()
        self.set_clock(MONDAY_MS)
        harness.assert_ok(self.client.call("POST", "/_local/seed", world_sql(self.model.brokers.values()),
                                           check=harness.CHECK_NONE))

    def connect(self):
        self.client = self.server.client()

    def set_clock(self, to_ms):
        text = datetime.datetime.fromtimestamp(to_ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = self.client.call("POST", "/_local/clock", {"now": text}, check=harness.CHECK_NONE)
        assert answer.status == 200, answer

    def ask(self, requests):
        """The answers to requests that are all sent before the first is read. They are too many for the checks that the
        other tests make of each, and for waking up at each: a head alone is longer than SHORTEST."""
        client = self.client
        client.send(b"".join(requests))
        for left in range(len(requests), 0, -1):
            while (end := client.buffer.find(b"\r\n\r\n")) < 0 or len(client.buffer) < end + 4 + length_of(client.buffer):
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, min(left * SHORTEST, 32_768) if end < 0 else 1)
                data = client.socket.recv(1 << 18)
                assert data, "the server closed the connection"
                client.buffer += data
            head, end = client.buffer[:end], end + 4 + length_of(client.buffer)
            body, client.buffer = client.buffer[len(head) + 4:end], client.buffer[end:]
            error = ERROR.search(head)
            yield Answer(int(head[9:12]), error and error[1].decode(), body)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def call(self, operation, *arguments):
        """One call, its answer checked with all that holds for every answer."""
        wanted = self.model.call(operation, *arguments)
        response = self.client.raw(request_of(operation, *arguments))
        if (got := Answer(response.status, response.error, response.body)) != wanted:
            raise Differs(f"{got} instead of {wanted}", arguments[1])

    def kill(self):
        self.server.close_clients()
        self.server.kill()
        self.server.start()
        self.connect()

    def cut(self, operation, *arguments):
        """A call of which nobody knows whether it was done: the file must hold all of it or nothing."""
        before = copy.deepcopy(self.model)
        self.model.call(operation, *arguments)
        self.client.send(request_of(operation, *arguments))
        self.kill()
        try:
            self.compare(arguments[1])
        except Differs:
            self.model = before

    def play(self, step):
        kind, *arguments = step
        if kind == "call":
            self.call(*arguments)
        elif kind == "clock":
            to_ms = self.model.now_ms + arguments[0] * SLOT_MS
            self.model.set_clock(to_ms)
            self.set_clock(to_ms)
        elif kind == "restart":
            self.server.restart()
            self.connect()
        elif kind == "kill":
            self.call(*arguments)
            self.kill()
        else:
            self.cut(*arguments)

    # --- Everything that can be seen, in one go

    def request(self, *key):
        if key not in self.requests:
            self.requests[key] = request_of(*key)
        return self.requests[key]

    def logins(self, broker):
        """Which passwords are the running broker's: each of those the user has or is going to have."""
        for name, user in broker.users.items():
            for password in {side["password"] for side in (user.applied, user.target) if side}:
                if broker.state not in ("CREATION_FAILED",):
                    body = {"brokerId": broker.id, "username": name, "password": password}
                    key = ("login", broker.id, name, password)
                    if key not in self.requests:
                        self.requests[key] = harness.build("POST", "/_local/authenticate", body)
                    yield self.requests[key], self.model.login(broker.id, name, password)

    def views(self, broker):
        """Every question about a broker and its answer: (bytes, Answer)."""
        mine = (broker.caller, broker.id)
        nobody = [name for name in self.names if name not in broker.users][:1]
        questions = [("describe", *mine, name) for name in [*broker.users, *nobody]]
        questions.append(("list", *mine))
        names = [row["username"] for row in broker.rows()]
        size = 5 if len(names) < 50 else 100
        for number in range(0, len(names) + 1, size):
            questions.append(("list", *mine, str(size), names[number - 1] if number else None))
        stranger = CALLERS[(CALLERS.index(broker.caller) + 1) % len(CALLERS)]
        questions.append(("describe", stranger, broker.id, self.names[0]))
        for question in questions:
            yield self.request(*question), self.model.call(*question)
        if broker.engine != "RabbitMQ":
            yield from self.logins(broker)

    def compare(self, broker_id=None):
        """Every view of every broker, or of one."""
        views = []
        for broker in self.model.brokers.values():
            if broker_id in (None, broker.id) or broker_id not in self.model.brokers:
                views += [(broker, request, wanted) for request, wanted in self.views(broker)]
                # Of a broker's description only these two members are looked at.
                request = harness.build("GET", f"/v1/brokers/{broker.id}", None, [harness.credential(*broker.caller)])
                views.append((broker, request, (broker.state, broker.rows())))
        for begin in range(0, len(views), 200):
            part = views[begin:begin + 200]
            for (broker, request, wanted), got in zip(part, self.ask([request for _, request, _ in part]), strict=True):
                if not isinstance(wanted, Answer):
                    shown = json.loads(got.body)
                    got = (shown.get("brokerState"), shown.get("users"))
                if got != wanted:
                    self.client.close()
                    question = request.split(b"\r\n")[0].decode() + request.partition(b"\r\n\r\n")[2].decode()
                    raise Differs(f"{question}: {got} instead of {wanted}", broker.id)


class Kind:
    """What a run is like: its world, how long a reboot takes, whom it is about."""

    def __init__(self, world, reboot_ms, names, share, durability="full", weights=(4, 4, 3)):
        self.world, self.reboot_ms, self.names, self.share, self.weights = world, reboot_ms, names, share, weights
        self.flags = ("--reboot-time", f"{reboot_ms // 60_000}m" if reboot_ms else "0", "--durability", durability,
                      "--log-level", "warn", "--journal", "0")

    def begin(self, directory):
        """A server of its own, and a Life in it: (server, life)."""
        file = os.path.join(directory, f"life-{len(os.listdir(directory))}.db")
        server = harness.Server("--db", file, *self.flags)
        server.__enter__()
        try:
            return server, Life(server, self.world, self.reboot_ms, self.names)
        except BaseException:
            server.__exit__(AssertionError, None, None)
            raise


CROWD = ("user-000", "user-100", "user-248", "alice", "bob", "carol", "dave", "erin", "frank", "zoe")
KINDS = {
    "at-once": Kind("small", 0, NAMES, 0.5, "normal"),
    "slow": Kind("small", REBOOT_MS, NAMES, 0.45, "normal"),
    "full": Kind("full", 0, CROWD, 0.05, weights=(6, 1, 2)),
}


def replay(kind, directory, steps, broker_id):
    """How many of the steps it takes to differ, and how: (count, message), or None. Looks at one broker only."""
    server, life = kind.begin(directory)
    count = 0
    try:
        life.compare(broker_id)
        for count, step in enumerate(steps, 1):
            life.play(step)
            life.compare(broker_id)
    except FAILURES as error:
        return count, str(error)
    finally:
        server.__exit__(AssertionError, None, None)
    return None


def shorten(kind, directory, steps, failure):
    """The shortest list of steps found that still ends in a difference, and that difference."""
    budget, message = REPLAYED_STEPS, str(failure)
    broker_id = failure.broker_id if isinstance(failure, Differs) else None

    def attempt(candidate):
        nonlocal budget, steps, message
        budget -= len(candidate)
        found = replay(kind, directory, candidate, broker_id)
        if found:
            steps, message = candidate[:found[0]], found[1]
        return found

    attempt([step for step in steps if step[0] not in CALLS or broker_id in (None, step[3])])
    size = max(len(steps) // 2, 1)
    while budget > 0:
        at, before = 0, len(steps)
        while at < len(steps) and budget > 0:
            if not attempt(steps[:at] + steps[at + size:]):
                at += size
        if size == 1 and len(steps) == before:
            break
        size = max(min(size, len(steps)) // 2, 1)
    return steps, message


@pytest.mark.parametrize("name", KINDS)
def test_PND_28_RBT_8_DUR_2_random_lives(name, tmp_path):
    kind = KINDS[name]
    steps = []
    server, life = kind.begin(tmp_path)
    try:
        chance = Chance(f"{name} {SEED}", life.model, kind.names, kind.weights)
        life.compare()
        for _ in range(int(STEPS * kind.share)):
            chance.model = life.model
            steps.append(chance.step())
            life.play(steps[-1])
            life.compare()
    except FAILURES as error:
        server.__exit__(AssertionError, None, None)
        count, (steps, message) = len(steps), shorten(kind, tmp_path, steps, error)
        lines = "\n".join(f"  {number}. {told(step)}" for number, step in enumerate(steps, 1))
        pytest.fail(f"AMAZONMQ_LOCAL_LIFE_SEED={SEED}, {name}: step {count} was answered otherwise than the model says. "
                    f"{len(steps)} steps lead to a difference:\n{lines}\n{message}", pytrace=False)
    except BaseException:
        server.__exit__(AssertionError, None, None)
        raise
    server.__exit__(None, None, None)
