"""A second telling of the life of users: what every call must answer, as bytes, and what is left of it.

Written from the rules alone. It knows nothing of the server, its tables or the other tests, and imports only the
standard library, so that a mistake has to be made twice to go unseen.

    model = Model(reboot_ms=0, now_ms=…, brokers=[Broker("b-1", "orders", CALLER)])
    model.create(CALLER, "b-1", "alice", {"password": "…"}) == Answer(200, None, b"{}")
"""

import base64
import dataclasses
import json
import typing

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
WEEK_MS = 7 * DAY_MS

NAME_CHARACTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
WRITABLE = ("RUNNING", "CRITICAL_ACTION_REQUIRED", "REPLICA")
MOST_USERS = 250
MOST_GROUPS = 20
MEMBERS = {"consoleAccess": "boolean", "groups": "list of strings", "password": "string", "replicationUser": "boolean"}
RABBIT = ("The users API does not apply to RabbitMQ brokers. To manage broker users, please use the RabbitMQ web "
          "console, or the management API.")


class Answer(typing.NamedTuple):
    """What a call is answered: the status, the error's name (None: success) and the bytes of the body."""

    status: int
    error: str | None
    body: bytes


class Refused(Exception):
    """Ends a call with an error."""

    def __init__(self, status, name, message, attribute=None):
        super().__init__(message)
        members = [("errorAttribute", attribute)] if attribute else []
        lines = [f"  {quoted(key)} : {quoted(text)}" for key, text in [*members, ("message", message)]]
        self.answer = Answer(status, name, ("{\n" + ",\n".join(lines) + "\n}").encode())


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def succeeded(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Answer(200, None, text.encode())


def bad(message, attribute=None):
    return Refused(400, "BadRequestException", message, attribute)


# --- Rules that need no store ----------------------------------------------------------------------------------

def check_password(password):
    if not 12 <= len(password) <= 250:
        raise bad("Password is invalid. Enter a password 12 to 250 characters long.", "password")
    if set(password) & set(",:="):
        raise bad("Make sure your password doesn't contain invalid characters [, :=].", "password")
    if not all(" " <= character <= "~" for character in password):
        raise bad("Make sure your password only contains printable ASCII characters.", "password")
    if len(set(password)) < 4:
        raise bad("Password is invalid. Enter a password with at least 4 unique characters.", "password")


def check_groups(groups):
    if len(groups) > MOST_GROUPS:
        raise bad("Specify no more than [20] groups.", "groups")
    for group in groups:
        if not 2 <= len(group) <= 100:
            raise bad(f"Group [{group}] is invalid. Enter a group name 2 to 100 characters long.", "groups")
        if set(group) - NAME_CHARACTERS:
            raise bad(f"Make sure group [{group}] only contains valid characters [A-Za-z0-9-._~].", "groups")


def check_username(username, whole):
    """The whole rule is CreateUser's; elsewhere only the empty name is wrong, and others are unknown."""
    if username == "" or whole and not 2 <= len(username) <= 100:
        raise bad("Username is invalid. Enter a username 2 to 100 characters long.", "username")
    if whole and set(username) - NAME_CHARACTERS:
        raise bad("Make sure your username only contains valid characters [A-Za-z0-9-._~].", "username")


def check_exclusive(values):
    if values.get("consoleAccess") and values.get("replicationUser"):
        raise bad("Replication user couldn't have console access. [replicationUser] and [consoleAccess] are mutually "
                  "exclusive parameters.")


def check_types(body):
    kinds = {"boolean": bool, "string": str, "list of strings": list}
    for name, kind in MEMBERS.items():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, kinds[kind]):
            raise bad(f"Invalid value for [{name}]. Specify a {kind}.", name)
        for number, item in enumerate(value if kind == "list of strings" else ()):
            if not isinstance(item, str):
                raise bad(f"Invalid value for [{name}[{number}]]. Specify a string.", f"{name}[{number}]")


