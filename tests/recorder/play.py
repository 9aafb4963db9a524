"""Sends the cases, waits for states, and takes away what was made."""

import datetime
import http.client
import json
import os
import re
import secrets
import select
import signal
import time

import exchange

FAILURES = (OSError, http.client.HTTPException)
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
PREFIX = "mq-record-"
FAILURES_IN_A_ROW = 5  # while waiting for a broker: a network that is away for a moment does not matter


class Interrupted(Exception):
    """A signal came: what is there must be taken away."""


class Expired(Exception):
    """The credentials are good no longer: what follows would be recorded as the service's answers."""


class Signals:
    """SIGINT, SIGTERM and SIGHUP end a wait, never a call: who breaks off CreateBroker does not learn what it made."""

    def __init__(self):
        self.number = None
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.writer, False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._came)

    def _came(self, number, _frame):
        self.number = number
        os.write(self.writer, b"!")

    def forget(self):
        """From here on only the next signal counts."""
        while select.select([self.reader], [], [], 0)[0]:
            os.read(self.reader, 1)
        self.number = None

    def check(self):
        if self.number is not None:
            raise Interrupted()

    def pause(self, seconds):
        select.select([self.reader], [], [], seconds)
        self.check()


class RealTime:
    """Waits for the service."""

    def __init__(self, signals, interval_s):
        self.signals, self.interval_s = signals, interval_s
        today = datetime.datetime.now(datetime.timezone.utc).weekday()
        # A day that is far, and never Monday: a text of the service has that one as its example.
        self.day = DAYS[(today + 3) % 7 if (today + 3) % 7 else 1]

    def begin(self):
        pass

    def tick(self):
        self.signals.pause(self.interval_s)


class SteppedClock:
    """Steps the clock of an amazonmq-local instead of waiting."""

    day = "THURSDAY"

    def __init__(self, signals, endpoint, step_s):
        self.signals, self.endpoint, self.step_s = signals, endpoint, step_s

    def begin(self):
        """A run begins on a Monday, far from the window of its brokers."""
        self._clock({"now": "2026-01-05T00:00:00Z"})

    def _clock(self, body):
        answer = self.endpoint.send("POST", "/_local/clock", json.dumps(body).encode())
        if answer.status != 200:
            raise OSError(f"the clock cannot be stepped: {answer.status} {answer.body.decode('utf-8', 'replace')}")

    def tick(self):
        self.signals.check()
        self._clock({"advanceMs": int(self.step_s * 1000)})


def new_name():
    return PREFIX + secrets.token_hex(4)


def first_values(name, day):
    return {"name": name, "password": "Pw-" + secrets.token_hex(12), "day": day,
            "nobody": "b-00000000-0000-4000-8000-000000000000", "nothing": "c-00000000-0000-4000-8000-000000000000"}


class Player:
    """Sends cases to an endpoint; rows() has a row of the recording for each."""

    def __init__(self, endpoint, values, waiter, say, patience_s):
        self.endpoint, self.values, self.waiter, self.say, self.patience_s = endpoint, values, waiter, say, patience_s
        self.placeholders = exchange.Placeholders(values, (endpoint.secret, endpoint.session_token, endpoint.key))

    def rows(self, cases):
        for case in cases:
            self.waiter.signals.check()
            yield self.row(case)

    def row(self, case):
        template = case.template()
        row = {"case": case.name, "rows": case.rows.split(),
               "request": {"method": case.method, "target": case.target, **exchange.dump_bytes("body", template)}}
        for member, nothing in (("headers", {}), ("keep", {}), ("until", None), ("repeat", 1)):
            if getattr(case, member) != nothing:
                row["request"][member] = getattr(case, member)
        known = {**self.values, "n": "0"}
        lacking = exchange.missing(case.target, known) + exchange.missing((template or b"").decode("latin-1"), known)
        if lacking:
            return {**row, "skipped": f"no {lacking[0]}: the call that has it was refused"}
        try:
            answer = self._until(case, template, row) if case.until else self._calls(case, template)
        except FAILURES as failure:
            return {**row, "skipped": f"no answer: {type(failure).__name__}"}
        for name, path in case.keep.items():
            if answer.value(path):
                self.values[name] = answer.value(path)
        headers, body = self.placeholders.answer(answer)
        return {**row, "status": answer.status, "headers": headers, **exchange.dump_bytes("body", body)}

    def _call(self, case, template, n=1):
        values = {**self.values, "n": str(n)}
        body = None if template is None else exchange.fill_body(template, values)
        while True:
            answer = self.endpoint.send(case.method, exchange.fill_target(case.target, values), body, case.headers)
            if answer.status == 403 and b"expired" in answer.body.lower():
                raise Expired()
            if answer.status != 429:
                return answer
            self.waiter.tick()  # no case is about being throttled

    def _calls(self, case, template):
        for n in range(1, case.repeat + 1):
            self.waiter.signals.check()
            answer = self._call(case, template, n)
        return answer

    def _until(self, case, template, row):
        """Asks until the broker is in the state; notes the seconds and the states on the way, which nobody compares."""
        began, states, failures = time.monotonic(), [], 0
        while True:
            try:
                answer = self._call(case, template)
                failures = 0
            except FAILURES:
                failures += 1
                if failures == FAILURES_IN_A_ROW:
                    raise
                self.waiter.tick()
                continue
            state = "GONE" if answer.status == 404 else answer.value("brokerState") or str(answer.status)
            if not states or states[-1] != state:
                self.say(f"{case.name}: {state}" + ("" if state == case.until else f", waiting for {case.until}"))
                states.append(state)
            row["wait"] = {"seconds": round(time.monotonic() - began), "states": states}
            lost = state in ("GONE", "CREATION_FAILED") or time.monotonic() - began > self.patience_s
            if state == case.until:
                return answer
            if lost:
                self.say(f"{case.name}: given up; what needs this broker is left out")
                self._forget(case)
                return answer
            self.waiter.tick()

    def _forget(self, case):
        """Sends nothing more to this broker, whose id still has a placeholder."""
        name = exchange.NAME.findall(case.target)[0]
        self.values["lost-" + name] = self.values.pop(name)


