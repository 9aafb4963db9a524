"""Replays a recording and tells where the answers differ."""

import collections
import json
import os
import re

import cases
import exchange

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "docs", "fidelity.md")
NUMBERED = re.compile(r"<([a-z0-9 ]+) #(\d+)>")
SHOWN = 600  # characters of a body that are printed, around the first difference


def read(path):
    """(head, rows) of a recording."""
    with open(path, encoding="utf-8") as file:
        head, *rows = [json.loads(line) for line in file if line.strip()]
    if "recording" not in head:
        raise ValueError(f"{path}: no recording: its first line has no member `recording`")
    return head, rows


def case_of(row):
    """The case that was sent: from the recording itself, which may be older than the table."""
    request = row["request"]
    return cases.Case(row["case"], " ".join(row["rows"]), request["method"], request["target"],
                      exchange.load_bytes(request, "body"), request.get("keep", {}), request.get("headers", {}),
                      request.get("until"), request.get("repeat", 1))


def grades():
    """id -> grade of the rows of docs/fidelity.md."""
    with open(PAGE, encoding="utf-8") as file:
        return {match[1]: match[2] for match in re.finditer(r"^\| ([A-Z]+-\d+) \| .*? \| (\w+) \| .*? \|$", file.read(), re.M)}


def _renumbered(text, numbers):
    """Numbers of placeholders by their place in this answer: how many came before it is no difference."""
    def number(match):
        known = numbers.setdefault(match[1], {})
        return f"<{match[1]} #{known.setdefault(match[2], len(known) + 1)}>"

    return NUMBERED.sub(number, text)


def _comparable(row):
    """(status, Counter of headers, body) of a row; the case of header names means nothing."""
    numbers = {}
    body = _renumbered(exchange.load_bytes(row, "body").decode("latin-1"), numbers)
    headers = collections.Counter((name.lower(), _renumbered(value, numbers)) for name, value in row["headers"])
    return row["status"], headers, body


def _shown(text, other):
    same = next((at for at, (one, two) in enumerate(zip(text, other)) if one != two), min(len(text), len(other)))
    begin = max(0, same - SHOWN // 2) if len(text) > SHOWN else 0
    shown = repr(text[begin:begin + SHOWN].encode("latin-1").decode("utf-8", "backslashreplace"))
    return f"{f'… from byte {begin}: ' if begin else ''}{shown}{' …' if begin + SHOWN < len(text) else ''}"


class Report:
    """Compares row by row; a difference in a header that many answers share is told once."""

    def __init__(self):
        self.grades = grades()
        self.lines, self.headers = [], collections.OrderedDict()
        self.same, self.different = 0, 0
        self.agreed, self.differing = set(), set()

    def _rows(self, identifiers):
        return ", ".join(f"{identifier} ({self.grades.get(identifier, 'no such row')})" for identifier in identifiers)

    def compare(self, recorded, here):
        if "skipped" in recorded:
            return
        if "skipped" in here:
            self.different += 1
            self._tell(recorded, [f"  not sent here: {here['skipped']}"])
            return
        (status, headers, body), (our_status, our_headers, our_body) = _comparable(recorded), _comparable(here)
        lines = []
        if status != our_status:
            lines.append(f"  status: recorded {status}, here {our_status}")
        if body != our_body:
            lines += [f"  body: recorded {_shown(body, our_body)}", f"        here     {_shown(our_body, body)}"]
        if lines:
            self._tell(recorded, lines)
        names = {name for name, _ in (headers - our_headers) + (our_headers - headers)}
        for name in sorted(names):
            values = [", ".join(value for key, value in side.elements() if key == name) if any(
                key == name for key, _ in side) else None for side in (headers, our_headers)]
            self.headers.setdefault((name, *values), []).append(recorded)
        if lines or names:
            self.different += 1
        else:
            self.same += 1
        (self.differing if lines else self.agreed).update(recorded["rows"])

    def _tell(self, recorded, lines):
        self.differing.update(recorded["rows"])
        self.lines += [f"{recorded['case']}: {self._rows(recorded['rows'])}", *lines]

    def print(self):
        """Prints everything; returns whether there was a difference."""
        for line in self.lines:
            print(line)
        for (name, value, our_value), rows in self.headers.items():
            identifiers = [cases.HEADER_ROWS[name]] if name in cases.HEADER_ROWS else []
            if len(rows) == 1:
                identifiers += rows[0]["rows"]
            print(f"header {name}: {self._rows(identifiers) or 'no row'}")
            print(f"  recorded {_header(value)}, here {_header(our_value)}")
            print(f"  in {len(rows)}: {', '.join(row['case'] for row in rows)}")
            self.differing.update(identifiers)
        if self.differing:
            print(f"differing rows: {self._rows(sorted(self.differing))}")
        agreed = sorted(identifier for identifier in self.agreed - self.differing if self.grades.get(identifier) == "assumed")
        if agreed:
            print(f"assumed rows without a difference: {', '.join(agreed)}")
        print(f"{self.same} answers are the same, {self.different} differ")
        return self.different > 0


def _header(value):
    return "none" if value is None else repr(value)