def read_body(body, username, creates):
    """The members given, checked as far as no store is needed."""
    check_types(body)
    members = {name: body[name] for name in MEMBERS if body.get(name) is not None}
    if creates and "password" not in members:
        raise bad("[password] is required.", "password")
    if "groups" in members:
        check_groups(members["groups"])
        members["groups"] = list(dict.fromkeys(members["groups"]))
    if "password" in members:
        check_password(members["password"])
    check_username(username, creates)
    check_exclusive(members)
    return members


# --- Pages -----------------------------------------------------------------------------------------------------

def page_token(key):
    """The token of the page behind a key."""
    def compact(value):
        return json.dumps(value, separators=(",", ":")).encode()

    inner = base64.b64encode(compact({"tokenData": {"last-seen-broker-arn": key}})).decode()
    return base64.b64encode(compact({"version": "v1", "serializedPaginationToken": inner})).decode()


# --- The state -------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class User:
    """Values are {"consoleAccess", "groups", "password", "replicationUser"}."""

    applied: dict | None = None
    target: dict | None = None
    change: str | None = None

    def apply(self):
        """False: nothing is left."""
        if self.change == "DELETE":
            return False
        if self.change:
            self.applied = self.target
        self.target = self.change = None
        return True

    def merged(self, members):
        return {**(self.target if self.change else self.applied), **members}

    def update(self, members):
        self.target = self.merged(members)
        self.change = "UPDATE" if self.applied else "CREATE"

    def delete(self):
        self.target = self.merged({})
        self.change = "DELETE"

    def described(self, broker_id, username):
        shown = self.target if self.change else self.applied
        body = {"brokerId": broker_id, "username": username, "replicationUser": shown["replicationUser"]}
        if self.applied:
            body |= {name: self.applied[name] for name in ("consoleAccess", "groups")}
        if self.change:
            body["pending"] = {"consoleAccess": self.target["consoleAccess"], "groups": self.target["groups"],
                               "pendingChange": self.change}
        return body


@dataclasses.dataclass
class Broker:
    """A caller is (account, region). `window` is the day and the minute of that day, in UTC."""

    id: str
    name: str
    caller: tuple
    engine: str = "ActiveMQ"
    state: str = "RUNNING"
    window: tuple = ("SUNDAY", 11 * 60)
    users: dict = dataclasses.field(default_factory=dict)
    state_after: str | None = None
    due_ms: int | None = None

    def rows(self):
        """The users as lists show them, in byte order."""
        rows = []
        for name in sorted(self.users, key=str.encode):
            change = self.users[name].change
            rows.append({"username": name, **({"pendingChange": change} if change else {})})
        return rows

    def apply(self):
        self.users = {name: user for name, user in self.users.items() if user.apply()}

    def begin_reboot(self, at_ms, takes_ms):
        if takes_ms == 0:
            self.apply()
            return
        self.state_after, self.state, self.due_ms = self.state, "REBOOT_IN_PROGRESS", at_ms + takes_ms

    def end_reboot(self):
        self.state, self.state_after, self.due_ms = self.state_after, None, None
        self.apply()

    def next_window(self, after_ms):
        """When its window opens next; 1970 began on a Thursday."""
        day, minute = self.window
        first = ((DAYS.index(day) - DAYS.index("THURSDAY")) % 7) * DAY_MS + minute * MINUTE_MS
        return after_ms + 1 + (first - after_ms - 1) % WEEK_MS

    def pass_time(self, from_ms, to_ms, reboot_ms):
        """Everything that happens to it on the way, in its order."""
        at = from_ms
        while True:
            window = self.next_window(at)
            at = window if self.due_ms is None else min(window, self.due_ms)
            if at > to_ms:
                return
            if at == self.due_ms:
                self.end_reboot()
            elif self.state in WRITABLE and any(user.change for user in self.users.values()):
                self.begin_reboot(at, reboot_ms)


