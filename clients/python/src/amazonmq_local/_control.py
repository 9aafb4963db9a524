"""The control API of a server: docs/control-api.md describes its endpoints."""

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Union

Seed = Union[str, "os.PathLike[str]"]
Seeds = Union[Seed, Iterable[Seed]]
# "7d", "1h30m", "100ms"; a number is seconds.
Duration = Union[str, int, float, timedelta]

# The server waits for a step of the clock over years, and a fault may delay nothing here.
TIMEOUT_S = 600
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


class Error(Exception):
    """The server did not start, or refused a request. The text is the server's message."""

    def __init__(self, message: str, status: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status


class Login(NamedTuple):
    """The answer of Server.authenticate(); false if the user cannot log in."""

    authenticated: bool
    groups: List[str]
    console_access: bool

    def __bool__(self) -> bool:
        return self.authenticated


def milliseconds(duration: Duration) -> int:
    if isinstance(duration, timedelta):
        return duration // timedelta(milliseconds=1)
    if isinstance(duration, (int, float)) and not isinstance(duration, bool):
        return round(duration * 1000)
    if not isinstance(duration, str) or not re.fullmatch(r"(\d+(ms|[smhdw]))+", duration):
        raise ValueError(f"{duration!r} is no duration: use a text such as '7d', '1h30m' or '100ms', a number of "
                         "seconds, or a timedelta")
    return sum(int(number) * UNITS_MS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", duration))


def is_path(seed: Seed) -> bool:
    """SQL and paths are both texts: a path is one that ends in .sql or exists."""
    return not isinstance(seed, str) or seed.endswith(".sql") or os.path.exists(seed)


def as_list(seeds: Optional[Seeds]) -> List[Seed]:
    if seeds is None:
        return []
    return [seeds] if isinstance(seeds, (str, os.PathLike)) else list(seeds)


def seed_files(path: Seed) -> List[str]:
    """The file, or the *.sql of the directory in the order in which the server takes them."""
    name = os.fspath(path)
    if not os.path.isdir(name):
        return [name]
    return [os.path.join(name, file) for file in sorted(os.listdir(name)) if file.endswith(".sql")]


class Control:
    """The control API at a URL."""

    url: str
    _token: Optional[str]

    def __init__(self, url: str, token: Optional[str] = None) -> None:
        self.url = url.rstrip("/")
        self._token = token
        # Not through a proxy of the environment.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def port(self) -> int:
        parts = urllib.parse.urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> bytes:
        """A request to /_local/PATH. Bytes are sent as they are, anything else as JSON; the answer's body is returned."""
        words = {name: value for name, value in query.items() if value is not None}
        target = f"{self.url}/_local/{path}" + (f"?{urllib.parse.urlencode(words)}" if words else "")
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(target, data=data, method=method)
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as refusal:
            text = refusal.read().decode(errors="replace")
            try:
                text = json.loads(text)["message"]
            except (ValueError, KeyError, TypeError):
                text = f"{method} {target}: {refusal.code} {text}"
            raise Error(text, refusal.code) from None
        except OSError as problem:
            raise Error(f"{method} {target}: {getattr(problem, 'reason', problem)}") from None

    def _json(self, method: str, path: str, body: Any = None, **query: Any) -> Dict[str, Any]:
        answer: Dict[str, Any] = json.loads(self.call(method, path, body, **query))
        return answer

    def _pages(self, path: str, key: str, since: Any, **query: Any) -> List[Dict[str, Any]]:
        """A list of which an answer may have only the first part."""
        found: List[Dict[str, Any]] = []
        while True:
            page = self._json("GET", path, since=since, **query)
            found += page[key]
            if not page.get("truncated") or not page[key]:
                return found
            since = page[key][-1]["number" if key == "requests" else "id"]

    # --- State

    def health(self) -> Dict[str, Any]:
        """{"status": "ok", "version": …}"""
        return self._json("GET", "health")

    def seed(self, seeds: Seeds) -> None:
        """Applies SQL, or the file or directory of a path, completely or not at all. A path ends in .sql or exists."""
        for seed in as_list(seeds):
            if not is_path(seed):
                self.call("POST", "seed", os.fspath(seed).encode())
                continue
            for file in seed_files(seed):
                with open(file, "rb") as source:
                    text = source.read()
                try:
                    self.call("POST", "seed", text)
                except Error as error:
                    message = str(error)
                    raise Error(file + message[4:] if message.startswith("body:") else message, error.status) from None

    def snapshot(self) -> bytes:
        """The whole state but the journal, as a SQLite file."""
        return self.call("GET", "snapshot")

    def restore(self, snapshot: bytes) -> None:
        self.call("PUT", "snapshot", bytes(snapshot))

    # --- Clock

    def clock(self) -> datetime:
        """The service's time, in UTC."""
        return EPOCH + timedelta(milliseconds=self._json("GET", "clock")["nowMs"])

    def clock_advance(self, duration: Duration) -> datetime:
        """Advances the clock; what is due until then has happened when this returns. Returns the new time."""
        return EPOCH + timedelta(milliseconds=self._json("POST", "clock", {"advanceMs": milliseconds(duration)})["nowMs"])

    def clock_set(self, now: Union[str, datetime]) -> datetime:
        """Sets the clock to a time such as "2026-12-24T18:00:00Z"; a datetime without a zone is UTC."""
        if isinstance(now, datetime):
            zoned = now if now.tzinfo else now.replace(tzinfo=timezone.utc)
            now = zoned.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return EPOCH + timedelta(milliseconds=self._json("POST", "clock", {"now": now})["nowMs"])

    # --- Faults

    def add_fault(self, operation: Optional[str] = None, error: Optional[str] = None, *, broker_id: Optional[str] = None,
                  username: Optional[str] = None, status: Optional[int] = None, message: Optional[str] = None,
                  delay: Optional[Duration] = None, drop: Optional[bool] = None, times: Optional[int] = None,
                  probability: Optional[float] = None, seed: Optional[int] = None) -> Dict[str, Any]:
        """Makes matching calls fail, for example add_fault("CreateUser", "InternalServerErrorException", times=2).

        operation, broker_id and username select the calls. Returns the fault with its id.
        """
        rule = {"operation": operation, "error": error, "brokerId": broker_id, "username": username, "status": status,
                "message": message, "delayMs": None if delay is None else milliseconds(delay), "drop": drop,
                "times": times, "probability": probability, "seed": seed}
        return self._json("POST", "faults", {name: value for name, value in rule.items() if value is not None})

    def faults(self) -> List[Dict[str, Any]]:
        """The faults that are there, the oldest first."""
        return self._pages("faults", "faults", None)

    def clear_faults(self, id: Optional[int] = None) -> None:
        """Removes all faults, or the one with this id."""
        self.call("DELETE", "faults", id=id)

    # --- Requests

    def requests(self, operation: Optional[str] = None, *, username: Optional[str] = None, status: Optional[int] = None,
                 since: Union[int, str, None] = None, last: Optional[int] = None) -> List[Dict[str, Any]]:
        """What the service was sent, the oldest first."""
        return self._pages("requests", "requests", since, operation=operation, username=username, status=status, last=last)

    def clear_requests(self) -> None:
        self.call("DELETE", "requests")

    # --- Users and brokers

    def authenticate(self, broker_id: str, username: str, password: str) -> Login:
        """Can this user log in at the running broker? Applied values count, pending ones do not."""
        answer = self._json("POST", "authenticate", {"brokerId": broker_id, "username": username, "password": password})
        return Login(answer["authenticated"], answer.get("groups", []), answer.get("consoleAccess", False))

    def brokers(self) -> List[Dict[str, Any]]:
        """The brokers of all accounts and regions."""
        found: List[Dict[str, Any]] = []
        after = None
        while True:
            page = self._json("GET", "brokers", after=after)
            found += page["brokers"]
            if not page.get("truncated") or not page["brokers"]:
                return found
            after = page["brokers"][-1]["brokerId"]