# --- Taking away -----------------------------------------------------------------------------------------------

def _listed(endpoint, target, rows, identifier, name, prefix):
    """id -> row of everything in a list whose name begins with the run's."""
    found, token = {}, ""
    while token is not None:
        following = f"&nextToken={exchange.fill_target('${t}', {'t': token})}" if token else ""
        answer = endpoint.send("GET", f"{target}?maxResults=100{following}")
        if answer.status != 200:
            raise OSError(f"{target} answers {answer.status}")
        try:
            page = json.loads(answer.body)
        except ValueError:
            raise OSError(f"{target} answers no JSON") from None
        found.update((row[identifier], row) for row in page.get(rows, ()) if row.get(name, "").startswith(prefix))
        token = page.get("nextToken")
    return found


def brokers(endpoint, prefix):
    return _listed(endpoint, "/v1/brokers", "brokerSummaries", "brokerId", "brokerName", prefix)


def configurations(endpoint, prefix):
    return _listed(endpoint, "/v1/configurations", "configurations", "id", "name", prefix)


def clean(endpoint, name, waiter, say, patience_s):
    """Deletes the brokers, with their users, and the configurations of a run, found by its name, also those whose
    creation was never answered; returns a line for each that is left."""
    if not re.fullmatch(PREFIX + "[0-9a-f]{8}", name):
        return [f"{name} is not the name of a run"]
    said, lines = set(), []

    def once(line):
        if line not in said:
            said.add(line)
            say(line)

    try:
        try:
            _clean_brokers(endpoint, name, waiter, once, patience_s)
        except Interrupted:
            say("interrupted again; what is left:")
        lines += [f"broker {identifier} ({row.get('brokerState')})" for identifier, row in brokers(endpoint, name).items()]
        lines += _clean_configurations(endpoint, name, once)
    except FAILURES as failure:
        lines.append(f"perhaps brokers and configurations: {failure}")
    return lines


def _clean_brokers(endpoint, name, waiter, once, patience_s):
    """Deletes until none is left, or no patience."""
    began, failures = time.monotonic(), 0
    while True:
        try:
            left = brokers(endpoint, name)
            for identifier, row in left.items():
                if row.get("brokerState") == "DELETION_IN_PROGRESS":
                    once(f"clean-up: {identifier} is being deleted")
                elif endpoint.send("DELETE", f"/v1/brokers/{identifier}").status == 200:
                    once(f"clean-up: {identifier} deleted")
                else:
                    once(f"clean-up: {identifier} cannot be deleted in {row.get('brokerState')}; trying again")
            failures = 0
            if not left or time.monotonic() - began > patience_s:
                return
        except FAILURES:
            failures += 1
            if failures == FAILURES_IN_A_ROW:
                raise
        waiter.tick()


def _clean_configurations(endpoint, name, once):
    """Deletes those that can be; returns a line for each of the others."""
    lines = []
    for identifier in configurations(endpoint, name):
        answer = endpoint.send("DELETE", f"/v1/configurations/{identifier}")
        if answer.status == 200:
            once(f"clean-up: {identifier} deleted")
        else:
            lines.append(f"configuration {identifier} ({answer.status} {answer.body.decode('utf-8', 'replace')})")
    return lines
