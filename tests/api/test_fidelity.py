"""docs/fidelity.md, the overview of docs/control-api.md and the tests must name each other."""

import os
import re

import harness

CONTROL_PAGE = os.path.join(harness.ROOT, "docs", "control-api.md")
PAGE = os.path.join(harness.ROOT, "docs", "fidelity.md")
TESTS = os.path.join(harness.ROOT, "tests")
ROW = re.compile(r"\| ([A-Z]+-\d+) \| (.+?) \| (\w+) \| (.+?) \|")
TEST = re.compile(r"\btest_((?:[A-Z]+_\d+_)*[A-Z]+_\d+)(?![0-9])")
ID = re.compile(r"[A-Z]+_\d+")
SOURCES = (".py", ".c", ".js", ".mjs", ".ts", ".sh")


def rows():
    """Every row of the page: (id, behaviour, grade, source)."""
    with open(PAGE, encoding="utf-8") as file:
        for line in file:
            if re.match(r"\| [A-Z]+-", line):
                match = ROW.fullmatch(line.rstrip("\n"))
                assert match, f"not a row of four cells: {line}"
                yield match.groups()


def identifiers():
    """Those of the page, and those of the endpoints in the overview of docs/control-api.md."""
    with open(CONTROL_PAGE, encoding="utf-8") as file:
        endpoints = re.findall(r"^\| (CTL-\d+) \|", file.read(), re.MULTILINE)
    assert len(endpoints) > 10
    return [identifier for identifier, _, _, _ in rows()] + endpoints


def named():
    """id -> the files with a test that names it."""
    found = {}
    for directory, _, files in os.walk(TESTS):
        for name in files:
            if not name.endswith(SOURCES) or "node_modules" in directory:
                continue
            with open(os.path.join(directory, name), encoding="utf-8") as file:
                for names in TEST.findall(file.read()):
                    for identifier in ID.findall(names):
                        found.setdefault(identifier.replace("_", "-"), set()).add(name)
    return found


def test_every_row_is_whole():
    every = identifiers()
    assert len(every) > 200
    assert sorted(set(every)) == sorted(every), "an id stands twice"
    for identifier, behaviour, grade, source in rows():
        assert grade in ("recorded", "documented", "assumed"), f"{identifier} has the grade {grade}"
        assert behaviour.strip() and source.strip(), identifier
        assert grade == "assumed" or source != "–", f"{identifier} is {grade}, but names no source"


def test_the_counts_at_the_top_are_those_of_the_rows():
    grades = [grade for _, _, grade, _ in rows()]
    line = (f"{len(grades)} rows: {grades.count('recorded')} recorded, {grades.count('documented')} documented, "
            f"{grades.count('assumed')} assumed.")
    with open(PAGE, encoding="utf-8") as file:
        assert line in file.read().split("\n## ")[0].splitlines(), f"docs/fidelity.md should open with the line: {line}"


def test_every_row_has_a_test():
    found = named()
    missing = [identifier for identifier in identifiers() if identifier not in found]
    assert not missing, f"no test names {', '.join(missing)}"


def test_every_test_names_a_row():
    known = set(identifiers())
    unknown = {identifier: sorted(files) for identifier, files in named().items() if identifier not in known}
    assert not unknown, f"no row for {unknown}"
