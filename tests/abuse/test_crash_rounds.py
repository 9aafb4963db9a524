"""kill -9 at random moments under concurrent writes: what was acknowledged is there, nothing is there by half.

AMAZONMQ_LOCAL_CRASH_ROUNDS (200) and AMAZONMQ_LOCAL_CRASH_SEED (of this run: printed where it fails) can be set.
"""

import copy
import json
import os
import random
import sqlite3
import threading

import harness
from harness import PASSWORD, build

ROUNDS = int(os.environ.get("AMAZONMQ_LOCAL_CRASH_ROUNDS", "200"))
SEED = int(os.environ.get("AMAZONMQ_LOCAL_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
WRITERS = 6
NAMES = 40
MOST_ACKNOWLEDGED = 120  # in a round
MOST_REVISIONS = 290  # the service's limit is 300
FLAGS = ("--create-time", "0", "--reboot-time", "0", "--delete-time", "0", "--journal", "0", "--log-level", "error")
DATA = "PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4="


class State:
    """What one writer has done, as the store should show it.

    users        name -> (groups or None where nothing is applied, (change, groups) or None where nothing is pending)
    tags         of the writer's broker
    revisions    of its configuration
    brokers      names of brokers made beside it, each with two users and two tags
    """

    def __init__(self):
        self.users, self.tags, self.revisions, self.brokers = {}, set(), 1, set()

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return str(vars(self))

    def after(self, change):
        """The state once that change, made by Writer.changes, is done."""
        state = copy.deepcopy(self)
        getattr(state, change[0])(*change[1:])
        return state

    def create_user(self, name, groups):
        self.users[name] = (None, ("CREATE", groups))

    def update_user(self, name, groups):
        applied, pending = self.users[name]
        self.users[name] = (applied, (pending[0] if pending else "UPDATE", groups))

    def delete_user(self, name):
        applied, _ = self.users[name]
        self.users[name] = (applied, ("DELETE", None))

    def reboot(self):
        self.users = {name: (pending[1] if pending else applied, None)
                      for name, (applied, pending) in self.users.items() if not pending or pending[0] != "DELETE"}

    def tag(self, key):
        self.tags |= {key, f"{key}-too"}

    def untag(self, key):
        self.tags -= {key, f"{key}-too"}

    def revise(self):
        self.revisions += 1

    def create_broker(self, name):
        self.brokers.add(name)

    def delete_broker(self, name):
        self.brokers.remove(name)


class Writer(threading.Thread):
    """Changes what is its own until the connection breaks. `doubtful` is the change that got no answer."""

    def __init__(self, server, number, state, ids, chance, tally):
        super().__init__()
        self.client = server.client()
        self.broker, self.configuration = f"b-crash-{number}", f"c-crash-{number}"
        self.arn = f"arn:aws:mq:us-east-1:123456789012:broker:crash-{number}:{self.broker}"
        self.state, self.ids, self.chance, self.tally = state, ids, chance, tally
        self.doubtful = self.problem = None

    def run(self):
        try:
            while self.change():
                self.tally.release()
        except Exception as error:  # told by the test's own thread
            self.problem = error
            self.tally.release(MOST_ACKNOWLEDGED)

    def choose(self):
        """(change, method, target, body)"""
        state, chance = self.state, self.chance
        what = chance.choices(("user", "tag", "revise", "broker", "reboot"), (60, 15, 2, 12, 4))[0]
        if what == "reboot":
            return ("reboot",), "POST", harness.reboot_path(self.broker), None
        if what == "revise" and state.revisions < MOST_REVISIONS:
            return ("revise",), "PUT", harness.configuration_path(self.configuration), {"data": DATA}
        if what == "tag":
            key = f"key-{chance.randrange(10)}"
            if key in state.tags:
                return ("untag", key), "DELETE", f"{harness.tags_path(self.arn)}?tagKeys={key}&tagKeys={key}-too", None
            return ("tag", key), "POST", harness.tags_path(self.arn), {"tags": {key: "a", f"{key}-too": "b"}}
        if what == "broker":
            name = f"{self.broker}-{chance.randrange(6)}"
            if name in state.brokers:
                return ("delete_broker", name), "DELETE", harness.broker_path(self.ids[name]), None
            users = [{"username": f"user-{number}", "password": PASSWORD, "groups": ["admins"]} for number in range(2)]
            return ("create_broker", name), "POST", "/v1/brokers", harness.broker_body(
                name, users=users, tags={"a": "1", "b": "2"})
        return self.choose_user()

    def choose_user(self):
        name = f"user-{self.chance.randrange(NAMES)}"
        path, groups = harness.user_path(self.broker, name), sorted(self.chance.sample(("admins", "readers", "writers", "auditors"), 2))
        if name not in self.state.users:
            return ("create_user", name, groups), "POST", path, {"password": PASSWORD, "groups": groups}
        pending = self.state.users[name][1]
        if pending and pending[0] == "DELETE":
            return ("reboot",), "POST", harness.reboot_path(self.broker), None
        if self.chance.random() < 0.5:
            return ("delete_user", name), "DELETE", path, None
        return ("update_user", name, groups), "PUT", path, {"groups": groups}

    def change(self):
        self.doubtful, method, target, body = self.choose()
        try:
            self.client.send(build(method, target, body))
            response = self.client.receive(method, target)
        except (harness.ConnectionEnded, OSError):
            return False
        assert response.status in (200, 204), (self.doubtful, response)
        if self.doubtful[0] == "create_broker":
            self.ids[self.doubtful[1]] = response.json()["brokerId"]
        self.state, self.doubtful = self.state.after(self.doubtful), None
        return True


def groups_of(text):
    return None if text is None else json.loads(text)


def read(db, number):
    """What the store shows of a writer, and the ids of its brokers; a broker that is there by half fails."""
    broker, state, ids = f"b-crash-{number}", State(), {}
    for table, applied in (("applied_user", True), ("pending_user", False)):
        change = "NULL" if applied else "pending_change"
        for name, what, groups in db.execute(f"SELECT username, {change}, groups FROM {table} WHERE broker_id = ?", (broker,)):
            before = state.users.get(name, (None, None))
            pending = (what, None if what == "DELETE" else groups_of(groups))
            state.users[name] = (groups_of(groups), before[1]) if applied else (before[0], pending)
    state.tags = {key for key, in db.execute("SELECT key FROM broker_tag WHERE broker_id = ?", (broker,))}
    state.revisions, = db.execute("SELECT count(*) FROM configuration_revision WHERE configuration_id = ?",
                                  (f"c-crash-{number}",)).fetchone()
    for identifier, name in db.execute("SELECT id, name FROM broker WHERE name GLOB ?", (f"{broker}-*",)):
        users, tags, configurations = (
            db.execute(f"SELECT count(*) FROM {table} WHERE broker_id = ?", (identifier,)).fetchone()[0]
            for table in ("applied_user", "broker_tag", "broker_configuration_history"))
        assert (users, tags) == (2, 2) and configurations <= 1, f"{name} is there by half"
        state.brokers.add(name)
        ids[name] = identifier
    return state, ids


def look(server):
    """The store after the crash, as the server read it back."""
    with server.client() as client:
        response = client.call("GET", "/_local/snapshot", check=harness.CHECK_NONE)
    assert response.status == 200, response
    db = sqlite3.connect(":memory:")
    db.deserialize(response.body)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    return db


def run_round(server, states, ids, chance):
    tally = threading.Semaphore(0)
    writers = [Writer(server, number, states[number], ids[number], random.Random(chance.random()), tally)
               for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(chance.randrange(MOST_ACKNOWLEDGED)):
        assert tally.acquire(timeout=harness.DEADLINE_S), "the writers do not get on"
    server.kill()
    for writer in writers:
        writer.join(harness.DEADLINE_S)
        assert not writer.is_alive()
        if writer.problem:
            raise writer.problem
    server.close_clients()
    server.start()
    return writers


def test_two_hundred_crashes(tmp_path):
    print(f"AMAZONMQ_LOCAL_CRASH_SEED={SEED}")
    chance = random.Random(SEED)
    seed = "".join(harness.sql_broker(f"b-crash-{number}", f"crash-{number}") for number in range(WRITERS))
    states, ids = [State() for _ in range(WRITERS)], [{} for _ in range(WRITERS)]
    acknowledged = carried_out = 0
    with harness.Server("--db", tmp_path / "db", *FLAGS, seed=seed) as server:
        for number in range(ROUNDS):
            writers = run_round(server, states, ids, chance)
            db = look(server)
            for at, writer in enumerate(writers):
                found, ids[at] = read(db, at)
                if found != writer.state:
                    assert writer.doubtful and found == writer.state.after(writer.doubtful), (
                        f"round {number}, {writer.doubtful}\n  acknowledged {writer.state}\n  found        {found}")
                    carried_out += 1
                states[at] = found
            db.close()
    print(f"{ROUNDS} crashes, of changes without an answer {carried_out} were done")