class Model:
    """All brokers, whoever owns them, and the time."""

    def __init__(self, reboot_ms, now_ms, brokers):
        self.reboot_ms = reboot_ms
        self.now_ms = now_ms
        self.brokers = {broker.id: broker for broker in brokers}

    # --- What the calls have in common

    def _broker(self, caller, broker_id, rabbit_status, writes):
        broker = self.brokers.get(broker_id)
        if broker is None or broker.caller != caller:
            raise Refused(404, "NotFoundException", f"Cannot find broker ID [{broker_id}]. Verify that your broker "
                          "exists or check broker permissions.", "broker-id")
        if broker.engine == "RabbitMQ":
            raise Refused(rabbit_status, {400: "BadRequestException", 409: "ConflictException"}[rabbit_status], RABBIT)
        if writes and broker.state not in WRITABLE:
            raise bad(f"Broker [{broker.name}] can't be updated while in state [{broker.state}].")
        return broker

    @staticmethod
    def _user(broker, username):
        if username not in broker.users:
            raise Refused(404, "NotFoundException",
                          f"Can't find requested user [{username}]. Make sure your user exists.", "username")
        return broker.users[username]

    # --- The calls; each gives its Answer

    def call(self, operation, *arguments):
        try:
            return getattr(self, operation)(*arguments)
        except Refused as refusal:
            return refusal.answer

    def create(self, caller, broker_id, username, body):
        members = read_body(body, username, creates=True)
        broker = self._broker(caller, broker_id, 409, writes=True)
        if username in broker.users:
            raise Refused(409, "ConflictException",
                          f"User named [{username}] already exists. Specify a unique username.", "username")
        if len(broker.users) >= MOST_USERS:
            raise bad(f"Broker [{broker.name}] can't have more than [250] users.")
        values = {"consoleAccess": False, "groups": [], "replicationUser": False, **members}
        broker.users[username] = User(target=values, change="CREATE")
        return succeeded({})

    def update(self, caller, broker_id, username, body):
        members = read_body(body, username, creates=False)
        user = self._user(self._broker(caller, broker_id, 409, writes=True), username)
        check_exclusive(user.merged(members))
        user.update(members)
        return succeeded({})

    def delete(self, caller, broker_id, username):
        check_username(username, whole=False)
        self._user(self._broker(caller, broker_id, 400, writes=True), username).delete()
        return succeeded({})

    def describe(self, caller, broker_id, username):
        check_username(username, whole=False)
        user = self._user(self._broker(caller, broker_id, 400, writes=False), username)
        return succeeded(user.described(broker_id, username))

    def list(self, caller, broker_id, most=None, after=None):
        """A page: `most` is the text of maxResults, `after` the key of a token, or a token that is none, as bytes."""
        if most is not None and not (most.isascii() and most.isdecimal() and len(most) <= 10 and 5 <= int(most) <= 100):
            raise bad(f"Invalid max results value [{most}]. Specify an integer between [5] and [100].", "maxResults")
        if isinstance(after, bytes):
            raise bad(f"Invalid next token [{after.decode()}]. Make sure you copied the token correctly.", "nextToken")
        size = int(most or 20)
        rows = self._broker(caller, broker_id, 400, writes=False).rows()
        if after is not None:
            rows = [row for row in rows if row["username"].encode() > after.encode()]
        body = {"brokerId": broker_id, "maxResults": size, "users": rows[:size]}
        if len(rows) > size:
            body["nextToken"] = page_token(rows[size - 1]["username"])
        return succeeded(body)

    def reboot(self, caller, broker_id):
        broker = self.brokers.get(broker_id)
        if broker is None or broker.caller != caller:
            return self.call("list", caller, broker_id)  # the same 404
        if broker.state != "RUNNING":
            raise bad(f"Broker [{broker.name}] can't be rebooted while in state [{broker.state}].")
        broker.begin_reboot(self.now_ms, self.reboot_ms)
        return succeeded({})

    # --- What is no call of the service

    def set_clock(self, to_ms):
        for broker in self.brokers.values():
            broker.pass_time(self.now_ms, to_ms, self.reboot_ms)
        self.now_ms = to_ms

    def login(self, broker_id, username, password):
        """Whether the running broker lets a user in, as its answer."""
        broker = self.brokers[broker_id]
        user = broker.users.get(username)
        if broker.state in WRITABLE and user and user.applied and user.applied["password"] == password:
            return succeeded({"authenticated": True, "consoleAccess": user.applied["consoleAccess"],
                              "groups": user.applied["groups"]})
        return succeeded({"authenticated": False})
